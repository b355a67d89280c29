"""Small and aligned, or big and not? A bigger base is trained at a press, and both reply to the same requests."""

from functools import lru_cache

import streamlit as st

from llmviz.core.questions.replies import Sample, Sampled
from llmviz.core.spec import RunSpec
from llmviz.core.study import seconds_left
from llmviz.experiments.gpt_story import bigger_view
from llmviz.experiments.gpt_story.bigger_view import Big
from llmviz.runs.engine import Command, Engine
from llmviz.ui import ask, chain, controls, lesson, live, parts, path, visit
from llmviz.ui.live import Seen
from llmviz.views import words
from llmviz.views.chain import chain as made_from
from llmviz.views.taste import style

WAITS = "The small models reply as soon as the aligned one is trained."
NO_TASTE = "Whose choices the aligned model learnt from is a visitor: whose taste nobody knows, so nobody can judge the pairs."


@lru_cache(maxsize=8)
def _big(spec: RunSpec) -> RunSpec:
    return bigger_view.bigger(bigger_view.base(spec))


def draw(engine: Engine, seen: Seen) -> None:
    """Draw the buttons, how far the big base has come, and the two tables."""
    spec = visit.current().spec
    with st.container(key="bigger_area"):
        st.markdown("**Small and aligned, or big and not?**")
        if not visit.current().lecture:
            st.caption(bigger_view.ABOUT)
        now = live.latest(engine, _big(spec))
        _row(engine, now)
        asked = _asked(engine, seen, now)
        waits = now.under_way or any(each.pending for each in asked.values())
        shown = live.frame(now)

        def drawn() -> None:
            later = live.latest(engine, _big(spec)) if waits else now
            _picture(engine, spec, seen, later)
            if live.frame(later) != shown:
                st.rerun()

        st.fragment(drawn, run_every=live.EVERY if waits else None, key="bigger_drawn")()


def _row(engine: Engine, now: Seen) -> None:
    """What trains the big base, and what stops it."""
    big = _big(visit.current().spec)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="bigger_row"):
        there = now.ended
        st.button(
            "Train the big base",
            key="bigger_train",
            disabled=there or now.under_way,
            on_click=_try,
            args=(lambda: engine.train(big, visit.viewer()),),
        )
        if now.under_way:
            st.button("Stop", key="bigger_stop", on_click=_try, args=(lambda: _stop(engine, now),))
        st.markdown(f":gray[{lesson.plain('' if there else _estimate(engine, big))}]", width="content")


def _estimate(engine: Engine, big: RunSpec) -> str:
    """How long it will take, by the pace of the small one; the line of the chain tells once it is under way."""
    small = {each.id: each for each in made_from(bigger_view.base(visit.current().spec))}
    seen = {id: live.latest(engine, each).history for id, each in small.items()}
    learnt = {id: (history.step, history.seconds) for id, history in seen.items()}
    left = seconds_left([*made_from(big), *small.values()], learnt)
    return (
        f"{words.size(big.model.size)} parameters, all of its pretraining: about {words.duration(left)} by the pace of the small one."
        if left
        else ""
    )


def _stop(engine: Engine, now: Seen) -> None:
    if now.run:
        engine.control(now.run, Command.STOP, visit.viewer())


def _try(action: object) -> None:
    try:
        action()  # type: ignore[operator] # a button's argument
    except ValueError as problem:
        st.session_state[controls.REFUSED] = str(problem)


def _asked(engine: Engine, seen: Seen, big: Seen) -> dict[str, ask.Asked[Sampled]]:
    """The replies of the small models, and those of the big base to both kinds of prompt."""
    spec = visit.current().spec
    small = {"base": live.latest(engine, bigger_view.base(spec)), "aligned": seen}
    if isinstance(spec.start, RunSpec):
        small["tuned"] = live.latest(engine, spec.start)
    found = {name: _replies(engine, each, bigger_view.asked(), name) for name, each in small.items()}
    return found | {name: _replies(engine, big, bigger_view.asked(name == "prompted"), name) for name in ("alone", "prompted")}


def _replies(engine: Engine, seen: Seen, asked: Sample, name: str) -> ask.Asked[Sampled]:
    last = seen.history.snapshots[-1:] if seen.ended else ()
    return ask.answers(engine, seen.run, last, asked, live.PATIENCE, f"bigger {name}") if last else ask.Asked()


def _picture(engine: Engine, spec: RunSpec, seen: Seen, big: Seen) -> None:
    liked = style(spec)
    if not liked:
        st.caption(NO_TASTE)
        return
    if big.under_way:
        chain.draw(engine, _big(spec), big, trains_all="")
    asked = _asked(engine, seen, big)
    known = {name: next(iter(each.known.values())) for name, each in asked.items() if each.known}
    replied = Big.of(known["alone"], known["prompted"]) if {"alone", "prompted"} <= known.keys() else None
    begins = {"base": live.latest(engine, bigger_view.base(spec)), "aligned": seen, "big": big}
    if isinstance(spec.start, RunSpec):
        begins["tuned"] = live.latest(engine, spec.start)
    sizes = {name: each.history.begin.parameters for name, each in begins.items() if each.history.begin}
    if refusal := next((each.refusal for each in asked.values() if each.refusal), ""):
        st.caption(lesson.sentence(refusal))
    if not seen.ended:
        st.caption(WAITS)
    parts.table(bigger_view.table(liked, known, replied, sizes, visit.number()), key="bigger", on_open=path.lead)
    if said := bigger_view.told(liked, known, replied, sizes):
        st.markdown(lesson.plain(said))
    if replied and "aligned" in known:
        parts.table(bigger_view.pairs(liked, known["aligned"], replied, visit.number()), key="bigger_pairs", on_open=path.lead)
