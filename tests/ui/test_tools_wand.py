"""The magic wand searches in a job, and can be called back."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cnnstudio.imaging import selection
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.photo import Photo
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes
from tests.ui.hand import ALT, CTRL, Hand
from tests.ui.hand import canvas as canvas
from tests.ui.hand import hand as hand


@pytest.fixture
def editor(qapp: object) -> Editor:
    """Grey, with a lighter square that has a slightly different half, and another square that does not touch it."""
    pixels = np.full((400, 600, 3), 100, np.uint8)
    pixels[100:200, 100:200] = 200
    pixels[100:200, 150:200] = 210
    pixels[300:350, 300:350] = 200
    return Editor(Document(Photo(pixels)), name="squares.png")


def box(*edges: int) -> np.ndarray:
    mask = np.zeros((400, 600), np.uint8)
    mask[edges[1] : edges[3], edges[0] : edges[2]] = 255
    return mask


def found(hand: Hand, qtbot: QtBot, *click: object) -> np.ndarray:
    with qtbot.waitSignal(hand.tools["wand"].stroke_finished):
        hand.click(*click)  # type: ignore[arg-type]
    return hand.mask


def test_connected_pixels_of_similar_colour_are_marked(hand: Hand, qtbot: QtBot):
    hand.take("wand")
    hand.settings.wand_tolerance = 24
    assert np.array_equal(found(hand, qtbot, (120, 120)), box(100, 100, 200, 200))
    assert hand.steps == ["Magic wand"]
    hand.editor.undo()
    hand.settings.wand_tolerance = 9
    assert np.array_equal(found(hand, qtbot, (120, 120)), box(100, 100, 150, 200))
    hand.settings.wand_tolerance = 0
    assert np.array_equal(found(hand, qtbot, (180, 120)), box(100, 100, 200, 200))  # beside what is marked
    assert np.array_equal(found(hand, qtbot, (180, 120), ALT), box(100, 100, 150, 200))
    assert np.array_equal(found(hand, qtbot, (320, 320), CTRL), box(300, 300, 350, 350))


def test_the_search_is_no_work_of_the_window_s_thread(hand: Hand, lanes: Lanes, qtbot: QtBot):
    tool = hand.take("wand")
    hand.move((120, 120))
    hand.click((120, 120))
    assert lanes.work.running is not None or lanes.work.waiting
    assert hand.canvas.cursor().shape() == Qt.CursorShape.BusyCursor
    assert not hand.mask.any()
    with qtbot.waitSignal(tool.stroke_finished):
        pass
    assert hand.canvas.cursor().shape() == Qt.CursorShape.CrossCursor


@pytest.mark.parametrize("way", ["escape", "another tool", "another photo", "another click"])
def test_a_search_is_called_off(hand: Hand, lanes: Lanes, way: str, qtbot: QtBot):
    tool = hand.take("wand")
    hand.click((120, 120))
    match way:
        case "escape":
            hand.key(Qt.Key.Key_Escape)
        case "another tool":
            hand.take("brush")
        case "another photo":
            tool.attach(hand.canvas, None)
        case _:
            hand.click((320, 320))
    qtbot.waitUntil(lambda: lanes.work.running is None and not lanes.work.waiting)
    expected = box(300, 300, 350, 350) if way == "another click" else box(0, 0, 0, 0)
    assert np.array_equal(hand.mask, expected)
    assert not tool.cancel()


def test_what_was_marked_while_it_searched_stays(hand: Hand, qtbot: QtBot):
    tool = hand.take("wand")
    hand.click((320, 320))
    hand.editor.apply(selection.rectangle(hand.editor.document.mask, Rect(0, 0, 20, 20)))
    with qtbot.waitSignal(tool.stroke_finished):
        pass
    assert np.array_equal(hand.mask, box(300, 300, 350, 350) | box(0, 0, 20, 20))
    assert hand.steps == ["Rectangle", "Magic wand"]


def test_beside_the_photo_nothing_is_found(hand: Hand, lanes: Lanes, qtbot: QtBot):
    hand.take("wand")
    hand.click((-10, 50))
    qtbot.waitUntil(lambda: lanes.work.running is None and not lanes.work.waiting)
    assert hand.steps == []
    assert hand.canvas.cursor().shape() == Qt.CursorShape.CrossCursor


def test_a_failure_is_told_and_the_next_click_works(
    hand: Hand, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, caplog: pytest.LogCaptureFixture
):
    def fail(*_: object) -> object:
        raise MemoryError

    tool = hand.take("wand")
    with monkeypatch.context() as patch:
        patch.setattr(selection, "similar", fail)
        with qtbot.waitSignal(tool.failed) as told:
            hand.click((120, 120))
    assert told.args[0].message
    caplog.clear()
    found(hand, qtbot, (120, 120))
    assert hand.mask.any()


def test_with_real_threads(editor: Editor, qtbot: QtBot):
    from PySide6.QtCore import QObject, QPointF

    from cnnstudio.ui.pointer import Pointer
    from cnnstudio.ui.tools import ToolSettings, WandTool

    lanes, parent = Lanes.start(), QObject()
    try:
        tool = WandTool(ToolSettings(parent), lanes, parent)
        tool.attach(None, editor)  # type: ignore[arg-type]
        threads: list[threading.Thread] = []
        search: Callable[..., object] = selection.similar
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(selection, "similar", lambda *a: (threads.append(threading.current_thread()), search(*a))[1])
            with qtbot.waitSignal(tool.stroke_finished):
                tool.press(Pointer(QPointF(120, 120)))
        assert threads
        assert threads[0] is not threading.main_thread()
    finally:
        lanes.close()
    assert np.array_equal(np.asarray(editor.document.mask), box(100, 100, 200, 200))
