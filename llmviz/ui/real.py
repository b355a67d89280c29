"""Models that nobody trained here, on pages of those that are: how one stands, how it is taken in, and asking it."""

from collections.abc import Callable, Mapping

import streamlit as st

from llmviz.core.checkpoint import Checkpoint
from llmviz.core.questions.base import AnyAnswer, Question
from llmviz.core.run import RunRef
from llmviz.runs import real_sizes
from llmviz.runs.real_models import COMING, MISSING, STEP, THERE, UNKNOWN, Offer
from llmviz.ui import ask, lesson, live, states, visit
from llmviz.ui.engine import real_models
from llmviz.views import words

GONE = "There is no such model here."
REFUSED, PICKED = "real_refused", "real_name"
ASKED = "{title} is being asked, and loaded first where it was not asked for long: some ten seconds."


def offers() -> tuple[Offer, ...]:
    """The models that could be asked here."""
    return real_models().offers()


def offer(name: str) -> Offer | None:
    """The offer of this name, if there is one here."""
    return real_models().offer(name) if name else None


def started_from(offer: Offer) -> Checkpoint | None:
    """The checkpoint that runs start from which start from this model; None where there can be none yet."""
    try:
        return real_models().checkpoint(offer)[0]
    except ValueError:
        return None


def choose(
    views: Mapping[str, str], models: Mapping[str, str], view: str, model: str, turn: Callable[[], None], switch: Callable[[], None]
) -> None:
    """Draw the choice of view, and that among the runs of these `models`, by experiment, and the real ones.

    `view` and `model` are the keys of the two widgets, `turn` and `switch` what a click on them does.
    """
    address = visit.current()
    every = {**models, **{each.name: each.title for each in offers()}}
    st.session_state[view] = address.view.tab
    st.session_state[model] = address.view.real if address.view.real in every else address.spec.stage
    with st.container(key="tabs_row", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        for label, options, key, clicked in (("View", views, view, turn), ("Model", every, model, switch)):
            st.segmented_control(
                label,
                list(options),
                format_func=options.__getitem__,
                key=key,
                required=True,
                label_visibility="collapsed",
                on_change=clicked,
            )


def chosen() -> Offer | None:
    """The model that the address of this page names in place of a run, if there is one here."""
    return offer(visit.current().view.real)


def pick(what: str = "") -> str:
    """The name of the model in the address of this page, or of the first that does `what` is wanted; empty without any.

    Of several the choice is drawn.
    """
    every = {each.name: each.title for each in offers() if not what or each.does in (what, UNKNOWN)}
    named = visit.current().view.real
    name = named if named in every else next(iter(every), "")
    if len(every) > 1:
        st.session_state[PICKED] = name
        st.segmented_control("Model", list(every), format_func=every.__getitem__, key=PICKED, required=True, on_change=_picked)
    return name


def _picked() -> None:
    visit.set(real=st.session_state[PICKED])


def head(about: Offer, eyebrow: str, title: str, lead: str) -> None:
    """Draw the head of a page that shows it."""
    badge = states.Badge(f"real weights · {about.title} · trained elsewhere", "pretrained")
    lesson.header(f"{eyebrow} · {about.title}", badge, title, lead)
    lesson.notes()


def panel(name: str, draw: Callable[[Offer, RunRef], None]) -> None:
    """Draw the model: how it stands and what helps, and once it is there, what `draw` draws."""
    named = offer(name)
    if named is None:
        st.markdown(GONE)
        return
    coming = real_models().stands(named).state == COMING

    def drawn() -> None:
        stands = real_models().stands(named)
        if coming != (stands.state == COMING):  # a button in here draws this part of the page alone
            st.rerun()
        match stands.state:
            case state if state == THERE:
                draw(named, RunRef(named.key, STEP))
            case state if state == MISSING:
                st.markdown(stands.reason)
            case state if state == COMING:
                usual = real_sizes.of(named).seconds
                left = usual - stands.seconds
                when = f"About {words.duration(max(1.0, left))} left." if left > -2 else "This machine is busy: it takes longer than usual."
                about = f"{named.title} is taken in: its weights are unpacked, checked and kept. {when}"
                st.progress(min(0.97, stands.seconds / usual), text=about)
            case _:
                _offered(named, stands.reason)

    st.fragment(drawn, run_every=live.EVERY if coming else None, key="real_model")()


def asked(about: Offer, run: RunRef, question: Question[AnyAnswer], slot: str) -> ask.Found[AnyAnswer]:
    """What the model makes of a question. Waits: a cold one is loaded first."""
    known = ask.answers(real_models(), run, [STEP], question, 0.0, slot=slot)
    if STEP not in known.known:
        with st.spinner(ASKED.format(title=about.title)):
            known = ask.answers(real_models(), run, [STEP], question, None, slot=slot)
    return ask.Found(known.known.get(STEP), words.sentence(known.refusal))


def _offered(named: Offer, reason: str) -> None:
    st.markdown(lesson.plain(named.about))
    refusal = st.session_state.pop(REFUSED, "") or reason
    if refusal:
        st.warning(lesson.sentence(refusal))
    st.button(f"Take in {named.title}", key="real_take_in", type="primary", on_click=_take_in, args=(named,))
    size = real_sizes.of(named)
    kept, memory = (words.about(max(1, round(megabytes))) for megabytes in (size.kept, size.memory))
    st.caption(
        f"Once, about {words.duration(size.seconds)}: its weights are unpacked and kept on this machine, {kept} MB. While it is asked it "
        f"takes {memory} MB of memory. Nothing leaves this machine."
    )


def _take_in(named: Offer) -> None:
    try:
        real_models().take_in(named)
    except ValueError as problem:
        st.session_state[REFUSED] = str(problem)
