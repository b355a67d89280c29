"""The hash of the weights before prompts are read and after: they are the same."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import torch
from transformers import PreTrainedModel

from llmviz.experiments.in_context.question import Hashes, Unmoved
from llmviz.inspect import snapshots
from llmviz.text.special import CLS
from llmviz.text.tokenizers import pieces


def answer(folders: Mapping[int, Path], question: Unmoved) -> list[Hashes]:
    """Both hashes of each snapshot, in the order of the steps."""
    found = []
    for step in sorted(folders):
        folder = folders[step]
        model, tokenizer = snapshots.model(folder), snapshots.tokenizer(folder)
        before, room = hashed(model), snapshots.context(folder)
        with torch.no_grad():
            for text in question.texts:
                model(input_ids=torch.tensor([[CLS, *(piece.id for piece in pieces(tokenizer, text))][:room]]))
        found.append(Hashes(step, before, hashed(model), sum(weight.numel() for weight in model.parameters())))
    return found


def hashed(model: PreTrainedModel) -> str:
    """SHA-256 of all weights as float32: of each its name, its shape and its bytes, in the order of the names."""
    found = sha256()
    for name, weight in sorted(model.named_parameters()):
        found.update(f"{name} {tuple(weight.shape)}".encode() + weight.detach().contiguous().numpy().tobytes())
    return found.hexdigest()
