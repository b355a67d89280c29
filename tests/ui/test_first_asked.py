"""A teacher's page asks first: of the run, of a text, and though every thread that asks for others waits."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.questions.base import Question
from llmviz.core.questions.cloze import Cloze
from llmviz.core.run import RunRef
from llmviz.ui import ask
from llmviz.ui import visit as visits
from tests.ui.fake_engine import FakeEngine

RUN = RunRef("a" * 64, 1)


@pytest.mark.parametrize("teaches", [True, False])
def test_a_page_says_whether_a_teacher_asks(
    fake: FakeEngine, visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, teaches: bool
) -> None:
    asked: dict[str, list[bool]] = {"answer": [], "answer_text": []}
    for name, firsts in asked.items():
        answers = getattr(fake, name)

        def noting(*given: Any, answers: Callable[..., Any] = answers, firsts: list[bool] = firsts) -> Any:
            firsts.append(given[-1])
            return answers(*given)

        monkeypatch.setattr(fake, name, noting)
    monkeypatch.setattr(visits, "teaches", lambda: teaches)
    assert not visit("masked_tokens", s="the dog barks .", hide="1").exception
    assert not visit("tokens").exception
    assert all(firsts and set(firsts) == {teaches} for firsts in asked.values()), asked


def test_a_teachers_question_waits_for_no_thread() -> None:
    open_ = threading.Event()

    class Busy:
        def answer(self, run: RunRef, steps: Sequence[int], question: Question[Any], first: bool = False) -> list[Any]:
            if not first:
                open_.wait(30)
            return []

    def asks(first: bool) -> Any:
        return ask._asked(cast(ask.Answering, Busy()), RUN, [0], Cloze("a dog"), first)

    others = [asks(first=False) for _ in range(ask.WAITING + 1)]
    assert asks(first=True).result(10) == [] and not any(each.done() for each in others)
    open_.set()
    assert all(each.result(10) == [] for each in others)
