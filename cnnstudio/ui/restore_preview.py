"""How a photo would look restored, on the canvas: of the part that is in view, in the pixels that it is seen in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnnstudio.cards import ModelCard
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import View
from cnnstudio.imaging.photo import Pixels
from cnnstudio.imaging.pyramid import Level, Pyramid
from cnnstudio.jobs import JobFailure, RestoreOptions, RestorePreviewJob
from cnnstudio.ui.canvas import Canvas
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.settings import Settings

_REST_MS = 150
"""Wishes and the view must have rested for so long before anything is computed."""
_MOST = 1 << 20
"""Pixels that are computed for the view; of more, coarser ones are."""


class RestorePreview(QObject):
    """Lives as long as the window.

    Signals:
        failed: (:class:`JobFailure`) it could not be computed.

    Args:
        cards: all models that restore, the default first.
    """

    failed = Signal(object)

    def __init__(
        self, canvas: Canvas, settings: Settings, lanes: Lanes, cards: list[ModelCard], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._canvas, self._settings, self._lanes, self._cards = canvas, settings, lanes, cards
        self._wish: tuple[Editor, View, RestoreOptions] | None = None
        self._base: tuple[View, Pyramid] | None = None
        self._errand: Errand | None = None
        self._place: Callable[[Rect], Rect] = lambda rect: rect
        self._trial: list[tuple[Rect, np.ndarray]] = []
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._begin)

    def show(self, editor: Editor, below: View, options: RestoreOptions) -> None:
        """Shows a photo restored, a moment after the last such wish; until then what is seen stays.

        Args:
            below: what is to be restored.
        """
        self._wish = editor, below, options
        self._rest.start()

    def stop(self) -> None:
        """Computes no more; what is seen stays."""
        self._rest.stop()
        errand, self._errand = self._errand, None
        if errand:
            errand.cancel()

    def drop(self) -> None:
        """Shows the photo as it is."""
        self.stop()
        wish, self._wish, self._base, self._trial = self._wish, None, None, []
        if wish:
            wish[0].show_trial([])

    @Slot()
    def _begin(self) -> None:
        if self._wish is None:
            return
        self.stop()
        editor, below, options = self._wish
        pyramid = self._pyramid(editor, below)
        seen = self._canvas.visible_rect()
        left, top = max(0, int(seen.left())), max(0, int(seen.top()))
        area = Rect.from_edges(left, top, int(seen.right()) + 1, int(seen.bottom()) + 1) & editor.bounds
        if not area:
            return
        level = pyramid.level_for(self._canvas.zoom)
        while area.area >> (2 * level) > _MOST and level < pyramid.levels - 1:
            level += 1
        part, pixels = area, below
        coarse: Pixels = pixels
        if level:
            width, height = pyramid.size(level)
            edges = (area.x >> level, area.y >> level, -(-area.x1 >> level), -(-area.y1 >> level))
            part, coarse = Rect.from_edges(*edges).clipped(width, height), Level(pyramid, level)
            options = _seen_smaller(options, level)
        self._place = lambda rect: Rect(rect.x << level, rect.y << level, rect.w << level, rect.h << level)
        card = self._cards[0] if self._cards and options.needs_network else None
        job = RestorePreviewJob(coarse, part, card, options, self._settings.device)
        self._trial = []
        self._errand = errand = Errand(self._lanes.engine, job, self)
        errand.previewed.connect(self._on_previewed)
        errand.finished.connect(self._on_finished)
        errand.failed.connect(self._on_failed)
        errand.ended.connect(self._on_ended)

    def _pyramid(self, editor: Editor, below: View) -> Pyramid:
        if below.layers == editor.document.view.layers:
            return editor.pyramid
        if self._base is None or self._base[0].layers != below.layers:
            self._base = below, Pyramid(below)
        return self._base[1]

    @Slot(object, object)
    def _on_previewed(self, rect: Rect, pixels: np.ndarray) -> None:
        if self.sender() is self._errand and self._wish:
            # Those that lie beneath stay: the rough first one is replaced bit by bit.
            self._trial.append((self._place(rect), pixels))
            self._wish[0].show_trial(list(self._trial))

    @Slot(object)
    def _on_finished(self, pieces: list[tuple[Rect, np.ndarray]]) -> None:
        if self.sender() is self._errand and self._wish:
            self._trial = [(self._place(rect), pixels) for rect, pixels in pieces]
            self._wish[0].show_trial(list(self._trial))

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        if self.sender() is self._errand:
            self.failed.emit(failure)

    @Slot()
    def _on_ended(self) -> None:
        if self.sender() is self._errand:
            self._errand = None


def _seen_smaller(options: RestoreOptions, level: int) -> RestoreOptions:
    """What is wrong with a photo where it is seen at half its size, and half of that…: noise and blur shrink."""
    share = 1 / (1 << level)
    return replace(
        options,
        denoise=(options.denoise or 0.0) * share,
        deblock=(options.deblock or 0.0) * share,
        sharpen=options.sharpen * share,
    )
