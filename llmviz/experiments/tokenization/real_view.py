"""One sentence in vocabularies of this page and of a real model, side by side. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from llmviz.parts.table.payload import Table
from llmviz.views.tables import bit, cell, row, table

GAP, SEAM = " ", "|"  # between words, and within one


@dataclass(frozen=True)
class Reading:
    """What one vocabulary of so many entries makes of a sentence: its pieces, and which of them go on with the word before.

    `lost` are those that the vocabulary does not know.
    """

    name: str
    entries: int
    pieces: Sequence[str]
    joined: Sequence[bool]
    lost: int = 0
    real: bool = False


def told(readings: Sequence[Reading]) -> str:
    """What is seen, in a sentence: how many tokens the real one needs, and how many the most frugal of the page."""
    theirs = next(each for each in readings if each.real)
    whole = [each for each in readings if not each.real and not each.lost] or [each for each in readings if not each.real]
    if not whole or not theirs.pieces:
        return ""
    ours = min(whole, key=lambda each: len(each.pieces))
    more = len(ours.pieces) / len(theirs.pieces)
    than = f"{theirs.name} needs {len(theirs.pieces)} tokens, the best of this page's {len(ours.pieces)}"
    return f"{than}: {_times(more)}. Its {theirs.entries:,} entries are as many rows of weights."


def _times(more: float) -> str:
    rounded = math.floor(10 * more + 0.5) / 10
    return "as many" if rounded == 1 else f"{rounded:g} times as many"


def compared(readings: Sequence[Reading], words: int, visit: int) -> Table:
    """The vocabularies in rows: the sentence with seams between its pieces, and how many tokens these are, in all and a word."""
    rows = [
        row(
            each.name,
            [
                cell(bit(seamed(each.pieces, each.joined))),
                cell(f"{len(each.pieces)} tokens, {len(each.pieces) / words:.1f} a word", more=_lost(each.lost)),
            ],
            about=f"{each.entries:,} entries",
            phase="pretrained" if each.real else "",
        )
        for each in readings
    ]
    columns = [("the sentence", ""), ("how many", "")]
    return table("Vocabularies in rows, what they make of the sentence in columns", "vocabulary", columns, rows, visit, prose=True)


def _lost(count: int) -> list[str]:
    return [f"{count} of them [UNK]"] if count else []


def seamed(pieces: Sequence[str], joined: Sequence[bool]) -> str:
    """The pieces in a line: a space before a word, a seam within one."""
    return "".join(
        f"{(SEAM if on else GAP) if place else ''}{piece.strip() or piece}"
        for place, (piece, on) in enumerate(zip(pieces, joined, strict=True))
    )
