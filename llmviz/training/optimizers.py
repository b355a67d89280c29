"""What moves the weights: Muon for the matrices inside the blocks, AdamW for all the rest; and the schedule both follow."""

import torch
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR
from transformers import PreTrainedModel

from llmviz.core.settings import TrainSpec
from llmviz.training.muon import Muon

# Decay keeps the matrices short, so that a step of the same length turns them further. With 0.1 facts come a third later.
MUON_DECAY = 0.3
# Short memories: a run has only some hundred steps, and its gradients turn quickly. With Muon's usual 0.95, and 0.9 and 0.98 here, a GPT
# needs a quarter more steps to be as near to its floor.
MUON_MOMENTUM = 0.9
ADAM_BETAS = (0.8, 0.95)


def optimizers(model: PreTrainedModel, settings: TrainSpec) -> list[Optimizer]:
    """The optimisers that together move every weight once per step.

    With Muon on the matrices inside the blocks a tiny BERT learns facts several times sooner than with AdamW alone.
    """
    if settings.optimizer == "adamw":
        return [_adamw(list(model.parameters()), settings)]
    modules = [module for block in blocks(model) for module in block.modules() if not isinstance(module, torch.nn.Embedding)]
    inside = [weight for module in modules for weight in module.parameters(recurse=False) if weight.ndim == 2]
    chosen = {id(weight) for weight in inside}
    rest = [weight for weight in model.parameters() if id(weight) not in chosen]
    return [Muon(inside, settings.muon_learning_rate, MUON_DECAY, MUON_MOMENTUM), _adamw(rest, settings)]


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


def _adamw(weights: list[torch.nn.Parameter], settings: TrainSpec) -> Optimizer:
    moved = [weight for weight in weights if weight.requires_grad]
    return AdamW(moved, lr=settings.learning_rate, betas=ADAM_BETAS, weight_decay=0.0, fused=True)


def schedule(optimizer: Optimizer, settings: TrainSpec) -> LambdaLR:
    """The learning rate rises over the warm-up and then falls in a straight line to zero."""
    warm = max(1, round(settings.warmup * settings.steps))

    def share(step: int) -> float:
        return min((step + 1) / warm, (settings.steps - step) / max(1, settings.steps - warm), 1.0)

    return LambdaLR(optimizer, share)
