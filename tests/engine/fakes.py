"""Small stand-ins for networks and devices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnstudio.engine.devices import Device
from cnnstudio.engine.fillers import Filler, Job, PyramidFiller, SinglePassFiller
from cnnstudio.engine.repair import Repairer
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import RepairOptions, RepairResult
from cnnstudio.networks.dcgan import Generator
from cnnstudio.networks.pyramid import PyramidRepairer

CPU = Device("cpu", "CPU", 256 << 20)
SMALL = 1 << 20
"""A memory budget that allows only the smallest tiles, 128 pixels."""
BARE = RepairOptions(feather=0, texture=0, grain=0, match_colour=False)


def small_network(seed: int = 0) -> PyramidRepairer:
    """A real but tiny network. Untrained, it is the prior."""
    torch.manual_seed(seed)
    return PyramidRepairer(widths=(8, 16), depths=(1, 1), blocks=("res", "res")).eval().requires_grad_(False)


def small_generator(channels: int = 3) -> Generator:
    """A real but tiny network, untrained, whose pictures are full of contrast."""
    torch.manual_seed(0)
    network = Generator(latent=20, width=8, channels=channels).eval().requires_grad_(False)
    for layer in network.modules():
        if isinstance(layer, nn.ConvTranspose2d):
            layer.weight *= 8
    return network


class Recorder(PyramidFiller):
    """The prior alone, which remembers its batches and may be made to misbehave.

    Args:
        spoil: given (filled, job, bf16), returns what the network is to have made.
    """

    def __init__(self, spoil: Callable[[Tensor, Job, bool], Tensor] = lambda filled, job, bf16: filled) -> None:
        super().__init__(small_network())
        self.spoil, self.jobs = spoil, list[Job]()

    def fill(self, job: Job, bf16: bool) -> tuple[Tensor, Tensor]:
        self.jobs.append(job)
        filled, prior = super().fill(job, bf16)
        return torch.where(job.hole > 0, self.spoil(filled.clone(), job, bf16), filled), prior


class BoxFiller(Filler):
    """A convolution of known radius: the mean of the known pixels of a square, 0 where there are none."""

    RADIUS = 6
    pyramid = False

    def __init__(self) -> None:
        super().__init__(nn.Identity())

    def fill(self, job: Job, bf16: bool) -> tuple[Tensor, Tensor]:
        known, size = 1 - job.hole, 2 * self.RADIUS + 1
        total = F.avg_pool2d(job.x * known, size, 1, self.RADIUS)
        mean = total / F.avg_pool2d(known, size, 1, self.RADIUS).clamp(min=1e-3)
        filled = torch.where(job.hole > 0, mean, job.x)
        return filled, filled


@dataclass(frozen=True)
class FakeGpu(Device):
    """The CPU, under another name."""

    @property
    def kind(self) -> str:
        return "fake"


class CountingPixels:
    """A tiled photo's behaviour: it has a shape, a dtype, and can be cut by two slices, which it counts."""

    def __init__(self, pixels: np.ndarray) -> None:
        self._pixels = pixels
        self.shape, self.dtype = pixels.shape, pixels.dtype
        self.cuts: list[int] = []

    def __getitem__(self, index: tuple[slice, slice]) -> np.ndarray:
        out = self._pixels[index]
        self.cuts.append(out.shape[0] * out.shape[1])
        return out


def repairer(filler: Filler | None = None, device: Device = CPU, bf16: bool = False) -> Repairer:
    return Repairer(filler or PyramidFiller(small_network()), device, bf16)


def single_pass(network: nn.Module) -> Repairer:
    return Repairer(SinglePassFiller(network.eval().requires_grad_(False)), CPU)


def pasted(pixels: np.ndarray, result: RepairResult) -> np.ndarray:
    """The photo with the repaired pieces in it."""
    out = pixels.copy()
    for rect, piece in result.pieces:
        assert piece.shape[:2] == (rect.h, rect.w)
        out[rect.slices] = piece
    return out


def slope(height: int, width: int, channels: int = 3, dtype: type = np.uint8) -> np.ndarray:
    """A photo that is a slope in both directions, which a biharmonic prior continues without error."""
    y, x = np.mgrid[:height, :width]
    plane = (0.2 + 0.3 * x / max(width - 1, 1) + 0.4 * y / max(height - 1, 1)) * np.iinfo(dtype).max
    return np.repeat(np.rint(plane)[..., None], channels, 2).astype(dtype)


def hole_of(mask: np.ndarray, rect: Rect) -> np.ndarray:
    """Sets a rectangle of a mask, in place."""
    mask[rect.slices] = 255
    return mask
