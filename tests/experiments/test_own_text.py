"""Pretraining that goes on with a visitor's own text: the real stage on a small text, and what its page says."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from llmviz.core.history import Curve, History
from llmviz.core.questions.generation import COUNTED, ENDED, Generate, Generation
from llmviz.core.rival import rival
from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec, from_json, preset, starting_from, to_json
from llmviz.core.update import Done, Score
from llmviz.experiments.building import build
from llmviz.experiments.own_text import EXPERIMENT, OwnTextSpec, view
from llmviz.experiments.own_text.stage import OwnText
from llmviz.inspect import generation
from llmviz.models import files
from llmviz.text import own, own_prose
from llmviz.training.loop import Training

COLOURS, PLACES = ("red", "blue", "green", "white", "black"), ("barn", "house", "boat", "school", "church", "mill")
TEXT = "\n".join(
    f"the {one} {place} by the {other} {next_to}" for one in COLOURS for other in COLOURS for place in PLACES for next_to in PLACES
)


def spec(digest: str = "", passages: int = 20_000, seed: int = 0, **train: Any) -> RunSpec:
    bare = preset("own_text", TextSpec("wiki"), "none")
    settings = {"steps": 4, "batch_size": 16, **train}
    return replace(bare, objective=OwnTextSpec(passages, digest), train=replace(bare.train, **settings), seed=seed)


def stage(given: RunSpec, parent: Path | None = None) -> OwnText:
    made = build(given, parent)
    assert isinstance(made, OwnText)
    return made


@pytest.fixture(scope="module")
def digest() -> str:
    return own.take(TEXT)[0]


@pytest.fixture(scope="module")
def learnt(digest: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, float], dict[str, float]]:
    """The last snapshot of a run of 60 steps, and its metrics before and after."""
    made = stage(spec(digest, steps=60, learning_rate=1e-2))
    said = list(Training(made, made.spec.train).updates())
    folder = tmp_path_factory.mktemp("own_text") / "60"
    made.save(folder)
    first, last = next(update for update in said if isinstance(update, Score)), said[-1]
    assert isinstance(last, Done)
    return folder, dict(first.metrics), dict(last.metrics)


def test_it_learns_to_write_the_text(learnt: tuple[Path, dict[str, float], dict[str, float]]) -> None:
    folder, first, last = learnt
    assert last["loss"] < 0.3 * first["loss"] and last["loss"] < last["unigram"] < first["loss"] and last["accuracy"] > 0.5
    assert last["bits_per_byte"] == pytest.approx(last["trigram_bits"] * last["loss"] / last["trigram"])
    (written,) = generation.answer({60: folder}, Generate("the red", 12, temperature=0.0))
    assert any(place in written.text for place in PLACES)


def test_nothing_held_out_is_learnt_and_fewer_passages_are_the_first_of_more(digest: str) -> None:
    few, every = stage(spec(digest, passages=8)), stage(spec(digest))
    held_out = {tuple(ids.tolist()) for part in (every.text.validation, every.text.test) for ids in part}
    read = {tuple(row[row != 0].tolist()) for step in range(1, 60) for row in every.batch(step).input_ids.numpy()}
    assert len(read) > 400 and not held_out & read
    assert {tuple(row[row != 0].tolist()) for step in (1, 2) for row in few.batch(step).input_ids.numpy()} == {
        tuple(ids.tolist()) for ids in every.text.train[:8]
    }


def test_what_a_model_does_not_read_at_once_is_a_further_text(digest: str) -> None:
    long = "\n".join(f"number {number} " + "and so on " * 30 for number in range(20))
    found = stage(spec(own.take(long)[0], context=16))
    assert found.text.train.longest == 16 and len(found.text.train) > 5 * 12


def test_it_goes_on_from_its_parent_and_says_what_is_forgotten(
    digest: str, learnt: tuple[Path, dict[str, float], dict[str, float]]
) -> None:
    child = replace(spec(digest), inputs=starting_from(preset("clm", TextSpec("wiki"))))
    found = stage(child, learnt[0])
    kept = files.load(learnt[0]).state_dict()
    assert all(torch.equal(weight, kept[name]) for name, weight in found.model.state_dict().items())
    measured = found.evaluate()
    assert measured["old_loss"] > 2 * measured["loss"] and "old_loss" not in stage(spec(digest)).evaluate()
    other = rival(child)
    assert other and other.start is None and rival(other) == replace(child, inputs=starting_from(preset("clm", TextSpec("wiki"))))


def test_the_text_is_part_of_a_runs_name_and_one_that_is_not_here_is_said(digest: str) -> None:
    one, other = spec(digest), spec()
    assert one.id != other.id and from_json(to_json(one)) == one
    with pytest.raises(ValueError, match="not kept on this machine"):
        stage(spec("0" * 64))
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        OwnTextSpec(text_digest="../../etc/passwd")


# What the page says


def written(words: list[str], joined: list[bool], chances: list[float], why: str) -> Generation:
    count = len(words)
    told = np.zeros((count, 5, 2), np.float32)
    told[:, 0, -1] = chances
    ids, none = np.zeros((count, 2), np.int64), np.zeros(count, np.float32)
    return Generation(3, ids[:, 0], tuple(words), np.array(joined), "", ids, (), told, told[:, 0], ids[:, 0], none, why)


def test_tokens_that_go_on_with_a_word_are_told_as_that_word() -> None:
    found = written(["Wash", "ing", "ton", "is", "(end)"], [False, True, True, False, False], [0.5, 0.5, 0.5, 0.25, 1.0], ENDED)
    assert view.whole_words(found) == [("Washington", 0.125), ("is", 0.25), ("(end)", 1.0)]
    row = view.Row(view.sides(spec(), 7, "")[1], {3: found}, Curve((0, 3), (8.0, 2.5)))
    (text,) = view.written("in", [row], "")["rows"][0]["texts"]
    assert text["words"] == ["in", "Washington", "is", "(end)"] and text["verdict"].startswith("2.50 nats")
    cut = replace(row, found={3: replace(found, why=COUNTED)}, loss=Curve())
    (text,) = view.written("", [cut], "")["rows"][0]["texts"]
    assert text["words"][-1] == "…" and len(text["shares"]) == len(text["told"]) == 4 and text["verdict"] == ""


def done(bits: float, *, old: tuple[float, float] = (3.0, 3.0), loss: tuple[float, float] = (7.0, 2.0)) -> History:
    scores = {"loss": Curve((0, 9), loss), "old_loss": Curve((0, 9), old), view.BITS: Curve((0, 9), (4.0, bits))}
    return History(scores=scores, end=Done(9, {view.BITS: bits}, 1.0))


def test_the_title_says_what_was_measured_and_of_which_model() -> None:
    pretrained = preset("own_text")
    assert view.claim(pretrained, History(), done(1.4)).endswith("?")
    assert view.claim(pretrained, done(0.99), History()) == "0.99 bits a byte of your text, after pretraining"
    told = "0.99 bits a byte of your text after pretraining, 1.40 without"
    assert view.claim(pretrained, done(0.99), done(1.4)) == told == view.claim(spec(), done(1.4), done(0.99))


def test_forgetting_is_told_by_its_figure() -> None:
    pretrained = preset("own_text")
    assert "has risen by 4.00: it forgets" in view.told(pretrained, done(1.0, old=(3.0, 7.0)))
    assert "next to nothing is forgotten" in view.told(pretrained, done(1.0)) and "fallen by 5.00" in view.told(pretrained, done(1.0))
    assert view.told(spec(), done(1.0)) == "" == view.told(pretrained, History())


def test_a_preview_and_beginnings_are_text_whatever_stands_in_them() -> None:
    text = "\n".join(f"<img src=x> & <b>line</b> {number} goes on" for number in range(40))
    assert "<img" not in view.preview(text, 3) and "&lt;img src=x&gt; &amp;" in view.preview(text, 3)
    tried = view.suggestions(text, "wiki")
    assert [each.label for each in tried] == ["one of yours", "as before"] and tried[0].sentence == "<img src=x> &"
    assert view.suggestions(own_prose.example(), "wiki")[:3] == EXPERIMENT.examples["wiki"][:3]
    assert "Only 8 passages are held out" in view.remarks(text) and view.remarks(own_prose.example()) == ""
