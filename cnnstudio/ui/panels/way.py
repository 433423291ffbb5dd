"""The part of the panel that goes from one picture to another."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QGroupBox, QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from cnnstudio.jobs import Latent
from cnnstudio.ui.panels.field_label import label_of
from cnnstudio.ui.panels.latent_names import name_of
from cnnstudio.ui.panels.number_slider import NumberSlider, prepare_number_field

MOST_FRAMES = 480


class WayBox(QGroupBox):
    """Shows the two ends, lets the person go between them, and asks for all of the way.

    Signals:
        moved: (share) the place that the person wants to see, 0 at A to 1 at B.
        film_requested, files_requested: the whole way, as one moving picture or as numbered files.
    """

    moved = Signal(float)
    film_requested = Signal()
    files_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Between two pictures"))
        self._ends = QLabel(wordWrap=True)
        self._share = NumberSlider(self.tr("Way from A to B"), 100, 1, "%")
        self._share.setToolTip(self.tr("How far from A to B"))
        self._share.moved.connect(lambda percent: self.moved.emit(percent / 100))
        self._frames = QSpinBox()
        self._frames.setRange(2, MOST_FRAMES)
        self._frames.setValue(48)
        prepare_number_field(self._frames, self.tr("Steps"))
        self._frames.setToolTip(self.tr("How many pictures the saved way from A to B has"))
        self._film = QPushButton(self.tr("Save moving…"))
        self._film.setAccessibleName(self.tr("Save as a moving picture"))
        self._film.setToolTip(self.tr("As a picture that moves: GIF, WebP or animated PNG"))
        self._film.clicked.connect(self.film_requested)
        self._files = QPushButton(self.tr("Save as PNGs…"))
        self._files.setAccessibleName(self.tr("Save as PNGs"))
        self._files.setToolTip(self.tr("As numbered PNG files in a folder"))
        self._files.clicked.connect(self.files_requested)
        layout = QVBoxLayout(self)
        layout.addWidget(self._ends)
        layout.addWidget(self._share)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow(label_of(self._frames, self.tr("S&teps")), self._frames)
        layout.addLayout(form)
        row = QHBoxLayout()
        row.addWidget(self._film)
        row.addWidget(self._files)
        layout.addLayout(row)

    @property
    def steps(self) -> int:
        """How many pictures the whole way has."""
        return self._frames.value()

    def show_ends(self, a: Latent | None, b: Latent | None) -> None:
        """The ends, as far as they are chosen; where neither is, nothing is shown at all."""
        self.setVisible(a is not None or b is not None)
        ready = a is not None and b is not None
        for part in (self._share, self._frames, self._film, self._files):
            part.setEnabled(ready)
        if a and b:
            self._ends.setText(self.tr("A: {a}\nB: {b}").format(a=name_of(a), b=name_of(b)))
        elif a:
            self._ends.setText(self.tr("A: {a}. Now choose another picture and mark it as B.").format(a=name_of(a)))
        elif b:
            self._ends.setText(self.tr("B: {b}. Now choose another picture and mark it as A.").format(b=name_of(b)))

    def rewind(self) -> None:
        """Back to A, without a signal."""
        self._share.value = 0
