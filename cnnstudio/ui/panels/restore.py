"""The panel that restores the photo as a whole: what is wrong with it, seen at once, and laid over it as a layer."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFormLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from cnnstudio.imaging.tone import MOST_CAST, MOST_FADING, Tone
from cnnstudio.jobs import RestoreOptions
from cnnstudio.ui.panels.busy import Action, Busy
from cnnstudio.ui.panels.field_label import label_of
from cnnstudio.ui.panels.number_slider import NumberSlider, align
from cnnstudio.ui.panels.parts import press_button, sentences
from cnnstudio.ui.panels.upright_scroll import UprightScroll

NOTHING = RestoreOptions(0.0, 0.0, 0.0, 0.0, Tone())
"""Changes no pixel."""


class RestorePanel(QWidget):
    """Holds the numbers, has them measured, and asks for the layer.

    Signals:
        options_changed: one of the numbers is another, maybe still on the way.
        measure_requested, apply_requested, cancel_requested: buttons, or Esc while something is under way.
        preview_toggled: (on) the person wants to see the photo as it would be, or as it is.
    """

    options_changed = Signal()
    measure_requested = Signal()
    apply_requested = Signal()
    cancel_requested = Signal()
    preview_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_sliders()
        self._make_buttons()
        self._about = sentences(
            self.tr("For what runs through the whole photo. “Auto” measures it, and leaves alone what is good.")
        )
        top = QHBoxLayout()
        top.addWidget(self._auto, 1)
        top.addWidget(self._preview)
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.addWidget(self._about)
        column.addWidget(self._hint)
        column.addLayout(top)
        column.addLayout(self._form())
        column.addStretch(1)
        foot = QVBoxLayout()
        margins = column.contentsMargins()
        foot.setContentsMargins(margins.left(), 0, margins.right(), margins.bottom())
        foot.addWidget(self._action)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(UprightScroll(upper), 1)
        layout.addLayout(foot)
        self.set_state(photo=False, network=False, layer=None, outdated=False, hint="")

    # ---- parts

    def _make_sliders(self) -> None:
        def slider(name: str, tip: str, most: float = 100, least: float = 0) -> NumberSlider:
            one = NumberSlider(name, most, 1, "", minimum=least)
            one.setToolTip(tip)
            one.setAccessibleName(name)
            one.moved.connect(self._on_moved)
            return one

        self._noise = slider(
            self.tr("Noise"), self.tr("How noisy or grainy the photo is: the more, the more is smoothed away")
        )
        self._blocks = slider(
            self.tr("JPEG blocks"), self.tr("How coarsely JPEG has stored the photo: blocks, and rims around edges")
        )
        self._blur = slider(self.tr("Blur"), self.tr("How blurred the photo is: the more, the more it is sharpened"))
        self._grain = slider(
            self.tr("Grain kept"),
            self.tr("How much of the grain stays in, in per cent; its colours go all the same"),
        )
        self._fading = slider(
            self.tr("Fading"), self.tr("How much contrast has been lost: blacks that have become grey"), MOST_FADING
        )
        self._yellowing = slider(
            self.tr("Yellowing"),
            self.tr("How yellow the photo has become; below 0, how blue"),
            MOST_CAST,
            -MOST_CAST,
        )
        self._tint = slider(
            self.tr("Tint"), self.tr("How magenta the photo has become; below 0, how green"), MOST_CAST, -MOST_CAST
        )
        self._brightness = slider(
            self.tr("Brightness"), self.tr("How much lighter the middle greys become; below 0, darker"), 100, -100
        )
        self._by_network = [
            (self.tr("&Noise"), self._noise),
            (self.tr("&JPEG blocks"), self._blocks),
            (self.tr("Bl&ur"), self._blur),
            (self.tr("&Grain kept"), self._grain),
        ]
        self._by_curve = [
            (self.tr("Fa&ding"), self._fading),
            (self.tr("&Yellowing"), self._yellowing),
            (self.tr("&Tint"), self._tint),
            (self.tr("&Brightness"), self._brightness),
        ]
        align(slider for _, slider in (*self._by_network, *self._by_curve))

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, field in (*self._by_network, *self._by_curve):
            if field is self._fading:
                line = QFrame(frameShape=QFrame.Shape.HLine, frameShadow=QFrame.Shadow.Sunken)
                form.addRow(line)
            form.addRow(label_of(field, text), field)
        return form

    def _make_buttons(self) -> None:
        self._auto = press_button(
            self.tr("Auto"),
            self.tr("Measure noise, JPEG blocks, fading and casts, and set the sliders to them"),
            "wand",
        )
        self._auto.clicked.connect(self.measure_requested)
        self._preview = QCheckBox(self.tr("&Preview"))
        self._preview.setToolTip(self.tr("See the photo as it would be; off, as it is"))
        self._preview.setChecked(True)
        self._preview.toggled.connect(self.preview_toggled)
        self._hint = sentences(quiet=True)
        self._apply = press_button(self.tr("Apply"), self.tr("Lay the restored photo over this one, as a layer"))
        self._apply.setObjectName("primary")
        self._apply.clicked.connect(self.apply_requested)
        self._reset = press_button(self.tr("Reset"), self.tr("Set all sliders to where nothing is changed"), "clear")
        self._reset.clicked.connect(self._on_reset)
        self._busy = Busy(self.tr("Progress of the restoration"), self.tr("Give up the restoration (Esc)"))
        self._busy.cancel.clicked.connect(self.cancel_requested)
        idle = QWidget()
        row = QHBoxLayout(idle)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._apply, 2)
        row.addWidget(self._reset, 1)
        self._action = Action(idle, self._apply, self._busy)

    # ---- the numbers

    @property
    def options(self) -> RestoreOptions:
        """As the sliders say."""
        tone = Tone(self._fading.value, self._yellowing.value, self._tint.value, self._brightness.value)
        return RestoreOptions(self._noise.value, self._blocks.value, self._blur.value, self._grain.value, tone)

    def set_options(self, options: RestoreOptions) -> None:
        """Sets the sliders, without a signal."""
        tone = options.tone or Tone()
        for slider, value in (
            (self._noise, options.denoise or 0.0), (self._blocks, options.deblock or 0.0),
            (self._blur, options.sharpen), (self._grain, options.keep_grain), (self._fading, tone.fading),
            (self._yellowing, tone.yellowing), (self._tint, tone.tint), (self._brightness, tone.brightness),
        ):  # fmt: skip
            slider.value = value
        self._show_enabled()

    @property
    def wants_preview(self) -> bool:
        return self._preview.isChecked()

    # ---- states

    def set_state(self, *, photo: bool, network: bool, layer: RestoreOptions | None, outdated: bool, hint: str) -> None:
        """What there is to work on.

        Args:
            photo: whether one is open.
            network: whether there is a model for more than the tone.
            layer: how the photo is restored already; None where it is not.
            outdated: whether that was made from what does not lie beneath it any more.
            hint: what there is to say.
        """
        self._has_photo, self._has_network, self._layer = photo, network, layer
        self._is_outdated = outdated
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._about.setVisible(not hint)  # there is room for one of them
        self._show_enabled()

    def set_busy(self, busy: bool) -> None:
        """A layer is being made, or something is being measured, or no longer."""
        if busy and not self.is_busy:
            self.set_progress(0, self.tr("Waiting…"), None)
        self._action.set_busy(busy, self._auto)
        self._show_enabled()

    def set_progress(self, fraction: float, text: str, seconds_left: float | None) -> None:
        """Of what is under way."""
        self._busy.set_progress(fraction, text, seconds_left)

    @property
    def is_busy(self) -> bool:
        return self._action.is_busy

    def _show_enabled(self) -> None:
        free = self._has_photo and not self.is_busy
        options = self.options
        for _, slider in self._by_network:
            slider.setEnabled(free and self._has_network)
        self._grain.setEnabled(free and self._has_network and self._noise.value > 0)
        for _, slider in self._by_curve:
            slider.setEnabled(free)
        self._auto.setEnabled(free)
        self._preview.setEnabled(self._has_photo)
        same = _plain(options) == _plain(self._layer or NOTHING)
        # Not seen while it is busy, and afterwards the keyboard comes back to it.
        self._apply.setEnabled(self._has_photo and (self._is_outdated or not same))
        self._apply.setText(self.tr("Apply again") if self._layer else self.tr("Apply"))
        self._apply.setAccessibleName(self._apply.text())
        self._reset.setEnabled(self._has_photo and not options.changes_nothing)

    @Slot()
    def _on_moved(self) -> None:
        self._show_enabled()
        self.options_changed.emit()

    @Slot()
    def _on_reset(self) -> None:
        with QSignalBlocker(self):
            self.set_options(NOTHING)
        self._auto.setFocus()  # the button that was pressed is of no use any more
        self.options_changed.emit()

    # ---- events

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self.is_busy:
            self.cancel_requested.emit()
        else:
            super().keyPressEvent(event)


def summary(options: RestoreOptions) -> str:
    """What is taken out, in a few words: “noise 13, fading 20”."""
    tone = options.tone or Tone()
    named = (
        (QCoreApplication.translate("Restoration", "noise"), options.denoise),
        (QCoreApplication.translate("Restoration", "JPEG blocks"), options.deblock),
        (QCoreApplication.translate("Restoration", "blur"), options.sharpen),
        (QCoreApplication.translate("Restoration", "fading"), tone.fading),
        (QCoreApplication.translate("Restoration", "yellowing"), tone.yellowing),
        (QCoreApplication.translate("Restoration", "tint"), tone.tint),
        (QCoreApplication.translate("Restoration", "brightness"), tone.brightness),
    )
    return ", ".join(f"{name} {value:g}" for name, value in named if value)


def _plain(options: RestoreOptions) -> RestoreOptions:
    """Without what makes no difference."""
    return options if options.denoise else replace(options, keep_grain=0.0)
