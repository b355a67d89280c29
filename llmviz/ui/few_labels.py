"""How few labels do: a study along the number of labels, pretrained against random start, and what pretraining is worth in labels."""

from collections.abc import Sequence

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.experiment import Metric
from llmviz.core.recorded import seeds
from llmviz.core.rival import rival
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.core.study import Axis, Study, along
from llmviz.runs.engine import Engine
from llmviz.ui import lesson, live, study, visit
from llmviz.ui.closer import Draw
from llmviz.ui.live import Seen
from llmviz.ui.study import Series, Shown
from llmviz.views.worth import Points, worth

KEY = "few_labels"
COUNTS = (2, 4, 8, 16, 32, 64, 128, 256, 512)
AXIS = Axis("labels", ("labels",), "log")
SHARE = 0.9  # at which the two starts are compared: lesson C6
ABOUT = (
    "The same recipe with 2 to {most} labels, from pretrained weights and from random ones. A seed draws the labels and the random "
    "weights; each seed after the first pretrains a model of its own to start from. ULMFiT (Howard and Ruder 2018, figure 3) reports for "
    "film reviews that 100 labels after pretraining do what 100 times as many do from a random start."
)


def of(metric: str, references: Sequence[str] = (), most: int = COUNTS[-1]) -> Draw:
    """The look at how few labels do, by this metric of the page's experiment.

    `references` are more lines that are no model's; `most` says how many labels there are to learn from, where they may be few.
    """

    def draw(engine: Engine, seen: Seen, run: RunRef) -> None:
        spec = visit.current().spec
        figure, series = catalogue.experiment(spec.stage).metric(metric), both(spec, counts(most))
        if not series:
            st.markdown("No model of this kind was pretrained on these texts.")
            return
        st.markdown(ABOUT.format(most=f"{counts(most)[-1]:,}"))
        study.row(KEY, series)
        busy = study.moving(KEY, series)
        st.fragment(lambda: _said(series, figure), run_every=live.EVERY if busy else None, key="worth")()
        study.chart(KEY, series, figure, references)

    return draw


def counts(most: int) -> tuple[int, ...]:
    """The numbers of labels to try where there are so many: each twice the one before, and at last all of them."""
    doubled = tuple(count for count in COUNTS if count <= most)
    return doubled if not doubled or doubled[-1] == min(most, COUNTS[-1]) else (*doubled, most)


def both(spec: RunSpec, labels: Sequence[int] = COUNTS) -> list[Series]:
    """The studies from pretrained and from random weights, as this run is but for labels and seed; none where none was pretrained."""
    other = rival(spec)
    if other is None:
        return []
    pretrained, scratch = (spec, other) if spec.start else (other, spec)
    return [
        Series(name, phase, Study(base, AXIS, along("labels", labels), seeds(spec.seed), parents=True))
        for name, phase, base in (("pretrained", "finetuned", pretrained), ("random start", "random", scratch))
    ]


def _said(series: Sequence[Series], metric: Metric) -> None:
    """What pretraining is worth, once both starts were tried with every number of labels."""
    pretrained, scratch = (_points(each, metric) for each in study.look(KEY, series))
    if min(len(pretrained), len(scratch)) < len(series[0].study.values):
        st.markdown("How many labels pretraining is worth stands here once both starts were tried with each number of them.")
        return
    found = worth(pretrained, scratch, SHARE)
    st.markdown(f"**{lesson.plain(found.said)}** Median of the seeds that have ended, between two counts interpolated.")


def _points(shown: Shown, metric: Metric) -> Points:
    labels = (value.settings[0] for value in shown.series.study.values)
    return [(count, share) for count, share in zip(labels, study.medians(shown, metric), strict=True) if share is not None]
