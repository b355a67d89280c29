"""The exact chance that one part goes on with another, against the very draws it is about."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from llmviz.core.settings import TextSpec
from llmviz.text import threads
from llmviz.text.pairs import Pairs
from llmviz.text.tinyland.sequels import chance_from_order, chance_of_one_story

FARM, SCHOOL = "Anna found a dog near the river .", "Tom reads about Peru and Cuba ."


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        (FARM, "every dog barks . she took it to the barn . she went home happy .", 0.99, 1.0),
        (FARM, "every owl hoots . she took it to the barn . she went home happy .", 0.0, 0.0),
        (FARM, "he took it to the barn . he went home happy .", 0.0, 0.0),
        (FARM, "she took it to the barn . she went home happy .", 0.2, 0.8),  # nothing tells whose animal this is
        (SCHOOL, "Lima is the capital of Peru . Havana is the capital of Cuba . then he was sad .", 0.99, 1.0),
        (SCHOOL, "Nairobi is the capital of Kenya . then he was sad .", 0.0, 0.0),
        (SCHOOL, "then he was sad .", 0.0, 0.0),  # the lesson comes first
    ],
)
def test_what_a_reader_would_say(first: str, second: str, low: float, high: float) -> None:
    assert low <= chance_of_one_story(first.split(), second.split()) <= high


@pytest.mark.parametrize("reader", [chance_of_one_story, chance_from_order])
@pytest.mark.parametrize(
    ("first", "second"), [("barks dog the .", "she went home happy ."), (FARM, ""), ("", FARM), (FARM, "she went home")]
)
def test_parts_no_story_has_are_refused(reader: Callable[[list[str], list[str]], float], first: str, second: str) -> None:
    with pytest.raises(ValueError, match="no story"):
        reader(first.split(), second.split())


SURE, HALF, LIKELY, CERTAIN = (0.0, 0.1), (0.3, 0.7), (0.7, 0.95), (0.95, 1.0)


@pytest.mark.parametrize(
    ("reader", "ranges"),
    [(chance_of_one_story, (SURE, HALF, LIKELY, CERTAIN)), (chance_from_order, (SURE, HALF, LIKELY))],  # the order is never certain
)
def test_it_is_calibrated_on_pairs_as_they_are_drawn(
    reader: Callable[[list[str], list[str]], float], ranges: tuple[tuple[float, float], ...]
) -> None:
    source, rng = Pairs(threads.documents(TextSpec("tinyland"))["test"]), np.random.default_rng(5)
    told = [
        (reader(source.text(pair.first).split(), source.text(pair.second).split()), pair.follows)
        for place in range(120)
        for pair in source.two(place, rng)
    ]
    chances, follows = (np.array(each, dtype=float) for each in zip(*told, strict=True))
    assert chances.mean() == pytest.approx(0.5, abs=0.03)
    for low, high in ranges:
        inside = (chances >= low) & (chances <= high)
        assert inside.any()
        error = math.sqrt(max(0.01, (chances[inside] * (1 - chances[inside])).sum())) / inside.sum()
        assert chances[inside].mean() == pytest.approx(follows[inside].mean(), abs=4 * error + 0.01)
    best = np.maximum(chances, 1 - chances).mean()
    assert ((chances > 0.5) == follows).mean() == pytest.approx(best, abs=4 * 0.25 / math.sqrt(len(chances)))


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        (FARM, "every dog barks . she took it to the barn . she went home happy .", 0.6, 1.0),
        (SCHOOL, "then he was sad .", 0.0, 0.0),  # the lesson comes first
    ],
)
def test_the_order_alone_knows_nobody(first: str, second: str, low: float, high: float) -> None:
    told = chance_from_order(first.split(), second.split())
    assert low <= told <= high
    strange = second.replace("dog", "owl").replace("barks", "hoots").replace("she", "he")
    assert chance_from_order(first.split(), strange.split()) == pytest.approx(told, rel=0.05)  # each fact is told in other forms
