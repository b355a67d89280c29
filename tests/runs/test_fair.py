"""Several visitors, few workers: whose turn it is, how much one may ask for, and how a paused run makes room for others."""

from pathlib import Path
from typing import cast

import pytest
from filelock import FileLock

from llmviz.core.hosting import Limits
from llmviz.core.run import RunRef
from llmviz.runs import fair, jobs
from llmviz.runs.engine import Command, ControlRefused, State
from llmviz.runs.jobs import LENT, STUDIES, Job, Who
from llmviz.runs.local import LocalEngine
from llmviz.runs.process import Process
from llmviz.runs.store import Store
from llmviz.runs.study_files import Origin
from tests.listed import listed
from tests.roles import ENTRIES, pleasing
from tests.runs.conftest import Conduct, MakeEngine, attempt_at, outcome, until
from tests.runs.fake import spec
from tests.runs.studying import study
from tests.runs.test_local import LONG, begun, ended, state

STRICT = Limits(hosted=True, waiting=200, waiting_each=2, training_each=1, studies_each=1)
WORKER = cast(Process, object())


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A paused run parts from its worker as soon as others wait."""
    monkeypatch.setattr(jobs, "HOLDS", 0.0)


def job(number: int, visitor: str, press: object = None, worker: Process | None = None, viewer: str = "") -> Job:
    made = Who(viewer or visitor, visitor, press or object()).job(RunRef(f"{number:064x}", 1), cast(FileLock, None), {}, False)
    made.worker, made.state = worker, State.TRAINING if worker else State.QUEUED
    return made


def turns(waiting: list[Job], at_work: list[Job], **last: int) -> list[int]:
    return [int(each.run.id, 16) for each in fair.in_order(waiting, [*waiting, *at_work], last)]


def test_next_is_who_has_fewest_under_way_then_who_came_first() -> None:
    ann, bob, cy = ([job(number, name) for number in numbers] for name, numbers in (("ann", (1, 2, 3)), ("bob", (4, 5)), ("cy", (6,))))
    waiting = [*ann, *bob, *cy]
    assert turns(waiting, []) == [1, 4, 6, 2, 5, 3]
    assert turns(waiting, [job(7, "ann", worker=WORKER)]) == [4, 6, 1, 5, 2, 3]
    assert turns(waiting, [job(7, "bob", worker=WORKER), job(8, "bob", worker=WORKER)]) == [1, 6, 2, 4, 3, 5]
    assert turns(waiting, [], ann=3, cy=4) == [4, 1, 6, 5, 2, 3]  # with one worker nobody has any under way when it is free
    assert turns(ann, [job(7, "ann", worker=WORKER)], ann=3) == [1, 2, 3]  # of one visitor: first come


def test_what_one_press_began_counts_as_one_and_a_study_not_at_all() -> None:
    press = object()
    chain = [job(number, "ann", press) for number in range(5)]
    assert fair.refusal("ann", chain, STRICT) == ""
    two = [*chain, job(5, "ann")]
    assert fair.refusal("ann", two, STRICT).startswith("2 of your runs are waiting already")
    assert fair.refusal("bob", two, STRICT) == ""
    chain[0].worker = WORKER  # the press is under way
    assert fair.refusal("ann", two, STRICT) == ""
    assert fair.refusal("ann", [job(number, "ann", viewer=STUDIES) for number in range(5)], STRICT) == ""
    assert fair.refusal("bob", two, Limits(waiting=3)).startswith("3 runs are waiting already")


def test_of_one_visitor_one_press_trains_at_a_time() -> None:
    press = object()
    first, input, other = job(0, "ann", press, WORKER), job(1, "ann", press), job(2, "ann")
    theirs, background = job(3, "bob"), job(4, "ann", viewer=STUDIES)
    every = [first, input, other, theirs, background]
    assert [fair.held_back(each, every, STRICT) for each in every[1:]] == [False, True, False, False]
    first.state = State.PAUSED
    assert not fair.held_back(other, every, STRICT)
    assert not any(fair.held_back(each, every, Limits()) for each in every)


def trained(engine: LocalEngine, viewer: str, *seeds: int) -> list[RunRef]:
    return [engine.train(spec(20_000, milliseconds=2, seed=seed), viewer) for seed in seeds]


def test_who_floods_the_queue_is_refused_and_keeps_nobody_waiting(engine_of: MakeEngine) -> None:
    engine = engine_of(workers=2, limits=STRICT)
    until(lambda: engine.spare() > 0)
    taken, refused = list[RunRef](), list[str]()
    for seed in range(49):
        try:
            taken += trained(engine, "ann", seed)
        except ValueError as problem:
            refused.append(str(problem))
    assert len(taken) == 3 and set(refused) == {fair.WAITING.format("2 of your runs are")}  # one trains, two wait
    (theirs,) = trained(engine, "bob", 99)
    until(lambda: begun(engine, taken[0]) and begun(engine, theirs))
    assert [state(engine, run) for run in taken[1:]] == [State.QUEUED] * 2
    assert engine.status(taken[1], "ann").reason == fair.held(STRICT)
    assert "run of yours is" in fair.held(STRICT)
    assert "another run of whoever started it is done" in engine.status(taken[1], "bob").reason
    engine.control(taken[0], Command.STOP, "ann")
    until(lambda: begun(engine, taken[1]))
    with pytest.raises(ValueError, match="waiting already"):
        trained(engine, "ann", 50, 51)


def test_on_ones_own_machine_a_visitor_leaves_room_for_another(engine_of: MakeEngine) -> None:
    engine = engine_of()
    trained(engine, "ann", *range(Limits().waiting_each))
    with pytest.raises(ValueError, match="most for one visitor"):
        trained(engine, "ann", 60, 61)
    trained(engine, "bob", 99)


def test_the_one_who_has_less_is_next(engine_of: MakeEngine) -> None:
    engine = engine_of(workers=1)
    first = engine.train(spec(200, milliseconds=5), "ann")
    until(lambda: begun(engine, first))
    mine, (theirs,) = trained(engine, "ann", 1, 2), trained(engine, "bob", 3)
    assert [engine.status(run, "bob").position for run in (theirs, *mine)] == [1, 2, 3]
    until(lambda: begun(engine, theirs))
    assert [state(engine, run) for run in mine] == [State.QUEUED] * 2


def test_a_chain_of_inputs_is_one_press(engine_of: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    listed(monkeypatch, *ENTRIES)
    engine = engine_of(workers=2, workshop="tests.roles:Workshop", limits=STRICT)
    run = engine.train(pleasing(wanted := spec(100, milliseconds=10)), "ann")  # after three others, two of which train side by side
    assert len(engine.standing()) == 4
    root = engine.find(wanted)
    assert root
    until(lambda: begun(engine, root))
    other = engine.train(spec(20, seed=5), "ann", after=run)  # by the same press
    trained(engine, "ann", 8, 9)
    with pytest.raises(ValueError, match="2 of your runs are waiting"):
        trained(engine, "ann", 10)
    until(lambda: ended(engine, run) and ended(engine, other))
    assert [state(engine, each) for each in (run, other)] == [State.DONE] * 2


def test_a_visitor_has_the_studies_of_one_page_at_a_time(engine_of: MakeEngine, conduct: Conduct) -> None:
    studies = conduct(engine_of(limits=STRICT))
    page, other = Origin("sizes", {}), Origin("labels", {})
    studies.start(study(19_000), "ann", page)
    studies.start(study(19_001), "ann", page)  # two series, one press
    with pytest.raises(ValueError, match="a study that you started trains already"):
        studies.start(study(19_002), "ann", other)
    studies.start(study(19_002), "bob", other)
    for each, viewer in ((19_000, "ann"), (19_001, "ann"), (19_002, "bob")):
        studies.stop(study(each), viewer)


def paused(engine: LocalEngine, run: RunRef) -> int:
    """Let a run stand; the step at which it does."""
    until(lambda: begun(engine, run))
    engine.control(run, Command.PAUSE, "ann")
    until(lambda: engine.status(run, "ann").still)
    return engine.history(run).step


def test_a_paused_run_gives_its_worker_to_one_that_waits_and_ends_at_the_same_weights(
    engine_of: MakeEngine, tmp_path: Path, at_once: None
) -> None:
    engine, given = engine_of(), spec(150, milliseconds=2)
    here = attempt_at(Store(tmp_path / "here"), given)
    list(here)
    run = engine.train(given, "ann")
    stands = paused(engine, run)
    for seed in (1, 2, 3):  # every time another comes
        parts_and_takes_one_step(engine, run, stands + seed, engine.train(spec(300, milliseconds=5, seed=seed), "bob"))
    engine.control(run, Command.CONTINUE, "ann")
    until(lambda: state(engine, run) is State.DONE)
    assert outcome(engine.store.folder(run)) == outcome(here.folder)


def parts_and_takes_one_step(engine: LocalEngine, run: RunRef, step: int, other: RunRef) -> None:
    """A paused run gives its worker to another, and takes the one after it to come to this step."""
    until(lambda: begun(engine, other))
    status = engine.status(run, "ann")
    assert (status.state, status.reason, status.still, status.owner) == (State.PAUSED, LENT, True, True)
    assert engine.history(run).step == step - 1 and engine.history(run).end is None
    engine.control(run, Command.STEP, "ann")
    assert engine.status(run, "ann").state is State.QUEUED and engine.status(run, "ann").position == 1
    engine.control(run, Command.STEP, "ann")  # a double click
    until(lambda: engine.status(run, "ann").still and engine.history(run).step >= step)
    assert engine.history(run).step == step  # one step, and it is paused again
    assert state(engine, run) is State.PAUSED


def test_a_run_that_waits_to_go_on_can_be_paused_again_or_stopped(engine_of: MakeEngine, at_once: None) -> None:
    engine = engine_of()
    run = engine.train(LONG, "ann")
    stands = paused(engine, run)
    (other,) = trained(engine, "bob", 1)
    until(lambda: begun(engine, other))
    engine.control(run, Command.CONTINUE, "ann")
    assert state(engine, run) is State.QUEUED
    with pytest.raises(ControlRefused, match="waits for a worker"):
        engine.control(run, Command.STEP, "ann")
    engine.control(run, Command.PAUSE, "ann")
    assert (state(engine, run), engine.status(run, "ann").position) == (State.PAUSED, 0)
    engine.control(run, Command.STOP, "ann")
    assert state(engine, run) is State.STOPPED and engine.history(run).step == stands
    engine.resume(run, "ann")
    engine.control(other, Command.STOP, "bob")
    until(lambda: engine.history(run).step > stands)


def test_a_paused_run_keeps_its_worker_while_nobody_waits_or_its_owner_is_busy(
    engine_of: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_of()
    monkeypatch.setattr(jobs, "HOLDS", 2.0)
    run = engine.train(LONG, "ann")
    stands = paused(engine, run)
    (other,) = trained(engine, "bob", 1)
    for count in (1, 2, 3):  # step after step takes no turn in the queue
        engine.control(run, Command.STEP, "ann")
        until(lambda: engine.status(run, "ann").still)
        assert engine.history(run).step == stands + count
        assert state(engine, other) is State.QUEUED
    until(lambda: begun(engine, other))
    assert engine.status(run, "ann").reason == LENT


def test_two_who_pause_do_not_keep_a_third_from_training(engine_of: MakeEngine, at_once: None) -> None:
    engine = engine_of(workers=2, limits=STRICT)
    runs = [*trained(engine, "ann", 1), *trained(engine, "bob", 2)]
    until(lambda: all(begun(engine, run) for run in runs))
    for run, name in zip(runs, ("ann", "bob"), strict=True):
        engine.control(run, Command.PAUSE, name)
    (third,) = trained(engine, "cy", 3)
    until(lambda: begun(engine, third))
    assert [state(engine, run) for run in runs] == [State.PAUSED] * 2


def test_who_pauses_one_trains_another_and_the_first_goes_on_after_it(engine_of: MakeEngine, at_once: None) -> None:
    engine = engine_of(workers=2, limits=STRICT)
    first = engine.train(LONG, "ann")
    stands = paused(engine, first)
    (second,) = trained(engine, "ann", 1)
    until(lambda: begun(engine, second))
    engine.control(first, Command.CONTINUE, "ann")
    until(lambda: engine.status(first, "ann").reason == fair.held(STRICT))
    assert state(engine, first) is State.QUEUED and engine.history(first).step == stands
    engine.control(second, Command.STOP, "ann")
    until(lambda: engine.history(first).step > stands)


def test_a_full_disk_leaves_a_paused_run_with_its_worker(engine_of: MakeEngine, at_once: None) -> None:
    engine = engine_of()
    run = engine.train(LONG, "ann")
    stands = paused(engine, run)
    in_the_way = engine.store.folder(run).path / ".checkpoint"  # where it would be written
    in_the_way.mkdir()
    engine.control(run, Command.STEP, "ann")
    until(lambda: engine.status(run, "ann").still)
    (other,) = trained(engine, "bob", 1)
    until(lambda: engine._jobs[run].stays)
    assert (state(engine, run), engine.status(run, "ann").reason, state(engine, other)) == (State.PAUSED, "", State.QUEUED)
    in_the_way.rmdir()  # a run that goes on may come to a snapshot at once
    engine.control(run, Command.CONTINUE, "ann")
    until(lambda: engine.history(run).step > stands + 5)
