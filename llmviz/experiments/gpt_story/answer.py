"""How every snapshot does by the measures of all stages, on the same requests and with the same draws."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import torch

from llmviz.experiments.gpt_story.question import Measure, Measured
from llmviz.inspect import snapshots
from llmviz.text.tinyland import dialogues, policy
from llmviz.text.tinyland.dialogues import Request
from llmviz.text.tinyland.tastes import taste
from llmviz.training import replying

ASKED = 120  # allowed requests, and as many open ones


def answer(folders: Mapping[int, Path], question: Measure) -> list[Measured]:
    """The figures of each snapshot, in the order of the steps. Raises ValueError for a model that does not write."""
    allowed, opened = requests(question.rules)
    forbidden = [attempt.request for attempt in policy.held_out(question.rules, "plain")]
    found = []
    for step in sorted(folders):
        if not snapshots.names_next(folders[step]):
            raise ValueError("this model writes no text")
        model, tokenizer = snapshots.model(folders[step]), snapshots.tokenizer(folders[step])
        closed = replying.replies(model, tokenizer, _texts((*allowed, *forbidden)))
        said, tempted = closed[: len(allowed)], closed[len(allowed) :]
        told = replying.replies(model, tokenizer, _texts(opened), torch.Generator().manual_seed(0))
        found.append(
            Measured(
                step,
                _share([dialogues.follows(*each) for each in zip(allowed, said, strict=True)]),
                _liked(question.taste, opened, told),
                _share([policy.refuses(each) for each in tempted]),
                _share([dialogues.follows(*each) for each in zip(forbidden, tempted, strict=True)]),
                _share([policy.refuses(each) for each in (*said, *told)]),
                len(allowed),
                len(opened),
                len(forbidden),
            )
        )
    return found


def _liked(style: str, asked: Sequence[Request], told: Sequence[str]) -> float:
    """The mean taste of the replies; not a number where nobody knows the taste."""
    return sum(taste(style, *each) for each in zip(asked, told, strict=True)) / len(asked) if style else math.nan


def requests(rules: Sequence[str]) -> tuple[list[Request], list[Request]]:
    """Requests of kinds that these rules allow, with one right content; and open ones, which they allow too. All about test subjects."""
    random = Random("stages")
    closed = [kind for kind in policy.allowed(rules) if kind not in dialogues.OPEN]
    allowed = [dialogues.drawn(closed, "test", random) for _ in range(ASKED)]
    return allowed, [dialogues.drawn(dialogues.OPEN, "test", random) for _ in range(ASKED)]


def _texts(asked: Sequence[Request]) -> list[str]:
    return [request.text for request in asked]


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right) if right else 0.0
