"""Span corruption as a stage: its batches, its loss, its figures, and the exact lines beside them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from llmviz.core import catalogue
from llmviz.core.settings import SpanSpec
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done, Score
from llmviz.evaluation import bounds
from llmviz.experiments.building import build
from llmviz.experiments.span_corruption.stage import Spans
from llmviz.models import t5
from llmviz.text import spans
from llmviz.text.special import CLS, PAD, SEP
from llmviz.text.tokenizers import sentinel
from llmviz.training.loop import Training
from llmviz.training.texts import text_of


def spec(seed: int = 0, density: float = 0.2, **train: Any) -> RunSpec:
    base = RunSpec("span", objective=SpanSpec(density), seed=seed)
    return replace(base, train=replace(base.train, **({"steps": 6, "batch_size": 4} | train)))


def stage(given: RunSpec, parent: Path | None = None) -> Spans:
    made = build(given, parent)
    assert isinstance(made, Spans)
    return made


def rows(ids: torch.Tensor) -> list[list[int]]:
    """Texts without their padding."""
    return [row[row != PAD].tolist() for row in ids]


def test_the_vocabulary_is_that_of_the_other_families_with_sentinels_behind_it() -> None:
    mine, theirs = text_of(spec()), text_of(RunSpec("mlm"))
    assert mine.pieces[: theirs.vocabulary] == theirs.pieces
    assert mine.pieces[theirs.vocabulary :] == spans.SENTINELS
    assert mine.told_by_grammar and sentinel(mine.tokenizer) == theirs.vocabulary
    with pytest.raises(ValueError, match="no sentinels"):
        sentinel(theirs.tokenizer)


def test_a_batch_is_a_function_of_seed_and_step() -> None:
    first, again, other = stage(spec()), stage(spec()), stage(spec(seed=1))
    forward = [(rows(batch.input_ids), rows(batch.target)) for batch in map(first.batch, (1, 2, 3))]
    assert [(rows(batch.input_ids), rows(batch.target)) for batch in map(again.batch, (3, 2, 1))] == forward[::-1]
    assert forward[0] != forward[1] != forward[2]
    assert rows(other.batch(1).input_ids) != forward[0][0]


@pytest.mark.parametrize("density", [0.2, 0.5])
def test_what_is_read_and_what_is_said_are_together_a_text(density: float) -> None:
    made = stage(spec(density=density, batch_size=16))
    first = sentinel(made.text.tokenizer)
    pool = {tuple(ids) for ids in made.text.train}
    batch = made.batch(1)
    assert len(batch.input_ids) == 16
    for given, said in zip(rows(batch.input_ids), rows(batch.target), strict=True):
        assert (given[0], given[-1], said[-1]) == (CLS, SEP, SEP)
        whole = spans.restored(np.array(given[1:-1]), said[:-1], first)
        assert (CLS, *whole, SEP) in pool
        cut = sum(id >= first for id in given)
        assert (len(said) - cut - 2, cut) == spans.amounts(len(whole), density, 2.0)
    assert batch.tokens == sum(map(len, rows(batch.input_ids))) + sum(map(len, rows(batch.target)))


def test_the_loss_is_that_of_transformers() -> None:
    made = stage(spec())
    batch = made.batch(1)
    mask = (batch.input_ids != PAD).long()
    theirs = made.model(input_ids=batch.input_ids, attention_mask=mask, labels=batch.target.masked_fill(batch.target == PAD, -100)).loss
    assert made.loss(batch).item() == pytest.approx(theirs.item(), rel=1e-5)


def test_training_lowers_the_loss_and_says_the_metrics_of_the_catalogue() -> None:
    made = stage(spec(steps=25, batch_size=16))
    said = list(Training(made, made.spec.train).updates())
    scores = [update.metrics for update in said if isinstance(update, Score | Done)]
    assert scores[-1]["loss"] < scores[0]["loss"] - 1
    entry = catalogue.experiment("span")
    assert {metric.name for metric in entry.metrics} <= set(scores[-1])
    assert {metric.bound for metric in entry.metrics if metric.bound} <= set(scores[-1])
    assert scores[-1]["loss"] > scores[-1]["floor"] > 0


def test_who_says_the_truth_has_it_all_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    made = stage(spec())
    answers = {tuple(given): target.copy() for given, target in made._validation}

    def oracle(_: object, input_ids: torch.Tensor, most: int) -> torch.Tensor:
        found = [torch.tensor(answers[tuple(given)]) for given in rows(input_ids)]
        return torch.nn.utils.rnn.pad_sequence(found, batch_first=True)[:, :most]

    monkeypatch.setattr(t5, "greedy", oracle)
    assert made._exact(made._validation) == 1.0
    first = sentinel(made.text.tokenizer)
    for target in answers.values():
        target[-2] = first  # the last sentinel is wrong; every span still stands behind its own
    assert made._exact(made._validation) == 1.0
    for target in answers.values():
        target[1] = CLS  # a wrong first word of every first span
    cut = sum(int((target >= first).sum()) - 1 for target in answers.values())
    assert made._exact(made._validation) == pytest.approx(1 - len(answers) / cut)


def test_the_lines_are_worked_out_on_the_very_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    made = stage(spec())
    found = bounds._exact_spans(made.text, made._validation, (0.2, 2.0))
    assert made.references["floor"] == pytest.approx(found["floor"])
    assert made.references["exact_span_ceiling"] == pytest.approx(found["exact_span_ceiling"])
    assert 0.4 < found["exact_span_ceiling"] < 1.0


def test_a_context_too_short_for_tinyland_is_refused() -> None:
    with pytest.raises(ValueError, match="Context"):
        stage(spec(context=20))


def test_what_the_microscope_sees_is_the_loss() -> None:
    made = stage(spec())
    batch = made.batch(1)
    logits, truth = made.guess(batch)
    nats = torch.nn.functional.cross_entropy(logits, truth, reduction="none")
    assert nats.mean().item() == pytest.approx(made.loss(batch).item())
    shown = made.exercises(batch)
    assert sum(len(text.rows) for text in shown) == len(nats)
    for text in shown:
        assert [text.read[place] for place in text.places] == [made.choices[int(truth[row])] for row in text.rows]
        assert text.read[0] == "[CLS]"
