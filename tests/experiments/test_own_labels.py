"""Fine-tuning on a visitor's own labels: the real stage on tables of two classes and more."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import AutoModelForTokenClassification

from llmviz.core.questions.classification import Classify, Marked
from llmviz.core.recorded import RECORDED
from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec, from_json, preset, to_json
from llmviz.core.update import Done, Score
from llmviz.experiments.building import build
from llmviz.experiments.own_labels import EXAMPLES, OwnLabelsSpec, table_answer, view
from llmviz.experiments.own_labels.question import ClassifyTable
from llmviz.experiments.own_labels.stage import OwnLabels
from llmviz.inspect import classification
from llmviz.models import files, masked, transfer
from llmviz.text import own_example, own_labels, own_table, requests
from llmviz.text.own_splits import divided
from llmviz.training.loop import Training
from llmviz.training.texts import tokenizer_of
from llmviz.views import class_confusion

COLOURS = {"red": "stop danger fire", "green": "go meadow leaf", "blue": "sea sky ice"}
TABLE = "text,colour\n" + "\n".join(
    f"{verb} the {noun} {when},{colour}"
    for colour, nouns in COLOURS.items()
    for noun in nouns.split()
    for verb in ("see", "paint", "draw", "like")
    for when in ("now", "again", "today")
)


def kept(text: str = TABLE) -> str:
    """The digest of a table with text and label in its first two columns."""
    return own_labels.keep(own_labels.labelled(own_table.read(text.encode()), 0, 1))


def spec(digest: str = "", labels: int = 1_000, seed: int = 0, parent: str = "none", text: str = "tinyland", **train: Any) -> RunSpec:
    bare = preset("own", TextSpec(text), parent)
    settings = replace(bare.train, **{"steps": 4, **train})
    return replace(bare, objective=OwnLabelsSpec(labels, labels_digest=digest), train=settings, seed=seed)


def stage(given: RunSpec, parent: Path | None = None) -> OwnLabels:
    made = build(given, parent)
    assert isinstance(made, OwnLabels)
    return made


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, dict[str, float], dict[str, float]]:
    """Folders of a run on three classes, before and after 60 steps; the table; the metrics of both."""
    digest = kept()
    made = stage(spec(digest, text="reviews", steps=60, learning_rate=5e-3))  # to Tinyland most of these words are unknown
    folder = tmp_path_factory.mktemp("own") / "snapshots"
    made.save(folder / "0")
    said = list(Training(made, made.spec.train).updates())
    made.save(folder / "60")
    first = next(update for update in said if isinstance(update, Score))
    last = said[-1]
    assert isinstance(last, Done)
    return folder, digest, dict(first.metrics), dict(last.metrics)


def test_it_learns_three_classes_of_a_table(learnt: tuple[Path, str, dict[str, float], dict[str, float]]) -> None:
    _, _, first, last = learnt
    assert first["accuracy"] == pytest.approx(1 / 3, abs=0.05) and first["loss"] == pytest.approx(np.log(3), abs=1e-4)
    assert first["f1"] == pytest.approx(1 / 6, abs=0.03)  # one class is named every time: F1 of 1/2 for it, of 0 for two
    assert last["loss"] < 0.6 * first["loss"] and last["accuracy"] > 0.6 and last["f1"] > 0.5
    assert last["random_guess"] == np.log(3) and last["chance"] == pytest.approx(1 / 3, abs=0.05) and last["ngram"] > 0.6


def test_a_batch_is_a_function_of_seed_and_step() -> None:
    first, again, other = stage(spec(kept())), stage(spec(kept())), stage(spec(kept(), seed=1))
    forward = [first.batch(step).input_ids.tolist() for step in (1, 2, 3)]
    assert [again.batch(step).input_ids.tolist() for step in (3, 2, 1)] == forward[::-1]
    assert other.batch(1).input_ids.tolist() != forward[0]


def test_with_more_labels_come_further_examples_and_none_goes_nor_is_held_out() -> None:
    few, many, all_there = (stage(spec(kept(), labels=count)).learnt for count in (10, 30, 20_000))
    parts = divided(own_labels.read(kept()).examples)
    assert list(few) == list(many)[:10] and list(many) == list(all_there)[:30]
    assert len(all_there) == len(parts["train"])
    assert not {text for text, _ in all_there} & {text for part in ("validation", "test") for text, _ in parts[part]}


def test_where_all_labels_are_alike_by_chance_it_still_trains() -> None:
    text = "text,label\n" + "\n".join(f"dog {number},{'rare' if number == 1 else 'common'}" for number in range(60))
    made = stage(spec(kept(text), labels=2))
    *_, last = Training(made, made.spec.train).updates()
    assert isinstance(last, Done) and set(made.classes) == {"common", "rare"}


def test_the_head_is_new_has_the_names_of_the_classes_and_the_body_is_the_parents(tmp_path: Path) -> None:
    given = spec(kept(), parent="mlm")
    tokenizer = tokenizer_of(given)
    files.save(masked.random_start(given.model, tokenizer.get_vocab_size(), 64, seed=7), tokenizer, tmp_path / "9")
    made = stage(given, tmp_path / "9")
    assert {tensor.name for tensor in made.origin.new} == {"classifier.weight", "classifier.bias"}
    made.save(tmp_path / "0")
    assert transfer.read(tmp_path / "0") == made.origin
    assert AutoModelForTokenClassification.from_pretrained(tmp_path / "0").config.id2label == {0: "blue", 1: "green", 2: "red"}


def test_held_out_rows_are_classified_as_one_by_one(learnt: tuple[Path, str, dict[str, float], dict[str, float]]) -> None:
    folder, digest, _, last = learnt
    (found,) = table_answer.answer({60: folder / "60"}, ClassifyTable(digest))
    test = divided(own_labels.read(digest).examples)["test"]
    assert tuple(zip(found.texts, found.truth.tolist(), strict=True)) == test
    for text, probability in zip(found.texts, found.probability, strict=True):
        (alone,) = classification.answer({60: folder / "60"}, Classify(text))
        assert alone.labels == ("blue", "green", "red") and np.allclose(alone.probability, probability, atol=1e-5)
    assert float((found.prediction == found.truth).mean()) == pytest.approx(last["accuracy"], abs=1e-6)
    with pytest.raises(ValueError, match="other classes"):
        table_answer.answer({60: folder / "60"}, ClassifyTable())


def test_a_table_that_is_not_here_is_said() -> None:
    with pytest.raises(ValueError, match="not kept on this machine"):
        stage(spec("0" * 64))
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        OwnLabelsSpec(16, labels_digest="../../etc/passwd")


def test_the_table_is_part_of_a_runs_name_and_no_run_came_with_the_program() -> None:
    one, other = spec(kept()), spec("")
    assert one.id != other.id and from_json(to_json(one)) == one
    assert not any(recorded.stage == "own" for recorded in RECORDED.values())


def test_the_example_is_the_one_that_runs_learnt_from(monkeypatch: pytest.MonkeyPatch) -> None:
    table = own_example.read("")
    assert own_labels.digest(table) == own_example.DIGEST
    assert table.classes == own_example.INTENTS == tuple(each.truth for each in EXAMPLES) and min(table.counts) > 100
    assert not view.remarks(table)  # enough is held out to trust the figure
    read = set(requests.documents()["train"])
    assert sum(text in read for text, _ in divided(table.examples)["test"]) > 50  # as the page says of a model that has read requests
    own_example.examples.cache_clear()
    monkeypatch.setattr(own_example, "DIGEST", "0" * 64)
    with pytest.raises(ValueError, match="other requests"):
        own_example.examples()
    own_example.examples.cache_clear()


def test_the_example_as_a_file_is_read_as_the_same_examples() -> None:
    read = own_table.read(view.as_csv(own_example.table()).encode())
    assert own_labels.labelled(read, *own_table.suggested(read)).examples == own_example.read("").examples


def test_mistakes_are_counted_by_class_with_texts() -> None:
    chances = np.eye(3, dtype=np.float32)[[0, 1, 1, 2]]
    drawn = class_confusion.confusion(Marked(5, ("a", "b", "c", "d"), np.array([0, 0, 1, 2]), ("x", "y", "z"), chances))
    assert drawn["counts"] == [[1, 1, 0], [0, 1, 0], [0, 0, 1]]
    assert drawn["examples"][0][1] == [{"bits": [("b", False)]}] and drawn["noun"] == "text"


def test_rows_are_text_whatever_stands_in_them() -> None:
    row = own_table.Row(2, ("<script>alert(1)</script>", "=1+1", "x" * 1_000))
    drawn = view.rows(("<b>", "label", "long"), [row], {0: "text"})
    assert "<script>" not in drawn and "<b>" not in drawn and "&lt;script&gt;" in drawn and "=1+1" in drawn and "x" * 200 not in drawn


def test_sentences_to_try_are_held_out_and_short() -> None:
    table = own_labels.read(kept(TABLE + "\n" + "\n".join(f"{'word ' * 60}{number},long" for number in range(9))))
    held_out = dict(divided(table.examples)["test"])
    tried = view.suggestions(table)
    assert [each.truth for each in tried] == ["blue", "green", "long", "red"]
    assert all(table.classes[held_out[each.sentence]] == each.truth for each in tried)
