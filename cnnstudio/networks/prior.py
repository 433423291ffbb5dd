"""The start of every repair: a multigrid solution of the biharmonic equation in the hole, in plain torch.

Arguments common to all functions: ``x`` is (N, C, H, W), any range, meaningful outside the hole only;
``hole`` is (N, 1, H, W) of 0 and 1, 1 where pixels are missing. Any size works, odd ones too.

The photo is reduced level by level with *validity-weighted* averaging (a missing pixel adds nothing to its
parent, so thin damage disappears as it shrinks). Going back up, each level takes the one above, up-sampled, as its
start and is relaxed inside the hole only: a few Jacobi steps of the Laplacian, then a few conjugate-gradient
steps that minimise the squared Laplacian (thin plate), which continues gradients and not only values.
Sources: Briggs, Henson, McCormick, "A Multigrid Tutorial" (2000); Damelin, Hoang, "On surface completion and
image inpainting by biharmonic functions" (2018).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

JACOBI_STEPS = 8
BIHARMONIC_STEPS = 10
_TINY = 1e-12


def reduce_valid(x: Tensor, hole: Tensor) -> tuple[Tensor, Tensor]:
    """Halves a photo by the mean of each 2x2 block's *known* pixels.

    Returns:
        (N, C, ceil(H/2), ceil(W/2)) photo, 0 where nothing is known, and its hole: 1 where all pixels of the block
        are missing.
    """
    known = 1 - hole
    pad = (0, x.shape[-1] % 2, 0, x.shape[-2] % 2)
    weight = _sum_of_blocks(F.pad(known, pad))
    return _sum_of_blocks(F.pad(x * known, pad)) / weight.clamp(min=1), (weight == 0).to(x.dtype)


def _sum_of_blocks(x: Tensor) -> Tensor:
    """Of each 2x2 block. On a CPU four times as fast as pooling."""
    rows = x[..., ::2, :] + x[..., 1::2, :]
    return rows[..., ::2] + rows[..., 1::2]


def levels_needed(hole: Tensor, most: int = 16) -> int:
    """How often a hole must be halved until nothing of it is left, at most ``most``."""
    levels, weight = 0, hole
    while levels < most and min(weight.shape[-2:]) > 1 and bool(weight.any()):
        pad = (0, weight.shape[-1] % 2, 0, weight.shape[-2] % 2)
        # the padding counts as hole: it knows nothing
        weight = -F.max_pool2d(-F.pad(weight, pad, value=1.0), 2)
        levels += 1
    return levels


def upsample(above: Tensor, size: tuple[int, int]) -> Tensor:
    """Doubles ``above`` bilinearly and cuts it to ``size`` (the level below may have been odd)."""
    doubled = F.interpolate(above, scale_factor=2, mode="bilinear", align_corners=False)
    return doubled[..., : size[0], : size[1]]


class _Field:
    """Pictures with a rim of one pixel that repeats their edge.

    All is done in place: on a CPU most of the time of so many small steps would else go into fresh memory.
    """

    def __init__(self, like: Tensor) -> None:
        height, width = like.shape[-2:]
        self.padded = like.new_empty((*like.shape[:-2], height + 2, width + 2))
        self.inner = self.padded[..., 1:-1, 1:-1]

    def laplacian(self, out: Tensor) -> None:
        """Writes the 5-point graph Laplacian, with no flux over the picture's edge; a symmetric operator."""
        padded = self.padded
        padded[..., 1:-1, 0], padded[..., 1:-1, -1] = padded[..., 1:-1, 1], padded[..., 1:-1, -2]
        padded[..., 0, :], padded[..., -1, :] = padded[..., 1, :], padded[..., -2, :]
        torch.add(padded[..., 1:-1, :-2], padded[..., 1:-1, 2:], out=out)
        out.add_(padded[..., :-2, 1:-1]).add_(padded[..., 2:, 1:-1]).sub_(self.inner, alpha=4)


def _jacobi(u: _Field, hole: Tensor, steps: int) -> None:
    # Damped by 0.8, the usual smoother: it takes out what up-sampling left rough and keeps what is smooth.
    step, change = hole * 0.2, _room_for(u.inner)
    for _ in range(steps):
        u.laplacian(change)
        u.inner.addcmul_(change, step)


def _biharmonic(u: _Field, hole: Tensor, steps: int) -> None:
    """Conjugate gradients on |Lu|^2 over the hole's pixels, each picture of the batch by itself."""
    direction, bent = _Field(u.inner), _Field(u.inner)
    image, residual, product = (_room_for(u.inner) for _ in range(3))

    def dot(a: Tensor, b: Tensor) -> Tensor:
        return torch.mul(a, b, out=product).sum((1, 2, 3), keepdim=True)

    u.laplacian(bent.inner)
    bent.laplacian(residual)
    residual.mul_(-hole)
    direction.inner.copy_(residual)
    energy = dot(residual, residual)
    for _ in range(steps):
        direction.laplacian(bent.inner)
        bent.laplacian(image)
        image.mul_(hole)
        rate = energy / (dot(direction.inner, image) + _TINY)
        u.inner.addcmul_(direction.inner, rate)
        residual.addcmul_(image, rate, value=-1)
        before, energy = energy, dot(residual, residual)
        direction.inner.mul_(energy / (before + _TINY)).add_(residual)


def _room_for(like: Tensor) -> Tensor:
    return torch.empty_like(like, memory_format=torch.contiguous_format)


@torch.no_grad()
def relax(
    x: Tensor, hole: Tensor, above: Tensor | None, jacobi: int = JACOBI_STEPS, biharmonic: int = BIHARMONIC_STEPS
) -> Tensor:
    """The prior of one level: ``x`` outside the hole; inside it ``above``, up-sampled and relaxed.

    No gradient goes through it.

    Args:
        above: the filled level above, (N, C, ceil(H/2), ceil(W/2)); None at the top, where the hole starts at the
            mean of what is known (0 where nothing is).

    Returns:
        (N, C, H, W).
    """
    known = 1 - hole
    if above is None:
        mean = (x * known).sum((2, 3), keepdim=True) / known.sum((2, 3), keepdim=True).clamp(min=1)
        start = mean.expand_as(x)
    else:
        start = upsample(above, (x.shape[-2], x.shape[-1]))
    u = _Field(x)
    torch.where(hole > 0, start, x, out=u.inner)
    _jacobi(u, hole, jacobi)
    _biharmonic(u, hole, biharmonic)
    return u.inner.contiguous()


def pyramid_of(x: Tensor, hole: Tensor, levels: int) -> list[tuple[Tensor, Tensor]]:
    """(photo, hole) at level 0 (as given) to level ``levels`` (halved that often)."""
    out = [(x, hole)]
    for _ in range(levels):
        out.append(reduce_valid(*out[-1]))
    return out


def multigrid(x: Tensor, hole: Tensor, levels: int | None = None) -> Tensor:
    """The whole prior: from the coarsest level down to the photo itself. Returns (N, C, H, W), the hole filled."""
    filled: Tensor | None = None
    for level, gap in reversed(pyramid_of(x, hole, levels_needed(hole) if levels is None else levels)):
        filled = relax(level, gap, filled)
    assert filled is not None
    return filled
