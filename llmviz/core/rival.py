"""The run a fine-tuned one is held against: the same recipe from another start."""

from dataclasses import replace

from llmviz.core import catalogue
from llmviz.core.experiment import GPTS
from llmviz.core.spec import RunSpec, preset, starting_from


def rival(spec: RunSpec) -> RunSpec | None:
    """The same recipe from random weights; of a run that has none, with the pretrained model of its kind, if one reads these texts."""
    if spec.start:
        return replace(spec, inputs=starting_from(None))
    stage = "clm" if spec.model.architecture in GPTS else "mlm"
    if stage not in catalogue.origins(catalogue.experiment(spec.stage), spec.text.name):
        return None
    return replace(spec, inputs=starting_from(replace(preset(stage, spec.text), model=spec.model, seed=spec.seed)))
