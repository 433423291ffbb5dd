"""An open photo and all that is done to it: the one thing that every panel and the canvas look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from cnnstudio.imaging.brush import Brush, Stroke
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.edits import Edit
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Layer, Patches, View
from cnnstudio.imaging.mask import hole
from cnnstudio.imaging.pyramid import Pyramid
from cnnstudio.imaging.session import Session
from cnnstudio.jobs import SelfCheck


class Editor(QObject):
    """A document with what is needed to show it. Lives on the GUI thread; all its methods are quick.

    Signals:
        photo_changed: (Rect) the photo looks different there.
        mask_changed: (Rect) the mask is different there.
        layers_changed: the list of repairs is different, or one of them.
        trust_changed: how far one of them can be trusted has been found out.
        history_changed: other steps can be undone or redone, or :attr:`modified` is different.
        preview_changed: (Rect) an unfinished repair is seen there, or no longer.
        renamed: :attr:`path` is another.

    Args:
        document: the photo; must not be changed but through the editor.
        session: where its work is written down; None for none.
        path: the photo's file; None for one that came from no file.
        name: shown for it; None takes the file's.

    Attributes:
        pyramid: of the photo as it looks now.
        original: of the photo as it was opened.
        mask_pyramid: of the mask.
        previews: unfinished pixels to be drawn over the photo: (rectangle, HxWxC in the photo's dtype).
        trial: what the photo would look like, beneath these: (rectangle, HxWxC of any size and depth).
    """

    photo_changed = Signal(object)
    mask_changed = Signal(object)
    layers_changed = Signal()
    trust_changed = Signal()
    history_changed = Signal()
    preview_changed = Signal(object)
    renamed = Signal()

    def __init__(
        self,
        document: Document,
        session: Session | None = None,
        path: Path | None = None,
        name: str | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self.session = document, session
        self._path = path
        self._name = name or (path.name if path else "")
        self.original = Pyramid(View(document.photo.pixels))
        self.pyramid = Pyramid(document.view) if document.layers else self.original.forked()
        self.mask_pyramid = Pyramid(document.mask.snapshot(), "max")
        self.previews: list[tuple[Rect, np.ndarray]] = []
        self.trial: list[tuple[Rect, np.ndarray]] = []
        self._stroke: Stroke | None = None

    @property
    def path(self) -> Path | None:
        return self._path

    @path.setter
    def path(self, path: Path | None) -> None:
        self._path = path
        if path:
            self._name = path.name
        self.renamed.emit()

    @property
    def name(self) -> str:
        """What it is called in the window."""
        return self._name

    @property
    def width(self) -> int:
        return self.document.photo.width

    @property
    def height(self) -> int:
        return self.document.photo.height

    @property
    def bounds(self) -> Rect:
        return self.document.mask.bounds

    @property
    def modified(self) -> bool:
        """Whether it looks different than when it was opened or last saved."""
        return self.document.modified

    @property
    def has_mask(self) -> bool:
        """Whether anything is marked so that it would be repaired; the faint rest of a soft edge is not."""
        mask = self.document.mask
        return any(hole(mask.tile(key)).any() for key in mask.occupied())

    def apply(self, edit: Edit | None) -> bool:
        """Makes a change that can be undone; returns whether there was any."""
        self.end_stroke()
        self._show(self.document.apply(edit))
        return edit is not None

    def applied(self, edit: Edit | None) -> bool:
        """To be called with what a method of the document returned that made the change itself."""
        self._show(edit)
        return edit is not None

    def undo(self) -> None:
        """Takes back the last change; a stroke that is being painted is given up instead."""
        if self._stroke:
            self.abort_stroke()
        else:
            self._show(self.document.undo())

    def redo(self) -> None:
        if self._stroke is None:
            self._show(self.document.redo())

    def go_to(self, position: int) -> None:
        """Undoes or redoes until so many changes are done."""
        self.end_stroke()
        history = self.document.history
        while history.position > position and history.position > 0:
            self._show(self.document.undo())
        while history.position < min(position, len(history.labels)):
            self._show(self.document.redo())

    @property
    def is_painting(self) -> bool:
        """Whether a stroke has begun that has not ended."""
        return self._stroke is not None

    def begin_stroke(self, brush: Brush) -> None:
        """Begins to paint the mask; another stroke ends first."""
        self.end_stroke()
        self._stroke = Stroke(self.document.mask, brush)

    def stroke_to(self, x: float, y: float, pressure: float = 1.0) -> None:
        """Paints on to (x, y), photo pixels; nothing where no stroke has begun."""
        if self._stroke:
            self._mask_is_different(self._stroke.to(x, y, pressure))

    def end_stroke(self) -> Edit | None:
        """Ends the stroke as one change that can be undone; returns it."""
        if self._stroke is None:
            return None
        stroke, self._stroke = self._stroke, None
        edit = self.document.apply(stroke.commit())
        self._show(edit)
        return edit

    def abort_stroke(self) -> None:
        """Ends the stroke as if it had never begun."""
        if self._stroke:
            stroke, self._stroke = self._stroke, None
            self._mask_is_different(stroke.abort())

    def show_preview(self, rect: Rect, pixels: np.ndarray) -> None:
        """Shows an unfinished repair over the photo; nobody may write into ``pixels`` any more."""
        self.previews = [(r, p) for r, p in self.previews if not rect.contains(r)]
        self.previews.append((rect, pixels))
        self.preview_changed.emit(rect)

    def clear_previews(self) -> None:
        gone, self.previews = self.previews, []
        area = Rect(0, 0, 0, 0)
        for rect, _ in gone:
            area |= rect
        if area:
            self.preview_changed.emit(area)

    def show_trial(self, pieces: list[tuple[Rect, np.ndarray]]) -> None:
        """Shows what the photo would look like in some places; an empty list shows it as it is again."""
        area = Rect(0, 0, 0, 0)
        for rect, _ in (*self.trial, *pieces):
            area |= rect
        self.trial = pieces
        if area:
            self.preview_changed.emit(area)

    def show_layers(self, layers: tuple[Layer, ...] | None) -> None:
        """Shows other layers than the document's for a while, as an opacity slider moves; None shows its own again."""
        view = self.document.view if layers is None else self.document.view.with_layers(layers)
        self._photo_is_different(self._differing(view), view)

    def set_check(self, patches: Patches, check: SelfCheck) -> None:
        """It has been found out how far a repair can be trusted."""
        if self.document.set_check(patches, check):
            self.trust_changed.emit()

    def mark_saved(self) -> None:
        """The photo has been saved as it looks now."""
        self.document.mark_saved()
        self.history_changed.emit()

    @property
    def _shown(self) -> View:
        source = self.pyramid.source
        assert isinstance(source, View)
        return source

    def _differing(self, view: View) -> Rect:
        """Where a view differs from what is shown."""
        area = Rect(0, 0, 0, 0)
        for key in view.changed_since(self._shown):
            area |= view.tile_rect(key)
        return area

    def _show(self, edit: Edit | None) -> None:
        if edit is None:
            return
        if edit.tiles:
            self._mask_is_different(edit.dirty)
        if edit.layers is not None:
            # More than the edit may differ where other layers were being shown for a while.
            view = self.document.view
            self._photo_is_different(edit.dirty | self._differing(view), view)
            self.layers_changed.emit()
        self.history_changed.emit()

    def _mask_is_different(self, area: Rect) -> None:
        if area:
            self.mask_pyramid.update(area, self.document.mask.snapshot())
            self.mask_changed.emit(area)

    def _photo_is_different(self, area: Rect, view: View) -> None:
        self.pyramid.update(area, view)
        if area:
            self.photo_changed.emit(area)
