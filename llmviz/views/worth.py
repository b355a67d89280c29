"""How many labels pretraining is worth: how many times as many a random start needs for the same share. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Points = Sequence[tuple[int, float]]  # (labels, share), by labels


@dataclass(frozen=True)
class Worth:
    """Labels with which the median seed reaches `share`; None where it does not with the most that were tried."""

    share: float
    most: int
    pretrained: float | None
    scratch: float | None

    @property
    def times(self) -> float | None:
        """How many times as many labels a random start needs: at least that, where it does not get there. None where neither does."""
        return (self.scratch or self.most) / self.pretrained if self.pretrained else None

    @property
    def said(self) -> str:
        """The same in a sentence."""
        share = f"{self.share:.0%}"
        if self.pretrained is None:
            return (
                f"With up to {self.most:,} labels neither start reaches {share} here."
                if self.scratch is None
                else (f"Here a random start reaches {share} and pretraining does not.")
            )
        needs = f"Pretrained, {_labels(self.pretrained)} labels bring {share}"
        if self.scratch is None:
            return (
                f"{needs}; from a random start {self.most:,} do not. Pretraining is worth more than {_times(self.times)} times the labels."
            )
        return f"{needs}; a random start takes {_labels(self.scratch)}. Pretraining is worth {_times(self.times)} times the labels."


def worth(pretrained: Points, scratch: Points, share: float) -> Worth:
    """What the medians of both starts come to at this share."""
    return Worth(share, max(labels for labels, _ in (*pretrained, *scratch)), needed(pretrained, share), needed(scratch, share))


def needed(points: Points, share: float) -> float | None:
    """The labels with which a line through these points first reaches the share, log-interpolated between two of them."""
    for place, (labels, reached) in enumerate(points):
        if reached < share:
            continue
        if not place:
            return float(labels)
        before, low = points[place - 1]
        part = (share - low) / (reached - low)
        return math.exp(math.log(before) + part * (math.log(labels) - math.log(before)))
    return None


def _labels(count: float) -> str:
    return f"{count:,.0f}"


def _times(times: float | None) -> str:
    return f"{times or 0:,.0f}" if times and times >= 10 else f"{times or 0:.1f}"
