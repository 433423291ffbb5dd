"""What to repair, at which level, in which windows: a plan made from the mask alone.

The hole is known by its 16-pixel blocks. *Regions* are connected blocks. A region's *depth* is how often its hole must
be halved until nothing of it is left (a 3-pixel scratch: 2). Depth decides how it is repaired:

- Shallow regions, scratches and specks, are done in one go: each window makes the few levels it needs itself.
- Deep regions go through a chain of steps, from the level above which no hole is left down to the photo, each step's
  windows starting from the level above. So a hole may be larger than any window.

Either way a step is a set of boxes around hole pixels at one level, and :func:`windows` covers these with windows whose
total area is small: boxes are merged, cell by cell of a growing grid, wherever one window is cheaper than several. So
cost follows the damage: a scratch becomes a chain of narrow windows, specks stay small, a blotch becomes a few
large ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from cnnstudio.engine.tensors import mirrored
from cnnstudio.errors import BadMask
from cnnstudio.imaging.geometry import Rect
from cnnstudio.networks.pyramid import SHALLOW

BLOCK = 16
"""Pixels of a block's side; 2 ** BLOCK_LEVELS."""
BLOCK_LEVELS = 4
DEEP = 255
"""Owner of the blocks of deep regions."""

# Known pixels around a hole that a window must hold, at its finest level, by the levels it makes itself.
_MARGIN = (24, 20, 20, 24, 32)
# Sides of windows. Few sizes make large batches; all are multiples of 2 ** 4, for the levels and the networks.
_SIDES = np.array([48, 64, 96, 128, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024])
SMALLEST_SIDE = 128
"""The least ``max_side`` :func:`windows` can work with."""
# What a window costs beside its pixels, in pixels.
_PER_WINDOW = 256


@dataclass(frozen=True)
class Step:
    """Boxes to repair at one level.

    Attributes:
        level: of the photo's pyramid; 0 is the photo itself.
        levels: how many more levels each window makes itself; 0 for the steps of the chain.
        owner: what :attr:`Plan.owner` holds where this step's result counts.
        boxes: (n, 4) int64: x0, y0, x1, y1 in pixels of ``level``, each at most a block; together they hold the hole.
        groups: (n,) int64: the region of each box.
    """

    level: int
    levels: int
    owner: int
    boxes: np.ndarray
    groups: np.ndarray


@dataclass(frozen=True)
class Plan:
    """How a hole is repaired.

    Attributes:
        width, height: of the photo.
        steps: in order; a step of a chain needs the one before it.
        owner: (ceil(H/16), ceil(W/16)) uint8, for each block :attr:`Step.owner` of the step that repairs it at level 0.
        top: the level at which nothing is left of the deep regions; 0 where there are none.
        deep: the bounds of the deep regions in the photo; empty where there are none.
        regions: number of regions.
    """

    width: int
    height: int
    steps: tuple[Step, ...]
    owner: np.ndarray
    top: int
    deep: Rect
    regions: int

    def size_at(self, level: int) -> tuple[int, int]:
        """(width, height) of the photo at a level."""
        return -(-self.width >> level), -(-self.height >> level)

    def owned(self, rect: Rect, owner: int) -> np.ndarray:
        """``rect.h`` x ``rect.w`` bool: where blocks belong to ``owner``; ``rect`` lies within the blocks."""
        ys, xs = np.arange(rect.y, rect.y1) // BLOCK, np.arange(rect.x, rect.x1) // BLOCK
        return np.asarray(self.owner[np.ix_(ys, xs)] == owner)


@dataclass(frozen=True)
class Window:
    """A rectangle for the network, and the part of it that is wanted.

    Attributes:
        rect: what the network sees; may reach over the photo's edge, where the photo is mirrored.
        core: the bounds of the hole to repair, inside ``rect``.
    """

    rect: Rect
    core: Rect


def plan(mask: np.ndarray, chain: bool = True) -> Plan:
    """Plans the repair of the hole of ``mask``.

    Args:
        mask: HxW ``uint8``, a hole where it is 128 or more.
        chain: False for networks that only work at the photo's own scale: one step, no further levels.

    Raises:
        BadMask: the mask is empty, or leaves nothing of the photo to repair from.
    """
    height, width = mask.shape
    occupied = _occupied(mask)
    by, bx = np.nonzero(occupied)
    if not by.size:
        raise BadMask("The mask is empty: there is nothing to repair.")
    stacks = _reductions(_blocks(mask, by, bx))
    above = _coarse_holes(occupied.shape, by, bx, stacks[-1])
    if above and above[-1].all():
        raise BadMask("The mask covers the whole photo: nothing is left to repair it from.")

    count, labels = cv2.connectedComponents(occupied.view(np.uint8), connectivity=8)
    region = np.asarray(labels[by, bx], np.int64)
    depth: np.ndarray = np.zeros(count, np.int64)
    np.maximum.at(depth, region, np.stack([s.any((1, 2)) for s in stacks]).sum(0))
    depth = depth[region] if chain else np.zeros(len(by), np.int64)
    deep = depth > SHALLOW

    owner = np.zeros(occupied.shape, np.uint8)
    owner[by, bx] = np.where(deep, DEEP, depth + 1)

    def step(level: int, levels: int, own: int, which: np.ndarray) -> Step:
        if level < len(stacks):
            which = which[stacks[level][which].any((1, 2))]
            boxes = _tight(stacks[level][which]) + np.tile(np.stack([bx, by], 1)[which] * (BLOCK >> level), 2)
            groups = region[which]
        else:
            y, x = np.nonzero(above[level - BLOCK_LEVELS])
            boxes, groups = np.stack([x, y, x + 1, y + 1], 1), np.arange(len(x))
        # Blocks at the edge are completed by reflection; what lies outside is not wanted.
        boxes = np.minimum(boxes, [-(-width >> level), -(-height >> level)] * 2)
        real = (boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3])
        return Step(level, levels, own, boxes[real], groups[real])

    steps, top, bounds = [], 0, Rect(0, 0, 0, 0)
    if deep.any():
        top = int(max(depth.max(), BLOCK_LEVELS + len(above) if above else 0))
        steps += [step(level, 0, DEEP, np.nonzero(deep)[0]) for level in reversed(range(top))]
        y, x = by[deep] * BLOCK, bx[deep] * BLOCK
        bounds = Rect.from_edges(x.min(), y.min(), x.max() + BLOCK, y.max() + BLOCK).clipped(width, height)
    steps += [step(0, d, d + 1, np.nonzero(depth == d)[0]) for d in range(SHALLOW + 1) if (depth == d).any()]
    return Plan(width, height, tuple(s for s in steps if len(s.boxes)), owner, top, bounds, count - 1)


def windows(todo: Plan, step: Step, max_side: int) -> list[Window]:
    """Covers a step's boxes with windows of few sizes, none larger than ``max_side`` (at least 128)."""
    width, height = todo.size_at(step.level)
    margin = _MARGIN[step.levels]
    sides = _SIDES[: np.searchsorted(_SIDES, max_side, side="right")]

    def side(low: np.ndarray, high: np.ndarray, size: int) -> np.ndarray:
        # Nothing is beyond the photo, so no margin is needed there.
        need = np.minimum(high + margin, size) - np.maximum(low - margin, 0)
        index = np.searchsorted(sides, need)
        return np.asarray(np.where(index < len(sides), sides[np.minimum(index, len(sides) - 1)], 1 << 30))

    def cost(boxes: np.ndarray) -> np.ndarray:
        w, h = side(boxes[:, 0], boxes[:, 2], width), side(boxes[:, 1], boxes[:, 3], height)
        return np.asarray(w * h + _PER_WINDOW)

    boxes = _merge(step.boxes, step.groups, cost)
    origin = boxes[:, :2].min(0)
    # The largest cell that still fits when boxes, placed by their middle, reach over its edges.
    cell = float(sides[-1] - 2 * margin - BLOCK)
    cells = [cell / 2**i for i in range(6) if cell / 2**i >= BLOCK]
    for size in [*reversed(cells), 2 * cell]:
        x, y = ((boxes[:, :2] + boxes[:, 2:]) / 2 - origin).T // size
        boxes = _merge(boxes, (y * (1 << 20) + x).astype(np.int64), cost)

    w, h = side(boxes[:, 0], boxes[:, 2], width), side(boxes[:, 1], boxes[:, 3], height)
    align = 2 ** max(step.levels, 1)
    x = _place(boxes[:, 0], boxes[:, 2], w, width, align)
    y = _place(boxes[:, 1], boxes[:, 3], h, height, align)
    return [
        Window(Rect(*map(int, r)), Rect.from_edges(*map(int, b)))
        for r, b in zip(np.stack([x, y, w, h], 1), boxes, strict=True)
    ]


def _place(low: np.ndarray, high: np.ndarray, side: np.ndarray, size: int, align: int) -> np.ndarray:
    """Where windows start so that low..high is in their middle, or, at an edge, that they lie inside 0..size."""
    start = (low + high - side) // 2 // align * align
    last = -(-(size - side) // align) * align
    return np.asarray(np.maximum(np.minimum(start, last), 0))


def _merge(boxes: np.ndarray, keys: np.ndarray, cost: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Makes one box of all boxes with the same key wherever it costs no more than they do."""
    order = np.argsort(keys, kind="stable")
    boxes, keys = boxes[order], keys[order]
    first = np.concatenate([[True], keys[1:] != keys[:-1]])
    starts = np.nonzero(first)[0]
    whole = np.concatenate(
        [np.minimum.reduceat(boxes[:, :2], starts, axis=0), np.maximum.reduceat(boxes[:, 2:], starts, axis=0)], axis=1
    )
    cheaper = cost(whole) <= np.add.reduceat(cost(boxes), starts)
    return np.concatenate([whole[cheaper], boxes[~cheaper[np.cumsum(first) - 1]]])


def _occupied(mask: np.ndarray) -> np.ndarray:
    """(ceil(H/16), ceil(W/16)) bool: blocks with any hole. The only pass over the whole mask."""

    def most(rows: np.ndarray) -> np.ndarray:
        # Row by row of all blocks at once: many times as fast as np.maximum.reduceat, which matters at 100 megapixels.
        out = rows[::BLOCK].copy()
        for i in range(1, BLOCK):
            some = rows[i::BLOCK]
            np.maximum(out[: len(some)], some, out=out[: len(some)])
        return out

    return np.asarray(most(most(mask).T).T >= 128)


def _blocks(mask: np.ndarray, by: np.ndarray, bx: np.ndarray) -> np.ndarray:
    """(n, 16, 16) bool: the hole of each block, those at the edge completed by reflection."""
    height, width = mask.shape
    ys = mirrored(0, -(-height // BLOCK) * BLOCK, height).reshape(-1, BLOCK)[by]
    xs = mirrored(0, -(-width // BLOCK) * BLOCK, width).reshape(-1, BLOCK)[bx]
    return np.asarray(mask[ys[:, :, None], xs[:, None, :]] >= 128)


def _halved(hole: np.ndarray) -> np.ndarray:
    """(…, H, W) bool, even: a parent is a hole where all four of its children are."""
    return np.asarray(hole[..., ::2, ::2] & hole[..., 1::2, ::2] & hole[..., ::2, 1::2] & hole[..., 1::2, 1::2])


def _reductions(blocks: np.ndarray) -> list[np.ndarray]:
    """The blocks' holes at levels 0 to 4: (n, 16, 16) to (n, 1, 1)."""
    out = [blocks]
    for _ in range(BLOCK_LEVELS):
        out.append(_halved(out[-1]))
    return out


def _coarse_holes(shape: tuple[int, ...], by: np.ndarray, bx: np.ndarray, full: np.ndarray) -> list[np.ndarray]:
    """The whole photo's hole, (h, w) bool, at level 4 and on until none is left; empty if there is none at level 4."""
    hole = np.zeros(shape, bool)
    hole[by, bx] = full[:, 0, 0]
    out = []
    while hole.any():
        out.append(hole)
        if hole.size == 1:
            break
        hole = _halved(np.pad(hole, [(0, n % 2) for n in hole.shape], mode="edge"))
    return out


def _tight(blocks: np.ndarray) -> np.ndarray:
    """(n, s, s) bool to (n, 4): x0, y0, x1, y1 of what is set in each, which must be something."""
    cols, rows = np.asarray(blocks.any(1)), np.asarray(blocks.any(2))
    s = blocks.shape[-1]
    return np.stack(
        [cols.argmax(1), rows.argmax(1), s - cols[:, ::-1].argmax(1), s - rows[:, ::-1].argmax(1)], axis=1
    ).astype(np.int64)
