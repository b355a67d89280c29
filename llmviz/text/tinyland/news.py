"""The register of news: one or two sentences that name people, places and organisations. The names are what a reader has to find.

Some words are the name of a person here and of a place there, so that no list of names finds them all; what a name is, its sentence tells
without doubt (`tests/text/tinyland/test_news.py` tries every reading). Some names are of two words. All words are Tinyland's, and none of
these sentences is in the text that models are pretrained on.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain, product
from random import Random

from llmviz.text.splits import split_of
from llmviz.text.tinyland import world
from llmviz.text.tinyland.grammar import Act, Choices, Register, Template, Theme, Variable, free, say

TYPES = ("PER", "LOC", "ORG")
BOTH = ("Paris", "Vienna", "Kenya", "Ireland")  # first names as well as places
SHARE_OF_BOTH = 0.2  # of the people named
DOUBLE = 0.25  # of the people and organisations, the share that is named in two words
TEXTS = 25_000  # drawn: a thousand of them fall to the test, and five thousand name only what may be labelled
SPOTS = ("harbour", "station", "museum", "castle", "palace", "market", "church", "school")

_PEOPLE = tuple(world.PEOPLE)
# A third of the names of each kind: no label ever shows them, and a model knows them from what it has read before or not at all.
UNLABELLED = frozenset(
    name for names in (_PEOPLE, tuple(world.CAPITALS), tuple(world.CAPITALS.values()), world.ORGANISATIONS) for name in names[::3]
)
_TAGS = {  # the slots that say a name, by what they begin with; the rest of a slot's name only tells it from others
    "person": "B-PER",
    "surname": "I-PER",
    "city": "B-LOC",
    "country": "B-LOC",
    "spot": "I-LOC",
    "organisation": "B-ORG",
    "branch": "I-ORG",
}


def _person(name: str, taken: tuple[str, ...] = ()) -> Variable:
    """Somebody who is not one of the people named already: now and then one whose name is a place's too."""

    def law(bound: Mapping[str, str]) -> Choices:
        others = {bound.get(other) for other in taken}
        usual, both = ([value for value in names if value not in others] for names in (_PEOPLE, BOTH))
        return [
            *((value, (1 - SHARE_OF_BOTH) / len(usual)) for value in usual),
            *((value, SHARE_OF_BOTH / len(both)) for value in both),
        ]

    return Variable(name, frozenset((*_PEOPLE, *BOTH)), law, taken)


_cities = tuple(world.CAPITALS.values())
_variables = {
    variable.name: variable
    for variable in (
        _person("person"),
        _person("person2", ("person",)),
        free("surname", _PEOPLE),
        free("surname2", _PEOPLE),
        free("city", _cities),
        free("city2", _cities),
        free("country", tuple(world.CAPITALS)),
        free("spot", SPOTS),
        free("sight", SPOTS),
        free("organisation", world.ORGANISATIONS),
        free("branch", _cities),
        free("job", tuple(dict.fromkeys(job for _, _, job in world.PEOPLE.values()))),
        free("show", world.SHOWS),
        free("food", world.FOODS),
        free("season", world.SEASONS),
        free("vehicle", world.VEHICLES),
        free("weather", world.WEATHERS),
        free("feeling", tuple(word for words in world.FEELINGS.values() for word in words)),
        free("adjective", tuple(word for words in world.ADJECTIVES.values() for word in words)),
    )
}

_SENTENCES = (
    "{person} works for {organisation} in {city} .",
    "{person} lives in {city} with {person2} .",
    "{organisation} pays {person} well .",
    "today {organisation} pays the {job} {person} .",
    "{person} took the {vehicle} to {city} .",
    "{person} flew to {country} with {person2} .",
    "last {season} {person} went to {country} .",
    "{person} from {city} works for {organisation} .",
    "{person} is a {job} and lives in {country} .",
    "{person} told {person2} about {city} .",
    "yesterday {organisation} came to {city} .",
    "the {city} {spot} was {adjective} .",
    "the {sight} of {city} was {adjective} .",
    "{person} went to the {city} {spot} .",
    "it was {weather} in {city} and {person} left for {country} .",
    "the {job} {person} was {feeling} .",
    "{person} made {food} for {person2} .",
    "{person} liked the {show} and {organisation} liked {person2} .",
    "people of {country} loved {organisation} .",
    "nobody from {city} works for {organisation} .",
    "{city} is the capital of {country} .",
    "we went to see the {show} , it was {adjective} .",
    "the {sight} was {adjective} .",
)


def _told(sentence: str) -> Iterator[Template]:
    """The sentence with each of its people and organisations in one word and in two, in their shares."""
    longer = {"{person}": "{person} {surname}", "{person2}": "{person2} {surname2}", "{organisation}": "{organisation} {branch}"}
    words = sentence.split()
    names = [place for place, word in enumerate(words) if word in longer]
    for choice in product((False, True), repeat=len(names)):
        double = {place for place, chosen in zip(names, choice, strict=True) if chosen}
        spelt = " ".join(longer[word] if place in double else word for place, word in enumerate(words))
        yield say(spelt, DOUBLE ** len(double) * (1 - DOUBLE) ** (len(names) - len(double)))


_templates = tuple(template for sentence in _SENTENCES for template in _told(sentence))
_theme = Theme(1.0, (Act(_templates), Act(_templates, chance=0.5)), frozenset())
NEWS = Register("news", 1, (_theme,), _variables)


def tag(slot: str) -> str:
    """The tag of a word that this slot said, in BIO: "O" for one that names nothing."""
    return _TAGS.get(slot.rstrip("2"), "O")


def tagged() -> dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]:
    """Texts by split, each once: their words, and the tag of each word. Those to learn from name nobody and nothing of UNLABELLED."""
    random = Random(f"{NEWS.name} {NEWS.version}")
    splits: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {"train": {}, "validation": {}, "test": {}}
    for text in (NEWS.sample(random) for _ in range(TEXTS)):
        split = split_of(" ".join(text.words))
        if split != "train" or UNLABELLED.isdisjoint(text.words):
            splits[split][text.words] = tuple(map(tag, text.slots))
    return {split: tuple(found.items()) for split, found in splits.items()}


@lru_cache(maxsize=4_000)
def readings(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Every way to tag these words that the grammar allows: what a reader who knows it can say. Of all its texts there is one."""
    ends = [place + 1 for place, word in enumerate(words) if word == "."]
    told = [_reading(words[begin:end]) for begin, end in zip((0, *ends[:-1]), ends, strict=True)]
    return tuple(tuple(chain(*each)) for each in product(*told))


def _reading(sentence: tuple[str, ...]) -> set[tuple[str, ...]]:
    found = set()
    for template in _templates:
        if len(template.words) == len(sentence) and all(map(_says, template.words, sentence)):
            found.add(tuple(tag(word[1:-1]) if word[0] == "{" else "O" for word in template.words))
    return found


def _says(slot: str, word: str) -> bool:
    return word in _variables[slot[1:-1]].values if slot[0] == "{" else word == slot
