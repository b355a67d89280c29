"""Examples take turns: a function of seed and step, all equally often."""

from collections import Counter

import pytest

from llmviz.training.turns import turns


@pytest.mark.parametrize(("count", "size"), [(2, 16), (16, 16), (40, 16), (17, 5)])
def test_all_come_equally_often(count: int, size: int) -> None:
    taken = min(size, count)
    places = Counter(place for step in range(1, count + 1) for place in turns(count, size, seed=3, step=step))
    assert places == dict.fromkeys(range(count), taken)


def test_seed_and_step_decide() -> None:
    assert turns(40, 8, 1, 5) == turns(40, 8, 1, 5)
    assert len({tuple(turns(40, 8, seed, step)) for seed in (1, 2) for step in (1, 2)}) == 4
