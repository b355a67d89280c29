"""The table that is learnt from: what is in it, and a visitor's own in its place, pasted or in a file, its columns mapped by hand."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from llmviz.core.address import change
from llmviz.experiments.own_labels import view
from llmviz.text import own_example, own_labels, own_table
from llmviz.text.own_labels import Labelled
from llmviz.text.own_table import Table
from llmviz.ui import lesson, visit
from llmviz.ui.live import Seen
from llmviz.views import words

MAPPED = "own_mapped"  # session key: the table whose columns are being mapped
HEADER, TEXT, LABEL = "own_header", "own_text", "own_label"
PASTED, REFUSED, TURN = "own_pasted", "own_table_refused", "own_table_turn"
TAKEN = "own_taken"  # session key: the digest of the table last taken, and what was left out of it
PREVIEWED = 4  # rows
READ = {
    "tinyland": "A model that has read Tinyland knows its few hundred words alone. To all others it says [UNK], and cannot tell them "
    "apart.",
    "requests": "A model that has read requests has read many of the example table's own, held-out ones too, without their labels. "
    "Of other things it has read nothing.",
}
MEGABYTES = own_table.MOST_BYTES // 1_000_000
ABOUT = (
    f"A table with a column of texts and a column of labels, as CSV: at most {own_table.MOST_ROWS:,} rows and {MEGABYTES} MB, "
    f"2 to {own_labels.MOST_CLASSES} labels. It stays on this machine."
)


@dataclass(frozen=True)
class Mapped:
    """A table that was given and is not yet learnt from, and which of its columns, from 0, are taken for texts and for labels."""

    content: bytes
    table: Table
    text: int
    label: int


def known() -> Labelled:
    """The table of the present address.

    One that this machine does not keep is explained among the problems of the address, and the page opens anew with the example.
    """
    address = visit.current()
    try:
        return own_example.read(address.spec.objective.labels_digest)
    except ValueError as problem:
        if not address.spec.objective.labels_digest:
            st.error(lesson.sentence(str(problem)))
            st.stop()
        objective = type(address.spec.objective)()
        said = f"{words.sentence(str(problem))} The page shows the example table."
        visit.correct(
            "labels_digest",
            said,
            spec=change(address.spec, {"labels_digest": "", "labels": objective.labels}),
            run=None,
            step=None,
            sentence=None,
        )
        st.rerun()


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
    """Draw the box that a table is pasted into, or chosen in as a file; one that cannot be read is refused in it.

    There too is the example, as a file and, where the page has the visitor's `own` table, to go back to.
    """
    turn = st.session_state.setdefault(TURN, 0)  # a new one after each table, for it opens closed
    with st.popover("Your own table", icon=":material/table_view:", key=f"own_table_{turn}", disabled=seen.steered):
        st.markdown(ABOUT)
        st.text_area("Your own table", key=PASTED, height=160, label_visibility="collapsed", placeholder="text,label\nwhat a day,glad")
        st.button("Read the table", key="own_read", type="primary", on_click=_read_pasted)
        key = f"own_table_file_{turn}"  # a new one after each, so that the file just read does not stay in it
        st.file_uploader("Or a file", type=("csv", "tsv", "txt"), key=key, max_upload_size=MEGABYTES, on_change=_read_file, args=(key,))
        with st.container(horizontal=True, gap="medium"):
            file = view.as_csv(own_example.table())
            st.download_button("The example as CSV", file, "requests.csv", "text/csv", on_click="ignore", type="tertiary")
            if own:
                st.button("Back to the example", key="own_example", type="tertiary", on_click=_back)
        _refused()  # here, for the popover stays open and covers what is below it


def _read_pasted() -> None:
    _read(lambda: (st.session_state[PASTED] or "").encode("utf-8", "replace"))


def _read_file(key: str) -> None:
    file = st.session_state[key]
    if file is not None:
        _read(file.getvalue)


def _read(content: Callable[[], bytes]) -> None:
    """Take the content for mapping, where it is a table."""
    given = content()
    try:
        _map(given, None)
    except ValueError as problem:
        st.session_state[REFUSED] = words.sentence(str(problem))
    else:
        st.session_state[TURN] += 1


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
    _refused()
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
        st.session_state[REFUSED] = words.sentence(str(problem))


def _refused() -> None:
    """Draw why the last thing asked for was refused, if it was."""
    if refused := st.session_state.pop(REFUSED, ""):
        with st.container(key="refused"):
            st.warning(lesson.plain(refused), icon=":material/info:")


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
        digest = own_labels.keep(found)
    except ValueError as problem:
        st.session_state[REFUSED] = words.sentence(str(problem))
        return
    st.session_state[TAKEN] = (digest, tuple(map(words.sentence, found.notes)))
    _leave()
    _learn_from(digest, max(2, view.learnt(found, own_table.MOST_ROWS)))


def _back() -> None:
    st.session_state[TURN] += 1
    _learn_from("", type(visit.current().spec.objective)().labels)


def _learn_from(digest: str, labels: int) -> None:
    spec = change(visit.current().spec, {"labels_digest": digest, "labels": labels})
    visit.change(spec=spec, run=None, step=None, sentence=None, hidden=None)


def _leave() -> None:
    st.session_state.pop(MAPPED, None)
