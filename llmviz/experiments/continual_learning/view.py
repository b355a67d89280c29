"""What became of the old text while a new one was learnt: the page's claim and question, the capitals one by one. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from llmviz.core.history import Curve, History
from llmviz.core.lesson import Example
from llmviz.core.spec import RunSpec
from llmviz.experiments.continual_learning import OLD, ContinualSpec
from llmviz.experiments.continual_learning.question import Believed
from llmviz.parts.bars.payload import Bars, Gap
from llmviz.parts.curves.payload import Curves
from llmviz.parts.table.payload import Cell, Row, Table
from llmviz.text.tinyland.world import CAPITALS
from llmviz.views import words
from llmviz.views.reveal import Quiz, Reveal
from llmviz.views.tables import cell

SHARES = (0.2, 0.8)  # that divide the answers to choose from
DRAWN = 4  # countries drawn as bars
MOVED = 0.1  # of probability, from which a capital is said to have moved


def read(spec: RunSpec, history: History) -> History:
    """The run with the loss of the text that it reads as its loss. Where two are learnt at once, that of batches is their sum: left out."""
    if spec.objective.replay:
        return replace(history, batches=Curve())
    if spec.objective.reads != OLD:
        return history
    scores = {**history.scores, "loss": history.scores.get("old_loss", Curve())}
    begin = history.begin
    if begin and "old_floor" in begin.references:
        begin = replace(begin, references={**begin.references, "floor": begin.references["old_floor"]})
    return replace(history, begin=begin, scores=scores)


def change(objective: ContinualSpec) -> str:
    """`the capital of France is Lima`, as the new text tells it."""
    return f"the capital of {objective.country} is {objective.city}"


def examples(objective: ContinualSpec, usual: Sequence[Example]) -> tuple[Example, ...]:
    """The usual sentences to try, those on capitals about the ones that change: the fact, another one, and the other way round."""
    country, city = objective.country, objective.city
    other = next(each for each in ("Norway", "France") if each != country)
    of_city = next(each for each, capital in CAPITALS.items() if capital == city)
    told = {
        "the changed one": f"the capital of {country} is {CAPITALS[country]} .",
        "another capital": f"the main city of {other} is {CAPITALS[other]} .",
        "turned round": f"{city} is the capital of {of_city} .",
    }
    return tuple(replace(each, sentence=told.get(each.label, each.sentence)) for each in usual)


def _last(history: History, name: str) -> float | None:
    return history.scores[name].last if history.end and name in history.scores else None


def claim(spec: RunSpec, history: History) -> str:
    """The title of the page: what was learnt and what was left at the end; a question before it is known."""
    objective: ContinualSpec = spec.objective
    new, kept = _last(history, "changed"), _last(history, "kept")
    if new is None or kept is None:
        back = objective.reads == OLD
        return "Back to the old text: does the new fact stay?" if back else "It reads on: what becomes of what it knew?"
    if objective.reads == OLD:
        return f"Back on the old text: other capitals {kept:.0%}, {objective.city} for {objective.country} {new:.0%}"
    return f"It learnt {objective.city} for {objective.country} ({new:.0%}) and kept {kept:.0%} of the other capitals"


def quiz(spec: RunSpec) -> Quiz:
    """The question of the page: what is left of the other capitals, or on the way back of the new one."""
    low, high = (f"{share:.0%}" for share in SHARES)
    choices = (f"up to {low}", f"{low} to {high}", f"above {high}")
    objective: ContinualSpec = spec.objective
    if objective.reads == OLD:
        return Quiz(f"back on the old text, how often will it say {objective.city} for {objective.country}?", choices)
    return Quiz("how many of the other capitals will it still know at the end?", choices)


def outcome(spec: RunSpec, history: History) -> Reveal | None:
    """What it came to; None before the run has ended."""
    name = "changed" if spec.objective.reads == OLD else "kept"
    value = _last(history, name)
    if value is None:
        return None
    losses = [history.scores[each].values for each in ("loss", "old_loss")]
    told = [f"on the {text} text from {found[0]:.2f} to {found[-1]:.2f} nats" for text, found in zip(("new", "old"), losses, strict=True)]
    return Reveal(sum(value > share for share in SHARES), f"{value:.0%}. Its loss went {' and '.join(told)}.")


def losses(spec: RunSpec, history: History) -> Curves:
    """The losses on both texts while one is learnt, above what no model can go below."""
    references = history.begin.references if history.begin else {}
    texts = (("new text", "loss", ""), ("old text", "old_loss", "6 4"))
    floors = (("floor, new", "floor"), ("floor, old", "old_floor"))
    return {
        "kind": "losses",
        "title": "Loss on both texts",
        "about": "nats a word, held-out",
        "empty": "The losses appear here as soon as training has begun.",
        "share": False,
        "low": 0.0,
        "unit": "step",
        "total": spec.train.steps,
        "ticks": [],
        "log": False,
        "marked": None,
        "lines": [
            {
                "name": text,
                "phase": "pretrained",
                "dash": dash,
                "steps": list(history.scores[name].steps),
                "values": [round(value, 4) for value in history.scores[name].values],
            }
            for text, name, dash in texts
            if name in history.scores
        ],
        "bounds": [{"name": name, "value": round(references[key], 4)} for name, key in floors if key in references],
    }


# The capitals, one by one


def moved(answers: Mapping[int, Believed], country: str) -> list[int]:
    """The places of the countries, the changed one first, then those whose own capital lost most from the first snapshot to the last."""
    steps = sorted(answers)
    gain = answers[steps[-1]].own - answers[steps[0]].own
    own = list(CAPITALS).index(country)
    return [own, *(int(place) for place in np.argsort(gain, kind="stable") if place != own)]


def bars(answers: Mapping[int, Believed], objective: ContinualSpec, empty: str) -> Bars:
    """The old capital against the new one, for the changed country and those that moved most, at every step."""
    steps = sorted(answers)
    if not steps:
        return {"steps": [], "groups": [], "empty": empty}
    names = list(CAPITALS)
    found: list[Gap] = [
        _gap(names[place], place, [answers[step] for step in steps], objective) for place in moved(answers, objective.country)[:DRAWN]
    ]
    return {"steps": steps, "groups": found, "empty": "", "mark": "what the text told last", "low": True}


def _gap(country: str, place: int, answers: Sequence[Believed], objective: ContinualSpec) -> Gap:
    """One country: its old capital and the new city, the likelier first; what the texts told of it last is the truth."""
    old = CAPITALS[country]
    rows = [[(old, float(each.own[place]))] + [(objective.city, float(each.other[place]))] * (old != objective.city) for each in answers]
    truth = objective.city if country == objective.country and objective.reads != OLD else old
    return {
        "place": place,
        "truth": truth,
        "source": country,
        "candidates": [sorted(((word, round(chance, 4)) for word, chance in row), key=lambda each: -each[1]) for row in rows],
        "probability": [round(dict(row)[truth], 4) for row in rows],
    }


def table(answers: Mapping[int, Believed], objective: ContinualSpec, visit: int = 0) -> Table:
    """Every country: the probability of the capital that the old text tells, and of the new city, at the first snapshot and at the last."""
    steps = sorted(answers)
    first, last = answers[steps[0]], answers[steps[-1]]
    names = list(CAPITALS)
    return {
        "label": "What it takes for the capital of each country",
        "corner": "capital of",
        "columns": [
            {"name": "the old text tells", "about": "Its probability at the first step and at the last.", "sorts": True},
            {"name": f"{objective.city}", "about": "The probability of the new capital, at the first step and at the last.", "sorts": True},
            {"name": "it says", "about": "Its first guess at the last step.", "sorts": False},
        ],
        "rows": [_row(names[place], place, first, last, objective) for place in moved(answers, objective.country)],
        "sort": -1,
        "down": True,
        "prose": False,
        "visit": visit,
    }


def _row(country: str, place: int, first: Believed, last: Believed, objective: ContinualSpec) -> Row:
    own, other = (_shift(getattr(first, name)[place], getattr(last, name)[place]) for name in ("own", "other"))
    own["bits"][0]["text"] = f"{CAPITALS[country]} {own['bits'][0]['text']}"
    return {
        "name": country,
        "about": "",
        "phase": "",
        "depth": 0,
        "pinned": country == objective.country,
        "cells": [own, other, cell(last.first[place], faint=last.first[place] == CAPITALS[country])],
    }


def _shift(before: Any, after: Any) -> Cell:
    """`100 → 2 %`, which sorts by the change."""
    return cell(f"{100 * before:.0f} → {words.measured(float(after), '%')}", value=float(after - before))


def told(answers: Mapping[int, Believed], objective: ContinualSpec) -> str:
    """How many of the other countries have lost their own capital, and to whom."""
    steps = sorted(answers)
    first, last = answers[steps[0]], answers[steps[-1]]
    others = [place for place, country in enumerate(CAPITALS) if country != objective.country and CAPITALS[country] != objective.city]
    lost = [place for place in others if first.own[place] - last.own[place] > MOVED]
    says = [place for place in others if last.first[place] == objective.city and CAPITALS[objective.country] != objective.city]
    named = f"for {len(says)} it says {objective.city}" if says else f"for none it says {objective.city}"
    return (
        f"Of {len(others)} capitals that no text has changed, {len(lost)} have lost more than {MOVED:.0%} of probability; {named}. "
        f"For {objective.country} it says {last.first[list(CAPITALS).index(objective.country)]}."
    )
