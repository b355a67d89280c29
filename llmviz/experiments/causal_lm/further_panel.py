"""What folds out below *Next token*: beam search as a tree, and the same beginning through models of three sizes."""

import html
from dataclasses import dataclass

import streamlit as st

from llmviz.core.address import change
from llmviz.core.run import RunRef
from llmviz.core.settings import SIZES
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done
from llmviz.experiments.causal_lm import beams_view, dials_panel, view
from llmviz.experiments.causal_lm.question import Search
from llmviz.runs.engine import Engine
from llmviz.ui import ask, lesson, live, parts, sentence, states, visit
from llmviz.ui.live import Seen
from llmviz.views import words

MORE = {"beams": "Beam search", "sizes": "Three sizes of model"}
REFUSED = "further_refused"


def fold(engine: Engine, seen: Seen) -> None:
    """Draw the choice and what is chosen; nothing is asked of a model before."""
    with st.container(key="more_area"):
        st.session_state["more"] = dials_panel.view().more or None
        st.segmented_control("Look further", list(MORE), key="more", format_func=MORE.__getitem__, on_change=_chosen)
        match dials_panel.view().more:
            case "beams":
                st.fragment(lambda: _beams(engine, seen), run_every=live.EVERY if seen.under_way else None, key="beams")()
            case "sizes":
                shown = [_found(engine, size) for size in SIZES]
                busy = any(size.seen.under_way for size in shown)
                st.fragment(lambda: _sizes(engine, busy), run_every=live.EVERY if busy else None, key="sizes")()


def _chosen() -> None:
    visit.set(more=st.session_state["more"] or "")


def _beams(engine: Engine, seen: Seen) -> None:
    now = live.look(engine, seen.run) if seen.under_way else seen
    text, _ = sentence.shown(visit.current())
    st.session_state["dial_width"] = dials_panel.view().width
    left, right = st.columns([0.88, 0.12], vertical_alignment="center")
    left.markdown(
        "Drawing decides one token at a time. Beam search follows several continuations at once and keeps those that are likeliest as a "
        "whole; nothing is left to chance, and no filter applies."
    )
    right.number_input("Beams", 1, 5, key="dial_width", on_change=_widened)
    if now.run is None or not now.history.snapshots:
        st.caption("The tree appears here as soon as there is a trained model.")
        return
    asked = ask.answers(engine, now.run, now.history.snapshots, Search(text, dials_panel.view().width), now.patience, slot="beams")
    if asked.refusal:
        st.caption(lesson.sentence(asked.refusal))
        return
    parts.tree({**live.shared(now), **beams_view.tree(asked.known, text, dials_panel.view().width)}, key="tree")


def _widened() -> None:
    visit.set(width=st.session_state["dial_width"])


@dataclass(frozen=True)
class _Size:
    """A size of model, the spec that differs from the page's in nothing else, and what has become of it."""

    name: str
    spec: RunSpec
    seen: Seen


def _found(engine: Engine, size: str) -> _Size:
    spec = change(visit.current().spec, {"size": size})
    run: RunRef | None = engine.recorded(spec) or engine.find(spec)
    return _Size(size, spec, live.look(engine, run))


def _sizes(engine: Engine, busy: bool) -> None:
    sizes = [_found(engine, size) for size in SIZES]
    text, _ = sentence.shown(visit.current())
    st.markdown("The same beginning, the same draws, the same steps of training; only the number of parameters differs.")
    for size in sizes:
        _size(engine, size, text)
    if refused := st.session_state.pop(REFUSED, ""):
        st.caption(lesson.sentence(refused))
    if busy != any(size.seen.under_way for size in sizes):
        st.rerun()  # begins or ends the watching


def _size(engine: Engine, size: _Size, text: str) -> None:
    seen = size.seen
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        with st.container(width=190):
            st.markdown(f"About **{words.size(size.name)}** parameters  \n{_measured(seen)}")
        if seen.run is None:
            st.button(f"Train {words.size(size.name)}", key=f"train_{size.name}", on_click=_train, args=(engine, size.spec))
            return
        said = states.line(seen.status, seen.history, size.spec).text if seen.status and seen.under_way else ""
        if not seen.history.snapshots:
            st.markdown(lesson.plain(said or "It has kept no weights."))
            return
        question = dials_panel.view().question(text)
        asked = ask.answers(engine, seen.run, seen.history.snapshots[-1:], question, seen.patience, slot=f"size-{size.name}")
        written = asked.known.get(seen.history.snapshots[-1])
        st.html(view.running(text, written) if written else f"<p>{html.escape(words.sentence(asked.refusal) or '…')}</p>")
        if said:
            st.caption(lesson.plain(said))


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


def _train(engine: Engine, spec: RunSpec) -> None:
    try:
        engine.train(spec, visit.viewer())
    except ValueError as problem:
        st.session_state[REFUSED] = str(problem)
