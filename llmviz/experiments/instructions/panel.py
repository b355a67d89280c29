"""The picture of *Instructions*: one request into three models, what the base does with requests, the curve; and a closer look."""

from dataclasses import dataclass, replace
from random import Random

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.history import History
from llmviz.core.questions.replies import LIKELIEST, ReplyTo
from llmviz.core.run import RunRef
from llmviz.core.settings import check, setting
from llmviz.experiments.instructions import EXPERIMENT, held_out_view, loss_view, real_panel, view
from llmviz.experiments.instructions.question import Examine, Examined, LossesOf
from llmviz.experiments.instructions.view import Shares
from llmviz.runs.engine import Engine
from llmviz.text.tinyland import dialogues
from llmviz.text.tinyland.dialogue_parser import parsed
from llmviz.text.tinyland.dialogues import Request
from llmviz.ui import ask, lesson, live, parts, question, replied, sentence, visit
from llmviz.ui.beside import beside, train
from llmviz.ui.closer import Tab, attention, chosen, network, step_of
from llmviz.ui.live import Seen
from llmviz.views import accuracy_bars
from llmviz.views.replies import Row
from llmviz.views.reveal import Reveal

FOLLOWED = catalogue.experiment(EXPERIMENT.name).metric("followed")
QUIZ = "instructions_quiz"
TABLE = "**After {}held-out requests of the kinds it learns**"
ASKED = "The held-out requests are being put to the model."


@dataclass(frozen=True)
class Looking:
    """How replies are written, and what the visitor looks into."""

    draw: int = setting(LIKELIEST, "Draw", "The seed that replies are drawn with; 0: the likeliest words.", low=0, high=2**31 - 1)
    tab: str = chosen("held_out", "loss", "network", "attention", "real")

    def __post_init__(self) -> None:
        """Refuse a tab that the page has not."""
        check(self)


# Which request, and who answers


def _request(engine: Engine, seen: Seen) -> tuple[list[str], Request | None, str]:
    """The visitor's request in the words of the run, which it is, and a sentence on words that the run does not know."""
    text, _ = sentence.shown(visit.current())
    tokens, strange = ask.read(engine, seen.run, text)
    return [token.shown or token.text for token in tokens], parsed(" ".join(token.text for token in tokens)), strange


def _base(engine: Engine, seen: Seen) -> Seen:
    """The run of the page with its first snapshot alone, which is the base; before there is one, the base's own run with its last."""
    if seen.run is not None and seen.history.snapshots:
        return replace(seen, history=replace(seen.history, snapshots=seen.history.snapshots[:1]))
    parent = visit.current().spec.parent
    found = live.latest(engine, parent) if parent else live.look(engine, None)
    return replace(found, history=replace(found.history, snapshots=found.history.snapshots[-1:]))


def _examined(engine: Engine, seen: Seen, step: int, slot: str) -> Examined | None:
    """What one snapshot makes of the held-out requests; None while that is awaited."""
    return ask.answers(engine, seen.run, [step], Examine(), seen.patience, slot).known.get(step)


def _shares(engine: Engine, seen: Seen, step: int | None, slot: str) -> Shares | None:
    found = _examined(engine, seen, step, slot) if step is not None else None
    return Shares.of(found) if found else None


# What the page says


def claim(seen: Seen) -> str:
    """The title of the page; what is to be seen, as long as its question is open."""
    return view.claim(History() if question.withheld(QUIZ) else seen.history)


def predict(engine: Engine, seen: Seen) -> None:
    """Draw the question: what the base writes after a request."""
    spec, base = visit.current().spec, _base(engine, seen)

    def reveal() -> Reveal | None:
        found = _shares(engine, base, base.history.snapshots[0], "base")
        return view.outcome(spec, found) if found else None

    question.draw(question.GUESS, view.quiz(spec), QUIZ, reveal if base.history.snapshots else None, ASKED)


# What it draws


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the request in the address."""
    address = visit.current()
    withheld, other = question.withheld(QUIZ), beside(engine, address.spec)
    above = st.container(key="rows_area")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="again_row"):
        st.button("Draw again", key="draw_again", help="The same request with other random numbers.", on_click=_again)
        st.button("Likeliest words", key="likeliest", disabled=address.view.draw == LIKELIEST, on_click=_likeliest)
        if not address.lecture:
            st.markdown(f":gray[{lesson.plain(f'{view.drawn(address.view.draw)} {view.NOTE}')}]", width="stretch")
    left, right = st.container(key="low_area").columns([0.37, 0.63], gap="large")
    with right:
        live.curve(seen, beside=[] if withheld else accuracy_bars.curve(FOLLOWED, address.spec, other.history))
    with above:
        _rows(engine, seen, other, withheld)
    with left, st.container(key="table_area"):
        _table(engine, seen, withheld)


def _rows(engine: Engine, seen: Seen, other: Seen, withheld: str) -> None:
    """The request with what each model writes after it."""
    address, base = visit.current(), _base(engine, seen)
    given, request, strange = _request(engine, seen if seen.run else base)
    third = view.third(address.spec, bool(other.run and other.history.snapshots), other.under_way)
    first, second, third = view.sides(address.spec, live.untold(seen), third)
    asked = ReplyTo(sentence.shown(address)[0], address.view.draw)
    after, refusal = replied.row(engine, seen, second, asked, "after")
    beside_it, _ = replied.row(engine, other, third, asked, "third")
    if seen.run is not None and seen.history.snapshots:
        before = replace(after, side=replace(first, empty=after.side.empty))
    else:
        before, refusal = replied.row(engine, base, replace(first, pinned="last"), asked, "base reply")
    if withheld:
        later = {step: found for step, found in after.found.items() if step}
        before, after = Row(replace(first, empty=withheld)), replace(after, found=later)
    note = " ".join(filter(None, (refusal, strange))) or view.standing(request)
    drawn = view.replies(given, request, [before, after, beside_it], note)
    parts.replies(drawn, live.shared(seen), key="replies", on_action=lambda _: train(engine, address.spec))


def _table(engine: Engine, seen: Seen, withheld: str) -> None:
    """How often the base and the tuned model ask, end and follow. A run under way is measured by its curve; this waits for its end."""
    base = _base(engine, seen)
    if withheld or not base.history.snapshots:
        st.markdown(TABLE.format(""))
        st.caption(withheld or "What the model writes after them stands here as soon as there is a base.")
        return
    there = bool(seen.run and seen.history.snapshots) and not seen.under_way
    step = step_of(seen) if there else 0
    before = _shares(engine, base, base.history.snapshots[0], "base")
    after = _shares(engine, seen, step if there else None, "tuned")
    if before is None or (there and after is None):
        st.markdown(TABLE.format(""))
        st.caption(ASKED)
        return
    st.markdown(TABLE.format(f"{before.count} "))
    drawn = view.table(before, after, step, "base" if visit.current().spec.start else "before")
    st.html(f"<div class='study_table'>{drawn}</div>")


def _again() -> None:
    visit.set(draw=visit.current().view.draw % (2**31 - 1) + 1)


def _likeliest() -> None:
    visit.set(draw=LIKELIEST)


# A closer look


def _held_out(engine: Engine, seen: Seen, run: RunRef) -> None:
    """Which kinds are followed, as in training and held out by subject, by wording, by kind; at the slider's step."""
    step = step_of(seen)
    found = _examined(engine, seen, step, "tuned")
    if found is None:
        st.markdown(ASKED)
        return
    st.markdown(f"Step {step:,}. {lesson.plain(held_out_view.told(found))}")
    drawn = held_out_view.outcomes(found)
    parts.outcomes(drawn | {"of": ""} if visit.current().lecture else drawn, live.shared(seen), key="outcomes")


def _loss(engine: Engine, seen: Seen, run: RunRef) -> None:
    """One dialogue with its mask: the visitor's request with a reply, or the first that the run learns from."""
    spec, request = visit.current().spec, _request(engine, seen)[1]
    dialogue = next(iter(dialogues.learnt(spec.seed, 1)))
    if request:
        dialogue = dialogues.Dialogue(request, dialogues.reply(request, Random(request.text)))
    asked = ask.answers(engine, run, seen.history.snapshots, LossesOf(dialogue.request.text, dialogue.reply), None, "losses")
    step, first = step_of(seen), seen.history.snapshots[0]
    if step not in asked.known or first not in asked.known:
        st.markdown(lesson.sentence(asked.refusal) or "The dialogue is being read.")
        return
    parts.replies(loss_view.rows(spec, asked.known), live.shared(seen), key="loss_rows", on_action=lambda _: None)
    whose = "your request" if request else "the first dialogue that the run learns from, for your text is no request that has a rule"
    told = lesson.plain(loss_view.told(asked.known[first], asked.known[step]))
    st.markdown(f"This is {whose}; the reply is drawn by the rules that wrote those in training. {told}")


TABS = {
    "held_out": Tab("Subjects, wordings, kinds", _held_out),
    "loss": Tab("The loss on the reply", _loss),
    "network": Tab("The network", network),
    "attention": Tab("Attention", attention),
    "real": Tab("A real model", real_panel.draw, always=True),
}
