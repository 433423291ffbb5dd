"""Muon: momentum whose update of each weight matrix is made orthogonal.

Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024). In few steps, all there are on a
desktop computer, it learns more than Adam. torch's own takes matrices only; a convolution is the matrix of its output
channels by all else, and parameters that are no such matrix (biases, depthwise kernels, thin first and last layers)
are stepped by Adam here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

_SMALLEST = 16


def orthogonalise(matrix: Tensor, steps: int = 5) -> Tensor:
    """About U Vᵀ of a matrix's U S Vᵀ, by a quintic Newton-Schulz iteration; singular values end in 0.7 to 1.2.

    Args:
        matrix: (..., rows, columns): one matrix or many.
    """
    x: Tensor = matrix.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        square = x @ x.mT
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    done: Tensor = (x.mT if tall else x).to(matrix.dtype)
    return done


class Muon(Optimizer):
    """Muon for hidden convolutions and matrices, Adam for the rest.

    Args:
        parameters: of one network.
        rate: learning rate of the matrices: about the relative size of a step.
        small_rate: learning rate of the rest.
        momentum: of the matrices.
        betas: Adam's.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        rate: float = 0.02,
        small_rate: float = 1.5e-3,
        momentum: float = 0.95,
        betas: tuple[float, float] = (0.9, 0.99),
    ) -> None:
        matrices: list[nn.Parameter] = []
        rest: list[nn.Parameter] = []
        for p in parameters:
            hidden = p.ndim >= 2 and p.shape[0] >= _SMALLEST and p[0].numel() >= _SMALLEST * p[0, 0].numel()
            (matrices if hidden else rest).append(p)
        groups = [
            {"params": matrices, "lr": rate, "orthogonal": True},
            {"params": rest, "lr": small_rate, "orthogonal": False},
        ]
        super().__init__([g for g in groups if g["params"]], {"momentum": momentum, "betas": betas})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step along the gradients there are."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            moved = [(p, p.grad) for p in group["params"] if p.grad is not None]
            if group["orthogonal"]:
                self._matrix_step(moved, group)
            else:
                for p, gradient in moved:
                    self._adam_step(p, gradient, group)
        return loss

    def _matrix_step(self, moved: list[tuple[Tensor, Tensor]], group: dict[str, Any]) -> None:
        alike: dict[tuple[int, int], list[tuple[Tensor, Tensor]]] = {}
        for p, gradient in moved:
            state = self.state[p]
            if not state:
                state["momentum"] = torch.zeros_like(p)
            buffer: Tensor = state["momentum"]
            buffer.lerp_(gradient, 1 - group["momentum"])
            ahead = gradient.lerp(buffer, group["momentum"]).reshape(len(p), -1)  # Nesterov
            alike.setdefault((ahead.shape[0], ahead.shape[1]), []).append((p, ahead))
        # Matrices of one size together: on a GPU the launches would else cost more than the arithmetic.
        for (rows, columns), pairs in alike.items():
            updates = orthogonalise(torch.stack([ahead for _, ahead in pairs]))
            updates *= max(1.0, rows / columns) ** 0.5
            for (p, _), update in zip(pairs, updates, strict=True):
                p.add_(update.view_as(p), alpha=-group["lr"])

    def _adam_step(self, p: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        state = self.state[p]
        if not state:
            state["step"] = torch.zeros(())
            state["mean"], state["square"] = torch.zeros_like(p), torch.zeros_like(p)
        first, second = group["betas"]
        state["step"] += 1
        count = float(state["step"])
        state["mean"].lerp_(gradient, 1 - first)
        state["square"].lerp_(gradient.square(), 1 - second)
        spread = (state["square"] / (1 - second**count)).sqrt_().add_(1e-8)
        p.addcdiv_(state["mean"], spread, value=-group["lr"] / (1 - first**count))
