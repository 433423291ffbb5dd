"""The bar above the canvas: what the tool in hand can be set to."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QHBoxLayout, QLabel, QSlider, QWidget

from cnnstudio.ui.panels.elided_label import ElidedLabel
from cnnstudio.ui.panels.number_slider import NumberSlider, prepare_number_field
from cnnstudio.ui.tools.settings import SIZES, WIDTHS, ToolSettings

_FINE = 1000
_LONGEST = 240
"""Logical pixels of a slider: on a wide screen the hand need not travel for a small change."""
_SHOWS = {"brush": "brush", "eraser": "brush", "line": "line", "wand": "wand"}


class _SizeSlider(QWidget):
    """A size whose slider is logarithmic: the small sizes, where a pixel matters, have most of the way.

    Args:
        attribute: of the settings.
    """

    def __init__(
        self, settings: ToolSettings, attribute: str, bounds: tuple[float, float], name: str, tip: str
    ) -> None:
        super().__init__()
        self._settings, self._attribute, self._bounds = settings, attribute, bounds
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, _FINE)
        self._slider.setMinimumWidth(90)
        self._slider.setAccessibleName(name)
        self._field = QDoubleSpinBox()
        self._field.setRange(*bounds)
        self._field.setDecimals(0)
        self._field.setSuffix(self.tr(" px"))
        self._field.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)  # the slider is there for that
        self._field.setAlignment(Qt.AlignmentFlag.AlignRight)
        prepare_number_field(self._field, name)
        for part in (self._slider, self._field):
            part.setToolTip(tip)
        self._slider.valueChanged.connect(self._on_slider)
        self._field.valueChanged.connect(self._on_field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QLabel(name))
        row.addWidget(self._slider, 1)
        row.addWidget(self._field)
        self.setMaximumWidth(row.sizeHint().width() - self._slider.sizeHint().width() + _LONGEST)
        settings.changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        value = getattr(self._settings, self._attribute)
        low, high = self._bounds
        with QSignalBlocker(self._slider), QSignalBlocker(self._field):
            self._field.setValue(value)
            self._slider.setValue(round(math.log(value / low) / math.log(high / low) * _FINE))

    @Slot(int)
    def _on_slider(self, value: int) -> None:
        low, high = self._bounds
        setattr(self._settings, self._attribute, round(low * (high / low) ** (value / _FINE)))

    @Slot(float)
    def _on_field(self, value: float) -> None:
        setattr(self._settings, self._attribute, value)


class ToolOptions(QWidget):
    """Shows what belongs to one tool at a time.

    Args:
        settings: that it changes, and follows.
    """

    def __init__(self, settings: ToolSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._brush = QWidget()
        row = QHBoxLayout(self._brush)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(
            _SizeSlider(settings, "brush_size", SIZES, self.tr("Size"), self.tr("Diameter of the brush ([ and ])")), 3
        )
        self._hardness = NumberSlider(self.tr("Hardness"), 100, 5, "%")
        self._hardness.setMaximumWidth(_LONGEST)
        self._hardness.setToolTip(self.tr("How sharp the brush's edge is (Shift+[ and Shift+])"))
        self._hardness.moved.connect(self._on_hardness)
        row.addWidget(QLabel(self.tr("Hardness")))
        row.addWidget(self._hardness, 2)
        self._pressure = QCheckBox(self.tr("Pen pressure"))
        self._pressure.setToolTip(self.tr("A pen that is pressed less paints thinner"))
        self._pressure.toggled.connect(self._on_pressure)
        row.addWidget(self._pressure)
        row.addStretch()
        self._line = _SizeSlider(
            settings, "line_width", WIDTHS, self.tr("Width"), self.tr("Width of the line ([ and ])")
        )
        self._wand = QWidget()
        row = QHBoxLayout(self._wand)
        row.setContentsMargins(0, 0, 0, 0)
        self._tolerance = NumberSlider(self.tr("Tolerance"), 255, 1, "")
        self._tolerance.setMaximumWidth(_LONGEST)
        self._tolerance.setToolTip(self.tr("How different a colour may be and still be marked"))
        self._tolerance.moved.connect(self._on_tolerance)
        row.addWidget(QLabel(self.tr("Tolerance")))
        row.addWidget(self._tolerance, 1)
        row.addStretch()
        self._hint = ElidedLabel()
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 3, 8, 3)
        self._pages = {"brush": self._brush, "line": self._line, "wand": self._wand}
        for page in self._pages.values():
            layout.addWidget(page, 3)
        layout.addWidget(self._hint)
        layout.addStretch()
        settings.changed.connect(self._show)
        self._show()
        self.set_tool("brush")
        self.setMinimumHeight(self.sizeHint().height())  # the photo below must not move with every change of tool

    def has(self, name: str) -> bool:
        """Whether there is anything that a tool can be set to."""
        return name in _SHOWS

    def set_tool(self, name: str, hint: str = "") -> None:
        """Shows what the tool of that name can be set to, and how it is used."""
        for page, widget in self._pages.items():
            widget.setVisible(_SHOWS.get(name) == page)
        self._settings.target = "line" if name == "line" else "brush"
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))

    @Slot()
    def _show(self) -> None:
        settings = self._settings
        if not self._hardness.is_moving:
            self._hardness.value = settings.brush_hardness * 100
        if not self._tolerance.is_moving:
            self._tolerance.value = settings.wand_tolerance
        self._pressure.setChecked(settings.pressure_size)

    @Slot(float)
    def _on_hardness(self, value: float) -> None:
        self._settings.brush_hardness = value / 100

    @Slot(float)
    def _on_tolerance(self, value: float) -> None:
        self._settings.wand_tolerance = round(value)

    @Slot(bool)
    def _on_pressure(self, on: bool) -> None:
        self._settings.pressure_size = on
