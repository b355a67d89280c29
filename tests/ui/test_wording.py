"""Two kinds of slips in what pages say: a count that does not fit its noun, and text escaped for Markdown twice."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import llmviz
from llmviz.ui import lesson
from llmviz.views.words import counted

PROGRAM = Path(llmviz.__file__).parent
NOUNS = "letters|words|merges|steps|runs|seeds|pieces"
# A constant in capitals is more than one; so is a list written where there are several, and a number that is compared with one before.
COUNT = re.compile(rf"\{{(?![A-Z_]+[:}}])[^{{}}]*\}} ({NOUNS})\b")
SEVERAL = ("@param {", "if len(below) == 1", "if len(runs) == 1", "} of {", "of ${", "words on average")


@pytest.mark.parametrize(("count", "said"), [(0, "0 letters"), (1, "1 letter"), (2, "2 letters"), (1_234, "1,234 letters")])
def test_a_count_fits_its_noun(count: int, said: str) -> None:
    assert counted(count, "letter") == said


def test_every_count_of_a_page_goes_through_one_function() -> None:
    files = [file for place in ("ui/*.py", "views/*.py", "experiments/*/*.py", "parts/*/*.js") for file in PROGRAM.glob(place)]
    slips = {
        f"{file.name}: {line.strip()}"
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if COUNT.search(line) and not any(mark in line for mark in SEVERAL)
    }
    assert not slips


def _escapes(node: ast.AST) -> bool:
    """Whether this calls what escapes for Markdown."""
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and ast.unparse(called) in ("lesson.plain", "lesson.sentence")


def test_nothing_is_escaped_twice() -> None:
    """What is escaped goes straight to Streamlit: never into a problem of the address, nor into what escapes."""
    slips = []
    for file in (*PROGRAM.glob("ui/*.py"), *PROGRAM.glob("experiments/*/*panel.py"), *PROGRAM.parent.glob("pages/*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            keeps = isinstance(node, ast.Call) and ast.unparse(node.func) in ("visit.correct", "_say")
            if (keeps or _escapes(node)) and any(_escapes(inner) for inner in ast.walk(node) if inner is not node):
                slips.append(f"{file.name}:{node.lineno}")  # type: ignore[attr-defined] # a call
    assert not slips


def test_a_problem_of_the_address_is_escaped_once(visit: Callable[..., AppTest]) -> None:
    (said,) = visit("tokens", own="0" * 64).warning
    assert said.value == lesson.plain("This text is not kept on this machine; paste it again.")
