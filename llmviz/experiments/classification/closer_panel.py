"""Below *Before and after*, one at a time and only when asked for: what carries a prediction, what changed, attention, the network."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from llmviz.core.checkpoint import Checkpoint
from llmviz.core.questions.attention import Attend
from llmviz.core.questions.tensors import Inventory, Tensors
from llmviz.core.run import RunRef
from llmviz.core.settings import check, setting
from llmviz.experiments.classification import changed_view, panel, reasons_view, view
from llmviz.experiments.classification.question import GRADIENTS, LEFT_OUT, Agree, Attribute, Unseen
from llmviz.runs.engine import Engine
from llmviz.text.words import in_words, spelt, without
from llmviz.ui import ask, lesson, live, parts, sentence, visit
from llmviz.ui.live import Seen
from llmviz.views import attention, network

CLOSED = ""
TABS = {"words": "Which words", "changed": "What changed its label", "attention": "Attention", "network": "The network"}
RIVALS = {"before": "before fine-tuning", "other": "the model beside it"}
TAB, RIVAL = "closer", "compared_with"
SHOWN = 6  # examples in a column
NOT_YET = "There is nothing to look into yet. Press Train live."


@dataclass(frozen=True)
class Looking:
    """What the visitor looks into."""

    tab: str = setting(CLOSED, "Look closer", "What is unfolded below.", choices=(CLOSED, *TABS))
    rival: str = setting("before", "Compared with", "Whose labels count as the earlier ones.", choices=tuple(RIVALS))

    def __post_init__(self) -> None:
        check(self)


def closer(engine: Engine, seen: Seen) -> None:
    """Draw the choice, and what is chosen."""
    tab = visit.current().view.tab
    st.session_state[TAB] = tab or None
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="closer_row"):
        st.markdown("**Look closer**", width="content")
        st.segmented_control(
            "Look closer", list(TABS), format_func=TABS.__getitem__, key=TAB, label_visibility="collapsed", on_change=_turn
        )
    if not tab:
        return
    with st.container(key="closer_area"):
        if seen.run is None or not seen.history.snapshots:
            st.markdown(NOT_YET)
            return
        {"words": _words, "changed": _changed, "attention": _attention, "network": _network}[tab](engine, seen, seen.run)


def _words(engine: Engine, seen: Seen, run: RunRef) -> None:
    """The same sentence weighed in two ways, and how far the two agree on texts nobody chose."""
    address = visit.current()
    text, left_out = sentence.shown(address)
    tokens, _ = ask.read(engine, run, text)
    words = [view.Word(spelt(word), all(token.known for token in word)) for word in in_words(tokens)]
    left_out = tuple(place for place in left_out if place < len(words))
    read = without([word.text for word in words], left_out) if left_out else text
    step = _step(seen)
    for method, steps in ((LEFT_OUT, seen.history.snapshots), (GRADIENTS, sorted({seen.history.snapshots[0], step}))):
        asked = ask.answers(engine, run, steps, Attribute(read, method), None, f"words by {method}")
        if asked.refusal:
            st.markdown(lesson.sentence(asked.refusal))
            return
        st.markdown(f"**By {method}.** {reasons_view.ABOUT[method]}")
        known = {at: found for at, found in asked.known.items() if len(found.words) == len(words) - len(left_out)}
        note = reasons_view.adds_up(asked.known[step], method) if step in asked.known else ""
        payload = view.sentence(words, left_out, known, note)
        parts.weighed(payload, live.shared(seen), key=f"weighed_{method}", on_out=sentence.hide)
    agreed = ask.answers(engine, run, [step], Agree(address.spec.text.name), None, "agreement")
    if step in agreed.known:
        st.markdown(reasons_view.agreement(agreed.known[step]))


def _changed(engine: Engine, seen: Seen, run: RunRef) -> None:
    """The held-out examples that the run now calls otherwise than it did, or than its rival does."""
    spec, other = visit.current().spec, panel.beside(engine, visit.current().spec)
    question = Unseen(spec.text.name)
    st.session_state[RIVAL] = visit.current().view.rival
    st.segmented_control(
        "Compared with",
        list(RIVALS),
        format_func=RIVALS.__getitem__,
        key=RIVAL,
        required=True,
        on_change=_compare,
        label_visibility="collapsed",
    )
    first, step = seen.history.snapshots[0], _step(seen)
    with_other = visit.current().view.rival == "other"
    if with_other and (other.run is None or not other.history.snapshots):
        st.markdown("The model beside it has not been trained yet; its card above offers to.")
        return
    now = ask.answers(engine, run, [step], question, None, "unseen now")
    who, at = (other.run, other.history.snapshots[-1]) if with_other and other.run else (run, first)
    then = ask.answers(engine, who, [at], question, None, "unseen then")
    if now.refusal or then.refusal:
        st.markdown(lesson.sentence(now.refusal or then.refusal))
        return
    before, after = then.known[at], now.known[step]
    found = changed_view.changes(before, after)
    st.markdown(changed_view.summary(before, after))
    better, worse = st.columns(2, gap="large")
    with better:
        _examples("For the better", [change for change in found if change.better])
    with worse:
        _examples("For the worse", [change for change in found if change.before == change.truth])
    st.download_button(
        "All of them as CSV", changed_view.table(found), file_name="changed.csv", mime="text/csv", on_click="ignore", type="tertiary"
    )


def _examples(title: str, found: Sequence[changed_view.Change]) -> None:
    """The surest of these examples; a click puts one into the box."""
    st.markdown(f"**{title}** · {len(found):,}" + (", the surest first" if len(found) > 1 else ""))
    for place, change in enumerate(found[:SHOWN]):
        label = f"{lesson.plain(change.text)} **→ {lesson.plain(change.now)}** {change.sure:.0%}"
        st.button(label, key=f"{title}_{place}", type="tertiary", on_click=_take, args=(change.text,))


def _attention(engine: Engine, seen: Seen, run: RunRef) -> None:
    """Where each head looks before and after, and the difference."""
    address = visit.current()
    text, _ = sentence.shown(address)
    tokens, _ = ask.read(engine, run, text)
    steps = attention.affordable(seen.history.snapshots, address.spec.model, len(tokens))
    asked = ask.answers(engine, run, steps, Attend(text), None, "attention")
    if not asked.known:
        st.markdown(lesson.sentence(asked.refusal) or "The maps are on their way.")
        return
    payload = attention.maps(tokens, address.spec.model, asked.known, {}, "")
    parts.attention_diff(payload, live.shared(seen), key="attention_diff")


def _network(engine: Engine, seen: Seen, run: RunRef) -> None:
    """What the network has of its parent, by hashes of both snapshots, and how far each layer moves."""
    steps = seen.history.snapshots
    asked = ask.answers(engine, run, steps, Tensors(steps[0]), None, "tensors")
    if asked.refusal:
        st.markdown(lesson.sentence(asked.refusal))
        return
    parent, why = _parent(engine)
    parts.network(network.network(parent, asked.known), live.shared(seen), key="network")
    if why:
        st.caption(why)


def _parent(engine: Engine) -> tuple[Inventory | None, str]:
    """The last snapshot of the run this one starts from, or why there is none to compare with."""
    address = visit.current()
    start = address.spec.start
    if start is None:
        return None, ""
    try:
        if isinstance(start, Checkpoint):
            raise ValueError("this page opens no checkpoint that a run started from")
        run = address.parent or engine.recorded(start) or engine.find(start)
        if run is None:
            raise ValueError("the run it starts from is not on this machine")
        last = engine.history(run).snapshots[-1]
        return engine.answer(run, [last], Tensors(last))[0], ""
    except (ValueError, IndexError) as problem:
        return None, f"{lesson.sentence(str(problem))} So what was copied cannot be shown."


def _step(seen: Seen) -> int:
    """The snapshot the slider was let go on."""
    wanted = visit.current().step
    return max((step for step in seen.history.snapshots if wanted is None or step <= wanted), default=seen.history.snapshots[0])


def _turn() -> None:
    visit.set(tab=st.session_state[TAB] or CLOSED)


def _compare() -> None:
    visit.set(rival=st.session_state[RIVAL])


def _take(text: str) -> None:
    visit.change(sentence=text, hidden=None)
