"""The engine over the real stages: what the tiny workshop promises holds for torch as well."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from transformers import AutoModelForMaskedLM, AutoTokenizer

from llmviz.core.questions.cloze import Cloze
from llmviz.core.questions.onestep import OneStep
from llmviz.core.run import parse
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.runs import standing
from llmviz.runs.engine import UNDER_WAY, Command, Slow, State
from llmviz.runs.store import Store
from tests.runs import conftest
from tests.runs.conftest import MakeEngine, outcome, until

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
SPEC = RunSpec("mlm", train=replace(RunSpec("mlm").train, steps=4, batch_size=8))  # each of so few is evaluated


def call(*arguments: str, **environment: str) -> str:
    """The command line in a process of its own; what it prints."""
    command = [sys.executable, "-m", "llmviz", *arguments]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, encoding="utf-8", timeout=240)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_run_killed_and_stopped_ends_as_one_left_alone_in_another_process(
    engine_of: MakeEngine, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conftest, "PATIENCE", 120.0)  # torch takes its time on a busy machine
    engine = engine_of(workshop="llmviz.runs.worker:Real", home=home)  # where texts are prepared
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
    assert engine.status(run, "ann").state == State.DONE
    text = TEXTS["tinyland"]
    traces = engine.answer(run, [0, 4], Cloze(text.sentence, text.hidden))
    assert [trace.step for trace in traces] == [0, 4]
    with pytest.raises(ValueError, match=r"\w+ \w+"):  # a sentence
        engine.answer(run, [4], Cloze(""))

    settings = ("mlm", "--steps", "4", "--batch-size", "8", "--json")
    last = json.loads(call("train", *settings, OMP_NUM_THREADS="2", PYTHONHASHSEED="2").splitlines()[-1])
    assert set(last) == {"type", "run", "step", "metrics", "seconds", "peak_memory", "base_memory"}
    assert last["type"] == "done"
    assert {"loss", "floor", "facts", "sounds", "accuracy", "accuracy_ceiling"} <= set(last["metrics"])
    assert last["metrics"]["loss"] > last["metrics"]["floor"]
    alone = parse(last["run"])
    assert (alone.id, alone.attempt) == (run.id, run.attempt + 1)
    assert outcome(Store(home).folder(alone)) == outcome(engine.store.folder(run))

    call("export", last["run"], str(tmp_path / "out"))
    model, tokenizer = AutoModelForMaskedLM.from_pretrained(tmp_path / "out"), AutoTokenizer.from_pretrained(tmp_path / "out")
    logits = model(**tokenizer("the capital of France is [MASK] .", return_tensors="pt")).logits
    assert logits.shape == (1, 9, model.config.vocab_size)
    assert tokenizer.convert_ids_to_tokens(tokenizer("a Dog")["input_ids"]) == ["[CLS]", "a", "dog", "[SEP]"]


def test_a_step_opened_at_a_checkpoint_is_the_one_taken(engine_of: MakeEngine, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "PATIENCE", 120.0)
    monkeypatch.setattr(standing, "PATIENCE", 60.0)
    engine = engine_of(workshop="llmviz.runs.worker:Real", home=home)
    run = engine.train(replace(SPEC, train=replace(SPEC.train, steps=8), seed=1), "ann")
    engine.control(run, Slow(0.3), "ann")
    until(lambda: engine.history(run).step > 0)
    engine.control(run, Command.PAUSE, "ann")
    folder = engine.store.folder(run)
    until(lambda: standing._kept(folder) == engine.history(run).step)
    behind = engine.history(run).step
    (opened,) = engine.answer(run, [behind], OneStep(behind + 1))
    engine.control(run, Command.STEP, "ann")
    (next_one,) = engine.answer(run, [behind + 1], OneStep(behind + 1))
    assert engine.history(run).batches.last == opened.loss  # to the last bit, though another process took the step
    assert (opened.probability[1] == next_one.probability[0]).all()
    assert opened.after == pytest.approx(opened.loss, rel=0.5) and opened.after != opened.loss
    engine.control(run, Command.STOP, "ann")
    until(lambda: engine.status(run, "ann").state not in UNDER_WAY)
