"""A discriminator that looks through a network which already knows what is in pictures.

Sauer, Chitta, Müller, Geiger, "Projected GANs converge faster" (2021): pictures are projected into the features of a
frozen ImageNet network, which are mixed by random convolutions that are frozen, too, so that no channel can be passed
over; a small discriminator at each scale judges those. A few hundred thousand pictures seen do what otherwise takes
millions.

The network is EfficientNet-Lite1. Distances are measured with EfficientNet-Lite0 (:mod:`training.features`), so that
nothing is measured with the eyes it was taught with; but they went to the same school, and the figures of what was
trained this way are somewhat kinder for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnstudio.networks.gan_small import SpectralConv2d
from training.features import Features

_INSIDE = (24, 40, 112, 320)
"""Channels of the features that are used, at strides 4, 8, 16 and 32."""
_SEEN_AT = 192
"""Pixels on a side to which smaller pictures are enlarged: finer features than at their own size, for little time."""
_SLOPE = 0.2


class Projection(nn.Module):
    """Pictures to mixed features. Nothing here is trained; gradients flow through to the pictures.

    Args:
        width: channels of the finest features, doubled at each coarser scale.
        seed: of the mixing.
    """

    def __init__(self, width: int = 64, seed: int = 0) -> None:
        super().__init__()
        self.channels = tuple(width * 2**i for i in range(len(_INSIDE)))
        self.features = Features("lite1")
        self.across = nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in zip(_INSIDE, self.channels, strict=True))
        self.down = nn.ModuleList(
            nn.Conv2d(b, a, 1) for a, b in zip(self.channels, self.channels[1:], strict=False)
        )  # from each scale to the next finer one
        generator = torch.Generator().manual_seed(seed)
        for conv in (*self.across, *self.down):
            nn.init.kaiming_normal_(conv.weight, nonlinearity="linear", generator=generator)
            nn.init.zeros_(conv.bias)
        self.requires_grad_(False)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """(N, 3, S, S) in [-1, 1] to (N, C, s, s) for each of :attr:`channels`, from fine to coarse."""
        if pictures.shape[-1] < _SEEN_AT:
            pictures = F.interpolate(pictures, (_SEEN_AT, _SEEN_AT), mode="bilinear", align_corners=False)
        mixed = [mix(x) for mix, x in zip(self.across, self.features(pictures)[1:], strict=True)]
        for fine in range(len(mixed) - 2, -1, -1):
            coarse = F.interpolate(self.down[fine](mixed[fine + 1]), mixed[fine].shape[2:], mode="bilinear")
            mixed[fine] = mixed[fine] + coarse
        return mixed


class ProjectedDiscriminator(nn.Module):
    """Judges the features of pictures, scale by scale.

    Args:
        channels: of the features, as :attr:`Projection.channels`.
        width: channels after the last halving of each scale.
    """

    def __init__(self, channels: Sequence[int], width: int = 256) -> None:
        super().__init__()
        self.scales = nn.ModuleList()
        for scale, inside in enumerate(channels):
            layers: list[nn.Module] = []
            halvings = len(channels) - 1 - scale
            for left in reversed(range(halvings)):
                outside = width // 2**left
                layers += [
                    SpectralConv2d(inside, outside, 4, 2, 1, bias=False), nn.BatchNorm2d(outside), nn.LeakyReLU(_SLOPE)
                ]  # fmt: skip
                inside = outside
            self.scales.append(nn.Sequential(*layers, SpectralConv2d(inside, 1, 4)))

    def logits(self, seen: Sequence[Tensor]) -> Tensor:
        """Features, as :class:`Projection` gives them, to (N, L): log-odds of being real, several a scale."""
        return torch.cat([judge(x).flatten(1) for judge, x in zip(self.scales, seen, strict=True)], 1)

    def forward(self, seen: Sequence[Tensor]) -> Tensor:
        """Features to (N, L): probabilities of being real."""
        return torch.sigmoid(self.logits(seen))
