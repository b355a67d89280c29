"""What a model that was trained elsewhere takes of disk, memory and time, from the heads of its files, without torch."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from llmviz.runs.real_models import Offer

MOST_HEAD = 10_000_000  # bytes; that of 400 million parameters has some 30,000
HALF, SINGLE = 2, 4  # bytes of a number as it is kept, and as it is worked with
PROCESS = 500_000_000  # bytes of a process that holds one, beside its weights: SmolLM2's takes 1,060 MB, of which its weights are 540
START, PACE = 5.0, 13_500_000  # seconds until its program works, and numbers that are unpacked and checked in a second: SmolLM2 takes 15 s


@dataclass(frozen=True)
class Size:
    """How many numbers a model has, or about how many: where its files do not tell, as many as fit into them in half precision."""

    numbers: int

    @property
    def kept(self) -> float:
        """Megabytes of disk."""
        return HALF * self.numbers / 1e6

    @property
    def memory(self) -> float:
        """Megabytes of memory, while it is asked."""
        return (SINGLE * self.numbers + PROCESS) / 1e6

    @property
    def seconds(self) -> float:
        """How long it usually takes to take it in."""
        return START + self.numbers / PACE


def of(offer: Offer) -> Size:
    """That of an offer whose files are here."""
    if offer.numbers:
        return Size(offer.numbers)
    source = offer.source
    if source is None or not source.exists():
        return Size(0)
    files = sorted(source.glob("*.safetensors")) if source.is_dir() else [source]
    return Size(sum(map(_numbers, files)))


def _numbers(file: Path) -> int:
    """How many a file of safetensors names: 8 bytes of length, then JSON, the shape of each tensor in it. Each takes a byte at least."""
    try:
        most = file.stat().st_size
    except OSError:
        return 0
    try:
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            if length > MOST_HEAD:
                return most // HALF
            head = json.loads(opened.read(length))
        named = sum(math.prod(map(int, tensor["shape"])) for name, tensor in head.items() if name != "__metadata__")
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return most // HALF  # what is wrong is said when it is taken in
    return min(max(0, named), most)
