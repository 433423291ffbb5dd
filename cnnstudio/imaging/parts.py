"""The parts of a mask: where its holes are, found without looking at what is empty."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.mask import hole
from cnnstudio.imaging.tiles import TILE, Tiled, TileGrid

BLOCK = 16
"""Holes whose blocks of so many pixels a side touch are one part; a tile holds whole blocks."""


@dataclass(frozen=True)
class Part:
    """Holes that lie together.

    Attributes:
        rect: the smallest rectangle that holds them.
        pixels: how many they are.
    """

    rect: Rect
    pixels: int


def parts(mask: np.ndarray | Tiled) -> list[Part]:
    """The parts of a mask, the one with most pixels first.

    Args:
        mask: HxW ``uint8``, a hole where it is 128 or more.
    """
    grid = mask if isinstance(mask, Tiled) else TileGrid(mask)
    height, width = grid.shape
    occupied = np.zeros((-(-height // BLOCK), -(-width // BLOCK)), np.uint8)
    found = []
    for key in grid.occupied() if isinstance(grid, TileGrid) else grid.keys():
        inside = hole(grid.tile(key))
        if inside.any():
            blocks, rows = _blocks(inside), TILE // BLOCK
            blocks += [key[1] * TILE, key[0] * TILE, key[1] * TILE, key[0] * TILE, 0, key[0] * rows, key[1] * rows]
            occupied[blocks[:, 5], blocks[:, 6]] = 1
            found.append(blocks)
    if not found:
        return []
    blocks = np.concatenate(found)
    count, labels = cv2.connectedComponents(occupied, connectivity=8)
    label = labels[blocks[:, 5], blocks[:, 6]]
    edges = np.full((4, count), 1 << 40)
    edges[2:] = 0
    for side, pick in enumerate((np.minimum, np.minimum, np.maximum, np.maximum)):
        pick.at(edges[side], label, blocks[:, side])
    pixels = np.bincount(label, blocks[:, 4], count).astype(np.int64)
    together = [Part(Rect.from_edges(*map(int, edges[:, i])), int(pixels[i])) for i in range(1, count)]
    return sorted(together, key=lambda part: (-part.pixels, part.rect.y, part.rect.x))


def _blocks(inside: np.ndarray) -> np.ndarray:
    """HxW ``bool`` to (n, 7) int64: x0, y0, x1, y1 of the hole in each block with any, its pixels, row and column."""
    pads = [(0, -size % BLOCK) for size in inside.shape]
    block = np.pad(inside, pads).reshape(-(-inside.shape[0] // BLOCK), BLOCK, -1, BLOCK)
    pixels = np.asarray(block.sum((1, 3)))
    row, column = np.nonzero(pixels)
    across, down = np.asarray(block.any(1))[row, column], np.asarray(block.any(3))[row, :, column]
    x, y = column * BLOCK, row * BLOCK
    return np.stack(
        [
            x + across.argmax(1),
            y + down.argmax(1),
            x + BLOCK - across[:, ::-1].argmax(1),
            y + BLOCK - down[:, ::-1].argmax(1),
            pixels[row, column],
            row,
            column,
        ],
        1,
    )
