"""Stacked GPTs: what one pass makes of all of them, against each alone by transformers."""

from typing import Any

import pytest
import torch
from transformers import GPT2Config, GPT2ForSequenceClassification, GPT2LMHeadModel, GPTNeoXConfig, GPTNeoXForCausalLM, PreTrainedModel

from llmviz.models import stacked
from llmviz.models.stacked import Stack
from tests.checkpoints import SIZES, byte_level, llama
from tests.small import shaken

VOCABULARY, LENGTH, COUNT, ROWS = 50, 12, 3, 2
ROPE = {"rope_type": "default", "rope_theta": 10_000.0, "partial_rotary_factor": 1.0}
TINY: dict[str, Any] = {"n_positions": 64, "n_embd": 32, "n_layer": 2, "n_head": 4}
KINDS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "neox": (GPTNeoXForCausalLM, GPTNeoXConfig, SIZES | {"rope_parameters": ROPE, "use_parallel_residual": False, "hidden_act": "relu"}),
    "neox as published": (GPTNeoXForCausalLM, GPTNeoXConfig, SIZES | {"rope_parameters": ROPE | {"partial_rotary_factor": 0.5}}),
    "neox without bias": (GPTNeoXForCausalLM, GPTNeoXConfig, SIZES | {"attention_bias": False, "tie_word_embeddings": True}),
    "gpt2": (GPT2LMHeadModel, GPT2Config, TINY),
    "gpt2, scaled by layer": (GPT2LMHeadModel, GPT2Config, TINY | {"scale_attn_by_inverse_layer_idx": True, "n_inner": 48}),
    "gpt2, not scaled": (GPT2LMHeadModel, GPT2Config, TINY | {"scale_attn_weights": False, "tie_word_embeddings": False}),
}


def models(kind: str) -> list[PreTrainedModel]:
    model, config, given = KINDS[kind]
    return [shaken(model(config(vocab_size=VOCABULARY, **given)).eval(), seed) for seed in range(COUNT)]


def stack(some: list[PreTrainedModel]) -> Stack:
    each = [model.state_dict() for model in some]
    names = [name for name in each[0] if name not in some[0].all_tied_weights_keys]
    assert stacked.known(some[0])
    return Stack(some[0], {name: torch.stack([weights[name] for weights in each]) for name in names})


def texts(length: int = LENGTH) -> torch.Tensor:
    return torch.randint(VOCABULARY, (COUNT, ROWS, length), generator=torch.Generator().manual_seed(1))


@torch.no_grad()
def alone(some: list[PreTrainedModel], ids: torch.Tensor) -> torch.Tensor:
    return torch.stack([model(input_ids=rows).logits for model, rows in zip(some, ids, strict=True)])


@pytest.mark.parametrize("parts", [(12,), (5, 1, 1, 5), (1,) * 12], ids=str)
@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_together_each_says_what_it_says_alone(kind: str, parts: tuple[int, ...]) -> None:
    some = models(kind)
    one = stack(some)
    read = torch.cat([one.read(ids) for ids in texts().split(parts, dim=2)], dim=2)
    torch.testing.assert_close(read, alone(some, texts()), atol=2e-5, rtol=0)


@pytest.mark.parametrize("kind", ["neox", "gpt2"])
@torch.no_grad()
def test_it_goes_on_from_the_rows_asked_for(kind: str) -> None:
    some, ids = models(kind), texts()
    one = stack(some)
    one.read(ids[:, :, :-1])
    rows = torch.tensor([[1, 0, 1], [0, 0, 1], [1, 1, 1]])
    one.select(rows)
    chosen = ids[torch.arange(COUNT)[:, None], rows]
    torch.testing.assert_close(one.read(chosen[:, :, -1:])[:, :, 0], alone(some, chosen)[:, :, -1], atol=2e-5, rtol=0)


@torch.no_grad()
def test_past_its_context_neox_reads_on_and_gpt2_does_not() -> None:
    some, ids = models("neox as published"), texts(SIZES["max_position_embeddings"] + 9)
    torch.testing.assert_close(stack(some).read(ids), alone(some, ids), atol=5e-5, rtol=0)
    one = stack(models("gpt2"))
    one.read(texts(TINY["n_positions"] - 1))
    with pytest.raises(RuntimeError, match="exceeds"):
        one.read(texts(2))


@torch.no_grad()
def test_a_token_that_is_in_no_table_is_not_read_from_the_next_models() -> None:
    with pytest.raises(IndexError):
        stack(models("neox")).read(texts() + VOCABULARY)


def test_others_are_not_known() -> None:
    dynamic = GPTNeoXConfig(vocab_size=VOCABULARY, **SIZES, rope_parameters=ROPE | {"rope_type": "dynamic", "factor": 2.0})
    others = [
        llama(byte_level()),
        GPT2ForSequenceClassification(GPT2Config(vocab_size=VOCABULARY, **TINY)),
        GPTNeoXForCausalLM(dynamic),
    ]
    assert not any(map(stacked.known, others))
