"""Room for runs: a server keeps so many, and so many bytes of them, as its limits say; one more is refused before it begins."""

import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from llmviz.core.hosting import MEGABYTE, Limits, limits

LOOK = 30.0  # seconds for which a count holds: of a thousand runs it takes a quarter of a second


def check(root: Path) -> None:
    """Raises ValueError, in a sentence, where the runs below this folder take all the room there is."""
    most = limits()
    runs, size = taken(root, int(time.monotonic() // LOOK))
    if runs >= most.runs:
        raise ValueError(f"{runs:,} runs are kept here, as many as there is room for; delete some in the lab book")
    if size >= most.disk_mb * MEGABYTE:
        raise ValueError(f"the runs kept here take {size // MEGABYTE:,} MB, all the room there is; delete some in the lab book")


def short(root: Path, most: Limits, share: float = 1.0) -> bool:
    """Whether the runs below this folder take this share of the room there is, or more."""
    runs, size = taken(root, int(time.monotonic() // LOOK))
    return runs >= share * most.runs or size >= share * most.disk_mb * MEGABYTE


@lru_cache(1)
def taken(root: Path, _now: int) -> tuple[int, int]:
    """How many runs there are, and how many bytes they take."""
    size = 0
    for file in root.rglob("*"):
        with suppress(OSError):  # it may be deleted at this moment
            size += file.stat().st_size if file.is_file() else 0
    return sum(1 for _ in root.glob("*/*/spec.json")), size
