"""What a model was pretrained for, measured and replayed while it is fine-tuned: the body as it moves, under the head it had before.

A task's head takes the place of the one that named words. Put back on the body, that one tells what is left of the pretraining; what is
lost is catastrophic forgetting (McCloskey and Cohen 1989). Replay is the oldest remedy: go on with the old examples beside the new ones
(Robins 1995, "Catastrophic forgetting, rehearsal and pseudorehearsal").
"""

import importlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel

from llmviz.core import catalogue, forgetting
from llmviz.core.settings import LabelsSpec
from llmviz.core.spec import RunSpec, others
from llmviz.models import masked, old_head
from llmviz.training.stage import Batch, Stage


class Pretraining:
    """The objective of the run that a fine-tuning starts from; of a random start, or a checkpoint, there is none and nothing is measured.

    The old head is frozen, so that what changes is the body alone. Its matrix over the vocabulary is the embeddings, as in pretraining.
    """

    def __init__(self, spec: RunSpec, folder: Path | None, model: PreTrainedModel) -> None:
        self.replay = spec.objective.replay if isinstance(spec.objective, LabelsSpec) else 0.0
        self._stage: Stage[Any] | None = None
        if spec.parent and folder and not others(spec.parent.inputs):  # of more inputs than one the folders are not here
            module = importlib.import_module(catalogue.experiment(spec.parent.stage).module)
            with suppress(ValueError):  # its text is no longer here: fine-tuning itself needs none of it
                self._stage = module.build(spec.parent, folder)
        if self._stage:
            old_head.put_back(self._stage.model, model)
            masked.moved(self._stage.model, spec.train.device)
        elif self.replay:
            raise ValueError("Replay: this run starts from no pretraining whose text is here, so there is nothing to replay")

    def batch(self, step: int) -> Batch | None:
        """The texts of this step of the pretraining, to be learnt once more; None where nothing is replayed."""
        return self._stage.batch(step) if self._stage and self.replay else None

    def loss(self, batch: Batch | None) -> torch.Tensor:
        """The pretraining's loss on such texts times the weight of replay, in nats; 0 where nothing is replayed."""
        return self.replay * self._stage.loss(batch) if self._stage and batch else torch.zeros(())

    def evaluate(self) -> dict[str, float]:
        """The pretraining's figures on its validation data, for the body as it is now."""
        return forgetting.named(self._stage.evaluate()) if self._stage else {}

    def test(self) -> dict[str, float]:
        """The same on its test data."""
        return forgetting.named(self._stage.test()) if self._stage else {}

    def save(self, folder: Path) -> None:
        """Keep the old head beside the weights of a snapshot, for whoever puts it back later."""
        if self._stage:
            old_head.save(self._stage.model, folder)
