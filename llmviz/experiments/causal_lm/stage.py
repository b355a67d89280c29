"""Causal language modelling: read a text from left to right and name the next token at every place (GPT).

Data, loss, metrics, top to bottom. Nobody labels anything: the text itself says what comes next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.core.spec import RunSpec
from llmviz.evaluation import bounds, probes
from llmviz.inspect.probes import VALIDATION as PROBES
from llmviz.inspect.probes import Choice, causal_gains, share
from llmviz.models import causal, fast, files, masked
from llmviz.text.masks import IGNORED
from llmviz.text.special import FIRST, PAD, SEP
from llmviz.training.exercises import exercises
from llmviz.training.stage import Exercise
from llmviz.training.texts import Encoded, Ids, padded, text_of

VALIDATION, TEST = 96, 1_000  # held-out texts looked at while training and at the end
TEST_PROBES = 1_000  # probes of each kind at the end

Asked = tuple[Ids, Ids]  # texts, and what is to be named where; both (texts, longest)


def build(spec: RunSpec, parent: Path | None) -> "NextToken":
    """The stage of this spec, on the parent's weights or on random ones."""
    text = text_of(spec)
    longest = max(part.longest for part in (text.train, text.validation, text.test))
    if text.told_by_grammar and spec.train.context < longest:
        raise ValueError(f"Context: Tinyland's texts have up to {longest} tokens; cut ones would have no exact floor")
    start = files.load(parent) if parent else causal.random_start(spec.model, text.vocabulary, spec.train.context, spec.seed)
    reads = start.config.max_position_embeddings
    if spec.train.context > reads:
        raise ValueError(f"Context: the model it starts from reads {reads} tokens")
    return NextToken(spec, text, masked.moved(start, spec.train.device))


@dataclass(frozen=True)
class TextBatch:
    """Texts and what is to be named where: two tensors (batch, n); labels are the tokens themselves, -100 where nothing is asked."""

    input_ids: torch.Tensor
    labels: torch.Tensor

    @property
    def tokens(self) -> int:
        """Tokens the model reads, padding left out."""
        return int((self.input_ids != PAD).sum())


class NextToken:
    """A model that learns to name the next token."""

    def __init__(self, spec: RunSpec, text: Encoded, model: PreTrainedModel) -> None:
        self.spec = spec
        self.text = text
        self.model = model
        self._validation = self._asked(text.validation[:VALIDATION])
        self._facts = probes.facts(text, text.validation, PROBES, left_to_right=True)
        self._choices = probes.choices(text, text.validation, PROBES)
        self.references: Mapping[str, float] = bounds.next_references(text, self._validation)

    # Data

    def batch(self, step: int) -> TextBatch:
        """Texts drawn by the seed and the step; every token but the first is to be named from those before it."""
        rng = np.random.default_rng((self.spec.seed, step))
        places = rng.integers(len(self.text.train), size=self.spec.train.batch_size)
        return self._tensors(*_questions([self._cut(self.text.train[place]) for place in places]))

    def _cut(self, ids: Ids) -> Ids:
        """The text's beginning, as far as the model reads. No [SEP] closes what is cut: the text does not end there."""
        return ids[: self.spec.train.context]

    def _asked(self, texts: Sequence[Ids]) -> list[Asked]:
        """Held-out texts in batches of like lengths."""
        ordered = sorted((self._cut(ids) for ids in texts), key=len)
        return [_questions(ordered[first : first + 64]) for first in range(0, len(ordered), 64)]

    def _tensors(self, ids: Ids, labels: Ids) -> TextBatch:
        return TextBatch(*(torch.from_numpy(array).to(self.model.device) for array in (ids, labels)))

    # Loss

    def loss(self, batch: TextBatch) -> torch.Tensor:
        """Mean of −log p(the token that comes next) over all places, in nats."""
        logits, truth = self.guess(batch)  # (targets, vocabulary), (targets)
        return cross_entropy(logits, truth)

    def guess(self, batch: TextBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits for the targets, row by row, and the tokens themselves: (targets, vocabulary), (targets)."""
        input_ids, labels = batch.input_ids[:, :-1], batch.labels[:, 1:]  # the labels are the inputs, shifted by one: what comes next
        targets = labels != IGNORED
        return fast.causal_logits(self.model, input_ids, targets), labels[targets]

    # What a person sees of a batch

    @property
    def choices(self) -> Sequence[str]:
        """The vocabulary, spelt."""
        return self.text.candidates

    def exercises(self, batch: TextBatch) -> list[Exercise]:
        """Each text; a target stands at its own place, where the model has read all before it and not the token itself."""
        return exercises(batch.input_ids, batch.labels, self.choices)

    # Metrics

    def evaluate(self) -> dict[str, float]:
        """Loss and accuracy on the tokens of validation texts; the share of each probe set answered."""
        return self._measure(self._validation) | self._answered(self._facts) | self._chosen(self._choices)

    def test(self) -> dict[str, float]:
        """The same on test texts, beside the lines that bound them."""
        texts = self._asked(self.text.test[:TEST])
        facts = probes.facts(self.text, self.text.test, TEST_PROBES, left_to_right=True)
        choices = probes.choices(self.text, self.text.test, TEST_PROBES)
        return self._measure(texts) | self._answered(facts) | self._chosen(choices) | bounds.next_references(self.text, texts)

    @torch.no_grad()
    def _measure(self, asked: Sequence[Asked]) -> dict[str, float]:
        losses, hits = [], []
        for part in asked:
            logits, truth = self.guess(self._tensors(*part))
            losses.append(cross_entropy(logits, truth, reduction="none"))
            hits.append(logits.argmax(-1) == truth)
        return {"loss": torch.cat(losses).mean().item(), "accuracy": torch.cat(hits).float().mean().item()}

    def _answered(self, facts: Mapping[str, Asked]) -> dict[str, float]:
        """What is asked for, and all after it, a causal model does not see: a masked model's questions serve here too."""
        return {name: self._measure([part])["accuracy"] for name, part in facts.items()}

    def _chosen(self, choices: Mapping[str, Choice]) -> dict[str, float]:
        return {name: share(causal_gains(self.model, choice)) for name, choice in choices.items()}

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them."""
        files.save(self.model, self.text.tokenizer, folder)


def _questions(texts: Sequence[Ids]) -> Asked:
    """The texts padded to one length, and the tokens to name: all but unknown words and the first, which nothing precedes."""
    ids = padded(texts)
    labels = np.where((ids == SEP) | (ids >= FIRST), ids, IGNORED)
    labels[:, 0] = IGNORED
    return ids, labels
