"""The button that looks for the training picture nearest to a generated one, and how far that is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from cnnstudio.jobs import JobFailure
from cnnstudio.ui.dialogs.nearest import NearestDialog, TrainingFolderDialog
from cnnstudio.ui.generation import Picture
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.nearest import Nearest, NearestSearch
from cnnstudio.ui.panels.busy import Action, Busy
from cnnstudio.ui.panels.parts import press_button
from cnnstudio.ui.sentences import translated
from cnnstudio.ui.settings import Settings


class NearestBox(QWidget):
    """Asks for the folder of the training pictures, has the nearest one looked for, and shows it.

    Signals:
        noticed: (sentence, kind, detail) why there is none; kinds as notices have them.

    Args:
        lanes: for the files.
        settings: remember the folder of each network.
    """

    noticed = Signal(str, str, str)

    def __init__(self, lanes: Lanes, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._picture: Picture | None = None
        self._search = NearestSearch(lanes, self)
        self._search.busy_changed.connect(self._on_busy_changed)
        self._search.progressed.connect(self._on_progressed)
        self._search.found.connect(self._on_found)
        self._search.failed.connect(self._on_failed)
        self._button = press_button(
            self.tr("Nearest training picture…"),
            self.tr("See whether this picture is a copy of one that the network was trained on"),
            "find",
        )
        self._button.clicked.connect(self._ask)
        self._busy = Busy(self.tr("Progress of the comparison"), self.tr("Compare no more (Esc)"))
        self._busy.cancel.clicked.connect(self._search.cancel)
        idle = QWidget()  # keeps the button as high as the others
        row = QHBoxLayout(idle)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._button)
        self._action = Action(idle, self._button, self._busy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._action)
        application = QCoreApplication.instance()
        if application:
            application.aboutToQuit.connect(self._search.end)
        self.show_picture(None)

    @property
    def busy(self) -> bool:
        """Whether it looks for one."""
        return self._search.busy

    def show_picture(self, picture: Picture | None) -> None:
        """The one that the button is for; with None there is nothing to see, unless a search is under way."""
        self._picture = picture
        self.allow(picture is not None)
        self.setVisible(picture is not None or self.busy)

    def allow(self, allowed: bool) -> None:
        """Whether the button may be pressed; a search that is under way can always be given up."""
        self._button.setEnabled(allowed)

    def cancel(self) -> None:
        """Gives up what is under way."""
        self._search.cancel()

    @Slot()
    def _ask(self) -> None:
        picture = self._picture
        if picture is None:
            return
        card = picture.recipe.card
        dialog = TrainingFolderDialog(translated(card.name), self._remembered(card.id), self.window())

        def find(folder: Path) -> None:
            self._settings.store.setValue(_key(card.id), str(folder))
            self._search.find(picture, folder)

        dialog.chosen.connect(find)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _remembered(self, model: str) -> str:
        """The folder that was chosen for a network the last time; empty for none."""
        stored = self._settings.store.value(_key(model))
        return stored if isinstance(stored, str) else ""

    @Slot()
    def _on_busy_changed(self) -> None:
        if self.busy and not self._action.is_busy:
            self._busy.set_progress(0, self.tr("Preparing the comparison…"), None)
        self._action.set_busy(self.busy)
        self.setVisible(self._picture is not None or self.busy)

    @Slot(int, int)
    def _on_progressed(self, done: int, of: int) -> None:
        number = QLocale().toString
        text = self.tr("Compared with {done} of {count} training pictures").format(done=number(done), count=number(of))
        self._busy.set_progress(done / max(of, 1), text, None)

    @Slot(object)
    def _on_found(self, nearest: Nearest) -> None:
        dialog: QDialog = NearestDialog(nearest, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()  # nobody waits for it: it must not stop a hand that paints

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        self.noticed.emit(failure.message, "error", failure.detail)


def _key(model: str) -> str:
    return f"generate/training-pictures/{model}"
