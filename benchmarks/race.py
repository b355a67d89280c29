"""One run against the clock, in a process of its own: `python -m benchmarks.race CELL` trains until the bar and prints the outcome as JSON.

The peer takes the path of `transformers.Trainer`: batches out of a DataLoader, the loss that the model works out from labels, gradients
clipped at 1, fused AdamW, its course of the rate. The model projects every place of a text onto the vocabulary, where ours projects the
targets only: that is part of what is compared. Nothing is logged or saved.

The clock runs from step to step and stands still while a model is evaluated, on both sides; what happens once in a process, its very
first pass and the making of optimisers, comes before. It counts seconds of the processor, which both sides keep busy with one thread:
what else the machine does then costs neither side a second.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any

import torch
import transformers
from torch.utils.data import IterableDataset
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from benchmarks.grid import AdamW, Cell, Outcome, cell_from_json
from llmviz.core.settings import ModelSpec
from llmviz.core.spec import RunSpec
from llmviz.core.update import Step
from llmviz.experiments.building import build
from llmviz.training.loop import Training
from llmviz.training.stage import Stage

EVERY = 25  # steps between two evaluations
FACTS, ABOVE_FLOOR = 0.95, 1.10


def run(cell: Cell) -> Outcome:
    """Train until the bar or the end."""
    spec = RunSpec(cell.task, model=ModelSpec(cell.architecture), seed=cell.seed)
    stage = build(spec, None)
    watch = Watch(cell.task, stage)
    stage.loss(stage.batch(1)).backward()  # the first pass of a process takes ten times as long as the second
    stage.model.zero_grad()
    if cell.adamw:
        train_theirs(cell.adamw, stage, spec.train.steps, watch, cell)
    else:
        train_ours(Training(stage, spec.train), watch, cell.limit or spec.train.steps)
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    return Outcome(cell, watch.reached, watch.steps, watch.seconds, watch.share, watch.metrics, versions=versions)


class Watch:
    """The clock, and what the last evaluation said."""

    def __init__(self, task: str, stage: Stage[Any]) -> None:
        self.task = task
        self.stage = stage
        self.steps = 0
        self.seconds = 0.0
        self.share = 0.0
        self.metrics: dict[str, float] = {}

    def passed(self, steps: int, seconds: float, last: int) -> bool:
        """So many steps are done, the newest took so long: evaluate where it is time. Whether the run is over."""
        self.steps, self.seconds = steps, self.seconds + seconds
        if steps % EVERY == 0 or steps == last:
            self.stage.model.eval()
            self.metrics = self.stage.evaluate()
            self.share = share(self.task, self.metrics, self.stage.references)
            return self.reached or steps == last
        return False

    @property
    def reached(self) -> bool:
        """Whether the last evaluation was at the bar."""
        return self.share >= 1


def share(task: str, metrics: Mapping[str, float], references: Mapping[str, float]) -> float:
    """How near these figures come to the bar; 1 is there."""
    return metrics["facts"] / FACTS if task == "mlm" else ABOVE_FLOOR * references["floor"] / metrics["loss"]


def train_ours(training: Training, watch: Watch, last: int) -> None:
    """Our own loop. It also looks at its model by itself: only what goes by before a Step is training."""
    updates = training.updates()
    over = False
    while not over:
        since = time.process_time()
        update = next(updates)
        if isinstance(update, Step):
            over = watch.passed(update.step, time.process_time() - since, last)


def train_theirs(adamw: AdamW, stage: Stage[Any], ours: int, watch: Watch, cell: Cell) -> None:
    """`transformers.Trainer` on the stage's model and batches; `ours` is the length of our own run."""
    with tempfile.TemporaryDirectory(prefix="llmviz-trainer-") as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            max_steps=round(adamw.length * ours),
            per_device_train_batch_size=1,  # each is a whole batch of the stage
            learning_rate=adamw.learning_rate,
            lr_scheduler_type=adamw.course,
            warmup_steps=round(adamw.warmup * ours),
            weight_decay=adamw.weight_decay,
            adam_beta2=adamw.beta2,
            seed=cell.seed,
            use_cpu=True,
            dataloader_num_workers=0,
            dataloader_pin_memory=False,
            report_to="none",
            logging_strategy="no",
            save_strategy="no",
            disable_tqdm=True,
        )
        stopwatch = Stopwatch(watch, cell.limit or arguments.max_steps)
        trainer = Trainer(stage.model, arguments, data_collator=_alone, train_dataset=Batches(stage), callbacks=[stopwatch])
        trainer.remove_callback(PrinterCallback)
        trainer.train()


class Batches(IterableDataset[dict[str, torch.Tensor]]):
    """The stage's batches, from the first step on, as what transformers' models take."""

    def __init__(self, stage: Stage[Any]) -> None:
        self.stage = stage

    def __iter__(self) -> Iterator[dict[str, torch.Tensor]]:
        step = 0
        while True:
            step += 1
            batch = self.stage.batch(step)
            inputs = {item.name: getattr(batch, item.name) for item in fields(batch)}
            # A GPT's padding stands on the right, where no token looks; a mask of ones says so, and lets torch take its faster attention.
            yield {"attention_mask": torch.ones_like(batch.input_ids)} | inputs


def _alone(batches: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    (batch,) = batches
    return batch


class Stopwatch(TrainerCallback):
    """Tells the watch of each step, and stops the Trainer when the run is over."""

    def __init__(self, watch: Watch, last: int) -> None:
        self.watch = watch
        self.last = last
        self._since = 0.0

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any) -> None:
        """The clock starts."""
        self._since = time.process_time()

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any) -> None:
        """The clock stands still in here."""
        took = time.process_time() - self._since
        control.should_training_stop |= self.watch.passed(state.global_step, took, self.last)
        self._since = time.process_time()


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(json.dumps(asdict(run(cell_from_json(json.loads(sys.argv[1]))))))
