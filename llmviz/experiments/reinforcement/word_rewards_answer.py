"""What a reward model gives replies, and how much of it is each word's: the reward falls or rises where the word is left out."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from transformers import PreTrainedModel

from llmviz.experiments.reinforcement.question import RewardWords, WordRewards
from llmviz.inspect import snapshots
from llmviz.models import rewarding

AT_ONCE = 512  # texts


def answer(folders: Mapping[int, Path], question: RewardWords) -> list[WordRewards]:
    """What each snapshot gives, in the order of the steps. Raises ValueError for a model that gives no reward."""
    return [_judged(step, folders[step], question) for step in sorted(folders)]


def _judged(step: int, folder: Path, question: RewardWords) -> WordRewards:
    model, tokenizer = snapshots.model(folder), snapshots.tokenizer(folder)
    if tuple((model.config.id2label or {}).values()) != rewarding.REWARD:
        raise ValueError("this model gives no reward")

    def ids(text: str) -> list[int]:
        found: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
        return found

    read = [(ids(request), ids(reply)) for request, reply in zip(question.requests, question.replies, strict=True)]
    whole = _rewards(model, [[*request, *reply] for request, reply in read])
    without = [[*request, *reply[:place], *reply[place + 1 :]] for request, reply in read for place in range(len(reply))]
    owner = torch.tensor([text for text, (_, reply) in enumerate(read) for _ in reply], dtype=torch.long)
    return WordRewards(step, whole.numpy(), (whole[owner] - _rewards(model, without)).numpy())


@torch.no_grad()
def _rewards(model: PreTrainedModel, texts: Sequence[Sequence[int]]) -> torch.Tensor:
    if not texts:
        return torch.zeros(0)
    return torch.cat([rewarding.rewards(model, texts[first : first + AT_ONCE]) for first in range(0, len(texts), AT_ONCE)])
