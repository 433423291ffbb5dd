"""Restoring from the window: connects the panel with the engine, the canvas and the document.

What the sliders say is seen on the canvas a moment later. “Apply” makes the whole of it a layer, in the background;
where the photo has one already, that is made anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.cards import ModelCard
from cnnstudio.imaging.layers import Layer, Patches, View
from cnnstudio.imaging.provenance import now
from cnnstudio.imaging.tone import Tone
from cnnstudio.jobs import JobFailure, MeasureJob, Origin, Restored, RestoreJob, RestoreOptions
from cnnstudio.ui.canvas import Canvas
from cnnstudio.ui.commands import Commands
from cnnstudio.ui.countdown import Countdown
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels.restore import NOTHING, RestorePanel
from cnnstudio.ui.restore_preview import RestorePreview
from cnnstudio.ui.settings import Settings

_Beneath = tuple[tuple[Patches, float], ...]


@dataclass(eq=False)
class _Making:
    """A layer on its way."""

    editor: Editor
    errand: Errand
    beneath: _Beneath
    layer: str | None
    options: RestoreOptions
    card: ModelCard | None


class Restoring(QObject):
    """Lives as long as the window.

    Signals:
        noticed: (sentence, kind, detail) for the bar of notices.
        told: (sentence) what has happened, for the status line.
        panel_wanted: the panel is to come to the front.
        restored: (Editor, Rect) a layer has been laid over the photo there.

    Args:
        cards: all models that restore, the default first.
    """

    noticed = Signal(str, str, str)
    told = Signal(str)
    panel_wanted = Signal()
    restored = Signal(object, object)

    def __init__(
        self,
        panel: RestorePanel,
        canvas: Canvas,
        commands: Commands,
        settings: Settings,
        lanes: Lanes,
        cards: list[ModelCard],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panel, self._settings, self._lanes, self._cards = panel, settings, lanes, cards
        self._editor: Editor | None = None
        self._is_seen = False
        self._layer: Layer | None = None
        # What each layer was made from, by its pixels.
        self._made_from: WeakKeyDictionary[Patches, _Beneath] = WeakKeyDictionary()
        self._is_outdated = False
        self._making: _Making | None = None
        self._measuring: Errand | None = None
        self._kept: dict[Editor, RestoreOptions] = {}
        self._preview = RestorePreview(canvas, settings, lanes, cards, self)
        self._preview.failed.connect(self._on_failed)
        self._countdown = Countdown(self._show_progress, self)
        panel.options_changed.connect(self._look_again)
        panel.preview_toggled.connect(self._look_again)
        panel.measure_requested.connect(self.measure)
        panel.apply_requested.connect(self.apply)
        panel.cancel_requested.connect(self.cancel)
        canvas.view_changed.connect(self._look_again)
        commands["restore"].triggered.connect(self.panel_wanted)
        self._show_state()

    def set_editor(self, editor: Editor | None) -> None:
        """Another photo is shown; to be called after the canvas shows it."""
        if self._editor:
            self._kept[self._editor] = self._panel.options
            self._preview.drop()
            self._drop_measuring()
            self._editor.layers_changed.disconnect(self._on_layers_changed)
        self._editor = editor
        self._layer = _restoration_of(editor)
        self._is_outdated = self._has_changed_beneath()
        if editor:
            editor.layers_changed.connect(self._on_layers_changed)
            applied = self._layer.restored if self._layer else None
            self._panel.set_options(self._kept.get(editor) or applied or NOTHING)
        self._show_state()
        self._look_again()

    @Slot(bool)
    def set_seen(self, seen: bool) -> None:
        """The panel is in front now, or no longer."""
        self._is_seen = seen
        self._look_again()

    def forget(self, editor: Editor) -> None:
        """A photo is closed."""
        self._kept.pop(editor, None)
        if self._making and self._making.editor is editor:
            self.cancel()

    # ---- what the person asks for

    @Slot()
    def measure(self) -> None:
        """Measures what is wrong with the photo, and sets the sliders to it."""
        editor = self._editor
        if editor is None or self._making or self._measuring:
            return
        kept = self._panel.options
        options = RestoreOptions(None, None, kept.sharpen, kept.keep_grain, None)
        if not self._cards:
            options = RestoreOptions(0.0, 0.0, 0.0, kept.keep_grain, None)
        job = MeasureJob(self._below(editor), options, editor.document.photo.metadata.jpeg)
        self._measuring = errand = Errand(self._lanes.engine, job, self)
        errand.progressed.connect(self._countdown.tell)
        errand.finished.connect(self._on_measured)
        errand.failed.connect(self._on_measuring_failed)
        self._show_state()

    @Slot()
    def apply(self) -> None:
        """Makes what the sliders say a layer, or makes the layer anew; where they say nothing, it goes."""
        editor, options = self._editor, self._panel.options
        if editor is None or self._making:
            return
        layer = self._layer
        if options.changes_nothing:
            if layer:
                editor.end_stroke()
                editor.applied(editor.document.delete(layer.id))
            return
        self._preview.stop()
        card = self._cards[0] if self._cards and options.needs_network else None
        store = editor.session.store if editor.session else None
        below = self._below(editor)
        job = RestoreJob(below, card, options, self._settings.device, store)
        errand = Errand(self._lanes.engine, job, self)
        self._making = _Making(editor, errand, _recipe(below), layer.id if layer else None, options, card)
        errand.progressed.connect(self._countdown.tell)
        errand.finished.connect(self._on_made)
        errand.failed.connect(self._on_making_failed)
        self._show_state()

    @Slot()
    def cancel(self) -> bool:
        """Gives up what is under way; returns whether there was anything."""
        making, measuring = self._making, self._measuring
        if making:
            self._making = None
            making.errand.cancel()
        self._drop_measuring()
        if making or measuring:
            self._show_state()
            self._look_again()
        return bool(making or measuring)

    def edit(self, layer_id: str) -> None:
        """Shows how a layer was made, so that it can be made anew in another way."""
        if self._layer and self._layer.id == layer_id and self._layer.restored:
            self._panel.set_options(self._layer.restored)
        self.panel_wanted.emit()

    # ---- the preview

    @Slot()
    def _look_again(self) -> None:
        """The view, the sliders or the photo are others."""
        editor, panel = self._editor, self._panel
        if editor and not self._making and self._is_seen and panel.wants_preview:
            options, applied = panel.options, self._layer.restored if self._layer else None
            if options != (applied or NOTHING):
                self._preview.show(editor, self._below(editor), options)
                return
        self._preview.drop()

    # ---- what comes back

    @Slot(object)
    def _on_measured(self, found: RestoreOptions) -> None:
        if self.sender() is not self._measuring:
            return
        self._measuring = None
        # Brightness is not measured, and stays as it was set, as blur and grain do.
        brightness = (self._panel.options.tone or Tone()).brightness
        self._panel.set_options(replace(found, tone=replace(found.tone or Tone(), brightness=brightness)))
        self._show_state()
        if replace(found, sharpen=0.0).changes_nothing:
            self.told.emit(self.tr("Nothing to do: the photo is clean."))
        self._look_again()

    @Slot(object)
    def _on_measuring_failed(self, failure: JobFailure) -> None:
        if self.sender() is self._measuring:
            self._measuring = None
            self._on_failed(failure)
            self._show_state()

    @Slot(object)
    def _on_made(self, done: Restored) -> None:
        making = self._making
        if making is None or self.sender() is not making.errand:
            return
        self._making = None
        editor, card, result = making.editor, making.card, done.result
        version, sha256, model = (card.version, card.sha256, card.id) if card else ("", "", "")
        origin = Origin(version, sha256, now(), making.options, result.device)
        editor.end_stroke()
        document = editor.document
        self._made_from[done.patches] = making.beneath
        if making.layer and any(layer.id == making.layer for layer in document.layers):
            edit = document.redo_repair(making.layer, done.patches, model=model, seed=0, origin=origin)
        else:
            edit = document.add_repair(done.patches, self.tr("Restoration"), model=model, origin=origin)
        self._kept.pop(editor, None)
        editor.applied(edit)
        for note in result.notes:
            self.noticed.emit(note, "info", "")
        self._show_state()
        self._look_again()
        self.restored.emit(editor, done.patches.bounds)

    @Slot(object)
    def _on_making_failed(self, failure: JobFailure) -> None:
        if self._making and self.sender() is self._making.errand:
            self._making = None
            self._on_failed(failure)
            self._show_state()
            self._look_again()

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        self.noticed.emit(failure.message, "error", failure.detail)

    def _show_progress(self, fraction: float, text: str) -> None:
        making, lane = self._making, self._lanes.engine
        runs = making is not None and making.errand.id == lane.running
        self._panel.set_progress(fraction, text, lane.seconds_left if runs else None)

    @Slot()
    def _on_layers_changed(self) -> None:
        before, self._layer = self._layer, _restoration_of(self._editor)
        applied, was = (layer.restored if layer else None for layer in (self._layer, before))
        if applied != was and not self._making:
            self._panel.set_options(applied or NOTHING)  # undone, redone, deleted or made
        was_outdated, self._is_outdated = self._is_outdated, self._has_changed_beneath()
        if self._is_outdated and not was_outdated and self._layer and self._layer.visible:
            self.told.emit(self._outdated_hint())  # nothing else would be seen to happen
        self._show_state()
        self._look_again()

    # ---- state

    def _below(self, editor: Editor) -> View:
        """What is to be restored: all that lies beneath the layer, or would lie beneath it."""
        return editor.document.below(self._layer.id) if self._layer else editor.document.view

    def _has_changed_beneath(self) -> bool:
        """Whether repairs beneath the layer have been hidden, changed or added since it was made."""
        if self._editor is None or self._layer is None:
            return False
        beneath = _recipe(self._below(self._editor))
        # A layer of a session that was opened again is taken to be up to date.
        return self._made_from.setdefault(self._layer.patches, beneath) != beneath

    def _outdated_hint(self) -> str:
        return self.tr("The restoration does not show yet what has changed beneath it: “Apply again” makes it anew.")

    def _drop_measuring(self) -> None:
        errand, self._measuring = self._measuring, None
        if errand:
            errand.cancel()

    def _show_state(self) -> None:
        editor = self._editor
        self._countdown.go_on(bool(self._making or self._measuring))
        if editor is None:
            hint = self.tr("Open a photo first.")
        elif not self._cards:
            hint = self.tr("There is no model here that takes out noise, JPEG blocks and blur: the tone can be"
                           " corrected all the same.")  # fmt: skip
        elif self._is_outdated:
            hint = self._outdated_hint()
        elif self._layer and editor.document.layers[-1].id != self._layer.id:
            hint = self.tr("The photo has been restored. Other numbers make its layer anew; the repairs above it stay"
                           " as they are, and may have to be made anew as well.")  # fmt: skip
        elif self._layer:
            hint = self.tr("The photo has been restored. Other numbers make its layer anew.")
        else:
            hint = ""
        layer = self._layer.restored if self._layer else None
        self._panel.set_state(
            photo=editor is not None, network=bool(self._cards), layer=layer, outdated=self._is_outdated, hint=hint
        )
        self._panel.set_busy(bool(self._making or self._measuring))


def _restoration_of(editor: Editor | None) -> Layer | None:
    """The layer by which a photo is restored, the uppermost."""
    layers = editor.document.layers if editor else ()
    return next((layer for layer in reversed(layers) if layer.restored is not None), None)


def _recipe(view: View) -> _Beneath:
    """What a view is made of; equal recipes make equal pixels."""
    return tuple((layer.patches, layer.opacity) for layer in view.layers)
