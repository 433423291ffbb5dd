"""One picture, as large as there is room for."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnstudio.ui.bridge import photo_image

_LARGEST = 224
"""Logical pixels of its side."""
_SMALLEST = 96


class PictureView(QWidget):
    """Shows a picture enlarged or shrunk to its width, its proportions kept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixels: np.ndarray | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_picture(self, pixels: np.ndarray | None) -> None:
        """HxWxC ``uint8``; None for nothing."""
        self._pixels = pixels
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        if self._pixels is None:
            return 0
        height, across = self._pixels.shape[:2]
        return int(min(width, _LARGEST) * height / across)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(_LARGEST, self.heightForWidth(_LARGEST))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(_SMALLEST, self.heightForWidth(_SMALLEST))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if self._pixels is None:
            return
        image = photo_image(self._pixels)
        scale = min(self.width() / image.width(), self.height() / image.height())
        width, height = image.width() * scale, image.height() * scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        where = QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
        painter.drawImage(where, image)
        painter.end()
