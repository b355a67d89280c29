"""The picture of *What was forgotten*: gaps filled under the old head, the pretraining's figures as labels are learnt, and the remedies."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.address import change
from llmviz.core.history import History
from llmviz.core.recorded import seeds
from llmviz.core.spec import RunSpec, preset
from llmviz.core.study import Axis, Study, Value
from llmviz.experiments.forgetting import LESSON, TASKS, remedies_view, view
from llmviz.experiments.forgetting.question import Recall
from llmviz.runs.engine import Engine
from llmviz.ui import gaps, lesson, live, question, study, visit
from llmviz.ui.live import Seen
from llmviz.ui.study import Series

QUIZ, KEY = "forgotten_quiz", "remedies"
TASK, REMEDY, OWN = "task", "remedy", "as set under Change"
NEVER = "This run has not measured what is left of its pretraining."
ABOUT = (
    "The same labels, seed and start, learnt in seven ways. **Replay** learns the pretraining's own loss on its texts beside the labels, "
    "in every step, at a tenth of the weight (Robins 1995). **LoRA** is said to learn less and to forget less than full fine-tuning "
    "(Biderman et al. 2024); here it has the learning rate of the others. A frozen body under a new head alone cannot forget."
)
HEIGHT = 0.75  # of a study's chart, in a lecture: buttons and a sentence stand above it
UNSET: dict[str, object] = {"method": "full", "replay": 0.0}


@dataclass(frozen=True)
class Remedy:
    """A way to fine-tune: what it is called, what it sets, and by what it divides steps and learning rate."""

    label: str
    sets: Mapping[str, object]
    steps: int = 1
    rate: int = 1


REMEDIES = (
    Remedy("plain", {}),
    Remedy("a quarter of the steps", {}, steps=4),
    Remedy("a tenth of the rate", {}, rate=10),
    Remedy("replay", {"replay": 0.1}),
    Remedy("last layer", {"method": "last layer"}),
    Remedy("LoRA", {"method": "lora"}),
    Remedy("head alone", {"method": "head"}),
)


def recalled(engine: Engine, seen: Seen) -> Seen:
    """The run with the figures of its pretraining in place of its own."""
    spec = visit.current().spec
    parent = live.latest(engine, spec.parent) if spec.parent else live.look(engine, None)
    begin = parent.history.begin
    return replace(seen, history=view.pretraining(seen.history, begin.references if begin else {}))


def claim(engine: Engine, seen: Seen) -> str:
    """The title of the page; a question while its answer is withheld."""
    spec = visit.current().spec
    return view.claim(spec, History() if question.withheld(QUIZ) else recalled(engine, seen).history)


def predict(engine: Engine, seen: Seen) -> None:
    """Draw the question: how much is left."""
    spec, ours = visit.current().spec, recalled(engine, seen).history
    if spec.parent:
        question.draw(question.GUESS, view.quiz(spec), QUIZ, (lambda: view.outcome(ours)) if seen.ended else None, NEVER)


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the sentence and the gaps in the address."""
    spec = visit.current().spec
    if spec.parent is None:
        st.markdown(f"{view.NO_PRETRAINING}. Choose a task below, or another start under *Change*.")
        return
    withheld = question.withheld(QUIZ)
    ours, experiment = recalled(engine, seen), catalogue.experiment(spec.parent.stage)
    shared = live.as_pretrained(live.shared(seen))
    gaps.picture(engine, seen, Recall, lambda: live.curve(ours, of=experiment, withheld=withheld), withheld, min, LESSON, shared)


def choice(seen: Seen) -> None:
    """Draw the choice of the task and of the remedy. It is closed to whoever steers a run under way."""
    spec = visit.current().spec
    several = study_of(spec)
    ways = {value.label: several.spec(value, spec.seed) for value in several.values}
    present = next((label for label, way in ways.items() if way == spec), OWN)
    st.session_state[TASK], st.session_state[REMEDY] = spec.stage, present
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="choices_row"):
        st.selectbox(
            "Task",
            TASKS,
            format_func=lambda name: catalogue.experiment(name).short,
            key=TASK,
            disabled=seen.steered,
            label_visibility="collapsed",
            on_change=lambda: visit.change(spec=preset(st.session_state[TASK]), run=None, step=None),
            width=150,
        )
        st.selectbox(
            "Remedy",
            [*ways, *([OWN] if present == OWN else [])],
            key=REMEDY,
            disabled=seen.steered,
            label_visibility="collapsed",
            on_change=lambda: visit.change(spec=ways.get(st.session_state[REMEDY], spec), run=None, step=None),
            width=200,
        )


@lru_cache(maxsize=16)  # asked for at every drawing, and its runs take 20 ms to make
def study_of(spec: RunSpec) -> Study:
    """The study of the remedies: this run's task, labels, start and seed, otherwise by its recipe."""
    base = replace(preset(spec.stage, spec.text), inputs=spec.inputs, model=spec.model, seed=spec.seed)
    base = change(base, {"labels": spec.objective.labels})
    known = {name: usual for name, usual in UNSET.items() if hasattr(base.objective, name)}
    names = (*known, "steps", "learning_rate")
    values = [
        Value(each.label, (*({**known, **each.sets}.values()), base.train.steps // each.steps, base.train.learning_rate / each.rate))
        for each in REMEDIES
        if set(each.sets) <= set(known)
    ]
    return Study(base, Axis("remedy", names), tuple(values), seeds(spec.seed), parents=True)


def remedies(engine: Engine) -> None:
    """Draw the remedies side by side, and what trains those that are missing."""
    spec = visit.current().spec
    if spec.parent is None:
        return
    figure = next(each for each in catalogue.experiment(spec.stage).metrics if each.unit == "%")
    series = [Series("", "finetuned", study_of(spec))]
    with st.container(key="remedies_area"):
        st.markdown("**Remedies, side by side**")
        in_lecture = visit.current().lecture
        if not in_lecture:
            st.caption(ABOUT)
        study.row(KEY, series)
        every = live.EVERY if study.moving(KEY, series) else None

        def drawn() -> None:
            if question.withheld(QUIZ):
                st.caption(question.withheld(QUIZ))
                return
            shown = study.as_drawn(study.look(KEY, series)[0])
            if not any(remedies_view.lost(shown, value) for value in shown.study.values):
                st.caption(study.EMPTY)
                return
            st.markdown(f"**{lesson.plain(remedies_view.told(shown, figure))}**")
            size, height = study.pixels()
            height = round(HEIGHT * height) if in_lecture else height
            st.plotly_chart(
                remedies_view.figure(shown, figure, size), width="stretch", height=height, key="remedies_figure", config=study.CONFIG
            )
            if in_lecture:
                return
            st.caption(f"{remedies_view.LOST.help} Bars: medians over seeds; lines: from the lowest seed to the highest. {figure.help}")
            with st.expander("The figures as a table"):
                st.html(f"<div class='study_table'>{remedies_view.table(shown, figure)}</div>")

        st.fragment(drawn, run_every=every, key="remedies_chart")()
