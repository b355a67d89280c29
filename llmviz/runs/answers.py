"""Questions put to the answering worker: asked once however many viewers wait, remembered for the next who asks.

The worker has a few of them at a time. The others wait here, so that a teacher's can overtake them.
"""

import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import cast

import numpy as np

from llmviz.core import spec as specs
from llmviz.core.hosting import limits
from llmviz.core.questions.base import Answer, AnyAnswer, Question
from llmviz.core.run import RunRef
from llmviz.core.settings import DIGEST
from llmviz.core.spec import RunSpec
from llmviz.runs import wire
from llmviz.runs.process import Message, Process

REMEMBERED = 64_000_000  # bytes of answers kept for the next who asks
AT_ONCE = 2  # questions that the worker has at a time: it goes on with one while the answer to the other is on its way
PATIENCE = 60.0  # seconds; a cold worker needs some five
TOO_LONG = "this took longer than the {:,} seconds that one question about a text may take here; give a shorter text"
LOOK = 0.25  # seconds between two looks at a question that has a limit
GONE = "the worker that answers has ended; ask again"

AnyQuestion = Question[Answer]
About = RunRef | None  # a question about a text has no run
Key = tuple[About, int, AnyQuestion]


@dataclass(eq=False)
class _Asked:
    """A question on its way: what it is about, the message to say again to another worker, and where the answer goes.

    `first`: it goes before those that are not.
    """

    key: tuple[About, tuple[int, ...], AnyQuestion]
    message: Message
    first: bool
    future: Future[list[Answer]] = field(default_factory=Future)
    again: bool = True


class Answers:
    """One answering worker, replaced when it dies."""

    def __init__(self, start: Callable[[Callable[[Process, Message], None], Callable[[Process], None]], Process]) -> None:
        self._start = start
        self._too_long: set[tuple[About, tuple[int, ...], AnyQuestion]] = set()
        self._heard = time.monotonic()  # when the worker last said something: since then it is at the oldest question
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._waiting: list[_Asked] = []  # in the order in which they were asked
        self._asked: dict[int, _Asked] = {}  # those that the worker has, in the order in which it got them
        self._shared: dict[tuple[About, tuple[int, ...], AnyQuestion], _Asked] = {}
        self._known: OrderedDict[Key, Answer] = OrderedDict()
        self._bytes = 0
        self._closed = False
        with self._lock:
            self._process = start(self._hear, self._gone)

    @property
    def process(self) -> Process:
        """The worker that answers now."""
        return self._process

    def answer(
        self,
        run: About,
        folders: dict[int, Path],
        question: Question[AnyAnswer],
        spec: RunSpec | None = None,
        first: bool = False,
    ) -> list[AnyAnswer]:
        """The answers of these snapshots, in the order given. Waits. Raises ValueError with the worker's own sentence.

        `spec` is what the run trains, where the question is about what it has trained. What is asked `first` goes before all that waits.
        """
        with self._lock:
            missing = tuple(step for step in folders if (run, step, question) not in self._known)
            asked = self._ask(run, {step: folders[step] for step in missing}, question, spec, first) if missing else None
            found = {step: self._known[run, step, question] for step in folders if step not in missing}
            for step in found:
                self._known.move_to_end((run, step, question))
        if asked:
            try:
                found |= dict(zip(missing, self._awaited(asked), strict=True))
            except TooLate:
                raise ValueError("the answer takes too long; the machine may be busy, try again") from None
        return cast(list[AnyAnswer], [found[step] for step in folders])

    def _awaited(self, asked: _Asked) -> list[Answer]:
        """The answers. A question about a visitor's own text may take so long; past that its worker is ended."""
        text = getattr(asked.key[2], "text", "")
        longest = limits().learn_seconds if asked.key[0] is None and DIGEST.fullmatch(text) else None
        end = time.monotonic() + PATIENCE
        while longest is not None and time.monotonic() < end:
            try:
                return asked.future.result(LOOK)
            except TooLate:
                self._end_long(asked, longest)
        return asked.future.result(PATIENCE if longest is None else 0.0)

    def _end_long(self, asked: _Asked, longest: float) -> None:
        """End the worker where it is at this question for too long. Others are put to another; this one is not, it would be no faster."""
        with self._lock:
            number, oldest = next(iter(self._asked.items()), (0, None))
            if oldest is not asked or not self._process.ready or time.monotonic() - self._heard < longest:
                return
            del self._asked[number]
            self._too_long.add(asked.key)
            asked.future.set_exception(ValueError(TOO_LONG.format(longest)))
            self._process.wait(0.0)

    def close(self) -> None:
        """Let the worker go."""
        with self._lock:
            self._closed = True
            self._process.leave()
        self._process.wait(5.0)

    def _ask(self, run: About, folders: dict[int, Path], question: AnyQuestion, spec: RunSpec | None, first: bool) -> _Asked:
        if self._process.ended:
            self._replace()
        key = (run, tuple(folders), question)
        if key in self._too_long:  # a page asks again and again
            raise ValueError(TOO_LONG.format(limits().learn_seconds))
        if key not in self._shared:
            places = {str(step): str(folder) for step, folder in folders.items()}
            about = {"folders": places, "spec": specs.to_json(spec) if spec else None}
            message = {"do": "answer", "number": next(self._numbers), **about, "question": wire.question_to_json(question)}
            asked = self._shared[key] = _Asked(key, message, first)
            asked.future.add_done_callback(lambda _: self._shared.pop(key, None))
            self._waiting.append(asked)
            self._send()
        asked = self._shared[key]
        asked.first |= first  # a teacher asks what others wait for
        return asked

    def _send(self) -> None:
        """Give the worker those whose turn it is."""
        while self._waiting and len(self._asked) < AT_ONCE:
            asked = min(self._waiting, key=lambda each: not each.first)  # of equals the one that has waited for longest
            self._waiting.remove(asked)
            if not self._asked:
                self._heard = time.monotonic()
            self._asked[asked.message["number"]] = asked
            self._process.send(asked.message)

    def _remember(self, key: Key, answer: Answer) -> None:
        if key not in self._known:
            self._known[key] = answer
            self._bytes += _size(answer)
        while self._bytes > REMEMBERED:
            _, oldest = self._known.popitem(last=False)
            self._bytes -= _size(oldest)

    def _hear(self, process: Process, message: Message) -> None:
        self._heard = time.monotonic()
        if message["say"] != "answer":
            return
        with self._lock:
            asked = self._asked.pop(message["number"], None)
            if asked is None:
                return
            self._send()
            if "problem" in message:
                asked.future.set_exception(ValueError(message["problem"]))
                return
            run, steps, question = asked.key
            by_step = {written["step"]: wire.answer_from_json(question, written) for written in message["answers"]}
            for step in steps:
                self._remember((run, step, question), by_step[step])
            asked.future.set_result([by_step[step] for step in steps])

    def _gone(self, process: Process) -> None:
        with self._lock:
            if process is not self._process:
                return
            if process.ready and not self._closed:
                self._replace()
                return
            # One that never got ready would not now either; the next question tries again.
            for asked in (*self._asked.values(), *self._waiting):
                asked.future.set_exception(ValueError(GONE))
            self._asked.clear()
            self._waiting.clear()

    def _replace(self) -> None:
        """Another worker in the place of one that ended. Questions that it had are put again, once: one of them may be what kills."""
        self._process = self._start(self._hear, self._gone)
        for number, asked in list(self._asked.items()):
            if asked.again:
                asked.again = False
                self._process.send(asked.message)
            else:
                del self._asked[number]
                asked.future.set_exception(ValueError(GONE))
        self._send()


def _size(value: object) -> int:
    """Bytes in memory, about: of an answer or of what one of its fields holds."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, tuple):
        return sum(_size(item) for item in value)
    if isinstance(value, Answer):
        return sum(_size(getattr(value, item.name)) for item in fields(value))
    return 100 + 2 * len(value) if isinstance(value, str) else 100
