"""The magic wand: a click marks the connected pixels of similar colour."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from cnnstudio.imaging import selection
from cnnstudio.imaging.edits import Edit
from cnnstudio.imaging.selection import Mode
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import CallJob, JobFailure, Progress
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
        view, tolerance, mode = editor.document.view, self._settings.wand_tolerance, mode_of(pointer)
        x, y = math.floor(pointer.position.x()), math.floor(pointer.position.y())
        mask = editor.document.mask.snapshot()

        def search(progress: Progress) -> _Found:
            return _combined(mask, selection.similar(view, x, y, tolerance, progress), mode)

        self._for = editor, mode
        self._look_for(search)

    def cancel(self) -> bool:
        search, self._search, self._for = self._search, None, None
        if search is None:
            return False
        self.changed.emit()
        return not search.is_over and search.cancel()

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.BusyCursor if self._search else Qt.CursorShape.CrossCursor

    def _look_for(self, search: Callable[[Progress], _Found]) -> None:
        self._search = Errand(self._lanes.work, CallJob(function=search), self)
        self._search.finished.connect(self._on_found)
        self._search.failed.connect(self._on_failed)
        self.changed.emit()

    @Slot(object)
    def _on_found(self, found: _Found) -> None:
        if self._for is None or self.sender() is not self._search:
            return
        editor, mode = self._for
        if editor.document.mask.changed_since(found.mask):
            # Undone or repaired meanwhile: what was found is laid over what there is now.
            mask = editor.document.mask.snapshot()
            self._look_for(lambda _: _combined(mask, found.shape, mode))
            return
        self._search = self._for = None
        self._apply(found.edit)
        self.changed.emit()

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        if self.sender() is self._search:
            self._search = self._for = None
            self.failed.emit(failure)
            self.changed.emit()


@dataclass(frozen=True)
class _Found:
    """Similar pixels, and what they change of a mask."""

    mask: TileGrid
    shape: TileGrid
    edit: Edit | None


def _combined(mask: TileGrid, shape: TileGrid, mode: Mode) -> _Found:
    return _Found(mask, shape, selection.combine(mask, shape, mode, "Magic wand"))
