"""Two choices beside the buttons of a page: how many labels, and what the model starts from."""

from dataclasses import replace

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.address import change
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.rival import labelled_as
from llmviz.core.run import RunRef
from llmviz.core.spec import NO_PARENT, RunSpec, adapted, begun, preset, restarted
from llmviz.runs.engine import Engine
from llmviz.runs.real_models import FILLS, Offer
from llmviz.ui import controls, real, visit
from llmviz.ui.engine import real_models
from llmviz.ui.live import Seen

COUNTS = (2, 4, 8, 16, 32, 64, 128, 256, 512)
LABELS, ORIGIN = "label_count", "origin"
READY = ("done", "recorded")
REAL = "real:"  # before the name of a model from elsewhere, among the choices
WANTED = "real_start"  # session key: the one that is chosen and not yet started from


def row(engine: Engine, seen: Seen, most: int = COUNTS[-1]) -> None:
    """Draw the choices, with at `most` so many labels. They are closed to whoever steers a run under way."""
    spec = visit.current().spec
    st.session_state[LABELS] = spec.objective.labels
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="choices_row"):
        st.selectbox(
            "Labels",
            sorted({*(count for count in COUNTS if count <= most), spec.objective.labels}),
            format_func=lambda count: f"{count:,} labels",
            key=LABELS,
            disabled=seen.steered,
            label_visibility="collapsed",
            on_change=_count,
            width=122,
        )
        origin(engine, seen)


def origin(engine: Engine, seen: Seen) -> None:
    """Draw the choice of what it starts from alone."""
    spec = visit.current().spec
    parents = _parents(engine, spec)
    st.session_state[ORIGIN] = _present(spec, visit.current().parent, parents)
    st.selectbox(
        "Starts from",
        list(parents),
        format_func=parents.__getitem__,
        key=ORIGIN,
        disabled=seen.steered,
        label_visibility="collapsed",
        on_change=_start,
        args=(engine,),
        width=240,
    )


def _parents(engine: Engine, spec: RunSpec) -> dict[str, str]:
    """What a run may start from, by the spelling of addresses, each with what a visitor reads."""
    stage = catalogue.experiment(spec.stage)
    origins = catalogue.origins(stage, spec.text.name)
    listed = {name or NO_PARENT: f"from {catalogue.experiment(name).title}" if name else f"from {_named(None)}" for name in origins}
    usual = {_default(name, spec).id for name in origins if name}
    for kept in engine.shelf():
        origin = kept.spec
        if origin is None or kept.recorded or kept.state not in READY or origin.id in usual:
            continue
        if origin.stage in stage.starts and origin.text.name in stage.texts:
            listed[kept.run.key] = f"from {_named(origin)}"
    if stage.adapting:
        listed |= {f"{REAL}{each.name}": f"from {each.title}, by LoRA" for each in real.offers() if each.does != FILLS}
    present = _present(spec, visit.current().parent, listed)
    if present not in listed:
        listed[present] = f"from {_named(spec.start)}"
    return listed


def _named(start: RunSpec | Checkpoint | None) -> str:
    match start:
        case RunSpec():
            return f"run {start.id[:6]}: {catalogue.experiment(start.stage).title}, seed {start.seed}"
        case Checkpoint():
            return start.title
    return "random weights"


def _default(stage: str, spec: RunSpec) -> RunSpec:
    return preset(stage, spec.text)


def _present(spec: RunSpec, parent: RunRef | None, listed: dict[str, str]) -> str:
    """Which of the choices stands."""
    if wanted := st.session_state.get(WANTED):
        return f"{REAL}{wanted}"
    if parent:
        return parent.key
    start = spec.start
    if start is None:
        return NO_PARENT
    if spec.foreign:
        return next((f"{REAL}{each.name}" for each in real.offers() if real.started_from(each) == start), start.id)
    if isinstance(start, RunSpec) and start == _default(start.stage, spec):
        return start.stage
    return next((key for key in listed if key.startswith(start.id)), start.id)


def _count() -> None:
    visit.change(spec=change(visit.current().spec, {"labels": st.session_state[LABELS]}), run=None, step=None)


def _start(engine: Engine) -> None:
    chosen, spec = st.session_state[ORIGIN], visit.current().spec
    st.session_state.pop(WANTED, None)
    if chosen in (*catalogue.BY_NAME, NO_PARENT):
        visit.change(spec=change(spec, {"parent": chosen}), parent=None, run=None, step=None)
        return
    if chosen.startswith(REAL):
        st.session_state[WANTED] = chosen.removeprefix(REAL)
        return
    run = next((kept.run for kept in engine.shelf() if kept.run.key == chosen), None)
    if run:
        origin = engine.spec(run)
        fresh = begun(spec.stage, origin, origin.text)
        fresh = labelled_as(fresh, spec) if spec.foreign else replace(fresh, objective=spec.objective, seed=spec.seed)
        visit.change(spec=fresh if spec.foreign or origin.text != spec.text else restarted(spec, origin), parent=run, run=None, step=None)


def real_start() -> None:
    """Draw the real model that was chosen to start from, where it has to be taken in first; once it is there, the page starts from it."""
    if name := st.session_state.get(WANTED):
        with st.container(key="real_start", border=True):
            real.panel(name, _start_from)


def _start_from(offer: Offer, _: RunRef) -> None:
    del st.session_state[WANTED]
    spec = visit.current().spec
    try:
        fresh = labelled_as(adapted(spec.stage, *real_models().checkpoint(offer)), spec)
    except ValueError as problem:
        st.session_state[controls.REFUSED] = str(problem)
    else:
        visit.change(spec=fresh, parent=None, run=None, step=None)
    st.rerun()
