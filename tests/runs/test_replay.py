import json
from pathlib import Path

import pytest

from llmviz.core.questions.base import AnyAnswer, Question
from llmviz.core.questions.cloze import Cloze
from llmviz.core.questions.onestep import OneStep
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, to_json
from llmviz.core.texts import TEXTS
from llmviz.core.update import Done
from llmviz.runs.engine import Command, ControlRefused, State
from llmviz.runs.folder import RunFolder
from llmviz.runs.record import record, spread
from llmviz.runs.replay import Recordings, Replay
from llmviz.runs.store import Store
from tests.runs.conftest import attempt_at
from tests.runs.fake import Fake, spec

DEFAULT = Cloze(TEXTS["tinyland"].sentence, TEXTS["tinyland"].hidden)
SPEC = spec(100)
RUN = RunRef(SPEC.id, 0)


def unasked(run: RunRef, folders: dict[int, Path], question: Question[AnyAnswer]) -> list[AnyAnswer]:
    raise AssertionError("the recording keeps this answer")


def asked(run: RunRef, folders: dict[int, Path], question: Question[AnyAnswer]) -> list[AnyAnswer]:
    return Fake().answer(folders, question)


@pytest.fixture
def made(store: Store, tmp_path: Path) -> RunFolder:
    attempt = attempt_at(store, SPEC)
    list(attempt)
    record(attempt.folder, tmp_path / "recordings" / "mlm-tinyland", Fake().answer)
    return RunFolder(tmp_path / "recordings" / "mlm-tinyland")


def test_a_recording_replays_the_run(made: RunFolder, store: Store) -> None:
    replay = Replay(Recordings(made.path.parent), unasked)
    assert replay.recorded(SPEC) == RUN
    assert replay.recorded(RunSpec("mlm")) is None
    assert replay.spec(RUN) == SPEC
    assert replay.status(RUN, "ann").state == State.RECORDED
    history = replay.history(RUN)
    assert isinstance(history.end, Done)
    assert history.step == 100
    assert list(history.snapshots) == made.snapshots() == list(range(0, 101, 10))
    assert replay.tokenizer(RUN).exists()


def test_the_default_question_is_answered_from_the_recording(made: RunFolder) -> None:
    replay = Replay(Recordings(made.path.parent), unasked)
    traces = replay.answer(RUN, [100, 0], DEFAULT)
    assert [trace.step for trace in traces] == [100, 0]
    assert Replay(Recordings(made.path.parent), asked).answer(RUN, [0], Cloze("something else"))[0].tokens == ("something", "else")


def test_a_recording_is_neither_trained_nor_steered(made: RunFolder) -> None:
    replay = Replay(Recordings(made.path.parent), unasked)
    for refused in (
        lambda: replay.train(SPEC, "ann"),
        lambda: replay.resume(RUN, "ann"),
        lambda: replay.control(RUN, Command.PAUSE, "ann"),
    ):
        with pytest.raises(ControlRefused, match="only watched"):
            refused()


def test_a_recording_has_no_next_step(made: RunFolder) -> None:
    with pytest.raises(ValueError, match="keeps no checkpoint"):
        Replay(Recordings(made.path.parent), asked).answer(RUN, [100], OneStep(101))


def test_an_older_recipe_is_not_offered_and_said_when_asked_for(made: RunFolder) -> None:
    written = to_json(SPEC) | {"recipe": 0}
    (made.path / "spec.json").write_text(json.dumps(written), encoding="utf-8")
    recordings = Recordings(made.path.parent)
    replay = Replay(recordings, unasked)
    assert replay.recorded(SPEC) is None
    (old,) = recordings.ids()
    for ask in (
        replay.history,
        replay.spec,
        replay.tokenizer,
        lambda run: replay.status(run, "ann"),
        lambda run: replay.answer(run, [0], DEFAULT),
    ):
        with pytest.raises(ValueError, match="made with recipe 0"):
            ask(RunRef(old, 0))


def test_a_recording_keeps_to_its_size(store: Store, tmp_path: Path) -> None:
    attempt = attempt_at(store, SPEC)
    with pytest.raises(ValueError, match="only a run that is done"):
        next(attempt)
        record(attempt.folder, tmp_path / "to", Fake().answer)
    list(attempt)
    assert len(record(attempt.folder, tmp_path / "to", Fake().answer)) == 11
    whole = RunFolder(tmp_path / "to").size()
    kept = record(attempt.folder, tmp_path / "to", Fake().answer, whole - 1)
    assert 2 <= len(kept) < 11
    assert (kept[0], kept[-1]) == (0, 100)
    made = RunFolder(tmp_path / "to")
    assert made.size() < whole
    assert list(Replay(Recordings(tmp_path), unasked).history(RUN).snapshots) == kept == made.snapshots()
    with pytest.raises(ValueError, match="two snapshots"):
        record(attempt.folder, tmp_path / "to", Fake().answer, 500)
    assert made.snapshots() == kept  # the earlier recording stays
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(ValueError, match="something else"):
        record(attempt.folder, tmp_path / "other", Fake().answer)


def test_spread() -> None:
    assert spread([0, 1, 2, 4, 8, 16], 3) == [0, 2, 16]
    assert spread([0, 5], 2) == [0, 5]


def test_a_damaged_recording_is_as_if_it_were_not_there_and_a_damaged_answer_is_asked_again(made: RunFolder) -> None:
    def replay() -> Replay:
        return Replay(Recordings(made.path.parent), asked)

    for content in (b"", b"PK nonsense", (made.answers / "0.npz").read_bytes()[:200]):
        (made.answers / "0.npz").write_bytes(content)
        assert [trace.step for trace in replay().answer(RUN, [0, 100], DEFAULT)] == [0, 100]
    whole = made.updates.read_bytes()
    made.updates.write_bytes(whole[:500] + b"\n\x00garbage\n" + whole[500:])
    assert replay().recorded(SPEC) is None
    with pytest.raises(ValueError, match="damaged"):
        replay().history(RUN)
