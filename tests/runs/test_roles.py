"""Runs with two inputs: what is missing is trained first, in order, and all that holds for a parent holds for what plays another role."""

import io
import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from llmviz.core.experiment import START
from llmviz.core.questions.onestep import OneStep, Opened
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, begun, to_json
from llmviz.core.study import Axis, Study, along, ancestors
from llmviz.core.update import Step
from llmviz.runs import jobs
from llmviz.runs.attempt import Attempt, folders
from llmviz.runs.checkpoints import keep
from llmviz.runs.engine import UNDER_WAY, Command, HasChildren, State
from llmviz.runs.export import export
from llmviz.runs.jobs import BY_HAND, waiting
from llmviz.runs.local import LocalEngine
from llmviz.runs.record import record
from llmviz.runs.recordings import Recordings
from llmviz.runs.standing import Standing
from llmviz.runs.store import Store
from tests import two_words
from tests.listed import listed
from tests.roles import ENTRIES, REWARD, pleasing
from tests.runs.conftest import Conduct, MakeEngine, attempt_at, outcome, until
from tests.runs.fake import Fake, spec
from tests.runs.test_local import begun as has_begun
from tests.runs.test_local import ended, state

WORKSHOP = "tests.roles:Workshop"
QUICK, SLOW, ENDLESS = spec(20), spec(60, milliseconds=10.0), spec(20_000, milliseconds=5.0)
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    listed(monkeypatch, *ENTRIES)


def done(store: Store, given: RunSpec) -> RunRef:
    """A run of it that is done, after all that it is made from."""
    for each in (*ancestors(given), given):
        if not store.finished(each):
            list(attempt_at(store, each))
    run = store.finished(given)
    assert run
    return run


def played(given: RunSpec) -> RunSpec:
    found = given.inputs[REWARD]
    assert isinstance(found, RunSpec)
    return found


def found(engine: LocalEngine, given: RunSpec) -> RunRef:
    run = engine.find(given)
    assert run
    return run


def test_what_is_missing_is_trained_first_in_order(engine_of: MakeEngine) -> None:
    engine = engine_of(workers=2, workshop=WORKSHOP)
    wanted = pleasing(SLOW)
    run = engine.train(wanted, "ann")
    before = [found(engine, each) for each in (SLOW, wanted.parent or SLOW, played(wanted))]
    assert list(engine.standing()) == [*before, run]
    assert [engine.status(each, "ann").reason for each in before[1:]] == [waiting([START])] * 2
    assert engine.status(run, "ann").reason == waiting([START, REWARD]) == "as soon as the run it starts from and its reward are done"
    assert engine.status(before[0], "ann").owner
    until(lambda: ended(engine, run))
    assert [state(engine, each) for each in (*before, run)] == [State.DONE] * 4
    begins = [next(iter(engine.store.folder(each).updates.read_bytes().splitlines())) for each in (*before, run)]
    assert len(begins) == 4 and len(engine.store.runs()) == 4  # nothing was trained twice
    assert outcome(engine.store.folder(run)) == outcome(engine.store.folder(again(engine.store, wanted)))


def again(store: Store, given: RunSpec) -> RunRef:
    """Another attempt at it, in this process."""
    attempt = attempt_at(store, given)
    list(attempt)
    return attempt.run


def test_it_waits_for_its_reward_alone_where_the_start_is_there(engine_of: MakeEngine) -> None:
    engine = engine_of(workers=2, workshop=WORKSHOP)
    wanted = pleasing(QUICK)
    done(engine.store, wanted.parent or QUICK)
    slow = replace(played(wanted), train=SLOW.train)
    wanted = replace(wanted, inputs={**wanted.inputs, REWARD: slow})
    reward = engine.train(slow, "bob")
    run = engine.train(wanted, "ann")
    assert engine.status(run, "ann").reason == "as soon as its reward is done"
    assert found(engine, slow) == reward and not engine.status(reward, "ann").owner  # joined, and still bob's
    until(lambda: ended(engine, run))
    assert state(engine, run) == State.DONE


def test_an_input_that_was_cut_short_goes_on(engine_of: MakeEngine) -> None:
    engine = engine_of(workshop=WORKSHOP)
    wanted = pleasing(SLOW)
    root = engine.train(SLOW, "ann")
    until(lambda: engine.history(root).step > 5)
    engine.control(root, Command.STOP, "ann")
    until(lambda: ended(engine, root))
    run = engine.train(wanted, "ann")
    until(lambda: ended(engine, run))
    assert state(engine, run) == State.DONE and engine.store.attempts(SLOW.id) == [root]


def test_all_that_waits_for_a_run_that_is_stopped_stops(engine_of: MakeEngine) -> None:
    """The last waits for two that wait for one."""
    engine = engine_of(workshop=WORKSHOP)
    wanted = pleasing(ENDLESS)
    run = engine.train(wanted, "ann")
    root = found(engine, ENDLESS)
    until(lambda: has_begun(engine, root))
    engine.control(root, Command.STOP, "ann")
    until(lambda: ended(engine, root) and ended(engine, run))
    waited = [run, found(engine, played(wanted)), found(engine, wanted.parent or ENDLESS)]
    assert [engine.status(each, "ann").reason for each in waited] == [jobs.ORPHANED] * 3
    assert not engine.standing()


def test_stopped_while_it_waits_it_stops_the_inputs_that_began_for_it(engine_of: MakeEngine) -> None:
    engine = engine_of(workshop=WORKSHOP)
    wanted = pleasing(ENDLESS)
    run = engine.train(wanted, "ann")
    inputs = [found(engine, each) for each in (ENDLESS, wanted.parent or ENDLESS, played(wanted))]
    until(lambda: has_begun(engine, inputs[0]))
    engine.control(run, Command.STOP, "ann")
    until(lambda: not engine.standing())
    assert [engine.status(each, "ann").reason for each in (run, *inputs)] == [BY_HAND] * 4


def test_an_input_goes_on_that_somebody_asked_for_or_another_waits_for(engine_of: MakeEngine) -> None:
    engine = engine_of(workshop=WORKSHOP)
    wanted = pleasing(ENDLESS)
    other = replace(wanted, seed=5)
    run, second = engine.train(wanted, "ann"), engine.train(other, "ann")
    root = found(engine, ENDLESS)
    engine.control(run, Command.STOP, "ann")
    assert set(engine.standing()) == {root, found(engine, wanted.parent or ENDLESS), found(engine, played(wanted)), second}
    assert engine.train(ENDLESS, "ann") == root  # asked for by itself now
    engine.control(second, Command.STOP, "ann")
    assert list(engine.standing()) == [root]


def test_who_watches_a_run_watches_what_it_waits_for(engine_of: MakeEngine) -> None:
    engine = engine_of(workshop=WORKSHOP, lease=0.6)
    run = engine.train(pleasing(spec(150, milliseconds=10.0)), "ann")  # its root alone takes 1.5 s
    until(lambda: engine.status(run, "ann").state not in UNDER_WAY)
    assert state(engine, run) == State.DONE


def test_killed_and_stopped_it_ends_as_one_left_alone(engine_of: MakeEngine, tmp_path: Path) -> None:
    wanted = replace(pleasing(QUICK), train=SLOW.train)
    whole = Store(tmp_path / "whole")
    left_alone = outcome(whole.folder(done(whole, wanted)))
    other = replace(wanted, inputs={**wanted.inputs, REWARD: replace(played(wanted), seed=5)})
    assert outcome(whole.folder(done(whole, other)))[0] != left_alone[0]  # the reward counts

    engine = engine_of(workshop=WORKSHOP)
    run = engine.train(wanted, "ann")
    until(lambda: engine.history(run).step > 12)
    os.kill(engine.workers()[0], KILL)
    until(lambda: state(engine, run) == State.INTERRUPTED)
    engine.resume(run, "ann")
    until(lambda: engine.history(run).step > 30)
    engine.control(run, Command.STOP, "ann")
    until(lambda: ended(engine, run))
    engine.resume(run, "ann")
    until(lambda: ended(engine, run))
    assert outcome(engine.store.folder(run)) == left_alone


def test_the_microscope_opens_the_step_that_is_taken(store: Store, tmp_path: Path) -> None:
    wanted = pleasing(QUICK)
    done(store, played(wanted))
    attempt = attempt_at(store, wanted)
    for update in attempt:
        if isinstance(update, Step) and update.step == 7:
            break
    attempt.stop("enough")
    asked = Standing(Fake(), store, Recordings(tmp_path / "none"))
    (opened,) = asked.answer({7: attempt.folder.path}, OneStep(8))
    going_on = Attempt(Fake(), store, Recordings(tmp_path / "none"), attempt.run)
    taken = next(update for update in going_on if isinstance(update, Step))
    going_on.close()
    assert isinstance(opened, Opened) and (taken.step, taken.loss) == (8, opened.loss)
    other = replace(wanted, inputs={**wanted.inputs, REWARD: replace(played(wanted), seed=9)})
    with pytest.raises(ValueError, match=f"the run that is its reward .{played(other).id[:12]}. is not on this machine; train that one"):
        asked.answer({0: store.home}, OneStep(1, start=0, spec=json.dumps(to_json(other))))


def test_the_folders_are_those_of_the_recording_for_a_recording(store: Store, tmp_path: Path) -> None:
    wanted = pleasing(QUICK)
    reward = done(store, played(wanted))
    record(store.folder(reward), tmp_path / "kept" / "reward", lambda folders, question: [])
    kept = Recordings(tmp_path / "kept")
    mine, theirs = store.folder(reward).snapshot(20), kept.folder(RunRef(reward.id, 0)).snapshot(20)
    assert folders((store, kept), wanted)[REWARD] == mine and folders((kept, store), wanted)[REWARD] == theirs
    assert folders((store, kept), wanted)[START] == folders((kept, store), wanted)[START]  # of that there is no recording
    checkpoint = keep(store.home, mine)
    given = replace(wanted, inputs={**wanted.inputs, REWARD: checkpoint})
    assert folders((store, kept), given)[REWARD] == store.home / "checkpoints" / checkpoint.digest
    (store.home / "checkpoints" / checkpoint.digest).rename(tmp_path / "gone")
    with pytest.raises(ValueError, match="which is its reward, is not on this machine"):
        folders((store, kept), given)


def test_what_plays_a_role_is_not_deleted_before_what_it_plays_it_in(engine_of: MakeEngine) -> None:
    engine = engine_of(workshop=WORKSHOP)
    wanted = pleasing(QUICK)
    run, reward = done(engine.store, wanted), found(engine, played(wanted))
    with pytest.raises(HasChildren, match="another run is made from this one") as refused:
        engine.delete(reward, "ann")
    assert refused.value.children == (run,)
    engine.delete(run, "ann")
    engine.delete(reward, "ann")


def test_it_comes_back_from_a_zip_and_its_export_says_what_it_is_made_from(engine_of: MakeEngine, tmp_path: Path) -> None:
    """The snapshots are the fake's, so that what is unpacked is held to the description alone."""
    engine = engine_of(workshop=WORKSHOP)
    wanted = pleasing(QUICK)
    run = done(engine.store, wanted)
    export(engine.store.folder(run), tmp_path / "out")
    assert json.loads((tmp_path / "out" / "spec.json").read_bytes())["inputs"] == to_json(wanted)["inputs"]
    packed = io.BytesIO()
    engine.pack(run, packed)
    engine.delete(run, "ann")
    assert engine.find(wanted) is None
    back = engine.unpack(packed)
    assert engine.spec(back) == wanted and state(engine, back) == State.DONE


def test_a_study_trains_what_plays_a_role_before(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine = engine_of(workshop=WORKSHOP)
    studies = conduct(engine)
    study = Study(pleasing(QUICK), Axis("steps", ("steps",), "linear"), along("steps", (10, 20)), (0, 1), parents=True)
    studies.start(study, "ann")
    until(lambda: studies.look(study, "ann").state is State.DONE)
    assert len(engine.store.runs()) == 4 + 2 * 3  # for each seed the root, what is tuned, the reward; and the four of the study


def test_one_that_learns_from_its_own_texts_ends_the_same_after_every_stop(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On real weights: a transformer is paid for the words that another one likes."""
    listed(monkeypatch, two_words.ENTRY, two_words.PAID)
    start = two_words.spec(steps=6)
    texts = begun("paid_words", start, start.text)
    assert texts.inputs[REWARD] == start  # of one stage they are one run
    short = replace(texts.train, steps=8)

    def attempt(place: Store, given: RunSpec) -> Attempt:
        run, claim = place.create(given)
        claim.release()
        return again_at(place, run)

    def again_at(place: Store, run: RunRef) -> Attempt:
        return Attempt(two_words.Workshop(), place, Recordings(tmp_path / "none"), run)

    ends = {}
    for seed in (1, 2):
        given = replace(texts, inputs={START: start, REWARD: replace(start, seed=seed)}, train=short)
        for each in (start, played(given)):
            if not store.finished(each):
                list(attempt(store, each))
        whole = attempt(store, given)
        list(whole)
        ends[seed] = outcome(whole.folder)
        pieces = attempt(store, given)
        for update in pieces:
            if isinstance(update, Step):
                break
        while state_of(store, pieces.run) is not State.DONE:
            pieces.stop("by hand")
            pieces = again_at(store, pieces.run)
            next((update for update in pieces if isinstance(update, Step)), None)
        assert outcome(pieces.folder) == ends[seed]
    assert ends[1] != ends[2]


def state_of(store: Store, run: RunRef) -> State:
    return State.DONE if store.done(run) else State.STOPPED
