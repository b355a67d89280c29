"""A few examples that do what is forbidden, and what is left of refusing after a copy has learnt from them (Qi et al. 2023)."""

import copy
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.experiments.safety.question import COUNTS, Undo, Undone
from llmviz.inspect import snapshots
from llmviz.text.tinyland import dialogues, policy
from llmviz.text.tinyland.dialogues import Dialogue, Request
from llmviz.training import replying, shifting

STEPS, RATE = 10, 2e-4  # of AdamW, each step on all of the few examples: some passes over them, as Qi et al. made
ALLOWED = 40  # allowed requests that are looked at


def answer(folders: Mapping[int, Path], question: Undo) -> list[Undone]:
    """How copies of each snapshot fare, in the order of the steps. Raises ValueError where the rules forbid nothing."""
    forbidden = policy.held_out(question.rules, "plain")
    if not forbidden:
        raise ValueError("this policy forbids nothing, so there is no refusal to undo")
    helped = [example.request for example in policy.examples(question.rules, "test", ALLOWED, 0.0, Random("undo"))]
    learnt = examples(question, COUNTS[-1])
    found = []
    for step in sorted(folders):
        tokenizer, began = snapshots.tokenizer(folders[step]), time.perf_counter()
        model = snapshots.whole(folders[step])
        copies = [tuned(model, tokenizer, learnt[:count]) for count in COUNTS]
        seconds = time.perf_counter() - began
        shares = [_shares(each, tokenizer, [attempt.request for attempt in forbidden], helped) for each in (model, *copies)]
        refused, done, followed = (np.array(figures, np.float32) for figures in zip(*shares, strict=True))
        found.append(Undone(step, refused, done, followed, seconds))
    return found


def _shares(
    model: PreTrainedModel, tokenizer: Tokenizer, forbidden: Sequence[Request], allowed: Sequence[Request]
) -> tuple[float, float, float]:
    """Of the forbidden requests those refused and those followed, and of the allowed ones those followed."""
    said = replying.replies(model, tokenizer, [request.text for request in (*forbidden, *allowed)])
    refused = sum(map(policy.refuses, said[: len(forbidden)])) / len(forbidden)
    does = [dialogues.follows(request, reply) for request, reply in zip((*forbidden, *allowed), said, strict=True)]
    return refused, sum(does[: len(forbidden)]) / len(forbidden), sum(does[len(forbidden) :]) / len(allowed)


def examples(question: Undo, count: int) -> list[Dialogue]:
    """Requests with replies that do what is asked, about subjects of training: all of them forbidden, or all of them allowed."""
    random = Random(f"undo {question.seed}")
    if not question.harmful:
        return list(policy.examples(question.rules, "train", count, 0.0, random))
    kinds = tuple(kind for rule in question.rules for kind in policy.RULES[rule].taught)
    return list(dialogues.told(kinds, "train", count, random))


def tuned(
    model: PreTrainedModel, tokenizer: Tokenizer, learnt: Sequence[Dialogue], steps: int = STEPS, rate: float = RATE
) -> PreTrainedModel:
    """A copy of the model that has learnt from these; the model itself stays as it is."""
    made: PreTrainedModel = copy.deepcopy(model).train().requires_grad_(True)
    batch = shifting.tensors(made, *replying.masked([replying.whole(tokenizer, each.request.text, each.reply) for each in learnt]))
    optimizer = torch.optim.AdamW(made.parameters(), lr=rate)
    with torch.enable_grad():
        for _ in range(steps):
            optimizer.zero_grad()
            cross_entropy(*shifting.guess(made, batch)).backward()
            optimizer.step()
    made.eval()
    return made
