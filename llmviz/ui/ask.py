"""Ask a run about the visitor's sentence, and remember the answers for this visit."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Thread
from typing import Generic, Protocol, cast

import streamlit as st
from tokenizers import Tokenizer

from llmviz.core.once import Once
from llmviz.core.questions.base import Answer, AnyAnswer, Question
from llmviz.core.run import RunRef
from llmviz.runs.engine import Engine
from llmviz.text.tokenizers import in_words, load_tokenizer, nearest, pieces
from llmviz.ui import visit
from llmviz.ui.turns import requested, turns
from llmviz.views import tokens as view
from llmviz.views.tokens import Token

REMEMBERED = 24  # questions per visit; the answers to one are some kilobytes, with attention some hundred
WAITING = 64  # questions that wait for a worker at once, each in a thread that does nothing else: equal ones are computed once
RETRY = 3.0  # seconds after which a refused question is asked again
_threads = Once(lambda: ThreadPoolExecutor(max_workers=WAITING, thread_name_prefix="ask"))
_teachers = Once(lambda: ThreadPoolExecutor(max_workers=WAITING // 4, thread_name_prefix="ask first"))  # theirs wait for no thread either


def read(engine: Engine, run: RunRef | None, sentence: str) -> tuple[list[Token], str]:
    """The sentence as the tokens of this run, and a word on those it does not know. Without a run, as words."""
    if run is not None:
        try:
            tokenizer = tokenizer_of(engine, run)
            found = [Token(piece.text, piece.source, piece.known, piece.joined, piece.shown) for piece in pieces(tokenizer, sentence)]
            return found, view.unknown(found, lambda word: near(word, tokenizer), whole=in_words(tokenizer))
        except (OSError, ValueError):
            pass  # a run that has only begun has no tokenizer yet; its words will do until then
    return [Token(word, word) for word in sentence.split()], ""


@lru_cache(maxsize=1024)
def near(word: str, tokenizer: Tokenizer, count: int = 3) -> tuple[str, ...]:
    """Known words that look most like an unknown one. To find them takes some milliseconds, and a page asks three times."""
    return tuple(nearest(word, tokenizer, count))


def tokenizer_of(engine: Engine, run: RunRef) -> Tokenizer:
    """What this run reads its text with. Raises ValueError, in a sentence, where it is not there yet."""
    file = engine.tokenizer(run)
    written = file.stat()
    return _tokenizer(str(file), written.st_mtime_ns, written.st_size)


def vocabulary(engine: Engine, run: RunRef | None) -> list[str]:
    """The words this run knows, in order; none where there is no tokenizer yet."""
    if run is None:
        return []
    try:
        return words_of(tokenizer_of(engine, run))
    except (OSError, ValueError):
        return []


@lru_cache(maxsize=64)
def words_of(tokenizer: Tokenizer) -> list[str]:
    """The entries of its vocabulary that begin with a letter, in order."""
    return sorted((word for word in tokenizer.get_vocab() if word[:1].isalpha()), key=str.lower)


@dataclass
class Asked(Generic[AnyAnswer]):
    """What is known of one question, by step; what is still awaited, and why the last attempt was refused."""

    known: dict[int, AnyAnswer] = field(default_factory=dict)
    awaited: "Future[list[AnyAnswer]] | None" = None
    refusal: str = ""
    again: float = 0.0  # when to ask once more after a refusal
    script: float = 0.0  # when the last script that asked it was asked for itself

    @property
    def pending(self) -> bool:
        """Whether more is on its way."""
        return self.awaited is not None


@dataclass(frozen=True)
class Found(Generic[AnyAnswer]):
    """The one answer to a question, or why there is none."""

    answer: AnyAnswer | None
    refusal: str


class Answering(Protocol):
    """Whoever answers what is asked of a run: the engine, or what holds models that were trained elsewhere."""

    def answer(self, run: RunRef, steps: Sequence[int], question: Question[AnyAnswer], first: bool = False) -> list[AnyAnswer]:
        """What the snapshots after these steps make of the question, where it is asked `first` before all that waits.

        Raises ValueError, in a sentence, where there is no answer.
        """


def answers(
    engine: Answering, run: RunRef | None, steps: Sequence[int], question: Question[AnyAnswer], patience: float | None, slot: str = ""
) -> Asked[AnyAnswer]:
    """What the snapshots after these steps say; only new ones are asked. A question about a text has no run, and the one step 0.

    Waits `patience` seconds, or as long as it takes where that is None: the panel of a run under way must not stand still while the
    answering worker is busy. Each picture of a page has a `slot`: a question that nobody looks at any more is not computed. What a teacher
    asks goes before all that waits.
    """
    memory = cast(dict[object, Asked[Answer]], st.session_state.setdefault("answers", {}))
    key = (slot, run, question)
    asked = cast(Asked[AnyAnswer], memory.pop(key, None) or Asked())
    asked.script = script = max(asked.script, requested())
    for (others, *_), other in list(cast(dict[tuple[str, RunRef | None], Asked[Answer]], memory).items()):
        # A script that has been overtaken may still be drawing: what the newer one asks is not its to call off.
        if others == slot and other.script <= script and other.awaited and other.awaited.cancel():
            other.awaited = None
    memory[key] = cast(Asked[Answer], asked)  # last in, so that the oldest is the first to be forgotten
    while len(memory) > REMEMBERED:
        memory.pop(next(iter(memory)))

    wanted = [step for step in steps if step not in asked.known]
    if wanted and not asked.awaited and time.monotonic() >= asked.again:
        asked.awaited = _asked(engine, run, wanted, question, visit.teaches())
    if asked.awaited:
        _collect(asked, patience)
    return asked


def _asked(
    engine: Answering, run: RunRef | None, steps: Sequence[int], question: Question[AnyAnswer], first: bool
) -> "Future[list[AnyAnswer]]":
    """The answers, which are on their way."""
    if run is None:
        return _of_text(cast(Engine, engine), question, first)
    return (_teachers if first else _threads)().submit(engine.answer, run, steps, question, first)


def _of_text(engine: Engine, question: Question[AnyAnswer], first: bool) -> "Future[list[AnyAnswer]]":
    """Ask in a thread that does not keep the server from ending: to read every text may take half a minute."""
    future: Future[list[AnyAnswer]] = Future()

    def answer() -> None:
        try:
            future.set_result([engine.answer_text(question, first)])
        except Exception as problem:  # whoever waits is told
            future.set_exception(problem)

    future.set_running_or_notify_cancel()
    Thread(target=answer, name="text", daemon=True).start()
    return future


def _collect(asked: Asked[AnyAnswer], patience: float | None) -> None:
    awaited = asked.awaited
    assert awaited is not None
    if not awaited.done():
        with turns.apart():
            wait([awaited], patience)
    if not awaited.done():
        return
    asked.awaited, asked.refusal = None, ""
    try:
        asked.known |= {answer.step: answer for answer in awaited.result()}
    except ValueError as problem:
        asked.refusal, asked.again = str(problem), time.monotonic() + RETRY


@lru_cache(maxsize=64)
def _tokenizer(file: str, *_: int) -> Tokenizer:
    return load_tokenizer(Path(file))
