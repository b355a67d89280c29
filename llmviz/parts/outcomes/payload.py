"""How often something came out as wanted, by row and column, as a table whose cells open to examples."""

from typing import TypedDict


class Example(TypedDict):
    """What was asked, what was said to it, and what that lacks; "" where it is as wanted."""

    asked: str
    said: str
    lacks: str


class Outcome(TypedDict):
    """One cell: `good` of `count` are as wanted; `examples` are all of them, those that lack something first."""

    good: int
    count: int
    examples: list[Example]


class Line(TypedDict):
    """A row. One with a single cell is wanted in no column of its own: the cell goes across all."""

    name: str
    cells: list[Outcome]


class Group(TypedDict):
    """Rows that belong together, under a title."""

    title: str
    lines: list[Line]


class Outcomes(TypedDict):
    """`of` says what is counted and `noun` names one of it, `corner` says what the rows are, `good` and `bad` what an example is called."""

    columns: list[str]
    groups: list[Group]
    corner: str
    of: str
    noun: str
    good: str
    bad: str
