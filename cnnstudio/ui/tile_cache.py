"""Tiles of pyramids as images ready to be drawn: kept, and made on a lane where making them takes long."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QRectF, Signal, Slot
from PySide6.QtGui import QImage

from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.pyramid import Pyramid
from cnnstudio.imaging.tiles import TILE, TileKey, rect_of
from cnnstudio.jobs import CallJob, Progress
from cnnstudio.runtime.runner import JobRunner
from cnnstudio.ui.errand import Errand

BUDGET = 256 << 20
"""Bytes of images kept beyond those of the last frame."""

FRAME_SECONDS = 0.006
"""Of a frame, spent on making tiles at once."""

_AT_ONCE = 8
"""Pyramid tiles that may have to be made for one tile to be made at once."""

_BATCH_SECONDS = 0.025
"""After which what a lane has made is shown."""

MakeImage = Callable[[np.ndarray], QImage]
"""Makes a tile's image; called in any thread. A null image: there is nothing to draw."""

TileId = tuple[Pyramid, int, TileKey]
"""Pyramid, level, tile."""


@dataclass
class _Entry:
    image: QImage
    fresh: bool
    frame: int


class TileCache(QObject):
    """Belongs to one canvas. Between :meth:`begin` and :meth:`end` a frame is drawn.

    Tiles that look different are drawn as they were until they have been made anew, so nothing flickers.

    Signals:
        made: (list of :data:`TileId`) these can now be drawn, or drawn better.

    Args:
        lane: where tiles are made.
        budget: bytes; what the last frame needs is kept in any case.
    """

    made = Signal(object)

    def __init__(self, lane: JobRunner, parent: QObject | None = None, budget: int = BUDGET) -> None:
        super().__init__(parent)
        self._lane, self._budget = lane, budget
        self._entries: OrderedDict[TileId, _Entry] = OrderedDict()
        self._bytes = 0
        self._frame = 0
        self._deadline = 0.0
        # In the order they are wanted. The lane's thread copies it, which is one step for it.
        self._wanted: dict[TileId, MakeImage] = {}
        self._late: list[TileId] = []
        self._errand: Errand | None = None
        # Of what changes while the lane works: when, and where. A tile made from what was there before is not fresh.
        self._clock = 0
        self._changes: list[tuple[int, Pyramid, Rect]] = []

    @property
    def is_waiting(self) -> bool:
        """Whether tiles are still to be made."""
        return bool(self._wanted)

    @property
    def nbytes(self) -> int:
        """Of all images kept."""
        return self._bytes

    def begin(self) -> None:
        """A frame begins."""
        self._frame += 1
        self._deadline = time.perf_counter() + FRAME_SECONDS

    def image(self, pyramid: Pyramid, level: int, key: TileKey, make: MakeImage) -> QImage | None:
        """A tile's image: a null one where there is nothing to draw, None where it has yet to be made."""
        place = pyramid, level, key
        entry = self._entries.get(place)
        if entry is None or not entry.fresh:
            if time.perf_counter() < self._deadline and _cost(pyramid, level, key, _AT_ONCE) < _AT_ONCE:
                self._put(place, make(pyramid.tile(level, key)), True)
                if self._wanted.pop(place, None) is not None:
                    # An earlier frame has done without it, and this one may draw a part of where it belongs only.
                    self._late.append(place)
                entry = self._entries[place]
            else:
                self.want(pyramid, level, key, make)
        if entry is None:
            return None
        entry.frame = self._frame
        self._entries.move_to_end(place)
        return entry.image

    def coarser(self, pyramid: Pyramid, level: int, key: TileKey) -> tuple[QImage, QRectF] | None:
        """The image of a coarser level and the part of it that shows the tile, if there is one."""
        for up in range(1, pyramid.levels - level):
            entry = self._entries.get((pyramid, level + up, (key[0] >> up, key[1] >> up)))
            if entry is not None and not entry.image.isNull():
                side, below = TILE / (1 << up), (1 << up) - 1
                return entry.image, QRectF((key[1] & below) * side, (key[0] & below) * side, side, side)
        return None

    def want(self, pyramid: Pyramid, level: int, key: TileKey, make: MakeImage) -> None:
        """Has a tile made after those already wanted, unless there is one."""
        place = pyramid, level, key
        entry = self._entries.get(place)
        if entry is None or not entry.fresh:
            self._wanted.setdefault(place, make)

    def end(self) -> None:
        """The frame is drawn."""
        self._trim()
        self._send()
        late, self._late = self._late, []
        if late:
            self.made.emit(late)

    def only_want(self, is_seen: Callable[[TileId], bool]) -> None:
        """Forgets the wish for tiles that are no longer seen."""
        self._wanted = {place: make for place, make in self._wanted.items() if is_seen(place)}

    def invalidate(self, pyramid: Pyramid, area: Rect) -> None:
        """To be called after ``pyramid.update``: it looks different there."""
        self._clock += 1
        if self._errand:
            self._changes.append((self._clock, pyramid, area))
        for level in range(pyramid.levels):
            coarse = area.aligned(1 << level)
            rect = Rect(coarse.x >> level, coarse.y >> level, coarse.w >> level, coarse.h >> level)
            for key in pyramid.keys(level, rect):
                entry = self._entries.get((pyramid, level, key))
                if entry:
                    entry.fresh = False

    def forget(self, pyramid: Pyramid) -> None:
        """Drops all images of a pyramid: it is gone, or drawn in other colours."""
        for place in [place for place in self._entries if place[0] is pyramid]:
            self._drop(place)
        self._wanted = {place: make for place, make in self._wanted.items() if place[0] is not pyramid}
        self._give_up()  # what is being made may be of the old colours

    def clear(self) -> None:
        """Drops all images."""
        self._entries.clear()
        self._bytes = 0
        self._wanted = {}
        self._give_up()

    def _give_up(self) -> None:
        """What is being made is not wanted any more; a closed photo must not live on in what has changed meanwhile."""
        self._errand = None
        self._changes.clear()

    def _send(self) -> None:
        if self._wanted and self._errand is None:
            self._changes.clear()
            self._errand = Errand(self._lane, CallJob(function=self._make), self)
            self._errand.finished.connect(self._on_made)
            self._errand.failed.connect(self._on_given_up)
            self._errand.cancelled.connect(self._on_given_up)

    def _make(self, progress: Progress) -> list[tuple[TileId, MakeImage, QImage, int]]:
        """On the lane: makes some of what is wanted by now, which is why the newest wishes always win."""
        made = []
        end = time.perf_counter() + _BATCH_SECONDS
        for (pyramid, level, key), make in list(self._wanted.items()):
            progress.check_cancelled()
            clock = self._clock
            made.append(((pyramid, level, key), make, make(pyramid.tile(level, key)), clock))
            if time.perf_counter() > end:
                break
        return made

    @Slot(object)
    def _on_made(self, made: list[tuple[TileId, MakeImage, QImage, int]]) -> None:
        if self.sender() is not self._errand:
            return
        self._errand = None
        places = []
        for place, make, image, clock in made:
            if self._wanted.get(place) is not make:
                continue  # no longer wanted, or in other colours
            fresh = not any(
                changed > clock and pyramid is place[0] and area & _photo_rect(place)
                for changed, pyramid, area in self._changes
            )
            self._put(place, image, fresh)
            if fresh:
                del self._wanted[place]
            places.append(place)
        self._send()
        if places:
            self.made.emit(places)

    @Slot()
    def _on_given_up(self) -> None:
        if self.sender() is self._errand:
            self._errand = None
            self._wanted = {}  # asked for again when next drawn

    def _put(self, place: TileId, image: QImage, fresh: bool) -> None:
        if place in self._entries:
            self._drop(place)
        self._entries[place] = _Entry(image, fresh, self._frame)
        self._bytes += image.sizeInBytes()

    def _drop(self, place: TileId) -> None:
        self._bytes -= self._entries.pop(place).image.sizeInBytes()

    def _trim(self) -> None:
        while self._bytes > self._budget:
            place, entry = next(iter(self._entries.items()))
            if entry.frame == self._frame:
                break
            self._drop(place)


def _photo_rect(place: TileId) -> Rect:
    _, level, key = place
    rect = rect_of(key)
    return Rect(rect.x << level, rect.y << level, rect.w << level, rect.h << level)


def _cost(pyramid: Pyramid, level: int, key: TileKey, limit: int) -> int:
    """How many of a pyramid's tiles must be made for this one; counts no further than ``limit``."""
    if pyramid.ready(level, key):
        return 0
    cost = 1
    rect = rect_of(key)
    for child in pyramid.keys(level - 1, Rect(2 * rect.x, 2 * rect.y, 2 * rect.w, 2 * rect.h)):
        cost += _cost(pyramid, level - 1, child, limit - cost)
        if cost >= limit:
            break
    return cost
