"""Icons from ``resources/icons``, drawn in the palette's colours, so that they suit dark and light windows alike."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from cnnstudio.paths import resource

_INK = b"currentColor"
_ROLES = {QIcon.Mode.Selected: QPalette.ColorRole.HighlightedText}


def icon(name: str, *, accented: bool = False) -> QIcon:
    """An icon by the name of its file; one with no such file is a defect.

    Args:
        accented: whether a button that is checked is filled with the accent colour behind it.

    Raises:
        FileNotFoundError: there is none.
    """
    return QIcon(_Engine(name, accented))


@cache
def _source(name: str) -> bytes:
    return resource("icons", f"{name}.svg").read_bytes()


class _Engine(QIconEngine):
    """Draws at any size, and asks the palette for the colour at every drawing."""

    def __init__(self, name: str, accented: bool) -> None:
        super().__init__()
        self._name, self._accented = name, accented
        _source(name)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        palette = QGuiApplication.palette()
        group = QPalette.ColorGroup.Disabled if mode == QIcon.Mode.Disabled else QPalette.ColorGroup.Normal
        role = _ROLES.get(mode, QPalette.ColorRole.ButtonText)
        if self._accented and state == QIcon.State.On:
            role = QPalette.ColorRole.HighlightedText
        colour = palette.color(group, role)
        drawing = QSvgRenderer(QByteArray(_source(self._name).replace(_INK, colour.name().encode())))
        side = min(rect.width(), rect.height())
        square = QRectF(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2, side, side)
        drawing.render(painter, square)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return picture

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._accented)
