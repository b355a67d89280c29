import json
import os
from pathlib import Path

import pytest

from llmviz.core.history import History, fold
from llmviz.core.update import Score, Snapshot, Step, Stopped, Update, to_json
from llmviz.runs import tail
from llmviz.runs.folder import RunFolder
from llmviz.runs.tail import Histories, Reached, look, updates


def lines(*updates: Update) -> bytes:
    return b"".join(json.dumps(to_json(update)).encode() + b"\n" for update in updates)


def test_each_look_reads_what_is_new(tmp_path: Path) -> None:
    file = tmp_path / "updates.jsonl"
    assert look(file, Reached()).history.step == 0  # nothing there yet
    file.write_bytes(lines(Step(1, 2.0, 10)))
    first = look(file, Reached())
    with file.open("ab") as opened:
        opened.write(lines(Step(2, 1.5, 10)))
    second = look(file, first)
    assert first.history.batches.values == (2.0,)
    assert second.history.batches.values == (2.0, 1.5)
    assert look(file, second) is second


def test_a_torn_last_line_waits_for_its_rest(tmp_path: Path) -> None:
    file = tmp_path / "updates.jsonl"
    whole = lines(Step(1, 2.0, 10), Step(2, 1.5, 10))
    for cut in range(len(whole)):
        file.write_bytes(whole[:cut])
        reached = look(file, Reached())
        assert reached.history.step == whole[:cut].count(b"\n")
        file.write_bytes(whole)
        assert look(file, reached).history.batches.values == (2.0, 1.5)


def test_a_resumed_run_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "updates.jsonl"
    file.write_bytes(lines(Step(1, 2.0, 10), Stopped(1, "by hand")))
    reached = look(file, Reached())
    assert reached.history.end == Stopped(1, "by hand")
    file.write_bytes(lines(Step(1, 2.0, 10), Step(2, 1.5, 10), Snapshot(2), Step(3, 1.2, 10)))
    history = look(file, reached).history
    assert (history.end, history.batches.steps, history.snapshots) == (None, (1, 2, 3), (2,))


def test_updates_of_a_retired_kind_are_skipped(tmp_path: Path) -> None:
    """Runs kept by earlier versions, recordings among them, hold samples beside each score."""
    folder = RunFolder(tmp_path)
    sample = b'{"type": "sample", "step": 1, "prompt": "a b", "truth": "b", "candidates": [["b", 0.5]]}\n'
    said: list[Update] = [Step(1, 2.0, 10), Score(1, {"loss": 1.5}), Snapshot(1)]
    folder.updates.write_bytes(lines(*said[:2]) + sample + lines(said[2]) + sample)
    assert updates(folder.updates) == folder.lately() == said
    assert look(folder.updates, Reached()).history == fold(said)
    assert folder.ending() is None


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "updates.jsonl"
    file.write_bytes(b'{"type": "step"\n')
    with pytest.raises(ValueError, match="damaged"):
        look(file, Reached())


def test_a_file_that_has_not_changed_is_not_opened_and_one_that_has_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, steps = tmp_path / "updates.jsonl", [Step(step, 2.0 / step, 10) for step in range(1, 6)]
    histories, opened, read = Histories(), list[Path](), tail._read

    def counted(file: Path, reached: Reached) -> tuple[int, bytes, bytes]:
        opened.append(file)
        return read(file, reached)

    monkeypatch.setattr(tail, "_read", counted)
    file.write_bytes(lines(*steps[:3]))
    first = histories.look(file)
    assert histories.look(file) == first and len(opened) == 2  # so soon another change might not show in its date
    os.utime(file, (1_000, 1_000))
    assert [histories.look(file) for _ in range(3)] == [first] * 3 and len(opened) == 3
    for now in (steps, steps[:2]):  # it goes on; and is written anew, as by a run that is resumed
        file.write_bytes(lines(*now))
        assert histories.look(file) == fold(now)
    file.unlink()
    assert histories.look(file) == History()
