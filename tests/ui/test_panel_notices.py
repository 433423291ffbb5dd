"""Notices queue, go or stay, and are never in the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer
from PySide6.QtGui import QCursor, QEnterEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

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


def test_an_action_closes_its_notice(notices: Notices):
    done: list[str] = []
    notices.show("Closed.", "warning", action=("Undo", lambda: done.append("undone")))
    notices.show("Other.", "warning")
    notices._bars[0].findChild(QPushButton).click()
    assert done == ["undone"]
    assert notices.texts == ["Other."]


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
