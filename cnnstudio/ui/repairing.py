"""Repairs on their way: from what is marked to a layer, or to candidates to choose from.

Each request holds snapshots, so painting goes on; requests are worked off in the order they came. What one of them is
repairing is left out of the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.cards import ModelCard
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches, View
from cnnstudio.imaging.provenance import now
from cnnstudio.imaging.tiles import TileGrid, TileKey
from cnnstudio.jobs import VARIANTS, CallJob, JobFailure, Origin, Progress, RepairJob, RepairOptions, RepairResult
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes


@dataclass(frozen=True)
class RepairSettings:
    """How the person wants repairs.

    Attributes:
        card: the model.
        feather: width in pixels of the blend inside the hole's edge.
        texture: how much texture wide holes borrow, 0 to 1.
        grain: strength of the grain match, 0 to 1.
        candidates: how many repairs to choose from; 1 takes the first as it is.
        seed: of the first candidate; each of the others has one more.
        device: ``"auto"`` or the id of a device.
    """

    card: ModelCard
    feather: float = 2.0
    texture: float = 0.6
    grain: float = 1.0
    candidates: int = 1
    seed: int = 0
    device: str = "auto"

    def options(self, number: int) -> RepairOptions:
        """Of candidate ``number``."""
        seed = self.seed + number
        return RepairOptions(
            seed=seed, feather=self.feather, texture=self.texture, grain=self.grain, variant=seed % VARIANTS
        )


@dataclass(frozen=True, eq=False)
class Candidate:
    """One of several repairs of the same hole.

    Attributes:
        patches: its pixels.
        view: the photo with it.
        origin: what made it.
    """

    patches: Patches
    view: View
    origin: Origin

    @property
    def options(self) -> RepairOptions:
        """How it was made."""
        assert isinstance(self.origin.options, RepairOptions)
        return self.origin.options

    @property
    def seed(self) -> int:
        """With which it was made."""
        return self.options.seed


@dataclass(eq=False)
class Offer:
    """Candidates of which one is to be chosen.

    Attributes:
        editor: of the photo.
        used: the mask that was repaired.
        candidates: at least two.
        settings: with which they were made.
    """

    editor: Editor
    used: TileGrid
    candidates: list[Candidate]
    settings: RepairSettings


@dataclass(frozen=True, eq=False)
class Made:
    """A repair that has become a layer.

    Attributes:
        editor: of the photo.
        candidate: its pixels.
        used: the mask that was repaired.
        settings: with which it was made.
    """

    editor: Editor
    candidate: Candidate
    used: TileGrid
    settings: RepairSettings


@dataclass(eq=False)
class _Request:
    editor: Editor
    pixels: View
    used: TileGrid
    settings: RepairSettings
    layer: str | None = None
    errands: list[Errand] = field(default_factory=list)
    made: list[Candidate] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return 1 if self.layer else self.settings.candidates


class RepairDesk(QObject):
    """Hands repairs to the engine and puts what comes back into the documents. Lives on the GUI thread.

    Signals:
        changed: :attr:`busy`, :attr:`queued` or :attr:`offer` is different.
        progressed: (fraction in [0, 1], text) of the request that runs.
        refused: (sentence) nothing was begun, and why.
        failed: (:class:`JobFailure`) a request ended so.
        noted: (sentence) something about a repair worth showing.
        repaired: (Editor, Rect) a repair has been laid over the photo there.
        made: (:class:`Made`) the same, with all that is known of it.
    """

    changed = Signal()
    progressed = Signal(float, str)
    refused = Signal(str)
    failed = Signal(object)
    noted = Signal(str)
    repaired = Signal(object, object)
    made = Signal(object)

    def __init__(self, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = lanes
        self._requests: list[_Request] = []
        self.offer: Offer | None = None

    @property
    def busy(self) -> bool:
        return bool(self._requests)

    @property
    def queued(self) -> int:
        """Requests that wait behind the one that runs."""
        return max(0, len(self._requests) - 1)

    @property
    def seconds_left(self) -> float | None:
        """Of the running job; None where that cannot be told."""
        return self._lanes.engine.seconds_left

    def pending(self, editor: Editor) -> bool:
        """Whether anything of a photo is being repaired."""
        return any(request.editor is editor for request in self._requests)

    def repair(self, editor: Editor, settings: RepairSettings) -> bool:
        """Begins to repair what is marked and not being repaired already; returns whether there is anything."""
        editor.end_stroke()
        self.dismiss()
        used = self._not_yet_asked(editor)
        if not any(used.tile(key).max() >= 128 for key in used.occupied()):
            busy = self.pending(editor)
            self.refused.emit(
                self.tr("What is marked is being repaired already.")
                if busy
                else self.tr("Nothing is marked yet. Paint over the damage first.")
            )
            return False
        self._submit(_Request(editor, editor.document.view, used, settings))
        return True

    def redo(self, editor: Editor, layer_id: str, settings: RepairSettings) -> None:
        """Makes a repair anew, with another seed or model, in its own layer."""
        layer = editor.document.layer(layer_id)
        used = layer.patches.mask(editor.height, editor.width)
        self._submit(_Request(editor, editor.document.below(layer_id), used, settings, layer_id))

    def choose(self, index: int) -> None:
        """Takes one of the candidates on offer, if there is one of that number."""
        offer = self.offer
        if offer is None or not 0 <= index < len(offer.candidates):
            return
        self.offer = None
        chosen = offer.candidates[index]
        self._lay(Made(offer.editor, chosen, offer.used, offer.settings))
        self.changed.emit()

    def dismiss(self) -> bool:
        """Takes none of the candidates; what was marked stays marked. Returns whether any were on offer."""
        if self.offer is None:
            return False
        self.offer = None
        self.changed.emit()
        return True

    def cancel(self) -> bool:
        """Gives up all that is under way or waits; returns whether there was anything."""
        requests, self._requests = self._requests, []
        for request in requests:
            self._drop(request)
        if requests:
            self.changed.emit()
        return bool(requests)

    def forget(self, editor: Editor) -> None:
        """A photo is being closed."""
        for request in [r for r in self._requests if r.editor is editor]:
            self._requests.remove(request)
            self._drop(request)
        if self.offer and self.offer.editor is editor:
            self.offer = None
        self.changed.emit()

    def _drop(self, request: _Request) -> None:
        for errand in request.errands:
            errand.cancel()
        request.editor.clear_previews()

    def _not_yet_asked(self, editor: Editor) -> TileGrid:
        """The mask without what is being repaired."""
        mask = editor.document.mask.snapshot()
        for request in self._requests:
            if request.editor is editor and request.layer is None:
                left: dict[TileKey, np.ndarray | None] = {}
                for key in request.used.occupied():
                    if mask.own(key) is not None:
                        tile = np.where(request.used.tile(key) >= 128, 0, mask.tile(key)).astype(np.uint8)
                        left[key] = tile if tile.any() else None
                mask.swap(left)
        return mask

    def _submit(self, request: _Request) -> None:
        self._requests.append(request)
        settings = request.settings
        for number in range(request.count):
            job = RepairJob(
                pixels=request.pixels,
                mask=request.used,
                card=settings.card,
                options=settings.options(number),
                device=settings.device,
            )
            errand = Errand(self._lanes.engine, job, self)
            request.errands.append(errand)
            errand.setProperty("number", number)
            errand.progressed.connect(self._on_progressed)
            errand.previewed.connect(self._on_previewed)
            errand.finished.connect(self._on_engine_finished)
            errand.failed.connect(self._on_failed)
        self.changed.emit()

    def _request_of(self, errand: QObject) -> _Request | None:
        return next((r for r in self._requests if errand in r.errands), None)

    @Slot(float, str)
    def _on_progressed(self, fraction: float, text: str) -> None:
        errand = self.sender()
        request = self._request_of(errand)
        if request:
            self.progressed.emit((errand.property("number") + fraction) / request.count, text)

    @Slot(object, object)
    def _on_previewed(self, rect: Rect, pixels: np.ndarray) -> None:
        request = self._request_of(self.sender())
        if request:
            request.editor.show_preview(rect, pixels)

    @Slot(object)
    def _on_engine_finished(self, result: RepairResult) -> None:
        errand = self.sender()
        assert isinstance(errand, Errand)
        request = self._request_of(errand)
        if request is None:
            return
        request.notes |= dict.fromkeys(result.notes)
        used, base = request.used, request.pixels
        job = errand.job
        assert isinstance(job, RepairJob)
        origin = Origin(job.card.version, job.card.sha256, now(), job.options, result.device)

        def build(_: Progress) -> Candidate:
            from cnnstudio.imaging.layers import Layer

            patches = Patches.build(result.pieces, used)
            return Candidate(patches, base.with_layers((*base.layers, Layer("candidate", "", patches))), origin)

        # A large hole's pixels take longer to sort into tiles than the window may stand still.
        building = Errand(self._lanes.work, CallJob(function=build), self)
        request.errands[request.errands.index(errand)] = building
        building.finished.connect(self._on_built)
        building.failed.connect(self._on_failed)

    @Slot(object)
    def _on_built(self, candidate: Candidate) -> None:
        request = self._request_of(self.sender())
        if request is None:
            return
        request.made.append(candidate)
        if len(request.made) < request.count:
            return
        self._requests.remove(request)
        editor, settings = request.editor, request.settings
        made = Made(editor, candidate, request.used, settings)
        if request.layer is not None:
            if any(layer.id == request.layer for layer in editor.document.layers):
                edit = editor.document.redo_repair(
                    request.layer, candidate.patches, model=settings.card.id, seed=candidate.seed,
                    origin=candidate.origin,
                )  # fmt: skip
                editor.applied(edit)
                self._tell(made)
        elif request.count == 1:
            self._lay(made)
        else:
            self.offer = Offer(editor, request.used, sorted(request.made, key=lambda one: one.seed), settings)
        editor.clear_previews()
        for note in request.notes:
            self.noted.emit(note)
        self.changed.emit()

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        request = self._request_of(self.sender())
        if request:
            self._requests.remove(request)
            self._drop(request)
            self.failed.emit(failure)
            self.changed.emit()

    def _lay(self, made: Made) -> None:
        editor, candidate = made.editor, made.candidate
        number = 1 + max((_number_in(layer.name) for layer in editor.document.layers), default=0)
        name = self.tr("Repair {number}").format(number=number)
        edit = editor.document.add_repair(
            candidate.patches, name, model=made.settings.card.id, seed=candidate.seed, used=made.used,
            origin=candidate.origin,
        )  # fmt: skip
        editor.applied(edit)
        self._tell(made)

    def _tell(self, made: Made) -> None:
        self.repaired.emit(made.editor, made.candidate.patches.bounds)
        self.made.emit(made)


def _number_in(name: str) -> int:
    """The number at the end of a layer's name; 0 where there is none."""
    digits = name.rpartition(" ")[2]
    return int(digits) if digits.isdecimal() else 0
