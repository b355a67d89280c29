"""Two parts through every snapshot of a model that tells whether the second goes on with the first."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from llmviz.core.questions.attention import MOST_TOKENS
from llmviz.experiments.next_sentence.question import Follows, Sequel
from llmviz.inspect import snapshots
from llmviz.inspect.attention import in_bytes
from llmviz.text.special import CLS, SEP
from llmviz.text.tokenizers import Piece, pieces

AROUND = 3  # [CLS], and [SEP] after each part


def answer(folders: Mapping[int, Path], question: Follows) -> list[Sequel]:
    """What each snapshot says, in the order of the steps.

    Raises ValueError, in a sentence, where a part has no word, or both have too many.
    """
    if not folders:
        return []
    steps = sorted(folders)
    folder = folders[steps[0]]
    first, second = (pieces(snapshots.tokenizer(folder), text) for text in (question.first, question.second))
    _check(folder, first, second)
    logits, attention = _read([folders[step] for step in steps], first, second)
    strongest = attention.flatten(1, 2).amax(1)  # (snapshot, query, key): over layers and heads
    n, m = len(first), len(second)
    one, two = slice(1, 1 + n), slice(2 + n, 2 + n + m)
    told = tuple(piece.shown for piece in first), tuple(piece.shown for piece in second)
    return [
        Sequel(step, *told, float(logit.softmax(-1)[0]), in_bytes(weights[two, one]), in_bytes(weights[one, two]))
        for step, logit, weights in zip(steps, logits, strongest, strict=True)
    ]


def _check(folder: Path, first: Sequence[Piece], second: Sequence[Piece]) -> None:
    for name, part in (("first", first), ("second", second)):
        if not part:
            raise ValueError(f"the {name} part has no word to read")
    most = min(MOST_TOKENS, snapshots.context(folder) - AROUND)
    if len(first) + len(second) > most:
        raise ValueError(f"these parts have {len(first)} and {len(second)} tokens; together {most} can be read and drawn here")


def _read(folders: Sequence[Path], first: Sequence[Piece], second: Sequence[Piece]) -> snapshots.Tensors:
    """Logits of the answers (snapshot, 2), and attention (snapshot, layer, head, query, key)."""
    input_ids = torch.tensor([[CLS, *(piece.id for piece in first), SEP, *(piece.id for piece in second), SEP]])
    token_type_ids = torch.tensor([[0] * (len(first) + 2) + [1] * (len(second) + 1)])
    inputs = {"input_ids": input_ids, "token_type_ids": token_type_ids, "output_attentions": True}
    return snapshots.read(folders, inputs, lambda found: (found.seq_relationship_logits[0], torch.cat(found.attentions)))
