"""Prompts for held-out facts after examples that are right, and after others: what examples tell a model.

The same facts are asked for each time; the examples are drawn `DRAWS` times. Which values examples have was found to matter little for
large models, and what they are about much (Min et al. 2022); their order may change much (Lu et al. 2022). Here that is measured again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from random import Random

from llmviz.text.tinyland import lists
from llmviz.text.tinyland.lists import RELATIONS, Held, Shot, prompt

MOST = 6  # examples before what is asked for: one more than any list has
DRAWS = 10  # of examples, for each fact and each number of them
ORDERS, ORDERED = 8, 4  # orders of the same examples, and how many examples these are
TURNED = ("people", "sound", "young")  # relations that no list and no sentence tells from the value to the subject


@dataclass(frozen=True)
class Case:
    """A prompt, and the word that is right after it. `draw` counts the draws of its examples, `shots` how many of them there are."""

    relation: str
    shots: int
    draw: int
    text: str
    value: str


def facts(split: Held) -> Iterator[tuple[str, str]]:
    """The held-out facts of a split: a relation and a subject each."""
    return ((name, subject) for name, relation in RELATIONS.items() for subject in relation.asked(split))


def right(split: Held) -> list[Case]:
    """Examples of the relation that is asked for, from no example up to MOST."""
    random = Random(f"right {split}")
    return [
        _case(Shot(name, tuple(random.sample(RELATIONS[name].in_lists, shots)), subject), draw)
        for shots in range(MOST + 1)
        for draw in range(DRAWS)
        for name, subject in facts(split)
    ]


def wrong(split: Held) -> list[Case]:
    """The same with the values of the relation moved among the subjects, so that none has its own."""
    random = Random(f"wrong {split}")
    found = []
    for shots in range(1, MOST + 1):
        for draw in range(DRAWS):
            for name, subject in facts(split):
                relation = RELATIONS[name]
                examples = random.sample(relation.in_lists, shots)
                pairs = [
                    f"{example} {lists.COLON} {value}" for example, value in zip(examples, _moved(name, examples, random), strict=True)
                ]
                found.append(Case(name, shots, draw, prompt(pairs, subject), relation.table[subject]))
    return found


def _moved(name: str, examples: list[str], random: Random) -> list[str]:
    """Values of the relation for these subjects, of which none is right."""
    table = RELATIONS[name].table
    while True:
        values = random.sample([table[subject] for subject in RELATIONS[name].in_lists], len(examples))
        if all(table[example] != value for example, value in zip(examples, values, strict=True)):
            return values


def other(split: Held) -> list[Case]:
    """Examples of every other relation in which the subject stands too. `relation` and `value` are those that the examples ask for."""
    random = Random(f"other {split}")
    asked = [(each, subject) for name, subject in facts(split) for each in RELATIONS if each != name and subject in RELATIONS[each].table]
    found = []
    for shots in range(1, MOST + 1):
        for draw in range(DRAWS):
            for shown, subject in asked:
                examples = random.sample([each for each in RELATIONS[shown].in_lists if each != subject], shots)
                found.append(_case(Shot(shown, tuple(examples), subject), draw))
    return found


def turned(shots: int = MOST) -> list[Case]:
    """Pairs the other way round, as in "puppy : dog": a relation that stands in no list, and whose facts are told in sentences.

    Every one is asked for, after 1 to `shots` examples that are right.
    """
    random = Random("turned")
    found = []
    for count in range(1, shots + 1):
        for name in TURNED:
            subjects = {value: subject for subject, value in RELATIONS[name].table.items()}
            for draw, asked in enumerate(subjects):
                examples = random.sample([each for each in subjects if each != asked], count)
                pairs = [f"{each} {lists.COLON} {subjects[each]}" for each in examples]
                found.append(Case(name, count, draw % DRAWS, prompt(pairs, asked), subjects[asked]))
    return found


def orders(split: Held) -> list[Case]:
    """The same ORDERED examples in ORDERS orders: `draw` counts these. One set of examples for each fact and each of five draws."""
    random = Random(f"orders {split}")
    found = []
    for name, subject in chain.from_iterable([*facts(split)] for _ in range(DRAWS // 2)):
        examples = random.sample(RELATIONS[name].in_lists, ORDERED)
        for order in range(ORDERS):
            found.append(_case(Shot(name, tuple(random.sample(examples, ORDERED)), subject), order))
    return found


def _case(shot: Shot, draw: int) -> Case:
    return Case(shot.relation, len(shot.examples), draw, shot.text, shot.value)
