"""What changed inside: weight drift, CKA and linear probes layer by layer, and the last hidden states on a map; all on unseen texts."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from llmviz.core.questions.layers import HiddenStates, Layers, Project
from llmviz.core.questions.tensors import Tensors
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.runs.engine import Engine
from llmviz.ui import ask, lesson, live, parts, sentence, study, visit
from llmviz.ui.beside import beside
from llmviz.ui.closer import Draw, step_of
from llmviz.ui.live import Seen
from llmviz.views import layers as view
from llmviz.views import projection, words

CONFIG = {"displaylogo": False, "modeBarButtons": [["toImage"]], "toImageButtonOptions": {"format": "svg", "filename": "embedding-map"}}
MAP = (
    "Principal components (PCA) of the last hidden states of unseen {examples}, fitted once to those of the first and the last snapshot "
    "together: the axes stay, the points move with the slider above when it is let go."
)
READING = "Unseen texts are read through every layer."


class Own(NamedTuple):
    """What the visitor has written: a text; of a passage also what is asked of it, and from which word to which the answer goes."""

    text: str
    question: str = ""
    begin: int = 0
    end: int = 0


def own_text(engine: Engine, seen: Seen, run: RunRef) -> Own:
    """The sentence of the page."""
    return Own(sentence.shown(visit.current())[0])


def of(labelled: str, examples: str, own: Callable[[Engine, Seen, RunRef], Own] = own_text) -> Draw:
    """The look inside a run that learns from such labels. `examples` is what a page calls what is labelled."""

    def draw(engine: Engine, seen: Seen, run: RunRef) -> None:
        spec, steps, shared = visit.current().spec, seen.history.snapshots, live.shared(seen)
        phase, other = "finetuned" if spec.start else "random", beside(engine, spec)
        tensors = ask.answers(engine, run, steps, Tensors(steps[0]), None, "tensors")
        if tensors.refusal:
            st.markdown(lesson.sentence(tensors.refusal))
            return
        left, right = st.columns(2, gap="large")
        with left:
            parts.layers(view.drift(tensors.known, phase), shared, key="drift")
        with right, st.spinner(READING):
            question = Layers(spec.text.name, labelled, steps[0])
            reports = ask.answers(engine, run, view.affordable(steps, spec.model), question, None, "layers")
            if reports.refusal:
                st.markdown(lesson.sentence(reports.refusal))
                return
            parts.layers(view.similarity(reports.known, phase, _twin(engine, seen, run, other, labelled)), shared, key="similarity")
        left, right = st.columns(2, gap="large")
        with left:
            name, begun = ("pretrained", "pretrained") if spec.start else ("random start", "random")
            start = view.Start(name, begun, reports.known[min(reports.known)])
            parts.layers(view.probes(reports.known, start, phase, _start(engine, spec, other, labelled)), shared, key="probes")
        with right:
            _map(engine, seen, run, Project(spec.text.name, labelled, steps[0], steps[-1], *own(engine, seen, run)), examples)

    return draw


def _start(engine: Engine, spec: RunSpec, other: Seen, labelled: str) -> view.Start | None:
    """The run beside it before it learnt, if there is one."""
    if other.run is None or not other.history.snapshots:
        return None
    step = other.history.snapshots[0]
    asked = ask.answers(engine, other.run, [step], Layers(spec.text.name, labelled, step), None, "layers from another start")
    name, phase = ("random start", "random") if spec.start else ("pretrained", "pretrained")
    return view.Start(name, phase, asked.known[step]) if step in asked.known else None


def _twin(engine: Engine, seen: Seen, run: RunRef, other: Seen, labelled: str) -> view.Twin | None:
    """The run beside it at its end, if it has ended, and the states of both; this run as far as it has come."""
    if other.run is None or not (other.ended and other.history.snapshots):
        return None
    spec = visit.current().spec
    question, last, ours = HiddenStates(spec.text.name, labelled), other.history.snapshots[-1], seen.history.snapshots[-1]
    theirs = ask.answers(engine, other.run, [last], question, None, "states of the other")
    own = ask.answers(engine, run, [ours], question, None, "states")
    if last not in theirs.known or ours not in own.known:
        return None
    name, phase = ("the one from scratch", "random") if spec.start else ("the pretrained one", "finetuned")
    return view.Twin(name, phase, theirs.known[last], own.known[ours])


def _map(engine: Engine, seen: Seen, run: RunRef, question: Project, examples: str) -> None:
    """The last hidden states at the snapshot on which the slider was let go."""
    steps = view.affordable(seen.history.snapshots, visit.current().spec.model)
    asked = ask.answers(engine, run, steps, question, None, "projection")
    if not asked.known:
        st.markdown(lesson.sentence(asked.refusal))
        return
    step = max(each for each in asked.known if each <= max(step_of(seen), min(asked.known)))
    st.markdown(f"**Embedding map**, at step {step:,}  \n{lesson.plain(projection.said(asked.known, step))}")
    size, height = study.pixels()
    st.plotly_chart(projection.figure(asked.known, step, size), width="stretch", height=height, key="embedding_map", config=CONFIG)
    st.caption(f"{MAP.format(examples=examples)} {_marked(question, asked.known[step].own_shown)}")


def _marked(question: Project, own: tuple[str, ...]) -> str:
    if not own:
        return "What stands above could not be placed among them." if question.own.strip() else ""
    return "The star is your own text." if len(own) == 1 else f"The stars are the {words.counted(len(own), 'word')} of your own text."
