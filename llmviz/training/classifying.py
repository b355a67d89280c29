"""Fine-tuning for classification (BERT, section 4.1): a new head over some classes, on a pretrained body or a random one.

Data, loss, metrics, top to bottom. A stage says which classes and examples there are, and what its figures are held against.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from llmviz.core.spec import RunSpec
from llmviz.models import classifiers, files, transfer
from llmviz.text.labelled import Example
from llmviz.text.special import PAD
from llmviz.training.exercises import candidates
from llmviz.training.labelled import classifier, tokenizer, turns
from llmviz.training.pretraining import Pretraining
from llmviz.training.stage import Batch, Exercise
from llmviz.training.texts import Ids, padded

AT_ONCE = 128  # examples in one forward pass of an evaluation


@dataclass(frozen=True)
class LabelledBatch:
    """Examples with their classes: two tensors (batch, n) and one (batch); and where pretraining is replayed, a batch of that."""

    input_ids: torch.Tensor
    attention_mask: torch.Tensor
    labels: torch.Tensor
    replayed: Batch | None = None

    @property
    def tokens(self) -> int:
        """Tokens the model reads, padding left out."""
        return int(self.attention_mask.sum()) + (self.replayed.tokens if self.replayed else 0)


@dataclass(frozen=True)
class Examples:
    """The classes, and labelled examples: to learn from, to look at while training, for the final figures."""

    classes: tuple[str, ...]
    learnt: Sequence[Example]
    validation: Sequence[Example]
    test: Sequence[Example]


class Classifying:
    """A model that learns which class a text is of: the body comes from the parent, the head is new; the method says what moves."""

    def __init__(self, spec: RunSpec, parent: Path | None, examples: Examples) -> None:
        self.spec, self.classes, self.learnt = spec, examples.classes, examples.learnt
        self.tokenizer = tokenizer(spec, parent)
        self.model, self.origin = classifier(spec, parent, self.tokenizer.get_vocab_size(), self.classes)
        self.pretraining = Pretraining(spec, parent, self.model)
        self._validation, self._test = examples.validation, examples.test
        self._ids = [self._encoded(example.text) for example in self.learnt]
        self.references = self.lines(self._validation)

    def lines(self, asked: Sequence[Example]) -> Mapping[str, float]:
        """The lines that figures on these examples lie between, by name."""
        raise NotImplementedError

    def scores(self, truth: Sequence[int], predicted: Sequence[int]) -> Mapping[str, float]:
        """How good these predictions are, by name; a stage may measure more."""
        return {"accuracy": float(np.mean(np.equal(truth, predicted), dtype=np.float32))}

    # Data

    def batch(self, step: int) -> LabelledBatch:
        """The labelled examples whose turn it is in this step: all come equally often, in another order each time through."""
        places = list(turns(len(self.learnt), self.spec.train.batch_size, self.spec.seed, step))
        examples = self._tensors([self._ids[place] for place in places], [self.learnt[place].label for place in places])
        return replace(examples, replayed=self.pretraining.batch(step))

    def _encoded(self, text: str) -> Ids:
        """The text's beginning, as far as the model reads."""
        return np.array(classifiers.framed(self.tokenizer.encode(text, add_special_tokens=False).ids, self.model.config))

    def _tensors(self, texts: Sequence[Ids], labels: Sequence[int]) -> LabelledBatch:
        ids = padded(texts)
        arrays = (ids, (ids != PAD).astype(np.int64), np.array(labels))
        input_ids, attention_mask, truth = (torch.from_numpy(array).to(self.model.device) for array in arrays)
        return LabelledBatch(input_ids, attention_mask, truth)

    # Loss

    def loss(self, batch: LabelledBatch) -> torch.Tensor:
        """Mean of −log p(the class) over the examples, in nats; where pretraining is replayed, its loss is added."""
        return cross_entropy(*self.guess(batch)) + self.pretraining.loss(batch.replayed)

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
        return self.classes

    def exercises(self, batch: LabelledBatch) -> list[Exercise]:
        """Each example; its one target is the label, and stands at the last token, after all that it is read from."""
        spelt = candidates(self.tokenizer)
        texts = ([id for id in padded_ids if id != PAD] for padded_ids in batch.input_ids.tolist())
        return [Exercise(tuple(spelt[id] for id in ids), (len(ids) - 1,), range(row, row + 1)) for row, ids in enumerate(texts)]

    # Metrics

    def evaluate(self) -> dict[str, float]:
        """Loss and scores on validation examples, and what is left of the pretraining."""
        return self._measure(self._validation) | self.pretraining.evaluate()

    def test(self) -> dict[str, float]:
        """The same on test examples, beside the lines that bound them."""
        return self._measure(self._test) | dict(self.lines(self._test)) | self.pretraining.test()

    @torch.no_grad()
    def _measure(self, asked: Sequence[Example]) -> dict[str, float]:
        read = sorted(((self._encoded(example.text), example.label) for example in asked), key=lambda pair: len(pair[0]))
        losses, predicted = [], []
        for first in range(0, len(read), AT_ONCE):
            batch = self._tensors(*zip(*read[first : first + AT_ONCE], strict=True))
            logits = self._predictions(batch)
            losses.append(cross_entropy(logits, batch.labels, reduction="none"))
            predicted += logits.argmax(-1).tolist()
        return {"loss": torch.cat(losses).mean().item(), **self.scores([label for _, label in read], predicted)}

    def save(self, folder: Path) -> None:
        """Write model and tokenizer so that `from_pretrained` reads them; beside them what it took from its parent, and its old head."""
        if beside := self.spec.foreign:
            files.save_beside(self.model, self.tokenizer, folder, beside.digest)
        else:
            files.save(self.model, self.tokenizer, folder)
        transfer.write(self.origin, folder)
        self.pretraining.save(folder)
