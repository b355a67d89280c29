"""Questions to a run that stands still: asked at its checkpoint, and nothing of it is changed."""

import threading
from pathlib import Path

import pytest

from llmviz.core.questions.onestep import OneStep, Opened
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.core.update import Step
from llmviz.runs import standing
from llmviz.runs.engine import UNDER_WAY, Command, State
from llmviz.runs.local import LocalEngine
from llmviz.runs.replay import Recordings
from llmviz.runs.standing import Standing
from llmviz.runs.store import Store
from tests.runs.conftest import MakeEngine, attempt_at, outcome, until
from tests.runs.fake import Fake, FakeStage, spec


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
    with pytest.raises(ValueError, match="done keeps no optimiser"):
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

    def build(self, spec: RunSpec, parent: Path | None) -> FakeStage:
        self.built += 1
        return super().build(spec, parent)


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
