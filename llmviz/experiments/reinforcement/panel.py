"""The picture of *Reinforcement*: the chain that a policy is made from, its curves, and its replies beside those of its start."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.address import change
from llmviz.core.feedback import REWARD_ROLE, ChoicesSpec
from llmviz.core.history import History
from llmviz.core.questions.replies import Sample, Sampled
from llmviz.core.spec import RunSpec, begun
from llmviz.experiments.reinforcement import view
from llmviz.experiments.reinforcement.view import Verdicts
from llmviz.runs.engine import Engine
from llmviz.text.tinyland.dialogues import Request
from llmviz.ui import ask, chain, lesson, live, parts, question, states, visit
from llmviz.ui.live import Seen
from llmviz.views import words

METHODS = ("grpo", "ppo", "dpo")
LEASHES = {"grpo": (0.0, 0.05, 0.2, 0.5, 2.0), "ppo": (0.0, 0.05, 0.2, 0.5, 2.0), "dpo": (0.05, 0.2, 0.5, 2.0)}
METHOD, LEASH, QUIZ = "method", "leash", "quiz_taste"
ACROSS = {3: 3, 4: 2}  # charts in a row, by how many there are: four would leave no room for their names
MARKED = "Filled: a word that earns; dashed: one that costs. Point at it for how much: {how}."
HOW = {True: "the reward with it less the reward without it", False: "the taste with it less the taste without it"}


def withheld() -> str:
    """What stands in place of what answers the page's question; empty once that may be seen."""
    return question.withheld(QUIZ)


def claim(seen: Seen) -> str:
    """The title of the page; a question while its answer is withheld."""
    return view.claim(visit.current().spec, History() if withheld() else seen.history)


def predict(seen: Seen) -> None:
    """Draw the question: what the true taste does meanwhile."""
    question.draw(question.GUESS, view.QUIZ, QUIZ, (lambda: view.outcome(seen.history)) if seen.ended else None)


# What is trained


def choice(seen: Seen) -> None:
    """Draw the choice of the method and of the leash. It is closed to whoever steers a run under way."""
    spec = visit.current().spec
    st.session_state[METHOD], st.session_state[LEASH] = spec.stage, spec.objective.beta
    with st.container(key="leash_row", horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"):
        st.segmented_control(
            "Method",
            METHODS,
            format_func=lambda name: catalogue.experiment(name).short,
            key=METHOD,
            required=True,
            disabled=seen.steered,
            label_visibility="collapsed",
            on_change=_method,
        )
        st.selectbox(
            "KL leash",
            sorted({*LEASHES[spec.stage], spec.objective.beta}),
            format_func=lambda beta: f"β {beta:g}" if beta else "β 0: let go",
            key=LEASH,
            disabled=seen.steered,
            label_visibility="collapsed",
            on_change=lambda: visit.change(spec=change(visit.current().spec, {"beta": st.session_state[LEASH]}), run=None, step=None),
            width=124,
        )


def _method() -> None:
    """Turn to another method from the same start, with the same seed; the reward stays where it is judged by one, and else its choices."""
    spec = visit.current().spec
    turned = replace(begun(st.session_state[METHOD], spec.start, spec.text), seed=spec.seed)
    judge = spec.inputs.get(REWARD_ROLE)
    if judge and REWARD_ROLE in turned.inputs:
        turned = replace(turned, inputs={**turned.inputs, REWARD_ROLE: judge})
    elif isinstance(judge, RunSpec) and isinstance(judge.objective, ChoicesSpec) and judge.objective.choices_digest:
        turned = replace(turned, objective=replace(turned.objective, choices_digest=judge.objective.choices_digest))
    visit.change(spec=turned, run=None, step=None)


# What it draws


def picture(engine: Engine, seen: Seen) -> None:
    """Draw the chain, the curves and the replies."""
    spec = visit.current().spec
    first, *others = view.charts(spec, seen.history)
    with st.container(key="chain_area"):
        chain.draw(engine, spec, seen)
    left, right = st.columns([0.55, 0.45], gap="large")
    with left:
        live.curve(seen, withheld=withheld())
    with right, st.container(key="taste_area"):
        if withheld():
            first["lines"], first["empty"] = [], withheld()
        parts.curves(first, key="taste")
        if not withheld():
            sentences = [*view.told(seen.history), view.collapse(spec, seen.history), view.all_equal(spec, seen.history)]
            st.markdown(lesson.plain(" ".join(filter(None, sentences))))
    with st.container(key="samples_area"):
        st.markdown("**The same requests, the same draws, at each step**")
        _samples(engine, seen)
    with st.container(key="charts_area"):
        columns = [place for _ in range(0, len(others), ACROSS[len(others)]) for place in st.columns(ACROSS[len(others)], gap="medium")]
        for place, chart in zip(columns, others, strict=True):
            with place:
                parts.curves(chart, key=chart["kind"])
        if told := view.both_fell(seen.history):
            st.caption(lesson.plain(told))


def _samples(engine: Engine, seen: Seen) -> None:
    spec, asked = visit.current().spec, view.requests()
    question = Sample(tuple(request.text for request in asked))
    steps = seen.history.snapshots if seen.run else ()
    found = ask.answers(engine, seen.run, steps, question, seen.patience, "samples") if seen.run and steps else ask.Asked()
    empty = words.sentence(found.refusal) or ("The replies are being written." if steps else states.nothing(seen.status))
    verdicts = _verdicts(engine, spec, asked, found, seen.patience)
    parts.samples(view.samples(spec, asked, found.known, verdicts, not withheld(), empty), live.shared(seen), key="samples")
    if not visit.current().lecture and found.known:
        st.caption(MARKED.format(how=HOW[verdicts is not None]))


def _verdicts(
    engine: Engine, spec: RunSpec, asked: Sequence[Request], found: ask.Asked[Sampled], patience: float | None
) -> Verdicts | None:
    """What the reward model makes of the replies; None where there is none, or its answer is still on its way."""
    judge = spec.inputs.get(REWARD_ROLE)
    if not isinstance(judge, RunSpec) or not found.known:
        return None
    there = live.latest(engine, judge)
    if there.run is None or not there.history.snapshots:
        return None
    question = view.to_judge(asked, found.known)
    given = ask.answers(engine, there.run, there.history.snapshots[-1:], question, patience, "judge")
    return next((Verdicts.of(question, judged) for judged in given.known.values()), None)
