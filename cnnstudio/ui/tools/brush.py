"""Brush and eraser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from cnnstudio.imaging.brush import Brush
from cnnstudio.ui.tools.base import Tool, outline
from cnnstudio.ui.tools.settings import ToolSettings

if TYPE_CHECKING:
    from cnnstudio.ui.canvas import Canvas
    from cnnstudio.ui.editor import Editor
    from cnnstudio.ui.pointer import Pointer

_SMALLEST_CIRCLE = 4.0
"""Diameter on the screen below which the brush is shown as a cross."""

_RIM = 3
"""Pixels around the circle that its pen may touch."""


class BrushTool(Tool):
    """Marks what it is drawn over. Alt or a pen's eraser end takes away; Shift+click draws from the last point."""

    name = "brush"
    erases = False

    def __init__(self, settings: ToolSettings, parent: QObject | None = None) -> None:
        super().__init__("", parent)
        self.status = self.tr("Paint over the damage. Alt takes away, Shift+click draws straight, [ ] change the size.")
        self._settings = settings
        self._at: QPointF | None = None
        self._last: QPointF | None = None
        settings.changed.connect(self.changed)

    def attach(self, canvas: Canvas, editor: Editor | None) -> None:
        super().attach(canvas, editor)
        self._last = None

    def press(self, pointer: Pointer) -> None:
        if self._editor is None or pointer.button != Qt.MouseButton.LeftButton:
            return
        self._at = pointer.position
        held = pointer.modifiers
        erase = self.erases or pointer.eraser or bool(held & Qt.KeyboardModifier.AltModifier)
        self._editor.begin_stroke(Brush(self._settings.brush_size, self._settings.brush_hardness, erase))
        if held & Qt.KeyboardModifier.ShiftModifier and self._last is not None:
            self._editor.stroke_to(self._last.x(), self._last.y())
        self._paint_to(pointer)
        self.changed.emit()

    def move(self, pointer: Pointer) -> None:
        self._at = pointer.position
        if self._editor and self._editor.is_painting:
            self._paint_to(pointer)
        self.changed.emit()

    def release(self, pointer: Pointer) -> None:
        if self._editor and self._editor.is_painting:
            self._paint_to(pointer)
            edit = self._editor.end_stroke()
            if edit is not None:
                self.stroke_finished.emit(edit)

    def leave(self) -> None:
        self._at = None
        self.changed.emit()

    def cancel(self) -> bool:
        painting = bool(self._editor and self._editor.is_painting)
        if painting and self._editor:
            self._editor.abort_stroke()
        return painting

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.CrossCursor if self._is_tiny() else Qt.CursorShape.BlankCursor

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        circle = self._circle(canvas)
        if circle:
            path = QPainterPath()
            path.addEllipse(circle)
            outline(painter, path)

    def painted_area(self, canvas: Canvas) -> QRect:
        circle = self._circle(canvas)
        return circle.adjusted(-_RIM, -_RIM, _RIM, _RIM).toAlignedRect() if circle else QRect()

    def _circle(self, canvas: Canvas) -> QRectF | None:
        """The brush's outline in the widget, where there is one to be seen."""
        if self._at is None or self._is_tiny():
            return None
        center = canvas.to_widget(self._at)
        reach = canvas.to_widget(self._at + QPointF(self._settings.brush_size / 2, 0)).x() - center.x()
        return QRectF(center.x() - reach, center.y() - reach, 2 * reach, 2 * reach)

    def _paint_to(self, pointer: Pointer) -> None:
        assert self._editor
        pressure = pointer.pressure if self._settings.pressure_size else 1.0
        self._editor.stroke_to(pointer.position.x(), pointer.position.y(), pressure)
        self._last = pointer.position

    def _is_tiny(self) -> bool:
        canvas = self._canvas
        return canvas is None or self._settings.brush_size * canvas.zoom / canvas.devicePixelRatioF() < _SMALLEST_CIRCLE


class EraserTool(BrushTool):
    """Takes away from what is marked."""

    name = "eraser"
    erases = True

    def __init__(self, settings: ToolSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self.status = self.tr("Take away from what is marked. Shift+click draws straight.")
