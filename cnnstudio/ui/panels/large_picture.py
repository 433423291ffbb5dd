"""One generated picture, large, and whether it is a favourite."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from cnnstudio.ui.generation import Picture
from cnnstudio.ui.icons import icon
from cnnstudio.ui.panels.latent_names import name_of
from cnnstudio.ui.panels.picture_view import PictureView


class LargePicture(QWidget):
    """Shows a picture with its name beneath it.

    Signals:
        starred: (on) the person wants it among the favourites, or no longer.
    """

    starred = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = PictureView()
        self._view.setAccessibleName(self.tr("The picture, large"))
        self._caption = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, wordWrap=True)
        self._caption.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._star = QToolButton()
        self._star.setCheckable(True)
        self._star.setIcon(icon("star", accented=True))
        self._star.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._star.setAccessibleName(self.tr("Favourite"))
        self._star.setToolTip(self.tr("Keep this picture among the favourites (S where pictures are chosen)"))
        self._star.clicked.connect(self.starred)
        beneath = QHBoxLayout()
        beneath.addWidget(self._caption, 1)
        beneath.addWidget(self._star)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        layout.addLayout(beneath)
        self.show_picture(None)

    def show_picture(self, picture: Picture | None) -> None:
        """This one; None for none, and then nothing is shown at all."""
        self.setVisible(picture is not None)
        self._star.setEnabled(picture is not None)
        self._view.show_picture(None if picture is None else picture.pixels)
        if picture:
            name, (height, width) = name_of(picture.latent), picture.pixels.shape[:2]
            self._caption.setText(f"{name} · {width}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}{height}")
            self._view.setAccessibleDescription(name)

    def show_glimpse(self, pixels: np.ndarray) -> None:
        """One that is still being looked for, HxWxC ``uint8``; it cannot be a favourite yet."""
        self.setVisible(True)
        self._star.setEnabled(False)
        self._view.show_picture(pixels)
        self._caption.setText(self.tr("Looking…"))

    def show_star(self, on: bool) -> None:
        """Whether it is a favourite."""
        self._star.setChecked(on)
