"""Brush and eraser mark what they are drawn over: with the mouse, a pen, its eraser end, and the keys held."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.imaging.mask import hole
from tests.ui.hand import ALT, CTRL, RIGHT, SHIFT, Hand
from tests.ui.hand import canvas as canvas
from tests.ui.hand import hand as hand


def width_at(mask: np.ndarray, x: int) -> int:
    """How many pixels of a column are to be repaired."""
    return int(hole(mask)[:, x].sum())


def test_a_stroke_marks_what_it_covers_and_is_one_step(hand: Hand, qtbot: QtBot):
    tool = hand.take("brush")
    hand.settings.brush_size = 21
    with qtbot.waitSignal(tool.stroke_finished) as told:
        hand.drag((100, 100), (140, 100), (200, 100))
    mask = hole(hand.mask)
    assert mask[100, 92:208].all()
    assert width_at(hand.mask, 150) == 21
    assert not mask[:, :89].any()
    assert not mask[:, 211:].any()
    assert hand.steps == ["Brush"]
    assert told.args[0].label == "Brush"
    assert not hand.editor.is_painting


def test_strokes_are_undone_one_by_one(hand: Hand):
    hand.take("brush")
    masks = [hand.mask]
    for y in (50, 120, 190):
        hand.drag((100, y), (200, y))
        masks.append(hand.mask)
    hand.take("eraser")
    hand.drag((150, 40), (150, 200))
    masks.append(hand.mask)
    assert hand.steps == ["Brush"] * 3 + ["Eraser"]
    for mask in reversed(masks[:-1]):
        hand.editor.undo()
        assert np.array_equal(hand.mask, mask)
    for mask in masks[1:]:
        hand.editor.redo()
        assert np.array_equal(hand.mask, mask)


def test_a_fast_stroke_has_no_gaps(hand: Hand):
    hand.take("brush")
    hand.settings.brush_size = 8
    hand.drag((20, 20), (580, 380))  # one event for all the way
    for share in np.linspace(0, 1, 200):
        assert hole(hand.mask)[int(20 + 360 * share), int(20 + 560 * share)]


@pytest.mark.parametrize("how", ["eraser", "alt", "pen"])
def test_taking_away(hand: Hand, how: str):
    hand.settings.brush_size = 30
    hand.take("brush")
    hand.drag((100, 100), (300, 100))
    if how == "eraser":
        hand.take("eraser")
        hand.drag((200, 50), (200, 150))
    elif how == "alt":
        hand.drag((200, 50), (200, 150), held=ALT)
    else:
        hand.pen((200, 50, 1.0), (200, 150, 1.0), eraser=True)
    mask = hole(hand.mask)
    assert not mask[100, 190:210].any()
    assert mask[100, 120]
    assert mask[100, 280]
    assert hand.steps == ["Brush", "Eraser"]


def test_shift_paints_straight_from_the_last_point(hand: Hand):
    hand.take("brush")
    hand.settings.brush_size = 10
    hand.click((100, 100))
    hand.click((300, 200), SHIFT)
    mask = hole(hand.mask)
    assert mask[150, 200]
    assert mask[200, 300]
    assert hand.steps == ["Brush", "Brush"]
    hand.editor.undo()
    assert not hole(hand.mask)[150, 200]
    assert hole(hand.mask)[100, 100]


def test_shift_at_the_first_stroke_is_a_stroke_like_any(hand: Hand):
    hand.take("brush")
    hand.click((100, 100), SHIFT)
    assert hole(hand.mask)[100, 100]
    assert not hole(hand.mask)[50, 50]


def test_hardness_makes_edges_soft(hand: Hand):
    hand.take("brush")
    hand.settings.brush_size, hand.settings.brush_hardness = 60, 0.2
    hand.click((200, 200))
    levels = hand.mask[200, 200:270].astype(int)
    assert levels[0] == 255
    assert levels[-1] == 0
    assert (np.diff(levels) <= 0).all()
    assert len(set(levels)) > 20


def test_a_pen_pressed_less_paints_thinner(hand: Hand):
    hand.take("brush")
    hand.settings.brush_size = 40
    hand.pen((100, 100, 0.25), (200, 100, 0.25), (300, 100, 1.0), (400, 100, 1.0))
    assert width_at(hand.mask, 150) == pytest.approx(10, abs=1)
    assert width_at(hand.mask, 390) == pytest.approx(40, abs=1)
    assert 12 < width_at(hand.mask, 250) < 38
    hand.editor.undo()
    hand.settings.pressure_size = False
    hand.pen((100, 100, 0.25), (200, 100, 0.25))
    assert width_at(hand.mask, 150) == 40


def test_mouse_events_that_repeat_the_pen_s_do_not_paint_twice(hand: Hand):
    hand.take("brush")
    QApplication.sendEvent(hand.canvas, hand.pen_event(QEvent.Type.TabletPress, (100, 100), 0.5, eraser=False))
    hand.press((300, 300))  # made of it by the system, elsewhere to tell it
    hand.move((320, 300), Qt.MouseButton.LeftButton)
    QApplication.sendEvent(hand.canvas, hand.pen_event(QEvent.Type.TabletMove, (150, 100), 0.5, eraser=False))
    hand.release((320, 300))
    QApplication.sendEvent(hand.canvas, hand.pen_event(QEvent.Type.TabletRelease, (150, 100), 0.0, eraser=False))
    assert hand.steps == ["Brush"]
    assert hole(hand.mask)[100, 125]
    assert not hand.mask[250:].any()
    hand.drag((300, 300), (320, 300))  # and the mouse paints again
    assert hand.steps == ["Brush", "Brush"]


def test_a_pen_paints_between_pixels(hand: Hand):
    hand.take("brush")
    hand.settings.brush_size, hand.settings.pressure_size = 10, False
    hand.pen((100.5, 100.5, 1.0))
    row = hand.mask[100, 90:111]  # its middle is in the middle of pixel 100
    assert np.array_equal(row, row[::-1])
    assert row[10] == 255


@pytest.mark.parametrize("way", ["tool", "undo", "escape", "another tool", "another photo"])
def test_a_stroke_can_be_given_up_midway(hand: Hand, way: str):
    tool = hand.take("brush")
    hand.press((100, 100))
    hand.move((200, 100), Qt.MouseButton.LeftButton)
    assert hole(hand.mask)[100, 150]
    if way == "tool":
        assert tool.cancel()
        assert not tool.cancel()
    elif way == "undo":
        hand.editor.undo()
    elif way == "escape":
        hand.key(Qt.Key.Key_Escape)
    elif way == "another tool":
        hand.take("lasso")
    else:
        tool.attach(hand.canvas, None)
    hand.move((300, 100), Qt.MouseButton.LeftButton)
    hand.release((300, 100))
    assert not hand.mask.any()
    assert hand.steps == []


def test_other_buttons_and_keys_do_not_paint(hand: Hand):
    hand.take("brush")
    hand.drag((100, 100), (200, 100), button=RIGHT)
    assert not hand.mask.any()
    hand.drag((100, 100), (200, 100), held=CTRL)
    assert hand.mask.any()


def test_off_the_photo_and_back_is_one_stroke(hand: Hand):
    hand.take("brush")
    hand.settings.brush_size = 20
    hand.drag((-40, 100), (50, 100), (50, -40), (120, -40), (120, 60))
    mask = hole(hand.mask)
    assert mask[100, 0]
    assert mask[30, 50]
    assert mask[30, 120]
    assert hand.steps == ["Brush"]


def test_nothing_is_changed_where_all_is_marked_already(hand: Hand):
    tool = hand.take("brush")
    hand.drag((100, 100), (200, 100))
    finished = []
    tool.stroke_finished.connect(finished.append)
    hand.drag((100, 100), (200, 100))
    assert hand.steps == ["Brush"]
    assert finished == []


@pytest.mark.parametrize("grey", [0, 80, 128, 255])
def test_the_outline_has_the_brush_s_size_and_is_seen_on_any_photo(hand: Hand, grey: int):
    hand.canvas.surround = hand.canvas.surround.fromRgb(grey, grey, grey)
    hand.take("brush")
    hand.settings.brush_size = 60
    before = hand.seen().astype(int)
    hand.move((-40.5, 100.5))  # over the surround
    place = hand.canvas.to_widget(QPointF(-40.5, 100.5))
    changed = np.abs(hand.seen().astype(int) - before).max(2)
    ys, xs = np.nonzero(changed > 40)
    away = np.hypot(xs + 0.5 - place.x(), ys + 0.5 - place.y())
    assert away.min() > 27
    assert away.max() < 33
    angles = np.unique((np.arctan2(ys + 0.5 - place.y(), xs + 0.5 - place.x()) * 12 / np.pi).astype(int))
    assert len(angles) >= 23  # all around


def test_the_outline_stays_under_the_pointer_when_the_photo_moves(hand: Hand):
    hand.take("brush")
    hand.settings.brush_size = 60
    hand.canvas.zoom_to(4)
    hand.move((300, 200))
    where = hand.canvas.to_widget(QPointF(300, 200))
    before = hand.tools["brush"].painted_area(hand.canvas)
    hand.key(Qt.Key.Key_Left)
    assert hand.canvas.to_widget(QPointF(300, 200)) != where
    assert hand.tools["brush"].painted_area(hand.canvas) == before


def test_no_trace_of_the_outline_is_left_behind(hand: Hand):
    hand.take("brush")
    hand.settings.brush_size = 80
    hand.canvas.zoom_to(2)  # so that there is somewhere to go
    clean = hand.on_screen()
    for point in ((100, 100), (180, 130), (400, 300), (50, 350)):
        hand.move(point)
        QApplication.processEvents()
    assert np.array_equal(hand.on_screen(), hand.seen())
    assert not np.array_equal(hand.on_screen(), clean)
    hand.canvas.pan_by(30, 20)
    hand.canvas.pan_by(-30, -20)
    hand.drag((60, 350), (80, 350), (300, 200))
    hand.editor.undo()
    hand.leave()
    assert np.array_equal(hand.on_screen(), clean)


def test_the_cursor_is_a_cross_where_the_circle_would_be_too_small(hand: Hand):
    hand.take("brush")
    hand.move((100, 100))
    assert hand.canvas.cursor().shape() == Qt.CursorShape.BlankCursor
    hand.settings.brush_size = 2
    hand.move((101, 100))
    assert hand.canvas.cursor().shape() == Qt.CursorShape.CrossCursor
    hand.canvas.zoom_to(8)
    hand.move((101, 101))
    assert hand.canvas.cursor().shape() == Qt.CursorShape.BlankCursor
