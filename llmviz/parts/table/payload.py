"""A table of figures or sentences: columns sort, and what a cell says may open a run on its page."""

from typing import NotRequired, TypedDict


class Bit(TypedDict):
    """A piece of what a cell says. With a `page`, it opens that page at this `run`; without a run, the page as it is."""

    text: str
    page: str
    run: str


class Cell(TypedDict):
    """What a cell says, smaller lines below it, and the number by which its column sorts, if it has one. `faint` where it is no figure;
    a `tint` from 0 to 1 lets one see where it is high.
    """

    bits: list[Bit]
    more: list[str]
    value: float | None
    faint: bool
    tint: NotRequired[float]


class Column(TypedDict):
    """The name of a column, what is said of it to who points at it, and whether it sorts."""

    name: str
    about: str
    sorts: bool


class Row(TypedDict):
    """One row: its name, what is said below that, the phase whose colour it has ("" for none), how far it stands below another while the
    rows are in their own order, and whether it stays on top when they are sorted.
    """

    name: str
    about: str
    phase: str
    depth: int
    pinned: bool
    cells: list[Cell]


class Table(TypedDict):
    """`corner` heads the names of the rows; `sort` is the column they are sorted by, -1 for none, from the highest `down` or up from the
    lowest. In `prose` cells are sentences. `visit` is another number for each visit of the page.
    """

    label: str
    corner: str
    columns: list[Column]
    rows: list[Row]
    sort: int
    down: bool
    prose: bool
    visit: int
