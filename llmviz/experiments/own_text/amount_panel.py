"""How much text: a study along the number of passages, from pretrained weights and from random ones."""

import streamlit as st

from llmviz.core.recorded import seeds
from llmviz.core.rival import rival
from llmviz.core.run import RunRef
from llmviz.core.study import Axis, Study, along
from llmviz.experiments.own_text import EXPERIMENT
from llmviz.runs.engine import Engine
from llmviz.ui import study, visit
from llmviz.ui.closer import Draw
from llmviz.ui.live import Seen
from llmviz.ui.study import Series

KEY = "passages"
COUNTS = (16, 64, 256, 1_024, 4_096)
AXIS = Axis("passages to learn from", ("passages",), "log")
SEEDS = 3  # a run of the small library's model takes twenty seconds
ABOUT = (
    "The same recipe, as many steps, with fewer passages to learn from, which then come again more often; from pretrained weights and from "
    "random ones. A seed decides the order of the passages and the random weights. Lines: the loss on held-out passages; lower is better."
)


def of(most: int) -> Draw:
    """The look at how much text it takes, where there are so many passages."""

    def draw(engine: Engine, seen: Seen, run: RunRef) -> None:
        st.markdown(ABOUT)
        study.panel(KEY, both(most), EXPERIMENT.headline, ("trigram",))

    return draw


def both(most: int) -> list[Series]:
    """The studies from both starts, as the run of the page is but for passages and seed."""
    spec = visit.current().spec
    other = rival(spec)
    assert other  # it may start from random weights, and from a model of each text it reads
    counts = sorted({*(count for count in COUNTS if count < most), most})
    starts = (("pretrained", "pretrained", spec if spec.start else other), ("random start", "random", other if spec.start else spec))
    return [Series(name, phase, Study(base, AXIS, along("passages", counts), seeds(spec.seed)[:SEEDS])) for name, phase, base in starts]
