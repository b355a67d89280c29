"""How often something came out as wanted, by row and column, as a table whose cells open to examples."""

from typing import NotRequired, TypedDict


class Example(TypedDict):
    """What was asked, what was said to it, and what that lacks; "" where it is as wanted."""

    asked: str
    said: str
    lacks: str


class Outcome(TypedDict):
    """One cell: `good` of `count` are as wanted; `examples` are these or some, those that lack something first; `more` is said too."""

    good: int
    count: int
    examples: list[Example]
    more: NotRequired[str]


class Line(TypedDict):
    """A row. One with a single cell is wanted in no column of its own: the cell goes across all."""

    name: str
    cells: list[Outcome]


class Group(TypedDict):
    """Rows that belong together, under a title."""

    title: str
    lines: list[Line]


class Outcomes(TypedDict):
    """`of` says what is counted and `noun` names one of it, `corner` says what the rows are, `good` and `bad` what an example is called.
    `open` is the place of the cell that is open at first; without it, the one in which least is as wanted.
    """

    columns: list[str]
    groups: list[Group]
    corner: str
    of: str
    noun: str
    good: str
    bad: str
    open: NotRequired[int]
