"""Experiments that tests alone know."""

from types import MappingProxyType

import pytest

from llmviz.core import catalogue
from llmviz.core.experiment import Experiment


def listed(patch: pytest.MonkeyPatch, *entries: Experiment) -> None:
    """These experiments in the catalogue, until the test ends."""
    patch.setattr(catalogue, "BY_NAME", MappingProxyType({**catalogue.BY_NAME, **{entry.name: entry for entry in entries}}))
