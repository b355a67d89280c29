import errno
import subprocess
import sys
from pathlib import Path

import pytest

from llmviz.core.update import Done, Failed, Score, Step, Stopped
from llmviz.runs.engine import State
from llmviz.runs.folder import RunFolder, UpdateLog
from llmviz.runs.store import Store, UnderWay
from tests.runs.conftest import again, attempt_at, outcome
from tests.runs.fake import BREAKS, TOKENIZER, spec


def test_a_run_leaves_updates_and_snapshots(store: Store) -> None:
    attempt = attempt_at(store, spec(25))
    last = list(attempt)[-1]
    assert isinstance(last, Done)
    assert attempt.folder.snapshots() == [0, 10, 20, 25]
    assert attempt.snapshot == attempt.folder.snapshot(25)
    assert store.status(attempt.run).state == State.DONE
    assert not attempt.folder.checkpoint.exists()


def test_a_run_has_one_tokenizer_for_all_its_snapshots(store: Store) -> None:
    attempt = attempt_at(store, spec(25))
    list(attempt)
    folder = attempt.folder
    assert folder.tokenizer() == folder.path / "tokenizer.json"
    assert folder.tokenizer().read_text(encoding="utf-8") == TOKENIZER
    assert not list(folder.path.glob("snapshots/*/tokenizer.json"))


def test_a_run_made_before_has_one_in_each_and_goes_on_with_one(store: Store) -> None:
    attempt = attempt_at(store, spec(25))
    for update in attempt:
        if update.step == 12:
            attempt.stop("by hand")
            break
    folder = attempt.folder
    own = folder.snapshot(10) / "tokenizer.json"
    folder.tokenizer().rename(own)
    assert folder.tokenizer() == folder.snapshot(0) / "tokenizer.json"
    list(again(store, attempt.run))
    assert folder.tokenizer() == folder.path / "tokenizer.json"
    assert list(folder.path.glob("snapshots/*/tokenizer.json")) == [own]


def test_a_tokenizer_that_differs_stays_with_its_snapshot(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    for step, content in enumerate(("one", "one", "two")):

        def save(to: Path, content: str = content) -> None:
            (to / "tokenizer.json").write_text(content, encoding="utf-8")

        folder.keep(step, save)
    assert folder.tokenizer().read_text(encoding="utf-8") == "one"
    assert [file.parent.name for file in tmp_path.glob("snapshots/*/tokenizer.json")] == ["2"]


def test_the_same_spec_gives_the_same_outcome(store: Store) -> None:
    first, second = attempt_at(store, spec()), None
    list(first)
    second = attempt_at(store, spec())
    list(second)
    assert second.run.attempt == 2
    assert outcome(first.folder) == outcome(second.folder)


def test_stopping_at_any_settled_moment_and_going_on_changes_nothing(store: Store, tmp_path: Path) -> None:
    whole = attempt_at(Store(tmp_path / "whole"), spec(22))
    list(whole)
    pieces, stops = attempt_at(store, spec(22)), 0
    while not isinstance(next(pieces), Done):
        if pieces.settled:  # stop, go on, one step, stop, …
            assert isinstance(pieces.stop("by hand"), Stopped)
            assert store.status(pieces.run).state == State.STOPPED
            pieces, stops = again(store, pieces.run), stops + 1
    assert stops == 22 + 4
    assert outcome(pieces.folder) == outcome(whole.folder)


def test_stopping_at_an_unsettled_moment_goes_on_from_the_last_checkpoint(store: Store, tmp_path: Path) -> None:
    whole = attempt_at(Store(tmp_path / "whole"), spec(22))
    list(whole)
    attempt = attempt_at(store, spec(22))
    while not isinstance(next(attempt), Score) or attempt.folder.snapshots() != [0, 10]:
        pass
    attempt.stop("by hand")
    rest = again(store, attempt.run)
    assert next(rest).step == 11
    list(rest)
    assert outcome(rest.folder) == outcome(whole.folder)


def test_breaking_off_without_a_word_loses_only_what_came_after_the_checkpoint(store: Store, tmp_path: Path) -> None:
    whole = attempt_at(Store(tmp_path / "whole"), spec(22))
    list(whole)
    broken = attempt_at(store, spec(22))
    while next(broken).step < 17:
        pass
    broken.close()
    assert store.status(broken.run).state == State.INTERRUPTED
    rest = again(store, broken.run)
    assert next(rest).step == 11
    list(rest)
    assert outcome(rest.folder) == outcome(whole.folder)


def test_an_error_becomes_a_sentence_and_a_traceback_on_file(store: Store) -> None:
    attempt = attempt_at(store, spec(seed=BREAKS))
    assert list(attempt)[-1] == Failed(15, "RuntimeError: the vector broke")
    assert store.status(attempt.run).reason == "RuntimeError: the vector broke"
    assert "Traceback" in attempt.folder.error_log.read_text(encoding="utf-8")


def test_a_full_disk_is_said_and_the_run_goes_on_when_there_is_room(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = attempt_at(Store(tmp_path / "whole"), spec(22))
    list(whole)
    full = attempt_at(store, spec(22))
    append = UpdateLog.append

    def refuse(log: UpdateLog, update: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    while next(full).step < 15:
        pass
    monkeypatch.setattr(UpdateLog, "append", refuse)
    last = list(full)[-1]
    assert isinstance(last, Failed)
    assert "disk is full" in last.reason
    monkeypatch.setattr(UpdateLog, "append", append)
    rest = again(store, full.run)
    list(rest)
    assert outcome(rest.folder) == outcome(whole.folder)


def test_a_line_that_a_full_disk_cut_is_taken_back(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    with UpdateLog(folder, keep=0) as log:
        log.append(Step(1, 2.0, 10))
        whole = folder.updates.read_bytes()
        write = log._file.write

        class Full:
            def write(self, line: bytes) -> int:
                write(line[:7])
                raise OSError(errno.ENOSPC, "No space left on device")

            truncate = staticmethod(log._file.truncate)
            close = staticmethod(log._file.close)

        log._file = Full()  # type: ignore[assignment]
        with pytest.raises(OSError, match="No space"):
            log.append(Step(2, 2.0, 10))
    assert folder.updates.read_bytes() == whole


def test_a_damaged_checkpoint_fails_in_a_sentence(store: Store) -> None:
    attempt = attempt_at(store, spec())
    next(attempt)
    attempt.stop("by hand")
    attempt.folder.checkpoint.write_bytes(b"not a checkpoint")
    assert "checkpoint of this run cannot be read" in list(again(store, attempt.run))[-1].reason  # type: ignore[union-attr]


def test_a_missing_parent_fails_in_a_sentence_and_a_present_one_is_used(store: Store) -> None:
    root = spec(20, seed=1)
    assert "not on this machine" in list(attempt_at(store, spec(20, parent=root)))[-1].reason  # type: ignore[union-attr]
    list(attempt_at(store, root))
    child = attempt_at(store, spec(20, parent=root))
    assert isinstance(list(child)[-1], Done)
    orphan = attempt_at(store, spec(20))
    list(orphan)
    assert outcome(child.folder)[0] != outcome(orphan.folder)[0]


def test_no_spec_is_trained_twice_at_once(store: Store) -> None:
    attempt = attempt_at(store, spec())
    next(attempt)
    with pytest.raises(UnderWay) as refused:
        Store(store.home).create(spec())
    assert refused.value.run == attempt.run
    attempt.stop("by hand")
    assert attempt_at(store, spec()).run.attempt == 2


LIMITED = """
import resource, sys
import numpy as np
from pathlib import Path
from safetensors.numpy import save_file
from llmviz.runs.attempt import sentence

resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
folder = Path(sys.argv[1])
for write in (lambda: (folder / "log").write_bytes(bytes(5_000)), lambda: save_file({"w": np.zeros(5_000)}, folder / "weights")):
    try:
        write()
    except Exception as problem:
        print(sentence(problem))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_limit_on_the_size_of_files_is_said_in_a_sentence(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, timeout=60)
    first, second = ended.stdout.splitlines()
    assert (
        first
        == second
        == "a file has grown to the size that files may have here (ulimit -f); whoever started this server can allow larger ones"
    )
