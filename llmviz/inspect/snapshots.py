"""Many snapshots of one model, run at once: their weights are stacked, and one forward pass goes through all of them."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch.func import functional_call, vmap
from transformers import AutoConfig, AutoModelForMaskedLM, PreTrainedModel

LOADED = 64  # snapshots kept in memory, in half precision: 17 MB of the smallest size, 130 MB of the largest
AT_ONCE = 8  # snapshots in one pass: more would be no faster and take more memory


def context(folder: Path) -> int:
    """How many tokens the model of a snapshot reads, [CLS] and [SEP] counted."""
    positions: int = _empty(folder.parent).config.max_position_embeddings
    return positions


@torch.no_grad()
def run(folders: Sequence[Path], input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits (snapshot, 1, n, vocabulary) and attention (snapshot, layer, head, query, key) of one input (1, n).

    All snapshots belong to one run. Attention is eager here: only then are its weights to be had.
    """
    model = _empty(folders[0].parent)

    def forward(weights: dict[str, torch.Tensor]) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        inputs = {"input_ids": input_ids, "attention_mask": torch.ones_like(input_ids), "output_attentions": True}
        output = functional_call(model, weights, kwargs=inputs, tie_weights=True)
        return output.logits, output.attentions

    logits, attention = [], []
    for first in range(0, len(folders), AT_ONCE):
        loaded = [_weights(folder) for folder in folders[first : first + AT_ONCE]]
        stacked = {name: torch.stack([weights[name] for weights in loaded]).float() for name in loaded[0]}
        found, layers = vmap(forward)(stacked)
        logits.append(found)
        attention.append(torch.stack([layer[:, 0] for layer in layers], dim=1))
    return torch.cat(logits), torch.cat(attention)


@lru_cache(maxsize=8)
def _empty(snapshots: Path) -> PreTrainedModel:
    """The model of a run without weights of its own; any snapshot tells its shape."""
    whole = (folder for folder in sorted(snapshots.iterdir()) if folder.name.isdecimal())  # a worker may be writing another
    folder = next((folder for folder in whole if (folder / "config.json").is_file()), None)
    if folder is None:
        raise ValueError("this run has kept no snapshot that can be read")
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        model: PreTrainedModel = AutoModelForMaskedLM.from_config(config, attn_implementation="eager")
    except (OSError, ValueError) as problem:
        raise ValueError(f"config.json of step {folder.name} cannot be read ({type(problem).__name__})") from problem
    model.eval()
    return model


@lru_cache(maxsize=LOADED)
def _weights(folder: Path) -> dict[str, torch.Tensor]:
    try:
        weights = load_file(folder / "model.safetensors")
    except (OSError, SafetensorError) as problem:
        raise ValueError(f"the snapshot of step {folder.name} cannot be read ({problem})") from problem
    model = _empty(folder.parent)
    wanted = {name: weight.shape for name, weight in model.state_dict().items() if name not in model.all_tied_weights_keys}
    if {name: weight.shape for name, weight in weights.items()} != wanted:
        raise ValueError(f"the snapshot of step {folder.name} holds the weights of another model")
    return weights
