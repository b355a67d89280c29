"""What `start.py` starts: with which environment, and what it says where that does not work."""

import os
import subprocess
import sys
import venv
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
    monkeypatch.setattr(start, "_install", lambda *_: True)
    monkeypatch.setattr(start, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(start, "BESIDE", ("-c", "import os, sys; sys.exit('PYTHONDONTWRITEBYTECODE' in os.environ)"))
    monkeypatch.setattr(subprocess, "call", called)
    assert start.main(["test"]) == 0
    assert kept == [True] * len(start.CHECKS)


def test_every_check_counts_also_the_one_beside_the_others(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(start, "_install", lambda *_: True)
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


@pytest.mark.parametrize(
    ("arguments", "locks"),
    [
        ([], ("app",)),
        (["install"], ("app",)),
        (["install", "real"], ("app", "real")),
        (["install", "trl"], ("app", "trl")),
        (["test"], ("app", "dev")),
        (["test", "real"], ("app", "dev")),
    ],
)
def test_an_extra_is_installed_where_it_is_named_and_only_there(
    arguments: list[str], locks: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def install(*names: str) -> bool:
        asked.append(names)
        return False  # it ends here

    monkeypatch.setattr(start, "_install", install)
    assert start.main(arguments) == 1 and asked == [locks]
    assert all((start.LOCKS / f"{extra}.lock").is_file() for extra in start.EXTRAS)


def test_an_extra_that_there_is_not_is_named(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(start, "_install", lambda *_: pytest.fail("it installs"))
    assert start.main(["install", "reel"]) == 1
    assert capfd.readouterr().err == "There is nothing to install that is called reel; there is real, trl.\n"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder for .venv in which pip is that of the running Python."""
    for name, value in {"HOME": tmp_path, "PYTHON": Path(sys.executable), "INSTALLED": tmp_path / "installed.txt"}.items():
        monkeypatch.setattr(start, name, value)
    monkeypatch.setattr(start, "MAKER", tmp_path / "maker.txt")
    return tmp_path


def test_an_install_that_does_not_load_is_not_taken_for_one(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "IMPORTS", ("import nothing_of_this_name",))
    monkeypatch.setattr(start, "_torch", lambda: True)
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: 0)  # pip, that found everything
    monkeypatch.setattr(venv, "create", lambda *_, **__: None)
    assert not start._install("app")
    assert not (folder / "installed.txt").exists()
    said = capfd.readouterr().err
    assert "nothing_of_this_name" in said and "does not load on this machine" in said


def test_a_lock_is_installed_once_and_the_folder_made_anew_when_one_has_changed(
    monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made: list[str] = []
    locks = tmp_path_factory.mktemp("locks")
    for name in ("app", "dev"):
        (locks / f"{name}.lock").write_text("")
    monkeypatch.setattr(start, "LOCKS", locks)
    monkeypatch.setattr(start, "IMPORTS", ("pass",))
    monkeypatch.setattr(start, "_torch", lambda: True)

    def pip(lock: str, *_: str) -> bool:
        made.append(lock)
        return True

    monkeypatch.setattr(start, "_pip", pip)

    def create(home: Path, **_: Any) -> None:
        (home / "installed.txt").unlink(missing_ok=True)
        made.append("folder")

    monkeypatch.setattr(venv, "create", create)
    assert start._install("app") and made == ["folder", "build", "app"]
    assert start._install("app") and start._install("app", "dev") and made[3:] == ["dev"]
    (locks / "dev.lock").write_text("pytest==9.2.0")
    assert start._install("app") and made[4:] == ["folder", "build", "app"]


def test_what_one_test_compares_with_is_installed_apart_from_the_app(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    asked: dict[str, tuple[str, ...]] = {}

    def pip(lock: str, *options: str) -> bool:
        asked[lock] = options
        return True

    monkeypatch.setattr(start, "_pip", pip)
    monkeypatch.setattr(start, "IMPORTS", ("pass",))
    monkeypatch.setattr(start, "_torch", lambda: True)
    monkeypatch.setattr(venv, "create", lambda *_, **__: None)
    assert start._install("app") and start._install("app", "trl")
    assert f"--target={folder / 'trl'}" in asked["trl"] and not [option for option in asked["app"] if "target" in option]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere PyTorch's own package is a CPU build")
def test_where_pip_knows_no_cpu_build_of_pytorch_cuda_is_taken_and_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """By pip itself, in an environment of its own, with no place to look in."""
    venv.create(tmp_path / ".venv", with_pip=True)
    monkeypatch.setattr(start, "PYTHON", tmp_path / ".venv/bin/python")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    asked: list[str] = []

    def pip(lock: str) -> bool:
        asked.append(lock)
        return True

    monkeypatch.setattr(start, "_pip", pip)
    assert start._torch() and asked == ["cuda"]
    assert "no CPU build of PyTorch" in capfd.readouterr().out
    torn = tmp_path / "torch-2.13.0+cpu-py3-none-any.whl"  # a build that pip finds, and whose hash is not one of the lock's
    torn.write_bytes(b"not what was pinned")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert not start._torch() and asked == ["cuda"]
    assert "HASHES" in capfd.readouterr().err
