"""The parts of the window work together: what the menus, keys and panels do to an open photo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.imaging import selection
from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.photo import Photo
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def window(lanes: Lanes, settings: Settings, tmp_path: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(settings, lanes, tmp_path / "sessions")
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    window.put_away()
    window.hide()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    pixels = np.random.default_rng(0).integers(60, 200, (300, 400, 3)).astype(np.uint8)
    path = tmp_path / "old photo ä.png"
    write_photo(path, Photo(pixels))
    return path


def opened(window: MainWindow, photo: Path, qtbot: QtBot) -> Editor:
    window.workspace.open([photo])
    qtbot.waitUntil(lambda: window.canvas.editor is not None)
    editor = window.canvas.editor
    assert editor is not None
    return editor


def paint(window: MainWindow, *points: tuple[float, float]) -> None:
    """Drags with the left button through photo positions."""
    canvas = window.canvas
    places = [canvas.to_widget(QPointF(*point)).toPoint() for point in points]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas, place)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=places[-1])


def test_a_drop_opens_the_photo(window: MainWindow, photo: Path, qtbot: QtBot):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(photo))])
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPointF(10, 10), actions, mime, buttons, Qt.KeyboardModifier.NoModifier))
    qtbot.waitUntil(lambda: window.canvas.editor is not None)
    assert window.windowTitle().startswith("old photo ä.png")
    assert not window.isWindowModified()


def test_mark_repair_undo_redo_and_save(window: MainWindow, photo: Path, tmp_path: Path, qtbot: QtBot):
    editor = opened(window, photo, qtbot)
    window.commands["brush"].trigger()
    window.tool_settings.brush_size = 20
    paint(window, (100, 100), (160, 100))
    assert editor.has_mask
    assert window.commands["undo"].isEnabled()
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: not window.desk.busy)
    assert len(editor.document.layers) == 1
    assert window.isWindowModified()
    repaired = np.asarray(editor.document.view)
    window.commands["undo"].trigger()
    assert not window.isWindowModified()
    window.commands["redo"].trigger()
    assert np.array_equal(np.asarray(editor.document.view), repaired)
    target = tmp_path / "saved.png"
    assert window.workspace.current
    window.workspace.save(window.workspace.current, target)
    qtbot.waitUntil(lambda: not window.isWindowModified())
    assert np.array_equal(read_photo(target).pixels, repaired)


def test_repair_on_release(window: MainWindow, photo: Path, qtbot: QtBot):
    editor = opened(window, photo, qtbot)
    window.commands["on-release"].setChecked(True)
    paint(window, (200, 150), (230, 150))
    qtbot.waitUntil(lambda: len(editor.document.layers) == 1)
    window.commands["on-release"].setChecked(False)
    paint(window, (50, 50), (60, 50))
    qtbot.wait(1)
    assert editor.has_mask


def test_candidates_are_chosen_by_number(window: MainWindow, photo: Path, qtbot: QtBot):
    editor = opened(window, photo, qtbot)
    window.repair_panel.candidates = 3
    paint(window, (100, 100), (120, 100))
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: window.desk.offer is not None)
    QTest.keyClick(window.canvas, Qt.Key.Key_2)
    assert window.desk.offer is None
    assert editor.document.layers[0].seed == 1


def test_escape_gives_up_one_thing_after_the_other(window: MainWindow, photo: Path, qtbot: QtBot):
    editor = opened(window, photo, qtbot)
    window.repair_panel.candidates = 2
    paint(window, (100, 100), (120, 100))
    window.canvas.set_compare("split")
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: window.desk.offer is not None)
    window.give_up()
    assert window.desk.offer is None
    assert editor.has_mask
    assert window.canvas.compare == "split"
    window.give_up()
    assert window.canvas.compare == "none"


def test_holding_the_key_shows_the_original(window: MainWindow, photo: Path, qtbot: QtBot):
    opened(window, photo, qtbot)
    QTest.keyPress(window.canvas, Qt.Key.Key_Backslash)
    assert window.commands["original"].isChecked()
    QTest.keyRelease(window.canvas, Qt.Key.Key_Backslash)
    assert not window.commands["original"].isChecked()


def test_changed_pixels_are_counted(window: MainWindow, photo: Path, qtbot: QtBot):
    editor = opened(window, photo, qtbot)
    editor.apply(selection.rectangle(editor.document.mask, Rect(0, 0, 40, 30)))
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: bool(editor.document.layers))
    with qtbot.waitSignal(window.comparing.told) as told:
        window.canvas.set_compare("changes")
    assert told.args[0].startswith("1 % of the pixels")


def test_what_cannot_be_opened_says_why_and_the_rest_opens(
    window: MainWindow, photo: Path, tmp_path: Path, qtbot: QtBot
):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no photo at all")
    told: list[str] = []
    window.workspace.noticed.connect(lambda text, *_: told.append(text))
    window.workspace.open([bad, photo])
    qtbot.waitUntil(lambda: bool(told))
    assert "bad.jpg" in told[0]
    good = window.workspace.photos[1]
    window.workspace.set_current(good)
    qtbot.waitUntil(lambda: window.canvas.editor is not None)


@pytest.mark.parametrize("answer", ["keep", "discard"])
def test_closing_with_unsaved_work_asks_once(
    window: MainWindow, photo: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, answer: str
):
    editor = opened(window, photo, qtbot)
    paint(window, (100, 100), (120, 100))
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: bool(editor.document.layers))
    asked: list[str] = []

    def answered(box: QMessageBox) -> int:
        asked.append(box.text())
        role = QMessageBox.ButtonRole.DestructiveRole if answer == "discard" else QMessageBox.ButtonRole.RejectRole
        button = next(button for button in box.buttons() if box.buttonRole(button) == role)
        monkeypatch.setattr(QMessageBox, "clickedButton", lambda _: button)
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answered)
    assert window.close() == (answer == "discard")
    assert len(asked) == 1


def test_every_command_is_in_a_menu_and_has_words(window: MainWindow):
    in_menus = {action.objectName() for menu in window.menus.values() for action in menu.actions()}
    for name, action in window.commands.actions.items():
        assert name in in_menus, f"{name} is in no menu"
        assert action.toolTip()
    keys = [key.toString() for action in window.commands.actions.values() for key in action.shortcuts()]
    assert len(keys) == len(set(keys)), "two commands share a key"


def test_every_control_can_be_told_by_a_screen_reader(window: MainWindow, photo: Path, qtbot: QtBot):
    opened(window, photo, qtbot)
    silent = []
    for widget in window.findChildren(QWidget):
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or not widget.isVisibleTo(window):
            continue
        if isinstance(widget.parent(), QAbstractSpinBox):
            continue  # the line within a field for numbers, which speaks for it
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is None or not interface.text(QAccessible.Text.Name):
            silent.append(f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}")
    assert not silent
