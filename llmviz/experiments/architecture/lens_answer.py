"""Read the stream through the model's own head before it has gone all the way: the logit lens (nostalgebraist 2020)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel

from llmviz.experiments.architecture.answer import given, names, walk
from llmviz.experiments.architecture.question import LensRead, LogitLens, Walk
from llmviz.experiments.architecture.tape_answer import Tape
from llmviz.inspect import snapshots
from llmviz.models.classes import CAUSAL
from llmviz.models.t5 import projected


def answer(folders: Mapping[int, Path], question: LogitLens) -> list[LensRead]:
    """What each snapshot's head would say, in the order of the steps. Raises ValueError, in a sentence, as a walk does."""
    return [_read(step, folders[step], question) for step in sorted(folders)]


@torch.no_grad()
def _read(step: int, folder: Path, question: LogitLens) -> LensRead:
    model = snapshots.whole(folder)
    found = walk(model, given(folder, Walk(question.text, question.hidden)).ids)
    tape = found.tape
    states = torch.stack([tape.values(place)[0] for place in tape.streams])  # (places, n, width)
    shares = headed(model, states).softmax(-1)  # (places, n, words)
    best = shares.max(-1)
    ends = shares.gather(-1, best.indices[-1:, :, None].expand(len(shares), -1, -1))[..., 0]
    said, spelt = names(folder, found), snapshots.spelt(folder)
    return LensRead(
        step,
        tuple(_name(tape, place) for place in tape.streams),
        tuple(spelt[int(id)] for id in found.sequences[tape.boxes[-1].rows]),
        tuple(tuple(said[word] for word in row) for row in best.indices.tolist()),
        best.values.numpy(),
        ends.numpy().astype(np.float32),
    )


def headed(model: PreTrainedModel, states: torch.Tensor) -> torch.Tensor:
    """Logits (…, n, words or labels) that the head of a model reads off states (…, n, width) of its stream."""
    whole: Any = model
    kind = model.config.model_type
    if kind == "t5":
        return projected(model, whole.decoder.final_layer_norm(states))
    if kind in CAUSAL:
        norms = {"gpt_neox": "gpt_neox.final_layer_norm", "gpt2": "transformer.ln_f", "llama": "model.norm"}
        states = model.get_submodule(norms[kind])(states)
        head = whole.score if hasattr(whole, "score") else model.get_output_embeddings()
    else:
        head = whole.classifier if hasattr(whole, "classifier") else whole.cls
    logits: torch.Tensor = head(states)
    return logits


def _name(tape: Tape, place: int) -> str:
    box = tape.boxes[place]
    stage = tape.stages[box.stage].replace(": ", " ")
    if "embeddings" in stage:
        return "embeddings"
    added = next(each for each in (tape.boxes[read] for read in (place, *box.reads)) if each.kind == "add")
    return f"{stage}, {added.name.removeprefix('stream + ')}"
