"""Regions of damage as a picture of the photo's size."""

from __future__ import annotations

import numpy as np

from cnnstudio.imaging.findings import Findings
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.tiles import Tiled, TileKey


class FoundTiles(Tiled):
    """Each pixel has a value by its region. Tiles are made when they are looked at, so that it takes no memory.

    Args:
        findings: whose regions.
        values: (n + 1,) ``uint8``, of each region by its number; the first, of sound pixels, must be 0.
        occupied: the tiles that hold any region; None looks for them.
    """

    def __init__(self, findings: Findings, values: np.ndarray, occupied: frozenset[TileKey] | None = None) -> None:
        super().__init__(np.broadcast_to(np.uint8(0), (findings.height, findings.width)))
        self.findings, self._values = findings, values
        if occupied is None:
            occupied = frozenset(
                key for key in self.keys() if findings.labels[self._on_map(self.tile_rect(key)).slices].any()
            )
        self._occupied = occupied

    def with_values(self, values: np.ndarray) -> FoundTiles:
        """The same regions with other values."""
        return FoundTiles(self.findings, values, self._occupied)

    def own(self, key: TileKey) -> np.ndarray | None:
        if key not in self._occupied:
            return None
        place, factor = self.tile_rect(key), self.findings.factor
        part = self._on_map(place)
        tile: np.ndarray = self._values[self.findings.labels[part.slices]]
        if factor > 1:
            tile = tile.repeat(factor, 0).repeat(factor, 1)
            inside = Rect(place.x - part.x * factor, place.y - part.y * factor, place.w, place.h)
            tile = np.ascontiguousarray(tile[inside.slices])
        tile.flags.writeable = False
        return tile

    def occupied(self) -> list[TileKey]:
        return sorted(self._occupied)

    def _on_map(self, place: Rect) -> Rect:
        factor = self.findings.factor
        return Rect.from_edges(place.x // factor, place.y // factor, -(-place.x1 // factor), -(-place.y1 // factor))
