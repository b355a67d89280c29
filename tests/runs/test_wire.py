"""Questions cross to another process and come back as they were."""

import importlib
import pkgutil
from dataclasses import fields

import pytest

from llmviz.core import questions
from llmviz.core.questions import QUESTIONS
from llmviz.core.questions.base import Answer, Question
from llmviz.core.questions.exercise import Solve
from llmviz.core.questions.onestep import OneStep
from llmviz.core.questions.probed import Probe
from llmviz.runs import wire


def test_every_question_can_cross() -> None:
    asked = {
        kind.__name__
        for module in pkgutil.iter_modules(questions.__path__)
        for kind in vars(importlib.import_module(f"{questions.__name__}.{module.name}")).values()
        if isinstance(kind, type) and issubclass(kind, Question) and hasattr(kind, "answered_by")
    }
    assert asked == set(QUESTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_has_a_field_that_the_wire_needs(name: str) -> None:
    assert "kind" not in {field.name for field in fields(QUESTIONS[name])}  # type: ignore[arg-type] # every question is a dataclass


@pytest.mark.parametrize(
    "question", [Probe("grammar"), Solve("mlm", (2, 9, 3), (), (1,), (7,)), OneStep(3), OneStep(3, start=0, spec='{"seed":1}')]
)
def test_a_question_comes_back_as_it_was(question: Question[Answer]) -> None:
    assert wire.question_from_json(wire.question_to_json(question)) == question
