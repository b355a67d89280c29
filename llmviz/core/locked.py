"""What the files in locks/ pin: the version of each package that this system gets, and how many hashes it has."""

import re
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = Path(__file__).parents[2] / "locks"
ALL = ("app", "build", "cpu", "cuda", "dev", "real")
APART = ("trl",)  # what they name lies in a folder of its own, and not where the app looks
UNPINNED = frozenset({"pip"})  # it comes with Python


@dataclass(frozen=True)
class Pin:
    """One package of a lock."""

    requirement: Requirement
    hashes: int

    @property
    def version(self) -> str:
        """The one version that it allows."""
        (only,) = self.requirement.specifier
        return only.version


def pins(lock: str) -> dict[str, Pin]:
    """What one lock pins for this system and this Python, by name."""
    text = (LOCKS / f"{lock}.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, Pin] = {}
    for line in re.findall(r"^[^#\s].*", text, re.MULTILINE):
        requirement, *hashes = line.split(" --hash=sha256:")
        pin = Pin(Requirement(requirement), len(hashes))
        if not pin.requirement.marker or pin.requirement.marker.evaluate():
            found[canonicalize_name(pin.requirement.name)] = pin
    return found


def installed() -> dict[str, str]:
    """The versions of what the running Python finds, by name."""
    return {canonicalize_name(each.name): each.version for each in distributions()}


def wrong(there: dict[str, str]) -> list[str]:
    """What the app needs and lacks, and what is there in another version than is pinned, a sentence each.

    A local version as 2.13.0+cpu is a build of the one that is pinned.
    """
    lacking = [f"{name} {pin.version} is not installed." for name, pin in pins("app").items() if name not in there]
    other = [
        f"{name} {there[name]} is installed; locks/ pins {allowed[0].version}."
        for name, allowed in _allowed().items()
        if name in there and not any(pin.requirement.specifier.contains(there[name], prereleases=True) and pin.hashes for pin in allowed)
    ]
    return lacking + other


def unpinned(there: dict[str, str]) -> list[str]:
    """What is there and no lock names, with its version."""
    named = {*_allowed(), *UNPINNED}
    return [f"{name} {version}" for name, version in sorted(there.items()) if name not in named]


def _allowed() -> dict[str, list[Pin]]:
    found: dict[str, list[Pin]] = {}
    for lock in ALL:
        for name, pin in pins(lock).items():
            found.setdefault(name, []).append(pin)
    return found
