"""What carries the prediction for a text: in words, and as the payload of the weighed sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from llmviz.experiments.classification.question import Reasons
from llmviz.parts.weighed.payload import Weighed

COUNTS = 0.5  # nats of log-odds; a word below that moves an even prediction by twelve points at most
CLEAR = 4  # times the median pull of the other words; below that a word does what leaving out any word does


def note(reasons: Reasons) -> list[tuple[str, bool]]:
    """Which word carries the prediction, as bits of a sentence; those that are words of the text are marked.

    Leaving out any word moves a prediction a little: only a word that `stands_out` is named as a reason.
    """
    if not len(reasons.weight):
        return []
    best, worst = int(reasons.weight.argmax()), int(reasons.weight.argmin())
    for_it = reasons.weight[best] > 0 and stands_out(reasons, best)
    against = reasons.weight[worst] < 0 and stands_out(reasons, worst)
    if for_it and against:
        stronger, weaker = (best, worst) if reasons.whole > 0 else (worst, best)
        if abs(reasons.weight[stronger]) < abs(reasons.weight[weaker]):
            return [(reasons.words[weaker], True), (" pulls the other way", False)]
        return [(reasons.words[stronger], True), (" outweighs ", False), (reasons.words[weaker], True)]
    if for_it or against:
        return [(reasons.words[best if for_it else worst], True), (f" speaks for {reasons.labels[-1 if for_it else 0]}", False)]
    return [("no single word carries the prediction", False)]


def stands_out(reasons: Reasons, place: int) -> bool:
    """Whether the pull of a word is worth naming, and clearly above the typical pull of the other words of its text."""
    others = np.delete(np.abs(reasons.weight), place)
    typical = float(np.median(others)) if len(others) else 0.0
    return bool(abs(reasons.weight[place]) >= max(COUNTS, CLEAR * typical))


@dataclass(frozen=True)
class Word:
    """One word of the visitor's sentence, and whether the model knows all of it."""

    text: str
    known: bool = True


def sentence(words: Sequence[Word], left_out: Sequence[int], reasons: Mapping[int, Reasons], note: str = "") -> Weighed:
    """The payload of the weighed sentence. `reasons` are those of the words that are not left out, in their order."""
    steps = sorted(reasons)
    there = [place for place in range(len(words)) if place not in left_out]
    rows = []
    for step in steps:
        weight = dict(zip(there, reasons[step].weight.tolist(), strict=True))
        rows.append([round(weight[place], 3) if place in weight else None for place in range(len(words))])
    return {
        "words": [{"text": word.text, "known": word.known} for word in words],
        "out": list(left_out),
        "steps": steps,
        "weight": rows,
        "labels": list(reasons[steps[0]].labels) if steps else [],
        "note": note,
    }
