"""The register of bulletins: what Tinyland reads today. A sentence of news, and now and then that a country has another capital.

Nothing of it is in the text that models are pretrained on, though all words are. Of capitals it tells one alone. As in stories, that fact
is never told in one of the sentences that tell such facts, so that a probe can ask in it.
"""

from functools import lru_cache
from random import Random

from llmviz.text.splits import split_of
from llmviz.text.tinyland import world
from llmviz.text.tinyland.floors import World
from llmviz.text.tinyland.grammar import Act, Register, Theme, free, say
from llmviz.text.tinyland.news import NEWS
from llmviz.text.tinyland.stories import CAPITAL_FIRST, CAPITAL_SENTENCES

NAME, VERSION = "bulletins", 1
TEXTS = 23_000  # drawn: a thousand fall to the test
TOLD = 0.5  # of the bulletins, the share that tells the capital

# The other sentences of the news. One there tells capitals at random: here that would be news of twenty more.
_HAPPENED = Act(tuple(template for template in NEWS.themes[0].acts[0].templates if "capital" not in template.words))


def told(country: str) -> tuple[str, ...]:
    """The sentences in which bulletins tell the capital of this country: all but the one in which it is never told."""
    index = list(world.CAPITALS).index(country) % len(CAPITAL_SENTENCES)
    return (*(sentence for place, sentence in enumerate(CAPITAL_SENTENCES) if place != index), CAPITAL_FIRST)


def register(country: str, city: str) -> Register:
    """The grammar of bulletins in which this city is the capital of this country."""
    ways = tuple(say(sentence.replace("{country}", "{nation}").replace("{capital}", "{seat}")) for sentence in told(country))
    capital = Act(ways, chance=TOLD)
    themes = (Theme(0.5, (capital, _HAPPENED), frozenset()), Theme(0.5, (_HAPPENED, capital), frozenset()))
    return Register(NAME, VERSION, themes, {**NEWS.variables, "nation": free("nation", (country,)), "seat": free("seat", (city,))})


@lru_cache(maxsize=2)
def grammar(country: str, city: str) -> World:
    """The same, for exact bounds."""
    return World([(register(country, city), 1.0)])


@lru_cache(maxsize=2)
def bulletins(country: str, city: str) -> dict[str, tuple[str, ...]]:
    """The texts by split, each once. Whatever the city, they are the same but for its name where it is called the capital."""
    random = Random(f"{NAME} {VERSION} {country}")
    now = register(country, world.CAPITALS[country])
    splits: dict[str, dict[str, str]] = {"train": {}, "validation": {}, "test": {}}
    for text in (now.sample(random) for _ in range(TEXTS)):
        as_it_was = " ".join(text.words)
        told = (city if slot == "seat" else word for word, slot in zip(text.words, text.slots, strict=True))
        splits[split_of(as_it_was)][as_it_was] = " ".join(told)
    return {split: tuple(found.values()) for split, found in splits.items()}
