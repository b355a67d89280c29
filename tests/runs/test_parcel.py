"""A run as a zip: out, in again, and everything that must not come in."""

import io
import json
import stat
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import psutil
import pytest

from llmviz.core.spec import to_json
from llmviz.runs import parcel, rebuild
from llmviz.runs.engine import State
from llmviz.runs.library import Library
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store
from tests.hostile.zips import zipped
from tests.runs import fake
from tests.runs.conftest import again, attempt_at, outcome
from tests.runs.fake import spec

Files = dict[str, bytes]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return library_at(tmp_path / "elsewhere")


def library_at(home: Path) -> Library:
    return Library(Store(home), Recordings(home / "recordings"), workshop="tests.runs.fake:Fake")


@pytest.fixture
def files(store: Store) -> Files:
    """The files of a packed run, by name."""
    attempt = attempt_at(store, spec(20))
    list(attempt)
    packed = io.BytesIO()
    parcel.pack(attempt.folder, packed)
    with ZipFile(packed) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def left(library: Library) -> list[Path]:
    return [item for item in library.store.root.rglob("*") if item.is_file() and item.suffix not in (".lock", ".claim")]


def test_there_and_back_is_the_same_run_marked_as_imported(store: Store, library: Library, files: Files) -> None:
    run = library.unpack(zipped(files))
    original = store.folder(store.runs()[0])
    assert run.id == spec(20).id and run.attempt == 1
    assert outcome(library.store.folder(run)) == outcome(original)
    (kept,) = library.shelf()
    assert (kept.run, kept.state, kept.imported, kept.step) == (run, State.DONE, True, 20)
    assert kept.metrics["accuracy"] == 0.25
    assert library.store.folder(run).notes()["started"] == original.notes()["started"]


def test_an_unfinished_run_goes_on_elsewhere_to_the_same_weights(store: Store, library: Library, tmp_path: Path) -> None:
    whole, half = attempt_at(Store(tmp_path / "whole"), spec(20)), attempt_at(store, spec(20))
    list(whole)
    for update in half:
        if update.step == 12:
            half.stop("by hand")
            break
    packed = io.BytesIO()
    parcel.pack(half.folder, packed)
    run = library.unpack(packed)
    assert library.shelf()[0].state == State.STOPPED
    list(again(library.store, run))
    assert outcome(library.store.folder(run)) == outcome(whole.folder)


def test_equal_runs_give_equal_zips_and_come_in_once(library: Library, files: Files) -> None:
    run = library.unpack(zipped(files))
    packed = [io.BytesIO(), io.BytesIO()]
    for file in packed:
        library.pack(run, file)
    assert packed[0].getvalue() == packed[1].getvalue()
    with pytest.raises(ValueError, match="here already"):
        library.unpack(packed[0])
    assert len(library.shelf()) == 1


def test_an_import_never_overwrites_an_attempt(library: Library, files: Files) -> None:
    own = attempt_at(library.store, spec(20))
    list(own)
    before = outcome(own.folder)
    run = library.unpack(zipped(files))
    assert run.attempt == own.run.attempt + 1
    assert outcome(own.folder) == before


def test_the_id_follows_from_the_spec_alone(library: Library, files: Files) -> None:
    other = spec(20, seed=9)
    files["spec.json"] = json.dumps(to_json(other)).encode()
    assert library.unpack(zipped(files)).id == other.id


def test_a_run_made_before_runs_had_one_tokenizer_comes_in(library: Library, files: Files) -> None:
    own = files.pop("tokenizer.json")
    steps = {name.split("/")[1] for name in files if name.startswith("snapshots/")}
    run = library.unpack(zipped(files | {f"snapshots/{step}/tokenizer.json": own for step in steps}))
    assert library.tokenizer(run).read_bytes() == own


def drop(name: str) -> Callable[[Files], Files]:
    return lambda files: {key: content for key, content in files.items() if key != name}


def put(name: str, content: bytes) -> Callable[[Files], Files]:
    return lambda files: files | {name: content}


def edit(name: str, change: Callable[[bytes], bytes]) -> Callable[[Files], Files]:
    return lambda files: files | {name: change(files[name])}


def recipe(content: bytes) -> bytes:
    return json.dumps(json.loads(content) | {"recipe": 99}).encode()


def without_begin(content: bytes) -> bytes:
    return content.partition(b"\n")[2]


WEIGHTS = "snapshots/10/model.safetensors"
HOSTILE = {
    "climbs": (put("../../evil.json", b"{}"), "leads out"),
    "climbs on Windows": (put("snapshots\\..\\..\\evil.json", b"{}"), "leads out"),
    "absolute": (put("/etc/passwd", b"{}"), "leads out"),
    "a drive": (put("C:/evil.json", b"{}"), "leads out"),
    "a pickle": (put("snapshots/10/pytorch_model.bin", b"\x80\x04."), "may run code"),
    "numpy's": (put("answers/0.npz", b"PK"), "may run code"),
    "a program": (put("snapshots/10/modeling.py", b"print()"), "no part of a run"),
    "hidden": (put(".checkpoint", b""), "no part of a run"),
    "deep": (put("snapshots/10/more/config.json", b"{}"), "no part of a run"),
    "no spec": (drop("spec.json"), "spec.json is missing"),
    "no updates": (drop("updates.jsonl"), "updates.jsonl is missing"),
    "no weights": (drop(WEIGHTS), "is missing"),
    "another recipe": (edit("spec.json", recipe), "recipe 99"),
    "a spec that is a list": (put("spec.json", b"[]"), "not a description"),
    "a spec without end": (put("spec.json", b'{"parent":' * 50_000), "damaged"),
    "a snapshot nobody told of": (
        lambda files: files | {f"snapshots/7/{name}": files[f"snapshots/10/{name}"] for name in parcel.NEEDED},
        "not those its updates tell of",
    ),
    "no beginning": (edit("updates.jsonl", without_begin), "begin"),
    "nonsense updates": (edit("updates.jsonl", lambda content: content + b'{"type":"step"}\n'), "damaged"),
    "a loss that is text": (
        edit("updates.jsonl", lambda content: content.replace(b'"tokens": 10', b'"tokens": "<b>"', 1)),
        "damaged",
    ),
    "a loss without end": (edit("updates.jsonl", lambda content: content.replace(b'"tokens": 10', b'"tokens": NaN', 1)), "damaged"),
    "steps backwards": (edit("updates.jsonl", lambda content: content + b'{"type": "stopped", "step": 3, "reason": ""}\n'), "out of order"),
    "a figure that is a formula": (
        edit("updates.jsonl", lambda content: content.replace(b'"random_guess"', b'"=cmd|calc"', 1)),
        "holds something else",
    ),
    "a line without end": (edit("updates.jsonl", lambda content: content + b"x" * 70_000 + b"\n"), "more than 65,536 bytes"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_must_not_come_in_is_refused_in_a_sentence(name: str, files: Files, tmp_path: Path) -> None:
    change, sentence = HOSTILE[name]
    with pytest.raises(ValueError, match=sentence):
        parcel.unpack(zipped(change(files)), tmp_path / "new")
    assert not (tmp_path / "new").exists() and not list(tmp_path.rglob("evil*"))


def test_what_is_refused_leaves_nothing_behind(library: Library, files: Files) -> None:
    with pytest.raises(ValueError, match="no snapshot of the fake's"):
        library.unpack(zipped(files | {"tokenizer.json": b"{}"}))
    assert library.shelf() == [] and left(library) == []


def test_no_more_is_copied_than_there_is_room_for(library: Library, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcel, "MOST_BYTES", 1_000)
    with pytest.raises(ValueError, match="more than the 0 MB"):
        library.unpack(zipped(files))
    assert left(library) == []


@pytest.mark.parametrize("seed", [fake.HANGS_WHEN_REBUILT, fake.GROWS_WHEN_REBUILT, fake.DIES_WHEN_REBUILT])
def test_what_hangs_grows_or_dies_does_so_in_a_program_of_its_own(
    seed: int, library: Library, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "MOST_SECONDS", 4.0 if seed == fake.HANGS_WHEN_REBUILT else 60.0)
    files["spec.json"] = json.dumps(to_json(spec(20, seed=seed))).encode()
    with pytest.raises(ValueError, match="took more than 2 GB or 120 seconds, or ended the program"):
        library.unpack(zipped(files))
    assert library.shelf() == [] and left(library) == []
    assert not psutil.Process().children()


def test_a_link_is_refused(library: Library, files: Files) -> None:
    made = zipped(files)
    link = ZipInfo("snapshots/10/extra.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with ZipFile(made, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ValueError, match="a link"):
        library.unpack(made)
    assert left(library) == []


@pytest.mark.parametrize("content", [b"", b"PK", b"GIF89a", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive_is_refused(library: Library, content: bytes) -> None:
    with pytest.raises(ValueError, match=r"zip archive|not a run"):
        library.unpack(io.BytesIO(content))
    assert left(library) == []


def test_a_bomb_is_stopped_at_the_cap_whatever_its_header_says(tmp_path: Path, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcel, "MOST_BYTES", 2_000_000)
    monkeypatch.setattr(parcel, "BLOCK", 100_000)
    with pytest.raises(ValueError, match="more than the 2 MB"):
        parcel.unpack(zipped(files | {WEIGHTS: bytes(50_000_000)}), tmp_path / "new")
    monkeypatch.setattr(parcel, "MOST_TEXT", 1_000_000)
    with pytest.raises(ValueError, match="more than the 1 MB"):
        parcel.unpack(zipped(files | {"notes.json": b" " * 1_500_000}), tmp_path / "new")
    monkeypatch.setattr(parcel, "MOST_FILES", 5)
    with pytest.raises(ValueError, match="more than 5 files"):
        parcel.unpack(zipped(files), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_flipped_byte_is_noticed(library: Library, files: Files) -> None:
    content = bytearray(zipped(files).getvalue())
    place = content.index(WEIGHTS.encode()) + len(WEIGHTS) + 20
    content[place] ^= 0xFF
    with pytest.raises(ValueError, match=r"zip archive|damaged"):
        library.unpack(io.BytesIO(bytes(content)))
    assert left(library) == []


def test_a_stream_that_does_not_unfold_is_refused(library: Library, files: Files) -> None:
    made = zipped(files).getvalue()
    with ZipFile(io.BytesIO(made)) as archive:
        first = archive.infolist()[0]
    behind = first.header_offset + 30 + len(first.filename)  # the header of a file, its name, and then what was deflated
    with pytest.raises(ValueError, match="zip archive"):
        library.unpack(io.BytesIO(made[:behind] + b"\xff" * 8 + made[behind + 8 :]))
    assert left(library) == []


def test_notes_from_elsewhere_are_short_plain_text(library: Library, files: Files) -> None:
    given = {"started": "x" * 5_000, "versions": {"a": ["<script>"]}, **{f"n{place}": place for place in range(500)}}
    run = library.unpack(zipped(files | {"notes.json": json.dumps(given).encode()}))
    noted = library.store.folder(run).notes()
    assert len(noted["started"]) == parcel.LONGEST_NOTE and len(noted) == parcel.MOST_NOTES + 1
    assert noted["versions"] == {"a": "['<script>']"}
