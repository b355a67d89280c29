"""What the cells of a table say, and the same table as Markdown. Pure."""

from collections.abc import Iterable, Sequence

from llmviz.core import catalogue
from llmviz.parts.table.payload import Bit, Cell, Row, Table
from llmviz.views.records import Recipe


def bit(text: str, page: str = "", run: str = "") -> Bit:
    """A piece of what a cell says, perhaps with the page it opens."""
    return {"text": text, "page": page, "run": run}


def opening(text: str, recipe: Recipe | None) -> Bit:
    """The text, which opens the run of a recipe on its page; only text where none of its runs can be opened."""
    record = recipe.opened if recipe else None
    if record is None or record.run is None:
        return bit(text)
    return bit(text, catalogue.experiment(record.spec.stage).lesson.page, record.run.key)


def cell(*said: Bit | str, more: Iterable[str] = (), value: float | None = None, faint: bool = False, tint: float = 0.0) -> Cell:
    """A cell that says this."""
    bits = [bit(each) if isinstance(each, str) else each for each in said]
    made: Cell = {"bits": bits, "more": list(more), "value": value, "faint": faint}
    return {**made, "tint": tint} if tint else made


def row(name: str, cells: Sequence[Cell], about: str = "", phase: str = "") -> Row:
    """A row of this name, which stands below no other and is not pinned."""
    return {"name": name, "about": about, "phase": phase, "depth": 0, "pinned": False, "cells": list(cells)}


def table(
    label: str,
    corner: str,
    columns: Sequence[tuple[str, str]],
    rows: Sequence[Row],
    visit: int,
    *,
    sorts: bool = False,
    prose: bool = False,
) -> Table:
    """A table whose rows stand in their own order. Of each column its name, and what is said of it to who points at it."""
    return {
        "label": label,
        "corner": corner,
        "columns": [{"name": name, "about": about, "sorts": sorts} for name, about in columns],
        "rows": list(rows),
        "sort": -1,
        "down": True,
        "prose": prose,
        "visit": visit,
    }


def spoken(cell: Cell) -> str:
    """What a cell says, in one line."""
    said = "".join(bit["text"] for bit in cell["bits"])
    return f"{said} ({', '.join(cell['more'])})" if cell["more"] else said


def markdown(table: Table) -> str:
    """The table as Markdown, in the rows' own order."""
    head = [table["corner"], *(column["name"] for column in table["columns"])]
    rows = [[f"{row['name']}{f', {about}' if (about := row['about']) else ''}", *map(spoken, row["cells"])] for row in table["rows"]]
    return "".join(f"| {' | '.join(map(_escaped, line))} |\n" for line in (head, ["---"] * len(head), *rows))


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
