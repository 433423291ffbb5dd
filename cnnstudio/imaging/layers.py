"""Repairs as layers over a photo, and the photo seen through them."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache, partial

import cv2
import numpy as np

from cnnstudio.errors import UnreadablePhoto
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.mask import HOLE_THRESHOLD
from cnnstudio.imaging.store import DAMAGED, Ref, Store
from cnnstudio.imaging.tiles import TILE, Tiled, TileGrid, TileKey, keys_of, rect_of
from cnnstudio.jobs import Origin, RestoreOptions, SelfCheck

_CHUNK_PIXELS = 1 << 22
"""The pixels of a layer are kept, stored and read back so many at a time."""
_KEPT_CHUNKS = 8
"""Of those on disk, so many stay in memory once they have been looked at; of 16-bit RGB 200 MB."""
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
        self._set_index(index, None)
        areas, counts = np.cumsum(index[:, 2] * index[:, 3]), np.cumsum(index[:, 4])
        ends = (
            [np.flatnonzero(self._chunk_of == number)[-1] for number in range(self._chunk_count)] if len(index) else []
        )
        alphas = np.split(alpha, areas[ends[:-1]]) if ends else [alpha]
        shown = np.split(colours, counts[ends[:-1]]) if ends else [colours]
        self._chunks = [_Chunk((_thin(a), c), None) for a, c in zip(alphas, shown, strict=True)]

    def _set_index(self, index: np.ndarray, chunks: int | None) -> None:
        """Where each patch lies; ``chunks`` is how many there are, None as many as its size asks for."""
        self.index = index
        areas, counts = index[:, 2] * index[:, 3], index[:, 4]
        self._chunk_of = (np.cumsum(areas) - areas) // _CHUNK_PIXELS if chunks != 1 else np.zeros(len(index), np.int64)
        self._chunk_count = int(self._chunk_of[-1]) + 1 if len(index) else 1
        # Each chunk's own counting begins at 0.
        firsts = np.searchsorted(self._chunk_of, self._chunk_of)
        starts = np.stack([np.cumsum(areas) - areas, np.cumsum(counts) - counts], 1)
        starts = (starts - starts[firsts]).tolist()
        rows = zip(index.tolist(), self._chunk_of.tolist(), starts, strict=True)
        self._places = {
            (y // TILE, x // TILE): (Rect(x, y, w, h), count, chunk, *start)
            for (x, y, w, h, count), chunk, start in rows
        }
        self._recent: deque[_Chunk] = deque()
        self._lock = threading.Lock()

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
    def covering(cls, bands: Iterable[tuple[Rect, np.ndarray]], store: Store | None = None) -> Patches:
        """Takes over whole pictures band by band, so that little of a large one is in memory at a time.

        Args:
            bands: (rectangle, HxWxC pixels), from the top down and of one width; each begins at a multiple of
                :data:`TILE`. All their pixels show.
            store: where a large layer's pixels go at once; None keeps them in memory.

        Raises:
            ValueError: there are no bands.
            OSError: the disk does not take them.
        """
        index: list[tuple[int, int, int, int, int]] = []
        chunks: list[_Chunk] = []
        waiting: list[np.ndarray] = []
        area = before = 0

        def close() -> None:
            colours = np.concatenate(waiting)
            chunk = _Chunk((np.broadcast_to(np.uint8(255), len(colours)), colours), None)
            if store is not None and area >= _CHUNK_PIXELS:
                chunk.unload(store)
            chunks.append(chunk)
            waiting.clear()

        for rect, pixels in bands:
            for key in keys_of(rect):
                part = rect_of(key) & rect
                if area // _CHUNK_PIXELS > before:
                    close()
                    before = area // _CHUNK_PIXELS
                waiting.append(pixels[part.shifted(-rect.x, -rect.y).slices].reshape(-1, pixels.shape[2]))
                index.append((part.x, part.y, part.w, part.h, part.area))
                area += part.area
        if not index:
            raise ValueError("a layer needs at least one piece")
        close()
        patches = cls.__new__(cls)
        patches._set_index(np.array(index, np.int64), None)
        patches._chunks = chunks
        return patches

    @classmethod
    def stored(cls, store: Store, refs: tuple[Ref, ...], layout: tuple[int, np.dtype]) -> Patches:
        """Patches that :meth:`put` has stored; they stay on disk until they are looked at.

        Args:
            layout: channels and dtype of the photo they are for.

        Raises:
            ValueError: these are no patches.
            UnreadablePhoto: the store does not hold them (any more).
        """
        index = store.get(refs[0]) if refs else np.empty(0)
        _check_index(index)
        patches = cls.__new__(cls)
        patches._set_index(index, len(refs) // 2)
        if len(refs) != 1 + 2 * patches._chunk_count:
            raise ValueError(f"{len(refs)} arrays for {patches._chunk_count} chunks")
        patches._chunks = [
            _Chunk(None, (store, *pair), _Expected(index[patches._chunk_of == number], *layout))
            for number, pair in enumerate(zip(refs[1::2], refs[2::2], strict=True))
        ]
        return patches

    def put(self, store: Store) -> tuple[Ref, ...]:
        """Writes index, and alpha and colours of each chunk, into a store."""
        return store.put(self.index), *(ref for chunk in self._chunks for ref in chunk.put(store))

    def unload(self, store: Store) -> None:
        """Frees the memory; they are read from ``store`` when they are looked at again.

        Raises:
            OSError: the disk does not take them; they stay in memory.
        """
        for chunk in self._chunks:
            chunk.unload(store)

    @property
    def nbytes(self) -> int:
        """Bytes of memory its pixels take now."""
        return sum(chunk.nbytes for chunk in self._chunks)

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
        rect, count, number, alpha_start, colours_start = self._places[key]
        alpha, colours = self._loaded(self._chunks[number])
        shown = alpha[alpha_start : alpha_start + rect.area].reshape(rect.h, rect.w)
        return rect, shown, colours[colours_start : colours_start + count]

    def mask(self, height: int, width: int) -> TileGrid:
        """The mask that shows them, HxW ``uint8``: what to repair when the repair is made anew."""
        mask = TileGrid.empty((height, width))
        for key in self.tiles:
            rect, alpha, _ = self.patch(key)
            mask.write(rect, alpha)
        return mask

    def _loaded(self, chunk: _Chunk) -> tuple[np.ndarray, np.ndarray]:
        """A chunk's pixels; of those on disk the last few that were looked at stay in memory."""
        arrays = chunk.arrays
        if arrays is None:
            arrays = chunk.load()
            with self._lock:
                self._recent.append(chunk)
                while len(self._recent) > _KEPT_CHUNKS:
                    self._recent.popleft().arrays = None
        return arrays


@dataclass(frozen=True, eq=False)
class _Expected:
    """What the arrays of a chunk must be.

    Attributes:
        index: its part of :attr:`Patches.index`.
        channels, dtype: of its colours.
    """

    index: np.ndarray
    channels: int
    dtype: np.dtype

    def fits(self, alpha: np.ndarray, colours: np.ndarray) -> bool:
        areas, counts = self.index[:, 2] * self.index[:, 3], self.index[:, 4]
        if alpha.shape != (areas.sum(),) or colours.shape != (counts.sum(), self.channels):
            return False
        if alpha.dtype != np.uint8 or colours.dtype != self.dtype:
            return False
        starts = np.cumsum(areas) - areas
        return not len(areas) or np.array_equal(np.add.reduceat(alpha > 0, starts, dtype=np.int64), counts)


def _check_index(index: np.ndarray) -> None:
    """Raises ``ValueError`` for what is no index of patches, or has one that reaches beyond its tile."""
    if index.ndim != 2 or index.shape[1] != 5 or index.dtype != np.int64:
        raise ValueError(f"no index of patches: {index.shape} {index.dtype}")
    x, y, w, h, count = index.T
    inside = (x >= 0) & (y >= 0) & (w > 0) & (h > 0) & (w <= TILE - x % TILE) & (h <= TILE - y % TILE)
    if not (inside & (count >= 0) & (count <= w * h)).all():
        raise ValueError("a patch that is not inside a tile")


class _Chunk:
    """The pixels of some patches that follow each other: in memory, in a store, or both.

    Args:
        expected: what a stored chunk must be, where it comes from a file that anybody may have made.

    Attributes:
        arrays: (alpha, colours) as :class:`Patches` has them; None while they are only in the store.
    """

    def __init__(
        self,
        arrays: tuple[np.ndarray, np.ndarray] | None,
        stored: tuple[Store, Ref, Ref] | None,
        expected: _Expected | None = None,
    ) -> None:
        self.arrays, self._stored, self._expected = arrays, stored, expected

    @property
    def nbytes(self) -> int:
        arrays = self.arrays
        return 0 if arrays is None else arrays[0].nbytes * any(arrays[0].strides) + arrays[1].nbytes

    def load(self) -> tuple[np.ndarray, np.ndarray]:
        if self.arrays is None:
            assert self._stored is not None
            store, alpha, colours = self._stored
            arrays = store.get(alpha), store.get(colours)
            if self._expected and not self._expected.fits(*arrays):
                raise UnreadablePhoto(DAMAGED, f"{arrays[0].shape} {arrays[1].shape} {arrays[1].dtype}")
            self.arrays = _thin(arrays[0]), arrays[1]
            return self.arrays
        return self.arrays

    def put(self, store: Store) -> tuple[Ref, Ref]:
        if self._stored is not None and self._stored[0] is store:
            return self._stored[1:]
        kept = self.arrays
        alpha, colours = self.load()
        self.arrays = kept
        return store.put(alpha), store.put(colours)

    def unload(self, store: Store) -> None:
        if self.arrays is not None:
            if self._stored is None:
                self._stored = (store, *self.put(store))
            self.arrays = None


def _thin(alpha: np.ndarray) -> np.ndarray:
    """The same, taking no memory where all of it is 255."""
    return np.broadcast_to(np.uint8(255), alpha.shape) if alpha.size and alpha.min() == 255 else alpha


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

    @property
    def restored(self) -> RestoreOptions | None:
        """How, where it is the whole photo restored; None for a repair."""
        options = self.origin.options if self.origin else None
        return options if isinstance(options, RestoreOptions) else None


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
        if not any(alpha.strides):  # all of it shows, as of a layer that covers the photo: no pixel need be picked
            above = colours.reshape(inside.shape)
            if opacity < 1:
                below = inside.astype(np.float32)
                above = np.rint(below + (above - below) * np.float32(opacity))
            inside[...] = above
            continue
        on = alpha > 0
        weight = (alpha[on] / np.float32(255) * np.float32(opacity))[:, None]
        if (weight == 1).all():
            inside[on] = colours
        else:
            below = inside[on].astype(np.float32)
            inside[on] = np.rint(below + (colours - below) * weight)
    tile.flags.writeable = False
    return tile
