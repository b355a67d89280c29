"""The panel of a study: how far it has come, the buttons that train it in the background, and its chart along the axis.

A page that draws its runs otherwise, such as learning curves side by side, takes the `row` alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.experiment import Metric
from llmviz.core.spec import RunSpec
from llmviz.core.study import MOST_RUNS, Study
from llmviz.runs.engine import State, Status
from llmviz.runs.progress import Progress
from llmviz.runs.study_files import Origin
from llmviz.ui import lecture, lesson, live, visit
from llmviz.ui.engine import studies
from llmviz.views import study as view
from llmviz.views import words

COUNTS = (1, 3, 6)  # of seeds, among which a visitor chooses; a study has the first so many of its own
MOST_FAILURES = 3  # told one by one
DESK = (15, 400)  # pixels of a chart's type and of its height: plotly's do not follow the screen
LECTURE = (1.08, 23.3)  # the same in a lecture, in units of its type
IN_BACKGROUND = (
    "These runs train one after another in the queue that all visitors share, also while this page is closed; those that exist are used. "
    f"A study has at most {MOST_RUNS} runs, and after two hours it stops until somebody lets it go on. The lab book lists every run."
)
EMPTY = "The chart appears as soon as the first run has ended."
CONFIG = {"displaylogo": False, "modeBarButtons": [["toImage"]], "toImageButtonOptions": {"format": "svg", "filename": "study"}}
REFUSED = "study_refused"


@dataclass(frozen=True)
class Series:
    """One line of a panel: its name, the stage of a model whose colour it has, and its study with all the seeds it may have."""

    name: str
    phase: str
    study: Study


@dataclass(frozen=True)
class Shown:
    """A series as it stands now, with the seeds chosen."""

    series: Series
    progress: Progress

    @property
    def under_way(self) -> bool:
        """Whether its runs train, or wait for their turn."""
        return self.progress.state is State.TRAINING


def look(key: str, series: Sequence[Series]) -> list[Shown]:
    """The series of the panel with this key, as they stand now."""
    count = _seeds(key, series)
    chosen = [replace(each, study=each.study.first(count)) for each in series]
    return [Shown(each, progress(each.study)) for each in chosen]


def progress(one: Study) -> Progress:
    """How far a study has come, whichever seeds are chosen on the page."""
    return studies().look(one, visit.viewer())


def panel(key: str, series: Sequence[Series], metric: Metric, references: Sequence[str] = ()) -> None:
    """Draw the row of a study and its chart of this metric, which fills in while it trains.

    The first of the series names the axis. `references` are figures beside the metric's own bound and baseline that are no model's.
    """
    with st.container(key=f"{key}_area"):
        row(key, series)
        chart(key, series, metric, references)


def chart(key: str, series: Sequence[Series], metric: Metric, references: Sequence[str] = ()) -> None:
    """Draw the chart alone, where something stands between it and the row."""
    before = look(key, series)

    def drawn() -> None:
        _chart(key, look(key, series) if _moving(before) else before, metric, references)

    st.fragment(drawn, run_every=live.EVERY if _moving(before) else None, key=f"{key}_chart")()


def row(key: str, series: Sequence[Series]) -> None:
    """Draw the buttons of a study, and how far it has come; the whole page again when it begins or ends to train."""
    before = look(key, series)

    def drawn() -> None:
        now = look(key, series) if _moving(before) else before
        _line(now)
        if _frame(now) != _frame(before):
            st.rerun()

    with st.container(key=f"{key}_row", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{key}_study_buttons"):
            _buttons(key, before)
            _more(key, series)
            with st.container(width="stretch"):
                st.fragment(drawn, run_every=live.EVERY if _moving(before) else None, key=f"{key}_line")()
        if any(each.progress.missing for each in before) and not st.session_state.get("lecture"):
            st.caption(IN_BACKGROUND)
        if refused := st.session_state.pop(REFUSED, ""):
            st.warning(lesson.sentence(refused), icon=":material/info:")


def _frame(shown: Sequence[Shown]) -> list[tuple[State | None, bool]]:
    """What the buttons depend on."""
    return [(each.progress.state, each.progress.owner) for each in shown]


def moving(key: str, series: Sequence[Series]) -> bool:
    """Whether the study of the panel with this key trains."""
    return _moving(look(key, series))


def medians(shown: Shown, metric: Metric) -> list[float | None]:
    """The metric of the median seed at each value of the axis; None where no run has ended."""
    bands = (as_drawn(shown).band(value, metric.name) for value in shown.series.study.values)
    return [found.median if found else None for found in bands]


def _moving(shown: Sequence[Shown]) -> bool:
    return any(each.under_way for each in shown)


def _seeds(key: str, series: Sequence[Series]) -> int:
    """How many seeds are chosen; at first as many as were ever trained, so that a page that is opened again shows what it showed."""
    choices = _choices(series)
    chosen = st.session_state.get(f"{key}_seeds")
    if chosen in choices:
        return int(chosen)
    begun = (count for count in reversed(choices) if any(progress(each.study.first(count)).state for each in series))
    st.session_state[f"{key}_seeds"] = first = next(begun, choices[0])
    return first


def _choices(series: Sequence[Series]) -> list[int]:
    most = min(len(each.study.seeds) for each in series)
    return sorted({min(count, most) for count in COUNTS})


def _more(key: str, series: Sequence[Series]) -> None:
    """Draw the choice of how many seeds each value has."""
    choices = _choices(series)
    if len(choices) > 1:
        st.session_state[f"{key}_seeds"] = _seeds(key, series)
        st.segmented_control(
            "Seeds",
            choices,
            key=f"{key}_seeds",
            required=True,
            label_visibility="collapsed",
            format_func=lambda count: words.counted(count, "seed"),
        )


def _buttons(key: str, shown: Sequence[Shown]) -> None:
    missing = {spec.id for each in shown for spec in each.progress.missing}
    states = {each.progress.state for each in shown}
    if State.TRAINING in states:
        mine = all(each.progress.owner for each in shown if each.under_way)
        st.button("Stop", key=f"{key}_stop", disabled=not mine, on_click=_try, args=("stop", shown))
    elif missing:
        goes_on = states & {State.STOPPED, State.INTERRUPTED}
        label = "Go on" if goes_on else "Try again" if State.FAILED in states else f"Train {words.counted(len(missing), 'run')}"
        st.button(
            label,
            key=f"{key}_train",
            type="primary",
            icon=":material/play_arrow:",
            on_click=_try,
            args=("start", shown),
        )


def _try(action: str, shown: Sequence[Shown]) -> None:
    for each in shown:
        try:
            if action == "stop":
                studies().stop(each.series.study, visit.viewer())
            elif each.progress.missing:
                studies().start(each.series.study, visit.viewer(), Origin(visit.page(), _query()))
        except ValueError as problem:
            st.session_state[REFUSED] = str(problem)


def _query() -> dict[str, str]:
    """The parameters that lead back to this panel."""
    return {name: value for name, value in st.query_params.items() if name not in ("lecture", "beat")}


def _line(shown: Sequence[Shown]) -> None:
    """How far it has come, which run trains now, how long it will take; and what has failed."""
    done, total = sum(each.progress.done for each in shown), sum(len(each.series.study.specs()) for each in shown)
    names = {id: name for each in shown for id, name in _names(each, len(shown) > 1).items()}
    said = [f"{done} of {words.counted(total, 'run')} done", *_now(shown, names), _left(shown)]
    st.progress(done / total, text=lesson.plain(" · ".join(filter(None, said))))
    failed = {id: result.failed for each in shown for id, result in each.progress.results.items() if result.failed}
    for id in list(failed)[:MOST_FAILURES]:
        st.caption(f":orange[●] {lesson.plain(f'{names[id]} failed: {failed[id]}')}")
    if len(failed) > MOST_FAILURES:
        st.caption(f"{len(failed) - MOST_FAILURES} more have failed.")


def _names(shown: Shown, several: bool) -> dict[str, str]:
    """What its runs are called, by the ids of their specs."""
    study = shown.series.study
    called = f"{shown.series.name}, " if several else ""
    unit = f" {study.axis.label}" if study.axis.scale != "order" else ""
    own = {study.spec(value, seed).id: f"{called}{value.label}{unit}, seed {seed}" for value in study.values for seed in study.seeds}
    others = [*shown.progress.missing, *(spec for spec, _ in shown.progress.under_way.values())]  # that they are made from
    return {spec.id: f"{catalogue.experiment(spec.stage).title}, seed {spec.seed}" for spec in others} | own


def _now(shown: Sequence[Shown], names: Mapping[str, str]) -> list[str]:
    """What trains, or why nothing does."""
    told = {id: _step(spec, status, each.progress) for each in shown for id, (spec, status) in each.progress.under_way.items()}
    reasons = [each.progress.reason for each in shown if each.progress.reason]
    return [f"{names[id]}: {step}" for id, step in told.items()] or list(dict.fromkeys(reasons))


def _step(spec: RunSpec, status: Status, progress: Progress) -> str:
    if status.state is State.QUEUED:
        ahead = status.position - 1
        return "next in the queue" if ahead < 1 else f"in the queue, {words.counted(ahead, 'run')} before it"
    found = progress.results.get(spec.id)
    return f"step {found.step if found else 0:,} of {spec.train.steps:,}"


def _left(shown: Sequence[Shown]) -> str:
    """The time left at the pace so far; empty where nothing is, or nothing is known."""
    left = [each.progress.seconds_left for each in shown]
    known = [seconds for seconds in left if seconds is not None]
    at_once = max(1, len({id for each in shown for id in each.progress.under_way}))
    if len(known) < len(left) or not sum(known):
        return ""
    seconds = sum(known) / at_once
    told = words.duration(60 * round(seconds / 60) if seconds > 300 else seconds)
    return f"about {told}{' left' if _moving(shown) else ' of training'}"


def _chart(key: str, shown: Sequence[Shown], metric: Metric, references: Sequence[str]) -> None:
    """The chart; in its place, where nothing has ended, what will stand there."""
    lines = [as_drawn(each) for each in shown]
    ended = any(each.band(value, metric.name) for each in lines for value in each.study.values)
    if not ended:
        st.html(f"<div class='study_empty'><span>{EMPTY}</span></div>")
        return
    size, height = pixels()
    st.plotly_chart(view.figure(lines, metric, references, size), width="stretch", height=height, key=f"{key}_figure", config=CONFIG)
    st.caption(f"{view.BANDS} {metric.help}")
    with st.expander("The figures as a table"):
        st.html(f"<div class='study_table'>{view.table(lines, metric)}</div>")
        st.download_button(
            "All figures of every run as CSV", view.as_csv(lines), f"{key}.csv", "text/csv", key=f"{key}_csv", type="tertiary"
        )


def pixels() -> tuple[int, int]:
    """Of a chart's type, and of its height, on the screen at hand."""
    type, height = LECTURE
    return (round(type * lecture.unit()), round(height * lecture.unit())) if st.session_state.get("lecture") else DESK


def as_drawn(shown: Shown) -> view.Series:
    """A series as charts and tables take it."""
    learning_curves = {id: found.learning_curve for id, found in shown.progress.results.items()}
    return view.Series(shown.series.name, shown.series.phase, shown.series.study, learning_curves)
