"""Requests to a house, as the English templates of the package home-assistant-intents say them, with their intents and slots.

Only the package's data file is read (Apache License 2.0, the Home Assistant authors). Its templates say millions of requests; some are
drawn, the intents in turn. The labels are exact: they are the template's, and no other template says the same words. What users name
themselves, rooms and devices, comes from `household`; which devices a template may name, the package says.

A third of these names never carry a label: labelled requests name the others, held-out ones name this third, while the text that a model
reads before it sees labels is about all of them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from random import Random
from typing import Any, Literal, NamedTuple, get_args

from llmviz.core import packages
from llmviz.text import household, templates
from llmviz.text.splits import split, split_of
from llmviz.text.templates import Alternation, Slot, Template

INTENTS = {  # of the package's 42 those that can be said in most ways
    "HassClimateGetTemperature": "ask temperature",
    "HassClimateSetFanMode": "set fan mode",
    "HassClimateSetTemperature": "set temperature",
    "HassDecreaseTimer": "shorten timer",
    "HassFanSetSpeed": "set fan speed",
    "HassGetState": "ask state",
    "HassIncreaseTimer": "extend timer",
    "HassLightSet": "set light",
    "HassMediaSearchAndPlay": "play media",
    "HassSetPosition": "set position",
    "HassSetVolume": "set volume",
    "HassSetVolumeRelative": "change volume",
    "HassStartTimer": "start timer",
    "HassTurnOff": "turn off",
    "HassTurnOn": "turn on",
    "HassVacuumCleanArea": "clean area",
}
CLASSES = tuple(INTENTS.values())  # the label is the place in this list
PACKAGE, FILE = "home-assistant-intents", "home_assistant_intents/data/en.json"
DOCUMENTS = 22_400  # drawn to be read: some 20,000 that differ
LABELLED = 50_000  # drawn for their labels: a twentieth falls to the test, and half of that names what was held out

# The package also says these questions without “are”, and then “all fans off” is asked and ordered in the same words.
VERB = {"are_all": "<are> <all>"}

Side = Literal["labelled", "held out"]
SIDES: tuple[Side, ...] = get_args(Side)


class Request(NamedTuple):
    """A request: its words, what is wanted, and for each word the slot it fills, in the BIO scheme."""

    words: tuple[str, ...]
    intent: str
    tags: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words with spaces between."""
        return " ".join(self.words)


@dataclass(frozen=True)
class Sentence:
    """A template of the package, with the domains of the devices for which it is meant."""

    template: Template
    domains: tuple[str, ...]


Kinds = tuple[tuple[Sentence, ...], ...]  # the sentences of an intent, those that fill the same slots together


def documents() -> dict[str, tuple[str, ...]]:
    """The requests as a text to read, each once, by split, without labels. Raises ValueError without the package."""
    return split(request.text for request, _ in _drawn(DOCUMENTS))


@cache
def tagged() -> dict[str, tuple[Request, ...]]:
    """Requests with intents and tags, each once, by split: those to learn from name nothing held out, the held-out ones nothing labelled.

    The first are those of `documents`, the rest go on from there: whatever is held out here is held out there too. Raises ValueError
    without the package.
    """
    splits: dict[str, list[Request]] = {"train": [], "validation": [], "test": []}
    for request, sides in dict(_drawn(LABELLED)).items():
        part = split_of(request.text)
        if ("labelled" if part == "train" else "held out") in sides:
            splits[part].append(request)
    return {part: tuple(requests) for part, requests in splits.items()}


def labelled() -> dict[str, tuple[tuple[str, int], ...]]:
    """The requests of `tagged`, each with the place of its intent in CLASSES. Raises ValueError without the package."""
    return {part: tuple((request.text, CLASSES.index(request.intent)) for request in requests) for part, requests in tagged().items()}


def first(count: int) -> Iterator[Request]:
    """The first so many requests, among them some that come again. Raises ValueError without the package."""
    return (request for request, _ in _drawn(count))


def _drawn(count: int) -> Iterator[tuple[Request, set[Side]]]:
    """So many requests, the intents in turn, each with the sides that its names are of: both where it has none."""
    data = json.loads(packages.located(PACKAGE, FILE).read_text(encoding="utf-8"))
    intents = {name: _kinds(data, intent) for intent, name in INTENTS.items()}
    closed = _closed(data)
    random = Random("requests 1")
    for _, (intent, kinds) in zip(range(count), cycle(intents.items()), strict=False):
        yield _request(intent, random.choice(random.choice(kinds)), closed, random)


def _request(intent: str, sentence: Sentence, closed: Mapping[str, Template], random: Random) -> tuple[Request, set[Side]]:
    side = random.choice(SIDES)
    sides = set(SIDES)

    def value(slot: Slot) -> str:
        if slot.values in closed:
            return "".join(piece.text for piece in templates.draw(closed[slot.values], random, value))
        sides.intersection_update({side})
        return random.choice(household.values(slot.values, sentence.domains)[SIDES.index(side)])

    words, tags = templates.words_and_tags(templates.draw(sentence.template, random, value))
    return Request(words, intent, tags), sides


def _kinds(data: Mapping[str, Any], intent: str) -> Kinds:
    rules = data["expansion_rules"] | VERB
    kinds: dict[str, list[Sentence]] = {}
    for group in data["intents"][intent]["data"]:
        domains = tuple(group.get("requires_context", {}).get("domain", ()))
        kind = kinds.setdefault(group["metadata"]["slot_combination"], [])
        kind += [Sentence(templates.parse(text, rules), domains) for text in group["sentences"]]
    return tuple(map(tuple, kinds.values()))


def _closed(data: Mapping[str, Any]) -> dict[str, Template]:
    """The lists whose values the package knows: words, themselves written as templates, and ranges of numbers."""
    found: dict[str, Template] = {}
    for name, one in data["lists"].items():
        if "values" in one:
            found[name] = Alternation(tuple(templates.parse(value["in"]) for value in one["values"]))
        elif "range" in one:
            numbers = [str(number) for number in range(one["range"]["from"], one["range"]["to"] + 1, one["range"].get("step", 1))]
            halves = [f"{number}.5" for number in numbers[:-1]] if one["range"].get("fractions") == "halves" else []
            found[name] = Alternation((*numbers, *halves))
    return found
