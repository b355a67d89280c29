"""The recordings that come with the program are runs of the present code, and all that a page opens on."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from llmviz.core import catalogue
from llmviz.core.run import RunRef
from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.core.trace import Question, Trace
from llmviz.core.update import Begin, Done, Step
from llmviz.inspect.masked import answer
from llmviz.runs import wire
from llmviz.runs.record import MOST_BYTES
from llmviz.runs.replay import HERE, Recordings, Replay
from llmviz.stages import build
from llmviz.training.loop import Training
from llmviz.views.examples import EXAMPLES

MOST_BYTES_IN_ALL = 40_000_000
EVERY = [(stage, text) for stage in catalogue.STAGES for text in TEXTS]
BARS = {("mlm", "tinyland"): {"facts": 0.95, "sounds": 0.95}}


def unasked(run: RunRef, folders: dict[int, Path], question: Question) -> list[Trace]:
    raise AssertionError("the recording keeps this answer")


def test_there_are_no_others_and_all_are_small() -> None:
    assert {item.name for item in HERE.iterdir()} == {f"{stage}-{text}" for stage, text in EVERY}
    assert sum(file.stat().st_size for file in HERE.rglob("*") if file.is_file()) <= MOST_BYTES_IN_ALL


@pytest.mark.parametrize(("stage", "text"), EVERY)
def test_it_is_the_default_run_and_meets_its_bars(stage: str, text: str) -> None:
    spec = RunSpec(stage, text=TextSpec(text))
    folder = Recordings().folder(spec.id)
    assert folder and folder.path.name == f"{stage}-{text}"
    assert folder.spec() == spec
    assert folder.size() <= MOST_BYTES
    replay = Replay(Recordings(), unasked)
    assert replay.recorded(spec) == RunRef(spec.id, 0)
    history = replay.history(RunRef(spec.id, 0))
    assert list(history.snapshots) == folder.snapshots()
    assert (history.snapshots[0], history.snapshots[-1]) == (0, spec.train.steps)
    assert history.batches.steps == tuple(range(1, spec.train.steps + 1))
    assert history.begin and isinstance(history.end, Done)
    assert "floor" not in history.end.metrics or history.end.metrics["loss"] > history.end.metrics["floor"]
    assert history.end.metrics["loss"] < history.begin.references["random_guess"] - 1
    assert all(history.end.metrics[name] >= bar for name, bar in BARS.get((stage, text), {}).items())


@pytest.mark.parametrize(("stage", "text"), EVERY)
def test_a_page_opens_on_it_without_a_worker(stage: str, text: str) -> None:
    replay, first = Replay(Recordings(), unasked), EXAMPLES[text][0]
    run = RunRef(RunSpec(stage, text=TextSpec(text)).id, 0)
    shown = replay.history(run).snapshots
    assert [trace.step for trace in replay.answer(run, shown, Question(first.sentence, first.hidden))] == list(shown)


@pytest.mark.parametrize(("stage", "text"), EVERY)
def test_its_answers_are_those_its_snapshots_give(stage: str, text: str) -> None:
    folder = Recordings().folder(RunSpec(stage, text=TextSpec(text)).id)
    assert folder
    question, kept = wire.read_traces(folder.traces)
    for now in answer({step: folder.snapshot(step) for step in folder.snapshots()}, question):
        then = kept[now.step]
        assert now.tokens == then.tokens
        for name in ("probability", "candidate_probability", "attention"):
            np.testing.assert_allclose(getattr(now, name), getattr(then, name), atol=1e-4)  # processors round differently


@pytest.mark.parametrize(("stage", "text"), EVERY)
def test_the_present_code_says_the_same(stage: str, text: str) -> None:
    spec = RunSpec(stage, text=TextSpec(text))
    history = Replay(Recordings(), unasked).history(RunRef(spec.id, 0))
    assert history.begin
    updates = Training(build(spec, None), spec.train).updates()
    begin = next(updates)
    assert isinstance(begin, Begin)
    assert (begin.parameters, begin.vocabulary) == (history.begin.parameters, history.begin.vocabulary)
    assert begin.references == pytest.approx(history.begin.references)
    losses = [update.loss for update in itertools.takewhile(lambda update: update.step <= 20, updates) if isinstance(update, Step)]
    assert losses == pytest.approx(history.batches.values[:20], abs=1e-2)  # processors round differently, and training adds it up
