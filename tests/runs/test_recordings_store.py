import io
import json
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from safetensors import numpy as safetensors
from safetensors.numpy import load_file, save_file

from llmviz.core.eight_bits import widened
from llmviz.core.questions.cloze import Cloze
from llmviz.core.questions.onestep import OneStep
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, to_json
from llmviz.core.texts import TEXTS
from llmviz.core.update import Done, Step
from llmviz.runs import parcel, tail
from llmviz.runs.engine import Command, ControlRefused, State
from llmviz.runs.folder import RunFolder
from llmviz.runs.library import Library
from llmviz.runs.record import record
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store
from llmviz.runs.thinning import spread
from tests.runs.conftest import MakeEngine, attempt_at
from tests.runs.fake import Fake, spec

DEFAULT = Cloze(TEXTS["tinyland"].sentence, TEXTS["tinyland"].hidden)
SPEC = spec(100)
RUN = RunRef(SPEC.id, 0)


@pytest.fixture
def made(store: Store, tmp_path: Path) -> RunFolder:
    attempt = attempt_at(store, SPEC)
    list(attempt)
    record(attempt.folder, tmp_path / "recordings" / "mlm-tinyland", Fake().answer)
    store.delete(attempt.run)  # of this there is the recording alone
    return RunFolder(tmp_path / "recordings" / "mlm-tinyland")


@pytest.fixture
def library(made: RunFolder, store: Store) -> Library:
    return Library(store, Recordings(made.path.parent))


def test_a_recording_is_read_as_the_run_was(made: RunFolder, library: Library) -> None:
    assert library.recorded(SPEC) == RUN and library.find(SPEC) is None
    assert library.recorded(RunSpec("mlm")) is None
    assert library.spec(RUN) == SPEC
    assert library.place(RUN).status(RUN).state == State.RECORDED
    history = library.history(RUN)
    assert isinstance(history.end, Done)
    assert history.step == 100
    assert list(history.snapshots) == made.snapshots() == list(range(0, 101, 10))
    assert library.tokenizer(RUN).exists()


def test_the_default_question_is_answered_from_the_recording(library: Library) -> None:
    traces = library.answered(RUN, [100, 0], DEFAULT)
    assert traces and [trace.step for trace in traces] == [100, 0]
    assert library.answered(RUN, [0], Cloze("something else")) is None
    assert library.answered(RUN, [0, 1], DEFAULT) is None  # of one of these there is no snapshot


def test_an_engine_shows_recordings_as_it_does_runs_and_trains_none(made: RunFolder, engine_of: MakeEngine) -> None:
    engine = engine_of(recordings=made.path.parent)
    assert engine.status(RUN, "ann").state == State.RECORDED and engine.history(RUN).step == 100
    assert [trace.step for trace in engine.answer(RUN, [100, 0], DEFAULT)] == [100, 0]
    assert engine.answer(RUN, [0], Cloze("something else"))[0].tokens == ("something", "else")
    with pytest.raises(ControlRefused, match="only watched"):
        engine.resume(RUN, "ann")
    with pytest.raises(ControlRefused, match="only watched"):
        engine.control(RUN, Command.PAUSE, "ann")
    with pytest.raises(ValueError, match="keeps no checkpoint"):
        engine.answer(RUN, [100], OneStep(101))
    with pytest.raises(ValueError, match="cannot be deleted"):
        engine.delete(RUN, "ann")
    for ask in (engine.spec, engine.history, engine.tokenizer):
        with pytest.raises(ValueError, match="no such recording"):
            ask(RunRef("0" * 64, 0))


def test_a_recording_of_a_run_made_before_runs_had_one_tokenizer_has_one(store: Store, tmp_path: Path) -> None:
    attempt = attempt_at(store, SPEC)
    list(attempt)
    content = attempt.folder.tokenizer().read_bytes()
    for step in attempt.folder.snapshots():
        (attempt.folder.snapshot(step) / "tokenizer.json").write_bytes(content)
    attempt.folder.tokenizer().unlink()
    record(attempt.folder, tmp_path / "made", Fake().answer)
    found = [file.relative_to(tmp_path / "made") for file in (tmp_path / "made").rglob("tokenizer.json")]
    assert [file.as_posix() for file in found] == ["tokenizer.json"]


def test_a_recording_keeps_the_digits_that_mean_something(store: Store, tmp_path: Path) -> None:
    attempt = attempt_at(store, SPEC)
    list(attempt)
    record(attempt.folder, tmp_path / "made", Fake().answer)
    whole, kept = (tail.updates(folder.updates) for folder in (attempt.folder, RunFolder(tmp_path / "made")))
    pairs = [(one, other) for one, other in zip(whole, kept, strict=True) if isinstance(one, Step) and isinstance(other, Step)]
    assert len(pairs) == 100
    for one, other in pairs:
        assert other.loss == pytest.approx(one.loss, rel=1e-7) and other.seconds == round(one.seconds, 3)
        assert replace(other, loss=0.0, seconds=0.0) == replace(one, loss=0.0, seconds=0.0)


def test_an_older_recipe_is_not_offered_and_said_when_asked_for(made: RunFolder, store: Store) -> None:
    written = to_json(SPEC) | {"recipe": 0}
    (made.path / "spec.json").write_text(json.dumps(written), encoding="utf-8")
    library = Library(store, Recordings(made.path.parent))
    assert library.recorded(SPEC) is None and library.shelf() == []
    (old,) = library.recordings.runs()
    for ask in (library.history, library.spec, library.tokenizer, library.folder, library.recordings.status):
        with pytest.raises(ValueError, match="made with recipe 0"):
            ask(old)


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
    assert list(Library(store, Recordings(tmp_path)).history(RUN).snapshots) == kept == made.snapshots()
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


def test_a_damaged_recording_and_a_damaged_answer_are_as_if_they_were_not_there(made: RunFolder, store: Store) -> None:
    def library() -> Library:
        return Library(store, Recordings(made.path.parent))

    for content in (b"", b"PK nonsense", (made.answers / "0.npz").read_bytes()[:200]):
        (made.answers / "0.npz").write_bytes(content)
        assert library().answered(RUN, [0, 100], DEFAULT) is None
    whole = made.updates.read_bytes()
    made.updates.write_bytes(whole[:500] + b"\n\x00garbage\n" + whole[500:])
    assert library().recorded(SPEC) is None and library().shelf() == []
    with pytest.raises(ValueError, match="damaged"):
        library().history(RUN)


def test_in_eight_bits_a_page_still_opens_on_answers_of_many_steps(store: Store, tmp_path: Path) -> None:
    attempt = attempt_at(store, SPEC)
    list(attempt)
    snapshots = attempt.folder.snapshots()
    for step in snapshots:
        file = attempt.folder.snapshot(step) / "model.safetensors"
        save_file({"m": np.full((64, 64), step + 0.5, np.float16), "w": np.arange(64, dtype=np.float16)}, file)
    room = RunFolder(attempt.folder.snapshot(0)).size() + 2_000  # for two snapshots in eight bits
    made = RunFolder(tmp_path / "recordings" / "made")
    told = attempt.folder.updates.stat().st_size + 30_000
    assert record(attempt.folder, made.path, Fake().answer, room + told, eight_bits=True) == made.snapshots()
    kept = load_file(made.snapshot(100) / "model.safetensors")
    assert {name: part.dtype.name for name, part in kept.items()} == {"m": "int8", "m.scale": "float16", "w": "float16"}
    np.testing.assert_allclose(widened(kept)["m"], 100.5, rtol=1e-2)
    library = Library(store, Recordings(made.path.parent))
    answers = library.kept_answers(RUN, DEFAULT)
    assert sorted(answers) == snapshots and len(answers) > len(made.snapshots()) >= 2
    assert all(answers[step].step == step for step in answers)
    assert library.kept_answers(RUN, Cloze("something else")) == {}
    packed = io.BytesIO()
    parcel.pack(made, packed)
    with ZipFile(packed) as archive:  # whoever reads a zip knows half precision
        weights = safetensors.load(archive.read("snapshots/100/model.safetensors"))
    assert {name: part.dtype.name for name, part in weights.items()} == {"m": "float16", "w": "float16"}
