"""The picture of *The bill*: what a root and its fine-tunings took, from how many tasks on the root pays, and the same on paper."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from llmviz.core import catalogue, costs
from llmviz.core.experiment import PRETRAINING, notes
from llmviz.core.recorded import RECORDED
from llmviz.core.run import RunRef
from llmviz.core.settings import settings_of
from llmviz.core.spec import RunSpec, preset, restarted
from llmviz.core.study import Study, along
from llmviz.experiments.bill import once_view, paper_view, view
from llmviz.experiments.bill.view import CHARTED, UNITS, Bill, Line
from llmviz.runs.engine import Engine, State
from llmviz.ui import few_labels, live, methods, parts, question, study, visit
from llmviz.ui.states import Badge
from llmviz.ui.study import Series
from llmviz.views import words

KEY = "bill_runs"
QUIZ = "riddle_bill"
ROOT, UNIT = "bill_root", "bill_unit"
ASSUMED = ("class_seconds", "tags_seconds", "answer_seconds", "watts")
ENDED = (State.DONE, State.RECORDED)
MORE_LABELS = 512  # of a run from random weights: the most that *How few labels?* tries
NEVER = "One of the two has not been trained with these settings; open a page of its task and train it."
ABOUT = notes(__file__)
ONCE = (
    "One pretraining serves many tasks. Against a fine-tuning stands, in each unit, the cheapest run of its task and text from random "
    "weights that came at least as far on test data, with however many labels. One pretraining pays as soon as it and n such fine-tunings "
    "together take less than n such runs. Each is a single run: where the two take nearly the same, n says little. Seconds are "
    "held against each other only where all have been trained here, or all are recorded."
)
MORE = (
    "What is missing on the bill of a task trains here: the other methods of fine-tuning, and the same task from random weights with more "
    "labels, which shows what these cost without pretraining."
)
PAPER = (
    "The rule that a token costs 6 FLOPs for each parameter (Kaplan et al. 2020) carries from these tiny models to large ones. Beside it "
    "stands what the papers publish."
)


def _bill() -> Bill:
    bill: Bill = visit.current().view
    return bill


@dataclass(frozen=True)
class Found:
    """What there is at one look: the root of the address, where it is done; the fine-tunings of it that stand on the bill; all runs from
    random weights for a task; and every pretraining that is done.
    """

    root: Line | None
    tuned: Sequence[Line]
    scratch: Sequence[Line]
    roots: Sequence[RunSpec]

    @property
    def asked(self) -> Line | None:
        """The fine-tuning that the question is about: the first of the bill."""
        return next(iter(self.tuned), None)


def look(engine: Engine) -> Found:
    """Everything the page draws, read at once: to list all runs takes a tenth of a second."""
    root = visit.current().spec
    ended = [(kept.run, kept.spec) for kept in engine.shelf() if kept.spec and kept.state in ENDED]
    own = next((run for run, spec in ended if spec == root), None)  # the newest, else the recording
    tasks = [(run, spec) for run, spec in ended if catalogue.experiment(spec.stage).phase != PRETRAINING]  # reading on is no fine-tuning
    tuned = [(run, spec) for run, spec in tasks if spec.parent == root]
    scratch = [(run, spec) for run, spec in tasks if spec.start is None]
    came_with = [Line(cost, True) for each in engine.learning_curves() if each.metrics and (cost := costs.of_learning_curve(each))]
    first = _lines(engine, [(own, root)]) if own else []
    children = [*_lines(engine, tuned), *(line for line in came_with if line.spec.parent == root)]
    others = [*_lines(engine, scratch), *(line for line in came_with if line.spec.start is None)]
    roots = [spec for _, spec in ended if spec.start is None and spec.stage in view.ROOTS]
    return Found(first[0] if first else None, view.chosen(children), others, roots)


def _lines(engine: Engine, runs: Sequence[tuple[RunRef, RunSpec]]) -> list[Line]:
    found = []
    for run, spec in runs:
        try:
            cost = costs.of_history(spec, engine.history(run))
        except ValueError:  # deleted meanwhile
            continue
        if cost:
            found.append(Line(cost, run.recorded))
    return found


def badge(found: Found) -> Badge:
    """How many runs stand on the bill."""
    if found.root is None:
        return Badge("no run yet", "random")
    return Badge(f"one pretraining · {words.counted(len(found.tuned), 'fine-tuning')}", "pretrained")


def claim(found: Found) -> str:
    """The title of the page: what its question comes to, once it is settled."""
    root, one = found.root, found.asked
    return view.claim(root, one) if root and one and question.settled(QUIZ) else view.ASKED


def predict(found: Found) -> None:
    """Draw the question: how many times the FLOPs of a fine-tuning pretraining took."""
    root, one = found.root, found.asked
    task = catalogue.experiment(one.spec.stage).short.lower() if one else "a task"
    question.draw(question.GUESS, view.quiz(task), QUIZ, lambda: view.reveal(root, one) if root and one else None, NEVER)


def row(found: Found) -> None:
    """Draw the choices: which pretraining, and the unit of the chart."""
    roots = _ordered(found.roots)
    st.session_state[ROOT], st.session_state[UNIT] = visit.current().spec.id, _bill().unit
    with st.container(key="bill_row", horizontal=True, vertical_alignment="center", gap="small"):
        st.selectbox(
            "Pretraining",
            list(roots),
            format_func=lambda id: words.recipe(roots[id]) if id not in _USUAL else _USUAL[id],
            key=ROOT,
            label_visibility="collapsed",
            width=310,
            on_change=lambda: visit.change(spec=roots[st.session_state[ROOT]], run=None, step=None),
        )
        st.segmented_control(
            "Unit",
            CHARTED,
            format_func=lambda unit: UNITS[unit].title,
            key=UNIT,
            required=True,
            label_visibility="collapsed",
            on_change=lambda: visit.set(unit=st.session_state[UNIT]),
        )


_USUAL = {
    spec.id: f"{catalogue.experiment(spec.stage).title} on {words.value(spec.text.name)}"
    for name, spec in RECORDED.items()
    if spec.stage in view.ROOTS and spec == preset(spec.stage, spec.text)
}


def _ordered(roots: Sequence[RunSpec]) -> dict[str, RunSpec]:
    """These by id, first those that pages open with; and that of the address."""
    there = {spec.id: spec for spec in roots}
    ordered = {id: there[id] for id in _USUAL if id in there} | there
    return ordered | {visit.current().spec.id: visit.current().spec}


def assumed() -> None:
    """Draw what the bill assumes: seconds per label of each kind, and watts."""
    bill = _bill()
    with st.container(key="bill_assumed", horizontal=True, vertical_alignment="bottom", gap="small"):
        for item, limits in settings_of(bill):
            if item.name in ASSUMED:
                st.session_state[f"bill_{item.name}"] = getattr(bill, item.name)
                st.number_input(
                    limits.label,
                    limits.low,
                    limits.high,
                    step=1.0,
                    format="%g",
                    key=f"bill_{item.name}",
                    help=limits.help,
                    on_change=_assume,
                    args=(item.name,),
                )


def _assume(name: str) -> None:
    visit.set(**{name: st.session_state[f"bill_{name}"]})


def picture(engine: Engine, found: Found) -> None:
    """Draw the chart, and again while runs of the bill train; below it all figures as a table."""
    withheld, every = question.withheld(QUIZ), _every()

    def drawn() -> None:
        now = look(engine) if every else found
        shown = [*([now.root] if now.root else []), *now.tuned]
        with st.container(key="bill_chart"):
            parts.log_bars(view.bars(shown, _bill(), withheld), key="bill_bars")
        if withheld or visit.current().lecture:
            return
        with st.container(key="bill_table"), st.expander("Every figure as a table"):
            st.html(f"<div class='study_table wide'>{view.table(shown, _bill())}</div>")
            st.download_button("The bill as CSV", view.as_csv(shown, _bill()), "bill.csv", "text/csv", key="bill_csv", type="tertiary")

    st.fragment(drawn, run_every=every, key="bill")()


def _every() -> float | None:
    series = _series()
    return live.EVERY if series and study.moving(KEY, series) else None


def once(engine: Engine, found: Found) -> None:
    """Draw from how many tasks on one pretraining pays."""
    every = _every()
    with st.container(key="bill_once"):
        st.markdown("**Pretraining once, fine-tuning n times**")
        if question.withheld(QUIZ):
            st.caption(question.withheld(QUIZ))
        else:
            st.fragment(lambda: _once(look(engine) if every else found), run_every=every, key="once")()
            if not visit.current().lecture:
                st.caption(ONCE)


def _once(found: Found) -> None:
    root = found.root
    if root is None:
        st.caption("This pretraining is not on this machine.")
        return
    pairs = [once_view.rivals(line, found.scratch) for line in found.tuned if getattr(line.spec.objective, "method", "full") == "full"]
    st.html(f"<div class='study_table stacked'>{once_view.table(root, pairs, _bill())}</div>")


def runs() -> None:
    """Draw the choice of a task, and what trains its other runs in the background."""
    series = _series()
    if not series:
        return
    with st.container(key="bill_more"):
        if not visit.current().lecture:
            st.markdown(MORE)
        st.session_state["bill_task"] = _bill().task
        st.segmented_control(
            "Task",
            _tasks(),
            format_func=lambda name: catalogue.experiment(name).short,
            key="bill_task",
            required=True,
            label_visibility="collapsed",
            on_change=lambda: visit.set(task=st.session_state["bill_task"]),
        )
        study.row(KEY, series)


def _tasks() -> list[str]:
    """The tasks that this root can be fine-tuned for."""
    root = visit.current().spec
    tasks = [catalogue.experiment(name) for name in view.TASKS]
    return [task.name for task in tasks if root.stage in task.starts and root.text.name in task.texts]


def _series() -> list[Series]:
    """The methods of fine-tuning this root for the task that is chosen, where it knows several; and the task from random weights."""
    root, tasks = visit.current().spec, _tasks()
    if not tasks:
        return []
    task = _bill().task if _bill().task in tasks else tasks[0]
    usual = preset(task, root.text, root.stage)
    tuned = restarted(usual, root)
    labels: int = tuned.objective.labels
    scratch = restarted(tuned, None)
    most = next(int(limits.high) for item, limits in settings_of(tuned.objective) if item.name == "labels")
    more = Study(scratch, few_labels.AXIS, along("labels", (labels, min(most, max(MORE_LABELS, 4 * labels)))), (scratch.seed,))
    series = [Series("random start", "random", more)]
    return [methods.along(tuned), *series] if hasattr(tuned.objective, "method") else series


def paper(found: Found) -> None:
    """Draw the bills of large models: FLOPs as bars beside ours, and every figure with its source."""
    own = [line for line in (found.root, found.asked) if line] if question.settled(QUIZ) else []
    with st.container(key="bill_paper"):
        st.markdown("**The same bill on paper**")
        parts.log_bars(paper_view.bars(own), key="paper_bars")
        st.caption(PAPER)
        if not visit.current().lecture:
            with st.expander("Parameters, tokens, labels, and where each figure stands"):
                st.html(f"<div class='study_table wide'>{paper_view.table()}</div>")


def foot() -> None:
    """Draw how all this is counted, and what is assumed."""
    with st.container(key="notes_below"), st.expander("How it is counted, and what is assumed"):
        st.markdown(ABOUT)
