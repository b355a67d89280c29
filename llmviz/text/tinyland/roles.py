"""Who does what in a Tinyland text, and which words state a fact together: read from its words, for measuring a model's heads."""

from collections.abc import Iterator, Sequence

from llmviz.text.tinyland import world

Pair = tuple[int, int]  # two places in a text

# The sentences whose verb stands apart from its subject: <subject> and [verb]. In all others the subject is the word before the verb, or
# there is none, and looking at it could not be told from looking one word back. A test finds each of them in the grammar.
APART = (
    "<{name}> is a {job} and [lives] in {home} .",
    "<{name}> from {home} [works] as a {job} .",
    "<{pronoun}> told {friend} and [was] {feeling} .",
    "the <capital> of {country} [is] {capital} .",
    "the main <city> of {country} [is] {capital} .",
    "<people> of {country} [call] {capital} the capital .",
    "<{animals}> often [{sounds}] .",
)
ENDS = frozenset(".!")

_PARTNERS: dict[str, set[str]] = {}
for _country, _capital in world.CAPITALS.items():
    _PARTNERS |= {_country: {_capital}, _capital: {_country}}
for _animal, (_sound, _animals, _sounds) in world.SOUNDS.items():
    _PARTNERS |= {_animal: {_sound, _sounds}, _animals: {_sound, _sounds}, _sound: {_animal, _animals}, _sounds: {_animal, _animals}}


def subjects(words: Sequence[str]) -> Iterator[Pair]:
    """Each verb that stands apart from its subject: (place of the verb, place of the subject)."""
    first = 0
    for place, word in enumerate(words):
        if word in ENDS:
            yield from _apart(words[first : place + 1], first)
            first = place + 1


def partners(words: Sequence[str]) -> Iterator[Pair]:
    """Each word of a fact with the other one, if it stands in the text too: a country and its capital, an animal and its sound."""
    for place, word in enumerate(words):
        yield from ((place, other) for other, found in enumerate(words) if found in _PARTNERS.get(word, ()))


def _apart(sentence: Sequence[str], first: int) -> Iterator[Pair]:
    for pattern in APART:
        marked = pattern.split()
        plain = [word.strip("<>[]") for word in marked]
        if len(plain) == len(sentence) and all(word[0] == "{" or word == said for word, said in zip(plain, sentence, strict=True)):
            verb, subject = (next(place for place, word in enumerate(marked) if word[0] == mark) for mark in "[<")
            yield first + verb, first + subject
