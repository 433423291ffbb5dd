"""One generated picture, large, and what can be done with it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnnstudio.ui.generation import Picture
from cnnstudio.ui.icons import icon
from cnnstudio.ui.panels.latent_names import name_of
from cnnstudio.ui.panels.picture_view import PictureView


class LargePicture(QWidget):
    """Shows a picture with its name above the buttons.

    Signals:
        save_requested, save_all_requested, patch_requested: buttons.
        picked: (0 or 1) the person marked the picture as A or as B.
    """

    save_requested = Signal()
    save_all_requested = Signal()
    patch_requested = Signal()
    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = PictureView()
        self._view.setAccessibleName(self.tr("The picture, large"))
        self._caption = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter, wordWrap=True)
        self._caption.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._save = _button(self.tr("Save…"), self.tr("Save this picture"), "save")
        self._save.clicked.connect(self.save_requested)
        self._save_all = _button(self.tr("Save all…"), self.tr("Save all pictures into a folder"), "save-all")
        self._save_all.clicked.connect(self.save_all_requested)
        self._patch = _button(
            self.tr("Use as patch"), self.tr("Put this picture into what is marked in the photo"), "photo"
        )
        self._patch.clicked.connect(self.patch_requested)
        self._pick_a = _button(self.tr("Mark as A"), self.tr("The way between two pictures begins here (A)"))
        self._pick_b = _button(self.tr("Mark as B"), self.tr("It ends here (B)"))
        for end, button in enumerate((self._pick_a, self._pick_b)):
            button.clicked.connect(partial(self._pick, end))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        layout.addWidget(self._caption)
        buttons = QGridLayout()
        buttons.addWidget(self._save, 0, 0)
        buttons.addWidget(self._save_all, 0, 1)
        buttons.addWidget(self._patch, 1, 0, 1, 2)
        buttons.addWidget(self._pick_a, 2, 0)
        buttons.addWidget(self._pick_b, 2, 1)
        layout.addLayout(buttons)
        self.show_picture(None)

    def show_picture(self, picture: Picture | None) -> None:
        """This one; None for none, and then nothing is shown at all."""
        self.setVisible(picture is not None)
        self._view.show_picture(None if picture is None else picture.pixels)
        if picture:
            name, (height, width) = name_of(picture.latent), picture.pixels.shape[:2]
            self._caption.setText(f"{name} · {width} × {height}")
            self._view.setAccessibleDescription(name)

    def allow_save_all(self, allowed: bool) -> None:
        """Whether there are pictures to save beside this one."""
        self._save_all.setEnabled(allowed)

    def _pick(self, end: int, _checked: bool = False) -> None:
        self.picked.emit(end)


def _button(text: str, tip: str, picture: str = "") -> QPushButton:
    button = QPushButton(text)
    if picture:
        button.setIcon(icon(picture))
    button.setAccessibleName(text.rstrip("…"))
    button.setToolTip(tip)
    return button
