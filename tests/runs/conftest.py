import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.kills import outcome as outcome
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.runs import studies as background
from llmviz.runs.attempt import Attempt
from llmviz.runs.local import LocalEngine
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store
from llmviz.runs.studies import Studies
from tests.runs.fake import Fake

PATIENCE = 30.0
MakeEngine = Callable[..., LocalEngine]
Conduct = Callable[[LocalEngine], Studies]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def engine_of(tmp_path: Path) -> Iterator[MakeEngine]:
    """Engines over the fake workshop, closed at the end."""
    made: list[LocalEngine] = []

    def make(**settings: Any) -> LocalEngine:
        given = {"home": tmp_path, "recordings": tmp_path / "recordings", "workers": 1, "workshop": "tests.runs.fake:Fake", **settings}
        made.append(LocalEngine(**given))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def conduct(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Conduct]:
    """Studies over an engine, closed before it."""
    monkeypatch.setattr(background, "BEAT", 0.02)
    made: list[Studies] = []

    def make(engine: LocalEngine) -> Studies:
        made.append(Studies(engine, tmp_path, engine.limits))
        return made[-1]

    yield make
    for each in made:
        each.close()


def attempt_at(store: Store, spec: RunSpec) -> Attempt:
    """A new attempt in this process."""
    run, claim = store.create(spec)
    claim.release()
    return again(store, run)


def again(store: Store, run: RunRef) -> Attempt:
    """The same attempt, going on."""
    return Attempt(Fake(), store, Recordings(store.home / "recordings"), run)


def until(true: Callable[[], bool]) -> None:
    """Wait for something another process does."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
