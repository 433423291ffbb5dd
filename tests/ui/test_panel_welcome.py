"""The empty window invites, and every invitation can be taken by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.ui.panels.welcome import Welcome


@pytest.fixture
def welcome(show_inside: Callable[..., None]) -> Welcome:
    welcome = Welcome()
    show_inside(welcome, 800, 600)
    return welcome


def button(welcome: Welcome, name: str) -> QPushButton:
    return next(b for b in welcome.findChildren(QPushButton) if b.accessibleName() == name and b.isVisible())


def recents(welcome: Welcome) -> list[str]:
    buttons = welcome._recents.findChildren(QPushButton)
    return [button.accessibleName() for button in buttons if button.isVisible()]


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("Open photos…", "open_requested"),
        ("Try the sample photo", "sample_requested"),
        ("Paste", "paste_requested"),
    ],
)
def test_invitations(welcome: Welcome, qtbot: QtBot, name: str, signal: str):
    with qtbot.waitSignal(getattr(welcome, signal)):
        button(welcome, name).click()
    with qtbot.waitSignal(getattr(welcome, signal)):
        qtbot.keyClick(button(welcome, name), Qt.Key.Key_Return)


def test_recents(welcome: Welcome, qtbot: QtBot):
    assert not welcome._recents.isVisible()
    welcome.set_recents([Path("/photos/a.jpg"), Path("/photos/b.jpg")])
    qtbot.waitUntil(lambda: len(recents(welcome)) == 2)
    with qtbot.waitSignal(welcome.recent_requested) as told:
        button(welcome, "Open b.jpg").click()
    assert told.args == [Path("/photos/b.jpg")]
    welcome.set_recents([Path(f"/photos/{n}.jpg") for n in range(20)])
    qtbot.waitUntil(lambda: recents(welcome) == [f"Open {n}.jpg" for n in range(6)])
    welcome.set_recents([])
    assert not welcome._recents.isVisible()


def test_a_drop_is_welcome(welcome: Welcome):
    before = welcome.grab().toImage()
    welcome.set_drop_active(True)
    assert welcome.grab().toImage() != before
    welcome.set_drop_active(False)
    assert welcome.grab().toImage() == before


def test_long_names_do_not_widen_it(welcome: Welcome):
    before = welcome.widget().minimumSizeHint().width()
    welcome.set_recents([Path("/" + "folder/" * 60 + "n" * 200 + ".jpg")])
    assert welcome.widget().minimumSizeHint().width() == before
