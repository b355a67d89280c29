"""One sentence through every snapshot of a model: where each head looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from llmviz.core.questions.attention import FULL, MOST_TOKENS, Attend, Attention
from llmviz.inspect import snapshots
from llmviz.text.special import CLS, SEP, SPECIAL
from llmviz.text.tokenizers import pieces


@dataclass(frozen=True)
class Reading:
    """A sentence as a model reads it: `tokens` and `ids` with the `special` ones; of its `count` tokens as many as fit."""

    tokens: tuple[str, ...]
    joined: tuple[bool, ...]
    ids: tuple[int, ...]
    special: int
    count: int
    causal: bool


def answer(folders: Mapping[int, Path], question: Attend) -> list[Attention]:
    """The attention of the sentence in each snapshot, in the order of the steps. Raises ValueError where there is nothing to read."""
    if not folders:
        return []
    steps = sorted(folders)
    reading = read(folders[steps[0]], question.text)
    found = snapshots.attention([folders[step] for step in steps], torch.tensor([reading.ids]))[:, 0]  # (snapshot, layer, head, query, key)
    weights = in_bytes(found)
    joined = np.array(reading.joined)
    return [
        Attention(step, reading.tokens, joined, reading.special, reading.count, reading.causal, weights[place])
        for place, step in enumerate(steps)
    ]


def in_bytes(weights: torch.Tensor) -> npt.NDArray[np.uint8]:
    """Shares of 1 in units of 1 / FULL, each a byte."""
    return (weights * FULL).round().to(torch.uint8).numpy()


def read(folder: Path, text: str, most: int = MOST_TOKENS) -> Reading:
    """The first tokens of a text, `most` of them or as many as the model takes. Raises ValueError where there is none."""
    sentence = pieces(snapshots.tokenizer(folder), text)
    if not sentence:
        raise ValueError("there is no word to read")
    after = () if snapshots.names_next(folder) else (SEP,)
    shown = sentence[: min(most, snapshots.context(folder) - 1 - len(after))]
    return Reading(
        tokens=(SPECIAL[CLS], *(piece.shown for piece in shown), *(SPECIAL[id] for id in after)),
        joined=(False, *(piece.joined for piece in shown), *(False for _ in after)),
        ids=(CLS, *(piece.id for piece in shown), *after),
        special=1 + len(after),
        count=len(sentence),
        causal=snapshots.looks_back(folder),
    )
