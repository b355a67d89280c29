"""The story of *Start*: three runs that belong together, trained one after the other by one button, and their one picture."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from llmviz.core.address import Address
from llmviz.core.experiment import truth
from llmviz.core.questions.base import AnyAnswer, Question
from llmviz.core.questions.classification import Classify
from llmviz.core.questions.cloze import Cloze
from llmviz.core.settings import check, setting
from llmviz.core.spec import RunSpec, preset
from llmviz.experiments.start import LESSON, TOP, view
from llmviz.experiments.start.view import Part, Says
from llmviz.parts.shared.payload import Shared
from llmviz.runs.engine import Command, Engine, State
from llmviz.ui import ask, lesson, live, parts, question, sentence, shown, states, visit
from llmviz.ui.live import Seen
from llmviz.views import tokens as strips
from llmviz.views import words
from llmviz.views.reveal import Reveal
from llmviz.views.tokens import Token

PATIENCE = 1.0  # seconds the page waits for the answers to a new sentence before it is drawn without
REFUSED = "story_refused"
NOTE = "Phase 1 guesses the word in the dashed frame; click another to hide that one. Phase 2 labels the whole sentence."
CHOSEN = "Hidden: the last word it knows that is not mere grammar, as “the” and “was” are; click another to hide that one."
ENDED = (State.DONE, State.RECORDED)
UNMEASURED = "One of the two has not been measured yet."


@dataclass(frozen=True)
class Plan:
    """What can be chosen of the story beside the settings of its pretraining."""

    labels: int = setting(0, "Labels", "Labelled opinions it is fine-tuned on; 0: as many as its text takes by default.", low=0, high=512)

    def __post_init__(self) -> None:
        check(self)
        if self.labels == 1:
            raise ValueError("Labels: 1 is outside 2 … 512: there are two classes")


@dataclass(frozen=True)
class Cast:
    """The three runs as they are now: pretraining, fine-tuning on it, and the same labels from scratch; with what each trains."""

    first: Seen
    second: Seen
    third: Seen
    specs: tuple[RunSpec, RunSpec, RunSpec]

    @property
    def all(self) -> tuple[Seen, Seen, Seen]:
        """The three in order."""
        return self.first, self.second, self.third

    @property
    def under_way(self) -> bool:
        """Whether any of them will go on by itself."""
        return any(seen.under_way for seen in self.all)


def look(engine: Engine) -> Cast:
    """The run the address names, or the recording, and the two that belong to it: recordings to a recording, else the newest here."""
    labels = visit.current().view.labels
    first = shown.run(engine)
    try:
        tuned, scratch = view.specs(visit.current().spec, labels)
    except ValueError as problem:
        visit.correct("text", f"{words.sentence(str(problem))} The page shows the default.", spec=preset("mlm"), run=None, step=None)
        first = shown.run(engine)
        tuned, scratch = view.specs(visit.current().spec, labels)
    spec: RunSpec = visit.current().spec

    def kin(child: RunSpec) -> Seen:
        recorded = engine.recorded(child) if first is None or first.recorded else None
        return live.look(engine, recorded or engine.find(child))

    return Cast(live.look(engine, first), kin(tuned), kin(scratch), (spec, tuned, scratch))


def again(engine: Engine, cast: Cast) -> Cast:
    """The same three runs a moment later."""
    first, second, third = (live.look(engine, seen.run) for seen in cast.all)
    return Cast(first, second, third, cast.specs)


def buttons(engine: Engine, cast: Cast) -> None:
    """Draw the button that runs it all, the one that stops it, and the way back to the recordings."""
    with st.container(key="training_row", horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Run the whole story live",
            key="train",
            type="primary",
            icon=":material/play_arrow:",
            shortcut="Ctrl+Enter",
            disabled=cast.under_way,
            on_click=_try,
            args=(lambda: begin(engine, cast.specs),),
        )
        st.button("Stop", key="stop", disabled=not cast.under_way, on_click=_try, args=(lambda: stop(engine, cast),))
        if visit.current().run is not None and engine.recorded(cast.specs[0]):
            st.button("Back to the recording", key="back_to_recording", type="tertiary", disabled=cast.under_way, on_click=_go_back)
        st.markdown(_sum(cast), width="content")
    refused = st.session_state.pop(REFUSED, "")
    if refused:
        with st.container(key="refused"):
            st.warning(lesson.sentence(refused), icon=":material/info:")


def begin(engine: Engine, specs: tuple[RunSpec, RunSpec, RunSpec]) -> None:
    """Train all three: fine-tuning waits in the queue for the pretraining, the third needs nobody. They are runs like any other."""
    viewer = visit.viewer()
    first = engine.train(specs[0], viewer)
    visit.change(run=first, step=None)
    engine.train(specs[1], viewer, after=first)
    engine.train(specs[2], viewer)


def stop(engine: Engine, cast: Cast) -> None:
    """Stop what is under way, what waits first."""
    for seen in (cast.second, cast.third, cast.first):
        if seen.run and seen.under_way:
            engine.control(seen.run, Command.STOP, visit.viewer())


def _go_back() -> None:
    visit.change(run=None, step=None)


def _try(action: Callable[[], None]) -> None:
    try:
        action()
    except ValueError as problem:
        st.session_state[REFUSED] = str(problem)


def _sum(cast: Cast) -> str:
    """What the three runs took together, counted from what each says."""
    if not all(seen.status and seen.status.state in ENDED for seen in cast.all):
        return ""
    took = words.duration(sum(seen.history.seconds for seen in cast.all))
    recorded = all(seen.status and seen.status.state is State.RECORDED for seen in cast.all)
    return f":gray[{'recorded' if recorded else 'trained here'} · three runs, {lesson.plain(took)} of training]"


def panel(engine: Engine, cast: Cast) -> None:
    """Draw the picture, and again while a run is under way or an answer on its way; the whole page where a run begins or ends."""
    told = _told(engine, cast, PATIENCE)
    every = live.EVERY if cast.under_way or told.pending else None
    step = visit.current().step

    def drawn() -> None:
        now = again(engine, cast) if every else cast
        found = _told(engine, now, live.PATIENCE)
        _picture(now, found)
        still = now.under_way or found.pending
        moved = any(live.frame(one) != live.frame(other) for one, other in zip(now.all, cast.all, strict=True)) or live.followed(step)
        if moved or (every and not still):
            st.rerun()

    st.fragment(drawn, run_every=every, key="live")()


@dataclass(frozen=True)
class Told:
    """What the runs make of the sentence: its tokens, the answers so far, whether more is on its way, and what there is to say of it."""

    tokens: list[Token]
    says: Says
    pending: bool = False
    note: str = ""


def _picture(cast: Cast, told: Told) -> None:
    """The sentence with its hidden word, and the life of the model."""
    shared: Shared = {**live.shared(cast.first), "group": f"story {live.shared(cast.first)['group']}"}
    note = " ".join(filter(None, (visit.problems().get("hide", ""), told.note))) or ("" if visit.current().lecture else NOTE)
    hidden = () if told.says.hidden is None else (told.says.hidden,)
    with st.container(key="told_area"):
        parts.token_strip({**strips.strip(told.tokens, hidden, {}, note), "single": True}, shared, key="strip", on_hidden=_hide)
    first, second, third = (_part(seen, spec, cast) for seen, spec in zip(cast.all, cast.specs, strict=True))
    with st.container(key="story_area"):
        parts.story(view.story(first, second, third, told.says, question.withheld(_asked(cast))), shared, key="story", on_step=live.let_go)


def _told(engine: Engine, cast: Cast, patience: float) -> Told:
    """What all snapshots of the three runs make of the sentence, as far as it is known."""
    text, hidden = sentence.shown(visit.current(), LESSON)
    tokens, strange = ask.read(engine, cast.first.run, text)
    chosen = strips.telling(tokens) if visit.current().hidden is None and not hidden else None
    place = next((place for place in hidden if place < len(tokens)), chosen)
    if not any(map(strips.is_word, tokens)):
        nothing = view.NO_WORD if tokens else view.NO_SENTENCE
        return Told(tokens, Says(why=dict.fromkeys(("traces", "predictions", "scratch"), nothing)), note=strange or sentence.EMPTY)
    asked: dict[str, ask.Asked[Any]] = {}

    def ask_for(seen: Seen, question: Question[AnyAnswer], slot: str) -> dict[int, AnyAnswer]:
        if not seen.run or not seen.history.snapshots:
            return {}
        found = ask.answers(engine, seen.run, seen.history.snapshots, question, patience, slot)
        asked[slot] = found
        return found.known

    traces = ask_for(cast.first, Cloze(text, (place,), top=TOP), "traces") if place is not None else {}
    predictions, scratch = ask_for(cast.second, Classify(text), "predictions"), ask_for(cast.third, Classify(text), "scratch")
    why = {slot: view.REFUSED for slot, each in asked.items() if each.refusal}
    label = truth(sentence.suggested(visit.current(), LESSON), text)
    says = Says(traces, predictions, scratch, place, "" if place is None else tokens[place].text, label, why)
    refusal = next((each.refusal for each in asked.values() if each.refusal), "")
    note = " ".join(filter(None, (words.sentence(refusal), strange))) or (CHOSEN if chosen is not None else "")
    return Told(tokens, says, any(each.pending for each in asked.values()), note)


def _part(seen: Seen, spec: RunSpec, cast: Cast) -> Part:
    """One run and what there is to say of it while it has not ended well."""
    if seen.status is None:
        return Part(spec, seen.history, "not trained yet", "Not trained yet.")
    if seen.status.state in ENDED:
        return Part(spec, seen.history)
    waits = seen is cast.second and seen.status.state is State.QUEUED and cast.first.under_way
    stands = "waits for phase 1" if waits else states.line(seen.status, seen.history, spec).text
    empty = "Its turn comes when phase 1 is done." if waits else "Getting ready."
    return Part(spec, seen.history, stands, empty if seen.under_way else f"It {seen.status.state}.")


def _hide(places: list[int]) -> None:
    """Hide the word that was clicked; one at a time, for each card has room for one."""
    address: Address = visit.current()
    default = sentence.shown(Address(address.spec, sentence=address.sentence), LESSON)[1]
    hidden = tuple(map(int, places[:1]))
    visit.change(hidden=None if default and hidden == default else hidden)  # without a default the page would choose a word again


def predict(cast: Cast) -> None:
    """Draw the question: what the labels alone teach. Both runs tell, once they are done."""
    done = all(seen.status and seen.status.state in ENDED for seen in (cast.second, cast.third))

    def revealed() -> Reveal | None:
        found = view.reveal(cast.second.history, cast.third.history)
        return Reveal(*found) if found else None

    question.draw(question.GUESS, view.ALONE, _asked(cast), revealed if done else None, UNMEASURED)


def _asked(cast: Cast) -> str:
    """The key of the question."""
    return f"alone_{cast.specs[2].id[:12]}"
