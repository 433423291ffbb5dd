"""What the canvas knows of a tool."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QPainter, QPainterPath, QPen

from cnnstudio.imaging.edits import Edit
from cnnstudio.imaging.selection import Mode

if TYPE_CHECKING:
    from cnnstudio.ui.canvas import Canvas
    from cnnstudio.ui.editor import Editor
    from cnnstudio.ui.pointer import Pointer


class Tool(QObject):
    """Gets what the pointer does, in photo positions, and marks.

    Signals:
        changed: what :meth:`paint` draws is different.
        stroke_finished: (the Edit) something has been marked or unmarked.
        failed: (:class:`cnnstudio.jobs.JobFailure`) what it was asked for could not be worked out.

    Attributes:
        name: by which commands and settings know it.
        status: what it does, for the status bar.
        marks: whether it changes the mask.
    """

    name = ""
    marks = True

    changed = Signal()
    stroke_finished = Signal(object)
    failed = Signal(object)

    def __init__(self, status: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.status = status
        self._canvas: Canvas | None = None
        self._editor: Editor | None = None

    def attach(self, canvas: Canvas, editor: Editor | None) -> None:
        """Another photo is on the canvas; what was begun on the last is given up."""
        self.cancel()
        self._canvas, self._editor = canvas, editor

    def press(self, pointer: Pointer) -> None:
        """The button or pen goes down."""

    def move(self, pointer: Pointer) -> None:
        """The pointer moves, with or without a button held."""

    def release(self, pointer: Pointer) -> None:
        """The button or pen comes up."""

    def double_click(self, pointer: Pointer) -> None:
        """After the second press of two quick ones."""

    def leave(self) -> None:
        """The pointer has left the photo."""

    def cancel(self) -> bool:
        """Gives up what was begun; returns whether there was anything."""
        return False

    def finish(self) -> bool:
        """Ends what was begun; returns whether there was anything."""
        return False

    def remove_last(self) -> bool:
        """Takes back the last corner; returns whether there was one."""
        return False

    def cursor(self) -> QCursor | Qt.CursorShape:
        """Over the photo."""
        return Qt.CursorShape.CrossCursor

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        """Draws over the photo, in the widget's coordinates."""

    def painted_area(self, canvas: Canvas) -> QRect | None:
        """Where :meth:`paint` would draw now, so that no more is drawn anew; None: maybe everywhere."""
        return None

    def _distance(self, start: QPointF, end: QPointF) -> float:
        """Between two photo positions, as it looks on the screen: in the canvas's pixels."""
        if self._canvas is None:
            return 0.0
        way = self._canvas.to_widget(end) - self._canvas.to_widget(start)
        return math.hypot(way.x(), way.y())

    def _apply(self, edit: Edit | None) -> None:
        if edit is not None and self._editor:
            self._editor.apply(edit)
            self.stroke_finished.emit(edit)


def mode_of(pointer: Pointer) -> Mode:
    """What a shape does to the mask by the keys held: Alt takes away, Ctrl replaces, Shift and nothing add."""
    if pointer.eraser or pointer.modifiers & Qt.KeyboardModifier.AltModifier:
        return "subtract"
    if pointer.modifiers & Qt.KeyboardModifier.ControlModifier:
        return "replace"
    return "add"


def outline(painter: QPainter, path: QPainterPath) -> None:
    """Draws a thin line that is seen on any photo: light on a dark rim."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((QColor(0, 0, 0, 150), 3.0), (QColor(255, 255, 255, 235), 1.2)):
        pen = QPen(colour, width)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawPath(path)
