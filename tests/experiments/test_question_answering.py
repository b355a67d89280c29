"""Question answering: the real stage on random and saved parents, and questions to its snapshots."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from llmviz.core.settings import METHODS, ModelSpec, TextSpec
from llmviz.core.spec import RunSpec, starting_from
from llmviz.experiments import question_answering
from llmviz.experiments.building import build
from llmviz.experiments.question_answering import AnswersSpec, answer, stage, unseen_answer
from llmviz.experiments.question_answering.question import MOST_WORDS, Ask, UnseenQuestions
from llmviz.experiments.question_answering.stage import Answers
from llmviz.inspect import snapshots
from llmviz.models import extraction, files, masked
from llmviz.text.passages import Example, examples
from llmviz.text.tinyland.passages import NEW_WORDS
from llmviz.training.loop import Training
from llmviz.training.texts import tokenizer_of
from tests.small import digest
from tests.text.tinyland.test_passages import answers

ARCHITECTURES = pytest.mark.parametrize("architecture", ["roformer", "bert"])
PASSAGE = question_answering.PASSAGE


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer held-out questions: how good a model is does not matter here."""
    monkeypatch.setattr(stage, "VALIDATION", 12)
    monkeypatch.setattr(stage, "TEST", 12)


def spec(architecture: str = "roformer", labels: int = 40, seed: int = 0, parent: bool = False, **train: Any) -> RunSpec:
    model = ModelSpec(architecture)
    start = starting_from(RunSpec("mlm", model=model, seed=seed) if parent else None)
    settings = replace(question_answering.EXPERIMENT.train_defaults("tinyland"), **{"steps": 4, "batch_size": 16, **train})
    return RunSpec("answers", start, model=model, train=settings, objective=AnswersSpec(labels), seed=seed)


def made(given: RunSpec, parent: Path | None = None) -> Answers:
    found = build(given, parent)
    assert isinstance(found, Answers)
    return found


def kept(architecture: str, folder: Path) -> Path:
    """The last snapshot of a parent that has learnt nothing, in Tinyland's own words."""
    tokenizer = tokenizer_of(spec(architecture, parent=True))
    files.save(masked.random_start(ModelSpec(architecture), tokenizer.get_vocab_size(), 64, seed=7), tokenizer, folder)
    return folder


def test_a_batch_is_a_function_of_seed_and_step() -> None:
    first, again, other = made(spec()), made(spec()), made(spec(seed=1))
    forward = [first.batch(step).inputs.input_ids.tolist() for step in (1, 2, 3)]
    assert [again.batch(step).inputs.input_ids.tolist() for step in (3, 2, 1)] == forward[::-1]
    assert forward[0] != forward[1] and other.batch(1).inputs.input_ids.tolist() != forward[0]


def test_the_labels_are_the_ends_of_the_answers() -> None:
    built = made(spec())
    words = {id: word for word, id in built.tokenizer.get_vocab().items()}
    for step in (1, 2, 3):
        batch = built.batch(step)
        truths = {(example.question, example.passage): example.truth for example in built.learnt}
        for ids, (start, end) in zip(batch.inputs.input_ids.tolist(), batch.ends.tolist(), strict=True):
            read = [words[id] for id in ids if id]
            question, passage, _ = " ".join(read[1:]).split("[SEP]")
            answer = " ".join(read[start : end + 1]) if start else ""
            assert truths[question.strip(), passage.strip()] == answer


def test_the_examples_of_the_page_have_the_answers_they_are_said_to_have() -> None:
    for example in question_answering.EXAMPLES["tinyland"]:
        found = answers(Example(example.sentence, example.second, None, ()))
        assert found == ([example.truth] if example.truth else [])


def test_no_held_out_passage_is_learnt_from() -> None:
    told = {example.passage for example in made(spec(labels=2_000)).learnt}
    known = examples(TextSpec("tinyland"))
    assert not told & {example.passage for part in ("validation", "test") for example in known[part]}


@ARCHITECTURES
def test_it_starts_from_its_parents_body_and_knows_more_words(architecture: str, tmp_path: Path) -> None:
    parent = kept(architecture, tmp_path / "parent")
    built = made(spec(architecture, parent=True), parent)
    old, new = tokenizer_of(built.spec).get_vocab(), built.tokenizer.get_vocab()
    assert new == old | {word: len(old) + place for place, word in enumerate(NEW_WORDS)}
    (grown,) = built.origin.extended
    assert grown.name.endswith("word_embeddings.weight") and grown.shape[0] == len(new)
    assert {tensor.name for tensor in built.origin.new} == {"qa_outputs.weight", "qa_outputs.bias"}


@ARCHITECTURES
def test_it_learns_what_it_is_shown_and_a_snapshot_is_read_by_transformers(architecture: str, tmp_path: Path) -> None:
    built = made(spec(architecture, labels=8, steps=40, learning_rate=1e-2))
    before = built.loss(built.batch(1)).item()
    assert before == pytest.approx(np.mean([np.log(1 + len(each.letters)) for each in built._asked]), rel=1e-3)  # the head begins at zero
    weights = digest(built.model)
    assert set(built.evaluate()) == {metric.name for metric in question_answering.EXPERIMENT.metrics}
    lines = {"random_guess", "chance", "position", "exact_match_ceiling"}
    assert set(built.references) == lines and set(built.test()) == {*built.evaluate(), *lines}
    assert digest(built.model) == weights  # looking changes nothing
    list(Training(built, built.spec.train).updates())
    assert built.loss(built.batch(1)).item() < 0.3 * before
    built.save(tmp_path / "40")
    theirs = AutoModelForQuestionAnswering.from_pretrained(tmp_path / "40", dtype=torch.float32).eval()
    given = AutoTokenizer.from_pretrained(tmp_path / "40")("where did she go ?", PASSAGE, return_tensors="pt")
    given["token_type_ids"] = torch.tensor([[0] * 7 + [1] * (given.input_ids.shape[1] - 7)])
    with torch.no_grad():
        start = theirs(**given).start_logits[0]
    (found,) = answer.answer({40: tmp_path / "40"}, Ask(PASSAGE, "where did she go ?"))
    places = [0, *range(7, len(start) - 1)]
    assert np.allclose(found.start, start[places].softmax(-1), atol=1e-4)


def test_snapshots_answer_a_question_of_ones_own(tmp_path: Path) -> None:
    built = made(spec())
    for step in (0, 3):
        built.save(tmp_path / str(step))
    folders = {step: tmp_path / str(step) for step in (3, 0)}
    long = " ".join([PASSAGE] * 12)
    for passage in (PASSAGE, long, "Zorbl went to Peru ."):
        found = answer.answer(folders, Ask(passage, "who visited Peru ?"))
        assert [each.step for each in found] == [0, 3]
        for each in found:
            assert each.words == tuple(passage.split()) and len(each.start) == len(each.end) == 1 + len(each.words)
            assert each.start.sum() == pytest.approx(1, abs=1e-4) and each.end.sum() == pytest.approx(1, abs=1e-4)
            assert each.none == pytest.approx(float(each.start[0] * each.end[0]), rel=1e-4)
            assert each.span == () and each.answer == ""  # a head of zeros finds all places equally likely, and then there is no answer
            assert each.known[0] == (passage[0] != "Z")
    (unseen,) = unseen_answer.answer({3: tmp_path / "3"}, UnseenQuestions("tinyland", 20))
    held_out = examples(TextSpec("tinyland"))["test"][:20]
    assert unseen.truths == tuple(example.truth for example in held_out) and set(unseen.predictions) == {""}
    assert unseen.right.tolist() == [truth == "" for truth in unseen.truths]


def test_an_article_more_is_no_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(spec()).save(tmp_path / "3")
    asked = tuple(Example("The dog sees a cat .", "who is it ?", span, ()) for span in ((4, 7), (8, 12)))  # dog; sees
    monkeypatch.setattr(unseen_answer, "examples", lambda _: {"test": asked})
    monkeypatch.setattr(extraction, "best", lambda _: (0, 2))
    (unseen,) = unseen_answer.answer({3: tmp_path / "3"}, UnseenQuestions("tinyland"))
    assert unseen.predictions == ("The dog", "The dog") and unseen.truths == ("dog", "sees") and unseen.right.tolist() == [True, False]


def test_what_cannot_be_asked_or_trained_is_a_sentence(tmp_path: Path) -> None:
    made(spec()).save(tmp_path / "1")
    folders = {1: tmp_path / "1"}
    for passage, question, problem in (
        ("", "who ?", "the passage has no word to read"),
        (PASSAGE, "  ", "the question has no word to read"),
        ("dog " * (MOST_WORDS + 1), "who ?", "this passage is too long: at most 600 of its words can be read"),
        (PASSAGE, "who " * 80, "this question has 80 tokens; this model reads 64"),
    ):
        with pytest.raises(ValueError, match=problem):
            answer.answer(folders, Ask(passage, question))
    kept("roformer", tmp_path / "other" / "1")
    with pytest.raises(ValueError, match="never learnt to find answers"):
        answer.answer({1: tmp_path / "other" / "1"}, Ask(PASSAGE, "who ?"))
    with pytest.raises(ValueError, match="Context: the model it starts from reads 64 tokens"):
        made(spec(parent=True, context=128), kept("roformer", tmp_path / "parent"))
    with pytest.raises(ValueError, match="Labels: 1 is outside 2"):
        spec(labels=1)


# Methods and replay


@pytest.mark.parametrize("method", METHODS[1:])
def test_what_a_method_freezes_stays_and_its_snapshot_answers_alike(method: str, tmp_path: Path) -> None:
    given = replace(spec(optimizer="adamw"), objective=AnswersSpec(40, method, 4))
    found = made(given)
    before = {name: weight.clone() for name, weight in found.model.state_dict().items()}
    for _ in Training(found, given.train).steps():
        pass
    moved = {name for name, weight in found.model.state_dict().items() if not torch.equal(weight, before[name])}
    assert moved == {name for name, weight in found.model.named_parameters() if weight.requires_grad}
    assert {name.partition(".")[0] for name in moved} == ({"qa_outputs"} if method == "head" else {"qa_outputs", "roformer"})
    found.save(tmp_path / "4")
    asked = Ask(PASSAGE, "where did she go ?")
    batch = found.batch(1).inputs
    with torch.no_grad():
        ours = extraction.logits(found.model.eval(), batch)
        theirs = extraction.logits(snapshots.model(tmp_path / "4"), batch)
    assert torch.allclose(ours, theirs, atol=2e-3)  # snapshots keep half the digits
    (told,) = answer.answer({4: tmp_path / "4"}, asked)
    assert told.step == 4


def test_replay_adds_the_loss_of_the_pretraining(tmp_path: Path) -> None:
    folder, plain = kept("roformer", tmp_path), spec(parent=True)
    replayed = replace(plain, objective=AnswersSpec(40, replay=2.0))
    one, other = made(plain, folder), made(replayed, folder)
    batch = other.batch(1)
    assert one.batch(1).replayed is None and batch.replayed is not None and batch.tokens > one.batch(1).tokens
    added = (other.loss(batch) - one.loss(one.batch(1))).item()
    assert added == pytest.approx(other.pretraining.loss(batch.replayed).item(), abs=1e-5) and added > 1.0
    with pytest.raises(ValueError, match="nothing to replay"):
        made(replace(spec(), objective=AnswersSpec(40, replay=1.0)))
