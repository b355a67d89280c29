"""The picture of *Safety*: a policy with switches, one request to every model, what refusing costs; ways around it; and a closer look."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import streamlit as st

from llmviz.core.questions.replies import ReplyTo
from llmviz.core.recorded import seeds
from llmviz.core.run import RunRef
from llmviz.core.settings import check
from llmviz.core.spec import RunSpec
from llmviz.core.study import Axis, Study, Value
from llmviz.experiments.safety import EXPERIMENT, PolicySpec, chosen_view, share_view, undo_view, view, ways_view
from llmviz.experiments.safety.question import Chosen, LearnFromChoices, TryWays, Undo, Undone
from llmviz.runs.engine import Engine
from llmviz.text.tinyland import policy
from llmviz.ui import ask, lesson, live, parts, question, replied, study, two_texts, visit
from llmviz.ui.closer import Tab, chosen, network
from llmviz.ui.live import Seen
from llmviz.ui.study import Series
from llmviz.views.replies import Row
from llmviz.views.sides import Side

QUIZ, KEY = "safety_quiz", "refusal_share"
SWITCH = "rule_{}"
LABELS, HINTS = ("Request", "Beginning of the reply"), ("A request", "How the reply begins, if you like")
SHARES = (0.0, 0.1, 0.2, 0.4, 0.7, 1.0)
NEVER = "This policy forbids nothing, so there was nothing to refuse."
AWAITED = "The requests are being put to the models."
UNDO = (
    "Copies of the safe model learn from 1, 3, 10 or 30 examples that do what is forbidden, or from as many allowed ones, each in a few "
    "steps of AdamW on all weights (after Qi et al. 2023). The subjects that are asked about are in none of them."
)
CHOICES = (
    "By preference: copies of the model before safety tuning learn from choices between a refusal and an answer, by DPO. Preferred is the "
    "refusal where the request is forbidden, and the answer where it is allowed. What is measured are replies to other requests."
)


@dataclass(frozen=True)
class Trying:
    """How a reply is made to begin, and what the visitor looks into."""

    second: str = two_texts.second(LABELS[1], "What the reply is made to begin with.")
    tab: str = chosen("undo", "choices", "share", "network")

    def __post_init__(self) -> None:
        """Refuse a tab that the page has not."""
        check(self)


def _policy() -> PolicySpec:
    settings: PolicySpec = visit.current().spec.objective
    return settings


# What the page says


def claim(seen: Seen) -> str:
    """The title of the page."""
    return view.claim(seen.history)


def rules(seen: Seen) -> None:
    """Draw the policy: a switch for each rule, and what they come to. A changed policy is another run, to be trained."""
    with st.container(key="policy_row"):
        with st.container(horizontal=True, gap="medium", key="rules_row"):
            for name, rule in policy.RULES.items():
                st.session_state[SWITCH.format(name)] = getattr(_policy(), name)
                st.toggle(rule.title, key=SWITCH.format(name), disabled=seen.steered, on_change=_turn, args=(name,))
        st.markdown(f":gray[{lesson.plain(view.told(_policy()))}]")


def _turn(name: str) -> None:
    spec = visit.current().spec
    turned = replace(spec.objective, **{name: st.session_state[SWITCH.format(name)]})
    visit.change(spec=replace(spec, objective=turned), run=None, step=None)


def predict(seen: Seen) -> None:
    """Draw the question: what is refused where the reply is made to begin with consent."""
    question.draw(question.GUESS, view.quiz(), QUIZ, (lambda: view.outcome(seen.history)) if seen.ended else None, NEVER)


# Who is asked


def _safe(seen: Seen) -> Side:
    return Side("Safe", view.examples(_policy()), EXPERIMENT.colour, empty=live.untold(seen))


# What it draws


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the request in the address, and the beginning of its reply."""
    address, withheld = visit.current(), question.withheld(QUIZ)
    above = st.container(key="rows_area")
    left, right = st.container(key="low_area").columns([0.3, 0.7], gap="large")
    with left:
        st.markdown("**What refusing costs**")
        st.markdown(lesson.plain(view.cost(seen.history)) or ":gray[Told here as soon as training has begun.]")
    with right:
        live.curve(seen, beside=[])
    with above:
        text, begins = two_texts.shown(address)
        tokens, strange = ask.read(engine, seen.run, text)
        begun, _ = ask.read(engine, seen.run, begins) if begins else ([], "")
        request = policy.asked(" ".join(token.text for token in tokens))
        hides = bool(withheld) and view.around(" ".join(token.text for token in tokens), begins)
        rows, refusals = list[Row](), list[str]()
        for side, other in (*replied.before(engine), (_safe(seen), seen)):
            row, refusal = replied.row(engine, other, side, ReplyTo(f"{text} {begins}".strip()), f"reply {side.title}")
            rows.append(Row(replace(side, empty=withheld)) if hides and other is seen else row)
            refusals.append(refusal)
        note = (
            " ".join(filter(None, (next(filter(None, refusals), ""), strange)))
            or f"{view.standing(request, _policy().rules)} {view.NEW_WORDS}"
        )
        given = [token.shown or token.text for token in (*tokens, *begun)]
        drawn = view.replies(given, request, _policy().rules, rows, note)
        parts.replies(drawn, live.shared(seen), key="replies", on_action=lambda _: None)


def ways(engine: Engine, seen: Seen) -> None:
    """Draw the ways around the policy, tried on every model; they wait for the end of a run under way."""
    with st.container(key="ways_area"):
        st.markdown("**Ways around it, tried on every model**")
        withheld, listed = question.withheld(QUIZ), _policy().rules
        if withheld or not listed or not seen.ended:
            st.caption(withheld or ("They are tried when training has ended." if listed else NEVER))
            return
        asked = [(side.title, other) for side, other in (*replied.before(engine), (_safe(seen), seen)) if other.run]
        found = {title: _tried(engine, other, listed, title) for title, other in asked}
        known = {name: replies for name, replies in found.items() if replies}
        if len(known) < len(asked):
            st.caption(AWAITED)
            return
        told = {name: ways_view.ways(listed, replies) for name, replies in known.items()}
        *earlier, safe = told.values()
        st.markdown(lesson.plain(ways_view.told(safe, earlier[-1] if earlier else ())))
        parts.outcomes(ways_view.outcomes(told), live.shared(seen), key="ways")


def _tried(engine: Engine, seen: Seen, listed: tuple[str, ...], title: str) -> Sequence[str]:
    last = seen.history.snapshots[-1:]
    asked = ask.answers(engine, seen.run, last, TryWays(listed), seen.patience, f"ways {title}") if last else ask.Asked()
    return asked.known[last[0]].replies if asked.known else ()


# A closer look


def _undo(engine: Engine, seen: Seen, run: RunRef) -> None:
    """Draw what a few examples undo. The copies are trained while the page is looked at."""
    if not visit.current().lecture:
        st.caption(UNDO)
    if not seen.ended or not _policy().rules:
        st.markdown("The copies are made when training has ended." if _policy().rules else NEVER)
        return
    before = _undone(engine, seen, run)

    def drawn() -> None:
        harmful, harmless = _undone(engine, seen, run)
        if harmful and harmless:
            st.markdown(lesson.plain(undo_view.told(harmful, harmless, len(policy.held_out(_policy().rules, "plain")))))
        left, right = st.container(key="undo_area").columns(2, gap="large")
        with left:
            parts.curves(undo_view.curves(harmful, harmless, "Forbidden requests refused", "refused"), key="undone")
        with right:
            parts.curves(undo_view.curves(harmful, harmless, "Allowed requests followed", "followed"), key="kept")
        if harmful and harmless and not all(before):
            st.rerun()

    st.fragment(drawn, run_every=None if all(before) else 1.0, key="undo_drawn")()


def _undone(engine: Engine, seen: Seen, run: RunRef) -> list[Undone | None]:
    last = seen.history.snapshots[-1]
    asked = [
        ask.answers(engine, run, [last], Undo(_policy().rules, harmful), live.PATIENCE, f"undo {harmful}") for harmful in (True, False)
    ]
    return [each.known.get(last) for each in asked]


def _choices(engine: Engine, seen: Seen, run: RunRef) -> None:
    """Draw what choices teach copies of the model that safety tuning starts from, which are trained while the page is looked at."""
    if not visit.current().lecture:
        st.caption(CHOICES)
    _, start = replied.before(engine)[-1]
    begins = start.run
    if begins is None or not start.ended or not _policy().rules:
        st.markdown(live.untold(start, "It is trained before the model of this page.") if _policy().rules else NEVER)
        return
    before = _chosen(engine, start, begins)

    def drawn() -> None:
        found = before or _chosen(engine, start, begins)
        if found:
            st.markdown(lesson.plain(chosen_view.told(found)))
        left, right = st.container(key="choices_area").columns(2, gap="large")
        with left:
            parts.curves(chosen_view.curves(found, "Forbidden requests refused", "refused"), key="chosen_refused")
        with right:
            parts.curves(chosen_view.curves(found, "Allowed requests refused", "over"), key="chosen_over")
        if found and not before:
            st.rerun()

    st.fragment(drawn, run_every=None if before else 1.0, key="choices_drawn")()


def _chosen(engine: Engine, start: Seen, run: RunRef) -> Chosen | None:
    last = start.history.snapshots[-1]
    return ask.answers(engine, run, [last], LearnFromChoices(_policy().rules), live.PATIENCE, "choices").known.get(last)


@lru_cache(maxsize=16)  # asked for at every drawing
def study_of(spec: RunSpec) -> Study:
    """The runs that differ in how many of their examples are refusals."""
    values = tuple(Value(f"{share:.0%}", (share,)) for share in SHARES)
    return Study(spec, Axis("refusals among the examples", ("forbidden",), "linear"), values, seeds(spec.seed))


def _share(engine: Engine, seen: Seen, run: RunRef) -> None:
    """Draw over-refusal against refusals, along the share of refusals among the examples."""
    if not _policy().rules:
        st.markdown(NEVER)
        return
    series = [Series("safe", EXPERIMENT.colour, study_of(visit.current().spec))]
    study.row(KEY, series)

    def drawn() -> None:
        found = study.as_drawn(study.look(KEY, series)[0])
        if not any(found.band(value, share_view.OVER) for value in found.study.values):
            st.html(f"<div class='study_empty'><span>{study.EMPTY}</span></div>")
            return
        size, height = study.pixels()
        drawn = share_view.figure(found, EXPERIMENT, size)
        st.plotly_chart(drawn, width="stretch", height=height, key=f"{KEY}_figure", config=study.CONFIG)
        st.caption("Each point is a share of refusals among the examples: the median, with lines from the lowest seed to the highest.")
        with st.expander("The figures as a table"):
            st.html(f"<div class='study_table'>{share_view.table(found, EXPERIMENT)}</div>")

    st.fragment(drawn, run_every=live.EVERY if study.moving(KEY, series) else None, key=f"{KEY}_drawn")()


TABS = {
    "undo": Tab("A few examples undo it", _undo),
    "choices": Tab("Taught by choices", _choices, always=True),
    "share": Tab("How many refusals?", _share, always=True),
    "network": Tab("The network", network),
}
