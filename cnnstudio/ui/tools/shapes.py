"""Lasso, polygon and rectangle."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from cnnstudio.imaging import selection
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.selection import Mode
from cnnstudio.ui.tools.base import Tool, mode_of, outline

if TYPE_CHECKING:
    from cnnstudio.ui.canvas import Canvas
    from cnnstudio.ui.pointer import Pointer

_CLOSING = 10.0
"""Distance on the screen at which a click on a polygon's first corner closes it."""

_CLICK = 3.0
"""Distance on the screen up to which a press and release are a mere click, which marks nothing."""


class _Shape(Tool):
    """Collects points."""

    def __init__(self, status: str, parent: QObject | None = None) -> None:
        super().__init__(status, parent)
        self._points: list[QPointF] = []
        self._mode: Mode = "add"

    def cancel(self) -> bool:
        begun = bool(self._points)
        self._points = []
        if begun:
            self.changed.emit()
        return begun

    def _mark_polygon(self, label: str) -> None:
        points, self._points = self._points, []
        if self._editor and len(points) >= 3:
            corners = [(point.x(), point.y()) for point in points]
            self._apply(selection.polygon(self._editor.document.mask, corners, self._mode, label))
        self.changed.emit()


class LassoTool(_Shape):
    """Draw around the damage."""

    name = "lasso"

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("", parent)
        self.status = self.tr("Draw around the damage. Alt takes away, Ctrl replaces.")

    def press(self, pointer: Pointer) -> None:
        if self._editor and pointer.button == Qt.MouseButton.LeftButton:
            self._points, self._mode = [pointer.position], mode_of(pointer)

    def move(self, pointer: Pointer) -> None:
        if self._points:
            self._points.append(pointer.position)
            self.changed.emit()

    def release(self, pointer: Pointer) -> None:
        if self._points:
            self._points.append(pointer.position)
            if max(self._distance(self._points[0], point) for point in self._points) <= _CLICK:
                self.cancel()
            else:
                self._mark_polygon("Lasso")

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        if len(self._points) > 1:
            path = QPainterPath()
            path.addPolygon(QPolygonF([canvas.to_widget(point) for point in self._points]))
            outline(painter, path)


class PolygonTool(_Shape):
    """Click corner by corner; a double click, Enter or a click on the first corner closes it."""

    name = "polygon"

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("", parent)
        self.status = self.tr(
            "Click corner by corner; Enter or a double click closes, Backspace takes the last corner back."
        )
        self._at = QPointF()

    def press(self, pointer: Pointer) -> None:
        if self._editor is None or pointer.button != Qt.MouseButton.LeftButton:
            return
        if not self._points:
            self._mode = mode_of(pointer)
        elif len(self._points) >= 3 and self._is_near_first(pointer.position):
            self._mark_polygon("Polygon")
            return
        self._points.append(pointer.position)
        self._at = pointer.position
        self.changed.emit()

    def move(self, pointer: Pointer) -> None:
        self._at = pointer.position
        if self._points:
            self.changed.emit()

    def double_click(self, pointer: Pointer) -> None:
        self.finish()

    def finish(self) -> bool:
        if not self._points:
            return False
        self._mark_polygon("Polygon")
        return True

    def remove_last(self) -> bool:
        if not self._points:
            return False
        self._points.pop()
        self.changed.emit()
        return True

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        if not self._points:
            return
        path = QPainterPath()
        path.addPolygon(QPolygonF([canvas.to_widget(point) for point in (*self._points, self._at)]))
        for point in self._points:
            path.addEllipse(canvas.to_widget(point), 3, 3)
        outline(painter, path)

    def _is_near_first(self, at: QPointF) -> bool:
        return self._distance(self._points[0], at) < _CLOSING


class RectangleTool(_Shape):
    """Drag from corner to corner; Shift makes a square."""

    name = "rectangle"

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("", parent)
        self.status = self.tr("Drag from corner to corner. Shift: a square. Alt takes away, Ctrl replaces.")

    def press(self, pointer: Pointer) -> None:
        if self._editor and pointer.button == Qt.MouseButton.LeftButton:
            self._points, self._mode = [pointer.position, pointer.position], mode_of(pointer)

    def move(self, pointer: Pointer) -> None:
        if self._points:
            self._points[1] = self._opposite(pointer)
            self.changed.emit()

    def release(self, pointer: Pointer) -> None:
        if not self._points:
            return
        if self._distance(self._points[0], pointer.position) <= _CLICK:
            self.cancel()
            return
        self._points[1] = self._opposite(pointer)
        (x0, x1), (y0, y1) = (sorted(values) for values in zip(*((p.x(), p.y()) for p in self._points), strict=True))
        self._points = []
        rect = Rect.from_edges(math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1))
        if self._editor:
            self._apply(selection.rectangle(self._editor.document.mask, rect & self._editor.bounds, self._mode))
        self.changed.emit()

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        if self._points:
            start, end = (canvas.to_widget(point) for point in self._points)
            path = QPainterPath()
            path.addRect(min(start.x(), end.x()), min(start.y(), end.y()), abs(end.x() - start.x()),
                         abs(end.y() - start.y()))  # fmt: skip
            outline(painter, path)

    def _opposite(self, pointer: Pointer) -> QPointF:
        at, start = pointer.position, self._points[0]
        if not pointer.modifiers & Qt.KeyboardModifier.ShiftModifier:
            return at
        dx, dy = at.x() - start.x(), at.y() - start.y()
        side = max(abs(dx), abs(dy))
        return start + QPointF(math.copysign(side, dx), math.copysign(side, dy))
