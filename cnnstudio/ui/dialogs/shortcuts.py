"""The sheet of all keys: seen at a glance, and searched by typing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

_COLUMNS = 3

Group = tuple[str, Sequence[tuple[str, str]]]
"""A title, and what each key does: (what, keys)."""


class ShortcutSheet(QDialog):
    """Shows the keys in groups.

    Args:
        groups: in the order in which they are read; as :meth:`cnnstudio.ui.commands.Commands.sheet` gives them.
    """

    def __init__(self, groups: Sequence[Group], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self._groups: list[tuple[QLabel, list[tuple[QLabel, QLabel]]]] = []
        self._search = QLineEdit(placeholderText=self.tr("Search: what, or a key"), clearButtonEnabled=True)
        self._search.setAccessibleName(self.tr("Search"))
        self._search.setToolTip(self.tr("Type what you want to do, or a key"))
        self._search.textChanged.connect(self._find)
        self._none = QLabel(self.tr("There is no such command."))
        self._none.hide()
        columns = QHBoxLayout()
        columns.setSpacing(self.fontMetrics().averageCharWidth() * 4)
        for part in _balanced(groups, _COLUMNS):
            columns.addLayout(self._column(part), 1)
        sheet = QWidget()
        sheet.setLayout(columns)
        frame = QScrollArea()
        frame.setFrameShape(QFrame.Shape.NoFrame)
        frame.setWidgetResizable(True)
        frame.setWidget(sheet)
        frame.setAccessibleName(self.windowTitle())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setToolTip(self.tr("Close (Esc)"))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._search)
        layout.addWidget(self._none)
        layout.addWidget(frame, 1)
        layout.addWidget(buttons)
        self._search.setFocus()
        # All of it without scrolling where the screen has the room.
        room = self.screen().availableGeometry()
        bar = frame.verticalScrollBar().sizeHint().width()
        wanted = sheet.sizeHint().grownBy(self.contentsMargins())
        rest = self.sizeHint().height() - frame.sizeHint().height()
        self.resize(min(wanted.width() + 3 * bar, room.width() * 19 // 20),
                    min(wanted.height() + rest + bar, room.height() * 9 // 10))  # fmt: skip

    @property
    def shown(self) -> list[str]:
        """What is not hidden by the search."""
        return [what.text() for _, lines in self._groups for what, _ in lines if not what.isHidden()]

    def _column(self, groups: Sequence[Group]) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(0)  # fonts bring some of their own
        grid.setHorizontalSpacing(self.fontMetrics().averageCharWidth() * 2)
        grid.setColumnStretch(0, 1)
        row = 0
        for title, lines in groups:
            heading = QLabel(title)
            font = heading.font()
            font.setBold(True)
            heading.setFont(font)
            heading.setContentsMargins(0, self.fontMetrics().height() // 2 if row else 0, 0, 2)
            grid.addWidget(heading, row, 0, 1, 2)
            labels = []
            for what, keys in lines:
                row += 1
                pair = QLabel(what), QLabel(keys)
                pair[1].setForegroundRole(QPalette.ColorRole.PlaceholderText)
                pair[1].setAlignment(Qt.AlignmentFlag.AlignRight)
                for column, label in enumerate(pair):
                    grid.addWidget(label, row, column)
                labels.append(pair)
            self._groups.append((heading, labels))
            row += 1
        grid.setRowStretch(row, 1)
        return grid

    @Slot(str)
    def _find(self, text: str) -> None:
        wanted = text.strip().casefold()
        for heading, lines in self._groups:
            found = [wanted in what.text().casefold() or wanted in keys.text().casefold() for what, keys in lines]
            for pair, is_found in zip(lines, found, strict=True):
                for label in pair:
                    label.setVisible(is_found)
            heading.setVisible(any(found))
        self._none.setVisible(not self.shown)


def _balanced(groups: Sequence[Group], columns: int) -> list[Sequence[Group]]:
    """Groups in their order in so many columns, the longest of which is as short as can be."""
    columns = min(columns, len(groups))

    def parts(cuts: tuple[int, ...]) -> list[Sequence[Group]]:
        return [groups[start:end] for start, end in pairwise((0, *cuts, len(groups)))]

    def longest(cuts: tuple[int, ...]) -> int:
        return max(sum(len(lines) + 2 for _, lines in part) for part in parts(cuts))

    return parts(min(combinations(range(1, len(groups)), columns - 1), key=longest))
