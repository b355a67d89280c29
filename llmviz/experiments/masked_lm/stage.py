"""Masked language modelling: hide some words of a text and guess them from both sides (BERT, section 3.1).

Data, loss, metrics, top to bottom. Nobody labels anything: the hidden word is the answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.core.settings import MaskingSpec
from llmviz.core.spec import RunSpec
from llmviz.evaluation import bounds, probes
from llmviz.inspect.probes import VALIDATION as PROBES
from llmviz.models import fast, files, masked
from llmviz.text.masks import IGNORED, hide, mask
from llmviz.text.special import MASK, PAD, SEP
from llmviz.training.exercises import exercises
from llmviz.training.stage import Exercise
from llmviz.training.texts import Encoded, Ids, padded, text_of

VALIDATION, TEST = 96, 1_000  # held-out texts looked at while training and at the end
TEST_PROBES = 1_000  # probes of each kind at the end
EVALUATION_RATE = 0.15  # the same for every run, whatever its own mask rate, so that losses compare

Hidden = tuple[Ids, Ids]  # ids with places hidden and the labels there, both (texts, longest)


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


@dataclass(frozen=True)
class MaskedBatch:
    """Corrupted texts and what stood there: three tensors (batch, n); labels are -100 where nothing is to be guessed."""

    input_ids: torch.Tensor
    attention_mask: torch.Tensor
    labels: torch.Tensor

    @property
    def tokens(self) -> int:
        """Tokens the model reads, padding left out."""
        return int(self.attention_mask.sum())


class MaskedTokens:
    """A model that learns to name hidden words."""

    def __init__(self, spec: RunSpec, text: Encoded, model: PreTrainedModel) -> None:
        self.spec = spec
        self.text = text
        self.model = model
        self.objective: MaskingSpec = spec.objective
        self._validation = self._hidden(text.validation[:VALIDATION])
        self._facts = probes.facts(text, text.validation, PROBES)
        self._choices = probes.choices(text, text.validation, PROBES)
        self.references: Mapping[str, float] = bounds.references(text, self._validation)

    # Data

    def batch(self, step: int) -> MaskedBatch:
        """Texts drawn by the seed and the step, some of their words hidden or swapped, and the labels: what stood there."""
        rng = np.random.default_rng((self.spec.seed, step))
        places = rng.integers(len(self.text.train), size=self.spec.train.batch_size)
        ids = padded([self._cut(self.text.train[place]) for place in places])  # (batch, n)
        return self._tensors(*mask(ids, _special(ids), self.objective.mask_rate, self.text.vocabulary, rng))

    def _cut(self, ids: Ids) -> Ids:
        """The text's beginning, as far as the model reads, closed by [SEP]."""
        context = self.spec.train.context
        return ids if len(ids) <= context else np.append(ids[: context - 1], SEP)

    def _hidden(self, texts: Sequence[Ids]) -> list[Hidden]:
        """Held-out texts with fixed places hidden, all by [MASK], in batches of like lengths."""
        ordered = sorted((self._cut(ids) for ids in texts), key=len)
        rng = np.random.default_rng(0)
        groups = [padded(ordered[first : first + 64]) for first in range(0, len(ordered), 64)]
        return [hide(ids, _special(ids), EVALUATION_RATE, rng) for ids in groups]

    def _tensors(self, corrupted: Ids, labels: Ids) -> MaskedBatch:
        arrays = (corrupted, (corrupted != PAD).astype(np.int64), labels)
        return MaskedBatch(*(torch.from_numpy(array).to(self.model.device) for array in arrays))

    # Loss

    def loss(self, batch: MaskedBatch) -> torch.Tensor:
        """Mean of −log p(the word that stood there) over the targets, in nats."""
        logits, truth = self.guess(batch)  # (targets, vocabulary), (targets)
        return cross_entropy(logits, truth)

    def guess(self, batch: MaskedBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits at the targets, row by row, and the words that stood there: (targets, vocabulary), (targets)."""
        targets = batch.labels != IGNORED
        return fast.masked_logits(self.model, batch.input_ids, batch.attention_mask, targets), batch.labels[targets]

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
        return self._measure(self._validation) | probes.masked_shares(self.model, self._facts, self._choices)

    def test(self) -> dict[str, float]:
        """The same on test texts, beside the lines that bound them."""
        texts = self._hidden(self.text.test[:TEST])
        facts = probes.facts(self.text, self.text.test, TEST_PROBES)
        choices = probes.choices(self.text, self.text.test, TEST_PROBES)
        return self._measure(texts) | probes.masked_shares(self.model, facts, choices) | bounds.references(self.text, texts)

    @torch.no_grad()
    def _measure(self, hidden: Sequence[Hidden]) -> dict[str, float]:
        losses, hits = [], []
        for part in hidden:
            logits, truth = self.guess(self._tensors(*part))
            losses.append(cross_entropy(logits, truth, reduction="none"))
            hits.append(logits.argmax(-1) == truth)
        return {"loss": torch.cat(losses).mean().item(), "accuracy": torch.cat(hits).float().mean().item()}

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them."""
        files.save(self.model, self.text.tokenizer, folder)


def _special(ids: Ids) -> npt.NDArray[np.bool_]:
    """Where a token is never a target: padding, [CLS], [SEP]. An unknown word is none either: there is nothing to name."""
    return ids < MASK
