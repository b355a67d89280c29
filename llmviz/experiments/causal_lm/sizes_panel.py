"""Three sizes of GPT below *Next token*: a study along the number of parameters, and how each goes on from the visitor's beginning."""

import html

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.recorded import seeds
from llmviz.core.spec import RunSpec
from llmviz.core.study import Axis, Study, Value
from llmviz.core.update import Done
from llmviz.experiments.causal_lm import dials_panel, view
from llmviz.experiments.causal_lm.row_panel import row
from llmviz.runs.engine import Engine
from llmviz.ui import ask, lesson, live, sentence, states, study, visit
from llmviz.ui.live import Seen
from llmviz.ui.study import Series
from llmviz.views import words

KEY = "sizes"
COMPARED = ("0.1M", "0.3M", "1M")  # a larger one takes hours
LINES = ("floor", "trigram", "unigram")
ABOUT = "The same beginning, the same draws, the same steps of training; only the number of parameters differs."


def of(base: RunSpec) -> Study:
    """The same run with each of the sizes, first with the seed of the base."""
    values = tuple(Value(words.size(name), (name,)) for name in COMPARED)
    return Study(base, Axis("parameters, about", ("size",)), values, seeds(base.seed))


def draw(engine: Engine) -> None:
    """Draw what trains the sizes, what each of them writes, and their loss along the axis."""
    spec = visit.current().spec
    series = [Series("GPT", "pretrained", of(spec))]
    st.markdown(ABOUT)
    study.row(KEY, series)
    busy = study.moving(KEY, series)
    st.fragment(lambda: _texts(engine, series[0].study), run_every=live.EVERY if busy else None, key="sizes")()
    if not visit.current().lecture:  # whose screen the candidates and the three texts fill
        study.chart(KEY, series, catalogue.experiment(spec.stage).headline, LINES)


def _texts(engine: Engine, sizes: Study) -> None:
    text, _ = sentence.shown(visit.current())
    for value, spec in zip(sizes.values, sizes.first(1).specs(), strict=True):
        _size(engine, value.label, spec, live.latest(engine, spec), text)


def _size(engine: Engine, name: str, spec: RunSpec, seen: Seen, text: str) -> None:
    label = f"About **{name}** parameters  \n{_measured(seen)}"
    said = states.line(seen.status, seen.history, spec).text if seen.status and seen.under_way else ""
    if seen.run is None or not seen.history.snapshots:
        row(label, "", lesson.plain(said))
        return
    question = dials_panel.view().question(text)
    asked = ask.answers(engine, seen.run, seen.history.snapshots[-1:], question, seen.patience, slot=f"size-{spec.model.size}")
    written = asked.known.get(seen.history.snapshots[-1])
    shown = view.running(text, written) if written else f"<p>{html.escape(words.sentence(asked.refusal) or '…')}</p>"
    row(label, shown, lesson.plain(said))


def _measured(seen: Seen) -> str:
    """The loss of the run, on test text where it has ended."""
    end = seen.history.end
    if isinstance(end, Done) and "loss" in end.metrics:
        floor = f" · floor {words.figure(end.metrics['floor'])}" if "floor" in end.metrics else ""
        return f"loss {words.figure(end.metrics['loss'])}{floor} on test text"
    loss = seen.history.scores.get("loss")
    if loss and loss.last is not None:
        return f"loss {words.figure(loss.last)} so far"
    return "not trained yet" if seen.run is None else "starting"
