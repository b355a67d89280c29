"""A workshop without torch: a vector that is pulled about. Tiny and exact, so that tests can kill it many times a second.

`train.clip` is taken as the milliseconds one step lasts; a seed in `TROUBLE` makes the run misbehave.
"""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from llmviz.core.questions.base import Answer, AnyAnswer, Question, ToTraining
from llmviz.core.questions.cloze import Cloze, Trace
from llmviz.core.questions.onestep import OneStep, Opened
from llmviz.core.settings import TrainSpec
from llmviz.core.spec import RunSpec, starting_from
from llmviz.core.update import Begin, Done, Score, Snapshot, Step, Update

BREAKS, DIES_AT_START = 666, 667
HANGS_WHEN_REBUILT, GROWS_WHEN_REBUILT, DIES_WHEN_REBUILT = 668, 669, 670
KEPT_EVERY = 10
WIDTH = 64
TOKENIZER = Tokenizer(WordLevel({"[UNK]": 0}, unk_token="[UNK]")).to_str()


def spec(steps: int = 40, milliseconds: float = 0.0, seed: int = 0, parent: RunSpec | None = None) -> RunSpec:
    return RunSpec("mlm", starting_from(parent), train=TrainSpec(steps=steps, clip=milliseconds), seed=seed)


def _weights(folder: Path) -> np.ndarray:
    return load_file(folder / "model.safetensors")["w"].astype(np.float64)


class FakeStage:
    def __init__(self, spec: RunSpec, parent: Path | None, **others: Path) -> None:
        self.seed = spec.seed
        self.pull = sum((_weights(folder) for folder in others.values()), np.zeros(WIDTH))  # what plays other roles pulls at every step
        self.weights, self.momentum = _weights(parent) if parent else np.zeros(WIDTH), np.zeros(WIDTH)

    def save(self, folder: Path) -> None:
        save_file({"w": self.weights.astype(np.float32)}, folder / "model.safetensors")
        (folder / "config.json").write_text("{}", encoding="utf-8")
        (folder / "tokenizer.json").write_text(TOKENIZER, encoding="utf-8")


class FakeTraining:
    def __init__(self, stage: FakeStage, train: TrainSpec) -> None:
        self.stage, self.steps, self.wait = stage, train.steps, train.clip / 1000
        self.seconds = 0.0
        self.step, self.said = 0, 0  # `said`: updates said at this step

    def updates(self) -> Iterator[Update]:
        yield from self._say()
        while self.step < self.steps:
            self.learn()
            yield from self._say()
        yield Done(self.step, {"loss": self._loss(), "floor": 0.5, "accuracy": 0.25}, 1.5)

    def _say(self) -> Iterator[Update]:
        """What there is to say at this step, less what was said before a checkpoint."""
        learnt = Step(self.step, self._loss(), 10, time.perf_counter())
        begun = Begin(0, self.steps, WIDTH, 8, {"random_guess": 2.0})
        keep = self.step % KEPT_EVERY == 0 or self.step == self.steps
        kept: list[Update] = [Score(self.step, {"loss": self._loss()}), Snapshot(self.step)] if keep else []
        for update in [learnt if self.step else begun, *kept][self.said :]:
            self.said += 1
            yield update
        self.said = 0

    def learn(self) -> None:
        time.sleep(self.wait)
        if self.stage.seed == BREAKS and self.step == 15:
            raise RuntimeError("the vector broke")
        pull = np.random.default_rng((self.stage.seed, self.step)).standard_normal(WIDTH)
        self.stage.momentum = 0.9 * self.stage.momentum + pull
        self.stage.weights = 0.99 * self.stage.weights + 0.1 * self.stage.momentum + 0.1 * self.stage.pull
        self.step += 1

    def _loss(self) -> float:
        return float(np.abs(self.stage.weights).mean())

    def save_checkpoint(self, file: Path, notes: dict[str, str]) -> None:
        position = {"step": str(self.step), "said": str(self.said)}
        save_file({"w": self.stage.weights, "m": self.stage.momentum}, file, {**notes, **position})

    def load_checkpoint(self, file: Path) -> dict[str, str]:
        with safe_open(file, framework="numpy") as opened:
            notes: dict[str, str] = opened.metadata()
            self.stage.weights, self.stage.momentum = opened.get_tensor("w"), opened.get_tensor("m")
        self.step, self.said = int(notes["step"]), int(notes["said"])
        return notes

    def load_snapshot(self, folder: Path, step: int) -> None:
        self.stage.weights = _weights(folder)
        self.stage.momentum, self.step = np.zeros(WIDTH), step


class FakeRebuilt:
    def __init__(self, snapshot: Path, tokenizer: Path) -> None:
        weights = load_file(snapshot / "model.safetensors")
        if {name: tensor.shape for name, tensor in weights.items()} != {"w": (WIDTH,)} or tokenizer.read_text() != TOKENIZER:
            raise ValueError("this is no snapshot of the fake's")
        self.stage = FakeStage(spec(), snapshot)

    def save(self, folder: Path) -> None:
        self.stage.save(folder)

    def save_checkpoint(self, came: Path, to: Path, updates: bytes) -> None:
        training = FakeTraining(self.stage, spec().train)
        training.save_checkpoint(to, training.load_checkpoint(came))


class Fake:
    def warm(self, role: str) -> None:
        print("a library that talks on standard output")

    def build(self, spec: RunSpec, parent: Path | None, **others: Path) -> FakeStage:
        if spec.seed == DIES_AT_START:
            os._exit(3)
        return FakeStage(spec, parent, **others)

    def training(self, stage: FakeStage, train: TrainSpec) -> FakeTraining:
        return FakeTraining(stage, train)

    def ask(self, training: FakeTraining, question: ToTraining[Answer]) -> Opened:
        assert isinstance(question, OneStep)
        before, behind = training.stage.weights.copy(), training.step
        training.learn()
        none = np.zeros((2, 0), np.float32)
        moved = np.array([np.linalg.norm(training.stage.weights - before)], np.float32)
        loss = training._loss()  # the loss this fake's loop will say of the step
        return Opened(
            *(behind, question.batch, 1, loss, loss, (), (), (), none, none, ((), ()), none[:, :, None]),
            *(("w",), ("pull",), np.ones(1, np.float32), moved, moved, moved, 0.0),
        )

    def answer(self, folders: dict[int, Path], question: Question[AnyAnswer]) -> list[AnyAnswer]:
        if not isinstance(question, Cloze):
            return []  # it knows of nothing else
        if question.text == "die":
            os._exit(3)
        if not question.text:
            raise ValueError("an empty sentence has no tokens")
        return cast(list[AnyAnswer], [self._trace(step, folder, question) for step, folder in folders.items()])

    def rebuilt(self, spec: RunSpec, snapshot: Path, tokenizer: Path) -> FakeRebuilt:
        if spec.seed == HANGS_WHEN_REBUILT:
            time.sleep(3_600)
        if spec.seed == GROWS_WHEN_REBUILT:
            grown = [bytearray(100_000_000)]
            while True:
                grown.append(bytearray(100_000_000))
        if spec.seed == DIES_WHEN_REBUILT:
            os.abort()
        return FakeRebuilt(snapshot, tokenizer)

    def _trace(self, step: int, folder: Path, question: Cloze) -> Trace:
        words = tuple(question.text.split())
        weights = load_file(folder / "model.safetensors")["w"][: len(words)]
        top = np.arange(len(words) * question.top).reshape(len(words), question.top)
        spelt = tuple(tuple(f"w{id}" for id in row) for row in top.tolist())
        return Trace(step, words, weights, top, top.astype(np.float32), spelt)


class Sluggish(Fake):
    """A workshop whose imports never end."""

    def warm(self, role: str) -> None:
        time.sleep(3_600)


class Broken:
    """A workshop whose program cannot even begin."""

    def warm(self, role: str) -> None:
        raise RuntimeError(json.dumps({"role": role}))
