"""Make a recording of a finished run: small enough to come with the program, complete enough for every view of the page. And one of
what pages ask of texts.
"""

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from llmviz.core import catalogue
from llmviz.core.questions.base import Answer, Question
from llmviz.core.questions.vocabulary import TEXTS
from llmviz.core.update import Done, Step, Update
from llmviz.runs import tail, wire
from llmviz.runs.folder import RunFolder, UpdateLog
from llmviz.runs.thinning import spread, told

MOST_BYTES = 3_000_000
AnyQuestion = Question[Answer]
Ask = Callable[[dict[int, Path], AnyQuestion], list[Answer]]


def record(run: RunFolder, to: Path, ask: Ask, most_bytes: int = MOST_BYTES) -> list[int]:
    """Write the recording, in place of an earlier one; returns the steps whose snapshots it keeps.

    All updates are kept, and as many snapshots as fit, evenly out of those there are, which lie dense early. `ask` answers the
    questions its pages open with, so that the first picture needs no worker. Raises ValueError for a run that is not done or is too large.
    """
    if not isinstance(run.ending(), Done):
        raise ValueError("only a run that is done can be recorded")
    if to.exists() and any(to.iterdir()) and not RunFolder(to).updates.exists():
        raise ValueError(f"{to} holds something else than a recording")
    draft = to.with_name(f".{to.name}")
    every = run.snapshots()
    for count in range(len(every), 1, -1):
        steps = spread(every, count)
        if sum(RunFolder(run.snapshot(step)).size() for step in steps) > most_bytes:
            continue
        _write(run, draft, steps, ask)
        if RunFolder(draft).size() <= most_bytes:
            shutil.rmtree(to, ignore_errors=True)
            draft.rename(to)
            return steps
    shutil.rmtree(draft, ignore_errors=True)
    raise ValueError(f"even with two snapshots this run is more than the {most_bytes:,} bytes it may have")


def record_text_answers(to: Path, ask: Ask) -> int:
    """Answer what a page on vocabularies asks of each text first, in place of earlier answers; returns how many there are."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    asked = [question for text in TEXTS for question in catalogue.text_openings(text)]
    for question in asked:
        wire.write_answers(to / wire.file_of(question), question, ask({0: to}, question))
    return len(asked)


def _shorter(update: Update) -> Update:
    """The same update, of a step only the digits that mean something: single precision has eight, a clock here milliseconds."""
    return replace(update, loss=float(f"{update.loss:.8g}"), seconds=round(update.seconds, 3)) if isinstance(update, Step) else update


def _copy(run: RunFolder, step: int, to: Path) -> None:
    """Write a snapshot with all that belongs to it."""
    for file in (*run.shared, *run.snapshot(step).iterdir()):
        shutil.copyfile(file, to / file.name)


def _write(run: RunFolder, to: Path, steps: list[int], ask: Ask) -> None:
    shutil.rmtree(to, ignore_errors=True)
    recording = RunFolder(to)
    spec = run.spec()
    recording.create(spec, run.notes())
    for step in steps:
        recording.keep(step, partial(_copy, run, step))
    with UpdateLog(recording, keep=0) as log:
        for update in told(tail.updates(run.updates), steps):
            log.append(_shorter(update))
    recording.answers.mkdir()
    for number, question in enumerate(catalogue.openings(spec.stage, spec.text.name)):
        with suppress(ValueError):  # some can be asked of most runs of an experiment, not of all: a GPT keeps no old head
            answers = ask({step: run.snapshot(step) for step in steps}, question)
            wire.write_answers(recording.answers / f"{number}.npz", question, answers)
