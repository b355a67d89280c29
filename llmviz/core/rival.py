"""The run a fine-tuned one is held against: the same recipe from another start."""

from dataclasses import replace

from llmviz.core import catalogue
from llmviz.core.settings import LabelsSpec
from llmviz.core.spec import RunSpec, preset, restarted

LABELLED = ("labels", "labels_digest")  # of an objective: how many examples, and of which table


def rival(spec: RunSpec) -> RunSpec | None:
    """The same recipe from random weights; of a run that has none, with the pretrained model of its kind, if one reads these texts.

    None where there is no such start. Of a model from elsewhere it is the pretrained one of this program, with the same labels.
    """
    if spec.foreign:
        return labelled_as(preset(spec.stage, spec.text), spec)
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


def labelled_as(spec: RunSpec, other: RunSpec) -> RunSpec:
    """This run with the labels and the seed of the other."""
    if not isinstance(other.objective, LabelsSpec):
        return replace(spec, seed=other.seed)
    same = {name: getattr(other.objective, name) for name in LABELLED if hasattr(other.objective, name)}
    return replace(spec, objective=replace(spec.objective, **same), seed=other.seed)
