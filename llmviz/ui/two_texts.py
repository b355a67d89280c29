"""The two texts of a page that puts a pair to its model: two boxes, and the suggested pairs. The second lies in the page's own settings."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from llmviz.core.address import LONGEST_SENTENCE, Address
from llmviz.core.lesson import Example
from llmviz.core.settings import setting
from llmviz.text import incoming
from llmviz.ui import visit
from llmviz.ui.sentence import suggested

FIRST, SECOND, SUGGESTIONS = "first_part", "second_part", "suggested_pair"


def second(title: str, help: str) -> str:
    """The field of a page's settings, called `second`, that has the second text where it is not that of the first suggestion."""
    field: str = setting("", title, help, letters=LONGEST_SENTENCE)
    return field


def shown(address: Address) -> tuple[str, str]:
    """Both texts: the visitor's own, or those of the first suggestion."""
    first = suggested(address)[0]
    if address.sentence is None and not address.view.second:
        return first.sentence, first.second
    return first.sentence if address.sentence is None else address.sentence, address.view.second


def box(address: Address, labels: tuple[str, str], hints: tuple[str, str], shares: tuple[float, float] = (1.0, 1.0)) -> None:
    """The two text boxes and the suggestions. What is chosen goes to the address."""
    first, second = shown(address)
    examples = suggested(address)
    st.session_state[FIRST], st.session_state[SECOND] = first, second
    st.session_state[SUGGESTIONS] = next((each.label for each in examples if (each.sentence, each.second) == (first, second)), None)
    with st.container(key="sentence_row"):
        for column, key, label, hint in zip(st.columns(shares), (FIRST, SECOND), labels, hints, strict=True):
            column.text_input(
                label,
                key=key,
                placeholder=hint,
                label_visibility="collapsed",
                max_chars=LONGEST_SENTENCE,
                on_change=_typed,
                args=(examples,),
            )
        st.pills(
            "Suggested pairs",
            [each.label for each in examples],
            key=SUGGESTIONS,
            label_visibility="collapsed",
            on_change=_suggested,
            args=(examples,),
        )


def put(texts: Sequence[str]) -> None:
    """Take these two texts."""
    first, second = texts
    _say(first, second, suggested(visit.current())[0])


def _typed(examples: tuple[Example, ...]) -> None:
    first, second = (incoming.line(st.session_state[key] or "") for key in (FIRST, SECOND))
    _say(first, second, examples[0])


def _suggested(examples: tuple[Example, ...]) -> None:
    for each in examples:
        if each.label == st.session_state[SUGGESTIONS]:
            _say(each.sentence, each.second, examples[0])


def _say(first: str, second: str, usual: Example) -> None:
    own = (first, second) != (usual.sentence, usual.second)
    visit.change(sentence=first if own else None, view=replace(visit.current().view, second=second if own else ""))
