"""The default repairer: one small network, used at every level of an image pyramid.

At each level two encoders look at the hole: the *detail encoder* sees the known pixels and the mask of this level,
the *context encoder* sees the prior, which is the repair of the level above, up-sampled and relaxed. One decoder turns
both into a residual that is added to the prior. Its last layer starts at zero: untrained, the repair *is* the prior.

What is thin can be known from what lies beside it; what is wide can not, and has to look right. A network with
*specialists* is two of the same form, one for each: measured, either is better at its own than one that does both.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnstudio.networks.blocks import BLOCKS
from cnnstudio.networks.prior import pyramid_of, relax

SHALLOW = 4
"""A hole is shallow if nothing is left of it after so many halvings (some 30 pixels wide), and deep otherwise."""


def _encoder(channels: int, width: int) -> nn.Sequential:
    """Full-resolution planes, folded 2x2 into channels, to ``width`` features at half the size."""
    return nn.Sequential(
        nn.PixelUnshuffle(2),
        nn.Conv2d(4 * channels, width, 3, padding=1),
        nn.ReLU(inplace=True),
    )


class PyramidRepairer(nn.Module):
    """Repairs the hole of one level, given the level above.

    Args:
        widths: features at 1/2, 1/4, 1/8 … of the level's size.
        depths: blocks at each of these sizes on the way down and on the way up (the last: in all).
        blocks: kind of block at each size, a name in :data:`cnnstudio.networks.blocks.BLOCKS`.
        trained_levels: the network repairs levels 0 to ``trained_levels - 1``; above them the prior stands alone.
        specialists: deep holes are left to a second network of the same form, ``deep``.
    """

    def __init__(
        self,
        widths: Sequence[int] = (48, 96, 160),
        depths: Sequence[int] = (2, 2, 4),
        blocks: Sequence[str] = ("res", "res", "res"),
        trained_levels: int = 4,
        specialists: bool = False,
    ) -> None:
        super().__init__()
        self.trained_levels = trained_levels
        self.size_multiple = 2 ** len(widths)
        first = widths[0]
        self.detail_encoder = _encoder(4, first // 2)
        self.context_encoder = _encoder(4, first // 2)

        def stage(i: int) -> nn.Sequential:
            return nn.Sequential(*(BLOCKS[blocks[i]](widths[i]) for _ in range(depths[i])))

        last = len(widths) - 1
        self.down = nn.ModuleList(stage(i) for i in range(last + 1))
        self.reduce = nn.ModuleList(nn.Conv2d(widths[i], widths[i + 1], 2, stride=2) for i in range(last))
        self.enlarge = nn.ModuleList(nn.Conv2d(widths[i + 1], 4 * widths[i], 1) for i in range(last))
        self.up = nn.ModuleList(stage(i) for i in range(last))
        self.decode = nn.Conv2d(first, 12, 3, padding=1)
        nn.init.zeros_(self.decode.weight)
        assert self.decode.bias is not None
        nn.init.zeros_(self.decode.bias)
        self.deep = PyramidRepairer(widths, depths, blocks, trained_levels) if specialists else None

    def forward(self, x: Tensor, hole: Tensor, prior: Tensor, deep: bool = False) -> Tensor:
        """The repair of one level.

        Args:
            x: (N, 3, H, W) photo in [-1, 1]; what is under the hole does not matter. Any H, W.
            hole: (N, 1, H, W), 1 where pixels are missing.
            prior: (N, 3, H, W) from :func:`cnnstudio.networks.prior.relax`.
            deep: whether the holes are deep, see :data:`SHALLOW`.

        Returns:
            (N, 3, H, W): ``prior`` plus a residual in the hole, ``prior`` itself outside it.
        """
        if deep and self.deep is not None:
            specialist: Tensor = self.deep(x, hole, prior)
            return specialist
        height, width = x.shape[-2:]
        pad = (0, -width % self.size_multiple, 0, -height % self.size_multiple)
        known, gap, start = x * (1 - hole), hole, prior
        if any(pad):
            known, gap, start = (F.pad(plane, pad, mode="replicate") for plane in (known, gap, start))
        detail = self.detail_encoder(torch.cat([known, gap], 1))
        context = self.context_encoder(torch.cat([start, gap], 1))
        f = torch.cat([detail, context], 1)
        skips = []
        for i, stage in enumerate(self.down):
            f = stage(f)
            if i < len(self.reduce):
                skips.append(f)
                f = self.reduce[i](f)
        for i in reversed(range(len(self.up))):
            f = skips[i] + F.pixel_shuffle(self.enlarge[i](f), 2)
            f = self.up[i](f)
        residual = F.pixel_shuffle(self.decode(f), 2)[..., :height, :width]
        return prior + hole * residual.to(prior.dtype)

    def levels(
        self, x: Tensor, hole: Tensor, levels: int, above: Tensor | None = None, deep: bool | None = None
    ) -> list[Tensor]:
        """Repairs coarse to fine.

        Args:
            x: (N, 3, H, W) in [-1, 1]. hole: (N, 1, H, W).
            levels: how often to halve (see :func:`cnnstudio.networks.prior.levels_needed`).
            above: a finished repair of the level above the coarsest, where there is one.
            deep: whether the holes are deep; None: they are if more than :data:`SHALLOW` levels are asked for.

        Returns:
            The filled photos, coarsest first, the last (N, 3, H, W). What is handed from level to level is detached.
        """
        filled, out = above, []
        deep = levels > SHALLOW if deep is None else deep
        for number, (level, gap) in reversed(list(enumerate(pyramid_of(x, hole, levels)))):
            # The prior adds up small steps: never in bf16.
            with torch.no_grad(), torch.autocast(x.device.type, enabled=False):
                prior = relax(level, gap, filled)
            if number < self.trained_levels:
                out.append(self(level, gap, prior, deep))
            else:
                out.append(prior)
            filled = out[-1].detach()
        return out

    def repair(
        self, x: Tensor, hole: Tensor, levels: int, above: Tensor | None = None, deep: bool | None = None
    ) -> Tensor:
        """The finest of :meth:`levels`: (N, 3, H, W), equal to ``x`` outside the hole."""
        return self.levels(x, hole, levels, above, deep)[-1]
