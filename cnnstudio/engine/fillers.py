"""How each architecture fills windows: one call for all of them.

A filler is given (N, 3, H, W) windows with their holes and returns them filled, together with the *prior*: the smooth
continuation of the surroundings, to which colours are matched and which stands in where a network fails.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cnnstudio.errors import BadModel
from cnnstudio.networks.irn import IRN
from cnnstudio.networks.prior import multigrid, pyramid_of, relax
from cnnstudio.networks.pyramid import PyramidRepairer


@dataclass(frozen=True)
class Job:
    """A batch of windows.

    Attributes:
        x: (N, 3, H, W) in [-1, 1], under the hole as it was found.
        hole: (N, 1, H, W), 1 where pixels are missing.
        level: of the photo's pyramid that the windows were cut from.
        levels: how many more levels the filler makes from the windows themselves.
        above: (N, 3, H/2, W/2), the level above already filled, where ``levels`` is 0; None at the top.
        deep: whether the holes are deep, see :data:`cnnstudio.networks.pyramid.SHALLOW`.
        variant: the symmetry under which the network sees them, see :class:`cnnstudio.jobs.RepairOptions`.
    """

    x: Tensor
    hole: Tensor
    level: int = 0
    levels: int = 0
    above: Tensor | None = None
    deep: bool = False
    variant: int = 0


class Filler:
    """Fills windows with a network.

    Attributes:
        pyramid: whether it works coarse to fine; if not, it is only given level 0.
        max_side: the largest window, in pixels, that it was made for.
    """

    pyramid = True
    max_side = 1024

    def __init__(self, network: nn.Module) -> None:
        self.network = network

    def fill(self, job: Job, bf16: bool) -> tuple[Tensor, Tensor]:
        """(filled, prior), both (N, 3, H, W) ``float32``, both equal to ``job.x`` outside the hole.

        Args:
            bf16: whether the network (never the prior, which adds up small steps) computes in bf16.
        """
        raise NotImplementedError

    def _run(self, bf16: bool, variant: int, *planes: Tensor, **how: bool) -> Tensor:
        seen = (turned(p, variant).contiguous(memory_format=torch.channels_last) for p in planes)
        with torch.autocast(planes[0].device.type, torch.bfloat16, enabled=bf16):
            out: Tensor = self.network(*seen, **how)
        return turned_back(out.float(), variant)


def turned(planes: Tensor, variant: int) -> Tensor:
    """(N, C, H, W) under one of the square's symmetries: bits of ``variant`` flip columns, flip rows, transpose."""
    flipped = _flipped(planes, variant)
    return flipped.mT if variant & 4 else flipped


def turned_back(planes: Tensor, variant: int) -> Tensor:
    """The inverse of :func:`turned`."""
    return _flipped(planes.mT if variant & 4 else planes, variant)


def _flipped(planes: Tensor, variant: int) -> Tensor:
    axes = [axis for bit, axis in ((1, -1), (2, -2)) if variant & bit]
    return planes.flip(axes) if axes else planes


class PyramidFiller(Filler):
    """Level by level: the prior from the level above, the network's residual on it."""

    network: PyramidRepairer

    def fill(self, job: Job, bf16: bool) -> tuple[Tensor, Tensor]:
        filled, prior = job.above, job.x
        for up, (x, hole) in reversed(list(enumerate(pyramid_of(job.x, job.hole, job.levels)))):
            if up and not hole.any():
                filled = x  # as it mostly is at the top, which holds all that is needed for the level below
                continue
            prior = relax(x, hole, filled)
            made = prior
            if job.level + up < self.network.trained_levels:
                made = self._run(bf16, job.variant, x, hole, prior, deep=job.deep)
            # `where` and not a sum: whatever a network makes outside the hole, NaN included, stays out.
            filled = torch.where(hole > 0, made, x)
        assert filled is not None
        return filled, prior


class SinglePassFiller(Filler):
    """All in one pass, at the photo's own scale."""

    pyramid = False
    max_side = 256

    def fill(self, job: Job, bf16: bool) -> tuple[Tensor, Tensor]:
        filled = torch.where(job.hole > 0, self._run(bf16, job.variant, job.x, job.hole), job.x)
        return filled, multigrid(job.x, job.hole)


def filler_for(network: nn.Module) -> Filler:
    """The filler of a network.

    Raises:
        BadModel: it is no network that repairs.
    """
    if isinstance(network, PyramidRepairer):
        return PyramidFiller(network)
    if isinstance(network, IRN):
        return SinglePassFiller(network)
    raise BadModel("This model does not repair photos.", type(network).__name__)
