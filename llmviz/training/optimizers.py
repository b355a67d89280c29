"""What moves the weights: Muon for the matrices inside the blocks, AdamW for all the rest; and the schedule both follow."""

import torch
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR
from transformers import PreTrainedModel

from llmviz.core.settings import TrainSpec
from llmviz.training.muon import Muon

# Decay keeps the matrices short, so that a step of the same length turns them further. With 0.1 facts come a third later.
MUON_DECAY = 0.3
ADAM_BETAS = (0.9, 0.98)  # a shorter memory than the usual 0.999: a run has only some thousand steps


def optimizers(model: PreTrainedModel, settings: TrainSpec) -> list[Optimizer]:
    """The optimisers that together move every weight once per step.

    With Muon on the matrices inside the blocks a tiny BERT learns facts several times sooner than with AdamW alone.
    """
    if settings.optimizer == "adamw":
        return [_adamw(list(model.parameters()), settings)]
    inside = [weight for weight in blocks(model).parameters() if weight.ndim == 2]
    chosen = {id(weight) for weight in inside}
    rest = [weight for weight in model.parameters() if id(weight) not in chosen]
    return [Muon(inside, settings.muon_learning_rate, MUON_DECAY), _adamw(rest, settings)]


def blocks(model: PreTrainedModel) -> torch.nn.ModuleList:
    """The transformer's layers, whatever its class calls them: the one list of modules as long as the model is deep."""
    depth: int = model.config.num_hidden_layers
    lists = [module for module in model.base_model.modules() if isinstance(module, torch.nn.ModuleList) and len(module) == depth]
    return lists[0]


def _adamw(weights: list[torch.nn.Parameter], settings: TrainSpec) -> Optimizer:
    moved = [weight for weight in weights if weight.requires_grad]
    return AdamW(moved, lr=settings.learning_rate, betas=ADAM_BETAS, weight_decay=0.0, fused=True)


def schedule(optimizer: Optimizer, settings: TrainSpec) -> LambdaLR:
    """The learning rate rises over the warm-up and then falls in a straight line to zero."""
    warm = max(1, round(settings.warmup * settings.steps))

    def share(step: int) -> float:
        return min((step + 1) / warm, (settings.steps - step) / max(1, settings.steps - warm), 1.0)

    return LambdaLR(optimizer, share)
