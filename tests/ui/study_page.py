"""A page with nothing but a study: few labels, pretrained and not."""

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.spec import NO_PARENT, preset
from llmviz.core.study import Axis, Study, along
from llmviz.ui import lesson, study
from llmviz.ui.study import Series

COUNTS, SEEDS = (2, 8, 32, 128, 512), (0, 1, 2, 3, 4)
AXIS = Axis("labelled examples", ("labels",), "log")
SERIES = [
    Series("pretrained", "finetuned", Study(preset("sentiment"), AXIS, along("labels", COUNTS), SEEDS)),
    Series("random start", "random", Study(preset("sentiment", parent=NO_PARENT), AXIS, along("labels", COUNTS), SEEDS)),
]

if __name__ == "__main__":
    lesson.configure()
    lesson.frame()
    st.session_state["page"] = "before-after"  # the name a page is opened by
    st.title("How few labels?")
    study.panel("few", SERIES, catalogue.experiment("sentiment").metrics[1], ("ngram", "chance"))
