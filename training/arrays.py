"""Training pictures of one size, from NumPy files or from photographs cut to it.

A NumPy file ``images.npy`` holds clean pictures; ``corrupted_images.npy`` beside it holds the same ones damaged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from cnnstudio.errors import BadInput
from training.data import PhotoStore, find_images, manifest_hash, read_rgb, split

CLEAN = "images.npy"
CORRUPTED = "corrupted_images.npy"


def find_arrays(sources: Sequence[Path]) -> tuple[Path, Path | None] | None:
    """The file of clean pictures that ``sources`` names, and the corrupted one beside it, if there is one.

    Args:
        sources: one ``.npy`` file or one folder with ``images.npy`` in it; anything else is not for this function.
    """
    if len(sources) != 1:
        return None
    clean = sources[0] / CLEAN if sources[0].is_dir() else sources[0]
    if clean.suffix != ".npy" or not clean.is_file():
        return None
    corrupted = clean.with_name(CORRUPTED)
    return clean, corrupted if corrupted.is_file() else None


def read_array(file: Path) -> np.ndarray:
    """The pictures of a NumPy file as NxHxWx3 ``uint8``.

    The file holds NxHxWx3, Nx3xHxW or (grey) NxHxW numbers: whole ones from 0 to 255, or fractions in [0, 1],
    [-1, 1] or [0, 255], whichever is the narrowest that holds them all.

    Raises:
        BadInput: not a NumPy file, or not pictures.
    """
    try:
        values = np.load(file, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise BadInput(f"“{file.name}” is not a file of numbers.", repr(error)) from error
    if values.ndim == 3:
        values = np.repeat(values[..., None], 3, axis=3)
    elif values.ndim == 4 and values.shape[3] != 3 and values.shape[1] == 3:
        values = values.transpose(0, 2, 3, 1)
    if values.ndim != 4 or values.shape[3] != 3 or not values.size:
        raise BadInput(f"“{file.name}” does not hold pictures of three colours.", f"shape {values.shape}")
    low, high = float(values.min()), float(values.max())
    if not -1 <= low <= high <= 255 or (low < 0 and high > 1):  # NaN fails as well
        raise BadInput(f"The numbers in “{file.name}” are not those of pictures.", f"from {low} to {high}")
    if np.issubdtype(values.dtype, np.floating) and high <= 1:
        values = values * 255.0 if low >= 0 else (values + 1) * 127.5
    return np.ascontiguousarray(np.rint(values), np.uint8)


def kept_out(count: int, validation: float, seed: int) -> np.ndarray:
    """Which rows are kept out of training, as ``count`` booleans; more rows never move the earlier ones."""
    draws = [hashlib.sha256(f"{seed}:{row}".encode()).digest()[:8] for row in range(count)]
    return np.array([int.from_bytes(draw, "big") / 2**64 < validation for draw in draws], bool)


def square(picture: np.ndarray, side: int) -> np.ndarray:
    """The middle square of an HxWx3 picture, scaled to ``side``."""
    height, width = picture.shape[:2]
    small = min(height, width)
    top, left = (height - small) // 2, (width - small) // 2
    middle = picture[top : top + small, left : left + small]
    method = cv2.INTER_AREA if small >= side else cv2.INTER_CUBIC
    return cv2.resize(middle, (side, side), interpolation=method)


@dataclass(frozen=True)
class Pictures:
    """Pictures of one size.

    Attributes:
        train: (N, 3, H, W) ``uint8``.
        kept_out: (M, 3, H, W) ``uint8``.
        manifest: hash of all that was read.
        skipped: files that could not be used, with the reason.
    """

    train: Tensor
    kept_out: Tensor
    manifest: str
    skipped: tuple[str, ...] = ()


def load_pictures(sources: Sequence[Path], side: int, validation: float, seed: int) -> Pictures:
    """Pictures of ``side`` x ``side``: the middle square of each, scaled.

    Args:
        sources: a NumPy file, a folder with ``images.npy``, or folders and files of images.
        validation: share kept out of training.

    Raises:
        BadInput: there are no pictures, or fewer than two on either side of the split.
    """
    arrays, skipped = find_arrays(sources), []
    if arrays:
        pictures = [square(picture, side) for picture in read_array(arrays[0])]
        out = kept_out(len(pictures), validation, seed)
        manifest = manifest_hash([arrays[0]])
    else:
        files = find_images(sources)
        apart = set(split(files, validation, seed)[1])
        pictures, rows = [], []
        for file in files:
            try:
                pictures.append(square(read_rgb(file), side))
                rows.append(file in apart)
            except OSError as error:
                skipped.append(str(error))
        out, manifest = np.array(rows, bool), manifest_hash(files)
    if min(out.sum(), (~out).sum()) < 2:
        raise BadInput(f"{len(pictures)} pictures are too few to train on some and measure on others.")
    stack = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()
    chosen = torch.from_numpy(out)
    return Pictures(stack[~chosen], stack[chosen], manifest, tuple(skipped))


def store_of(pictures: np.ndarray) -> PhotoStore:
    """NxHxWx3 ``uint8`` pictures as a store, each equally likely to be drawn."""
    count, height, width = pictures.shape[:3]
    flat = torch.from_numpy(np.ascontiguousarray(pictures).reshape(-1))
    offset = torch.arange(count) * (height * width * 3)
    return PhotoStore(flat, offset, torch.full((count,), height), torch.full((count,), width), torch.ones(count))
