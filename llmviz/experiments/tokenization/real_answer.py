"""A text in the pieces of each snapshot's own tokenizer. Weights are not read."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from llmviz.experiments.tokenization.question import Cut, Pieces
from llmviz.inspect import snapshots
from llmviz.text.tokenizers import pieces


def answer(folders: Mapping[int, Path], question: Cut) -> list[Pieces]:
    """What each snapshot reads, step by step."""
    return [_cut(step, folders[step], question.text) for step in sorted(folders)]


def _cut(step: int, folder: Path, text: str) -> Pieces:
    tokenizer = snapshots.tokenizer(folder)
    found = pieces(tokenizer, text)
    return Pieces(
        step,
        tuple(piece.shown for piece in found),
        np.array([piece.joined for piece in found], dtype=bool),
        np.array([piece.known for piece in found], dtype=bool),
        tokenizer.get_vocab_size(),
    )
