"""The question of *Before and after*, and the answer two runs give: what the same labels are worth with and without pretraining."""

from llmviz.core.history import History
from llmviz.core.update import Done
from llmviz.views.reveal import Quiz, Reveal

CHOICES = ("up to 60%", "60 to 85%", "above 85%")
BOUNDS = (0.6, 0.85)
WITHOUT = Quiz("how many unseen texts will the model from scratch get right?", CHOICES)
WITH = Quiz("how many unseen texts will the pretrained model get right?", CHOICES)


CLEAR = 0.05  # of a thousand test examples each; two models that are equally good differ by more once in forty times


def claim(count: int, pretrained: History, scratch: History) -> str:
    """What the same labels came to with and without pretraining, as the title of a page; a question before both are measured."""
    higher, lower = _accuracy(pretrained), _accuracy(scratch)
    if higher is None or lower is None:
        return f"How far do {count:,} labels go?"
    if higher - lower >= CLEAR:
        return f"{count:,} labels go further after pretraining"
    if lower - higher >= CLEAR:
        return f"Here {count:,} labels go further without pretraining"
    return f"With {count:,} labels, pretraining makes little difference here"


def outcome(ours: History, other: History) -> Reveal | None:
    """Where the other run ended on test examples, beside this one and chance; None where it has not been measured."""
    share = _accuracy(other)
    if share is None:
        return None
    beside = _accuracy(ours)
    chance = other.end.metrics.get("chance") if isinstance(other.end, Done) else None
    story = f"It got {share:.0%} of the test examples right"
    story += f", the model of this page {beside:.0%}" if beside is not None else ""
    story += f"; chance is {chance:.0%}." if chance is not None else "."
    return Reveal(sum(share > bound for bound in BOUNDS), story)


def _accuracy(history: History) -> float | None:
    return history.end.metrics.get("accuracy") if isinstance(history.end, Done) else None
