"""The magic wand: a click marks the connected pixels of similar colour."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from cnnstudio.imaging import selection
from cnnstudio.imaging.selection import Mode
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import CallJob, Progress
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.tools.base import Tool, mode_of
from cnnstudio.ui.tools.settings import ToolSettings

if TYPE_CHECKING:
    from cnnstudio.ui.editor import Editor
    from cnnstudio.ui.pointer import Pointer


class WandTool(Tool):
    """Searches in a job, since that takes a while on a large photo; a new click takes the place of the last one."""

    name = "wand"

    def __init__(self, settings: ToolSettings, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__("", parent)
        self.status = self.tr("Click to mark connected pixels of a similar colour. Alt takes away, Ctrl replaces.")
        self._settings, self._lanes = settings, lanes
        self._search: Errand | None = None
        self._for: tuple[Editor, Mode] | None = None

    def press(self, pointer: Pointer) -> None:
        editor = self._editor
        if editor is None or pointer.button != Qt.MouseButton.LeftButton:
            return
        self.cancel()
        view, tolerance = editor.document.view, self._settings.wand_tolerance
        x, y = math.floor(pointer.position.x()), math.floor(pointer.position.y())

        def search(progress: Progress) -> TileGrid:
            return selection.similar(view, x, y, tolerance, progress)

        self._for = editor, mode_of(pointer)
        self._search = Errand(self._lanes.work, CallJob(function=search), self)
        self._search.finished.connect(self._on_found)

    def cancel(self) -> bool:
        search, self._search, self._for = self._search, None, None
        return bool(search and not search.is_over and search.cancel())

    @Slot(object)
    def _on_found(self, found: TileGrid) -> None:
        if self._for is None:
            return
        editor, mode = self._for
        self._search = self._for = None
        if editor is self._editor:
            self._apply(selection.combine(editor.document.mask, found, mode, "Magic wand"))
