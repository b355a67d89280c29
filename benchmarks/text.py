"""How fast Tinyland is told."""

import time
from collections.abc import Iterator
from random import Random

from benchmarks.bar import Bar
from llmviz.text.tinyland.stories import STORIES

TEXTS = 20_000


def bars() -> Iterator[Bar]:
    """Words sampled in a second by one thread."""
    random = Random(0)
    STORIES.sample(random)  # the first one is slower
    started = time.perf_counter()
    words = sum(len(STORIES.sample(random).words) for _ in range(TEXTS))
    speed = words / (time.perf_counter() - started)
    yield Bar("Tinyland: words sampled in a second", speed, "words/s", least=100_000, note=f"{words:,} words, one thread")
