"""How the photo restorer is trained: clean crops, degraded on the fly, and the strengths it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

import cv2
import numpy as np
import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

from cnnstudio.networks.restore import PhotoRestorer
from training import losses
from training.data import PhotoStore
from training.degrade import Degradation, degrade, draw_degradation
from training.features import Features, perceptual_distance
from training.loop import Figures, State, clip
from training.muon import Muon
from training.start import begin_as

SCALES = (0.7, 0.5, 0.35)
"""Photos are only used scaled down: their own noise and blocks would be learned as what a clean photo looks like."""

MARGIN = 12
"""Pixels around a crop that are degraded with it: blocks begin anywhere, and a blur has no edge."""

MEASURED_SIDE = 128
MEASURED = {
    **{f"noise{sigma}": Degradation(noise=sigma) for sigma in (10, 25, 50)},
    **{f"jpeg{quality}": Degradation(quality=quality) for quality in (10, 30, 50)},
    "grain": Degradation(noise=12, coarse=0.7, colour=0.1, light="film"),
    "both": Degradation(noise=15, quality=50),
    "blur": Degradation(blur=1.0, noise=2),
}
_BLOCK = 16  # side of the blocks in which noise is looked for


@dataclass(frozen=True)
class RestoreConfig:
    """What is trained, on what.

    Attributes:
        widths: features at 1/2, 1/4, 1/8 … of the photo.
        depths: blocks at each of these sizes on the way down and on the way up (the last: in all).
        crop: side of a crop in pixels.
        batch: crops a step, on each device.
        grey: share of the crops made grey, as old photographs are.
        measured: crops of each case that are measured.
        noisiest: pictures that are noisier than so many grey levels themselves are not trained on.
        rate: learning rate of the hidden layers (Muon).
        small_rate: learning rate of all else (Adam).
        losses: weight by name of loss.
        perceive_every: steps from one with the perceptual loss, if it is asked for, to the next; it is a dear one.
        init: model to start from, for fine-tuning: its id, or its weights (safetensors).
    """

    widths: tuple[int, ...] = (32, 64, 112)
    depths: tuple[int, ...] = (2, 3, 3)
    crop: int = 64
    batch: int = 16
    grey: float = 0.25
    measured: int = 24
    noisiest: float = 1.0
    rate: float = 0.01
    small_rate: float = 1.5e-3
    losses: Mapping[str, float] = field(default_factory=lambda: {"psnr": 1.0, "perceptual": 1.5})
    perceive_every: int = 3
    init: str | None = None

    @property
    def architecture(self) -> dict[str, object]:
        """Arguments of :class:`PhotoRestorer`, as the model card keeps them."""
        return {"widths": list(self.widths), "depths": list(self.depths)}


def noise_of(picture: np.ndarray) -> float:
    """The noise of an HxWx3 uint8 picture in grey levels, as its smoothest twentieth shows it.

    The deviation of what Immerkær's mask leaves ("Fast noise variance estimation", 1996) in blocks of 16 pixels; a
    texture everywhere, or the screen of a print, counts as noise too. That suits what is not to be learned as clean;
    :func:`cnnstudio.imaging.flaws.noise_of`, which measures for people, leaves such alone, and all below 2.5 levels.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
    height, width = (side // _BLOCK * _BLOCK for side in grey.shape)
    left = np.asarray(cv2.filter2D(grey, -1, mask))[:height, :width]
    blocks = np.square(left).reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK).mean((1, 3))
    return float(np.sqrt(np.quantile(blocks, 0.05)))


def clean_only(photos: PhotoStore, noisiest: float) -> PhotoStore:
    """The same store, from which pictures that are noisier than ``noisiest`` grey levels are never drawn.

    All are drawn where none is clean enough.
    """
    clean = torch.zeros(len(photos))
    for number in range(len(photos)):
        start, height, width = (int(x[number]) for x in (photos.offset, photos.height, photos.width))
        pixels = photos.pixels[start : start + 3 * height * width].view(height, width, 3)
        clean[number] = noise_of(pixels.numpy()) <= noisiest
    return replace(photos, weight=photos.weight * clean) if clean.any() else photos


class RestoreRecipe:
    """Trains :class:`PhotoRestorer` on photos; see :class:`training.loop.Recipe`.

    Crops are degraded on the CPU as they are needed, which takes a twentieth of a step there.
    """

    def __init__(self, config: RestoreConfig, photos: PhotoStore, validation: PhotoStore, seed: int = 0) -> None:
        self.config = config
        self._photos = clean_only(photos, config.noisiest)
        self._fixed = _fixed_batches(validation, config.measured, seed)
        self._device = torch.device("cpu")

    def build(self, device: torch.device) -> State:
        config = self.config
        self._device = device
        net = PhotoRestorer(**config.architecture)  # type: ignore[arg-type]
        if config.init:
            begin_as(net, config.init)
        net = net.to(device).to(memory_format=torch.channels_last)
        self._objective = losses.Objective(dict(config.losses), device)
        self._measuring = Features().to(device)
        return State(
            {"restorer": net}, {"restorer": Muon(net.parameters(), config.rate, config.small_rate)}, "restorer"
        )

    def batch(self, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Degraded and clean crops, (N, 3, C, C) in [-1, 1], and the strengths that are told, (3, N)."""
        config = self.config
        seed = int(torch.randint(2**62, (1,), device=generator.device, generator=generator))
        rng, chance = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
        squares = self._photos.crops(config.batch, config.crop + 2 * MARGIN, chance).permute(0, 2, 3, 1).numpy()
        pairs, told = [], []
        for square in squares:
            how, clean = draw_degradation(rng), np.ascontiguousarray(square)
            if rng.random() < config.grey:
                clean = np.repeat(cv2.cvtColor(clean, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
                how = replace(how, colour=0.0)
            y, x = rng.integers(MARGIN - 4, MARGIN + 4, 2)
            both = np.stack([degrade(clean, how, rng), clean])
            pairs.append(both[:, y : y + config.crop, x : x + config.crop])
            told.append(how.strengths)
        crops = _to_tensor(np.stack(pairs, 1).reshape(-1, config.crop, config.crop, 3)).to(self._device)
        degraded, truth = crops.contiguous(memory_format=torch.channels_last).chunk(2)
        return degraded, truth, torch.tensor(told, device=self._device).T

    def step(self, fabric: Fabric, state: State, generator: torch.Generator, number: int) -> dict[str, Tensor]:
        degraded, clean, told = self.batch(generator)
        net, optimiser = state.networks["restorer"], state.optimisers["restorer"]
        restored = net(degraded, *told)
        left_out = ("perceptual",) if number % self.config.perceive_every else ()
        total, figures = self._objective(restored, clean, without=left_out)
        optimiser.zero_grad()
        fabric.backward(total)
        clip(fabric, net, optimiser)
        optimiser.step()
        return {"loss": total.detach(), **figures, "samples": torch.tensor(len(clean) * fabric.world_size)}

    @torch.inference_mode()
    def measure(self, network: nn.Module) -> Figures:
        """Gain over the degraded crop in dB and what is left of its perceptual distance, by case, told the truth; and
        by how many grey levels clean crops change if a little noise (3) and JPEG (0.2) is told."""
        figures: Figures = {}
        for name, (degraded, clean, told) in self._fixed.items():
            restored = self._restore(network, degraded, told)
            figures[f"{name}_gain"] = float((_psnr(restored, clean) - _psnr(degraded, clean)).mean())
            left, whole = (perceptual_distance(self._measuring, x, clean).mean() for x in (restored, degraded))
            figures[f"{name}_perceptual"] = float(left / whole)
        for figure in ("gain", "perceptual"):
            figures[figure] = float(np.mean([figures[f"{name}_{figure}"] for name in MEASURED]))
        _, clean, _ = self._fixed["noise10"]
        little = torch.tensor([[3.0], [0.2], [0.0]]).expand(3, len(clean))
        figures["clean_change"] = float(127.5 * (self._restore(network, clean, little) - clean).abs().mean())
        return figures

    @torch.inference_mode()
    def samples(self, network: nn.Module) -> np.ndarray:
        """A row for each case: degraded, restored, truth."""
        rows = []
        for degraded, clean, told in self._fixed.values():
            shown = (degraded[:3], self._restore(network, degraded[:3], told[:, :3]), clean[:3])
            rows.append(torch.cat([torch.cat(list(group), 2) for group in zip(*shown, strict=True)], 2))
        grid = torch.cat(rows, 1)
        return ((grid.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).cpu().numpy()

    def _restore(self, network: nn.Module, degraded: Tensor, told: Tensor) -> Tensor:
        net = cast(PhotoRestorer, network)
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._device.type == "cpu"):
            restored: Tensor = net(degraded.to(self._device), *told.to(self._device))
        return restored.clamp(-1, 1).cpu()


def _to_tensor(pixels: np.ndarray) -> Tensor:
    """NxHxWx3 uint8 to (N, 3, H, W) in [-1, 1]."""
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1


def _psnr(pred: Tensor, target: Tensor) -> Tensor:
    """(N,) dB of pictures in [-1, 1]."""
    return -10 * torch.log10((pred - target).square().mean((1, 2, 3)) / 4 + 1e-8)


def _fixed_batches(photos: PhotoStore, count: int, seed: int) -> dict[str, tuple[Tensor, Tensor, Tensor]]:
    """The same crops at every measurement, by case: degraded and clean, (N, 3, S, S), and what is told, (3, N)."""
    generator, rng = torch.Generator().manual_seed(seed), np.random.default_rng(seed)
    clean = photos.crops(count, MEASURED_SIDE, generator).permute(0, 2, 3, 1).contiguous().numpy()
    batches = {}
    for name, how in MEASURED.items():
        degraded = np.stack([degrade(one, how, rng) for one in clean])
        told = torch.tensor(how.strengths)[:, None].expand(3, count)
        batches[name] = (_to_tensor(degraded), _to_tensor(clean), told)
    return batches
