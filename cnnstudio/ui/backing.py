"""What a widget shows, kept in a pixmap: what changes is drawn anew, what moves is moved, all else is copied."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap, QRegion, QTransform

_MANY = 24
"""Damaged rectangles beyond which the one around them all is drawn instead."""

DrawArea = Callable[[QPainter, QRect], None]
"""Draws all that lies in a rectangle, in device pixels; may set the clip, but within the rectangle."""


def rects_of(region: QRegion) -> Iterator[QRect]:
    """The rectangles of a region; PySide's own types do not say that it has them."""
    return iter(region)  # type: ignore[call-overload,no-any-return]


class Backing:
    """A picture of a widget's content, in device pixels."""

    def __init__(self) -> None:
        self._pixmap = QPixmap()
        self._damage = QRegion()

    @property
    def size(self) -> QSize:
        return self._pixmap.size()

    @property
    def is_whole(self) -> bool:
        """Whether nothing has to be drawn."""
        return self._damage.isEmpty()

    def resize(self, size: QSize) -> None:
        """Of another size, all is to be drawn anew."""
        if size != self._pixmap.size():
            self._pixmap = QPixmap(size)
            self.damage_all()

    def damage(self, rect: QRect) -> None:
        """What lies there is to be drawn anew."""
        self._damage += rect & self._pixmap.rect()

    def damage_all(self) -> None:
        self._damage = QRegion(self._pixmap.rect())

    def scroll(self, clip: QRect, dx: int, dy: int) -> None:
        """Moves what lies in ``clip``, within it."""
        inside = self._damage.intersected(clip)
        self._damage -= clip
        self._pixmap.scroll(dx, dy, clip)
        self._damage += inside.translated(dx, dy).intersected(clip)
        self._damage += QRegion(clip) - QRegion(clip.translated(dx, dy))

    def repair(self, draw: DrawArea) -> None:
        """Draws what is damaged."""
        rects = list(rects_of(self._damage))
        if len(rects) > _MANY:
            rects = [self._damage.boundingRect()]
        self._damage = QRegion()
        painter = QPainter(self._pixmap)
        for rect in rects:
            painter.setClipRect(rect)
            draw(painter, rect)
        painter.end()

    def show(self, painter: QPainter, exposed: QRect) -> None:
        """Copies what is exposed (in the widget's pixels) to the widget, pixel by pixel.

        At scales such as 1.5 a widget may begin between two device pixels; it is moved to the nearest.
        """
        device = painter.deviceTransform()
        across, down = device.m11(), device.m22()
        painter.save()
        painter.setWorldTransform(
            QTransform(
                1 / across, 0, 0, 1 / down, (round(device.dx()) - device.dx()) / across,
                (round(device.dy()) - device.dy()) / down,
            )
        )  # fmt: skip
        left, top = math.floor(exposed.left() * across) - 1, math.floor(exposed.top() * down) - 1
        right, bottom = math.ceil((exposed.right() + 1) * across) + 1, math.ceil((exposed.bottom() + 1) * down) + 1
        part = QRect(left, top, right - left, bottom - top) & self._pixmap.rect()
        painter.drawPixmap(QRectF(part), self._pixmap, QRectF(part))
        painter.restore()
