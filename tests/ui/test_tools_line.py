"""The line over a scratch: click and click, or drag."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from cnnstudio.imaging import selection
from cnnstudio.imaging.mask import hole
from tests.ui.hand import ALT, RIGHT, SHIFT, Hand
from tests.ui.hand import canvas as canvas
from tests.ui.hand import hand as hand


def test_click_and_click(hand: Hand, qtbot: QtBot):
    tool = hand.take("line")
    hand.settings.line_width = 5
    hand.click((100, 100))
    hand.move((200, 150))
    assert not hand.mask.any()
    with qtbot.waitSignal(tool.stroke_finished):
        hand.click((300, 100))
    mask = hole(hand.mask)
    assert mask[98:103, 101:299].all()
    assert mask[:, 200].sum() == 5
    assert hand.steps == ["Line"]
    hand.editor.undo()
    assert not hand.mask.any()


def test_a_drag_draws_one_too(hand: Hand):
    hand.take("line")
    hand.drag((100, 100), (150, 150), (200, 200))
    assert hole(hand.mask)[150, 150]
    assert hand.steps == ["Line"]
    hand.click((400, 300))  # begins the next one
    assert hand.steps == ["Line"]


@pytest.mark.parametrize("zoom", [0.5, 1.0, 16.0])
def test_a_hand_that_trembles_while_it_clicks_does_not_drag(hand: Hand, zoom: float):
    hand.take("line")
    hand.canvas.zoom_to(zoom)
    hand.drag((300, 200), (300 + 4 / zoom, 200 + 3 / zoom))
    assert hand.steps == []
    hand.click((310, 205))
    assert hand.steps == ["Line"]
    assert hole(hand.mask)[200, 301]


def test_shift_keeps_to_steps_of_45_degrees(hand: Hand):
    hand.take("line")
    hand.click((100, 100))
    hand.click((200, 110), SHIFT)
    mask = hole(hand.mask)
    assert mask[100, 190]
    assert not mask[109, 190]
    hand.click((100, 200))
    hand.click((200, 290), SHIFT)
    assert hole(hand.mask)[260, 160]


def test_alt_takes_away(hand: Hand):
    mask = hand.editor.document.mask
    hand.editor.apply(selection.rectangle(mask, mask.bounds))
    hand.take("line")
    hand.click((100, 100))
    hand.click((300, 100), ALT)
    assert not hole(hand.mask)[100, 110:290].any()
    assert hand.steps == ["Rectangle", "Erased line"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Backspace])
def test_a_line_begun_is_given_up(hand: Hand, key: Qt.Key):
    tool = hand.take("line")
    hand.click((100, 100))
    hand.key(key)
    assert not tool.cancel()
    hand.click((300, 100))
    assert not hand.mask.any()


def test_another_button_begins_no_line(hand: Hand):
    tool = hand.take("line")
    hand.drag((100, 100), (200, 100), button=RIGHT)
    assert not tool.cancel()


def test_two_clicks_at_one_place_make_a_dot(hand: Hand):
    hand.take("line")
    hand.settings.line_width = 9
    hand.double_click((100.5, 100.5))
    assert hole(hand.mask).sum() == pytest.approx(np.pi * 4.5**2, abs=6)


def test_the_line_is_seen_in_its_width_before_it_is_drawn(hand: Hand):
    clean = hand.on_screen()
    hand.take("line")
    hand.settings.line_width = 40
    hand.click((100, 200))
    hand.move((300, 200))
    shown = hand.on_screen()
    for y, expected in ((180, True), (220, True), (200, False)):
        place = hand.canvas.to_widget(QPointF(200, y)).toPoint()
        part = slice(place.y() - 2, place.y() + 3), slice(place.x() - 2, place.x() + 3)
        assert np.array_equal(shown[part], clean[part]) != expected
    hand.key(Qt.Key.Key_Escape)
    assert np.array_equal(hand.on_screen(), clean)
