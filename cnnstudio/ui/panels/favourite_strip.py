"""The person's favourites as small pictures, drawn again from what they were made from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cnnstudio.cards import ModelCard
from cnnstudio.jobs import Generated, GenerateJob, JobFailure
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.favourites import Favourite, Favourites
from cnnstudio.ui.generation import Picture, Recipe
from cnnstudio.ui.icons import icon
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels.latent_names import name_of
from cnnstudio.ui.panels.picture_grid import PictureGrid
from cnnstudio.ui.sentences import translated

_ROWS = 2
_RANK = 4  # of the jobs: whatever was asked for goes first
_UNKNOWN = np.full((8, 8, 1), 128, np.uint8)


class FavouriteStrip(QWidget):
    """Shows favourites, and lets the person choose one or let it go. Nothing at all is shown where there are none.

    They are made when the strip is first seen, for the models that are there; those of others stay, as question marks.

    Signals:
        chosen: (:class:`Picture`) the person wants to see it.
        picked: (0 or 1) the chosen one is to be A or B.
        said: (sentence) why the chosen one cannot be seen.

    Args:
        device: tells the device to make them on: ``"auto"`` or an id.
    """

    chosen = Signal(object)
    picked = Signal(int)
    said = Signal(str)

    def __init__(
        self, favourites: Favourites, lanes: Lanes, device: Callable[[], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._favourites, self._lanes, self._device = favourites, lanes, device
        self._cards: dict[str, ModelCard] = {}  # by SHA-256
        self._made: dict[Favourite, Picture | str] = {}  # a sentence where it cannot be
        self._asked: dict[Errand, Favourite] = {}
        self._shown: tuple[Favourite, ...] = ()
        title = QLabel(self.tr("Favourites"))
        title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._remove = QToolButton()
        self._remove.setIcon(icon("delete"))
        self._remove.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._remove.setAccessibleName(self.tr("Remove from the favourites"))
        self._remove.setToolTip(self.tr("Remove the chosen one from the favourites (Del)"))
        self._remove.clicked.connect(self.remove)
        self._grid = PictureGrid(_ROWS)
        self._grid.setAccessibleName(self.tr("Favourites"))
        self._grid.setToolTip(self.tr("Choose one to see it large; A and B mark the ends of a way between two"))
        self._grid.currentRowChanged.connect(self._on_row)
        self._grid.picked.connect(self.picked)
        self._grid.delete_pressed.connect(self.remove)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addWidget(self._remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(self._grid)
        favourites.changed.connect(self._show_all)
        self._show_all()

    def set_cards(self, cards: list[ModelCard]) -> None:
        """The models that are there."""
        self._cards = {card.sha256: card for card in cards}
        self._made = {one: made for one, made in self._made.items() if isinstance(made, Picture)}
        self._show_all()

    def select(self, picture: Picture | None) -> None:
        """Shows as chosen the one that is this picture, if there is one; without a signal."""
        wanted = picture and Favourite.of(picture)
        with QSignalBlocker(self._grid):
            self._grid.setCurrentRow(self._shown.index(wanted) if wanted in self._shown else -1)
        self._remove.setEnabled(self._grid.currentRow() >= 0)

    @Slot()
    def remove(self) -> None:
        """Lets the chosen one go."""
        row = self._grid.currentRow()
        if 0 <= row < len(self._shown):
            self._favourites.remove(self._shown[row])

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._make()

    @Slot()
    def _show_all(self) -> None:
        row = self._grid.currentRow()
        chosen = self._shown[row] if 0 <= row < len(self._shown) else None
        self._shown = self._favourites.all
        with QSignalBlocker(self._grid):
            self._grid.restart(len(self._shown))
            for number in range(len(self._shown)):
                self._draw(number)
            self._grid.setCurrentRow(self._shown.index(chosen) if chosen in self._shown else -1)
        self._remove.setEnabled(self._grid.currentRow() >= 0)
        self.setVisible(bool(self._shown))
        if self.isVisible():
            self._make()

    def _draw(self, number: int) -> None:
        favourite = self._shown[number]
        made = self._made.get(favourite)
        name = name_of(favourite.latent)
        if isinstance(made, Picture):
            self._grid.show_picture(number, made.pixels, f"{name} · {translated(made.recipe.card.name)}")
        elif made or favourite.sha256 not in self._cards:
            self._grid.show_picture(number, _UNKNOWN, f"{name} · {self._why_not(favourite)}", "?")

    def _why_not(self, favourite: Favourite) -> str:
        failed = self._made.get(favourite)
        if isinstance(failed, str):
            return translated(failed)
        return self.tr(
            "The model “{id}” that made this favourite is not here. It is kept until the model is back."
        ).format(id=favourite.model)

    def _make(self) -> None:
        """Asks for those that can be made and have not been asked for."""
        asked = set(self._asked.values())
        for favourite in self._shown:
            if favourite.sha256 in self._cards and favourite not in self._made and favourite not in asked:
                card, latents = self._cards[favourite.sha256], (favourite.latent,)
                job = GenerateJob(card, latents, favourite.truncation, self._device(), slot=None, rank=_RANK)
                errand = Errand(self._lanes.engine, job, self)
                self._asked[errand] = favourite
                errand.finished.connect(self._on_made)
                errand.failed.connect(self._on_failed)
                errand.ended.connect(self._on_ended)

    def _sender(self) -> Errand:
        errand = self.sender()
        assert isinstance(errand, Errand)
        return errand

    @Slot(object)
    def _on_made(self, made: Generated) -> None:
        errand = self._sender()
        assert isinstance(errand.job, GenerateJob)
        recipe = Recipe(errand.job.card, errand.job.truncation, errand.job.device)
        self._put(self._asked[errand], Picture(made.pictures[0], made.latents[0], recipe))

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        self._put(self._asked[self._sender()], failure.message)

    @Slot()
    def _on_ended(self) -> None:
        del self._asked[self._sender()]

    def _put(self, favourite: Favourite, made: Picture | str) -> None:
        self._made[favourite] = made
        if favourite in self._shown:
            self._draw(self._shown.index(favourite))

    @Slot(int)
    def _on_row(self, row: int) -> None:
        self._remove.setEnabled(row >= 0)
        if 0 <= row < len(self._shown):
            made = self._made.get(self._shown[row])
            if isinstance(made, Picture):
                self.chosen.emit(made)
            else:
                self.said.emit(self._why_not(self._shown[row]))
