"""Changing the mask as a whole: growing, inverting, reading it from a file. On a large photo that takes a while."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from cnnstudio.imaging import selection
from cnnstudio.imaging.edits import Edit
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import CallJob, Progress
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes

_RETRY_MS = 50
"""How often to look whether a stroke that is being painted has ended."""

Change = Callable[[TileGrid], Edit | None]


class MaskActions(QObject):
    """Each is worked out from a snapshot in a job, and anew where the mask has changed meanwhile.

    Signals:
        noticed: (sentence, kind, detail) why nothing happened, or that a file has been written.
        failed: (:class:`JobFailure`).
        done: (Editor) a change was made.
    """

    noticed = Signal(str, str, str)
    failed = Signal(object)
    done = Signal(object)

    def __init__(self, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = lanes

    def select_all(self, editor: Editor) -> None:
        """Marks everything."""
        self._change(editor, lambda mask: selection.rectangle(mask, mask.bounds, label="Mark all"))

    def clear(self, editor: Editor) -> None:
        self._change(editor, selection.clear)

    def invert(self, editor: Editor) -> None:
        self._change(editor, selection.invert)

    def grow(self, editor: Editor, by: float) -> None:
        """By so many photo pixels; so do the next two."""
        self._change_marked(editor, lambda mask: selection.grow(mask, by))

    def shrink(self, editor: Editor, by: float) -> None:
        self._change_marked(editor, lambda mask: selection.shrink(mask, by))

    def feather(self, editor: Editor, by: float) -> None:
        self._change_marked(editor, lambda mask: selection.feather(mask, by))

    def add(
        self, editor: Editor, make: Callable[[], np.ndarray], label: str, then: Callable[[], object] | None = None
    ) -> None:
        """Marks something beside what is marked already.

        Args:
            make: gives HxW ``uint8`` of the photo's size; called in another thread.
            label: of the step in the history.
            then: is called once all of it is marked, also if it was before.
        """
        self._change(editor, lambda mask: selection.combine(mask, TileGrid(make()), "add", label), then)

    def import_mask(self, editor: Editor, path: Path) -> None:
        """Marks what a file marks, beside what is marked already."""
        width, height = editor.width, editor.height

        def read(_: Progress) -> TileGrid:
            from cnnstudio.imaging.mask import read_mask

            return TileGrid(read_mask(path, width, height))

        errand = Errand(self._lanes.files, CallJob(function=read), self)
        errand.finished.connect(partial(self._on_read, editor))
        errand.failed.connect(self.failed)

    def export_mask(self, editor: Editor, path: Path) -> None:
        """Writes the mask as a PNG; the person has been asked whether a file may be replaced."""
        if self._is_empty(editor):
            return
        mask = editor.document.mask.snapshot()

        def write(_: Progress) -> Path:
            from cnnstudio.imaging.codecs import write_photo
            from cnnstudio.imaging.photo import Photo

            write_photo(path, Photo(np.asarray(mask)[..., None]), format="PNG", overwrite=True)
            return path

        errand = Errand(self._lanes.files, CallJob(function=write, must_finish=True), self)
        errand.finished.connect(self._on_written)
        errand.failed.connect(self.failed)

    def _change_marked(self, editor: Editor, change: Change) -> None:
        if not self._is_empty(editor):
            self._change(editor, change)

    def _is_empty(self, editor: Editor) -> bool:
        if editor.has_mask:
            return False
        self.noticed.emit(self.tr("Nothing is marked yet."), "info", "")
        return True

    def _change(self, editor: Editor, change: Change, then: Callable[[], object] | None = None) -> None:
        editor.end_stroke()
        self._work_out(editor, change, then)

    def _work_out(self, editor: Editor, change: Change, then: Callable[[], object] | None) -> None:
        before = editor.document.mask.snapshot()

        def work_out(_: Progress) -> Edit | None:
            return change(before)

        errand = Errand(self._lanes.work, CallJob(function=work_out), self)
        errand.finished.connect(partial(self._on_worked_out, editor, before, change, then))
        errand.failed.connect(self.failed)

    def _on_worked_out(
        self,
        editor: Editor,
        before: TileGrid,
        change: Change,
        then: Callable[[], object] | None,
        edit: Edit | None,
    ) -> None:
        if editor.is_painting:
            # A stroke is not to be torn in two.
            QTimer.singleShot(_RETRY_MS, self, lambda: self._on_worked_out(editor, before, change, then, edit))
            return
        if editor.document.mask.changed_since(before):
            self._work_out(editor, change, then)
            return
        if edit is not None:
            editor.apply(edit)
            self.done.emit(editor)
        if then:
            then()

    def _on_read(self, editor: Editor, shape: TileGrid) -> None:
        self._change(editor, lambda mask: selection.combine(mask, shape, "add", "Import mask"))

    def _on_written(self, path: Path) -> None:
        self.noticed.emit(self.tr("The mask has been saved as “{name}”.").format(name=path.name), "info", str(path))
