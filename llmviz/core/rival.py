"""The run a fine-tuned one is held against: the same recipe from another start."""

from dataclasses import replace

from llmviz.core import catalogue
from llmviz.core.settings import LabelsSpec
from llmviz.core.spec import RunSpec, preset, restarted


def rival(spec: RunSpec) -> RunSpec | None:
    """The same recipe from random weights; of a run that has none, with the pretrained model of its kind, if one reads these texts.

    None where there is no such start.
    """
    if spec.start:
        if None not in catalogue.experiment(spec.stage).starts:
            return None
        objective = replace(spec.objective, replay=0.0) if isinstance(spec.objective, LabelsSpec) else spec.objective
        return replace(restarted(spec, None), objective=objective)  # without pretraining there is nothing to replay
    origins = (name for name in catalogue.origins(catalogue.experiment(spec.stage), spec.text.name) if name)
    stage = next((name for name in origins if spec.model.architecture in catalogue.experiment(name).architectures), None)
    if stage is None:
        return None
    return restarted(spec, replace(preset(stage, spec.text), model=spec.model, seed=spec.seed))
