"""What of the damage that was found is to be repaired: the person drops regions, points at them, and looks closer.

Another sensitivity makes other regions: they grow, fall apart or become one. So what has been dropped is kept in mind
as pixels, and found again among the regions that come.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

import cv2
import numpy as np

from cnnstudio.imaging.findings import DamageMaps, Findings, Region
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.mask import hole
from cnnstudio.imaging.tiles import Tiled

_NEAR = 2  # map pixels around a region in which its outline runs
_ROUGH = 0.8  # map pixels by which it may be simpler than the region


def dropped_pixels(findings: Findings, dropped: Collection[int], before: np.ndarray | None = None) -> np.ndarray:
    """The pixels that belong to dropped regions.

    Args:
        dropped: numbers of regions.
        before: (h, w) ``bool``, what this returned for earlier findings of the same photo.

    Returns:
        (h, w) ``bool`` in map pixels; what is in no region now stays as it was before.
    """
    gone = np.zeros(len(findings.regions) + 1, bool)
    gone[list(dropped)] = True
    now = gone[findings.labels]
    return now if before is None else np.where(findings.labels > 0, now, before)


def dropped_regions(findings: Findings, likely: np.ndarray, pixels: np.ndarray) -> frozenset[int]:
    """The regions that are dropped because those they come from were.

    Where a dropped region and another have become one, the surest pixel decides; where both are as sure, it is kept,
    since what is kept by mistake is seen.

    Args:
        likely: (h, w) ``uint8``, how likely each pixel is damaged.
        pixels: of :func:`dropped_pixels`.
    """
    if not pixels.any():
        return frozenset()
    at = np.flatnonzero(findings.labels)
    number, value, kept = findings.labels.ravel()[at], likely.ravel()[at], ~pixels.ravel()[at]
    count = len(findings.regions) + 1
    surest, surest_kept = np.zeros(count, np.int16), np.full(count, -1, np.int16)
    np.maximum.at(surest, number, value)
    np.maximum.at(surest_kept, number[kept], value[kept])
    return frozenset((1 + np.flatnonzero(surest[1:] > surest_kept[1:])).tolist())


def without_repaired(maps: DamageMaps, findings: Findings, repaired: Tiled) -> DamageMaps:
    """Maps in which nothing is damaged where the photo has been repaired, nor in what else belongs to a region most of
    which has been.

    Args:
        findings: of these maps.
        repaired: HxW ``uint8``, the mask of the repair.
    """
    gone = np.zeros(findings.labels.shape, bool)
    for key in repaired.occupied():
        place = repaired.tile_rect(key)
        rows, columns = np.nonzero(hole(repaired.tile(key)))
        gone[(rows + place.y) // findings.factor, (columns + place.x) // findings.factor] = True
    count = len(findings.regions) + 1
    covered, all_of = (
        np.bincount(labels, minlength=count) for labels in (findings.labels[gone], findings.labels.ravel())
    )
    mostly = covered > all_of / 2
    mostly[0] = False
    planes = np.where(gone | mostly[findings.labels], 0, maps.planes)
    return replace(maps, planes=planes, looked_at=maps.looked_at or maps)


def region_at(findings: Findings, x: float, y: float, reach: float = 0.0) -> int:
    """The number of the region at a photo position, or of the nearest one within ``reach`` photo pixels; 0 for none."""
    factor = findings.factor
    left, top = (math.floor((n - reach) / factor) for n in (x, y))
    right, bottom = (math.floor((n + reach) / factor) + 1 for n in (x, y))
    height, width = findings.labels.shape
    part = Rect.from_edges(left, top, right, bottom).clipped(width, height)
    labels = findings.labels[part.slices]
    rows, columns = np.nonzero(labels)
    if not rows.size:
        return 0
    # How far the position is from each pixel, which is a square.
    away = [
        np.maximum(np.abs((index + start + 0.5) * factor - n) - factor / 2, 0.0)
        for index, start, n in ((columns, part.x, x), (rows, part.y, y))
    ]
    distance = np.hypot(*away)
    nearest = int(distance.argmin())
    return int(labels[rows[nearest], columns[nearest]]) if distance[nearest] <= reach else 0


def surest_position(findings: Findings, likely: np.ndarray, region: Region) -> tuple[float, float]:
    """The photo position of the middle of a region's surest pixel."""
    part = _map_rect(findings, region)
    mine = findings.labels[part.slices] == region.number
    row, column = divmod(int(np.where(mine, likely[part.slices], 0).argmax()), part.w)
    return (part.x + column + 0.5) * findings.factor, (part.y + row + 0.5) * findings.factor


def outline(findings: Findings, region: Region) -> list[np.ndarray]:
    """Closed lines close around a region: (n, 2) ``float`` x and y in photo pixels each."""
    part = _map_rect(findings, region)
    mine = (findings.labels[part.slices] == region.number).view(np.uint8)
    mine = cv2.dilate(np.pad(mine, _NEAR), np.ones((3, 3), np.uint8))
    lines, _ = cv2.findContours(mine, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    corner = np.array([part.x, part.y]) - _NEAR + 0.5
    smooth = (cv2.approxPolyDP(line, _ROUGH, True) for line in lines)
    return [(line.reshape(-1, 2) + corner) * findings.factor for line in smooth]


def _map_rect(findings: Findings, region: Region) -> Rect:
    """A region's bounds in map pixels."""
    factor, box = findings.factor, region.bounds
    return Rect.from_edges(box.x // factor, box.y // factor, -(-box.x1 // factor), -(-box.y1 // factor))
