"""Masked language modelling: hide some words of a text and guess them from both sides (BERT, section 3.1).

Data, loss, metrics, top to bottom. Nobody labels anything: the hidden word is the answer.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.core.settings import MaskingSpec
from llmviz.core.spec import RunSpec
from llmviz.evaluation import bounds, probes
from llmviz.inspect.probes import VALIDATION as PROBES
from llmviz.models import files, masked
from llmviz.text.masks import mask
from llmviz.training import masking
from llmviz.training.exercises import exercises
from llmviz.training.masking import MaskedBatch
from llmviz.training.stage import Exercise
from llmviz.training.texts import Encoded, padded, text_of

VALIDATION, TEST = 96, 1_000  # held-out texts looked at while training and at the end
TEST_PROBES = 1_000  # probes of each kind at the end


def build(spec: RunSpec, parent: Path | None) -> "MaskedTokens":
    """The stage of this spec, on the parent's weights or on random ones."""
    text = text_of(spec)
    longest = max(part.longest for part in (text.train, text.validation, text.test))
    if text.told_by_grammar and spec.train.context < longest:
        raise ValueError(f"Context: Tinyland's texts have up to {longest} tokens; cut ones would have no exact floor")
    start = files.load(parent) if parent else masked.random_start(spec.model, text.vocabulary, spec.train.context, spec.seed)
    reads = start.config.max_position_embeddings
    if spec.train.context > reads:
        raise ValueError(f"Context: the model it starts from reads {reads} tokens")
    return MaskedTokens(spec, text, masked.moved(start, spec.train.device))


class MaskedTokens:
    """A model that learns to name hidden words."""

    def __init__(self, spec: RunSpec, text: Encoded, model: PreTrainedModel) -> None:
        self.spec = spec
        self.text = text
        self.model = model
        self.objective: MaskingSpec = spec.objective
        self._validation = masking.hidden(text.validation[:VALIDATION], spec.train.context)
        self._facts = probes.facts(text, text.validation, PROBES)
        self._choices = probes.choices(text, text.validation, PROBES)
        self.references: Mapping[str, float] = bounds.references(text, self._validation)

    # Data

    def batch(self, step: int) -> MaskedBatch:
        """Texts drawn by the seed and the step, some of their words hidden or swapped, and the labels: what stood there."""
        rng = np.random.default_rng((self.spec.seed, step))
        places = rng.integers(len(self.text.train), size=self.spec.train.batch_size)
        ids = padded([masking.cut(self.text.train[place], self.spec.train.context) for place in places])  # (batch, n)
        corrupted, labels = mask(ids, masking.special(ids), self.objective.mask_rate, self.text.vocabulary, rng)
        return masking.tensors(self.model, corrupted, labels)

    # Loss

    def loss(self, batch: MaskedBatch) -> torch.Tensor:
        """Mean of −log p(the word that stood there) over the targets, in nats."""
        logits, truth = self.guess(batch)  # (targets, vocabulary), (targets)
        return cross_entropy(logits, truth)

    def guess(self, batch: MaskedBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits at the targets, row by row, and the words that stood there: (targets, vocabulary), (targets)."""
        return masking.guess(self.model, batch)

    # What a person sees of a batch

    @property
    def choices(self) -> Sequence[str]:
        """The vocabulary, spelt."""
        return self.text.candidates

    def exercises(self, batch: MaskedBatch) -> list[Exercise]:
        """Each text with its gaps; at a target stands what the model reads there: [MASK], another word, or the word itself."""
        return exercises(batch.input_ids, batch.labels, self.choices)

    # Metrics

    def evaluate(self) -> dict[str, float]:
        """Loss and accuracy on hidden words of validation texts; the share of each probe set answered."""
        return masking.measured(self.model, self._validation) | probes.masked_shares(self.model, self._facts, self._choices)

    def test(self) -> dict[str, float]:
        """The same on test texts, beside the lines that bound them."""
        texts = masking.hidden(self.text.test[:TEST], self.spec.train.context)
        facts = probes.facts(self.text, self.text.test, TEST_PROBES)
        choices = probes.choices(self.text, self.text.test, TEST_PROBES)
        shares = probes.masked_shares(self.model, facts, choices)
        return masking.measured(self.model, texts) | shares | bounds.references(self.text, texts)

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them."""
        files.save(self.model, self.text.tokenizer, folder)
