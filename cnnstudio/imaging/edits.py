"""Changes to a document that can be undone, and their history.

An :class:`Edit` says what to put in place of what is there: tiles of the mask, or the list of layers. Putting it in
yields the edit that takes it back, so undo and redo are one operation.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Literal

import cv2
import numpy as np

from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Layer, Patches
from cnnstudio.imaging.store import Ref, Store
from cnnstudio.imaging.tiles import TileGrid, TileKey
from cnnstudio.jobs import SelfCheck

BUDGET = 512 << 20
"""Bytes of memory that a history may hold."""


@dataclass(frozen=True, eq=False)
class Edit:
    """What to put in place of what is there.

    Attributes:
        label: what it does, as shown in a list of steps ("Brush").
        dirty: the pixels that look different afterwards.
        tiles: of the mask: its new tiles; None is an empty one, a :class:`Ref` one that has been spilled to disk.
        layers: the new list of layers; None leaves it.
        held: patches that only this edit keeps alive.
    """

    label: str
    dirty: Rect
    tiles: Mapping[TileKey, np.ndarray | Ref | None] = field(default_factory=dict)
    layers: tuple[Layer, ...] | None = None
    held: tuple[Patches, ...] = ()

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds."""
        return self.tile_bytes + self.held_bytes

    @cached_property
    def tile_bytes(self) -> int:
        """Bytes of memory that its tiles hold."""
        return sum(tile.nbytes for tile in self.tiles.values() if isinstance(tile, np.ndarray))

    @property
    def held_bytes(self) -> int:
        """Bytes of memory that the patches it keeps alive hold just now."""
        return sum(patches.nbytes for patches in self.held)

    def spilled(self, store: Store) -> Edit:
        """The same with its pixels on disk.

        Raises:
            OSError: the disk does not take them.
        """
        tiles = {key: store.put(tile) if isinstance(tile, np.ndarray) else tile for key, tile in self.tiles.items()}
        for patches in self.held:
            patches.unload(store)
        return replace(self, tiles=tiles)


@dataclass(frozen=True)
class Step:
    """Something that happened to a document: what a session writes down.

    Attributes:
        kind: an edit was made, one was undone or redone, the photo was saved, or a repair was checked.
        edit: the edit that was made; None for the others.
        checked: of a repair its pixels and what the check found; None for the others.
    """

    kind: Literal["edit", "undo", "redo", "saved", "check"]
    edit: Edit | None = None
    checked: tuple[Patches, SelfCheck] | None = None


class History:
    """The edits that can be undone and redone.

    Args:
        store: where the edits furthest from the present go when there are too many.
        budget: bytes of memory that the edits may hold together.
    """

    def __init__(self, store: Store, budget: int = BUDGET) -> None:
        self._store, self._budget = store, budget
        self._edits: list[Edit] = []
        self._tile_bytes = 0  # of all edits, kept up to date: there may be thousands of strokes
        self.position = 0

    @property
    def labels(self) -> list[str]:
        """Of all edits, oldest first; the first :attr:`position` of them are done, the others undone."""
        return [edit.label for edit in self._edits]

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the edits hold."""
        return self._tile_bytes + sum(edit.held_bytes for edit in self._edits if edit.held)

    def push(self, inverse: Edit) -> None:
        """Adds what takes back the edit just made; what had been undone can no longer be redone."""
        self._tile_bytes += inverse.tile_bytes - sum(edit.tile_bytes for edit in self._edits[self.position :])
        self._edits[self.position :] = [inverse]
        self.position += 1
        self._spill()

    def undo(self, swap: Callable[[Edit], Edit]) -> Edit | None:
        """Takes back the last edit.

        Args:
            swap: puts an edit in and returns its inverse.

        Returns:
            What was put in, or None where there is nothing to undo.
        """
        if self.position == 0:
            return None
        edit = self._swapped(self.position - 1, swap)
        self.position -= 1
        return edit

    def redo(self, swap: Callable[[Edit], Edit]) -> Edit | None:
        """As :meth:`undo`, forward."""
        if self.position == len(self._edits):
            return None
        edit = self._swapped(self.position, swap)
        self.position += 1
        return edit

    def _swapped(self, index: int, swap: Callable[[Edit], Edit]) -> Edit:
        edit = self._edits[index]
        self._put(index, swap(edit))
        self._spill()
        return edit

    def _put(self, index: int, edit: Edit) -> None:
        self._tile_bytes += edit.tile_bytes - self._edits[index].tile_bytes
        self._edits[index] = edit

    def _spill(self) -> None:
        excess = self.nbytes - self._budget
        if excess <= 0:
            return
        for index in sorted(range(len(self._edits)), key=lambda i: -abs(i - self.position)):
            held = self._edits[index].nbytes
            if held and excess > 0:
                with contextlib.suppress(OSError):  # a full disk: rather too much memory than a step lost
                    self._put(index, self._edits[index].spilled(self._store))
                    excess -= held


def mask_edit(label: str, mask: TileGrid, tiles: Mapping[TileKey, np.ndarray | None]) -> Edit | None:
    """The edit that puts ``tiles`` into a mask, less what they leave as it is; None where nothing is left.

    Args:
        mask: an empty grid, as :meth:`TileGrid.empty` makes it, with or without tiles.
        tiles: arrays that nobody writes into any more.
    """
    changed: dict[TileKey, np.ndarray | None] = {}
    dirty = Rect(0, 0, 0, 0)
    for key, given in tiles.items():
        tile = None if given is None else _shared(given)
        rect, before = mask.tile_rect(key), mask.own(key)
        if tile is before:
            continue
        full = full_tile((rect.h, rect.w))
        if (tile is None and before is full) or (tile is full and before is None):
            x, y, w, h = 0, 0, rect.w, rect.h
        else:
            now = np.zeros((rect.h, rect.w), np.uint8) if tile is None else tile
            x, y, w, h = cv2.boundingRect((mask.tile(key) != now).view(np.uint8))
        if w:
            changed[key] = tile
            dirty |= Rect(x + rect.x, y + rect.y, w, h)
    return Edit(label, dirty, changed) if changed else None


def _shared(tile: np.ndarray) -> np.ndarray | None:
    """An empty tile costs nothing, and all full ones are one."""
    full = full_tile(tile.shape)
    if tile is full or tile.min() == 255:
        return full
    return tile if tile.any() else None


@lru_cache(maxsize=64)
def full_tile(shape: tuple[int, ...]) -> np.ndarray:
    """A tile of 255, always the same one: read-only, and no memory for the next."""
    tile = np.full(shape, 255, np.uint8)
    tile.flags.writeable = False
    return tile
