"""The picture of *What and when*: three models side by side, asked for grammar, meaning and facts while they learn."""

from dataclasses import dataclass, replace
from functools import lru_cache

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.learning_curve import LearningCurve, learning_curve
from llmviz.core.recorded import seeds
from llmviz.core.run import RunRef
from llmviz.core.settings import check, setting
from llmviz.core.spec import RunSpec, preset
from llmviz.core.study import Axis, Study, Value
from llmviz.experiments.what_and_when.question import Probe, Probed
from llmviz.runs.engine import Engine
from llmviz.ui import ask, lesson, live, parts, question, study, visit
from llmviz.ui.ask import Asked
from llmviz.ui.live import Seen
from llmviz.ui.study import Series, Shown
from llmviz.views import small_multiples as view
from llmviz.views import words
from llmviz.views.reveal import GUESS_FIRST, Quiz, Reveal
from llmviz.views.small_multiples import ITEMS, ORDER, Panel

MODELS = {name: catalogue.experiment(name).family for name in ("mlm", "clm", "span")}
MODEL, KIND = "learning_model", "learning_kind"
QUIZ = "quiz_learning_"
KEY = "learning_study"
LABELS = {**{name: name for name in ORDER}, "reversed": "facts backwards", "frames": "misleading frames"}
PATIENCE = 0.5  # seconds the page waits for the answer before it is drawn without
UNASKED = f"{GUESS_FIRST}. Click a point of a curve, and the questions of that moment stand here: which it got right, and which not."
NEVER = "None of the three reached 95 % and stayed there; train longer and look again."


@dataclass(frozen=True)
class Listed:
    """Which questions the page lists."""

    kind: str = setting("grammar", "Questions", "Of which kind the questions are that are listed.", choices=tuple(LABELS))

    def __post_init__(self) -> None:
        check(self)


def choose(seen: Seen) -> None:
    """Draw the choice of the model that is trained here. It is closed to whoever steers a run under way."""
    st.session_state[MODEL] = visit.current().spec.stage
    st.container(key="model_row", horizontal=True, horizontal_alignment="right").segmented_control(
        "Model",
        list(MODELS),
        format_func=MODELS.__getitem__,
        key=MODEL,
        required=True,
        disabled=seen.steered,
        label_visibility="collapsed",
        on_change=lambda: visit.change(spec=preset(st.session_state[MODEL]), run=None, step=None),
    )


def predict(seen: Seen) -> None:
    """Draw the question: which of the three the model of the address came to know first, in most of its seeds."""
    model = MODELS[visit.current().spec.stage]
    quiz = Quiz(view.WHICH.question.format(model=model), view.WHICH.choices)
    reveal = (lambda: _reveal(seen)) if seen.ended else None
    question.draw(question.GUESS, quiz, f"{QUIZ}{visit.current().spec.stage}", reveal, NEVER)


def _reveal(seen: Seen) -> Reveal | None:
    spec = visit.current().spec
    (now,) = study.look(KEY, _series())
    return view.reveal(_runs(now, spec.stage, learning_curve(spec, seen.history)))


@lru_cache(maxsize=16)  # its runs are asked for at every drawing
def of(base: RunSpec) -> Study:
    """The study of this page: the base, and the default runs of the other models, with several seeds."""
    values = tuple(Value(name, (stage,)) for stage, name in MODELS.items())
    return Study(replace(base, seed=0), Axis("model", ("stage",)), values, seeds(0))


def row() -> None:
    """Draw what trains the seeds of the three in the background."""
    study.row(KEY, _series())


def moving() -> bool:
    """Whether they train."""
    return study.moving(KEY, _series())


def _series() -> list[Series]:
    return [Series("", "pretrained", of(visit.current().spec))]


def _runs(shown: Shown, stage: str, first: LearningCurve) -> list[LearningCurve]:
    """The runs of a model that both its band and the answer are of: the one shown, and those of other seeds that are done."""
    own = shown.series.study
    (value,) = (each for each in own.values if each.settings == (stage,))
    results = [shown.progress.results.get(spec.id) for spec in own.at(value) if spec.seed != first.spec.seed]
    return view.of_recipe(first, [found.learning_curve for found in results if found and found.done])


def _withheld() -> str:
    """What stands in place of the curves; empty once the question is settled, for whatever model: all three stand side by side."""
    return "" if any(question.settled(f"{QUIZ}{stage}") for stage in MODELS) else GUESS_FIRST


def picture(engine: Engine, seen: Seen, before: object) -> None:
    """Draw the panels; and the whole page, where a click has changed what stands below since `state` was `before`."""
    if state() != before:
        st.rerun()
    address = visit.current()
    (now,) = study.look(KEY, _series())
    shown = [_panel(engine, now, stage, seen) for stage in MODELS]
    metrics = ORDER if address.view.kind in ORDER else (address.view.kind,)
    with st.container(key="multiples_area"):
        payload = view.panels(shown, metrics, _withheld(), address.step, click="click for the questions")
        parts.small_multiples(payload, key="small_multiples", on_point=_point)


def _panel(engine: Engine, many: Shown, stage: str, seen: Seen) -> Panel:
    """That of a stage: the run of the address, or the recording of its default recipe, beside those of other seeds."""
    address = visit.current()
    chosen = address.spec.stage == stage
    spec = address.spec if chosen else preset(stage)
    now = seen if chosen else live.latest(engine, spec)
    shown = learning_curve(spec, now.history)
    runs = _runs(many, stage, shown)
    about = " · ".join(filter(None, (catalogue.experiment(stage).title, _length(spec, shown), view.banded(runs))))
    return Panel(MODELS[stage], about, shown, runs, now.under_way, chosen, now.history.snapshots)


def _length(spec: RunSpec, shown: LearningCurve) -> str:
    return words.duration(shown.seconds) if shown.metrics else words.counted(spec.train.steps, "step")


def state() -> object:
    """What decides which questions are listed, apart from how far the run has come."""
    address = visit.current()
    return address.spec, address.view, address.step, _withheld()


def items(engine: Engine, seen: Seen) -> None:
    """Draw the choice of questions, and those of the moment that was chosen; of the end where none was."""
    address = visit.current()
    st.session_state[KIND] = address.view.kind
    with st.container(key="items_area"):
        with st.container(key="items_row", horizontal=True, vertical_alignment="center", gap="medium"):
            st.segmented_control(
                "Questions",
                list(LABELS),
                format_func=LABELS.__getitem__,
                key=KIND,
                required=True,
                label_visibility="collapsed",
                on_change=lambda: visit.set(kind=st.session_state[KIND]),
            )
            st.markdown(_moment(seen), width="content")
        if seen.run is None or not seen.history.snapshots:
            st.caption("The questions appear with the first weights that are kept.")
            return
        if _withheld():
            st.caption(UNASKED)
            return
        _listed(engine, seen.run, _step(seen), address.view.kind)


def _listed(engine: Engine, run: RunRef, step: int, kind: str) -> None:
    """The questions of this step; drawn again while the answer is on its way."""

    def asked(patience: float) -> Asked[Probed]:
        return ask.answers(engine, run, [step], Probe(kind), patience, slot="probed")

    every = live.EVERY if asked(PATIENCE).pending else None

    def drawn() -> None:
        now = asked(live.PATIENCE)
        if every and not now.pending:
            st.rerun()
        if step in now.known:
            st.html(view.items(now.known[step]))
            st.caption(ITEMS[kind])
        else:
            st.caption(lesson.sentence(now.refusal) or "The model is being asked …")

    st.fragment(drawn, run_every=every, key="listed")()


def _step(seen: Seen) -> int:
    """The step whose questions are shown: the newest that has weights and is no later than that of the address."""
    wanted, there = visit.current().step, seen.history.snapshots
    return max((step for step in there if wanted is None or step <= wanted), default=there[0])


def _moment(seen: Seen) -> str:
    if not seen.history.snapshots:
        return ""
    return f"{MODELS[visit.current().spec.stage]} after **step {_step(seen):,}**: click a point of a curve for another moment"


def _point(chosen: list[int]) -> None:
    """Show the questions of this step; in the panel of another model, turn to that one."""
    panel, step = chosen
    stage, there = list(MODELS)[panel], step if step >= 0 else None
    if stage != visit.current().spec.stage:
        visit.change(spec=preset(stage), run=None, step=there)
    else:
        visit.change(step=there)
