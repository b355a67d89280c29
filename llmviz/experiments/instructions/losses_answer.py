"""The loss of every token of a dialogue through every snapshot."""

from collections.abc import Mapping
from pathlib import Path

import torch

from llmviz.experiments.instructions.question import Losses, LossesOf
from llmviz.inspect import snapshots
from llmviz.inspect.writing import vocabulary_of
from llmviz.text.special import CLS, SEP
from llmviz.text.tokenizers import pieces


def answer(folders: Mapping[int, Path], question: LossesOf) -> list[Losses]:
    """The losses of each snapshot, in the order of the steps. Raises ValueError, in a sentence, for a dialogue that it cannot read."""
    if not folders:
        return []
    steps = sorted(folders)
    tokenizer, context = snapshots.tokenizer(folders[steps[0]]), snapshots.context(folders[steps[0]])
    request, reply = ([piece.id for piece in pieces(tokenizer, text)] for text in (question.request, question.reply))
    ids = torch.tensor([[CLS, *request, *reply, SEP]])
    if ids.shape[1] > context:
        raise ValueError(f"this dialogue has {ids.shape[1] - 2} tokens; this model reads {context - 2}")
    read, named = ids[:, :-1], ids[:, 1:]  # the labels are the inputs, shifted by one
    logits = snapshots.logits([folders[step] for step in steps], read, torch.ones_like(read))[:, 0]
    losses = -logits.log_softmax(-1).gather(-1, named.expand(len(steps), -1)[..., None])[..., 0]  # (snapshot, n)
    vocabulary = vocabulary_of(tokenizer)
    words = tuple(vocabulary.word(id) for id in named[0].tolist())
    return [Losses(step, words, len(request), row.numpy()) for step, row in zip(steps, losses, strict=True)]
