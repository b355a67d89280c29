"""Many texts gone on with at once: as transformers itself does, whatever stands beside them."""

import pytest
import torch
from transformers import PreTrainedModel

from llmviz.core.settings import ModelSpec
from llmviz.models import causal
from llmviz.models.writing import NEVER, write
from llmviz.text.special import CLS, FIRST, PAD, SEP
from tests.small import shaken

VOCABULARY, CONTEXT = 40, 24
BEGINNINGS = ([7, 9, 11, 13, 15], [21], [30, 8, 8], [12, 33, 17, 6, 25, 39, 10])


@pytest.fixture(scope="module", params=["neox", "gpt2"])
def model(request: pytest.FixtureRequest) -> PreTrainedModel:
    """One that ends some of its texts early, some late."""
    made: PreTrainedModel = shaken(causal.random_start(ModelSpec(request.param), VOCABULARY, CONTEXT, seed=1), seed=2).eval()
    return made


def by_transformers(model: PreTrainedModel, beginning: list[int], tokens: int) -> list[int]:
    """The likeliest continuation by `generate`, its end left out."""
    ids = torch.tensor([[CLS, *beginning]])
    written = model.generate(  # type: ignore[operator] # its type is not told
        input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=tokens, suppress_tokens=NEVER
    )
    return [id for id in written[0, ids.shape[1] :].tolist() if id >= FIRST]


def test_greedily_it_writes_what_transformers_generates_one_by_one(model: PreTrainedModel) -> None:
    together = write(model, BEGINNINGS, 10).replies()
    assert together == [by_transformers(model, beginning, 10) for beginning in BEGINNINGS]
    assert together == [write(model, [beginning], 10).replies()[0] for beginning in BEGINNINGS]
    assert len({tuple(each) for each in together}) > 1


def test_padding_on_either_side_gives_the_same_log_probabilities(model: PreTrainedModel) -> None:
    beginning = [CLS, *BEGINNINGS[0]]
    alone = torch.tensor([beginning])
    before, behind = torch.tensor([[PAD] * 6 + beginning]), torch.tensor([beginning + [PAD] * 6])
    with torch.no_grad():
        plain = model(input_ids=alone).logits.log_softmax(-1)
        places = ((before != PAD).long().cumsum(1) - 1).clamp(min=0)
        left = model(input_ids=before, attention_mask=(before != PAD).long(), position_ids=places).logits[:, 6:].log_softmax(-1)
        right = model(input_ids=behind, attention_mask=(behind != PAD).long()).logits[:, : len(beginning)].log_softmax(-1)
    assert torch.allclose(left, plain, atol=1e-5) and torch.allclose(right, plain, atol=1e-5)


def test_the_same_generator_draws_the_same_texts_and_another_does_not(model: PreTrainedModel) -> None:
    first, again, other = (write(model, BEGINNINGS, 12, torch.Generator().manual_seed(seed)).replies() for seed in (5, 5, 6))
    assert first == again != other


def test_a_drawn_text_follows_the_probabilities(model: PreTrainedModel) -> None:
    many = write(model, [BEGINNINGS[0]] * 4_000, 1, torch.Generator().manual_seed(0)).ids[:, 0]
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([[CLS, *BEGINNINGS[0]]])).logits[0, -1]
    logits[NEVER] = -torch.inf
    shares = torch.bincount(many, minlength=VOCABULARY) / len(many)
    assert (shares - logits.softmax(-1)).abs().max() < 0.03
    assert not shares[NEVER].any()
    cold = write(model, [BEGINNINGS[0]] * 50, 1, torch.Generator().manual_seed(0), temperature=1e-4).ids[:, 0]
    assert set(cold.tolist()) == {int(logits.argmax())}


def test_room_is_kept_and_a_beginning_without_room_is_refused(model: PreTrainedModel) -> None:
    long = [6 + place % 30 for place in range(CONTEXT - 3)]
    written = write(model, [long, [7]], 50)
    assert written.ids.shape[1] <= 3
    assert write(model, [[7] * (CONTEXT - 1)], 50).ids.shape[1] == 1  # the last token written need not be read
    with pytest.raises(ValueError, match=f"has {CONTEXT} tokens; this model reads {CONTEXT - 1}"):
        write(model, [[7] * CONTEXT], 50)


def test_behind_an_end_there_is_padding_alone(model: PreTrainedModel) -> None:
    beginnings = [[first, second] for first in range(6, 36) for second in (9, 22)]
    written = write(model, beginnings, CONTEXT, torch.Generator().manual_seed(0), temperature=2.0)
    assert written.ended.any()
    for row, ended in zip(written.ids.tolist(), written.ended.tolist(), strict=True):
        assert ended == (SEP in row)
        if ended:
            assert not any(row[row.index(SEP) + 1 :])


def test_it_leaves_the_model_as_it_was(model: PreTrainedModel) -> None:
    for training in (True, False):
        model.train(training)
        write(model, [[7]], 2)
        assert model.training is training
