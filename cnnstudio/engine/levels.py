"""The damaged photo at every level of its pyramid, and what has been repaired at one of them.

Neither exists as a whole: windows are cut from the photo and reduced when they are asked for, and repairs are kept as
patches. Only from level 4 up, where a photo is 1/256 of its pixels, the surroundings of deep holes are kept reduced.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cnnstudio.engine.regions import BLOCK_LEVELS, Plan
from cnnstudio.engine.tensors import cut, cut_tensor, mirrored, to_hole, to_network
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.photo import Pixels
from cnnstudio.networks.prior import pyramid_of

_STRIP_PIXELS = 1 << 21
# Pixels of the top level that are kept around deep holes.
_SURROUNDINGS = 64


class DamagedPhoto:
    """A photo and its hole, cut into windows at any level."""

    def __init__(self, pixels: Pixels, mask: np.ndarray, plan: Plan) -> None:
        self._pixels, self._mask, self._plan = pixels, mask, plan
        self._coarse: list[Tensor] = []
        grid = 1 << max(plan.top, BLOCK_LEVELS)
        near = plan.deep.grown(_SURROUNDINGS << plan.top).clipped(plan.width, plan.height)
        self._near = near.aligned(grid).clipped(plan.width, plan.height)

    def windows(self, level: int, rects: list[Rect]) -> tuple[Tensor, Tensor]:
        """Windows of equal size at a level.

        Args:
            rects: in pixels of ``level``; over the photo's edge it is mirrored.

        Returns:
            (N, 3, h, w) in [-1, 1] and (N, 1, h, w), 1 where pixels are missing.
        """
        if level == 0:
            photos = np.stack([cut(self._pixels, r) for r in rects])
            return to_network(photos), to_hole(np.stack([cut(self._mask, r) for r in rects]))
        planes = torch.stack([self._window(level, r) for r in rects])
        return planes[:, :3], planes[:, 3:]

    def _window(self, level: int, rect: Rect) -> Tensor:
        if level >= BLOCK_LEVELS:
            if not self._coarse:
                self._reduce_surroundings()
            offset = -(self._near.x >> level), -(self._near.y >> level)
            return cut_tensor(self._coarse[level - BLOCK_LEVELS], rect.shifted(*offset))
        return self._reduced(Rect(*(v << level for v in (rect.x, rect.y, rect.w, rect.h))), level)

    def _reduced(self, rect: Rect, levels: int) -> Tensor:
        """(4, h, w), photo and hole, of a rectangle of the photo after ``levels`` reductions."""
        x = to_network(cut(self._pixels, rect)[None])
        reduced = pyramid_of(x, to_hole(cut(self._mask, rect)[None]), levels)[-1]
        return torch.cat(reduced, 1)[0]

    def _reduce_surroundings(self) -> None:
        near = self._near.aligned(1 << BLOCK_LEVELS)
        rows = max(1, (_STRIP_PIXELS // near.w) >> BLOCK_LEVELS) << BLOCK_LEVELS
        strips = [
            self._reduced(Rect.from_edges(near.x, y, near.x1, min(y + rows, near.y1)), BLOCK_LEVELS)
            for y in range(near.y, near.y1, rows)
        ]
        planes = torch.cat(strips, 1)[None]
        for x, hole in pyramid_of(planes[:, :3], planes[:, 3:], max(0, self._plan.top - BLOCK_LEVELS)):
            self._coarse.append(torch.cat([x, hole], 1)[0])


@dataclass(frozen=True)
class Patch:
    """A repaired rectangle.

    Attributes:
        rect: in pixels of its level.
        filled: (3, h, w) in [-1, 1]; only what is under the hole counts.
        weight: (h, w), 0 where another patch must speak.
    """

    rect: Rect
    filled: Tensor
    weight: Tensor


class Repaired:
    """The patches of one level. Where they overlap they are averaged by weight, so that no seam shows.

    Args:
        size: (width, height) of the level.
    """

    _CELL = 256

    def __init__(self, size: tuple[int, int]) -> None:
        self._width, self._height = size
        self._by_cell: dict[tuple[int, int], list[Patch]] = defaultdict(list)

    def add(self, patch: Patch) -> None:
        for cell in self._cells(patch.rect):
            self._by_cell[cell].append(patch)

    def read(self, rect: Rect) -> tuple[Tensor, Tensor]:
        """(3, h, w) mean of the patches, and (1, h, w) bool: where there are any. Mirrored over the edge."""
        ys, xs = mirrored(rect.y, rect.y1, self._height), mirrored(rect.x, rect.x1, self._width)
        near = Rect.from_edges(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
        total, weight = torch.zeros(3, near.h, near.w), torch.zeros(1, near.h, near.w)
        found = {id(p): p for cell in self._cells(near) for p in self._by_cell.get(cell, ())}
        for patch in found.values():
            common = patch.rect & near
            if common:
                there = common.shifted(-near.x, -near.y).slices
                here = common.shifted(-patch.rect.x, -patch.rect.y).slices
                total[:, *there] += patch.filled[:, *here] * patch.weight[here]
                weight[:, *there] += patch.weight[here]
        mean = total / weight.clamp(min=1e-6)
        if near != rect:
            mean, weight = (cut_tensor(t, rect.shifted(-near.x, -near.y)) for t in (mean, weight))
        return mean, weight > 0

    def __bool__(self) -> bool:
        return bool(self._by_cell)

    def _cells(self, rect: Rect) -> list[tuple[int, int]]:
        c = self._CELL
        return [(y, x) for y in range(rect.y // c, -(-rect.y1 // c)) for x in range(rect.x // c, -(-rect.x1 // c))]
