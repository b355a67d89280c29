"""Two parts through every snapshot of a model that tells whether the second goes on with the first."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.func import functional_call, vmap

from llmviz.core.questions.follows import FULL, MOST_TOKENS, Follows, Sequel
from llmviz.inspect import snapshots
from llmviz.text.special import CLS, SEP
from llmviz.text.tokenizers import Piece, load_tokenizer, pieces

PAIRED = "BertForPreTraining"
AROUND = 3  # [CLS], and [SEP] after each part


def answer(folders: Mapping[int, Path], question: Follows) -> list[Sequel]:
    """What each snapshot says, in the order of the steps.

    Raises ValueError, in a sentence, where a part has no word, both have too many, or the model never learnt to answer.
    """
    if not folders:
        return []
    steps = sorted(folders)
    folder = folders[steps[0]]
    first, second = (pieces(load_tokenizer(folder / "tokenizer.json"), text) for text in (question.first, question.second))
    _check(folder, first, second)
    logits, attention = _read([folders[step] for step in steps], first, second)
    strongest = attention.flatten(1, 2).amax(1)  # (snapshot, query, key): over layers and heads
    n, m = len(first), len(second)
    one, two = slice(1, 1 + n), slice(2 + n, 2 + n + m)
    told = tuple(piece.source or piece.text for piece in first), tuple(piece.source or piece.text for piece in second)
    return [
        Sequel(step, *told, float(logit.softmax(-1)[0]), _bytes(weights[two, one]), _bytes(weights[one, two]))
        for step, logit, weights in zip(steps, logits, strongest, strict=True)
    ]


def _check(folder: Path, first: Sequence[Piece], second: Sequence[Piece]) -> None:
    if snapshots.config(folder).architectures != [PAIRED]:
        raise ValueError("this model never learnt to tell whether one part goes on with another")
    for name, part in (("first", first), ("second", second)):
        if not part:
            raise ValueError(f"the {name} part has no word to read")
    most = min(MOST_TOKENS, snapshots.context(folder) - AROUND)
    if len(first) + len(second) > most:
        raise ValueError(f"these parts have {len(first)} and {len(second)} tokens; together {most} can be read and drawn here")


@torch.no_grad()
def _read(folders: Sequence[Path], first: Sequence[Piece], second: Sequence[Piece]) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits of the answers (snapshot, 2), and attention (snapshot, layer, head, query, key)."""
    input_ids = torch.tensor([[CLS, *(piece.id for piece in first), SEP, *(piece.id for piece in second), SEP]])
    token_type_ids = torch.tensor([[0] * (len(first) + 2) + [1] * (len(second) + 1)])
    shape, stacked = snapshots.stacked(folders)

    def forward(weights: snapshots.Weights) -> tuple[torch.Tensor, ...]:
        inputs = {"input_ids": input_ids, "token_type_ids": token_type_ids, "output_attentions": True}
        found = functional_call(shape, weights, kwargs=inputs, tie_weights=True)
        return found.seq_relationship_logits[0], torch.cat(found.attentions)

    logits, attention = vmap(forward)(stacked)
    return logits, attention


def _bytes(weights: torch.Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return (weights * FULL).round().to(torch.uint8).numpy()
