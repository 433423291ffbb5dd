"""Arrays cut into tiles that are shared until they are replaced.

A tile is never written into once it is in a grid: a change puts a new tile in its place. So a snapshot is a copy of a
small dictionary, undo keeps the tiles that were replaced, and whoever holds a tile may read it from any thread.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np

from cnnstudio.imaging.geometry import Rect

TILE = 256
"""Pixels of a tile's side; tiles at the far edges are smaller."""

TileKey = tuple[int, int]
"""(row, column) of a tile."""


def keys_of(rect: Rect) -> list[TileKey]:
    """The tiles of an endless grid that meet ``rect``, row by row."""
    if not rect:
        return []
    columns = range(rect.x // TILE, -(-rect.x1 // TILE))
    return [(row, column) for row in range(rect.y // TILE, -(-rect.y1 // TILE)) for column in columns]


def rect_of(key: TileKey) -> Rect:
    """Where a tile of an endless grid is."""
    return Rect(key[1] * TILE, key[0] * TILE, TILE, TILE)


class Tiled(ABC):
    """A read-only HxW or HxWxC array of which some tiles may have been replaced.

    Cutting by two slices (``tiled[y0:y1, x0:x1]``) gives an array of the caller's own.

    Args:
        background: what shows where no tile has been replaced. It is not copied and must not change.
    """

    def __init__(self, background: np.ndarray) -> None:
        self.background = background.view()
        self.background.flags.writeable = False

    @abstractmethod
    def own(self, key: TileKey) -> np.ndarray | None:
        """The tile that replaces the background there, read-only; None where the background shows."""

    @property
    def shape(self) -> tuple[int, ...]:
        return self.background.shape

    @property
    def dtype(self) -> np.dtype:
        return self.background.dtype

    @property
    def bounds(self) -> Rect:
        return Rect(0, 0, self.shape[1], self.shape[0])

    @property
    def is_plain(self) -> bool:
        """Whether the background is one value everywhere, as :meth:`TileGrid.empty` makes it."""
        return not any(self.background.strides)

    def occupied(self) -> list[TileKey]:
        """The tiles that may hold anything but a plain background's value, row by row."""
        return self.keys()

    def keys(self, rect: Rect | None = None) -> list[TileKey]:
        """The tiles that meet ``rect`` (all of them without one), row by row."""
        return keys_of(self.bounds if rect is None else rect & self.bounds)

    def tile_rect(self, key: TileKey) -> Rect:
        return rect_of(key) & self.bounds

    def tile(self, key: TileKey) -> np.ndarray:
        """A tile without copying, read-only."""
        own = self.own(key)
        return self.background[self.tile_rect(key).slices] if own is None else own

    def __getitem__(self, index: tuple[slice, slice]) -> np.ndarray:
        (y0, y1, dy), (x0, x1, dx) = (s.indices(n) for s, n in zip(index, self.shape[:2], strict=True))
        if dy != 1 or dx != 1:
            raise IndexError("a tiled array can only be cut by slices with a step of 1")
        rect = Rect.from_edges(x0, y0, x1, y1)
        out = self.background[rect.slices].copy()
        for key in self.keys(rect):
            own = self.own(key)
            if own is not None:
                place = self.tile_rect(key)
                part = rect & place
                out[part.shifted(-rect.x, -rect.y).slices] = own[part.shifted(-place.x, -place.y).slices]
        return out

    def __array__(self, dtype: np.dtype | None = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.to_array(), dtype, copy=copy)

    def to_array(self) -> np.ndarray:
        """The whole array, read-only; the background itself where no tile has been replaced."""
        if not any(self.own(key) is not None for key in self.keys()):
            return self.background
        out = self[:, :]
        out.flags.writeable = False
        return out


class TileGrid(Tiled):
    """A tiled array that can be written.

    >>> mask = TileGrid.empty((8000, 12000))  # costs nothing until it is painted
    >>> before = mask.snapshot()
    >>> mask.write(Rect(10, 10, 2, 1), np.array([[255, 255]], np.uint8))
    >>> mask.changed_since(before)
    [(0, 0)]
    """

    def __init__(self, background: np.ndarray, tiles: Mapping[TileKey, np.ndarray] | None = None) -> None:
        super().__init__(background)
        self._tiles = dict(tiles or {})

    @classmethod
    def empty(cls, shape: tuple[int, ...], dtype: type[np.unsignedinteger] = np.uint8, fill: int = 0) -> TileGrid:
        """All ``fill``, taking no memory."""
        return cls(np.broadcast_to(np.asarray(fill, dtype), shape))

    def own(self, key: TileKey) -> np.ndarray | None:
        return self._tiles.get(key)

    def occupied(self) -> list[TileKey]:
        return sorted(self._tiles) if self.is_plain else self.keys()

    def snapshot(self) -> TileGrid:
        """The grid as it is now; takes microseconds, and later writing leaves it alone."""
        return TileGrid(self.background, self._tiles)

    def changed_since(self, earlier: TileGrid) -> list[TileKey]:
        """The tiles that are not the same objects as in an earlier snapshot of this grid, row by row."""
        keys = self._tiles.keys() | earlier._tiles.keys()
        return sorted(key for key in keys if self._tiles.get(key) is not earlier._tiles.get(key))

    def swap(self, tiles: Mapping[TileKey, np.ndarray | None]) -> dict[TileKey, np.ndarray | None]:
        """Puts tiles in (None: the background shows again) and returns those that stood there; its own inverse.

        The grid keeps the arrays and makes them read-only: the caller must not write into them any more.

        Raises:
            ValueError: a tile has not the shape or dtype its place asks for; nothing has changed then.
        """
        for key, tile in tiles.items():
            rect = self.tile_rect(key)
            if not rect or (tile is not None and (tile.shape, tile.dtype) != self._layout(rect)):
                raise ValueError(f"no tile for {key} of {self.shape}")
        before = {key: self._tiles.get(key) for key in tiles}
        for key, tile in tiles.items():
            if tile is None:
                self._tiles.pop(key, None)
            else:
                tile.flags.writeable = False
                self._tiles[key] = tile
        return before

    def write(self, rect: Rect, pixels: np.ndarray) -> dict[TileKey, np.ndarray | None]:
        """Copies ``pixels`` into ``rect``, which must lie inside; returns the tiles that were replaced.

        Raises:
            ValueError: the rectangle reaches outside, or the pixels are of another size or kind.
        """
        if not self.bounds.contains(rect) or (pixels.shape, pixels.dtype) != self._layout(rect):
            raise ValueError(f"{pixels.shape} {pixels.dtype} cannot be written at {rect}")
        tiles: dict[TileKey, np.ndarray | None] = {}
        for key in self.keys(rect):
            place = self.tile_rect(key)
            part = rect & place
            tile = self.tile(key).copy()
            tile[part.shifted(-place.x, -place.y).slices] = pixels[part.shifted(-rect.x, -rect.y).slices]
            tiles[key] = tile
        return self.swap(tiles)

    def _layout(self, rect: Rect) -> tuple[tuple[int, ...], np.dtype]:
        return (rect.h, rect.w, *self.shape[2:]), self.dtype
