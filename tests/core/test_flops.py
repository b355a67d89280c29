"""The FLOPs on paper beside those that torch counts while the real tiny models learn."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import PreTrainedModel

from llmviz.core import costs, flops
from llmviz.core.experiment import GPTS
from llmviz.core.settings import METHODS, SIZES, ModelSpec
from llmviz.core.spec import preset
from llmviz.experiments.building import build
from llmviz.experiments.text_to_text.stage import TextToText
from llmviz.models import causal, masked, methods, t5, transfer
from llmviz.text.special import PAD

VOCABULARY, CLASSES, TEXTS = 400, ("a", "b", "c"), 4
ARCHITECTURES = ("roformer", "bert", "neox", "gpt2")


def language_model(model: ModelSpec, length: int) -> PreTrainedModel:
    start = causal.random_start if model.architecture in GPTS else masked.random_start
    return start(model, VOCABULARY, length, 0)


def counted(model: PreTrainedModel, length: int) -> tuple[int, int]:
    """FLOPs of a forward pass over all of some texts, and of the backward pass from the sum of its logits."""
    model.config._attn_implementation = "eager"  # torch's counter knows no fused attention on a processor
    ids = torch.randint(5, VOCABULARY, (TEXTS, length), generator=torch.Generator().manual_seed(0))
    with FlopCounterMode(display=False) as forward:
        logits: Any = model(input_ids=ids).logits
    with FlopCounterMode(display=False) as backward:
        logits.sum().backward()
    return forward.get_total_flops(), backward.get_total_flops()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("size", "length", "rank"), [("0.1M", 12, 8), ("0.3M", 64, 2)])
def test_a_classifier_costs_what_torch_counts(architecture: str, method: str, size: str, length: int, rank: int) -> None:
    spec = ModelSpec(architecture, size)
    head = SIZES[size].width * len(CLASSES)
    model = methods.prepared(transfer.classifier(language_model(spec, length), CLASSES), method, rank, 0)
    paper = flops.token(spec, length, head, method, rank)
    forward, backward = counted(model, length)
    assert TEXTS * length * paper.forward == pytest.approx(forward, rel=0.02)
    assert TEXTS * length * (paper.activations + paper.weights) == pytest.approx(backward, rel=0.02)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_language_model_costs_what_torch_counts(architecture: str) -> None:
    spec = ModelSpec(architecture)
    paper = flops.token(spec, 16, flops.language_head(spec, VOCABULARY))
    forward, backward = counted(language_model(spec, 16), 16)
    assert TEXTS * 16 * paper.step == pytest.approx(forward + backward, rel=0.02)


@pytest.mark.parametrize(("size", "read", "written"), [("0.1M", 12, 5), ("0.3M", 48, 16)])
def test_a_t5_costs_what_torch_counts(size: str, read: int, written: int) -> None:
    spec = ModelSpec("t5", size)
    model = t5.random_start(spec, VOCABULARY, 64, 0)
    given, target = (
        torch.randint(5, VOCABULARY, (TEXTS, length), generator=torch.Generator().manual_seed(0)) for length in (read, written)
    )
    model.config._attn_implementation = "eager"
    with FlopCounterMode(display=False) as forward:
        logits: Any = model(input_ids=given, decoder_input_ids=target).logits
    with FlopCounterMode(display=False) as backward:
        logits.sum().backward()
    paper = flops.text(spec, read, written, VOCABULARY)
    assert TEXTS * paper.forward == pytest.approx(forward.get_total_flops(), rel=0.02)
    assert TEXTS * (paper.activations + paper.weights) == pytest.approx(backward.get_total_flops(), rel=0.02)


def test_a_batch_of_text_to_text_costs_what_torch_counts() -> None:
    """Every text of a batch alone, as padding is not counted; how much of its tokens is written, the experiment's facts tell."""
    spec = preset("text2text", parent="none")
    spec = replace(spec, train=replace(spec.train, steps=1), objective=replace(spec.objective, labels=16))
    stage = build(spec, None)
    assert isinstance(stage, TextToText)
    batch = stage.batch(1)
    stage.model.config._attn_implementation = "eager"
    with FlopCounterMode(display=False) as counter:
        for given, target in zip(batch.input_ids, batch.target, strict=True):
            logits: Any = stage.model(input_ids=given[given != PAD][None], decoder_input_ids=target[target != PAD][None]).logits
            logits.sum().backward()
    found = counter.get_total_flops()
    vocabulary = stage.tokenizer.get_vocab_size()
    assert costs.training_flops(spec, batch.tokens, {}, vocabulary) == pytest.approx(found, rel=0.03)


def test_it_is_six_flops_a_parameter_where_texts_are_short() -> None:
    width, layers = SIZES["1M"].width, SIZES["1M"].layers
    paper = flops.token(ModelSpec("bert", "1M"), 0, 0)
    assert paper.step == 6 * 12 * layers * width**2 and paper.forward * 3 == paper.step


def test_what_trains_less_costs_less_but_lora_saves_no_forward_pass() -> None:
    found = {method: flops.token(ModelSpec(), 12, 128, method, 8) for method in METHODS}
    assert found["head"].step < found["last layer"].step < found["lora"].step < found["full"].step
    assert found["head"].forward == found["last layer"].forward == found["full"].forward < found["lora"].forward


def test_what_cannot_be_counted_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="FLOPs are counted for roformer, bert, neox, gpt2, not for t5"):
        flops.token(ModelSpec("t5"), 12, 0)
    with pytest.raises(ValueError, match="there is no method adapter"):
        flops.token(ModelSpec(), 12, 0, "adapter")
