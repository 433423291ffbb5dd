"""Takes noise, JPEG blocks and mild blur out of a photo: a small U-shaped network that is told how much of each it has.

What it adds to the photo is bounded by what it is told: told of nothing it changes nothing, and told of a little it can
move a pixel only a little, whatever it was trained on. Faces cannot be redrawn so.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnstudio.networks.blocks import ResBlock

MOST_NOISE = 75.0
"""Grey levels of 255: the strongest noise that can be told."""

MOST_BLUR = 2.0
"""Pixels: the widest blur that can be told."""

_MOVED_BY = (4.0, 48.0, 32.0)
_UNITS = (25.0, 1.0, 1.0)


def blocks_of_quality(quality: float) -> float:
    """How strong the marks of JPEG are, 0 to 1, at a quality as libjpeg counts it, 1 to 100.

    The square root of how much coarser the steps are than at quality 10, as far as the tables of ISO/IEC 10918-1 are
    scaled by libjpeg: s = 5000 / q below 50, 200 - 2 q above; sqrt(s / 500). 1 at quality 10 and below, 0.58 at 30,
    0.45 at 50, 0.28 at 80, 0.2 at 90, 0 at 100. The error of a photo grows about so.
    """
    quality = min(max(quality, 1.0), 100.0)
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    return float(min(1.0, (scale / 500) ** 0.5))


def bound(noise: Tensor, blocks: Tensor, blur: Tensor) -> Tensor:
    """How far a pixel may be moved, in grey levels of 255: 4 noise + 48 blocks + 32 blur.

    Args:
        noise, blocks, blur: of any one shape, as :meth:`PhotoRestorer.forward` takes them.
    """
    return _MOVED_BY[0] * noise + _MOVED_BY[1] * blocks + _MOVED_BY[2] * blur


class PhotoRestorer(nn.Module):
    """A U-net with residual blocks, at half the photo's size and below.

    Args:
        widths: features at 1/2, 1/4, 1/8 … of the photo's size.
        depths: blocks at each of these sizes on the way down and on the way up (the last: in all).
    """

    def __init__(self, widths: Sequence[int] = (32, 64, 112), depths: Sequence[int] = (2, 3, 3)) -> None:
        super().__init__()
        self.size_multiple = 2 ** len(widths)
        last = len(widths) - 1

        def stage(i: int) -> nn.Sequential:
            return nn.Sequential(*(ResBlock(widths[i]) for _ in range(depths[i])))

        self._stages = [*widths, *reversed(widths[:last])]  # the widths in the order they are passed
        self.encode = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(12, widths[0], 3, padding=1))
        self.told = nn.Sequential(nn.Linear(6, 64), nn.ReLU(inplace=True), nn.Linear(64, 2 * sum(self._stages)))
        self.down = nn.ModuleList(stage(i) for i in range(last + 1))
        self.reduce = nn.ModuleList(nn.Conv2d(widths[i], widths[i + 1], 2, stride=2) for i in range(last))
        self.enlarge = nn.ModuleList(nn.Conv2d(widths[i + 1], 4 * widths[i], 1) for i in range(last))
        self.up = nn.ModuleList(stage(i) for i in range(last))
        self.decode = nn.Conv2d(widths[0], 12, 3, padding=1)
        for layer in (self.told[2], self.decode):
            for parameter in layer.parameters():
                nn.init.zeros_(parameter)

    def forward(self, x: Tensor, noise: Tensor, blocks: Tensor, blur: Tensor | None = None) -> Tensor:
        """Restores photos, or tiles of them.

        Args:
            x: (N, 3, H, W) in [-1, 1]; any H, W. Grey photos have three equal channels.
            noise: (N,) deviation of the noise in grey levels of 255, 0 to 75.
            blocks: (N,) strength of the marks of JPEG, 0 to 1, see :func:`blocks_of_quality`.
            blur: (N,) deviation of the blur in pixels, 0 to 2; none is no blur.

        Returns:
            (N, 3, H, W) float32, at most :func:`bound` away from ``x`` everywhere, and ``x`` itself where all strengths
            are 0. It may leave [-1, 1] by as much.
        """
        x = x.float()
        strengths = [s.float() for s in (noise, blocks, torch.zeros_like(noise) if blur is None else blur)]
        height, width = x.shape[-2:]
        pad = (0, -width % self.size_multiple, 0, -height % self.size_multiple)
        scaled = torch.stack(strengths, 1) / x.new_tensor(_UNITS)
        told = iter(self.told(torch.cat([scaled, scaled.sqrt()], 1))[..., None, None].split(self._pairs(), 1))

        f = self.encode(F.pad(x, pad, mode="replicate") if any(pad) else x)
        skips = []
        for i, stage in enumerate(self.down):
            if i:
                skips.append(f)
                f = self.reduce[i - 1](f)
            f = stage(_modulated(f, next(told)))
        for i in reversed(range(len(self.up))):
            f = skips[i] + F.pixel_shuffle(self.enlarge[i](f), 2)
            f = self.up[i](_modulated(f, next(told)))
        change = F.pixel_shuffle(self.decode(f), 2)[..., :height, :width].float().tanh()
        return x + change * (bound(*strengths) / 127.5).view(-1, 1, 1, 1)

    def _pairs(self) -> list[int]:
        return [2 * width for width in self._stages]


def _modulated(f: Tensor, told: Tensor) -> Tensor:
    """Features scaled and shifted by what the strengths say, each by its own (Perez et al., "FiLM", 2018)."""
    scale, shift = told.chunk(2, 1)
    return torch.addcmul(f + shift, f, scale)
