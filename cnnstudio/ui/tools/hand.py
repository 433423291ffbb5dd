"""The hand moves the photo; the canvas does that by itself when it sees it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt

from cnnstudio.ui.tools.base import Tool


class HandTool(Tool):
    """The canvas knows it by its name."""

    name = "hand"
    marks = False

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("", parent)
        self.status = self.tr("Drag to move the photo.")

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.OpenHandCursor
