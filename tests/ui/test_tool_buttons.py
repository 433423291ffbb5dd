"""Buttons of actions do as these do, and are connected to them but once."""

from __future__ import annotations

from PySide6.QtCore import SIGNAL
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolBar, QToolButton
from pytestqt.qtbot import QtBot

from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.tool_buttons import connect_once


def connections(action: QAction) -> int:
    return action.receivers(SIGNAL("changed()"))


def test_a_button_follows_its_action_by_one_connection(qtbot: QtBot):
    bar, action = QToolBar(), QAction("Do", checkable=True)
    qtbot.addWidget(bar)
    bar.addAction(action)
    button = bar.widgetForAction(action)
    assert isinstance(button, QToolButton)
    connect_once(button)
    before = connections(action)
    for on in (True, False) * 20:
        action.setEnabled(on)
        assert button.isEnabled() == on
    action.setText("Done")
    action.setChecked(True)
    assert button.text() == "Done"
    assert button.isChecked()
    assert connections(action) == before


def test_no_action_of_the_window_collects_connections(window: MainWindow):
    actions = [button.defaultAction() for button in window.findChildren(QToolButton) if button.defaultAction()]
    assert len(actions) > 20
    for _ in range(10):
        for action in actions:
            action.setEnabled(not action.isEnabled())
    assert max(connections(action) for action in actions) < 10
