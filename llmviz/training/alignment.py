"""Replies as what a policy did: tokens it drew, their log-probabilities under it and under the model it began as, and how it fares.

Shared by all that learn from feedback. A reply is a text's tokens behind the request, its end among them; they lie end to end, (tokens).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.models import fast, rewarding
from llmviz.models.writing import write
from llmviz.text.masks import IGNORED
from llmviz.text.special import CLS, FIRST, PAD, SEP
from llmviz.text.splits import Split
from llmviz.text.tinyland.dialogues import LONGEST, Request, follows
from llmviz.text.tinyland.tastes import taste
from llmviz.training.exercises import exercises
from llmviz.training.feedback import open_requests
from llmviz.training.stage import Exercise

VALIDATION, TEST = 120, 1_000  # replies looked at while training and at the end
DRAW = 11  # seed of the draws that are looked at: the same for the policy and for the model it began as


@dataclass(frozen=True)
class Replies:
    """Requests with a reply each, as one text: ids and labels (texts, n), labels IGNORED but for the reply's tokens and its end."""

    input_ids: torch.Tensor
    labels: torch.Tensor

    @classmethod
    def of(cls, requests: Sequence[Sequence[int]], replies: Sequence[Sequence[int]], device: torch.device) -> "Replies":
        """From ids without [CLS]; a reply that ends has [SEP] last."""
        rows = [(CLS, *request, *reply) for request, reply in zip(requests, replies, strict=True)]
        ids = torch.full((len(rows), max(map(len, rows))), PAD)
        labels = torch.full_like(ids, IGNORED)
        for place, (row, request) in enumerate(zip(rows, requests, strict=True)):
            ids[place, : len(row)] = torch.tensor(row)
            labels[place, 1 + len(request) : len(row)] = ids[place, 1 + len(request) : len(row)]
        return cls(ids.to(device), labels.to(device))

    @classmethod
    def told(cls, tokenizer: Tokenizer, requests: Sequence[str], replies: Sequence[str], device: torch.device) -> "Replies":
        """From texts; each reply ends."""
        asked, said = ([tokenizer.encode(text, add_special_tokens=False).ids for text in texts] for texts in (requests, replies))
        return cls.of(asked, [[*reply, SEP] for reply in said], device)

    def __len__(self) -> int:
        return len(self.input_ids)

    @property
    def tokens(self) -> int:
        """Tokens the model reads, padding left out."""
        return int((self.input_ids != PAD).sum())

    @property
    def text(self) -> torch.Tensor:
        """Which text each token of the replies is of: (tokens)."""
        return self.places.nonzero()[:, 0]

    @property
    def places(self) -> torch.Tensor:
        """Where the tokens of the replies stand: (texts, n), True or False."""
        return self.labels != IGNORED

    @property
    def last(self) -> torch.Tensor:
        """Which of the tokens, end to end, is the last of each reply: (texts)."""
        return self.places.sum(1).cumsum(0) - 1

    @property
    def whole(self) -> list[list[int]]:
        """Each request with its reply, without [CLS] and [SEP]: what a reward model reads."""
        return [[id for id in row if id >= FIRST] for row in self.input_ids.tolist()]

    def sums(self, values: torch.Tensor) -> torch.Tensor:
        """Sums over the tokens of each reply: (tokens) to (texts)."""
        return values.new_zeros(len(self)).index_add(0, self.text, values)

    def exercises(self, spelt: Sequence[str]) -> list[Exercise]:
        """Each text as a person sees it; its targets are the tokens of the reply."""
        return exercises(self.input_ids, self.labels, spelt)


def logits(model: PreTrainedModel, replies: Replies) -> torch.Tensor:
    """What the model expects at each token of the replies, on whichever side of a text the padding stands: (tokens, vocabulary)."""
    read = replies.input_ids[:, :-1]
    return fast.causal_logits(model, read, replies.places[:, 1:], read != PAD)


def targets(replies: Replies) -> torch.Tensor:
    """The tokens of the replies, end to end: (tokens)."""
    return replies.labels[replies.places]


def log_probabilities(model: PreTrainedModel, replies: Replies) -> torch.Tensor:
    """Log-probability of each token of the replies: (tokens), in nats."""
    return logits(model, replies).log_softmax(-1).gather(-1, targets(replies)[:, None])[:, 0]


def k3(policy: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """An estimate of KL(policy ‖ reference) from tokens the policy drew, from log-probabilities (tokens): r − 1 − ln r, r their ratio.

    Unbiased, and never negative (Schulman 2020, "Approximating KL divergence"; the third one there).
    """
    difference = reference - policy
    return difference.exp() - 1 - difference


class Helper:
    """A model that replies, with its words."""

    def __init__(self, model: PreTrainedModel, tokenizer: Tokenizer, words: Sequence[str]) -> None:
        self.model, self.tokenizer, self.words = model, tokenizer, words

    def draw(self, requests: Sequence[Request], generator: torch.Generator) -> Replies:
        """A reply to each request, drawn."""
        read = [self.tokenizer.encode(request.text, add_special_tokens=False).ids for request in requests]
        written = write(self.model, read, LONGEST, generator)
        replies = [[id for id in row if id != PAD] for row in written.ids.tolist()]
        return Replies.of(read, replies, self.model.device)

    def said(self, replies: Replies) -> list[str]:
        """The replies as words, their ends left out."""
        return [" ".join(self.words[id] for id in row if id >= FIRST) for row in replies.labels.tolist()]


@dataclass(frozen=True)
class Trial:
    """Held-out requests and what the model that is to be aligned replied to them before."""

    requests: tuple[Request, ...]
    before: tuple[str, ...]

    @classmethod
    def of(cls, start: Helper, split: Split, count: int) -> "Trial":
        """So many requests of this split; the draws are always the same."""
        requests = open_requests(split, count, Random(f"trial {split}"))
        drawn = start.draw(requests, torch.Generator(start.model.device).manual_seed(DRAW))
        return cls(tuple(requests), tuple(start.said(drawn)))

    @torch.no_grad()
    def measured(self, helper: Helper, reference: PreTrainedModel, style: str) -> tuple[dict[str, float], Replies]:
        """How the model fares on them: figures by the name of their metric, and what it replied.

        Without a style nobody knows what is preferred: a visitor chose, or the reward model came from elsewhere.
        """
        drawn = helper.draw(self.requests, torch.Generator(helper.model.device).manual_seed(DRAW))
        said, expected = helper.said(drawn), logits(helper.model, drawn).log_softmax(-1)
        policy, before = expected.gather(-1, targets(drawn)[:, None])[:, 0], log_probabilities(reference, drawn)
        figures = (self._liked(style, said) if style else {}) | {
            "kl": drawn.sums(k3(policy, before)).mean().item(),
            "length": len(policy) / len(said),
            "entropy": -(expected.exp() * expected).sum(-1).mean().item(),
            "distinct": len(set(said)) / len(said),
            "followed": sum(map(follows, self.requests, said)) / len(said),
        }
        return figures, drawn

    def _liked(self, style: str, said: Sequence[str]) -> dict[str, float]:
        """How often these replies are preferred to those from before, and how much they are liked, by the true taste."""
        liked = [taste(style, request, reply) for request, reply in zip(self.requests, said, strict=True)]
        rivals = [taste(style, request, reply) for request, reply in zip(self.requests, self.before, strict=True)]
        wins = [(one > other) + 0.5 * (one == other) for one, other in zip(liked, rivals, strict=True)]
        return {"win_rate": sum(wins) / len(wins), "taste": sum(liked) / len(liked)}


@torch.no_grad()
def rewarded(reward: PreTrainedModel, replies: Replies) -> torch.Tensor:
    """The reward of each text: (texts)."""
    return rewarding.rewards(reward, replies.whole)
