"""Questions cross to another process and come back as they were."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from llmviz import experiments
from llmviz.core import questions
from llmviz.core.catalogue import QUESTIONS
from llmviz.core.questions.base import Answer, Question
from llmviz.core.questions.exercise import Solve
from llmviz.core.questions.onestep import OneStep
from llmviz.experiments.what_and_when.question import Probe
from llmviz.runs import wire


def test_every_question_can_cross() -> None:
    """Whatever is a question anywhere in the program: those of the shared files, and of every experiment's folder."""
    places = [*Path(questions.__path__[0]).glob("*.py"), *Path(experiments.__path__[0]).glob("*/question.py")]
    named = re.compile(r"^class (\w+)\((?:Question|ToTraining)\[", re.MULTILINE)
    written = {name for place in places for name in named.findall(place.read_text(encoding="utf-8"))}
    assert written - {"ToTraining"} == set(QUESTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_has_a_field_that_the_wire_needs(name: str) -> None:
    assert "kind" not in {field.name for field in fields(QUESTIONS[name])}  # type: ignore[arg-type] # every question is a dataclass


@pytest.mark.parametrize(
    "question", [Probe("grammar"), Solve("mlm", (2, 9, 3), (), (1,), (7,)), OneStep(3), OneStep(3, start=0, spec='{"seed":1}')]
)
def test_a_question_comes_back_as_it_was(question: Question[Answer]) -> None:
    assert wire.question_from_json(wire.question_to_json(question)) == question
