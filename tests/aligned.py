"""A model to align and a reward model of it, both random, and runs from them: the real stages, on few and short replies."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch

from llmviz.core.feedback import REWARD_ROLE, ChoicesSpec
from llmviz.core.spec import RunSpec, starting_from
from llmviz.experiments.building import build
from llmviz.training import alignment, replying


def little(patch: pytest.MonkeyPatch) -> None:
    """Few replies to look at, of few tokens: a random model ends none."""
    for module, name, count in ((alignment, "VALIDATION", 6), (alignment, "TEST", 6), (alignment, "LONGEST", 8), (replying, "LONGEST", 8)):
        patch.setattr(module, name, count)


@dataclass(frozen=True)
class Aligned:
    """Where the weights lie, and what made them."""

    start: Path
    reward: Path
    spec: RunSpec

    def run(self, stage: str, seed: int = 0, objective: Any = None, **train: Any) -> RunSpec:
        """A short run of this stage from them."""
        inputs = dict(starting_from(self.spec))
        if stage != "dpo":
            inputs[REWARD_ROLE] = RunSpec("reward", starting_from(self.spec), objective=ChoicesSpec(clicks=8))
        made = RunSpec(stage, inputs, seed=seed, **({"objective": objective} if objective else {}))
        return replace(made, train=replace(made.train, **{"steps": 4, "batch_size": 16, **train}))

    def build(self, spec: RunSpec) -> Any:
        """The stage of such a run."""
        return build(spec, self.start) if spec.stage == "dpo" else build(spec, self.start, reward=self.reward)


def aligned(folder: Path) -> Aligned:
    """Made in this folder. The head of the reward model is random too, so that replies earn unlike rewards."""
    spec = RunSpec("instruct")
    build(spec, None).save(folder / "start")
    reward = build(RunSpec("reward", starting_from(spec), objective=ChoicesSpec(clicks=8)), folder / "start")
    with torch.no_grad():
        reward.model.get_submodule("score").get_parameter("weight").normal_(generator=torch.Generator().manual_seed(0))
    reward.save(folder / "reward")
    return Aligned(folder / "start", folder / "reward", spec)
