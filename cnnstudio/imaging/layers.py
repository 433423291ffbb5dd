"""Repairs as layers over a photo, and the photo seen through them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache, partial

import cv2
import numpy as np

from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.mask import HOLE_THRESHOLD
from cnnstudio.imaging.store import Ref, Store
from cnnstudio.imaging.tiles import TILE, Tiled, TileGrid, TileKey
from cnnstudio.jobs import Origin, SelfCheck

_COMPOSED_TILES = 256
"""Tiles of the composite that are kept; of 16-bit RGB 100 MB."""


class Patches:
    """The pixels of a layer: for each tile at most one patch, and of that only the pixels that show. Never changes.

    Args:
        index: (n, 5) int64: x, y, w, h of each patch, inside one tile, and how many of its pixels show.
        alpha: (sum of w * h,) uint8: how much each pixel shows, patch by patch, row by row.
        colours: (sum of counts, C): the pixels that show, in the same order.
    """

    def __init__(self, index: np.ndarray, alpha: np.ndarray, colours: np.ndarray) -> None:
        self._set_index(index)
        self._arrays: tuple[np.ndarray, np.ndarray] | None = (alpha, colours)
        self._stored: tuple[Store, Ref, Ref] | None = None

    def _set_index(self, index: np.ndarray) -> None:
        self.index = index
        areas, counts = index[:, 2] * index[:, 3], index[:, 4]
        starts = np.stack([np.cumsum(areas) - areas, np.cumsum(counts) - counts], 1).tolist()
        self._places = {
            (y // TILE, x // TILE): (Rect(x, y, w, h), count, *start)
            for (x, y, w, h, count), start in zip(index.tolist(), starts, strict=True)
        }

    @classmethod
    def build(cls, pieces: Iterable[tuple[Rect, np.ndarray]], mask: Tiled, *, soft: bool = False) -> Patches:
        """Takes over what a mask shows of some pieces.

        Args:
            pieces: (rectangle inside the photo, HxWxC array in the photo's dtype); where they overlap, the last counts.
            mask: HxW ``uint8``.
            soft: False: what is 128 or more shows, wholly; True: the mask is how much each pixel shows.

        Raises:
            ValueError: there are no pieces.
        """
        by_tile: dict[TileKey, list[tuple[Rect, np.ndarray]]] = defaultdict(list)
        for rect, pixels in pieces:
            for key in mask.keys(rect):
                by_tile[key].append((rect, pixels))
        if not by_tile:
            raise ValueError("a layer needs at least one piece")
        index, alphas, colours = [], [], []
        for key in sorted(by_tile):
            place = mask.tile_rect(key)
            shown = mask.tile(key) if soft else (mask.tile(key) >= HOLE_THRESHOLD).view(np.uint8) * np.uint8(255)
            first = by_tile[key][0][1]
            tile, alpha = np.zeros((place.h, place.w, first.shape[2]), first.dtype), np.zeros_like(shown)
            for rect, pixels in by_tile[key]:
                part = rect & place
                here = part.shifted(-place.x, -place.y).slices
                tile[here] = pixels[part.shifted(-rect.x, -rect.y).slices]
                alpha[here] = shown[here]
            x, y, w, h = cv2.boundingRect(alpha)
            inside = Rect(x, y, w, h).slices
            alpha, tile = alpha[inside], tile[inside]
            if w:
                index.append((x + place.x, y + place.y, w, h, np.count_nonzero(alpha)))
            alphas.append(alpha.ravel())
            colours.append(tile[alpha > 0])
        return cls(np.array(index, np.int64).reshape(-1, 5), np.concatenate(alphas), np.concatenate(colours))

    @classmethod
    def stored(cls, store: Store, refs: tuple[Ref, Ref, Ref]) -> Patches:
        """Patches that :meth:`put` has stored; they stay on disk until they are looked at."""
        patches = cls.__new__(cls)
        patches._set_index(store.get(refs[0]))
        patches._arrays, patches._stored = None, (store, refs[1], refs[2])
        return patches

    def put(self, store: Store) -> tuple[Ref, Ref, Ref]:
        """Writes index, alpha and colours into a store."""
        alpha, colours = self._loaded()
        return store.put(self.index), store.put(alpha), store.put(colours)

    def unload(self, store: Store) -> None:
        """Frees the memory; they are read from ``store`` when they are looked at again.

        Raises:
            OSError: the disk does not take them; they stay in memory.
        """
        if self._arrays is not None:
            if self._stored is None:
                self._stored = (store, *self.put(store)[1:])
            self._arrays = None

    @property
    def nbytes(self) -> int:
        """Bytes of memory its pixels take now."""
        arrays = self._arrays
        return 0 if arrays is None else arrays[0].nbytes + arrays[1].nbytes

    @property
    def bounds(self) -> Rect:
        """The smallest rectangle that holds all pixels that show."""
        bounds = Rect(0, 0, 0, 0)
        for rect, *_ in self._places.values():
            bounds |= rect
        return bounds

    @property
    def count(self) -> int:
        """How many pixels show."""
        return int(self.index[:, 4].sum())

    def __contains__(self, key: TileKey) -> bool:
        return key in self._places

    @property
    def tiles(self) -> list[TileKey]:
        """The tiles in which anything shows, row by row."""
        return sorted(self._places)

    def patch(self, key: TileKey) -> tuple[Rect, np.ndarray, np.ndarray]:
        """(rectangle in the photo, its HxW alpha, (n, C) colours where alpha > 0) in a tile of :attr:`tiles`."""
        rect, count, alpha_start, colours_start = self._places[key]
        alpha, colours = self._loaded()
        shown = alpha[alpha_start : alpha_start + rect.area].reshape(rect.h, rect.w)
        return rect, shown, colours[colours_start : colours_start + count]

    def mask(self, height: int, width: int) -> TileGrid:
        """The mask that shows them, HxW ``uint8``: what to repair when the repair is made anew."""
        mask = TileGrid.empty((height, width))
        for key in self.tiles:
            rect, alpha, _ = self.patch(key)
            mask.write(rect, alpha)
        return mask

    def _loaded(self) -> tuple[np.ndarray, np.ndarray]:
        arrays = self._arrays
        if arrays is None:
            assert self._stored is not None
            store, alpha, colours = self._stored
            self._arrays = arrays = store.get(alpha), store.get(colours)
        return arrays


@dataclass(frozen=True)
class Layer:
    """A repair over the photo.

    Attributes:
        id: unlike any other in the document, and kept when the repair is made anew.
        name: as shown in the list of repairs.
        patches: its pixels.
        visible: whether it shows.
        opacity: 0 to 1.
        model: id of the model that made it; empty for none.
        seed: with which it was made.
        origin: what else is known of how it was made; None for what no network made, and in old sessions.
        check: how far it can be trusted; None where that has not been found out.
    """

    id: str
    name: str
    patches: Patches
    visible: bool = True
    opacity: float = 1.0
    model: str = ""
    seed: int = 0
    origin: Origin | None = None
    check: SelfCheck | None = field(default=None, compare=False)


def covered(mask: TileGrid, layers: Iterable[Layer]) -> TileGrid:
    """A mask (HxW ``uint8``) and all that layers lie over, as another one."""
    out = mask.snapshot()
    for layer in layers:
        for key in layer.patches.tiles:
            rect, alpha, _ = layer.patches.patch(key)
            now = out[rect.slices]
            now[alpha >= HOLE_THRESHOLD] = 255
            out.write(rect, now)
    return out


_Recipe = tuple[tuple[Patches, float], ...]
_Compose = Callable[[TileKey, _Recipe], np.ndarray]


class View(Tiled):
    """A photo seen through layers; never changes. Where no layer shows it is the photo bit by bit.

    Args:
        pixels: HxWxC, the photo.
        layers: from the lowest to the highest.
    """

    def __init__(self, pixels: np.ndarray, layers: tuple[Layer, ...] = (), _compose: _Compose | None = None) -> None:
        super().__init__(pixels)
        self.layers = tuple(layer for layer in layers if layer.visible and layer.opacity > 0)
        self._compose = _compose or lru_cache(_COMPOSED_TILES)(partial(_composed, self.background))

    def with_layers(self, layers: tuple[Layer, ...]) -> View:
        """The same photo through other layers; tiles already composed are shared."""
        return View(self.background, layers, self._compose)

    def recipe(self, key: TileKey) -> _Recipe:
        """What a tile is made of; equal recipes make equal pixels."""
        return tuple((layer.patches, layer.opacity) for layer in self.layers if key in layer.patches)

    def own(self, key: TileKey) -> np.ndarray | None:
        recipe = self.recipe(key)
        return self._compose(key, recipe) if recipe else None

    def changed_since(self, earlier: View) -> list[TileKey]:
        """The tiles that look different than in an earlier view of the same photo, row by row."""
        keys = {key for layer in {*self.layers, *earlier.layers} for key in layer.patches.tiles}
        return sorted(key for key in keys if self.recipe(key) != earlier.recipe(key))

    def changes(self) -> tuple[TileGrid, float]:
        """(HxW ``uint8`` grid, 255 where a pixel differs from the photo; the share of such pixels, 0 to 1)."""
        height, width = self.shape[:2]
        different, count = TileGrid.empty((height, width)), 0
        for key in sorted({key for layer in self.layers for key in layer.patches.tiles}):
            place = self.tile_rect(key)
            tile = (self.tile(key) != self.background[place.slices]).any(2)
            count += int(np.count_nonzero(tile))
            different.swap({key: tile.view(np.uint8) * np.uint8(255)})
        return different, count / (height * width)

    def to_array(self) -> np.ndarray:
        return super().to_array() if self.layers else self.background


def _composed(background: np.ndarray, key: TileKey, recipe: _Recipe) -> np.ndarray:
    y, x = key[0] * TILE, key[1] * TILE
    tile = background[y : y + TILE, x : x + TILE].copy()
    for patches, opacity in recipe:
        rect, alpha, colours = patches.patch(key)
        inside = tile[rect.shifted(-x, -y).slices]
        on = alpha > 0
        weight = (alpha[on] / np.float32(255) * np.float32(opacity))[:, None]
        if (weight == 1).all():
            inside[on] = colours
        else:
            below = inside[on].astype(np.float32)
            inside[on] = np.rint(below + (colours - below) * weight)
    tile.flags.writeable = False
    return tile
