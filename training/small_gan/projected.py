"""A discriminator that looks through a network which already knows what is in pictures.

Sauer, Chitta, Müller, Geiger, "Projected GANs converge faster" (2021): pictures are projected into the features of a
frozen ImageNet network, which are mixed by random convolutions that are frozen, too, so that no channel can be passed
over; a small discriminator at each scale judges those. A few hundred thousand pictures seen do what otherwise takes
millions.

A network that learnt to name what is in pictures hardly minds how the pixels of a meadow lie side by side: left to such
eyes alone, a generator hatches it. So one more discriminator, a small one, looks at the pixels themselves.

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
_OF_PIXELS = 3  # halvings in the discriminator of pixels, until it sees patches of 46
_VOTES = 3  # rows and columns of log-odds that count of each scale
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
        """(N, 3, S, S) in [-1, 1]: itself, then (N, C, s, s) for each of :attr:`channels`, from fine to coarse."""
        seen = pictures
        if pictures.shape[-1] < _SEEN_AT:
            seen = F.interpolate(pictures, (_SEEN_AT, _SEEN_AT), mode="bilinear", align_corners=False)
        mixed = [mix(x) for mix, x in zip(self.across, self.features(seen)[1:], strict=True)]
        for fine in range(len(mixed) - 2, -1, -1):
            coarse = F.interpolate(self.down[fine](mixed[fine + 1]), mixed[fine].shape[2:], mode="bilinear")
            mixed[fine] = mixed[fine] + coarse
        return [pictures, *mixed]


class ProjectedDiscriminator(nn.Module):
    """Judges pictures and their features, scale by scale.

    Args:
        channels: of the features, as :attr:`Projection.channels`.
        width: channels after the last halving of each scale of features; half of it in that of the pixels.
    """

    def __init__(self, channels: Sequence[int], width: int = 256) -> None:
        super().__init__()
        scales = [_judge(3, width // 2, _OF_PIXELS)]
        scales += [_judge(inside, width, len(channels) - 1 - scale) for scale, inside in enumerate(channels)]
        self.scales = nn.ModuleList(scales)

    def logits(self, seen: Sequence[Tensor]) -> Tensor:
        """What :class:`Projection` gives, to (N, L): log-odds of being real, as many of every scale."""
        odds = [judge(x) for judge, x in zip(self.scales, seen, strict=True)]
        return torch.cat([F.adaptive_avg_pool2d(x, _VOTES).flatten(1) for x in odds], 1)

    def forward(self, seen: Sequence[Tensor]) -> Tensor:
        """The same to (N, L): probabilities of being real."""
        return torch.sigmoid(self.logits(seen))


def _judge(inside: int, width: int, halvings: int) -> nn.Sequential:
    """(N, inside, s, s) to log-odds of its parts, by way of ``width`` channels at ``s / 2 ** halvings`` pixels."""
    layers: list[nn.Module] = []
    for left in reversed(range(halvings)):
        outside = width // 2**left
        layers += [SpectralConv2d(inside, outside, 4, 2, 1, bias=False), nn.BatchNorm2d(outside), nn.LeakyReLU(_SLOPE)]
        inside = outside
    return nn.Sequential(*layers, SpectralConv2d(inside, 1, 4))
