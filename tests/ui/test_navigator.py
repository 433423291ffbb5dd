"""The overview shows all of the photo, and moves the canvas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.imaging.document import Document
from cnnstudio.imaging.photo import Photo
from cnnstudio.ui.bridge import image_pixels
from cnnstudio.ui.canvas import Canvas
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels.navigator import Navigator

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def editor(qapp: object) -> Editor:
    """3000 x 2000 pixels: red on the left, blue on the right."""
    pixels = np.zeros((2000, 3000, 3), np.uint8)
    pixels[:, :1500, 0] = pixels[:, 1500:, 2] = 200
    return Editor(Document(Photo(pixels)))


@pytest.fixture
def canvas(lanes: Lanes, editor: Editor, qtbot: QtBot) -> Canvas:
    canvas = Canvas(lanes)
    qtbot.addWidget(canvas)
    canvas.resize(600, 400)
    canvas.set_editor(editor)
    canvas.show()
    canvas.zoom_to(1.0)
    return canvas


@pytest.fixture
def navigator(
    lanes: Lanes, canvas: Canvas, editor: Editor, show_inside: Callable[[QWidget, int, int], None], qtbot: QtBot
) -> Navigator:
    navigator = Navigator(lanes)
    show_inside(navigator, 308, 208)  # 300 x 200 without its rim: a tenth
    navigator.set_canvas(canvas)
    navigator.set_editor(editor)
    qtbot.waitUntil(lambda: navigator._image is not None)
    return navigator


def shown(navigator: Navigator) -> np.ndarray:
    return image_pixels(navigator.grab().toImage())[..., :3]


def middle(canvas: Canvas) -> tuple[int, int]:
    at = canvas.visible_rect().center()
    return round(at.x()), round(at.y())


def place(x: float, y: float) -> QPoint:
    """Of a photo position."""
    return QPoint(4 + round(x / 10), 4 + round(y / 10))


def test_all_of_the_photo_is_seen(navigator: Navigator):
    picture = shown(navigator)
    assert picture[20, 20].tolist() == [200, 0, 0]
    assert picture[190, 290].tolist() == [0, 0, 200]
    assert navigator.accessibleName()
    assert navigator.toolTip()


def test_the_frame_is_where_the_canvas_looks(navigator: Navigator, canvas: Canvas):
    canvas.center_on(1500, 1000)
    before = shown(navigator)
    canvas.center_on(600, 500)
    ys, xs = np.nonzero((shown(navigator) != before).any(2))
    assert abs(xs.min() - (4 + 30)) <= 3
    assert abs(ys.min() - (4 + 30)) <= 3
    assert abs(xs.max() - (4 + 180)) <= 3  # of the frame that was in the middle
    assert abs(ys.max() - (4 + 120)) <= 3


def test_a_click_beside_the_frame_brings_its_middle_there(navigator: Navigator, canvas: Canvas):
    canvas.center_on(1500, 1000)
    QTest.mouseClick(navigator, LEFT, pos=place(600, 500))
    assert middle(canvas) == pytest.approx((600, 500), abs=6)


def test_the_frame_is_dragged_without_a_jump(navigator: Navigator, canvas: Canvas):
    canvas.center_on(1500, 1000)
    start = place(1700, 1100)  # off its middle
    QTest.mousePress(navigator, LEFT, pos=start)
    assert middle(canvas) == pytest.approx((1500, 1000), abs=2)
    QTest.mouseMove(navigator, start + QPoint(20, -10))
    QTest.mouseRelease(navigator, LEFT, pos=start + QPoint(20, -10))
    assert middle(canvas) == pytest.approx((1700, 900), abs=2)


def test_the_arrow_keys_move_by_a_quarter(navigator: Navigator, canvas: Canvas):
    canvas.center_on(1500, 1000)
    navigator.setFocus()
    QTest.keyClick(navigator, Qt.Key.Key_Right)
    assert middle(canvas) == (1650, 1000)
    QTest.keyClick(navigator, Qt.Key.Key_Up)
    assert middle(canvas) == (1650, 900)
    focused = shown(navigator)
    navigator.clearFocus()
    assert not np.array_equal(shown(navigator), focused)


def test_the_wheel_zooms_the_canvas(navigator: Navigator, canvas: Canvas):
    at = QPointF(100, 100)
    event = QWheelEvent(
        at, QPointF(navigator.mapToGlobal(at)), QPoint(), QPoint(0, 480), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(navigator, event)
    assert canvas.zoom == pytest.approx(2)


def test_a_repair_is_seen_soon(navigator: Navigator, editor: Editor, qtbot: QtBot):
    from cnnstudio.imaging import selection
    from cnnstudio.imaging.geometry import Rect
    from cnnstudio.imaging.layers import Patches

    rect = Rect(200, 200, 600, 600)
    editor.apply(selection.rectangle(editor.document.mask, rect))
    used = editor.document.mask.snapshot()
    patches = Patches.build([(rect, np.full((600, 600, 3), (0, 200, 0), np.uint8))], used)
    editor.applied(editor.document.add_repair(patches, "Repair 1", used=used))
    qtbot.waitUntil(lambda: shown(navigator)[40, 40].tolist() == [0, 200, 0])


def test_a_transparent_photo_is_seen_on_grey(
    lanes: Lanes, canvas: Canvas, show_inside: Callable[[QWidget, int, int], None], qtbot: QtBot
):
    editor = Editor(Document(Photo(np.zeros((200, 300, 4), np.uint8))))
    navigator = Navigator(lanes)
    show_inside(navigator, 308, 208)
    navigator.set_canvas(canvas)
    navigator.set_editor(editor)
    qtbot.waitUntil(lambda: navigator._image is not None)
    assert shown(navigator)[10, 10].tolist() == [178, 178, 178]


def test_hidden_it_does_no_work_until_it_is_seen(lanes: Lanes, canvas: Canvas, editor: Editor, qtbot: QtBot):
    navigator = Navigator(lanes)
    qtbot.addWidget(navigator)
    navigator.set_canvas(canvas)
    navigator.set_editor(editor)
    assert lanes.work.running is None
    assert not lanes.work.waiting
    with qtbot.waitExposed(navigator):
        navigator.show()
    qtbot.waitUntil(lambda: navigator._image is not None)


def test_without_a_photo_nothing_happens(lanes: Lanes, canvas: Canvas, qtbot: QtBot):
    navigator = Navigator(lanes)
    qtbot.addWidget(navigator)
    navigator.show()
    navigator.set_canvas(canvas)
    QTest.mouseClick(navigator, LEFT, pos=QPoint(20, 20))
    navigator.grab()
