"""What of the canvas is seen: the photo, its states beside each other, and the mask, at any zoom."""

from __future__ import annotations

import math
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.pyramid import Pyramid
from cnnstudio.imaging.tiles import rect_of
from cnnstudio.ui.backing import Backing, rects_of
from cnnstudio.ui.bridge import mask_colours, photo_image
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panes import Pane, PanePainter, grid, rough_pixels
from cnnstudio.ui.tile_cache import TileCache, TileId
from cnnstudio.ui.view import Viewport

if TYPE_CHECKING:
    from cnnstudio.ui.editor import Editor

MODES = ("none", "split", "side", "changes", "confidence")

_HANDLE = 12
_GRIP = 4
_LABEL_ROOM = 15
"""Pixels around a fitted photo beyond the height of a line: room for a label, or for a notice of one line."""
_LABEL_GAP = 2
_PLATE = QColor(0, 0, 0, 170)
"""What white words stand on: even over white their contrast is 7 to 1."""
_ALIKE = 8.0
"""Levels by which a draft may differ on average from the photo it is of."""


class PhotoView(QWidget):
    """Shows one photo. Positions in the widget are in its own (device independent) pixels, zooms in device pixels.

    Signals:
        zoom_changed: (device pixels per photo pixel; 1.0 is “100 %”).
        view_changed: another part of the photo is seen, or it is seen in another size.
        compare_changed: (mode) before and after are compared in another way.
    """

    zoom_changed = Signal(float)
    view_changed = Signal()
    compare_changed = Signal(str)

    def __init__(self, lanes: Lanes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.editor: Editor | None = None
        self._cache = TileCache(lanes.tiles, self)
        self._cache.made.connect(self._on_made)
        self._painter = PanePainter(self._cache)
        self._backing = Backing()
        self._view: Viewport | None = None
        self._views: weakref.WeakKeyDictionary[Editor, Viewport] = weakref.WeakKeyDictionary()
        self._panes: list[Pane] = []
        self._pane: Pane | None = None  # the one under the pointer
        self._draft: np.ndarray | None = None
        self._draft_image: QImage | None = None
        self._compare = "none"
        self._split = 0.5  # of the width
        self._candidates: list[tuple[str, Pyramid]] = []
        self._highlighted = -1
        self._is_original_shown = False
        self._framed: Rect | None = None
        self._covered = 0
        self._mask_visible, self._mask_colour, self._mask_opacity = True, QColor(255, 0, 0), 0.5
        self._show_mask_colours()

    # ---- what is shown

    def set_editor(self, editor: Editor | None) -> None:
        """Shows another photo: as it was last looked at, the first time fitted."""
        if editor is self.editor:
            return
        if self.editor:
            self.editor.photo_changed.disconnect(self._on_photo_changed)
            self.editor.mask_changed.disconnect(self._on_mask_changed)
            self.editor.preview_changed.disconnect(self._on_preview_changed)
            if self._view:
                self._views[self.editor] = self._view
        self.editor = editor
        self._cache.clear()
        self._candidates, self._highlighted = [], -1
        self._is_original_shown, self._framed = False, None
        self._view = None
        self._painter.set_photo(editor.pyramid if editor else None)
        if editor:
            editor.photo_changed.connect(self._on_photo_changed)
            editor.mask_changed.connect(self._on_mask_changed)
            editor.preview_changed.connect(self._on_preview_changed)
            self._painter.rough = self._rough_image(editor)
            self._painter.previews = [*editor.trial, *editor.previews]
            size = editor.width, editor.height
            self._view = self._views.get(editor) or Viewport(size, (1, 1), fitted=True)
        self._draft = self._draft_image = None
        self._show_mask()
        self._lay_out()
        self.zoom_changed.emit(self.zoom)

    @Slot(int)
    def set_covered(self, height: int) -> None:
        """Tells how much of the widget's top something lies over, in its own pixels.

        The photo stays where it is, since nothing may move under the eyes of whoever compares; but from then on it is
        fitted into what is left.
        """
        if height == self._covered:
            return
        self._covered = height
        if self._view:
            self._view = replace(self._view, covered=self._covered_pixels)
        elif self._draft_image:
            self._draw_all_anew()
        if self._candidates:
            self.update()  # their numbers are to be seen

    def show_draft(self, pixels: np.ndarray | None) -> None:
        """Shows a small version of a photo, HxWxC ``uint8``, while there is no editor of it yet."""
        if pixels is self._draft or self.editor:
            return
        self._draft, self._draft_image = pixels, None if pixels is None else photo_image(pixels)
        self._backing.damage_all()
        self.update()

    @property
    def compare(self) -> str:
        """How it is looked at: ``"none"``, ``"split"``, ``"side"``, ``"changes"`` or ``"confidence"``."""
        return self._compare

    def set_compare(self, mode: str) -> None:
        if mode not in MODES:
            raise ValueError(mode)
        if mode != self._compare:
            self._compare = mode
            self._lay_out()
            self.compare_changed.emit(mode)

    def show_original(self, on: bool) -> None:
        """Shows the photo as it was opened, and nothing else."""
        if on != self._is_original_shown:
            self._is_original_shown = on
            self._lay_out()

    def show_candidates(self, pyramids: list[tuple[str, Pyramid]]) -> None:
        """Shows several versions of the photo beside each other: (badge, pyramid); an empty list ends this."""
        for _, pyramid in self._candidates:
            self._cache.forget(pyramid)
        self._candidates, self._highlighted = list(pyramids), -1
        self._lay_out()

    def highlight_candidate(self, index: int) -> None:
        """Frames a candidate; -1 none."""
        if index != self._highlighted:
            self._highlighted = index
            self.update()

    def set_change_map(self, pyramid: Pyramid | None) -> None:
        """What to show when changes are shown: 255 where a pixel is different (a ``"max"`` pyramid)."""
        if self._painter.changes is not None:
            self._cache.forget(self._painter.changes)
        self._painter.changes = pyramid
        if self._compare == "changes":
            self._draw_all_anew()

    def set_heat_map(self, pyramid: Pyramid | None) -> None:
        """What to show when confidence is shown: 1 to 255 where anything is known (a ``"max"`` pyramid)."""
        if self._painter.heat is not None:
            self._cache.forget(self._painter.heat)
        self._painter.heat = pyramid
        if self._compare == "confidence":
            self._draw_all_anew()

    def show_found(self, pyramid: Pyramid | None, colours: list[int]) -> None:
        """Draws found damage over the photo until another photo is shown; None draws none.

        Args:
            pyramid: of values (a ``"max"`` pyramid), 0 where there is nothing.
            colours: of each value.
        """
        before = self._painter.found
        if pyramid is not before:
            if before is not None:
                self._cache.forget(before)
            self._painter.set_found(pyramid, colours)
            self._draw_all_anew()

    def found_changed(self, area: Rect) -> None:
        """To be called after the found damage's pyramid has been updated there."""
        if self._painter.found is not None:
            self._cache.invalidate(self._painter.found, area)
            self._draw_anew(area)

    def show_frame(self, rect: Rect | None) -> None:
        """Draws a frame around a part of the photo, until another photo is shown; None draws none."""
        if rect != self._framed:
            self._framed = rect
            self.update()

    @property
    def mask_visible(self) -> bool:
        return self._mask_visible

    @mask_visible.setter
    def mask_visible(self, on: bool) -> None:
        self._mask_visible = on
        self._show_mask()
        self._draw_all_anew()

    @property
    def mask_colour(self) -> QColor:
        return self._mask_colour

    @mask_colour.setter
    def mask_colour(self, colour: QColor) -> None:
        self._mask_colour = QColor(colour)
        self._show_mask_colours()

    @property
    def mask_opacity(self) -> float:
        return self._mask_opacity

    @mask_opacity.setter
    def mask_opacity(self, opacity: float) -> None:
        self._mask_opacity = opacity
        self._show_mask_colours()

    @property
    def surround(self) -> QColor:
        """The colour around the photo; a neutral grey, since it changes how colours are seen."""
        return self._painter.surround

    @surround.setter
    def surround(self, colour: QColor) -> None:
        self._painter.surround = QColor(colour)
        self._draw_all_anew()

    @property
    def is_settled(self) -> bool:
        """Whether all tiles that are seen have been drawn."""
        return self._backing.is_whole and not self._cache.is_waiting

    # ---- where one looks

    @property
    def zoom(self) -> float:
        """Device pixels per photo pixel."""
        return self._view.zoom if self._view else 1.0

    @property
    def is_fitted(self) -> bool:
        """Whether the whole photo stays in sight when the widget is resized."""
        return bool(self._view and self._view.fitted)

    @Slot()
    def fit(self) -> None:
        """Shows the whole photo, and keeps it in sight until zoomed again."""
        if self._view:
            self._look(self._view.fit())

    @Slot()
    def actual_size(self) -> None:
        """One device pixel for each photo pixel."""
        self.zoom_to(1.0)

    def zoom_to(self, zoom: float) -> None:
        """Zooms around the middle."""
        if self._view:
            self._look(self._view.zoomed(zoom))

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zooms around a position in the widget (None: the middle), stopping on the way at 100 %."""
        if self._view is None:
            return
        zoom = self._view.zoom * factor
        if (self._view.zoom < 1 < zoom) or (zoom < 1 < self._view.zoom):
            zoom = 1.0
        self._look(self._view.zoomed(zoom, None if at is None else self._in_frame(at)))

    def pan_by(self, dx: float, dy: float) -> None:
        """Moves the photo by so many device pixels to the right and down."""
        if self._view:
            self._look(self._view.panned(dx, dy))

    @Slot(object)
    def show_rect(self, rect: Rect) -> None:
        """Goes to a part of the photo."""
        if self._view:
            self._look(self._view.showing(rect))

    def center_on(self, x: float, y: float) -> None:
        """Shows a photo position in the middle."""
        if self._view:
            self._look(self._view.centred(x, y))

    def visible_rect(self) -> QRectF:
        """The part of the photo that is seen, in photo pixels."""
        if self._view is None:
            return QRectF()
        left, top, right, bottom = self._view.visible
        return QRectF(left, top, right - left, bottom - top)

    def to_photo(self, position: QPointF) -> QPointF:
        """From the widget to the photo, in the pane under the pointer."""
        return QPointF(*self._view.to_photo(*self._in_frame(position))) if self._view else QPointF()

    def to_widget(self, position: QPointF) -> QPointF:
        """From the photo to the widget, in the pane under the pointer."""
        if self._view is None:
            return QPointF()
        x, y = self._view.to_pane(position.x(), position.y())
        corner = self._pane.frame.topLeft() if self._pane else QPoint()
        ratio = self.devicePixelRatioF()
        return QPointF((x + corner.x()) / ratio, (y + corner.y()) / ratio)

    def _in_frame(self, position: QPointF) -> tuple[float, float]:
        """From the widget to device pixels of the frame that lies there, or that of the pane under the pointer."""
        ratio = self.devicePixelRatioF()
        corner = self._pane.frame.topLeft() if self._pane else QPoint()
        return position.x() * ratio - corner.x(), position.y() * ratio - corner.y()

    def _pane_at(self, position: QPointF) -> Pane | None:
        ratio = self.devicePixelRatioF()
        point = QPoint(math.floor(position.x() * ratio), math.floor(position.y() * ratio))
        return next((pane for pane in self._panes if pane.clip.contains(point)), None)

    def _look(self, view: Viewport) -> None:
        """Sees the photo through another viewport."""
        before = self._view
        if before is None or view == before:
            return
        self._view = view
        if (view.zoom, view.pane) == (before.zoom, before.pane):
            dx, dy = (new - old for new, old in zip(view.origin, before.origin, strict=True))
            if dx or dy:
                for pane in self._panes:
                    self._backing.scroll(pane.clip, dx, dy)
        else:
            self._backing.damage_all()
        self._cache.only_want(self._is_seen)
        self.update()
        if view.zoom != before.zoom:
            self.zoom_changed.emit(view.zoom)
        self.view_changed.emit()

    def _is_seen(self, place: TileId) -> bool:
        return self._view is not None and self._painter.is_seen(place, self._view)

    # ---- layout

    def _lay_out(self) -> None:
        """Divides the widget into panes anew."""
        ratio = self.devicePixelRatioF()
        size = QSize(max(math.ceil(self.width() * ratio), 1), max(math.ceil(self.height() * ratio), 1))
        self._backing.resize(size)
        self._backing.damage_all()
        self._panes = self._make_panes(size)
        self._pane = self._panes[-1] if self._panes else None
        if self._view and self._panes:
            frame = self._panes[0].frame
            view = replace(self._view, covered=self._covered_pixels)
            self._look(view.resized((frame.width(), frame.height()), self._margin))
        self.update()
        self.view_changed.emit()

    def _make_panes(self, size: QSize) -> list[Pane]:
        editor = self.editor
        if editor is None:
            return []
        before, after = self.tr("Before"), self.tr("After")
        whole = QRect(QPoint(0, 0), size)
        if self._candidates:
            frames = grid(size, len(self._candidates), editor.width / editor.height)
            pairs = zip(frames, self._candidates, strict=True)
            return [Pane(frame, frame, pyramid, badge) for frame, (badge, pyramid) in pairs]
        if self._is_original_shown:
            return [Pane(whole, whole, editor.original, before)]
        match self._compare:
            case "split":
                at = round(self._split * size.width())
                return [
                    Pane(whole, QRect(0, 0, at, size.height()), editor.original, before),
                    Pane(whole, QRect(at, 0, size.width() - at, size.height()), editor.pyramid, after, marked=True),
                ]
            case "side":
                left, right = grid(size, 2, None)
                return [
                    Pane(left, left, editor.original, before),
                    Pane(right, right, editor.pyramid, after, marked=True),
                ]
            case "changes":
                return [Pane(whole, whole, editor.pyramid, changes=True)]
            case "confidence":
                return [Pane(whole, whole, editor.pyramid, heat=True)]
            case _:
                return [Pane(whole, whole, editor.pyramid, marked=True)]

    @property
    def _is_split(self) -> bool:
        return self._compare == "split" and len(self._panes) == 2 and not self._candidates

    def _move_split(self, to: float) -> None:
        """Moves the line between before and after to a share of the width."""
        before, edge = self._split, _HANDLE / max(self.width(), 2 * _HANDLE)
        self._split = min(max(to, edge), 1 - edge)
        if self._split == before or not self._is_split:
            return
        was = self._panes[1].clip.left()
        self._panes = self._make_panes(self._backing.size)
        self._pane = self._panes[-1]
        now = self._panes[1].clip.left()
        self._backing.damage(QRect(min(was, now), 0, abs(was - now), self._backing.size.height()))
        self.update()

    def _is_on_split(self, position: QPointF) -> bool:
        if not self._is_split:
            return False
        away = abs(position.x() - self._split * self.width())
        on_handle = away <= _HANDLE and abs(position.y() - self.height() / 2) <= _HANDLE
        return on_handle or away <= _GRIP

    # ---- what happens to the photo

    @Slot(object)
    def _on_photo_changed(self, area: Rect) -> None:
        if self.editor:
            self._cache.invalidate(self.editor.pyramid, area)
            self._draw_anew(area)

    @Slot(object)
    def _on_mask_changed(self, area: Rect) -> None:
        if self.editor:
            self._cache.invalidate(self.editor.mask_pyramid, area)
            if self._mask_visible:
                self._draw_anew(area)

    @Slot(object)
    def _on_preview_changed(self, area: Rect) -> None:
        if self.editor:
            self._painter.previews = [*self.editor.trial, *self.editor.previews]
            self._draw_anew(area)

    @Slot(object)
    def _on_made(self, places: list[TileId]) -> None:
        for _, level, key in places:
            tile = rect_of(key)
            self._draw_anew(Rect(tile.x << level, tile.y << level, tile.w << level, tile.h << level))

    def _draw_anew(self, area: Rect) -> None:
        """Draws a part of the photo anew, with what of it shows in coarser pixels around it."""
        view = self._view
        if view is None:
            return
        coarse = 1 << max(0, math.frexp(1 / view.zoom)[1] - 1)
        area = area.aligned(coarse).grown(coarse)
        ratio = self.devicePixelRatioF()
        for pane in self._panes:
            left, top = view.to_pane(area.x, area.y)
            right, bottom = view.to_pane(area.x1, area.y1)
            x, y = math.floor(left), math.floor(top)
            rect = QRect(x, y, math.ceil(right) - x, math.ceil(bottom) - y).translated(pane.frame.topLeft()) & pane.clip
            if rect.isEmpty():
                continue
            self._backing.damage(rect)
            self.update(QRectF(rect.x() / ratio, rect.y() / ratio, rect.width() / ratio, rect.height() / ratio)
                        .toAlignedRect())  # fmt: skip

    def _draw_all_anew(self) -> None:
        self._backing.damage_all()
        self.update()

    def _show_mask(self) -> None:
        self._painter.mask = self.editor.mask_pyramid if self.editor and self._mask_visible else None

    def _show_mask_colours(self) -> None:
        if self.editor:
            self._cache.forget(self.editor.mask_pyramid)
        self._painter.set_mask_colours(mask_colours(self._mask_colour, self._mask_opacity))
        self._draw_all_anew()

    def _rough_image(self, editor: Editor) -> QImage:
        rough = rough_pixels(editor.original)
        return self._draft_image if self._draft_image and _is_of(self._draft, rough) else photo_image(rough)

    # ---- drawing

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self._compose()
        painter = QPainter(self)
        for rect in rects_of(event.region()):
            self._backing.show(painter, rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_over(painter)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._lay_out()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._lay_out()
        return super().event(event)

    def _compose(self) -> None:
        if self._backing.is_whole:
            return
        self._cache.begin()
        self._backing.repair(self._draw_area)
        if self.editor and self._view and self.editor.document.layers:
            self._painter.foresee(self.editor.original, self._view)
        self._cache.end()

    def _draw_area(self, painter: QPainter, area: QRect) -> None:
        painter.fillRect(area, self.surround)
        if self._view:
            for pane in self._panes:
                self._painter.draw(painter, pane, self._view, area)
        elif self._draft_image:
            size = self._backing.size
            image = self._draft_image
            size_and_pane = (image.width(), image.height()), (size.width(), size.height())
            view = Viewport(*size_and_pane, margin=self._margin, covered=self._covered_pixels).fit()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            target = QRectF(*view.origin, image.width() * view.zoom, image.height() * view.zoom)
            painter.drawImage(target, image, QRectF(image.rect()))

    def _paint_over(self, painter: QPainter) -> None:
        """Draws what lies over the photo, in the widget's pixels."""
        for index, pane in enumerate(self._panes):
            if self._candidates:
                self._paint_badge(painter, pane, index == self._highlighted)
            elif pane.label:
                self._paint_label(painter, pane, at_right=self._is_split and index == 1)
        if self._is_split:
            self._paint_split(painter)

    @property
    def _margin(self) -> int:
        """Device pixels around a fitted photo, whether there is a label or notice or not, so that nothing jumps."""
        return round((self.fontMetrics().height() + _LABEL_ROOM) * self.devicePixelRatioF())

    @property
    def _covered_pixels(self) -> int:
        return round(self._covered * self.devicePixelRatioF())

    def _logical(self, rect: QRect) -> QRectF:
        ratio = self.devicePixelRatioF()
        return QRectF(rect.x() / ratio, rect.y() / ratio, rect.width() / ratio, rect.height() / ratio)

    def _photo_in(self, pane: Pane) -> QRectF:
        """Where in the widget the photo is, as far as a pane shows it."""
        assert self._view is not None
        left, top = self._view.to_pane(0, 0)
        right, bottom = self._view.to_pane(*self._view.photo)
        photo = QRect(QPoint(round(left), round(top)), QPoint(round(right) - 1, round(bottom) - 1))
        return self._logical(photo.translated(pane.frame.topLeft()) & pane.clip)

    def _paint_label(self, painter: QPainter, pane: Pane, *, at_right: bool) -> None:
        """Beneath the photo where there is room, else at its edge; on a plate, to be read on any grey and any photo."""
        text = painter.fontMetrics().boundingRect(pane.label)
        space, photo = self._logical(pane.clip), self._photo_in(pane)
        label = QRectF(0, 0, text.width() + 12, text.height() + 2)
        if photo.width() < label.width() + 8:
            return
        beneath = space.bottom() - photo.bottom() >= label.height() + _LABEL_GAP
        if beneath:
            label.moveTop(photo.bottom() + _LABEL_GAP)
        else:
            label.moveBottom(space.bottom() - 4)
        if at_right:
            label.moveRight(photo.right() - 4)
        else:
            label.moveLeft(photo.left() + 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_PLATE)
        painter.drawRoundedRect(label, 4, 4)
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, pane.label)

    def _paint_badge(self, painter: QPainter, pane: Pane, highlighted: bool) -> None:
        space = self._logical(pane.clip)
        accent = self.palette().highlight().color()
        if highlighted:
            painter.setPen(QPen(accent, 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(space.adjusted(1.5, 1.5, -1.5, -1.5))
        side = painter.fontMetrics().height() + 10
        badge = QRectF(space.left() + 8, max(space.top(), self._covered) + 8, side, side)
        painter.setPen(QPen(QColor(255, 255, 255, 200), 1.5))
        painter.setBrush(accent if highlighted else _PLATE)
        painter.drawEllipse(badge)
        painter.setPen(self.palette().highlightedText().color() if highlighted else Qt.GlobalColor.white)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, pane.label)

    def _paint_split(self, painter: QPainter) -> None:
        x, middle = self._panes[1].clip.left() / self.devicePixelRatioF(), self.height() / 2
        for width, colour in ((3.0, QColor(0, 0, 0, 130)), (1.0, QColor(255, 255, 255))):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.setPen(QPen(QColor(0, 0, 0, 130), 1))
        painter.setBrush(Qt.GlobalColor.white)
        painter.drawEllipse(QPointF(x, middle), _HANDLE, _HANDLE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(60, 60, 60))
        for way in (-1, 1):
            tip = x + way * 0.65 * _HANDLE
            foot = x + way * 0.2 * _HANDLE
            half = 0.35 * _HANDLE
            painter.drawPolygon(
                QPolygonF([QPointF(tip, middle), QPointF(foot, middle - half), QPointF(foot, middle + half)])
            )


def _is_of(draft: np.ndarray | None, rough: np.ndarray) -> bool:
    """Whether a draft is of the photo that has been roughly sampled: the draft shown last may be another photo's."""
    import cv2

    if draft is None or draft.shape[2] != rough.shape[2]:
        return False
    ratios = [pixels.shape[1] / pixels.shape[0] for pixels in (draft, rough)]
    if abs(math.log(ratios[0] / ratios[1])) > 0.02:
        return False
    small = [np.asarray(cv2.resize(p, (16, 16), interpolation=cv2.INTER_AREA), np.float32) for p in (draft, rough)]
    if rough.dtype != np.uint8:
        small[1] /= 257
    return float(np.abs(small[0] - small[1]).mean()) < _ALIKE
