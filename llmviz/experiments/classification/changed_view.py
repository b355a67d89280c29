"""Which held-out examples change their label between two models, for better and for worse."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from llmviz.core import spreadsheet
from llmviz.core.questions.classification import Marked


@dataclass(frozen=True)
class Change:
    """One example whose label differs: what it was called, what it is called now, what is true, how sure the present model is."""

    text: str
    before: str
    now: str
    truth: str
    sure: float

    @property
    def better(self) -> bool:
        """Whether the present label is the true one."""
        return self.now == self.truth


def changes(before: Marked, now: Marked) -> list[Change]:
    """The examples with another label, the surest first. Both must have classified the same examples, or ValueError says so."""
    if before.texts != now.texts:
        raise ValueError("the two models have not classified the same examples")
    places = np.flatnonzero(before.prediction != now.prediction)
    found = [
        Change(
            now.texts[place],
            before.labels[before.prediction[place]],
            now.labels[now.prediction[place]],
            now.labels[now.truth[place]],
            float(now.probability[place].max()),
        )
        for place in places
    ]
    return sorted(found, key=lambda change: -change.sure)


def summary(before: Marked, now: Marked) -> str:
    """How many changed their label, for better and for worse, and how many are right before and now, in two sentences."""
    found = changes(before, now)
    better = sum(change.better for change in found)
    worse = sum(change.before == change.truth for change in found)
    other = f", {len(found) - better - worse:,} from one wrong label to another" if len(found) > better + worse else ""
    right = [float((marked.prediction == marked.truth).mean()) for marked in (before, now)]
    return (
        f"{len(found):,} of {len(now.texts):,} changed their label: {better:,} for the better, {worse:,} for the worse{other}. "
        f"Right before {right[0]:.0%}, now {right[1]:.0%}."
    )


def table(found: Sequence[Change]) -> str:
    """The changes as CSV."""
    rows = [(change.text, change.before, change.now, change.truth, f"{change.sure:.4f}") for change in found]
    return spreadsheet.as_csv([("text", "before", "now", "truth", "probability"), *rows])
