"""Which question the worker gets next: a teacher's before all that wait, otherwise the one that was asked first."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from llmviz.core import hosting
from llmviz.core.questions.base import AnyAnswer, Question
from llmviz.core.questions.cloze import Cloze, Trace
from llmviz.core.questions.vocabulary import Count
from llmviz.core.run import RunRef
from llmviz.runs import answers, wire
from llmviz.runs.answers import AT_ONCE, GONE, Answers
from llmviz.runs.lines import Message
from llmviz.runs.process import Process
from tests.runs.conftest import until

RUN = RunRef("a" * 64, 1)
DIGEST = "b" * 64
NOTHING = Trace(0, (), np.zeros(0, np.float32), np.zeros((0, 1), np.int64), np.zeros((0, 1), np.float32), ())


class Told:
    """A worker that is told questions and says nothing by itself."""

    def __init__(self, hear: Callable[[Process, Message], None], gone: Callable[[Process], None]) -> None:
        self.ready, self.ended = True, False
        self.messages: list[Message] = []
        self._hear, self._gone = hear, gone

    @property
    def texts(self) -> list[str]:
        return [message["question"]["text"] for message in self.messages]

    def send(self, message: Message) -> None:
        self.messages.append(message)

    def answers(self, text: str) -> None:
        message = self.messages[self.texts.index(text)]
        self._hear(cast(Process, self), {"say": "answer", "number": message["number"], "answers": [wire.answer_to_json(NOTHING)]})

    def dies(self) -> None:
        self.ended = True
        self._gone(cast(Process, self))

    def wait(self, patience: float) -> None:
        threading.Thread(target=self.dies).start()  # as a process that is killed: its end is heard in another thread

    def leave(self) -> None:
        pass


class Asking:
    """Visitors who ask, each in a thread of their own, one after the other; and the workers that were started to answer."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.workers: list[Told] = []
        self.answers = Answers(self._start)
        self._pool = pool

    def _start(self, hear: Callable[[Process, Message], None], gone: Callable[[Process], None]) -> Process:
        self.workers.append(Told(hear, gone))
        return cast(Process, self.workers[-1])

    @property
    def worker(self) -> Told:
        return self.workers[-1]

    def asks(self, text: str, first: bool = False) -> Future[list[Trace]]:
        return self.puts(RUN, Cloze(text), first)

    def puts(self, run: RunRef | None, question: Question[AnyAnswer], first: bool = False) -> Future[list[AnyAnswer]]:
        known = self.answers._shared.get((run, (0,), cast(Any, question)))
        asked = self._pool.submit(self.answers.answer, run, {0: Path()}, question, None, first)
        until(lambda: (known.first >= first) if known else (run, (0,), question) in self.answers._shared)
        return asked


@pytest.fixture
def asking() -> Iterator[Asking]:
    with ThreadPoolExecutor(16) as pool:
        yield Asking(pool)


def test_the_worker_has_a_few_at_a_time_and_gets_the_others_in_their_order(asking: Asking) -> None:
    asked = {text: asking.asks(text) for text in "abcde"}
    assert AT_ONCE == 2 and asking.worker.texts == ["a", "b"]
    for text in "abcde":
        asking.worker.answers(text)
        assert asked[text].result(10)
    assert asking.worker.texts == [*"abcde"]


def test_a_teachers_question_overtakes_all_that_wait(asking: Asking) -> None:
    asked = [asking.asks(text) for text in "abcd"] + [asking.asks("one", first=True), asking.asks("two", first=True)]
    for text in ("a", "b", "one", "two", "c", "d"):
        asking.worker.answers(text)
    assert all(each.result(10) for each in asked)
    assert asking.worker.texts == ["a", "b", "one", "two", "c", "d"]


def test_what_a_student_waits_for_is_asked_once_and_overtakes_when_a_teacher_asks_it_too(asking: Asking) -> None:
    asked = [asking.asks(text) for text in "abcd"] + [asking.asks("d", first=True), asking.asks("d"), asking.asks("a", first=True)]
    for text in ("a", "b", "d", "c"):
        asking.worker.answers(text)
    assert asking.worker.texts == ["a", "b", "d", "c"]
    assert asked[3].result(10)[0] is asked[4].result(10)[0] is asked[5].result(10)[0]
    assert all(each.result(10) for each in asked)


def test_who_comes_after_a_dead_worker_gets_what_it_had_and_then_what_waits(asking: Asking) -> None:
    asked = {text: asking.asks(text) for text in "abcd"}
    asked["teacher"] = asking.asks("teacher", first=True)
    asking.worker.dies()
    assert asking.worker.texts == ["a", "b"]  # once more; nothing else yet
    asking.worker.answers("b")
    assert asking.worker.texts == ["a", "b", "teacher"]
    asking.worker.dies()  # it is "a" that kills
    with pytest.raises(ValueError, match=GONE):
        asked["a"].result(10)
    assert asking.worker.texts == ["teacher", "c"]
    for text in ("teacher", "c", "d"):
        asking.worker.answers(text)
    assert all(asked[text].result(10) for text in ("b", "c", "d", "teacher")) and len(asking.workers) == 3


def test_who_waits_for_a_worker_that_never_got_ready_is_told_so_and_the_next_question_tries_again(asking: Asking) -> None:
    asking.worker.ready = False
    asked = [asking.asks(text) for text in "abcd"]
    asking.worker.dies()
    for each in asked:
        with pytest.raises(ValueError, match=GONE):
            each.result(10)
    again = asking.asks("c")
    assert asking.worker.texts == ["c"]
    asking.worker.answers("c")
    assert again.result(10)


def test_to_wait_for_ones_turn_counts_as_waiting(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "PATIENCE", 0.3)
    asked = [asking.asks(text) for text in "abc"]
    for each in asked:
        with pytest.raises(ValueError, match="takes too long"):
            each.result(10)
    again = asking.asks("c")  # a page asks again and again; it is still the same question
    for text in "abc":
        asking.worker.answers(text)
    assert again.result(10) and asking.worker.texts == [*"abc"]


def test_a_text_that_takes_too_long_is_given_up_and_those_behind_it_go_on(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMVIZ_LEARN_SECONDS", "1")
    hosting.limits.cache_clear()
    try:
        slow = asking.puts(None, Count(DIGEST))
        asked = [asking.asks(text) for text in "abc"]
        with pytest.raises(ValueError, match="longer than the 1 seconds"):
            slow.result(10)
        until(lambda: len(asking.workers) == 2 and len(asking.worker.texts) == 2)
        for text in "abc":
            asking.worker.answers(text)
        assert asking.worker.texts == [*"abc"] and all(each.result(10) for each in asked)
    finally:
        hosting.limits.cache_clear()
