"""What recorded models make of exercises: against the loss of their own stage, and against transformers in the script of the page."""

import re
import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import PreTrainedModel

from llmviz.core.drawn import Drawn
from llmviz.core.questions.exercise import FOLLOWS, KINDS, Solve
from llmviz.core.run import RunRef
from llmviz.core.spec import preset
from llmviz.experiments.causal_lm.stage import NextToken
from llmviz.experiments.four_exercises.answer import answer
from llmviz.experiments.masked_lm.stage import MaskedTokens
from llmviz.experiments.next_sentence.stage import NextSentence, PairBatch, parts
from llmviz.experiments.span_corruption.stage import Spans
from llmviz.inspect import snapshots
from llmviz.runs import wire
from llmviz.runs.recordings import Recordings
from llmviz.text import exercises
from llmviz.text.masks import IGNORED
from llmviz.text.tokenizers import pieces, sentinel, spelling
from llmviz.training.masking import MaskedBatch
from llmviz.training.seq2seq import Seq2SeqBatch
from llmviz.training.shifting import TextBatch
from llmviz.views.script import fill, read

TEXTS = ("Leo saw a frog by the lake . every frog croaks .", "Anna found a dog near the river . every dog barks . she went home happy .")
STRANGE = "Leo saw a zebra by the lake . every zebra croaks ."
RATES = (0.3, 0.3, 1.5)


def folders(kind: str) -> dict[int, Path]:
    """The first and the last snapshot of a recorded run."""
    folder = Recordings().folder(RunRef(preset(kind).id, 0))
    steps = folder.snapshots()
    return {step: folder.snapshot(step) for step in (steps[0], steps[-1])}


def drawn(kind: str, text: str, roll: int, second: str = "roll") -> Drawn:
    """The exercise as the page draws it."""
    tokenizer = snapshots.tokenizer(next(iter(folders(kind).values())))
    read, rng = pieces(tokenizer, text), np.random.default_rng((roll, KINDS.index(kind)))
    makers: dict[str, Callable[[], Drawn]] = {
        "mlm": lambda: exercises.masked(read, RATES[0], spelling(tokenizer), rng),
        "clm": lambda: exercises.causal(read),
        "nsp": lambda: exercises.pair(read, text, second, roll, lambda other: pieces(tokenizer, other), rng),
        "span": lambda: exercises.cut(read, RATES[1], RATES[2], sentinel(tokenizer), rng),
    }
    return makers[kind]()


def stage_loss(asked: Solve, model: PreTrainedModel) -> float:
    """The loss of the stage itself on this exercise. The stage is made without its text, which takes seconds and no loss needs."""
    kinds: dict[str, Any] = {"mlm": MaskedTokens, "clm": NextToken, "nsp": NextSentence, "span": Spans}
    stage = object.__new__(kinds[asked.stage])
    stage.model, stage.objective = model, preset(asked.stage).objective
    ids = torch.tensor([asked.read])
    labels = torch.full_like(ids, IGNORED)
    if asked.stage in ("mlm", "clm"):
        labels[0, list(asked.places)] = torch.tensor(asked.truth)
    batches: dict[str, Callable[[], Any]] = {
        "mlm": lambda: MaskedBatch(ids, torch.ones_like(ids), labels),
        "clm": lambda: TextBatch(ids, labels),
        "nsp": lambda: PairBatch(ids, torch.from_numpy(parts(ids.numpy())), labels, torch.tensor(asked.truth)),
        "span": lambda: Seq2SeqBatch(ids, torch.tensor([asked.said])),
    }
    with torch.no_grad():
        return float(stage.loss(batches[asked.stage]()))


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_is_that_of_the_stage(kind: str) -> None:
    there = folders(kind)
    for text in TEXTS if kind == "span" else (*TEXTS, STRANGE):  # of an unknown word T5's training says nothing
        asked = drawn(kind, text, roll=3).asked
        for found, folder in zip(answer(there, asked), there.values(), strict=True):
            assert found.loss == pytest.approx(stage_loss(asked, snapshots.model(folder).eval()), abs=1e-5)
            assert found.loss == pytest.approx(-np.log(found.chances.astype(float)).mean(), rel=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_every_target_has_its_chance_and_its_guesses(kind: str) -> None:
    given = drawn(kind, TEXTS[0], roll=2)
    first, last = answer(folders(kind), given.asked)
    assert first.step == 0 and last.step == preset(kind).train.steps
    truth = [each.text for cell in given.cells for each in cell.says if each.target >= 0]
    for found in (first, last):
        assert len(found.chances) == len(found.guesses) == given.targets
        assert (np.diff(found.guess_chances, axis=1) <= 0).all()
        for place, word in enumerate(truth):
            assert found.right[place] == (found.guesses[place][0] == word)
            if word in found.guesses[place]:
                assert found.guess_chances[place][found.guesses[place].index(word)] == pytest.approx(found.chances[place])
    assert kind == "nsp" or last.loss < first.loss
    if kind == "nsp":
        assert {*last.guesses[0]} == {*FOLLOWS} and last.guess_chances.sum() == pytest.approx(1, abs=1e-6)


def test_a_gpt_is_asked_from_what_stands_before_alone() -> None:
    asked = drawn("clm", TEXTS[0], roll=1).asked
    other = drawn("clm", TEXTS[0].replace("croaks", "barks"), roll=1).asked
    one, two = (answer(folders("clm"), each)[-1] for each in (asked, other))
    np.testing.assert_allclose(one.chances[:10], two.chances[:10], atol=1e-6)
    assert one.chances[10] != pytest.approx(two.chances[10], abs=1e-3)


def test_what_cannot_be_asked_is_refused_in_a_sentence() -> None:
    asked = drawn("mlm", TEXTS[0], roll=1).asked
    there = folders("mlm")
    for wrong, sentence in (
        (replace(asked, places=(), truth=()), "there is no target"),
        (replace(asked, places=(99,), truth=(7,)), "outside its text"),
        (replace(asked, places=(1,), truth=(9_999,)), "none of this model's vocabulary"),
        (replace(asked, read=(*asked.read, 9_999)), "none of this model's vocabulary"),
        (replace(asked, read=asked.read * 9), "this model reads 64"),
    ):
        with pytest.raises(ValueError, match=sentence):
            answer(there, wrong)
    assert answer({}, asked) == []


def test_the_question_travels() -> None:
    asked = drawn("span", TEXTS[0], roll=1).asked
    assert wire.question_from_json(wire.question_to_json(asked)) == asked


@pytest.mark.parametrize(("text", "second"), [(STRANGE, "other"), ("'the' \"dog\" \\n {barks}", "roll")])
def test_the_script_draws_and_loses_as_the_page_does(text: str, second: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "exercises.py"
    rates = dict(zip(("MASK_RATE", "DENSITY", "SPAN_LENGTH"), RATES, strict=True))
    values = {"SENTENCE": text, "ROLL": 4, "SECOND": second, "MOST": 40, **rates}
    file.write_text(fill(read("llmviz.experiments.four_exercises"), values), encoding="utf-8")
    runpy.run_path(str(file), run_name="__main__")
    told = capsys.readouterr().out
    losses = dict(re.findall(r"^(\w+) loss ([\d.]+)$", told, re.MULTILINE))
    for kind, name in zip(KINDS, ("MLM", "CLM", "NSP", "Spans"), strict=True):
        try:
            given = drawn(kind, text, 4, second)
        except ValueError:
            assert name not in losses
        else:
            assert float(losses[name]) == pytest.approx(answer(folders(kind), given.asked)[-1].loss, abs=1e-3)
