"""In-context learning: next-token training goes on with text that has lists in it. From them a model learns to read what examples ask.

Data, loss, metrics, top to bottom. The objective is the GPT's own; the mixture of texts alone is new (Brown et al. 2020, figure 1.1). What
is measured is few-shot prompting: a fact that is in no list, after none or some examples of its relation. No weight moves for that.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.core.spec import RunSpec
from llmviz.evaluation import bounds
from llmviz.experiments.in_context import SHOTS, ListsSpec
from llmviz.inspect import prompts
from llmviz.inspect.prompts import Prompts
from llmviz.models import files, masked, transfer
from llmviz.text.tinyland import lists, prompting
from llmviz.text.tinyland.lists import Held
from llmviz.text.tokenizers import with_words
from llmviz.training import shifting
from llmviz.training.exercises import candidates, exercises
from llmviz.training.labelled import begun
from llmviz.training.shifting import Asked, TextBatch
from llmviz.training.stage import Exercise
from llmviz.training.texts import Encoded, Ids, Texts, encode, text_of, tokenizer_of

VALIDATION, TEST = 96, 1_000  # held-out texts of each source looked at while training and at the end
PROMPTS, TEST_PROMPTS = 180, 1_000  # with each number of examples
OWN = "own"  # Tinyland's text, that of *Next token*
SHARES = {"almanac": 0.7, "sheets": 0.1}  # of the texts that are no lists; what is left is Tinyland's own


def build(spec: RunSpec, parent: Path | None) -> "InContext":
    """The stage of this spec, on the parent's weights or on random ones, with a vocabulary that has the words of lists and questions."""
    text = text_of(spec)
    tokenizer = with_words(tokenizer_of(spec), prompting.new_words())
    start = begun(spec, parent, tokenizer.get_vocab_size())
    model = transfer.with_more_words(start, tokenizer.get_vocab_size(), spec.seed)
    return InContext(spec, text, tokenizer, masked.moved(model, spec.train.device), transfer.report(parent, model))


@lru_cache(maxsize=8)
def read(tokenizer: str, source: str) -> dict[str, Texts]:
    """The texts of one source as ids, by split, in the words of the tokenizer of this JSON."""
    return {part: Texts.of(encode(Tokenizer.from_str(tokenizer), texts)) for part, texts in prompting.texts(source).items()}


class InContext:
    """A model that goes on naming next tokens, now of a mixture of texts."""

    def __init__(self, spec: RunSpec, text: Encoded, tokenizer: Tokenizer, model: PreTrainedModel, origin: transfer.Transfer) -> None:
        self.spec, self.text, self.tokenizer, self.model, self.origin = spec, text, tokenizer, model, origin
        self.objective: ListsSpec = spec.objective
        self._sources = {source: read(tokenizer.to_str(), source) for source in prompting.SOURCES}
        self._held_out = self._asked("validation", VALIDATION)
        self._prompts = self._prompted("validation", PROMPTS)
        self.references: Mapping[str, float] = self._lines(self._held_out)

    # Data

    def batch(self, step: int) -> TextBatch:
        """Texts of the mixture, drawn by the seed and the step; every token but the first is to be named from those before it."""
        rng = np.random.default_rng((self.spec.seed, step))
        names = ("lists", *SHARES, OWN)
        rest = 1 - self.objective.lists
        shares = (self.objective.lists, *(rest * share for share in SHARES.values()), rest * (1 - sum(SHARES.values())))
        texts = [self._drawn(name, rng) for name in rng.choice(names, size=self.spec.train.batch_size, p=shares)]
        return shifting.tensors(self.model, *shifting.questions(texts))

    def _drawn(self, source: str, rng: np.random.Generator) -> Ids:
        texts = self.text.train if source == OWN else self._sources[source]["train"]
        return texts[int(rng.integers(len(texts)))][: self.spec.train.context]

    # Loss

    def loss(self, batch: TextBatch) -> torch.Tensor:
        """Mean of −log p(the token that comes next) over all places, in nats."""
        return cross_entropy(*self.guess(batch))

    def guess(self, batch: TextBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits for the targets, row by row, and the tokens themselves: (targets, vocabulary), (targets)."""
        return shifting.guess(self.model, batch)

    # What a person sees of a batch

    @property
    def choices(self) -> Sequence[str]:
        """The vocabulary, spelt."""
        return candidates(self.tokenizer)

    def exercises(self, batch: TextBatch) -> list[Exercise]:
        """Each text; a target stands at its own place, where the model has read all before it and not the token itself."""
        return exercises(batch.input_ids, batch.labels, self.choices)

    # Metrics

    def evaluate(self) -> dict[str, float]:
        """The shares of prompts answered, with each number of examples; and the losses on validation texts."""
        return self._answered(self._prompts) | self._losses(self._held_out)

    def test(self) -> dict[str, float]:
        """The same for other facts and texts, beside the lines that bound them."""
        texts = self._asked("test", TEST)
        return self._answered(self._prompted("test", TEST_PROMPTS)) | self._losses(texts) | self._lines(texts)

    def _asked(self, split: str, count: int) -> dict[str, list[Asked]]:
        own = {"validation": self.text.validation, "test": self.text.test}[split]
        texts = {OWN: own[:count]} | {source: parts[split][:count] for source, parts in self._sources.items()}
        return {source: shifting.asked(found, self.spec.train.context) for source, found in texts.items()}

    def _losses(self, texts: Mapping[str, Sequence[Asked]]) -> dict[str, float]:
        measured = {source: shifting.measured(self.model, asked)["loss"] for source, asked in texts.items()}
        return {"loss": measured["lists"], "almanac_loss": measured["almanac"], "old_loss": measured[OWN]}

    def _prompted(self, split: Held, count: int) -> dict[int, Prompts]:
        return {shots: Prompts.of(self.tokenizer, lists.shots(count, shots, split, Random(f"{split} {shots}"))) for shots in SHOTS}

    def _answered(self, prompted: Mapping[int, Prompts]) -> dict[str, float]:
        return {f"shots_{shots}": prompts.named(self.model, asked).mean().item() for shots, asked in prompted.items()}

    def _lines(self, texts: Mapping[str, Sequence[Asked]]) -> dict[str, float]:
        """The floor of Tinyland's own text; and the share of prompts right by who knows all facts and not which is asked for."""
        own = bounds.next_references(self.text, texts[OWN])
        return {
            "random_guess": math.log(self.tokenizer.get_vocab_size()),
            "old_floor": own["floor"],
            "without_examples": lists.without_examples(),
        }

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them, and beside them what became of the parent's tensors."""
        files.save(self.model, self.tokenizer, folder)
        transfer.write(self.origin, folder)
