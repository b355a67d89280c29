"""Two runs side by side: the settings that differ, their curves in one chart, and what each says of one sentence."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llmviz.core import catalogue
from llmviz.core.address import entries
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.experiment import LOSS
from llmviz.core.history import History
from llmviz.core.kept import Kept
from llmviz.core.spec import RunSpec, others
from llmviz.experiments.lab_book.view import named, phase, settings
from llmviz.parts.curves.payload import Curves
from llmviz.views import words
from llmviz.views.about import LINES, lines
from llmviz.views.curve import thin

NOT_COMPARABLE = "These two learn different things, so their figures measure different things: each has a chart of its own."
NOTHING_YET = "not said yet"


@dataclass(frozen=True)
class Side:
    """One of two runs: what is kept of it, all it said, and the name it goes by, A or B."""

    name: str
    kept: Kept
    history: History

    @property
    def spec(self) -> RunSpec:
        """What it trains. Only runs that can be read are compared."""
        assert self.kept.spec
        return self.kept.spec


@dataclass(frozen=True)
class Said:
    """What a run makes of a sentence: what it was asked, its likeliest answers with their probabilities, or why there is none."""

    asked: str
    answers: Sequence[tuple[str, float]] = ()
    refusal: str = ""


def title(side: Side) -> str:
    """`A · Masked tokens`."""
    return f"{side.name} · {named(side.spec)}"


def differing(one: RunSpec, other: RunSpec) -> list[tuple[str, str, str]]:
    """The settings in which two runs differ, through all their ancestors: label, here, there; "–" where one has no such setting."""
    here, there = _settings(one), _settings(other)
    labels = [*here, *(label for label in there if label not in here)]
    found = [(label, here.get(label, "–"), there.get(label, "–")) for label in labels]
    return [line for line in found if line[1] != line[2]]


def _settings(spec: RunSpec) -> dict[str, str]:
    """Every setting of a run by its label, those of its ancestors with their stage before it, of those in another role with that."""
    said = {"Stage": named(spec)}
    for entry in entries(spec):
        said[entry.setting.label] = words.value(entry.value)
    for parent in spec.lineage[:-1]:
        said |= _of(parent, named(parent))
    for role, given in others(spec.inputs).items():
        if isinstance(given, Checkpoint):
            said[role.capitalize()] = given.title
            continue
        said |= {role.capitalize(): named(given), **_of(given, role.capitalize())}
        for parent in given.lineage[:-1]:
            said |= _of(parent, f"{role.capitalize()}, {named(parent)}")
    return said


def _of(spec: RunSpec, name: str) -> dict[str, str]:
    """The settings of an ancestor, with this name before them."""
    return {f"{name}: {label}": value for label, value in _settings_alone(spec).items() if label not in ("Text", "Size", "Architecture")}


def _settings_alone(spec: RunSpec) -> dict[str, str]:
    return {entry.setting.label: words.value(entry.value) for entry in entries(spec)}


def charts(one: Side, other: Side) -> list[Curves]:
    """The charts to draw: one for the headline and one for the first share both measure; of different stages the headline of each alone."""
    experiment = catalogue.experiment(one.spec.stage)
    if one.spec.stage != other.spec.stage:
        return [_chart(catalogue.experiment(side.spec.stage).headline.name, [side]) for side in (one, other)]
    shares = [metric.name for metric in experiment.metrics if metric.unit == "%" and metric is not experiment.headline]
    both = [name for name in shares if all(name in side.history.scores for side in (one, other))]
    return [_chart(name, [one, other]) for name in [experiment.headline.name, *both[:1]]]


def _chart(metric: str, sides: Sequence[Side]) -> Curves:
    named = next(item for item in catalogue.experiment(sides[0].spec.stage).metrics if item.name == metric)
    drawn = [side for side in sides if side.history.scores.get(metric)]
    references = sides[0].history.begin.references if sides[0].history.begin else {}
    same = all(side.spec.text == sides[0].spec.text and side.spec.objective == sides[0].spec.objective for side in sides)
    bounds = lines(catalogue.experiment(sides[0].spec.stage)) if metric == LOSS else {named.bound: ("best possible", "")}
    return {
        "kind": "overlay",
        "title": named.title if len(sides) > 1 else f"{sides[0].name}: {named.title}",
        "about": "" if named.unit == "%" else named.unit,
        "empty": "",
        "share": named.unit == "%",
        "low": 0.0,
        "unit": "step",
        "total": max(side.spec.train.steps for side in sides),
        "ticks": [],
        "log": False,
        "marked": None,
        "lines": [
            {
                "name": side.name,
                "phase": phase(side.spec),
                "dash": "" if side.name == "A" else "6 4",
                "steps": thin(side.history.scores[metric].steps),
                "values": [round(value, 4) for value in thin(side.history.scores[metric].values)],
            }
            for side in drawn
        ],
        "bounds": [{"name": bounds[name][0], "value": round(references[name], 4)} for name in bounds if same and name in references],
    }


def table(one: Side, other: Side) -> str:
    """What differs between the two, and what each measured, as one table of HTML."""
    lines = [("", title(one), title(other))]
    lines += differing(one.spec, other.spec)
    names = {metric.name: metric for side in (one, other) for metric in catalogue.experiment(side.spec.stage).metrics}
    for name, metric in names.items():
        values = [side.kept.metrics.get(name) for side in (one, other)]
        if any(value is not None for value in values):
            here, there = ("–" if value is None else words.measured(value, metric.unit) for value in values)
            lines.append((metric.title, here, there))
    lines.append(("training", words.duration(one.kept.seconds), words.duration(other.kept.seconds)))
    rows = ["".join(f"<td>{html.escape(cell)}</td>" for cell in line) for line in lines[1:]]
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in lines[0])
    same = "" if differing(one.spec, other.spec) else "<p>Their settings are the same.</p>"
    return f"<div class='compared'>{same}<table><tr>{head}</tr><tr>{'</tr><tr>'.join(rows)}</tr></table></div>"


def said(side: Side, answer: Said) -> str:
    """What one run says, as bars of HTML."""
    rows = "".join(_bar(word, share) for word, share in answer.answers)
    body = rows or f"<p>{html.escape(answer.refusal or NOTHING_YET)}</p>"
    about = html.escape(settings(side.spec))
    return (
        f"<div class='said {phase(side.spec)}'><h4>{html.escape(title(side))}</h4><p class='soft'>{about}</p>"
        f"<p>{html.escape(answer.asked)}</p>{body}</div>"
    )


def _bar(word: str, share: float) -> str:
    return f"<div class='row'><span>{html.escape(word)}</span><i style='--share:{share:.4f}'></i><b>{_percent(share)}</b></div>"


def _percent(share: float) -> str:
    return "&lt;1 %" if 0 < share < 0.005 else f"{share:.0%}".replace("%", " %")


def figures(kept: Kept) -> Mapping[str, tuple[str, str]]:
    """Each metric by its title: its value, and what bounds it, `best possible 88 %`, `floor 0.29`, or ""."""
    if not kept.spec:
        return {}
    found = {}
    for metric in catalogue.experiment(kept.spec.stage).metrics:
        if metric.name in kept.metrics:
            bound = kept.metrics.get(metric.bound)
            name = "best possible" if metric.unit == "%" else LINES["floor"][0]
            told = "" if bound is None else f"{name} {words.measured(bound, metric.unit)}"
            found[metric.title] = (words.measured(kept.metrics[metric.name], metric.unit), told)
    return found
