"""Checks repairs once they are seen: how far each can be trusted is found out while the engine is idle."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Slot

from cnnstudio.imaging.layers import Layer, covered
from cnnstudio.jobs import CallJob, Progress, SelfCheck, SelfCheckJob
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.repairing import Made, RepairDesk


class Checking(QObject):
    """Listens to the desk and gives way to all others: a check is broken off for their work, and begun again after it.

    A check that fails is of no consequence: the repair has no badge then.
    """

    def __init__(self, desk: RepairDesk, lanes: Lanes, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._lanes = desk, lanes
        self._waiting: list[Made] = []
        self._running: Made | None = None
        self._errand: Errand | None = None
        desk.made.connect(self._on_made)
        desk.changed.connect(self._go_on)
        # Queued, since it comes while our own job is being handed over, too.
        lanes.engine.queue_changed.connect(self._go_on, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        return self._running is not None or bool(self._waiting)

    def forget(self, editor: Editor) -> None:
        """A photo is being closed."""
        self._waiting = [made for made in self._waiting if made.editor is not editor]
        if self._running and self._running.editor is editor:
            self._stop()
            self._go_on()

    @Slot(object)
    def _on_made(self, made: Made) -> None:
        self._waiting.append(made)
        self._go_on()

    @Slot()
    def _go_on(self) -> None:
        if self._desk.busy or self._is_engine_wanted():
            if self._running:
                self._waiting.insert(0, self._running)
                self._stop()
            return
        while self._waiting and self._running is None:
            made = self._waiting.pop(0)
            layers = made.editor.document.layers
            mine = next((layer for layer in layers if layer.patches is made.candidate.patches), None)
            if mine:  # else it has been undone, deleted, or made anew
                self._begin(made, mine)

    def _is_engine_wanted(self) -> bool:
        """By anybody else."""
        engine, errand = self._lanes.engine, self._errand
        mine = errand.id if errand and errand.lane is engine else None
        return any(id not in (None, mine) for id in (engine.running, *engine.waiting))

    def _begin(self, made: Made, mine: Layer) -> None:
        document, self._running = made.editor.document, made
        shown = document.view.with_layers((*document.below(mine.id).layers, replace(mine, visible=True, opacity=1.0)))
        others = [layer for layer in document.layers if layer is not mine and layer.restored is None]
        painted = document.mask.snapshot()

        def prepare(_: Progress) -> SelfCheckJob:
            return SelfCheckJob(
                pixels=shown,
                mask=made.used,
                # Nobody knows the truth of what is marked as damage, nor of what other repairs have made up.
                damage=covered(painted, others),
                card=made.settings.card,
                options=made.candidate.options,
                device=made.settings.device,
            )

        self._follow(Errand(self._lanes.work, CallJob(function=prepare, rank=2), self))

    def _follow(self, errand: Errand) -> None:
        self._errand = errand
        errand.finished.connect(self._on_step)
        errand.failed.connect(self._on_end)

    def _stop(self) -> None:
        errand, self._errand, self._running = self._errand, None, None
        if errand:
            errand.cancel()

    @Slot(object)
    def _on_step(self, result: SelfCheckJob | SelfCheck) -> None:
        if self.sender() is not self._errand or self._running is None:
            return
        if isinstance(result, SelfCheckJob):
            self._follow(Errand(self._lanes.engine, result, self))
            return
        made = self._running
        made.editor.set_check(made.candidate.patches, result)
        self._on_end()

    @Slot()
    def _on_end(self) -> None:
        self._errand = self._running = None
        self._go_on()
