"""Runs as the real stages leave them, packed, so that tests can put into the zip what somebody else would."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import torch
from safetensors.torch import load, save

from llmviz.core.settings import LabelsSpec, ModelSpec, TrainSpec
from llmviz.core.spec import RunSpec, to_json
from llmviz.core.update import Begin, Done, Score, Snapshot, Step
from llmviz.core.update import to_json as update_json
from llmviz.models import causal, files, masked, methods, t5, transfer
from llmviz.text.spans import SENTINELS
from llmviz.text.special import SPECIAL
from llmviz.text.tokenizers import of_bytes, of_pieces, with_sentinels, word_level

Files = dict[str, bytes]
Change = Callable[[Files], Files]
SNAPSHOT = "snapshots/4"
WEIGHTS, CONFIG = f"{SNAPSHOT}/model.safetensors", f"{SNAPSHOT}/config.json"
WORDS = ("Anna", "Rome", "eats", "in", "rice", "the")
LABELS = ("negative", "positive")
TRAIN = TrainSpec(steps=4, context=16)
SAID = (Begin(0, 4, 100, 11, {"random_guess": 2.0}), Step(1, 2.0, 10), Score(4, {"loss": 1.0}), Snapshot(4), Done(4, {"loss": 1.0}))
BYTES = (*SPECIAL, *(chr(place) for place in range(33, 127)), "in")


def kinds() -> dict[str, Callable[[Path], RunSpec]]:
    """A run of each kind of model and tokenizer: its snapshot is written into the folder, and its spec returned."""

    def words(folder: Path) -> RunSpec:
        spec = RunSpec("mlm", train=TRAIN)
        files.save(masked.random_start(spec.model, 11, 16, 0), word_level(WORDS), folder)
        return spec

    def bytes_(folder: Path) -> RunSpec:
        spec = RunSpec("clm", train=TRAIN)
        files.save(causal.random_start(spec.model, len(BYTES), 16, 0), of_bytes(BYTES, [("i", "n")]), folder)
        return spec

    def learnt(folder: Path) -> RunSpec:
        spec = RunSpec("clm", model=ModelSpec("gpt2"), train=TRAIN)
        files.save(causal.random_start(spec.model, 12, 16, 0), of_pieces((*SPECIAL, *"abcd", "##a", "##b", "cat")), folder)
        return spec

    def spans(folder: Path) -> RunSpec:
        spec = RunSpec("span", train=TRAIN)
        files.save(t5.random_start(spec.model, 11 + len(SENTINELS), 16, 0), with_sentinels(word_level(WORDS)), folder)
        return spec

    def labels(folder: Path) -> RunSpec:
        spec = RunSpec("sentiment", objective=LabelsSpec(method="lora", rank=2), train=TRAIN)
        model = transfer.classifier(masked.random_start(spec.model, 11, 16, 0), LABELS)
        origin = transfer.report(None, model)
        files.save(methods.prepared(model, "lora", 2, 0), word_level(WORDS), folder)
        transfer.write(origin, folder)
        return spec

    return {"words": words, "bytes": bytes_, "learnt": learnt, "spans": spans, "labels": labels}


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Files]:
    """The files of a run of a kind, by their name in the zip."""
    made: dict[str, Files] = {}

    def of(kind: str) -> Files:
        if kind not in made:
            folder = tmp_path_factory.mktemp(kind)
            spec = kinds()[kind](folder)
            made[kind] = {
                f"{SNAPSHOT}/{file.name}": file.read_bytes() for file in folder.iterdir() if not file.name.startswith("tokenizer")
            }
            made[kind] |= {file.name: file.read_bytes() for file in folder.glob("tokenizer*")}
            made[kind] |= {"spec.json": json.dumps(to_json(spec)).encode(), "notes.json": b"{}"}
            said = (
                Begin(0, 4, 100, 11, {"random_guess": 2.0}),
                Step(1, 2.0, 10),
                Score(4, {"loss": 1.0}),
                Snapshot(4),
                Done(4, {"loss": 1.0}),
            )
            made[kind]["updates.jsonl"] = b"".join(json.dumps(update_json(update)).encode() + b"\n" for update in said)
        return dict(made[kind])

    return of


def zipped(given: Files) -> io.BytesIO:
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, content in given.items():
            archive.writestr(name, content)
    made.seek(0)
    return made


def weights(change: Callable[[dict[str, torch.Tensor]], object], file: str = WEIGHTS) -> Change:
    """The same run with its tensors changed in place."""

    def changed(given: Files) -> Files:
        tensors = load(given[file])
        change(tensors)
        return given | {file: save(tensors)}

    return changed


def config(file: str = CONFIG, /, **values: object) -> Change:
    """The same run with these fields in a JSON file; one that is `...` is left out."""

    def changed(given: Files) -> Files:
        kept = json.loads(given[file]) | values
        return given | {file: json.dumps({name: value for name, value in kept.items() if value is not ...}).encode()}

    return changed


def tokenizer(change: Callable[[dict[str, Any]], object]) -> Change:
    """The same run with its tokenizer.json changed in place."""

    def changed(given: Files) -> Files:
        written = json.loads(given["tokenizer.json"])
        change(written)
        return given | {"tokenizer.json": json.dumps(written).encode()}

    return changed


def spec(**values: object) -> Change:
    """The same run with these fields in its spec.json, those of a part within it."""

    def changed(given: Files) -> Files:
        written = json.loads(given["spec.json"])
        for name, value in values.items():
            written[name] = written[name] | value if isinstance(value, dict) else value
        return given | {"spec.json": json.dumps(written).encode()}

    return changed


def put(name: str, content: bytes) -> Change:
    return lambda given: given | {name: content}


def drop(name: str) -> Change:
    return lambda given: {key: content for key, content in given.items() if key != name}
