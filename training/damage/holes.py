"""Holes in the shape of the damage of old photographs.

Everything is drawn mark by mark: a *mark* is one scratch, one handful of specks, one crease, one stain. A sparse hole
(`draw_hole`) has as many marks as a bad photograph has; a dense one (`draw_dense_hole`) is marked until it covers the
wanted share of a small training crop, so that most of the arithmetic of a training step teaches something.

Sizes are photo pixels at ``scale`` 1 (a photograph of about a megapixel); masks are HxW uint8 of 0 and 255, 255 = hole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from training.damage import marks
from training.damage.marks import Mask

CLASSES = ("scratch", "dust", "crease", "blotch", "corner", "hole", "stamp", "writing")

LARGEST_SHARE = 0.40
"""No hole covers more of its picture than this: something must be left to repair from."""

_MOST_TRIES = 1000  # a bound on the work, far above what any hole needs


def draw_hole(kind: str, height: int, width: int, rng: np.random.Generator, scale: float = 1.0) -> Mask:
    """A hole as sparse as on a real photograph.

    Args:
        kind: one of `CLASSES`.
        height, width: size of the picture in pixels, each at least 16.
        rng: where all chance comes from; the same state draws the same hole.
        scale: multiplies the sizes of the marks, for photos larger than about a megapixel.

    Returns:
        height x width uint8, 0 or 255 (255 = hole); never empty, never more than `LARGEST_SHARE` of the picture.
    """
    known = _known(kind)
    # Small marks grow in number with the area of the picture, long ones with its side, and large ones not at all.
    growth = (np.sqrt(height * width) / (256 * scale)) ** known.grows
    count = max(1, round(float(rng.integers(known.fewest, known.most + 1) * growth)))
    return _fill(known, height, width, rng, scale, count, (LARGEST_SHARE, LARGEST_SHARE))


def draw_dense_hole(
    kind: str,
    height: int,
    width: int,
    rng: np.random.Generator,
    coverage: tuple[float, float] = (0.15, 0.35),
    scale: float = 1.0,
) -> Mask:
    """A hole with marks of one kind repeated until it covers a share of the picture within ``coverage``.

    Meant for training crops of 64 to 160 pixels. Marks too large for what is left of the share are drawn smaller.
    Other arguments and the result are as in `draw_hole`.
    """
    low, high = coverage
    if not 0 <= low < high <= 1:
        raise ValueError(f"not a range of shares: {coverage}")
    return _fill(_known(kind), height, width, rng, scale, None, coverage)


def hole_bank(
    count: int,
    size: int,
    rng: np.random.Generator,
    mix: Mapping[str, float],
    dense: float = 1.0,
    coverage: tuple[float, float] = (0.15, 0.35),
    scale: float = 1.0,
) -> Mask:
    """Many holes, for a training loop that only looks them up.

    Args:
        count: how many.
        size: side of each in pixels.
        mix: class -> weight (not negative; need not sum to 1).
        dense: share of the holes that are drawn by `draw_dense_hole`; the others by `draw_hole`.

    Returns:
        count x size x size uint8, 0 or 255, in random order of class.
    """
    weights = np.array(list(mix.values()), dtype=np.float64)
    kinds = rng.choice(np.array(list(mix)), size=count, p=weights / weights.sum())
    is_dense = rng.random(count) < dense
    bank = np.empty((count, size, size), np.uint8)
    for index, (kind, full) in enumerate(zip(kinds, is_dense, strict=True)):
        if full:
            bank[index] = draw_dense_hole(str(kind), size, size, rng, coverage, scale)
        else:
            bank[index] = draw_hole(str(kind), size, size, rng, scale)
    return bank


# Filling a picture with marks ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    """A class of damage: how its marks are drawn, and how many of them a bad photograph of 256 x 256 pixels has."""

    draw: Callable[[Mask, np.random.Generator, float, int], None]
    fewest: int
    most: int
    grows: float = 0.0
    """The number of marks grows with this power of the side of the picture."""
    at_once: int = 1
    """Small marks are drawn by the handful, which is faster: so many of them on 128 x 128 pixels."""


def _one_by_one(draw: Callable[[Mask, np.random.Generator, float], None]) -> Callable[..., None]:
    def draw_each(mask: Mask, rng: np.random.Generator, scale: float, count: int) -> None:
        for _ in range(count):
            draw(mask, rng, scale)

    return draw_each


_KINDS = {
    "scratch": _Kind(marks.scratches, 4, 14, grows=1, at_once=12),
    "dust": _Kind(marks.specks, 60, 300, grows=2, at_once=250),
    "crease": _Kind(_one_by_one(marks.crease), 1, 2),
    "blotch": _Kind(_one_by_one(marks.blotch), 1, 5, grows=1),
    "corner": _Kind(_one_by_one(marks.corner), 1, 3),
    "hole": _Kind(_one_by_one(marks.hole), 1, 3),
    "stamp": _Kind(_one_by_one(marks.stamp), 1, 1),
    "writing": _Kind(_one_by_one(marks.writing), 1, 3),
}


def _known(kind: str) -> _Kind:
    if kind not in _KINDS:
        raise ValueError(f"no such kind of damage: {kind}")
    return _KINDS[kind]


def _fill(
    kind: _Kind,
    height: int,
    width: int,
    rng: np.random.Generator,
    scale: float,
    wanted_marks: int | None,
    coverage: tuple[float, float],
) -> Mask:
    """Draw so many marks, or fewer if a share drawn from ``coverage`` is reached before; never exceed the range."""
    area = height * width
    low, high = coverage
    wanted_pixels = area * rng.uniform(low, high)
    mask = np.zeros((height, width), np.uint8)
    handful = int(np.clip(kind.at_once * area / (128 * scale) ** 2, 1, 16 * kind.at_once))
    covered = done = 0
    for _ in range(_MOST_TRIES):
        before = mask.copy()
        count = handful if wanted_marks is None else min(handful, wanted_marks - done)
        kind.draw(mask, rng, scale, count)
        now = cv2.countNonZero(mask)
        if now > high * area:
            # Taken back; then fewer marks are tried, then smaller ones, so that even a tight range is reached.
            mask = before
            if handful > 1:
                handful //= 2
            else:
                scale *= 0.8
            continue
        # A mark that fell outside the picture does not count.
        if now > covered:
            done += count
        covered = now
        if covered and (done == wanted_marks or covered >= wanted_pixels):
            break
    return mask
