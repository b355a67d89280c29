"""One training step, opened: what happens in it, as the payload of its picture."""

from collections.abc import Mapping, Sequence
from math import hypot
from typing import Any

import numpy as np

from llmviz.core.questions.onestep import Opened
from llmviz.views.curve import FINETUNED
from llmviz.views.network import place

# The first station of the flow, by stage: its name, and what is done with a text there.
FIRST = {
    "mlm": (
        "Hide",
        "Some words are asked for: most behind [MASK], some with another word in their place (struck through), some left as they are. "
        "The model must name what stood there.",
    ),
    "clm": ("Shift", "The text is its own answer, moved by one place: from all that stands before it, the model must name each token."),
    "nsp": (
        "Pair",
        "Two parts of stories. Whether the second follows is asked at [CLS]; in most steps some words are hidden too, and asked for.",
    ),
    "span": (
        "Cut",
        "Spans are cut out, and each leaves a sentinel. Behind the text stands what is to be said of it: the model must name each token "
        "from the cut text and what was said before.",
    ),
    "sentiment": ("Read", "The model reads the whole text. The one thing asked for is its label."),
}
ANY = ("Read", "What the model reads, and what it is asked for.")  # of a stage that says nothing of its own
HIDDEN, SWAPPED, LEFT, NEXT, VERDICT = "hidden", "swapped", "left", "next", "label"
FATES = {"clm": NEXT, "span": NEXT, "sentiment": VERDICT}  # where all targets of a stage are alike
MASKED, ANSWERING = "[MASK]", "[CLS]"  # what stands where a word is hidden, and where BERT answers about the whole


def opened(trail: Mapping[int, Opened], stage: str) -> dict[str, Any]:
    """The payload for the newest of these, which all look at the texts of one batch; the others tell how the same texts fared before."""
    steps = sorted(trail)
    now = trail[steps[-1]]
    layers = _layers(now)
    whole = hypot(*now.gradient.tolist())
    name, lead = FIRST.get(stage, ANY)
    return {
        "phase": "finetuned" if stage in FINETUNED else "pretrained",
        "next": now.step + 1,
        "batch": now.batch,
        "first": name,
        "lead": lead,
        "count": now.count,
        "loss": [_digits(now.loss), _digits(now.after)],
        "texts": _texts(now, [trail[step] for step in steps], stage),
        "trail": [*steps, now.step + 1],
        "layers": layers,
        "whole": _digits(whole),
        "clip": _digits(now.clip),
        "cut": _digits(now.clip / whole) if 0 < now.clip < whole else 1,
        "movers": [[mover, _digits(rate)] for mover, rate in dict(zip(now.movers, now.rates.tolist(), strict=True)).items()],
    }


def _texts(now: Opened, seen: Sequence[Opened], stage: str) -> list[dict[str, Any]]:
    """Each text with its targets, and the probability of each at all that was seen, then after the step."""
    chances = [*(each.probability[0] for each in seen), now.probability[1]]
    made, first = [], 0
    for read, places in zip(now.texts, now.places, strict=True):
        rows = range(first, first + len(places))
        first = rows.stop
        if not rows:
            continue  # of nothing but unknown words
        made.append(
            {
                "tokens": [token.strip() for token in read],
                "targets": [_target(now, row, read[at], at, chances, stage) for row, at in zip(rows, places, strict=True)],
                "nats": [_digits(float(nats[rows.start : rows.stop].mean())) for nats in now.nats],
            }
        )
    return made


def _target(now: Opened, row: int, read: str, at: int, chances: Sequence[Any], stage: str) -> dict[str, Any]:
    truth = now.truths[row].strip()
    return {
        "place": at,
        "truth": truth,
        "fate": FATES.get(stage)
        or (VERDICT if read == ANSWERING else HIDDEN if read == MASKED else LEFT if read.strip() == truth else SWAPPED),
        "nats": [_digits(float(nats[row])) for nats in now.nats],
        "likeliest": [
            [[word.strip(), _digits(float(chance))] for word, chance in zip(now.words[when][row], now.chances[when][row], strict=True)]
            for when in (0, 1)
        ],
        "trail": [_digits(float(chance[row])) for chance in chances],
    }


def _layers(now: Opened) -> list[dict[str, Any]]:
    """The layers from the output down to the words, as a gradient passes them: its length there, and how far the layer moves."""
    parts = [place(name) for name in now.tensors]
    found = []
    for name in reversed(list(dict.fromkeys(parts))):
        its = np.array([part == name for part in parts])
        length = hypot(*now.length[its].tolist())
        found.append(
            {
                "name": name,
                "gradient": _digits(hypot(*now.gradient[its].tolist())),
                "moved": _digits(hypot(*now.moved[its].tolist()) / (length or 1.0)),
                "movers": list(dict.fromkeys(mover for mover, at in zip(now.movers, its, strict=True) if at)),
            }
        )
    return found


def _digits(value: float) -> float:
    """Four digits that count: enough to tell one step from the next."""
    return float(f"{value:.4g}")
