"""Which snapshots stand below one another, and what is said of each. Pure."""

from llmviz.core.history import Curve, History
from llmviz.views import words

ROWS = 8


def label(history: History, step: int) -> str:
    """How far the model is: steps, tokens read, loss on held-out text; the last two where they were measured then."""
    read, loss = (_at(curve, step) for curve in (history.read, history.scores.get("loss", Curve())))
    told = [f"**step {step:,}**"]
    if read is not None:
        told.append(f"{words.parameters(int(read))} tokens read")
    if loss is not None:
        told.append(f"loss {loss:.2f}")
    return "  \n".join(told)


def _at(curve: Curve, step: int) -> float | None:
    return dict(zip(curve.steps, curve.values, strict=True)).get(step)
