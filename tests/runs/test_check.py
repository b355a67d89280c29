"""What `python -m llmviz check` says of a machine, and that it is so."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from llmviz.core.locked import installed
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done
from llmviz.runs import check, report, seconds
from llmviz.runs.check import ACTION, GOOD, MISSING, NOTE, Check, Finding
from llmviz.runs.rate import Rate, measure
from llmviz.runs.worker import train


def checked(home: Path) -> tuple[int, dict[str, Any]]:
    """The command as it is, in a folder of its own: its status, and what it says."""
    command = [sys.executable, "-m", "llmviz", "check", "--json"]
    told = subprocess.run(command, env=os.environ | {"LLMVIZ_HOME": str(home)}, capture_output=True, text=True, timeout=300)
    return told.returncode, json.loads(told.stdout)


def test_this_machine_has_what_the_tests_run_on_and_is_told_its_runs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = checked(home)
    assert status == 0 and said["good"], said["findings"]
    assert {f"{run['stage']}-{run['text']}" for run in said["runs"]} == set(seconds.defaults())
    assert all(run["seconds"] > 0 for run in said["runs"]) and said["students"] >= 1
    rate = Rate(**said["rate"])
    assert rate.steps > 5 and rate.gflops > 1 and rate.whole > check.LONG
    findings = tuple(Finding(**finding) for finding in said["findings"])
    report.checked(Check(findings, rate, tuple(seconds.here(rate)), said["students"]))
    table = capsys.readouterr().out
    assert all(finding.name in table for finding in findings)
    assert "Masked tokens" in table and f"{rate.gflops:.0f} GFLOP/s" in table and f"{said['students']} students" in table


def test_every_default_run_has_its_seconds() -> None:
    """They go with the spec: whoever changes a default measures it again, by `python -m llmviz record-seconds`."""
    assert seconds.kept().keys() == seconds.defaults().keys()


def test_seconds_follow_the_training_and_not_the_matrices() -> None:
    tried = seconds.kept()[seconds.TRIED]
    rate = Rate(tried.gflops, 100, 0.0, 0.0, whole=tried.seconds)
    same = {timed.spec.id: timed.seconds for timed in seconds.here(rate)}
    assert same[tried.spec.id] == pytest.approx(tried.seconds)
    for twice in (replace(rate, whole=2 * rate.whole), replace(rate, whole=2 * rate.whole, gflops=50 * rate.gflops)):
        assert {timed.spec.id: timed.seconds / 2 for timed in seconds.here(twice)} == pytest.approx(same)
    assert check.students(1.0) == pytest.approx(2 * check.students(2.0), abs=1)
    assert check.students(1.0) * ACTION.seconds <= ACTION.busy * ACTION.every


def test_what_some_seconds_say_is_what_the_whole_run_takes(home: Path) -> None:
    """A short run, all of it: what is said of it from its first batches, and what it says itself at its end."""
    spec = replace(RunSpec("mlm"), train=replace(RunSpec("mlm").train, steps=60))
    told = measure(spec, 0.3)
    assert told.steps < 60
    took, before = 0.0, time.process_time()
    for update in train(spec, home):
        took += 0 if isinstance(update, Done) else time.process_time() - before  # its test is no part of the training
        before = time.process_time()
    assert told.whole == pytest.approx(took, rel=0.5)


@pytest.mark.parametrize(
    ("change", "state", "says"),
    [
        ({}, GOOD, "pins"),
        ({"torch": None}, MISSING, "torch 2.13.0 is not installed. Run"),
        ({"numpy": "1.0", "torch": None}, MISSING, "And 1 more."),
        ({"pandas": "3.1.1"}, NOTE, "No lock names pandas 3.1.1."),
    ],
)
def test_packages_are_held_against_the_locks(change: dict[str, str | None], state: str, says: str) -> None:
    there = {name: version for name, version in {**installed(), **change}.items() if version}
    told = check.packages(there)
    assert told.state == state and says in told.text


def test_a_folder_that_cannot_be_written_is_missing_and_the_status_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert check.writable(tmp_path / "file" / "home").state == MISSING
    assert check.writable(tmp_path / "new").state == GOOD
    status, said = checked(tmp_path / "file" / "home")
    assert status == 1 and not said["good"]
    assert [finding["name"] for finding in said["findings"] if finding["state"] == MISSING] == ["folder"]


def test_room_and_memory_are_those_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check.disk(tmp_path / "not" / "there").state == GOOD
    monkeypatch.setattr(check, "LEAST_DISK_MB", 10**9)
    assert check.disk(tmp_path).state == MISSING
    monkeypatch.setenv("LLMVIZ_WORKERS", "2")
    assert [check.memory(megabytes * 1_000_000).state for megabytes in (800, 1_500, 4_000)] == [MISSING, NOTE, GOOD]
    for name, text in {"memory.max": "3000000", "memory.current": "1000000", "cpu.max": "100000 100000"}.items():
        (tmp_path / name).write_text(f"{text}\n")
    monkeypatch.setattr(check, "GROUP", tmp_path)
    assert check.available() == 2_000_000
    assert check.cores().state == NOTE and check.cores().text.startswith("1,")
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert check.available() > 2_000_000
    assert check.cores().text.startswith(str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()))


def test_a_port_in_use_is_a_note() -> None:
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert check.free(port).state == NOTE and str(port) in check.free(port).text
    assert check.free(port).state == GOOD
