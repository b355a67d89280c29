"""Small and aligned, or big and not? A bigger base is trained at a press, and both reply to the same requests."""

from collections.abc import Mapping
from functools import lru_cache

import streamlit as st

from llmviz.core.questions.replies import Sampled
from llmviz.core.spec import RunSpec, base
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

_bigger = lru_cache(maxsize=8)(bigger_view.bigger)  # asked for at every drawing


def draw(engine: Engine, seen: Seen) -> None:
    """Draw the buttons, how far the big base has come, and the two tables; nothing where the page's run has no base to be bigger than."""
    small = base(visit.current().spec)
    if small is None:
        return
    with st.container(key="bigger_area"):
        st.markdown("**Small and aligned, or big and not?**")
        if not visit.current().lecture:
            st.caption(bigger_view.ABOUT)
        now = _models(engine, seen, small)
        _row(engine, small, now["big"])
        asked = _asked(engine, now, 0.0)
        waits = now["big"].under_way or any(each.pending for each in asked.values())

        def drawn() -> None:
            later = _models(engine, seen, small)
            answers = _asked(engine, later)
            _picture(engine, _bigger(small), later, answers)
            settled = waits and not later["big"].under_way and not any(each.pending for each in answers.values())
            if settled or live.frame(later["big"]) != live.frame(now["big"]):
                st.rerun()

        st.fragment(drawn, run_every=live.EVERY if waits else None, key="bigger_drawn")()


def _models(engine: Engine, seen: Seen, small: RunSpec) -> dict[str, Seen]:
    """The small base, what was tuned from it, what was aligned; and the big base."""
    start = visit.current().spec.start
    tuned = {"tuned": live.latest(engine, start)} if isinstance(start, RunSpec) else {}
    return {"base": live.latest(engine, small), **tuned, "aligned": seen, "big": live.latest(engine, _bigger(small))}


def _row(engine: Engine, small: RunSpec, now: Seen) -> None:
    """What trains the big base, and what stops it."""
    big, viewer = _bigger(small), visit.viewer()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="bigger_row"):
        there, train = now.ended or now.under_way, lambda: engine.train(big, viewer)
        st.button("Train the big base", key="bigger_train", disabled=there, on_click=controls.attempt, args=(train,))
        if now.under_way and now.run:
            run = now.run
            st.button("Stop", key="bigger_stop", on_click=controls.attempt, args=(lambda: engine.control(run, Command.STOP, viewer),))
        st.markdown(f":gray[{lesson.plain('' if there else _estimate(engine, small, big))}]", width="content")


def _estimate(engine: Engine, small: RunSpec, big: RunSpec) -> str:
    """How long it will take, by the pace of the small one; the line of the chain tells once it is under way."""
    runs = made_from(small)
    seen = {each.id: live.latest(engine, each).history for each in runs}
    left = seconds_left([*made_from(big), *runs], {id: (history.step, history.seconds) for id, history in seen.items()})
    if not left:
        return ""
    return f"{words.size(big.model.size)} parameters, all of its pretraining: about {words.duration(left)} by the pace of the small one."


def _asked(engine: Engine, models: Mapping[str, Seen], patience: float = live.PATIENCE) -> dict[str, ask.Asked[Sampled]]:
    """The replies of the small models, and those of the big base to both kinds of prompt."""
    small = {name: (seen, False) for name, seen in models.items() if name != "big"}
    whose = {**small, "alone": (models["big"], False), "prompted": (models["big"], True)}
    found: dict[str, ask.Asked[Sampled]] = {}
    for name, (seen, prompted) in whose.items():
        last = seen.history.snapshots[-1:] if seen.ended else ()
        question = bigger_view.asked(prompted)
        found[name] = ask.answers(engine, seen.run, last, question, patience, f"bigger {name}") if last else ask.Asked()
    return found


def _picture(engine: Engine, big: RunSpec, models: Mapping[str, Seen], asked: Mapping[str, ask.Asked[Sampled]]) -> None:
    liked = style(visit.current().spec)
    if not liked:
        st.caption(NO_TASTE)
        return
    if models["big"].under_way:
        chain.draw(engine, big, models["big"], trains_all="")
    known = {name: next(iter(each.known.values())) for name, each in asked.items() if each.known}
    replied = Big.of(known["alone"], known["prompted"]) if {"alone", "prompted"} <= known.keys() else None
    sizes = {name: each.history.begin.parameters for name, each in models.items() if each.history.begin}
    if refusal := next((each.refusal for each in asked.values() if each.refusal), ""):
        st.caption(lesson.sentence(refusal))
    if not models["aligned"].ended:
        st.caption(WAITS)
    drawn = bigger_view.table(liked, known, replied, sizes, visit.number(), visit.current().lecture)
    parts.table(drawn, key="bigger", on_open=path.lead)
    if said := bigger_view.told(liked, known, replied, sizes):
        st.markdown(lesson.plain(said))
    if replied and "aligned" in known:
        parts.table(bigger_view.pairs(liked, known["aligned"], replied, visit.number()), key="bigger_pairs", on_open=path.lead)
