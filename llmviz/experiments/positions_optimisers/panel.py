"""The picture of *Four recipes*: the same BERT, text and budget, with either kind of positions and either optimiser."""

from dataclasses import replace

import streamlit as st

from llmviz.core.course import Course, course
from llmviz.core.spec import RunSpec, preset
from llmviz.runs.engine import Engine
from llmviz.ui import live, parts, question, visit
from llmviz.ui.live import Seen
from llmviz.views import courses as view
from llmviz.views import words
from llmviz.views.courses import ORDER, Panel
from llmviz.views.reveal import Riddle

STAGE = "mlm"
POSITIONS = {"bert": "learnt absolute positions", "roformer": "rotary positions"}
OPTIMIZERS = {"adamw": "AdamW", "muon": "Muon and AdamW"}
SHORT = {"bert": "absolute", "roformer": "rotary", "adamw": "AdamW", "muon": "Muon"}
CELLS = tuple((architecture, optimizer) for optimizer in OPTIMIZERS for architecture in POSITIONS)
RIDDLE = "riddle_recipes"
MANY = Riddle("of these four, how many will know 95 % of the capitals at the end?", ("none", "one", "two", "three", "all four"))
NEVER = "One of the four has not been trained with these settings: choose it, and press Train live."
WHY = """\
**Positions.** BERT learns a vector for each place (Devlin et al. 2019); rotary positions turn queries and keys by an angle that grows with
the place, so that what they give depends on the distance alone (Su et al. 2021). A fact is told at many places: by distance
it is learnt once, by place at each of them.

**Optimisers.** AdamW scales each number of the gradient by its own history. Muon makes the momentum of a whole matrix orthogonal
(Jordan et al. 2024): directions that are rare in the text move as far as frequent ones. Here Muon moves the matrices inside the blocks,
AdamW all the rest.

**As far as these runs show.** All four read the same texts in the same order, with the learning rates in the form. Others may suit AdamW
better; *Change* tries them, and `python -m benchmarks.quality` races a whole grid of them."""


def cell(base: RunSpec, architecture: str, optimizer: str) -> RunSpec:
    """The same run with these positions and this optimiser."""
    return replace(base, model=replace(base.model, architecture=architecture), train=replace(base.train, optimizer=optimizer))


def claim(engine: Engine) -> str:
    """The title of the page: what the four runs have come to; until one has guessed, the question."""
    spec = visit.current().spec
    if not question.settled(RIDDLE):
        return view.ASKED
    return view.claim({each: _course(engine, cell(spec, *each)) for each in CELLS})


def predict(engine: Engine) -> None:
    """Draw the question: how many of the four come to know the facts."""
    runs = [_course(engine, cell(preset(STAGE), *each)) for each in CELLS]
    names = [f"{SHORT[architecture]} with {SHORT[optimizer]}" for architecture, optimizer in CELLS]
    ended = all(run.metrics for run in runs)
    question.draw(question.GUESS, MANY, RIDDLE, (lambda: view.known(runs, "facts", names)) if ended else None, NEVER)


def picture(engine: Engine, seen: Seen, before: object) -> None:
    """Draw the four panels; and the whole page, where a click has chosen another since `state` was `before`."""
    if state() != before:
        st.rerun()
    spec = visit.current().spec
    shown = [_panel(engine, cell(spec, *each), seen) for each in CELLS]
    with st.container(key="recipes_area"):
        payload = view.panels(shown, ORDER, question.withheld(RIDDLE), columns=2, click="click to choose this one")
        parts.courses(payload, key="recipes", on_point=_point)


def state() -> object:
    """What decides which run the rest of the page is about, and whether its title may tell."""
    return visit.current().spec, visit.current().run, question.settled(RIDDLE)


def _panel(engine: Engine, spec: RunSpec, seen: Seen) -> Panel:
    chosen = spec == visit.current().spec
    now = seen if chosen else live.look(engine, engine.recorded(spec) or engine.find(spec))
    shown = course(spec, now.history) if now.run else _course(engine, spec)
    about = _told(shown) if shown.steps else "not trained yet: choose it, and press Train live"
    return Panel(_name(spec.model.architecture, spec.train.optimizer), about, shown, (), now.under_way, chosen)


def _course(engine: Engine, spec: RunSpec) -> Course:
    """That of the run of this spec: a recording's, one of this machine, or one that came without weights."""
    run = engine.recorded(spec) or engine.find(spec)
    if run:
        return course(spec, engine.history(run))
    return next((each for each in engine.courses() if each.spec == spec and each.steps), Course(spec))


def _told(shown: Course) -> str:
    rates = shown.spec.train
    muon = f", Muon {rates.muon_learning_rate:g}" if rates.optimizer == "muon" else ""
    return f"learning rate {rates.learning_rate:g}{muon} · {words.counted(shown.steps[-1], 'step')} · {shown.seconds:.0f} s"


def _name(architecture: str, optimizer: str) -> str:
    return f"{POSITIONS[architecture].capitalize()}, {OPTIMIZERS[optimizer]}"


def _point(chosen: list[int]) -> None:
    """Turn to the run of the panel that was clicked."""
    visit.change(spec=cell(visit.current().spec, *CELLS[chosen[0]]), run=None, step=None)
