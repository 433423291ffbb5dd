"""An icon that only is looked at."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from cnnstudio.ui.icons import icon


class IconLabel(QWidget):
    """Drawn anew each time, so that it follows from light to dark and from screen to screen.

    Args:
        lines: its height in lines of text.
    """

    def __init__(self, name: str, lines: float = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        side = round(self.fontMetrics().height() * lines)
        self.setFixedSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        icon(self._name).paint(painter, self.rect())
