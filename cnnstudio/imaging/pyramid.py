"""The pyramid a canvas draws from: every level half of the one below, so that nothing is skipped when zoomed out.

A photo is averaged: dust is still seen, fainter, at 10 %. A mask takes the maximum: a thin stroke never vanishes.
"""

from __future__ import annotations

import math
import threading
from typing import Literal

import cv2
import numpy as np

from cnnstudio.imaging.encode import to_8bit
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.tiles import TILE, Tiled, TileKey, keys_of, rect_of
from cnnstudio.jobs import Progress


class Pyramid:
    """Levels of a photo or mask as tiles, made when they are asked for or by :meth:`build`, and kept.

    Level 0 is the source itself, shown in 8 bits; level k has ``ceil(size / 2 ** k)`` pixels a side; the last is the
    first that fits into one tile. May be used from several threads.

    Args:
        source: must not change: a view, or a snapshot of a grid.
        reduce: ``"mean"`` for photos, ``"max"`` for masks.
    """

    def __init__(self, source: Tiled, reduce: Literal["mean", "max"] = "mean") -> None:
        self._source, self._reduce = source, reduce
        self.levels = 1 + max(0, math.ceil(math.log2(max(source.shape[:2]) / TILE)))
        self._tiles: list[dict[TileKey, np.ndarray]] = [{} for _ in range(self.levels)]
        # Held for the making of one tile at a time, so that update() never waits for long.
        self._lock = threading.RLock()

    @property
    def source(self) -> Tiled:
        """What it shows."""
        return self._source

    def forked(self, dirty: Rect | None = None, source: Tiled | None = None) -> Pyramid:
        """A pyramid of its own with the tiles made so far; with both arguments, of a source as in :meth:`update`."""
        fork = Pyramid(self._source, self._reduce)
        with self._lock:
            fork._tiles = [dict(tiles) for tiles in self._tiles]
        if dirty is not None and source is not None:
            fork.update(dirty, source)
        return fork

    def size(self, level: int) -> tuple[int, int]:
        """(width, height) of a level."""
        height, width = self._source.shape[:2]
        return -(-width >> level), -(-height >> level)

    def level_for(self, zoom: float) -> int:
        """The coarsest level that still has at least one pixel for each device pixel.

        Args:
            zoom: device pixels per photo pixel, > 0.
        """
        halvings = math.frexp(1 / zoom)[1] - 1  # floor(log2(1 / zoom)), exactly
        return min(max(halvings, 0), self.levels - 1)

    def keys(self, level: int, rect: Rect | None = None) -> list[TileKey]:
        """The tiles of a level that meet ``rect``, in that level's pixels (all of them without one)."""
        width, height = self.size(level)
        whole = Rect(0, 0, width, height)
        return keys_of(whole if rect is None else rect & whole)

    def ready(self, level: int, key: TileKey) -> bool:
        """Whether a tile can be had at once. Level 0 always can."""
        return level == 0 or key in self._tiles[level]

    def tile(self, level: int, key: TileKey) -> np.ndarray:
        """A tile, ``uint8``, read-only; made first, with all that is missing beneath it, unless it is ready."""
        if level == 0:
            return to_8bit(self._source.tile(key))
        tile = self._tiles[level].get(key)
        if tile is not None:
            return tile
        for child in self._children(level, key):
            if not self.ready(level - 1, child):
                self.tile(level - 1, child)
        with self._lock:
            if key not in self._tiles[level]:
                self._tiles[level][key] = self._made(level, key)
            return self._tiles[level][key]

    def build(self, progress: Progress | None = None) -> None:
        """Makes all that is missing, level by level.

        Raises:
            Cancelled: the cancel flag was seen; what has been made stays.
        """
        progress = progress or Progress()
        missing = [(level, key) for level in range(1, self.levels) for key in self.keys(level)]
        for done, (level, key) in enumerate(missing):
            progress.check_cancelled()
            self.tile(level, key)
            progress.set((done + 1) / len(missing))

    def update(self, dirty: Rect, source: Tiled) -> None:
        """Takes a source that differs from the last one within ``dirty`` only; tiles above it are made anew when asked.

        Args:
            dirty: in photo pixels.
            source: of the same size; must not change, as before.
        """
        with self._lock:
            self._source = source
            for level in range(1, self.levels):
                coarse = dirty.aligned(1 << level)
                rect = Rect(coarse.x >> level, coarse.y >> level, coarse.w >> level, coarse.h >> level)
                for key in self.keys(level, rect):
                    self._tiles[level].pop(key, None)

    def _children(self, level: int, key: TileKey) -> list[TileKey]:
        rect = rect_of(key)
        return self.keys(level - 1, Rect(2 * rect.x, 2 * rect.y, 2 * rect.w, 2 * rect.h))

    def _made(self, level: int, key: TileKey) -> np.ndarray:
        children = self._children(level, key)
        if level == 1 and self._source.is_plain and all(self._source.own(child) is None for child in children):
            # Most of a mask is empty: all of that shares one value's memory.
            fill = to_8bit(self._source.background[:1, :1])
            rect = rect_of(key).clipped(*self.size(level))
            return np.broadcast_to(fill, (rect.h, rect.w, *fill.shape[2:]))
        rows = [[self.tile(level - 1, k) for k in children if k[0] == row] for row in sorted({k[0] for k in children})]
        block = np.concatenate([np.concatenate(row, axis=1) for row in rows])
        pads = [(0, n % 2) for n in block.shape[:2]] + [(0, 0)] * (block.ndim - 2)
        if any(odd for _, odd in pads):
            block = np.pad(block, pads, mode="edge")
        height, width = block.shape[0] // 2, block.shape[1] // 2
        if self._reduce == "mean":
            tile = cv2.resize(block, (width, height), interpolation=cv2.INTER_AREA)
            tile = tile.reshape(height, width, *block.shape[2:])
        else:
            tile = np.maximum(block[::2], block[1::2])
            tile = np.maximum(tile[:, ::2], tile[:, 1::2])
        tile.flags.writeable = False
        return tile


class Level:
    """A level of a pyramid as 8-bit pixels that can be cut by two slices; its tiles are made when they are needed.

    Args:
        level: as in :meth:`Pyramid.tile`.
    """

    def __init__(self, pyramid: Pyramid, level: int) -> None:
        self._pyramid, self._level = pyramid, level
        width, height = pyramid.size(level)
        self.shape = (height, width, *pyramid.source.shape[2:])
        self.dtype = np.dtype(np.uint8)

    def __getitem__(self, index: tuple[slice, slice]) -> np.ndarray:
        (y0, y1, _), (x0, x1, _) = (s.indices(n) for s, n in zip(index, self.shape[:2], strict=True))
        rect = Rect.from_edges(x0, y0, x1, y1)
        out = np.empty((rect.h, rect.w, *self.shape[2:]), np.uint8)
        for key in self._pyramid.keys(self._level, rect):
            place = rect_of(key)
            part = place & rect
            tile = self._pyramid.tile(self._level, key)
            out[part.shifted(-rect.x, -rect.y).slices] = tile[part.shifted(-place.x, -place.y).slices]
        return out
