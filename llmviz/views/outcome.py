"""What a visitor's own examples came to with and without pretraining, in a sentence; with few held out, small differences say nothing."""

from llmviz.core.history import History
from llmviz.core.update import Done

CLEAR = 2  # standard errors of a difference between two shares
Share = float | None


def shares(pretrained: History, scratch: History, metric: str) -> tuple[Share, Share]:
    """What both runs reached on test examples by this metric; None where a run has not been measured."""
    higher, lower = (each.end.metrics.get(metric) if isinstance(each.end, Done) else None for each in (pretrained, scratch))
    return higher, lower


def between(learnt: str, tested: int, real: Share, small: Share) -> str:
    """What so many examples came to on a large model from elsewhere and on a small one of this program."""
    if real is None or small is None:
        return f"{learnt}: right on {real:.0%} of unseen texts" if real is not None else "What does a real model make of your labels?"
    error = ((real * (1 - real) + small * (1 - small)) / max(1, tested)) ** 0.5
    if abs(real - small) <= CLEAR * error:
        return f"{learnt}: a large model and a small one do about as well here"
    return f"{learnt} go further on the {'large' if real > small else 'small'} model here"


def outcome(learnt: str, alone: str, tested: int, pretrained: Share, scratch: Share) -> str:
    """What so many examples, `learnt`, came to, by a share of so many that were tested; `alone` says it of one run, the share in braces."""
    if pretrained is None or scratch is None:
        known = pretrained if scratch is None else scratch
        return f"{learnt}: {alone.format(known or 0.0)}"
    error = ((pretrained * (1 - pretrained) + scratch * (1 - scratch)) / max(1, tested)) ** 0.5
    if abs(pretrained - scratch) <= CLEAR * error:
        return f"With {learnt}, pretraining makes little difference here"
    return f"{learnt} go further {'after' if pretrained > scratch else 'without'} pretraining here"
