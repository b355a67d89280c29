import pytest
import torch
from transformers import PreTrainedModel

from llmviz.core.settings import TRAINABLE, ModelSpec
from llmviz.models.fast import masked_logits, masked_states
from llmviz.models.masked import moved, parameters, random_start
from llmviz.text.masks import IGNORED
from llmviz.text.special import MASK, PAD
from llmviz.text.tinyland.corpus import words
from tests.small import digest, shaken

VOCABULARY = 5 + len(words())
CONTEXT = 24
ARCHITECTURES = pytest.mark.parametrize("architecture", ["roformer", "bert"])


def model_of(architecture: str, seed: int = 0) -> PreTrainedModel:
    return random_start(ModelSpec(architecture), VOCABULARY, CONTEXT, seed)


def batch() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, attention mask and labels of four texts, two of them padded."""
    draw = torch.Generator().manual_seed(1)
    ids = torch.randint(5, VOCABULARY, (4, CONTEXT), generator=draw)
    ids[1, 20:], ids[3, 9:] = PAD, PAD
    targets = (torch.rand(ids.shape, generator=draw) < 0.3) & (ids != PAD)
    labels = torch.where(targets, ids, IGNORED)
    return torch.where(targets, MASK, ids), (ids != PAD).long(), labels


@ARCHITECTURES
@pytest.mark.parametrize("size", TRAINABLE)
def test_a_size_is_named_after_its_parameters(architecture: str, size: str) -> None:
    found = parameters(random_start(ModelSpec(architecture, size), VOCABULARY, 64, 0))
    named = float(size.removesuffix("M")) * 1e6
    assert named <= found < 1.35 * named


@ARCHITECTURES
def test_tied_weights_count_once(architecture: str) -> None:
    model = model_of(architecture)
    embeddings, output = model.get_input_embeddings(), model.get_output_embeddings()
    assert embeddings.weight is output.weight
    assert parameters(model) == sum(weight.numel() for weight in {id(w): w for w in model.parameters() if w.requires_grad}.values())


@ARCHITECTURES
def test_the_seed_decides_the_start_and_nothing_outside_is_drawn(architecture: str) -> None:
    torch.manual_seed(7)
    before = torch.get_rng_state()
    first = digest(model_of(architecture, seed=3))
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(8)
    assert digest(model_of(architecture, seed=3)) == first
    assert digest(model_of(architecture, seed=4)) != first


@ARCHITECTURES
def test_output_at_the_targets_is_the_full_computation(architecture: str) -> None:
    """Same loss, same gradients as transformers' own, which computes every logit and ignores most."""
    ids, attention, labels = batch()
    ours, theirs = shaken(model_of(architecture), seed=2), shaken(model_of(architecture), seed=2)
    targets = labels != IGNORED
    logits = masked_logits(ours, ids, attention, targets)
    full = theirs(input_ids=ids, attention_mask=attention, labels=labels)
    assert logits.shape == (int(targets.sum()), VOCABULARY)
    torch.testing.assert_close(logits, full.logits[targets], rtol=1e-5, atol=1e-5)
    loss = torch.nn.functional.cross_entropy(logits, labels[targets])
    assert loss.item() == pytest.approx(full.loss.item(), rel=1e-6)
    loss.backward()
    full.loss.backward()
    gradients = dict(theirs.named_parameters())
    for name, weight in ours.named_parameters():
        expected = gradients[name].grad
        assert (weight.grad is None) == (expected is None), name
        if weight.grad is not None and expected is not None:
            torch.testing.assert_close(weight.grad, expected, rtol=1e-4, atol=1e-6, msg=name)


@ARCHITECTURES
def test_padding_changes_nothing(architecture: str) -> None:
    ids, attention, _ = batch()
    model = model_of(architecture)
    third = torch.zeros_like(ids, dtype=torch.bool)
    third[3, :9] = True
    alone = masked_states(model, ids[3:, :9], attention[3:, :9], third[3:, :9])
    torch.testing.assert_close(masked_states(model, ids, attention, third), alone, rtol=1e-4, atol=1e-5)


@ARCHITECTURES
def test_states_are_those_of_transformers_in_both_parts_of_a_pair(architecture: str) -> None:
    ids, attention, _ = batch()
    model, types = shaken(model_of(architecture), seed=2), (torch.arange(CONTEXT) > 6).long().expand_as(ids)
    with torch.no_grad():
        theirs = model.base_model(input_ids=ids, attention_mask=attention, token_type_ids=types).last_hidden_state
        places = attention.bool()
        torch.testing.assert_close(masked_states(model, ids, attention, places, types), theirs[places], rtol=1e-4, atol=1e-5)
        assert (masked_states(model, ids, attention, places) - theirs[places]).abs().max() > 1e-3


@ARCHITECTURES
def test_where_nothing_is_asked_nothing_is_found(architecture: str) -> None:
    ids, attention, _ = batch()
    assert masked_states(model_of(architecture), ids, attention, torch.zeros_like(ids, dtype=torch.bool)).shape == (0, 64)


@ARCHITECTURES
def test_a_word_is_guessed_from_both_sides(architecture: str) -> None:
    """Another last word, another expectation at the first place; and the order of the words matters."""
    ids, attention, _ = batch()
    ids, attention = ids[:1], attention[:1]
    model, first = model_of(architecture), torch.zeros_like(ids, dtype=torch.bool)
    first[0, 0] = True
    before = masked_logits(model, ids, attention, first)
    changed, swapped = ids.clone(), ids.clone()
    changed[0, -1] = 5 + (changed[0, -1] - 4) % (VOCABULARY - 5)
    swapped[0, [5, 15]] = swapped[0, [15, 5]]
    for other in (changed, swapped):
        assert (masked_logits(model, other, attention, first) - before).abs().max() > 1e-4


def test_a_device_that_is_not_there_is_a_sentence() -> None:
    model = model_of("roformer")
    assert moved(model, "cpu") is model
    missing = [name for name, there in {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}.items() if not there]
    for name in missing:
        with pytest.raises(ValueError, match=f"Device: this machine has no {name}"):
            moved(model, name)
