"""Training as a loop you can watch: it yields what happened and stands still until asked for more.

Pausing is not asking. Stopping is leaving the loop. A run that goes on from a checkpoint ends with the very weights of one that was never
interrupted: a supervised batch is a function of (seed, step), an on-policy one of (seed, step, rollout); the checkpoint has the rollout.
"""

import json
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from llmviz.core.settings import TrainSpec
from llmviz.core.update import Begin, Done, Score, Snapshot, Step, Update
from llmviz.models import files, methods
from llmviz.models.classes import LARGE
from llmviz.models.masked import parameters
from llmviz.training.optimizers import optimizers, schedule
from llmviz.training.stage import Batch, OnPolicy, Stage

MOST_SNAPSHOTS = 32
FEWER_SNAPSHOTS = 8  # of a large model: to look at it takes as long as some ten steps


def snapshot_steps(steps: int, most: int = MOST_SNAPSHOTS) -> list[int]:
    """The steps at which weights are kept and evaluated: 0, then dense while much happens, then sparse, and the last."""
    return sorted({round(steps * (place / (most - 1)) ** 2) for place in range(most)})


class Training:
    """A stage on its way: the loop, and all that a checkpoint has to hold."""

    def __init__(self, stage: Stage[Any], settings: TrainSpec) -> None:
        self.stage = stage
        self.settings = settings
        self.step = 0
        self.seconds = 0.0
        self._resumed = False
        self._looked = -1  # the last step evaluated and kept
        self._since = 0.0
        self._optimizers = optimizers(stage.model, settings)
        self._schedules = [schedule(optimizer, settings) for optimizer in self._optimizers]

    def updates(self) -> Iterator[Update]:
        """Train to the end. A Snapshot is the consumer's moment to save: the model stands still until it asks for more.

        Raises FloatingPointError where the loss, or a figure of an evaluation or of the test, is no longer a number.
        """
        self._since = time.perf_counter()
        large = self.stage.model.num_parameters() > LARGE
        keep = set(snapshot_steps(self.settings.steps, FEWER_SNAPSHOTS if large else MOST_SNAPSHOTS))
        if not self._resumed:
            model = self.stage.model
            references = dict(self.stage.references)
            yield from self._say(Begin(0, self.settings.steps, parameters(model), model.config.vocab_size, references))
        if self.step in keep and self._looked != self.step:
            yield from self._look()
        for learnt in self.steps():
            yield from self._say(learnt)
            if self.step in keep:
                yield from self._look()
        trained = self.seconds  # the final test on a thousand texts is no part of the training
        yield Done(self.step, self._measured(self.stage.test()), trained)

    def steps(self) -> Iterator[Step]:
        """The loop itself: each time it is asked for more, one batch is learnt."""
        stage = self.stage
        while self.step < self.settings.steps:
            if isinstance(stage, OnPolicy) and self.step % stage.updates_per_rollout == 0:
                self.rollout(stage)  # the model writes texts, which are scored: the next updates learn from them
            batch = stage.batch(self.step + 1)
            loss = self.forward(batch)
            loss.backward()
            self.clip()
            self.move()
            yield Step(self.step, loss.item(), batch.tokens, self._elapsed())

    def learn(self) -> Step:
        """One turn of the loop. Raises StopIteration after the last."""
        return next(self.steps())

    def rollout(self, stage: OnPolicy[Any]) -> None:
        """Let the model as it stands write the texts of the next updates.

        Raises FloatingPointError where a weight is no number: nothing can be drawn from such a model.
        """
        if not all(bool(weight.isfinite().all()) for weight in stage.model.parameters()):
            raise FloatingPointError(f"the weights are no longer numbers after step {self.step}; a smaller learning rate may help")
        stage.rollout(self.step + 1)

    def forward(self, batch: Batch) -> torch.Tensor:
        """The loss of this batch, a scalar to go backward from. Raises FloatingPointError where it is no number."""
        self.stage.model.train()
        loss = self.stage.loss(batch)
        if not math.isfinite(loss.item()):
            raise FloatingPointError(f"the loss is no longer a number at step {self.step + 1}; a smaller learning rate may help")
        return loss

    def clip(self) -> None:
        """Shorten the gradients where they are too long together."""
        if self.settings.clip:
            torch.nn.utils.clip_grad_norm_(self.stage.model.parameters(), self.settings.clip)

    def move(self) -> None:
        """Move every weight, forget the gradients, and count the step."""
        for optimizer, rate in zip(self._optimizers, self._schedules, strict=True):
            optimizer.step()
            rate.step()
            optimizer.zero_grad()
        self.step += 1

    def movers(self) -> dict[str, tuple[str, float]]:
        """By the name of each weight that moves: the optimiser that moves it, and the learning rate of the next step."""
        names = {weight: name for name, weight in self.stage.model.named_parameters()}
        return {
            names[weight]: (type(optimizer).__name__, float(group["lr"]))
            for optimizer in self._optimizers
            for group in optimizer.param_groups
            for weight in group["params"]
        }

    def _look(self) -> Iterator[Update]:
        """Evaluate, then keep the weights."""
        self.stage.model.eval()
        yield from self._say(Score(self.step, self._measured(self.stage.evaluate())))
        self._looked = self.step
        yield from self._say(Snapshot(self.step))

    def _measured(self, metrics: dict[str, float]) -> dict[str, float]:
        """The figures as they are. Raises FloatingPointError where one is no number: such a model is not kept, nor drawn."""
        for name, value in metrics.items():
            if not math.isfinite(value):
                raise FloatingPointError(
                    f"the evaluation after step {self.step} is no longer a number ({name}); a smaller learning rate may help"
                )
        return metrics

    def _elapsed(self) -> float:
        return self.seconds + time.perf_counter() - self._since

    def _say(self, update: Update) -> Iterator[Update]:
        """Yield with the clock stopped, so that a pause costs no training time."""
        self.seconds = self._elapsed()
        yield update
        self._since = time.perf_counter()

    def save_checkpoint(self, file: Path, notes: dict[str, str]) -> None:
        """Write all that is needed to go on: fp32 weights, the optimisers' tensors, what an on-policy stage remembers, step, seconds and
        the caller's notes. Frozen weights are left out: the stage begins with them again.
        """
        tensors = {f"model.{name}": tensor for name, tensor in methods.moving(self.stage.model).items()}
        for index, optimizer in enumerate(self._optimizers):
            for place, state in optimizer.state_dict()["state"].items():
                tensors |= {f"optimizer.{index}.{place}.{name}": tensor for name, tensor in state.items()}
        remembered = self.stage.state() if isinstance(self.stage, OnPolicy) else {}
        numbers = {name: value for name, value in remembered.items() if not isinstance(value, torch.Tensor)}
        tensors |= {f"stage.{name}": value for name, value in remembered.items() if isinstance(value, torch.Tensor)}
        unshared = {name: tensor.detach().cpu().clone() for name, tensor in tensors.items()}
        place_in_run = {"llmviz.step": str(self.step), "llmviz.seconds": repr(self.seconds), "llmviz.looked": str(self._looked)}
        save_file(unshared, file, {**notes, **place_in_run, "llmviz.stage": json.dumps(numbers)})

    def load_checkpoint(self, file: Path) -> dict[str, str]:
        """Go on where `save_checkpoint` stood; returns its notes. Call before `updates`."""
        states: list[dict[int, dict[str, torch.Tensor]]] = [{} for _ in self._optimizers]
        weights: dict[str, torch.Tensor] = {}
        remembered: dict[str, torch.Tensor | float] = {}
        with safe_open(file, framework="pt") as opened:
            notes: dict[str, str] = dict(opened.metadata())
            for name in opened.keys():  # noqa: SIM118 - a safe_open is not a mapping
                kind, rest = name.split(".", 1)
                if kind == "model":
                    weights[rest] = opened.get_tensor(name)
                elif kind == "stage":
                    remembered[rest] = opened.get_tensor(name)
                else:
                    index, place, key = rest.split(".", 2)
                    states[int(index)].setdefault(int(place), {})[key] = opened.get_tensor(name)
        found = self.stage.model.load_state_dict(weights, strict=False)
        if found.unexpected_keys or set(found.missing_keys) & methods.moving(self.stage.model).keys():
            raise ValueError("the checkpoint holds the weights of another model")
        remembered |= json.loads(notes.pop("llmviz.stage", "{}"))  # before there were on-policy stages, checkpoints had none
        if isinstance(self.stage, OnPolicy):
            self.stage.load_state(remembered)
        self._stand(int(notes.pop("llmviz.step")), states)
        self.seconds = float(notes.pop("llmviz.seconds"))
        self._looked = int(notes.pop("llmviz.looked"))
        self._resumed = True
        return notes

    def load_snapshot(self, folder: Path, step: int) -> None:
        """Stand after `step` steps with the weights kept in this folder, and optimisers that have seen nothing: a snapshot keeps none.

        Nor does it keep a rollout. In the middle of one, these weights write another.

        Raises ValueError, in a sentence, where the weights cannot be read, or are those of another model.
        """
        files.restore(self.stage.model, folder)
        self._stand(step, [{} for _ in self._optimizers])
        if isinstance(self.stage, OnPolicy) and step % self.stage.updates_per_rollout:
            self.rollout(self.stage)

    def _stand(self, step: int, states: list[dict[int, dict[str, torch.Tensor]]]) -> None:
        """Count from this step, with what each optimiser remembers and the learning rates of the step that follows."""
        self.step = step
        for optimizer, state, rate in zip(self._optimizers, states, self._schedules, strict=True):
            optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
            for group, base in zip(optimizer.param_groups, rate.base_lrs, strict=True):
                group["lr"] = base * rate.lr_lambdas[0](self.step)
            rate.last_epoch = self.step
