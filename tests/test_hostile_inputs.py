"""The table of hostile inputs: every test that it names is there, and has as many rows as it says."""

import importlib
import math
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "hostile-inputs.md"
NAMED = re.compile(r"`(tests/[\w/]+)\.py::(test_\w+)(?:\[(\w+)\])?`")
Rows = list[list[str]]


def tables() -> list[Rows]:
    """The tables of the page, without their heads: of each row its cells."""
    found = re.findall(r"(?:^\|.*\|\n)+", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [[line.strip("|").split(" | ") for line in table.splitlines()[2:]] for table in found]


def count(module: str, test: str, through: str) -> int:
    """How many rows a test has: those pytest makes of it, or those of the list that it goes through."""
    found = importlib.import_module(module.replace("/", "."))
    marks: list[Any] = getattr(getattr(found, test), "pytestmark", [])
    if through:
        return len(getattr(found, through))
    return math.prod(len(mark.args[1]) for mark in marks if mark.name == "parametrize")


INPUTS, FINDINGS = tables()


@pytest.mark.parametrize("row", INPUTS, ids=lambda row: row[0])
def test_each_kind_has_as_many_rows_as_the_table_says(row: list[str]) -> None:
    assert int(row[1]) == sum(count(*named) for named in NAMED.findall(row[3])) > 0


def test_there_are_as_many_as_was_promised() -> None:
    assert sum(int(row[1]) for row in INPUTS) >= 150


@pytest.mark.parametrize("row", FINDINGS, ids=lambda row: row[0])
def test_each_finding_is_held_by_tests_that_are_there(row: list[str]) -> None:
    named = NAMED.findall(row[1])
    assert len(named) == row[1].count("`") // 2 and all(count(*each) for each in named)


def test_all_seven_findings_have_a_row() -> None:
    assert sorted({int(row[0].split(".")[0]) for row in FINDINGS}) == [1, 2, 3, 4, 5, 6, 7]
