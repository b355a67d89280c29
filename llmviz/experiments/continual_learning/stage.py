"""Continual learning: masked language modelling goes on, with another text. Nothing else is new: no head, no label, no other loss.

Data, loss, metrics, top to bottom. What it learns from is one text; both are measured, and so is what both texts tell. Replay learns the
old text beside the new one (Robins 1995, "Catastrophic forgetting, rehearsal and pseudorehearsal").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.core.spec import RunSpec
from llmviz.evaluation import bounds, probes
from llmviz.experiments.continual_learning import NEW, ContinualSpec
from llmviz.inspect.probes import VALIDATION as PROBES
from llmviz.inspect.probes import Choice, hidden, masked_hits
from llmviz.inspect.probes import Hidden as Asked
from llmviz.models import files, masked
from llmviz.text.masks import mask
from llmviz.text.tinyland import bulletins
from llmviz.text.tinyland import probes as facts
from llmviz.text.tinyland.world import CAPITALS
from llmviz.training import masking
from llmviz.training.exercises import exercises
from llmviz.training.masking import MaskedBatch
from llmviz.training.stage import Exercise
from llmviz.training.texts import Encoded, Texts, encode, padded, text_of

VALIDATION, TEST = 96, 1_000  # held-out texts of each kind looked at while training and at the end, those of masked language modelling
CAPITALS_ASKED, TEST_CAPITALS = 400, 1_000  # in as many contexts for each country
TEST_PROBES = 1_000  # of each other kind
TEST_NEW = 500  # of the new text: exact lines for each take 10 ms


def build(spec: RunSpec, parent: Path | None) -> "Continual":
    """The stage of this spec, on the parent's weights or on random ones."""
    old = text_of(spec)
    if not old.told_by_grammar:
        raise ValueError("Starts from: the new text is told in Tinyland's words, and this model has others")
    new = newer(old, spec.objective.country, spec.objective.city)
    longest = max(part.longest for text in (old, new) for part in (text.train, text.validation, text.test))
    start = files.load(parent) if parent else masked.random_start(spec.model, old.vocabulary, spec.train.context, spec.seed)
    reads = min(spec.train.context, start.config.max_position_embeddings)
    if reads < longest:
        raise ValueError(
            f"Context: these texts have up to {longest} tokens, and this model would read {reads}; cut ones have no exact floor"
        )
    return Continual(spec, old, new, masked.moved(start, spec.train.device))


@lru_cache(maxsize=2)
def newer(old: Encoded, country: str, city: str) -> Encoded:
    """The new text in the tokens of the old one: bulletins in which this city is the capital of this country."""
    told = bulletins.bulletins(country, city)
    parts = (Texts.of(encode(old.tokenizer, told[part])) for part in ("train", "validation", "test"))
    return Encoded(old.spec, True, old.tokenizer, *parts)


@lru_cache(maxsize=4)
def capitals(text: Encoded, held_out: Texts, count: int, country: str, city: str) -> dict[str, Asked]:
    """The capital that changes, with the new one as the truth, and the others, by the name of the metric.

    The country whose own capital the new one is stands in neither: who names it there may have learnt it today.
    """
    stories = [" ".join(text.words(ids)) for ids in held_out]
    asked = facts.facts(stories, count)
    changed = [fact for fact in asked if fact.truth == CAPITALS[country]]
    kept = [fact for fact in asked if fact.truth not in (CAPITALS[country], city)]
    return {"changed": hidden(text.tokenizer, [fact.answered(city) for fact in changed]), "kept": hidden(text.tokenizer, kept)}


@dataclass(frozen=True)
class ContinualBatch(MaskedBatch):
    """Texts to learn from, and beside them old ones where these are replayed."""

    replayed: MaskedBatch | None = None

    @property
    def tokens(self) -> int:
        """Tokens the model reads, padding left out."""
        return int(self.attention_mask.sum()) + (self.replayed.tokens if self.replayed else 0)


class Continual:
    """A model that names hidden words and goes on to another text."""

    def __init__(self, spec: RunSpec, old: Encoded, new: Encoded, model: PreTrainedModel) -> None:
        self.spec, self.old, self.new, self.model = spec, old, new, model
        self.objective: ContinualSpec = spec.objective
        self._texts = {text: masking.hidden(text.validation[:VALIDATION], spec.train.context) for text in (old, new)}
        self._capitals = self._asked(old.validation, CAPITALS_ASKED)
        self._facts = probes.facts(old, old.validation, PROBES)
        self._choices = probes.choices(old, old.validation, PROBES)
        self.references: Mapping[str, float] = self._lines(self._texts)

    # Data

    def batch(self, step: int) -> ContinualBatch:
        """Texts of the one text it reads, drawn by the seed and the step, some of their words hidden or swapped; and what is replayed."""
        learnt = self._drawn(self.new if self.objective.reads == NEW else self.old, np.random.default_rng((self.spec.seed, step)))
        again = self._drawn(self.old, np.random.default_rng((self.spec.seed, step, 1))) if self.objective.replay else None
        return ContinualBatch(learnt.input_ids, learnt.attention_mask, learnt.labels, again)

    def _drawn(self, text: Encoded, rng: np.random.Generator) -> MaskedBatch:
        places = rng.integers(len(text.train), size=self.spec.train.batch_size)
        ids = padded([text.train[place] for place in places])  # (batch, n)
        corrupted, labels = mask(ids, masking.special(ids), self.objective.mask_rate, text.vocabulary, rng)
        return masking.tensors(self.model, corrupted, labels)

    # Loss

    def loss(self, batch: ContinualBatch) -> torch.Tensor:
        """Mean of −log p(the word that stood there) over the targets, in nats; that of the old texts is added where they are replayed."""
        loss = cross_entropy(*self.guess(batch))
        again = batch.replayed
        return loss + self.objective.replay * cross_entropy(*self.guess(again)) if again else loss

    def guess(self, batch: MaskedBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits at the targets, row by row, and the words that stood there: (targets, vocabulary), (targets)."""
        return masking.guess(self.model, batch)

    # What a person sees of a batch

    @property
    def choices(self) -> Sequence[str]:
        """The vocabulary, spelt."""
        return self.old.candidates

    def exercises(self, batch: MaskedBatch) -> list[Exercise]:
        """Each text with its gaps; at a target stands what the model reads there: [MASK], another word, or the word itself."""
        return exercises(batch.input_ids, batch.labels, self.choices)

    # Metrics

    def evaluate(self) -> dict[str, float]:
        """Both losses on validation texts; the new fact, the others of its kind, and what else the old text told."""
        return self._measure(self._texts, self._capitals) | self._known(self._facts, self._choices)

    def test(self) -> dict[str, float]:
        """The same on test texts, beside the lines that bound the losses."""
        counts = {self.old: TEST, self.new: TEST_NEW}
        texts = {text: masking.hidden(text.test[:count], self.spec.train.context) for text, count in counts.items()}
        known = self._known(
            probes.facts(self.old, self.old.test, TEST_PROBES),
            probes.choices(self.old, self.old.test, TEST_PROBES),
        )
        return self._measure(texts, self._asked(self.old.test, TEST_CAPITALS)) | known | self._lines(texts)

    def _asked(self, held_out: Texts, count: int) -> dict[str, Asked]:
        return capitals(self.old, held_out, count, self.objective.country, self.objective.city)

    def _measure(self, texts: Mapping[Encoded, Sequence[masking.Hidden]], capitals: Mapping[str, Asked]) -> dict[str, float]:
        losses = {name: masking.measured(self.model, texts[text])["loss"] for name, text in (("loss", self.new), ("old_loss", self.old))}
        return losses | {name: masked_hits(self.model, asked).float().mean().item() for name, asked in capitals.items()}

    def _known(self, asked: Mapping[str, Asked], choices: Mapping[str, Choice]) -> dict[str, float]:
        rest = {name: hidden for name, hidden in asked.items() if name != "facts"}  # its capitals are asked for above, one apart
        return probes.masked_shares(self.model, rest, choices)

    def _lines(self, texts: Mapping[Encoded, Sequence[masking.Hidden]]) -> dict[str, float]:
        """The lines of the new text, and of the old one its floor."""
        told = bulletins.grammar(self.objective.country, self.objective.city)
        lines = bounds.references(self.new, texts[self.new], told)
        return {
            "random_guess": lines["random_guess"],
            "floor": lines["floor"],
            "old_floor": bounds.references(self.old, texts[self.old])["floor"],
        }

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them."""
        files.save(self.model, self.old.tokenizer, folder)
