"""The peak of one run's memory, on a system that tells it."""

import subprocess
import sys
from pathlib import Path

import pytest

from llmviz.runs import memory

MEGABYTE = 1_000_000


PROGRAM = """
import numpy as np
from llmviz.runs import memory

held = memory.set_back()
large = np.ones(60_000_000, np.uint8)
with_it = memory.peak() - held
del large
memory.set_back()
print(held, with_it, memory.peak() - held)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="no other system keeps a mark that can be set back")
def test_a_peak_is_that_since_the_mark_was_set_back() -> None:
    """In a process of its own: one that has held more before finds room for the array in what it has."""
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    held, with_it, afterwards = map(int, ran.stdout.split())
    if not held:
        pytest.skip("this Linux does not let a process set its mark back")
    assert with_it > 50 * MEGABYTE and afterwards < 50 * MEGABYTE


def test_a_system_without_such_a_mark_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_CLEAR", Path("/nowhere/clear_refs"))
    assert memory.set_back() == 0
