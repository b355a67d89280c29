"""Four ways side by side: two studies that train three of them, and the best of n, measured at a press."""

import json
from functools import lru_cache

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.recorded import seeds
from llmviz.core.run import RunRef
from llmviz.core.spec import preset, to_json
from llmviz.core.study import Axis, Study, Value, along
from llmviz.experiments.reinforcement import methods_view
from llmviz.experiments.reinforcement.panel import withheld
from llmviz.experiments.reinforcement.question import Best, BestOf
from llmviz.runs.engine import Engine
from llmviz.ui import ask, lesson, live, parts, path, study, visit
from llmviz.ui.ask import Asked
from llmviz.ui.study import Series

KEY, BEST, MEASURED = "methods_study", "measure_best", "best_measured"
PATIENCE = 0.2  # seconds a drawing waits for the best of n


@lru_cache(maxsize=1)
def studies() -> tuple[Study, Study]:
    """The two methods with a reward model, and DPO by the number of its choices."""
    policies = tuple(Value(catalogue.experiment(stage).short, (stage,)) for stage in ("grpo", "ppo"))
    return (
        Study(preset("grpo"), Axis("method", ("stage",)), policies, seeds(0)),
        Study(preset("dpo"), Axis("choices", ("clicks",), "log"), along("clicks", (200, 1_000)), seeds(0)),
    )


def draw(engine: Engine) -> None:
    """Draw the table, and what trains and measures the rows that are missing."""
    series = [Series(name, "aligned", each) for name, each in zip(("reinforcement", "DPO"), studies(), strict=True)]
    with st.container(key="methods_area"):
        st.markdown("**Four ways to what is preferred**")
        if not visit.current().lecture:
            st.caption(methods_view.ABOUT)
        study.row(KEY, series)
        if not st.session_state.get(MEASURED):
            st.button("Measure the best of n", key=BEST, on_click=lambda: st.session_state.update({MEASURED: True}))
        waits = bool(st.session_state.get(MEASURED)) and _best(engine).pending

        def drawn() -> None:
            if withheld():
                st.caption(withheld())
                return
            found = [study.as_drawn(each) for each in study.look(KEY, series)]
            asked = _best(engine) if st.session_state.get(MEASURED) else Asked[Best]()
            best = asked.known.get(0)
            if asked.pending:
                st.caption("The replies are being written and judged.")
            elif asked.refusal:
                st.caption(lesson.sentence(asked.refusal))
            parts.table(methods_view.table(found, best, visit.number()), key="methods", on_open=path.lead)
            if told := methods_view.told(found, best):
                st.markdown(lesson.plain(told))

        st.fragment(drawn, run_every=live.EVERY if waits or study.moving(KEY, series) else None, key="methods_drawn")()


def _best(engine: Engine) -> Asked[Best]:
    """The best of n with the reward model of the default GRPO, of which there need be no run."""
    spec = preset("grpo")
    run = engine.recorded(spec) or engine.find(spec)
    question = BestOf(spec="" if run else json.dumps(to_json(spec), sort_keys=True))
    return ask.answers(engine, run or RunRef(spec.id, 0), [0], question, PATIENCE, "best")
