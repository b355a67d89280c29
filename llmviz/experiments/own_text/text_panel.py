"""The text that is learnt from: what is in it, and a visitor's own in its place, pasted or in a file."""

import streamlit as st

from llmviz.core.questions.vocabulary import MOST_LETTERS
from llmviz.experiments.own_text import view
from llmviz.text import own, own_prose
from llmviz.ui import lesson, own_box, visit
from llmviz.ui.live import Seen
from llmviz.ui.own_box import Box

FIELD, COUNT = "text_digest", "passages"  # of the objective
TAKEN = "own_text_taken"  # session key: the digest of the text last taken, and what was left out of it
PREVIEWED = 3  # passages
MEGABYTES = 20
BOX = Box(
    "own_prose",
    "Your own text",
    ":material/content_paste:",
    f"Any text: notes, mails, poems, a chapter. At most {MOST_LETTERS:,} letters are read. Paragraphs stand between empty lines; where "
    "there are none, each line is one.",
    "Paste a text",
    "Learn from this text",
    ("txt", "md"),
    MEGABYTES,
)


def known() -> str:
    """The text of the present address, or the example where this machine does not keep that."""
    return own_box.known(_usable, FIELD, "The page shows the example.", COUNT)


def _usable(digest: str) -> str:
    text = own_prose.read(digest)
    own_prose.divided(text)  # raises where there is too little
    return text


def area(text: str, seen: Seen) -> None:
    """Draw what is learnt from, and the box for another text."""
    mine = visit.current().spec.objective.text_digest
    with st.container(key="table_area"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="table_row"):
            name = "Your own text" if mine else "Example: requests to a house"
            st.markdown(f"**{name}** · {lesson.plain(view.summary(text))}.", width="stretch")
            with st.popover("The first passages", type="tertiary"):
                st.html(view.preview(text, PREVIEWED))
            _box(seen, bool(mine))
        digest, left = st.session_state.get(TAKEN, ("", ""))
        if said := " ".join(filter(None, (left if digest == mine else "", view.remarks(text)))):
            st.caption(lesson.plain(said))


def _box(seen: Seen, mine: bool) -> None:
    """Draw the box; in it is the example, as a file and, where the page has the visitor's own text, to go back to."""

    def more() -> None:
        st.download_button("The example as text", own_prose.example(), "requests.txt", "text/plain", on_click="ignore", type="tertiary")
        if mine:
            st.button("Back to the example", key="own_prose_example", type="tertiary", on_click=_back)

    BOX.draw(_take, seen.steered, more)


def _take(content: bytes) -> None:
    """Keep the text, and let the page learn from it. Raises ValueError, in a sentence, where that cannot be."""
    text = own.decoded(content)
    own_prose.divided(own.tidy(text)[0])  # raises where there is too little, before anything is kept
    digest, left = own.take(text, visit.viewer())
    st.session_state[TAKEN] = (digest, left)
    own_box.learn_from(FIELD, digest, view.learnt(own_prose.read(digest), own_prose.MOST), COUNT)


def _back() -> None:
    BOX.close()
    own_box.learn_from(FIELD, "", count=COUNT)
