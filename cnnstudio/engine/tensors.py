"""The one place where a photo's arrays become tensors and back.

Photos are HxWxC ``uint8`` or ``uint16``, C = 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha). Networks see
(N, 3, H, W) ``float32`` in [-1, 1]; grey is repeated and averaged back, alpha is never seen. 16-bit values pass through
``float32`` (24 bits of precision) and are never brought to 8 bits.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.photo import Pixels


def colour_channels(channels: int) -> int:
    """How many of a photo's ``channels`` are colour: alpha is not."""
    return 1 if channels < 3 else 3


def mirrored(start: int, stop: int, size: int) -> np.ndarray:
    """Indices ``start .. stop`` into an axis of ``size``, continued past its ends by reflection (edge repeated).

    Windows that reach over a photo's edge see its mirror image: known pixels of natural statistics, no step at the
    edge; and a hole that touches the edge is mirrored with it, so it stays a hole that can be filled from its sides.
    Marking the outside as missing instead would make a hole at the edge endless.
    """
    folded = np.arange(start, stop) % (2 * size)
    return np.asarray(np.where(folded < size, folded, 2 * size - 1 - folded))


def cut(pixels: Pixels, rect: Rect) -> np.ndarray:
    """``pixels`` (HxW or HxWxC) within ``rect``, mirrored where the rectangle reaches over the edge."""
    height, width = pixels.shape[:2]
    if Rect(0, 0, width, height).contains(rect):
        return np.asarray(pixels[rect.slices])
    ys, xs = mirrored(rect.y, rect.y1, height), mirrored(rect.x, rect.x1, width)
    near = Rect.from_edges(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    return np.asarray(pixels[near.slices][np.ix_(ys - near.y, xs - near.x)])


def cut_tensor(planes: Tensor, rect: Rect) -> Tensor:
    """As :func:`cut`, of (C, H, W)."""
    height, width = planes.shape[-2:]
    if Rect(0, 0, width, height).contains(rect):
        return planes[:, *rect.slices]
    ys = torch.from_numpy(mirrored(rect.y, rect.y1, height))
    xs = torch.from_numpy(mirrored(rect.x, rect.x1, width))
    return planes[:, ys[:, None], xs]


def to_network(photos: np.ndarray, device: str = "cpu") -> Tensor:
    """(N, H, W, C) of a photo's dtype to (N, 3, H, W) ``float32`` in [-1, 1]."""
    colour = np.ascontiguousarray(photos[..., : colour_channels(photos.shape[-1])])
    x = torch.from_numpy(colour).to(device).to(torch.float32)
    x = x.mul_(2 / np.iinfo(photos.dtype).max).sub_(1).permute(0, 3, 1, 2)
    return x.expand(-1, 3, -1, -1)


def to_hole(masks: np.ndarray, device: str = "cpu") -> Tensor:
    """(N, H, W) ``uint8`` to (N, 1, H, W) ``float32``: 1 where the mask is 128 or more."""
    return torch.from_numpy(masks >= 128).to(device).to(torch.float32)[:, None]


def to_floats(filled: Tensor, channels: int) -> np.ndarray:
    """(3, H, W) in [-1, 1] to HxWxC ``float32``, about [0, 1]; C colour channels of a photo with ``channels``."""
    x = filled if colour_channels(channels) == 3 else filled.mean(0, keepdim=True)
    return np.asarray(x.permute(1, 2, 0).add(1).mul_(0.5).contiguous().cpu())


def to_unit(pixels: np.ndarray) -> np.ndarray:
    """HxWxC of a photo's dtype to its colour channels, ``float32`` in [0, 1]."""
    colour = pixels[..., : colour_channels(pixels.shape[-1])]
    return np.asarray(np.divide(colour, np.iinfo(pixels.dtype).max, dtype=np.float32))


def to_pixels(floats: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """``float32`` in [0, 1] to the photo's dtype, rounded, values outside clipped."""
    most = np.iinfo(dtype).max
    return np.asarray(np.rint(np.clip(floats, 0, 1) * most), dtype)
