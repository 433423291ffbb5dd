"""How sure a repair is of each of its pixels: the spread of several repairs of the same hole.

Where they agree, what is there can be told from its surroundings; where they differ, it had to be imagined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.tiles import TileGrid, TileKey

MOST = 32.0
"""Grey levels of 255 from which on a spread counts as the greatest."""


@dataclass(frozen=True, eq=False)
class Spread:
    """The spread of some candidates.

    Attributes:
        grid: HxW ``uint8``: 0 where nothing was repaired, else 1 (all agree) to 255 (they differ by :data:`MOST` or
            more), in proportion to the root of the standard deviation: small ones are to be told apart, too.
        mean: standard deviation, averaged over the repaired pixels, in grey levels of 255.
        pixels: how many were repaired.
    """

    grid: TileGrid
    mean: float
    pixels: int


def spread(candidates: Sequence[Patches], height: int, width: int) -> Spread:
    """The standard deviation of repairs of one hole, pixel by pixel.

    Of the colours of a pixel it is the root of their mean variance; alpha is not looked at.

    Args:
        candidates: at least one, all of a photo of ``height`` x ``width`` pixels.
    """
    grid, total, pixels = TileGrid.empty((height, width)), 0.0, 0
    for key in candidates[0].tiles:
        if not all(key in candidate for candidate in candidates):
            continue
        shown, deviation = _deviation(candidates, key, grid)
        inside = deviation[shown]
        total, pixels = total + float(inside.sum(dtype=np.float64)), pixels + inside.size
        level = 1 + np.rint(np.sqrt(np.minimum(deviation / MOST, 1)) * 254)
        grid.swap({key: np.where(shown, level, 0).astype(np.uint8)})
    return Spread(grid, total / pixels if pixels else 0.0, pixels)


def together(spreads: Iterable[Spread], height: int, width: int) -> Spread:
    """Several spreads of one photo as one; where they overlap, the last counts."""
    grid, total, pixels = TileGrid.empty((height, width)), 0.0, 0
    for one in spreads:
        for key in one.grid.occupied():
            upper = one.grid.tile(key)
            grid.swap({key: np.where(upper > 0, upper, grid.tile(key))})
        total, pixels = total + one.mean * one.pixels, pixels + one.pixels
    return Spread(grid, total / pixels if pixels else 0.0, pixels)


def _deviation(candidates: Sequence[Patches], key: TileKey, grid: TileGrid) -> tuple[np.ndarray, np.ndarray]:
    """(where all candidates show, bool; their standard deviation in grey levels), both as large as the tile."""
    place = grid.tile_rect(key)
    shown, sums, squares = np.ones((place.h, place.w), bool), np.zeros(()), np.zeros(())
    for candidate in candidates:
        rect, alpha, colours = candidate.patch(key)
        here, on = rect.shifted(-place.x, -place.y).slices, alpha > 0
        count = colours.shape[1] - (colours.shape[1] in (2, 4))
        tile, there = np.zeros((place.h, place.w, count)), np.zeros((place.h, place.w), bool)
        tile[here][on] = colours[:, :count] * (255 / np.iinfo(colours.dtype).max)
        there[here] = on
        shown &= there
        sums, squares = sums + tile, squares + tile * tile
    mean = sums / len(candidates)
    # Of whole levels in double precision: what is left of equal candidates is far below any level.
    variance = np.maximum(squares / len(candidates) - mean * mean, 0).mean(2)
    return shown, np.where(variance > 1e-6, np.sqrt(variance), 0)
