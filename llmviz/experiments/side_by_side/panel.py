"""Side by side: the choice of a root and a task, the question, the table of differences and the two lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.experiment import FINE_TUNING, Experiment
from llmviz.core.settings import TextSpec, check, setting
from llmviz.core.spec import preset
from llmviz.core.texts import TEXTS
from llmviz.experiments.side_by_side import lists_view, view
from llmviz.experiments.side_by_side.case_view import Case, Run, roots, tasks, tuned
from llmviz.runs.engine import Engine
from llmviz.text import corpora
from llmviz.ui import parts, path, question, visit
from llmviz.views import records, words
from llmviz.views.records import Recipe

NEVER = "The model was not fine-tuned for this task yet; choose another task, or train it on the task's page."
NOTHING = "No pretrained model is on this machine. Press *Train live* on *Masked tokens* or *Next token*."
GONE = "The model in the address is not on this machine; the page shows another one."


@dataclass(frozen=True)
class Chosen:
    """Which root and which task the page compares; "" for the first there is."""

    root: str = setting("", "Pretrained model", "The run of pretraining that is compared.", letters=80)
    task: str = setting(
        "",
        "Task",
        "What it was fine-tuned for.",
        choices=("", *(name for name, each in catalogue.BY_NAME.items() if each.phase == FINE_TUNING)),
    )

    def __post_init__(self) -> None:
        """Refuse what is not there."""
        check(self)


def case(engine: Engine) -> Case | None:
    """The runs that the address names, as they are now; one that is not there is explained among its problems. None without any root."""
    found = records.recipes(engine.shelf(), engine.learning_curves())
    there = {_key(recipe): recipe for recipe in roots(found)}
    chosen: Chosen = visit.current().view
    if chosen.root and chosen.root not in there:
        visit.correct("root", GONE, view=Chosen(task=chosen.task))
    usual = next((each for each in there.values() if each.spec == preset(each.spec.stage)), None)  # whatever else was trained here
    root = there.get(chosen.root) or usual or next(iter(there.values()), None)
    if root is None:
        return None
    task = _task(root, chosen.task, found)
    recipe = tuned(root, task, found) if task else None
    same = records.scratch(recipe, found) if recipe else None
    carried, scratch = (_run(engine, each) if each and each.opened else None for each in (recipe, same))
    return Case(_run(engine, root), task, carried, scratch, _texts(root.spec.text), found)


def _task(root: Recipe, wanted: str, found: Sequence[Recipe]) -> Experiment | None:
    """The task that is asked for, if the root can be carried into it; else the first into which it was."""
    known = tasks(root)
    named = [each for each in known if each.name == wanted]
    carried = [each for each in known if tuned(root, each, found)]
    return next(iter([*named, *carried, *known]), None)


def _run(engine: Engine, recipe: Recipe) -> Run:
    record = recipe.opened
    assert record and record.run
    return Run(recipe, engine.history(record.run))


def _key(recipe: Recipe) -> str:
    record = recipe.opened
    return record.run.key if record and record.run else ""


def _texts(text: TextSpec) -> int | None:
    """How many different texts there are to learn from; None where this machine has not prepared them yet."""
    try:
        return _counted(text)
    except LookupError:
        return None


@lru_cache(maxsize=16)
def _counted(text: TextSpec) -> int:
    """The same. Raises LookupError, which is not kept, where it is not known: to prepare a text takes seconds."""
    there = corpora.kept(text)
    if there is None:
        raise LookupError(text.name)
    return len(set(there.train))


def compared(shown: Case | None) -> None:
    """Draw the comparison, from the question to the lists; where there is nothing to compare, what to do."""
    if shown is None:
        st.markdown(NOTHING)
        return
    predict(shown)
    choices(shown)
    differences(shown)
    lists(shown)


def choices(shown: Case) -> None:
    """Draw the choice of the model and of the task."""
    there = {_key(recipe): recipe for recipe in roots(shown.found)}
    with st.container(key="case_row", horizontal=True, vertical_alignment="center", gap="small"):
        st.session_state["case_root"] = _key(shown.root.recipe)
        st.selectbox(
            "Pretrained model",
            list(there),
            key="case_root",
            format_func=lambda key: _named(there[key]),
            label_visibility="collapsed",
            width=420,
            on_change=lambda: visit.set(root=st.session_state["case_root"], task=""),
        )
        names = {each.name: each for each in tasks(shown.root.recipe)}
        if shown.task:
            st.session_state["case_task"] = shown.task.name
            st.selectbox(
                "Task",
                list(names),
                key="case_task",
                format_func=lambda name: f"fine-tuned: {names[name].short}",
                label_visibility="collapsed",
                width=240,
                on_change=lambda: visit.set(task=st.session_state["case_task"]),
            )


def _named(recipe: Recipe) -> str:
    return f"{records.named(recipe.spec)} · {words.recipe(recipe.spec, seeded=False)}"


def _quiz(shown: Case) -> str:
    """The key of the question about this root and task."""
    return f"tokens_{shown.root.recipe.spec.id[:12]}_{shown.task.name if shown.task else ''}"


def predict(shown: Case) -> None:
    """Draw the question: how many times as much pretraining read."""
    question.draw(question.GUESS, view.quiz(shown), _quiz(shown), lambda: view.reveal(shown), NEVER)


def differences(shown: Case) -> None:
    """Draw the table of differences."""
    withheld = bool(question.withheld(_quiz(shown)))
    with st.container(key="differences_area"):
        parts.table(view.table(shown, visit.number(), withheld), key="differences", on_open=path.lead)
        text = TEXTS[shown.root.spec.text.name]
        if text.attribution:
            st.caption(f"{text.title}: {text.attribution}.")


def lists(shown: Case) -> None:
    """Draw the two lists side by side."""
    withheld = bool(question.withheld(_quiz(shown)))
    with st.container(key="lists_area"):
        st.markdown("**What each is good for**")
        left, right = st.columns(2, gap="large")
        with left:
            parts.table(lists_view.pretraining(shown, visit.number(), withheld), key="list_pretraining", on_open=path.lead)
        with right:
            parts.table(lists_view.fine_tuning(shown, visit.number(), withheld), key="list_fine_tuning", on_open=path.lead)
