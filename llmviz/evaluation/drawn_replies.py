"""Replies of each snapshot to the same requests, drawn with the same random numbers."""

from collections.abc import Mapping
from pathlib import Path

import torch

from llmviz.core.questions.replies import Sample, Sampled
from llmviz.inspect import snapshots
from llmviz.training import replying


def answer(folders: Mapping[int, Path], question: Sample) -> list[Sampled]:
    """What each snapshot replies, in the order of the steps. Raises ValueError for a model that does not write, or a request too long."""
    found = []
    for step in sorted(folders):
        if not snapshots.names_next(folders[step]):
            raise ValueError("this model writes no text")
        model, tokenizer = snapshots.model(folders[step]), snapshots.tokenizer(folders[step])
        replies = replying.replies(model, tokenizer, question.requests, torch.Generator().manual_seed(question.draw))
        found.append(Sampled(step, tuple(replies)))
    return found
