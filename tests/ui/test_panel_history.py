"""The list of steps follows the document, and goes back and forward in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from cnnstudio.imaging import brush, document, selection
from cnnstudio.imaging.geometry import Rect
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.panels import step_labels
from cnnstudio.ui.panels.history import HistoryPanel
from cnnstudio.ui.panels.step_labels import step_label


@pytest.fixture
def panel(qtbot: QtBot, editor: Editor, show_inside: Callable[..., None]) -> HistoryPanel:
    panel = HistoryPanel()
    for x in (10, 60):
        editor.apply(selection.rectangle(editor.document.mask, Rect(x, 10, 20, 20)))
    editor.apply(selection.invert(editor.document.mask))
    panel.set_editor(editor)
    show_inside(panel, 240, 300)
    return panel


def rows(panel: HistoryPanel) -> list[str]:
    """Names, the present one in brackets, those undone with a minus."""
    model = panel.findChild(QListView).model()
    marks = []
    for row in range(model.rowCount()):
        index = model.index(row, 0)
        name = index.data()
        if index.data(Qt.ItemDataRole.FontRole):
            name = f"[{name}]"
        elif index.data(Qt.ItemDataRole.ForegroundRole):
            name = f"-{name}"
        marks.append(name)
    return marks


def place(panel: HistoryPanel, row: int) -> QRect:
    view = panel.findChild(QListView)
    return view.visualRect(view.model().index(row, 0))


def test_it_follows(panel: HistoryPanel, editor: Editor):
    assert rows(panel) == ["Opened", "Rectangle", "Rectangle", "[Invert]"]
    editor.undo()
    assert rows(panel) == ["Opened", "Rectangle", "[Rectangle]", "-Invert"]
    editor.apply(selection.clear(editor.document.mask))
    assert rows(panel) == ["Opened", "Rectangle", "Rectangle", "[Clear]"]
    assert panel.findChild(QListView).currentIndex().row() == 3
    panel.set_editor(None)
    assert rows(panel) == []
    editor.undo()
    assert rows(panel) == []


def test_a_click_goes_there(panel: HistoryPanel, editor: Editor, qtbot: QtBot):
    view = panel.findChild(QListView)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place(panel, 0).center())
    assert editor.document.history.position == 0
    assert not np.asarray(editor.document.mask).any()
    assert rows(panel) == ["[Opened]", "-Rectangle", "-Rectangle", "-Invert"]
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place(panel, 2).center())
    assert editor.document.history.position == 2


def test_keys_go_there(panel: HistoryPanel, editor: Editor, qtbot: QtBot):
    view = panel.findChild(QListView)
    for _ in range(2):
        qtbot.keyClick(view, Qt.Key.Key_Up)
    assert editor.document.history.position == 3
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert editor.document.history.position == 1
    assert "undone" in view.model().index(2, 0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_every_step_of_the_document_has_a_name():
    written = "".join(Path(module.__file__).read_text("utf-8") for module in (brush, document, selection))
    edits = re.findall(r"(?:Edit\(|mask_edit\(|_replace\(|_filtered\(|combine\().*", written)
    labels = {label for line in edits for label in re.findall(r'"([A-Z][a-z ]+)"', line)}
    assert {"Brush", "Eraser", "Grow", "Hide repair", "Magic wand"} <= labels
    assert labels <= step_labels._LABELS
    assert step_label("Repair 12") == "Repair 12"
    assert step_label("Grandfather’s coat") == "Grandfather’s coat"


def test_only_what_differs_is_told(panel: HistoryPanel, editor: Editor):
    model = panel.findChild(QListView).model()
    told: list[tuple[str, int, int]] = []
    model.rowsInserted.connect(lambda _, first, last: told.append(("new", first, last)))
    model.rowsRemoved.connect(lambda _, first, last: told.append(("gone", first, last)))
    model.modelReset.connect(lambda: told.append(("all", 0, 0)))
    changed: set[int] = set()
    model.dataChanged.connect(lambda first, last: changed.update(range(first.row(), last.row() + 1)))
    editor.apply(selection.invert(editor.document.mask))
    assert (told, changed) == ([("new", 4, 4)], {3, 4})
    changed.clear()
    editor.undo()
    editor.undo()
    assert (told, changed) == ([("new", 4, 4)], {2, 3, 4})
    editor.apply(selection.clear(editor.document.mask))
    assert told[1:] == [("gone", 3, 4), ("new", 3, 3)]
    assert rows(panel) == ["Opened", "Rectangle", "Rectangle", "[Clear]"]
