"""A list of models of which one is chosen."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QWidget

from cnnstudio.cards import ModelCard
from cnnstudio.ui.sentences import translated

_FEWEST_LETTERS = 8


class ModelChooser(QComboBox):
    """Offers models by their names.

    Args:
        tip: what the model is for.
    """

    def __init__(self, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[ModelCard] = []
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_FEWEST_LETTERS)
        self.setAccessibleName(self.tr("Model"))
        self.setToolTip(tip)

    def set_cards(self, cards: list[ModelCard]) -> None:
        """Offers these models, without a signal; the one chosen stays so if it is among them."""
        chosen = self.model_id
        with QSignalBlocker(self):
            self.clear()
            self._cards = list(cards)
            for card in cards:
                self.addItem(translated(card.name), card.id)
            self.setCurrentIndex(max(self.findData(chosen), 0 if cards else -1))
        self.setEnabled(bool(cards))

    @property
    def card(self) -> ModelCard | None:
        """Of the chosen model; None where there is none."""
        index = self.currentIndex()
        return self._cards[index] if index >= 0 else None

    @property
    def model_id(self) -> str:
        """Of the chosen model; empty where there is none. One that is not there cannot be chosen."""
        return self.currentData() or ""

    @model_id.setter
    def model_id(self, id: str) -> None:
        index = self.findData(id)
        if index >= 0:
            self.setCurrentIndex(index)
