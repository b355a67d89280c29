"""The filters against transformers' own, and the draw against the chances it is made from."""

import pytest
import torch
from transformers import (
    LogitsProcessorList,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from llmviz.inspect import sampling

VOCABULARY = 50


@pytest.fixture
def logits() -> torch.Tensor:
    return torch.randn(7, VOCABULARY, generator=torch.Generator().manual_seed(1)) * 3


@pytest.fixture
def read() -> torch.Tensor:
    return torch.randint(VOCABULARY, (7, 12), generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("penalty", [0.5, 1.0, 1.3, 5.0])
@pytest.mark.parametrize("temperature", [0.1, 1.0, 100.0])
@pytest.mark.parametrize("top_k", [1, 5, VOCABULARY])
@pytest.mark.parametrize("top_p", [0.0, 0.3, 0.9, 1.0])
def test_all_filters_are_those_of_transformers(
    penalty: float, temperature: float, top_k: int, top_p: float, logits: torch.Tensor, read: torch.Tensor
) -> None:
    theirs = LogitsProcessorList(
        [
            RepetitionPenaltyLogitsProcessor(penalty),
            TemperatureLogitsWarper(temperature),
            TopKLogitsWarper(top_k),
            *([TopPLogitsWarper(top_p)] if top_p < 1 else []),
        ]
    )(read, logits.clone())  # type: ignore[arg-type]
    *_, ours = sampling.filtered(logits, read, penalty, temperature, top_k, top_p)
    assert torch.equal(ours.isinf(), theirs.isinf())
    torch.testing.assert_close(ours, theirs)


def test_every_step_on_the_way_is_told(logits: torch.Tensor, read: torch.Tensor) -> None:
    steps = list(sampling.filtered(logits, read, 1.2, 0.7, 10, 0.8))
    assert torch.equal(steps[0], logits)
    assert [int(step.isfinite().sum(-1).max()) for step in steps[:4]] == [VOCABULARY, VOCABULARY, VOCABULARY, 10]
    assert (steps[4].isfinite().sum(-1) >= 1).all() and (steps[4].isfinite() <= steps[3].isfinite()).all()


def test_nothing_set_changes_nothing(logits: torch.Tensor, read: torch.Tensor) -> None:
    for step in sampling.filtered(logits, read, 1.0, 1.0, 0, 1.0):
        assert torch.equal(step, logits)


def heated(logits: torch.Tensor, temperature: float) -> torch.Tensor:
    return list(sampling.filtered(logits, torch.zeros(len(logits), 0, dtype=torch.long), 1.0, temperature, 0, 1.0))[2]


@pytest.mark.parametrize("temperature", [0.0, 1e-300, 1e-9])
def test_without_heat_only_the_likeliest_is_left(temperature: float, logits: torch.Tensor) -> None:
    logits[0, :] = 1.0  # a tie is decided, too
    left = heated(logits, temperature).softmax(-1)
    assert torch.equal(left.argmax(-1), logits.argmax(-1)) and torch.equal(left.max(-1).values, torch.ones(7))


def test_at_a_hundred_degrees_all_are_nearly_alike(logits: torch.Tensor) -> None:
    chances = heated(logits, 100.0).softmax(-1)
    assert (chances.max(-1).values < 1.3 * chances.min(-1).values).all()


@pytest.mark.parametrize("count", [0, VOCABULARY, VOCABULARY + 1, 100_000])
def test_top_k_of_all_keeps_all(count: int, logits: torch.Tensor) -> None:
    *_, left = sampling.filtered(logits, torch.zeros(len(logits), 0, dtype=torch.long), 1.0, 1.0, count, 1.0)
    assert torch.equal(left, logits)


def test_a_draw_falls_on_each_token_as_often_as_it_is_probable() -> None:
    chances = torch.tensor([0.05, 0.5, 0.0, 0.3, 0.15])
    found = [sampling.drawn(chances, draw)[0].item() for draw in torch.linspace(0, 0.9999, 2_000).tolist()]
    assert [round(found.count(token) / 2_000, 2) for token in range(5)] == pytest.approx(chances.tolist(), abs=0.01)


def test_a_draw_falls_on_the_part_that_is_told() -> None:
    chances = torch.rand(3, 20, generator=torch.Generator().manual_seed(4)).softmax(-1)
    for draw in (0.0, 0.2, 0.77, 0.999999):
        tokens, starts = sampling.drawn(chances, draw)
        first, own = starts.gather(1, tokens[:, None]), chances.gather(1, tokens[:, None])
        assert (first <= draw + 1e-6).all() and (draw <= first + own + 1e-6).all()


def test_what_is_filtered_away_is_never_drawn() -> None:
    chances = torch.tensor([0.0, 0.0, 0.2, 0.0])  # sums to less than 1, as after rounding
    assert [sampling.drawn(chances, draw)[0].item() for draw in (0.0, 0.5, 0.9999999)] == [2, 2, 2]


def test_the_same_seed_gives_the_same_numbers_and_disturbs_no_others() -> None:
    before = torch.get_rng_state()
    assert sampling.draws(3, 5) == sampling.draws(3, 9)[:5] != sampling.draws(4, 5)
    assert torch.equal(torch.get_rng_state(), before)
