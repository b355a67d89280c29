"""Sentence templates: a small grammar that says many sentences, and which words of each fill which slot.

The language is that of hassil, in which the package home-assistant-intents writes what can be said to a house:

    turn on [the] {name}       square brackets: said, or not; [a|b] is one of two, or neither
    (turn|switch) on           round brackets with bars: one of these
    (off;in the {area})        with semicolons: all of these, in any order
    {timer_hours:hours}        a value of the list timer_hours, which fills the slot hours; {area} is a list and a slot of one name
    <turn>                     what the rule of this name says

Brackets may stand inside a word: door[s].
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from random import Random
from typing import NamedTuple

OUTSIDE = "O"  # the tag of a word that fills no slot
SIGN = re.compile(r"\{(?P<slot>[^{}<>]*)\}|<(?P<rule>[^{}<>]*)>|(?P<sign>[()\[\]{}<>|;])|(?P<text>[^()\[\]{}<>|;]+)")
SLOT = re.compile(r"(\w+)(?::(\w+))?")
WORD = re.compile(r"[\w'/.]+|[^\w\s]")  # what's, 1/2 and 20.5 are one word; %, ° and - are words of their own
CLOSING = {"(": ")", "[": "]"}


@dataclass(frozen=True)
class Slot:
    """A place for a value: the name of the list that it comes from, and of the slot that it fills."""

    values: str
    name: str


@dataclass(frozen=True)
class Concatenation:
    """All of these, one after the other."""

    parts: tuple["Template", ...]


@dataclass(frozen=True)
class Alternation:
    """One of these; an empty one is nothing said."""

    ways: tuple["Template", ...]


@dataclass(frozen=True)
class Permutation:
    """All of these in any order, with spaces between."""

    parts: tuple["Template", ...]


Template = str | Slot | Concatenation | Alternation | Permutation


class Piece(NamedTuple):
    """A stretch of what was drawn: its letters, and the slot they fill, "" where none."""

    text: str
    slot: str = ""


def parse(text: str, rules: Mapping[str, str] | None = None) -> Template:
    """The template that this text writes, with its rules put in their places. Raises ValueError, in a sentence, where it is malformed."""
    return _parse(text, rules or {}, ())


def _parse(text: str, rules: Mapping[str, str], inside: tuple[str, ...]) -> Template:
    """The same within some rules, none of which may be used again: it would never end."""
    signs = list(SIGN.finditer(text))

    def wrong(why: str) -> ValueError:
        return ValueError(f"the template “{text}” {why}")

    def bracket(place: int, opening: str) -> tuple[Template, int]:
        """What stands between an opening sign at `place` - 1 ("" for the whole text) and the one that closes it, and the place behind."""
        parts: list[list[Template]] = [[]]
        between = ""
        while place < len(signs):
            found, place = signs[place], place + 1
            match found.lastgroup, found.group():
                case "text", letters:
                    parts[-1].append(letters)
                case "slot", _:
                    named = SLOT.fullmatch(found["slot"])
                    if not named:
                        raise wrong(f"has a slot without a name: {found.group()}")
                    parts[-1].append(Slot(named[1], named[2] or named[1]))
                case "rule", _:
                    parts[-1].append(rule(found["rule"]))
                case "sign", "(" | "[" as sign:
                    part, place = bracket(place, sign)
                    parts[-1].append(part)
                case "sign", "|" | ";" as sign:
                    if not opening:
                        raise wrong(f"has a {sign} outside brackets")
                    if between not in ("", sign):
                        raise wrong("has both | and ; in one bracket, and does not say which binds")
                    between = sign
                    parts.append([])
                case "sign", ")" | "]" as sign:
                    if sign != CLOSING.get(opening):
                        raise wrong(f"has a {sign} that closes nothing")
                    return _joined(opening, between, [_concatenated(part) for part in parts]), place
                case _, sign:
                    raise wrong(f"has a {sign} without its other half")
        if opening:
            raise wrong(f"has a {opening} that nothing closes")
        return _concatenated(parts[0]), place

    def rule(name: str) -> Template:
        if name not in rules:
            raise wrong(f"asks for the rule <{name}>, which there is not")
        if name in inside:
            raise wrong(f"asks for the rule <{name}> inside that very rule")
        return _parse(rules[name], rules, (*inside, name))

    return bracket(0, "")[0]


def _concatenated(parts: list[Template]) -> Template:
    return parts[0] if len(parts) == 1 else Concatenation(tuple(parts))


def _joined(opening: str, between: str, parts: list[Template]) -> Template:
    if between == ";":
        whole: Template = Permutation(tuple(parts))
        return whole if opening == "(" else Alternation((whole, ""))
    if opening == "(":
        return Alternation(tuple(parts)) if between else parts[0]
    return Alternation((*parts, ""))


def draw(template: Template, random: Random, value: Callable[[Slot], str]) -> Iterator[Piece]:
    """One of the sentences that a template says, piece by piece: each choice is even, and `value` says what a slot is filled with."""
    match template:
        case str():
            yield Piece(template)
        case Slot():
            yield Piece(value(template), template.name)
        case Concatenation(parts):
            for part in parts:
                yield from draw(part, random, value)
        case Alternation(ways):
            yield from draw(random.choice(ways), random, value)
        case Permutation(parts):
            for part in random.sample(parts, len(parts)):
                yield Piece(" ")
                yield from draw(part, random, value)
            yield Piece(" ")


def words_and_tags(pieces: Iterable[Piece]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a sentence and their tags in the BIO scheme (Ramshaw and Marcus 1995): B-area begins a value, I-area goes on.

    A value is whole words: 2700k, of which 2700 fills a slot, is two.
    """
    words: list[str] = []
    tags: list[str] = []
    for plain, group in groupby(pieces, lambda piece: not piece.slot):
        for piece in [Piece("".join(piece.text for piece in group))] if plain else group:
            found = WORD.findall(piece.text)
            words += found
            tags += [OUTSIDE] * len(found) if plain else [f"{'I' if place else 'B'}-{piece.slot}" for place in range(len(found))]
    return tuple(words), tuple(tags)
