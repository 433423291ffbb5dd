"""Photographs for training: found, split, decoded once, and cut on the device that trains.

All photos live as one flat ``uint8`` tensor (in device memory on a GPU), each at a few scales, so that a batch of
random crops at random scales is one gather and needs no loader processes. Holes come from a bank drawn beforehand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from cnnstudio.errors import BadInput
from training import damage

SCALES = (1.0, 0.6, 0.35)
_SUFFIXES = {s for s, _ in Image.registered_extensions().items()}


def find_images(sources: Sequence[Path], without: Path | None = None) -> list[Path]:
    """Every image below the given folders (recursive) and every given file, sorted.

    Args:
        without: a text file with a line for each image that is left out: its folder and name, ``folder/name.jpg``.

    Raises:
        BadInput: a source or the list does not exist, or no image is found.
    """
    try:
        left_out = set(without.read_text("utf-8").splitlines()) if without else set()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The list “{without}” could not be read.", repr(error)) from error
    found: set[Path] = set()
    for source in sources:
        if source.is_dir():
            found.update(p for p in source.rglob("*") if p.suffix.lower() in _SUFFIXES and p.is_file())
        elif source.is_file():
            found.add(source)
        else:
            raise BadInput(f"There is no folder or file “{source}”.")
    found = {p for p in found if f"{p.resolve().parent.name}/{p.name}" not in left_out}
    if not found:
        raise BadInput(f"No images were found in {', '.join(str(s) for s in sources)}.")
    return sorted(found)


def split(files: Sequence[Path], validation: float, seed: int) -> tuple[list[Path], list[Path]]:
    """Splits by photograph, the same way for the same names and seed.

    Each file is judged by a hash of its name alone, so adding photos never moves one from training to validation.

    Args:
        validation: share of the photos kept out of training, in [0, 1).

    Returns:
        (training, validation).
    """

    def kept_out(file: Path) -> bool:
        digest = hashlib.sha256(f"{seed}:{file.name}".encode()).digest()
        return int.from_bytes(digest[:8], "big") / 2**64 < validation

    train = [f for f in files if not kept_out(f)]
    return train, [f for f in files if kept_out(f)]


def manifest_hash(files: Sequence[Path]) -> str:
    """SHA-256 over the names and contents of the files, so that a model card can say what it saw."""
    total = hashlib.sha256()
    for file in sorted(files, key=lambda f: f.name):
        total.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def read_rgb(file: Path) -> np.ndarray:
    """One image, upright, as HxWx3 ``uint8``. Raises ``OSError`` where it cannot be read."""
    try:
        with Image.open(file) as image:
            return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise OSError(f"{file.name}: {error}") from error


@dataclass(frozen=True)
class PhotoStore:
    """Photos of many sizes in one flat tensor.

    Attributes:
        pixels: flat ``uint8`` tensor, RGB interleaved, row by row.
        offset, height, width: (P,) ``int64``: where each picture (a photo at one scale) starts, and its size.
        weight: (P,) chance of being drawn.
        skipped: files that could not be used, with the reason.
    """

    pixels: Tensor
    offset: Tensor
    height: Tensor
    width: Tensor
    weight: Tensor
    skipped: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.offset)

    def to(self, device: torch.device) -> PhotoStore:
        return PhotoStore(
            self.pixels.to(device), self.offset.to(device), self.height.to(device), self.width.to(device),
            self.weight.to(device), self.skipped,
        )  # fmt: skip

    def crops(self, count: int, size: int, generator: torch.Generator) -> Tensor:
        """Random crops, mirrored and turned by quarter turns at random.

        Args:
            generator: on the store's device; the only source of chance.

        Returns:
            (count, 3, size, size) ``uint8`` on the store's device.
        """
        device = self.pixels.device
        which = torch.multinomial(self.weight, count, replacement=True, generator=generator)
        height, width = self.height[which], self.width[which]
        u = torch.rand((5, count), device=device, generator=generator)
        top = (u[0] * (height - size + 1)).long().clamp_(min=0)
        left = (u[1] * (width - size + 1)).long().clamp_(min=0)
        along = torch.arange(size, device=device)
        rows, columns = along.view(1, -1, 1), along.view(1, 1, -1)
        turned = (u[2] < 0.5).view(-1, 1, 1)
        rows, columns = torch.where(turned, columns, rows), torch.where(turned, rows, columns)
        rows = torch.where((u[3] < 0.5).view(-1, 1, 1), size - 1 - rows, rows)
        columns = torch.where((u[4] < 0.5).view(-1, 1, 1), size - 1 - columns, columns)
        at = (top.view(-1, 1, 1) + rows) * width.view(-1, 1, 1) + left.view(-1, 1, 1) + columns
        at = self.offset[which].view(-1, 1, 1) + 3 * at
        return torch.stack([self.pixels[at + channel] for channel in range(3)], 1)


def load_photos(files: Sequence[Path], smallest: int, scales: Sequence[float] = SCALES) -> PhotoStore:
    """Decodes photos once, at several scales.

    Args:
        smallest: shortest side worth keeping; scales that would fall below it are left out, and so are files whose
            full size does.
        scales: factors in (0, 1].

    Raises:
        BadInput: nothing usable is left.
    """

    def one(file: Path) -> list[np.ndarray] | str:
        try:
            full = read_rgb(file)
        except OSError as error:
            return str(error)
        if min(full.shape[:2]) < smallest:
            return f"{file.name}: smaller than {smallest} pixels"
        sizes = [(round(full.shape[1] * s), round(full.shape[0] * s)) for s in scales]
        return [
            full if s == 1 else cv2.resize(full, size, interpolation=cv2.INTER_AREA)
            for s, size in zip(scales, sizes, strict=True)
            if min(size) >= smallest
        ]

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(one, files))
    skipped = tuple(r for r in results if isinstance(r, str))
    pictures = [p for r in results if not isinstance(r, str) for p in r]
    if not pictures:
        raise BadInput("None of the images could be used." + (f" The first: {skipped[0]}." if skipped else ""))
    flat = torch.empty(sum(p.size for p in pictures), dtype=torch.uint8)
    offsets, at = [], 0
    for picture in pictures:
        flat[at : at + picture.size] = torch.from_numpy(np.array(picture).reshape(-1))
        offsets.append(at)
        at += picture.size
    # A large photo holds more crops than a small one, but not in proportion to its area more that is new.
    weight = torch.tensor([float(p.shape[0] * p.shape[1]) ** 0.5 for p in pictures])
    return PhotoStore(
        flat, torch.tensor(offsets), torch.tensor([p.shape[0] for p in pictures]),
        torch.tensor([p.shape[1] for p in pictures]), weight, skipped,
    )  # fmt: skip


@dataclass(frozen=True)
class HoleBank:
    """Holes drawn beforehand: (B, S, S) ``uint8``, 255 where pixels are missing."""

    holes: Tensor

    def to(self, device: torch.device) -> HoleBank:
        return HoleBank(self.holes.to(device))

    def crops(self, count: int, size: int, generator: torch.Generator) -> Tensor:
        """(count, 1, size, size) float of 0 and 1: random holes, shifted, mirrored and turned at random."""
        device = self.holes.device
        bank, side = self.holes.shape[:2]
        u = torch.rand((6, count), device=device, generator=generator)
        which = (u[0] * bank).long().clamp_(max=bank - 1)
        top = (u[1] * (side - size + 1)).long()
        left = (u[2] * (side - size + 1)).long()
        along = torch.arange(size, device=device)
        rows, columns = along.view(1, -1, 1), along.view(1, 1, -1)
        turned = (u[3] < 0.5).view(-1, 1, 1)
        rows, columns = torch.where(turned, columns, rows), torch.where(turned, rows, columns)
        rows = torch.where((u[4] < 0.5).view(-1, 1, 1), size - 1 - rows, rows) + top.view(-1, 1, 1)
        columns = torch.where((u[5] < 0.5).view(-1, 1, 1), size - 1 - columns, columns) + left.view(-1, 1, 1)
        flat = (which.view(-1, 1, 1) * side + rows) * side + columns
        return (self.holes.view(-1)[flat] > 127).float().unsqueeze(1)


def draw_holes(
    count: int, size: int, seed: int, mix: dict[str, float], dense: float, coverage: tuple[float, float] = (0.15, 0.35)
) -> HoleBank:
    """A bank of ``count`` holes of ``size`` pixels square.

    Args:
        mix: weight of each damage class.
        dense: share of the holes drawn dense, so that most of a crop's arithmetic teaches something.
    """
    rng = np.random.default_rng(seed)
    return HoleBank(torch.from_numpy(damage.hole_bank(count, size, rng, mix, dense, coverage)))
