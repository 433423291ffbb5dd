"""Building blocks of the networks. All keep (N, C, H, W) -> (N, C, H, W)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn


def _silence(layer: nn.Conv2d) -> nn.Conv2d:
    """Zeroes a block's last layer: starting as the identity lets a deep stack learn from its first step."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    return layer


class ResBlock(nn.Module):
    """Two 3x3 convolutions and a skip (He et al. 2016), without normalisation: statistics of a crop that is
    partly hole are no guide to the photo's (as in EDSR, Lim et al. 2017)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.ReLU(inplace=True),
            _silence(nn.Conv2d(channels, channels, 3, padding=1)),
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.body(x)
        return out


class GatedBlock(nn.Module):
    """A residual block whose second half is gated by a learned soft mask (gated convolution, Yu et al. 2019)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.into = nn.Conv2d(channels, 2 * channels, 3, padding=1)
        self.out = _silence(nn.Conv2d(channels, channels, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        feature, gate = self.into(x).chunk(2, 1)
        out: Tensor = x + self.out(torch.relu(feature) * torch.sigmoid(gate))
        return out


class LargeKernelBlock(nn.Module):
    """7x7 depthwise, then a pointwise bottleneck of four times the width (ConvNeXt, Liu et al. 2022)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 7, padding=3, groups=channels),
            nn.Conv2d(channels, 4 * channels, 1),
            nn.GELU(),
            _silence(nn.Conv2d(4 * channels, channels, 1)),
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.body(x)
        return out


class FourierBlock(nn.Module):
    """A residual block with a second path through the spectrum: a pointwise convolution of real and imaginary
    parts sees the whole crop at once (fast Fourier convolution, Chi et al. 2020)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.local = ResBlock(channels)
        half = channels // 2
        self.squeeze = nn.Conv2d(channels, half, 1)
        self.spectral = nn.Sequential(nn.Conv2d(2 * half, 2 * half, 1), nn.ReLU(inplace=True))
        self.out = _silence(nn.Conv2d(half, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        size = x.shape[-2:]
        # FFT has no bf16; overflow in half precision is the known trap of this layer.
        with torch.autocast(x.device.type, enabled=False):
            spectrum = torch.fft.rfft2(self.squeeze(x.float()), norm="ortho")
            mixed = self.spectral(torch.cat([spectrum.real, spectrum.imag], 1))
            real, imag = mixed.chunk(2, 1)
            wide = torch.fft.irfft2(torch.complex(real, imag), s=size, norm="ortho")
            wide = self.out(wide)
        out: Tensor = self.local(x) + wide
        return out


BLOCKS: dict[str, Callable[[int], nn.Module]] = {
    "res": ResBlock,
    "gated": GatedBlock,
    "large": LargeKernelBlock,
    "fourier": FourierBlock,
}
