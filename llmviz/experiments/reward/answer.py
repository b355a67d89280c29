"""The reward that each snapshot gives to replies, and to each of their beginnings."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from llmviz.experiments.reward.question import Judge, Judged
from llmviz.inspect import snapshots
from llmviz.models import classifiers, rewarding
from llmviz.text.tokenizers import pieces


@torch.no_grad()
def answer(folders: Mapping[int, Path], question: Judge) -> list[Judged]:
    """The rewards of each snapshot, in the order of the steps. Raises ValueError, in a sentence, where a text is too long."""
    steps = sorted(folders)
    first = folders[steps[0]]
    tokenizer = snapshots.tokenizer(first)
    asked = [piece.id for piece in pieces(tokenizer, question.request)]
    replies = [pieces(tokenizer, reply) for reply in question.replies]
    lengths = np.array([len(reply) for reply in replies], dtype=np.int64)
    room, longest = classifiers.room(snapshots.config(first)), len(asked) + int(lengths.max())
    if longest > room:
        raise ValueError(f"request and reply have {longest} tokens together; this model reads {room}")
    beginnings = [[*asked, *(piece.id for piece in reply[:count])] for reply in replies for count in range(len(reply) + 1)]
    rows, columns = zip(*((row, count) for row, reply in enumerate(replies) for count in range(len(reply) + 1)), strict=True)
    tokens = tuple(piece.text for reply in replies for piece in reply)
    found = []
    for step in steps:
        rewards = np.full((len(replies), int(lengths.max()) + 1), np.nan, dtype=np.float32)
        rewards[rows, columns] = rewarding.rewards(snapshots.model(folders[step]), beginnings).numpy()
        found.append(Judged(step, tokens, lengths, rewards))
    return found
