import copy

import pytest
import torch
from transformers import PreTrainedModel

from llmviz.core.settings import TRAINABLE, ModelSpec
from llmviz.models.blocks import blocks
from llmviz.models.causal import random_start
from llmviz.models.fast import causal_logits
from llmviz.models.masked import parameters
from llmviz.text.masks import IGNORED
from llmviz.text.special import CLS, FIRST, PAD, SEP
from tests.small import digest, shaken

VOCABULARY = 60
ARCHITECTURES = pytest.mark.parametrize("architecture", ["neox", "gpt2"])


def model_of(architecture: str) -> PreTrainedModel:
    model = shaken(random_start(ModelSpec(architecture), VOCABULARY, 24, seed=3), seed=4)
    model.eval()
    return model


def texts(count: int = 3, length: int = 20) -> torch.Tensor:
    ids = torch.randint(FIRST, VOCABULARY, (count, length), generator=torch.Generator().manual_seed(5))
    ids[:, 0], ids[:, -1] = CLS, SEP
    return ids


def all_logits(model: PreTrainedModel, ids: torch.Tensor) -> torch.Tensor:
    """Of every token but the first: (batch, n - 1, vocabulary)."""
    before = ids[:, :-1]
    with torch.no_grad():
        return causal_logits(model, before, torch.ones_like(before, dtype=torch.bool)).view(*before.shape, -1)


@ARCHITECTURES
@pytest.mark.parametrize("size", TRAINABLE)
def test_the_same_seed_gives_the_same_weights(architecture: str, size: str) -> None:
    def start(seed: int) -> str:
        return digest(random_start(ModelSpec(architecture, size), VOCABULARY, 24, seed))

    torch.manual_seed(1)
    first = start(seed=0)
    torch.manual_seed(2)
    assert start(seed=0) == first != start(seed=1)


def test_building_draws_nothing_from_the_global_generator() -> None:
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    random_start(ModelSpec("neox"), VOCABULARY, 24, seed=0)
    assert torch.equal(torch.rand(1), expected)


@ARCHITECTURES
@pytest.mark.parametrize(("size", "least", "most"), [("0.1M", 80_000, 150_000), ("0.3M", 280_000, 400_000), ("1M", 900_000, 1_100_000)])
def test_sizes_are_what_they_are_called(architecture: str, size: str, least: int, most: int) -> None:
    assert least < parameters(random_start(ModelSpec(architecture, size), 335, 64, seed=0)) < most


@ARCHITECTURES
def test_it_cannot_see_the_future(architecture: str) -> None:
    """Another token changes what is expected after it and nothing before."""
    model, ids = model_of(architecture), texts()
    before = all_logits(model, ids)
    for place in (1, 7, ids.shape[1] - 2):
        changed = ids.clone()
        changed[:, place] = FIRST + (changed[:, place] - FIRST + 1) % (VOCABULARY - FIRST)
        after = all_logits(model, changed)
        assert torch.equal(after[:, :place], before[:, :place])  # row i speaks of token i + 1, so the token itself is not seen either
        assert ((after[:, place:] - before[:, place:]).abs().amax(-1) > 1e-6).all()


@ARCHITECTURES
def test_padding_changes_nothing(architecture: str) -> None:
    model, ids = model_of(architecture), texts()
    longer = torch.nn.functional.pad(ids, (0, 4), value=PAD)
    torch.testing.assert_close(all_logits(model, longer)[:, : ids.shape[1] - 1], all_logits(model, ids), rtol=1e-5, atol=1e-6)


@ARCHITECTURES
def test_the_order_of_the_words_matters(architecture: str) -> None:
    model, ids = model_of(architecture), texts(1)
    swapped = ids.clone()
    swapped[0, [3, 9]] = swapped[0, [9, 3]]
    assert (all_logits(model, ids)[0, -1] - all_logits(model, swapped)[0, -1]).abs().max() > 1e-4


@ARCHITECTURES
def test_logits_are_those_of_transformers_where_they_are_asked_for(architecture: str) -> None:
    model, ids = model_of(architecture), texts()
    places = torch.zeros_like(ids, dtype=torch.bool)
    places[0, 3] = places[0, 18] = places[2, 0] = True
    with torch.no_grad():
        whole = model(input_ids=ids).logits  # (batch, n, vocabulary): at place i, of the token at i + 1
        eager = copy.deepcopy(model)
        eager.set_attn_implementation("eager")
        for source in (whole, eager(input_ids=ids).logits):
            expected = torch.stack([source[0, 3], source[0, 18], source[2, 0]])
            torch.testing.assert_close(causal_logits(model, ids, places), expected, rtol=1e-4, atol=1e-5)


@ARCHITECTURES
def test_gradients_are_those_of_transformers(architecture: str) -> None:
    ours, theirs, ids = model_of(architecture), model_of(architecture), texts()
    ids[1, 12:] = PAD
    targets = ids != PAD
    targets[:, 0] = False
    torch.nn.functional.cross_entropy(causal_logits(ours, ids[:, :-1], targets[:, 1:]), ids[targets]).backward()
    theirs(input_ids=ids, attention_mask=(ids != PAD).long(), labels=torch.where(targets, ids, IGNORED)).loss.backward()
    gradients = dict(theirs.named_parameters())
    for name, weight in ours.named_parameters():
        torch.testing.assert_close(weight.grad, gradients[name].grad, rtol=1e-4, atol=1e-6, msg=name)


def test_a_parent_with_parallel_residuals_is_read_as_transformers_reads_it() -> None:
    model, ids = model_of("neox"), texts()
    for layer in blocks(model):
        layer.use_parallel_residual = True  # type: ignore[assignment] # a module takes any attribute
    with torch.no_grad():
        torch.testing.assert_close(all_logits(model, ids), model(input_ids=ids).logits[:, :-1], rtol=1e-4, atol=1e-5)


@ARCHITECTURES
def test_embedding_and_head_are_one_matrix(architecture: str) -> None:
    model = random_start(ModelSpec(architecture), VOCABULARY, 24, seed=0)
    assert model.get_input_embeddings().weight is model.get_output_embeddings().weight
    assert (model.config.pad_token_id, model.config.bos_token_id, model.config.eos_token_id) == (PAD, CLS, SEP)
