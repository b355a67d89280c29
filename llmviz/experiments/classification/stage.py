"""Sentiment: a pretrained model, or a random one, learns from few labelled opinions whether they praise or blame (BERT, section 4.1).

Data, loss, metrics, top to bottom. The body comes from the parent, the head over the classes is new, and all of it moves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.core.settings import LabelsSpec
from llmviz.core.spec import RunSpec
from llmviz.evaluation import baselines
from llmviz.models import classifiers, files, masked, transfer
from llmviz.text.labelled import CLASSES, Example, labelled, stratified
from llmviz.text.special import PAD
from llmviz.training.exercises import candidates
from llmviz.training.labelled import begun, turns
from llmviz.training.stage import Exercise
from llmviz.training.texts import Ids, padded, tokenizer_of

VALIDATION, TEST = 256, 1_000  # held-out examples looked at while training and at the end
AT_ONCE = 128  # examples in one forward pass of an evaluation


def build(spec: RunSpec, parent: Path | None) -> "Sentiment":
    """The stage of this spec: a new head on the parent's weights, or on the random ones its architecture begins with."""
    tokenizer = tokenizer_of(spec)
    model = transfer.classifier(begun(spec, parent, tokenizer.get_vocab_size()), CLASSES)
    return Sentiment(spec, tokenizer, masked.moved(model, spec.train.device), transfer.report(parent, model))


@dataclass(frozen=True)
class LabelledBatch:
    """Examples with their classes: two tensors (batch, n) and one (batch)."""

    input_ids: torch.Tensor
    attention_mask: torch.Tensor
    labels: torch.Tensor

    @property
    def tokens(self) -> int:
        """Tokens the model reads, padding left out."""
        return int(self.attention_mask.sum())


class Sentiment:
    """A model that learns to tell praise from blame."""

    def __init__(self, spec: RunSpec, tokenizer: Tokenizer, model: PreTrainedModel, origin: transfer.Transfer) -> None:
        self.spec = spec
        self.tokenizer = tokenizer
        self.model = model
        self.origin = origin
        self.objective: LabelsSpec = spec.objective
        examples = labelled(spec.text)
        self.learnt = stratified(examples["train"], self.objective.labels, spec.seed)
        self._validation, self._test = examples["validation"][:VALIDATION], examples["test"][:TEST]
        self._ids = [self._encoded(example.text) for example in self.learnt]
        self.references: Mapping[str, float] = self._lines(self._validation)

    # Data

    def batch(self, step: int) -> LabelledBatch:
        """The labelled examples whose turn it is in this step: all come equally often, in another order each time through."""
        places = list(turns(len(self.learnt), self.spec.train.batch_size, self.spec.seed, step))
        return self._tensors([self._ids[place] for place in places], [self.learnt[place].label for place in places])

    def _encoded(self, text: str) -> Ids:
        """The text's beginning, as far as the model reads."""
        return np.array(classifiers.framed(self.tokenizer.encode(text, add_special_tokens=False).ids, self.model.config))

    def _tensors(self, texts: Sequence[Ids], labels: Sequence[int]) -> LabelledBatch:
        ids = padded(texts)
        arrays = (ids, (ids != PAD).astype(np.int64), np.array(labels))
        return LabelledBatch(*(torch.from_numpy(array).to(self.model.device) for array in arrays))

    # Loss

    def loss(self, batch: LabelledBatch) -> torch.Tensor:
        """Mean of −log p(the class) over the examples, in nats."""
        return cross_entropy(*self.guess(batch))

    def guess(self, batch: LabelledBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of the predictions, and the labels: (batch, classes), (batch)."""
        return self._predictions(batch), batch.labels

    def _predictions(self, batch: LabelledBatch) -> torch.Tensor:
        """Logits: (batch, classes)."""
        logits: torch.Tensor = self.model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits
        return classifiers.class_logits(logits, batch.input_ids, self.model.config)

    # What a person sees of a batch

    @property
    def choices(self) -> Sequence[str]:
        """The classes."""
        return CLASSES

    def exercises(self, batch: LabelledBatch) -> list[Exercise]:
        """Each example; its one target is the label, and stands at the last token, after all that it is read from."""
        spelt = candidates(self.tokenizer)
        texts = ([id for id in padded_ids if id != PAD] for padded_ids in batch.input_ids.tolist())
        return [Exercise(tuple(spelt[id] for id in ids), (len(ids) - 1,), range(row, row + 1)) for row, ids in enumerate(texts)]

    # Metrics

    def evaluate(self) -> dict[str, float]:
        """Loss and accuracy on validation examples."""
        return self._measure(self._validation)

    def test(self) -> dict[str, float]:
        """The same on test examples, beside the lines that bound them."""
        return self._measure(self._test) | self._lines(self._test)

    def _lines(self, asked: Sequence[Example]) -> dict[str, float]:
        return baselines.references(self.learnt, asked, told_by_grammar=self.spec.text.name == "tinyland")

    @torch.no_grad()
    def _measure(self, asked: Sequence[Example]) -> dict[str, float]:
        read = sorted(((self._encoded(example.text), example.label) for example in asked), key=lambda pair: len(pair[0]))
        losses, hits = [], []
        for first in range(0, len(read), AT_ONCE):
            batch = self._tensors(*zip(*read[first : first + AT_ONCE], strict=True))
            logits = self._predictions(batch)
            losses.append(cross_entropy(logits, batch.labels, reduction="none"))
            hits.append(logits.argmax(-1) == batch.labels)
        return {"loss": torch.cat(losses).mean().item(), "accuracy": torch.cat(hits).float().mean().item()}

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them, and beside them what it took from its parent."""
        files.save(self.model, self.tokenizer, folder)
        transfer.write(self.origin, folder)
