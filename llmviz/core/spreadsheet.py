"""Tables as CSV that no spreadsheet runs: a cell that begins as a formula does is taken for one when the file is opened."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def plain(cell: object) -> object:
    """The cell as it may be written: before what begins a formula stands an apostrophe. A number stays one, also with its minus."""
    text = cell if isinstance(cell, str) else ""
    return f"'{text}" if text.startswith(FORMULA) and not _NUMBER.fullmatch(text) else cell


def as_csv(lines: Iterable[Sequence[object]]) -> str:
    r"""Lines as CSV after RFC 4180. They end in \r\n: then a cell that holds one of the two is quoted, with \n alone not one with \r."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows(map(plain, line) for line in lines)
    return file.getvalue()
