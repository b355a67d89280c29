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
    monkeypatch.setattr(subprocess, "call", called)
    assert start.main(["test"]) == 0
    assert kept == [True] * len(start.CHECKS)


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
