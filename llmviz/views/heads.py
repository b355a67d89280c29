"""What the heads of a model are called: each by the target that takes most of its attention above chance, where that is much."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from llmviz.core.questions.heads import HeadScores
from llmviz.parts.attention.payload import Named, Names, Target

NAMED = 0.15  # of a head's attention, above chance, from which it has a name; below it is mixed
ALIKE = 0.02  # of attention: of targets that near, the first names the head; the plainest stand first

# By the names they are measured under: what stands where there is no room.
SHORT = {
    "itself": "self",
    "previous token": "−1",
    "next token": "+1",
    "two tokens back": "−2",
    "two tokens ahead": "+2",
    "three tokens back": "−3",
    "three tokens ahead": "+3",
    "same word": "same",
    "[CLS]": "CLS",
    "[SEP]": "SEP",
    "full stop": "stop",
    "subject of the verb": "subj",
    "rest of a fact": "fact",
}


@dataclass(frozen=True)
class Name:
    """The target a head is nearest to: its place among the targets, the share of its attention on it, and whether that makes a name."""

    target: int
    mass: float
    named: bool


def name(scores: HeadScores, layer: int, head: int) -> Name:
    """The name of one head."""
    above = scores.mass[layer, head] - scores.chance
    target = int((above > above.max() - ALIKE).argmax())
    return Name(target, float(scores.mass[layer, head, target]), bool(above[target] >= NAMED))


def names(scores: Mapping[int, HeadScores]) -> Names:
    """The payload of the names of all heads at all steps, the heads of a layer one after the other."""
    if not scores:
        return {"targets": [], "named": []}
    first = next(iter(scores.values()))
    targets: list[Target] = [
        {"name": target, "short": SHORT[target], "chance": round(float(chance), 4)}
        for target, chance in zip(first.targets, first.chance, strict=True)
    ]
    named: list[Named] = []
    for step in sorted(scores):
        found = [name(scores[step], layer, head) for layer, head in np.ndindex(*scores[step].mass.shape[:2])]
        named.append({"step": step, "heads": [(each.target, round(each.mass, 4), each.named) for each in found]})
    return {"targets": targets, "named": named}
