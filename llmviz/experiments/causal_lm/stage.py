"""Causal language modelling: read a text from left to right and name the next token at every place (GPT).

Data, loss, metrics, top to bottom. Nobody labels anything: the text itself says what comes next.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.core.spec import RunSpec
from llmviz.evaluation import bounds, probes
from llmviz.inspect.probes import VALIDATION as PROBES
from llmviz.inspect.probes import Choice, causal_gains, share
from llmviz.models import causal, files, masked
from llmviz.training import shifting
from llmviz.training.exercises import exercises
from llmviz.training.shifting import Asked, TextBatch
from llmviz.training.stage import Exercise
from llmviz.training.texts import Encoded, Ids, text_of

VALIDATION, TEST = 96, 1_000  # held-out texts looked at while training and at the end
TEST_PROBES = 1_000  # probes of each kind at the end


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


class NextToken:
    """A model that learns to name the next token."""

    def __init__(self, spec: RunSpec, text: Encoded, model: PreTrainedModel) -> None:
        self.spec = spec
        self.text = text
        self.model = model
        self._read = self._chosen_texts(spec.objective.documents)
        self._validation = self._held_out(text.validation[:VALIDATION])
        self._facts = probes.facts(text, text.validation, PROBES, left_to_right=True)
        self._choices = probes.choices(text, text.validation, PROBES)
        self.references: Mapping[str, float] = bounds.next_references(text, self._validation)

    # Data

    def batch(self, step: int) -> TextBatch:
        """Texts drawn by the seed and the step; every token but the first is to be named from those before it."""
        rng = np.random.default_rng((self.spec.seed, step))
        places = self._read[rng.integers(len(self._read), size=self.spec.train.batch_size)]
        texts = [self.text.train[place][: self.spec.train.context] for place in places]
        return shifting.tensors(self.model, *shifting.questions(texts))

    def _chosen_texts(self, most: int) -> Ids:
        """The places of the texts it learns from: all, or as many as it may, drawn by the seed."""
        every = len(self.text.train)
        return np.random.default_rng(self.spec.seed).permutation(every)[:most] if most else np.arange(every)

    # Loss

    def loss(self, batch: TextBatch) -> torch.Tensor:
        """Mean of −log p(the token that comes next) over all places, in nats."""
        logits, truth = self.guess(batch)  # (targets, vocabulary), (targets)
        return cross_entropy(logits, truth)

    def guess(self, batch: TextBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits for the targets, row by row, and the tokens themselves: (targets, vocabulary), (targets).

        The labels are the inputs, shifted by one: what comes next.
        """
        return shifting.guess(self.model, batch)

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
        return self._measured(self._validation) | self._answered(self._facts) | self._chosen(self._choices)

    def test(self) -> dict[str, float]:
        """The same on test texts, beside the lines that bound them."""
        texts = self._held_out(self.text.test[:TEST])
        facts = probes.facts(self.text, self.text.test, TEST_PROBES, left_to_right=True)
        choices = probes.choices(self.text, self.text.test, TEST_PROBES)
        known = self._answered(facts) | self._chosen(choices)
        return self._measured(texts) | known | bounds.next_references(self.text, texts) | bounds.in_bits(self.text, texts)

    def _held_out(self, texts: Sequence[Ids]) -> list[Asked]:
        return shifting.asked(texts, self.spec.train.context)

    def _measured(self, texts: Sequence[Asked]) -> dict[str, float]:
        """Loss and accuracy; and of text that is read as bytes, bits a byte."""
        found = shifting.measured(self.model, texts)
        return found | bounds.bits_per_byte(self.text, texts, found["loss"])

    def _answered(self, facts: Mapping[str, Asked]) -> dict[str, float]:
        """What is asked for, and all after it, a causal model does not see: a masked model's questions serve here too."""
        return {name: shifting.measured(self.model, [part])["accuracy"] for name, part in facts.items()}

    def _chosen(self, choices: Mapping[str, Choice]) -> dict[str, float]:
        return {name: share(causal_gains(self.model, choice)) for name, choice in choices.items()}

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them."""
        files.save(self.model, self.text.tokenizer, folder)
