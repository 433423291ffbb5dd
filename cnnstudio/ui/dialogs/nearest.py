"""Is a generated picture a copy? Asks for the pictures that it may be a copy of, and shows the nearest of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QLocale, Qt, QUrl, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.runtime.nearest_run import Likeness
from cnnstudio.ui.icons import icon
from cnnstudio.ui.nearest import Nearest
from cnnstudio.ui.outside import open_outside
from cnnstudio.ui.panels.elided_label import ElidedLabel
from cnnstudio.ui.panels.field_label import label_of
from cnnstudio.ui.panels.latent_names import name_of
from cnnstudio.ui.panels.picture_view import PictureView

_WIDE = 62
"""Letters in a line of words."""


class TrainingFolderDialog(QDialog):
    """Asks for the folder that holds the pictures a network was trained on.

    Signals:
        chosen: (Path) a folder that is there.

    Args:
        model: name of the network, in the window's language.
        folder: chosen the last time; empty for none.
    """

    chosen = Signal(object)

    def __init__(self, model: str, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Nearest training picture"))
        words = QLabel(
            self.tr(
                "To see whether this picture is a copy, it is compared with the pictures that the network “{model}” was"
                " trained on. A network does not bring them along: choose the folder on this computer that holds them."
                " They are only looked at, and the folder is remembered for this network."
            ).format(model=model),
            textFormat=Qt.TextFormat.PlainText,
            wordWrap=True,
        )
        self._field = QLineEdit(folder, clearButtonEnabled=True)
        self._field.setAccessibleName(self.tr("Folder of the training pictures"))
        self._field.setToolTip(self.tr("The folder that holds the pictures the network was trained on"))
        self._field.textChanged.connect(self._adapt)
        choose = QPushButton(icon("folder"), self.tr("&Choose…"))
        choose.setToolTip(self.tr("Choose the folder"))
        choose.clicked.connect(self._choose)
        row = QHBoxLayout()
        row.addWidget(self._field, 1)
        row.addWidget(choose)
        self._problem = QLabel(wordWrap=True)
        self._problem.setMinimumHeight(self.fontMetrics().height())  # its place is kept
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setToolTip(self.tr("Look for nothing (Esc)"))
        self._compare = buttons.addButton(self.tr("C&ompare"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._compare.setToolTip(self.tr("Look for the picture in this folder that is most like this one"))
        self._compare.setDefault(True)
        buttons.accepted.connect(self._answer)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(words)
        layout.addWidget(label_of(self._field, self.tr("&Folder of the training pictures")))
        layout.addLayout(row)
        layout.addWidget(self._problem)
        layout.addWidget(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDE)
        self._adapt()
        (self._compare if folder else choose).setFocus()

    @property
    def problem(self) -> str:
        """What is wrong with the folder, as it is shown."""
        return self._problem.text()

    @Slot()
    def _adapt(self) -> None:
        self._problem.clear()
        self._compare.setEnabled(bool(self._field.text().strip()))

    @Slot()
    def _choose(self) -> None:
        before = self._field.text().strip() or str(Path.home())
        answer = QFileDialog.getExistingDirectory(self, self.tr("Folder of the training pictures"), before)
        if answer:
            self._field.setText(answer)
            self._compare.setFocus()

    @Slot()
    def _answer(self) -> None:
        folder = Path(self._field.text().strip()).expanduser()
        if not _is_folder(folder):
            self._problem.setText(self.tr("There is no such folder."))
            self._field.setFocus()
            return
        self.accept()
        self.chosen.emit(folder)


class NearestDialog(QDialog):
    """The generated picture beside the training picture most like it, and what that means."""

    def __init__(self, nearest: Nearest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file = nearest.likeness.file
        self.setWindowTitle(self.tr("Nearest training picture"))
        pair = QGridLayout()
        for column, (title, name, pixels) in enumerate((
            (self.tr("Made by the network"), name_of(nearest.made.latent), nearest.made.pixels),
            (self.tr("Nearest training picture"), self._file.name, nearest.pixels),
        )):  # fmt: skip
            pair.addWidget(_heading(title), 0, column)
            pair.addWidget(_shown(pixels, title, name), 1, column, Qt.AlignmentFlag.AlignLeft)
            pair.addWidget(ElidedLabel(name, Qt.TextElideMode.ElideMiddle), 2, column)
            pair.setColumnStretch(column, 1)
        self._sentence = QLabel(self.sentence(nearest.likeness), wordWrap=True)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._problem = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._problem.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setToolTip(self.tr("Close (Esc)"))
        close.setDefault(True)
        folder = buttons.addButton(self.tr("Open its &folder"), QDialogButtonBox.ButtonRole.ActionRole)
        folder.setIcon(icon("folder"))
        folder.setToolTip(str(self._file))
        folder.clicked.connect(self._open_folder)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(pair)
        for below in (self._sentence, self._problem):
            layout.addWidget(below)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDE)
        close.setFocus()

    @property
    def text(self) -> str:
        """The sentence that is shown."""
        return self._sentence.text()

    def sentence(self, likeness: Likeness) -> str:
        """What it means: in English the same words as those of ``cnnstudio train nearest``."""
        words = {
            "copy": self.tr(
                "Most likely a copy: the two are {n} times as far apart as training pictures usually are from each"
                " other."
            ),
            "near": self.tr(
                "Perhaps a copy, so look at both: the two are {n} times as far apart as training pictures usually are"
                " from each other."
            ),
            "new": self.tr(
                "No copy: the two are {n} times as far apart as training pictures usually are from each other."
            ),
            "unknown": self.tr(
                "There are too few training pictures to tell whether that is near: look at both."
            ),
        }  # fmt: skip
        return words[likeness.verdict].format(n=QLocale().toString(likeness.times or 0.0, "f", 2))

    @Slot()
    def _open_folder(self) -> None:
        if not open_outside(QUrl.fromLocalFile(str(self._file.parent))):
            self._problem.setText(self.tr("No program here shows folders. It is “{folder}”.").format(
                folder=self._file.parent
            ))  # fmt: skip
            self._problem.show()


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def _shown(pixels: np.ndarray, title: str, name: str) -> PictureView:
    view = PictureView()
    view.show_picture(pixels)
    view.setAccessibleName(title)
    view.setAccessibleDescription(name)
    return view


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that no disk can hold
        return False
