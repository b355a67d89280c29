"""All runs as a tree: each row one run, hanging from the one whose weights it starts from."""

from typing import TypedDict


class Run(TypedDict):
    """One run; without a key a parent that is no longer here. `rails` are the generations above it, and whether each goes on below;
    `scratch`, whether it begins at random weights.
    """

    key: str
    rails: list[bool]
    phase: str
    scratch: bool
    faint: bool
    title: str
    settings: str
    state: str
    tone: str
    kind: str
    figures: str
    time: str
    size: str
    when: str
    about: str


class Lineage(TypedDict):
    """`ticked` are keys, two at most; `count` of `of` runs are shown."""

    count: int
    of: int
    ticked: list[str]
    rows: list[Run]
