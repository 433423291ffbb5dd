"""The steps done to the photo, to go back to any of them and forward again."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QListView, QVBoxLayout, QWidget

from cnnstudio.ui.editor import Editor
from cnnstudio.ui.panels.step_labels import step_label

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_OPENED = "\0"  # no step has this label


class _Steps(QStringListModel):
    """Row 0 is the photo as it was opened, row n the state after n steps.

    A list of Qt's own, since the view asks for the number of rows once a row.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._labels: list[str] = []  # as the document has them
        self.position = 0

    def show(self, editor: Editor | None) -> None:
        """Takes over the editor's history as it is now; only what differs is told, there may be thousands of steps."""
        labels = [] if editor is None else [_OPENED, *editor.document.history.labels]
        kept = min(len(labels), len(self._labels))
        if labels[:kept] != self._labels[:kept]:
            kept = next(i for i, (a, b) in enumerate(zip(labels, self._labels, strict=False)) if a != b)
        before, self.position = self.position, 0 if editor is None else editor.document.history.position
        gone, self._labels = len(self._labels) - kept, labels
        if kept == 0:
            self.setStringList([self._words(label) for label in labels])
            return
        if gone:
            self.removeRows(kept, gone)
        if kept < len(labels):
            self.insertRows(kept, len(labels) - kept)
            for row in range(kept, len(labels)):
                self.setData(self.index(row), self._words(labels[row]))
        first, last = sorted((before, self.position))
        self.dataChanged.emit(self.index(first), self.index(min(last, len(labels) - 1)))

    def _words(self, label: str) -> str:
        return self.tr("Opened") if label == _OPENED else step_label(label)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        row = index.row()
        match role:
            case _Role.AccessibleTextRole:
                step = super().data(index, _Role.DisplayRole)
                if row == self.position:
                    return self.tr("{step}, the present state").format(step=step)
                return self.tr("{step}, undone").format(step=step) if row > self.position else None
            case _Role.FontRole if row == self.position:
                font = QFont()
                font.setBold(True)
                return font
            case _Role.ForegroundRole if row > self.position:
                return QGuiApplication.palette().brush(QPalette.ColorRole.PlaceholderText)
        return super().data(index, role)


class _List(QListView):
    """Goes where Enter is pressed, on every platform."""

    chosen = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class HistoryPanel(QWidget):
    """All steps, the present one bold, those undone grey; a click or Enter goes there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor: Editor | None = None
        self._model = _Steps(self)
        self._list = _List(self)
        self._list.setModel(self._model)
        self._list.setUniformItemSizes(True)
        self._list.setSpacing(2)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setAccessibleName(self.tr("History"))
        self._list.setToolTip(self.tr("Click a step to go back or forward to it"))
        self._list.clicked.connect(self._go_to)
        self._list.chosen.connect(self._go_to)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._list)
        self.setFocusProxy(self._list)

    def set_editor(self, editor: Editor | None) -> None:
        """Shows the history of another photo; None shows nothing."""
        if self._editor:
            self._editor.history_changed.disconnect(self._refresh)
        self._editor = editor
        if editor:
            editor.history_changed.connect(self._refresh)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        self._model.show(self._editor)
        present = self._model.index(self._model.position)
        self._list.setCurrentIndex(present)
        self._list.scrollTo(present)

    @Slot(QModelIndex)
    def _go_to(self, index: QModelIndex) -> None:
        if self._editor:
            self._editor.go_to(index.row())
