"""Notices queue, go or stay, and are never in the way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QCursor, QEnterEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QToolButton
from pytestqt.qtbot import QtBot

from cnnstudio.ui.bridge import image_pixels
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.panels import notices as module
from cnnstudio.ui.panels.notices import Notices


@pytest.fixture
def notices(show_inside: Callable[..., None]) -> Notices:
    notices = Notices()
    QCursor.setPos(790, 790)
    show_inside(notices, 600, 300)
    return notices


def close(notices: Notices, row: int) -> None:
    next(b for b in notices._bars[row].findChildren(QToolButton) if b.accessibleName() == "Close").click()


def test_nothing_to_say_takes_no_room(notices: Notices):
    assert not notices.isVisible()
    notices.show("“a.jpg” is damaged.", "error")
    assert notices.isVisible()
    close(notices, 0)
    assert not notices.isVisible()


def test_infos_go_and_errors_stay(notices: Notices, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "INFO_MS", 30)
    notices.show("Saved.")
    notices.show("Memory was short.", "warning")
    notices.show("“a.jpg” is damaged.", "error")
    assert notices.texts == ["Saved.", "Memory was short.", "“a.jpg” is damaged."]
    qtbot.waitUntil(lambda: notices.texts == ["Memory was short.", "“a.jpg” is damaged."])
    assert not any(bar.findChild(QTimer).isActive() for bar in notices._bars)


def test_many_wait_in_a_queue(notices: Notices):
    for number in range(5):
        notices.show(f"Error {number}", "error")
    assert notices.texts == ["Error 0", "Error 1", "Error 2"]
    assert notices._more.text() == "2 more"
    close(notices, 1)
    assert notices.texts == ["Error 0", "Error 2", "Error 3"]
    notices.show("Error 0", "error")
    notices.show("Error 4", "error")
    assert notices._more.text() == "1 more"
    notices.clear()
    assert notices.texts == []
    assert not notices.isVisible()


def test_details(notices: Notices, monkeypatch: pytest.MonkeyPatch):
    notices.show("It failed.", "info", "Traceback\nline 1")
    bar = notices._bars[0]
    detail = bar.findChild(QPlainTextEdit)
    assert not detail.isVisible()
    bar._details.click()
    assert detail.isVisible()
    assert detail.isReadOnly()
    assert detail.toPlainText() == "Traceback\nline 1"
    assert not bar.findChild(QTimer).isActive()  # nobody is hurried
    bar._details.click()
    assert not detail.isVisible()
    assert not notices.grab().isNull()
    notices.clear()


def test_pointing_at_an_info_keeps_it(notices: Notices):
    notices.show("Saved.")
    bar = notices._bars[0]
    timer = bar.findChild(QTimer)
    assert timer.isActive()
    QApplication.sendEvent(bar, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
    assert not timer.isActive()
    QApplication.sendEvent(bar, QEvent(QEvent.Type.Leave))
    assert timer.isActive()
    notices.show("Saved.")
    assert notices.texts == ["Saved."]
    notices.clear()


def test_escape_closes(notices: Notices, qtbot: QtBot):
    notices.show("“a.jpg” is damaged.", "error", "why")
    qtbot.keyClick(notices._bars[0]._details, Qt.Key.Key_Escape)
    assert notices.texts == []


def test_a_notice_neither_moves_nor_scales_the_photo(window: MainWindow, qtbot: QtBot):
    window.workspace.open_pixels(np.full((600, 500, 3), 90, np.uint8), "photo")
    canvas = window.canvas
    qtbot.waitUntil(lambda: canvas.editor is not None)
    QApplication.processEvents()

    def place() -> tuple[QPoint, float, bool]:
        return canvas.mapTo(window, canvas.to_widget(QPointF(0, 0)).toPoint()), canvas.zoom, canvas.is_fitted

    before = place()
    window.notices.show("“a.jpg” is damaged.", "error", "why")
    QApplication.processEvents()
    assert before[2]
    assert 20 < window.notices.height() <= canvas.to_widget(QPointF(0, 0)).y(), "it covers some of the photo"
    canvas.fit()
    assert place() == before
    window.notices.clear()
    for number in range(2):
        window.notices.show(f"Error {number}", "error")
    QApplication.processEvents()
    assert window.notices.height() > 30
    assert window.notices.mapTo(window, QPoint(0, 0)) == canvas.mapTo(window, QPoint(0, 0))
    assert window.notices.width() == canvas.width()
    assert place() == before
    canvas.show_original(True)
    canvas.show_original(False)
    assert place() == before
    window.notices.clear()
    QApplication.processEvents()
    assert place() == before

    window.notices.show("Error", "error")
    QApplication.processEvents()
    canvas.fit()  # whoever wants to see all of the photo does
    assert canvas.to_widget(QPointF(0, 0)).y() >= window.notices.height()
    assert canvas.is_fitted
    seen = place()
    window.notices.clear()
    QApplication.processEvents()
    assert place() == seen
    canvas.fit()
    assert place() == before


def test_a_notice_is_seen_over_the_photo_and_covers_no_more_than_it_needs(window: MainWindow, qtbot: QtBot):
    window.workspace.open_pixels(np.full((3000, 3000, 3), 90, np.uint8), "photo")
    qtbot.waitUntil(lambda: window.canvas.editor is not None)
    window.canvas.actual_size()
    qtbot.waitUntil(lambda: window.canvas.is_settled)

    def grey() -> np.ndarray:
        rows = image_pixels(window.grab().toImage())
        corner = window.canvas.mapTo(window, QPoint(0, 0))
        part = rows[corner.y() : corner.y() + window.canvas.height(), corner.x() : corner.x() + window.canvas.width()]
        return np.asarray((part[..., :3] == 90).all(2).mean(1))

    qtbot.waitUntil(lambda: grey().min() > 0.9)
    window.notices.show("“a.jpg” is damaged.", "error")
    QApplication.processEvents()
    height = window.notices.height()
    assert grey()[:height].max() < 0.1
    assert grey()[height:].min() > 0.9
    window.notices.clear()
    assert grey().min() > 0.9
