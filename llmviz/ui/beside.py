"""A fine-tuned run and its rival, the same recipe from another start: found, named, measured, and the second trained beside the first."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from llmviz.core.experiment import Metric
from llmviz.core.history import Curve, History
from llmviz.core.kept import Kept
from llmviz.core.rival import rival
from llmviz.core.spec import RunSpec
from llmviz.runs.engine import Engine
from llmviz.ui import controls, live, parts, question, visit
from llmviz.ui.live import Seen
from llmviz.views import accuracy_bars, words
from llmviz.views.rivals import Terms
from llmviz.views.sides import Side


def beside(engine: Engine, spec: RunSpec) -> Seen:
    """The run of the rival as it is now, if there is one: the recording, else the newest on this machine."""
    other = rival(spec)
    return live.latest(engine, other) if other else live.look(engine, None)


def claim(engine: Engine, seen: Seen, terms: Terms, quiz: str) -> str:
    """The title of a page: what the two runs it shows have come to, or that its own is below a baseline.

    A question while the rival's figure is withheld, under the key of the page's `quiz`.
    """
    spec = visit.current().spec
    if below := terms.shortfall(spec, seen.history):
        return below
    theirs = History() if question.withheld(quiz) else beside(engine, spec).history
    return terms.claim(spec.objective.labels, *((seen.history, theirs) if spec.start else (theirs, seen.history)))


def predict(engine: Engine, seen: Seen, terms: Terms, quiz: str) -> None:
    """Draw the page's quiz: how far the same labels come from another start. The other run tells, once it is done."""
    spec = visit.current().spec
    other = beside(engine, spec)
    reveal = (lambda: terms.outcome(seen.history, other.history)) if other.ended else None
    question.draw(question.GUESS, terms.quiz(spec), quiz, reveal, never="The model beside it has not been measured yet.")


def train(engine: Engine, spec: RunSpec) -> None:
    """Train the rival of this spec beside the run the page shows. A refusal of the engine is said below the buttons."""
    other = rival(spec)
    if other is None:
        return
    controls.attempt(lambda: engine.train(other, visit.viewer()))


def accuracies(engine: Engine, seen: Seen, other: Seen, metric: Metric, title: str, withheld: str = "") -> None:
    """Draw how well the run and its rival do by this metric, with the bands of their siblings. `withheld` stands for the rival's share."""
    spec = visit.current().spec
    shelf, came_with = engine.shelf(), accuracy_bars.finished(engine.learning_curves())
    validated = _validated(engine, metric, [each for each in (spec, rival(spec)) if each], shelf)
    ended = [*came_with, *shelf]
    drawn = accuracy_bars.accuracies(metric, title, spec, seen.history, rival(spec), other.history, ended, validated, withheld)
    with st.container(key="accuracy_area"):
        parts.accuracy_bars(drawn, live.shared(seen), key="accuracy_bars")


def _validated(engine: Engine, metric: Metric, specs: Sequence[RunSpec], shelf: Sequence[Kept]) -> dict[str, float]:
    """The last share on validation examples of all siblings of these, by the id of their spec, where it is known."""
    came_with = {each.spec.id: each.scores[metric.name][-1] for each in engine.learning_curves() if each.scores.get(metric.name)}
    found = {id: each for spec in specs for id, each in accuracy_bars.siblings(metric, spec, shelf).items() if id not in came_with}
    read = {id: engine.history(each.run).scores.get(metric.name, Curve()).last for id, each in found.items()}
    return {**came_with, **{id: share for id, share in read.items() if share is not None}}


def sides(spec: RunSpec, seen: Seen, other: Seen, count: int | None = None) -> tuple[Side, Side, Side]:
    """The run before it learnt, the run as it learns, and its rival. They have `count` labels, where those are not as many as were set."""
    labels = words.counted(spec.objective.labels if count is None else count, "label")
    phase = "finetuned" if spec.start else "random"
    begun = words.starts(spec)
    about = f"{begun}, then {labels}, {words.counted(spec.train.steps, 'step')}"
    after = Side("After", about, phase, empty=live.untold(seen))
    third = _third(spec, other, labels)
    if not seen.history.snapshots:  # there is no slider to follow
        third = replace(third, pinned="last")
    knows = "pretrained; its new head begins at zero" if spec.start else "random weights: knows nothing"
    before = replace(after, title="Before", about=knows, phase="pretrained" if spec.start else "random", pinned="first")
    return before, after, third


def _third(spec: RunSpec, other: Seen, labels: str) -> Side:
    if spec.foreign:
        small = rival(spec)
        size = f"{words.size(small.model.size)} parameters" if small else ""
        side = Side("The small one", f"{size}, pretrained here, the same {labels}", "finetuned", action="Train the small one too")
    elif spec.start:
        side = Side("From scratch", f"random start, the same {labels}", "random", action="Train from scratch too")
    else:
        side = Side("With pretraining", f"pretrained, then the same {labels}", "finetuned", action="Train with pretraining too")
    if rival(spec) is None:
        return replace(side, empty="No model of this kind was pretrained on these texts.", action="")
    if other.run is not None and other.history.snapshots:
        return replace(side, action="")
    if other.under_way:
        return replace(side, empty=live.untold(other, ""), action="")
    return replace(side, empty="Not trained with these settings yet.")
