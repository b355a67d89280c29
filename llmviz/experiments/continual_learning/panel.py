"""The picture of *Continual learning*: which fact changes, gaps filled while it reads on, every capital, and the matrix of both losses."""

from dataclasses import replace
from functools import lru_cache

import streamlit as st

from llmviz.core.history import History
from llmviz.core.lesson import Lesson
from llmviz.core.questions.cloze import Cloze
from llmviz.core.recorded import seeds
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, starting_from
from llmviz.core.study import Axis, Study, Value
from llmviz.experiments.continual_learning import EXPERIMENT, OLD, ContinualSpec, matrix_view, view
from llmviz.experiments.continual_learning.question import Capitals
from llmviz.runs.engine import Engine
from llmviz.text.tinyland.world import CAPITALS
from llmviz.ui import ask, gaps, lesson, live, parts, path, question, study, visit
from llmviz.ui.live import Seen
from llmviz.ui.study import Series
from llmviz.views import words

KEY = "continual"
COUNTRY, CITY, WAY, OWN = "changed_country", "changed_city", "continual_way", "as set under Change"
NEVER = "This run has not measured what is left of the old text."
SLOWER, REPLAY = 10, 1.0
PLAIN, BACK = "the new text", "back to the old text"
ABOUT = (
    "Each phase is a run that starts from the one before. All figures are of held-out validation data, the same for every row. **Replay** "
    "learns the old text beside the new one in every step, at the same weight (Robins 1995). **No fact changed**: the same new text, which "
    "calls the old capital the capital; what that row loses, no changed fact has cost."
)


# Which runs


def plain(spec: RunSpec) -> RunSpec:
    """The run that first reads the new text in which this run's fact has changed, by the recipe."""
    first = next(each for each in spec.lineage if each.stage == EXPERIMENT.name)
    objective = ContinualSpec(country=spec.objective.country, city=spec.objective.city)
    return RunSpec(EXPERIMENT.name, first.inputs, first.text, first.model, objective=objective, seed=first.seed)


@lru_cache(maxsize=16)  # asked for at every drawing, and its runs take 20 ms to make
def studies_of(first: RunSpec) -> tuple[Study, Study]:
    """The ways to learn the new text, and coming back after the plain one; each with this one's start and change."""
    rates = (first.train.learning_rate, first.train.muon_learning_rate)
    slow, city = tuple(rate / SLOWER for rate in rates), first.objective.city
    values = [
        Value(PLAIN, (0.0, *rates, city)),
        Value("a tenth of the rate", (0.0, *slow, city)),
        Value("replay", (REPLAY, *rates, city)),
    ]
    if city != CAPITALS[first.objective.country]:
        values.append(Value(matrix_view.CONTROL, (0.0, *rates, CAPITALS[first.objective.country])))
    axis = Axis("way", ("replay", "learning_rate", "muon_learning_rate", "city"))
    returns = replace(first, inputs=starting_from(first), objective=replace(first.objective, reads=OLD))
    own = seeds(first.seed)
    return (
        Study(first, axis, tuple(values), own, parents=True),
        Study(returns, Axis("text", ("reads",)), (Value(BACK, (OLD,)),), own, parents=True),
    )


def ways(spec: RunSpec) -> dict[str, RunSpec]:
    """The runs that the page turns to, by what it calls them."""
    forth, back = studies_of(plain(spec))
    return {value.label: each.spec(value, each.base.seed) for each in (forth, back) for value in each.values}


# What the page says


def _withheld() -> str:
    return question.withheld(_quiz())


def _quiz() -> str:
    return f"continual_{visit.current().spec.objective.reads}_quiz"


def claim(seen: Seen) -> str:
    """The title of the page; a question while its answer is withheld."""
    return view.claim(visit.current().spec, History() if _withheld() else seen.history)


def lesson_of_fact() -> Lesson:
    """The page with sentences to try on the fact that changes."""
    tried = view.examples(visit.current().spec.objective, EXPERIMENT.examples["tinyland"])
    return replace(EXPERIMENT.lesson, examples={"tinyland": tried})


def predict(seen: Seen) -> None:
    """Draw the question: what is left."""
    spec = visit.current().spec
    question.draw(question.GUESS, view.quiz(spec), _quiz(), (lambda: view.outcome(spec, seen.history)) if seen.ended else None, NEVER)


# What it draws


def changed(seen: Seen) -> None:
    """Draw the fact that the new text tells otherwise, to be chosen. It is closed to whoever steers a run under way."""
    objective: ContinualSpec = visit.current().spec.objective
    st.session_state[COUNTRY], st.session_state[CITY] = objective.country, objective.city
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="change_row"):
        st.markdown("In the new text the capital of", width="content")
        _select("Country", list(CAPITALS), COUNTRY, seen)
        st.markdown("is", width="content")
        _select("New capital", list(CAPITALS.values()), CITY, seen)
        told = f"in the old text, {CAPITALS[objective.country]}"
        st.markdown(f":gray[({told}; of other capitals the new text tells nothing)]", width="content")


def _select(label: str, names: list[str], key: str, seen: Seen) -> None:
    st.selectbox(label, names, key=key, label_visibility="collapsed", disabled=seen.steered, on_change=_turn, width=150)


def _turn() -> None:
    first = plain(visit.current().spec)
    objective = ContinualSpec(country=st.session_state[COUNTRY], city=st.session_state[CITY])
    visit.change(spec=replace(first, objective=objective), run=None, parent=None, step=None)


def choice(engine: Engine, seen: Seen) -> None:
    """Draw the choice of the phase and the remedy."""
    spec = visit.current().spec
    known = ways(spec)
    present = next((label for label, way in known.items() if way == spec), OWN)
    st.session_state[WAY] = present
    with st.container(key="choices_row"):
        st.selectbox(
            "Phase",
            [*known, *([OWN] if present == OWN else [])],
            key=WAY,
            disabled=seen.steered,
            label_visibility="collapsed",
            on_change=lambda: _go(engine, known.get(st.session_state[WAY], spec)),
            width=230,
        )


def _go(engine: Engine, spec: RunSpec) -> None:
    """Turn to a run. An address says of what it starts from its kind alone, so a run that is not the usual one is named there."""
    own = spec.parent and spec.parent.stage == EXPERIMENT.name and spec.parent.objective != ContinualSpec()
    visit.change(spec=spec, run=None, step=None, parent=_there(engine, spec.parent) if own and spec.parent else None)


def _there(engine: Engine, spec: RunSpec) -> RunRef | None:
    return engine.recorded(spec) or engine.find(spec)


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the sentence and the gaps in the address; before it is trained, as the model is that it starts from."""
    spec = visit.current().spec
    withheld = _withheld()
    read = replace(seen, history=view.read(spec, seen.history))
    asked, shared = seen, live.shared(seen)
    if seen.run is None and spec.parent:
        asked = live.latest(engine, spec.parent)
        last = asked.history.snapshots[-1:]
        asked = replace(asked, history=replace(asked.history, snapshots=last))
        shared = {**shared, "group": f"{shared['group']} as pretrained", "step": last[0] if last else None}

    def curve() -> None:
        live.curve(read, withheld=withheld)
        if not visit.current().lecture:
            st.caption(f"The loss is that on the {spec.objective.reads} text, which it reads; that on both stands below.")

    gaps.picture(engine, asked, Cloze, curve, withheld, min, lesson_of_fact(), shared)


def others(engine: Engine, seen: Seen) -> None:
    """Draw both losses, and every capital at each step: what else moves."""
    with st.container(key="others_area"):
        st.markdown("**What else moves**")

        def drawn() -> None:
            _others(engine, live.look(engine, seen.run) if seen.under_way else seen)

        st.fragment(drawn, run_every=live.EVERY if seen.under_way else None, key="others_drawn")()


def _others(engine: Engine, seen: Seen) -> None:
    spec, withheld = visit.current().spec, _withheld()
    if withheld or seen.run is None or len(seen.history.snapshots) < 2:
        st.caption(withheld or "Both losses and every country's capital stand here as soon as training has begun.")
        return
    asked = ask.answers(engine, seen.run, seen.history.snapshots, Capitals(spec.objective.city), seen.patience, "capitals")
    known = len(asked.known) > 1
    awaited = lesson.plain(words.sentence(asked.refusal)) or "The capitals are being asked for."
    st.markdown(lesson.plain(view.told(asked.known, spec.objective)) if known else awaited)
    left, right = st.columns([0.5, 0.5], gap="large")
    with left:
        parts.curves(view.losses(spec, seen.history), key="losses")
    with right:
        parts.bars(view.bars(asked.known, spec.objective, awaited), live.shared(seen), key="moved")
    if known and not visit.current().lecture:
        with st.expander("All twenty countries, those that moved most first"):
            parts.table(view.table(asked.known, spec.objective, visit.number()), key="capitals", on_open=path.lead)


def matrix() -> None:
    """Draw both losses and what is known after each phase, with each remedy, and what trains the runs that are missing."""
    forth, back = studies_of(plain(visit.current().spec))
    series = [Series("new", EXPERIMENT.colour, forth), Series("old", EXPERIMENT.colour, back)]
    with st.container(key="matrix_area"):
        st.markdown("**Phase after phase: both losses, and what is known**")
        if not visit.current().lecture:
            st.caption(ABOUT)
        study.row(KEY, series)
        every = live.EVERY if study.moving(KEY, series) else None

        def drawn() -> None:
            if question.withheld(_quiz()):
                st.caption(question.withheld(_quiz()))
                return
            found = matrix_view.lines(*(study.as_drawn(each) for each in study.look(KEY, series)))
            if not any(line.runs for line in found):
                st.caption(matrix_view.EMPTY)
                return
            st.markdown(f"**{lesson.plain(matrix_view.told(found))}**")
            parts.table(matrix_view.table(found, EXPERIMENT, visit.number()), key="matrix", on_open=path.lead)
            if not visit.current().lecture:
                st.caption(f"Medians over seeds; below them from the lowest to the highest. {matrix_view.floors(found)}")

        st.fragment(drawn, run_every=every, key="matrix_drawn")()
