"""Deleting a run: what goes with it, who else has it, and once more whether it should."""

from collections.abc import Sequence

import streamlit as st

from llmviz.core.hosting import limits
from llmviz.core.kept import Kept
from llmviz.core.owners import teaches
from llmviz.core.run import RunRef
from llmviz.experiments.lab_book import notice_panel, view
from llmviz.runs.engine import Engine
from llmviz.runs.store import short
from llmviz.ui import visit
from llmviz.views import words

STAYS = "Others have it too, for they trained with the same settings: it stays theirs, and goes from your lists."
TEACHER_DELETES = "It goes for all who have it."


def ask(engine: Engine, shelf: Sequence[Kept], kept: Kept) -> None:
    """Ask before anything goes, and offer to take along what is made from it."""
    below = view.descendants(shelf, kept.run)
    doomed = [*below, kept.run]
    bytes = sum(other.bytes for other in shelf if other.run in doomed)

    def asked() -> None:
        st.markdown(f"**{short(kept.run)}**, {view.size(kept.bytes)}, goes for good. *Export* keeps it as a file.")
        if limits().hosted and engine.rights(kept.run).owners.others(visit.viewer()):
            st.markdown(TEACHER_DELETES if teaches(visit.viewer()) else STAYS)
        if below:
            names = ", ".join(map(short, below))
            count = "one run is" if len(below) == 1 else f"{len(below)} runs are"
            st.markdown(
                f"On this machine {count} made from it: {names}. Without it nobody could see what they come from, so they go first."
            )
        label = f"Delete all {words.counted(len(doomed), 'run')}, {view.size(bytes)}" if below else "Delete"
        st.button(label, key="delete_really", type="primary", on_click=_delete, args=(engine, doomed))

    st.dialog("Delete this run?", width="small")(asked)()


def _delete(engine: Engine, doomed: Sequence[RunRef]) -> None:
    for run in doomed:
        try:
            engine.delete(run, visit.viewer())
        except ValueError as problem:
            notice_panel.say(str(problem))
            return
    visit.set(one="", other="")
    notice_panel.say("deleted" if len(doomed) == 1 else f"deleted {words.counted(len(doomed), 'run')}", "good")
