"""How sure repairs are of each of their pixels: candidates at hand are compared, or some are made to be compared."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.cards import ModelCard
from cnnstudio.imaging.confidence import Spread, spread, together
from cnnstudio.imaging.layers import Layer, Patches
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import VARIANTS, CallJob, JobFailure, Progress, RepairJob, RepairOptions, RepairResult
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels.status import StatusLine
from cnnstudio.ui.repairing import Made, Offer, RepairDesk

_OTHERS = (1, 3, 6)
"""By how many symmetries of the square the other ways to see a hole lie apart from the repair's own."""


@dataclass(eq=False)
class _Trial:
    """A repair that is being made in other ways."""

    editor: Editor
    patches: Patches
    mask: TileGrid
    jobs: list[RepairJob]
    made: list[RepairResult] = field(default_factory=list)


class Confidence(QObject):
    """Lives as long as the window; compares while it is looked at, and only what shows.

    Signals:
        changed: :attr:`map` or :attr:`legend` is another.
        failed: (:class:`JobFailure`) what was to be compared could not be made.

    Attributes:
        map: of the photo that is looked at, see :class:`cnnstudio.imaging.confidence.Spread`; None while there is none.
        legend: what the map says.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self, desk: RepairDesk, cards: list[ModelCard], status: StatusLine, lanes: Lanes, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._cards, self._status, self._lanes = desk, cards, status, lanes
        self.map: TileGrid | None = None
        self.legend = ""
        self._editor: Editor | None = None
        self._spreads: weakref.WeakKeyDictionary[Patches, Spread] = weakref.WeakKeyDictionary()
        self._comparing: weakref.WeakSet[Patches] = weakref.WeakSet()
        self._offered: Offer | None = None
        self._trial: _Trial | None = None
        self._errand: Errand | None = None
        self._shown: list[Spread] = []
        self._is_given_up = False
        desk.changed.connect(self._on_desk_changed)
        desk.made.connect(self._on_made)
        status.cancel_requested.connect(self.cancel)

    def look(self, editor: Editor | None) -> None:
        """Compares the repairs that show in a photo, from now on; None ends this."""
        if editor is not self._editor:
            self._editor, self._is_given_up = editor, False
            if self._trial and self._trial.editor is not editor:
                self._stop()
            self.map = None
        self._go_on()

    @Slot()
    def cancel(self) -> bool:
        """Makes no more to compare; returns whether anything was being made."""
        if self._trial is None:
            return False
        self._is_given_up = True
        self._stop()
        self._go_on()
        return True

    # ---- candidates that the person asked for

    @Slot()
    def _on_desk_changed(self) -> None:
        self._offered = self._desk.offer

    @Slot(object)
    def _on_made(self, made: Made) -> None:
        offered, self._offered = self._offered, None
        if offered and made.candidate in offered.candidates:
            candidates = [candidate.patches for candidate in offered.candidates]
            self._compare(made.editor, made.candidate.patches, lambda: candidates)

    def _compare(self, editor: Editor, patches: Patches, candidates: Callable[[], list[Patches]]) -> None:
        def run(_: Progress) -> Spread:
            return spread(candidates(), editor.height, editor.width)

        self._comparing.add(patches)
        errand = Errand(self._lanes.work, CallJob(function=run, rank=1), self)
        errand.finished.connect(partial(self._on_compared, patches))
        errand.failed.connect(partial(self._on_not_compared, patches))

    def _on_compared(self, patches: Patches, found: Spread) -> None:
        self._spreads[patches] = found
        self._comparing.discard(patches)
        if self._trial and self._trial.patches is patches:
            self._stop()
        self._go_on()

    def _on_not_compared(self, patches: Patches, failure: JobFailure) -> None:
        self._comparing.discard(patches)
        if self._trial and self._trial.patches is patches:
            self._give_up_trial()
        self.failed.emit(failure)

    # ---- others

    def _go_on(self) -> None:
        """Shows what is known, and makes what is not."""
        editor = self._editor
        if editor is None:
            self._shown = []
            self._stop()
            self._tell("")
            return
        layers = editor.document.view.layers
        if self._trial and not any(layer.patches is self._trial.patches for layer in layers):
            self._stop()
        if self._trial is None and not self._is_given_up:
            missing = (layer for layer in layers if not self._is_at_hand(layer.patches))
            wanted = next((layer for layer in missing if self._card_of(layer)), None)
            if wanted:
                self._begin(editor, wanted)
        self._show(editor, [self._spreads[layer.patches] for layer in layers if layer.patches in self._spreads])

    def _is_at_hand(self, patches: Patches) -> bool:
        """Whether candidates have been compared, are being so, or are about to be since one of them was just chosen."""
        offered = self._offered.candidates if self._offered else ()
        known = patches in self._spreads or patches in self._comparing
        return known or any(candidate.patches is patches for candidate in offered)

    def _card_of(self, layer: Layer) -> ModelCard | None:
        """The very model that made a repair; None where it is not there any more."""
        origin = layer.origin
        return next((card for card in self._cards if origin and card.sha256 == origin.sha256), None)

    def _begin(self, editor: Editor, layer: Layer) -> None:
        card, origin = self._card_of(layer), layer.origin
        assert card
        assert origin
        options = origin.options
        assert isinstance(options, RepairOptions)  # as the model of a repair makes them
        mask, pixels = layer.patches.mask(editor.height, editor.width), editor.document.below(layer.id)
        jobs = [
            RepairJob(
                pixels=pixels, mask=mask, card=card,
                options=replace(options, variant=(options.variant + other) % VARIANTS), rank=4,
            )
            for other in _OTHERS
        ]  # fmt: skip
        self._trial = _Trial(editor, layer.patches, mask, jobs)
        self._next_job()

    def _next_job(self) -> None:
        trial = self._trial
        assert trial
        self._errand = errand = Errand(self._lanes.engine, trial.jobs[len(trial.made)], self)
        errand.progressed.connect(self._on_progressed)
        errand.finished.connect(self._on_repaired)
        errand.failed.connect(self._on_failed)

    def _stop(self) -> None:
        errand, self._errand = self._errand, None
        if self._trial:
            self._end_trial()
        if errand:
            errand.cancel()

    def _end_trial(self) -> None:
        self._trial = self._errand = None
        self._status.clear_progress()

    @Slot(float, str)
    def _on_progressed(self, fraction: float, _: str) -> None:
        trial = self._trial
        if trial:
            done = (len(trial.made) + fraction) / len(trial.jobs)
            self._status.set_progress(done, self.tr("Trying other ways to repair it"), None)

    @Slot(object)
    def _on_repaired(self, result: RepairResult) -> None:
        trial = self._trial
        if trial is None or self.sender() is not self._errand:
            return
        trial.made.append(result)
        if len(trial.made) < len(trial.jobs):
            self._next_job()
            return
        self._errand = None
        others = list(trial.made)
        self._compare(
            trial.editor,
            trial.patches,
            lambda: [trial.patches, *(Patches.build(one.pieces, trial.mask) for one in others)],
        )

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        if self.sender() is not self._errand:
            return
        self._give_up_trial()
        self.failed.emit(failure)

    def _give_up_trial(self) -> None:
        self._is_given_up = True  # it would fail again
        self._end_trial()
        self._go_on()

    # ---- what is seen

    def _show(self, editor: Editor, known: list[Spread]) -> None:
        self._shown = known
        if not known:
            self.map = None
            self._tell(
                self.tr("The repairs are being made in other ways, to be compared. Esc gives it up.")
                if self._trial
                else self.tr("There is no repair here whose confidence can be found out.")
            )
            return

        def run(_: Progress) -> Spread:
            return together(known, editor.height, editor.width)

        errand = Errand(self._lanes.work, CallJob(function=run, slot="confidence"), self)
        errand.finished.connect(partial(self._on_shown, known))
        errand.failed.connect(self.failed)

    def _on_shown(self, known: list[Spread], shown: Spread) -> None:
        if known is self._shown:  # else the photo or what shows of it has changed meanwhile
            self.map = shown.grid
            self._tell(
                self.tr(
                    "Confidence: blue where several ways to repair agree, yellow where they differ; by {mean} of 255 "
                    "grey levels on average."
                ).format(mean=f"{shown.mean:.1f}")
            )

    def _tell(self, legend: str) -> None:
        self.legend = legend
        self.changed.emit()
