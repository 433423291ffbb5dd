"""Marking parts of a photo: rectangles, polygons, similar colours; and changing a mask as a whole.

Each function looks at a mask (an empty grid, as :meth:`TileGrid.empty` makes it, with or without tiles) and returns the
edit to apply to it, or None where it would change nothing.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import cv2
import numpy as np

from cnnstudio.imaging.edits import Edit, full_tile, mask_edit
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.mask import hole
from cnnstudio.imaging.tiles import TILE, Tiled, TileGrid, TileKey
from cnnstudio.jobs import Progress

Mode = Literal["add", "subtract", "replace"]
"""What a new shape does to the mask."""

_NEAR = 2  # pixels around a polygon's outline in which pixels may be partly inside
_SUBPIXEL = 4  # binary digits of a polygon's corners after the point


def combine(mask: TileGrid, shape: TileGrid, mode: Mode = "add", label: str = "Selection") -> Edit | None:
    """Adds a shape (HxW ``uint8``) to a mask, takes it away, or puts it in its place."""
    tiles: dict[TileKey, np.ndarray | None] = {}
    if mode == "replace":
        tiles.update(dict.fromkeys(mask.occupied()))
    for key in shape.occupied():
        drawn, own = shape.tile(key), mask.own(key)
        is_full = drawn is full_tile(drawn.shape)
        if mode == "subtract":
            if own is not None:
                tiles[key] = None if is_full else np.minimum(own, 255 - drawn)
        elif mode == "replace" or own is None or is_full:
            tiles[key] = drawn.copy() if shape.own(key) is None else drawn
        else:
            tiles[key] = np.maximum(own, drawn)
    return mask_edit(label, mask, tiles)


def rectangle(mask: TileGrid, rect: Rect, mode: Mode = "add", label: str = "Rectangle") -> Edit | None:
    """A rectangle; what lies outside the photo is left out."""

    def draw(place: Rect) -> np.ndarray:
        part = rect & place
        if part == place:
            return full_tile((place.h, place.w))
        tile = np.zeros((place.h, place.w), np.uint8)
        tile[part.shifted(-place.x, -place.y).slices] = 255
        return tile

    return combine(mask, _drawn(mask, mask.keys(rect), draw), mode, label)


def polygon(
    mask: TileGrid, corners: Sequence[tuple[float, float]], mode: Mode = "add", label: str = "Polygon"
) -> Edit | None:
    """A filled polygon or lasso, closed from its last corner to its first; where it crosses itself, even-odd.

    Args:
        corners: (x, y) in photo pixels; the first pixel covers 0 to 1. Pixels that the outline crosses are inside.
    """
    points = np.array(corners, np.float64).reshape(-1, 2)
    if len(points) < 3:
        return None
    crossed = _crossed(points)
    low, high = np.floor(points.min(0)).astype(int), np.ceil(points.max(0)).astype(int)
    bounds = Rect.from_edges(int(low[0]), int(low[1]), int(high[0]), int(high[1])).grown(1)
    crossings: dict[int, np.ndarray] = {}

    def is_inside(key: TileKey) -> bool:
        row, column = key
        if row not in crossings:
            crossings[row] = _crossings(points, (row + 0.5) * TILE)
        return bool(crossings[row].searchsorted((column + 0.5) * TILE) % 2)

    def draw(place: Rect) -> np.ndarray:
        if (place.y // TILE, place.x // TILE) not in crossed:
            return full_tile((place.h, place.w))
        # OpenCV's pixels have their middle at whole numbers. At its borders it draws what lies beyond: that is cut off.
        around = place.grown(_NEAR)
        shifted = (points - [around.x, around.y] - 0.5) * (1 << _SUBPIXEL)
        block = np.zeros((around.h, around.w), np.uint8)
        cv2.fillPoly(block, [np.rint(shifted).astype(np.int32)], 255, cv2.LINE_8, _SUBPIXEL)
        return block[_NEAR:-_NEAR, _NEAR:-_NEAR].copy()

    keys = [key for key in mask.keys(bounds) if key in crossed or is_inside(key)]
    return combine(mask, _drawn(mask, keys, draw), mode, label)


def wand(mask: TileGrid, photo: Tiled, x: int, y: int, tolerance: float, mode: Mode = "add") -> Edit | None:
    """The connected pixels with a colour like that at (x, y); see :func:`similar`, which large photos want as a job."""
    return combine(mask, similar(photo, x, y, tolerance), mode, "Magic wand")


def similar(photo: Tiled, x: int, y: int, tolerance: float, progress: Progress | None = None) -> TileGrid:
    """The pixels that are connected, by their sides, to (x, y) and have a similar colour.

    Works tile by tile, so that memory beside the result stays small on any photo.

    Args:
        photo: HxWxC ``uint8`` or ``uint16``; alpha is not looked at.
        tolerance: the greatest difference in any colour channel, in steps of 255 to the whole range.
        progress: asked at every tile whether to stop.

    Returns:
        HxW ``uint8``, 255 where similar; all 0 for a position outside the photo.

    Raises:
        Cancelled: the cancel flag was seen.
    """
    progress = progress or Progress()
    found = TileGrid.empty(photo.shape[:2])
    start = Rect(x, y, 1, 1)
    if not photo.bounds.contains(start):
        return found
    colours = 1 if photo.shape[2] < 3 else 3
    wanted = photo[start.slices][0, 0, :colours].tolist()
    most = round(tolerance * np.iinfo(photo.dtype).max / 255)
    # OpenCV's scalars have four numbers, whatever the channels.
    padding = [0] * (4 - colours)
    low = (*(max(value - most, 0) for value in wanted), *padding)
    high = (*(min(value + most, int(np.iinfo(photo.dtype).max)) for value in wanted), *padding)
    # Tiles to look into, each with the pixels through which its neighbours reach it.
    todo: dict[TileKey, np.ndarray] = {}
    order: deque[TileKey] = deque()

    def reach(rect: Rect, which: np.ndarray) -> None:
        """Asks for the pixels of ``rect``, inside one tile, where ``which``."""
        for key in found.keys(rect):
            place = found.tile_rect(key)
            if key not in todo:
                todo[key] = np.zeros((place.h, place.w), bool)
                order.append(key)
            todo[key][rect.shifted(-place.x, -place.y).slices] |= which

    reach(start, np.ones((1, 1), bool))
    while order:
        progress.check_cancelled()
        key = order.popleft()
        place, entries = found.tile_rect(key), todo.pop(key)
        alike = cv2.inRange(np.ascontiguousarray(photo.tile(key)[..., :colours]), low, high)
        before = found.tile(key) > 0
        entries &= (alike > 0) & ~before
        if not entries.any():
            continue
        labels = cv2.connectedComponents(alike, connectivity=4, ltype=cv2.CV_32S)[1]
        wanted_labels = np.zeros(labels.max() + 1, bool)
        wanted_labels[labels[entries]] = True
        new = wanted_labels[labels]
        found.swap({key: (before | new).view(np.uint8) * np.uint8(255)})
        reach(Rect(place.x, place.y - 1, place.w, 1) & found.bounds, new[:1])
        reach(Rect(place.x, place.y1, place.w, 1) & found.bounds, new[-1:])
        reach(Rect(place.x - 1, place.y, 1, place.h) & found.bounds, new[:, :1])
        reach(Rect(place.x1, place.y, 1, place.h) & found.bounds, new[:, -1:])
    return found


def grow(mask: TileGrid, by: float) -> Edit | None:
    """Adds all pixels within ``by`` pixels (between middles) of the hole; edges become hard."""

    def grown(block: np.ndarray) -> np.ndarray:
        holes = hole(block)
        if not holes.any():
            return np.zeros_like(block)
        return _full_where(cv2.distanceTransform((~holes).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) <= by)

    return _filtered(mask, "Grow", math.ceil(by), grown)


def shrink(mask: TileGrid, by: float) -> Edit | None:
    """Takes away all pixels within ``by`` pixels (between middles) of a pixel that is no hole; edges become hard.

    The photo's edge takes nothing away.
    """

    def shrunk(block: np.ndarray) -> np.ndarray:
        holes = hole(block)
        if holes.all():
            return _full_where(holes)
        return _full_where(cv2.distanceTransform(holes.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) > by)

    return _filtered(mask, "Shrink", math.ceil(by), shrunk)


def feather(mask: TileGrid, sigma: float) -> Edit | None:
    """Softens the mask's edges with a Gaussian of ``sigma`` pixels; the photo is taken as mirrored at its edges."""
    apron = max(1, math.ceil(3 * sigma))
    side = 2 * apron + 1

    def blurred(block: np.ndarray) -> np.ndarray:
        return np.asarray(cv2.GaussianBlur(block, (side, side), sigma, borderType=cv2.BORDER_REFLECT))

    return _filtered(mask, "Feather", apron, blurred)


def invert(mask: TileGrid) -> Edit | None:
    """What was to be repaired is not, and the other way round."""
    tiles: dict[TileKey, np.ndarray | None] = {}
    for key in mask.keys(mask.bounds):
        own, rect = mask.own(key), mask.tile_rect(key)
        tiles[key] = full_tile((rect.h, rect.w)) if own is None else 255 - own
    return mask_edit("Invert", mask, tiles)


def clear(mask: TileGrid) -> Edit | None:
    """Nothing is to be repaired."""
    return mask_edit("Clear", mask, dict.fromkeys(mask.occupied()))


def _drawn(mask: TileGrid, keys: Iterable[TileKey], draw: Callable[[Rect], np.ndarray]) -> TileGrid:
    """A shape made tile by tile; ``draw`` is given where a tile is. Full tiles cost nothing if they are the one."""
    shape = TileGrid.empty(mask.shape)
    shape.swap({key: draw(mask.tile_rect(key)) for key in keys})
    return shape


def _crossed(points: np.ndarray) -> set[TileKey]:
    """The tiles that a closed outline (Nx2) comes near: all others are wholly inside or outside."""
    way = np.roll(points, -1, 0) - points
    # In steps shorter than a tile: then the tiles of the corners of the box around a step are all that it meets.
    steps = np.maximum(np.ceil(np.abs(way).max(1) / (TILE / 2)).astype(int), 1)
    edge = np.repeat(np.arange(len(points)), steps)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(steps) - steps, steps)
    start, end = (points[edge] + way[edge] * ((step + i) / steps[edge])[:, None] for i in (0, 1))
    low, high = np.minimum(start, end) - _NEAR, np.maximum(start, end) + _NEAR
    corners = np.concatenate([np.stack([x, y], 1) for x in (low[:, 0], high[:, 0]) for y in (low[:, 1], high[:, 1])])
    columns_and_rows = np.unique(np.floor(corners / TILE).astype(int), axis=0)
    return {(row, column) for column, row in columns_and_rows.tolist()}


def _crossings(points: np.ndarray, y: float) -> np.ndarray:
    """Where a closed outline crosses a level, from left to right."""
    (x0, y0), (x1, y1) = points.T, np.roll(points, -1, 0).T
    across = (y0 <= y) != (y1 <= y)
    return np.sort(x0[across] + (x1 - x0)[across] * (y - y0[across]) / (y1 - y0)[across])


def _filtered(mask: TileGrid, label: str, apron: int, change: Callable[[np.ndarray], np.ndarray]) -> Edit | None:
    """Runs a filter that looks ``apron`` pixels far over all tiles that it can change."""
    tiles: dict[TileKey, np.ndarray | None] = {}
    for key in _near(mask, mask.occupied(), apron):
        place = mask.tile_rect(key)
        around = place.grown(apron) & mask.bounds
        block = change(np.ascontiguousarray(mask[around.slices]))
        tiles[key] = block[place.shifted(-around.x, -around.y).slices].copy()
    return mask_edit(label, mask, tiles)


def _near(mask: TileGrid, keys: Iterable[TileKey], apron: int) -> list[TileKey]:
    return sorted({near for key in keys for near in mask.keys(mask.tile_rect(key).grown(apron))})


def _full_where(which: np.ndarray) -> np.ndarray:
    return np.asarray(which, np.uint8) * np.uint8(255)
