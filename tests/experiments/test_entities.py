"""Fine-tuning for named entities: the real stage on random and on saved parents."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForTokenClassification

from llmviz.core.questions.classification import Classify
from llmviz.core.questions.tagging import HeldOut, Tag, Tagging, outcomes
from llmviz.core.settings import LabelsSpec, ModelSpec, TextSpec
from llmviz.core.spec import RunSpec, preset, starting_from
from llmviz.core.tagging import SLOTS, tags_words
from llmviz.core.update import Done, Score
from llmviz.experiments.building import build
from llmviz.experiments.entities import EXAMPLES, held_out_answer, view
from llmviz.experiments.entities.question import TagHeldOut
from llmviz.experiments.entities.stage import Entities
from llmviz.inspect import classification, tagging
from llmviz.models import files, masked, transfer
from llmviz.text.masks import IGNORED
from llmviz.text.special import CLS, PAD, SEP
from llmviz.text.tagged import source, tagged
from llmviz.training.loop import Training
from llmviz.training.texts import tokenizer_of
from llmviz.views import tag_confusion
from llmviz.views import tagged as rows_of_tags
from llmviz.views.sides import Side

REQUESTS = TextSpec("requests")


def spec(labels: int = 32, seed: int = 0, architecture: str = "roformer", parent: bool = False, **train: Any) -> RunSpec:
    model = ModelSpec(architecture)
    start = RunSpec("mlm", model=model) if parent else None
    bare = RunSpec("entities", starting_from(start), model=model, objective=LabelsSpec(labels), seed=seed)
    return replace(bare, train=replace(bare.train, **{"steps": 4, **train}))


def stage(given: RunSpec, parent: Path | None = None) -> Entities:
    made = build(given, parent)
    assert isinstance(made, Entities)
    return made


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, float], dict[str, float]]:
    """Folders of a run from random start, before and after 60 steps, and the metrics of both."""
    made = stage(spec(labels=256, steps=60, batch_size=32, learning_rate=5e-3))
    folder = tmp_path_factory.mktemp("run") / "snapshots"
    made.save(folder / "0")
    said = list(Training(made, made.spec.train).updates())
    made.save(folder / "60")
    first = next(update for update in said if isinstance(update, Score))
    last = said[-1]
    assert isinstance(last, Done)
    return folder, dict(first.metrics), dict(last.metrics)


def test_a_batch_is_a_function_of_seed_and_step() -> None:
    first, again, other = stage(spec()), stage(spec()), stage(spec(seed=1))
    forward = [first.batch(step).input_ids.tolist() for step in (1, 2, 3)]
    assert [again.batch(step).input_ids.tolist() for step in (3, 2, 1)] == forward[::-1]
    assert other.batch(1).input_ids.tolist() != forward[0]


@pytest.mark.parametrize("architecture", ["roformer", "bert"])
def test_every_word_is_asked_for_once_and_nothing_else(architecture: str) -> None:
    made = stage(spec(architecture=architecture))
    batch = made.batch(1)
    special = torch.isin(batch.input_ids, torch.tensor([PAD, CLS, SEP]))
    assert ((batch.labels == IGNORED) == special).all()  # in Tinyland a word is one token
    for ids, labels in zip(batch.input_ids.tolist(), batch.labels.tolist(), strict=True):
        words = tuple(made.tokenizer.id_to_token(id) for id in ids if id not in (PAD, CLS, SEP))
        told = tuple(made.tags[label] for label in labels if label != IGNORED)
        assert (words, told) in [(text.words, text.tags) for text in made.learnt]


def test_the_body_is_the_parents_and_the_head_begins_at_zero(tmp_path: Path) -> None:
    given = spec(parent=True)
    tokenizer = tokenizer_of(given)
    files.save(masked.random_start(given.model, tokenizer.get_vocab_size(), 64, seed=7), tokenizer, tmp_path / "9")
    made = stage(given, tmp_path / "9")
    assert {tensor.name for tensor in made.origin.new} == {"classifier.weight", "classifier.bias"}
    assert made.model.get_parameter("classifier.weight").shape == (7, 64) and not made.model.get_parameter("classifier.weight").any()
    assert made.loss(made.batch(1)).item() == pytest.approx(made.references["random_guess"])  # nothing is likelier than anything
    made.save(tmp_path / "0")
    assert transfer.read(tmp_path / "0") == made.origin
    assert AutoModelForTokenClassification.from_pretrained(tmp_path / "0").config.id2label[1] == "B-PER"


def test_no_held_out_text_is_learnt_from() -> None:
    made = stage(spec(labels=512))
    held_out = {text.words for text in (*made._validation, *made._test)}
    assert not held_out & {text.words for text in made.learnt}


def test_it_learns(learnt: tuple[Path, dict[str, float], dict[str, float]]) -> None:
    _, first, last = learnt
    assert first["f1"] == 0.0 and last["f1"] > 0.4 and last["loss"] < 0.7 * first["loss"]
    assert last["f1_ceiling"] == 1.0 and {"precision", "recall", "f1_lookup", "random_guess"} <= set(last)


def test_each_word_has_probabilities_of_its_tags(learnt: tuple[Path, dict[str, float], dict[str, float]]) -> None:
    folders = {step: learnt[0] / str(step) for step in (0, 60)}
    before, after = tagging.answer(folders, Tag("tom Lives in Oslo with Zork ."))
    assert before.words == ("tom", "Lives", "in", "Oslo", "with", "Zork", ".") and after.probability.shape == (7, 7)
    assert np.allclose(before.probability, 1 / 7, atol=1e-6) and np.allclose(after.probability.sum(-1), 1, atol=1e-5)
    assert after.likeliest[0] == "B-PER" and after.likeliest[3] == "B-LOC" and after.likeliest[6] == "O"
    with pytest.raises(ValueError, match="there is no word to read"):
        tagging.answer(folders, Tag(" "))
    with pytest.raises(ValueError, match="this model reads 62"):
        tagging.answer(folders, Tag("Tom " * 63))


def test_a_model_without_tags_says_so(tmp_path: Path) -> None:
    given = spec(parent=True)
    tokenizer = tokenizer_of(given)
    files.save(masked.random_start(given.model, tokenizer.get_vocab_size(), 64, seed=7), tokenizer, tmp_path / "9")
    with pytest.raises(ValueError, match="no head that tags words"):
        tagging.answer({9: tmp_path / "9"}, Tag("Tom lives in Oslo ."))


def test_a_model_that_tags_words_classifies_no_text(learnt: tuple[Path, dict[str, float], dict[str, float]]) -> None:
    with pytest.raises(ValueError, match="this model tags each word; it gives a text as a whole no class"):
        classification.answer({60: learnt[0] / "60"}, Classify("Tom lives in Oslo ."))
    assert tags_words(("O", "B-PER", "I-PER")) and not tags_words(("A", "B", "O")) and not tags_words(("O",))


def test_the_held_out_texts_are_tagged_as_one_by_one(learnt: tuple[Path, dict[str, float], dict[str, float]]) -> None:
    folders = {60: learnt[0] / "60"}
    (found,) = held_out_answer.answer(folders, TagHeldOut("tinyland", 20))
    for words, tags in zip(found.texts, found.found, strict=True):
        (alone,) = tagging.answer(folders, Tag(" ".join(words)))
        assert alone.words == words and alone.likeliest == tags


def test_the_confusion_matrix_counts_every_word_once() -> None:
    found = HeldOut(5, (("Paris", "sees", "Rome"),), (("B-PER", "O", "B-LOC"),), (("B-LOC", "O", "B-LOC"),))
    drawn = tag_confusion.confusion(found, ("PER", "LOC"), "name")
    assert drawn["labels"] == ["person", "place", "no name"]
    assert drawn["counts"] == [[0, 1, 0], [0, 1, 0], [0, 0, 1]]
    assert drawn["examples"][0][1] == [{"bits": [("Paris", True), (" sees Rome", False)]}]
    assert drawn["examples"][2][2] == [{"bits": [("Paris ", False), ("sees", True), (" Rome", False)]}]


def test_what_a_list_of_names_lacks_is_said_in_figures() -> None:
    found = HeldOut(5, (("The", "Boer", "War", "of", "South", "Africa"),), (("O", "O", "O", "O", "B-LOC", "I-LOC"),), ((),))
    assert "In 2 places" in (said := view.noise(found)) and "tags nothing in 1 (50 %) of them" in said


def test_what_was_found_is_said_with_the_probability_of_its_least_certain_word() -> None:
    chances = np.array([[0.1, 0.9, 0.0], [0.3, 0.0, 0.7], [0.8, 0.1, 0.1]], dtype=np.float32)
    found = Tagging(3, ("Anna", "Maria", "left"), ("O", "B-PER", "I-PER"), chances)
    [(name, sure)] = outcomes(found)
    assert name == "Anna Maria: person" and sure == pytest.approx(0.7)


def test_the_truth_of_a_sentence_is_known_where_the_grammar_tells_it() -> None:
    assert view.truth(["Paris", "lives", "in", "Vienna", "with", "Omar", "."]) == ("B-PER", "O", "O", "B-LOC", "O", "B-PER", "O")
    assert view.truth(["Paris", "sleeps", "."]) == () and view.truth([]) == ()


def test_slots_of_requests_are_learnt_beyond_a_list_of_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eighty steps on requests and sixty on labels, none of which names what the held-out ones name, find more than the list."""
    monkeypatch.setattr("llmviz.experiments.entities.stage.TEST", 200)
    root = preset("mlm", REQUESTS)
    pretrained = build(root, None)
    *_, read = Training(pretrained, replace(root.train, steps=80)).updates()
    assert isinstance(read, Done) and read.metrics["trigram"] < read.metrics["loss"] < read.metrics["unigram"]
    pretrained.save(tmp_path / "read" / "80")
    bare = preset("entities", REQUESTS)
    made = stage(bare, tmp_path / "read" / "80")
    *_, done = Training(made, replace(bare.train, steps=60, learning_rate=5e-3)).updates()
    assert isinstance(done, Done) and 0.1 < done.metrics["f1_lookup"] < done.metrics["f1"] and "f1_ceiling" not in done.metrics
    made.save(tmp_path / "60")
    (found,) = tagging.answer({60: tmp_path / "60"}, Tag("set the heat pump to 19.5 degrees"))
    assert found.words == ("set", "the", "heat", "pump", "to", "19", ".", "5", "degrees") and len(found.tags) == 45
    drawn = rows_of_tags.rows(
        found.words, found.tags, source(REQUESTS).groups, [rows_of_tags.Row(Side("After", "", "finetuned"), {60: found})], (), ""
    )
    assert len(drawn["kinds"]) == len(drawn["colours"]) == 22 and drawn["legend"] == list(SLOTS)
    assert [drawn["kinds"][place] for place, colour in enumerate(drawn["colours"]) if colour == 0] == ["area", "floor"]


def test_the_requests_it_suggests_are_held_out_and_tagged_as_their_templates_say() -> None:
    held_out = dict(tagged(REQUESTS)["test"])
    assert all(" ".join(held_out[tuple(each.sentence.split())]) == each.truth for each in EXAMPLES["requests"])
    labelled = {word for words, _ in tagged(REQUESTS)["train"] for word in words}
    assert {"carmen", "projector", "studio"}.isdisjoint(labelled)
