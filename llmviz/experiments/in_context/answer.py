"""What each snapshot expects after each of some prompts."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from llmviz.experiments.in_context.question import Expect, NextWords
from llmviz.inspect import snapshots
from llmviz.inspect.writing import vocabulary_of
from llmviz.text.special import CLS, PAD
from llmviz.text.tokenizers import pieces


def answer(folders: Mapping[int, Path], question: Expect) -> list[NextWords]:
    """The next word after every prompt, in the order of the steps.

    Raises ValueError, in a sentence, where a prompt is too long, or the model names no next word.
    """
    if not folders:
        return []
    steps = sorted(folders)
    first = folders[steps[0]]
    if not snapshots.names_next(first):
        raise ValueError("this model does not go on with a text")
    tokenizer = snapshots.tokenizer(first)
    read = [[CLS, *(piece.id for piece in pieces(tokenizer, text))] for text in question.texts]
    longest = max(map(len, read))
    snapshots.check_room(first, longest)
    ids = torch.full((len(read), longest), PAD)
    for row, prompt in zip(ids, read, strict=True):
        row[: len(prompt)] = torch.tensor(prompt)
    logits = snapshots.logits([folders[step] for step in steps], ids, ids.ne(PAD).long())  # (snapshot, prompt, n, vocabulary)
    ends = torch.tensor([len(prompt) - 1 for prompt in read])
    chances = logits[:, torch.arange(len(read)), ends].softmax(-1)  # (snapshot, prompt, vocabulary); rows sum to 1
    vocabulary, truth = vocabulary_of(tokenizer), tokenizer.token_to_id(question.truth)
    found = []
    for step, chance in zip(steps, chances, strict=True):
        best = chance.topk(question.top)
        words = tuple(tuple(vocabulary.candidate(id) for id in row) for row in best.indices.tolist())
        own = np.zeros(len(read), np.float32) if truth is None else chance[:, truth].numpy()
        found.append(NextWords(step, words, best.values.numpy(), own))
    return found
