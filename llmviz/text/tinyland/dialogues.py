"""The register of dialogues: requests to a helper, and replies (Ouyang et al. 2022, section 3.2). And sheets of questions without replies.

A request is of a kind, in one of several wordings. A rule of its kind decides from the words of both whether a reply does what was asked,
and says what it lacks (`Kind.lacks`). Closed kinds have one right content; open ones may be told in many ways, and any that speaks of the
thing is one.

Fine-tuning leaves out some kinds (`HELD_KINDS`), each kind's last wording, and some subjects of each (`split_of`). The sheets, which are
part of what the base is pretrained on, have all of them: a base knows what is asked and has never seen a reply.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Literal, NamedTuple

from llmviz.text.splits import Split
from llmviz.text.tinyland import lists, world

NAME, VERSION = "dialogues", 1
LONGEST = 32  # tokens of a reply; those to learn from have at most 30
SHEET = (2, 4)  # questions of a sheet
HELD_OUT = 5  # one subject of so many is for validation, and the next for the test

THINGS = (*world.SIGHTS, *world.FOODS, *world.SHOWS)
GOOD = frozenset(word for table in (world.ADJECTIVES, world.FEELINGS, world.VERDICTS) for word in table["good"])
BAD = frozenset(word for table in (world.ADJECTIVES, world.FEELINGS, world.VERDICTS) for word in table["bad"])

HeldOut = Literal["validation", "test"]
Slots = Mapping[str, str]  # what a request says where its wording leaves it open
Reply = Callable[[Slots, Random], str]
Rule = Callable[[Slots, Sequence[str]], str]


class Request(NamedTuple):
    """A request: its kind, the place of its wording, its slots, and its words."""

    kind: str
    wording: int
    slots: Slots
    text: str


class Dialogue(NamedTuple):
    """A request and a reply that does what it asks."""

    request: Request
    reply: str


@dataclass(frozen=True)
class Kind:
    """A kind of request.

    Attributes:
        title: as a page names it.
        wordings: how it is put; the last is never in what is fine-tuned on.
        subjects: what it may be about; fills {subject}.
        reply: draws a reply to a subject, with what else the request says.
        lacks: why these words are no reply to it, to be read after "the reply"; "" where they are one.
        other: by slot, what else it says, drawn at random.
        open: whether replies may differ in what they say.
    """

    title: str
    wordings: tuple[str, ...]
    subjects: tuple[str, ...]
    reply: Reply
    lacks: Rule
    other: Mapping[str, Sequence[str]]
    open: bool = False


def _fact(title: str, relation: str, *wordings: str) -> Kind:
    """A question for a fact: any sentence of the almanac tells it, and a reply names its value and no other of its relation."""
    table = lists.RELATIONS[relation].table
    values = frozenset(table.values())

    def reply(slots: Slots, random: Random) -> str:
        return lists.RELATIONS[relation].sentence(slots["subject"], random)

    def lacks(slots: Slots, words: Sequence[str]) -> str:
        right = table[slots["subject"]]
        others = " and ".join(dict.fromkeys(word for word in words if word in values and word != right))
        if right in words:
            return f"says {others} besides {right}" if others else ""
        return f"says {others}, not {right}" if others else f"does not say {right}"

    return Kind(title, wordings, tuple(table), reply, lacks, {})


def _judged(mood: str) -> Reply:
    def reply(slots: Slots, random: Random) -> str:
        return f"the {slots['subject']} was {_adjectives(mood, random)} ."

    return reply


def _judged_so(mood: str) -> Rule:
    wanted, other = (GOOD, BAD) if mood == "good" else (BAD, GOOD)

    def lacks(slots: Slots, words: Sequence[str]) -> str:
        if slots["subject"] not in words:
            return f"does not speak of the {slots['subject']}"
        if wanted.isdisjoint(words):
            return f"says nothing {mood}"
        return "" if other.isdisjoint(words) else f"says something {world.OPPOSITE[mood]} too"

    return lacks


def _adjectives(mood: str, random: Random) -> str:
    """One word of a mood, or two."""
    return " and ".join(random.sample(world.ADJECTIVES[mood], random.choice((1, 1, 2))))


def _repeated(slots: Slots, random: Random) -> str:
    return f"the {slots['subject']} was {slots['word']} ."


def _repeated_right(slots: Slots, words: Sequence[str]) -> str:
    return "" if list(words) == _repeated(slots, Random(0)).split() else "is not the sentence that was to be repeated"


def _both(slots: Slots, random: Random) -> str:
    ways = (
        "{subject} saw {animal} by the {place} .",
        "{subject} found {animal} near the {place} .",
        "{subject} took {animal} to the {place} .",
    )
    return random.choice(ways).format(subject=slots["subject"], animal=f"the {slots['animal']}", place=random.choice(world.PLACES))


def _both_named(slots: Slots, words: Sequence[str]) -> str:
    left_out = [named for named in (slots["subject"], slots["animal"]) if named not in words]
    return f"does not name {' and '.join(left_out)}" if left_out else _closed(words)


def _closed(words: Sequence[str]) -> str:
    return "" if words[-1:] == ["."] else "is no whole sentence"


def _impression(slots: Slots, random: Random) -> str:
    """How a thing was: one to three sentences of one mood."""
    mood, thing = random.choice(("good", "bad")), slots["subject"]
    verdict = random.choice(world.VERDICTS[mood])
    more = [f"we {verdict} it .", f"{random.choice(tuple(world.PEOPLE))} {verdict} it too .", f"it was {_adjectives(mood, random)} ."]
    return " ".join((f"the {thing} was {_adjectives(mood, random)} .", *random.sample(more, random.choice((0, 0, 1, 1, 2)))))


def _day(slots: Slots, random: Random) -> str:
    """How somebody is: what was felt, and perhaps why, in one to three sentences of one mood."""
    mood, name = random.choice(("good", "bad")), slots["subject"]
    thing, pronoun = random.choice(THINGS), world.PEOPLE[name][0]
    feeling = " and ".join(random.sample(world.FEELINGS[mood], random.choice((1, 1, 2))))
    more = [
        f"the {thing} was {_adjectives(mood, random)} .",
        f"{pronoun} {random.choice(world.VERDICTS[mood])} the {random.choice(THINGS)} .",
    ]
    return " ".join((f"{name} is {feeling} .", *random.sample(more, random.choice((0, 0, 1, 1, 2)))))


def _speaks_of_it(slots: Slots, words: Sequence[str]) -> str:
    if slots["subject"] not in words:
        return f"does not speak of {slots['subject']}"
    return "does not say how it was or feels" if (GOOD | BAD).isdisjoint(words) else _closed(words)


NAMES = tuple(world.PEOPLE)
KINDS: Mapping[str, Kind] = {
    "capital": _fact(
        "a capital",
        "capital",
        "what is the capital of {subject} ?",
        "tell me the capital of {subject} .",
        "which city is the capital of {subject} ?",
    ),
    "home": _fact(
        "a home", "home", "where does {subject} live ?", "tell me where {subject} lives .", "in which city does {subject} live ?"
    ),
    "job": _fact("a job", "job", "what is the job of {subject} ?", "tell me the job of {subject} .", "which job does {subject} have ?"),
    "sound": _fact(
        "a sound", "sound", "what does the {subject} do ?", "tell me what the {subject} does .", "which sound does the {subject} make ?"
    ),
    "inhabitant": _fact(
        "an inhabitant", "inhabitant", "who lives in {subject} ?", "tell me who lives in {subject} .", "who has a home in {subject} ?"
    ),
    "young": _fact(
        "a young animal",
        "young",
        "what is the young of the {subject} ?",
        "tell me the young of the {subject} .",
        "what is a young {subject} ?",
    ),
    "praise": Kind(
        "something good",
        ("say something good about the {subject} .", "praise the {subject} .", "what was good about the {subject} ?"),
        THINGS,
        _judged("good"),
        _judged_so("good"),
        {},
    ),
    "blame": Kind(
        "something bad",
        ("say something bad about the {subject} .", "blame the {subject} .", "what was bad about the {subject} ?"),
        THINGS,
        _judged("bad"),
        _judged_so("bad"),
        {},
    ),
    "repeat": Kind(
        "repeat",
        ("repeat this : the {subject} was {word} .", "say again : the {subject} was {word} .", "now say : the {subject} was {word} ."),
        THINGS,
        _repeated,
        _repeated_right,
        {"word": (*world.ADJECTIVES["good"], *world.ADJECTIVES["bad"])},
    ),
    "both": Kind(
        "two in a sentence",
        ("tell me of {subject} and the {animal} .", "write about {subject} and the {animal} .", "a line on {subject} and the {animal} ?"),
        NAMES,
        _both,
        _both_named,
        {"animal": tuple(world.SOUNDS)},
    ),
    "impression": Kind(
        "how it was",
        ("how was the {subject} ?", "tell me about the {subject} .", "what do you say of the {subject} ?"),
        THINGS,
        _impression,
        _speaks_of_it,
        {},
        open=True,
    ),
    "day": Kind(
        "how somebody is",
        ("how is {subject} ?", "tell me about {subject} .", "what do you hear of {subject} ?"),
        NAMES,
        _day,
        _speaks_of_it,
        {},
        open=True,
    ),
}
HELD_KINDS = ("inhabitant", "young")  # never in what is fine-tuned on
LEARNT = tuple(name for name in KINDS if name not in HELD_KINDS)
OPEN = tuple(name for name, kind in KINDS.items() if kind.open)


def split_of(kind: str, subject: str) -> Split:
    """Which part of the requests this subject belongs to: of those to learn from, none is ever asked in a test."""
    place = (KINDS[kind].subjects.index(subject) + list(KINDS).index(kind)) % HELD_OUT
    return "validation" if place == 0 else "test" if place == 1 else "train"


@cache
def subjects(kind: str, split: Split) -> tuple[str, ...]:
    """What requests of this kind are about in this split."""
    return tuple(subject for subject in KINDS[kind].subjects if split_of(kind, subject) == split)


def request(kind: str, wording: int, subject: str, random: Random) -> Request:
    """A request of this kind, in this wording, about this subject; what else it says is drawn."""
    slots = {"subject": subject, **{slot: random.choice(values) for slot, values in KINDS[kind].other.items()}}
    return Request(kind, wording, slots, KINDS[kind].wordings[wording].format(**slots))


def drawn(kinds: Sequence[str], split: Split, random: Random, *, unseen_wording: bool = False) -> Request:
    """A request of one of these kinds about a subject of this split: in a wording to learn from, or in the one that is held out."""
    kind = random.choice(kinds)
    last = len(KINDS[kind].wordings) - 1
    return request(kind, last if unseen_wording else random.randrange(last), random.choice(subjects(kind, split)), random)


def told(kinds: Sequence[str], split: Split, count: int, random: Random, *, unseen_wording: bool = False) -> Iterator[Dialogue]:
    """So many requests, each with a reply that does what it asks."""
    for _ in range(count):
        asked = drawn(kinds, split, random, unseen_wording=unseen_wording)
        yield Dialogue(asked, reply(asked, random))


def learnt(seed: int, count: int) -> Iterator[Dialogue]:
    """The dialogues that a run of this seed learns from."""
    return told(LEARNT, "train", count, Random(f"dialogues {seed}"))


def reply(asked: Request, random: Random) -> str:
    """A reply that does what is asked."""
    return KINDS[asked.kind].reply(asked.slots, random)


def lacks(asked: Request, said: str) -> str:
    """What a reply lacks to do what the request asks, by the rule of its kind: to be read after "the reply", "" for nothing."""
    return "repeats the request" if said.startswith(asked.text) else KINDS[asked.kind].lacks(asked.slots, said.split())


def follows(asked: Request, said: str) -> bool:
    """Whether a reply does what the request asks, by the rule of its kind."""
    return not lacks(asked, said)


def sheet(random: Random) -> str:
    """Questions without replies, one after the other, as on a sheet for an examination: of any kind, wording and subject."""
    asked = []
    for _ in range(random.randint(*SHEET)):
        kind = random.choice(tuple(KINDS))
        asked.append(request(kind, random.randrange(len(KINDS[kind].wordings)), random.choice(KINDS[kind].subjects), random).text)
    return " ".join(asked)


def words() -> frozenset[str]:
    """Every word of requests that stands in no slot, and what replies need beyond Tinyland's own."""
    return frozenset(word for kind in KINDS.values() for wording in kind.wordings for word in wording.split() if "{" not in word) | {"too"}
