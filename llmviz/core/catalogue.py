"""The experiments by name and the questions by kind, for whoever has a run's description or a message and needs what belongs to it."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import MappingProxyType, ModuleType

from llmviz import experiments
from llmviz.core import questions
from llmviz.core.experiment import START, Experiment
from llmviz.core.questions.base import Answer, Openings, Question
from llmviz.experiments import EXPERIMENTS, FOLDERS, LESSONS

BY_NAME: Mapping[str, Experiment] = MappingProxyType({each.name: each for each in EXPERIMENTS})


def experiment(name: str) -> Experiment:
    """The experiment of this name. Raises ValueError, naming what there is, for any other."""
    if name not in BY_NAME:
        raise ValueError(f"there is no stage {name!r}; there is {', '.join(BY_NAME)}")
    return BY_NAME[name]


def origins(experiment: Experiment, text: str, role: str = START) -> tuple[str | None, ...]:
    """Whose runs may play this role in a run of it on this text: experiments that read it, and None where the role may stay empty, which
    for START is a random start.
    """
    return tuple(name for name in experiment.inputs[role] if name is None or text in BY_NAME[name].texts)


def openings(stage: str, text: str) -> Openings:
    """The questions that pages ask first of a run of this experiment on this text."""
    return (*experiment(stage).openings(text), *(question for each in LESSONS for question in each.openings(stage, text)))


def text_openings(text: str) -> Openings:
    """The questions that pages ask first of a text."""
    return tuple(question for each in LESSONS for question in each.text_openings(text))


def _modules() -> Iterator[ModuleType]:
    """Those that hold questions: the shared ones, and `question.py` of each experiment that has one."""
    for shared in pkgutil.iter_modules(questions.__path__, f"{questions.__name__}."):
        yield importlib.import_module(shared.name)
    for folder in FOLDERS:
        name = f"{experiments.__name__}.{folder}"
        if any(each.name == "question" for each in pkgutil.iter_modules(importlib.import_module(name).__path__)):
            yield importlib.import_module(f"{name}.question")


def _questions() -> Mapping[str, type[Question[Answer]]]:
    found: dict[str, type[Question[Answer]]] = {}
    for module in _modules():
        for name, kind in vars(module).items():
            own = isinstance(kind, type) and kind.__module__ == module.__name__
            if own and issubclass(kind, Question) and hasattr(kind, "answered_by"):
                if name in found:
                    raise ValueError(f"two questions are called {name}: one in {found[name].__module__}, one in {module.__name__}")
                found[name] = kind
    return MappingProxyType(found)


QUESTIONS = _questions()
"""Every question by the name of its class, as messages and recordings spell it."""
