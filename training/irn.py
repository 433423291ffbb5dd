"""How the restoration network (IRN) is trained: from damaged photo and hole to the clean photo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

from cnnstudio.errors import BadInput
from cnnstudio.networks.irn import IRN
from training import losses
from training.arrays import find_arrays, kept_out, read_array, store_of
from training.damage import CLASSES
from training.data import HoleBank, PhotoStore, draw_holes, find_images, load_photos, manifest_hash, split
from training.features import Features, perceptual_distance
from training.loop import Figures, State

_BETAS = (0.5, 0.999)
_FIXED = 32  # crops that are measured
_SHOWN = 6
_NOISE = 8 / 127.5
"""A pixel of a pair that differs by more in any colour is damaged: eight levels of 255, above what JPEG adds."""

Batch = tuple[Tensor, Tensor, Tensor]
"""Damaged (N, 3, S, S) in [-1, 1], hole (N, 1, S, S) of 0 and 1, clean like damaged."""


class Source(Protocol):
    """Where damaged photos with their clean partners come from."""

    def to(self, device: torch.device) -> Source: ...

    def batch(self, count: int, side: int, generator: torch.Generator) -> Batch:
        """Random crops of ``side`` pixels; ``generator``, on the source's device, is the only chance."""
        ...


@dataclass(frozen=True)
class DamagedPhotos:
    """Clean photos with synthetic damage.

    A third of the holes are filled mid-grey, a third with any one colour, a third with what another photo has there:
    the network shall learn that what it finds in a hole means little.
    """

    photos: PhotoStore
    holes: HoleBank

    def to(self, device: torch.device) -> DamagedPhotos:
        return DamagedPhotos(self.photos.to(device), self.holes.to(device))

    def batch(self, count: int, side: int, generator: torch.Generator) -> Batch:
        clean = self.photos.crops(count, side, generator).float() / 127.5 - 1
        hole = self.holes.crops(count, side, generator)
        colour = torch.rand((count, 3, 1, 1), device=clean.device, generator=generator) * 2 - 1
        kind = torch.randint(3, (count, 1, 1, 1), device=clean.device, generator=generator)
        other = torch.where(kind == 1, clean.roll(1, 0), colour * (kind == 2))
        return torch.where(hole > 0, other, clean), hole, clean


@dataclass(frozen=True)
class PhotoPairs:
    """Photos damaged and clean, alike in number and sizes; the hole is where the two differ."""

    damaged: PhotoStore
    clean: PhotoStore

    def to(self, device: torch.device) -> PhotoPairs:
        return PhotoPairs(self.damaged.to(device), self.clean.to(device))

    def batch(self, count: int, side: int, generator: torch.Generator) -> Batch:
        before = generator.get_state()
        damaged = self.damaged.crops(count, side, generator).float() / 127.5 - 1
        generator.set_state(before)  # the same crops of both
        clean = self.clean.crops(count, side, generator).float() / 127.5 - 1
        hole = ((damaged - clean).abs().amax(1, keepdim=True) > _NOISE).float()
        return damaged, hole, clean


@dataclass(frozen=True)
class IrnConfig:
    """What is trained, on what.

    Attributes:
        width: channels of the first layer of the encoders.
        crop: side of a crop in pixels, a multiple of 8.
        batch: crops a step, on each device.
        mix: weight of each damage class among the holes.
        bank: holes drawn beforehand.
        rate: learning rate of Adam.
        losses: weight by name of loss.
        whole: whether the losses judge the whole photo (true) or the hole alone (false).
    """

    width: int = 64
    crop: int = 128
    batch: int = 16
    mix: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(CLASSES, 1.0))
    bank: int = 2000
    rate: float = 2e-4
    losses: Mapping[str, float] = field(default_factory=lambda: {"mse": 1.0})
    whole: bool = True

    def __post_init__(self) -> None:
        if self.crop < 32 or self.crop % IRN.MULTIPLE_OF:
            raise BadInput(f"The crop must be a multiple of {IRN.MULTIPLE_OF} and at least 32, not {self.crop}.")

    @property
    def architecture(self) -> dict[str, object]:
        """Arguments of :class:`IRN`, as the model card keeps them."""
        return {"width": self.width}


@dataclass(frozen=True)
class Sources:
    """What :func:`load_sources` found.

    Attributes:
        train, validation: to draw from.
        photos, kept_out: how many photos there are of each.
        manifest: hash of all that was read.
        skipped: files that could not be used, with the reason.
    """

    train: Source
    validation: Source
    photos: int
    kept_out: int
    manifest: str
    skipped: tuple[str, ...] = ()


def load_sources(config: IrnConfig, sources: Sequence[Path], validation: float, seed: int) -> Sources:
    """Photos to train on and to measure with.

    Args:
        sources: a folder with ``images.npy`` and, damaged likewise, ``corrupted_images.npy``; one with ``images.npy``
            alone, or folders and files of images, both of which are given synthetic damage.
        validation: share kept out of training.

    Raises:
        BadInput: the files cannot be used, do not fit each other, or are too few or too small.
    """
    arrays = find_arrays(sources)
    if not arrays:
        files = find_images(sources)
        train, apart = split(files, validation, seed)
        if not apart:
            raise BadInput(f"{len(files)} photos are too few to train on some and measure on others.")
        photos, measured = load_photos(train, config.crop), load_photos(apart, config.crop)
        return Sources(
            _damaged(config, photos, seed), _damaged(config, measured, seed + 1), len(train), len(apart),
            manifest_hash(files), photos.skipped + measured.skipped,
        )  # fmt: skip
    clean_file, corrupted_file = arrays
    clean = read_array(clean_file)
    if min(clean.shape[1:3]) < config.crop:
        raise BadInput(
            f"The pictures in “{clean_file.name}” are {clean.shape[2]} x {clean.shape[1]} pixels: "
            f"choose a crop of at most {min(clean.shape[1:3]) // IRN.MULTIPLE_OF * IRN.MULTIPLE_OF}."
        )
    out = kept_out(len(clean), validation, seed)
    if out.all() or not out.any():
        raise BadInput(f"{len(clean)} pictures are too few to train on some and measure on others.")
    if corrupted_file is None:
        pair: list[Source] = [_damaged(config, store_of(clean[rows]), seed + n) for n, rows in enumerate((~out, out))]
    else:
        corrupted = read_array(corrupted_file)
        if corrupted.shape != clean.shape:
            raise BadInput(
                f"“{corrupted_file.name}” and “{clean_file.name}” hold different numbers or sizes of pictures.",
                f"{corrupted.shape} and {clean.shape}",
            )
        pair = [PhotoPairs(store_of(corrupted[rows]), store_of(clean[rows])) for rows in (~out, out)]
    manifest = manifest_hash([file for file in arrays if file])
    return Sources(pair[0], pair[1], int((~out).sum()), int(out.sum()), manifest)


def _damaged(config: IrnConfig, photos: PhotoStore, seed: int) -> DamagedPhotos:
    return DamagedPhotos(photos, draw_holes(config.bank, config.crop, seed, dict(config.mix), 0.5))


class IrnRecipe:
    """Trains :class:`IRN`, encoders and decoder together; see :class:`training.loop.Recipe`."""

    def __init__(self, config: IrnConfig, train: Source, validation: Source, seed: int = 0) -> None:
        self.config = config
        self._source = train
        self._fixed = validation.batch(_FIXED, config.crop, torch.Generator().manual_seed(seed))

    def build(self, device: torch.device) -> State:
        config = self.config
        self._source = self._source.to(device)
        damaged, hole, clean = self._fixed
        self._fixed = damaged.to(device), hole.to(device), clean.to(device)
        net = IRN(config.width).to(device).to(memory_format=torch.channels_last)
        self._objective = losses.Objective(config.losses, device)
        self._features = Features().to(device)
        self._start: Figures = {}
        self._start = {f"{name}_at_start": value for name, value in self.measure(net.eval()).items()}
        optimiser = torch.optim.Adam(net.parameters(), config.rate, _BETAS)
        return State({"irn": net.train()}, {"irn": optimiser}, averaged="irn")

    def step(self, fabric: Fabric, state: State, generator: torch.Generator, number: int) -> dict[str, Tensor]:
        damaged, hole, clean = self._source.batch(self.config.batch, self.config.crop, generator)
        restored = state.networks["irn"](damaged, hole)
        loss, terms = self._objective(restored, clean, None if self.config.whole else hole)
        optimiser = state.optimisers["irn"]
        optimiser.zero_grad()
        fabric.backward(loss)
        optimiser.step()
        samples = torch.tensor(len(clean) * fabric.world_size)
        return {"loss": loss.detach(), **terms, "hole_share": hole.mean(), "samples": samples}

    @torch.inference_mode()
    def measure(self, network: nn.Module) -> Figures:
        """On fixed crops, now and at the start: ``psnr`` over the holes and ``psnr_whole`` over all pixels, in dB, and
        the ``perceptual`` distance of the repaired crops, times 1000."""
        damaged, hole, clean = self._fixed
        restored = network(damaged, hole)
        repaired = losses.composite(restored, clean, hole)
        return {
            "psnr": _decibels(losses.mse(restored, clean, hole)),
            "psnr_whole": _decibels(losses.mse(restored, clean)),
            "perceptual": 1000 * float(perceptual_distance(self._features, repaired, clean).mean()),
            **self._start,
        }

    @torch.inference_mode()
    def samples(self, network: nn.Module) -> np.ndarray:
        """A row a crop: damaged, restored whole, repaired in its hole alone, clean."""
        damaged, hole, clean = (part[:_SHOWN] for part in self._fixed)
        restored = network(damaged, hole)
        columns = (damaged, restored, losses.composite(restored, damaged, hole), clean)
        grid = torch.cat([torch.cat(list(column), 1) for column in columns], 2)
        return ((grid.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).cpu().numpy()


def _decibels(error: Tensor) -> float:
    """The PSNR of a mean squared error of pictures in [-1, 1]."""
    return float(-10 * torch.log10(error / 4 + 1e-8))
