import pytest
import torch

from llmviz.training.muon import Muon, orthogonalised

SHAPES = [(64, 64), (64, 256), (256, 64), (1, 32), (32, 1), (96, 40)]


def matrices(seed: int) -> list[torch.nn.Parameter]:
    draw = torch.Generator().manual_seed(seed)
    return [torch.nn.Parameter(torch.randn(shape, generator=draw)) for shape in (*SHAPES, *SHAPES[:3])]


def learn(optimizer: torch.optim.Optimizer, weights: list[torch.nn.Parameter], steps: int) -> None:
    """Steps along gradients that a seed decides."""
    draw = torch.Generator().manual_seed(9)
    for step in range(steps):
        for place, weight in enumerate(weights):
            scale = 10.0 ** (place % 5 - 3)  # Muon's direction does not depend on the gradient's length
            weight.grad = scale * torch.randn(weight.shape, generator=draw) if (place, step) != (1, 2) else None
        optimizer.step()


@pytest.mark.parametrize("steps", [1, 6])
@pytest.mark.parametrize(("lr", "weight_decay", "momentum"), [(0.03, 0.0, 0.95), (0.1, 0.3, 0.8)])
def test_it_moves_matrices_as_torch_does(steps: int, lr: float, weight_decay: float, momentum: float) -> None:
    """As far as torch's bfloat16 tells: eight bits, through five rounds of a steep polynomial."""
    start, ours, theirs = matrices(0), matrices(0), matrices(0)
    learn(Muon(ours, lr=lr, weight_decay=weight_decay, momentum=momentum), ours, steps)
    learn(torch.optim.Muon(theirs, lr=lr, weight_decay=weight_decay, momentum=momentum), theirs, steps)
    for began, one, other in zip(start, ours, theirs, strict=True):
        moved, expected = one - began, other - began
        assert expected.norm() > 0
        assert (moved - expected).norm() < 0.03 * expected.norm(), tuple(began.shape)


@pytest.mark.parametrize("shape", SHAPES[:4] + SHAPES[5:])
def test_all_singular_values_come_near_one(shape: tuple[int, int]) -> None:
    found = orthogonalised(torch.randn(8, *shape, generator=torch.Generator().manual_seed(3)), 5)
    assert found.shape == (8, *shape)
    values = torch.linalg.svdvals(found)
    # A square random matrix has a few values so near zero that five rounds do not raise them.
    low = values.quantile(0.1) if shape[0] == shape[1] else values.min()
    assert low > 0.5 and values.max() < 1.3


def test_its_direction_is_that_of_the_nearest_orthogonal_matrix() -> None:
    given = torch.randn(3, 20, 50, generator=torch.Generator().manual_seed(4))
    left, _, right = torch.linalg.svd(given, full_matrices=False)
    exact = left @ right
    found = orthogonalised(given, 5)
    assert torch.cosine_similarity(found.flatten(1), exact.flatten(1)).min() > 0.97


def test_matrices_go_through_together_as_they_would_alone() -> None:
    given = torch.randn(5, 12, 30, generator=torch.Generator().manual_seed(5))
    alone = torch.cat([orthogonalised(matrix[None], 5) for matrix in given])
    torch.testing.assert_close(orthogonalised(given, 5), alone, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(orthogonalised(given.mT, 5), alone.mT, rtol=1e-4, atol=1e-5)


def test_no_gradient_no_direction() -> None:
    assert torch.equal(orthogonalised(torch.zeros(2, 4, 6), 5), torch.zeros(2, 4, 6))
    weight = torch.nn.Parameter(torch.ones(4, 6))
    Muon([weight], lr=0.1, weight_decay=0.5, momentum=0.9).step()
    assert torch.equal(weight, torch.ones(4, 6))  # not even decay: nothing was learnt


@pytest.mark.parametrize("shape", [(), (5,), (2, 3, 4)])
def test_only_matrices_are_taken(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="matrices only"):
        Muon([torch.nn.Parameter(torch.zeros(shape))], lr=0.1, weight_decay=0.0, momentum=0.9)
