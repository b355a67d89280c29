"""Attention before, at the chosen step, and the difference."""

from llmviz.parts.attention.payload import Weights


class AttentionDiff(Weights):
    """The heads of a model at its steps, the first of which is before."""
