"""The peak of one run's memory, on a system that tells it."""

import sys
from pathlib import Path

import numpy as np
import pytest

from llmviz.runs import memory

MEGABYTE = 1_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="no other system keeps a mark that can be set back")
def test_a_peak_is_that_since_the_mark_was_set_back() -> None:
    held = memory.set_back()
    if not held:
        pytest.skip("this Linux does not let a process set its mark back")
    large = np.ones(60 * MEGABYTE, np.uint8)
    assert memory.peak() - held > 50 * MEGABYTE
    del large
    assert memory.set_back() < memory.peak() + MEGABYTE and memory.peak() - held < 50 * MEGABYTE


def test_a_system_without_such_a_mark_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_CLEAR", Path("/nowhere/clear_refs"))
    assert memory.set_back() == 0
