"""How short the leash is: a study over β, drawn as true against proxy reward over √KL."""

from functools import lru_cache

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.recorded import seeds
from llmviz.core.spec import preset
from llmviz.core.study import Axis, Study, along
from llmviz.experiments.reinforcement import leash_view
from llmviz.experiments.reinforcement.panel import LEASHES, withheld
from llmviz.ui import lesson, live, study, visit
from llmviz.ui.study import CONFIG, Series

KEY = "leash_study"
LOWER = 0.9  # of the height of other studies: a sentence more stands below
ABOUT = (
    "Every step of every run is a point: to the right it has moved further from its start. Left is what it is trained on, right what was "
    "meant. Gao et al. (2023) found the true reward of such runs to rise and then to fall over √KL, while the proxy went on rising."
)


@lru_cache(maxsize=4)
def of(stage: str) -> Study:
    """The study of a method over β, from one start and one reward model."""
    return Study(preset(stage), Axis("KL leash", ("beta",)), along("beta", LEASHES[stage]), seeds(0))


def draw() -> None:
    """Draw the row that trains it, the charts, and what they show. DPO has no reward to hold the taste against: GRPO stands for it."""
    stage = visit.current().spec.stage
    stage = "grpo" if stage == "dpo" else stage
    series = [Series(catalogue.experiment(stage).short, "aligned", of(stage))]
    with st.container(key="leash_area"):
        st.markdown(f"**How short the leash: {catalogue.experiment(stage).short} for five β**")
        if not visit.current().lecture:
            st.caption(ABOUT)
        study.row(KEY, series)

        def drawn() -> None:
            if withheld():
                st.caption(withheld())
                return
            (now,) = study.look(KEY, series)
            found = study.as_drawn(now)
            if not leash_view.told(found):
                st.html(f"<div class='study_empty'><span>{study.EMPTY}</span></div>")
                return
            size, height = study.pixels()
            lower = round(LOWER * height)
            st.plotly_chart(leash_view.figure(found, size), width="stretch", height=lower, key=f"{KEY}_figure", config=CONFIG)
            st.markdown(lesson.plain(leash_view.told(found)))

        st.fragment(drawn, run_every=live.EVERY if study.moving(KEY, series) else None, key=f"{KEY}_chart")()
