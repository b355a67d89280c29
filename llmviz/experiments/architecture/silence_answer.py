"""What a snapshot says of a sentence while a head or a layer of it is switched off."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from llmviz.experiments.architecture.answer import Walkthrough, given, names, walk
from llmviz.experiments.architecture.pieces_answer import pieces
from llmviz.experiments.architecture.question import Silence, Silenced, Walk
from llmviz.inspect import snapshots
from llmviz.text.special import MASK


def answer(folders: Mapping[int, Path], question: Silence) -> list[Silenced]:
    """The answers of each snapshot, in the order of the steps. Raises ValueError, in a sentence, as a walk does."""
    return [_silenced(step, folders[step], question) for step in sorted(folders)]


@torch.no_grad()
def _silenced(step: int, folder: Path, question: Silence) -> Silenced:
    ids = given(folder, Walk(question.text, question.hidden)).ids
    model = snapshots.model(folder)  # its own: it is changed
    whole = walk(model, ids)
    row = asked(whole, ids, question.hidden)
    said = names(folder, whole)
    found, first = [], -1
    for piece in pieces(whole.tape):
        with piece.silenced():
            likely = walk(model, ids, whole.written).tape.boxes[-1].values[0, row]  # (words)
        best = int(likely.argmax())
        first = best if first < 0 else first
        found.append((piece.name, said[best], float(likely[best]), float(likely[first])))
    named, words, chances, ends = zip(*found, strict=True)
    return Silenced(step, named, _token(folder, whole, row), words, np.array(chances, np.float32), np.array(ends, np.float32))


def asked(whole: Walkthrough, ids: torch.Tensor, hidden: tuple[int, ...]) -> int:
    """The row of the last box that is looked at: a BERT's first gap, a GPT's token before it or else its last, a T5's first sentinel."""
    rows = whole.tape.boxes[-1].values.shape[1]
    if rows == 1:
        return 0
    if whole.written is not None:
        return min(1, rows - 1)
    if MASK in ids:
        return int((ids == MASK).nonzero()[0])
    return min(hidden[0], rows - 1) if hidden else rows - 1


def _token(folder: Path, whole: Walkthrough, row: int) -> str:
    last = whole.tape.boxes[-1]
    if last.values.shape[1] == 1:
        return ""
    return snapshots.spelt(folder)[int(whole.sequences[last.rows][row])]
