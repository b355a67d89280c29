"""The program that does the model work: `python -m llmviz.runs.worker train|answer|text|real`. JSON lines in, JSON lines out.

A training worker obeys {"do": "train", "run": key, ...}, and while it trains pause, continue, step, slow, part and stop; an answering
worker obeys {"do": "answer", ...}, with the run's spec, and so does one for texts: it answers what is asked of texts, and is there at
once, for it loads no torch.
A line that is no message is skipped (`lines`). At the end of its input, or told to by the system, a worker checkpoints and leaves, so
nothing is orphaned. This module alone, of all of `runs`, knows stages, training and inspection, and loads them when they are needed.
"""

import argparse
import importlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO

from llmviz.core import catalogue
from llmviz.core import spec as specs
from llmviz.core.home import home as default_home
from llmviz.core.questions.base import Answer, Question, ToTraining
from llmviz.core.questions.vocabulary import Learn
from llmviz.core.run import RunRef
from llmviz.core.run import parse as parse_key
from llmviz.core.settings import TrainSpec
from llmviz.core.spec import RunSpec, preset
from llmviz.core.update import Failed, Update
from llmviz.core.update import to_json as update_to_json
from llmviz.runs import lines, wire
from llmviz.runs.attempt import Attempt, sentence
from llmviz.runs.conduct import Inbox, Say, conduct
from llmviz.runs.lines import Message
from llmviz.runs.recordings import HERE, Recordings
from llmviz.runs.standing import Standing
from llmviz.runs.store import Store
from llmviz.runs.workshop import Rebuilt, StageInProgress, TrainingInProgress, Workshop

POLITENESS = 10  # added to the niceness of a training worker: the page and the answers come first


def answering(question: type[Question[Answer]]) -> Callable[[Any, Any], Any]:
    """The function a kind of question names, its module loaded."""
    module, _, function = question.answered_by.partition(":")
    found: Callable[[Any, Any], Any] = getattr(importlib.import_module(module), function or "answer")
    return found


class Real:
    """The stages, the loop and the inspection of this program."""

    def warm(self, role: str) -> None:
        """Import torch and what the role needs. One thread: two would change the weights, and slow down two runs at once."""
        if role == "text":
            answering(Learn)
            return
        import torch

        torch.set_num_threads(1)
        with suppress(RuntimeError):  # may be said once in a process
            torch.set_num_interop_threads(1)
        if role == "real":
            return  # what is asked of it loads what it needs
        if role == "train":
            from llmviz.experiments import building

            building.warm()
        else:
            for question in catalogue.QUESTIONS.values():
                answering(question)

    def build(self, spec: RunSpec, parent: Path | None, **others: Path) -> StageInProgress:
        """The stage at its start."""
        import torch

        from llmviz.experiments import building

        torch.set_num_threads(1)
        return building.build(spec, parent, **others)

    def training(self, stage: Any, train: TrainSpec) -> TrainingInProgress:
        """The loop over this stage."""
        import torch

        from llmviz.training.loop import Training

        torch.set_num_threads(1)
        return Training(stage, train)

    def ask(self, training: Any, question: ToTraining[Answer]) -> Answer:
        """The question put to a training that stands between two steps, by what it names."""
        found: Answer = answering(type(question))(training, question)
        return found

    def answer(self, folders: dict[int, Path], question: Question[Answer]) -> list[Answer]:
        """The question put through these snapshots, by what it names."""
        found: list[Answer] = answering(type(question))(folders, question)
        return found

    def rebuilt(self, spec: RunSpec, snapshot: Path, tokenizer: Path) -> Rebuilt:
        """The snapshot, its model and tokenizer made anew."""
        from llmviz.models.rebuilt import rebuilt

        return rebuilt(spec, snapshot, tokenizer)


def train(spec: RunSpec, home: Path | None = None, named: Sequence[RunRef] = ()) -> Attempt:
    """Train in this process: an iterator over the updates, whose `run`, `folder` and `snapshot` say what it leaves.

    The attempt is new; of its inputs those `named` are these very runs. Raises ValueError where another process trains this spec already.
    """
    store = Store(home or default_home())
    run, claim = store.create(spec, named)
    try:
        return Attempt(Real(), store, Recordings(), run)
    finally:
        claim.release()


def resume(run: RunRef, home: Path | None = None) -> Attempt:
    """Let a run that stopped or was interrupted go on in this process, to the same result."""
    store = Store(home or default_home())
    claim = store.claim(run)
    try:
        return Attempt(Real(), store, Recordings(), run)
    finally:
        claim.release()


def unknown(spec: RunSpec) -> float:
    """The share of [UNK] in the text of a run, in the vocabulary its lineage began with. The training in this process reads it too."""
    from llmviz.training.texts import text_of

    return text_of(spec).unknown


def serve_training(workshop: Workshop, store: Store, recordings: Recordings, inbox: Inbox, say: Say) -> None:
    """Train one run after the other until the input ends."""
    while (message := inbox.get()) is not None:
        if message["do"] != "train":
            continue  # meant for a run that has ended meanwhile
        run = parse_key(message["run"])
        last: Update | None
        try:
            attempt = Attempt(workshop, store, recordings, run)
        except (ValueError, OSError) as problem:
            last = Failed(0, sentence(problem))
        else:
            say({"say": "paused" if message.get("single") else "training", "number": 0, "still": False})
            last = conduct(attempt, inbox, say, bool(message.get("single")))
        say({"say": "ended", "run": run.key, "update": update_to_json(last)} if last else {"say": "parted", "run": run.key})


def serve_answers(workshop: Workshop, store: Store, recordings: Recordings, inbox: Inbox, say: Say, practice: Iterator[None]) -> None:
    """Answer one question after the other until the input ends; while nobody asks, go on with the practice."""
    standing = Standing(workshop, store, recordings)
    while (message := _next(inbox, practice)) is not None:
        try:
            folders = {int(step): Path(folder) for step, folder in message["folders"].items()}
            question = wire.question_from_json(message["question"])
            if message["spec"] and (refusal := question.refusal(specs.from_json(message["spec"]).stage)):
                raise ValueError(refusal)
            answers = standing.answer(folders, question) if isinstance(question, ToTraining) else workshop.answer(folders, question)
            say({"say": "answer", "number": message["number"], "answers": [wire.answer_to_json(answer) for answer in answers]})
        except Exception as problem:  # whatever it is, whoever asked is told and the next is answered
            say({"say": "answer", "number": message["number"], "problem": sentence(problem)})


def _next(inbox: Inbox, practice: Iterator[None]) -> Message | None:
    """The message that comes next."""
    done = object()
    while inbox.empty() and next(practice, done) is not done:
        pass
    return inbox.get()


def practise(workshop: Workshop, recordings: Recordings) -> Iterator[None]:
    """Answer the first questions of the default runs, for nobody: a first answer takes ten times as long as a second.

    Of the last snapshot alone: whoever comes meanwhile waits for one answer.
    """
    for folder in map(recordings.folder, recordings.runs()):
        with suppress(Exception):  # an older recipe, or damaged: whoever asks will be told
            if (spec := folder.spec()) == preset(spec.stage):
                for question in catalogue.openings(spec.stage, spec.text.name):
                    workshop.answer({step: folder.snapshot(step) for step in folder.snapshots()[-1:]}, question)
                    yield


def private_output() -> BinaryIO:
    """Standard output for our lines alone: whatever a library prints goes to standard error from here on."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return output


def load_workshop(name: str) -> Workshop:
    """The workshop that `module:Class` names."""
    module, _, kind = name.partition(":")
    workshop: Workshop = getattr(importlib.import_module(module), kind)()
    return workshop


def main() -> None:
    """Speak JSON lines until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", choices=("train", "answer", "text", "real"))
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--recordings", type=Path, default=HERE)
    parser.add_argument("--workshop", default=f"{__spec__.name}:Real")
    given = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that owns this one; it then ends our input
    output, inbox, door, ready = private_output(), SimpleQueue[Message | None](), threading.Lock(), threading.Event()

    def leave(*_: Any) -> None:
        if not ready.is_set():
            os._exit(0)  # nothing has begun; the imports under way would take their seconds
        inbox.put(None)

    for name in ("SIGTERM", "SIGHUP"):  # a service that ends, a terminal that closes; Windows has no SIGHUP, and nohup ignores it
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, leave)

    def say(message: Message) -> None:
        with door, suppress(BrokenPipeError):  # nobody listens any more: the end of the input follows
            output.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
            output.flush()

    def listen() -> None:
        try:
            for message in lines.messages(sys.stdin.fileno(), lines.TRAINING if given.role == "train" else lines.ANSWERING):
                inbox.put(message)
        finally:  # however it ends: a worker that hears nobody must not stay
            leave()

    threading.Thread(target=listen, daemon=True).start()
    if given.role == "train" and hasattr(os, "nice"):
        os.nice(POLITENESS)
    workshop = load_workshop(given.workshop)
    os.environ["LLMVIZ_HOME"] = str(given.home)  # prepared texts are kept beside the runs
    recordings = Recordings(given.recordings)
    workshop.warm(given.role)
    ready.set()
    say({"say": "ready"})
    if given.role == "train":
        serve_training(workshop, Store(given.home), recordings, inbox, say)
    else:
        practice = practise(workshop, recordings) if given.role == "answer" else iter(())
        serve_answers(workshop, Store(given.home), recordings, inbox, say, practice)


if __name__ == "__main__":
    main()
