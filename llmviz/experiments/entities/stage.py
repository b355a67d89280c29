"""Named entities: a pretrained model, or a random one, learns from few tagged texts which words name whom or what (BERT, section 5.3).

Data, loss, metrics, top to bottom. Every word gets a tag, from a new linear head on the last hidden state of its first token. The body
comes from the parent; the method says which weights move, usually all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.core.settings import LabelsSpec
from llmviz.core.spec import RunSpec
from llmviz.evaluation import entities
from llmviz.models import classifiers, files, transfer
from llmviz.text.first_pieces import Pieces, pieces
from llmviz.text.masks import IGNORED
from llmviz.text.special import PAD
from llmviz.text.tagged import Tagged, sample, tagged, tags
from llmviz.training.exercises import candidates, exercises
from llmviz.training.labelled import classifier, turns
from llmviz.training.pretraining import Pretraining
from llmviz.training.stage import Batch, Exercise
from llmviz.training.texts import padded, tokenizer_of

VALIDATION, TEST = 256, 1_000  # held-out texts looked at while training and at the end
AT_ONCE = 128  # texts in one forward pass of an evaluation


def build(spec: RunSpec, parent: Path | None) -> "Entities":
    """The stage of this spec: a new head on the parent's weights, or on the random ones its architecture begins with."""
    tokenizer = tokenizer_of(spec)
    model, origin = classifier(spec, parent, tokenizer.get_vocab_size(), tags(spec.text))
    return Entities(spec, tokenizer, model, origin, Pretraining(spec, parent, model))


@dataclass(frozen=True)
class TaggedBatch:
    """Texts with the place of each word's tag at its first token, IGNORED elsewhere: two tensors (batch, n).

    Where pretraining is replayed, there is a batch of that, too.
    """

    input_ids: torch.Tensor
    labels: torch.Tensor
    replayed: Batch | None = None

    @property
    def tokens(self) -> int:
        """Tokens the model reads, padding left out."""
        return int((self.input_ids != PAD).sum()) + (self.replayed.tokens if self.replayed else 0)


class Entities:
    """A model that learns to tag the words that name whom or what, or fill the slots of a request."""

    def __init__(
        self, spec: RunSpec, tokenizer: Tokenizer, model: PreTrainedModel, origin: transfer.Transfer, pretraining: Pretraining
    ) -> None:
        self.spec, self.tokenizer, self.model, self.origin, self.pretraining = spec, tokenizer, model, origin, pretraining
        self.tags = tags(spec.text)
        self.objective: LabelsSpec = spec.objective
        examples = tagged(spec.text)
        self.learnt = sample(examples["train"], self.objective.labels, spec.seed)
        self._validation, self._test = examples["validation"][:VALIDATION], examples["test"][:TEST]
        self._pieces = self._read(self.learnt)
        self.references: Mapping[str, float] = self._lines(self._validation)

    # Data

    def batch(self, step: int) -> TaggedBatch:
        """The tagged texts whose turn it is in this step."""
        places = list(turns(len(self.learnt), self.spec.train.batch_size, self.spec.seed, step))
        texts = self._tensors([self._pieces[place] for place in places], [self.learnt[place].tags for place in places])
        return replace(texts, replayed=self.pretraining.batch(step))

    def _read(self, texts: Sequence[Tagged]) -> list[Pieces]:
        """The texts in tokens, as far as the model reads."""
        room = classifiers.room(self.model.config)
        return [found.cut(room) for found in pieces(self.tokenizer, [text.words for text in texts])]

    def _tensors(self, read: Sequence[Pieces], told: Sequence[Sequence[str]]) -> TaggedBatch:
        ids = padded([np.array(classifiers.framed(text.ids, self.model.config)) for text in read])
        labels = np.full_like(ids, IGNORED)
        for row, (text, own) in enumerate(zip(read, told, strict=True)):
            # The first token of each word carries its tag; the others of the word, [CLS] and [SEP] are not asked.
            labels[row, [1 + place for place in text.firsts]] = [self.tags.index(tag) for tag in own[: len(text.firsts)]]
        return TaggedBatch(torch.from_numpy(ids).to(self.model.device), torch.from_numpy(labels).to(self.model.device))

    # Loss

    def loss(self, batch: TaggedBatch) -> torch.Tensor:
        """Mean of −log p(the tag) over the words, in nats; where pretraining is replayed, its loss is added."""
        return cross_entropy(*self.guess(batch)) + self.pretraining.loss(batch.replayed)

    def guess(self, batch: TaggedBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of the tags, and the true ones: (words, tags), (words)."""
        asked = batch.labels != IGNORED
        logits: torch.Tensor = self.model(input_ids=batch.input_ids, attention_mask=batch.input_ids.ne(PAD)).logits  # (batch, n, tags)
        return logits[asked], batch.labels[asked]

    # What a person sees of a batch

    @property
    def choices(self) -> Sequence[str]:
        """The tags."""
        return self.tags

    def exercises(self, batch: TaggedBatch) -> list[Exercise]:
        """Each text; its targets are the tags of its words."""
        return exercises(batch.input_ids, batch.labels, candidates(self.tokenizer))

    # Metrics

    def evaluate(self) -> dict[str, float]:
        """Loss, and how well entities are found, on validation texts, and what is left of the pretraining."""
        return self._measure(self._validation) | self.pretraining.evaluate()

    def test(self) -> dict[str, float]:
        """The same on test texts, beside the lines that bound them."""
        return self._measure(self._test) | self._lines(self._test) | self.pretraining.test()

    def _lines(self, asked: Sequence[Tagged]) -> dict[str, float]:
        return entities.references(self.learnt, asked, len(self.tags), told_by_grammar=self.spec.text.name == "tinyland")

    @torch.no_grad()
    def _measure(self, asked: Sequence[Tagged]) -> dict[str, float]:
        losses, found = [], []
        for first in range(0, len(asked), AT_ONCE):
            some = asked[first : first + AT_ONCE]
            read = self._read(some)
            logits, truth = self.guess(self._tensors(read, [text.tags for text in some]))
            losses.append(cross_entropy(logits, truth, reduction="none"))
            best = iter(logits.argmax(-1).tolist())
            # A word that the model did not get to read is tagged O.
            found += [
                [self.tags[next(best)] for _ in text.firsts] + ["O"] * (len(own.words) - len(text.firsts))
                for text, own in zip(read, some, strict=True)
            ]
        return {"loss": torch.cat(losses).mean().item(), **entities.scores([text.tags for text in asked], found)}

    def save(self, folder: Path) -> None:
        """Write model and tokenizer so that `from_pretrained` reads them; beside them what it took from its parent, and its old head."""
        files.save(self.model, self.tokenizer, folder)
        transfer.write(self.origin, folder)
        self.pretraining.save(folder)
