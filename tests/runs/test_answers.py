import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from llmviz.core import catalogue
from llmviz.core.catalogue import BY_NAME
from llmviz.core.hosting import Limits
from llmviz.core.questions.attention import Attend, Attention
from llmviz.core.questions.base import Answer, AnyAnswer, Question
from llmviz.core.questions.cloze import Cloze, Trace
from llmviz.core.questions.exercise import Solve
from llmviz.core.run import RunRef
from llmviz.experiments.next_sentence.question import Follows
from llmviz.runs import wire, worker
from llmviz.runs.conduct import Inbox
from llmviz.runs.lines import Message
from llmviz.runs.local import LocalEngine
from llmviz.runs.recordings import HERE, Recordings
from llmviz.runs.store import Store
from tests.runs.conftest import MakeEngine, until
from tests.runs.fake import Fake, spec

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
SENTENCE = Cloze("the capital of France", (3,))


def trained(engine: LocalEngine) -> RunRef:
    run = engine.train(spec(30), "ann")
    until(lambda: engine.history(run).end is not None)
    return run


def same(one: Answer, other: Answer) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in type(one).__dataclass_fields__)


def test_an_answer_arrives_as_it_was_made(engine_of: MakeEngine) -> None:
    engine = engine_of()
    run = trained(engine)
    folder = engine.store.folder(run)
    steps = [20, 0, 30]
    expected = Fake().answer({step: folder.snapshot(step) for step in steps}, SENTENCE)
    assert all(same(*pair) for pair in zip(engine.answer(run, steps, SENTENCE), expected, strict=True))
    with pytest.raises(ValueError, match="empty sentence"):
        engine.answer(run, steps, Cloze(""))
    with pytest.raises(ValueError, match="no snapshot after 7 steps"):
        engine.answer(run, [7], SENTENCE)
    assert engine.answer(run, [], SENTENCE) == []


def test_a_known_answer_needs_no_worker_and_a_lost_worker_is_replaced(engine_of: MakeEngine) -> None:
    engine = engine_of()
    run = trained(engine)
    (first,) = engine.answer(run, [30], SENTENCE)
    os.kill(engine.workers()[-1], KILL)
    assert engine.answer(run, [30], SENTENCE)[0] is first
    assert [trace.step for trace in engine.answer(run, [0, 30], SENTENCE)] == [0, 30]


def test_a_question_that_kills_the_worker_is_refused_and_the_next_is_answered(engine_of: MakeEngine) -> None:
    engine = engine_of()
    run = trained(engine)
    with pytest.raises(ValueError, match="has ended"):
        engine.answer(run, [30], Cloze("die"))
    assert engine.answer(run, [30], SENTENCE)


def test_a_question_of_another_stage_is_refused_in_a_sentence(engine_of: MakeEngine) -> None:
    """By what the run trains, which travels with the question: its snapshots say only what kind of model they are."""
    engine = engine_of()
    run = trained(engine)  # of masked tokens
    for question, sentence in (
        (Follows("a dog .", "it barks ."), "never learnt to tell whether one part goes on"),
        (Solve("clm", (2, 9, 3), (), (1,), (9,)), "never learnt from such exercises"),
    ):
        with pytest.raises(ValueError, match=sentence):
            engine.answer(run, [30], question)
    assert not Solve("mlm", (2, 9, 3), (), (1,), (9,)).refusal("mlm") and not Follows("a", "b").refusal("nsp")


def test_whoever_asks_is_answered_before_the_practice_goes_on(store: Store) -> None:
    inbox, order = Inbox(), list[str]()

    def practice() -> Iterator[None]:
        for number in range(3):
            order.append(f"practice {number}")
            if number == 1:
                inbox.put({"number": 7, "folders": {}, "spec": None, "question": wire.question_to_json(SENTENCE)})
            yield
        inbox.put(None)

    def say(message: Message) -> None:
        order.append(f"{message['say']} {message['number']}")

    worker.serve_answers(Fake(), store, Recordings(store.home / "recordings"), inbox, say, practice())
    assert order == ["practice 0", "practice 1", "answer 7", "practice 2"]


def test_it_practises_on_the_default_runs_alone() -> None:
    folders = set[Path]()

    class Noting(Fake):
        def answer(self, given: dict[int, Path], question: Question[AnyAnswer]) -> list[AnyAnswer]:
            folders.update(given.values())
            return []

    assert sum(1 for _ in worker.practise(Noting(), Recordings(HERE))) >= sum(bool(stage.recorded) for stage in BY_NAME.values())
    assert {folder.relative_to(HERE).parts[0] for folder in folders} == {
        f"{stage.name}-tinyland" for stage in BY_NAME.values() if stage.recorded and catalogue.openings(stage.name, "tinyland")
    }


def test_what_cannot_be_practised_is_left_to_whoever_asks() -> None:
    class Failing(Fake):
        def answer(self, given: dict[int, Path], question: Question[AnyAnswer]) -> list[AnyAnswer]:
            raise RuntimeError("a tensor is missing")

    assert list(worker.practise(Failing(), Recordings(HERE))) == []


def test_many_viewers_of_one_question_get_one_answer(engine_of: MakeEngine) -> None:
    engine = engine_of()
    run = trained(engine)
    answers: list[list[Trace]] = []
    viewers = [threading.Thread(target=lambda: answers.append(engine.answer(run, [0, 30], SENTENCE))) for _ in range(20)]
    for viewer in viewers:
        viewer.start()
    for viewer in viewers:
        viewer.join()
    assert len(answers) == 20
    assert all(trace is first for answer in answers for trace, first in zip(answer, answers[0], strict=True))


def test_answers_survive_the_wire_and_the_file(tmp_path: Path) -> None:
    trace = Trace(
        7,
        ("é", "<b>"),
        np.array([0.5, 0.25], np.float32),
        np.arange(4).reshape(2, 2),
        np.ones((2, 2), np.float32),
        (("a", "b"), ("c", "d")),
    )
    weights = np.arange(32, dtype=np.uint8).reshape(1, 2, 4, 4)
    looked = [Attention(step, ("[CLS]", "é", "<b>", "[SEP]"), np.array([0, 0, 1, 0], bool), 2, 2, False, weights + step) for step in (7, 9)]
    asked: list[tuple[Cloze | Attend, list[Trace] | list[Attention]]] = [(SENTENCE, [trace]), (Attend("é<b>"), looked)]
    for question, answers in asked:
        for answer in answers:
            assert same(wire.answer_from_json(question, wire.answer_to_json(answer)), answer)
        wire.write_answers(tmp_path / "0.npz", question, answers)
        found, kept = wire.read_answers(tmp_path / "0.npz")
        assert found == question and all(same(kept[answer.step], answer) for answer in answers)


def test_several_workers_share_the_runs_and_one_that_is_lost_keeps_nobody(engine_of: MakeEngine) -> None:
    engine = engine_of(limits=replace(Limits(), answering=2))
    until(lambda: len(engine.workers()) >= 3)
    runs = [engine.train(spec(30, seed=seed), "ann") for seed in range(6)]
    assert len({int(run.id[:8], 16) % 2 for run in runs}) == 2  # both have some
    until(lambda: all(engine.history(run).end is not None for run in runs))
    first = [engine.answer(run, [30], SENTENCE)[0] for run in runs]
    for pid in engine.workers()[-2:]:
        os.kill(pid, KILL)
    assert all(engine.answer(run, [30], SENTENCE)[0] is known for run, known in zip(runs, first, strict=True))
    assert [[trace.step for trace in engine.answer(run, [0, 30], SENTENCE)] for run in runs] == [[0, 30]] * 6


def test_many_who_ask_at_once_all_get_their_answer_when_the_worker_is_killed(engine_of: MakeEngine) -> None:
    engine = engine_of()
    run = trained(engine)
    engine.answer(run, [30], SENTENCE)  # one that is killed before it was ever ready is not replaced
    with ThreadPoolExecutor(20) as visitors:
        asked = [visitors.submit(engine.answer, run, [0, 30], Cloze(f"the capital of {number % 10}", (3,))) for number in range(20)]
        os.kill(engine.workers()[-1], KILL)
        found = [[trace.step for trace in each.result(60)] for each in asked]
    assert found == [[0, 30]] * 20
