"""Who chooses on the page on human feedback: the visitor, pair by pair, or a simulated labeller; and what a head alone learns of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from llmviz.core.address import change
from llmviz.core.feedback import ChoicesSpec
from llmviz.core.spec import RunSpec
from llmviz.experiments.reward import view
from llmviz.experiments.reward.question import Drawn, DrawPairs, FitHead, Fitted
from llmviz.runs.engine import Engine
from llmviz.text import own_choices
from llmviz.text.own_choices import NONE, Chosen
from llmviz.ui import ask, given, lesson, live, parts, question, states, visit
from llmviz.ui.live import Seen
from llmviz.views import words

OWN, TURN, REFUSED = "own_choices", "own_choices_turn", "own_choices_refused"
TASTE, CLICKS, NOISE = "labeller_taste", "labeller_clicks", "labeller_noise"
COUNTS, NOISES = (10, 30, 100, 200, 300, 1_000), (0.0, 0.1, 0.3)
AHEAD = 25  # pairs the browser knows ahead of the server
BACK = 30  # and behind it, for who takes back
EACH = 5  # decided choices after which the head learns again
QUIZ = "feedback_quiz"
KEYS = "Click the better reply, or press 1 or 2; 0 is a tie, u takes back. Ties are kept and teach nothing."
NO_MODEL = "Somebody has to write the replies: a GPT that was tuned to follow instructions. There is none on this machine yet."
STEERED = "The choices are being learnt from. Stop the training to go on choosing."


@dataclass(frozen=True)
class Chooser:
    """Whose choices the page is about: the visitor's own so far, and whether the run learns from these."""

    made: tuple[Chosen, ...]
    own: bool

    @property
    def missing(self) -> str:
        """What own choices lack to be learnt from; "" where nothing, or the simulated labeller chose."""
        return own_choices.missing(self.made) if self.own else ""

    @property
    def count(self) -> int:
        """How many choices the run learns from."""
        return len(own_choices.learnt(self.made)) if self.own else int(_settings().clicks)


def _settings() -> ChoicesSpec:
    settings: ChoicesSpec = visit.current().spec.objective
    return settings


def start(engine: Engine) -> Seen:
    """The run whose model replies, as it is now."""
    address = visit.current()
    if address.spec.parent is None:
        return live.look(engine, None)
    return live.look(engine, address.parent) if address.parent else live.latest(engine, address.spec.parent)


def ready(seen: Seen) -> bool:
    """Whether the model that replies is there."""
    return seen.ended and bool(seen.history.snapshots)


def known() -> Chooser:
    """Whose choices they are. Choices that this machine does not keep are explained; the page then shows the simulated labeller's."""
    digest = _settings().choices_digest
    try:
        made = given.read(own_choices.read, digest or st.session_state.get(OWN, NONE))
    except ValueError as problem:
        st.session_state.pop(OWN, None)
        if not digest:
            return Chooser((), own=False)
        said = f"{words.sentence(str(problem))} Shown is what a simulated labeller chose."
        visit.correct("choices_digest", said, spec=_spec(choices_digest=""), run=None, step=None)
        st.rerun()
    if digest:
        st.session_state[OWN] = digest
    return Chooser(made, own=bool(digest))


def _spec(**settings: object) -> RunSpec:
    return change(visit.current().spec, settings)


def _learn_from(**settings: object) -> None:
    """Turn the page to other choices."""
    visit.change(spec=_spec(**settings), run=None, step=None)


def area(engine: Engine, seen: Seen, chooser: Chooser) -> None:
    """Draw the two replies, who chooses, and what is learnt meanwhile."""
    first = start(engine)
    moves = not ready(first) and (first.under_way or seen.under_way)

    def drawn() -> None:
        now = start(engine)
        if ready(now) != ready(first) or live.frame(now) != live.frame(first):
            st.rerun()
        _choose(engine, seen, now, chooser)

    left, right = st.columns([0.6, 0.4], gap="large")
    with left, st.container(key="labeller_area"):
        if moves:
            st.fragment(drawn, run_every=live.EVERY, key="labeller_drawn")()
        else:  # outside a fragment, for a choice changes what is learnt and shown all over the page
            _choose(engine, seen, first, chooser)
        _who(seen, chooser)
    with right, st.container(key="learnt_area"):
        _learnt(engine, first, chooser)


# The pairs


def pool(engine: Engine, first: Seen, count: int) -> list[Chosen]:
    """At least so many pairs, if the model that replies has them. Raises ValueError, in a sentence, where it cannot be asked."""
    sheets, found = list[Drawn](), list[Chosen]()
    while len(found) < count:
        step = first.history.snapshots[-1]
        asked = ask.answers(engine, first.run, [step], DrawPairs(len(sheets)), None, f"sheet {len(sheets)}")
        if asked.refusal:
            raise ValueError(asked.refusal)
        sheets.append(asked.known[step])
        before, found = len(found), view.pairs(sheets)
        if len(found) == before:  # it says the same to every request
            break
    return found


def _choose(engine: Engine, seen: Seen, first: Seen, chooser: Chooser) -> None:
    if not ready(first):
        _make(engine, first)
        return
    made = chooser.made
    try:
        pairs = pool(engine, first, min(len(made) + AHEAD, own_choices.MOST))
    except ValueError as problem:
        st.markdown(lesson.sentence(str(problem)))
        return
    begin = max(0, len(made) - BACK)
    closed = (
        STEERED if seen.steered else f"That is all: {words.counted(own_choices.MOST, 'pair')}." if len(made) >= own_choices.MOST else ""
    )
    apart = f" Every fifth is kept apart: {len(own_choices.apart(made))} so far." if chooser.own else ""
    parts.labeller(
        {
            "list": f"{visit.number()} {st.session_state.get(TURN, 0)}",
            "said": [each.which for each in made],
            "first": begin,
            "pairs": view.shown([*made[begin:], *pairs[len(made) :]]),
            "closed": closed,
            "note": f"{KEYS}{apart}",
        },
        key="labeller",
        on_said=lambda said: _said(made, pairs, said),
    )


def _said(made: Sequence[Chosen], pairs: Sequence[Chosen], said: Sequence[int]) -> None:
    """Keep these choices, and turn the page to them."""
    if visit.current().spec.objective.choices_digest == "" and not said:
        return
    try:
        _learn_from(choices_digest=own_choices.keep(view.said(made, pairs, said), visit.viewer()))
    except ValueError as problem:
        _anew()
        st.session_state[REFUSED] = str(problem)


def _anew() -> None:
    """Let the part forget what it knows beyond the server."""
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _make(engine: Engine, first: Seen) -> None:
    """Say that there is no model to reply, and offer to train it."""
    spec = visit.current().spec.parent
    st.markdown(NO_MODEL)
    if spec is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Train the model that replies", key="train_start", disabled=first.under_way, on_click=_train, args=(engine, spec))
        line = states.line(first.status, first.history, spec).text if first.status else "What it starts from is trained first."
        st.markdown(lesson.plain(line), width="content")
    _refused()


def _train(engine: Engine, spec: RunSpec) -> None:
    try:
        engine.train(spec, visit.viewer())
    except ValueError as problem:
        st.session_state[REFUSED] = str(problem)


def _refused() -> None:
    if refused := st.session_state.pop(REFUSED, ""):
        st.warning(lesson.sentence(refused), icon=":material/info:")


# Who chooses


def _who(seen: Seen, chooser: Chooser) -> None:
    """Draw whose choices are learnt from, and the ways to others."""
    settings = _settings()
    st.session_state[TASTE], st.session_state[CLICKS], st.session_state[NOISE] = settings.taste, settings.clicks, settings.noise
    whose = "your choices" if chooser.own else "a simulated labeller with a hidden taste"
    st.markdown(f"**Learnt from:** {whose}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="labeller_row"):
        if chooser.own:
            st.button("Let a simulated labeller click 200", key="simulate", disabled=seen.steered, on_click=_simulate)
            st.button("Start over", key="start_over", type="tertiary", disabled=seen.steered or not chooser.made, on_click=_start_over)
        else:
            _select("Labeller", list(view.LABELLERS), TASTE, view.LABELLERS.__getitem__, seen)
            _select("Choices", sorted({*COUNTS, settings.clicks}), CLICKS, lambda count: words.counted(count, "choice"), seen)
            _select("Mistakes", sorted({*NOISES, settings.noise}), NOISE, lambda share: f"{share:.0%} by mistake", seen)
            if chooser.made:
                made = f"Back to your {words.counted(len(chooser.made), 'choice')}"
                st.button(made, key="back_to_own", type="tertiary", disabled=seen.steered, on_click=_back)
    _refused()


def _select(label: str, values: Sequence[Any], key: str, spelt: Callable[[Any], str], seen: Seen) -> None:
    st.selectbox(label, values, key=key, format_func=spelt, label_visibility="collapsed", disabled=seen.steered, on_change=_turn)


def _turn() -> None:
    _learn_from(taste=st.session_state[TASTE], clicks=st.session_state[CLICKS], noise=st.session_state[NOISE])


def _simulate() -> None:
    _learn_from(choices_digest="")


def _start_over() -> None:
    _anew()
    _learn_from(choices_digest=NONE)


def _back() -> None:
    _anew()
    _learn_from(choices_digest=st.session_state[OWN])


# What is learnt meanwhile


def _learnt(engine: Engine, first: Seen, chooser: Chooser) -> None:
    """Draw what a head alone has learnt, after every few choices."""
    if not ready(first):
        return
    step, settings = first.history.snapshots[-1], _settings()
    asked = ask.Asked[Fitted]()
    if not chooser.missing:
        simulated = FitHead("", settings.clicks, settings.taste, settings.noise, visit.current().spec.seed)
        asked = ask.answers(engine, first.run, [step], _fit(chooser.made) if chooser.own else simulated, None, "head alone")
    withheld = bool(question.withheld(QUIZ))
    waits = lesson.sentence(chooser.missing or asked.refusal) or "The head is being fitted."
    st.markdown(view.learnt(asked.known[step], chooser.own, withheld) if asked.known else waits)
    empty = "They appear here as soon as a head has learnt."
    moving = view.moving("Words that move its reward", "taken out of replies, one by one", asked.known, "pretrained", empty)
    group = f"head alone {visit.current().spec.id}"
    parts.signed_bars(moving, {**live.shared(live.look(engine, None)), "group": group, "step": step}, key="head_words")


def _fit(made: Sequence[Chosen]) -> FitHead:
    """The question for the last list of choices after which the head learns."""
    decided, place = 0, 0
    for count, each in enumerate(made, start=1):
        decided += each.which != own_choices.TIE
        if decided and not decided % EACH and each.which != own_choices.TIE:
            place = count
    return FitHead(own_choices.keep(made[:place], visit.viewer()))
