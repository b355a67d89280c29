"""*Show the code* of DPO, PPO and GRPO: each script runs alone beside what it is made from, with the losses of its stage."""

import json
import re
import shutil
from pathlib import Path

import pytest

from llmviz.core.feedback import REWARD_ROLE, PreferenceSpec
from llmviz.core.spec import RunSpec
from llmviz.core.update import Step
from llmviz.models import files
from llmviz.training.loop import Training
from llmviz.views.script import script
from tests import scripts, small
from tests.aligned import Aligned, aligned


def exported(snapshot: Path, folder: Path) -> None:
    """A snapshot as `export` gives it: in single precision."""
    files.load(snapshot).save_pretrained(folder)
    shutil.copy(snapshot / "tokenizer.json", folder)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Aligned:
    return aligned(tmp_path_factory.mktemp("aligned"))


@pytest.mark.parametrize("stage", ["dpo", "ppo", "grpo"])
def test_the_script_has_the_losses_of_the_stage(stage: str, weights: Aligned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small.little_to_evaluate(monkeypatch)  # only what it learns from counts here
    spec: RunSpec = weights.run(stage, objective=PreferenceSpec(clicks=24) if stage == "dpo" else None, steps=4)
    source = script(spec)
    (tmp_path / "script.py").write_text(source, encoding="utf-8")
    needed = {"parent": (spec.start, weights.start)} | ({} if stage == "dpo" else {"reward": (spec.inputs[REWARD_ROLE], weights.reward)})
    for folder, (given, snapshot) in needed.items():
        assert f"export {given.id[:12] if given else ''} {folder}" in scripts.run(tmp_path).refused
        exported(snapshot, tmp_path / folder)
    ran = scripts.run(tmp_path)
    assert not ran.refused
    told = [float(loss) for loss in re.findall(r"step \d+  loss (-?[\d.]+)", ran.printed)]
    losses = [update.loss for update in Training(weights.build(spec), spec.train).updates() if isinstance(update, Step)]
    assert told == pytest.approx(losses, abs=2e-4) and len(told) == 4
    assert len(set(told)) > 1
    assert json.loads((tmp_path / stage / "config.json").read_text())["architectures"] and "after: " in ran.printed
