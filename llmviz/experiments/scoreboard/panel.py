"""The scoreboard: filter, question, table, and the table as a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from llmviz.core import catalogue, texts
from llmviz.core.kept import Kept
from llmviz.core.settings import check, setting
from llmviz.experiments.scoreboard import view
from llmviz.experiments.scoreboard.columns_view import Column, columns
from llmviz.experiments.scoreboard.view import Filter
from llmviz.parts.table.payload import Table
from llmviz.runs.engine import UNDER_WAY, Engine
from llmviz.ui import lesson, parts, path, question, visit
from llmviz.views import records
from llmviz.views.records import Recipe
from llmviz.views.tables import markdown

EVERY = 3.0  # seconds between two looks while something trains
ALL = "all"
USUAL = next(iter(texts.TEXTS))
QUIZ = "scoreboard_quiz"
NEVER = "No task has been trained both ways yet. Press Train live on the page of one, then Train from scratch too."
NOTHING = "No run leaves a figure here. Choose “all texts” and “all phases”, or press *Train live* on any page."
SEVERAL = (
    "Where a recipe was trained several times, the figure is the median, and the range from the lowest to the highest stands below. "
    "It opens the run of the lowest seed."
)
MOST_ROWS = 9  # of a lecture's table that shrinks to its screen; a longer one scrolls
SHORT = "<style>.st-key-below { display: none; }</style>"
SCROLLS = f"{SHORT}<style>[class*=st-key-board_of] {{ max-height: 85vh; overflow-y: auto; }}</style>"
PHASES = tuple(dict.fromkeys(each.phase for each in catalogue.BY_NAME.values()))
OF = {phase: f"board_of_{place}" for place, phase in enumerate(PHASES)}  # a lecture shows one phase after the other


@dataclass(frozen=True)
class Board:
    """What the scoreboard shows: its filter, and the column by which it is sorted."""

    reads: str = setting(USUAL, "Text", "Runs on this text only.", choices=(*texts.TEXTS, ALL))
    phase: str = setting("", "Phase", "Runs of this phase only.", choices=("", *PHASES))
    sort: str = setting("", "Sorted by", "The column by which the rows are sorted.", letters=40)
    down: bool = setting(True, "From the highest", "Whether the highest stand first.")

    def __post_init__(self) -> None:
        """Refuse what is not there."""
        check(self)


def _board() -> Board:
    board: Board = visit.current().view
    return board


def look(engine: Engine, shelf: Sequence[Kept]) -> list[Recipe]:
    """All recipes that have been measured: of the lab book, the recordings, and the learning curves that came with the program."""
    return records.recipes(shelf, engine.learning_curves())


def shown(found: Sequence[Recipe]) -> list[Recipe]:
    """Those that the filter leaves."""
    return Filter(_text(), _board().phase).leaves(found)


def _text() -> str:
    """The text of the filter, "" for all."""
    return "" if _board().reads == ALL else _board().reads


def filters() -> None:
    """Draw the choice of text and phase."""
    with st.container(key="board_row", horizontal=True, vertical_alignment="center", gap="small"):
        _choice("reads", (*texts.TEXTS, ALL), lambda name: "all texts" if name == ALL else texts.TEXTS[name].title)
        _choice("phase", ("", *PHASES), lambda name: name or "all phases")


def _choice(name: str, choices: Sequence[str], title: Callable[[str], str]) -> None:
    key = f"board_{name}"
    st.session_state[key] = getattr(_board(), name)
    st.selectbox(
        name.capitalize(),
        choices,
        key=key,
        format_func=title,
        label_visibility="collapsed",
        width=190,
        on_change=lambda: visit.set(**{name: st.session_state[key]}),
    )


def predict(found: Sequence[Recipe]) -> None:
    """Draw the question: which task gains most from pretraining, on the first of the texts."""
    asked = view.quiz(USUAL)
    of_text = Filter(USUAL).leaves(found)
    question.draw(question.GUESS, asked, QUIZ, lambda: view.reveal(asked, of_text), NEVER)


def board(engine: Engine, shelf: Sequence[Kept], found: Sequence[Recipe]) -> None:
    """Draw the table, and again every now and then while a run is under way; the whole page where one has begun or ended.

    In a lecture there is one for each phase, a beat each.
    """
    every = EVERY if any(kept.state in UNDER_WAY for kept in shelf) else None
    lecture = visit.current().lecture
    if lecture:
        longest = max(len(Filter(phase=phase).leaves(shown(found))) for phase in OF)
        st.html(SHORT if longest <= MOST_ROWS else SCROLLS)

    def drawn() -> None:
        now = engine.shelf() if every else shelf
        left = shown(look(engine, now) if every else found)
        if not left:
            st.markdown(NOTHING)
        elif lecture:
            for phase, key in OF.items():
                with st.container(key=key):
                    _table(Filter(phase=phase).leaves(left), f"{key}_table")
        else:
            with st.container(key="board_area"):
                reasons = view.reasons(_table(left, "board"))
            st.caption(" ".join([SEVERAL, *(f"– {short}: {lesson.plain(meaning)}." for short, meaning in reasons.items())]))
        if path.leads() or [(kept.run, kept.state) for kept in now] != [(kept.run, kept.state) for kept in shelf]:
            st.rerun()  # what a link was clicked for, or what stands around the table, is drawn by the whole page

    st.fragment(drawn, run_every=every, key="scores")()


def _table(found: Sequence[Recipe], key: str) -> Table:
    """Draw these recipes, and return what was drawn."""
    chosen = _board()
    drawn = view.table(found, chosen.sort, chosen.down, visit.number(), bool(question.withheld(QUIZ)))
    parts.table(drawn, key=key, on_open=path.lead, on_sorted=lambda to: _sort(found, to))
    return drawn


def _sort(found: Sequence[Recipe], to: Sequence[int]) -> None:
    """Remember the column that the table is sorted by."""
    place, down = (int(each) for each in to[:2])
    across = columns(found)
    visit.set(sort=across[place].key if 0 <= place < len(across) else "", down=bool(down))


def below(found: Sequence[Recipe]) -> None:
    """Draw the ways to take the table along, and to the tasks that nobody has trained yet."""
    with st.container(key="below"):
        _below(shown(found), view.missing(Filter(_text()).leaves(found), _text()))


def _below(left: Sequence[Recipe], missing: Sequence[Column]) -> None:
    with st.container(key="export_row", horizontal=True, vertical_alignment="center", gap="medium"):
        _export("CSV", "csv", lambda: view.exported(left), "All figures shown, a line each, with their runs")
        _export("Markdown", "md", lambda: markdown(view.table(left)), "The table as shown, without links")
        for column in missing:
            page = path.of_stage(column.experiments[0].name)
            if page:
                st.page_link(page, label=f"not trained yet: {lesson.plain(column.experiments[0].title)}", icon=":material/play_arrow:")
    with st.container(key="columns_below"), st.expander("What each column measures"):
        lines = (f"- **{lesson.plain(column.name)}**: {lesson.plain(column.about)}" for column in columns(left))
        st.markdown("\n".join(lines))


def _export(label: str, ending: str, written: Callable[[], str], help: str) -> None:
    name = f"llmviz-scoreboard.{ending}"
    icon = ":material/download:"
    st.download_button(
        label, written, name, f"text/{label.lower()}", f"export_{ending}", help, on_click="ignore", type="tertiary", icon=icon
    )
