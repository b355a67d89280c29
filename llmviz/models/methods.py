"""Methods of fine-tuning: which weights move. All of them, the head alone, the last layer too, or low-rank factors beside frozen matrices.

LoRA (Hu et al. 2021, https://arxiv.org/abs/2106.09685, section 4.1) adds B·A to a frozen matrix W, of which only A (rank × in) and B
(out × rank) move; B begins at zero, and so does what is added. The layers are those of peft. They are put into the model in place: its
class and its forward pass stay transformers' own.
"""

from collections.abc import Mapping

import torch
from transformers import PreTrainedModel

from llmviz.core.low_rank import FACTOR
from llmviz.models.blocks import blocks

# The matrices that LoRA changes, by the type of model that config.json names: query, key, value and output of attention, and both of the
# feed-forward part. All of them, since attention alone learns less (Biderman et al. 2024, https://arxiv.org/abs/2405.09673).
_BERT = r".*\.layer\.\d+\..*\.(query|key|value|dense)"
MATRICES = {
    "roformer": _BERT,
    "bert": _BERT,
    "gpt_neox": r".*\.layers\.\d+\.(attention\.(query_key_value|dense)|mlp\.dense_\w+)",
    "gpt2": r".*\.h\.\d+\.(attn\.c_attn|attn\.c_proj|mlp\.c_fc|mlp\.c_proj)",
    "llama": r".*\.layers\.\d+\.(self_attn\.[qkvo]_proj|mlp\.(gate|up|down)_proj)",
}
SCALE = 2  # what B·A is multiplied with, alpha / rank: peft's alpha is so many times the rank
ADAPTER = "default"  # peft's name of the one pair of factors that a matrix has here
BASE = ".base_layer."  # where peft keeps the matrix beside which it puts factors


def prepared(model: PreTrainedModel, method: str, rank: int, seed: int) -> PreTrainedModel:
    """The same model, of whose weights those of the method move alone. The new head always does. Factors are drawn by the seed.

    Raises ValueError, in a sentence, where the model has no head of its own, or LoRA does not know its matrices.
    """
    if method == "full":
        return model
    body = {id(weight) for weight in model.base_model.parameters()}
    head = [weight for weight in model.parameters() if id(weight) not in body]
    if not head:
        raise ValueError(f"Method: a {type(model).__name__} has no head of its own that could be trained on a frozen body")
    model.requires_grad_(False)
    if method == "last layer":
        blocks(model)[-1].requires_grad_(True)
    elif method == "lora":
        _add_factors(model, rank, seed)
    for weight in head:
        weight.requires_grad_(True)
    return model


def _add_factors(model: PreTrainedModel, rank: int, seed: int) -> None:
    from peft import LoraConfig, inject_adapter_in_model  # here: it takes seconds to load, and only LoRA needs it

    kind = model.config.model_type
    if kind not in MATRICES:
        raise ValueError(f"Method: LoRA knows the matrices of {', '.join(MATRICES)}, not those of {kind}")
    transposed = kind == "gpt2"  # GPT-2 keeps its matrices as (in, out)
    config = LoraConfig(r=rank, lora_alpha=SCALE * rank, target_modules=MATRICES[kind], fan_in_fan_out=transposed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        inject_adapter_in_model(config, model, ADAPTER)


def moving(model: PreTrainedModel) -> dict[str, torch.Tensor]:
    """What training changes, by name: all but the frozen weights, which stay as the model began."""
    frozen = {id(weight) for weight in model.parameters() if not weight.requires_grad}
    return {name: tensor.detach() for name, tensor in model.state_dict(keep_vars=True).items() if id(tensor) not in frozen}


def factors(model: PreTrainedModel) -> dict[str, torch.Tensor]:
    """LoRA's factors, by their names; none where the model has none."""
    return {name: tensor.detach() for name, tensor in model.state_dict().items() if FACTOR.search(name)}


@torch.no_grad()
def merged(model: PreTrainedModel) -> dict[str, torch.Tensor]:
    """The weights as a plain model of this class has them: what LoRA adds to a matrix is added, W + scale · B·A."""
    added = {
        f"{name}.weight": module.get_delta_weight(ADAPTER)
        for name, module in model.named_modules()
        if hasattr(module, "lora_A") and hasattr(module, "get_delta_weight")
    }
    plain = {name.replace(BASE, "."): tensor.detach() for name, tensor in model.state_dict().items() if not FACTOR.search(name)}
    return {name: tensor + added[name] if name in added else tensor for name, tensor in plain.items()}


def restore(model: PreTrainedModel, merged: Mapping[str, torch.Tensor], factors: Mapping[str, torch.Tensor]) -> None:
    """Give a prepared model these weights: merged ones, and where it has factors, those beside the matrices it began with.

    Raises RuntimeError where they are those of another model.
    """
    if not any(map(FACTOR.search, model.state_dict())):
        model.load_state_dict(merged)
        return
    frozen = {name: tensor for name, tensor in model.state_dict().items() if BASE in name}
    changed = {name.replace(BASE, ".") for name in frozen}
    model.load_state_dict({name: tensor for name, tensor in merged.items() if name not in changed} | frozen | dict(factors))
