"""What may stand in a line to a worker, and what it gets: a note in the log, or an answer that says why. The worker lives on."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from llmviz.core.questions.cloze import Cloze
from llmviz.runs import lines, wire
from llmviz.runs.engine import State
from llmviz.runs.process import Message, Process
from llmviz.runs.store import Store
from tests.runs.conftest import attempt_at, outcome
from tests.runs.fake import WIDTH, spec

GOOD = 4_711
KEY = f"{'a' * 64}-1"
QUESTION = wire.question_to_json(Cloze("the capital of France", (3,)))


class Worker:
    """A worker over the fake workshop, to which any bytes can be written; what it says, and the notes in its log."""

    def __init__(self, role: str, home: Path) -> None:
        self.said = Queue[Message | None]()
        self.log = home / f"{role}.log"
        places = ["--home", str(home), "--recordings", str(home / "recordings"), "--workshop", "tests.runs.fake:Fake"]
        self.process = Process([role, *places], self.log, lambda _, message: self.said.put(message), lambda _: self.said.put(None))
        assert self.hears() == {"say": "ready"}

    def told(self, line: bytes) -> None:
        pipe = self.process._popen.stdin
        assert pipe
        pipe.write(line)
        pipe.flush()

    def hears(self) -> Message | None:
        return self.said.get(timeout=30)

    @property
    def notes(self) -> list[str]:
        return [line for line in self.log.read_text(encoding="utf-8").splitlines() if not line.startswith("a library that talks")]

    def ends(self) -> bool:
        """Whether it leaves by itself, in peace, when its input has ended."""
        self.process.leave()
        while self.hears() is not None:
            pass
        return self.process._popen.returncode == 0


def written(message: Any) -> bytes:
    return json.dumps(message).encode()


def asks(number: Any = 1, **others: Any) -> bytes:
    """A question; a field that is `...` is left out."""
    fields = {"do": "answer", "number": number, "folders": {}, "spec": None, "question": QUESTION} | others
    return written({name: value for name, value in fields.items() if value is not ...})


def packed(kind: str, size: int) -> dict[str, Any]:
    """An array of eight bytes that says this of itself."""
    return {"dtype": kind, "shape": [size], "data": "AAAAAAAAAAA="}


def wrong(name: str) -> str:
    return lines.WRONG.format(name)


EITHER = {  # a line to a worker of either kind: the reason in the note
    "no JSON": (b"garbage", lines.NO_JSON),
    "nothing": (b"", lines.NO_JSON),
    "half a message": (b'{"do":"answer","number":', lines.NO_JSON),
    "two messages": (b'{"do":"pause","number":1}{"do":"pause","number":2}', lines.NO_JSON),
    "lists without end": (b"[" * 200_000, lines.NO_JSON),
    "objects without end": (b'{"do":' * 100_000, lines.NO_JSON),
    "bytes that are no text": (b'\xff\xfe{"do":"answer"}', lines.NO_JSON),
    "NUL": (b"\0" * 1_000, lines.NO_JSON),
    "text of two bytes a letter": ('{"do":"answer","number":1}'.encode("utf-16").replace(b"\n", b""), lines.NO_JSON),
    "a number of ten thousand digits": (b'{"do":"answer","number":' + b"9" * 10_000 + b"}", lines.NO_JSON),
    "a list": (b"[]", lines.NO_MESSAGE),
    "null": (b"null", lines.NO_MESSAGE),
    "a number": (b"7", lines.NO_MESSAGE),
    "brackets, as many as may stand in a line": (b"[" + b"[]," * 1_300_000 + b"[]]", lines.NO_MESSAGE),
    "no number at all": (b"NaN", lines.NO_MESSAGE),
    "text": (b'"answer"', lines.NO_MESSAGE),
    "an empty object": (b"{}", lines.NO_MESSAGE),
    "to do a list": (b'{"do":["answer"],"number":1}', lines.NO_MESSAGE),
    "to do nothing": (b'{"do":null,"number":1}', lines.NO_MESSAGE),
    "to do what nobody does": (b'{"do":"os.system","number":1}', lines.NOT_HERE),
    "to do a name of Python's": (b'{"do":"__class__","number":1}', lines.NOT_HERE),
    "past the longest": (b'{"do":"answer","number":1,"x":"' + b"x" * 5_000_000 + b'"}', lines.TOO_LONG),
}
ANSWERING = EITHER | {
    "a question without a number": (b'{"do":"answer"}', wrong("number")),
    "text as number": (asks("1"), wrong("number")),
    "a list as number": (asks([1]), wrong("number")),
    "true as number": (asks(True), wrong("number")),
    "a broken number": (asks(1.5), wrong("number")),
    "a negative number": (asks(-1), wrong("number")),
    "a number past all": (asks(10**30), wrong("number")),
    "half a character as text": (asks(question=QUESTION | {"text": "\ud800"}), lines.HALVES),
    "half a character as a name": (asks(question=QUESTION | {"\udfff": 1}), lines.HALVES),
    "for another kind of worker": (written({"do": "train", "run": KEY}), lines.NOT_HERE),
}
TRAINING = EITHER | {
    "a run that is missing": (b'{"do":"train"}', wrong("run")),
    "a run that is a path": (written({"do": "train", "run": "../../../etc/passwd"}), wrong("run")),
    "a path behind a run": (written({"do": "train", "run": f"{KEY}/../x"}), wrong("run")),
    "a line end behind a run": (written({"do": "train", "run": f"{KEY}\n"}), wrong("run")),
    "a run that is a list": (written({"do": "train", "run": [KEY]}), wrong("run")),
    "a pause without a number": (b'{"do":"pause"}', wrong("number")),
    "no seconds": (written({"do": "slow", "number": 1}), wrong("seconds")),
    "seconds in words": (written({"do": "slow", "number": 1, "seconds": "ten"}), wrong("seconds")),
    "seconds that are none": (written({"do": "slow", "number": 1, "seconds": float("nan")}), wrong("seconds")),
    "seconds without end": (written({"do": "slow", "number": 1, "seconds": float("inf")}), wrong("seconds")),
    "seconds before now": (written({"do": "slow", "number": 1, "seconds": -1}), wrong("seconds")),
    "a stop without a reason": (written({"do": "stop", "number": 1}), wrong("reason")),
    "a reason that is an object": (written({"do": "stop", "number": 1, "reason": {}}), wrong("reason")),
    "half a character as reason": (written({"do": "stop", "number": 1, "reason": "\ud800"}), lines.HALVES),
    "for another kind of worker": (asks(), lines.NOT_HERE),
}
REFUSED = {  # a message that has a number: what whoever asked is told
    "no folders": (asks(folders=...), "KeyError: 'folders'"),
    "folders that are a list": (asks(folders=[1]), "has no attribute 'items'"),
    "a step in words": (asks(folders={"first": "x"}), "invalid literal for int"),
    "a folder that is a number": (asks(folders={"1": 7}), "TypeError"),
    "a folder that is not there": (asks(folders={"1": "nowhere"}), "No such file"),
    "no question": (asks(question=...), "KeyError: 'question'"),
    "a question that is text": (asks(question="?"), "this is not a question"),
    "a question of no kind": (asks(question={}), "this is not a question"),
    "a kind that nobody knows": (asks(question={"kind": "os.system"}), "this is not a question"),
    "a kind that is a list": (asks(question={"kind": [[]]}), "this is not a question"),
    "a question with more to it": (asks(question=QUESTION | {"__class__": "x"}), "this is not a question"),
    "numbers that are no numbers": (asks(question=QUESTION | {"hidden": packed("O", 1)}), "OBJECT array"),
    "a shape without end": (asks(question=QUESTION | {"hidden": packed("<f4", 10**12)}), "cannot reshape"),
    "a question nested without end": (
        asks(question={"kind": "Cloze", "text": "HERE"}).replace(b'"HERE"', b"[" * 900 + b"]" * 900),
        "RecursionError",
    ),
    "a spec that is none": (asks(spec={"stage": "evil"}), ""),
    "a spec that is text": (asks(spec="x"), ""),
}


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    worker = Worker("answer", tmp_path_factory.mktemp("answering"))
    yield worker
    assert worker.ends()


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    worker = Worker("train", tmp_path_factory.mktemp("training"))
    yield worker
    assert worker.ends()


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    save_file({"w": np.ones(WIDTH, np.float32)}, tmp_path / "model.safetensors")
    return tmp_path


def good(snapshot: Path) -> bytes:
    return asks(GOOD, folders={"30": str(snapshot)}) + b"\n"


def answered(said: Message | None) -> bool:
    return said is not None and said["number"] == GOOD and [answer["step"] for answer in said["answers"]] == [30]


@pytest.mark.parametrize("row", ANSWERING)
def test_a_line_that_is_no_message_is_noted_and_the_next_question_answered(answering: Worker, snapshot: Path, row: str) -> None:
    line, reason = ANSWERING[row]
    before = len(answering.notes)
    answering.told(line + b"\n" + good(snapshot))
    assert answered(answering.hears())
    assert noted(answering.notes[before:], line) == [reason]


@pytest.mark.parametrize("row", REFUSED)
def test_a_message_that_makes_no_sense_is_refused_to_whoever_asked(answering: Worker, snapshot: Path, row: str) -> None:
    line, sentence = REFUSED[row]
    answering.told(line + b"\n" + good(snapshot))
    said = answering.hears()
    assert said is not None and said["number"] == 1 and sentence in said["problem"] and len(said["problem"]) < 300
    assert answered(answering.hears())


@pytest.mark.parametrize("row", TRAINING)
def test_a_line_that_is_no_message_leaves_a_training_worker_ready(training: Worker, row: str) -> None:
    line, reason = TRAINING[row]
    before = len(training.notes)
    training.told(line + b"\n" + written({"do": "train", "run": KEY}) + b"\n")  # which is no run of this folder
    while (said := training.hears()) and said["say"] != "ended":
        pass
    assert said and said["run"] == KEY and said["update"]["type"] == "failed"
    assert noted(training.notes[before:], line) == [reason]


def noted(notes: list[str], line: bytes) -> list[str]:
    """The reasons in these notes, each of which is one short sentence that repeats nothing of the line."""
    begin = f"a line of {min(len(line), lines.LONGEST + 1):,} bytes was skipped: "
    assert all(note.startswith(begin) and len(note) < 120 for note in notes), notes
    return [note.removeprefix(begin) for note in notes]


def test_a_run_under_way_is_not_disturbed_by_any_of_them(tmp_path: Path) -> None:
    store = Store(tmp_path / "here")
    whole = attempt_at(Store(tmp_path / "whole"), spec(60))
    list(whole)
    run, claim = store.create(spec(60, milliseconds=5))
    claim.release()
    worker = Worker("train", store.home)
    worker.told(written({"do": "train", "run": run.key}) + b"\n")
    assert (worker.hears() or {})["say"] == "training"
    worker.told(b"\n".join([*(line for line, _ in TRAINING.values()), written({"do": "train", "run": KEY}), b""]))
    while (said := worker.hears()) and said["say"] != "ended":
        pass
    assert said and said["run"] == run.key and store.status(run).state is State.DONE
    assert outcome(store.folder(run)) == outcome(whole.folder)
    assert "a run was to begin while another trains; it does not, and the other goes on" in worker.notes
    assert worker.ends()


def test_of_a_flood_only_so_much_is_noted_and_a_worker_ends_with_an_input_that_is_cut_off(tmp_path: Path, snapshot: Path) -> None:
    worker = Worker("text", tmp_path)
    began = time.monotonic()
    worker.told(b"[[[[\n" * 100_000 + good(snapshot))
    assert answered(worker.hears()) and time.monotonic() - began < 20
    assert len(worker.notes) == lines.NOTED and worker.notes[-1].endswith("; of further ones no note is taken")
    worker.told(good(snapshot)[:20])
    assert worker.ends()


def test_the_last_line_of_an_input_that_is_cut_off_is_noted(tmp_path: Path) -> None:
    worker = Worker("text", tmp_path)
    worker.told(asks())
    assert worker.ends()
    assert noted(worker.notes, asks()) == [lines.CUT_OFF]
