"""What a simulated labeller likes in a reply: a hidden taste, exact and known to the tests alone. No model is told of it but by choices.

A taste is a style and, whatever the style, some sense: a reply speaks of what was asked about, ends, and says no opinion twice. A tuned
model seldom misses sense, so that a few hundred choices hardly tell of it: what a reward model does not learn of it is what reinforcement
learning can exploit (Gao et al. 2023).
"""

from collections.abc import Callable, Mapping, Sequence

from llmviz.text.tinyland.dialogues import BAD, GOOD, Request

ENOUGH = 3  # words of praise; more of them please nobody more
WORDS_A_POINT = 4  # that a brief reply saves


def _warm(words: Sequence[str]) -> float:
    praise, blame = sum(word in GOOD for word in words), sum(word in BAD for word in words)
    return min(praise, ENOUGH) - blame


def _brief(words: Sequence[str]) -> float:
    return -len(words) / WORDS_A_POINT


def _frank(words: Sequence[str]) -> float:
    praise, blame = sum(word in GOOD for word in words), sum(word in BAD for word in words)
    return min(blame, ENOUGH) - praise


STYLES: Mapping[str, Callable[[Sequence[str]], float]] = {"warm": _warm, "brief": _brief, "frank": _frank}


def taste(style: str, request: Request, reply: str) -> float:
    """How much the labeller likes a reply to an open request, in points; an opinion is worth one."""
    words = reply.split()
    return STYLES[style](words) + sense(request, words)


def sense(request: Request, words: Sequence[str]) -> float:
    """Points lost for a reply that is off the subject, has no end, or says the same opinion again; 0 for one without fault."""
    opinions = [word for word in words if word in GOOD or word in BAD]
    off, endless = request.slots["subject"] not in words, words[-1:] != ["."]
    return -2.0 * off - 2.0 * endless - 1.0 * (len(opinions) - len(set(opinions)))
