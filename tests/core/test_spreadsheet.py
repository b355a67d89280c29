"""A cell that a spreadsheet would run is written as a text; a number stays a number."""

import ast
import csv
import io
from pathlib import Path

import pytest

from llmviz.core.spreadsheet import as_csv, plain

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "cell",
    [
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("http://evil.example")',
        "+1+cmd|x",
        "-2+3",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "-",
        "--1",
        "-1,5",
        "-inf",
        "- not at all",
        "-१",
        "-1\n=2",
    ],
)
def test_what_begins_as_a_formula_does_gets_an_apostrophe(cell: str) -> None:
    assert plain(cell) == f"'{cell}"
    [[read, _]] = csv.reader(io.StringIO(as_csv([(cell, "x")]), newline=""))
    assert read == f"'{cell}"


@pytest.mark.parametrize("cell", ["-1", "-0.5", "+3", "-1.5e-07", "1", "", "a=b", "'=1", " x", -1, -0.5, None, True, float("-inf")])
def test_numbers_and_plain_texts_stay(cell: object) -> None:
    assert plain(cell) is cell


def test_nobody_else_writes_csv() -> None:
    """So that no table forgets it."""
    writers = {
        file.relative_to(ROOT).as_posix()
        for folder in ("llmviz", "pages", "benchmarks")
        for file in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("writer", "DictWriter", "to_csv")
    }
    assert writers == {"llmviz/core/spreadsheet.py"}
