"""Every experiment that trains, one folder each, in the order of the lecture. Importing this loads no model library."""

from llmviz.core.experiment import Experiment
from llmviz.experiments import causal_lm, classification, masked_lm, next_sentence, span_corruption

EXPERIMENTS: tuple[Experiment, ...] = (
    masked_lm.EXPERIMENT,
    causal_lm.EXPERIMENT,
    next_sentence.EXPERIMENT,
    span_corruption.EXPERIMENT,
    classification.EXPERIMENT,
)
