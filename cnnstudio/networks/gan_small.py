"""A small generative adversarial network for a few hundred pictures or more, 128 or 256 pixels on a side.

After Liu, Zhu, Song, Elgammal, "Towards faster and stabilized GAN training for high-fidelity few-shot image synthesis"
(2021): a generator of gated up-sampling blocks, whose fine layers are weighed channel by channel by coarse ones
(skip-layer excitation), and a discriminator that must also be able to draw again what it saw, so that it learns what
pictures are made of and not what these pictures are.

Up-sampling is bilinear and followed by a convolution: unlike a transposed convolution it leaves no checkerboard.
"""

from __future__ import annotations

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SIDES = (32, 64, 128, 256)
_CHANNELS = {4: 4.0, 8: 4.0, 16: 3.0, 32: 2.0, 64: 1.0, 128: 0.5, 256: 0.25}
"""Channels at each size, in units of the width."""
_EXCITED = {64: 4, 128: 8, 256: 16}
"""Which size is weighed by which coarser one."""
_SLOPE = 0.2


def _checked(side: int) -> int:
    if side not in SIDES:
        raise ValueError(f"side must be one of {SIDES}, not {side}")
    return side


class _Noise(nn.Module):
    """Adds noise of learnt strength, 0 at first: what has no cause in the latent, such as grain, needs one."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.strength = nn.Parameter(torch.zeros(()))
        self.register_buffer("fixed", torch.randn((1, 1, side, side)))
        self.fixed: Tensor

    def forward(self, x: Tensor, noise: torch.Generator | None) -> Tensor:
        if noise is None:
            return x + self.strength * self.fixed
        fresh = torch.randn((len(x), 1, *x.shape[2:]), device=x.device, generator=noise)
        return x + self.strength * fresh


class _Up(nn.Module):
    """Twice the size: bilinear up-sampling, then one convolution or two, each normalised and gated.

    With batch normalisation after it the scale of a convolution's weights does not matter, so spectral normalisation
    would change nothing here.
    """

    def __init__(self, inside: int, outside: int, side: int, convolutions: int) -> None:
        super().__init__()
        channels = [inside] + [outside] * convolutions
        self.convolutions = nn.ModuleList(
            nn.Conv2d(a, 2 * outside, 3, padding=1, bias=False) for a in channels[:convolutions]
        )
        self.noises = nn.ModuleList(_Noise(side) for _ in range(convolutions))
        self.norms = nn.ModuleList(nn.BatchNorm2d(2 * outside) for _ in range(convolutions))

    def forward(self, x: Tensor, noise: torch.Generator | None) -> Tensor:
        x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
        for convolve, disturb, normalise in zip(self.convolutions, self.noises, self.norms, strict=True):
            x = F.glu(normalise(disturb(convolve(x), noise)), 1)
        return x


class Excitation(nn.Module):
    """Skip-layer excitation: weighs the channels of a fine layer, each by a number in (0, 1) from a coarse one."""

    def __init__(self, coarse: int, fine: int) -> None:
        super().__init__()
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(4), nn.Conv2d(coarse, fine, 4), nn.SiLU(), nn.Conv2d(fine, fine, 1), nn.Sigmoid()
        )

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        """``coarse`` (N, C, h, w), h and w at least 4, and ``fine`` (N, D, H, W) to (N, D, H, W)."""
        weighed: Tensor = fine * self.gate(coarse)
        return weighed


class Generator(nn.Module):
    """Makes a picture from a latent.

    Args:
        side: of the picture in pixels: 128 or 256; 32 and 64 for trials.
        latent: channels of the latent z.
        width: channels at 64 pixels; coarser layers have up to four times as many.
        channels: of the picture.
    """

    def __init__(self, side: int = 128, latent: int = 256, width: int = 64, channels: int = 3) -> None:
        super().__init__()
        self.side, self.latent = _checked(side), latent
        wide = {size: max(4, round(width * share)) for size, share in _CHANNELS.items() if size <= side}
        self.first = nn.Linear(latent, 2 * wide[4] * 16, bias=False)
        self.norm = nn.BatchNorm2d(2 * wide[4])
        sizes = list(wide)
        # A second convolution where it costs little.
        self.ups = nn.ModuleDict(
            {str(b): _Up(wide[a], wide[b], b, 2 if b in (16, 32) else 1) for a, b in pairwise(sizes)}
        )
        excited = {b: a for b, a in _EXCITED.items() if b <= side}
        self.excitations = nn.ModuleDict({str(b): Excitation(wide[a], wide[b]) for b, a in excited.items()})
        self.last = nn.Conv2d(wide[side], channels, 3, padding=1)
        self.apply(_initialise)

    def forward(self, z: Tensor, noise: torch.Generator | None = None) -> Tensor:
        """(N, latent, 1, 1), normally distributed, to (N, channels, side, side) in [-1, 1].

        Args:
            noise: draws the noise afresh for every picture, as in training; it is on ``z``'s device. None: the noise
                that belongs to the weights, the same for every picture, so that a latent is one picture.
        """
        seen = {4: F.glu(self.first_layer(z), 1)}
        x = seen[4]
        for name, up in self.ups.items():
            size = int(name)
            x = up(x, noise)
            if name in self.excitations:
                x = self.excitations[name](seen[_EXCITED[size]], x)
            seen[size] = x
        return torch.tanh(self.last(x))

    def first_layer(self, z: Tensor) -> Tensor:
        """(N, latent, 1, 1) to (N, D, 4, 4): the values of the first layer, normalised, before anything bends them."""
        values: Tensor = self.norm(self.first(z.flatten(1)).unflatten(1, (-1, 4, 4)))
        return values


class SpectralConv2d(nn.Conv2d):
    """A convolution divided by the largest singular value of its weights, as a matrix of a row an output channel.

    Miyato et al., "Spectral normalization for generative adversarial networks" (2018), by one step of power iteration
    at every pass in training mode. In float32 under autocast too: the value divides everything.
    """

    def __init__(
        self, inside: int, outside: int, kernel: int, stride: int = 1, padding: int = 0, bias: bool = True
    ) -> None:
        super().__init__(inside, outside, kernel, stride, padding, bias=bias)
        self.register_buffer("direction", F.normalize(torch.randn(outside), dim=0))
        self.direction: Tensor

    def largest(self) -> Tensor:
        """The estimate of the largest singular value, differentiable in the weights."""
        with torch.autocast(self.weight.device.type, enabled=False):
            matrix = self.weight.flatten(1).float()
            with torch.no_grad():
                right = F.normalize(matrix.T @ self.direction, dim=0)
                left = F.normalize(matrix @ right, dim=0)
                if self.training:
                    self.direction.copy_(left)
            return left @ matrix @ right

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self._conv_forward(x, self.weight / self.largest(), self.bias)
        return out


def _judging(inside: int, outside: int, kernel: int, stride: int, padding: int) -> list[nn.Module]:
    """A layer of the discriminator.

    A stack of spectrally normalised layers alone hardly answers to anything at first: each shrinks what it is given.
    Batch normalisation brings the signal back, and bounded weights keep the learning rate's hold on them.
    """
    convolution = SpectralConv2d(inside, outside, kernel, stride, padding, bias=False)
    return [convolution, nn.BatchNorm2d(outside), nn.LeakyReLU(_SLOPE)]


class _Down(nn.Module):
    """Half the size, by two ways that are added: one that looks closely, and one that only averages."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__()
        self.close = nn.Sequential(*_judging(inside, outside, 4, 2, 1), *_judging(outside, outside, 3, 1, 1))
        self.plain = nn.Sequential(nn.AvgPool2d(2), *_judging(inside, outside, 1, 1, 0))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = (self.close(x) + self.plain(x)) * math.sqrt(0.5)
        return out


class _Decoder(nn.Sequential):
    """(N, inside, 8, 8) to a picture (N, channels, side, side) in [-1, 1]."""

    def __init__(self, inside: int, width: int, side: int, channels: int) -> None:
        layers: list[nn.Module] = []
        size = 8
        while size < side:
            size *= 2
            outside = max(8, width * 16 // size)
            layers += [
                nn.Upsample(scale_factor=2.0, mode="nearest"), nn.Conv2d(inside, 2 * outside, 3, padding=1, bias=False),
                nn.BatchNorm2d(2 * outside), nn.GLU(1),
            ]  # fmt: skip
            inside = outside
        super().__init__(*layers, nn.Conv2d(inside, channels, 3, padding=1), nn.Tanh())
        self.apply(_initialise)


class Discriminator(nn.Module):
    """Tells photographs from generated pictures, patch by patch, and draws again what it saw.

    Args:
        side: of the pictures, as the generator's.
        width: channels after the first layer, doubled at each later one.
        channels: of the picture.
    """

    def __init__(self, side: int = 128, width: int = 48, channels: int = 3) -> None:
        super().__init__()
        self.side = _checked(side)
        halvings = int(math.log2(side // 16))  # to 16 pixels; one more block goes to 8
        # At 256 pixels the first layer is half as wide, since it alone would cost as much as all others.
        wide = [max(4, width * 2**i // (2 if side > 128 else 1)) for i in range(halvings + 1)]
        layers: list[nn.Module] = [nn.Sequential(SpectralConv2d(channels, wide[0], 4, 2, 1), nn.LeakyReLU(_SLOPE))]
        layers += [_Down(a, b) for a, b in pairwise(wide[:halvings])]
        self.to_sixteen = nn.Sequential(*layers)
        *_, middle, last = wide
        self.to_eight = _Down(middle, last)
        self.judge = nn.Sequential(*_judging(last, last, 1, 1, 0), SpectralConv2d(last, 1, 4))
        self.whole = _Decoder(last, width, side // 2, channels)
        self.part = _Decoder(middle, width, side // 2, channels)

    def logits(self, picture: Tensor) -> Tensor:
        """(N, channels, side, side) in [-1, 1] to (N, 1, 5, 5): log-odds of being real, a patch each."""
        odds: Tensor = self.judge(self.to_eight(self.to_sixteen(picture)))
        return odds

    def forward(self, picture: Tensor) -> Tensor:
        """(N, channels, side, side) in [-1, 1] to (N, 1, 5, 5): probabilities of being real."""
        return torch.sigmoid(self.logits(picture))

    def examine(self, picture: Tensor, quarter: int) -> tuple[Tensor, Tensor, Tensor]:
        """Judges pictures and draws them again.

        Args:
            picture: (N, channels, side, side) in [-1, 1].
            quarter: which one to draw in detail, 0 to 3: upper left, upper right, lower left, lower right.

        Returns:
            The logits, as of :meth:`logits`; the whole picture at half its size; and the quarter at its full size: both
            (N, channels, side / 2, side / 2), to be compared with :func:`quarter_of` and the picture made smaller.
        """
        middle = self.to_sixteen(picture)
        last = self.to_eight(middle)
        return self.judge(last), self.whole(last), self.part(quarter_of(middle, quarter))


def quarter_of(x: Tensor, quarter: int) -> Tensor:
    """(N, C, H, W) to its upper left, upper right, lower left or lower right (N, C, H / 2, W / 2), for 0 to 3."""
    height, width = x.shape[-2] // 2, x.shape[-1] // 2
    row, column = divmod(quarter, 2)
    return x[..., row * height : (row + 1) * height, column * width : (column + 1) * width]


def _initialise(module: nn.Module) -> None:
    """N(0, 0.02) for convolutions and N(1, 0.02) for the scale of batch normalisation, as the DCGAN has it.

    Layers without a normalisation behind them keep PyTorch's: at 0.02 a picture would begin as good as grey.
    """
    if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is None:
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)
