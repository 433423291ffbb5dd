"""Sliders that move a picture along the main directions of its model."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from cnnstudio.jobs import DIRECTIONS, FARTHEST_MOVE
from cnnstudio.ui.panels.field_label import label_of
from cnnstudio.ui.panels.number_slider import NumberSlider, align
from cnnstudio.ui.panels.parts import press_button


class LatentSliders(QWidget):
    """One slider for each direction; what it changes differs from model to model, so they have numbers for names.

    Signals:
        moved: (tuple of floats) as :attr:`cnnstudio.jobs.Latent.moves`, maybe still on the way.
    """

    moved = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        form = QFormLayout()
        self._sliders = []
        for number in range(1, DIRECTIONS + 1):
            slider = NumberSlider(
                self.tr("Direction {n}").format(n=number), FARTHEST_MOVE, 0.1, "", 1, minimum=-FARTHEST_MOVE
            )
            slider.setToolTip(
                self.tr("Moves the picture along a direction in which this model's pictures change most, in standard"
                        " deviations. A double click takes it back to 0")
            )  # fmt: skip
            slider.moved.connect(self._tell)
            form.addRow(label_of(slider, str(number)), slider)
            self._sliders.append(slider)
        align(self._sliders)
        self._reset = press_button(self.tr("Reset"), self.tr("Back to the picture as it was before it was moved"))
        self._reset.clicked.connect(self._take_back)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self._reset)
        layout.addStretch(1)
        self.show_moves(())

    def show_moves(self, moves: Sequence[float]) -> None:
        """How far the picture shown is moved; without a signal."""
        for slider, move in zip_longest(self._sliders, moves[: len(self._sliders)], fillvalue=0.0):
            assert isinstance(slider, NumberSlider)
            if slider.value != move:  # one that is under way must not be stopped
                slider.value = move
        self._reset.setEnabled(any(moves))

    @Slot()
    def _tell(self) -> None:
        moves = tuple(slider.value for slider in self._sliders)
        self._reset.setEnabled(any(moves))
        self.moved.emit(moves)

    @Slot()
    def _take_back(self) -> None:
        self.show_moves(())
        self._tell()
