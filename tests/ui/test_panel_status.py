"""The status line: what it shows, and the zoom and device chosen in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.jobs import DeviceInfo
from cnnstudio.ui.panels.status import StatusLine


@pytest.fixture
def line(show_inside: Callable[..., None]) -> StatusLine:
    line = StatusLine()
    line.set_photo(60, 40, 16, 3)
    show_inside(line, 1200, 30)
    return line


def zoom_field(line: StatusLine) -> QLineEdit:
    return line.findChild(QLineEdit)


@pytest.mark.parametrize(
    ("channels", "bits", "said"),
    [
        (3, 16, "60 × 40 · 16-bit · RGB"),
        (1, 8, "60 × 40 · 8-bit · Grey"),
        (4, 8, "60 × 40 · 8-bit · RGB + alpha"),
        (2, 8, "60 × 40 · 8-bit · Grey + alpha"),
    ],
)
def test_the_photo(line: StatusLine, channels: int, bits: int, said: str):
    line.set_photo(60, 40, bits, channels)
    assert line._photo.text() == said
    line.set_position((12, 3))
    assert line._position.text() == "12, 3"
    line.set_position(None)
    assert line._position.text() == ""
    line.set_photo(0, 0, 0, 0)
    assert line._photo.text() == ""
    assert not zoom_field(line).isEnabled()


def test_progress(line: StatusLine, qtbot: QtBot):
    cancel, bar = line.findChild(QPushButton), line.findChild(QProgressBar)
    assert not bar.isVisible()
    line.set_progress(0.25, "Repairing region 3 of 7", 3.5)
    assert bar.isVisible()
    assert bar.value() == bar.maximum() // 4
    assert line._text.text() == "Repairing region 3 of 7 · about 4 s left"
    line.set_progress(0.3, "", None)
    assert line._text.text() == "Repairing"
    with qtbot.waitSignal(line.cancel_requested):
        cancel.click()
    line.clear_progress()
    assert not bar.isVisible()


def test_devices(line: StatusLine):
    chosen: list[str] = []
    line.device_chosen.connect(chosen.append)
    assert not line._device.isEnabled()
    line.set_devices([DeviceInfo("cuda:0", "NVIDIA"), DeviceInfo("cpu", "CPU")], "cuda:0")
    assert line._device.text() == "NVIDIA"
    entries = [action for action in line._devices.actions() if not action.isSeparator()]
    assert [entry.isChecked() for entry in entries] == [True, False, False]
    for entry in entries:
        entry.trigger()
    assert chosen == ["cuda:0", "cpu", "auto"]
    line.set_devices([DeviceInfo("cuda:0", "NVIDIA"), DeviceInfo("cpu", "CPU")], "cpu")
    assert line._device.text() == "CPU"


@pytest.mark.parametrize(
    ("zoom", "said"), [(0.333, "33 %"), (0.05, "5 %"), (0.0123, "1.2 %"), (1.0, "100 %"), (32.0, "3200 %")]
)
def test_zoom_is_shown(line: StatusLine, zoom: float, said: str):
    line.set_zoom(zoom)
    assert zoom_field(line).text() == said


@pytest.mark.parametrize(("typed", "zoom"), [("150", 1.5), ("66.7%", 0.667), (" 12,5 % ", 0.125), ("200 %", 2.0)])
def test_zoom_is_typed(line: StatusLine, qtbot: QtBot, typed: str, zoom: float):
    chosen: list[float | None] = []
    line.zoom_chosen.connect(chosen.append)
    field = zoom_field(line)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, typed)
    line.set_zoom(0.5)  # does not take the text out of one's hands
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert chosen == [pytest.approx(zoom)]
    assert not field.hasFocus()
    assert field.text() == "50 %"


def test_nonsense_is_no_zoom(line: StatusLine, qtbot: QtBot):
    chosen: list[float | None] = []
    line.zoom_chosen.connect(chosen.append)
    line.set_zoom(0.5)
    field = zoom_field(line)
    for nonsense in ("large", "-3", "0", "nan", "inf"):
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, nonsense)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert field.text() == "50 %"
    assert chosen == []


def test_zoom_is_chosen(line: StatusLine):
    chosen: list[float | None] = []
    line.zoom_chosen.connect(chosen.append)
    for action in line._zooms.menu().actions():
        if action.text() in ("Fit", "100 %"):
            action.trigger()
    assert chosen == [None, 1.0]


def test_a_long_hint_leaves_room(line: StatusLine):
    before = line.minimumSizeHint().width()
    line.set_hint("Paint over the damage. " * 40)
    assert line.minimumSizeHint().width() == before
    assert line._hint.toolTip().startswith("Paint")
    assert not line.grab().isNull()


def test_what_happened_is_told_for_a_while(line: StatusLine):
    line.set_hint("Paint over the damage.")
    line.tell("Saved as “new.png”.")
    assert line.hint == "Saved as “new.png”."
    line.show_tip("Open photos")
    assert line.hint == "Open photos"
    line.show_tip("")
    assert line.hint == "Saved as “new.png”."
    line._telling.timeout.emit()
    assert line.hint == "Paint over the damage."
    line.tell("Saved as “new.png”.")
    line.set_hint("Choose a candidate.")
    assert line.hint == "Choose a candidate."
