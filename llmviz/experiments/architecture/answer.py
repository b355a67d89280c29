"""Walk a sentence through a snapshot: every box that is worked out, and the numbers of the stage that is opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel

from llmviz.experiments.architecture import bert_answer, gpt_answer, t5_answer
from llmviz.experiments.architecture.question import MOST_TOKENS, MOST_WEIGHTS, SHOWN_WORDS, WORDS, IntArray, Walk, Walked
from llmviz.experiments.architecture.tape_answer import Box, Tape
from llmviz.inspect import snapshots
from llmviz.inspect.attention import read
from llmviz.models.classes import CAUSAL
from llmviz.models.t5 import greedy
from llmviz.text import spans
from llmviz.text.special import CLS, MASK, PAD, SEP, SPECIAL
from llmviz.text.tokenizers import sentinel

MOST_WRITTEN = 14  # tokens that a T5 writes: those of four gaps in training


@dataclass(frozen=True)
class Given:
    """What a model reads: ids (n), and the tokens of the sentence that there was no room for."""

    ids: torch.Tensor
    cut: int


@dataclass(frozen=True)
class Walkthrough:
    """A model's boxes for an input, the texts they are about (ids), and what its last logits are of: labels, or none for words."""

    tape: Tape
    sequences: tuple[torch.Tensor, ...]
    labels: tuple[str, ...] = ()

    @property
    def written(self) -> torch.Tensor | None:
        """What a T5 has written (m)."""
        return self.sequences[1] if len(self.sequences) > 1 else None


def answer(folders: Mapping[int, Path], question: Walk) -> list[Walked]:
    """The boxes of each snapshot, in the order of the steps.

    Raises ValueError, in a sentence, where there is nothing to read, a hidden place lies outside, or a snapshot cannot be read.
    """
    return [_walked(step, folders[step], question) for step in sorted(folders)]


def given(folder: Path, question: Walk) -> Given:
    """The sentence as the model of a snapshot reads it, with its gaps. A GPT reads on without any."""
    reading = read(folder, question.text, MOST_TOKENS)
    ids = np.array(reading.ids)
    shown = len(ids) - reading.special
    if not set(question.hidden) <= set(range(reading.count)):
        raise ValueError(f"this sentence has {reading.count} tokens; a hidden place lies outside")
    hidden = np.isin(np.arange(shown), question.hidden)
    if hidden.any() and snapshots.config(folder).model_type == "t5":
        corrupted, _ = spans.corrupt(ids[1 : shown + 1], hidden, sentinel(snapshots.tokenizer(folder)))
        ids = np.array([CLS, *corrupted, SEP])
    elif not snapshots.looks_back(folder):
        ids[1 : shown + 1][hidden] = MASK
    return Given(torch.from_numpy(ids), reading.count - shown)


@torch.no_grad()
def walk(model: PreTrainedModel, ids: torch.Tensor, written: torch.Tensor | None = None) -> Walkthrough:
    """All boxes of a model that reads these ids (n): its body's, and those of the head it has.

    A T5 has `written` (m) before, [PAD] first; where that is not given, what it writes by itself.
    """
    tape = Tape(model.state_dict(), model.all_tied_weights_keys)
    config: Any = model.config
    kind = type(model).__name__
    if config.model_type == "t5":
        if written is None:
            written = torch.cat((torch.tensor([PAD]), greedy(model, ids[None], MOST_WRITTEN)[0, :-1]))
        stream = t5_answer.walk(model, tape, ids, written)
        _name_words(model, tape, stream)
        return Walkthrough(tape, (ids, written))
    body = gpt_answer if config.model_type in CAUSAL else bert_answer
    stream = body.walk(model, tape, ids)
    labels = tuple(config.id2label[label] for label in range(config.num_labels))
    if kind.endswith("ForTokenClassification"):  # of which a classifier takes the mean (models/classifiers.py)
        each = tape.linear("logits of each token", stream, tape.linear_of("classifier"), columns=WORDS)
        tape.probabilities("probabilities", tape.mean("mean", each))
        return Walkthrough(tape, (ids,), labels)
    if kind.endswith("ForSequenceClassification"):
        each = tape.linear("logits of each token", stream, tape.linear_of("score"), columns=WORDS)
        tape.probabilities("probabilities", tape.last("last token", each))
        return Walkthrough(tape, (ids,), labels)
    _name_words(model, tape, bert_answer.transformed(tape, stream, config) if body is bert_answer else stream)
    return Walkthrough(tape, (ids,))


def _name_words(model: PreTrainedModel, tape: Tape, stream: int) -> None:
    """A logit for every word: the embedding table once more, so of its parameters only the bias counts."""
    head = model.get_output_embeddings()
    own = tape.linear_of(next(name for name, module in model.named_modules() if module is head))
    tape.probabilities("probabilities", tape.linear("logits", stream, own, parameters=own.bias.numel(), columns=WORDS))


def _walked(step: int, folder: Path, question: Walk) -> Walked:
    read = given(folder, question)
    model = snapshots.whole(folder)
    found = walk(model, read.ids)
    tape, boxes = found.tape, found.tape.boxes
    opened = max(0, min(question.opened, len(tape.stages) - 1))
    shown = np.arange(len(found.labels)) if found.labels else likeliest(boxes[-1])
    said, spelt = names(folder, found), snapshots.spelt(folder)
    wanted = {place for at, box in enumerate(boxes) if box.stage == opened for place in (at, *box.reads)}
    full = [place in wanted for place in range(len(boxes))]
    own = [box.stage == opened for box in boxes]
    return Walked(
        step,
        type(model).__name__,
        tuple(tape.stages),
        opened,
        tuple(tuple(spelt[int(id)] for id in ids) for ids in found.sequences),
        tuple(tuple(int(id) < len(SPECIAL) for id in ids) for ids in found.sequences),
        tuple(ids.numpy() for ids in found.sequences),
        read.cut,
        tuple(box.name for box in boxes),
        tuple(box.kind for box in boxes),
        np.array([box.stage for box in boxes]),
        tuple(box.reads for box in boxes),
        np.array([box.rows for box in boxes]),
        np.array([box.columns for box in boxes]),
        np.array([box.values.shape for box in boxes]),
        tuple(box.tensors for box in boxes),
        np.array([box.parameters for box in boxes]),
        np.array([box.multiplications for box in boxes]),
        tuple(_array(_of_words(box, box.values, shown, -1)) if some else _EMPTY for box, some in zip(boxes, full, strict=True)),
        tuple(
            _array(_first_rows(box, _of_words(box, box.weight, shown, 0))) if some else _EMPTY for box, some in zip(boxes, own, strict=True)
        ),
        tuple(_array(_of_words(box, box.bias, shown, 0)) if some else _EMPTY for box, some in zip(boxes, own, strict=True)),
        np.array([box.constant for box in boxes], np.float32),
        tuple(said[int(place)] for place in shown),
        boxes[-1].values.shape[-1],
    )


_EMPTY = np.empty(0, np.float32)


def names(folder: Path, found: Walkthrough) -> tuple[str, ...]:
    """What the columns of the last box are called: labels, or the words of the vocabulary."""
    return found.labels or snapshots.spelt(folder)


def likeliest(probabilities: Box) -> IntArray:
    """The words that are likeliest somewhere, (at most SHOWN_WORDS): every row's first guess, then every row's second, and so on."""
    ranked = probabilities.values[0].topk(min(SHOWN_WORDS, probabilities.values.shape[-1])).indices  # (rows, words)
    found = list(dict.fromkeys(ranked.T.flatten().tolist()))
    return np.array(found[:SHOWN_WORDS])


def _of_words(box: Box, tensor: torch.Tensor, shown: IntArray, dim: int) -> torch.Tensor:
    """Of a box whose columns are words the shown ones alone; `dim` is where they lie in this tensor of it."""
    if box.columns != WORDS or (box.kind == "probabilities" and dim == 0) or not tensor.numel():
        return tensor
    return tensor.index_select(dim, torch.from_numpy(shown))


def _first_rows(box: Box, weight: torch.Tensor) -> torch.Tensor:
    """Of a matrix as many rows as a browser gets; anything else as it is."""
    return weight[: max(1, MOST_WEIGHTS // weight.shape[1])] if box.kind == "linear" and weight.numel() > MOST_WEIGHTS else weight


def _array(tensor: torch.Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.ascontiguousarray(tensor.numpy())
