"""A visitor's own table: a CSV file as rows of text, with the encoding, the delimiter and the header found in it.

Excel, R and pandas write CSV in different encodings and with different delimiters, and no file says which. A cell is text, whatever stands
in it: no formula is worked out, no HTML read.
"""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from llmviz.text import decoding, incoming

MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 5_000_000, 10_000, 50
DELIMITERS = {"\t": "tab", ";": "semicolon", ",": "comma"}  # rarest in prose first: where two divide all rows alike, the first is meant
PREVIEWED = 5  # rows: enough to see what a column holds
LOOKED_AT, LETTERS = 200, 1_000_000  # rows by which the delimiter is chosen, and how far they may reach
MOST_LINES = 1_048_576  # rows of a sheet in Excel, empty ones included; some are saved whole
LONGEST_NAME = 60  # letters; a longer cell in the first row is a text, and no name of a column
_UNCLOSED = "row {:,}: a quote is opened here and not closed; a quote within a quoted text is written twice"
_HUGE = "row {:,}: a cell has more than 131,072 letters; perhaps a quote is opened in it and not closed"  # the limit of the module csv
_SEPARATOR = re.compile(r"sep=[,;\t]\r?\n")  # Excel reads the delimiter from such a first line, and shows it as no row
_END = "\0"  # a last line of this alone shows whether a quote is still open there; in a text that was decoded there is none


class Row(NamedTuple):
    """The cells of a row, and its number as a spreadsheet counts: from 1, the header and empty rows included."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The rows of a CSV file without its header, empty ones left out; a row may have more or fewer cells than there are columns.

    `columns` are their names: the header's, or "column 1" … where there is none. `encoding` and `delimiter` are those found, in words.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    header: bool
    encoding: str
    delimiter: str

    @property
    def preview(self) -> tuple[Row, ...]:
        """The first rows."""
        return self.rows[:PREVIEWED]

    def cell(self, row: Row, column: int) -> str:
        """What stands in this column of the row; "" where the row ends before."""
        return row.cells[column] if column < len(row.cells) else ""

    def named(self, column: int) -> str:
        """A column as a sentence names it: its number, counted from 1, and its name where the header has one."""
        name = self.columns[column]
        return name if name == _numbered(column) else f"column {column + 1} (“{name}”)"


def read(content: bytes, header: bool | None = None) -> Table:
    """The table in a CSV file. Whether its first row names the columns is judged by what stands in it, unless `header` says it.

    A table with too many rows is refused, not cut: where it is sorted by label, its beginning lacks whole classes. Raises ValueError, in a
    sentence, for a file that is too large, no text, or no table.
    """
    if len(content) > MOST_BYTES:
        raise ValueError(f"this file has more than {MOST_BYTES / 1e6:g} MB; at most so many are read")
    text, encoding = decoding.exported(content)
    text = _SEPARATOR.sub("", text, count=1) if _SEPARATOR.match(text) else text
    if not text.strip():
        raise ValueError("this file is empty")
    delimiter, width = _delimiter(text)
    rows = list(_rows(text, delimiter))
    named = _is_header(rows, width) if header is None else header
    if len(rows) - named > MOST_ROWS:
        raise ValueError(
            f"this table has more than {MOST_ROWS:,} rows; keep at most so many, drawn from all over it: "
            "a table is often sorted by label, and then its first rows lack whole classes"
        )
    names = rows[0].cells if named else ()
    columns = tuple(names[column] if names[column:] and names[column] else _numbered(column) for column in range(width))
    return Table(columns, tuple(rows[named:]), named, encoding, DELIMITERS[delimiter])


def suggested(table: Table) -> tuple[int, int]:
    """The columns likely meant as text and as label.

    They are the one whose cells are longest on average, and of the others the one with the fewest different values, two or more.
    """
    cells = [[cell for row in table.rows if (cell := table.cell(row, column))] for column in range(len(table.columns))]
    text = max(range(len(cells)), key=lambda column: sum(map(len, cells[column])) / max(1, len(cells[column])))
    values = {column: len(set(cells[column])) for column in range(len(cells)) if column != text}
    return text, min(values, key=lambda column: (values[column] < 2, values[column]))


def _delimiter(text: str) -> tuple[str, int]:
    """The delimiter that divides most of the first rows into the same number of columns, and this number.

    Raises ValueError, in a sentence, where none does.
    """
    agreeing: dict[str, tuple[float, int]] = {}
    for delimiter in DELIMITERS:
        counts = Counter(len(row.cells) for row in _whole(text, delimiter))
        width, rows = max(counts.items(), key=lambda entry: (entry[0] > 1, entry[1])) if counts else (1, 0)
        agreeing[delimiter] = (rows / counts.total() if width > 1 else 0.0, width)
    delimiter = max(agreeing, key=lambda each: agreeing[each][0])
    share, width = agreeing[delimiter]
    if share <= 0.5:
        list(_rows(text, ","))  # a quote that is never closed is the likelier cause, and is said here
        raise ValueError(
            "neither comma, semicolon nor tab divides most rows of this file into the same number of columns, two or more; "
            "put quotes around a text that holds the delimiter"
        )
    if width > MOST_COLUMNS:
        raise ValueError(f"this table has more than {MOST_COLUMNS} columns; at most so many are read")
    return delimiter, width


def _whole(text: str, delimiter: str) -> Iterator[Row]:
    """The first rows, up to one that cannot be read."""
    try:
        yield from islice(_rows(text[:LETTERS], delimiter), LOOKED_AT)
    except ValueError:
        return


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    """The rows that are not empty, their cells tidied, until there are more than a table may have.

    Of a row with more than MOST_COLUMNS cells one more is kept: it shows that there are more. Raises ValueError, in a sentence, where a
    quote is never closed, or there are more lines than a sheet has.
    """
    place = filled = 0
    try:
        for cells in csv.reader(chain(io.StringIO(text, newline=""), [_END]), delimiter=delimiter, skipinitialspace=True):
            if cells == [_END]:
                return
            place += 1
            if cells and cells[-1].endswith(_END):
                raise ValueError(_UNCLOSED.format(place))
            if place > MOST_LINES:
                raise ValueError(f"this table has more than {MOST_LINES:,} rows, most of them empty; delete those")
            if any(map(str.strip, cells)):
                filled += 1
                row = Row(place, tuple(incoming.tidied(cell).strip() for cell in cells[: MOST_COLUMNS + 1]))
                if any(row.cells):
                    yield row
                if filled > MOST_ROWS + 1:  # one may be the header
                    return
    except csv.Error:
        raise ValueError(_HUGE.format(place + 1)) from None


def _is_header(rows: list[Row], width: int) -> bool:
    """Whether the first row names the columns: every cell short, no number, unlike the others, and none found again below it.

    The first may be empty: pandas and R write a column of row numbers so.
    """
    first, *below = rows
    names = first.cells[0 if first.cells[0] else 1 :]
    if len(set(names)) < len(names) or any(not name or len(name) > LONGEST_NAME or number(name) is not None for name in names):
        return False
    return not any(cell == name for row in below for cell, name in zip(row.cells[:width], first.cells, strict=False) if name)


def number(cell: str) -> float | None:
    """The number that stands in a cell, with a decimal point or a decimal comma; None where there is none."""
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _numbered(column: int) -> str:
    return f"column {column + 1}"
