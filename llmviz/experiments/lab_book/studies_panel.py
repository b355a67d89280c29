"""The studies that were started on this machine: what differs between their runs, how many are done, the way to their page."""

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.experiment import FINE_TUNING
from llmviz.core.study import Study
from llmviz.runs.engine import State
from llmviz.runs.progress import Progress
from llmviz.runs.study_files import Origin
from llmviz.ui import lesson, path, visit
from llmviz.ui.engine import studies
from llmviz.views import words

REFUSED = "study_not_deleted"
HELP = "The list forgets this study. Its runs stay, and are deleted one by one above."


def draw() -> None:
    """Draw them below the runs; nothing where there is none. In a lecture the runs have the screen."""
    found = studies().listed(visit.viewer())
    if not found or visit.current().lecture:
        return
    with st.container(key="studies_area", gap="small"):
        st.markdown("##### Studies")
        if refused := st.session_state.pop(REFUSED, ""):
            st.warning(lesson.sentence(refused), icon=":material/info:")
        for study, origin in found:
            _row(study, origin)


def _row(study: Study, origin: Origin) -> None:
    progress = studies().look(study, visit.viewer())
    says, there, gone = st.columns([0.72, 0.14, 0.14], vertical_alignment="center")
    says.markdown(f"**{lesson.plain(title(study))}**  \n{lesson.plain(standing(study, progress))}")
    page = path.to(origin.page) if origin.page else path.of_stage(study.base.stage)
    if page:
        there.page_link(page, label="Open", icon=":material/open_in_new:", query_params=dict(origin.query))
    gone.button(
        "Delete",
        key=f"forget_{study.id}",
        type="tertiary",
        icon=":material/delete:",
        help=HELP,
        disabled=progress.state is State.TRAINING,
        on_click=_delete,
        args=(study,),
    )


def title(study: Study) -> str:
    """`Sentiment from Masked tokens, by labels: 2 to 512, 3 seeds`."""
    first, last = study.values[0].label, study.values[-1].label
    values = f"{first} to {last}" if study.axis.scale != "order" else ", ".join(value.label for value in study.values)
    experiment, parent = catalogue.experiment(study.base.stage), study.base.parent
    begun = catalogue.experiment(parent.stage).title if parent else "random weights" if experiment.phase == FINE_TUNING else ""
    called = f"{experiment.title} from {begun}" if begun else experiment.title
    return f"{called}, by {study.axis.label}: {values}, {words.counted(len(study.seeds), 'seed')}"


def standing(study: Study, progress: Progress) -> str:
    """How many of its runs are done, and whether it goes on."""
    state = progress.state.value if progress.state and progress.state is not State.DONE else ""
    said = [f"{progress.done} of {words.counted(len(study.specs()), 'run')} done", state, progress.reason]
    return " · ".join(filter(None, said))


def _delete(study: Study) -> None:
    try:
        studies().delete(study, visit.viewer())
    except ValueError as problem:
        st.session_state[REFUSED] = str(problem)
