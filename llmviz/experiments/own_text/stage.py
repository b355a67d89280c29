"""Pretraining goes on with a visitor's own text: the same objective, other documents (Gururangan et al. 2020, "Don't stop pretraining").

Data, loss, metrics, top to bottom. Nothing is new but what is read: no head, no label, no other loss. The vocabulary stays that of the
model it starts from, and so it does for one from random weights beside it: their losses can be held against each other.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec
from llmviz.evaluation import bounds
from llmviz.experiments.own_text import OwnTextSpec
from llmviz.models import files, masked
from llmviz.text import own_prose
from llmviz.text.corpora import load
from llmviz.training import shifting
from llmviz.training.exercises import exercises
from llmviz.training.labelled import begun, turns
from llmviz.training.shifting import Asked, TextBatch
from llmviz.training.stage import Exercise
from llmviz.training.texts import Encoded, Ids, Texts, encode, tokenizer_of

VALIDATION, TEST = 64, 500  # held-out passages looked at while training and at the end, at most
OLD = 64  # texts of what it read before
SHORTER = {"library": "wiki"}  # which of a text's parts stands for it: to prepare all of the library takes 16 s


def build(spec: RunSpec, parent: Path | None) -> "OwnText":
    """The stage of this spec. Raises ValueError, in a sentence, where this machine does not keep its text."""
    objective: OwnTextSpec = spec.objective
    tokenizer = tokenizer_of(spec)
    parts = own_prose.divided(own_prose.read(objective.text_digest))
    read = [_in_ids(tokenizer, some, spec.train.context) for some in (parts["train"], parts["validation"], parts["test"])]
    digest = objective.text_digest or own_prose.DIGEST
    text = Encoded(TextSpec(spec.text.name, digest), False, tokenizer, *read)
    return OwnText(spec, text, masked.moved(begun(spec, parent, text.vocabulary), spec.train.device))


def _in_ids(tokenizer: Tokenizer, passages: Sequence[str], context: int) -> Texts:
    """The passages as ids between [CLS] and [SEP]; what of one a model does not read at once is a further text."""
    whole = encode(tokenizer, passages)
    return Texts.of(ids[first : first + context] for ids in whole for first in range(0, len(ids) - 1, context))


class OwnText:
    """A model that goes on naming next tokens, now of a visitor's text."""

    def __init__(self, spec: RunSpec, text: Encoded, model: PreTrainedModel) -> None:
        self.spec, self.text, self.model = spec, text, model
        self.objective: OwnTextSpec = spec.objective
        self._validation = self._held_out(text.validation[:VALIDATION])
        self._old = self._before() if spec.start else []
        self.references: Mapping[str, float] = bounds.next_references(text, self._validation)

    # Data

    def batch(self, step: int) -> TextBatch:
        """The passages whose turn it is in this step: all come equally often, in another order each time through."""
        count = min(self.objective.passages, len(self.text.train))
        texts = [self.text.train[place] for place in turns(count, self.spec.train.batch_size, self.spec.seed, step)]
        return shifting.tensors(self.model, *shifting.questions(texts))

    # Loss

    def loss(self, batch: TextBatch) -> torch.Tensor:
        """Mean of −log p(the token that comes next) over all places, in nats."""
        logits, truth = self.guess(batch)  # (targets, vocabulary), (targets)
        return cross_entropy(logits, truth)

    def guess(self, batch: TextBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits for the targets, row by row, and the tokens themselves: (targets, vocabulary), (targets)."""
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
        """Loss and accuracy on the tokens of validation passages; and the loss on what it read before."""
        return self._measured(self._validation)

    def test(self) -> dict[str, float]:
        """The same on test passages, beside what counting and compressing make of them."""
        texts = self._held_out(self.text.test[:TEST])
        return self._measured(texts) | bounds.next_references(self.text, texts) | bounds.in_bits(self.text, texts)

    def _held_out(self, texts: Sequence[Ids]) -> list[Asked]:
        return shifting.asked(texts, self.spec.train.context)

    def _before(self) -> list[Asked]:
        name = self.spec.text.name
        held_out = load(TextSpec(SHORTER.get(name, name))).validation[:OLD]
        return self._held_out(Texts.of(encode(self.text.tokenizer, held_out)))

    def _measured(self, texts: Sequence[Asked]) -> dict[str, float]:
        found = shifting.measured(self.model, texts)
        old = {"old_loss": shifting.measured(self.model, self._old)["loss"]} if self._old else {}
        return found | bounds.bits_per_byte(self.text, texts, found["loss"]) | old

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them."""
        files.save(self.model, self.text.tokenizer, folder)
