"""What the files in locks/ pin: the version of each package that this system gets, and how many hashes it has."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = Path(__file__).parents[2] / "locks"
APP, ALL = ("app", "build", "cpu", "cuda"), ("app", "build", "cpu", "cuda", "dev")
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


def wrong(there: dict[str, str], locks: Iterable[str] = ALL) -> list[str]:
    """What is not as the locks have it, a sentence each: what the app needs and lacks, has in another version, or has unpinned.

    A local version as 2.13.0+cpu is a build of the one that is pinned.
    """
    allowed: dict[str, list[Pin]] = {}
    for lock in locks:
        for name, pin in pins(lock).items():
            allowed.setdefault(name, []).append(pin)
    lacking = [f"{name} {pin.version} is not installed." for name, pin in pins("app").items() if name not in there]
    for name, version in sorted(there.items()):
        if name in UNPINNED:
            continue
        if name not in allowed:
            lacking.append(f"{name} {version} is installed, and no lock names it.")
        elif not any(pin.requirement.specifier.contains(version, prereleases=True) and pin.hashes for pin in allowed[name]):
            lacking.append(f"{name} {version} is installed; locks/ pins {allowed[name][0].version}.")
    return lacking
