"""When the live panel looks again, and what makes it draw the whole page anew."""

import pytest

from llmviz.core.history import fold
from llmviz.core.run import RunRef
from llmviz.core.update import Begin, Score, Step, Update
from llmviz.runs.engine import State, Status
from llmviz.ui.live import Seen, frame

RUN = RunRef("a" * 64, 1)
BEGUN = (Begin(0, 10, 1_000, 50, {"random_guess": 4.0}), Score(0, {"loss": 4.0}))
LEARNT = (*BEGUN, Step(1, 3.9, 200, 0.1))


def seen(state: State, updates: tuple[Update, ...] = ()) -> Seen:
    return Seen(RUN, Status(state), fold(updates))


@pytest.mark.parametrize("state", State)
def test_it_looks_soon_while_a_worker_has_the_run_and_nothing_is_learnt(state: State) -> None:
    soon = state in (State.STARTING, State.TRAINING)
    assert seen(state).about_to_learn == seen(state, BEGUN).about_to_learn == soon
    assert not seen(state, LEARNT).about_to_learn


def test_the_page_is_drawn_anew_at_the_first_point_not_before() -> None:
    assert frame(seen(State.TRAINING)) == frame(seen(State.TRAINING, BEGUN)) != frame(seen(State.TRAINING, LEARNT))
    assert frame(seen(State.STARTING)) != frame(seen(State.TRAINING))
