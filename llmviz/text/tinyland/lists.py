"""The register of lists: pairs of one relation, as in "France : Paris , Spain : Madrid ." A prompt with examples is the beginning of one.

Each subject stands in two or three relations, so that what comes after "France :" cannot be known before there is an example. Every fact
is told in sentences too, those of the almanac; some are told in sentences alone, and are never in a list (`in_lists`): a prompt asks for
them in a form in which they were never seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from random import Random
from typing import Literal

from llmviz.text.tinyland import world

NAME, VERSION = "lists", 1
MOST = 6  # pairs of a list
HELD_OUT = 5  # one fact of so many is in no list
COLON, COMMA, STOP = ":", ",", "."

Held = Literal["validation", "test"]

PEOPLES = (
    "French", "Italian", "Spanish", "German", "Polish", "Greek", "Egyptian", "Kenyan", "Japanese", "Chinese", "Peruvian", "Cuban",
    "Chilean", "Canadian", "Russian", "Austrian", "Portuguese", "Norwegian", "Swedish", "Irish",
)  # fmt: skip
YOUNG = (
    "puppy", "kitten", "calf", "duckling", "cub", "foal", "piglet", "tadpole", "owlet", "larva", "whelp", "kid", "pup", "hatchling",
)  # fmt: skip


@dataclass(frozen=True)
class Relation:
    """What may be told of a subject.

    Attributes:
        title: as a page names it.
        table: by subject, its value.
        told: the sentences that tell it, with {subject} and {value}.
        offset: which of every HELD_OUT facts is in no list. Two relations that tell the same facts hold out the same.
    """

    title: str
    table: Mapping[str, str]
    told: tuple[str, ...]
    offset: int

    @property
    def held_out(self) -> tuple[str, ...]:
        """The subjects of which no list tells this."""
        return tuple(subject for place, subject in enumerate(self.table) if place % HELD_OUT == self.offset)

    @property
    def in_lists(self) -> tuple[str, ...]:
        """The subjects of which lists tell this."""
        return tuple(subject for place, subject in enumerate(self.table) if place % HELD_OUT != self.offset)

    def asked(self, split: Held) -> tuple[str, ...]:
        """The held-out subjects of one split: every other one is for the test."""
        return self.held_out[split == "test" :: 2]

    def pair(self, subject: str) -> str:
        """The subject with its value, as a list has it."""
        return f"{subject} {COLON} {self.table[subject]}"

    def sentence(self, subject: str, random: Random) -> str:
        """One of the sentences that tell this of the subject."""
        return random.choice(self.told).format(subject=subject, value=self.table[subject])


_HOMES = {name: home for name, (_, home, _) in world.PEOPLE.items()}
RELATIONS: Mapping[str, Relation] = {
    "capital": Relation(
        "country : capital", world.CAPITALS, ("the capital of {subject} is {value} .", "in {subject} , {value} is the capital ."), 0
    ),
    "country": Relation(
        "capital : country",
        {city: country for country, city in world.CAPITALS.items()},
        ("{subject} is the capital of {value} .", "{subject} is a city in {value} ."),
        0,
    ),
    "people": Relation(
        "country : people",
        dict(zip(world.CAPITALS, PEOPLES, strict=True)),
        ("people of {subject} are {value} .", "all people in {subject} are {value} ."),
        1,
    ),
    "home": Relation("person : home", _HOMES, ("{subject} lives in {value} .", "the home of {subject} is {value} ."), 2),
    "inhabitant": Relation(
        "city : inhabitant",
        {home: name for name, home in _HOMES.items()},
        ("in {subject} lives {value} .", "{subject} is the home of {value} ."),
        2,
    ),
    "job": Relation(
        "person : job",
        {name: job for name, (_, _, job) in world.PEOPLE.items()},
        ("{subject} works as a {value} .", "{subject} is a {value} ."),
        3,
    ),
    "sound": Relation(
        "animal : sound",
        {animal: sound for animal, (sound, _, _) in world.SOUNDS.items()},
        ("the {subject} often {value} .", "every {subject} here {value} ."),
        0,
    ),
    "young": Relation(
        "animal : young",
        dict(zip(world.SOUNDS, YOUNG, strict=True)),
        ("the young of the {subject} is the {value} .", "the {subject} has a young , the {value} ."),
        2,
    ),
}


def listed(random: Random) -> str:
    """A list: one relation, up to MOST of its pairs."""
    relation = RELATIONS[random.choice(tuple(RELATIONS))]
    return f" {COMMA} ".join(map(relation.pair, random.sample(relation.in_lists, random.randint(1, MOST)))) + f" {STOP}"


def almanac(random: Random) -> str:
    """Two or three sentences that tell facts, those that lists tell and the others alike."""
    relations = [RELATIONS[random.choice(tuple(RELATIONS))] for _ in range(random.randint(2, 3))]
    return " ".join(relation.sentence(random.choice(tuple(relation.table)), random) for relation in relations)


def prompt(examples: Sequence[str], subject: str) -> str:
    """Pairs as they are in a list, and a subject whose value is asked for."""
    return f" {COMMA} ".join((*examples, f"{subject} {COLON}"))


@dataclass(frozen=True)
class Shot:
    """A fact that is in no list, asked for after examples of its relation."""

    relation: str
    examples: tuple[str, ...]
    subject: str

    @property
    def text(self) -> str:
        """The prompt."""
        return prompt([RELATIONS[self.relation].pair(example) for example in self.examples], self.subject)

    @property
    def value(self) -> str:
        """What comes next."""
        return RELATIONS[self.relation].table[self.subject]


def shots(count: int, examples: int, split: Held, random: Random) -> tuple[Shot, ...]:
    """So many prompts with so many examples each, from all relations alike, for facts of this split."""
    found = list[Shot]()
    for name in islice(cycle(RELATIONS), count):
        relation = RELATIONS[name]
        found.append(Shot(name, tuple(random.sample(relation.in_lists, examples)), random.choice(relation.asked(split))))
    return tuple(found)


def without_examples() -> float:
    """The share of such prompts that is right by who knows every fact, and guesses which relation of the subject is asked for."""
    known = [sum(subject in other.table for other in RELATIONS.values()) for each in RELATIONS.values() for subject in each.held_out[:1]]
    return sum(1 / relations for relations in known) / len(known)


def words() -> frozenset[str]:
    """Every word of lists and almanac."""
    values = {word for relation in RELATIONS.values() for pair in relation.table.items() for word in pair}
    told = {word for relation in RELATIONS.values() for sentence in relation.told for word in sentence.split() if "{" not in word}
    return frozenset(values | told | {COLON, COMMA, STOP})
