"""The repair panel: settings by mouse and keyboard, and one button that is honest about what it can do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QDoubleSpinBox, QLabel, QProgressBar, QPushButton, QSlider
from pytestqt.qtbot import QtBot

from cnnstudio.cards import ModelCard
from cnnstudio.ui.panels.model_facts import facts
from cnnstudio.ui.panels.number_slider import NumberSlider
from cnnstudio.ui.panels.repair import RepairPanel
from cnnstudio.ui.panels.time_left import time_left

FIGURES = {"scratch_gain": 0.5435, "scratch_perceptual": 0.9142, "gain": -0.1, "perceptual": 0.8245}


@pytest.fixture
def cards(tmp_path: Path) -> list[ModelCard]:
    weights = tmp_path / "a.safetensors"
    weights.write_bytes(bytes(2_500_000))
    card = ModelCard(
        id="a", name="First", description="Repairs scratches.", task="repair", arch="x", kwargs={}, version="3",
        licence="CC BY-SA 4.0", data={"photos": 20, "kept_out": 4}, training={}, figures=FIGURES, sha256="ab" * 32,
        path=weights,
    )  # fmt: skip
    start = {"psnr": 16.0, "psnr_at_start": 12.0}
    return [card, replace(card, id="b", name="<Second>", description="Another.", figures=start, data={})]


@pytest.fixture
def panel(qtbot: QtBot, cards: list[ModelCard], show_inside: Callable[..., None]) -> RepairPanel:
    panel = RepairPanel()
    panel.set_cards(cards)
    show_inside(panel, 280, 600)
    return panel


def button(panel: RepairPanel, text: str) -> QPushButton:
    return next(b for b in panel.findChildren(QPushButton) if b.text() == text)


def texts(panel: RepairPanel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def test_a_model_says_what_it_is(panel: RepairPanel, cards: list[ModelCard], qtbot: QtBot):
    assert panel.model_id == "a"
    assert "Repairs scratches." in texts(panel)
    assert "2.5 MB · licence CC BY-SA 4.0" in texts(panel)
    with qtbot.waitSignal(panel.settings_changed):
        panel.model_id = "b"
    assert "Another." in texts(panel)
    panel.model_id = "no such model"
    assert panel.model_id == "b"
    panel.set_cards(list(reversed(cards)))
    assert panel.model_id == "b"
    panel.set_cards(cards[:1])
    assert panel.model_id == "a"
    panel.set_cards([])
    assert panel.model_id == ""


def test_facts_in_plain_words(panel: RepairPanel, cards: list[ModelCard], qtbot: QtBot):
    assert "Scratches" not in texts(panel)
    panel._more.click()
    assert "Scratches" in texts(panel)
    first, second = facts(cards[0]), facts(cards[1])
    for words in ("+0.54 dB", "9 %", "-0.10 dB", "Trained on 20 photographs. 4 others", "Version 3", "abababababab…"):
        assert words in first
    assert "16.0" in second
    assert "12.0" in second
    assert "photographs." not in second


def test_settings_come_back(panel: RepairPanel, qtbot: QtBot):
    panel.texture, panel.grain, panel.feather, panel.candidates, panel.repair_on_release = 0.8, 0.35, 3.5, 4, True
    assert panel.texture == 0.8
    assert (panel.grain, panel.feather, panel.candidates, panel.repair_on_release) == (0.35, 3.5, 4, True)
    panel.candidates = 99
    assert panel.candidates == 9


def test_numbers_are_typed(panel: RepairPanel, qtbot: QtBot):
    field = panel._grain.findChild(QDoubleSpinBox)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "40")
    with qtbot.waitSignals([panel.settings_changed, panel._grain.settled]):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert panel.grain == 0.4
    with qtbot.waitSignals([panel.settings_changed, panel._feather.settled]):
        qtbot.keyClick(panel._feather.findChild(QSlider), Qt.Key.Key_Right)
    assert panel.feather == 2.5


def test_enter_ends_a_number_and_nothing_else(panel: RepairPanel, qtbot: QtBot):
    used: list[str] = []
    QShortcut(QKeySequence("Return"), panel, lambda: used.append("Return"))
    for field in panel.findChildren(QAbstractSpinBox):
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, "3")
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert (panel.texture, panel.grain, panel.feather, panel.candidates) == (0.03, 0.03, 3, 3)
    assert used == []
    button(panel, "Repair").setFocus()
    qtbot.keyClick(panel._on_release, Qt.Key.Key_Return)
    assert used == ["Return"]
    for number in (panel._texture, panel._grain, panel._feather):
        qtbot.waitUntil(lambda number=number: not number.is_moving)


def test_the_button_says_why_it_cannot_be_pressed(panel: RepairPanel, qtbot: QtBot):
    repair = button(panel, "Repair")
    panel.set_ready(False, "Paint over the damage first.")
    assert not repair.isEnabled()
    assert "Paint over the damage first." in texts(panel)
    panel.set_ready(True, "")
    assert "Paint" not in texts(panel)
    repair.setFocus()
    with qtbot.waitSignal(panel.repair_requested):
        qtbot.keyClick(repair, Qt.Key.Key_Return)
    with qtbot.waitSignal(panel.repair_requested):
        repair.click()


def test_while_it_repairs(panel: RepairPanel, qtbot: QtBot):
    panel.set_ready(True, "")
    repair, cancel = button(panel, "Repair"), button(panel, "Cancel")
    assert not cancel.isVisible()
    repair.setFocus()
    panel.set_busy(0)
    assert panel.is_busy
    assert not repair.isVisible()
    assert cancel.hasFocus()
    panel.set_progress(0.5, "Repairing details", 3.2)
    assert panel._busy.text.text() == "Repairing details · about 4 s left"
    bar = panel.findChild(QProgressBar)
    assert bar.value() == bar.maximum() // 2
    panel.set_busy(2)
    assert "2 more waiting." in texts(panel)
    assert bar.value() == bar.maximum() // 2
    with qtbot.waitSignal(panel.cancel_requested):
        cancel.click()
    with qtbot.waitSignal(panel.cancel_requested):
        qtbot.keyClick(cancel, Qt.Key.Key_Escape)
    panel.set_ready(False, "Paint over the damage first.")
    assert "Paint" not in texts(panel)
    panel.set_idle()
    assert repair.isVisible()
    assert "Paint over the damage first." in texts(panel)
    panel.set_busy(0)
    assert bar.value() == 0


def test_time_left():
    assert time_left(0.0) == "about 1 s left"
    assert time_left(12.1) == "about 13 s left"
    assert time_left(200) == "about 3 min left"


def test_a_slider_tells_when_it_has_come_to_rest(qtbot: QtBot):
    slider = NumberSlider("Opacity", 100, 5, "%")
    qtbot.addWidget(slider)
    moved: list[float] = []
    settled: list[float] = []
    slider.moved.connect(moved.append)
    slider.settled.connect(settled.append)
    slider.value = 50
    assert moved == []
    handle = slider.findChild(QSlider)
    handle.setSliderDown(True)
    handle.setSliderPosition(60)
    handle.setSliderPosition(70)
    assert (moved, settled, slider.is_moving) == ([60, 70], [], True)
    handle.setSliderDown(False)
    assert (settled, slider.is_moving) == ([70], False)
    qtbot.keyClick(handle, Qt.Key.Key_Left)
    assert settled == [70]
    qtbot.waitUntil(lambda: settled == [70, 65])


def test_whoever_scrolls_past_changes_nothing(qtbot: QtBot):
    slider = NumberSlider("Opacity", 100, 5, "%")
    qtbot.addWidget(slider)
    slider.value = 50
    for part in (slider.findChild(QSlider), slider.findChild(QDoubleSpinBox)):
        event = QWheelEvent(
            QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(part, event)
        assert slider.value == 50
