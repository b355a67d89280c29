"""The sentence of a page: where it comes from, the box to type it in, the suggestions beside it."""

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.address import LONGEST_SENTENCE, Address
from llmviz.core.experiment import default
from llmviz.core.lesson import Example, Lesson
from llmviz.text import incoming
from llmviz.ui import visit

BOX, SUGGESTIONS = "sentence", "suggestion"
EMPTY = "Type a sentence, or take one of those suggested."  # what a page says where there is no word to read


def suggested(address: Address, whose: Lesson | None = None) -> tuple[Example, ...]:
    """The examples of the text, the first of which a page opens with: the stage's, or those of a page (`whose`) that has its own; of a text
    that has none there, its own sentence.
    """
    text = address.spec.text.name
    return (whose or catalogue.experiment(address.spec.stage)).examples.get(text) or (default(text, "a sentence"),)


def shown(address: Address, whose: Lesson | None = None) -> tuple[str, tuple[int, ...]]:
    """The sentence and its hidden places: the visitor's own, or the first example of the text."""
    first = suggested(address, whose)[0]
    sentence = first.sentence if address.sentence is None else address.sentence
    if address.hidden is not None:
        return sentence, address.hidden
    return sentence, first.hidden if sentence == first.sentence else ()


def box(address: Address, whose: Lesson | None = None) -> None:
    """The text box and the suggestions. What is chosen goes to the address."""
    sentence, _ = shown(address, whose)
    examples = suggested(address, whose)
    st.session_state[BOX] = sentence
    st.session_state[SUGGESTIONS] = next((example.label for example in examples if example.sentence == sentence), None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="sentence_row"):
        st.text_input(
            "Your sentence",
            key=BOX,
            placeholder="Type a sentence",
            label_visibility="collapsed",
            max_chars=LONGEST_SENTENCE,
            on_change=_typed,
            args=(examples,),
        )
        st.pills(
            "Suggested sentences",
            [example.label for example in examples],
            key=SUGGESTIONS,
            label_visibility="collapsed",
            on_change=_suggested,
            args=(examples,),
        )


def _typed(examples: tuple[Example, ...]) -> None:
    _say(incoming.line(st.session_state[BOX] or ""), (), examples)


def _suggested(examples: tuple[Example, ...]) -> None:
    wanted = st.session_state[SUGGESTIONS]
    for example in examples:
        if example.label == wanted:
            _say(example.sentence, example.hidden, examples)


def _say(sentence: str, hidden: tuple[int, ...], examples: tuple[Example, ...]) -> None:
    first = examples[0]
    if sentence == first.sentence:
        visit.change(sentence=None, hidden=None)
    else:
        visit.change(sentence=sentence, hidden=hidden or None)


def hide(places: list[int]) -> None:
    """Hide just these tokens."""
    address = visit.current()
    default = shown(Address(address.spec, sentence=address.sentence))[1]
    hidden = tuple(sorted(int(place) for place in places))
    visit.change(hidden=None if hidden == default else hidden)
