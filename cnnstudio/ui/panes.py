"""How the canvas is divided into panes, what each of them shows, and the drawing of it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPixmap

from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import View
from cnnstudio.imaging.pyramid import Pyramid
from cnnstudio.imaging.tiles import TILE, TileKey, rect_of
from cnnstudio.ui.bridge import heat_colours, mask_colours, mask_image, photo_image, tile_image
from cnnstudio.ui.tile_cache import MakeImage, TileCache, TileId
from cnnstudio.ui.view import Viewport

GAP = 4
"""Device pixels between panes."""

_NEAREST_FROM = 2.0
"""The zoom from which single pixels are seen as squares."""

_CHANGED = QColor(255, 0, 200)
_DIM = QColor(0, 0, 0, 150)
_HEAT = 0.8
"""Opacity of a heat map: what is beneath it can still be recognised."""
_CHECKER = 8
_LIGHT, _DARK = QColor(204, 204, 204), QColor(153, 153, 153)
_ROUGH_SIDE = 1024


@dataclass(frozen=True)
class Pane:
    """A part of the canvas that shows the photo in one of its states. Device pixels.

    Attributes:
        frame: what the viewport lies in.
        clip: the part of the frame that this pane draws.
        pyramid: what is shown.
        label: said beside it.
        marked: whether the mask and unfinished repairs are drawn over it.
        changes: whether it is dimmed and its changed pixels stand out.
        heat: whether it is dimmed and the heat map is drawn over it.
    """

    frame: QRect
    clip: QRect
    pyramid: Pyramid
    label: str = ""
    marked: bool = False
    changes: bool = False
    heat: bool = False


def grid(size: QSize, count: int, aspect: float | None) -> list[QRect]:
    """``count`` frames of equal size.

    Args:
        aspect: width by height of what they show, which is to be as large as can be; None puts them in one row.
    """
    best, most = count, 0.0
    if aspect is not None:
        for columns in range(1, count + 1):
            width, height = size.width() / columns, size.height() / math.ceil(count / columns)
            scale = min(width / aspect, height)
            if scale > most:
                best, most = columns, scale
    rows = math.ceil(count / best)
    width = max((size.width() - GAP * (best - 1)) // best, 1)
    height = max((size.height() - GAP * (rows - 1)) // rows, 1)
    places = (divmod(index, best) for index in range(count))
    return [QRect(column * (width + GAP), row * (height + GAP), width, height) for row, column in places]


class PanePainter:
    """Draws panes. Belongs to one canvas, and to one photo at a time.

    Args:
        cache: of its tiles.

    Attributes:
        surround: the colour around the photo.
        rough: a picture of the photo of any size, drawn where there is not yet any tile.
        mask: of the mask, None to draw none.
        found: of the damage that was found, None to draw none.
        changes: 255 where a pixel is changed; None while that is not known.
        heat: 1 (cold) to 255 (hot), 0 where there is none; None while that is not known.
        previews: unfinished pixels, over the photo.
    """

    def __init__(self, cache: TileCache) -> None:
        self._cache = cache
        self.surround = QColor(80, 80, 80)
        self.rough: QImage | None = None
        self.mask: Pyramid | None = None
        self.found: Pyramid | None = None
        self.changes: Pyramid | None = None
        self.heat: Pyramid | None = None
        self.previews: list[tuple[Rect, np.ndarray]] = []
        self._base: Pyramid | None = None
        self._differing: dict[Pyramid, tuple[View, View, list[TileKey]]] = {}
        self._preview_images: dict[int, tuple[np.ndarray, int, QImage]] = {}
        self._mask_maker: MakeImage = partial(mask_image, colours=mask_colours(QColor(255, 0, 0), 0.5))
        self._found_maker: MakeImage = partial(mask_image, colours=[])
        self._change_maker: MakeImage = partial(mask_image, colours=mask_colours(_CHANGED, 1.0))
        self._heat_maker: MakeImage = partial(mask_image, colours=heat_colours(_HEAT))
        self._checker = _checkerboard()

    def set_photo(self, base: Pyramid | None) -> None:
        """Another photo: the pyramid of how it looks now, whose tiles also serve others where they look the same."""
        self._base = base
        self.mask = self.found = self.changes = self.heat = self.rough = None
        self.previews = []
        self._differing.clear()
        self._preview_images.clear()

    def set_mask_colours(self, colours: list[int]) -> None:
        self._mask_maker = partial(mask_image, colours=colours)
        if self.mask:
            self._cache.forget(self.mask)

    def set_found(self, pyramid: Pyramid | None, colours: list[int]) -> None:
        self.found, self._found_maker = pyramid, partial(mask_image, colours=colours)

    def draw(self, painter: QPainter, pane: Pane, view: Viewport, area: QRect) -> None:
        """Draws what of a pane lies in ``area``."""
        area = area & pane.clip
        left, top = view.origin
        corner = pane.frame.topLeft() + QPoint(left, top)
        whole = QRect(corner, QSize(math.ceil(view.photo[0] * view.zoom), math.ceil(view.photo[1] * view.zoom)))
        area = area & whole
        if area.isEmpty():
            return
        painter.setClipRect(area)
        if pane.pyramid.source.shape[2] in (2, 4):
            painter.setBrushOrigin(corner)
            painter.fillRect(area, self._checker)
        self._draw_photo(painter, pane.pyramid, view, corner, area)
        if pane.marked and self.previews:
            self._draw_previews(painter, view, corner, area)
        if pane.changes or pane.heat:
            painter.fillRect(area, _DIM)
        if pane.changes and self.changes:
            self._draw_mask(painter, self.changes, self._change_maker, view, corner, area)
        if pane.heat and self.heat:
            self._draw_mask(painter, self.heat, self._heat_maker, view, corner, area)
        if pane.marked and self.mask:
            self._draw_mask(painter, self.mask, self._mask_maker, view, corner, area)
        if pane.marked and self.found:
            self._draw_mask(painter, self.found, self._found_maker, view, corner, area)

    def foresee(self, pyramid: Pyramid, view: Viewport) -> None:
        """Has the tiles of another state of the photo made, so that it can be shown at once."""
        level = pyramid.level_for(view.zoom)
        for key in set(self._tiles_that_differ(pyramid, level)).intersection(pyramid.keys(level, _seen(view, level))):
            self._cache.want(pyramid, level, key, tile_image)

    def is_seen(self, place: TileId, view: Viewport) -> bool:
        """Whether a tile is drawn in this view."""
        pyramid, level, key = place
        return level == pyramid.level_for(view.zoom) and bool(rect_of(key) & _seen(view, level))

    def _draw_photo(self, painter: QPainter, pyramid: Pyramid, view: Viewport, corner: QPoint, area: QRect) -> None:
        level = pyramid.level_for(view.zoom)
        scale = view.zoom * (1 << level)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, view.zoom < _NEAREST_FROM)
        shared = self._base if pyramid is not self._base else None
        own = set(self._tiles_that_differ(pyramid, level)) if shared else set()
        for key in _nearest_first(pyramid.keys(level, _covered(view, level, corner, area)), corner, scale, area):
            source = shared if shared is not None and key not in own else pyramid
            image = self._cache.image(source, level, key, tile_image)
            if image is not None:
                _blit(painter, image, corner, key, scale)
                continue
            side = TILE * scale
            target = QRectF(corner.x() + key[1] * side, corner.y() + key[0] * side, side, side)
            coarser = self._cache.coarser(source, level, key)
            if coarser:
                painter.drawImage(target, *coarser)
            elif self.rough:
                self._draw_rough(painter, self.rough, view, corner, target)
            else:
                painter.fillRect(target, self.surround)

    def _draw_rough(self, painter: QPainter, rough: QImage, view: Viewport, corner: QPoint, target: QRectF) -> None:
        across = rough.width() / (view.photo[0] * view.zoom)
        down = rough.height() / (view.photo[1] * view.zoom)
        part = target.translated(-corner.x(), -corner.y())
        source = QRectF(part.x() * across, part.y() * down, part.width() * across, part.height() * down)
        painter.drawImage(target, rough, source)

    def _draw_mask(
        self, painter: QPainter, pyramid: Pyramid, make: MakeImage, view: Viewport, corner: QPoint, area: QRect
    ) -> None:
        level = pyramid.level_for(view.zoom)
        scale = view.zoom * (1 << level)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, view.zoom < _NEAREST_FROM)
        keys: Iterable[TileKey] = pyramid.keys(level, _covered(view, level, corner, area))
        source = pyramid.source
        if source.is_plain:
            # Most of a mask is empty: not even looked at.
            occupied = {(row >> level, column >> level) for row, column in source.occupied()}
            keys = occupied.intersection(keys)
        for key in keys:
            image = self._cache.image(pyramid, level, key, make)
            if image is not None and not image.isNull():
                _blit(painter, image, corner, key, scale)

    def _draw_previews(self, painter: QPainter, view: Viewport, corner: QPoint, area: QRect) -> None:
        step = 1 << max(0, math.floor(math.log2(1 / view.zoom)))
        live = {id(pixels) for _, pixels in self.previews}
        self._preview_images = {key: value for key, value in self._preview_images.items() if key in live}
        for rect, pixels in self.previews:
            target = QRectF(
                corner.x() + rect.x * view.zoom, corner.y() + rect.y * view.zoom,
                rect.w * view.zoom, rect.h * view.zoom,
            )  # fmt: skip
            if not target.intersects(QRectF(area)):
                continue
            kept = self._preview_images.get(id(pixels))
            own_step = max(1, step * pixels.shape[1] // rect.w)  # it may have been reduced already
            if kept is None or kept[1] != own_step:
                kept = pixels, own_step, _reduced_image(pixels, own_step)
                self._preview_images[id(pixels)] = kept
            if kept[2].hasAlphaChannel():
                painter.fillRect(target, self._checker)
            painter.drawImage(target, kept[2], QRectF(kept[2].rect()))

    def _tiles_that_differ(self, pyramid: Pyramid, level: int) -> Iterable[TileKey]:
        """Where a pyramid does not look like the photo does now; everywhere if it is of something else."""
        source, base = pyramid.source, self._base.source if self._base else None
        if not (isinstance(source, View) and isinstance(base, View)):
            return pyramid.keys(level)
        known = self._differing.get(pyramid)
        if known is None or known[0] is not source or known[1] is not base:
            known = source, base, source.changed_since(base)
            self._differing[pyramid] = known
        return {(row >> level, column >> level) for row, column in known[2]}


def rough_pixels(pyramid: Pyramid) -> np.ndarray:
    """A small picture of a photo, quick to make since it skips pixels: to be seen until tiles are there."""
    background = pyramid.source.background
    step = max(1, max(background.shape[:2]) // _ROUGH_SIDE)
    return np.ascontiguousarray(background[step // 2 :: step, step // 2 :: step])


def _blit(painter: QPainter, image: QImage, corner: QPoint, key: TileKey, scale: float) -> None:
    side = TILE * scale
    x, y = corner.x() + key[1] * side, corner.y() + key[0] * side
    if scale == 1:
        painter.drawImage(QPoint(round(x), round(y)), image)
    else:
        target = QRectF(x, y, image.width() * scale, image.height() * scale)
        painter.drawImage(target, image, QRectF(image.rect()))


def _covered(view: Viewport, level: int, corner: QPoint, area: QRect) -> Rect:
    """The pixels of a level that show in ``area``."""
    scale = view.zoom * (1 << level)
    return Rect.from_edges(
        max(math.floor((area.left() - corner.x()) / scale), 0),
        max(math.floor((area.top() - corner.y()) / scale), 0),
        math.ceil((area.right() + 1 - corner.x()) / scale),
        math.ceil((area.bottom() + 1 - corner.y()) / scale),
    )


def _seen(view: Viewport, level: int) -> Rect:
    left, top, right, bottom = (edge / (1 << level) for edge in view.visible)
    return Rect.from_edges(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))


def _nearest_first(keys: list[TileKey], corner: QPoint, scale: float, area: QRect) -> list[TileKey]:
    """Tiles in the order in which they are looked at: from the middle outward."""
    side = TILE * scale
    column = (area.center().x() - corner.x()) / side - 0.5
    row = (area.center().y() - corner.y()) / side - 0.5
    return sorted(keys, key=lambda key: (key[0] - row) ** 2 + (key[1] - column) ** 2)


def _reduced_image(pixels: np.ndarray, step: int) -> QImage:
    if step > 1:
        import cv2

        size = -(-pixels.shape[1] // step), -(-pixels.shape[0] // step)
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
    return photo_image(pixels)


def _checkerboard() -> QBrush:
    board = QPixmap(2 * _CHECKER, 2 * _CHECKER)
    board.fill(_LIGHT)
    painter = QPainter(board)
    painter.fillRect(0, 0, _CHECKER, _CHECKER, _DARK)
    painter.fillRect(_CHECKER, _CHECKER, _CHECKER, _CHECKER, _DARK)
    painter.end()
    brush = QBrush(board)
    brush.setStyle(Qt.BrushStyle.TexturePattern)
    return brush
