"""What `start.py` starts: with which environment, and what it says where that does not work."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import start


def test_what_it_starts_may_keep_its_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[bool] = []

    def called(*_: Any, **__: Any) -> int:
        kept.append("PYTHONDONTWRITEBYTECODE" not in os.environ)
        return 0

    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setattr(start, "_install", lambda _: True)
    monkeypatch.setattr(start, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(start, "BESIDE", ("-c", "import os, sys; sys.exit('PYTHONDONTWRITEBYTECODE' in os.environ)"))
    monkeypatch.setattr(subprocess, "call", called)
    assert start.main(["test"]) == 0
    assert kept == [True] * len(start.CHECKS)


def test_every_check_counts_also_the_one_beside_the_others(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(start, "_install", lambda _: True)
    monkeypatch.setattr(start, "PYTHON", Path(sys.executable))
    right, wrong, told = ("-c", "pass"), ("-c", "raise SystemExit(3)"), ("-c", "print('x.py:1: error'); raise SystemExit(2)")
    for checks, beside, status, closing in (
        ((right, right), right, 0, "All checks passed."),
        ((right, wrong), right, 3, "Failed: pytest."),
        ((right, right), told, 2, "Failed: mypy."),
        ((wrong, wrong), told, 3, f"Failed: {wrong[1]}, pytest, mypy."),
    ):
        for name, value in {"CHECKS": checks, "BESIDE": beside}.items():
            monkeypatch.setattr(start, name, value)
        assert start.main(["test"]) == status
        said = capfd.readouterr().out
        assert said.splitlines()[-1] == closing
        assert ("x.py:1: error" in said) == (beside == told)


def test_an_install_that_does_not_load_is_not_taken_for_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    installed = tmp_path / "installed.txt"
    for name, value in {"HOME": tmp_path, "PYTHON": Path(sys.executable), "INSTALLED": installed, "MAKER": tmp_path / "maker.txt"}.items():
        monkeypatch.setattr(start, name, value)
    (tmp_path / "maker.txt").write_text(f"{sys.version} {sys.base_prefix}", encoding="utf-8")
    monkeypatch.setattr(start, "IMPORTS", ("import nothing_of_this_name",))
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: 0)  # pip, that found everything
    assert not start._install("requirements.txt")
    assert not installed.exists()
    said = capfd.readouterr().err
    assert "nothing_of_this_name" in said and "does not load on this machine" in said
