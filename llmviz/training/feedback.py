"""Pairs of replies and what somebody prefers: written by the model that is to be aligned, chosen by a simulated labeller (`tastes`).

The labeller sees two replies to one request and chooses; now and then it chooses the other (Ouyang et al. 2022: labellers agree in 73 %).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.core.feedback import ChoicesSpec
from llmviz.text import own_choices
from llmviz.text.own_choices import Chosen
from llmviz.text.splits import Split
from llmviz.text.tinyland import dialogues
from llmviz.text.tinyland.dialogues import Request
from llmviz.text.tinyland.tastes import taste
from llmviz.training import replying
from llmviz.training.stage import Exercise

PREFERRED = ("the first is preferred", "the second is preferred")  # what can be said of a pair whose first reply was chosen


@dataclass(frozen=True)
class Choice:
    """A request and two replies, of which the first was preferred."""

    request: Request
    preferred: str
    other: str


def exercises(spelt: Sequence[str], preferred: Sequence[Sequence[int]], other: Sequence[Sequence[int]]) -> list[Exercise]:
    """Pairs as a person sees them, one text behind the other, from ids and the vocabulary as it is spelt; a target for each pair."""
    texts = [(*(spelt[id] for id in one), "|", *(spelt[id] for id in two)) for one, two in zip(preferred, other, strict=True)]
    return [Exercise(text, (0,), range(row, row + 1)) for row, text in enumerate(texts)]


def open_requests(split: Split, count: int, random: Random) -> list[Request]:
    """Requests that may be answered in many ways, about subjects of this split."""
    return [dialogues.drawn(dialogues.OPEN, split, random) for _ in range(count)]


def learnt(settings: ChoicesSpec, model: PreTrainedModel, tokenizer: Tokenizer, seed: int) -> tuple[Choice, ...]:
    """The choices a run learns from: a visitor's own but for every fifth, or the simulated labeller's on replies that the model draws.

    Raises ValueError, in a sentence, where this machine does not keep them, or they are too few.
    """
    if not settings.choices_digest:
        return choices(model, tokenizer, "train", settings.clicks, settings.taste, settings.noise, seed)
    return _own(own_choices.learnt(own(settings.choices_digest)))


def held_out(
    settings: ChoicesSpec, model: PreTrainedModel, tokenizer: Tokenizer, split: Split, count: int, seed: int
) -> tuple[Choice, ...]:
    """Choices no run of these settings learns from: so many pairs of a held-out split, as the taste has them, without mistakes; or every
    fifth of a visitor's own, whatever the split, for of other pairs nobody knows what they would have chosen.
    """
    if not settings.choices_digest:
        return choices(model, tokenizer, split, count, settings.taste, 0.0, seed)
    return _own(own_choices.apart(own(settings.choices_digest)))


def own(digest: str) -> tuple[Chosen, ...]:
    """A visitor's choices. Raises ValueError, in a sentence, where this machine does not keep them, or they are too few to learn from."""
    found = own_choices.read(digest)
    if missing := own_choices.missing(found):
        raise ValueError(missing)
    return found


def _own(chosen: Sequence[Chosen]) -> tuple[Choice, ...]:
    return tuple(Choice(choice.request, *choice.preferred) for choice in chosen)


def choices(
    model: PreTrainedModel, tokenizer: Tokenizer, split: Split, count: int, style: str, noise: float, seed: int
) -> tuple[Choice, ...]:
    """So many choices between two replies that the model drew, in turn for requests of this split; who likes both alike chooses none."""
    random, generator = Random(f"choices {split} {seed}"), torch.Generator(model.device).manual_seed(seed)
    found = list[Choice]()
    while len(found) < count:
        requests = open_requests(split, count, random)
        texts = [request.text for request in requests]
        one, other = (replying.replies(model, tokenizer, texts, generator) for _ in range(2))
        found += decided(requests, one, other, style, noise, random)
    return tuple(found[:count])


def decided(
    requests: Sequence[Request], one: Sequence[str], other: Sequence[str], style: str, noise: float, random: Random
) -> list[Choice]:
    """What the labeller chooses where it likes one of the two better; a share of `noise` is chosen the other way."""
    found = list[Choice]()
    for request, first, second in zip(requests, one, other, strict=True):
        difference = taste(style, request, first) - taste(style, request, second)
        if difference:
            better, worse = (first, second) if difference > 0 else (second, first)
            found.append(Choice(request, worse, better) if random.random() < noise else Choice(request, better, worse))
    return found
