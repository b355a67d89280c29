"""The engine over the real stages: what the tiny workshop promises holds for torch as well."""

import os
import signal

import pytest

from llmviz.core.settings import TrainSpec
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.core.trace import Question
from llmviz.runs.engine import UNDER_WAY, Command, State
from tests.runs import conftest
from tests.runs.conftest import MakeEngine, outcome, until

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
SPEC = RunSpec("mlm", train=TrainSpec(steps=8, batch_size=8))


def test_a_run_killed_and_stopped_ends_as_one_left_alone(engine_of: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "PATIENCE", 120.0)  # torch takes its time on a busy machine
    engine = engine_of(workshop="llmviz.runs.worker:Real")
    alone = engine.train(SPEC, "ann")
    until(lambda: engine.status(alone, "ann").state not in UNDER_WAY)
    run = engine.train(SPEC, "ann")
    until(lambda: engine.history(run).step > 0)
    os.kill(engine.workers()[0], KILL)
    until(lambda: engine.status(run, "ann").state == State.INTERRUPTED)
    engine.resume(run, "ann")
    until(lambda: engine.status(run, "ann").state == State.TRAINING)
    engine.control(run, Command.STOP, "ann")
    until(lambda: engine.status(run, "ann").state == State.STOPPED)
    engine.resume(run, "ann")
    until(lambda: engine.status(run, "ann").state not in UNDER_WAY)
    assert engine.status(run, "ann").state == engine.status(alone, "ann").state == State.DONE
    assert outcome(engine.store.folder(run)) == outcome(engine.store.folder(alone))

    text = TEXTS["tinyland"]
    traces = engine.answer(run, [0, 8], Question(text.sentence, text.hidden))
    assert [trace.step for trace in traces] == [0, 8]
    with pytest.raises(ValueError, match=r"\w+ \w+"):  # a sentence
        engine.answer(run, [8], Question(""))
