"""The picture of *Prompting*: a prompt clicked together, the next word with fewer examples and with more, and the hash of the weights."""

from dataclasses import dataclass

import streamlit as st

from llmviz.core.history import History
from llmviz.core.run import RunRef
from llmviz.core.settings import check, setting
from llmviz.core.spec import RunSpec
from llmviz.experiments.in_context import prompt_view, view
from llmviz.experiments.in_context.prompt_view import Prompt
from llmviz.experiments.in_context.question import Expect, Hashes, NextWords, Unmoved
from llmviz.runs.engine import Engine
from llmviz.text.tinyland import few_shot
from llmviz.text.tinyland.lists import RELATIONS
from llmviz.ui import ask, closer, lesson, live, parts, question, sentence, visit
from llmviz.ui.live import Seen
from llmviz.views import words

QUIZ = "icl_quiz"
RELATION, EXAMPLES, ASKED = "prompt_relation", "prompt_examples", "prompt_asked"
NEVER = "This run has not measured it."
ORDER, SWAP = "The last example comes first.", "Each example gets the value of the next one, and is then false."
# A prompt takes one line. The height of chart and bars a lecture sets itself.
SHORTER = "<style>html { --written: 2.6rem; } .st-key-strip_area { min-height: 0; }</style>"
TALLER = "<style>html { --tall: 18.6rem; }</style>"
NO_MODEL = "The next words appear here as soon as there is a trained model."
REFUSED = "There is no answer to this; the line above says why."


@dataclass(frozen=True)
class Prompting:
    """Which relation a prompt is of where it may be of several, what is unfolded below, and the real model there."""

    relation: str = setting("capital", "Relation", "What the examples tell of their subjects.", choices=tuple(RELATIONS))
    tab: str = closer.chosen("heads", "worth", "ways", "real", "network")
    real: str = setting("", "Real model", "The model that was trained elsewhere; the first where nothing is said.", letters=64)

    def __post_init__(self) -> None:
        """Refuse a relation or a tab that the page has not."""
        check(self)


# What the page says


def withheld() -> str:
    """What stands where the answer to the page's question would; empty once it may be seen."""
    return question.withheld(QUIZ)


def claim(seen: Seen) -> str:
    """The title of the page; a question while its answer is withheld."""
    return view.claim(History() if withheld() else seen.history)


def predict(seen: Seen) -> None:
    """Draw the question: what one example brings."""
    question.draw(view.LEAD, view.QUIZ, QUIZ, (lambda: view.outcome(seen.history)) if seen.ended else None, NEVER)


# The prompt


def present() -> tuple[str, Prompt | None]:
    """The text in the address, and the prompt that it is, if it is one."""
    text, _ = sentence.shown(visit.current())
    return text, prompt_view.parsed(text, visit.current().view.relation)


def builder() -> None:
    """Draw what a prompt is clicked together with: its relation, the subject asked for, its examples."""
    _, prompt = present()
    name = prompt.relation if prompt else visit.current().view.relation
    relation = RELATIONS[name]
    st.session_state[RELATION] = name
    st.session_state[EXAMPLES] = list(prompt.subjects) if prompt else []
    st.session_state[ASKED] = prompt.subject if prompt else None
    pairs = dict(prompt.pairs) if prompt else {}
    with st.container(key="builder_row", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.segmented_control(
                "Relation", list(RELATIONS), key=RELATION, required=True, label_visibility="collapsed", on_change=_of_relation
            )
            st.selectbox(
                "Asked for",
                [*relation.held_out, *relation.in_lists],
                format_func=lambda subject: f"{subject}{' (never in a list)' if subject in relation.held_out else ''}",
                key=ASKED,
                placeholder="a subject",
                label_visibility="collapsed",
                on_change=_asking,
            )
            few = not prompt or len(prompt.pairs) < 2
            st.button("Reorder", key="reorder", type="tertiary", disabled=few, on_click=_turn, help=ORDER)
            st.button("Swap values", key="swap_values", type="tertiary", disabled=few, on_click=_swap, help=SWAP)
        st.pills(
            f"Examples, up to {few_shot.MOST}",
            [subject for subject in relation.in_lists if not prompt or subject != prompt.subject],
            format_func=lambda subject: f"{subject} : {pairs.get(subject, relation.table[subject])}",
            selection_mode="multi",
            key=EXAMPLES,
            label_visibility="collapsed",
            on_change=_with_examples,
        )


def _say(prompt: Prompt) -> None:
    usual = sentence.suggested(visit.current())[0].sentence
    visit.set(relation=prompt.relation)
    visit.change(sentence=None if prompt.text == usual else prompt.text, hidden=None)


def _now() -> Prompt:
    return present()[1] or prompt_view.beginning(visit.current().view.relation)


def _of_relation() -> None:
    _say(prompt_view.beginning(st.session_state[RELATION]))


def _with_examples() -> None:
    _say(_now().with_examples(st.session_state[EXAMPLES]))


def _asking() -> None:
    if st.session_state[ASKED]:
        _say(_now().asking(st.session_state[ASKED]))


def _turn() -> None:
    _say(_now().turned())


def _swap() -> None:
    _say(_now().swapped())


# The picture


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the prompt in the address."""
    text, prompt = present()
    hidden, lecture = withheld(), visit.current().lecture
    st.html(SHORTER + TALLER * (not lecture))
    tokens, strange = ask.read(engine, seen.run, text)
    shared = live.shared(seen)
    above, between = st.container(key="strip_area"), st.container(key="hash_area")
    left, right = st.columns([0.42, 0.58], gap="large")
    with right:
        live.curve(seen, withheld=hidden)  # first, because it need not wait for the model's answer

    read = view.texts(prompt, text)
    asked: ask.Asked[NextWords] = ask.Asked()
    if seen.run and seen.history.snapshots and tokens:
        wanted = Expect(read, prompt.truth if prompt else "")
        asked = ask.answers(engine, seen.run, seen.history.snapshots, wanted, seen.patience, "next words")
    note = " ".join(filter(None, (words.sentence(asked.refusal), strange))) or ("" if lecture else view.note(prompt))
    with above:
        drawn = view.strip(tokens, asked.known, note, hidden)
        parts.continuation(drawn, shared, key="prompt", on_at=lambda _: None, on_forget=lambda _: None)
    with between:
        _hashes(engine, seen, read if tokens and not asked.refusal else ())
    empty = sentence.EMPTY if not tokens else REFUSED if asked.refusal else NO_MODEL
    with left, st.container(key="bars_area"):
        parts.bars(view.bars(prompt, asked.known, empty, hidden), shared, key="bars")


def _hashes(engine: Engine, seen: Seen, texts: tuple[str, ...]) -> None:
    """The hash of the weights before these prompts and after them, at the step the slider was let go on."""
    if seen.run is None or not seen.history.snapshots or not texts:
        return
    step = closer.step_of(seen)
    found = ask.answers(engine, seen.run, [step], Unmoved(texts), seen.patience, "hashes").known.get(step)
    if found:
        st.markdown(view.hashes(found, _of_parent(engine), len(texts)))


def _of_parent(engine: Engine) -> Hashes | None:
    """The hash of the model that the run started from, where that is on this machine."""
    run = parent(engine)
    if run is None:
        return None
    last = engine.history(run).snapshots[-1:]
    return ask.answers(engine, run, last, Unmoved(()), live.PATIENCE, "hash of the parent").known.get(last[0]) if last else None


def parent(engine: Engine) -> RunRef | None:
    """The run that the page's run starts from."""
    address = visit.current()
    start = address.spec.start
    if not isinstance(start, RunSpec):
        return None
    return address.parent or engine.recorded(start) or engine.find(start)


def say(paragraphs: list[str]) -> None:
    """Write these in Markdown of our own, one below the other."""
    for paragraph in paragraphs:
        st.markdown(paragraph)


def nothing(refusal: str) -> None:
    """Say why there is no answer yet."""
    st.markdown(lesson.sentence(refusal) or "The model is being asked.")
