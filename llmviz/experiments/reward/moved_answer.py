"""Which words move a reward: each is taken out of replies, and the reward of the rest compared."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from llmviz.experiments.reward.question import Moved, TakeOut
from llmviz.inspect import snapshots
from llmviz.models import rewarding

FEWEST = 3  # replies a word is taken out of
Rewards = Callable[[Sequence[Sequence[int]]], torch.Tensor]


@torch.no_grad()
def answer(folders: Mapping[int, Path], question: TakeOut) -> list[Moved]:
    """How far words move the reward of each snapshot, in the order of the steps."""
    found = []
    for step in sorted(folders):
        rewards = partial(rewarding.rewards, snapshots.model(folders[step]))
        tokenizer = snapshots.tokenizer(folders[step])
        found.append(moved(step, tokenizer, question.requests, question.replies, rewards))
    return found


def moved(step: int, tokenizer: Tokenizer, requests: Sequence[str], replies: Sequence[str], rewards: Rewards) -> Moved:
    """The same for one way to give rewards."""
    texts, changes = list[list[int]](), list[tuple[str, int, int]]()  # a word, and the places of the texts with and without it
    for request, reply in zip(requests, replies, strict=True):
        words, whole = reply.split(), len(texts)
        texts.append(_ids(tokenizer, request, words))
        for place, word in enumerate(words):
            changes.append((word, whole, len(texts)))
            texts.append(_ids(tokenizer, request, words[:place] + words[place + 1 :]))
    found = rewards(texts).tolist() if texts else []
    by_word = defaultdict[str, list[float]](list)
    for word, whole, without in changes:
        by_word[word].append(found[whole] - found[without])
    kept = {word: each for word, each in sorted(by_word.items()) if len(each) >= FEWEST}
    return Moved(
        step,
        tuple(kept),
        np.array([np.mean(each) for each in kept.values()], dtype=np.float32),
        np.array([len(each) for each in kept.values()], dtype=np.int64),
    )


def _ids(tokenizer: Tokenizer, request: str, words: Sequence[str]) -> list[int]:
    ids: list[int] = tokenizer.encode(" ".join((request, *words)), add_special_tokens=False).ids
    return ids
