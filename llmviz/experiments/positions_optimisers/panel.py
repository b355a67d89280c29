"""The picture of *Four recipes*: the same BERT, text and budget, with either kind of positions and either optimiser."""

from collections.abc import Mapping
from functools import lru_cache

import streamlit as st

from llmviz.core.learning_curve import LearningCurve, learning_curve
from llmviz.core.recorded import seeds
from llmviz.core.spec import RunSpec, preset
from llmviz.core.study import Axis, Study, Value
from llmviz.runs.engine import Engine
from llmviz.ui import live, parts, question, study, visit
from llmviz.ui.live import Seen
from llmviz.ui.study import Series, Shown
from llmviz.views import small_multiples as view
from llmviz.views import words
from llmviz.views.reveal import Quiz
from llmviz.views.small_multiples import ORDER, Panel

STAGE = "mlm"
POSITIONS = {"bert": "learnt absolute positions", "roformer": "rotary positions"}
OPTIMIZERS = {"adamw": "AdamW", "muon": "Muon and AdamW"}
SHORT = {"bert": "absolute", "roformer": "rotary", "adamw": "AdamW", "muon": "Muon"}
CELLS = tuple((architecture, optimizer) for optimizer in OPTIMIZERS for architecture in POSITIONS)
QUIZ = "quiz_recipes"
KEY = "recipes_study"
MANY = Quiz("of these four, how many will know 95 % of the capitals at the end?", ("none", "one", "two", "three", "all four"))
NEVER = "One of the four has not been trained with these settings: train it below."
WHY = """\
**Positions.** BERT learns a vector for each place (Devlin et al. 2019); rotary positions turn queries and keys by an angle that grows with
the place, so that what they give depends on the distance alone (Su et al. 2021). A fact is told at many places: by distance
it is learnt once, by place at each of them.

**Optimisers.** AdamW scales each number of the gradient by its own history. Muon makes the momentum of a whole matrix orthogonal
(Jordan et al. 2024): directions that are rare in the text move as far as frequent ones. Here Muon moves the matrices inside the blocks,
AdamW all the rest.

**As far as these runs show.** All four read the same texts in the same order, with the learning rates in the form. Others may suit AdamW
better; *Change* tries them, and `python -m benchmarks.quality` races a whole grid of them."""


@lru_cache(maxsize=16)  # its runs are asked for at every drawing
def of(base: RunSpec) -> Study:
    """The study of this page: the same run with either kind of positions and either optimiser, first with the seed of the base."""
    axis = Axis("positions and optimiser", ("architecture", "optimizer"))
    values = tuple(Value(f"{SHORT[architecture]} with {SHORT[optimizer]}", (architecture, optimizer)) for architecture, optimizer in CELLS)
    return Study(base, axis, values, seeds(base.seed))


def claim() -> str:
    """The title of the page: what the four runs have come to; until one has guessed, the question."""
    return view.claim(_ends(visit.current().spec)) if question.settled(QUIZ) else view.ASKED


def predict() -> None:
    """Draw the question: how many of the four come to know the facts."""
    runs = list(_ends(preset(STAGE)).values())
    names = [value.label for value in of(preset(STAGE)).values]
    ended = all(run.metrics for run in runs)
    question.draw(question.GUESS, MANY, QUIZ, (lambda: view.known(runs, "facts", names)) if ended else None, NEVER)


def row() -> None:
    """Draw what trains the four in the background."""
    study.row(KEY, _series())


def moving() -> bool:
    """Whether they train."""
    return study.moving(KEY, _series())


def _series() -> list[Series]:
    return [Series("", "pretrained", of(visit.current().spec))]


def _ends(base: RunSpec) -> Mapping[tuple[str, str], LearningCurve]:
    """How the four went with the seed of the base, by positions and optimiser."""
    four = of(base).first(1)
    results = study.progress(four).results
    return {
        cell: results[spec.id].learning_curve if spec.id in results else LearningCurve(spec)
        for cell, spec in zip(CELLS, four.specs(), strict=True)
    }


def picture(engine: Engine, seen: Seen, before: object) -> None:
    """Draw the four panels; and the whole page, where a click has chosen another since `state` was `before`."""
    if state() != before:
        st.rerun()
    (now,) = study.look(KEY, _series())
    shown = [_panel(engine, now, value, seen) for value in now.series.study.values]
    with st.container(key="recipes_area"):
        payload = view.panels(shown, ORDER, question.withheld(QUIZ), columns=2, click="click to choose this one")
        parts.small_multiples(payload, key="recipes", on_point=_point)


def state() -> object:
    """What decides which run the rest of the page is about, and whether its title may tell."""
    return visit.current().spec, visit.current().run, question.settled(QUIZ)


def _panel(engine: Engine, shown: Shown, value: Value, seen: Seen) -> Panel:
    """That of the run with the seed of the page, beside those of other seeds."""
    spec, *others = shown.series.study.at(value)
    results = shown.progress.results
    chosen = spec == visit.current().spec
    now = seen if chosen else live.latest(engine, spec)
    first = learning_curve(spec, now.history) if now.run else results[spec.id].learning_curve if spec.id in results else LearningCurve(spec)
    runs = view.of_recipe(first, [results[each.id].learning_curve for each in others if each.id in results and results[each.id].done])
    about = " · ".join(filter(None, (_told(first), view.banded(runs)))) if first.steps else "not trained yet"
    architecture, optimizer = value.settings
    return Panel(_name(architecture, optimizer), about, first, runs, now.under_way, chosen)


def _told(shown: LearningCurve) -> str:
    rates = shown.spec.train
    muon = f", Muon {rates.muon_learning_rate:g}" if rates.optimizer == "muon" else ""
    return f"learning rate {rates.learning_rate:g}{muon} · {words.counted(shown.steps[-1], 'step')} · {shown.seconds:.0f} s"


def _name(architecture: str, optimizer: str) -> str:
    return f"{POSITIONS[architecture].capitalize()}, {OPTIMIZERS[optimizer]}"


def _point(chosen: list[int]) -> None:
    """Turn to the run of the panel that was clicked."""
    visit.change(spec=of(visit.current().spec).specs()[chosen[0]], run=None, step=None)
