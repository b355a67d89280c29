"""The steps of a real run, taken apart from what is kept of it, beside those of the run itself as it stood there."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from llmviz.core.questions.onestep import OneStep, Opened
from llmviz.core.run import RunRef
from llmviz.core.settings import TrainSpec
from llmviz.core.spec import RunSpec, starting_from
from llmviz.runs.attempt import Attempt
from llmviz.runs.recordings import Recordings
from llmviz.runs.standing import Standing
from llmviz.runs.store import Store
from llmviz.runs.worker import Real
from tests.small import little_to_evaluate, spec

PARENT = spec()
CHILD = RunSpec("sentiment", starting_from(PARENT), train=TrainSpec(steps=6, batch_size=4))
HALF = 2.0**-11  # the relative error of a number kept in half precision


class Kept(NamedTuple):
    """A home with runs, and the recordings beside it."""

    store: Store
    recordings: Recordings


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """A recorded run and a recorded child of it."""
    with pytest.MonkeyPatch.context() as patch:
        little_to_evaluate(patch)
        home = tmp_path_factory.mktemp("kept")
        store, recordings = Store(home), home / "recordings"
        for number, given in enumerate((PARENT, CHILD)):
            attempt = at(store, given)
            for _ in attempt:
                pass
            shutil.copytree(attempt.folder.path, recordings / str(number))
        yield Kept(store, Recordings(recordings))


def at(store: Store, given: RunSpec) -> Attempt:
    run, claim = store.create(given)
    claim.release()
    return Attempt(Real(), store, Recordings(store.home / "none"), run)


def paused(kept: Kept, given: RunSpec, step: int) -> Opened:
    """What a run shows that stands still after so many steps."""
    attempt = at(kept.store, given)
    next(update for update in attempt if attempt.settled and update.step == step)
    attempt.stop("enough")
    return opened(Standing(Real(), kept.store, kept.recordings), attempt.folder.path, step, None)


def opened(standing: Standing, folder: Path, step: int, start: int | None) -> Opened:
    (found,) = standing.answer({step: folder}, OneStep(step + 1, start=start))
    assert isinstance(found, Opened)
    return found


def recording(kept: Kept, given: RunSpec) -> Path:
    folder = kept.recordings.folder(RunRef(given.id, 0))
    return folder.path


@pytest.mark.parametrize("given", [PARENT, CHILD], ids=["random start", "child"])
def test_the_first_steps_are_the_runs_own_to_the_last_bit(kept: Kept, given: RunSpec) -> None:
    standing = Standing(Real(), kept.store, kept.recordings)
    for step in (0, 1, 2):
        found, own = opened(standing, recording(kept, given), step, 0), paused(kept, given, step)
        for name, value in vars(own).items():
            assert np.array_equal(vars(found)[name], value) if isinstance(value, np.ndarray) else vars(found)[name] == value, name


@pytest.mark.parametrize("given", [PARENT, CHILD], ids=["random start", "child"])
def test_later_the_loss_is_the_runs_up_to_half_precision_and_the_way_of_the_weights_is_not(kept: Kept, given: RunSpec) -> None:
    standing = Standing(Real(), kept.store, kept.recordings)
    found, own = opened(standing, recording(kept, given), 4, 4), paused(kept, given, 4)
    assert (found.texts, found.places, found.truths, found.tensors) == (own.texts, own.places, own.truths, own.tensors)
    assert found.loss == pytest.approx(own.loss, abs=4 * HALF) and found.loss != own.loss
    assert found.gradient == pytest.approx(own.gradient, rel=0.1, abs=1e-3)
    assert np.linalg.norm(found.gradient) == pytest.approx(np.linalg.norm(own.gradient), rel=0.02)
    assert np.array_equal(found.rates, own.rates)
    assert not np.allclose(found.moved, own.moved, rtol=0.02)


def test_weights_of_another_model_are_refused_in_a_sentence(kept: Kept, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(recording(kept, PARENT), folder)
    shutil.rmtree(folder / "snapshots" / "4")
    shutil.copytree(recording(kept, CHILD) / "snapshots" / "4", folder / "snapshots" / "4")
    with pytest.raises(ValueError, match="those of another model"):
        opened(Standing(Real(), kept.store, kept.recordings), folder, 4, 4)
    (folder / "snapshots" / "4" / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="no model in 4 that can be read"):
        opened(Standing(Real(), kept.store, kept.recordings), folder, 4, 4)
