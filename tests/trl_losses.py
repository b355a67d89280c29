"""Losses and gradients of DPO, GRPO and PPO, ours and TRL's, on the same weights and replies: `python -m tests.trl_losses FOLDER`.

A program of its own, with TRL's folder on its path: imported by a test, TRL would load pandas into the process of many others. It prints
an object of JSON: by stage `ours` and `theirs`, the losses; `apart`, the largest difference of a gradient; `steepest`, the largest of ours.
"""

import copy
import json
import sys
from collections import defaultdict
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch.nn.functional import pad
from trl import DPOTrainer, GRPOTrainer  # type: ignore[import-not-found] # not where mypy looks
from trl.trainer.utils import add_fused_lm_head  # type: ignore[import-not-found]

from llmviz.core.feedback import LeashSpec, PreferenceSpec
from llmviz.experiments.grpo.stage import CLIP
from llmviz.text.masks import IGNORED
from llmviz.text.special import PAD
from llmviz.training.alignment import Replies
from tests import small
from tests.aligned import aligned, little

OBJECTIVES: dict[str, Any] = {"dpo": PreferenceSpec(clicks=8), "grpo": LeashSpec(0.2), "ppo": LeashSpec(0.2)}


def main(folder: Path) -> dict[str, dict[str, float]]:
    """All three."""
    with pytest.MonkeyPatch.context() as patch:
        small.little_to_evaluate(patch)
        little(patch)
        weights = aligned(folder)
        return {stage: compared(weights.build(weights.run(stage, objective=objective))) for stage, objective in OBJECTIVES.items()}


def compared(made: Any) -> dict[str, float]:
    """One of them, on a model that has moved from the one it began as and from the one that drew the replies."""
    stage = made.spec.stage
    if stage != "dpo":
        made.rollout(1)
        of_unequal_length(made.remembered)
    shake(made.model, by=0.02 if stage == "dpo" else 0.05)
    batch, model = made.batch(1), copy.deepcopy(made.model)
    ours = made.loss(batch)
    theirs = of_dpo(made, model, batch) if stage == "dpo" else of_policy(made, model, batch)
    ours.backward()
    theirs.backward()
    mine, other = gradient(made.model), gradient(model)
    return {
        "ours": ours.item(),
        "theirs": theirs.item(),
        "apart": (mine - other).abs().max().item(),
        "steepest": mine.abs().max().item(),
    }


def of_unequal_length(remembered: dict[str, torch.Tensor]) -> None:
    """End the replies after one to eight tokens: a random model ends none, and a mean over tokens would be one over replies."""
    drawn = remembered["labels"] != IGNORED
    kept = drawn & (drawn.cumsum(1) <= 1 + torch.arange(len(drawn))[:, None] % 8)
    for name, values in remembered.items():
        if values.shape == (int(drawn.sum()),):  # one for each token
            remembered[name] = values[kept[drawn]]
    remembered["labels"] = remembered["labels"].where(kept, IGNORED)
    remembered["input_ids"] = remembered["input_ids"].masked_fill(drawn & ~kept, PAD)


def shake(model: torch.nn.Module, by: float) -> None:
    """Move every weight."""
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(by * torch.randn(weight.shape, generator=generator))


def gradient(model: torch.nn.Module) -> torch.Tensor:
    """Of all weights, end to end."""
    return torch.cat([(torch.zeros_like(weight) if weight.grad is None else weight.grad).flatten() for weight in model.parameters()])


def trainer(model: Any, **settings: Any) -> Any:
    """What these functions of a trainer look at in it: one process, no folder, no data."""

    def alone(values: Any, **_: Any) -> Any:
        return values

    accelerator = SimpleNamespace(gather=alone, gather_for_metrics=alone, reduce=alone, num_processes=1, device=torch.device("cpu"))
    accelerator.is_main_process, accelerator.autocast = False, nullcontext
    return SimpleNamespace(
        model=model,
        accelerator=accelerator,
        args=SimpleNamespace(report_to=[], gradient_checkpointing_kwargs=None, use_bias_correction_kl=False, delta=None),
        state=SimpleNamespace(global_step=0),
        aux_loss_enabled=False,
        _metrics=defaultdict(lambda: defaultdict(list)),
        **settings,
    )


def of_dpo(made: Any, model: Any, batch: Any) -> torch.Tensor:
    """DPOTrainer's loss: preferred replies first, the others behind them."""
    reference = copy.deepcopy(made.reference)
    for each in (model, reference):
        add_fused_lm_head(each, outputs=("log_probs", "entropy", "mean_logits", "is_top1"))
    length = max(replies.input_ids.shape[1] for replies in (batch.preferred, batch.other))

    def wide(values: torch.Tensor, filled: int) -> torch.Tensor:
        return pad(values, (0, length - values.shape[1]), value=filled)

    ids = torch.cat([wide(replies.input_ids, PAD) for replies in (batch.preferred, batch.other)])
    places = torch.cat([wide(replies.places.long(), 0) for replies in (batch.preferred, batch.other)])
    settings: dict[str, Any] = {
        "ref_model": reference,
        "beta": made.objective.beta,
        "loss_types": ["sigmoid"],
        "loss_weights": [1.0],
        "label_smoothing": 0.0,
        "f_divergence_type": "reverse_kl",
        "use_weighting": False,
        "ld_alpha": None,
        "precompute_ref_logps": False,
        "_total_train_tokens": 0,
        "_tp_size": 1,
    }
    inputs = {"input_ids": ids, "attention_mask": (ids != PAD).long(), "completion_mask": places}
    loss: torch.Tensor = DPOTrainer._compute_loss(trainer(model, **settings), model, inputs, False)
    return loss


def of_policy(made: Any, model: Any, batch: Replies) -> torch.Tensor:
    """GRPOTrainer's loss; of PPO its form "bnpo", which takes an advantage for each token and a mean over all tokens."""
    add_fused_lm_head(model, outputs=("log_probs", "entropy"))
    group = made.spec.stage == "grpo"
    first = int(batch.places.long().argmax(1).min())  # it cuts all texts at one column: what stands before it is the prompt

    def in_rows(values: torch.Tensor) -> torch.Tensor:
        return torch.zeros(batch.places.shape).masked_scatter(batch.places, values)[:, first:]

    settings: dict[str, Any] = {
        "beta": made.objective.beta if group else 0.0,  # PPO pays for the distance in its advantages
        "loss_type": "grpo" if group else "bnpo",
        "importance_sampling_level": "token",
        "epsilon_low": CLIP,
        "epsilon_high": CLIP,
        "top_entropy_quantile": 1.0,
        "off_policy_mask_threshold": None,
        "use_vllm": False,
        "current_gradient_accumulation_steps": 1,
        "max_completion_length": 99,
        "_entropy_bonus_enabled": False,
    }
    stands_in, ids, read = trainer(model, **settings), batch.input_ids, (batch.input_ids != PAD).long()
    stands_in._get_per_token_logps_and_entropies = lambda *given, **named: GRPOTrainer._get_per_token_logps_and_entropies(
        stands_in, *given, **named
    )
    inputs = {
        "prompt_ids": ids[:, :first],
        "prompt_mask": read[:, :first],
        "completion_ids": ids[:, first:],
        "completion_mask": read[:, first:],
        "tool_mask": batch.places.long()[:, first:],
        "advantages": made.remembered["advantages"] if group else in_rows(made.remembered["advantages"]),
        "old_per_token_logps": in_rows(made.remembered["drawn_with"]),
        "ref_per_token_logps": in_rows(made.remembered["reference"]),
    }
    loss: torch.Tensor = GRPOTrainer._compute_loss(stands_in, model, inputs)
    return loss


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
