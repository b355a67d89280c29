"""Three experiments of which the last has two inputs, over the workshop without torch: a model is tuned, a taste is learnt from it, and the
tuned model learns to please that taste.
"""

from dataclasses import replace
from types import MappingProxyType

import pytest

from llmviz.core.experiment import Experiment
from llmviz.core.settings import TrainSpec
from llmviz.core.spec import RunSpec, begun, starting_from
from llmviz.experiments import masked_lm
from tests.listed import listed
from tests.runs.fake import Fake

REWARD = "reward"
USUAL = MappingProxyType({"tinyland": TrainSpec(steps=20, clip=0.0)})


def _entry(name: str, **inputs: tuple[str | None, ...]) -> Experiment:
    return replace(masked_lm.EXPERIMENT, name=name, title=name.capitalize(), inputs=MappingProxyType(inputs), recipes=USUAL)


TUNED = _entry("tuned", start=("mlm",))
TASTE = _entry("taste", start=("tuned", "mlm", None))
RULE = _entry("rule", start=("mlm",))
PLEASING = _entry("pleasing", start=("tuned", "mlm", None), reward=("taste", "rule"))


ENTRIES = (TUNED, TASTE, RULE, PLEASING)


class Workshop(Fake):
    """The one without torch, in a process that knows these experiments."""

    def __init__(self) -> None:
        """Put them into the catalogue, for good."""
        listed(pytest.MonkeyPatch(), *ENTRIES)


def pleasing(root: RunSpec) -> RunSpec:
    """Such a run, tuned from this root and paid by what was learnt from that."""
    tuned = RunSpec("tuned", starting_from(root))
    return begun("pleasing", tuned, tuned.text)
