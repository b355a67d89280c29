"""Losses and gradients of DPO, GRPO and PPO are those of TRL, on real little weights and replies of unequal length.

TRL 1.16 has no trainer of PPO. Its loss is GRPOTrainer's of type "bnpo", with an advantage for each token and without a leash (beta 0):
the clipped ratio, a mean over all tokens. Which advantages PPO comes to, a critic and the leash in them, is held to hand-worked numbers in
test_alignment.py.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import start

FOLDER = Path(sys.prefix) / "trl"  # start.py puts it there
pytestmark = pytest.mark.skipif(not (FOLDER / "trl").is_dir(), reason="trl is not installed: python3 start.py install trl")
STAGES = ("dpo", "grpo", "ppo")


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, float]]:
    environment = {**os.environ, "PYTHONPATH": str(FOLDER), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.trl_losses", str(tmp_path_factory.mktemp("trl"))]
    told = subprocess.run(command, cwd=start.ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stderr
    found: dict[str, dict[str, float]] = json.loads(told.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_the_loss_and_its_gradient_are_trls(stage: str, compared: dict[str, dict[str, float]]) -> None:
    found = compared[stage]
    assert found["ours"] == pytest.approx(found["theirs"], abs=5e-6)
    assert found["steepest"] > 0.1 and found["apart"] < 5e-6
