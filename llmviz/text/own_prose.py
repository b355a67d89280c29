"""A visitor's own text to read on with: cut into passages, and some of them kept apart; and the text that stands where it will."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice

from llmviz.text import own, own_splits, requests
from llmviz.text.splits import Split

MOST_LETTERS = 360  # of a passage: of 4,096 pieces some 110 tokens of English, so that a model of 128 reads nearly all of them whole
MOST = 20_000  # passages that are read: of whole sentences two million letters; lines of two letters each would be half a million
FEWEST = 10  # passages: two in five of so few are held out
DRAWN = 2_200  # requests, the 16 intents in turn: some 2,000 that differ
DIGEST = "411e13078310b17786b923475e375f45e7d84608ed1b1b605041d10af58cbc87"  # of the example, so that a run of it names its text
ENDING = re.compile(r"([.!?…][\"'”’»)\]]*)\s+")  # of a sentence, with the space after it
BLANK = re.compile(r"\n\s*\n")

Parts = Mapping[Split, tuple[str, ...]]


@cache
def example() -> str:
    """Requests to a house, a line each. Raises ValueError, in a sentence, without the package that they come from, or where it says others
    than those that runs learnt from.
    """
    found = "\n".join(dict.fromkeys(request.text for request in requests.first(DRAWN)))
    if hashlib.sha256(found.encode()).hexdigest() != DIGEST:
        raise ValueError(f"the installed {requests.PACKAGE} says other requests than this example has; requirements.txt names its version")
    return found


def read(digest: str) -> str:
    """The visitor's text of this digest; of "", the example. Raises ValueError, in a sentence, where there is none."""
    return own.read(digest) if digest else example()


@lru_cache(maxsize=4)  # a page that follows a training draws itself several times a second
def divided(text: str) -> Parts:
    """The first MOST passages by split, each only once, by the hash of its words; where 5 % would be too little, more are held out.

    Raises ValueError, in a sentence, where there are too few.
    """
    found = list(islice(dict.fromkeys(passages(text)), MOST))
    if len(found) < FEWEST:
        raise ValueError(
            f"this text has {len(found):,} different {'passage' if len(found) == 1 else 'passages'}; at least {FEWEST} are needed, "
            "for some of them are held out: paste more of it"
        )
    parts = own_splits.divided([(passage, 0) for passage in found])
    return {part: tuple(passage for passage, _ in those) for part, those in parts.items()}


def passages(text: str) -> Iterator[str]:
    """Neighbouring sentences of a paragraph, at most MOST_LETTERS together; a longer sentence is cut between two words, or within one.

    Paragraphs stand between empty lines; where there are none, each line is one.
    """
    for paragraph in BLANK.split(text) if BLANK.search(text) else text.splitlines():
        sentences = ENDING.sub(r"\1\n", " ".join(paragraph.split())).splitlines()
        yield from _grouped([part for sentence in sentences for part in _cut(sentence)])


def _grouped(sentences: Sequence[str]) -> Iterator[str]:
    group = ""
    for sentence in sentences:
        if group and len(group) + 1 + len(sentence) > MOST_LETTERS:
            yield group
            group = ""
        group = f"{group} {sentence}" if group else sentence
    if group:
        yield group


def _cut(sentence: str) -> Iterator[str]:
    while len(sentence) > MOST_LETTERS:
        end = sentence.rfind(" ", 0, MOST_LETTERS + 1)
        end = end if end > 0 else MOST_LETTERS
        yield sentence[:end]
        sentence = sentence[end:].lstrip()
    if sentence:
        yield sentence
