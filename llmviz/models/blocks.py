"""The layers of a transformer of any class."""

import torch
from transformers import PreTrainedModel


def blocks(model: PreTrainedModel) -> list[torch.nn.Module]:
    """The transformer's layers, whatever its class calls them: its outermost lists of modules as long as the model is deep.

    A T5 has two, its encoder's and its decoder's; and what is inside a layer may be a list as long.
    """
    depth: int = model.config.num_hidden_layers
    found = [
        (name, module)
        for name, module in model.base_model.named_modules()
        if isinstance(module, torch.nn.ModuleList) and len(module) == depth
    ]
    outermost = [module for name, module in found if not any(name.startswith(f"{other}.") for other, _ in found)]
    return [block for layers in (outermost if model.config.is_encoder_decoder else outermost[:1]) for block in layers]
