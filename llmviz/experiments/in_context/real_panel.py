"""A real model on *Prompting*: the same prompts through it and through the run of the page."""

import streamlit as st

from llmviz.core.run import RunRef
from llmviz.experiments.in_context import panel, prompt_view, real_view
from llmviz.experiments.in_context.question import Name
from llmviz.runs.engine import Engine
from llmviz.runs.real_models import WRITES, Offer
from llmviz.ui import ask, lesson, parts, path, real, visit
from llmviz.ui.live import Seen

ABOUT = "It has never read Tinyland's lists. It has read so much else that a few examples in a prompt tell it what is wanted."


def draw(engine: Engine, seen: Seen, run: RunRef) -> None:
    """Draw what both name, after the prompt in the address and after prompts of its relation."""
    if panel.withheld():
        st.markdown(panel.withheld())
        return
    real.panel(real.pick(WRITES), lambda offer, theirs: _both(engine, seen, run, offer, theirs))


def _both(engine: Engine, seen: Seen, run: RunRef, offer: Offer, theirs: RunRef) -> None:
    if not visit.current().lecture:
        st.caption(f"{lesson.plain(offer.about)} {ABOUT}")
    prompt = panel.present()[1] or prompt_view.beginning(visit.current().view.relation)
    here, over = prompt_view.shortened(prompt), real_view.prompts(prompt.relation)
    question = Name(tuple(each.text for each in (*here, *over)))
    last = seen.history.snapshots[-1]
    ours = ask.answers(engine, run, [last], question, seen.patience, "named").known.get(last)
    found = real.asked(offer, theirs, question, "named by the real one")
    if ours is None or found.answer is None:
        panel.nothing(found.refusal)
        return
    said = {real_view.OURS: ours.said, offer.title: found.answer.said}
    many = {name: named[len(here) :] for name, named in said.items()}
    st.markdown(lesson.plain(real_view.told(over, many)))
    left, right = st.container(key="real_area").columns([0.5, 0.5], gap="large")
    with left:
        parts.curves(real_view.curves(over, many), key="named")
    with right:
        st.markdown(f"**{lesson.plain(real_view.asked_for(here))}**")
        parts.table(real_view.table(here, said, visit.number()), key="named_table", on_open=path.lead)
