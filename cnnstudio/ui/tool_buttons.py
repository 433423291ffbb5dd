"""A remedy for buttons that show an action, which Qt 6.11 connects to it once more whenever it changes."""

from __future__ import annotations

from PySide6.QtCore import SIGNAL, QEvent, QObject
from PySide6.QtGui import QActionEvent
from PySide6.QtWidgets import QToolButton


def connect_once(button: QToolButton) -> None:
    """Keeps a button at one connection to the action it shows.

    Else each change takes longer than the one before, and after a long day there are tens of thousands of them.
    """
    button.installEventFilter(_Disconnecting(button))


class _Disconnecting(QObject):
    """Takes away the connection that the button is about to make anew."""

    def eventFilter(self, button: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.ActionChanged and isinstance(event, QActionEvent):
            # None is whatever of the button it is connected to, which Qt knows and its types for Python do not.
            QObject.disconnect(event.action(), SIGNAL("changed()"), button, None)  # type: ignore[call-overload]
        return False
