"""A discriminator that judges patches, for adversarial training of repairers."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm


class PatchDiscriminator(nn.Module):
    """Logits of overlapping 46-pixel patches (Isola et al. 2017), spectrally normalised (Miyato et al. 2018).

    Args:
        width: features of the first layer; each of the next two doubles it.
    """

    def __init__(self, width: int = 48) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 4
        for i in range(3):
            layers += [spectral_norm(nn.Conv2d(channels, width * 2**i, 4, stride=2, padding=1)), nn.LeakyReLU(0.2)]
            channels = width * 2**i
        layers.append(spectral_norm(nn.Conv2d(channels, 1, 4, padding=1)))
        self.body = nn.Sequential(*layers)

    def forward(self, x: Tensor, hole: Tensor) -> Tensor:
        """Args: x (N, 3, H, W) in [-1, 1]; hole (N, 1, H, W). Returns logits (N, 1, about H/8, about W/8)."""
        logits: Tensor = self.body(torch.cat([x, hole], 1))
        return logits
