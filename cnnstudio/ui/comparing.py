"""Before and after: ways of comparing on the canvas, maps of changed pixels and of confidence, and candidates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QPointF, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import View
from cnnstudio.imaging.pyramid import Pyramid
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import CallJob, Progress
from cnnstudio.ui.canvas import Canvas
from cnnstudio.ui.commands import Commands
from cnnstudio.ui.confidence import Confidence
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels.repair import MOST_CANDIDATES
from cnnstudio.ui.repairing import Offer, RepairDesk

_MODES = ("split", "side", "changes", "confidence")


@dataclass(frozen=True, eq=False)
class _Look:
    """How a photo was looked at before candidates were shown."""

    editor: Editor
    is_fitted: bool
    zoom: float
    middle: QPointF


class Comparing(QObject):
    """Connects the commands for comparing, the canvas and the desk's candidates.

    Signals:
        told: (sentence) what is seen, for the status bar; empty when it is nothing special any more.
        failed: (:class:`cnnstudio.jobs.JobFailure`) the changed pixels could not be found.
    """

    told = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        canvas: Canvas,
        commands: Commands,
        desk: RepairDesk,
        confidence: Confidence,
        lanes: Lanes,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._canvas, self._commands, self._desk, self._lanes = canvas, commands, desk, lanes
        self._confidence = confidence
        confidence.changed.connect(self._show_confidence)
        self._editor: Editor | None = None
        for mode in _MODES:
            commands[mode].triggered.connect(self._on_mode)
        commands["original"].toggled.connect(canvas.show_original)
        canvas.compare_changed.connect(self._on_compare_changed)
        canvas.candidate_clicked.connect(desk.choose)
        desk.changed.connect(self._show_candidates)
        self._shown_offer: Offer | None = None
        self._looked: _Look | None = None
        self._numbers = []
        for number in range(1, MOST_CANDIDATES + 1):
            # Alive only while there is something to choose: else they would be nobody's keys.
            key = QShortcut(QKeySequence(str(number)), parent)
            key.setEnabled(False)
            key.activated.connect(partial(desk.choose, number - 1))
            self._numbers.append(key)

    def set_editor(self, editor: Editor | None) -> None:
        """Another photo is shown."""
        if self._editor:
            self._editor.photo_changed.disconnect(self._on_photo_changed)
        self._editor = editor
        if editor:
            editor.photo_changed.connect(self._on_photo_changed)
        self._commands["original"].setChecked(False)
        self._show_candidates()
        self._show_maps()

    @Slot()
    def _on_mode(self) -> None:
        action = self.sender()
        mode = action.objectName()
        self._canvas.set_compare(mode if self._commands[mode].isChecked() else "none")

    @Slot(str)
    def _on_compare_changed(self, mode: str) -> None:
        for name in _MODES:
            self._commands[name].setChecked(name == mode)
        self._show_maps()

    @Slot(object)
    def _on_photo_changed(self, _: object) -> None:
        self._show_maps()

    def _show_maps(self) -> None:
        self._confidence.look(self._editor if self._canvas.compare == "confidence" else None)
        self._map_changes()

    @Slot()
    def _show_confidence(self) -> None:
        grid = self._confidence.map
        self._canvas.set_heat_map(None if grid is None else Pyramid(grid, "max"))
        if self._canvas.compare == "confidence":
            self.told.emit(self._how())

    def _map_changes(self) -> None:
        """Finds the changed pixels anew, where they are looked at."""
        if self._editor is None or self._canvas.compare != "changes":
            self._canvas.set_change_map(None)
            self.told.emit(self._how())
            return
        view = self._editor.document.view

        def compute(_: Progress) -> tuple[View, TileGrid, float]:
            return view, *view.changes()

        errand = Errand(self._lanes.work, CallJob(function=compute, slot="changes"), self)
        errand.finished.connect(self._on_mapped)
        errand.failed.connect(self.failed)

    def _how(self) -> str:
        """What to do with the way of comparing that is on; empty for none."""
        match self._canvas.compare if self._editor else "none":
            case "split":
                return self.tr("Before and after: drag the line. Esc ends it.")
            case "side":
                return self.tr("Before at the left, after at the right. Esc ends it.")
            case "confidence":
                return self._confidence.legend
        return ""

    @Slot(object)
    def _on_mapped(self, found: tuple[View, TileGrid, float]) -> None:
        view, grid, share = found
        if self._editor and self._canvas.compare == "changes" and view is self._editor.document.view:
            self._canvas.set_change_map(Pyramid(grid, "max"))
            self.told.emit(self.tr("{share} of the pixels are changed; all others are exactly the photo's own.").format(
                share=_percent(share)
            ))  # fmt: skip

    @Slot()
    def _show_candidates(self) -> None:
        offer = self._desk.offer
        if offer is not None and offer.editor is not self._editor:
            offer = None
        if offer is self._shown_offer:
            return
        self._shown_offer = offer
        count = len(offer.candidates) if offer else 0
        for number, key in enumerate(self._numbers):
            key.setEnabled(number < count)
        if offer is None:
            self._canvas.show_candidates([])
            self._look_back()
            self.told.emit(self._how())
            return
        panes = []
        for number, candidate in enumerate(offer.candidates, 1):
            pyramid = offer.editor.pyramid.forked(candidate.patches.bounds, candidate.view)
            panes.append((str(number), pyramid))
        self._look_closely(offer, panes)
        self.told.emit(
            self.tr("Choose a candidate: press 1 to {count} or click one; Esc keeps none.").format(count=len(panes))
        )

    def _look_closely(self, offer: Offer, panes: list[tuple[str, Pyramid]]) -> None:
        """Goes where the candidates differ: a small hole is not seen in a large scan, least of all in several."""
        canvas = self._canvas
        self._looked = _Look(offer.editor, canvas.is_fitted, canvas.zoom, canvas.visible_rect().center())
        area = Rect(0, 0, 0, 0)
        for candidate in offer.candidates:
            area |= candidate.patches.bounds
        canvas.show_candidates(panes)
        canvas.show_rect(area)

    def _look_back(self) -> None:
        look, self._looked = self._looked, None
        if look is None or look.editor is not self._canvas.editor:
            return
        if look.is_fitted:
            self._canvas.fit()
        else:
            self._canvas.zoom_to(look.zoom)
            self._canvas.center_on(look.middle.x(), look.middle.y())


def _percent(share: float) -> str:
    """A share of 0 to 1 with as many digits as it needs to be told from 0."""
    if share == 0:
        return "0 %"
    return f"{share * 100:.3g} %" if share >= 0.0001 else "< 0.01 %"
