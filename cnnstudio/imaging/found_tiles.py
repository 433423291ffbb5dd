"""Regions of damage as a picture of the photo's size."""

from __future__ import annotations

import cv2
import numpy as np

from cnnstudio.imaging.findings import Findings
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.pyramid import Pyramid
from cnnstudio.imaging.tiles import Tiled, TileKey, rect_of

_EDGE = 2  # map pixels that an edge is wide


class FoundTiles(Tiled):
    """Each pixel has a value by its region, and another one at the edge of what is damaged; what is thin is all edge.

    Tiles are made when they are looked at, so that it takes little memory.

    Args:
        findings: whose regions.
        values: (2, n + 1) ``uint8``, of each region by its number: inside, and at the edge. The first, of sound pixels,
            must be 0.
        like: other tiles of the same findings, which need not be looked through again.
    """

    def __init__(self, findings: Findings, values: np.ndarray, like: FoundTiles | None = None) -> None:
        super().__init__(np.broadcast_to(np.uint8(0), (findings.height, findings.width)))
        self._findings, self._values = findings, values
        self._inside: np.ndarray
        self._in_order: list[TileKey]
        self._occupied: frozenset[TileKey]
        if like is not None:
            self._inside, self._in_order, self._occupied = like._inside, like._in_order, like._occupied
            return
        damaged = (findings.labels > 0).view(np.uint8)
        side = 2 * _EDGE + 1
        self._inside = cv2.erode(damaged, np.ones((side, side), np.uint8)).view(bool)
        self._in_order = [key for key in self.keys() if damaged[self._on_map(self.tile_rect(key)).slices].any()]
        self._occupied = frozenset(self._in_order)

    def with_values(self, values: np.ndarray) -> FoundTiles:
        """The same regions with other values."""
        return FoundTiles(self._findings, values, self)

    def own(self, key: TileKey) -> np.ndarray | None:
        return self.reduced(0, self.tile_rect(key)) if key in self._occupied else None

    def reduced(self, level: int, rect: Rect) -> np.ndarray:
        """A part of the picture reduced by ``2 ** level``: of the pixels that become one, the greatest value.

        Args:
            rect: in the reduced picture's pixels, inside it.
        """
        step, factor = 1 << level, self._findings.factor
        part = self._on_map(Rect(rect.x * step, rect.y * step, rect.w * step, rect.h * step) & self.bounds)
        labels, inside = self._findings.labels[part.slices], self._inside[part.slices]
        picture: np.ndarray = np.where(inside, *self._values[:, labels])
        for axis, (start, count, before) in enumerate(((rect.y, rect.h, part.y), (rect.x, rect.w, part.x))):
            # The map pixels with which each one begins and ends; it may share both with its neighbours.
            edges = np.minimum(np.arange(start, start + count + 1) * step, self.shape[axis])
            first, last = edges[:-1] // factor - before, (edges[1:] - 1) // factor - before
            begun = picture.take(first, axis) if step <= factor else np.maximum.reduceat(picture, first, axis)
            picture = np.maximum(begun, picture.take(last, axis)) if step > 1 else begun
        picture.flags.writeable = False
        return picture

    def occupied(self) -> list[TileKey]:
        return self._in_order

    def _on_map(self, place: Rect) -> Rect:
        factor = self._findings.factor
        return Rect.from_edges(place.x // factor, place.y // factor, -(-place.x1 // factor), -(-place.y1 // factor))


class FoundPyramid(Pyramid):
    """Levels of such a picture, each made straight from the map of the damage: at no level it costs more than there is
    to be seen. Nothing is kept.

    Args:
        tiles: the picture.
    """

    def __init__(self, tiles: FoundTiles) -> None:
        super().__init__(tiles, "max")

    def ready(self, level: int, key: TileKey) -> bool:
        return True

    def tile(self, level: int, key: TileKey) -> np.ndarray:
        source = self.source
        assert isinstance(source, FoundTiles)
        return source.reduced(level, rect_of(key).clipped(*self.size(level)))
