"""The panel of restoring: its numbers, what can be pressed when, and the keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.imaging.tone import Tone
from cnnstudio.jobs import RestoreOptions
from cnnstudio.ui.panels.number_slider import NumberSlider
from cnnstudio.ui.panels.restore import NOTHING, RestorePanel, summary

OPTIONS = RestoreOptions(13, 58, 5, 40, Tone(20, -30, 4, -7))


@pytest.fixture
def panel(qtbot: QtBot, show_inside: Callable[[QWidget, int, int], None]) -> RestorePanel:
    panel = RestorePanel()
    show_inside(panel, 300, 520)
    panel.set_state(photo=True, network=True, layer=None, outdated=False, hint="")
    return panel


def test_the_sliders_hold_the_options(panel: RestorePanel, qtbot: QtBot):
    assert panel.options == NOTHING
    with qtbot.assertNotEmitted(panel.options_changed):
        panel.set_options(OPTIONS)
    assert panel.options == OPTIONS
    panel.set_options(RestoreOptions(None, None, 0, 0, None))
    assert panel.options == NOTHING


def test_a_slider_that_moves_is_told_and_may_be_applied(panel: RestorePanel, qtbot: QtBot):
    assert not panel._apply.isEnabled()
    assert not panel._reset.isEnabled()
    with qtbot.waitSignal(panel.options_changed):
        panel._noise._slider.setValue(20)
    assert panel.options.denoise == 20
    assert panel._apply.isEnabled()
    with qtbot.waitSignal(panel.options_changed):
        panel._yellowing._field.setValue(-30)
    assert panel.options.tone == Tone(yellowing=-30)
    with qtbot.waitSignal(panel.options_changed):
        panel._reset.click()
    assert panel.options == NOTHING
    assert not panel._apply.isEnabled()


def test_grain_can_be_kept_where_there_is_noise_to_take_out(panel: RestorePanel):
    assert not panel._grain.isEnabled()
    panel._noise._slider.setValue(1)
    assert panel._grain.isEnabled()
    panel._noise._settle()
    assert RestoreOptions(0, 0, 0, 50, Tone()).changes_nothing
    assert not RestoreOptions(1, 0, 0, 50, Tone()).changes_nothing


def test_what_is_applied_already_is_applied_again_only_if_it_would_be_another(panel: RestorePanel):
    panel.set_options(OPTIONS)
    panel.set_state(photo=True, network=True, layer=OPTIONS, outdated=False, hint="")
    assert not panel._apply.isEnabled()
    assert panel._apply.text() == "Apply again"
    panel._fading._slider.setValue(21)
    assert panel._apply.isEnabled()
    panel._fading._settle()
    panel.set_options(OPTIONS)
    panel.set_state(photo=True, network=True, layer=OPTIONS, outdated=True, hint="Something has changed.")
    assert panel._apply.isEnabled()


def test_without_a_model_only_the_tone_can_be_set(panel: RestorePanel):
    panel.set_state(photo=True, network=False, layer=None, outdated=False, hint="There is no model.")
    assert not panel._noise.isEnabled()
    assert panel._fading.isEnabled()
    assert panel._auto.isEnabled()
    panel.set_state(photo=False, network=True, layer=None, outdated=False, hint="Open a photo first.")
    assert not panel._fading.isEnabled()
    assert not panel._auto.isEnabled()


def test_while_it_is_busy_there_is_progress_and_a_way_out(panel: RestorePanel, qtbot: QtBot):
    panel.set_options(OPTIONS)
    panel._apply.setFocus()
    panel.set_busy(True)
    panel.set_progress(0.25, "Restoring", 12)
    assert panel._busy.bar.value() == 250
    assert "about 12 s left" in panel._busy.text.text()
    assert panel._busy.cancel.hasFocus()
    assert not panel._fading.isEnabled()
    for give_up in (panel._busy.cancel.click, lambda: QTest.keyClick(panel, Qt.Key.Key_Escape)):
        with qtbot.waitSignal(panel.cancel_requested):
            give_up()
    panel.set_busy(False)
    assert panel._apply.hasFocus()
    panel._auto.setFocus()
    panel.set_busy(False)  # as before: whoever chose a button keeps it
    assert panel._auto.hasFocus()
    assert panel._fading.isEnabled()


def test_buttons_are_signals(panel: RestorePanel, qtbot: QtBot):
    panel.set_options(OPTIONS)
    with qtbot.waitSignal(panel.measure_requested):
        panel._auto.click()
    with qtbot.waitSignal(panel.apply_requested):
        QTest.keyClick(panel._apply, Qt.Key.Key_Return)
    with qtbot.waitSignal(panel.preview_toggled) as told:
        panel._preview.click()
    assert told.args == [False]
    assert not panel.wants_preview


def test_everything_has_a_name_a_tip_and_the_keyboard(panel: RestorePanel):
    for part in (panel._auto, panel._preview, panel._apply, panel._reset, panel._busy.cancel):
        assert part.toolTip()
        assert part.focusPolicy() & Qt.FocusPolicy.TabFocus
    for slider in panel.findChildren(NumberSlider):
        assert slider.toolTip()
        assert slider._field.accessibleName()
    letters = [
        label.text().split("&")[1][0].lower() for label in panel.findChildren(QLabel) if label.buddy() is not None
    ]
    assert len(letters) == 8
    assert len(set(letters) - set("femrvwh")) == 8  # each its own, and none a menu's


def test_what_was_done_in_a_few_words():
    assert summary(OPTIONS) == "noise 13, JPEG blocks 58, blur 5, fading 20, yellowing -30, tint 4, brightness -7"
    assert summary(NOTHING) == ""
