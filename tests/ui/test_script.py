"""*Show the code* tells the truth: the script runs alone and trains as the stage does."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from llmviz.core.questions.vocabulary import KINDS
from llmviz.core.recorded import RECORDED
from llmviz.core.settings import ModelSpec, PairsSpec, SpanSpec, TextSpec, TrainSpec
from llmviz.core.spec import RunSpec
from llmviz.text import learning, own, vocabularies
from llmviz.views.scripts import models, script, vocabulary

ROOT = Path(__file__).parents[2]
ROUNDING = 0.05  # torch's Muon works in bfloat16


def _manner(spec: RunSpec) -> str:
    """What tells apart two specs of one stage and architecture."""
    return "" if getattr(spec.objective, "next_sentence", True) else "-words"


SPECS = [
    RunSpec("mlm", train=TrainSpec(steps=4)),
    RunSpec("mlm", model=ModelSpec("bert"), train=TrainSpec(steps=4, optimizer="adamw", clip=0.0, warmup=0.5), seed=3),
    RunSpec("clm", train=TrainSpec(steps=4)),
    RunSpec("clm", model=ModelSpec("gpt2"), train=TrainSpec(steps=4, optimizer="adamw", clip=0.0, warmup=0.5), seed=3),
    RunSpec("nsp", train=TrainSpec(steps=4, context=96)),
    RunSpec("nsp", train=TrainSpec(steps=4, context=96), objective=PairsSpec(next_sentence=False)),
    RunSpec("span", train=TrainSpec(steps=4), objective=SpanSpec(density=0.3)),
    RunSpec("sentiment", train=TrainSpec(steps=4)),
    RunSpec("sentiment", model=ModelSpec("neox"), train=TrainSpec(steps=4, optimizer="muon"), seed=3),
]
NAMES = [f"{spec.stage}-{spec.model.architecture}{_manner(spec)}" for spec in SPECS]


PROGRAM = """
import json, os, runpy, sys, traceback
from contextlib import redirect_stdout
from io import StringIO
from itertools import islice
from pathlib import Path

import torch
from pytest import MonkeyPatch

torch.set_num_threads(1)
from llmviz.core.spec import from_json
from llmviz.core.update import Step
from llmviz.experiments.building import build
from llmviz.training.loop import Training
from tests.small import little_to_evaluate

little_to_evaluate(MonkeyPatch())  # only what it learns from counts here
for folder in json.load(sys.stdin):
    os.chdir(folder)
    told, failed = StringIO(), ""
    with redirect_stdout(told):
        try:
            runpy.run_path("script.py", run_name="__main__")
        except Exception:
            failed = traceback.format_exc()
    spec = from_json(json.loads(Path("spec.json").read_text(encoding="utf-8")))
    steps = (update.loss for update in Training(build(spec, None), spec.train).updates() if isinstance(update, Step))
    losses = list(islice(steps, spec.train.steps))  # no further: the test on a thousand texts would follow
    Path("told.json").write_text(json.dumps({"told": told.getvalue(), "failed": failed, "losses": losses}), encoding="utf-8")
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder for each spec, in which its script was run, and its stage after it: all in one process, for that reads the texts once."""
    folders = {}
    for name, spec in zip(NAMES, SPECS, strict=True):
        folders[name] = tmp_path_factory.mktemp(name)
        (folders[name] / "script.py").write_text(script(spec), encoding="utf-8")
        (folders[name] / "spec.json").write_text(spec.canonical(), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    written = json.dumps([str(folder) for folder in folders.values()])
    told = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, input=written, capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stderr
    return folders


@pytest.mark.parametrize(("name", "spec"), list(zip(NAMES, SPECS, strict=True)), ids=NAMES)
def test_the_script_has_the_losses_of_the_stage(name: str, spec: RunSpec, ran: dict[str, Path]) -> None:
    found = json.loads((ran[name] / "told.json").read_text(encoding="utf-8"))
    assert not found["failed"], found["failed"]
    told = [float(loss) for loss in re.findall(r"step \d+  loss ([\d.]+)", found["told"])]
    assert told[0] == pytest.approx(found["losses"][0], abs=1e-3)
    assert told == pytest.approx(found["losses"], abs=ROUNDING if spec.train.optimizer == "muon" else 1e-3)
    assert (ran[name] / spec.stage / "model.safetensors").is_file()


def test_the_script_of_a_child_reads_with_its_parents_vocabulary() -> None:
    written = script(RunSpec("mlm", parent=RunSpec("mlm"), text=TextSpec("sotu")))
    compile(written, "script", "exec")
    assert (
        "encoded(TextSpec('sotu'), learnt_on=TextSpec('tinyland'))" in written
        and 'from_pretrained("parent", local_files_only=True)' in written
    )


# Anything that asks for a hub is sent to a place where nobody listens.
ALONE = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)}
CHILD = next(spec for spec in RECORDED.values() if spec.parent and spec.text.name == "tinyland")


def test_the_parent_comes_by_the_very_command_that_a_script_shows(tmp_path: Path) -> None:
    assert CHILD.parent
    family = models.FAMILIES[CHILD.parent.model.architecture]
    check, start = models.parent(family, CHILD.parent.id)
    assert check in script(CHILD) and start in script(CHILD)
    program = f"from transformers import {family.language_model}\n{check}print(sum(weight.numel() for weight in {start}.parameters()))"

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | ALONE | {"LLMVIZ_HOME": str(tmp_path / "home")}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120)

    missing = run(sys.executable, "-c", program)
    assert missing.returncode == 1 and len(missing.stderr.splitlines()) == 1
    shown = re.search(r"Run: python (.*)", missing.stderr)
    assert shown
    exported = run(sys.executable, *shown[1].split())
    assert exported.returncode == 0, exported.stderr
    found = run(sys.executable, "-c", program)
    assert found.returncode == 0, found.stderr
    assert int(found.stdout) > 10_000


@pytest.mark.parametrize("spec", [RunSpec("mlm", RunSpec("mlm")), RunSpec("clm", RunSpec("clm")), RunSpec("span", RunSpec("span")), CHILD])
def test_the_script_of_every_child_checks_for_its_parent_first(spec: RunSpec) -> None:
    compile(script(spec), "script", "exec")
    assert spec.parent and f"python -m llmviz export {spec.parent.id[:12]} parent" in script(spec)


@pytest.mark.parametrize("spec", SPECS, ids=NAMES)
def test_the_script_is_short(spec: RunSpec) -> None:
    more = spec.stage in ("sentiment", "nsp", "span")  # a head, a start of its own
    assert len(script(spec).splitlines()) <= (95 if more else 75)


@pytest.mark.parametrize("sentence", ["The unhappiest president tweets.", "'the' \"dog\" \\n {barks}"])
def test_the_script_on_vocabularies_cuts_as_the_page_does(sentence: str, tmp_path: Path) -> None:
    digest, _ = own.take("the dog barks and the dogs bark .\nan owl hoots at the dog .\n" * 40)
    written = vocabulary.script(digest, "Your text", 300, sentence)
    assert len(written.splitlines()) <= 85
    (tmp_path / "script.py").write_text(written, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    ran = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    for line, kind in zip(ran.stdout.splitlines(), KINDS, strict=True):
        known = learning.vocabulary(digest, kind, 300)
        ways = [word.ways[0].pieces if word.ways else word.pieces for word in vocabularies.cut(kind, known, sentence)]
        assert line.split()[1:] == [piece for way in ways for piece in way]
    assert (tmp_path / "bpe.json").is_file()
