"""A snapshot that came from elsewhere, made again: model and tokenizer by the code that trains, its weights checked.

Nothing in its folder is run: config.json is compared with the one that this program would have written, and where they differ the snapshot
is refused.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.core import catalogue
from llmviz.core.experiment import GPTS, T5S
from llmviz.core.settings import LabelsSpec
from llmviz.core.spec import RunSpec
from llmviz.models import causal, files, masked, methods, old_head, pairs, rewarding, t5, transfer
from llmviz.models.classes import LANGUAGE_MODELS, MODELS
from llmviz.text.rebuilt import rebuilt as rebuilt_tokenizer

WEIGHTS = "model.safetensors"
MOST_CLASSES = 200  # own texts have 20 labels at most
LEARNT = ("optimizer.", "stage.")  # what a checkpoint holds beside the weights
LONGEST_NAME = 200  # letters of a label, or of a tensor
LONGEST_CONTEXT = 4_096  # tokens; a checkpoint may read more than a run here does
NEVER_THE_SAME = {"transformers_version"}
Weights = Mapping[str, torch.Tensor]


@dataclass(frozen=True)
class Rebuilt:
    """A snapshot of which everything was made or checked here; `save` writes it as a stage that trains does."""

    model: PreTrainedModel
    tokenizer: Tokenizer
    beside: Mapping[str, Weights]  # by the name of their file
    origin: transfer.Transfer | None

    def save(self, folder: Path) -> None:
        """Write all its files into an existing folder."""
        for name, weights in self.beside.items():
            save_file(dict(weights), folder / name, {"format": "pt"} if name == WEIGHTS else None)
        files.describe(self.model, self.tokenizer, folder)
        if self.origin:
            transfer.write(self.origin, folder)

    def save_checkpoint(self, came: Path, to: Path, updates: bytes) -> None:
        """Check what an unfinished run of this model goes on from, which counts on these updates, and write it to another file."""
        tensors, notes = _read_checkpoint(came)
        weights = {name: tensor for name, tensor in tensors.items() if not name.startswith(LEARNT)}
        whole = {f"model.{name}": tensor for name, tensor in self.model.state_dict().items()}
        moving = {f"model.{name}": tensor for name, tensor in methods.moving(self.model).items()}
        wanted = whole if weights.keys() == whole.keys() else moving  # before, checkpoints had what is frozen too
        _check("the checkpoint", weights, wanted, torch.float32)
        for name, tensor in tensors.items():
            _check_finite("the checkpoint", name, tensor)
        save_file(tensors, to, _checked_notes(notes, updates))


def rebuilt(spec: RunSpec, folder: Path, tokenizer: Path) -> Rebuilt:
    """The snapshot in a folder that a run of this spec has left. Raises ValueError, in a sentence, where it could not have."""
    step = f"snapshot {folder.name}"
    reads = rebuilt_tokenizer(_json(tokenizer, tokenizer.name))
    said = _json(folder / "config.json", f"config.json of {step}")
    if not isinstance(said, dict):
        raise ValueError(f"config.json of {step} is no configuration")
    weights = _weights(folder / WEIGHTS, step)
    head = catalogue.experiment(spec.stage).head
    classes = _classes(said, weights, step) if head == "classes" else ()
    model = _blank(spec, reads.get_vocab_size(), _positions(spec, said), classes)
    _check_config(step, said, model)
    plain = {name: tensor for name, tensor in methods.merged(model).items() if name not in model.all_tied_weights_keys}
    _check(f"the weights of {step}", weights, plain, torch.float16)
    beside: dict[str, Weights] = {WEIGHTS: weights}
    if factors := methods.factors(model):
        beside[files.FACTORS] = _weights(folder / files.FACTORS, step)
        _check(f"{files.FACTORS} of {step}", beside[files.FACTORS], factors, torch.float32)
    elif (folder / files.FACTORS).exists():
        raise ValueError(f"{files.FACTORS} of {step} is none of this run, which was trained without")
    if (folder / old_head.FILE).exists():
        beside[old_head.FILE] = _old_head(spec, folder, step, model)
    return Rebuilt(model, reads, beside, _origin(folder, step, model) if (folder / transfer.FILE).exists() else None)


def _json(file: Path, name: str) -> Any:
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as problem:
        raise ValueError(f"the archive is damaged: {name} is missing or cannot be read") from problem


def _weights(file: Path, step: str) -> Weights:
    try:
        found: Weights = load_file(file)
        return found
    except Exception as problem:  # safetensors has errors of its own, and torch for a kind of number it does not know
        raise ValueError(f"the archive is damaged: {file.name} of {step} is missing or no whole safetensors file") from problem


def _positions(spec: RunSpec, said: Mapping[str, Any]) -> int:
    """How many tokens the model reads: as many as the first of its lineage was made for. Of a checkpoint its own description says it."""
    root = spec.lineage[0]
    if root.start is None:
        return root.train.context
    told = said.get("n_positions", said.get("max_position_embeddings"))
    if type(told) is not int or not spec.train.context <= told <= LONGEST_CONTEXT:
        raise ValueError(f"config.json says that the model reads {told!r} tokens; this run reads {spec.train.context}")
    return told


def _classes(said: Mapping[str, Any], weights: Weights, step: str) -> tuple[str, ...]:
    """The names of the labels, as many as the head has rows."""
    head = next((weights[name] for name in ("classifier.weight", "score.weight") if name in weights), None)
    count = len(head) if head is not None and head.dim() else 0
    if not 0 < count <= MOST_CLASSES:
        raise ValueError(f"the weights of {step} have a head of {count:,} labels; 1 to {MOST_CLASSES} are allowed")
    named = said.get("id2label", {str(place): f"LABEL_{place}" for place in range(count)})
    names = [named.get(str(place)) for place in range(count)] if isinstance(named, dict) and len(named) == count else []
    if not names or len(set(map(str, names))) < count or not all(isinstance(name, str) and len(name) <= LONGEST_NAME for name in names):
        raise ValueError(f"config.json of {step} does not name the {count} labels that its weights have")
    return tuple(map(str, names))


@lru_cache(maxsize=2)
def _blank(spec: RunSpec, vocabulary: int, positions: int, classes: tuple[str, ...]) -> PreTrainedModel:
    """The model that a run of this spec trains, with weights that mean nothing."""
    head = catalogue.experiment(spec.stage).head
    make: Callable[..., PreTrainedModel] = pairs.random_start if head == "pairs" else _language_model(spec.model.architecture)
    start = make(spec.model, vocabulary, positions, 0)
    if head == "words" or head == "pairs":
        return start
    if head == "reward":
        return rewarding.model_of(start)
    model = transfer.classifier(start, classes) if head == "classes" else transfer.reader(start, vocabulary, 0)
    objective = spec.objective if isinstance(spec.objective, LabelsSpec) else LabelsSpec()  # others know one method: all weights move
    return methods.prepared(model, objective.method, objective.rank, 0)


def _language_model(architecture: str) -> Callable[..., PreTrainedModel]:
    if architecture in T5S:
        return t5.random_start
    return causal.random_start if architecture in GPTS else masked.random_start


def _check_config(step: str, said: Mapping[str, Any], model: PreTrainedModel) -> None:
    model.config.architectures = [type(model).__name__]
    ours = json.loads(model.config.to_json_string())  # what `save_pretrained` writes
    for name in sorted((said.keys() | ours.keys()) - NEVER_THE_SAME):
        if name not in ours:
            raise ValueError(f"config.json of {step} has {name[:60]}, which that of the model in spec.json has not")
        if name not in said or said[name] != ours[name]:
            told = repr(said[name])[:60] if name in said else "nothing"
            raise ValueError(f"config.json of {step} says {told} of {name}; that of the model in spec.json says {repr(ours[name])[:60]}")


def _check(what: str, weights: Weights, wanted: Weights, kind: torch.dtype) -> None:
    """Raise ValueError, in a sentence, unless these are the tensors that are wanted, all of this kind of number, all of them finite."""
    for name in sorted(weights.keys() | wanted.keys()):
        shown = name[:LONGEST_NAME]
        if name not in weights:
            raise ValueError(f"{what} are not those of the model in spec.json: {shown} is missing")
        if name not in wanted:
            raise ValueError(f"{what} are not those of the model in spec.json: it has no {shown}")
        here, there = tuple(weights[name].shape), tuple(wanted[name].shape)
        if here != there:
            raise ValueError(f"{what} are not those of the model in spec.json: {shown} is {here}, not {there}")
        if weights[name].dtype != kind:
            told, asked = (str(each).removeprefix("torch.") for each in (weights[name].dtype, kind))
            raise ValueError(f"{what} are not those of the model in spec.json: {shown} is of the type {told}, not {asked}")
        _check_finite(what, name, weights[name])


def _check_finite(what: str, name: str, tensor: torch.Tensor) -> None:
    if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
        raise ValueError(f"{what} hold what is no number, in {name[:LONGEST_NAME]}; the training went astray")


def _old_head(spec: RunSpec, folder: Path, step: str, model: PreTrainedModel) -> Weights:
    """The head that the model had before, which may have named fewer words."""
    head = _weights(folder / old_head.FILE, step)
    words = len(head[old_head.BIAS]) if old_head.BIAS in head and head[old_head.BIAS].dim() else 0
    if spec.model.architecture not in ("roformer", "bert") or not 0 < words <= model.config.vocab_size:
        raise ValueError(f"{old_head.FILE} of {step} is no head that this model had before")
    before = masked.random_start(spec.model, words, model.config.max_position_embeddings, 0)
    left = (f"{before.base_model_prefix}.", *before.all_tied_weights_keys)
    wanted = {name: tensor for name, tensor in before.state_dict().items() if not name.startswith(left)}
    _check(f"{old_head.FILE} of {step}", head, wanted, torch.float16)
    return head


def _origin(folder: Path, step: str, model: PreTrainedModel) -> transfer.Transfer:
    """What the model took from its parent, as far as it can be checked without it: of which tensors it tells."""
    told = transfer.read(folder)
    shapes = {name: tuple(tensor.shape) for name, tensor in methods.merged(model).items() if name not in model.all_tied_weights_keys}
    ours = {each.name: each.shape for each in (*told.copied, *told.new, *told.extended)}
    every = (*told.copied, *told.new, *told.left, *told.extended)
    plain = all(len(each.name) <= LONGEST_NAME and len(each.sha256) == 64 and each.sha256.isalnum() for each in every)
    known = {"", *MODELS, *(kind.__name__ for kind in LANGUAGE_MODELS.values())}
    if ours != shapes or not plain or told.child != type(model).__name__ or told.parent not in known or len(told.left) > len(shapes):
        raise ValueError(f"{transfer.FILE} of {step} does not tell of the tensors of this model")
    return told


def _read_checkpoint(file: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    try:
        with safe_open(file, framework="pt") as opened:
            return {name: opened.get_tensor(name) for name in opened.keys()}, dict(opened.metadata() or {})  # noqa: SIM118 - an open file has keys, and is no mapping
    except Exception as problem:  # as above
        raise ValueError(f"the archive is damaged: {file.name} is no whole safetensors file") from problem


def _checked_notes(notes: Mapping[str, str], updates: bytes) -> dict[str, str]:
    """Where the run stood. Raises ValueError unless that is one of its updates."""
    try:
        step, looked, behind = (int(notes[name]) for name in ("llmviz.step", "llmviz.looked", "bytes"))
        seconds, numbers = float(notes["llmviz.seconds"]), json.loads(notes.get("llmviz.stage", "{}"))
        plain = math.isfinite(seconds) and all(type(value) in (int, float) and math.isfinite(value) for value in numbers.values())
        there = 0 < behind <= len(updates) and updates[behind - 1 : behind] == b"\n"
        if not (plain and there and step >= 0 and looked >= -1 and int(notes["step"]) == step):
            raise ValueError
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as problem:
        raise ValueError("the archive is damaged: its checkpoint does not say where in the run it stands") from problem
    place = {"bytes": str(behind), "step": str(step), "llmviz.step": str(step), "llmviz.looked": str(looked)}
    return {**place, "llmviz.seconds": repr(seconds), "llmviz.stage": json.dumps(numbers)}
