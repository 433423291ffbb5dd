"""An image restoration network (IRN): two encoders, one decoder.

The image encoder sees the photo as it was found, damage and all. The mask encoder sees the hole and what is certain:
the photo with the hole zeroed. What the two have extracted is concatenated and decoded into the whole restored photo.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def _encoder(channels: int, width: int) -> nn.Sequential:
    """(N, channels, H, W) to (N, 4 * width, H / 8, W / 8)."""
    return nn.Sequential(
        nn.Conv2d(channels, width, 4, 2, 1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
        nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False),
        nn.BatchNorm2d(2 * width),
        nn.ReLU(inplace=True),
        nn.Conv2d(2 * width, 4 * width, 4, 2, 1, bias=False),
        nn.BatchNorm2d(4 * width),
        nn.ReLU(inplace=True),
    )


def _decoder(width: int, channels: int) -> nn.Sequential:
    """(N, 8 * width, H / 8, W / 8) to (N, channels, H, W) in [-1, 1]; the last layer keeps its size."""
    return nn.Sequential(
        nn.ConvTranspose2d(8 * width, 4 * width, 4, 2, 1, bias=False),
        nn.BatchNorm2d(4 * width),
        nn.ReLU(inplace=True),
        nn.ConvTranspose2d(4 * width, 2 * width, 4, 2, 1, bias=False),
        nn.BatchNorm2d(2 * width),
        nn.ReLU(inplace=True),
        nn.ConvTranspose2d(2 * width, width, 4, 2, 1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
        nn.ConvTranspose2d(width, channels, 3, 1, 1, bias=False),
        nn.Tanh(),
    )


class IRN(nn.Module):
    """Restores a damaged photo in one pass.

    Args:
        width: channels of the encoders' first layer; 64 gives encoders of 64, 128, 256 and a decoder of
            512, 256, 128, 64.
        channels: of the photo.
    """

    MULTIPLE_OF = 8

    def __init__(self, width: int = 64, channels: int = 3) -> None:
        super().__init__()
        self.image_encoder = _encoder(channels, width)
        self.mask_encoder = _encoder(channels + 1, width)
        self.decoder = _decoder(width, channels)

    def forward(self, damaged: Tensor, hole: Tensor) -> Tensor:
        """Restores ``damaged``.

        Args:
            damaged: (N, channels, H, W) in [-1, 1]; H and W multiples of 8.
            hole: (N, 1, H, W) of 0 and 1, 1 where the photo is damaged.

        Returns:
            (N, channels, H, W) in [-1, 1]: all of the photo, the undamaged part too.
        """
        height, width = damaged.shape[-2:]
        if height % self.MULTIPLE_OF or width % self.MULTIPLE_OF:
            raise ValueError(f"height and width must be multiples of {self.MULTIPLE_OF}, not {height} x {width}")
        known = torch.cat((hole, damaged * (1 - hole)), 1)
        found = torch.cat((self.image_encoder(damaged), self.mask_encoder(known)), 1)
        restored: Tensor = self.decoder(found)
        return restored
