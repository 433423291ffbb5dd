"""A photo that is closed is gone: nobody holds on to it, whatever has been done to it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.ui.editor import Editor
from cnnstudio.ui.main_window import MainWindow


def paint(window: MainWindow) -> None:
    at = [window.canvas.to_widget(QPointF(x, 100)).toPoint() for x in (100, 130)]
    QTest.mousePress(window.canvas, Qt.MouseButton.LeftButton, pos=at[0])
    QTest.mouseMove(window.canvas, at[1])
    QTest.mouseRelease(window.canvas, Qt.MouseButton.LeftButton, pos=at[1])


def nothing(window: MainWindow, editor: Editor, qtbot: QtBot) -> None:
    pass


def leave_a_stroke_unended(window: MainWindow, editor: Editor, qtbot: QtBot) -> None:
    place = window.canvas.to_widget(QPointF(50, 50)).toPoint()
    QTest.mousePress(window.canvas, Qt.MouseButton.LeftButton, pos=place)
    assert editor.is_painting


def offer_candidates(window: MainWindow, editor: Editor, qtbot: QtBot) -> None:
    window.repair_panel.candidates = 2
    paint(window)
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: window.desk.offer is not None)


def begin_a_repair(window: MainWindow, editor: Editor, qtbot: QtBot) -> None:
    paint(window)
    window.commands["repair"].trigger()
    assert window.desk.busy


def compare(window: MainWindow, editor: Editor, qtbot: QtBot) -> None:
    for name in ("split", "changes", "confidence"):
        window.commands[name].trigger()
        QApplication.processEvents()


def fade(window: MainWindow, editor: Editor, qtbot: QtBot) -> None:
    layer = editor.document.layers[0]
    window.repairs_panel.select(layer.id)
    editor.applied(editor.document.set_opacity(layer.id, 0.5))
    window.commands["undo"].trigger()


def worked_on_and_closed(
    window: MainWindow, path: Path, last: Callable[[MainWindow, Editor, QtBot], None], qtbot: QtBot
) -> list[weakref.ref[object]]:
    """Opens a photo, works on it, saves and closes it; what was there of it, for whoever asks whether it still is."""
    window.workspace.open([path])
    qtbot.waitUntil(lambda: window.canvas.editor is not None)
    photo, editor = window.workspace.current, window.canvas.editor
    assert photo is not None
    assert editor is not None
    paint(window)
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: bool(editor.document.layers) and not window.desk.busy)
    window.commands["undo"].trigger()
    window.commands["redo"].trigger()
    window.workspace.save(photo, path.with_name("saved.png"), overwrite=True)
    qtbot.waitUntil(lambda: not editor.modified)
    last(window, editor, qtbot)
    window.desk.forget(editor)
    window.workspace.close(photo)
    return [weakref.ref(one) for one in (photo, editor, editor.document, editor.pyramid, editor.document.photo)]


def test_a_closed_photo_is_held_by_nobody(window: MainWindow, photo: Path, tmp_path: Path, qtbot: QtBot):
    for last in (nothing, leave_a_stroke_unended, offer_candidates, begin_a_repair, compare, fade):
        held = worked_on_and_closed(window, photo, last, qtbot)
        window.repair_panel.candidates = 1
        qtbot.waitUntil(lambda: not any(lane._sent or lane._waiting for lane in window.workspace.lanes.all()))
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        assert [one() for one in held] == [None] * len(held), last.__name__
        assert list((tmp_path / "sessions").iterdir()) == [], last.__name__
