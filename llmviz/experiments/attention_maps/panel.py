"""The picture of *Attention maps*: all heads and one of them large, two models side by side, or a view of bertviz."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.questions.attention import Attend, Attention
from llmviz.core.questions.heads import Heads, HeadScores
from llmviz.core.settings import SIZES, check, setting
from llmviz.core.spec import RunSpec, preset
from llmviz.experiments.attention_maps import LESSON, READ
from llmviz.experiments.attention_maps import view as naming
from llmviz.experiments.attention_maps.question import Bertviz
from llmviz.parts.attention import payload as payloads
from llmviz.parts.shared.payload import Shared
from llmviz.runs.engine import Engine
from llmviz.ui import ask, lesson, live, parts, question, real, sentence, visit
from llmviz.ui.live import Seen
from llmviz.views import attention as view
from llmviz.views import words

MODELS = {name: catalogue.experiment(name).family for name in READ}
TABS = {
    "one": "One head",
    "pair": "BERT beside GPT",
    "head": "bertviz: head view",
    "model": "bertviz: model view",
    "neuron": "bertviz: neuron view",
}
TAB, MODEL = "maps_tab", "maps_model"
HEADS = "quiz_heads"
TALL = 312  # pixels of a bertviz page; what is longer scrolls inside
TRIANGLE = (
    "**Why a triangle?** GPT learns to name the next token, so no token may see what comes after it: there every weight is exactly 0. "
    "BERT may look both ways."
)
ABOUT = {
    "head": "A colour for each head of a layer: click the squares above to show or hide one, point at a token for its lines.",
    "model": "Every head of every layer: click one to see it large.",
    "neuron": "The query of one token times the keys of all, number by number: point at a token on the left and press its +.",
}


@dataclass(frozen=True)
class Looking:
    """What the page's visitor has chosen to see; layer and head 0 leave the choice to the page."""

    tab: str = setting("one", "View", "One head, two models, or a view of bertviz.", choices=tuple(TABS))
    layer: int = setting(0, "Layer", "Counted from 1.", low=0, high=999)
    head: int = setting(0, "Head", "Counted from 1.", low=0, high=999)
    real: str = setting("", "Real model", "The model that was trained elsewhere, in place of a run.", letters=64)

    def __post_init__(self) -> None:
        check(self)


def choose() -> None:
    """Draw the choice of view and of model."""
    real.choose(TABS, MODELS, TAB, MODEL, _turn, _switch)


def picture(engine: Engine, seen: Seen) -> None:
    """Draw what the address asks for, and below it the curve that moves it."""
    address = visit.current()
    text, _ = sentence.shown(address, LESSON)
    with st.container(key="maps_area"):
        match address.view.tab:
            case "one":
                _draw(engine, seen, address.spec, text, "maps", live.shared(seen))
            case "pair":
                _pair(engine, seen, text)
            case tab:
                _bertviz(engine, seen, text, tab)
    live.curve(seen, small=True)


def scores(engine: Engine, seen: Seen) -> dict[int, HeadScores]:
    """What the heads of a run do, measured at every snapshot."""
    if seen.run is None:
        return {}
    question = Heads(engine.spec(seen.run).text.name)
    return ask.answers(engine, seen.run, seen.history.snapshots, question, seen.patience, slot=f"heads of {seen.run.key}").known


def notes(engine: Engine, seen: Seen) -> list[str]:
    """How the maps are read and the heads named, as paragraphs."""
    return naming.paragraphs(scores(engine, seen), visit.current().spec.model)


def predict(engine: Engine, seen: Seen) -> None:
    """Draw the question: which kind of head comes first. The run tells it from the scores of its heads."""
    ended = seen.ended
    lead = question.AFTER if ended else question.BEFORE
    reveal = (lambda: naming.first_kind([*scores(engine, seen).values()])) if ended else None
    question.draw(lead, naming.FIRST, HEADS, reveal, never="No head of this run has a name; train longer and look again.")


def _draw(engine: Engine, seen: Seen, spec: RunSpec, text: str, key: str, shared: Shared, beside: str = "") -> None:
    """The maps of one model. `beside` is its name where another stands next to it."""
    tokens, strange = ask.read(engine, seen.run, text)
    known: dict[int, Attention] = {}
    found: dict[int, HeadScores] = {}
    refusal = ""
    if seen.run and seen.history.snapshots and tokens:
        steps = view.affordable(seen.history.snapshots, spec.model, len(tokens))
        asked = ask.answers(engine, seen.run, steps, Attend(text), seen.patience, slot=key)
        known = {step: asked.known[step] for step in steps if step in asked.known}
        found, refusal = scores(engine, seen), words.sentence(asked.refusal)
    withheld = question.withheld(HEADS)
    named = {max(found): found[max(found)]} if withheld and found else found  # which kind came first is told by the past
    payload = view.maps(tokens, spec.model, known, named, _nothing(seen, bool(tokens), refusal, beside))
    layer, head, problem = _looked_at(spec, {} if seen.under_way else found)  # a page must not turn to another head by itself
    note = " ".join(filter(None, (problem, payload["note"], strange)))
    drawn: payloads.Attention = {
        **payload,
        "note": note,
        "layer": layer,
        "head": head,
        "compact": bool(beside),
        "title": f"{beside} · " if beside else "",
        "withheld": withheld,
    }
    parts.attention(drawn, shared, key=key, on_head=look_at)


def _pair(engine: Engine, seen: Seen, text: str) -> None:
    """The page's run and the other kind of model on the same text, at the same step of training."""
    spec = visit.current().spec
    for column, (stage, name) in zip(st.columns(2, gap="medium"), MODELS.items(), strict=True):
        shown, its = seen, spec
        if stage != spec.stage:
            its = preset(stage, spec.text)
            shown = live.latest(engine, its)
        with column:
            _draw(engine, shown, its, text, f"maps_{stage}", live.shared(seen), beside=name)
    st.markdown(TRIANGLE)


def _bertviz(engine: Engine, seen: Seen, text: str, which: str) -> None:
    """One of bertviz's views, at the snapshot the slider was let go on."""
    address = visit.current()
    steps = [step for step in seen.history.snapshots if address.step is None or step <= address.step]
    tokens, _ = ask.read(engine, seen.run, text)
    if seen.run is None or not steps or not tokens:
        st.caption(_nothing(seen, bool(tokens), refusal="", beside=""))
        return
    layer, head, _ = _looked_at(address.spec, {} if seen.under_way else scores(engine, seen))
    asked = ask.answers(engine, seen.run, steps[-1:], Bertviz(text, which, layer, head), seen.patience, slot="bertviz")
    drawn = asked.known.get(steps[-1])
    if drawn is None:
        st.caption(lesson.sentence(asked.refusal) or "Drawing.")
        return
    st.iframe(drawn.html, height=TALL)
    cut = (
        f" It shows the first {drawn.drawn} of {drawn.tokens} tokens: its size grows with their square."
        if drawn.drawn < drawn.tokens
        else ""
    )
    st.caption(f"{ABOUT[which]} Step {steps[-1]:,}; it counts layers and heads from 0.{cut}")


def _looked_at(spec: RunSpec, found: Mapping[int, HeadScores]) -> tuple[int, int, str]:
    """Layer and head to show, counted from 0, and what was wrong with those in the address."""
    size, chosen = SIZES[spec.model.size], visit.current().view
    if 0 < chosen.layer <= size.layers and 0 < chosen.head <= size.heads:
        return chosen.layer - 1, chosen.head - 1, ""
    asked = chosen.layer or chosen.head
    problem = f"This model has {size.layers} layers of {size.heads} heads; the page chose one." if asked else ""
    return *naming.favourite(found[max(found)] if found else None), problem


def look_at(chosen: list[int]) -> None:
    """Remember the layer and the head that are shown large."""
    layer, head = chosen
    visit.set(layer=int(layer) + 1, head=int(head) + 1)


def _turn() -> None:
    visit.set(tab=st.session_state[TAB])


def _switch() -> None:
    """Show another model on the same sentence: one that was trained elsewhere, or the default run of the other kind on the same text."""
    chosen = st.session_state[MODEL]
    visit.set(real="" if chosen in MODELS else chosen, layer=0, head=0)
    if chosen in MODELS:
        visit.change(spec=preset(chosen, visit.current().spec.text), run=None, parent=None, step=None)


def _nothing(seen: Seen, tokens: bool, refusal: str, beside: str) -> str:
    """Why there are no maps."""
    if not tokens:
        return sentence.EMPTY
    if seen.status is None:
        return f"No {beside} has been trained on this text here." if beside else "No model yet. Press Train live and watch its heads form."
    return refusal or "The maps appear with the first snapshot."
