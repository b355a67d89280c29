import random

import pytest

from llmviz.core.history import Curve, History, fold
from llmviz.core.update import Begin, Done, Failed, Score, Snapshot, Step, Stopped, Update


def stream(steps: int) -> list[Update]:
    """What a run of so many steps says, its end left out."""
    said: list[Update] = [Begin(0, steps, 1_000, 300, {"random_guess": 5.7})]
    for step in range(steps + 1):
        if step:
            said.append(Step(step, 5.0 / step, 100 + step, 0.5 * step))
        if step % 3 == 0:
            said += [Score(step, {"loss": 4.0 / (step + 1), "facts": step / 10}), Snapshot(step)]
    return said


WHOLE = [*stream(10), Done(10, {"loss": 0.5}, 6.25)]


def test_a_history_holds_all_that_was_said() -> None:
    history = fold(WHOLE)
    assert history.begin == WHOLE[0]
    assert history.batches == Curve(tuple(range(1, 11)), tuple(5.0 / step for step in range(1, 11)))
    assert history.scores == {
        "loss": Curve((0, 3, 6, 9), (4.0, 1.0, 4 / 7, 0.4)),
        "facts": Curve((0, 3, 6, 9), (0.0, 0.3, 0.6, 0.9)),
    }
    assert history.snapshots == (0, 3, 6, 9)
    assert history.end == WHOLE[-1]
    assert history.step == 10
    assert history.tokens == sum(100 + step for step in range(1, 11))
    assert history.seconds == 6.25  # the end counts what came after the last batch


@pytest.mark.parametrize("seed", range(20))
def test_folded_bit_by_bit_it_is_the_same(seed: int) -> None:
    draw, history, left = random.Random(seed), History(), list(WHOLE)
    while left:
        count = draw.randint(0, 5)
        history, left = fold(left[:count], history), left[count:]
    assert history == fold(WHOLE)


def test_folding_leaves_the_earlier_history_as_it_was() -> None:
    early = fold(WHOLE[:8])
    copy = fold(WHOLE[:8])
    fold(WHOLE[8:], early)
    assert early == copy


def test_nothing_said_is_an_empty_history() -> None:
    history = fold([])
    assert history == History()
    assert (history.step, history.batches.last) == (0, None)


@pytest.mark.parametrize("end", [Stopped(4, "stopped"), Failed(4, "broke")])
def test_a_run_that_ended_early_keeps_its_seconds(end: Update) -> None:
    history = fold([*stream(4), end])
    assert (history.end, history.seconds) == (end, 2.0)
