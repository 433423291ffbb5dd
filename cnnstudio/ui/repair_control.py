"""Repairing from the window: connects panel, desk, models, devices and settings."""

from __future__ import annotations

import random

from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.cards import ModelCard
from cnnstudio.jobs import DeviceInfo, JobFailure, Prepared, PrepareJob
from cnnstudio.ui.commands import Commands
from cnnstudio.ui.countdown import Countdown
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels.repair import RepairPanel
from cnnstudio.ui.panels.repairs import RepairsPanel
from cnnstudio.ui.panels.status import StatusLine
from cnnstudio.ui.repairing import RepairDesk, RepairSettings
from cnnstudio.ui.settings import Settings


class RepairControl(QObject):
    """Lives as long as the window.

    Signals:
        noticed: (sentence, kind, detail) for the bar of notices.
        devices_changed: (list of :class:`DeviceInfo`) :attr:`devices` is another.
        restore_wanted: (layer id) that layer is no repair: the photo is restored by it, and wants to be anew.

    Args:
        cards: all models that repair, the default first.

    Attributes:
        devices: that repairs can be computed on; empty until the engine has looked.
    """

    noticed = Signal(str, str, str)
    devices_changed = Signal(object)
    restore_wanted = Signal(str)

    def __init__(
        self,
        desk: RepairDesk,
        panel: RepairPanel,
        repairs: RepairsPanel,
        status: StatusLine,
        commands: Commands,
        settings: Settings,
        lanes: Lanes,
        cards: list[ModelCard],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._desk, self._panel, self._status, self._commands = desk, panel, status, commands
        self._settings, self._lanes, self._cards = settings, lanes, cards
        self._repairs = repairs
        self._editor: Editor | None = None
        self.devices: list[DeviceInfo] = []
        self._countdown = Countdown(self._show_progress, self)

        panel.set_cards(cards)
        repairs.set_cards(cards)
        panel.model_id = settings.model
        panel.texture, panel.grain = settings.texture, settings.grain
        panel.feather, panel.candidates = settings.feather, settings.candidates
        panel.repair_on_release = settings.repair_on_release
        commands["on-release"].setChecked(settings.repair_on_release)
        panel.repair_requested.connect(self.repair)
        panel.cancel_requested.connect(self.cancel)
        panel.settings_changed.connect(self._keep_settings)
        repairs.redo_requested.connect(self._redo)
        status.cancel_requested.connect(self.cancel)
        status.device_chosen.connect(self.choose_device)
        commands["again"].triggered.connect(self._again)
        commands["on-release"].toggled.connect(self._set_on_release)
        desk.changed.connect(self._show_state)
        desk.progressed.connect(self._countdown.tell)
        desk.refused.connect(self._on_refused)
        desk.failed.connect(self._on_failed)
        desk.noted.connect(self._on_noted)
        self._show_state()

    def set_editor(self, editor: Editor | None) -> None:
        """Another photo is shown."""
        if self._editor:
            self._editor.mask_changed.disconnect(self._on_mask_changed)
            self._editor.layers_changed.disconnect(self._show_state)
        self._editor = editor
        if editor:
            editor.mask_changed.connect(self._on_mask_changed)
            editor.layers_changed.connect(self._show_state)
        self._show_state()

    def warm_up(self) -> None:
        """Makes the engine ready, in its own thread."""
        errand = Errand(self._lanes.engine, PrepareJob(card=self._card(), device=self._settings.device), self)
        errand.finished.connect(self._on_prepared)
        errand.failed.connect(self._on_failed)

    def on_marked(self) -> None:
        """A tool has marked something."""
        if self._panel.repair_on_release:
            self.repair()

    @Slot()
    def repair(self) -> None:
        """Repairs what is marked in the photo shown."""
        card = self._card()
        if self._editor and card:
            self._desk.repair(self._editor, self._how(card, 0))

    @Slot()
    def cancel(self) -> bool:
        """Gives up the repairs; returns whether there were any."""
        return self._desk.cancel()

    def _card(self) -> ModelCard | None:
        wanted = self._panel.model_id
        return next((card for card in self._cards if card.id == wanted), next(iter(self._cards), None))

    def _how(self, card: ModelCard, seed: int) -> RepairSettings:
        panel = self._panel
        return RepairSettings(
            card, panel.feather, panel.texture, panel.grain, panel.candidates, seed, self._settings.device
        )

    @Slot()
    def _again(self) -> None:
        selected = self._repairs.selected_id
        if selected:
            self._redo(selected, "seed")

    @Slot(str, str)
    def _redo(self, layer_id: str, mode: str) -> None:
        if self._editor is None:
            return
        layer = self._editor.document.layer(layer_id)
        if layer.restored is not None:
            self.restore_wanted.emit(layer_id)
            return
        if mode == "seed":
            card = next((card for card in self._cards if card.id == layer.model), self._card())
            seed = layer.seed + 1 if layer.seed < 7 else random.randrange(8, 1 << 16)
        else:
            card, seed = next((card for card in self._cards if card.id == mode), self._card()), layer.seed
        if card:
            self._desk.redo(self._editor, layer_id, self._how(card, seed))

    @Slot(str)
    def choose_device(self, device: str) -> None:
        """Repairs are computed there from now on; ``"auto"`` for the fastest."""
        self._settings.device = device
        self.warm_up()

    @Slot(bool)
    def _set_on_release(self, on: bool) -> None:
        if self._panel.repair_on_release != on:
            self._panel.repair_on_release = on
        self._settings.repair_on_release = on

    @Slot()
    def _keep_settings(self) -> None:
        panel, settings = self._panel, self._settings
        settings.model = panel.model_id
        settings.texture, settings.grain = panel.texture, panel.grain
        settings.feather, settings.candidates = panel.feather, panel.candidates
        self._commands["on-release"].setChecked(panel.repair_on_release)

    @Slot(object)
    def _on_mask_changed(self, _: object) -> None:
        if self._editor and not self._editor.is_painting:
            self._show_state()

    @Slot()
    def _show_state(self) -> None:
        desk, editor = self._desk, self._editor
        self._countdown.go_on(desk.busy)
        if desk.busy:
            self._panel.set_busy(desk.queued)
        else:
            self._panel.set_idle()
            self._status.clear_progress()
        hint = ""
        if editor is None:
            hint = self.tr("Open a photo first.")
        elif not self._cards:
            hint = self.tr("There is no model that repairs.")
        elif not editor.has_mask:
            hint = self.tr("Paint over the damage first.")
        ready = not hint
        if ready and desk.offer is not None and desk.offer.editor is editor:
            hint = self.tr("Choose one on the photo: click it or press its number. Esc keeps none.")
        self._panel.set_ready(ready, hint)
        self._commands["repair"].setEnabled(editor is not None)
        self._commands["again"].setEnabled(editor is not None and bool(editor.document.layers))

    def _show_progress(self, fraction: float, text: str) -> None:
        if self._desk.busy:
            for shown in (self._panel, self._status):
                shown.set_progress(fraction, text, self._desk.seconds_left)

    @Slot(object)
    def _on_prepared(self, prepared: Prepared) -> None:
        self.devices = prepared.devices
        self._status.set_devices(prepared.devices, prepared.device.id)
        self.devices_changed.emit(prepared.devices)

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self._status.tell(sentence)  # a notice would move the photo, for nothing that went wrong

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        self.noticed.emit(failure.message, "error", failure.detail)

    @Slot(str)
    def _on_noted(self, sentence: str) -> None:
        self.noticed.emit(sentence, "info", "")
