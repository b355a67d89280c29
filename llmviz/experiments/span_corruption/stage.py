"""Span corruption: cut spans out of a text, and say what stood there, one after the other (T5, Raffel et al. 2020, section 3.1.4).

Data, loss, metrics, top to bottom. Nobody labels anything: what was cut out is the answer. The encoder reads the text with a sentinel in
place of each span; the decoder writes sentinel, span, sentinel, span, …, a last sentinel, and [SEP].
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.core.settings import SpanSpec
from llmviz.core.spec import RunSpec
from llmviz.evaluation import bounds, probes
from llmviz.inspect.probes import VALIDATION as PROBES
from llmviz.inspect.probes import Choice, Hidden, cut_out, framed, share, span_gains
from llmviz.models import files, masked, t5
from llmviz.text import spans
from llmviz.text.masks import IGNORED
from llmviz.text.special import PAD, SEP
from llmviz.text.tokenizers import sentinel
from llmviz.training.seq2seq import Seq2SeqBatch
from llmviz.training.stage import Exercise
from llmviz.training.texts import Encoded, Ids, text_of

VALIDATION, TEST = 48, 1_600  # held-out texts looked at while training and at the end, with one or two spans each
TEST_PROBES = 1_000  # probes of each kind at the end
AT_ONCE = 128  # texts in one forward pass of an evaluation
SPARE = 2  # tokens that a model may write beyond the longest true target; what it says behind these does not count
# The same for every run, whatever its own settings, so that figures compare.
EVALUATION_DENSITY, EVALUATION_LENGTH = 0.2, 2.0

Pair = tuple[Ids, Ids]  # what is read, and what is to be said: one text each, or padded (batch, longest)


def build(spec: RunSpec, parent: Path | None) -> "Spans":
    """The stage of this spec, on the parent's weights or on random ones."""
    text = text_of(spec)
    longest = max(part.longest for part in (text.train, text.validation, text.test))
    if text.told_by_grammar and spec.train.context < longest:
        raise ValueError(f"Context: Tinyland's texts have up to {longest} tokens; cut ones would have no exact floor")
    start = files.load(parent) if parent else t5.random_start(spec.model, text.vocabulary, spec.train.context, spec.seed)
    return Spans(spec, text, masked.moved(start, spec.train.device))


class Spans:
    """A model that learns to say what was cut out."""

    def __init__(self, spec: RunSpec, text: Encoded, model: PreTrainedModel) -> None:
        self.spec = spec
        self.text = text
        self.model = model
        self.objective: SpanSpec = spec.objective
        self._sentinel = sentinel(text.tokenizer)
        self._validation = self._cut(text.validation[:VALIDATION])
        self._facts = self._cut_out(probes.facts(text, text.validation, PROBES))
        self._choices = probes.choices(text, text.validation, PROBES)
        self.references: Mapping[str, float] = self._references(self._validation)

    # Data

    def batch(self, step: int) -> Seq2SeqBatch:
        """Texts drawn by the seed and the step, spans cut out of each; what stood there is the target."""
        rng = np.random.default_rng((self.spec.seed, step))
        places = rng.integers(len(self.text.train), size=self.spec.train.batch_size)
        chosen = [self.text.train[place] for place in places]
        return self._tensors([self._pair(ids, self.objective.density, self.objective.span_length, rng) for ids in chosen])

    def _pair(self, ids: Ids, density: float, length: float, rng: np.random.Generator) -> Pair:
        """One text with spans cut out at random."""
        inside = self._inside(ids)
        return framed(inside, spans.draw(len(inside), density, length, rng), self._sentinel)

    def _inside(self, ids: Ids) -> Ids:
        """The text's words, as many as the model reads, without [CLS] and [SEP]."""
        return ids[1:-1][: self.spec.train.context - 2]

    def _cut(self, texts: Sequence[Ids]) -> list[Pair]:
        """Held-out texts with fixed spans cut out, those of like lengths together."""
        rng = np.random.default_rng(0)
        return [self._pair(ids, EVALUATION_DENSITY, EVALUATION_LENGTH, rng) for ids in sorted(texts, key=len)]

    def _cut_out(self, facts: Mapping[str, Hidden]) -> dict[str, list[Pair]]:
        """A masked model's questions, their hidden word as a span."""
        return {name: cut_out(fact.whole, fact.labels != IGNORED, self._sentinel) for name, fact in facts.items()}

    def _tensors(self, pairs: Sequence[Pair]) -> Seq2SeqBatch:
        return Seq2SeqBatch.of(pairs, self.model.device)

    # Loss

    def loss(self, batch: Seq2SeqBatch) -> torch.Tensor:
        """Mean of −log p(token) over the targets, sentinels and the end among them, in nats."""
        return cross_entropy(*self.guess(batch))

    def guess(self, batch: Seq2SeqBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of every token to be said, text after text, and the tokens: (targets, vocabulary), (targets)."""
        return t5.logits_of(self.model, batch.input_ids, batch.target), batch.target[batch.target != PAD]

    # What a person sees of a batch

    @property
    def choices(self) -> Sequence[str]:
        """The vocabulary, spelt, sentinels at its end."""
        return self.text.candidates

    def exercises(self, batch: Seq2SeqBatch) -> list[Exercise]:
        """Each text as it was cut, and behind it what is to be said of it: every token from all that stands before it."""
        return batch.exercises(self.choices)

    # Metrics

    def evaluate(self) -> dict[str, float]:
        """Loss and exact spans on validation texts; the share of each probe set answered."""
        return self._measure(self._validation) | self._answered(self._facts) | self._chosen(self._choices)

    def test(self) -> dict[str, float]:
        """The same on test texts, beside the lines that bound them."""
        cut = self._cut(self.text.test[:TEST])
        facts = self._cut_out(probes.facts(self.text, self.text.test, TEST_PROBES))
        choices = probes.choices(self.text, self.text.test, TEST_PROBES)
        return self._measure(cut) | self._answered(facts) | self._chosen(choices) | self._references(cut)

    def _measure(self, pairs: Sequence[Pair]) -> dict[str, float]:
        return {"loss": self._loss(pairs), "exact_span": self._exact(pairs)}

    @torch.no_grad()
    def _loss(self, pairs: Sequence[Pair]) -> float:
        losses = [cross_entropy(*self.guess(batch), reduction="none") for batch in map(self._tensors, _groups(pairs))]
        return torch.cat(losses).mean().item()

    def _exact(self, pairs: Sequence[Pair]) -> float:
        """Share of the spans that greedy decoding says word for word."""
        hits = []
        for group in _groups(pairs):
            batch = self._tensors(group)
            written = t5.greedy(self.model, batch.input_ids, batch.target.shape[1] + SPARE).tolist()
            for (_, target), said in zip(group, written, strict=True):
                count = int((target >= self._sentinel).sum()) - 1
                truth = spans.spoken(target[:-1], self._sentinel, count)
                found = spans.spoken(said[: said.index(SEP)] if SEP in said else said, self._sentinel, count)
                hits += [one == other for one, other in zip(found, truth, strict=True)]
        return sum(hits) / len(hits)

    def _answered(self, facts: Mapping[str, list[Pair]]) -> dict[str, float]:
        return {name: self._exact(pairs) for name, pairs in facts.items()}

    def _chosen(self, choices: Mapping[str, Choice]) -> dict[str, float]:
        return {name: share(span_gains(self.model, choice, self._sentinel)) for name, choice in choices.items()}

    def _references(self, pairs: Sequence[Pair]) -> dict[str, float]:
        return bounds.span_references(self.text, pairs, (EVALUATION_DENSITY, EVALUATION_LENGTH))

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them."""
        files.save(self.model, self.text.tokenizer, folder)


def _groups(pairs: Sequence[Pair]) -> list[Sequence[Pair]]:
    return [pairs[first : first + AT_ONCE] for first in range(0, len(pairs), AT_ONCE)]
