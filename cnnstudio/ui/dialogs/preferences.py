"""“Preferences”: what the window remembers. All of it takes effect at once but a language, which waits for a start."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.jobs import DeviceInfo
from cnnstudio.ui.panels.field_label import label_of
from cnnstudio.ui.panels.number_slider import NumberSlider
from cnnstudio.ui.sentences import translated
from cnnstudio.ui.settings import Settings

_SWATCH = QSize(40, 16)
_GAP = 6  # between it and the words beside it
_FAINTEST = 0.05
"""A mask that cannot be seen at all would only look like a defect; hiding it is another command."""


class Preferences(QDialog):
    """Changes the settings as the person chooses; there is nothing to confirm.

    Signals:
        changed: (name) that attribute of the settings is another.

    Args:
        settings: that it shows and changes.
        devices: those that repairs can be computed on, as far as is known by now.
    """

    changed = Signal(str)

    def __init__(self, settings: Settings, devices: Sequence[DeviceInfo] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Preferences"))
        self._settings = settings
        column = QVBoxLayout(self)
        column.addWidget(self._look())
        column.addWidget(self._marking())
        column.addWidget(self._repairing(devices))
        column.addWidget(self._saving())
        column.addWidget(self._memory())
        column.addStretch(1)
        names = [label for label in self.findChildren(QLabel) if label.buddy()]
        for name in names:  # so that the fields of all groups stand in one line
            name.setMinimumWidth(max(other.sizeHint().width() for other in names) + 4)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setAutoDefault(False)  # Enter ends the typing of a number
        close.setToolTip(self.tr("Close (Esc)"))
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 60)
        # Left to itself, a dialog takes two thirds of a small screen and squeezes its fields.
        width = max(self.minimumWidth(), self.sizeHint().width())
        self.resize(width, max(column.totalHeightForWidth(width), self.sizeHint().height()))

    @Slot(object)
    def show_devices(self, devices: Sequence[DeviceInfo]) -> None:
        """The devices are known, or are others."""
        chosen = self._settings.device
        self._devices.blockSignals(True)
        self._devices.clear()
        self._devices.addItem(self.tr("The fastest there is"), "auto")
        for device in devices:
            self._devices.addItem(translated(device.name), device.id)
        if self._devices.findData(chosen) < 0:
            self._devices.addItem(chosen, chosen)  # chosen before, and maybe only unplugged
        self._devices.setCurrentIndex(self._devices.findData(chosen))
        self._devices.blockSignals(False)

    # ---- layout

    def _look(self) -> QGroupBox:
        settings = self._settings
        self._themes = self._choices(
            "theme", self.tr("Theme"), self.tr("Dark or light; a dark window shows photos best"),
            ((self.tr("As the system"), "system"), (self.tr("Light"), "light"), (self.tr("Dark"), "dark")),
        )  # fmt: skip
        # Languages are named in themselves, so that whoever cannot read the window finds theirs.
        self._languages = self._choices(
            "language", self.tr("Language"), self.tr("Of the window; takes effect at the next start"),
            ((self.tr("As the system"), "system"), ("English", "en"), ("简体中文", "zh_CN")),
        )  # fmt: skip
        self._started_with = settings.language
        self._restart = QLabel(self.tr("Another language takes effect at the next start."), wordWrap=True)
        self._restart.setVisible(False)
        group, form = _group(self.tr("Look"))
        form.addRow(label_of(self._themes, self.tr("&Theme:")), self._themes)
        form.addRow(label_of(self._languages, self.tr("&Language:")), self._languages)
        form.addRow(self._restart)
        return group

    def _marking(self) -> QGroupBox:
        settings = self._settings
        self._colour = QPushButton(self.tr("C&hoose…"))
        self._colour.setAutoDefault(False)
        self._colour.setIconSize(_SWATCH.grownBy(QMargins(0, 0, _GAP, 0)))
        self._colour.setAccessibleName(self.tr("Colour of the mask"))
        self._colour.setToolTip(self.tr("The colour that marks damage; one that the photo has not is seen best"))
        self._colour.clicked.connect(self._choose_colour)
        self._show_colour()
        self._opacity = NumberSlider(self.tr("Opacity of the mask"), 100, 5, "%")
        self._opacity.setToolTip(self.tr("How strongly the mask covers the photo (H hides it)"))
        self._opacity.value = settings.mask_opacity * 100
        self._opacity.moved.connect(self._on_opacity)
        self._pressure = QCheckBox(self.tr("&Pen pressure changes the brush’s size"))
        self._pressure.setToolTip(self.tr("A pen that is pressed less paints thinner"))
        self._pressure.setAccessibleName(self.tr("Pen pressure changes the brush’s size"))
        self._pressure.setChecked(settings.pressure_size)
        self._pressure.toggled.connect(self._on_pressure)
        group, form = _group(self.tr("Marking"))
        form.addRow(label_of(self._colour, self.tr("&Colour of the mask:")), self._colour)
        form.addRow(label_of(self._opacity, self.tr("&Opacity of the mask:")), self._opacity)
        form.addRow(self._pressure)
        return group

    def _repairing(self, devices: Sequence[DeviceInfo]) -> QGroupBox:
        self._devices = QComboBox()
        self._devices.setAccessibleName(self.tr("Device"))
        self._devices.setToolTip(self.tr("What repairs are computed on"))
        self._devices.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.show_devices(devices)
        self._devices.currentIndexChanged.connect(self._on_device)
        group, form = _group(self.tr("Repairing"))
        form.addRow(label_of(self._devices, self.tr("&Device:")), self._devices)
        return group

    def _saving(self) -> QGroupBox:
        self._record = QCheckBox(self.tr("Record in the file that it was repa&ired"))
        self._record.setToolTip(
            self.tr("Says in the file’s metadata (XMP) where it was repaired, when, and by which model")
        )
        self._record.setAccessibleName(self.tr("Record in the file that it was repaired"))
        self._record.setChecked(self._settings.record_repairs)
        self._record.toggled.connect(self._on_record)
        group, form = _group(self.tr("Saving"))
        form.addRow(self._record)
        return group

    def _memory(self) -> QGroupBox:
        self._forget = QPushButton(self.tr("&Forget the photos opened before"))
        self._forget.setAutoDefault(False)
        self._forget.setAccessibleName(self.tr("Forget the photos opened before"))
        self._forget.setToolTip(self.tr("Empties the list of recent photos; the photos themselves stay"))
        self._forget.setEnabled(bool(self._settings.recent_files))
        self._forget.clicked.connect(self._on_forget)
        group, form = _group(self.tr("Memory"))
        words = self.tr("Tools, panels, the window’s place and all that is chosen here are remembered.")
        form.addRow(QLabel(words, wordWrap=True))
        form.addRow(self._forget)
        return group

    def _choices(self, setting: str, name: str, tip: str, choices: Sequence[tuple[str, str]]) -> QComboBox:
        """A list of the values of a setting, with words for each."""
        box = QComboBox()
        box.setObjectName(setting)
        box.setAccessibleName(name)
        box.setToolTip(tip)
        for words, value in choices:
            box.addItem(words, value)
        box.setCurrentIndex(box.findData(getattr(self._settings, setting)))
        box.currentIndexChanged.connect(self._on_choice)
        return box

    # ---- what is chosen

    def _set(self, name: str, value: object) -> None:
        setattr(self._settings, name, value)
        self.changed.emit(name)

    @Slot()
    def _on_choice(self) -> None:
        box = self.sender()
        assert isinstance(box, QComboBox)
        self._set(box.objectName(), box.currentData())
        self._restart.setVisible(self._settings.language != self._started_with)

    @Slot()
    def _on_device(self) -> None:
        self._set("device", self._devices.currentData())

    @Slot(float)
    def _on_opacity(self, percent: float) -> None:
        self._set("mask_opacity", max(percent / 100, _FAINTEST))

    @Slot(bool)
    def _on_pressure(self, on: bool) -> None:
        self._set("pressure_size", on)

    @Slot(bool)
    def _on_record(self, on: bool) -> None:
        self._set("record_repairs", on)

    @Slot()
    def _on_forget(self) -> None:
        self._forget.setEnabled(False)
        self._set("recent_files", [])

    @Slot()
    def _choose_colour(self) -> None:
        """The photo shows each colour as it is tried; giving up brings the first one back."""
        before = self._settings.mask_colour
        dialog = QColorDialog(before, self)
        dialog.setWindowTitle(self.tr("Colour of the mask"))
        dialog.currentColorChanged.connect(self._on_colour)
        if not dialog.exec():
            self._on_colour(before)
        dialog.deleteLater()

    @Slot(QColor)
    def _on_colour(self, colour: QColor) -> None:
        self._set("mask_colour", colour)
        self._show_colour()

    def _show_colour(self) -> None:
        swatch = QPixmap(_SWATCH.grownBy(QMargins(0, 0, _GAP, 0)))
        swatch.fill(Qt.GlobalColor.transparent)
        painter = QPainter(swatch)
        painter.fillRect(QRect(QPoint(), _SWATCH), self._settings.mask_colour)
        painter.end()
        self._colour.setIcon(QIcon(swatch))
        self._colour.setAccessibleDescription(self._settings.mask_colour.name())


def _group(title: str) -> tuple[QGroupBox, QFormLayout]:
    group = QGroupBox(title)
    form = QFormLayout(group)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    return group, form
