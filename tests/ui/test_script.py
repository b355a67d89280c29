"""*Show the code* tells the truth: the script runs alone and trains as the stage does."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from llmviz.core.settings import ModelSpec, TextSpec, TrainSpec
from llmviz.core.spec import RunSpec
from llmviz.views.script import script

ROOT = Path(__file__).parents[2]
ROUNDING = 0.05  # torch's Muon works in bfloat16
SPECS = [
    RunSpec("mlm", train=TrainSpec(steps=4)),
    RunSpec("mlm", model=ModelSpec("bert"), train=TrainSpec(steps=4, optimizer="adamw", clip=0.0, warmup=0.5), seed=3),
]


@pytest.mark.parametrize("spec", SPECS, ids=["roformer", "bert"])
def test_the_script_has_the_losses_of_the_stage(spec: RunSpec, tmp_path: Path) -> None:
    (tmp_path / "mlm.py").write_text(script(spec), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    ran = subprocess.run([sys.executable, "mlm.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    told = [float(loss) for loss in re.findall(r"step \d+  loss ([\d.]+)", ran.stdout)]
    losses = _losses(spec)
    assert told[0] == pytest.approx(losses[0], abs=1e-3)
    assert told == pytest.approx(losses, abs=ROUNDING if spec.train.optimizer == "muon" else 1e-3)
    assert (tmp_path / "mlm" / "model.safetensors").is_file()


def test_the_script_of_a_child_reads_with_its_parents_vocabulary() -> None:
    written = script(RunSpec("mlm", parent=RunSpec("mlm"), text=TextSpec("sotu")))
    compile(written, "script", "exec")
    assert "encoded(TextSpec('sotu'), learnt_on=TextSpec('tinyland'))" in written and 'from_pretrained("parent")' in written


@pytest.mark.parametrize("spec", SPECS, ids=["roformer", "bert"])
def test_the_script_is_short(spec: RunSpec) -> None:
    assert len(script(spec).splitlines()) <= 75


def _losses(spec: RunSpec) -> list[float]:
    """The losses of the stage itself, in a process of its own as a worker has one."""
    program = (
        "import json, sys, torch\n"
        "torch.set_num_threads(1)\n"
        "from llmviz.core.spec import from_json\n"
        "from llmviz.core.update import Step\n"
        "from llmviz.stages import build\n"
        "from llmviz.training.loop import Training\n"
        "spec = from_json(json.load(sys.stdin))\n"
        "updates = Training(build(spec, None), spec.train).updates()\n"
        "print([update.loss for update in updates if isinstance(update, Step)])\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, input=_written(spec), capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    return [float(loss) for loss in re.findall(r"\d+\.\d+", ran.stdout.splitlines()[-1])]


def _written(spec: RunSpec) -> str:
    return spec.canonical()
