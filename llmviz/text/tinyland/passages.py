"""The register of passages: four or five sentences about one person, and questions on each, as in SQuAD 2.

What tells an answer is the relation that is asked for: a passage tells two or three values of one kind, such as where somebody lives, works
and went, each of another relation. A third of the questions ask for one that this passage does not tell (Rajpurkar et al. 2018), although
it holds as many of its kind. No two values of a passage share a word, so that an answer is the only one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from random import Random
from typing import NamedTuple

from llmviz.text.splits import Split, split_of
from llmviz.text.tinyland import world

NAME, VERSION = "passages", 2
PASSAGES, QUESTIONS = 6_000, 4  # passages, and questions on each: 1,200 fall to the test
LENGTHS = (4, 5)  # sentences of a passage
UNANSWERABLE = 1 / 3  # of the questions; in SQuAD 2.0 a third of those to learn from, and half of the others
LONGER = 0.25  # of the values, the share in more words than one, where their relation has such

# What questions need and Tinyland has not. They stand behind its vocabulary in this order, so that every old word keeps its id.
NEW_WORDS = (
    "?", "cook", "dear", "did", "does", "eat", "food", "go", "had", "have", "heard", "her", "him", "job", "learn", "like", "live", "make",
    "place", "read", "tell", "travel", "visit", "want", "where", "which", "who", "whom", "work", "would",
)  # fmt: skip
NAMES = tuple(world.PEOPLE)
SUBJECT = "{subject}"

Span = tuple[int, int]  # places of the first word, and after the last


@dataclass(frozen=True)
class Relation:
    """What a passage may tell of somebody: the kind of its value, the questions for it, and whether a place may be one in a city."""

    kind: str
    asked: tuple[str, ...]
    longer: bool = True


class Fact(NamedTuple):
    """A relation with its value, and where a passage names that."""

    relation: str
    value: str
    span: Span


class Question(NamedTuple):
    """A question on a passage: its words, the span of the answer, None where the passage gives none, and all spans of the answer's kind."""

    words: tuple[str, ...]
    answer: Span | None
    candidates: tuple[Span, ...]


PLACE, PERSON, FOOD = "place", "person", "food"
VALUES: Mapping[str, Sequence[str]] = {
    PLACE: (*world.CAPITALS, *world.CAPITALS.values()),
    PERSON: NAMES,
    FOOD: world.FOODS,
}
LONGER_VALUES: Mapping[str, Sequence[str]] = {
    PLACE: tuple(f"the {city} {sight}" for city, sight in product(world.CAPITALS.values(), world.SIGHTS)),
    PERSON: tuple(f"{one} {other}" for one, other in product(NAMES, repeat=2) if one != other),
    FOOD: tuple(f"{one} and {other}" for one, other in product(world.FOODS, repeat=2) if one != other),
}
RELATIONS: Mapping[str, Relation] = {
    "home": Relation(PLACE, ("where does {she} live ?", "where is {she} at home ?"), longer=False),
    "work": Relation(PLACE, ("where does {she} work ?", "in which place is the job ?"), longer=False),
    "trip": Relation(PLACE, ("where did {she} go ?", "which place did {she} visit ?")),
    "reading": Relation(PLACE, ("what does {she} read about ?", "which place does {she} learn about ?")),
    "companion": Relation(PERSON, ("who was with {her} ?", "with whom did {she} travel ?")),
    "listener": Relation(PERSON, ("whom did {she} tell of it ?", "who heard of it ?")),
    "guest": Relation(PERSON, ("for whom did {she} make food ?", "who had food from {her} ?")),
    "friend": Relation(PERSON, ("whom did {she} like ?", "who was dear to {her} ?")),
    "meal": Relation(FOOD, ("what did {she} eat ?", "which food did {she} have ?")),
    "dish": Relation(FOOD, ("what did {she} make ?", "which food did {she} cook ?")),
    "wish": Relation(FOOD, ("what did {she} want ?", "which food would {she} like ?")),
}
# The sentences that tell them, each in two wordings. A relation's name is the slot of its value.
TOLD = (
    ("{subject} lives in {home} .", "now {subject} is at home in {home} ."),
    ("{subject} works for {organisation} in {work} .", "{subject} is a {job} in {work} ."),
    ("last {season} {subject} went to {trip} .", "{subject} took the {vehicle} to {trip} ."),
    ("{subject} reads about {reading} .", "at school {subject} learns about {reading} ."),
    ("{subject} flew with {companion} .", "{subject} took the {vehicle} with {companion} ."),
    ("{subject} told {listener} about the {show} .", "{subject} told {listener} of the {show} ."),
    ("{subject} made {dish} for {guest} .", "for {guest} {subject} made some {dish} ."),
    ("{subject} liked {friend} .", "{subject} loved {friend} ."),
    ("{subject} ate {meal} at the {place} .", "{subject} ate some {meal} ."),
    ("{subject} wanted {wish} .", "today {subject} wanted some {wish} ."),
)
FILLING: Mapping[str, Sequence[str]] = {
    "{job}": tuple(dict.fromkeys(job for _, _, job in world.PEOPLE.values())),
    "{organisation}": world.ORGANISATIONS,
    "{place}": world.PLACES,
    "{season}": world.SEASONS,
    "{show}": world.SHOWS,
    "{vehicle}": world.VEHICLES,
}
SLOTS = {f"{{{name}}}": name for name in RELATIONS}
PRONOUNS = {"she": {"{she}": "she", "{her}": "her"}, "he": {"{she}": "he", "{her}": "him"}}  # in questions


def told() -> Iterator[tuple[Split, str, tuple[Question, ...]]]:
    """All passages with the questions on each, each once; the hash of its text decides the split."""
    random, before = Random(f"{NAME} {VERSION}"), set[str]()
    while len(before) < PASSAGES:
        words, facts, pronoun = passage(random)
        text = " ".join(words)
        if text not in before:
            before.add(text)
            yield split_of(text), text, tuple(questions(facts, pronoun, random))


def passage(random: Random) -> tuple[list[str], list[Fact], str]:
    """The words of a passage, its facts in the order they are told in, and the pronoun of whom it is about."""
    wordings = [random.choice(told) for told in random.sample(TOLD, random.choice(LENGTHS))]
    while len(_kinds(relations := [name for each in wordings for name in _relations(each)])) < 2:
        wordings = [random.choice(told) for told in random.sample(TOLD, random.choice(LENGTHS))]
    subject = random.choice(NAMES)
    values = _values(relations, subject, random)
    words, facts, pronoun = list[str](), list[Fact](), world.PEOPLE[subject][0]
    for place, wording in enumerate(wordings):
        for word in wording.split():
            said = [word]
            if word == SUBJECT:
                said = [pronoun if place else subject]
            elif word in FILLING:
                said = [random.choice(FILLING[word])]
            elif word in SLOTS:
                name = SLOTS[word]
                said = values[name].split()
                facts.append(Fact(name, values[name], (len(words), len(words) + len(said))))
            words += said
    return words, facts, pronoun


def _values(relations: Sequence[str], subject: str, random: Random) -> dict[str, str]:
    """A value for each relation; no two share a word, and none is named as the subject is."""
    found, taken = dict[str, str](), {subject}
    for name in relations:
        relation = RELATIONS[name]
        pool = LONGER_VALUES if relation.longer and random.random() < LONGER else VALUES
        while not taken.isdisjoint(content(value := random.choice(pool[relation.kind]))):
            pass
        taken |= content(value)
        found[name] = value
    return found


def questions(facts: Sequence[Fact], pronoun: str, random: Random) -> Iterator[Question]:
    """Questions on a passage, each for another relation; chance says which of them have an answer.

    The kind is drawn before that, so that of how many values there are of it tells nothing of whether there is an answer.
    """
    answers = {fact.relation: fact.span for fact in facts}
    kinds, asked = _kinds(list(answers)), dict[str, None]()
    while len(asked) < QUESTIONS:
        kind, none = random.choice(kinds), random.random() < UNANSWERABLE
        asked[random.choice([name for name, relation in RELATIONS.items() if relation.kind == kind and (name not in answers) == none])] = (
            None
        )
    for name in asked:
        spelt = random.choice(RELATIONS[name].asked)
        for slot, word in PRONOUNS[pronoun].items():
            spelt = spelt.replace(slot, word)
        candidates = tuple(fact.span for fact in facts if RELATIONS[fact.relation].kind == RELATIONS[name].kind)
        yield Question(tuple(spelt.split()), answers.get(name), candidates)


@cache
def _relations(wording: str) -> tuple[str, ...]:
    """What a sentence tells."""
    return tuple(SLOTS[word] for word in wording.split() if word in SLOTS)


def _kinds(relations: Sequence[str]) -> list[str]:
    """The kinds of which these are at least two relations, but not all: what can be asked for with and without an answer."""
    told = [RELATIONS[name].kind for name in relations]
    every = [relation.kind for relation in RELATIONS.values()]
    return [kind for kind in VALUES if 1 < told.count(kind) < every.count(kind)]


@cache
def content(words: str) -> frozenset[str]:
    """The words that say who or what is meant, without articles and "and"."""
    return frozenset(words.split()) - {"the", "and"}
