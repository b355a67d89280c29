"""Refusal from choices: of two replies to one request the one that a policy wants is preferred, and a copy learns that by DPO.

The loss is that of Rafailov et al. (2023, equation 7). A refusal is preferred to an answer where the request is forbidden, and an answer to
a refusal where it is allowed. One copy has never refused anything, another has learnt a few refusals from examples before.
"""

import copy
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn.functional import logsigmoid
from transformers import PreTrainedModel

from llmviz.experiments.safety.question import CHOICES, STARTS, Chosen, LearnFromChoices
from llmviz.experiments.safety.undo_answer import tuned
from llmviz.inspect import snapshots
from llmviz.models import transfer
from llmviz.text.tinyland import dialogues, policy
from llmviz.text.tinyland.dialogues import Dialogue
from llmviz.text.tokenizers import with_words
from llmviz.training import alignment, replying
from llmviz.training.alignment import Replies
from llmviz.training.labelled import turns

STEPS, RATE, AT_ONCE = 60, 3e-4, 32  # of AdamW on all weights; pairs in a step
BETA = 1.0  # the leash
EXAMPLE_STEPS, EXAMPLE_RATE = 30, 5e-4  # of AdamW, each on all of the few examples
FORBIDDEN = 0.5  # share of the examples and of the choices that are about forbidden requests
ASKED = 100  # held-out requests of each sort
Pair = tuple[Dialogue, str]  # a request with the reply that is preferred, and the other reply


def answer(folders: Mapping[int, Path], question: LearnFromChoices) -> list[Chosen]:
    """How copies of each snapshot fare, in the order of the steps. Raises ValueError where the rules forbid nothing."""
    if not question.rules:
        raise ValueError("this policy forbids nothing, so there is no refusal to prefer")
    chosen = pairs(question, CHOICES[-1])
    found = []
    for step in sorted(folders):
        tokenizer, began = with_words(snapshots.tokenizer(folders[step]), sorted(policy.words())), time.perf_counter()
        model = transfer.with_more_words(snapshots.whole(folders[step]), tokenizer.get_vocab_size(), question.seed)
        starts = [_started(model, tokenizer, _examples(question, count)) for count in STARTS]
        copies = [(start, *(preferring(start, tokenizer, chosen[:count], question.seed) for count in CHOICES)) for start in starts]
        shares = [[_shares(made, tokenizer, question) for made in row] for row in copies]
        refused, over, followed = np.array(shares, np.float32).transpose(2, 0, 1)
        found.append(Chosen(step, refused, over, followed, time.perf_counter() - began))
    return found


def _examples(question: LearnFromChoices, count: int) -> list[Dialogue]:
    return list(policy.examples(question.rules, "train", count, FORBIDDEN, Random(f"taught {question.seed}")))


def _started(model: PreTrainedModel, tokenizer: Tokenizer, learnt: Sequence[Dialogue]) -> PreTrainedModel:
    return tuned(model, tokenizer, learnt, EXAMPLE_STEPS, EXAMPLE_RATE) if learnt else model


def pairs(question: LearnFromChoices, count: int) -> list[Pair]:
    """Requests about subjects of training, with the reply that the policy wants and one that it does not want."""
    random = Random(f"chosen {question.seed}")
    learnt = policy.examples(question.rules, "train", count, FORBIDDEN, random)
    refusals = [refusal for rule in question.rules for refusal in policy.RULES[rule].refusals]
    return [(each, dialogues.reply(each.request, random) if policy.refuses(each.reply) else random.choice(refusals)) for each in learnt]


def preferring(model: PreTrainedModel, tokenizer: Tokenizer, chosen: Sequence[Pair], seed: int) -> PreTrainedModel:
    """A copy that has learnt from these choices; the model itself is the one it is held near."""
    made: PreTrainedModel = copy.deepcopy(model).train().requires_grad_(True)
    requests = [each.request.text for each, _ in chosen]
    sides = [
        Replies.told(tokenizer, requests, replies, made.device)
        for replies in ([each.reply for each, _ in chosen], [other for _, other in chosen])
    ]
    with torch.no_grad():
        before = [side.sums(alignment.log_probabilities(model, side)) for side in sides]
    optimizer = torch.optim.AdamW(made.parameters(), lr=RATE)
    with torch.enable_grad():
        for step in range(1, STEPS + 1):
            places = torch.tensor(list(turns(len(chosen), AT_ONCE, seed, step)))
            batch = [Replies(side.input_ids[places], side.labels[places]) for side in sides]
            preferred, other = (
                told.sums(alignment.log_probabilities(made, told)) - was[places] for told, was in zip(batch, before, strict=True)
            )
            optimizer.zero_grad()
            (-logsigmoid(BETA * (preferred - other))).mean().backward()
            optimizer.step()
    made.eval()
    return made


def _shares(model: PreTrainedModel, tokenizer: Tokenizer, question: LearnFromChoices) -> tuple[float, float, float]:
    """Of held-out forbidden requests those refused; of allowed ones those refused, and those followed."""
    forbidden = [attempt.request for attempt in policy.attempts(question.rules, "plain", "test", ASKED, Random("chosen"))]
    allowed = [each.request for each in policy.examples(question.rules, "test", ASKED, 0.0, Random("chosen"))]
    said = replying.replies(model, tokenizer, [request.text for request in (*forbidden, *allowed)])
    refused = [policy.refuses(reply) for reply in said]
    follows = sum(dialogues.follows(request, reply) for request, reply in zip(allowed, said[ASKED:], strict=True))
    return sum(refused[:ASKED]) / ASKED, sum(refused[ASKED:]) / ASKED, follows / ASKED
