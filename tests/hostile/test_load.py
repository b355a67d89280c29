"""A few visitors at once, as `python -m benchmarks.load` lets many come: nobody meets with an error. Nothing is timed."""

import sys
from pathlib import Path

import pytest

from benchmarks.crowd import HOSTED, KINDS, crowd
from benchmarks.server import running
from tests.looped import looped


@pytest.mark.skipif(sys.platform == "win32", reason="there is no signal that ends the server in peace")
def test_ten_visitors_of_whom_two_train_meet_with_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.crowd.PATIENCE", 300.0)  # the first answer waits for a worker that loads while other tests run
    with running(tmp_path, HOSTED) as server:
        server.wait()
        seen, taken, _ = looped(crowd(server, visitors=10, seconds=8, training=2, every=1.0))
    assert not seen.errors
    assert all(seen.of(kind) for kind in KINDS) and seen.pressed == 2 and seen.polls
    assert max(taken.megabytes) > 100 and {name.split()[0] for name in taken.processor} >= {"server", "answer", "train"}
