"""Curves that fall as pretraining does, and those of the recordings, which are to be among them."""

import pytest

from benchmarks.curves import faults
from llmviz.core.history import Curve
from llmviz.core.recorded import RECORDED
from llmviz.core.run import RunRef
from llmviz.runs import tail
from llmviz.runs.recordings import Recordings

STEPS = tuple(range(0, 101, 10))
FALLS = (6.0, 4.0, 3.0, 2.5, 2.0, 1.8, 1.7, 1.75, 1.6, 1.5, 1.5)


def test_a_curve_that_falls_has_no_fault() -> None:
    assert faults(STEPS, FALLS, 5.8) == []
    assert faults(STEPS, (7.0, *FALLS[1:]), 5.8) == []  # a random start may be worse than a guess


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ((6.0, 5.5, 3.0, *FALLS[3:]), "at step 10 the loss is still 0.95 of random guess, not 0.85"),
        ((6.0, 4.0, 4.0, 4.0, *FALLS[4:]), "at step 30 the loss is still 0.69 of random guess, not 0.5"),
        ((6.0, 7.1, *FALLS[2:]), "at step 10 the loss of 7.10 is above random guess"),
        ((*FALLS[:-1], 2.0), "at step 100 the loss climbs from 1.50 to 2.00"),
    ],
)
def test_one_that_does_not_is_told(losses: tuple[float, ...], said: str) -> None:
    assert said in faults(STEPS, losses, 5.8)


@pytest.mark.parametrize("name", ["mlm-tinyland", "clm-tinyland"])
def test_the_recorded_runs_fall_from_the_first_steps(name: str) -> None:
    loss, guess = recorded(name)
    assert faults(loss.steps, loss.values, guess) == []


def test_a_t5_begins_above_random_guess_and_falls_from_there() -> None:
    """Its random start favours some tokens: the first hundredth of the steps lies above the line, falling; then it is as the others."""
    loss, guess = recorded("span-tinyland")
    late = next(place for place, step in enumerate(loss.steps) if step >= 0.01 * loss.steps[-1])
    assert list(loss.values[: late + 1]) == sorted(loss.values[: late + 1], reverse=True)
    assert faults(loss.steps[late:], loss.values[late:], guess) == []


def recorded(name: str) -> tuple[Curve, float]:
    """The held-out losses of a recorded run, and the loss of random guessing."""
    history = tail.look(Recordings().folder(RunRef(RECORDED[name].id, 0)).updates, tail.Reached()).history
    assert history.begin
    return history.scores["loss"], history.begin.references["random_guess"]
