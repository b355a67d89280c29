"""What fine-tuning changes layer by layer: weight drift, linear CKA and linear probes as payloads of one part, each with what it shows."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from llmviz.core.cka import linear_cka
from llmviz.core.questions.layers import LayerReport, States
from llmviz.core.questions.tensors import Inventory
from llmviz.core.settings import SIZES, ModelSpec
from llmviz.parts.layers.payload import Layers, Series
from llmviz.views import words
from llmviz.views.curve import thin
from llmviz.views.finite import NO_NUMBER
from llmviz.views.network import HEAD, moved, sublayer

MOST_STEPS = 12  # that are reported on
# Snapshots times layers times width that are read at once: 3 s of one core for 12 snapshots of the smallest size, or 3 of the largest.
AFFORDABLE = 1_600
DRIFT = (
    "The length of the change of all weights of a part together, as a share of their length at step 0 (Frobenius norm). "
    "Of a head that begins at zero the length itself stands there."
)
CKA = (
    "Linear CKA (Kornblith et al. 2019) between the hidden states of {tokens} tokens of unseen texts, special ones left out, and those of "
    "the same tokens at step 0: 1 is the same up to rotation and scale. States with nothing in common would have some {floor} here."
)
PROBE = (
    "A logistic regression on the states of one layer, fitted to {learnt} labelled training examples and asked {asked} unseen ones: what "
    "is linearly readable there (Alain and Bengio 2016; Tenney et al. 2019). It has labels that the model itself may never have seen."
)
CHANCE = "the commonest label, {chance}"


@dataclass(frozen=True)
class Start:
    """A run at its first step: what it is then, and the stage of a model whose colour it has."""

    name: str
    phase: str
    report: LayerReport


@dataclass(frozen=True)
class Twin:
    """The run beside it at its end, the states of both there, and the stage of a model whose colour it has."""

    name: str
    phase: str
    states: States
    ours: States

    @property
    def cka(self) -> list[float] | None:
        """Linear CKA of each layer between the two runs; None where they have not read the same tokens or have other layers."""
        if self.states.layers != self.ours.layers or self.states.ids.tolist() != self.ours.ids.tolist():
            return None
        return [linear_cka(theirs, ours) for theirs, ours in zip(self.states.states, self.ours.states, strict=True)]


def affordable(steps: Sequence[int], model: ModelSpec) -> list[int]:
    """The steps that are reported on: all where that takes some seconds, otherwise evenly chosen, the first and the last among them."""
    size = SIZES[model.size]
    return thin(steps, min(MOST_STEPS, max(3, AFFORDABLE // (size.layers * size.width))))


# Weights


def drift(child: Mapping[int, Inventory], phase: str) -> Layers:
    """How far the weights of each part have moved since the first step."""
    steps = sorted(child)
    first = child[steps[0]]
    tensors: dict[str, list[str]] = {}
    for name in first.names:
        tensors.setdefault(sublayer(name), []).append(name)
    parts = list(reversed(tensors))
    norms = dict(zip(first.names, first.norm.tolist(), strict=True))
    from_zero = {part for part in parts if not any(norms[name] for name in tensors[part])}
    far = {step: {part: moved(child[step], first, tensors[part]) for part in parts} for step in steps}
    shares = {step: {part: share for part, share in far[step].items() if part not in from_zero} for step in steps}
    body = [share for step in steps for part, share in shares[step].items() if part != HEAD]
    return {
        "title": "Weight drift",
        "about": DRIFT,
        "rows": parts,
        "most": 1.05 * max([*body, 1e-6]),  # a head may move many times its length
        "series": [
            {
                "name": "moved",
                "phase": phase,
                "mark": "dot",
                "steps": steps,
                "values": [[shares[step].get(part) for part in parts] for step in steps],
                "told": [[_length(far[step][part]) if part in from_zero else percent(far[step][part]) for part in parts] for step in steps],
            }
        ],
        "levels": [],
        "steps": steps,
        "said": [_drifted(shares[step]) if step > steps[0] else "Here it begins: nothing has moved yet." for step in steps],
    }


def percent(share: float) -> str:
    """A share, below 10 % to a tenth of a percent; only what has not moved at all is 0."""
    if share >= 0.0995:
        return words.figure(share, "%")
    return "0" if share == 0 else "<0.1 %" if share < 0.0005 else f"{100 * share:.1f} %"


def _length(length: float) -> str:
    return "0" if length == 0 else f"length {length:.2f}"


def _drifted(shares: Mapping[str, float]) -> str:
    """Which part has moved most and least, and which not at all."""
    moving = {part: share for part, share in shares.items() if share}
    if not moving:
        return "All but the head, which begins at zero, is frozen: it has not moved at all."
    most, least = max(moving, key=moving.__getitem__), min(moving, key=moving.__getitem__)
    said = f"{_capital(most)} has moved most, by {percent(moving[most])} of its length"
    said += f"; {least} least, by {percent(moving[least])}" if least != most else ""
    still = len(shares) - len(moving)
    return f"{said}. {still} of {len(shares)} parts are frozen: they have not moved at all." if still else f"{said}."


# Representations


def similarity(reports: Mapping[int, LayerReport], phase: str, twin: Twin | None = None) -> Layers:
    """How like the states of each layer are to what they were, and at its end to those of the run beside it."""
    steps = sorted(reports)
    any_report = reports[steps[0]]
    between = twin.cka if twin else None
    beside = [_series(f"with {twin.name}", twin.phase, "diamond", {steps[-1]: between}, cka)] if twin and between else []
    width = twin.ours.states.shape[-1] if twin else 0
    return {
        "title": "Representation similarity",
        "about": CKA.format(tokens=f"{any_report.tokens:,}", floor=f"{width / any_report.tokens:.2f}" if width else "0.1"),
        "rows": list(reversed(any_report.layers)),
        "most": 1.0,
        "series": [_series("with itself at step 0", phase, "dot", {step: reports[step].cka.tolist() for step in steps}, cka), *beside],
        "levels": [],
        "steps": steps,
        "said": [_alike(reports[step], twin.name if twin else "", between) for step in steps],
    }


def cka(value: float) -> str:
    """A CKA with two decimals, with four where two would make a 1 of what is none."""
    if not math.isfinite(value):
        return NO_NUMBER
    return f"{min(value, 0.9999):.4f}" if 0.995 <= value < 1 else f"{value:.2f}"


def _alike(report: LayerReport, other: str, between: Sequence[float] | None) -> str:
    """Which layer's representation has changed most and least, and which not at all."""
    found = {layer: float(value) for layer, value in zip(report.layers, report.cka, strict=True) if math.isfinite(value)}
    changed = {layer: value for layer, value in found.items() if value < 1}
    if not changed:
        return "Every layer has the very states it began with: CKA is 1.00 for all."
    most, least = min(changed, key=changed.__getitem__), max(changed, key=changed.__getitem__)
    said = f"The representation of {_named(most)} has changed most: CKA {cka(changed[most])}"
    said += f"; that of {_named(least)} least: {cka(changed[least])}" if least != most else ""
    same = [_named(layer) for layer in found if layer not in changed]
    said += (
        f". {_capital(' and '.join(same))} {'are' if len(same) > 1 or same[0] == 'the embeddings' else 'is'} as before." if same else "."
    )
    if between:
        nearest = max(range(len(between)), key=between.__getitem__)
        said += f" At the end it is most like {other} in {_named(report.layers[nearest])}: {cka(between[nearest])}."
    return said


# What is linearly readable


def probes(reports: Mapping[int, LayerReport], start: Start, phase: str, other: Start | None = None) -> Layers:
    """How much of the label a linear probe reads off each layer: as the run is, as it began, and from another start."""
    steps = sorted(reports)
    still = [(start, "ring"), *([(other, "diamond")] if other else [])]
    report = start.report
    return {
        "title": "Linear probes",
        "about": PROBE.format(learnt=report.learnt, asked=report.asked),
        "rows": list(reversed(report.layers)),
        "most": 1.0,
        "series": [
            _series("now", phase, "dot", {step: reports[step].accuracy.tolist() for step in steps}, _share),
            *(_series(each.name, each.phase, mark, {steps[0]: each.report.accuracy.tolist()}, _share) for each, mark in still),
        ],
        "levels": [{"name": CHANCE.format(chance=_share(report.chance)), "value": report.chance}],
        "steps": steps,
        "said": [_readable(reports[step], start, other) for step in steps],
    }


def _readable(now: LayerReport, start: Start, other: Start | None) -> str:
    """Where most can be read, and where the run has changed that by more than the examples asked leave to chance."""
    best = int(now.accuracy.argmax())
    said = f"Most can be read off {_named(now.layers[best])}: {_share(float(now.accuracy[best]))} of unseen examples"
    said += f", {_share(float(other.report.accuracy.max()))} at best from {other.name}. " if other else ". "
    gains = (now.accuracy - start.report.accuracy).tolist()
    at = max(range(len(gains)), key=lambda place: abs(gains[place]))
    before, after = float(start.report.accuracy[at]), float(now.accuracy[at])
    if now.step == start.report.step:
        return f"{said}Nothing has been learnt yet.".strip()
    doubt = 2 * sqrt((before * (1 - before) + after * (1 - after)) / now.asked)  # two standard errors of the difference
    if abs(gains[at]) <= doubt:
        return f"{said}No layer differs from step 0 by more than {now.asked} examples leave to chance."
    word = "gained" if gains[at] > 0 else "lost"
    return f"{said}{_capital(_named(now.layers[at]))} {word} most since step 0: {_share(before)} then, {_share(after)} now."


# All of them


def _series(name: str, phase: str, mark: str, figures: Mapping[int, Sequence[float]], told: Callable[[float], str]) -> Series:
    """Figures of the layers from the embeddings up, by step, as a series from the last layer down."""
    steps = sorted(figures)
    rows = [[float(value) for value in reversed(figures[step])] for step in steps]
    return {
        "name": name,
        "phase": phase,
        "mark": mark,
        "steps": steps,
        "values": [[round(value, 5) if math.isfinite(value) else None for value in row] for row in rows],
        "told": [[told(value) for value in row] for row in rows],
    }


def _share(share: float) -> str:
    return words.figure(share, "%")


def _named(layer: str) -> str:
    return f"the {layer}" if layer == "embeddings" else layer


def _capital(said: str) -> str:
    return f"{said[:1].upper()}{said[1:]}"
