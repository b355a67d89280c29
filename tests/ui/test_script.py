"""*Show the code* tells the truth: the script runs alone and trains as the stage does."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from llmviz.core.questions.vocabulary import KINDS
from llmviz.core.recorded import RECORDED
from llmviz.core.settings import LabelsSpec, ModelSpec, NextTokenSpec, PairsSpec, SpanSpec, TextSpec, TrainSpec
from llmviz.core.spec import RunSpec, starting_from, to_json
from llmviz.experiments.question_answering import AnswersSpec
from llmviz.text import learning, own, vocabularies
from llmviz.views.script import fill, filled, read, script

ROOT = Path(__file__).parents[2]
ROUNDING = 0.05  # torch's Muon works in bfloat16


def _manner(spec: RunSpec) -> str:
    """What tells apart two specs of one stage and architecture."""
    method = getattr(spec.objective, "method", "full")
    return f"-{method}" if method != "full" else "" if getattr(spec.objective, "next_sentence", True) else "-words"


SPECS = [
    RunSpec("mlm", train=TrainSpec(steps=4)),
    RunSpec("mlm", model=ModelSpec("bert"), train=TrainSpec(steps=4, optimizer="adamw", clip=0.0, warmup=0.5), seed=3),
    RunSpec("clm", train=TrainSpec(steps=4)),
    RunSpec("clm", model=ModelSpec("gpt2", "0.04M"), train=TrainSpec(steps=4, optimizer="adamw"), objective=NextTokenSpec(50), seed=2),
    RunSpec("clm", model=ModelSpec("gpt2"), train=TrainSpec(steps=4, optimizer="adamw", clip=0.0, warmup=0.5), seed=3),
    RunSpec("nsp", train=TrainSpec(steps=4, context=96)),
    RunSpec("nsp", train=TrainSpec(steps=4, context=96), objective=PairsSpec(next_sentence=False)),
    RunSpec("span", train=TrainSpec(steps=4), objective=SpanSpec(density=0.3)),
    RunSpec("sentiment", train=TrainSpec(steps=4)),
    RunSpec("sentiment", model=ModelSpec("neox"), train=TrainSpec(steps=4, optimizer="muon"), seed=3),
    RunSpec("entities", train=TrainSpec(steps=4, optimizer="adamw")),
    RunSpec("entities", train=TrainSpec(steps=4, optimizer="adamw"), objective=LabelsSpec(16, "lora", 4)),
    RunSpec("entities", train=TrainSpec(steps=4, optimizer="adamw"), objective=LabelsSpec(16, "last layer")),
    *(
        RunSpec(
            "sentiment", model=ModelSpec(architecture), train=TrainSpec(steps=4, optimizer="adamw"), objective=LabelsSpec(16, method, 4)
        )
        for method, architecture in (("head", "roformer"), ("last layer", "gpt2"), ("lora", "bert"), ("lora", "gpt2"))
    ),
    RunSpec("answers", train=TrainSpec(steps=4, optimizer="adamw")),
    RunSpec("answers", train=TrainSpec(steps=4, optimizer="adamw"), objective=AnswersSpec(16, "lora", 4)),
    RunSpec("text2text", train=TrainSpec(steps=4, batch_size=12)),
    RunSpec("continual", train=TrainSpec(steps=4, optimizer="adamw")),
    RunSpec("icl", train=TrainSpec(steps=4, optimizer="adamw")),
    RunSpec("instruct", train=TrainSpec(steps=4)),
    RunSpec("instruct", model=ModelSpec("gpt2"), train=TrainSpec(steps=4, optimizer="adamw"), seed=3),
    RunSpec("own", train=TrainSpec(steps=4)),
    RunSpec("own_entities", train=TrainSpec(steps=4, optimizer="adamw")),
    RunSpec("own", text=TextSpec("wiki"), model=ModelSpec("neox"), train=TrainSpec(steps=4, optimizer="adamw"), seed=3),
    RunSpec("own_text", text=TextSpec("wiki"), train=TrainSpec(steps=4, optimizer="adamw")),
    RunSpec("own", model=ModelSpec("bert"), train=TrainSpec(steps=4, optimizer="adamw", clip=0.0), seed=3),
]
NAMES = [f"{spec.stage}-{spec.model.architecture}{_manner(spec)}" for spec in SPECS]


PROGRAM = """
import json, os, runpy, sys, traceback
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from itertools import islice
from pathlib import Path

import torch
from pytest import MonkeyPatch

torch.set_num_threads(1)
from llmviz.core.spec import from_json
from llmviz.core.update import Step
from llmviz.experiments.building import build
from llmviz.text import labelled, passages, tagged
from llmviz.training.loop import Training
from tests.small import little_to_evaluate

patch = MonkeyPatch()
little_to_evaluate(patch)  # only what it learns from counts here


def few_to_test(loaded, text):
    splits = loaded(text)
    return {**splits, "test": splits["test"][:24]}


for source, name in ((labelled, "labelled"), (passages, "examples"), (tagged, "tagged")):
    patch.setattr(source, name, partial(few_to_test, getattr(source, name)))  # a script asks 1,000 of them, one by one: 3 s
for folder in json.load(sys.stdin):
    os.chdir(folder)
    told, failed = {}, ""
    for script in sorted(Path().glob("*.py")):
        output = StringIO()
        with redirect_stdout(output):
            try:
                runpy.run_path(str(script), run_name="__main__")
            except Exception:
                failed += traceback.format_exc()
        told[script.name] = output.getvalue()
    spec = from_json(json.loads(Path("spec.json").read_text(encoding="utf-8")))
    steps = (update.loss for update in Training(build(spec, None), spec.train).updates() if isinstance(update, Step))
    losses = list(islice(steps, spec.train.steps))  # no further: the test on a thousand texts would follow
    Path("told.json").write_text(json.dumps({"told": told, "failed": failed, "losses": losses}), encoding="utf-8")
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder for each spec, in which its script was run as shown, and its stage after it; of each experiment once the whole file too.

    All in one process, for that reads the texts once.
    """
    folders = {}
    for name, spec in zip(NAMES, SPECS, strict=True):
        folders[name] = tmp_path_factory.mktemp(name)
        (folders[name] / "shown.py").write_text(script(spec), encoding="utf-8")
        if spec.stage not in {before.stage for before in SPECS[: SPECS.index(spec)]}:
            (folders[name] / "whole.py").write_text(filled(spec), encoding="utf-8")
        (folders[name] / "spec.json").write_text(json.dumps(to_json(spec)), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    written = json.dumps([str(folder) for folder in folders.values()])
    told = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, input=written, capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stderr
    return folders


@pytest.mark.parametrize(("name", "spec"), list(zip(NAMES, SPECS, strict=True)), ids=NAMES)
def test_the_script_has_the_losses_of_the_stage(name: str, spec: RunSpec, ran: dict[str, Path]) -> None:
    found = json.loads((ran[name] / "told.json").read_text(encoding="utf-8"))
    assert not found["failed"], found["failed"]
    for output in found["told"].values():
        told = [float(loss) for loss in re.findall(r"step \d+  loss ([\d.]+)", output)]
        assert told[0] == pytest.approx(found["losses"][0], abs=1e-3)
        assert told == pytest.approx(found["losses"], abs=ROUNDING if spec.train.optimizer == "muon" else 1e-3)
    assert (ran[name] / spec.stage / "model.safetensors").is_file()


# Anything that asks for a hub is sent to a place where nobody listens.
ALONE = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", "PYTHONUTF8": "1"}
CHILD = next(spec for spec in RECORDED.values() if spec.parent and spec.text.name == "tinyland")


def run(*command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python with these arguments in this folder, offline."""
    told = [sys.executable, *command]
    return subprocess.run(
        told, cwd=folder, env=os.environ | ALONE | environment, capture_output=True, text=True, encoding="utf-8", timeout=120
    )


def test_the_parent_comes_by_the_very_command_that_a_script_shows(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(script(replace(CHILD, train=replace(CHILD.train, steps=2))), encoding="utf-8")
    missing = run("script.py", folder=tmp_path, PYTHONPATH=str(ROOT))
    assert missing.returncode == 1 and len(missing.stderr.splitlines()) == 1, missing.stderr
    shown = re.search(r"Run: python (.*)", missing.stderr)
    assert shown
    exported = run(*shown[1].split(), folder=tmp_path, PYTHONPATH=str(ROOT), LLMVIZ_HOME=str(tmp_path / "home"))
    assert exported.returncode == 0, exported.stderr
    trained = run("script.py", folder=tmp_path, PYTHONPATH=str(ROOT))
    assert trained.returncode == 0, trained.stderr
    assert "accuracy on test examples" in trained.stdout


@pytest.mark.parametrize(
    "spec",
    [
        RunSpec("mlm", starting_from(RunSpec("mlm"))),
        RunSpec("clm", starting_from(RunSpec("clm"))),
        RunSpec("span", starting_from(RunSpec("span"))),
        CHILD,
    ],
)
def test_the_script_of_every_child_checks_for_its_parent_first(spec: RunSpec) -> None:
    written = script(spec)
    compile(written, "script", "exec")
    assert spec.parent and f"PARENT = '{spec.parent.id[:12]}'" in written
    check, start = written.index('if not Path("parent").is_dir():'), written.index('.from_pretrained("parent", local_files_only=True)')
    assert check < start and "python -m llmviz export {PARENT} parent" in written[check:start]


def test_the_script_of_a_child_reads_with_its_parents_vocabulary() -> None:
    written = script(RunSpec("mlm", starting_from(RunSpec("mlm")), TextSpec("sotu")))
    assert "TEXT = 'sotu'" in written and 'VOCABULARY = "tinyland"' in written
    assert "encoded(TextSpec(TEXT), learnt_on=TextSpec(VOCABULARY))" in written


def test_a_file_runs_as_it_stands_in_the_folder_of_llmviz() -> None:
    """Of those that train nothing and write nothing; the files that train run above, with fewer steps."""
    path = os.pathsep.join(place for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if place and Path(place) != ROOT)
    ran = run("llmviz/experiments/four_exercises/script.py", folder=ROOT, PYTHONPATH=path)
    assert ran.returncode == 0, ran.stderr
    assert re.findall(r"^(\w+) loss", ran.stdout, re.MULTILINE) == ["MLM", "CLM", "NSP", "Spans"]


@pytest.mark.parametrize("sentence", ["The unhappiest president tweets.", "'the' \"dog\" \\n {barks}"])
def test_the_script_on_vocabularies_cuts_as_the_page_does(sentence: str, tmp_path: Path) -> None:
    digest, _ = own.take("the dog barks and the dogs bark .\nan owl hoots at the dog .\n" * 40)
    written = fill(read("llmviz.experiments.tokenization"), {"TEXT": digest, "SIZE": 300, "SENTENCE": sentence})
    (tmp_path / "script.py").write_text(written, encoding="utf-8")
    ran = run("script.py", folder=tmp_path, PYTHONPATH=str(ROOT))
    assert ran.returncode == 0, ran.stderr
    for line, kind in zip(ran.stdout.splitlines(), KINDS, strict=True):
        known = learning.vocabulary(digest, kind, 300)
        ways = [word.ways[0].pieces if word.ways else word.pieces for word in vocabularies.cut(kind, known, sentence)]
        assert line.split()[1:] == [piece for way in ways for piece in way]
    assert (tmp_path / "bpe.json").is_file()
