"""The table that is learnt from: what is in it, and a visitor's own in its place, pasted or in a file, its columns mapped by hand."""

from dataclasses import dataclass, replace

import streamlit as st

from llmviz.experiments.own_labels import view
from llmviz.text import own_example, own_labels, own_table
from llmviz.text.own_labels import Labelled
from llmviz.text.own_table import Table
from llmviz.ui import lesson, own_box, visit
from llmviz.ui.live import Seen
from llmviz.ui.own_box import Box
from llmviz.views import words

MAPPED = "own_mapped"  # session key: the table whose columns are being mapped
HEADER, TEXT, LABEL = "own_header", "own_text", "own_label"
FIELD = "labels_digest"  # of the objective
TAKEN = "own_taken"  # session key: the digest of the table last taken, and what was left out of it
PREVIEWED = 4  # rows
READ = {
    "tinyland": own_box.TINYLAND,
    "requests": "A model that has read requests has read many of the example table's own, held-out ones too, without their labels. "
    "Of other things it has read nothing.",
}
MEGABYTES = own_table.MOST_BYTES // 1_000_000
BOX = Box(
    "own_table",
    "Your own table",
    ":material/table_view:",
    f"A table with a column of texts and a column of labels, as CSV: at most {own_table.MOST_ROWS:,} rows and {MEGABYTES} MB, "
    f"2 to {own_labels.MOST_CLASSES} labels.",
    "text,label\nwhat a day,glad",
    "Read the table",
    ("csv", "tsv", "txt"),
    MEGABYTES,
)


@dataclass(frozen=True)
class Mapped:
    """A table that was given and is not yet learnt from, and which of its columns, from 0, are taken for texts and for labels."""

    content: bytes
    table: Table
    text: int
    label: int


def known() -> Labelled:
    """The table of the present address, or the example where this machine does not keep that."""
    return own_box.known(own_example.read, FIELD, "The page shows the example table.")


def area(table: Labelled, seen: Seen) -> None:
    """Draw the table that is learnt from, or the one that is being mapped in its place."""
    with st.container(key="table_area"):
        if mapped := st.session_state.get(MAPPED):
            _mapping(mapped, seen)
        else:
            _present(table, seen)


def _present(table: Labelled, seen: Seen) -> None:
    own = visit.current().spec.objective.labels_digest
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="table_row"):
        name = "Your own table" if own else "Example: requests to a house"
        st.markdown(f"**{name}** · {lesson.plain(view.summary(table))}.", width="stretch")
        _box(seen, bool(own))
    if said := READ.get(visit.current().spec.text.name, ""):
        st.caption(said)
    digest, left = st.session_state.get(TAKEN, ("", ()))
    if remarks := [*(left if digest == own else ()), *view.remarks(table)]:
        st.caption(lesson.plain(" ".join(remarks)))
    with st.expander("The first rows, and how many examples each label has", expanded=seen.run is None):
        st.html(view.counts(table) + view.rows(("text", "label"), view.preview(table, PREVIEWED), {}))


def _box(seen: Seen, own: bool) -> None:
    """Draw the box for a table; in it is the example, as a file and, where the page has the visitor's `own` table, to go back to."""

    def more() -> None:
        file = view.as_csv(own_example.table())
        st.download_button("The example as CSV", file, "requests.csv", "text/csv", on_click="ignore", type="tertiary")
        if own:
            st.button("Back to the example", key="own_example", type="tertiary", on_click=_back)

    BOX.draw(lambda content: _map(content, None), seen.steered, more)


def _map(content: bytes, header: bool | None) -> None:
    """Let the columns of this table be mapped, and suggest which are meant."""
    table = own_table.read(content, header)
    st.session_state[MAPPED] = Mapped(content, table, *own_table.suggested(table))


def _mapping(mapped: Mapped, seen: Seen) -> None:
    """Draw what was read of a table, the choice of its columns, and what they make."""
    table, text, label = mapped.table, mapped.text, mapped.label
    st.session_state[TEXT], st.session_state[LABEL], st.session_state[HEADER] = text, label, table.header
    st.markdown(
        f"**A table of your own** · {words.counted(len(table.rows), 'row')} of {len(table.columns)} columns, divided by "
        f"{table.delimiter}, in {lesson.plain(table.encoding)}"
    )
    columns = range(len(table.columns))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="mapping_row"):
        st.selectbox("Column of the texts", columns, format_func=table.named, key=TEXT, width=280, on_change=_choose)
        st.selectbox("Column of the labels", columns, format_func=table.named, key=LABEL, width=280, on_change=_choose)
        st.toggle("The first row names the columns", key=HEADER, on_change=_turn_header)
    BOX.refused()
    roles = {text: "text", label: "label"} if text != label else {text: "text and label"}
    st.html(view.rows(table.columns, table.preview, roles))
    found = _labelled(table, text, label)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="take_row"):
        closed = found is None or seen.steered
        st.button("Learn from this table", key="own_take", type="primary", disabled=closed, on_click=_take, args=(found,))
        st.button("Leave it", key="own_leave", type="tertiary", on_click=_leave)


def _choose() -> None:
    text, label = st.session_state[TEXT], st.session_state[LABEL]
    st.session_state[MAPPED] = replace(st.session_state[MAPPED], text=text, label=label)


def _turn_header() -> None:
    try:
        _map(st.session_state[MAPPED].content, st.session_state[HEADER])
    except ValueError as problem:  # the first row may be the one too many
        BOX.refuse(str(problem))


def _labelled(table: Table, text: int, label: int) -> Labelled | None:
    """The examples in these columns, with what there is to say of them; None, with the reason, where there are none."""
    try:
        found = own_labels.labelled(table, text, label)
    except ValueError as problem:
        st.warning(lesson.sentence(str(problem)), icon=":material/info:")
        return None
    st.markdown(f"{lesson.plain(view.summary(found))}.")
    st.html(view.counts(found))
    if remarks := view.remarks(found):
        st.caption(lesson.plain(" ".join(remarks)))
    return found


def _take(found: Labelled) -> None:
    """Keep the examples, and let the page learn from them."""
    try:
        digest = own_labels.keep(found, visit.viewer())
    except ValueError as problem:
        BOX.refuse(str(problem))
        return
    st.session_state[TAKEN] = (digest, tuple(map(words.sentence, found.notes)))
    _leave()
    own_box.learn_from(FIELD, digest, max(2, view.learnt(found, own_table.MOST_ROWS)))


def _back() -> None:
    BOX.close()
    own_box.learn_from(FIELD, "")


def _leave() -> None:
    st.session_state.pop(MAPPED, None)
