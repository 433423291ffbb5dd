"""Making a fill belong: its colour and edge matched to the surroundings, their grain added.

All of it happens inside the hole; the photo around it is never touched, so there is nothing to blend there.

Colour and edge are matched to the *prior*, the smooth continuation of the surroundings: next to known pixels it is
right about brightness, colour and slope, though not about detail. What a fill differs from it *on average* along the
edge is a cast, and is taken away; what it differs from it in detail is the repair, and is left alone. The two are told
apart by their statistics, so a fill without a cast passes unchanged. The outermost pixels of wide holes are then
faded into the prior; thin damage, which is nothing but edge, is spared, since there the repair would be lost.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from cnnstudio.imaging.geometry import Rect

APRON = 24
"""Known pixels around a hole on which grain is measured."""

_CELL = 4  # casts are smooth, wide holes wide: both are found at a quarter of the size
_RING = 3  # depth in pixels to which the prior is trusted inside a hole
_ENOUGH = 25  # pixels of ring that say nothing of a cast, as a speck's; twice as many say all
_CAUTION = 2  # how often a cast's power must exceed its scatter
_TINY = 1e-8


def match_surroundings(
    filled: Tensor, prior: Tensor, hole: Tensor, feather: float = 2.0, match_colour: bool = True
) -> Tensor:
    """Takes casts from fills and fades their edges.

    Args:
        filled, prior: (N, 3, H, W) in [-1, 1], H and W multiples of 4, equal outside the hole.
        hole: (N, 1, H, W), 1 where pixels are missing.
        feather: width in pixels of the fade inside the edge of wide holes; 0 for none.
        match_colour: whether to take away casts, up to about 20 pixels from the edge.

    Returns:
        (N, 3, H, W), equal to ``filled`` outside the hole.
    """
    if match_colour:
        ring = hole * _dilated(1 - hole, _RING)
        filled = filled - hole * _enlarged(_cast(filled - prior, ring))
    if feather > 0:
        distance, inside = torch.zeros_like(hole), hole
        for _ in range(int(np.ceil(feather))):
            distance = distance + inside
            inside = 1 - _dilated(1 - inside, 1)
        fade = hole * _wide(hole) * (1 - (distance + inside) / (feather + 1)).clamp(min=0)
        filled = filled + fade * (prior - filled)
    return filled


def _cast(excess: Tensor, ring: Tensor) -> Tensor:
    """(N, 3, H/4, W/4): local mean of ``excess`` on the ring as far as it can be believed; 0 far from the ring.

    Believed is what stands well out of its own scatter (power subtraction, Boll 1979) and rests on many pixels.
    """
    weighted = excess * ring
    sums = F.avg_pool2d(torch.cat([weighted, weighted * excess, ring], 1), _CELL)
    for _ in range(2):
        sums = F.avg_pool2d(sums, 5, stride=1, padding=2)
    total, squares, weight = sums[:, :3], sums[:, 3:6], sums[:, 6:]
    mean, square = total / (weight + _TINY), squares / (weight + _TINY)
    power = mean * mean
    pixels = weight * (5 * _CELL) ** 2
    gain = (1 - _CAUTION * (square - power).clamp(min=0) / (power + _TINY)).clamp(min=0)
    gain = gain * (pixels / _ENOUGH - 1).clamp(0, 1)
    believed: Tensor = mean * gain
    return believed


def _wide(hole: Tensor) -> Tensor:
    """(N, 1, H, W): 1 in parts of the hole that are about 16 pixels wide or more, fading to 0 along thinner parts."""
    solid = 1 - _dilated(F.max_pool2d(1 - hole, _CELL), 1)
    return _enlarged(_dilated(solid, 2))


def _enlarged(cells: Tensor) -> Tensor:
    return F.interpolate(cells, scale_factor=_CELL, mode="bilinear", align_corners=False)


def _dilated(x: Tensor, by: int) -> Tensor:
    # First along rows, then along columns: the same square, and much less to compare.
    rows = F.max_pool2d(x, (1, 2 * by + 1), stride=1, padding=(0, by))
    return F.max_pool2d(rows, (2 * by + 1, 1), stride=1, padding=(by, 0))


# --- grain ---------------------------------------------------------------------------------------------------------

_FINE, _COARSE = 1.0, 3.0  # Gaussian sigmas: grain is what the fine one takes away, structure what lies between
_LEAST_GRAIN = 0.6 / 255  # below it is rounding to 8 bits, which has a deviation of 0.29 / 255 by itself
_MOST_GRAIN = 10 / 255  # more than that in its flattest part is texture
_MOST_STRUCTURE = 0.7  # structure against grain; white noise has 0.3, coarse film grain 0.5, texture 1 and more
_LEAST_SAMPLES = 100


def add_grain(photo: np.ndarray, hole: np.ndarray, rect: Rect, strength: float, seed: int) -> np.ndarray:
    """Gives a fill the grain that its surroundings have and it lacks.

    Grain is measured in the flattest part of the known pixels, as the covariance of the colour channels in what a small
    blur takes away, so that grain of brightness and grain of colour are both kept; what the fill has already
    is subtracted. Where the surroundings are texture or as smooth as a clean digital photo, nothing is added.

    Args:
        photo: HxWxC ``float32`` in [0, 1], filled already, with :data:`APRON` pixels around the hole where there are.
        hole: HxW bool.
        rect: where ``photo`` lies in the whole photo; with ``seed`` it decides the noise, not the order of work.
        strength: 0 to 1.

    Returns:
        HxWxC ``float32``, equal to ``photo`` outside the hole.
    """
    fine = _blur(photo, _FINE)
    detail = photo - fine
    structure = fine - _blur(photo, _COARSE)
    near_hole = cv2.dilate(hole.view(np.uint8), np.ones((7, 7), np.uint8)) > 0
    activity = _blur(np.abs(structure).mean(2, keepdims=True), _COARSE)[..., 0]
    known = ~near_hole
    if known.sum() < _LEAST_SAMPLES:
        return photo
    flat = known & (activity <= np.quantile(activity[known], 0.4))
    grain = _covariance(detail[flat])
    if not _LEAST_GRAIN < _deviation(grain) < _MOST_GRAIN:
        return photo
    if _deviation(_covariance(structure[flat])) > _MOST_STRUCTURE * _deviation(grain):
        return photo
    # The part of it that the fill lacks: a covariance has no negative variances.
    values, vectors = np.linalg.eigh(grain - _covariance(detail[hole]))
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    tap = _closest_tap(detail.mean(2), flat)
    kernel = _shape(tap)
    noise = cv2.filter2D(_white(rect.grown(1), photo.shape[2], seed), -1, kernel)[1:-1, 1:-1].reshape(photo.shape)
    noise = noise @ root.astype(np.float32) / np.sqrt(_detail_energy(tap)[0])
    return np.where(hole[..., None], photo + strength * noise.astype(np.float32), photo)


def _blur(image: np.ndarray, sigma: float) -> np.ndarray:
    size = 2 * int(np.ceil(2.5 * sigma)) + 1
    return cv2.GaussianBlur(image, (size, size), sigma).reshape(image.shape)


def _covariance(samples: np.ndarray) -> np.ndarray:
    """(n, C) to (C, C), of samples cut off at three robust deviations, so that a few edges do not count as grain."""
    limit = 3 * 1.4826 * np.median(np.abs(samples), axis=0)
    cut = np.clip(samples, -limit, limit).astype(np.float64)
    return np.asarray(cut.T @ cut / len(cut))


def _deviation(covariance: np.ndarray) -> float:
    return float(np.sqrt(np.trace(covariance) / len(covariance)))


def _white(rect: Rect, channels: int, seed: int, block: int = 64) -> np.ndarray:
    """Noise of deviation 1 that belongs to the place: overlapping rectangles get the same."""
    out = np.empty((rect.h, rect.w, channels), np.float32)
    for by in range(rect.y // block, -(-rect.y1 // block)):
        for bx in range(rect.x // block, -(-rect.x1 // block)):
            rng = np.random.default_rng((seed & 0xFFFFFFFF, by + 1, bx + 1))
            noise = rng.standard_normal((block, block, channels), np.float32)
            tile = Rect(bx * block, by * block, block, block)
            common = tile & rect
            out[common.shifted(-rect.x, -rect.y).slices] = noise[common.shifted(-tile.x, -tile.y).slices]
    return out


def _shape(tap: float) -> np.ndarray:
    """3x3 kernel [t 1 t] x [t 1 t]: how far a grain reaches over its neighbours."""
    row = np.array([tap, 1, tap])
    return np.outer(row, row)


@lru_cache(maxsize=16)
def _detail_energy(tap: float) -> tuple[float, float]:
    """(energy, correlation of neighbours) of the detail of noise shaped with ``tap``."""
    impulse = np.zeros((31, 31), np.float32)
    impulse[15, 15] = 1
    shaped = cv2.filter2D(impulse, -1, _shape(tap))
    detail = shaped - _blur(shaped, _FINE)
    energy = float((detail**2).sum())
    return energy, float((detail[:, 1:] * detail[:, :-1]).sum()) / energy


def _closest_tap(detail: np.ndarray, flat: np.ndarray) -> float:
    """The shape whose neighbours are correlated as those of ``detail`` (HxW) are where it is ``flat``."""
    limit = 4.5 * np.median(np.abs(detail[flat]))
    d = np.clip(detail, -limit, limit)
    pairs_x, pairs_y = flat[:, 1:] & flat[:, :-1], flat[1:] & flat[:-1]
    products = np.concatenate([(d[:, 1:] * d[:, :-1])[pairs_x], (d[1:] * d[:-1])[pairs_y]])
    correlation = float(products.mean() / (d[flat] ** 2).mean()) if products.size else -1.0
    return min((i / 10 for i in range(7)), key=lambda tap: abs(_detail_energy(tap)[1] - correlation))
