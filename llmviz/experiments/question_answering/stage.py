"""Question answering: a pretrained model, or a random one, learns to point at the answer in a passage (BERT, sections 4.2 and 4.3).

Data, loss, metrics, top to bottom. The body comes from the parent, with more embeddings for the words that only questions have. The head,
a start and an end for every token, is new. The method says what moves.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.core.spec import RunSpec
from llmviz.evaluation import squad
from llmviz.experiments.question_answering import AnswersSpec
from llmviz.models import extraction, files, masked, methods, transfer
from llmviz.models.extraction import Inputs, Window
from llmviz.text.passages import Example, examples, sampled
from llmviz.text.tinyland.passages import NEW_WORDS
from llmviz.text.tokenizers import with_words
from llmviz.training.exercises import candidates
from llmviz.training.labelled import begun, turns
from llmviz.training.pretraining import Pretraining
from llmviz.training.stage import Batch, Exercise
from llmviz.training.texts import tokenizer_of

VALIDATION, TEST = 200, 1_000  # held-out questions looked at while training and at the end
AT_ONCE = 100  # questions in one forward pass of an evaluation


def build(spec: RunSpec, parent: Path | None) -> "Answers":
    """The stage of this spec: a new head on the parent's weights, or on random ones, and a vocabulary that has the words of questions."""
    tokenizer = with_words(tokenizer_of(spec), NEW_WORDS)
    model = transfer.reader(begun(spec, parent, tokenizer.get_vocab_size()), tokenizer.get_vocab_size(), spec.seed)
    origin = transfer.report(parent, model)
    prepared = masked.moved(methods.prepared(model, spec.objective.method, spec.objective.rank, spec.seed), spec.train.device)
    return Answers(spec, tokenizer, prepared, origin, Pretraining(spec, parent, prepared))


@dataclass(frozen=True)
class Asked:
    """A question as it is read: its windows, the letters of each token of the passage, and the tokens of the answer, () for none."""

    windows: tuple[Window, ...]
    letters: tuple[tuple[int, int], ...]
    answer: tuple[int, int] | tuple[()]

    @property
    def whole(self) -> tuple[Window, tuple[int, int]]:
        """The first window that shows all of the answer, and the places of start and end in it; [CLS] is place 0."""
        for window in self.windows:
            if self.answer and self.answer[0] in window.shows and self.answer[1] - 1 in window.shows:
                return window, (window.place(self.answer[0]), window.place(self.answer[1] - 1))
        return self.windows[0], (0, 0)


@dataclass(frozen=True)
class AskedBatch:
    """Questions on passages, and where each answer starts and ends: (batch, 2), [CLS] for none; of replayed pretraining, a batch."""

    inputs: Inputs
    ends: torch.Tensor
    replayed: Batch | None = None

    @property
    def tokens(self) -> int:
        """Tokens the model reads, padding left out."""
        return int(self.inputs.attention_mask.sum()) + (self.replayed.tokens if self.replayed else 0)


def read(tokenizer: Tokenizer, example: Example, context: int) -> Asked:
    """An example in the tokens of this model."""
    question = tokenizer.encode(example.question, add_special_tokens=False).ids
    passage = tokenizer.encode(example.passage, add_special_tokens=False)
    letters = tuple(passage.offsets)
    inside = [
        token for token, (first, last) in enumerate(letters) if example.answer and first < example.answer[1] and last > example.answer[0]
    ]
    return Asked(tuple(extraction.windows(question, passage.ids, context)), letters, (inside[0], inside[-1] + 1) if inside else ())


class Answers:
    """A model that learns to find answers."""

    def __init__(
        self, spec: RunSpec, tokenizer: Tokenizer, model: PreTrainedModel, origin: transfer.Transfer, pretraining: Pretraining
    ) -> None:
        self.spec = spec
        self.tokenizer = tokenizer
        self.model = model
        self.origin = origin
        self.pretraining = pretraining
        self.objective: AnswersSpec = spec.objective
        known = examples(spec.text)
        self.learnt = sampled(known["train"], self.objective.labels, spec.seed)
        self._validation, self._test = known["validation"][:VALIDATION], known["test"][:TEST]
        self._asked = [self._read(example) for example in self.learnt]
        self.references: Mapping[str, float] = self._lines(self._validation)

    # Data

    def batch(self, step: int) -> AskedBatch:
        """The questions whose turn it is in this step: all come equally often, in another order each time through."""
        places = turns(len(self.learnt), self.spec.train.batch_size, self.spec.seed, step)
        return replace(self._tensors([self._asked[place] for place in places]), replayed=self.pretraining.batch(step))

    def _read(self, example: Example) -> Asked:
        return read(self.tokenizer, example, self.spec.train.context)

    def _tensors(self, asked: Sequence[Asked]) -> AskedBatch:
        chosen, ends = zip(*(each.whole for each in asked), strict=True)
        return AskedBatch(Inputs.of(chosen, self.model.device), torch.tensor(ends, device=self.model.device))

    # Loss

    def loss(self, batch: AskedBatch) -> torch.Tensor:
        """Mean of −log p(where the answer starts) and −log p(where it ends), in nats; where pretraining is replayed, its loss is added."""
        return cross_entropy(*self.guess(batch)) + self.pretraining.loss(batch.replayed)

    def guess(self, batch: AskedBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Question after question, logits of its start and of its end, and the right places: (2 batch, places), (2 batch)."""
        logits = extraction.logits(self.model, batch.inputs)  # (batch, n, 2)
        return logits.transpose(1, 2).flatten(0, 1), batch.ends.flatten()

    # What a person sees of a batch

    @property
    def choices(self) -> Sequence[str]:
        """The places of an input; there is no vocabulary of answers."""
        return tuple(f"place {place}" for place in range(self.spec.train.context))

    def exercises(self, batch: AskedBatch) -> list[Exercise]:
        """Each question with its passage; its two targets are shown where the answer starts and ends."""
        spelt = candidates(self.tokenizer)
        lengths = batch.inputs.attention_mask.sum(1).tolist()
        rows = zip(batch.inputs.input_ids.tolist(), lengths, batch.ends.tolist(), strict=True)
        return [
            Exercise(tuple(spelt[id] for id in ids[:length]), tuple(ends), range(2 * row, 2 * row + 2))
            for row, (ids, length, ends) in enumerate(rows)
        ]

    # Metrics

    def evaluate(self) -> dict[str, float]:
        """Exact match, F1, unanswerable ones recognised, and loss on validation questions, and what is left of the pretraining."""
        return self._measure(self._validation) | self.pretraining.evaluate()

    def test(self) -> dict[str, float]:
        """The same on test questions, beside the lines that bound them."""
        return self._measure(self._test) | self._lines(self._test) | self.pretraining.test()

    def _lines(self, asked: Sequence[Example]) -> dict[str, float]:
        spans = [[example.passage[slice(*span)] for span in example.candidates] for example in asked]
        truths = [example.truth for example in asked]
        places = [1 + len(self.tokenizer.encode(example.passage, add_special_tokens=False).ids) for example in asked]
        return {
            "random_guess": float(np.mean(np.log(places))),
            "chance": squad.marks([""] * len(asked), truths)["exact_match"],  # no answer, every time
            "position": squad.by_position(spans, truths),
            "exact_match_ceiling": 1.0,  # one answer or none by construction: tests/text/tinyland/test_passages.py
        }

    @torch.no_grad()
    def _measure(self, asked: Sequence[Example]) -> dict[str, float]:
        predictions, losses = list[str](), list[float]()
        for first in range(0, len(asked), AT_ONCE):
            some = asked[first : first + AT_ONCE]
            each_read = [self._read(example) for example in some]
            ends = np.cumsum([0, *(len(each.windows) for each in each_read)]).tolist()
            logits = extraction.logits(self.model, Inputs.of([window for each in each_read for window in each.windows], self.model.device))
            for example, each, (begin, end) in zip(some, each_read, pairwise(ends), strict=True):
                scores = extraction.merged(logits[begin:end], each.windows)  # (1 + tokens, 2)
                truth = torch.tensor((1 + each.answer[0], each.answer[1]) if each.answer else (0, 0), device=scores.device)
                losses.append(cross_entropy(scores.T, truth).item())
                span = extraction.best(scores)
                predictions.append(example.passage[each.letters[span[0]][0] : each.letters[span[1] - 1][1]] if span else "")
        return squad.marks(predictions, [example.truth for example in asked]) | {"loss": math.fsum(losses) / len(losses)}

    def save(self, folder: Path) -> None:
        """Write model and tokenizer so that `from_pretrained` reads them; beside them what it took from its parent, and its old head."""
        files.save(self.model, self.tokenizer, folder)
        transfer.write(self.origin, folder)
        self.pretraining.save(folder)
