"""Questions to a run that stands still: asked at its checkpoint, and nothing of it is changed."""

import json
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from llmviz.core.questions.base import Answer
from llmviz.core.questions.onestep import FURTHEST, OneStep, Opened
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, to_json
from llmviz.core.update import Step
from llmviz.runs import standing
from llmviz.runs.engine import UNDER_WAY, Command, State
from llmviz.runs.local import LocalEngine
from llmviz.runs.recordings import Recordings
from llmviz.runs.standing import Standing
from llmviz.runs.store import Store
from tests.runs.conftest import MakeEngine, attempt_at, outcome, until
from tests.runs.fake import WIDTH, Fake, FakeStage, spec


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "PATIENCE", 30.0)  # other tests may have the cores


def paused(engine: LocalEngine, seed: int = 0) -> tuple[RunRef, int]:
    """A run that stands still on its way, and the step at which it does."""
    run = engine.train(spec(40, milliseconds=20.0, seed=seed), "ann")
    until(lambda: engine.history(run).step >= 3)
    engine.control(run, Command.PAUSE, "ann")
    until(lambda: standing._kept(engine.store.folder(run)) == engine.history(run).step)
    return run, engine.history(run).step


def ended(engine: LocalEngine, run: RunRef) -> None:
    until(lambda: engine.status(run, "ann").state not in UNDER_WAY)


def test_it_tells_the_step_that_comes_next_again_and_again(engine_of: MakeEngine) -> None:
    engine = engine_of()
    run, behind = paused(engine)
    checkpoint = engine.store.folder(run).checkpoint.read_bytes()
    for step in range(behind, behind + 3):
        (opened,) = engine.answer(run, [step], OneStep(step + 1))
        assert opened.step == step
        engine.control(run, Command.STEP, "ann")
        until(lambda step=step: engine.history(run).step == step + 1)  # type: ignore[misc] # bound here
        assert engine.history(run).batches.last == opened.loss
    assert engine.status(run, "ann").state is State.PAUSED
    assert checkpoint != engine.store.folder(run).checkpoint.read_bytes()


def test_a_run_that_was_looked_into_ends_as_one_left_alone(engine_of: MakeEngine) -> None:
    engine = engine_of()
    run, behind = paused(engine)
    folder = engine.store.folder(run)
    before = {file: file.read_bytes() for file in folder.path.rglob("*") if file.is_file()}
    engine.answer(run, [behind], OneStep(behind + 1))
    assert {file: file.read_bytes() for file in folder.path.rglob("*") if file.is_file()} == before
    engine.control(run, Command.CONTINUE, "ann")
    ended(engine, run)
    alone = engine.train(spec(40, milliseconds=20.0), "ann")
    ended(engine, alone)
    assert outcome(folder) == outcome(engine.store.folder(alone))


def test_a_stopped_run_can_be_looked_into_and_one_that_is_done_or_recorded_cannot(engine_of: MakeEngine) -> None:
    engine = engine_of()
    run, behind = paused(engine)
    engine.control(run, Command.STOP, "ann")
    ended(engine, run)
    assert engine.answer(run, [behind], OneStep(behind + 1))[0].step == behind
    engine.resume(run, "ann")
    ended(engine, run)
    assert engine.status(run, "ann").state is State.DONE
    with pytest.raises(ValueError, match="done keeps no checkpoint"):
        engine.answer(run, [40], OneStep(40))


def test_a_step_too_early_or_too_late_is_refused(engine_of: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "PATIENCE", 0.1)
    engine = engine_of()
    run, behind = paused(engine)
    with pytest.raises(ValueError, match=f"gone on to step {behind} meanwhile"):
        engine.answer(run, [behind - 1], OneStep(behind))
    with pytest.raises(ValueError, match="kept no checkpoint"):
        engine.answer(run, [behind + 1], OneStep(behind + 1))


def test_it_waits_for_the_checkpoint_of_the_step_just_taken(engine_of: MakeEngine) -> None:
    engine = engine_of()
    run, behind = paused(engine)
    found: list[Opened] = []
    asking = threading.Thread(target=lambda: found.extend(engine.answer(run, [behind + 1], OneStep(behind + 1))))
    asking.start()
    engine.control(run, Command.STEP, "ann")
    asking.join()
    assert [opened.step for opened in found] == [behind + 1]


@pytest.mark.parametrize("content", [b"", b"not safetensors", b"\xff" * 5_000])
def test_a_damaged_checkpoint_is_a_sentence_and_the_next_one_is_read(engine_of: MakeEngine, content: bytes) -> None:
    engine = engine_of()
    run, behind = paused(engine)
    checkpoint = engine.store.folder(run).checkpoint
    whole = checkpoint.read_bytes()
    checkpoint.write_bytes(content)
    with pytest.raises(ValueError, match="cannot be read; let it go on"):
        engine.answer(run, [behind], OneStep(behind + 1))
    checkpoint.write_bytes(whole[:-8])  # its notes are whole, its weights are not
    with pytest.raises(ValueError, match="cannot be read; let it go on"):
        engine.answer(run, [behind], OneStep(behind + 1))
    checkpoint.write_bytes(whole)
    assert engine.answer(run, [behind], OneStep(behind + 1))[0].step == behind


def test_a_run_deleted_meanwhile_is_a_sentence(engine_of: MakeEngine) -> None:
    engine = engine_of()
    run, behind = paused(engine)
    engine.control(run, Command.STOP, "ann")
    ended(engine, run)
    engine.delete(run, "ann")
    with pytest.raises(ValueError, match="has been deleted"):
        engine.answer(run, [behind], OneStep(behind + 1))


class Counting(Fake):
    def __init__(self) -> None:
        self.built = 0

    def build(self, spec: RunSpec, parent: Path | None, **others: Path) -> FakeStage:
        self.built += 1
        return super().build(spec, parent, **others)


def checkpointed(store: Store, last: int, seed: int = 0) -> Path:
    """The folder of an attempt that left a checkpoint after so many steps."""
    attempt = attempt_at(store, spec(40, seed=seed))
    for update in attempt:
        if isinstance(update, Step) and update.step == last:
            break
    attempt.stop("enough")
    return attempt.folder.path


def test_a_training_is_made_once_for_all_attempts_at_a_spec(store: Store) -> None:
    workshop = Counting()
    asked = Standing(workshop, store, Recordings(store.home / "recordings"))
    first, second, other = checkpointed(store, 3), checkpointed(store, 5), checkpointed(store, 4, seed=1)
    for _ in range(2):
        assert [answer.step for answer in asked.answer({3: first}, OneStep(4))] == [3]
        assert [answer.step for answer in asked.answer({5: second}, OneStep(6))] == [5]
    assert workshop.built == 1
    asked.answer({4: other}, OneStep(5))
    assert workshop.built == 2


def test_a_worker_says_what_became_of_the_checkpoint_while_it_was_asked(store: Store) -> None:
    asked = Standing(Fake(), store, Recordings(store.home / "recordings"))
    folder = checkpointed(store, 5)
    with pytest.raises(ValueError, match="gone on to step 5"):
        asked.answer({3: folder}, OneStep(4))
    whole = (folder / "checkpoint.safetensors").read_bytes()
    (folder / "checkpoint.safetensors").write_bytes(whole[:-8])
    with pytest.raises(ValueError, match="cannot be read"):
        asked.answer({5: folder}, OneStep(6))
    (folder / "checkpoint.safetensors").unlink()
    with pytest.raises(ValueError, match="kept no checkpoint"):
        asked.answer({5: folder}, OneStep(6))


def done(store: Store, given: RunSpec) -> Path:
    """The folder of a run that reached its end."""
    attempt = attempt_at(store, given)
    for _ in attempt:
        pass
    return attempt.folder.path


def recorded(store: Store, folder: Path, name: str = "mine") -> Recordings:
    """Recordings of which this run is one."""
    shutil.copytree(folder, store.home / "recordings" / name)
    return Recordings(store.home / "recordings")


def same(one: Answer, other: Answer) -> bool:
    return all(np.array_equal(value, vars(other)[name]) for name, value in vars(one).items())


@pytest.mark.parametrize("steps", [(0, 1, 2), (2, 0, 1)])
def test_the_first_steps_of_a_recording_are_those_of_the_run(store: Store, steps: tuple[int, ...]) -> None:
    live = {step: checkpointed(store, step) for step in (1, 2)}
    asked = Standing(Fake(), store, Recordings(store.home / "recordings"))
    own = {step: asked.answer({step: folder}, OneStep(step + 1))[0] for step, folder in live.items()}
    again = Counting()
    kept = done(store, spec(40))
    beside = Standing(again, store, recorded(store, kept))
    for step in steps:
        (found,) = beside.answer({step: kept}, OneStep(step + 1, start=0))
        assert found.step == step and (step not in own or same(found, own[step]))
    assert again.built == 1


def test_at_a_later_snapshot_the_weights_are_the_runs_and_the_optimisers_remember_nothing(store: Store) -> None:
    kept, live = done(store, spec(40)), checkpointed(store, 20)
    asked = Standing(Fake(), store, recorded(store, kept))
    (found,) = asked.answer({20: kept}, OneStep(21, start=20))
    (own,) = asked.answer({20: live}, OneStep(21))
    assert isinstance(found, Opened) and isinstance(own, Opened)
    assert found.step == own.step == 20 and found.moved != own.moved
    (next_one,) = asked.answer({21: kept}, OneStep(22, start=20))
    assert next_one.step == 21


def test_a_run_goes_on_from_where_the_last_answer_left_it_and_turns_back_by_beginning_again(store: Store) -> None:
    kept = done(store, spec(60))
    asked = Standing(Fake(), store, recorded(store, kept))
    forward = [asked.answer({step: kept}, OneStep(11, start=10))[0] for step in range(10, 14)]
    (back,) = asked.answer({12: kept}, OneStep(11, start=10))
    assert same(back, forward[2])
    assert asked.answer({10 + FURTHEST - 1: kept}, OneStep(11, start=10))[0].step == 10 + FURTHEST - 1
    for step in (9, 10 + FURTHEST + 1):
        with pytest.raises(ValueError, match=f"at most {FURTHEST} steps"):
            asked.answer({step: kept}, OneStep(11, start=10))
    with pytest.raises(ValueError, match="no snapshot after 7 steps"):
        asked.answer({7: kept}, OneStep(8, start=7))


def test_what_nobody_has_trained_has_a_first_step_and_a_child_needs_its_parent(store: Store) -> None:
    asked = Standing(Fake(), store, Recordings(store.home / "recordings"))
    (found,) = asked.answer({1: store.home}, OneStep(1, start=0, spec=json.dumps(to_json(spec(40)))))
    (own,) = asked.answer({1: checkpointed(store, 1)}, OneStep(1))
    assert same(found, own)
    child = spec(40, parent=spec(50, seed=9))
    with pytest.raises(ValueError, match="train that one first"):
        asked.answer({0: store.home}, OneStep(1, start=0, spec=json.dumps(to_json(child))))


def test_a_recorded_child_starts_from_the_recorded_parent(store: Store) -> None:
    """Another processor may have trained the parent here; its weights are not those the recording started from."""
    parent = spec(40, seed=3)
    child = spec(40, parent=parent)
    recordings = recorded(store, done(store, parent), "parent")
    (own,) = Standing(Fake(), store, recordings).answer({0: checkpointed_child(store, child)}, OneStep(1))
    kept = done(store, child)
    recordings = recorded(store, kept, "child")
    trained = store.finished(parent)
    assert trained
    save_file({"w": np.ones(WIDTH, np.float32)}, store.folder(trained).snapshot(40) / "model.safetensors")
    (found,) = Standing(Fake(), store, recordings).answer({0: recordings.root / "child"}, OneStep(1, start=0))
    assert same(found, own)


def checkpointed_child(store: Store, child: RunSpec) -> Path:
    """The folder of an attempt that stands before its first step."""
    attempt = attempt_at(store, child)
    next(update for update in attempt if attempt.settled)
    attempt.stop("enough")
    return attempt.folder.path


def test_after_a_step_that_failed_the_training_is_made_anew(store: Store) -> None:
    class Failing(Counting):
        fails = False

        def ask(self, training: Any, question: Any) -> Opened:
            if self.fails:
                training.stage.weights[:] = np.nan
                raise FloatingPointError("the loss is no longer a number")
            return super().ask(training, question)

    workshop, kept = Failing(), done(store, spec(40))
    asked = Standing(workshop, store, recorded(store, kept))
    (before,) = asked.answer({0: kept}, OneStep(1, start=0))
    workshop.fails = True
    with pytest.raises(FloatingPointError):
        asked.answer({1: kept}, OneStep(1, start=0))
    workshop.fails = False
    assert same(asked.answer({0: kept}, OneStep(1, start=0))[0], before)


def test_the_question_reaches_the_worker_for_a_recording_a_finished_run_and_none(engine_of: MakeEngine, store: Store) -> None:
    kept = done(store, spec(40))
    recorded(store, kept)
    engine = engine_of()
    run, recording, none = store.find(spec(40)), engine.recorded(spec(40)), spec(40, seed=5)
    assert run and recording and engine.find(none) is None
    asked = OneStep(1, start=0)
    mine, theirs = (engine.answer(which, [0], asked)[0] for which in (run, recording))
    assert same(mine, theirs) and mine.step == 0
    assert engine.answer(recording, [11], OneStep(11, start=10))[0].step == 11
    fresh = replace(asked, spec=json.dumps(to_json(none)))
    assert engine.answer(RunRef(none.id, 0), [0], fresh)[0].step == 0
    with pytest.raises(ValueError, match="keeps no checkpoint"):
        engine.answer(recording, [0], OneStep(1))
