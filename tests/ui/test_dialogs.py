"""Preferences take effect as they are chosen; the sheet of keys can be searched; “About” names every network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QTabWidget,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnnstudio import __version__
from cnnstudio.cards import list_cards
from cnnstudio.jobs import DeviceInfo
from cnnstudio.ui.commands import Commands
from cnnstudio.ui.dialogs import about
from cnnstudio.ui.dialogs.about import About
from cnnstudio.ui.dialogs.preferences import Preferences
from cnnstudio.ui.dialogs.shortcuts import ShortcutSheet
from cnnstudio.ui.panels.number_slider import NumberSlider
from cnnstudio.ui.settings import Settings

Kind = TypeVar("Kind", bound=QWidget)


@pytest.fixture
def opened(qtbot: QtBot) -> Callable[[QDialog], QDialog]:
    def show(dialog: QDialog) -> QDialog:
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.open()
        return dialog

    return show


@pytest.fixture
def preferences(settings: Settings, opened: Callable[[QDialog], QDialog]) -> QDialog:
    return opened(Preferences(settings, [DeviceInfo("cpu", "CPU with 2 cores")]))


def named(dialog: QDialog, kind: type[Kind], name: str) -> Kind:
    return next(widget for widget in dialog.findChildren(kind) if widget.accessibleName() == name)


@pytest.mark.parametrize(
    ("name", "setting", "value"), [("Theme", "theme", "dark"), ("Language", "language", "zh_CN"),
                                   ("Device", "device", "cpu")],
)  # fmt: skip
def test_a_choice_takes_effect_at_once(
    preferences: Preferences, settings: Settings, qtbot: QtBot, name: str, setting: str, value: str
):
    box = named(preferences, QComboBox, name)
    assert box.currentData() == getattr(settings, setting)
    with qtbot.waitSignal(preferences.changed) as changed:
        box.setCurrentIndex(box.findData(value))
    assert changed.args == [setting]
    assert getattr(settings, setting) == value


def test_only_another_language_waits_for_the_next_start(preferences: Preferences):
    note = next(label for label in preferences.findChildren(QLabel) if "next start" in label.text())
    assert not note.isVisible()
    box = named(preferences, QComboBox, "Language")
    box.setCurrentIndex(box.findData("en"))
    assert note.isVisible()
    box.setCurrentIndex(box.findData("system"))
    assert not note.isVisible()


def test_the_mask_is_coloured_as_one_tries(
    preferences: Preferences, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    tried: list[str] = []
    answers = iter([False, True])

    def choose(dialog: QColorDialog) -> bool:
        dialog.setCurrentColor(QColor("#00ff00"))
        tried.append(settings.mask_colour.name())
        return next(answers)

    monkeypatch.setattr(QColorDialog, "exec", choose)
    before = settings.mask_colour
    button = named(preferences, QPushButton, "Colour of the mask")
    button.click()
    assert settings.mask_colour == before  # it was given up
    button.click()
    assert settings.mask_colour.name() == "#00ff00"
    assert tried == ["#00ff00"] * 2


def test_opacity_and_pressure(preferences: Preferences, settings: Settings, qtbot: QtBot):
    field = named(preferences, QDoubleSpinBox, "Opacity of the mask")
    field.selectAll()
    qtbot.keyClicks(field, "80")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert settings.mask_opacity == pytest.approx(0.8)
    assert preferences.isVisible(), "Enter in a field closed the dialog"
    with qtbot.waitSignal(preferences.findChild(NumberSlider).settled):
        field.setValue(0)
    assert settings.mask_opacity > 0
    named(preferences, QCheckBox, "Pen pressure changes the brush’s size").click()
    assert not settings.pressure_size


def test_a_device_that_is_gone_stays_chosen(settings: Settings, opened: Callable[[QDialog], QDialog]):
    settings.device = "cuda:1"
    dialog = opened(Preferences(settings))
    box = named(dialog, QComboBox, "Device")
    assert box.currentData() == "cuda:1"
    dialog.show_devices([DeviceInfo("cpu", "CPU"), DeviceInfo("cuda:1", "A graphics card")])
    assert box.currentText() == "A graphics card"
    assert settings.device == "cuda:1"


def test_recent_photos_can_be_forgotten(settings: Settings, opened: Callable[[QDialog], QDialog]):
    settings.recent_files = ["/photos/a.jpg"]
    dialog = opened(Preferences(settings))
    button = named(dialog, QPushButton, "Forget the photos opened before")
    button.click()
    assert settings.recent_files == []
    assert not button.isEnabled()


def test_preferences_can_be_reached_by_keyboard(preferences: Preferences, qtbot: QtBot):
    wanted = {"Theme", "Language", "Colour of the mask", "Opacity of the mask", "Device"}
    reached = set()
    for _ in range(20):
        reached.add(preferences.focusWidget().accessibleName())
        qtbot.keyClick(preferences.focusWidget(), Qt.Key.Key_Tab)
    assert wanted <= reached
    qtbot.keyClick(preferences, Qt.Key.Key_Escape)
    assert not preferences.isVisible()


@pytest.fixture
def sheet(qtbot: QtBot, opened: Callable[[QDialog], QDialog]) -> QDialog:
    window = QMainWindow()
    qtbot.addWidget(window)
    return opened(ShortcutSheet(Commands(window).sheet()))


def test_the_sheet_fits_a_small_screen(sheet: ShortcutSheet):
    inside = sheet.layout().itemAt(2).widget().widget()
    rest = sheet.height() - sheet.layout().itemAt(2).widget().height()
    assert inside.sizeHint().height() + rest < 720 * 0.93
    assert inside.sizeHint().width() < 1280 * 0.93


def test_the_sheet_is_searched_by_word_and_by_key(sheet: ShortcutSheet, qtbot: QtBot):
    assert len(sheet.shown) > 40
    line = named(sheet, QLineEdit, "Search")
    assert sheet.focusWidget() is line
    qtbot.keyClicks(line, "ctrl+z")
    assert sheet.shown == ["Undo"]
    line.clear()
    qtbot.keyClicks(line, "Brush")
    assert "Larger brush" in sheet.shown
    assert "Undo" not in sheet.shown
    line.setText("no such thing")
    assert "There is no such command." in [label.text() for label in sheet.findChildren(QLabel) if label.isVisible()]
    line.clear()
    assert len(sheet.shown) > 40
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_every_command_with_a_key_is_on_the_sheet(qtbot: QtBot):
    window = QMainWindow()
    qtbot.addWidget(window)
    commands = Commands(window)
    keys = ", ".join(line[1] for _, lines in commands.sheet() for line in lines)
    for name, action in commands.actions.items():
        for key in action.shortcuts():
            assert key.toString(key.SequenceFormat.NativeText) in keys, f"{name} is not on the sheet"


def test_about_names_every_network_and_what_it_learned_from(opened: Callable[[QDialog], QDialog]):
    cards = list_cards()
    assert cards
    dialog = opened(About(cards))
    assert any(__version__ in label.text() for label in dialog.findChildren(QLabel))
    assert any("never" in label.text() or "ever sent" in label.text() for label in dialog.findChildren(QLabel))
    for card in cards:
        assert card.name in dialog.text
        assert f"licence {card.licence}" in dialog.text
    assert "Trained on" in dialog.text
    assert "LGPL" in dialog.text
    assert "no connection to any network" in dialog.text


@pytest.mark.parametrize("opens", [True, False])
def test_the_texts_of_licences_are_shown(
    opens: bool, opened: Callable[[QDialog], QDialog], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    texts = tmp_path / "licences.txt"
    texts.write_text("Permission is hereby granted", "utf-8")
    asked: list[str] = []
    monkeypatch.setattr(about, "resource", lambda *_: texts)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url.toLocalFile()) or opens)
    dialog = opened(About([]))
    page = next(page for page in dialog.findChildren(QTextBrowser) if texts.as_uri() in page.toHtml())
    dialog.findChild(QTabWidget).setCurrentWidget(page)
    link = page.document().find("whole texts")
    QTest.mouseClick(page.viewport(), Qt.MouseButton.LeftButton, pos=page.cursorRect(link).center() - QPoint(8, 0))
    assert asked == [str(texts)]
    assert ("Permission is hereby granted" in page.toPlainText()) is not opens
