"""Painting a mask: strokes of a brush, and straight lines over scratches.

Positions are in photo pixels: the first pixel covers 0 to 1, its middle is at 0.5.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cnnstudio.imaging.edits import Edit, mask_edit
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.tiles import TILE, TileGrid, TileKey

_SMALLEST = 1.5  # the least diameter that reaches half of some pixel wherever it is set down
_SPACING = 0.1  # of the diameter: dabs so close that the edge of a stroke looks straight
_FINE = 64  # diameter below which dabs are placed to a quarter of a pixel
_PRESSURES = 32

_Dab = tuple[Rect, np.ndarray]


@dataclass(frozen=True)
class Brush:
    """A round brush.

    Attributes:
        size: diameter in photo pixels of the hole it paints (where the mask is 128 or more), whatever its hardness.
        hardness: 1 for a sharp edge (smoothed over a pixel) to 0 for one that fades from the middle to twice the size.
        erase: whether it takes away instead.
    """

    size: float
    hardness: float = 1.0
    erase: bool = False


class Stroke:
    """A stroke of a brush, seen in the mask while it is painted.

    It ends with :meth:`commit` or :meth:`abort`; nothing else may write into the mask until then.

    >>> stroke = Stroke(document.mask, Brush(40))
    >>> stroke.to(100, 100), stroke.to(180, 120)
    >>> document.apply(stroke.commit())
    """

    def __init__(self, mask: TileGrid, brush: Brush) -> None:
        self._mask, self._brush = mask, brush
        self._before: dict[TileKey, np.ndarray | None] = {}
        self._taken: dict[TileKey, np.ndarray] = {}  # by an eraser
        self._last: tuple[float, float, float] | None = None
        self._dirty = Rect(0, 0, 0, 0)

    def to(self, x: float, y: float, pressure: float = 1.0) -> Rect:
        """Paints from the last position to this one, the first time a single dab.

        Args:
            pressure: 0 to 1; the diameter is so many times the brush's size.

        Returns:
            The pixels that may have changed.
        """
        start = self._last or (x, y, pressure)
        self._last = x, y, pressure
        spacing = max(_SPACING * self._brush.size * min(start[2], pressure), 0.5)
        steps = max(1, math.ceil(math.hypot(x - start[0], y - start[1]) / spacing))
        dabs = []
        for step in range(1, steps + 1):
            px, py, force = (a + (b - a) * step / steps for a, b in zip(start, self._last, strict=True))
            dabs.append(_dab(px, py, self._brush.size, force, self._brush.hardness))
        return self._paint(dabs)

    def commit(self, label: str | None = None) -> Edit | None:
        """Ends the stroke: takes it out again and returns the edit that puts it in; None where it changed nothing."""
        painted = self._mask.swap(self._before)
        return mask_edit(label or ("Eraser" if self._brush.erase else "Brush"), self._mask, painted)

    def abort(self) -> Rect:
        """Ends the stroke as if it had never begun; returns the pixels that may have changed."""
        self._mask.swap(self._before)
        return self._dirty

    def _paint(self, dabs: list[_Dab]) -> Rect:
        by_tile: dict[TileKey, list[_Dab]] = defaultdict(list)
        dirty = Rect(0, 0, 0, 0)
        for dab in dabs:
            for key in self._mask.keys(dab[0]):
                by_tile[key].append(dab)
            dirty |= dab[0] & self._mask.bounds
        tiles: dict[TileKey, np.ndarray | None] = {}
        for key, here in by_tile.items():
            before = self._before.get(key, self._mask.own(key))
            if self._brush.erase and before is None:
                continue
            place = self._mask.tile_rect(key)
            # An eraser's dabs lie on each other like a brush's: where soft edges overlap, no more is taken away.
            layer = self._taken.get(key) if self._brush.erase else self._mask.own(key)
            layer = np.zeros((place.h, place.w), np.uint8) if layer is None else layer.copy()
            for rect, stamp in here:
                part = rect & place
                under = layer[part.shifted(-place.x, -place.y).slices]
                np.maximum(under, stamp[part.shifted(-rect.x, -rect.y).slices], out=under)
            if self._brush.erase and before is not None:
                self._taken[key] = layer
                tiles[key] = _without(before, layer)
            else:
                tiles[key] = layer
        for key, before in self._mask.swap(tiles).items():
            self._before.setdefault(key, before)
        self._dirty |= dirty
        return dirty


def _without(tile: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """What an eraser leaves: nothing of what a brush like it has painted, to the last pixel of its soft edge."""
    return np.asarray(tile - np.minimum(tile, taken))


def line(
    mask: TileGrid, start: tuple[float, float], end: tuple[float, float], width: float, *, erase: bool = False
) -> Edit | None:
    """A straight line with round ends, for scratches; None where it changes nothing.

    Args:
        start, end: (x, y).
        width: in photo pixels.
    """
    (x0, y0), (x1, y1) = start, end
    radius = max(width, _SMALLEST) / 2
    reach = math.ceil(radius + 1)
    around = Rect.from_edges(
        math.floor(min(x0, x1)), math.floor(min(y0, y1)), math.ceil(max(x0, x1)), math.ceil(max(y0, y1))
    ).grown(reach)
    tiles: dict[TileKey, np.ndarray | None] = {}
    for key in mask.keys(around):
        place = mask.tile_rect(key)
        middle = np.array([place.x + place.w / 2]), np.array([place.y + place.h / 2])
        if _distance(*middle, start, end).item() > TILE * math.sqrt(0.5) + reach:
            continue
        ys, xs = (np.arange(a, b, dtype=np.float32) + 0.5 for a, b in ((place.y, place.y1), (place.x, place.x1)))
        drawn = _levels(radius - _distance(xs[None], ys[:, None], start, end), 1)
        tiles[key] = _without(mask.tile(key), drawn) if erase else np.maximum(mask.tile(key), drawn)
    return mask_edit("Erased line" if erase else "Line", mask, tiles)


def _distance(xs: np.ndarray, ys: np.ndarray, start: tuple[float, float], end: tuple[float, float]) -> np.ndarray:
    """From points to the line between two."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = x1 - x0, y1 - y0
    along = np.clip(((xs - x0) * dx + (ys - y0) * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
    return np.asarray(np.sqrt((xs - x0 - along * dx) ** 2 + (ys - y0 - along * dy) ** 2))


def _levels(inside: np.ndarray, width: float) -> np.ndarray:
    """``uint8`` levels of a ramp of ``width`` pixels that is at its middle where ``inside``, a distance, is 0."""
    levels = np.asarray(inside, np.float32) * np.float32(255 / width)
    levels += np.float32(127.5)
    np.clip(levels, 0, 255, out=levels)
    return np.asarray(np.rint(levels, out=levels), np.uint8)


def _dab(x: float, y: float, size: float, pressure: float, hardness: float) -> _Dab:
    # Few different stamps, so that most are made already.
    force = max(math.ceil(pressure * _PRESSURES), 1) / _PRESSURES
    diameter = max(size * force, _SMALLEST)
    grid = 4 if diameter < _FINE else 1
    x, y = round(x * grid) / grid, round(y * grid) / grid
    left, top = math.floor(x), math.floor(y)
    stamp = _stamp(diameter, hardness, x - left, y - top)
    reach = stamp.shape[0] // 2
    return Rect(left - reach, top - reach, *reversed(stamp.shape)), stamp


@lru_cache(maxsize=64)
def _stamp(diameter: float, hardness: float, x: float, y: float) -> np.ndarray:
    """A square of levels whose middle pixel has the dab's middle at (x, y), each in [0, 1)."""
    radius = diameter / 2
    ramp = max(diameter * (1 - hardness), 1.0)
    reach = math.ceil(radius + ramp / 2 + 0.5)
    steps = np.arange(-reach, reach + 1, dtype=np.float32) + np.float32(0.5)
    if x == y == 0:
        # A quarter is enough: the others are its mirror images, but for the last row and column.
        squares = steps[reach:] ** 2
        corner = _levels(radius - np.sqrt(squares[None] + squares[:, None]), ramp)
        half = np.concatenate([corner[reach - 1 :: -1], corner])
        return np.concatenate([half[:, reach - 1 :: -1], half], axis=1)
    return _levels(radius - np.sqrt((steps[None] - x) ** 2 + (steps[:, None] - y) ** 2), ramp)
