"""What models reply to the visitor's request, each a row; and the models that a run was made from."""

from dataclasses import replace

from llmviz.core import catalogue
from llmviz.core.questions.replies import Replied, ReplyTo
from llmviz.core.spec import RunSpec, base
from llmviz.runs.engine import Engine
from llmviz.ui import ask, live, visit
from llmviz.ui.live import Seen
from llmviz.views import words
from llmviz.views.replies import Row
from llmviz.views.sides import Side


def row(engine: Engine, seen: Seen, side: Side, asked: ReplyTo, slot: str) -> tuple[Row, str]:
    """One model's row, and why it has nothing to say."""
    if seen.run is None or not seen.history.snapshots:
        return Row(side), ""
    found: ask.Asked[Replied] = ask.answers(engine, seen.run, seen.history.snapshots, asked, seen.patience, slot)
    if found.refusal:
        return Row(replace(side, empty="There is no reply to this; the line below says why.")), words.sentence(found.refusal)
    return Row(replace(side, empty="The reply is on its way.", action=""), found.known), ""


def before(engine: Engine) -> list[tuple[Side, Seen]]:
    """The models that the run of the page was made from, the first first, as their runs ended. Of pretrainings, the last alone."""
    address, found = visit.current(), []
    lineage, begins = address.spec.lineage, base(address.spec)
    for spec in lineage[lineage.index(begins) if begins else 0 : -1]:
        seen = live.look(engine, address.parent) if address.parent and spec == address.spec.parent else live.latest(engine, spec)
        found.append((_side(spec, spec == begins), last(seen)))
    return found


def last(seen: Seen) -> Seen:
    """The run with its last snapshot alone."""
    return replace(seen, history=replace(seen.history, snapshots=seen.history.snapshots[-1:]))


def _side(spec: RunSpec, base: bool) -> Side:
    experiment = catalogue.experiment(spec.stage)
    title, about = ("Base", "goes on with a text") if base else (experiment.short, experiment.exercise)
    return Side(title, about, experiment.colour, "last", "Not on this machine yet: it is trained before the model of this page.")
