"""The picture of *Human feedback*: rewards of replies at each step, the words that move them, the hidden taste, and a closer look."""

from dataclasses import dataclass, replace

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.address import change
from llmviz.core.feedback import REINFORCEMENT, REWARD_ROLE
from llmviz.core.recorded import seeds
from llmviz.core.settings import check, setting
from llmviz.core.spec import RunSpec, preset
from llmviz.core.study import Axis, Study, along
from llmviz.experiments.reward import EXPERIMENT, labeller_panel, view
from llmviz.experiments.reward.labeller_panel import QUIZ, Chooser
from llmviz.experiments.reward.question import Judge, Judged, Moved, TakeOut
from llmviz.parts.shared.payload import Shared
from llmviz.runs.engine import Engine
from llmviz.text import incoming
from llmviz.ui import ask, lesson, live, parts, path, question, study, visit
from llmviz.ui.closer import Tab, chosen, network
from llmviz.ui.live import Seen
from llmviz.ui.study import Series
from llmviz.views import words

REQUEST, REPLY = "judged_request", "judged_reply"
KEY, CLICKS = "clicks", (10, 30, 100, 300, 1_000)
MISTAKES = {"no mistakes": 0.0, "10 % mistakes": 0.1, "30 % mistakes": 0.3}
READ = 40  # pairs whose replies the words are taken out of
NEVER = "This run has not been measured on new pairs."
ABOUT = (
    "The same recipe with 10 to 1,000 choices of the simulated labeller, some of them made the other way by mistake; measured on pairs "
    "without mistakes. A seed draws the pairs and the order in which they are learnt; all seeds start from one tuned model, so that the "
    "band says nothing of how that one varies. Ouyang et al. 2022 (section 3.4): labellers agreed with one another in 73 %."
)
NOT_OPEN = "Nobody says what the labeller thinks of a reply to this: its taste is known for requests such as “how was the soup ?” alone."
NOBODY = "These are your choices: what you like, nobody knows but you."


@dataclass(frozen=True)
class Judging:
    """What the visitor lets be judged, and looks into."""

    request: str = setting("how was the soup ?", "Request", "What is asked.", letters=200)
    reply: str = setting("the soup was lovely . we enjoyed it .", "Reply", "What is to be given a reward.", letters=400)
    revealed: bool = setting(False, "Revealed", "Whether the hidden taste is shown.")
    tab: str = chosen("network")

    def __post_init__(self) -> None:
        check(self)


def claim(seen: Seen, chooser: Chooser) -> str:
    """The title of the page; a question while its answer is withheld."""
    shown = replace(seen, history=type(seen.history)()) if question.withheld(QUIZ) else seen
    return view.claim(visit.current().spec.objective, chooser.count, shown.history)


def predict(seen: Seen, chooser: Chooser) -> None:
    """Draw the question of how well it will tell."""
    reveal = (lambda: view.outcome(seen.history)) if seen.ended else None
    question.draw(question.BEFORE, view.quiz(chooser.count), QUIZ, reveal, NEVER)


def typed() -> None:
    """Draw the boxes for a request and a reply."""
    judging: Judging = visit.current().view
    st.session_state[REQUEST], st.session_state[REPLY] = judging.request, judging.reply
    with st.container(key="reply_row"):
        left, right = st.columns([0.36, 0.64], gap="small")
        with left:
            st.text_input("A request", key=REQUEST, max_chars=200, on_change=_typed)
        with right:
            st.text_input("Your reply to it", key=REPLY, max_chars=400, on_change=_typed)


def _typed() -> None:
    request, reply = (incoming.tidied(st.session_state[key] or "") for key in (REQUEST, REPLY))
    visit.set(request=" ".join(request.split()), reply=" ".join(reply.split()))


def _shared(seen: Seen) -> Shared:
    """What the parts carry. While the curve is withheld, and with it the slider, they stand on the newest snapshot."""
    shared = live.shared(seen)
    if not question.withheld(QUIZ) or not seen.history.snapshots:
        return shared
    last = seen.history.snapshots[-1]
    return {**shared, "group": f"{shared['group']} {last}", "step": last}


def picture(engine: Engine, seen: Seen) -> None:
    """Draw the rewards of the visitor's reply and of some that differ from it in one thing, the curve, and the words."""
    with st.container(key="rewards_area"):
        _rewards(engine, seen)
    left, right = st.columns([0.45, 0.55], gap="large")
    with left, st.container(key="words_area"):
        _words(engine, seen)
    with right:
        live.curve(seen, beside=[], withheld=question.withheld(QUIZ))


def _rewards(engine: Engine, seen: Seen) -> None:
    address = visit.current()
    judging: Judging = address.view
    request = view.understood(judging.request)
    suggested = view.contrasts(request) if request else {}
    names, replies = ["your reply", *suggested], (judging.reply, *suggested.values())
    asked = ask.Asked[Judged]()
    if seen.run and seen.history.snapshots:
        asked = ask.answers(engine, seen.run, seen.history.snapshots, Judge(judging.request, replies), seen.patience, "rewards")
    settings = address.spec.objective
    liked = view.likings(settings, request, replies) if judging.revealed and request and settings.hidden_taste else None
    empty = words.sentence(asked.refusal) or "The rewards appear here as soon as there is a trained reward model."
    parts.rewards(view.rewards(names, replies, asked.known, liked, empty), _shared(seen), key="rewards")


def _words(engine: Engine, seen: Seen) -> None:
    about, known = "the full run, all weights trained", ask.Asked[Moved]()
    first = labeller_panel.start(engine)
    if seen.run and seen.history.snapshots and labeller_panel.ready(first):
        pairs = labeller_panel.pool(engine, first, READ)[:READ]
        texts = [(each.request.text, reply) for each in pairs for reply in (each.one, each.other)]
        asked_of = TakeOut(tuple(request for request, _ in texts), tuple(reply for _, reply in texts))
        known = ask.answers(engine, seen.run, view.looked_at(seen.history.snapshots), asked_of, seen.patience, "words")
    empty = words.sentence(known.refusal) or "The words appear here as soon as training has begun."
    parts.signed_bars(view.moving("Words that move its reward", about, known.known, "finetuned", empty), _shared(seen), key="words")


def taste() -> None:
    """Draw the button that reveals the hidden taste, or what it is."""
    judging, settings = visit.current().view, visit.current().spec.objective
    with st.container(key="taste_row"):
        if not settings.hidden_taste:
            st.markdown(NOBODY)
        elif not judging.revealed:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.button("Reveal the hidden taste", key="reveal", on_click=lambda: visit.set(revealed=True))
                st.markdown("Where is the reward model fooled? First say what you think the labeller likes.", width="content")
        else:
            left, right = st.columns([0.9, 0.1], vertical_alignment="center")
            left.markdown(lesson.plain(view.told(settings)))
            right.button("Hide it", key="conceal", type="tertiary", on_click=lambda: visit.set(revealed=False))
            if not view.understood(judging.request):
                st.caption(NOT_OPEN)


def onward(engine: Engine, seen: Seen) -> None:
    """Draw the way to *Reinforcement*, where a model learns from this very reward; nothing before it is trained."""
    spec, usual = visit.current().spec, preset(EXPERIMENT.name)
    if seen.run is None or not seen.ended:
        return
    query = {REWARD_ROLE: seen.run.key} if spec != usual else {}
    if isinstance(spec.start, RunSpec) and spec.start != usual.start and (start := live.latest(engine, spec.start).run):
        query["parent"] = start.key
    path.onward(REINFORCEMENT.page, "Let a model learn from this reward", query)


def clicks() -> None:
    """Draw accuracy against the number of choices, for some shares of mistakes."""
    st.markdown("**How many choices?**")
    if not visit.current().lecture:
        st.caption(ABOUT)
    spec = change(visit.current().spec, {"choices_digest": ""})
    axis = Axis("choices", ("clicks",), "log")
    series = [
        Series(name, EXPERIMENT.colour, Study(change(spec, {"noise": noise}), axis, along("clicks", CLICKS), seeds(spec.seed)))
        for name, noise in MISTAKES.items()
    ]
    study.panel(KEY, series, catalogue.experiment(EXPERIMENT.name).metric("pair_accuracy"))


TABS = {"network": Tab("The network", network)}
