"""How runs go, side by side on one axis: what each model knows, and its loss, after as much reading; the runs of a recipe as a band."""

import html
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llmviz.core import catalogue
from llmviz.core.learning_curve import LearningCurve
from llmviz.experiments.what_and_when.question import Probed
from llmviz.parts.small_multiples import payload as parts
from llmviz.parts.small_multiples.payload import SmallMultiples
from llmviz.views import words
from llmviz.views.reveal import Quiz, Reveal

ORDER = ("grammar", "meaning", "facts")
NAMES = {
    "grammar": "grammar",
    "meaning": "meaning",
    "facts": "facts",
    "reversed": "backwards",
    "frames": "frames",
    "loss": "loss",
}
DASHES = {"grammar": "", "meaning": "7 4", "facts": "2 4"}
KNOWN = 0.95  # share of right answers from which on something counts as known
FEW = 8  # items shown of those right, and of those wrong
UNCLEAR = "not the same in most seeds"
WHICH = Quiz("which will {model} know first, at 95 % right?", (*ORDER, UNCLEAR))
AXIS = "tokens read"


@dataclass(frozen=True)
class Panel:
    """One model: its name and what is said of it, the run shown, and the runs of its recipe that its band is drawn of (`of_recipe`)."""

    name: str
    about: str
    learning_curve: LearningCurve
    runs: Sequence[LearningCurve] = ()
    live: bool = False
    chosen: bool = False
    snapshots: Sequence[int] = ()


def of_recipe(shown: LearningCurve, others: Sequence[LearningCurve]) -> list[LearningCurve]:
    """The runs that both the band and the answer are of: the one shown, once it has ended, and those of other seeds measured as often."""
    runs = [*([shown] if shown.metrics else []), *others]
    return [each for each in runs if each.steps == runs[0].steps]


def banded(runs: Sequence[LearningCurve]) -> str:
    """What a band over these runs is, to be said beside it; empty where there are too few for one."""
    return f"band: lowest to highest of {words.counted(len(runs), 'run')}" if len(runs) > 1 else ""


def panels(
    shown: Sequence[Panel], metrics: Sequence[str], hidden: str = "", point: int | None = None, columns: int = 3, click: str = ""
) -> SmallMultiples:
    """What the component draws: of each panel the shares of these metrics, and the loss between its lines.

    `hidden` says why the shares are not shown yet, `click` what a click does. `point` is the step that was clicked in the panel that is
    chosen.
    """
    most = max((1, *(each.tokens[-1] for panel in shown for each in (panel.learning_curve, *panel.runs) if each.tokens)))
    return {
        "axis": AXIS,
        "columns": columns,
        "click": click,
        "most": most,
        "hidden": hidden,
        "point": point,
        "panels": [_panel(panel, metrics) for panel in shown],
    }


def _panel(panel: Panel, metrics: Sequence[str]) -> parts.Panel:
    learning_curve = panel.learning_curve
    experiment = catalogue.experiment(learning_curve.spec.stage)
    first = next((each for each in panel.runs if each.steps), None)
    return {
        "name": panel.name,
        "about": panel.about,
        "live": panel.live,
        "chosen": panel.chosen,
        "tokens": list(learning_curve.tokens),
        "steps": list(learning_curve.steps),
        "stops": [place for place, step in enumerate(learning_curve.steps) if step in panel.snapshots],
        "runs": len(panel.runs) if len(panel.runs) > 1 else 0,
        "bandTokens": list(first.tokens) if first else [],
        "lines": [
            {"name": NAMES[name], "about": experiment.help(name), "dash": DASHES.get(name, ""), **_line(panel, name)}
            for name in metrics
            if name in learning_curve.scores or any(name in each.scores for each in panel.runs)
        ],
        "loss": _line(panel, "loss"),
        "floor": learning_curve.references.get("floor") or (first.references.get("floor") if first else None),
        "guess": learning_curve.references.get("random_guess") or (first.references.get("random_guess") if first else None),
    }


def _line(panel: Panel, name: str) -> parts.LearningCurve:
    values = [each.scores[name] for each in panel.runs if name in each.scores]
    columns = list(zip(*values, strict=True)) if len(values) == len(panel.runs) > 1 else []
    return {
        "values": [round(value, 4) for value in panel.learning_curve.scores.get(name, ())],
        "low": [round(min(column), 4) for column in columns],
        "high": [round(max(column), 4) for column in columns],
    }


def reveal(runs: Sequence[LearningCurve]) -> Reveal | None:
    """Which of the three was known first in more than half of these runs, one for each seed; None where no run came to know any.

    One is known from the evaluation on from which it never fell below the mark again, the last one included. A share is measured now and
    then: of two known from the same evaluation on, which was earlier cannot be told, and in most seeds a tie leaves the question open.
    """
    measured = [run for run in runs if run.steps]
    firsts = Counter(_first(run) for run in measured)
    if not set(firsts) - {NONE}:
        return None
    most = max(ORDER, key=lambda name: firsts[name])
    said = [f"{name} {_reached(name, measured)}" for name in ORDER]
    story = words.sentence(f"{', '.join(said[:-1])} and {said[-1]}, at 95 % and staying there to the end. {_firsts(firsts, len(measured))}")
    if firsts[TIED] * 2 > len(measured):
        return Reveal(None, story)
    return Reveal(ORDER.index(most) if firsts[most] * 2 > len(measured) else len(ORDER), story)


TIED, NONE = "a tie", "none"  # in place of the one that was first
OPEN = "A tie: both were there at the same measurement, and which was earlier cannot be told."


def _first(run: LearningCurve) -> str:
    """The one of the three that this run knew first."""
    reached = {name: place for name in ORDER if (place := run.first(name, KNOWN)) is not None}
    soonest = [name for name, place in reached.items() if place == min(reached.values())]
    return NONE if not soonest else soonest[0] if len(soonest) == 1 else TIED


def _reached(name: str, runs: Sequence[LearningCurve]) -> str:
    """After how much reading, from the quickest of these seeds to the slowest, and in how many if not in all."""
    read = [run.tokens[place] for run in runs if (place := run.first(name, KNOWN)) is not None]
    there = [f"{count / 1e6:.2f}" for count in sorted(read)]
    if not there:
        return "not reached"
    span = there[0] if there[0] == there[-1] else f"{there[0]} to {there[-1]}"
    return f"after {span} M tokens" + (f" in {len(there)} of {len(runs)} seeds" if len(there) < len(runs) else "")


def _firsts(firsts: Mapping[str, int], seeds: int) -> str:
    """Which was first in how many seeds: `First: grammar in 4 of 6 seeds, a tie in 2.`, or in the one run there is; and what a tie is."""
    ordered = sorted(firsts.items(), key=lambda each: -each[1])
    said = [f"{name} in {count}" for name, count in ordered]
    said[0] += f" of {words.counted(seeds, 'seed')}"
    told = f"First in this run: {ordered[0][0]}." if seeds == 1 else f"First: {', '.join(said)}."
    return f"{told} {OPEN}" if TIED in firsts else told


def known(runs: Sequence[LearningCurve], metric: str, names: Sequence[str]) -> Reveal | None:
    """How many of these runs, so named, knew at least 95 % at the end, as a place among 0, 1, 2 …; None while one has not ended."""
    ends = [each.scores.get(metric, (0.0,))[-1] for each in runs if each.metrics]
    if len(ends) < len(runs):
        return None
    said = ", ".join(f"{name} {share:.0%}" for name, share in zip(names, ends, strict=True))
    return Reveal(sum(share >= KNOWN for share in ends), words.sentence(said))


ASKED = "Same model, text and steps: which recipes learn?"


def claim(runs: Mapping[tuple[str, str], LearningCurve], metric: str = "facts") -> str:
    """Whether positions, optimiser or both decide, in these runs by architecture and optimiser; the question while one has not ended."""
    if not all(run.metrics and run.scores.get(metric) for run in runs.values()):
        return ASKED
    learnt = {cell: run.scores[metric][-1] >= KNOWN for cell, run in runs.items()}
    if len({*learnt.values()}) == 1:
        return "Here all four recipes learn the capitals" if all(learnt.values()) else "Here none of the four recipes learns the capitals"
    by_positions, by_optimiser = (len({(cell[part], known) for cell, known in learnt.items()}) == 2 for part in (0, 1))
    decides = "positions decide" if by_positions else "the optimiser decides" if by_optimiser else "positions and optimiser together decide"
    return f"Here {decides} whether it learns the capitals"


def items(found: Probed) -> str:
    """The probes of one snapshot as HTML: some of those it got right, and of those it got wrong, with how likely it held what is right."""
    places: dict[bool, list[int]] = {True: [], False: []}
    for place, right in enumerate(found.right.tolist()):
        places[right].append(place)
    parts = []
    for right, title in ((False, "Wrong"), (True, "Right")):
        rows = "".join(_item(found, place) for place in _spread(places[right], FEW))
        count = f"{len(places[right])} of {len(found.right)}"
        parts.append(f"<section><h4>{title}: {count}</h4><ul class='items'>{rows or '<li class=soft>none</li>'}</ul></section>")
    return f"<div class='probed'>{''.join(parts)}</div>"


def _spread(places: Sequence[int], most: int) -> list[int]:
    """At most so many of them, from all over the list, which is in order of rule and words."""
    if len(places) <= most:
        return list(places)
    return [places[index * len(places) // most] for index in range(most)]


def _item(found: Probed, place: int) -> str:
    words, asked = found.texts[place].split(), [int(each) for each in found.places[place].split()]
    others = dict(zip(asked, found.other[place].split() or [""] * len(asked), strict=False))
    said = " ".join(_word(word, others.get(index)) if index in asked else html.escape(word) for index, word in enumerate(words))
    return f"<li><span>{said}</span><b>{found.chance[place]:.0%}</b></li>"


def _word(word: str, other: str | None) -> str:
    """The word that is right, and where it is another one, what is wrong or was said instead."""
    struck = f" <s>{html.escape(other)}</s>" if other and other != word else ""
    return f"<mark>{html.escape(word)}</mark>{struck}"


ITEMS = {
    "grammar": "The marked words are right, those struck out are not. The figure is the chance it gives to the right text, of the two.",
    "meaning": "The marked feeling fits, the one struck out does not. The figure is the chance it gives to the fitting text, of the two.",
    "facts": "The marked word is true; struck out is what it says instead. The figure is the probability of the true word.",
    "reversed": "The marked country is asked for; struck out is what it says instead. The figure is the probability of the true word.",
    "frames": "Several animals where a sentence was only ever told of one. The figure is the chance of the right text, of the two.",
}
