"""What each head and each layer is worth: what the model says, and what it measures, without it. Pure."""

from collections.abc import Sequence

from llmviz.core.experiment import Experiment, Metric
from llmviz.experiments.architecture.question import Measured, Silenced
from llmviz.parts.table.payload import Cell, Row, Table
from llmviz.views.reveal import Quiz, Reveal
from llmviz.views.tables import cell, table

MOST = 6  # figures side by side

QUIZ = Quiz("does it still say the same word?", ("always", "mostly", "seldom"))
MOSTLY = 0.5  # share of the heads from which on it is "mostly"


def reported(experiment: Experiment, found: Measured | None) -> list[Metric]:
    """The figures to show, of those the run measures: the headline, then probes, then what else there is."""
    there = [metric for metric in experiment.metrics if found and metric.name in found.metrics]
    return sorted(there, key=lambda metric: (metric is not there[0], not metric.probe))[:MOST]


def silence(said: Silenced, measured: Measured | None, experiment: Experiment, visit: int) -> Table:
    """A row for each piece: what is said without it, how likely the whole model's word is then, and the figures it reports."""
    metrics = reported(experiment, measured)
    places = {piece: place for place, piece in enumerate(measured.pieces)} if measured else {}
    rows = []
    for place, piece in enumerate(said.pieces):
        cells = [_said(said, place)]
        cells += [_figure(measured, metric, places[piece]) for metric in metrics if measured and piece in places]
        rows.append(_row(piece, cells))
    columns = [("it says", "The likeliest word, and below it the probability of the word that the whole model says.")]
    columns += [(metric.called, f"{metric.help} On held-out data.") for metric in metrics]
    return table("Pieces that are switched off in rows", "switched off", columns, rows, visit, sorts=True)


def _row(piece: str, cells: Sequence[Cell]) -> Row:
    whole = not piece or "all attention" in piece or "feed-forward" in piece
    return {"name": piece or "nothing", "about": "", "phase": "", "depth": 0 if whole else 1, "pinned": not piece, "cells": list(cells)}


def _said(said: Silenced, place: int) -> Cell:
    word, other = said.words[place], said.words[0]
    more = [] if word == other else [f"{other} {said.first[place]:.0%}"]
    lost = max(0.0, float(said.first[0] - said.first[place]))
    return cell(f"{word} {said.chances[place]:.0%}", more=more, value=float(said.first[place]), tint=lost)


def _figure(found: Measured, metric: Metric, place: int) -> Cell:
    column = found.metrics.index(metric.name)
    value, whole = float(found.figures[place, column]), float(found.figures[0, column])
    if metric.unit == "%":
        return cell(f"{value:.0%}", value=value, tint=max(0.0, whole - value))
    more = [f"{value - whole:+.2f}"] if place else []
    return cell(f"{value:.2f}", more=more, value=value, tint=min(1.0, max(0.0, value - whole)))


def told(said: Silenced) -> Reveal:
    """How many heads can go, one at a time, and the word stays."""
    heads = [place for place, piece in enumerate(said.pieces) if "head" in piece]
    same = sum(said.words[place] == said.words[0] for place in heads)
    right = 0 if same == len(heads) else 1 if same >= MOSTLY * len(heads) else 2
    worst = min(heads, key=lambda place: float(said.first[place]))
    story = (
        f"Without any one of {len(heads)} heads it says “{said.words[0]}” {same} times. "
        f"Most depends on {said.pieces[worst]}: {said.first[0]:.0%} with it, {said.first[worst]:.0%} without."
    )
    return Reveal(right, story)
