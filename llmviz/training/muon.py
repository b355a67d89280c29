"""Muon: step each weight matrix along its orthogonalised momentum (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/).

The same update as `torch.optim.Muon`, which takes one matrix after the other in bfloat16. A tiny transformer has many matrices of the
same few shapes, so here those of one shape go through the iteration together: a third of the time, and in float32 on every processor.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch.optim import Optimizer

COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # of the quintic iteration, chosen by its authors for a steep slope at zero


def orthogonalised(matrices: torch.Tensor, iterations: int) -> torch.Tensor:
    """The nearest matrices with all singular values near 1, roughly (0.7 … 1.2): (count, rows, columns) in and out."""
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if tall else matrices
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp(min=1e-7)  # the spectral norm is now at most 1
    x = _iterated(x, iterations) if x.shape[2] < 2 * x.shape[1] else _multiplied(x, iterations)
    return x.mT if tall else x


def _iterated(x: torch.Tensor, iterations: int) -> torch.Tensor:
    """Each time x becomes (a + b·xxᵀ + c·(xxᵀ)²)·x."""
    a, b, c = COEFFICIENTS
    for _ in range(iterations):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x


def _multiplied(x: torch.Tensor, iterations: int) -> torch.Tensor:
    """The same for wide matrices, in two thirds of the time: only the factors are multiplied, which are small, and x at the end."""
    gram = x @ x.mT
    factor = factors = _factor(gram)
    for _ in range(iterations - 1):
        gram = factor @ gram @ factor
        factor = _factor(gram)
        factors = factor @ factors
    return factors @ x


def _factor(gram: torch.Tensor) -> torch.Tensor:
    a, b, c = COEFFICIENTS
    factor = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
    factor.diagonal(dim1=1, dim2=2).add_(a)
    return factor


class Muon(Optimizer):
    """Nesterov momentum, orthogonalised, with decoupled weight decay, for matrices only.

    A matrix of A rows and B columns moves by lr · √max(1, A/B) times its orthogonal direction. Raises ValueError for other shapes.
    """

    def __init__(
        self,
        matrices: Iterable[torch.nn.Parameter],
        lr: float,
        weight_decay: float,
        momentum: float,
        iterations: int = 5,
    ) -> None:
        super().__init__(matrices, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum, "iterations": iterations})
        for group in self.param_groups:
            if any(matrix.ndim != 2 for matrix in group["params"]):
                raise ValueError("Muon moves matrices only")

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:  # type: ignore[override] # no closure is ever given
        """Move every matrix that has a gradient."""
        for group in self.param_groups:
            shapes: dict[torch.Size, list[torch.Tensor]] = defaultdict(list)
            for matrix in group["params"]:
                if matrix.grad is not None:
                    shapes[matrix.shape].append(matrix)
            for shape, matrices in shapes.items():
                self._move(matrices, group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5, group)

    def _move(self, matrices: list[torch.Tensor], length: float, group: dict[str, Any]) -> None:
        for matrix in matrices:
            if "momentum" not in self.state[matrix]:
                self.state[matrix]["momentum"] = torch.zeros_like(matrix)
        averages = [self.state[matrix]["momentum"] for matrix in matrices]
        gradients = [matrix.grad for matrix in matrices if matrix.grad is not None]
        torch._foreach_lerp_(averages, gradients, 1 - group["momentum"])
        ahead = torch._foreach_lerp(gradients, averages, group["momentum"])  # Nesterov: look where momentum leads
        directions = orthogonalised(torch.stack(ahead), group["iterations"])
        torch._foreach_mul_(matrices, 1 - group["lr"] * group["weight_decay"])
        torch._foreach_add_(matrices, list(directions.unbind()), alpha=-length)
