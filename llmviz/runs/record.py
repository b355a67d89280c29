"""Make a recording of a finished run: small enough to come with the program, complete enough for every view of the page. And one of
what pages ask of texts.
"""

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from safetensors.numpy import load_file, save_file

from llmviz.core import catalogue
from llmviz.core.eight_bits import narrowed
from llmviz.core.questions.base import Answer, Question
from llmviz.core.questions.vocabulary import TEXTS
from llmviz.core.update import Done, Score, Step, Update
from llmviz.runs import tail, wire
from llmviz.runs.export import WEIGHTS
from llmviz.runs.folder import RunFolder, UpdateLog
from llmviz.runs.thinning import spread, told

MOST_BYTES = 3_000_000
MOST_OF_A_LARGER_MODEL = 8_000_000  # kept in eight bits: of three million parameters the first snapshot and the last, with all that is said
SAMPLED = 12  # steps of which the first question of a page is answered where only few snapshots are kept
AnyQuestion = Question[Answer]
Ask = Callable[[dict[int, Path], AnyQuestion], list[Answer]]


def record(run: RunFolder, to: Path, ask: Ask, most_bytes: int = MOST_BYTES, eight_bits: bool = False) -> list[int]:
    """Write the recording, in place of an earlier one; returns the steps whose snapshots it keeps.

    All updates are kept, and as many snapshots as fit, evenly out of those there are, which lie dense early. `ask` answers the
    questions its pages open with, so that the first picture needs no worker. In `eight_bits` matrices take half the room, and the first
    question is answered for more steps than there are snapshots. Raises ValueError for a run that is not done or is too large.
    """
    if not isinstance(run.ending(), Done):
        raise ValueError("only a run that is done can be recorded")
    if to.exists() and any(to.iterdir()) and not RunFolder(to).updates.exists():
        raise ValueError(f"{to} holds something else than a recording")
    draft = to.with_name(f".{to.name}")
    every = run.snapshots()
    for count in range(len(every), 1, -1):
        steps = spread(every, count)
        if sum(RunFolder(run.snapshot(step)).size() for step in steps) // (2 if eight_bits else 1) > most_bytes:
            continue
        _write(run, draft, steps, ask, eight_bits)
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
    """The same update with the digits alone that mean something: single precision has eight, a clock here milliseconds."""
    match update:
        case Step():
            return replace(update, loss=_eight(update.loss), seconds=round(update.seconds, 3))
        case Score():
            return replace(update, metrics={name: _eight(value) for name, value in update.metrics.items()})
    return update


def _eight(value: float) -> float:
    return float(f"{value:.8g}")


def _copy(run: RunFolder, step: int, eight_bits: bool, to: Path) -> None:
    """Write a snapshot with all that belongs to it."""
    for file in (*run.shared, *run.snapshot(step).iterdir()):
        shutil.copyfile(file, to / file.name)
    if eight_bits:
        save_file(narrowed(load_file(to / WEIGHTS)), to / WEIGHTS, {"format": "pt"})


def _write(run: RunFolder, to: Path, steps: list[int], ask: Ask, eight_bits: bool) -> None:
    shutil.rmtree(to, ignore_errors=True)
    recording = RunFolder(to)
    spec = run.spec()
    recording.create(spec, run.notes())
    for step in steps:
        recording.keep(step, partial(_copy, run, step, eight_bits))
    with UpdateLog(recording, keep=0) as log:
        for update in told(tail.updates(run.updates), steps):
            log.append(_shorter(update))
    recording.answers.mkdir()
    for number, question in enumerate(catalogue.openings(spec.stage, spec.text.name)):
        with suppress(ValueError):  # some can be asked of most runs of an experiment, not of all: a GPT keeps no old head
            others = spread(run.snapshots(), SAMPLED) if eight_bits and not number else []
            folders = {step: run.snapshot(step) for step in others} | {step: recording.snapshot(step) for step in steps}
            # Each by itself: snapshots in eight bits lie in another folder than those that are not kept.
            answers = [answer for step in sorted(folders) for answer in ask({step: folders[step]}, question)]
            wire.write_answers(recording.answers / f"{number}.npz", question, answers)
