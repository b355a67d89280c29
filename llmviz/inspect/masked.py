"""One sentence through every snapshot of a masked language model: what it expects at each place."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from llmviz.core.questions.cloze import Cloze, IntArray, Trace
from llmviz.inspect import snapshots
from llmviz.inspect.writing import vocabulary_of
from llmviz.text.special import CLS, FIRST, MASK, SEP
from llmviz.text.tokenizers import Piece, pieces

Logits = Callable[[Sequence[Path], torch.Tensor, torch.Tensor], torch.Tensor]


def answer(folders: Mapping[int, Path], question: Cloze) -> list[Trace]:
    """The traces of the sentence through each snapshot, given as step -> folder, in the order of the steps."""
    return traces(folders, question, snapshots.logits)


def traces(folders: Mapping[int, Path], question: Cloze, through: Logits) -> list[Trace]:
    """The same with logits (snapshot, 1, n + 2, vocabulary) from a function of the snapshots, the inputs and their attention mask.

    Raises ValueError, in a sentence, where there is nothing to read, too much, or a place that does not exist.
    """
    if not folders:
        return []
    steps = sorted(folders)
    tokenizer = snapshots.tokenizer(folders[steps[0]])
    sentence = pieces(tokenizer, question.text)
    _check(sentence, question, snapshots.context(folders[steps[0]]))
    true_ids = np.array([piece.id for piece in sentence])
    seen = true_ids.copy()
    seen[list(question.hidden)] = MASK
    input_ids = torch.tensor([[CLS, *seen, SEP]])
    logits = through([folders[step] for step in steps], input_ids, torch.ones_like(input_ids))
    words = vocabulary_of(tokenizer).spelt
    return [_trace(step, found, true_ids, sentence, words, question.top) for step, found in zip(steps, logits, strict=True)]


def _check(sentence: list[Piece], question: Cloze, context: int) -> None:
    if not sentence:
        raise ValueError("there is no word to read")
    if len(sentence) + 2 > context:
        raise ValueError(f"this sentence has {len(sentence)} tokens; this model reads {context - 2}")
    if not set(question.hidden) <= set(range(len(sentence))):
        raise ValueError(f"this sentence has {len(sentence)} tokens; a hidden place lies outside")


def _trace(
    step: int,
    logits: torch.Tensor,
    true_ids: IntArray,
    sentence: list[Piece],
    words: Sequence[str],
    top: int,
) -> Trace:
    """One snapshot's answer from its logits (1, n + 2, vocabulary)."""
    inside = logits[0, 1:-1].clone()  # (n, vocabulary): without [CLS] and [SEP]
    inside[:, :FIRST] = -torch.inf  # a special token is no answer; training never asks for one
    probabilities = inside.softmax(-1)
    best = probabilities.topk(min(top, probabilities.shape[-1] - FIRST))
    return Trace(
        step=step,
        tokens=tuple(piece.text for piece in sentence),
        probability=probabilities.gather(1, torch.from_numpy(true_ids)[:, None])[:, 0].numpy(),
        candidates=best.indices.numpy(),
        candidate_probability=best.values.numpy(),
        words=tuple(tuple(words[id] for id in row) for row in best.indices.tolist()),
    )
