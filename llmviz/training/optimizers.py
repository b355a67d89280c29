"""What moves the weights: Muon for the matrices inside the blocks, AdamW for all the rest; and the schedule both follow."""

import torch
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR
from transformers import PreTrainedModel

from llmviz.core.settings import TrainSpec
from llmviz.models.blocks import blocks
from llmviz.training.muon import Muon

# Decay keeps the matrices short, so that a step of the same length turns them further. With 0.1 facts come a third later.
MUON_DECAY = 0.3
# Short memories: a run has only some hundred steps, and its gradients turn quickly. With Muon's usual 0.95, and 0.9 and 0.98 here, a GPT
# needs a quarter more steps to be as near to its floor.
MUON_MOMENTUM = 0.9
ADAM_BETAS = (0.8, 0.95)


def optimizers(model: PreTrainedModel, settings: TrainSpec) -> list[Optimizer]:
    """The optimisers that together move every weight that is trained once per step; one that would have nothing to move is left out.

    With Muon on the matrices inside the blocks a tiny BERT learns facts several times sooner than with AdamW alone.
    """
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    if settings.optimizer == "adamw":
        return [_adamw(trained, settings)]
    modules = [module for block in blocks(model) for module in block.modules() if not isinstance(module, torch.nn.Embedding)]
    weights = (weight for module in modules for weight in module.parameters(recurse=False))
    inside = [weight for weight in weights if weight.ndim == 2 and weight.requires_grad]
    chosen = {id(weight) for weight in inside}
    rest = [weight for weight in trained if id(weight) not in chosen]
    muon = [Muon(inside, settings.muon_learning_rate, MUON_DECAY, MUON_MOMENTUM)] if inside else []
    return [*muon, *([_adamw(rest, settings)] if rest else [])]


def _adamw(weights: list[torch.nn.Parameter], settings: TrainSpec) -> Optimizer:
    return AdamW(weights, lr=settings.learning_rate, betas=ADAM_BETAS, weight_decay=0.0, fused=True)


def schedule(optimizer: Optimizer, settings: TrainSpec) -> LambdaLR:
    """The learning rate rises over the warm-up and then falls in a straight line to zero."""
    warm = max(1, round(settings.warmup * settings.steps))

    def share(step: int) -> float:
        return min((step + 1) / warm, (settings.steps - step) / max(1, settings.steps - warm), 1.0)

    return LambdaLR(optimizer, share)
