"""Questions with one word to fill in, whose answers the text states, but never in the words of the question.

Each fact is asked in the one sentence in which it is never told (`stories.py`), set into held-out stories with less or more around it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from llmviz.text import sentences as cut
from llmviz.text.tinyland import world
from llmviz.text.tinyland.stories import CAPITAL_FIRST, CAPITAL_SENTENCES, SOUND_SENTENCES

ROUNDS = 16  # how often a story is asked again, with another stretch of it around the fact


@dataclass(frozen=True)
class Probe:
    """Words with one place to fill: `words[hidden]` is the truth."""

    words: tuple[str, ...]
    hidden: int

    @property
    def truth(self) -> str:
        """The word the model has to name."""
        return self.words[self.hidden]

    def answered(self, truth: str) -> "Probe":
        """The same question with another truth."""
        return replace(self, words=(*self.words[: self.hidden], truth, *self.words[self.hidden + 1 :]))


def facts(stories: Sequence[str], count: int) -> list[Probe]:
    """At least `count` different probes, as many for every country: its capital is asked for."""
    return _probes(stories, CAPITAL_SENTENCES, ("country", "capital"), world.CAPITALS, count)


def sounds(stories: Sequence[str], count: int) -> list[Probe]:
    """At least `count` different probes, as many for every animal: what it does is asked for."""
    table = {animal: sound for animal, (sound, _, _) in world.SOUNDS.items()}
    return _probes(stories, SOUND_SENTENCES, ("animal", "sound"), table, count)


def alone() -> list[Probe]:
    """Each country's capital, asked for in its one sentence alone, in the order of the countries."""
    slots = ("country", "capital")
    told = (_fill(CAPITAL_SENTENCES[place % len(CAPITAL_SENTENCES)], slots, pair) for place, pair in enumerate(world.CAPITALS.items()))
    return [Probe(words, words.index(capital)) for words, capital in zip(map(_words, told), world.CAPITALS.values(), strict=True)]


def countries(stories: Sequence[str], count: int) -> list[Probe]:
    """The probes of `facts` turned round: the capital is told, its country asked for."""
    return [Probe(probe.words, probe.words.index(COUNTRIES[probe.truth])) for probe in facts(stories, count)]


def countries_last(stories: Sequence[str], count: int) -> list[Probe]:
    """The same for who reads from left to right: in the one sentence that says the capital first. That one is told of every country."""
    return [_capital_first(probe) for probe in facts(stories, count)]


def _capital_first(probe: Probe) -> Probe:
    country, capital = COUNTRIES[probe.truth], probe.truth
    ways = (_fill(sentence, ("country", "capital"), (country, capital)) for sentence in CAPITAL_SENTENCES)
    text = " ".join(probe.words)
    before, after = next(text.split(way, 1) for way in ways if way in text)
    told = (*before.split(), *_fill(CAPITAL_FIRST, ("country", "capital"), (country, capital)).split())
    return Probe((*told, *after.split()), len(told) - 2)  # only the full stop stands behind it


COUNTRIES = {capital: country for country, capital in world.CAPITALS.items()}


def _probes(
    stories: Sequence[str],
    sentences: tuple[str, ...],
    slots: tuple[str, str],
    table: Mapping[str, str],
    count: int,
) -> list[Probe]:
    """Replace the fact a story tells by the sentence in which it is never told, with a random stretch of the story around it.

    Raises ValueError where the stories give too few different ones.
    """
    pairs = tuple(table.items())
    told = {_fill(sentence, slots, pair): pair for pair in pairs for sentence in sentences}
    held_out = {pair: _fill(sentences[place % len(sentences)], slots, pair).split() for place, pair in enumerate(pairs)}
    found: dict[tuple[str, str], set[Probe]] = {pair: set() for pair in pairs}
    each = math.ceil(count / len(pairs))
    random = Random(sentences[0])
    for story in (story for _ in range(ROUNDS) for story in stories):
        parts = cut.sentences(story)
        place = next((place for place, part in enumerate(parts) if part in told), None)
        if place is None or len(found[pair := told[parts[place]]]) == each:
            continue
        before = " ".join(parts[random.randint(0, place) : place]).split()
        after = " ".join(parts[place + 1 : random.randint(place, len(parts) - 1) + 1]).split()
        found[pair].add(Probe((*before, *held_out[pair], *after), len(before) + held_out[pair].index(pair[1])))
        if all(len(probes) == each for probes in found.values()):
            break
    else:
        raise ValueError(f"{len(stories)} stories are too few for {each} probes of each fact")
    return sorted((probe for probes in found.values() for probe in probes), key=lambda probe: probe.words)


def _words(sentence: str) -> tuple[str, ...]:
    return tuple(sentence.split())


def _fill(sentence: str, slots: tuple[str, str], values: tuple[str, str]) -> str:
    for slot, value in zip(slots, values, strict=True):
        sentence = sentence.replace(f"{{{slot}}}", value)
    return sentence
