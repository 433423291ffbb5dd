"""What a mouse, a pen or its eraser end does on the canvas, as tools see it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt


@dataclass(frozen=True)
class Pointer:
    """One event of a pointing device.

    Attributes:
        position: in photo pixels; the first pixel covers 0 to 1.
        pressure: 0 to 1; a mouse presses with 1.
        eraser: whether it is the eraser end of a pen.
        modifiers: keys held.
        button: that was pressed or released, or is held while moving.
    """

    position: QPointF
    pressure: float = 1.0
    eraser: bool = False
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    button: Qt.MouseButton = Qt.MouseButton.LeftButton
