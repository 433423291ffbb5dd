"""The parts of the window work together: what the menus, keys and panels do to an open photo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import QAccessible, QColor, QDropEvent, QGuiApplication, QImage, QKeySequence, QStatusTipEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QDialog,
    QDoubleSpinBox,
    QLabel,
    QMessageBox,
    QPushButton,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnnstudio.imaging import selection
from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.photo import Photo
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.panels.number_slider import NumberSlider
from cnnstudio.ui.settings import Settings
from tests.ui.conftest import end


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


def repaired(window: MainWindow, photo: Path, qtbot: QtBot) -> Editor:
    """Opens a photo and repairs some of it."""
    editor = opened(window, photo, qtbot)
    paint(window, (100, 100), (120, 100))
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: bool(editor.document.layers))
    return editor


def offered(candidates: int, window: MainWindow, photo: Path, qtbot: QtBot) -> Editor:
    """Opens a photo and repairs some of it, with so many candidates to choose from."""
    editor = opened(window, photo, qtbot)
    window.repair_panel.candidates = candidates
    paint(window, (100, 100), (120, 100))
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: window.desk.offer is not None)
    return editor


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
    assert window.status.hint.startswith("Saved as “saved.png”")


def test_enter_with_nothing_marked_says_so_and_moves_nothing(window: MainWindow, photo: Path, qtbot: QtBot):
    opened(window, photo, qtbot)
    window.commands["repair"].trigger()
    assert window.status.hint.startswith("Nothing is marked yet.")
    assert not window.notices.texts


def test_repair_on_release(window: MainWindow, photo: Path, qtbot: QtBot):
    editor = opened(window, photo, qtbot)
    window.commands["on-release"].setChecked(True)
    paint(window, (200, 150), (230, 150))
    qtbot.waitUntil(lambda: len(editor.document.layers) == 1)
    window.commands["on-release"].setChecked(False)
    paint(window, (50, 50), (60, 50))
    QApplication.processEvents()
    assert editor.has_mask


def test_candidates_are_chosen_by_number(window: MainWindow, photo: Path, qtbot: QtBot):
    editor = offered(3, window, photo, qtbot)
    assert "press its number" in window.repair_panel._hint.text()
    QTest.keyClick(window.canvas, Qt.Key.Key_2)
    assert "press its number" not in window.repair_panel._hint.text()
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


def answer(monkeypatch: pytest.MonkeyPatch, *roles: QMessageBox.ButtonRole) -> list[str]:
    """Answers questions in turn by the button of that role; returns what was asked, once it has been."""
    asked: list[str] = []
    waiting = list(roles)

    def answered(box: QMessageBox) -> int:
        asked.append(box.text())
        role = waiting.pop(0)
        button = next(button for button in box.buttons() if box.buttonRole(button) == role)
        monkeypatch.setattr(QMessageBox, "clickedButton", lambda _: button)
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answered)
    return asked


@pytest.mark.parametrize("role", [QMessageBox.ButtonRole.RejectRole, QMessageBox.ButtonRole.DestructiveRole])
def test_closing_with_unsaved_work_asks_once(
    window: MainWindow, photo: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, role: QMessageBox.ButtonRole
):
    repaired(window, photo, qtbot)
    asked = answer(monkeypatch, role)
    assert window.close() == (role == QMessageBox.ButtonRole.DestructiveRole)
    assert len(asked) == 1


def test_files_and_folders_are_dropped_together_and_never_moved(window: MainWindow, photo: Path, qtbot: QtBot):
    folder = photo.parent / "more"
    folder.mkdir()
    for name in ("b.png", "a.png"):
        write_photo(folder / name, Photo(np.zeros((30, 40, 3), np.uint8)))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(photo)), QUrl.fromLocalFile(str(folder))])
    both = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    event = QDropEvent(QPointF(10, 10), both, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    event.setDropAction(Qt.DropAction.MoveAction)
    window.dropEvent(event)
    assert event.isAccepted()
    assert event.dropAction() == Qt.DropAction.CopyAction
    qtbot.waitUntil(lambda: window.canvas.editor is not None)
    assert [one.name for one in window.workspace.photos] == [photo.name, "a.png", "b.png"]
    assert window.workspace.current is window.workspace.photos[0]
    qtbot.keyClick(window.canvas, Qt.Key.Key_PageDown)
    assert window.workspace.current is window.workspace.photos[1]
    qtbot.waitUntil(lambda: window.workspace.photos[1].state == "ready")


def test_paste(window: MainWindow, qtbot: QtBot):
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("no picture")
    window.commands["paste"].trigger()
    assert window.notices.texts == ["There is no picture on the clipboard."]
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor(10, 20, 30))
    clipboard.setImage(image)
    window.commands["paste"].trigger()
    qtbot.waitUntil(lambda: window.canvas.editor is not None)
    assert window.windowTitle().startswith("Pasted photo")
    assert window.canvas.editor.document.photo.pixels[3, 3].tolist() == [10, 20, 30]
    window.notices.clear()


def test_recent_photos_are_in_the_menu(window: MainWindow, photo: Path, qtbot: QtBot):
    opened(window, photo, qtbot)
    window.commands["close"].trigger()
    assert window.canvas.editor is None
    menu = next(action.menu() for action in window.menus["file"].actions() if "recent" in action.text())
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == [photo.name]
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: window.canvas.editor is not None)


def test_enter_repairs_from_the_photo_and_ends_the_typing_of_a_number(window: MainWindow, photo: Path, qtbot: QtBot):
    editor = opened(window, photo, qtbot)
    assert window.focusWidget() is window.canvas
    paint(window, (100, 100), (120, 100))
    field = window.repair_panel.findChild(QDoubleSpinBox)
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not window.desk.busy
    assert window.focusWidget() is window.canvas
    qtbot.keyClick(window.canvas, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    qtbot.waitUntil(lambda: len(editor.document.layers) == 1)


def test_a_panel_that_goes_behind_another_gives_the_keyboard_to_the_photo(
    window: MainWindow, photo: Path, qtbot: QtBot
):
    opened(window, photo, qtbot)
    window.docks["restore"].raise_()
    window.restore_panel._auto.setFocus()
    window.docks["generate"].raise_()
    qtbot.waitUntil(lambda: window.focusWidget() is window.canvas)
    field = window.generate_panel.findChild(QDoubleSpinBox)
    field.setFocus()
    window.docks["history"].raise_()  # another place: what is seen keeps it
    qtbot.waitUntil(window.history_panel.isVisible)
    assert window.focusWidget() is field


def test_escape_cancels_from_anywhere(window: MainWindow, photo: Path, qtbot: QtBot):
    editor = opened(window, photo, qtbot)
    paint(window, (100, 100), (120, 100))
    window.commands["repair"].trigger()
    assert window.desk.busy
    qtbot.keyClick(window.history_panel, Qt.Key.Key_Escape)
    assert not window.desk.busy
    assert not editor.document.layers
    assert editor.has_mask


def test_candidates_are_chosen_while_a_list_has_the_keyboard(window: MainWindow, photo: Path, qtbot: QtBot):
    editor = offered(2, window, photo, qtbot)
    assert "press 1 to 2" in window.status.hint
    view = window.repairs_panel.findChild(QAbstractItemView)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_3)
    assert window.desk.offer
    qtbot.keyClick(view, Qt.Key.Key_1)
    assert len(editor.document.layers) == 1
    assert window.status.hint == window.tools["brush"].status


def test_candidates_are_looked_at_closely(window: MainWindow, tmp_path: Path, qtbot: QtBot):
    path = tmp_path / "large.png"
    write_photo(path, Photo(np.full((2000, 3000, 3), 90, np.uint8)))
    editor = opened(window, path, qtbot)
    fitted = window.canvas.zoom
    window.repair_panel.candidates = 2
    editor.apply(selection.rectangle(editor.document.mask, Rect(100, 100, 40, 30)))
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: window.desk.offer is not None)
    assert window.canvas.zoom == 1
    assert window.canvas.visible_rect().contains(QRectF(100, 100, 40, 30))
    window.give_up()
    assert (window.canvas.zoom, window.canvas.is_fitted) == (fitted, True)
    window.canvas.zoom_to(2)
    window.canvas.center_on(1500, 1000)
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: window.desk.offer is not None)
    assert window.canvas.visible_rect().contains(QRectF(100, 100, 40, 30))
    window.desk.choose(1)
    assert window.canvas.zoom == 2
    assert window.canvas.visible_rect().contains(QPointF(1500, 1000))


def test_repairs_queue_while_one_runs(window: MainWindow, photo: Path, qtbot: QtBot):
    editor = opened(window, photo, qtbot)
    for y in (50, 100, 150):
        paint(window, (100, y), (120, y))
        window.commands["repair"].trigger()
    assert window.desk.queued == 2
    qtbot.waitUntil(lambda: len(editor.document.layers) == 3)
    assert not editor.has_mask


def test_erasing_does_not_repair_what_is_left(window: MainWindow, photo: Path, qtbot: QtBot):
    editor = opened(window, photo, qtbot)
    paint(window, (100, 100), (160, 100))
    QApplication.processEvents()
    window.commands["on-release"].setChecked(True)
    window.commands["eraser"].trigger()
    with qtbot.waitSignal(window.tools["eraser"].stroke_finished):
        paint(window, (150, 100), (160, 100))
    QApplication.processEvents()
    assert not window.desk.busy
    assert editor.has_mask


def test_a_save_that_was_given_up_closes_nothing_later(
    window: MainWindow, photo: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    repaired(window, photo, qtbot)
    answer(monkeypatch, QMessageBox.ButtonRole.AcceptRole, QMessageBox.ButtonRole.RejectRole)
    assert not window.close()  # “save”, and then not over the original after all
    assert window.workspace.current
    window.workspace.save(window.workspace.current, photo.with_name("new.png"))
    qtbot.waitUntil(lambda: not window.isWindowModified())
    assert window.isVisible()


def test_saving_all_on_closing_closes(window: MainWindow, photo: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    repaired(window, photo, qtbot)
    before = photo.read_bytes()
    asked = answer(monkeypatch, QMessageBox.ButtonRole.AcceptRole, QMessageBox.ButtonRole.DestructiveRole)
    assert not window.close()  # “save”, and yes, over the original
    qtbot.waitUntil(lambda: not window.isVisible())
    assert photo.read_bytes() != before
    assert "Replace the original" in asked[1]


def test_the_device_is_chosen_in_the_status_bar(window: MainWindow, settings: Settings, qtbot: QtBot):
    window.warm_up()
    qtbot.waitUntil(lambda: bool(window.repairing.devices))
    button = next(b for b in window.status.findChildren(QToolButton) if b.accessibleName() == "Device")
    assert button.text() == "CPU"
    button.menu().actions()[0].trigger()
    assert settings.device == "cpu"


def test_the_window_menu_shows_and_hides_every_panel(window: MainWindow, photo: Path, qtbot: QtBot):
    opened(window, photo, qtbot)
    menu = {action.text().replace("&", ""): action for action in window.menus["window"].actions() if action.text()}
    panels = ["Repair", "Damage", "Restore", "Generate", "Repairs", "History", "Navigator", "Open photos"]
    assert list(menu) == [*panels, "Show panels", "Reset the layout"]
    assert not menu["History"].isChecked()
    menu["History"].trigger()
    assert window.history_panel.isVisible(), "a panel behind another comes to the front"
    assert menu["History"].isChecked()
    assert not menu["Repairs"].isChecked()
    menu["History"].trigger()
    assert not window.history_panel.isVisible()
    menu["History"].trigger()
    assert window.history_panel.isVisible()
    width = window.canvas.width()
    menu["Show panels"].trigger()
    assert not any(menu[name].isChecked() for name in panels)
    qtbot.waitUntil(lambda: window.canvas.width() > width)
    menu["Show panels"].trigger()
    assert window.repair_panel.isVisible()
    menu["Repair"].trigger()
    assert not window.repair_panel.isVisible()
    menu["Reset the layout"].trigger()
    assert window.repair_panel.isVisible()
    assert window.repairs_panel.isVisible()


def test_a_narrow_window_does_not_cut_off_the_names_of_panels(window: MainWindow, qtbot: QtBot):
    for width in (1600, 1000):
        window.resize(width, 700)
        qtbot.wait(50)
    bars = [bar for bar in window.findChildren(QTabBar) if bar.parent() is window and bar.isVisible()]
    assert len(bars) == 2
    assert all(bar.width() >= bar.sizeHint().width() for bar in bars)  # else they are squeezed, and then cut off


def test_folded_panels_come_back_as_they_were(window: MainWindow, photo: Path, qtbot: QtBot):
    opened(window, photo, qtbot)
    window.docks.show("restore")
    window.docks.show("history")
    qtbot.waitUntil(lambda: not window.restore_panel.visibleRegion().isEmpty())
    window.commands["panels"].trigger()
    assert window.docks["restore"].isHidden()
    window.commands["panels"].trigger()
    for panel in (window.restore_panel, window.history_panel):
        qtbot.waitUntil(lambda: not panel.visibleRegion().isEmpty())  # noqa: B023


def test_the_big_button_is_seen_on_a_small_screen(window: MainWindow, photo: Path, qtbot: QtBot):
    opened(window, photo, qtbot)
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: window.height() == 720)
    button = next(b for b in window.repair_panel.findChildren(QPushButton) if b.text() == "Repair")
    seen = button.visibleRegion().boundingRect()
    assert seen == button.rect()
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 720


def test_the_next_start_remembers(window: MainWindow, lanes: Lanes, settings: Settings, tmp_path: Path, qtbot: QtBot):
    window.commands["eraser"].trigger()
    window.tool_settings.brush_size = 77
    window.tool_settings.pressure_size = False
    window.docks["navigator"].hide()
    window.resize(1000, 650)
    assert window.close()
    again = MainWindow(settings, lanes, tmp_path / "sessions")
    with qtbot.waitExposed(again):
        again.show()
    assert again.commands["eraser"].isChecked()
    assert again.tool_settings.brush_size == 77
    assert not again.tool_settings.pressure_size
    assert again.docks["navigator"].isHidden()
    assert again.height() == 650  # the screen of the tests is not as wide as that
    end(again)


def test_preferences_are_seen_at_once(window: MainWindow, photo: Path, qtbot: QtBot):
    opened(window, photo, qtbot)
    window.commands["preferences"].trigger()
    dialog = window.findChild(QDialog)
    field = next(f for f in dialog.findChildren(QDoubleSpinBox) if "Opacity" in f.accessibleName())
    with qtbot.waitSignal(dialog.findChild(NumberSlider).settled):
        field.setValue(90)
    assert window.canvas.mask_opacity == pytest.approx(0.9)
    next(box for box in dialog.findChildren(QCheckBox)).click()
    assert not window.tool_settings.pressure_size
    dialog.reject()
    qtbot.waitUntil(lambda: window.findChild(QDialog) is None)


@pytest.mark.parametrize("name", ["shortcuts", "about"])
def test_the_other_dialogs_open_and_close(window: MainWindow, qtbot: QtBot, name: str):
    window.commands[name].trigger()
    dialog = window.findChild(QDialog)
    assert dialog.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(QDialog) is None)


def test_the_status_line_says_what_a_command_does_and_stays_there(window: MainWindow, qtbot: QtBot):
    before = window.status.hint
    QApplication.sendEvent(window, QStatusTipEvent("Paint over damage"))
    assert window.status.hint == "Paint over damage"
    assert window.status.isVisible()
    QApplication.sendEvent(window, QStatusTipEvent(""))
    assert window.status.hint == before


def test_a_generated_picture_is_laid_into_what_is_marked(window: MainWindow, photo: Path, qtbot: QtBot):
    editor = opened(window, photo, qtbot)
    picture = np.full((32, 32, 3), 7, np.uint8)
    window.generate_panel.patch_requested.emit(picture, "Picture", 3, "dcgan")
    assert window.notices.texts == ["Mark where the picture is to go first."]
    editor.apply(selection.rectangle(editor.document.mask, Rect(10, 10, 50, 40)))
    window.generate_panel.patch_requested.emit(picture, "Picture", 3, "dcgan")
    qtbot.waitUntil(lambda: bool(editor.document.layers))
    assert (editor.document.layers[0].name, editor.document.layers[0].seed) == ("Picture", 3)
    assert (np.asarray(editor.document.view)[30, 30] == 7).all()
    window.notices.clear()


def test_a_generated_picture_like_what_is_marked_is_looked_for(
    window: MainWindow, photo: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    editor = opened(window, photo, qtbot)
    asked: list[np.ndarray] = []
    monkeypatch.setattr(window.generate_panel, "find_similar", asked.append)
    window.generate_panel.marked_wanted.emit()
    assert window.notices.texts == ["Mark what the picture is to be like first."]
    editor.apply(selection.rectangle(editor.document.mask, Rect(10, 10, 50, 40)))
    window.generate_panel.marked_wanted.emit()
    qtbot.waitUntil(lambda: bool(asked))
    assert np.array_equal(asked[0], np.asarray(editor.document.view)[10:50, 15:55])
    window.notices.clear()


def test_escape_at_last_gives_the_keyboard_back_to_the_photo(window: MainWindow, photo: Path, qtbot: QtBot):
    opened(window, photo, qtbot)
    view = window.repairs_panel.findChild(QAbstractItemView)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert window.focusWidget() is window.canvas


def test_the_original_is_held_from_a_list_too(window: MainWindow, photo: Path, qtbot: QtBot):
    opened(window, photo, qtbot)
    view = window.history_panel.findChild(QAbstractItemView)
    view.setFocus()
    qtbot.keyPress(view, Qt.Key.Key_Backslash)
    assert window.commands["original"].isChecked()
    qtbot.keyRelease(view, Qt.Key.Key_Backslash)
    assert not window.commands["original"].isChecked()


def test_a_defect_is_told_in_plain_words(window: MainWindow):
    window.report_defect("Traceback: the details")
    assert window.notices.texts[0].startswith("Something went wrong inside CNN Studio.")
    window.notices.clear()


def test_every_command_is_in_a_menu_and_has_words(window: MainWindow):
    in_menus = {action.objectName() for menu in window.menus.values() for action in menu.actions()}
    for name, action in window.commands.actions.items():
        assert name in in_menus, f"{name} is in no menu"
        assert action.toolTip()
    keys = [key.toString() for action in window.commands.actions.values() for key in action.shortcuts()]
    assert len(keys) == len(set(keys)), "two commands share a key"


def test_no_letter_of_a_panel_is_another_s_or_a_menu_s(window: MainWindow):
    def letters(texts: list[str]) -> list[str]:
        return [key for key in (QKeySequence.mnemonic(text).toString() for text in texts) if key]

    taken = letters([action.text() for action in window.menuBar().actions()])
    for name in ("repair", "damage", "restore", "generate", "repairs", "history", "navigator"):
        panel = window.docks[name].widget()
        texts = [label.text() for label in panel.findChildren(QLabel) if label.buddy()]
        texts += [button.text() for button in panel.findChildren(QAbstractButton)]
        own = letters(texts)
        assert len({*taken, *own}) == len(taken) + len(own), f"{name}: {sorted(own)}"


def test_every_control_can_be_told_by_a_screen_reader(window: MainWindow, photo: Path, qtbot: QtBot):
    opened(window, photo, qtbot)
    silent = []
    for widget in window.findChildren(QWidget):
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or not widget.isVisibleTo(window):
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is None or not interface.text(QAccessible.Text.Name):
            silent.append(f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}")
    assert not silent
