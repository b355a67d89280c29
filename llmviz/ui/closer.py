"""Below a picture, one at a time and only when asked for: a closer look, chosen from tabs that lie in the address."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import streamlit as st

from llmviz.core.checkpoint import Checkpoint
from llmviz.core.questions.attention import Attend
from llmviz.core.questions.tensors import Inventory, Tensors
from llmviz.core.run import RunRef
from llmviz.core.settings import setting
from llmviz.runs.engine import Engine
from llmviz.ui import ask, lesson, live, parts, sentence, visit
from llmviz.ui.live import Seen
from llmviz.views import attention as maps
from llmviz.views import frozen
from llmviz.views import network as networks

CLOSED = ""
TAB = "closer"
NOT_YET = "There is nothing to look into yet. Press Train live."
Draw = Callable[[Engine, Seen, RunRef], None]


class Tab(NamedTuple):
    """One look: what its button says, and what draws it. `always` where it needs no snapshot of the run that the page shows."""

    title: str
    draw: Draw
    always: bool = False


def chosen(*names: str) -> str:
    """The field of a page's settings, called `tab`, that says which of these tabs is open."""
    field: str = setting(CLOSED, "Look closer", "What is unfolded below.", choices=(CLOSED, *names))
    return field


def closer(engine: Engine, seen: Seen, tabs: Mapping[str, Tab]) -> None:
    """Draw the choice, and what is chosen."""
    tab = visit.current().view.tab
    st.session_state[TAB] = tab or None
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="closer_row"):
        st.markdown("**Look closer**", width="content")
        st.segmented_control(
            "Look closer", list(tabs), format_func=lambda name: tabs[name].title, key=TAB, label_visibility="collapsed", on_change=_turn
        )
    if not tab:
        return
    with st.container(key="closer_area"):
        if seen.run is None or not (seen.history.snapshots or tabs[tab].always):
            st.markdown(NOT_YET)
        else:
            tabs[tab].draw(engine, seen, seen.run)


def step_of(seen: Seen) -> int:
    """The snapshot the slider was let go on."""
    wanted = visit.current().step
    return max((step for step in seen.history.snapshots if wanted is None or step <= wanted), default=seen.history.snapshots[0])


def attention(engine: Engine, seen: Seen, run: RunRef) -> None:
    """Where each head looks before and after, and the difference."""
    address = visit.current()
    text, _ = sentence.shown(address)
    tokens, _ = ask.read(engine, run, text)
    steps = maps.affordable(seen.history.snapshots, address.spec.model, len(tokens))
    asked = ask.answers(engine, run, steps, Attend(text), None, "attention")
    if not asked.known:
        st.markdown(lesson.sentence(asked.refusal) or "The maps are on their way.")
        return
    payload = maps.maps(tokens, address.spec.model, asked.known, {}, "")
    parts.attention_diff(payload, live.shared(seen), key="attention_diff")


def network(engine: Engine, seen: Seen, run: RunRef) -> None:
    """What the network has of its parent, by hashes of both snapshots, what of it the method trains, and how far each layer moves."""
    steps = seen.history.snapshots
    asked = ask.answers(engine, run, steps, Tensors(steps[0]), None, "tensors")
    if asked.refusal:
        st.markdown(lesson.sentence(asked.refusal))
        return
    parent, why = _parent(engine)
    method = getattr(visit.current().spec.objective, "method", frozen.FULL)
    parts.network(networks.network(parent, asked.known, method), live.shared(seen), key="network")
    if why:
        st.caption(why)


def _parent(engine: Engine) -> tuple[Inventory | None, str]:
    """The last snapshot of the run this one starts from, or why there is none to compare with."""
    address = visit.current()
    start = address.spec.start
    if start is None:
        return None, ""
    try:
        if isinstance(start, Checkpoint):
            raise ValueError("this page opens no checkpoint that a run started from")
        run = address.parent or engine.recorded(start) or engine.find(start)
        if run is None:
            raise ValueError("the run it starts from is not on this machine")
        last = engine.history(run).snapshots[-1]
        return engine.answer(run, [last], Tensors(last), visit.teaches())[0], ""
    except (ValueError, IndexError) as problem:
        return None, f"{lesson.sentence(str(problem))} So what was copied cannot be shown."


def _turn() -> None:
    visit.set(tab=st.session_state[TAB] or CLOSED)
