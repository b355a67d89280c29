"""What a head alone learns of choices, on the frozen body of the model that replies: a fit of a fraction of a second.

Bradley and Terry's model with a reward that is linear in the body's last state (Bradley and Terry 1952). The full run moves the body too.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.core.feedback import ChoicesSpec
from llmviz.experiments.reward.moved_answer import moved
from llmviz.experiments.reward.question import FitHead, Fitted
from llmviz.inspect import snapshots
from llmviz.models import rewarding
from llmviz.training import feedback
from llmviz.training.feedback import Choice

APART = 200  # pairs judged by the taste on which the head is tried
SEED = 7  # of their draws: the same for every fit
READ = 40  # choices whose replies the words are taken out of
STRENGTH = 0.1  # of the pull towards 0, in units of the mean loss; without it ten choices are learnt by heart
ROUNDS = 12  # of Newton's method; it stands still after some six


def answer(folders: Mapping[int, Path], question: FitHead) -> list[Fitted]:
    """What a head on each snapshot learns, in the order of the steps. Raises ValueError, in a sentence, where the choices are too few."""
    return [fitted(step, folders[step], question) for step in sorted(folders)]


@torch.no_grad()
def fitted(step: int, folder: Path, question: FitHead) -> Fitted:
    """That of one snapshot."""
    model, tokenizer = snapshots.whole(folder), snapshots.tokenizer(folder)
    learnt, apart = _choices(folder, question)
    head = bradley_terry(_differences(model, tokenizer, learnt))
    tried = _differences(model, tokenizer, apart) @ head
    read = [(choice.request.text, reply) for choice in learnt[:READ] for reply in (choice.preferred, choice.other)]

    def rewards(texts: Sequence[Sequence[int]]) -> torch.Tensor:
        return rewarding.last_states(model, texts).double() @ head

    words = moved(step, tokenizer, [request for request, _ in read], [reply for _, reply in read], rewards)
    right = (tried > 0).double() + 0.5 * (tried == 0).double()
    return Fitted(step, words.words, words.change, words.count, len(learnt), len(apart), right.mean().item())


@lru_cache(maxsize=8)
def _choices(folder: Path, question: FitHead) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """The choices to learn from and those kept apart; kept, since drawing replies takes longer than all else here."""
    model, tokenizer = snapshots.whole(folder), snapshots.tokenizer(folder)
    settings = ChoicesSpec(question.clicks, question.taste, question.noise, question.digest)
    learnt = feedback.learnt(settings, model, tokenizer, question.seed)
    return learnt, feedback.held_out(settings, model, tokenizer, "validation", APART, SEED)


def _differences(model: PreTrainedModel, tokenizer: Tokenizer, choices: Sequence[Choice]) -> torch.Tensor:
    """The last state of the preferred reply minus that of the other: (choices, width)."""
    texts = [f"{choice.request.text} {choice.preferred}" for choice in choices] + [
        f"{choice.request.text} {choice.other}" for choice in choices
    ]
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    preferred, other = rewarding.last_states(model, ids).double().chunk(2)
    return preferred - other


def bradley_terry(differences: torch.Tensor) -> torch.Tensor:
    """The weights of a linear reward (width) that make these choices likeliest, from differences (choices, width) towards the preferred.

    Newton's method on the mean of −ln σ(difference of the rewards), with a pull towards 0. It has one minimum, and knows no order.
    """
    scale = differences.square().mean(0).sqrt().clamp(min=1e-6)  # so that the pull is alike for all directions
    scaled = differences / scale
    head = scaled.new_zeros(scaled.shape[1])
    for _ in range(ROUNDS):
        other = torch.sigmoid(-scaled @ head)  # probability of the choice that was not made
        slope = STRENGTH * head - (other[:, None] * scaled).mean(0)
        bend = (scaled.T * (other * (1 - other))) @ scaled / len(scaled) + STRENGTH * torch.eye(len(head), dtype=scaled.dtype)
        head = head - torch.linalg.solve(bend, slope)
    return head / scale
