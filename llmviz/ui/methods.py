"""What it costs: a study along the method of fine-tuning, its chart, and a table of parameters, FLOPs and seconds beside pretraining's."""

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.recorded import seeds
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.core.study import Axis, Study, Value
from llmviz.runs.engine import Engine
from llmviz.ui import live, study, visit
from llmviz.ui.closer import Draw
from llmviz.ui.live import Seen
from llmviz.ui.study import Series
from llmviz.views import methods as view
from llmviz.views import words

KEY = "methods"
AXIS = Axis("method", ("method",))
METHODS = ("head", "lora", "last layer", "full")  # by the parameters they train, at LoRA's usual rank
ABOUT = (
    "The same labels, steps and learning rate, and four methods: the new head alone on a frozen body; LoRA (Hu et al. 2021), which learns "
    "a change of low rank, {rank} here, of every frozen matrix; the last layer and the head; or all weights. What is frozen needs no copy "
    "for each task, and no gradient of its own; every method reads the text through the whole model all the same."
)
COUNTED = (
    "FLOPs are those of the training steps, counted from the shapes of the matrices, forward and backward, 6 for each parameter and token "
    "where all is trained (Kaplan et al. 2020), as if every token were predicted; padding is left out. Seconds are those of the machine "
    "that trained, with all evaluations. Every method has the learning rate of this run, and its default suits full fine-tuning: a frozen "
    "body may do better with a larger one, under Change."
)


def of(metric: str) -> Draw:
    """The look at what methods cost, by this metric of the page's experiment."""

    def draw(engine: Engine, seen: Seen, run: RunRef) -> None:
        spec = visit.current().spec
        figure, series = catalogue.experiment(spec.stage).metric(metric), [along(spec)]
        lora = next(value for value in series[0].study.values if value.settings == ("lora",))
        st.markdown(ABOUT.format(rank=series[0].study.at(lora)[0].objective.rank))
        study.row(KEY, series)
        study.chart(KEY, series, figure)
        pretraining = _pretraining(engine, spec)

        def tabled() -> None:
            drawn = study.as_drawn(study.look(KEY, series)[0])
            st.html(f"<div class='study_table'>{view.table(drawn, figure, pretraining)}</div>")

        st.fragment(tabled, run_every=live.EVERY if study.moving(KEY, series) else None, key="costs")()
        st.caption(COUNTED)

    return draw


def along(spec: RunSpec) -> Series:
    """The study of the methods, as this run is but for method and seed; a seed after the first has a parent of its own."""
    values = tuple(Value(words.value(method), (method,)) for method in METHODS)
    name, phase = ("pretrained", "finetuned") if spec.start else ("random start", "random")
    return Series(name, phase, Study(spec, AXIS, values, seeds(spec.seed), parents=True))


def _pretraining(engine: Engine, spec: RunSpec) -> view.Row | None:
    """What the run that this one starts from has cost; None where there is none, or it is not on this machine."""
    if spec.parent is None:
        return None
    run = visit.current().parent or engine.recorded(spec.parent) or engine.find(spec.parent)
    try:
        return view.of_pretraining(spec.parent, engine.history(run)) if run else None
    except ValueError:  # deleted meanwhile
        return None
