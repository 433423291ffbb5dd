"""Lasso, polygon and rectangle mark their inside; keys held say whether it is added, taken away or all there is."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from cnnstudio.imaging import selection
from cnnstudio.imaging.geometry import Rect
from tests.ui.hand import ALT, CTRL, RIGHT, SHIFT, Hand
from tests.ui.hand import canvas as canvas
from tests.ui.hand import hand as hand

# Corners are the pixels pointed at, and so are inside.
SQUARE = [(100.0, 100.0), (199.0, 100.0), (199.0, 199.0), (100.0, 199.0)]


def box(*edges: int) -> np.ndarray:
    mask = np.zeros((400, 600), np.uint8)
    mask[edges[1] : edges[3], edges[0] : edges[2]] = 255
    return mask


def mark(hand: Hand, rect: Rect) -> None:
    hand.editor.apply(selection.rectangle(hand.editor.document.mask, rect))


# ---- rectangle


@pytest.mark.parametrize("way", [(0, 2), (2, 0), (1, 3)])
def test_a_rectangle_from_any_corner(hand: Hand, way: tuple[int, int], qtbot: QtBot):
    tool = hand.take("rectangle")
    start, end = (SQUARE[i] for i in way)
    with qtbot.waitSignal(tool.stroke_finished):
        hand.drag(start, (150, 150), end)
    assert np.array_equal(hand.mask, box(100, 100, 200, 200))
    assert hand.steps == ["Rectangle"]
    hand.editor.undo()
    assert not hand.mask.any()


def test_every_pixel_that_a_rectangle_touches_is_marked(hand: Hand):
    hand.take("rectangle")
    hand.drag((10.7, 20.2), (30.1, 40.9))
    assert np.array_equal(hand.mask, box(10, 20, 31, 41))


def test_shift_makes_a_square(hand: Hand):
    hand.take("rectangle")
    hand.drag((100, 100), (159, 119), held=SHIFT)
    assert np.array_equal(hand.mask, box(100, 100, 160, 160))


def test_a_rectangle_is_cut_at_the_photo_s_edge(hand: Hand):
    hand.take("rectangle")
    hand.drag((550, 350), (700, 500))
    assert np.array_equal(hand.mask, box(550, 350, 600, 400))


@pytest.mark.parametrize(("held", "label"), [(ALT, "subtract"), (CTRL, "replace"), (SHIFT, "add")])
def test_keys_say_what_a_shape_does(hand: Hand, held: Qt.KeyboardModifier, label: str):
    mark(hand, Rect(50, 50, 100, 100))
    hand.take("rectangle")
    hand.drag((100, 100), (199, 199), held=held)
    before, shape = box(50, 50, 150, 150), box(100, 100, 200, 200)
    expected = {"subtract": before & ~shape, "replace": shape, "add": before | shape}[label]
    assert np.array_equal(hand.mask, expected)


@pytest.mark.parametrize("tool", ["rectangle", "lasso"])
def test_a_mere_click_marks_nothing(hand: Hand, tool: str):
    mark(hand, Rect(50, 50, 10, 10))
    hand.take(tool)
    hand.click((100, 100))
    hand.drag((100, 100), (101, 101), (102, 100))
    hand.drag((100, 100), (101, 101), (102, 100), held=CTRL)
    assert np.array_equal(hand.mask, box(50, 50, 60, 60))
    assert hand.steps == ["Rectangle"]


def test_what_is_a_click_is_decided_on_the_screen(hand: Hand):
    hand.take("rectangle")
    hand.canvas.zoom_to(32)
    hand.drag((300.2, 200.2), (300.8, 200.8))
    assert np.array_equal(hand.mask, box(300, 200, 301, 201))


@pytest.mark.parametrize("tool", ["rectangle", "lasso"])
def test_shapes_are_given_up(hand: Hand, tool: str):
    hand.take(tool)
    hand.press((100, 100))
    hand.move((200, 150), Qt.MouseButton.LeftButton)
    hand.move((150, 250), Qt.MouseButton.LeftButton)
    hand.key(Qt.Key.Key_Escape)
    hand.release((150, 250))
    assert not hand.mask.any()
    assert not hand.tools[tool].cancel()


def test_another_button_draws_no_shape(hand: Hand):
    for tool in ("rectangle", "lasso", "polygon"):
        hand.take(tool)
        hand.drag((100, 100), (200, 100), (200, 200), button=RIGHT)
        assert not hand.tools[tool].finish()
    assert not hand.mask.any()


# ---- lasso


def test_a_lasso_closes_by_itself(hand: Hand):
    hand.take("lasso")
    hand.drag(*SQUARE)
    inside = hand.mask[105:195, 105:195]
    assert (inside == 255).all()
    assert not hand.mask[:98].any()
    assert not hand.mask[203:].any()
    assert not hand.mask[:, 203:].any()
    assert hand.steps == ["Lasso"]


def test_a_pen_s_eraser_end_takes_a_lasso_away(hand: Hand):
    mark(hand, hand.editor.bounds)
    hand.take("lasso")
    hand.pen(*[(x, y, 0.7) for x, y in SQUARE], eraser=True)
    assert not hand.mask[105:195, 105:195].any()
    assert (hand.mask[:98] == 255).all()


# ---- polygon


@pytest.mark.parametrize("way", ["enter", "numpad enter", "double click", "first corner"])
def test_a_polygon_is_closed(hand: Hand, way: str):
    hand.take("polygon")
    corners = SQUARE if way != "double click" else SQUARE[:-1]
    for corner in corners:
        hand.click(corner)
    assert not hand.mask.any()
    match way:
        case "enter":
            hand.key(Qt.Key.Key_Return)
        case "numpad enter":
            hand.key(Qt.Key.Key_Enter)
        case "double click":
            hand.double_click(SQUARE[-1])
        case _:
            hand.click((103, 102))
    assert (hand.mask[105:195, 105:195] == 255).all()
    assert not hand.mask[:98].any()
    assert hand.steps == ["Polygon"]
    hand.click((300, 300))  # the next one begins
    hand.key(Qt.Key.Key_Escape)
    assert hand.steps == ["Polygon"]


def test_backspace_takes_the_last_corner_back(hand: Hand):
    hand.take("polygon")
    for corner in (*SQUARE[:2], (400, 390), *SQUARE[2:]):
        hand.click(corner)
        if corner[0] == 400:
            hand.key(Qt.Key.Key_Backspace)
    hand.key(Qt.Key.Key_Return)
    assert (hand.mask[105:195, 105:195] == 255).all()
    assert not hand.mask[:, 203:].any()


def test_backspace_may_take_all_corners_back(hand: Hand):
    tool = hand.take("polygon")
    for corner in SQUARE[:2]:
        hand.click(corner)
    hand.key(Qt.Key.Key_Backspace)
    hand.key(Qt.Key.Key_Backspace)
    assert not tool.remove_last()
    assert not tool.finish()
    assert not hand.mask.any()


def test_a_polygon_is_given_up(hand: Hand):
    hand.take("polygon")
    for corner in SQUARE:
        hand.click(corner)
    hand.key(Qt.Key.Key_Escape)
    hand.key(Qt.Key.Key_Return)
    assert not hand.mask.any()


def test_two_corners_are_no_polygon(hand: Hand):
    tool = hand.take("polygon")
    for corner in SQUARE[:2]:
        hand.click(corner)
    hand.key(Qt.Key.Key_Return)
    assert not hand.mask.any()
    assert not tool.cancel()


def test_the_first_corner_s_keys_say_what_a_polygon_does(hand: Hand):
    mark(hand, hand.editor.bounds)
    hand.take("polygon")
    hand.click(SQUARE[0], ALT)
    for corner in SQUARE[1:]:
        hand.click(corner)
    hand.key(Qt.Key.Key_Return)
    assert not hand.mask[105:195, 105:195].any()


def test_another_tool_gives_a_polygon_up(hand: Hand):
    tool = hand.take("polygon")
    for corner in SQUARE:
        hand.click(corner)
    hand.take("brush")
    hand.take("polygon")
    assert not tool.finish()
    assert not hand.mask.any()


# ---- what is seen


def test_shapes_are_seen_while_they_are_drawn(hand: Hand):
    clean = hand.on_screen()

    def drawn_at(x: float, y: float) -> bool:
        place = hand.canvas.to_widget(QPointF(x, y)).toPoint()
        part = slice(place.y() - 3, place.y() + 4), slice(place.x() - 3, place.x() + 4)
        return not np.array_equal(hand.on_screen()[part], clean[part])

    hand.take("polygon")
    hand.click((100, 100))
    hand.click((200, 100))
    hand.move((200, 200))
    assert drawn_at(150, 100)
    assert drawn_at(200, 150)  # on the way to the pointer
    hand.key(Qt.Key.Key_Escape)
    for name in ("lasso", "rectangle"):
        hand.take(name)
        hand.press((100, 100))
        hand.move((200, 100), Qt.MouseButton.LeftButton)
        hand.move((200, 200), Qt.MouseButton.LeftButton)
        assert drawn_at(150, 100)
        assert drawn_at(200, 150)
        hand.key(Qt.Key.Key_Escape)
        hand.release((200, 200))
    hand.leave()
    assert np.array_equal(hand.on_screen(), clean)
