"""One input through several models side by side: who each of them is."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from llmviz.parts.shared import payload as parts
from llmviz.parts.shared.payload import Origin

BEGUN: dict[str, Origin] = {  # what a model of each phase is at its step 0
    "random": {"phase": "random", "word": "random start"},
    **{phase: {"phase": "pretrained", "word": "pretrained body, new head"} for phase in ("pretrained", "finetuned")},
}


@dataclass(frozen=True)
class Side:
    """One of the models.

    `phase` is the stage of a model whose colour it has: "random", "pretrained" or "finetuned". A side pinned to its first or last step
    stays there, others follow the slider. `action` is what a button offers where there is none; `empty` says why there is none.
    """

    title: str
    about: str
    phase: str
    pinned: Literal["", "first", "last"] = ""
    empty: str = ""
    action: str = ""

    def written(self, steps: Collection[int]) -> parts.Side:
        """The payload of a side that has something to say of these steps, and of those it can stand at."""
        told = sorted(steps)
        return {
            "title": self.title,
            "about": self.about,
            "phase": self.phase,
            "start": BEGUN[self.phase],
            "empty": self.empty,
            "action": self.action,
            "steps": {"": told, "first": told[:1], "last": told[-1:]}[self.pinned],
        }
