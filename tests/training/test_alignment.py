"""Replies as what a policy did: their layout, their log-probabilities, the estimate of how far it has moved."""

import math

import pytest
import torch

from llmviz.core.experiment import GPTS
from llmviz.core.settings import ModelSpec
from llmviz.core.spec import RunSpec
from llmviz.experiments.building import build
from llmviz.text.masks import IGNORED
from llmviz.text.special import CLS, PAD, SEP
from llmviz.training import alignment
from llmviz.training.alignment import Replies, k3
from tests.small import shaken

CPU = torch.device("cpu")
REPLIES = Replies.of([[7, 8], [9]], [[10, SEP], [11, 12, 13]], CPU)


def test_requests_are_read_and_replies_are_asked_for_end_to_end() -> None:
    assert REPLIES.input_ids.tolist() == [[CLS, 7, 8, 10, SEP], [CLS, 9, 11, 12, 13]]
    assert REPLIES.labels.tolist() == [[IGNORED] * 3 + [10, SEP], [IGNORED] * 2 + [11, 12, 13]]
    assert alignment.targets(REPLIES).tolist() == [10, SEP, 11, 12, 13]
    assert REPLIES.text.tolist() == [0, 0, 1, 1, 1] and REPLIES.last.tolist() == [1, 4]
    assert REPLIES.sums(torch.tensor([1.0, 2, 3, 4, 5])).tolist() == [3, 12]
    assert REPLIES.whole == [[7, 8, 10], [9, 11, 12, 13]] and REPLIES.tokens == 10


def test_a_reply_without_a_token_sums_to_nothing() -> None:
    empty = Replies.of([[7], [8]], [[], [9]], CPU)
    assert empty.sums(torch.tensor([2.0])).tolist() == [0, 2]


@pytest.mark.parametrize("architecture", GPTS)
@pytest.mark.parametrize("left", [False, True])
def test_padding_on_either_side_changes_no_log_probability(architecture: str, left: bool) -> None:
    model = shaken(build(RunSpec("clm", model=ModelSpec(architecture)), None).model.eval(), seed=2)
    requests, replies = [[7, 8, 9], [20], [30, 31]], [[10, SEP], [11, 12, 13, 14, SEP], [15, SEP]]
    together = Replies.of(requests, replies, CPU)
    assert (together.input_ids == PAD).any()
    if left:
        shifts = (together.input_ids == PAD).sum(1).tolist()
        together = Replies(*(torch.stack([*map(torch.roll, rows, shifts)]) for rows in (together.input_ids, together.labels)))
    with torch.no_grad():
        alone = [alignment.log_probabilities(model, Replies.of([one], [other], CPU)) for one, other in zip(requests, replies, strict=True)]
        found = alignment.log_probabilities(model, together)
    assert torch.allclose(found, torch.cat(alone), atol=1e-5)


def test_k3_is_nothing_between_equals_and_never_negative() -> None:
    random = torch.Generator().manual_seed(0)
    one, other = torch.randn(2, 1_000, generator=random) * 3
    assert k3(one, one).tolist() == [0.0] * 1_000 and (k3(one, other) >= 0).all() and k3(one, other).max() > 1


def test_k3_is_on_average_the_divergence() -> None:
    policy, reference = torch.randn(2, 50, generator=torch.Generator().manual_seed(1)).double().log_softmax(-1)
    exact = (policy.exp() * (policy - reference)).sum().item()
    assert (policy.exp() * k3(policy, reference)).sum().item() == pytest.approx(exact) and exact > 0.1
    assert k3(torch.tensor(math.log(0.5)), torch.tensor(math.log(0.25))).item() == pytest.approx(0.5 - 1 + math.log(2))
