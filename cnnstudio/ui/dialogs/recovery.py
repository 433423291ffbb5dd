"""What a crash left behind, offered back at the next start."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QDateTime, QLocale, QSize, Qt, Slot
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.imaging.session import Recoverable
from cnnstudio.jobs import DraftJob
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.i18n import plain
from cnnstudio.ui.workspace import Workspace

_THUMBNAIL_SIDE = 96
_SESSION = Qt.ItemDataRole.UserRole


class RecoveryDialog(QDialog):
    """Lists sessions to be opened or thrown away. What is left in the list stays for the next start.

    Args:
        sessions: as :meth:`Workspace.recoverable` found them.
        workspace: opens them.
    """

    def __init__(self, sessions: Sequence[Recoverable], workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.setWindowTitle(self.tr("Unsaved work"))
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Unsaved work"))
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._list.setIconSize(QSize(_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
        self._list.setWordWrap(True)
        self._list.setSpacing(2)
        self._list.setUniformItemSizes(False)
        for session in sessions:
            self._list.addItem(self._item(session))
        self._lay_out()
        self._list.itemSelectionChanged.connect(self._adapt)
        self._list.itemDoubleClicked.connect(self._recover_selected)
        self._adapt()
        self._all.setFocus()
        self._fetch_thumbnails()

    @property
    def sessions(self) -> list[Recoverable]:
        """What is left in the list."""
        return [self._list.item(row).data(_SESSION) for row in range(self._list.count())]

    @property
    def selected(self) -> list[Recoverable]:
        return [one for row, one in enumerate(self.sessions) if self._list.item(row).isSelected()]

    # ---- layout

    def _lay_out(self) -> None:
        words = QLabel(
            self.tr("CNN Studio did not end as it should the last time. This work is safe and can be opened again.")
        )
        words.setWordWrap(True)
        self._all = self._button(self.tr("&Open all"), self.tr("Open all of it where it was left"))
        self._some = self._button(self.tr("Open &selected"), self.tr("Open only what is selected in the list"))
        self._discard = self._button(self.tr("&Discard…"), self.tr("Throw away what is selected"))
        self._later = self._button(self.tr("&Later"), self.tr("Ask again at the next start"))
        self._all.setDefault(True)
        self._all.clicked.connect(self._recover_all)
        self._some.clicked.connect(self._recover_selected)
        self._discard.clicked.connect(self._ask)
        self._later.clicked.connect(self.reject)
        choices, sure = QWidget(), QWidget()
        row = QHBoxLayout(choices)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._discard)
        row.addStretch(1)
        for button in (self._later, self._some, self._all):
            row.addWidget(button)
        self._question = QLabel()
        self._question.setWordWrap(True)
        self._really = self._button(self.tr("&Throw away"), self.tr("It cannot be had back"))
        self._keep = self._button(self.tr("&Keep"), self.tr("Leave it in the list"))
        self._really.clicked.connect(self._discard_selected)
        self._keep.clicked.connect(self._do_not)
        row = QHBoxLayout(sure)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._question, 1)
        row.addWidget(self._really)
        row.addWidget(self._keep)
        self._bottom = QStackedWidget()
        self._bottom.addWidget(choices)
        self._bottom.addWidget(sure)
        column = QVBoxLayout(self)
        column.addWidget(words)
        column.addWidget(self._list, 1)
        column.addWidget(self._bottom)
        self.resize(self.fontMetrics().averageCharWidth() * 80, self.fontMetrics().height() * 24)

    def _button(self, words: str, tip: str) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        button.setAccessibleName(plain(words))
        return button

    def _item(self, session: Recoverable) -> QListWidgetItem:
        name = session.source.name if session.source else self.tr("Pasted photo")
        when = QDateTime.fromSecsSinceEpoch(int(session.changed))
        steps = self.tr("1 step") if session.steps == 1 else self.tr("{n} steps").format(n=session.steps)
        changed = QLocale().toString(when, QLocale.FormatType.ShortFormat)
        item = QListWidgetItem(f"{name}\n{changed} · {steps}")
        item.setData(_SESSION, session)
        item.setToolTip(str(session.source or session.folder))
        blank = QPixmap(_THUMBNAIL_SIDE, _THUMBNAIL_SIDE)
        blank.fill(Qt.GlobalColor.transparent)
        item.setIcon(QIcon(blank))  # so that nothing moves when the thumbnails come
        return item

    # ---- thumbnails

    def _fetch_thumbnails(self) -> None:
        for session in self.sessions:
            file = _photo_file(session)
            if file:
                errand = Errand(self._workspace.lanes.files, DraftJob(file, _THUMBNAIL_SIDE), self)
                errand.finished.connect(partial(self._on_thumbnail, session))

    def _on_thumbnail(self, session: Recoverable, pixels: np.ndarray) -> None:
        from cnnstudio.ui.bridge import photo_image

        if session in self.sessions:
            icon = QIcon(QPixmap.fromImage(photo_image(pixels)))
            self._list.item(self.sessions.index(session)).setIcon(icon)

    # ---- what is chosen

    @Slot()
    def _adapt(self) -> None:
        chosen = len(self.selected)
        self._some.setEnabled(chosen > 0)
        self._discard.setEnabled(chosen > 0)
        self._bottom.setCurrentIndex(0)

    @Slot()
    def _recover_all(self) -> None:
        self._workspace.recover(self.sessions)
        self._remove(self.sessions)

    @Slot()
    def _recover_selected(self) -> None:
        chosen = self.selected
        if chosen:
            self._workspace.recover(chosen)
            self._remove(chosen)

    @Slot()
    def _ask(self) -> None:
        count = len(self.selected)
        self._question.setText(
            self.tr("Throw this work away? It cannot be had back.")
            if count == 1
            else self.tr("Throw away the work on {n} photos? It cannot be had back.").format(n=count)
        )
        self._bottom.setCurrentIndex(1)
        self._keep.setFocus()

    @Slot()
    def _do_not(self) -> None:
        self._bottom.setCurrentIndex(0)
        self._discard.setFocus()

    @Slot()
    def _discard_selected(self) -> None:
        chosen = self.selected
        self._workspace.discard(chosen)
        self._remove(chosen)

    def _remove(self, sessions: Sequence[Recoverable]) -> None:
        gone = {session.folder for session in sessions}
        for row in reversed(range(self._list.count())):
            if self._list.item(row).data(_SESSION).folder in gone:
                self._list.takeItem(row)
        self._adapt()
        if self._list.count() == 0:
            self.accept()


def _photo_file(session: Recoverable) -> Path | None:
    """A file to show the photo from: the original, or the copy that the session has."""
    kept = sorted(session.folder.glob("photo.*"))
    return kept[0] if kept else session.source
