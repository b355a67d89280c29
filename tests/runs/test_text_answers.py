"""Questions about texts: asked of a worker of their own, and answered at once where the answer came with the program."""

import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from llmviz.core import hosting
from llmviz.core.catalogue import text_openings
from llmviz.core.questions.base import Answer
from llmviz.core.questions.cloze import Cloze
from llmviz.core.questions.vocabulary import BPE, KINDS, TEXTS, UNIGRAM, Count, Grow, Learn, Vocabulary
from llmviz.runs import wire
from llmviz.runs.local import LocalEngine
from llmviz.runs.recordings import HERE, TEXT_ANSWERS, Recordings
from llmviz.text import learning, own
from tests.runs.conftest import MakeEngine

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
TEXT = "the dog barks and the dogs bark .\n" * 40


def same(one: Answer, other: Answer) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in type(one).__dataclass_fields__ if name != "seconds")


@pytest.fixture
def engine(tmp_path: Path, engine_of: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> LocalEngine:
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))
    return engine_of(workshop="llmviz.runs.worker:Real", recordings=HERE)


def test_a_worker_learns_from_a_text_of_ones_own_and_a_lost_one_is_replaced(engine: LocalEngine) -> None:
    digest, _ = own.take(TEXT)
    found = engine.answer_text(Learn(digest, BPE, 300))
    assert same(found, learning.vocabulary(digest, BPE, 300))
    assert engine.answer_text(Learn(digest, BPE, 300)) is found
    assert engine._of_texts
    os.kill(engine._of_texts.process.pid, KILL)
    assert engine.answer_text(Count(digest)).known["dog"] == 40


def test_a_text_that_takes_too_long_is_given_up_and_holds_nobody_up(engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMVIZ_LEARN_SECONDS", "1")
    hosting.limits.cache_clear()
    try:
        short, _ = own.take(TEXT)
        assert engine.answer_text(Count(short)).known["dog"] == 40  # the worker is there
        letters = random.Random(0)
        long, _ = own.take("".join(chr(letters.randrange(0x4E00, 0x9FFF)) for _ in range(1_000_000)))
        with ThreadPoolExecutor() as pool:
            slow = pool.submit(engine.answer_text, Grow(long))
            time.sleep(0.2)
            began = time.monotonic()
            assert engine.answer_text(Learn(short, BPE, 300)).letters
            assert time.monotonic() - began < 20
            with pytest.raises(ValueError, match="longer than the 1 seconds that one question"):
                slow.result(20)
        assert engine._of_texts
        before = engine._of_texts.process.pid
        with pytest.raises(ValueError, match="give a shorter text"):
            engine.answer_text(Grow(long))
        assert engine._of_texts.process.pid == before  # it was not tried again
    finally:
        hosting.limits.cache_clear()


def test_a_refusal_is_the_workers_own_sentence(engine: LocalEngine) -> None:
    with pytest.raises(ValueError, match="paste it again"):
        engine.answer_text(Learn("0" * 64, BPE, 300))
    with pytest.raises(ValueError, match="there is no letters vocabulary"):
        engine.answer_text(Learn(own.take(TEXT)[0], "letters", 300))


def test_what_came_with_the_program_needs_no_worker(engine: LocalEngine) -> None:
    for text in TEXTS:
        for question in text_openings(text):
            assert type(engine.answer_text(question)) is question.answer
    assert engine._of_texts is None


def test_the_files_that_came_are_those_a_page_opens_with_and_are_small() -> None:
    asked = {wire.file_of(question): question for text in TEXTS for question in text_openings(text)}
    files = {file.name: file for file in (HERE / TEXT_ANSWERS).iterdir()}
    assert set(files) == set(asked)
    assert all(wire.read_answers(file)[0] == asked[name] for name, file in files.items())
    assert sum(file.stat().st_size for file in files.values()) < 500_000


def test_the_present_code_learns_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))
    learning._learn.cache_clear()
    recordings = Recordings()
    for question in text_openings("tinyland")[: len(KINDS) + 1]:
        (now,), then = learning.answer({0: tmp_path}, question), recordings.answered_text(question)
        assert then is not None
        if isinstance(then, Vocabulary) and isinstance(now, Vocabulary) and now.scores.size:  # sums in an order that changes
            assert set(now.entries) == set(then.entries)
            assert now.logs == pytest.approx(then.logs, abs=0.1)
        else:
            assert same(now, then)


def test_a_question_nobody_foresaw_and_a_damaged_file_have_no_answer(tmp_path: Path) -> None:
    (tmp_path / TEXT_ANSWERS).mkdir()
    question = Learn("tinyland", UNIGRAM, 500)
    (tmp_path / TEXT_ANSWERS / wire.file_of(question)).write_bytes(b"PK")
    recordings = Recordings(tmp_path)
    assert recordings.answered_text(question) is None
    assert Recordings().answered_text(Learn("../../etc", BPE, 500)) is None
    assert Recordings().answered_text(Cloze("a dog")) is None
