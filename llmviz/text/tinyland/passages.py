"""The register of passages: three to five sentences with two kinds of fact in them, and questions on each, as in SQuAD 2.

A passage tells each kind of fact of one to three subjects, so that several spans are of the type a question asks for, and leaves out some
of what could be asked: then the question has no answer there (Rajpurkar et al. 2018). No subject has two values of a kind and no value two
subjects, so that an answer is the only one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, product
from random import Random
from typing import NamedTuple

from llmviz.text.splits import Split, split_of
from llmviz.text.tinyland import world
from llmviz.text.tinyland.grammar import VOWELS

NAME, VERSION = "passages", 1
PASSAGES, QUESTIONS = 6_000, 4  # passages, and questions on each: 1,200 fall to the test
UNANSWERABLE = 1 / 3  # of the questions; in SQuAD 2.0 a third of those to learn from, and half of the others
MENTIONED = 2 / 3  # of these, the share that asks of somebody or something that the passage speaks of
BY_PERSON = 0.5  # of the passages, the share that tells all of one person before it comes to the next
PRONOUN = 0.6  # of the sentences that go on about the same person, the share that says "she" or "he"
TWO_FOODS = 0.3  # of the meals

# What questions need and Tinyland has not. They stand behind its vocabulary in this order, so that every old word keeps its id.
NEW_WORDS = (
    "?", "animal", "company", "country", "did", "does", "eat", "find", "food", "go", "had", "have", "job", "live", "sight", "visit",
    "where", "which", "who", "work",
)  # fmt: skip
TRIES = 20  # of drawing a value that shares no word with others
NAMES = tuple(world.PEOPLE)
SUBJECT, VALUE = "{subject}", "{value}"

Span = tuple[int, int]  # places of the first word, and after the last
Drawn = tuple[str, str, str]  # a relation, a subject, its value


@dataclass(frozen=True)
class Relation:
    """A kind of fact, which gives a subject one value: by subject the values it may have, and how fact and questions are worded."""

    values: Mapping[str, Sequence[str]]
    told: tuple[str, ...]
    value_asked: tuple[str, ...]
    subject_asked: tuple[str, ...]

    def asked(self, value: bool) -> tuple[str, ...]:
        """The questions for the value of a subject, or for the subject of a value."""
        return self.value_asked if value else self.subject_asked


class Fact(NamedTuple):
    """A subject with its value of a relation, and where in a passage the two are named."""

    relation: str
    subject: str
    value: str
    subject_span: Span
    value_span: Span


ByRelation = dict[str, list[Fact]]


class Question(NamedTuple):
    """A question on a passage: its words, the span of the answer, None where the passage gives none, and all spans of the answer's type."""

    words: tuple[str, ...]
    answer: Span | None
    candidates: tuple[Span, ...]


class Asked(NamedTuple):
    """What is asked: the value of a subject or the subject of a value, of which the other is given."""

    relation: str
    asks_value: bool
    given: str


def _any(values: Sequence[str]) -> dict[str, Sequence[str]]:
    """Every person may have each of these."""
    return dict.fromkeys(world.PEOPLE, values)


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in VOWELS else 'a'} {noun}"


FILLING = {"{season}": world.SEASONS, "{vehicle}": world.VEHICLES, "{place}": world.PLACES}
PAIRS_OF_FOODS = tuple(f"{one} and {other}" for one, other in product(world.FOODS, repeat=2) if one != other)
RELATIONS: Mapping[str, Relation] = {
    "trip": Relation(
        _any(tuple(world.CAPITALS)),
        ("{subject} went to {value} .", "last {season} {subject} flew to {value} .", "{subject} took the {vehicle} to {value} ."),
        ("where did {subject} go ?", "which country did {subject} visit ?"),
        ("who went to {value} ?", "who visited {value} ?"),
    ),
    "meal": Relation(
        _any((*world.FOODS, *PAIRS_OF_FOODS)),
        ("{subject} ate {value} .", "{subject} ate some {value} at the {place} .", "there was {value} for {subject} ."),
        ("what did {subject} eat ?", "which food did {subject} have ?"),
        ("who ate {value} ?", "who had {value} ?"),
    ),
    "employer": Relation(
        _any(world.ORGANISATIONS),
        ("{subject} works for {value} .", "{value} pays {subject} well ."),
        ("where does {subject} work ?", "which company pays {subject} ?"),
        ("who works for {value} ?", "who works at {value} ?"),
    ),
    "job": Relation(
        {name: (job,) for name, (_, _, job) in world.PEOPLE.items()},
        ("{subject} is a {value} .", "{subject} works as a {value} ."),
        ("what does {subject} work as ?", "which job does {subject} have ?"),
        ("who is a {value} ?", "who works as a {value} ?"),
    ),
    "home": Relation(
        {name: (home,) for name, (_, home, _) in world.PEOPLE.items()},
        ("{subject} lives in {value} .", "{subject} is from {value} ."),
        ("where does {subject} live ?", "which city is {subject} from ?"),
        ("who lives in {value} ?", "who is from {value} ?"),
    ),
    "find": Relation(
        _any(tuple(map(_with_article, world.SOUNDS))),
        ("{subject} found {value} near the {place} .", "{subject} saw {value} by the {place} ."),
        ("what did {subject} find ?", "which animal did {subject} see ?"),
        ("who found {value} ?", "who saw {value} ?"),
    ),
    "sight": Relation(
        _any(tuple(f"{city} {sight}" for city, sight in product(world.CAPITALS.values(), world.SIGHTS))),
        ("{subject} visited the {value} .", "{subject} saw the {value} in the {season} ."),
        ("what did {subject} visit ?", "which sight did {subject} see ?"),
        ("who visited the {value} ?", "who saw the {value} ?"),
    ),
    "capital": Relation(
        {country: (capital,) for country, capital in world.CAPITALS.items()},
        (
            "the capital of {subject} is {value} .",
            "in {subject} , {value} is the capital .",
            "{value} is the capital of {subject} .",
            "the main city of {subject} is {value} .",
        ),
        ("what is the capital of {subject} ?", "which city is the capital of {subject} ?"),
        ("which country has the capital {value} ?",),
    ),
    "sound": Relation(
        {_with_article(animal): (sound,) for animal, (sound, _, _) in world.SOUNDS.items()},
        ("often {subject} {value} .", "at night {subject} {value} ."),
        (),
        ("which animal {value} ?",),
    ),
}
ABOUT = {"capital": "trip", "sound": "find"}  # what it tells is of what people went to or found: it comes with that other relation
APART = frozenset({"trip", "sight"})  # "where did she go?" might be asked of either
OF_PEOPLE = tuple(name for name in RELATIONS if name not in ABOUT)
TOLD = ((2, 1), (2, 2), (2, 2), (3, 1), (3, 2))  # how many facts a passage tells of its two relations

TEMPLATES = {name: tuple(template.split() for template in relation.told) for name, relation in RELATIONS.items()}
VALUES = {name: dict.fromkeys(chain.from_iterable(relation.values.values())) for name, relation in RELATIONS.items()}


def told() -> Iterator[tuple[Split, str, tuple[Question, ...]]]:
    """All passages with the questions on each, each once; the hash of its text decides the split."""
    random, before = Random(f"{NAME} {VERSION}"), set[str]()
    while len(before) < PASSAGES:
        words, facts = passage(random)
        text = " ".join(words)
        if text not in before:
            before.add(text)
            yield split_of(text), text, tuple(questions(words, facts, random))


def passage(random: Random) -> tuple[list[str], list[Fact]]:
    """The words of a passage, and its facts in the order they are told in."""
    first = random.choice(OF_PEOPLE)
    second = random.choice([name for name in RELATIONS if name != first and ABOUT.get(name, first) == first and {first, name} != APART])
    people, counts, taken = _people(random), random.choice(TOLD), set[str]()
    drawn = _drawn(first, people, counts[0], taken, random)
    subjects = people
    if second in ABOUT:  # half of what is told is of what people went to or found
        there = [value for _, _, value in drawn]
        subjects = [random.choice(there), random.choice([each for each in RELATIONS[second].values if each not in there])]
    drawn += _drawn(second, subjects, counts[1], taken, random)
    random.shuffle(drawn)
    if random.random() < BY_PERSON:
        order = [subject for _, subject, _ in drawn]
        drawn.sort(key=lambda fact: order.index(fact[1]))
    return _worded(drawn, random)


def _people(random: Random) -> list[str]:
    """Three people of different jobs, so that each may be asked for by it."""
    drawn = random.sample(NAMES, 3)
    while len({world.PEOPLE[name][2] for name in drawn}) < 3:
        drawn = random.sample(NAMES, 3)
    return drawn


def _drawn(relation: str, subjects: Sequence[str], count: int, taken: set[str], random: Random) -> list[Drawn]:
    """Facts of a relation, of so many of these subjects, whose values share no word with others; `taken` grows by theirs."""
    found = list[Drawn]()
    for subject in random.sample(subjects, len(subjects)):
        if len(found) == count:
            break
        values = RELATIONS[relation].values[subject]
        if relation == "meal":
            values = world.FOODS if random.random() >= TWO_FOODS else PAIRS_OF_FOODS
        value = next((each for each in _draws(values, random) if taken.isdisjoint(content(each))), "")
        if value:
            taken.update(content(value))
            found.append((relation, subject, value))
    return found


def _draws(values: Sequence[str], random: Random) -> Iterator[str]:
    return (random.choice(values) for _ in range(TRIES))


def _worded(drawn: Sequence[Drawn], random: Random) -> tuple[list[str], list[Fact]]:
    words, facts = list[str](), list[Fact]()
    for relation, subject, value in drawn:
        template = random.choice(TEMPLATES[relation])
        before = facts[-1] if facts else None
        again = before is not None and before.subject == subject and template[0] == SUBJECT and random.random() < PRONOUN
        spans = dict[str, Span]()
        for word in template:
            said = [word]
            if word == SUBJECT:
                said = [world.PEOPLE[subject][0]] if again else subject.split()
            elif word == VALUE:
                said = value.split()
            elif word in FILLING:
                said = [random.choice(FILLING[word])]
            spans[word] = (len(words), len(words) + len(said))
            words += said
        named = before.subject_span if before and again else spans[SUBJECT]
        facts.append(Fact(relation, subject, value, named, spans[VALUE]))
    return words, facts


def questions(words: Sequence[str], facts: Sequence[Fact], random: Random) -> Iterator[Question]:
    """Questions on a passage, no two of which ask the same; chance says which of them have an answer."""
    told = _by_relation(facts)
    answered, mentioned = _askable(facts, told)
    left = list(answered)
    random.shuffle(left)
    random.shuffle(mentioned)
    said, done = set(words), dict[Asked, None]()
    while len(done) < QUESTIONS:
        if left and random.random() >= UNANSWERABLE:
            done[left.pop()] = None
        elif mentioned and random.random() < MENTIONED:
            done[mentioned.pop()] = None
        else:
            done[_absent(said, told, random)] = None
    for asked in done:
        template = random.choice(RELATIONS[asked.relation].asked(asked.asks_value))
        spelt = template.replace(SUBJECT, asked.given).replace(VALUE, asked.given)
        yield Question(tuple(spelt.split()), answered.get(asked), _candidates(asked, facts))


def _askable(facts: Sequence[Fact], told: ByRelation) -> tuple[dict[Asked, Span], list[Asked]]:
    """What a passage answers, with the answers; and what it does not, of somebody or something that it speaks of.

    Where it tells a relation only once, the only span of its type would be the answer; so that one is asked for of others alone.
    """
    answered, mentioned = dict[Asked, Span](), list[Asked]()
    spoken_of = dict.fromkeys(word for fact in facts for each in (fact.subject, fact.value) for word in (each, *each.split()))
    for name, some in told.items():
        if len(some) > 1:
            answered |= {Asked(name, True, fact.subject): fact.value_span for fact in some}
            answered |= {Asked(name, False, fact.value): fact.subject_span for fact in some}
        known = content(" ".join(word for fact in some for word in (fact.subject, fact.value)))  # who ate soup and bread ate soup, too
        for each in spoken_of:
            if not content(each) & known:
                mentioned += [Asked(name, asks_value, each) for asks_value, side in _sides(name) if each in side]
    return {asked: span for asked, span in answered.items() if RELATIONS[asked.relation].asked(asked.asks_value)}, mentioned


def _absent(said: set[str], told: ByRelation, random: Random) -> Asked:
    """Something to ask of somebody or something that the passage does not speak of."""
    name = random.choice(list(told))
    asks_value, side = random.choice(_sides(name))
    while not said.isdisjoint(content(given := random.choice(side))):
        pass
    return Asked(name, asks_value, given)


def _candidates(asked: Asked, facts: Sequence[Fact]) -> tuple[Span, ...]:
    """The spans of the type that is asked for, each first mention, in the order of the passage."""
    wanted = VALUES[asked.relation] if asked.asks_value else RELATIONS[asked.relation].values
    named = [(fact.subject, fact.subject_span) for fact in facts] + [(fact.value, fact.value_span) for fact in facts]
    first = {each: span for each, span in sorted(named, key=lambda pair: pair[1], reverse=True) if each in wanted}
    return tuple(sorted(first.values()))


def _by_relation(facts: Sequence[Fact]) -> ByRelation:
    return {name: [fact for fact in facts if fact.relation == name] for name in dict.fromkeys(fact.relation for fact in facts)}


@cache
def _sides(relation: str) -> tuple[tuple[bool, tuple[str, ...]], ...]:
    """What may be given in a question: subjects where it asks for the value, and values; only where there is such a question."""
    both = ((True, tuple(RELATIONS[relation].values)), (False, tuple(VALUES[relation])))
    return tuple((asks_value, side) for asks_value, side in both if RELATIONS[relation].asked(asks_value))


@cache
def content(words: str) -> frozenset[str]:
    """The words that say who or what is meant, without articles and "and"."""
    return frozenset(words.split()) - {"a", "an", "and"}
