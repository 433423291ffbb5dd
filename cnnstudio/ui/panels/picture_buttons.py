"""What can be done with a generated picture."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from cnnstudio.ui.panels.parts import press_button


class PictureButtons(QWidget):
    """Buttons that save a picture, or put it into the photo.

    Signals:
        save_requested, save_all_requested, patch_requested: buttons.
    """

    save_requested = Signal()
    save_all_requested = Signal()
    patch_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._save = press_button(self.tr("Save…"), self.tr("Save this picture"), "save")
        self._save.clicked.connect(self.save_requested)
        self._save_all = press_button(self.tr("Save all…"), self.tr("Save all pictures into a folder"), "save-all")
        self._save_all.clicked.connect(self.save_all_requested)
        self._patch = press_button(
            self.tr("Use as patch"), self.tr("Put this picture into what is marked in the photo"), "photo"
        )
        self._patch.clicked.connect(self.patch_requested)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._save, 0, 0)
        layout.addWidget(self._save_all, 0, 1)
        layout.addWidget(self._patch, 1, 0, 1, 2)

    def allow_save_all(self, allowed: bool) -> None:
        """Whether there are pictures to save beside this one."""
        self._save_all.setEnabled(allowed)
