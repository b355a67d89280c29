"""Text to text: one encoder-decoder learns several tasks at once, each named before its text (T5, Raffel et al. 2020, sections 2.4, 3.5.2).

Data, loss, metrics, top to bottom. There is no new head: every answer is written with the words of the vocabulary, which grows by those
that only tasks need. All weights move.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.core.spec import RunSpec
from llmviz.evaluation import entities, squad
from llmviz.experiments.text_to_text import TextToTextSpec
from llmviz.models import files, masked, t5, transfer
from llmviz.text.special import PAD, SEP
from llmviz.text.text_to_text import LONGEST, NONE, TASKS, WORDS, Pair, pairs, tagging
from llmviz.text.tokenizers import with_words
from llmviz.training.exercises import candidates
from llmviz.training.labelled import turns
from llmviz.training.seq2seq import Seq2SeqBatch
from llmviz.training.stage import Exercise
from llmviz.training.texts import Ids, tokenizer_of

VALIDATION, TEST = 48, 1_000  # held-out examples of each task looked at while training and at the end
AT_ONCE = 128  # examples in one forward pass of an evaluation


def build(spec: RunSpec, parent: Path | None) -> "TextToText":
    """The stage of this spec: the parent's weights or random ones, and a vocabulary that has the words of tasks."""
    old = tokenizer_of(spec)
    tokenizer = with_words(old, WORDS)
    start = files.load(parent) if parent else t5.random_start(spec.model, old.get_vocab_size(), spec.train.context, spec.seed)
    model = masked.moved(transfer.with_more_words(start, tokenizer.get_vocab_size(), spec.seed), spec.train.device)
    return TextToText(spec, tokenizer, model, transfer.report(parent, model))


class TextToText:
    """A model that learns to write the answers of several tasks."""

    def __init__(self, spec: RunSpec, tokenizer: Tokenizer, model: PreTrainedModel, origin: transfer.Transfer) -> None:
        self.spec, self.tokenizer, self.model, self.origin = spec, tokenizer, model, origin
        self.objective: TextToTextSpec = spec.objective
        self.learnt = {task: self._encoded(pairs(spec.text, task, "train", self.objective.labels, spec.seed)) for task in TASKS}
        self._validation = {task: pairs(spec.text, task, "validation")[:VALIDATION] for task in TASKS}
        self.references: Mapping[str, float] = {"random_guess": float(np.log(tokenizer.get_vocab_size()))}

    # Data

    def batch(self, step: int) -> Seq2SeqBatch:
        """As many examples of each task, those whose turn it is in this step."""
        size, seed = self.spec.train.batch_size // len(TASKS), self.spec.seed
        return self._tensors([known[place] for known in self.learnt.values() for place in turns(len(known), size, seed, step)])

    def _encoded(self, some: Sequence[Pair]) -> list[tuple[Ids, Ids]]:
        """What is read, as far as the model reads, and what is written, in tokens, each closed by [SEP]."""
        return [(self._ids(pair.source, self.spec.train.context), self._ids(pair.target, LONGEST)) for pair in some]

    def _ids(self, text: str, most: int) -> Ids:
        return np.array([*self.tokenizer.encode(text, add_special_tokens=False).ids[: most - 1], SEP])

    def _tensors(self, some: Sequence[tuple[Ids, Ids]]) -> Seq2SeqBatch:
        return Seq2SeqBatch.of(some, self.model.device)

    # Loss

    def loss(self, batch: Seq2SeqBatch) -> torch.Tensor:
        """Mean of −log p(token) over the answers, their ends among them, in nats."""
        return cross_entropy(*self.guess(batch))

    def guess(self, batch: Seq2SeqBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of every token to be written, answer after answer, and the tokens: (targets, vocabulary), (targets)."""
        return t5.logits_of(self.model, batch.input_ids, batch.target), batch.target[batch.target != PAD]

    # What a person sees of a batch

    @property
    def choices(self) -> Sequence[str]:
        """The vocabulary, spelt."""
        return candidates(self.tokenizer)

    def exercises(self, batch: Seq2SeqBatch) -> list[Exercise]:
        """Each text with its task, and behind it the answer: every token from all that stands before it."""
        return batch.exercises(self.choices)

    # Metrics

    def evaluate(self) -> dict[str, float]:
        """Loss over the answers of all tasks, and of each task its own figures, on validation examples."""
        return self._measure(self._validation)

    def test(self) -> dict[str, float]:
        """The same on test examples."""
        return self._measure({task: pairs(self.spec.text, task, "test")[:TEST] for task in TASKS}) | dict(self.references)

    def _measure(self, asked: Mapping[str, Sequence[Pair]]) -> dict[str, float]:
        written = {task: self._written(some) for task, some in asked.items()}
        opinions, named, answers = (list(zip(asked[task], written[task], strict=True)) for task in TASKS)
        marks = squad.marks([_answer(said) for _, said in answers], [_answer(pair.target) for pair, _ in answers])
        return {
            "loss": self._loss([pair for some in asked.values() for pair in some]),
            "accuracy": float(np.mean([said == pair.target for pair, said in opinions])),
            "f1": _entities(named),
            "exact_match": marks["exact_match"],
            **{name: marks[name] for name in ("no_answer",) if name in marks},
        }

    @torch.no_grad()
    def _loss(self, some: Sequence[Pair]) -> float:
        read = sorted(self._encoded(some), key=lambda pair: len(pair[0]))
        groups = (read[first : first + AT_ONCE] for first in range(0, len(read), AT_ONCE))
        return torch.cat([cross_entropy(*self.guess(self._tensors(group)), reduction="none") for group in groups]).mean().item()

    def _written(self, some: Sequence[Pair]) -> list[str]:
        """What the model writes for each, the likeliest token each time, as words."""
        said: list[str] = []
        for first in range(0, len(some), AT_ONCE):
            batch = self._tensors(self._encoded(some[first : first + AT_ONCE]))
            for ids in t5.greedy(self.model, batch.input_ids, LONGEST).tolist():
                said.append(" ".join(self.choices[id] for id in (ids[: ids.index(SEP)] if SEP in ids else ids)))
        return said

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them, and beside them what it took from its parent."""
        files.save(self.model, self.tokenizer, folder)
        transfer.write(self.origin, folder)


def _answer(said: str) -> str:
    """An answer as SQuAD has it: "" for none."""
    return "" if said == NONE else said


def _entities(named: Sequence[tuple[Pair, str]]) -> float:
    """F1 of whole entities. One that the text has not stands behind its words, where nothing is to be found."""
    truth, found = [], []
    for pair, said in named:
        told = tagging(pair.words, said)
        truth.append([*tagging(pair.words, pair.target).tags, *["O"] * len(told.invented)])
        found.append([*told.tags, *told.invented])
    return entities.scores(truth, found)["f1"]
