"""Finds damage: a small U-shaped network that marks scratches, creases, specks, stains and missing pieces.

It looks at one tile of a photo and, besides, at a much reduced view of the whole photo: whether a bright line is a
scratch or a wire also depends on what the photo shows, and a torn-off corner is known by where it lies.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnstudio.jobs import DAMAGE
from cnnstudio.networks.blocks import ResBlock

VIEW = 64
"""Side in pixels of the reduced view of the whole photo, which is stretched to a square."""


class DamageFinder(nn.Module):
    """A U-net with residual blocks.

    Args:
        widths: features at 1/2, 1/4, 1/8 … of the tile's size.
        depths: blocks at each of these sizes on the way down and on the way up (the last: in all).
        context: features of the view of the whole photo.
    """

    def __init__(
        self, widths: Sequence[int] = (32, 48, 64, 96), depths: Sequence[int] = (1, 2, 2, 2), context: int = 32
    ) -> None:
        super().__init__()
        self.size_multiple = 2 ** len(widths)
        last = len(widths) - 1

        def stage(i: int) -> nn.Sequential:
            return nn.Sequential(*(ResBlock(widths[i]) for _ in range(depths[i])))

        self.encode = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(12, widths[0], 3, padding=1), nn.ReLU(inplace=True))
        self.view = nn.Sequential(
            nn.Conv2d(3, context // 2, 3, stride=2, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(context // 2, context, 3, stride=2, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(context, context, 3, stride=2, padding=1), nn.ReLU(inplace=True),
        )  # fmt: skip
        self.join = nn.Conv2d(context, widths[last], 1)
        self.down = nn.ModuleList(stage(i) for i in range(last + 1))
        self.reduce = nn.ModuleList(nn.Conv2d(widths[i], widths[i + 1], 2, stride=2) for i in range(last))
        self.enlarge = nn.ModuleList(nn.Conv2d(widths[i + 1], 4 * widths[i], 1) for i in range(last))
        self.up = nn.ModuleList(stage(i) for i in range(last))
        self.decode = nn.Conv2d(widths[0], 4 * len(DAMAGE), 3, padding=1)
        nn.init.zeros_(self.decode.weight)
        assert self.decode.bias is not None
        nn.init.constant_(self.decode.bias, -3.0)  # most pixels are undamaged

    def forward(self, x: Tensor, whole: Tensor, where: Tensor) -> Tensor:
        """Says how likely each pixel is damaged.

        Args:
            x: (N, 3, H, W) tile in [-1, 1]; any H, W.
            whole: (N, 3, 64, 64), the whole photo in [-1, 1], see :func:`view_of`.
            where: (N, 4), the tile's edges x0, y0, x1, y1 as shares of the photo's width and height; may reach beyond.

        Returns:
            (N, 5, H, W) logits in the order of :data:`cnnstudio.jobs.DAMAGE`.
        """
        height, width = x.shape[-2:]
        pad = (0, -width % self.size_multiple, 0, -height % self.size_multiple)
        f = self.encode(F.pad(x, pad, mode="replicate") if any(pad) else x)
        skips = []
        for i, stage in enumerate(self.down):
            if i:
                skips.append(f)
                f = self.reduce[i - 1](f)
            if i == len(self.reduce):
                f = f + self.join(self._around(whole, where, f.shape[-2:], (height + pad[3], width + pad[1]), x.shape))
            f = stage(f)
        for i in reversed(range(len(self.up))):
            f = self.up[i](skips[i] + F.pixel_shuffle(self.enlarge[i](f), 2))
        return F.pixel_shuffle(self.decode(f), 2)[..., :height, :width].float()

    def _around(
        self, whole: Tensor, where: Tensor, size: Sequence[int], padded: Sequence[int], shape: Sequence[int]
    ) -> Tensor:
        """The features of the view where the tile lies, (N, C, ``size``); beyond the photo those of its edge."""
        features = self.view(whole)
        with torch.autocast(whole.device.type, enabled=False):
            theta = torch.zeros(len(where), 2, 3, device=whole.device)
            for axis, (full, real) in enumerate(((padded[1], shape[-1]), (padded[0], shape[-2]))):
                low, high = where[:, axis], where[:, axis + 2]
                high = low + (high - low) * (full / real)
                # grid_sample counts from -1 to 1 across the whole photo.
                theta[:, axis, axis], theta[:, axis, 2] = high - low, low + high - 1
            grid = F.affine_grid(theta, [len(where), 1, *size], align_corners=False)
            return F.grid_sample(features.float(), grid, padding_mode="border", align_corners=False)


def view_of(photos: Tensor) -> Tensor:
    """The reduced view of whole photos: (N, 3, H, W) in [-1, 1] to (N, 3, 64, 64)."""
    return F.interpolate(photos, size=(VIEW, VIEW), mode="area")
