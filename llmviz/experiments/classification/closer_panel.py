"""Below *Before and after*, one at a time: reasons, mistakes, what changed, attention, the network, few labels, what methods cost."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from llmviz.core.questions.layers import CLASSES
from llmviz.core.run import RunRef
from llmviz.core.settings import check, setting
from llmviz.experiments.classification import changed_view, reasons_view, view
from llmviz.experiments.classification.question import GRADIENTS, LEFT_OUT, Agree, Attribute, Unseen
from llmviz.runs.engine import Engine
from llmviz.text.words import in_words, spelt, without
from llmviz.ui import ask, few_labels, inside, lesson, live, methods, mistakes, parts, sentence, visit
from llmviz.ui.beside import beside
from llmviz.ui.closer import Tab, attention, chosen, network, step_of
from llmviz.ui.live import Seen

RIVALS = {"before": "before fine-tuning", "other": "the model beside it"}
RIVAL = "compared_with"
SHOWN = 6  # examples in a column


@dataclass(frozen=True)
class Looking:
    """What the visitor looks into."""

    tab: str = chosen("words", "mistakes", "changed", "attention", "network", "inside", "labels", "costs")
    rival: str = setting("before", "Compared with", "Whose labels count as the earlier ones.", choices=tuple(RIVALS))

    def __post_init__(self) -> None:
        """Refuse a tab that the page has not."""
        check(self)


def _words(engine: Engine, seen: Seen, run: RunRef) -> None:
    """The same sentence weighed in two ways, and how far the two agree on texts nobody chose."""
    address = visit.current()
    text, left_out = sentence.shown(address)
    tokens, _ = ask.read(engine, run, text)
    words = [view.Word(spelt(word), all(token.known for token in word)) for word in in_words(tokens)]
    left_out = tuple(place for place in left_out if place < len(words))
    read = without([word.text for word in words], left_out) if left_out else text
    step = step_of(seen)
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
    spec, other = visit.current().spec, beside(engine, visit.current().spec)
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
    first, step = seen.history.snapshots[0], step_of(seen)
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
    better, worse = st.container(key="changed_area").columns(2, gap="large")
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


def _compare() -> None:
    visit.set(rival=st.session_state[RIVAL])


def _take(text: str) -> None:
    visit.change(sentence=text, hidden=None)


TABS = {
    "words": Tab("Words", _words),
    "mistakes": Tab("Mistakes", mistakes.of(lambda spec: Unseen(spec.text.name))),
    "changed": Tab("Changed labels", _changed),
    "attention": Tab("Attention", attention),
    "network": Tab("The network", network),
    "inside": Tab("What changed inside", inside.of(CLASSES, "texts")),
    "labels": Tab("How few labels?", few_labels.of("accuracy", ("ngram", "chance")), always=True),
    "costs": Tab("What it costs", methods.of("accuracy"), always=True),
}
