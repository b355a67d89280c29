"""What a stranger asks of a run, a study or the queue that are another visitor's: each is refused in a sentence, and changes nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llmviz.core.hosting import Limits
from llmviz.core.run import RunRef
from llmviz.runs import jobs, library
from llmviz.runs.engine import UNDER_WAY, Command, Slow, State
from llmviz.runs.local import LocalEngine
from llmviz.runs.studies import Studies
from tests.runs.conftest import until
from tests.runs.fake import spec
from tests.runs.studying import study
from tests.runs.test_local import LONG, begun

HOSTED = Limits(hosted=True, waiting=200, waiting_each=2, training_each=1, studies_each=1)
ORDERS = (*Command, Slow(10.0))
Ask = Callable[[LocalEngine, RunRef], None]


def made(home: Path) -> LocalEngine:
    return LocalEngine(home, recordings=home / "recordings", workers=1, workshop="tests.runs.fake:Fake", limits=HOSTED)


@pytest.fixture(scope="module")
def hers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], tuple[LocalEngine, RunRef]]]:
    """A run that ann trains, one engine for all rows."""
    engine = made(tmp_path_factory.mktemp("hers"))
    run = engine.train(LONG, "ann")
    until(lambda: begun(engine, run))

    def signed() -> tuple[LocalEngine, RunRef]:
        engine.status(run, "ann")
        return engine, run

    yield signed
    engine.close()


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: getattr(order, "value", "slow"))
@pytest.mark.parametrize("name", ["bob", "", "a study of mine", "ann ", "ANN", "../ann", "ann\x00", "x" * 100_000])
def test_a_stranger_does_not_steer(hers: Callable[[], tuple[LocalEngine, RunRef]], order: Command | Slow, name: str) -> None:
    engine, run = hers()
    with pytest.raises(ValueError, match="somebody else started this run and steers it until nothing has been seen of them for 3 minutes"):
        engine.control(run, order, name)
    status = engine.status(run, "ann")
    assert (status.state, status.delay, status.owner) == (State.TRAINING, 0.0, True)


def test_a_stranger_gets_nothing_by_asking_for_the_same(hers: Callable[[], tuple[LocalEngine, RunRef]]) -> None:
    engine, run = hers()
    for _ in range(100):
        assert engine.train(LONG, "bob") == run  # one run for all who ask
        engine.resume(run, "bob")
    assert list(engine.standing()) == [run] and engine.status(run, "ann").owner and not engine.status(run, "bob").owner


@pytest.mark.parametrize(
    ("name", "ask"), [("delete", lambda engine, run: engine.delete(run, "bob")), ("thin", lambda engine, run: engine.thin(run, "bob"))]
)
def test_a_stranger_does_not_take_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, ask: Ask) -> None:
    monkeypatch.setattr(library, "WATCHING", -1.0)  # nobody looks at it any more
    engine = made(tmp_path)
    run = engine.train(spec(), "ann")
    until(lambda: engine.status(run, "ann").state not in UNDER_WAY)
    kept = engine.store.folder(run).snapshots()
    with pytest.raises(ValueError, match="only they, and whoever runs this server"):
        ask(engine, run)
    assert engine.store.folder(run).snapshots() == kept and len(kept) > 2
    engine.close()


def test_a_stranger_does_not_stop_a_study(tmp_path: Path) -> None:
    engine = made(tmp_path)
    studies, grid = Studies(engine, tmp_path, HOSTED), study(19_000)
    studies.start(grid, "ann")
    for name in ("bob", jobs.STUDIES, ""):
        with pytest.raises(ValueError, match="they alone may stop it until nothing has been seen of them for 3 minutes"):
            studies.stop(grid, name)
        assert studies.look(grid, "ann").state is State.TRAINING
    studies.stop(grid, "ann")
    studies.close()
    engine.close()


def test_a_flood_of_requests_costs_others_nothing(tmp_path: Path) -> None:
    engine = made(tmp_path)
    until(lambda: bool(engine._trainers.idle(())))
    refused = 0
    for seed in range(49):
        try:
            engine.train(spec(20_000, milliseconds=2, seed=seed), "bob")
        except ValueError as problem:
            assert "of your runs are waiting already, the most for one visitor" in str(problem)
            refused += 1
    assert refused == 49 - 1 - HOSTED.waiting_each and len(engine.store.runs()) == 3  # nor a folder for those refused
    run = engine.train(spec(seed=99), "ann")
    assert engine.status(run, "ann").position == 1
    first = next(run for run, status in engine.standing().items() if status.state is not State.QUEUED)
    until(lambda: begun(engine, first))
    engine.control(first, Command.STOP, "bob")
    until(lambda: engine.status(run, "ann").state is State.DONE)
    engine.close()
