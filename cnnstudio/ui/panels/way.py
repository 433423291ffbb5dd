"""The part of the panel that goes from one picture to another."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from cnnstudio.jobs import Latent
from cnnstudio.ui.panels.field_label import label_of
from cnnstudio.ui.panels.latent_names import name_of
from cnnstudio.ui.panels.number_slider import NumberSlider, prepare_number_field
from cnnstudio.ui.panels.parts import press_button, sentences

MOST_FRAMES = 480


class WayBox(QWidget):
    """Has the two ends marked, lets the person go between them, and asks for all of the way.

    Signals:
        picked: (0 or 1) the picture shown is to be A or B.
        moved: (share) the place that the person wants to see, 0 at A to 1 at B.
        film_requested, files_requested: the whole way, as one moving picture or as numbered files.
    """

    picked = Signal(int)
    moved = Signal(float)
    film_requested = Signal()
    files_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pick_a = press_button(self.tr("Mark as A"), self.tr("The way between two pictures begins here (A)"))
        self._pick_b = press_button(self.tr("Mark as B"), self.tr("It ends here (B)"))
        marks = QHBoxLayout()
        for end, button in enumerate((self._pick_a, self._pick_b)):
            button.clicked.connect(partial(self._pick, end))
            marks.addWidget(button)
        self._ends = sentences()
        self._share = NumberSlider(self.tr("Way from A to B"), 100, 1, "%")
        self._share.setToolTip(self.tr("How far from A to B"))
        self._share.moved.connect(lambda percent: self.moved.emit(percent / 100))
        self._frames = QSpinBox()
        self._frames.setRange(2, MOST_FRAMES)
        self._frames.setValue(48)
        prepare_number_field(self._frames, self.tr("Steps"))
        self._frames.setToolTip(self.tr("How many pictures the saved way from A to B has"))
        self._film = press_button(
            self.tr("Save moving…"), self.tr("As a picture that moves: GIF, WebP or animated PNG")
        )
        self._film.clicked.connect(self.film_requested)
        self._files = press_button(self.tr("Save as PNGs…"), self.tr("As numbered PNG files in a folder"))
        self._files.clicked.connect(self.files_requested)
        layout = QVBoxLayout(self)
        layout.addLayout(marks)
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
        layout.addStretch(1)
        self.show_ends(None, None)

    @property
    def steps(self) -> int:
        """How many pictures the whole way has."""
        return self._frames.value()

    def show_ends(self, a: Latent | None, b: Latent | None) -> None:
        """The ends, as far as they are marked."""
        ready = a is not None and b is not None
        for part in (self._share, self._frames, self._film, self._files):
            part.setEnabled(ready)
        if a and b:
            self._ends.setText(self.tr("A: {a}\nB: {b}").format(a=name_of(a), b=name_of(b)))
        elif a:
            self._ends.setText(self.tr("A: {a}. Now choose another picture and mark it as B.").format(a=name_of(a)))
        elif b:
            self._ends.setText(self.tr("B: {b}. Now choose another picture and mark it as A.").format(b=name_of(b)))
        else:
            self._ends.setText(self.tr("Mark one picture as A and another as B, and go from one to the other."))

    def _pick(self, end: int, _checked: bool = False) -> None:
        self.picked.emit(end)

    def rewind(self) -> None:
        """Back to A, without a signal."""
        self._share.value = 0
