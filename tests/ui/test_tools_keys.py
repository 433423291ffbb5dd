"""In the window, single keys take the tools in hand and set them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cnnstudio.ui.main_window import MainWindow
from tests.ui.hand import ALT, LEFT, NO_KEY, SHIFT


@pytest.fixture
def window(window: MainWindow, photo: Path, qtbot: QtBot) -> MainWindow:
    """With a photo of 400 x 300."""
    window.workspace.open([photo])
    qtbot.waitUntil(lambda: window.canvas.editor is not None)
    window.canvas.setFocus()
    return window


def key(window: MainWindow, key: Qt.Key, held: Qt.KeyboardModifier = NO_KEY) -> None:
    QTest.keyClick(window.canvas, key, held)


def click(window: MainWindow, held: Qt.KeyboardModifier = NO_KEY) -> None:
    QTest.mouseClick(window.canvas, LEFT, held, window.canvas.rect().center())


def test_every_tool_has_its_letter(window: MainWindow):
    for letter, name in {
        "B": "brush", "E": "eraser", "S": "line", "L": "lasso", "P": "polygon", "R": "rectangle", "W": "wand",
        "V": "hand",
    }.items():  # fmt: skip
        key(window, Qt.Key[f"Key_{letter}"])
        assert window.canvas.tool is window.tools[name]
        assert window.commands[name].isChecked()


def test_brackets_set_size_and_hardness(window: MainWindow):
    settings = window.tool_settings
    key(window, Qt.Key.Key_B)
    size, hardness = settings.brush_size, settings.brush_hardness
    key(window, Qt.Key.Key_BracketRight)
    assert settings.brush_size > size
    key(window, Qt.Key.Key_BracketLeft)
    key(window, Qt.Key.Key_BracketLeft)
    assert settings.brush_size < size
    key(window, Qt.Key.Key_BracketLeft, SHIFT)
    assert settings.brush_hardness == pytest.approx(hardness - 0.1)
    key(window, Qt.Key.Key_BracketRight, SHIFT)
    assert settings.brush_hardness == hardness
    key(window, Qt.Key.Key_S)
    width, size = settings.line_width, settings.brush_size
    key(window, Qt.Key.Key_BracketRight)
    assert settings.line_width > width
    assert settings.brush_size == size


def test_h_hides_the_mask_until_one_paints_again(window: MainWindow):
    key(window, Qt.Key.Key_B)
    key(window, Qt.Key.Key_H)
    assert not window.canvas.mask_visible
    click(window)
    assert window.canvas.mask_visible
    assert window.commands["mask-visible"].isChecked()
    key(window, Qt.Key.Key_H)
    key(window, Qt.Key.Key_V)
    click(window)  # moves, and marks nothing
    assert not window.canvas.mask_visible
    key(window, Qt.Key.Key_H)
    assert window.canvas.mask_visible


def test_esc_and_enter_are_the_polygon_s_while_one_is_drawn(window: MainWindow, qtbot: QtBot):
    editor = window.canvas.editor
    assert editor
    key(window, Qt.Key.Key_P)
    middle = window.canvas.rect().center()

    def corners() -> None:
        for at in (QPoint(-40, -40), QPoint(40, -40), QPoint(0, 40)):
            QTest.mouseClick(window.canvas, LEFT, NO_KEY, middle + at)

    corners()
    key(window, Qt.Key.Key_Escape)
    key(window, Qt.Key.Key_Return)  # repairs, were anything marked
    assert not window.desk.busy
    assert not editor.has_mask
    corners()
    key(window, Qt.Key.Key_Return)
    assert editor.has_mask
    assert not window.desk.busy
    key(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(editor.document.layers))


def test_zooming_by_keys(window: MainWindow):
    canvas = window.canvas
    key(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert canvas.zoom == 1
    key(window, Qt.Key.Key_Plus)
    assert canvas.zoom > 1
    key(window, Qt.Key.Key_Minus)
    assert canvas.zoom == pytest.approx(1)
    key(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert canvas.is_fitted


def test_alt_takes_away_in_the_window_too(window: MainWindow):
    editor = window.canvas.editor
    assert editor
    key(window, Qt.Key.Key_B)
    click(window)
    assert editor.has_mask
    click(window, ALT)
    assert not editor.has_mask
    assert editor.document.history.labels == ["Brush", "Eraser"]
