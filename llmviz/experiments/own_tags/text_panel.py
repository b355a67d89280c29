"""The tagged text that is learnt from: what is in it, and a visitor's own in its place, pasted or in a file."""

import streamlit as st

from llmviz.experiments.own_tags import view
from llmviz.text import own_tagged, own_tags
from llmviz.text.own_tags import BrokenBIOError, Tagged
from llmviz.ui import lesson, own_box, visit
from llmviz.ui.live import Seen
from llmviz.ui.own_box import Box
from llmviz.views import words

FIELD = "tags_digest"  # of the objective
BROKEN = "own_names_broken"  # session key: content in which some I- have no B-, until it is mended
TAKEN = "own_names_taken"  # session key: the digest of the text last taken, and what was mended in it
PREVIEWED = 3  # sentences
MEGABYTES = own_tags.MOST_BYTES // 1_000_000
BOX = Box(
    "own_names",
    "Your own text",
    ":material/ink_highlighter:",
    "A sentence in each line, its names in brackets: `[Anna](PER) lives in [New York](LOC) .` Or as CoNLL-2003 has it: in each line a "
    "word and its tag in BIO, and an empty line between sentences. At least "
    f"{own_tagged.FEWEST} and at most {own_tags.MOST_SENTENCES:,} sentences, {MEGABYTES} MB, 1 to {own_tags.MOST_TYPES} types of names.",
    "[Anna](PER) lives in [New York](LOC) .",
    "Learn from this text",
    ("txt", "conll", "bio", "iob", "tsv"),
    MEGABYTES,
)


def known() -> Tagged:
    """The tagged text of the present address, or the example where this machine does not keep that."""
    return own_box.known(_usable, FIELD, "The page shows the example.")


def _usable(digest: str) -> Tagged:
    text = own_tagged.read(digest)
    own_tagged.divided(text)  # raises where it has too few sentences
    return text


def area(text: Tagged, seen: Seen) -> None:
    """Draw what is learnt from, and the box for another text."""
    own = visit.current().spec.objective.tags_digest
    with st.container(key="table_area"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="table_row"):
            name = "Your own tagged text" if own else "Example: requests to a house"
            st.markdown(f"**{name}** · {lesson.plain(view.summary(text))}.", width="stretch")
            _box(seen, bool(own))
        if visit.current().spec.text.name == "tinyland":
            st.caption(own_box.TINYLAND)
        digest, mended = st.session_state.get(TAKEN, ("", ""))
        if remarks := [*filter(None, [mended if digest == own else ""]), *view.remarks(text)]:
            st.caption(lesson.plain(" ".join(remarks)))
        with st.expander("The first sentences, and how many names of each type there are", expanded=seen.run is None):
            st.html(view.counts(text) + view.preview(text, PREVIEWED))


def _box(seen: Seen, own: bool) -> None:
    """Draw the box; in it is the example, as a file and, where the page has the visitor's `own` text, to go back to."""

    def more() -> None:
        file = own_tags.columns(own_tagged.example())
        st.download_button("The example in columns", file, "requests.conll", "text/plain", on_click="ignore", type="tertiary")
        if own:
            st.button("Back to the example", key="own_names_example", type="tertiary", on_click=_back)

    def mend() -> None:
        if BROKEN in st.session_state:
            st.button("Read each as B-", key="own_names_mend", type="primary", on_click=_mend)

    BOX.draw(_take, seen.steered, more, mend)


def _take(content: bytes) -> None:
    """Keep the sentences, and let the page learn from them. Raises ValueError, in a sentence, where that cannot be."""
    st.session_state.pop(BROKEN, None)
    try:
        found = own_tags.tagged(content)
    except BrokenBIOError:
        st.session_state[BROKEN] = content
        raise
    _learn_from(found)


def _mend() -> None:
    content = st.session_state.pop(BROKEN)
    BOX.read(lambda given: _learn_from(own_tags.tagged(given, repair=True)), content)


def _learn_from(found: Tagged) -> None:
    labels = max(2, view.learnt(found, own_tags.MOST_SENTENCES))
    digest = own_tags.keep(found, visit.viewer())
    each = words.counted(found.repaired, "tag")
    mended = f"{each} that began with I- and went on with nothing {'is' if found.repaired == 1 else 'are'} read as B-."
    st.session_state[TAKEN] = (digest, mended if found.repaired else "")
    own_box.learn_from(FIELD, digest, labels)


def _back() -> None:
    BOX.close()
    own_box.learn_from(FIELD, "")
