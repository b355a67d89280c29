"""One training step, opened: what happens in it, as the payload of its picture."""

from collections.abc import Mapping, Sequence
from math import hypot
from typing import Any

import numpy as np

from llmviz.core.experiment import Experiment
from llmviz.core.history import History
from llmviz.core.questions.onestep import FURTHEST, Opened
from llmviz.core.spec import RunSpec
from llmviz.parts.onestep.payload import Layer, OneStep, Target, Text
from llmviz.views import words
from llmviz.views.network import place

HIDDEN, SWAPPED, LEFT, LABEL = "hidden", "swapped", "left", "label"
MASKED, ANSWERING = "[MASK]", "[CLS]"  # what stands where a word is hidden, and where BERT answers about the whole


def opened(trail: Mapping[int, Opened], experiment: Experiment) -> OneStep:
    """The payload for the newest of these, which all look at the texts of one batch; the others tell how the same texts fared before."""
    steps = sorted(trail)
    now = trail[steps[-1]]
    layers = _layers(now)
    whole = hypot(*now.gradient.tolist())
    return {
        "phase": experiment.colour,
        "next": now.step + 1,
        "batch": now.batch,
        "first": experiment.first_step.name,
        "lead": experiment.first_step.text,
        "count": now.count,
        "loss": [_digits(now.loss), _digits(now.after)],
        "texts": _texts(now, [trail[step] for step in steps], experiment.first_step.targets),
        "trail": [*steps, now.step + 1],
        "layers": layers,
        "whole": _digits(whole),
        "clip": _digits(now.clip),
        "cut": _digits(now.clip / whole) if 0 < now.clip < whole else 1,
        "movers": [(mover, _digits(rate)) for mover, rate in dict(zip(now.movers, now.rates.tolist(), strict=True)).items()],
    }


def _texts(now: Opened, seen: Sequence[Opened], alike: str) -> list[Text]:
    """Each text with its targets, and the probability of each at all that was seen, then after the step."""
    chances = [*(each.probability[0] for each in seen), now.probability[1]]
    made: list[Text] = []
    first = 0
    for read, places in zip(now.texts, now.places, strict=True):
        rows = range(first, first + len(places))
        first = rows.stop
        if not rows:
            continue  # of nothing but unknown words
        made.append(
            {
                "tokens": [token.strip() for token in read],
                "targets": [_target(now, row, read[at], at, chances, alike) for row, at in zip(rows, places, strict=True)],
                "nats": [_digits(float(nats[rows.start : rows.stop].mean())) for nats in now.nats],
            }
        )
    return made


def _target(now: Opened, row: int, read: str, at: int, chances: Sequence[Any], alike: str) -> Target:
    truth = now.truths[row].strip()
    return {
        "place": at,
        "truth": truth,
        "fate": alike or (LABEL if read == ANSWERING else HIDDEN if read == MASKED else LEFT if read.strip() == truth else SWAPPED),
        "nats": [_digits(float(nats[row])) for nats in now.nats],
        "likeliest": [
            [(word.strip(), _digits(float(chance))) for word, chance in zip(now.words[when][row], now.chances[when][row], strict=True)]
            for when in (0, 1)
        ],
        "trail": [_digits(float(chance[row])) for chance in chances],
    }


def _layers(now: Opened) -> list[Layer]:
    """The layers from the output down to the words, as a gradient passes them: its length there, and how far the layer moves."""
    parts = [place(name) for name in now.tensors]
    found: list[Layer] = []
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


def steps(history: History, spec: RunSpec) -> int:
    """The steps of a run: as it said, or as it is to have."""
    return history.begin.steps if history.begin else spec.train.steps


def start(kept: Sequence[int], slider: int | None, steps: int) -> int:
    """The kept step nearest to where a slider stands (None: at the end); 0, the random or inherited start, where no step follows it."""
    nearest = steps if slider is None else min(kept, key=lambda step: abs(step - slider), default=0)
    return nearest if nearest < steps else 0


def preparing(behind: int) -> str:
    """What goes on until a step opens that a worker takes by itself."""
    return f"Preparing step {behind + 1:,}: a worker reads the text and makes the model. The first time this takes some seconds."


def basis(start: int, slider: int | None, name: str, child: bool) -> str:
    """How far what is opened is that of the run: `name` says what is kept of it, "" that nobody has trained it; a child has a parent."""
    if start:
        near = f" The slider stands at step {slider:,}; the weights kept nearest are those after step {start:,}." if slider != start else ""
        return (
            f"A{'n' if name[:1] in 'aeiou' else ''} {name} keeps weights (to three digits), not the optimisers' memories: "
            f"how far each layer moves is that of optimisers that begin here.{near}"
        )
    why = "No step is left where the slider stands, so the first one is open. " if name and slider != 0 else ""
    origin = "the parent's weights, and the seed draws what is new" if child else "random weights that the seed draws"
    exact = f"it starts from {origin}, each batch follows from the seed and the step, and the optimisers begin empty."
    return f"{why}This is step for step what the run did, up to rounding: {exact}" if name else f"Nobody has trained this yet; {exact}"


def advice(paused: bool, own: bool) -> str:
    """What taking the open step does, of a run that stands still; `own`: whether the texts shown are those it learns from."""
    if not paused:
        return "A stopped run takes no step; Continue, then Pause."
    if own:
        return "The run learns from these texts when the step is taken; they stay here and are measured again."
    return "Take more steps and see whether the same texts get easier."


def advice_again(left: int, taken: int, own: bool) -> str:
    """The same where a worker takes the steps: `left` more, after those it has taken."""
    if not left:
        return (
            f"No more from here: {words.counted(taken, 'step')} are the most."
            if taken == FURTHEST
            else "This is the last step of the training."
        )
    if own and not taken:
        return f"Up to {words.counted(left, 'step')} can be taken from here, in a copy; these texts stay and are measured again."
    return f"{left:,} more can be taken from here. Do the same texts get easier?"
