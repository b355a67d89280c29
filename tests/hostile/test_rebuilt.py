"""The attacks as somebody would make them, on a store: what happens happens in another program, and the one that serves goes on."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from llmviz.core.checkpoint import Checkpoint
from llmviz.core.spec import RunSpec, starting_from
from llmviz.models import files
from llmviz.models.rebuilt import Rebuilt, rebuilt
from llmviz.runs import parcel, rebuild
from llmviz.runs.folder import RunFolder
from llmviz.runs.library import take_in
from llmviz.runs.store import Store
from llmviz.runs.worker import resume, train
from llmviz.training.loop import Training
from tests import aligned, small
from tests.hostile.test_imports import TABLE
from tests.hostile.zips import Files, zipped
from tests.runs.conftest import outcome

SPEC = replace(small.SPEC, seed=5)
ATTACKS = (
    "tokenizer: a chain of twenty replacing normalisers",
    "tokenizer: a regular expression without end",
    "config: labels by the million",
    "weights: not a number",
)


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    small.little_to_evaluate(monkeypatch)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_costs_the_server_a_sentence(name: str, packed: Callable[[str], Files], tmp_path: Path) -> None:
    kind, change, sentence = TABLE[name]
    store = Store(tmp_path)
    before = psutil.Process().memory_info().rss
    with pytest.raises(ValueError, match=sentence):
        take_in(store, zipped(change(packed(kind))))
    assert store.runs() == [] and not list(tmp_path.rglob("*.json"))
    assert not [child for child in psutil.Process().children() if "llmviz.runs.rebuild" in child.cmdline()]
    assert psutil.Process().memory_info().rss - before < 50_000_000  # the attacks take gigabytes


def test_the_program_that_looks_at_a_file_is_under_caps() -> None:
    resource = pytest.importorskip("resource")
    program = "from llmviz.runs import rebuild; rebuild._cap(); import resource; print([resource.getrlimit(getattr(resource, name))[1] "
    program += "for name in ('RLIMIT_DATA', 'RLIMIT_FSIZE', 'RLIMIT_CPU')])"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=os.environ, timeout=60).stdout
    assert said.strip() == str([rebuild.MOST_MEMORY, parcel.MOST_BYTES, int(rebuild.MOST_SECONDS)]) and resource


def test_a_real_run_comes_in_written_by_our_own_code_and_goes_on_to_the_same_weights(home: Path, tmp_path: Path) -> None:
    whole, half = train(SPEC, tmp_path / "whole"), train(SPEC, tmp_path / "half")
    list(whole)
    for update in half:
        if update.step == 4:
            half.stop("by hand")
            break
    packed = BytesIO()
    parcel.pack(half.folder, packed)
    store = Store(tmp_path / "elsewhere")
    run = take_in(store, packed)
    came = store.folder(run)
    for step in came.snapshots():
        for file in came.snapshot(step).iterdir():
            assert file.read_bytes() == (half.folder.snapshot(step) / file.name).read_bytes()
    assert came.tokenizer().read_bytes() == half.folder.tokenizer().read_bytes()
    assert kept(came.checkpoint) == kept(half.folder.checkpoint)
    list(resume(run, store.home))
    assert outcome(came) == outcome(whole.folder)


def kept(file: Path) -> tuple[dict[str, str], dict[str, bytes]]:
    """What a checkpoint holds; the order of its notes is not always the same."""
    with safe_open(file, framework="numpy") as opened:
        return opened.metadata(), {name: opened.get_tensor(name).tobytes() for name in opened.keys()}  # noqa: SIM118


def stopped(folder: Path) -> tuple[Rebuilt, Path]:
    """A model, and the checkpoint of its run after one step."""
    stage = small.stage(SPEC)
    training = Training(stage, SPEC.train)
    training.learn()
    stage.save(folder)
    training.save_checkpoint(folder / "checkpoint", {"bytes": "6", "step": "1"})
    return rebuilt(SPEC, folder, folder / "tokenizer.json"), folder / "checkpoint"


BIAS = "model.cls.predictions.bias"
RECORDINGS = sorted(Path(files.__file__).parents[1].glob("recordings/*/spec.json"))
UPDATES = b"begin\nstep\n"
CHECKPOINTS: dict[str, tuple[Callable[[dict[str, torch.Tensor]], object], dict[str, str], str]] = {
    "a tensor too many": (lambda it: it.update({"model.evil": torch.zeros(1)}), {}, "it has no model.evil"),
    "one too few": (lambda it: it.pop(BIAS), {}, f"{BIAS} is missing"),
    "another shape": (lambda it: it.update({BIAS: torch.zeros(1)}), {}, r"is \(1,\), not"),
    "half as fine": (
        lambda it: it.update({BIAS: it[BIAS].half()}),
        {},
        "float16, not float32",
    ),
    "an infinite momentum": (lambda it: it.update({"optimizer.0.0.momentum": torch.full((4,), float("inf"))}), {}, "what is no number"),
    "a part nobody knows": (lambda it: it.update({"evil": torch.zeros(1)}), {}, "it has no evil"),
    "a step before the first": (lambda it: None, {"llmviz.step": "-1", "step": "-1"}, "does not say where"),
    "two steps": (lambda it: None, {"step": "2"}, "does not say where"),
    "in the middle of an update": (lambda it: None, {"bytes": "3"}, "does not say where"),
    "behind all updates": (lambda it: None, {"bytes": "999"}, "does not say where"),
    "seconds without end": (lambda it: None, {"llmviz.seconds": "inf"}, "does not say where"),
    "seconds that are code": (lambda it: None, {"llmviz.seconds": "__import__('os')"}, "does not say where"),
    "numbers that are none": (lambda it: None, {"llmviz.stage": '{"a": "b"}'}, "does not say where"),
    "nested without end": (lambda it: None, {"llmviz.stage": "[" * 100_000}, "does not say where"),
}


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_checkpoint_is_looked_at_as_weights_are(name: str, tmp_path: Path) -> None:
    change, notes, sentence = CHECKPOINTS[name]
    model, file = stopped(tmp_path)
    tensors = load_file(file)
    change(tensors)
    place = {"bytes": "6", "step": "1", "llmviz.step": "1", "llmviz.seconds": "0.5", "llmviz.looked": "-1"}
    save_file(tensors, tmp_path / "hostile", place | notes)
    with pytest.raises(ValueError, match=sentence):
        model.save_checkpoint(tmp_path / "hostile", tmp_path / "made", UPDATES)
    assert not (tmp_path / "made").exists()


def test_a_checkpoint_of_what_learns_from_its_own_texts_comes_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aligned.little(monkeypatch)
    start = aligned.aligned(tmp_path)
    spec = start.run("grpo")
    stage: Any = start.build(spec)
    training = Training(stage, spec.train)
    training.learn()
    folder = tmp_path / "1"
    stage.save(folder)
    training.save_checkpoint(folder / "checkpoint", {"bytes": "6", "step": "1"})
    rebuilt(spec, folder, folder / "tokenizer.json").save_checkpoint(folder / "checkpoint", tmp_path / "made", UPDATES)
    assert kept(tmp_path / "made") == kept(folder / "checkpoint")


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda file: file.parent.name)
def test_every_recording_would_come_back_as_it_is(recording: Path, tmp_path: Path) -> None:
    packed = BytesIO()
    parcel.pack(RunFolder(recording.parent), packed)
    came = parcel.unpack(packed, tmp_path / "came")
    step = came.snapshots()[-1]
    rebuilt(came.spec(), came.snapshot(step), came.tokenizer()).save(tmp_path)
    for name in ("config.json", "model.safetensors"):
        assert (tmp_path / name).read_bytes() == (came.snapshot(step) / name).read_bytes()


def test_a_run_of_a_checkpoint_says_itself_how_much_it_reads(tmp_path: Path) -> None:
    small.stage(small.spec(context=96)).save(tmp_path)
    spec = RunSpec("mlm", starting_from(Checkpoint("0" * 64)), train=SPEC.train)
    assert rebuilt(spec, tmp_path, tmp_path / "tokenizer.json").model.config.max_position_embeddings == 96
    with pytest.raises(ValueError, match="reads 96 tokens; this run reads 128"):
        rebuilt(replace(spec, train=replace(SPEC.train, context=128)), tmp_path, tmp_path / "tokenizer.json")
