"""What a whole text tells of a hidden variable, against sums over every way to tell it."""

import math
from collections import defaultdict

import pytest

from llmviz.text.tinyland.floors import World
from tests.text.tinyland.mini import CALLS, MOOD, PETS, WORLD, Words, derivations


def moods() -> dict[Words, dict[str, float]]:
    """p(mood | text) of every text of the mini grammar: each mood's derivations are those of a register whose mood is fixed to it."""
    chances: dict[Words, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for register, share in WORLD.shares:
        for mood, prior in MOOD.choices({}):
            fixed = type(MOOD)("mood", MOOD.values, lambda _, mood=mood: ((mood, 1.0),))  # type: ignore[misc]
            for words, chance in derivations(type(register)(register.name, 1, register.themes, register.variables, hidden=(fixed,))):
                chances[words][mood] += share * prior * chance
    return {words: {mood: chance / sum(found.values()) for mood, chance in found.items()} for words, found in chances.items()}


def test_the_mood_of_every_text_is_exact() -> None:
    expected = moods()
    assert len(expected) > 500
    for words, chances in expected.items():
        assert WORLD.hidden(words, "mood") == pytest.approx(chances, abs=1e-12)


def test_what_tells_nothing_leaves_the_prior_and_what_tells_all_no_doubt() -> None:
    assert World([(CALLS, 1.0)]).hidden(("bye", "."), "mood") == pytest.approx({"good": 0.7, "bad": 0.3})
    assert World([(PETS, 1.0)]).hidden(("all", "was", "ugly", "."), "mood") == {"bad": pytest.approx(1.0)}
    told = ("all", "was", "well", ".", "bye", ".")
    assert math.isclose(WORLD.hidden(told, "mood")["good"], 0.7)


def test_what_the_grammar_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="no text of this grammar"):
        WORLD.hidden(("all", "was", "well"), "mood")
