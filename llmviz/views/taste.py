"""Whose taste a run learns from."""

from llmviz.core.feedback import REWARD_ROLE, PreferenceSpec
from llmviz.core.spec import RunSpec


def style(spec: RunSpec) -> str:
    """The taste of the labeller whose choices a run learns from, itself or by its reward model; empty where nobody knows it."""
    if isinstance(spec.objective, PreferenceSpec):
        return spec.objective.hidden_taste
    judge = spec.inputs.get(REWARD_ROLE)
    return judge.objective.hidden_taste if isinstance(judge, RunSpec) else ""
