"""Words by heading, of which a click chooses one."""

from typing import TypedDict


class WordGroup(TypedDict):
    """Words under a heading, "" for none."""

    heading: str
    words: list[str]


class WordList(TypedDict):
    """What there is to say of all words, and they themselves."""

    said: str
    groups: list[WordGroup]
