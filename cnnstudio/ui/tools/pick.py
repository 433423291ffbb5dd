"""Picking from the damage that was found: a click drops a region or keeps it again, a frame drops all in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPolygonF, QTransform

from cnnstudio.imaging.findings import Region
from cnnstudio.imaging.geometry import Rect
from cnnstudio.ui.damage_kinds import kind_name
from cnnstudio.ui.tools.base import Tool, outline

if TYPE_CHECKING:
    from cnnstudio.ui.canvas import Canvas
    from cnnstudio.ui.editor import Editor
    from cnnstudio.ui.finding import Found
    from cnnstudio.ui.pointer import Pointer

_REACH = 6.0
"""Distance on the screen within which a region is meant: a hair need not be hit."""
_DRAGGED = 8.0
"""Distance on the screen beyond which a press and release are a frame."""
_PLATE = QColor(0, 0, 0, 190)
_ROOM = QPointF(7, 3)
"""Around the words on their plate."""
_OFF = QPointF(14, 18)
"""From the pointer to the plate."""


class PickTool(Tool):
    """Shift+drag keeps what lies in the frame.

    Signals:
        picked: (number) the region was clicked, and has been dropped or kept again.
    """

    name = "pick"
    marks = False

    picked = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("", parent)
        self.status = self.tr("Click damage to drop or keep it. Drag a frame to drop all in it, with Shift to keep it.")
        self._found: Found | None = None
        self._at: QPointF | None = None
        self._start: QPointF | None = None
        self._over: Region | None = None
        self._outlined: tuple[Region, QPainterPath] | None = None  # in photo pixels

    def attach(self, canvas: Canvas, editor: Editor | None) -> None:
        super().attach(canvas, editor)
        self.set_found(None)

    def set_found(self, found: Found | None) -> None:
        """What is picked from; None while nothing is found or shown."""
        if found is self._found:
            return
        self.cancel()
        if self._found:
            self._found.changed.disconnect(self._look)
            self._found.kept_changed.disconnect(self.changed)
        self._found = found
        if found:
            found.changed.connect(self._look)
            found.kept_changed.connect(self.changed)
        self._look()

    @property
    def words(self) -> str:
        """About the region under the pointer; empty where there is none."""
        region, found = self._over, self._found
        if region is None or found is None:
            return ""
        words = self.tr("{kind}, {confidence} % sure").format(
            kind=kind_name(region.kind), confidence=round(100 * region.confidence)
        )
        return self.tr("{what}: dropped").format(what=words) if region.number in found.dropped else words

    def press(self, pointer: Pointer) -> None:
        self._at = pointer.position
        if self._found and pointer.button == Qt.MouseButton.LeftButton:
            self._start = pointer.position
        self._look()

    def move(self, pointer: Pointer) -> None:
        self._at = pointer.position
        if self._start is None:
            self._look()
        else:
            self.changed.emit()

    def release(self, pointer: Pointer) -> None:
        self._at = pointer.position
        frame, start, self._start = self._frame, self._start, None
        if start is None or self._found is None:
            return
        if frame:
            keep = bool(pointer.modifiers & Qt.KeyboardModifier.ShiftModifier)
            self._found.keep(self._found.regions_in(frame), keep)
        else:
            region = self._region_at(start)
            if region:
                self._found.keep([region.number], region.number in self._found.dropped)
                self.picked.emit(region.number)
        self._look()

    def leave(self) -> None:
        self._at = None
        self._look()

    def cancel(self) -> bool:
        begun, self._start = self._start is not None, None
        if begun:
            self.changed.emit()
        return begun

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.PointingHandCursor if self._over else Qt.CursorShape.ArrowCursor

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        frame = self._frame
        if frame:
            path = QPainterPath()
            path.addRect(_in_widget(canvas, frame))
            outline(painter, path)
        elif self._over and self._found:
            outline(painter, self._line(canvas))
            plate = self._plate(canvas)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_PLATE)
            painter.drawRoundedRect(plate, 4, 4)
            painter.setPen(Qt.GlobalColor.white)
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, self.words)

    def painted_area(self, canvas: Canvas) -> QRect | None:
        frame = self._frame
        if frame:
            area = _in_widget(canvas, frame)
        elif self._over and self._found:
            area = self._line(canvas).boundingRect() | self._plate(canvas)
        else:
            return QRect()
        return area.adjusted(-3, -3, 3, 3).toAlignedRect()

    @property
    def _frame(self) -> Rect | None:
        """What is being framed, if the pointer has been dragged."""
        start, end = self._start, self._at
        if start is None or end is None or self._distance(start, end) <= _DRAGGED:
            return None
        across, down = sorted((start.x(), end.x())), sorted((start.y(), end.y()))
        return Rect.from_edges(math.floor(across[0]), math.floor(down[0]), math.ceil(across[1]), math.ceil(down[1]))

    @Slot()
    def _look(self) -> None:
        """Finds out what the pointer is over."""
        self._over = None if self._at is None else self._region_at(self._at)
        self.changed.emit()

    def _region_at(self, at: QPointF) -> Region | None:
        canvas = self._canvas
        if self._found is None or canvas is None:
            return None
        return self._found.region_at(at.x(), at.y(), _REACH * canvas.devicePixelRatioF() / canvas.zoom)

    def _line(self, canvas: Canvas) -> QPainterPath:
        """Around the region under the pointer."""
        assert self._found
        assert self._over
        if self._outlined is None or self._outlined[0] is not self._over:
            path = QPainterPath()
            for line in self._found.outline(self._over):
                path.addPolygon(QPolygonF([QPointF(x, y) for x, y in line.tolist()]))
                path.closeSubpath()
            self._outlined = self._over, path
        origin, scale = canvas.to_widget(QPointF(0, 0)), canvas.zoom / canvas.devicePixelRatioF()
        return QTransform(scale, 0, 0, scale, origin.x(), origin.y()).map(self._outlined[1])

    def _plate(self, canvas: Canvas) -> QRectF:
        """Where the words stand: beside the pointer, and inside the widget."""
        assert self._at
        text = QFontMetricsF(canvas.font()).boundingRect(self.words)
        at, room = canvas.to_widget(self._at), canvas.rect()
        size = text.width() + 2 * _ROOM.x(), text.height() + 2 * _ROOM.y()
        plate = QRectF(at.x() + _OFF.x(), at.y() + _OFF.y(), *size)
        if plate.right() > room.right():
            plate.moveRight(at.x() - _OFF.x() / 2)
        if plate.bottom() > room.bottom():
            plate.moveBottom(at.y() - _OFF.y() / 2)
        return plate


def _in_widget(canvas: Canvas, rect: Rect) -> QRectF:
    return QRectF(canvas.to_widget(QPointF(rect.x, rect.y)), canvas.to_widget(QPointF(rect.x1, rect.y1)))
