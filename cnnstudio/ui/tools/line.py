"""A straight line over a scratch, from click to click."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPainterPathStroker

from cnnstudio.imaging.brush import line
from cnnstudio.ui.tools.base import Tool, mode_of, outline
from cnnstudio.ui.tools.settings import ToolSettings

if TYPE_CHECKING:
    from cnnstudio.ui.canvas import Canvas
    from cnnstudio.ui.pointer import Pointer

_DRAGGED = 8.0
"""Distance on the screen beyond which a press and release are a drag, and the line ends where it ends."""


class LineTool(Tool):
    """Click where the scratch begins and where it ends, or drag; Shift keeps to steps of 45 degrees, Alt takes away."""

    name = "line"

    def __init__(self, settings: ToolSettings, parent: QObject | None = None) -> None:
        super().__init__("", parent)
        self.status = self.tr(
            "Click where the scratch starts, then where it ends. Shift: steps of 45°, Alt: take away."
        )
        self._settings = settings
        self._start: QPointF | None = None
        self._end = QPointF()
        self._is_first_press = False
        settings.changed.connect(self.changed)

    def press(self, pointer: Pointer) -> None:
        if self._editor is None or pointer.button != Qt.MouseButton.LeftButton:
            return
        if self._start is None:
            self._start = self._end = pointer.position
            self._is_first_press = True
        else:
            self._is_first_press = False
            self._draw(pointer)
        self.changed.emit()

    def move(self, pointer: Pointer) -> None:
        if self._start is not None:
            self._end = self._aimed(pointer)
            self.changed.emit()

    def release(self, pointer: Pointer) -> None:
        if self._start is not None and self._is_first_press:
            self._is_first_press = False
            if self._distance(self._start, pointer.position) > _DRAGGED:
                self._draw(pointer)

    def cancel(self) -> bool:
        begun, self._start = self._start is not None, None
        if begun:
            self.changed.emit()
        return begun

    def remove_last(self) -> bool:
        return self.cancel()

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        if self._start is None:
            return
        axis = QPainterPath(canvas.to_widget(self._start))
        axis.lineTo(canvas.to_widget(self._end) + QPointF(0.01, 0))
        stroker = QPainterPathStroker()
        stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
        stroker.setWidth(max(self._settings.line_width * canvas.zoom / canvas.devicePixelRatioF(), 2))
        outline(painter, stroker.createStroke(axis))

    def _draw(self, pointer: Pointer) -> None:
        assert self._start is not None
        assert self._editor
        start, end = self._start, self._aimed(pointer)
        self._start = None
        erase = mode_of(pointer) == "subtract"
        ends = (start.x(), start.y()), (end.x(), end.y())
        self._apply(line(self._editor.document.mask, *ends, self._settings.line_width, erase=erase))
        self.changed.emit()

    def _aimed(self, pointer: Pointer) -> QPointF:
        at = pointer.position
        if self._start is None or not pointer.modifiers & Qt.KeyboardModifier.ShiftModifier:
            return at
        dx, dy = at.x() - self._start.x(), at.y() - self._start.y()
        angle = round(math.atan2(dy, dx) / (math.pi / 4)) * (math.pi / 4)
        length = math.hypot(dx, dy)
        return self._start + QPointF(length * math.cos(angle), length * math.sin(angle))
