"""What hands do on the canvas: zoom, move, compare, choose; and what the keyboard does in their stead."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QFocusEvent, QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.imaging.mask import hole
from cnnstudio.ui.canvas import Canvas
from cnnstudio.ui.lanes import Lanes
from tests.ui.hand import ALT, CTRL, LEFT, MIDDLE, SHIFT, Hand
from tests.ui.hand import canvas as canvas
from tests.ui.hand import hand as hand


def corner(canvas: Canvas) -> tuple[int, int]:
    """Where in the widget the photo begins."""
    place = canvas.to_widget(QPointF(0, 0))
    return round(place.x()), round(place.y())


# ---- zooming


@pytest.mark.parametrize("notches", [1, -1, 3.5])
def test_the_wheel_zooms_around_the_pointer(hand: Hand, notches: float):
    canvas = hand.canvas
    canvas.zoom_to(4)
    at = QPointF(300, 200)
    before = canvas.to_photo(at)
    hand.wheel(at, notches)
    assert canvas.zoom == pytest.approx(4 * 2 ** (notches / 4))
    after = canvas.to_photo(at)
    assert (after - before).manhattanLength() < 1.1 / canvas.zoom + 1.1 / 4


def test_the_wheel_goes_from_small_to_3200_percent_and_stops_at_100(hand: Hand, qtbot: QtBot):
    canvas = hand.canvas
    canvas.fit()
    told: list[float] = []
    canvas.zoom_changed.connect(told.append)
    for _ in range(60):
        hand.wheel(QPointF(450, 350), 1)
    assert canvas.zoom == 32
    for _ in range(80):
        hand.wheel(QPointF(450, 350), -1)
    assert canvas.zoom == pytest.approx(0.25)
    assert 1.0 in told
    assert max(told) == 32
    canvas.fit()
    assert canvas.is_fitted
    assert canvas.visible_rect().getRect() == (0, 0, 600, 400)


def test_zooming_by_key_is_around_the_pointer_or_the_middle(hand: Hand):
    canvas = hand.canvas
    canvas.zoom_to(2)
    hand.move((250, 180))
    at = canvas.to_widget(QPointF(250, 180))
    canvas.zoom_by(2, None)
    moved = canvas.to_widget(QPointF(250, 180)) - at
    assert moved.manhattanLength() <= 2
    hand.leave()
    middle = canvas.to_photo(QPointF(450, 350))
    canvas.zoom_by(2, None)
    assert (canvas.to_photo(QPointF(450, 350)) - middle).manhattanLength() < 1


def test_pinching_on_a_touchpad_zooms_around_the_pointer(hand: Hand):
    canvas = hand.canvas
    canvas.zoom_to(2)
    at = QPointF(300, 300)
    before = canvas.to_photo(at)
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice(), 2, at, at,
        QPointF(canvas.mapToGlobal(at)), 0.5, QPointF(),
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)
    assert canvas.zoom == 3
    assert (canvas.to_photo(at) - before).manhattanLength() < 1


def test_pinching_with_two_fingers_zooms_and_moves(hand: Hand, qtbot: QtBot):
    canvas = hand.canvas
    canvas.zoom_to(2)
    hand.take("brush")
    touch = QTest.createTouchDevice()
    apart = 100
    place = canvas.rect().center()
    before = canvas.to_photo(QPointF(place))

    def fingers(step: int) -> tuple[QPoint, QPoint]:
        return place - QPoint(apart + 20 * step, 0), place + QPoint(apart + 20 * step, 0)

    one, two = fingers(0)
    QTest.touchEvent(canvas, touch).press(0, one, canvas).press(1, two, canvas).commit()
    for step in range(1, 6):
        one, two = fingers(step)
        QTest.touchEvent(canvas, touch).move(0, one, canvas).move(1, two, canvas).commit()
    QTest.touchEvent(canvas, touch).release(0, one, canvas).release(1, two, canvas).commit()
    assert canvas.zoom == pytest.approx(4, rel=0.01)
    assert (canvas.to_photo(QPointF(place)) - before).manhattanLength() < 1
    assert not hand.mask.any()


def test_two_fingers_side_by_side_move_the_photo(hand: Hand):
    canvas = hand.canvas
    canvas.zoom_to(8)
    before = corner(canvas)
    touch = QTest.createTouchDevice()
    for step in range(6):
        event = QTest.touchEvent(canvas, touch)
        for finger, x in enumerate((300, 400)):
            place = QPoint(x + 10 * step, 300 - 5 * step)
            (event.move if step else event.press)(finger, place, canvas)
        event.commit()
    QTest.touchEvent(canvas, touch).release(0, QPoint(350, 275), canvas).release(1, QPoint(450, 275), canvas).commit()
    assert canvas.zoom == 8
    assert corner(canvas) == (before[0] + 50, before[1] - 25)


def test_one_finger_paints_until_a_second_comes(hand: Hand):
    canvas = hand.canvas
    hand.take("brush")
    touch = QTest.createTouchDevice()
    one, two = (canvas.to_widget(QPointF(x, 100)).toPoint() for x in (100, 200))
    QTest.touchEvent(canvas, touch).press(0, one, canvas).commit()
    QTest.touchEvent(canvas, touch).move(0, two, canvas).commit()
    QTest.touchEvent(canvas, touch).release(0, two, canvas).commit()
    assert hole(hand.mask)[100, 150]
    assert hand.steps == ["Brush"]
    QTest.touchEvent(canvas, touch).press(0, one + QPoint(0, 90), canvas).commit()
    assert hand.editor.is_painting
    QTest.touchEvent(canvas, touch).stationary(0).press(1, two, canvas).commit()
    assert not hand.editor.is_painting
    QTest.touchEvent(canvas, touch).stationary(0).release(1, two, canvas).commit()
    QTest.touchEvent(canvas, touch).move(0, two + QPoint(0, 90), canvas).commit()
    QTest.touchEvent(canvas, touch).release(0, two + QPoint(0, 90), canvas).commit()
    assert hand.steps == ["Brush"]
    assert not hole(hand.mask)[190].any()


# ---- moving


def test_space_moves_the_photo_and_paints_nothing(hand: Hand):
    canvas = hand.canvas
    hand.take("brush")
    canvas.zoom_to(4)
    x, y = corner(canvas)
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    assert canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
    hand.mouse_at(QEvent.Type.MouseButtonPress, QPointF(300, 300))
    assert canvas.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    hand.mouse_at(QEvent.Type.MouseMove, QPointF(337, 289))
    hand.mouse_at(QEvent.Type.MouseButtonRelease, QPointF(337, 289))
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert corner(canvas) == (x + 37, y - 11)
    assert not hand.mask.any()
    hand.drag((300, 200), (310, 200))
    assert hand.mask.any()


@pytest.mark.parametrize("tool", ["brush", "wand", "hand"])
def test_the_middle_button_moves_the_photo(hand: Hand, tool: str):
    canvas = hand.canvas
    hand.take(tool)
    canvas.zoom_to(4)
    x, y = corner(canvas)
    for kind, place in (
        (QEvent.Type.MouseButtonPress, QPointF(300, 300)),
        (QEvent.Type.MouseMove, QPointF(250, 310)),
        (QEvent.Type.MouseMove, QPointF(240, 330)),
        (QEvent.Type.MouseButtonRelease, QPointF(240, 330)),
    ):
        hand.mouse_at(kind, place, MIDDLE)
    assert corner(canvas) == (x - 60, y + 30)
    assert not hand.mask.any()


def test_the_hand_moves_with_the_left_button(hand: Hand):
    hand.take("hand")
    hand.canvas.zoom_to(4)
    x, y = corner(hand.canvas)
    hand.mouse_at(QEvent.Type.MouseButtonPress, QPointF(300, 300))
    hand.mouse_at(QEvent.Type.MouseMove, QPointF(310, 320))
    hand.mouse_at(QEvent.Type.MouseButtonRelease, QPointF(310, 320))
    assert corner(hand.canvas) == (x + 10, y + 20)


def test_arrow_keys_show_what_lies_in_their_direction(hand: Hand):
    canvas = hand.canvas
    canvas.zoom_to(8)
    start = canvas.visible_rect().center()
    for key, (across, down) in {
        Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
    }.items():  # fmt: skip
        before = canvas.visible_rect().center()
        hand.key(key)
        moved = canvas.visible_rect().center() - before
        assert (moved.x(), moved.y()) == (8 * across, 8 * down)
    assert canvas.visible_rect().center() == start


def test_space_is_let_go_when_the_keyboard_goes_elsewhere(hand: Hand):
    hand.take("brush")
    QTest.keyPress(hand.canvas, Qt.Key.Key_Space)
    QApplication.sendEvent(hand.canvas, QFocusEvent(QEvent.Type.FocusOut))
    hand.drag((100, 100), (120, 100))
    assert hand.mask.any()


# ---- telling


def test_where_the_pointer_is_is_told(hand: Hand, qtbot: QtBot):
    told: list[QPointF | None] = []
    hand.canvas.hovered.connect(told.append)
    hand.move((100.25, 50.5))
    hand.move((-20, 50))
    hand.move((100, 60))
    hand.leave()
    assert [point and (round(point.x()), round(point.y())) for point in told] == [(100, 50), None, (100, 60), None]


def test_without_a_photo_nothing_happens(lanes: Lanes, qtbot: QtBot):
    canvas = Canvas(lanes)
    qtbot.addWidget(canvas)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_M, Qt.Key.Key_Return, Qt.Key.Key_Backspace):
        QTest.keyClick(canvas, key)
        QTest.keyClick(canvas, key, Qt.KeyboardModifier.ShiftModifier)
    QTest.mouseClick(canvas, LEFT)
    canvas.zoom_by(2)
    canvas.pan_by(3, 3)
    canvas.fit()
    canvas.grab()
    assert canvas.cursor().shape() == Qt.CursorShape.ArrowCursor
    assert canvas.visible_rect().isEmpty()


# ---- comparing


def test_the_line_between_before_and_after_is_dragged(hand: Hand):
    canvas = hand.canvas
    hand.take("brush")
    canvas.set_compare("split")
    hand.mouse_at(QEvent.Type.MouseMove, QPointF(450, 300))
    assert canvas.cursor().shape() == Qt.CursorShape.SplitHCursor
    hand.mouse_at(QEvent.Type.MouseButtonPress, QPointF(450, 300))
    hand.mouse_at(QEvent.Type.MouseMove, QPointF(600, 300))
    hand.mouse_at(QEvent.Type.MouseButtonRelease, QPointF(600, 300))
    assert [pane.clip.width() for pane in canvas._panes] == [600, 300]
    assert not hand.mask.any()
    hand.key(Qt.Key.Key_Left, ALT)
    assert canvas._panes[0].clip.width() < 600
    for _ in range(80):
        hand.key(Qt.Key.Key_Right, ALT)
    assert 0 < canvas._panes[1].clip.width() < 40  # it can be taken hold of again
    # Beside the line one paints as ever.
    hand.drag((100, 100), (200, 100))
    assert hole(hand.mask)[100, 150]


def test_side_by_side_one_paints_in_either_and_both_move(hand: Hand):
    canvas = hand.canvas
    hand.take("brush")
    canvas.set_compare("side")
    left, right = (pane.frame.center() for pane in canvas._panes)
    for place in (left, right):
        hand.mouse_at(QEvent.Type.MouseMove, QPointF(place))
        hand.mouse_at(QEvent.Type.MouseButtonPress, QPointF(place))
        hand.mouse_at(QEvent.Type.MouseButtonRelease, QPointF(place))
        assert hole(hand.mask)[200, 300]
        assert len(hand.steps) == 1
        hand.editor.undo()
        assert not hand.mask.any()
    canvas.zoom_to(4)
    at = QPointF(left)
    hand.mouse_at(QEvent.Type.MouseMove, at)
    before = canvas.to_photo(at)
    hand.wheel(at, 2)
    assert (canvas.to_photo(at) - before).manhattanLength() < 1


def test_while_the_original_is_seen_the_left_button_moves_it(hand: Hand):
    hand.take("brush")
    hand.canvas.zoom_to(4)
    hand.canvas.show_original(True)
    hand.drag((290, 200), (300, 200))
    assert not hand.mask.any()
    hand.canvas.show_original(False)
    hand.drag((290, 200), (300, 200))
    assert hand.mask.any()


def test_a_candidate_is_chosen_by_a_click_and_moved_by_a_drag(hand: Hand, qtbot: QtBot):
    canvas = hand.canvas
    hand.take("brush")
    canvas.show_candidates([(str(n), hand.editor.pyramid.forked()) for n in (1, 2, 3)])
    canvas.zoom_to(4)
    chosen: list[int] = []
    canvas.candidate_clicked.connect(chosen.append)
    plain = hand.seen()
    for pane in canvas._panes:
        place = QPointF(pane.frame.center())
        hand.mouse_at(QEvent.Type.MouseMove, place)
        framed = np.argwhere((hand.seen() != plain).any(2))  # what a click would choose stands out
        assert len(framed)
        (top, left), (bottom, right) = framed.min(0).tolist(), framed.max(0).tolist()
        assert pane.frame.contains(QRect(QPoint(left, top), QPoint(right, bottom)))
        hand.mouse_at(QEvent.Type.MouseButtonPress, place)
        hand.mouse_at(QEvent.Type.MouseButtonRelease, place)
    assert chosen == [0, 1, 2]
    hand.leave()
    assert np.array_equal(hand.seen(), plain)
    x, y = corner(canvas)
    place = QPointF(canvas._panes[0].frame.center())
    hand.mouse_at(QEvent.Type.MouseButtonPress, place)
    for step in (15, 30):
        hand.mouse_at(QEvent.Type.MouseMove, place + QPointF(step, 0))
    hand.mouse_at(QEvent.Type.MouseButtonRelease, place + QPointF(30, 0))
    assert chosen == [0, 1, 2]
    assert corner(canvas) != (x, y)
    assert not hand.mask.any()
    canvas.show_candidates([])
    hand.drag((290, 200), (300, 200))
    assert hand.mask.any()


# ---- the keyboard in place of the mouse


def test_painting_with_the_keyboard_alone(hand: Hand):
    canvas = hand.canvas
    hand.take("brush")
    hand.settings.brush_size = 10
    hand.key(Qt.Key.Key_Right, SHIFT)  # the pointer appears in the middle and moves
    QTest.keyPress(canvas, Qt.Key.Key_M)
    assert hand.editor.is_painting
    for _ in range(4):
        hand.key(Qt.Key.Key_Right, SHIFT)
    hand.key(Qt.Key.Key_Down, SHIFT)
    QTest.keyRelease(canvas, Qt.Key.Key_M)
    mask = hole(hand.mask)
    assert mask[200, 317:379].all()
    assert mask[214, 380]
    assert not mask[200, :309].any()
    assert hand.steps == ["Brush"]
    hand.key(Qt.Key.Key_Right, SHIFT)
    assert hand.steps == ["Brush"]


def test_single_pixels_with_the_keyboard(hand: Hand):
    hand.take("brush")
    hand.settings.brush_size = 1
    hand.canvas.zoom_to(1)
    hand.key(Qt.Key.Key_Right, SHIFT | CTRL)
    hand.key(Qt.Key.Key_M)
    hand.key(Qt.Key.Key_Right, SHIFT | CTRL)
    hand.key(Qt.Key.Key_Right, SHIFT | CTRL)
    hand.key(Qt.Key.Key_M)
    assert np.argwhere(hole(hand.mask)).tolist() == [[200, 301], [200, 303]]


def test_a_click_with_the_smallest_brush_marks_the_pixel_under_the_pointer(hand: Hand):
    hand.take("brush")
    hand.settings.brush_size = 1
    for x, y in ((10, 20), (300, 200), (599, 399)):
        hand.mouse_at(QEvent.Type.MouseButtonPress, QPointF(150 + x, 150 + y))
        hand.mouse_at(QEvent.Type.MouseButtonRelease, QPointF(150 + x, 150 + y))
    assert np.argwhere(hole(hand.mask)).tolist() == [[20, 10], [200, 300], [399, 599]]


def test_a_polygon_with_the_keyboard(hand: Hand):
    hand.take("polygon")
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left):
        hand.key(Qt.Key.Key_M)
        for _ in range(3):
            hand.key(key, SHIFT)
    hand.key(Qt.Key.Key_M)
    hand.key(Qt.Key.Key_Return)
    assert (hand.mask[205:245, 305:345] == 255).all()
    assert hand.steps == ["Polygon"]


def test_the_keyboard_s_pointer_is_seen_and_takes_the_photo_along(hand: Hand):
    canvas = hand.canvas
    canvas.zoom_to(8)
    clean = hand.on_screen()
    hand.key(Qt.Key.Key_Right, SHIFT)
    part = slice(330, 371), slice(446, 487)
    assert not np.array_equal(hand.on_screen()[part], clean[part])
    middle = canvas.visible_rect().center()
    for _ in range(40):
        hand.key(Qt.Key.Key_Right, SHIFT)
    assert canvas.visible_rect().center().x() > middle.x() + 10
    hand.move((300, 200))  # the mouse takes over
    hand.leave()
    assert np.array_equal(hand.on_screen(), hand.seen())


def test_the_key_is_let_go_when_the_keyboard_goes_elsewhere(hand: Hand):
    hand.take("brush")
    QTest.keyPress(hand.canvas, Qt.Key.Key_M)
    QApplication.sendEvent(hand.canvas, QFocusEvent(QEvent.Type.FocusOut))
    assert not hand.editor.is_painting
    assert hand.steps == ["Brush"]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_hands_do_nothing_old_stays_on_the_screen(hand: Hand, seed: int):
    rng = np.random.default_rng(seed)
    canvas, settings = hand.canvas, hand.settings
    hand.take("brush")
    for _ in range(30):
        place = QPointF(*rng.integers(0, 700, 2).tolist())
        match rng.integers(9):
            case 0:
                hand.take(str(rng.choice(["brush", "eraser", "line", "polygon", "rectangle", "lasso"])))
            case 1:
                settings.brush_size = float(rng.integers(2, 200))
            case 2:
                hand.wheel(place, float(rng.choice([-2, -1, 1, 2])))
            case 3:
                hand.key(Qt.Key(int(rng.choice([Qt.Key.Key_Left.value, Qt.Key.Key_Down.value]))))
            case 4:
                hand.key(Qt.Key.Key_Right, SHIFT)
            case 5:
                canvas.set_compare(str(rng.choice(["none", "none", "split", "side"])))
            case 6:
                hand.leave()
            case 7:
                hand.editor.undo()
            case _:
                hand.mouse_at(QEvent.Type.MouseButtonPress, place)
                for _ in range(3):
                    hand.mouse_at(QEvent.Type.MouseMove, place + QPointF(*rng.integers(-90, 90, 2).tolist()))
                    QApplication.processEvents()
                hand.mouse_at(QEvent.Type.MouseButtonRelease, place)
        for _ in range(rng.integers(3)):
            hand.mouse_at(QEvent.Type.MouseMove, QPointF(*rng.integers(0, 700, 2).tolist()))
            QApplication.processEvents()
        assert np.array_equal(hand.on_screen(), hand.seen())
