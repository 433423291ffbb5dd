"""The line at the window's foot: what the tool does, what is under way, and where and how large one looks."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction, QActionGroup
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from cnnstudio.jobs import DeviceInfo
from cnnstudio.ui.icons import icon
from cnnstudio.ui.panels.elided_label import ElidedLabel
from cnnstudio.ui.panels.time_left import progress_line
from cnnstudio.ui.sentences import translated

TELL_MS = 6000
"""How long something is told."""

_ZOOMS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
_STEPS = 1000  # of the progress bar


class StatusLine(QWidget):
    """For the status bar.

    Signals:
        cancel_requested: what is under way is to be given up.
        device_chosen: (id) repairs are to be computed there; ``"auto"`` for the fastest.
        zoom_chosen: (device pixels per photo pixel, or None to fit the whole photo).
    """

    cancel_requested = Signal()
    device_chosen = Signal(str)
    zoom_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zoom_shown = 1.0
        self._hint_text = self._told = self._tip = ""
        self._telling = QTimer(self, singleShot=True, interval=TELL_MS)
        self._telling.timeout.connect(self._end_telling)
        self._hint = ElidedLabel()
        self._hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # what is under way goes first
        self._make_progress()
        self._device = QToolButton(autoRaise=True, popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self._device.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._device.setIcon(icon("device"))
        self._device.setText(self.tr("Preparing…"))
        self._device.setToolTip(self.tr("What repairs are computed on"))
        self._device.setAccessibleName(self.tr("Device"))
        self._device.setEnabled(False)
        self._devices = QMenu(self._device)
        self._device.setMenu(self._devices)
        self._photo = QLabel()
        self._photo.setToolTip(self.tr("Size, depth and colours of the photo"))
        self._position = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._position.setToolTip(self.tr("Pixel under the cursor: column, row"))
        self._make_zoom()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 0)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self._progress)
        self._about_photo: list[QWidget] = []
        for part in (self._device, self._photo, self._position):
            separator = _separator()
            layout.addWidget(separator)
            layout.addWidget(part)
            if part is not self._device:
                self._about_photo += [separator, part]
        self._about_photo += [self._zoom, self._zooms]
        layout.addSpacing(self.fontMetrics().averageCharWidth())
        layout.addWidget(self._zoom)
        layout.addWidget(self._zooms)
        self.setMinimumHeight(self._progress.sizeHint().height())  # so that the photo does not move when a repair runs
        self.set_photo(0, 0, 0, 0)

    def _make_progress(self) -> None:
        self._progress = QWidget()
        self._text = ElidedLabel()
        self._bar = QProgressBar(maximum=_STEPS, textVisible=False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._bar.setMaximumHeight(self.fontMetrics().height())
        self._bar.setMinimumWidth(self.fontMetrics().averageCharWidth() * 10)
        self._bar.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        cancel = QPushButton(icon("cancel"), self.tr("Cancel"))
        cancel.setToolTip(self.tr("Give up what is under way (Esc)"))
        cancel.setAccessibleName(self.tr("Cancel"))
        cancel.clicked.connect(self.cancel_requested)
        row = QHBoxLayout(self._progress)
        row.setContentsMargins(0, 0, 0, 0)
        for part in (self._text, self._bar, cancel):
            row.addWidget(part)
        self._progress.hide()

    def _make_zoom(self) -> None:
        self._zoom = QLineEdit(alignment=Qt.AlignmentFlag.AlignRight)
        self._zoom.setAccessibleName(self.tr("Zoom"))
        self._zoom.setToolTip(self.tr("Zoom: type a percentage"))
        self._zoom.setFixedWidth(self._zoom.fontMetrics().horizontalAdvance("3200 %") + 20)
        self._zoom.returnPressed.connect(self._on_zoom_typed)
        self._zoom.editingFinished.connect(self._show_zoom)
        self._zooms = QToolButton(autoRaise=True, popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self._zooms.setIcon(icon("zoom-in"))
        self._zooms.setAccessibleName(self.tr("Choose the zoom"))
        self._zooms.setToolTip(self.tr("Choose the zoom"))
        menu = QMenu(self._zooms)
        self._zooms.setMenu(menu)
        for text, zoom in ((self.tr("Fit"), None), *((_percent(zoom), zoom) for zoom in _ZOOMS)):
            action = menu.addAction(text)
            action.setData(zoom)
            action.triggered.connect(self._on_zoom_chosen)

    def set_hint(self, text: str) -> None:
        """What the tool in hand does, or what is seen."""
        self._hint_text, self._told, self._tip = text, "", ""
        self._telling.stop()
        self._show_hint()

    @property
    def hint(self) -> str:
        """What is read there."""
        return self._hint.text()

    def show_tip(self, text: str) -> None:
        """What the command under the cursor does; an empty text brings the hint back."""
        self._tip = text
        self._show_hint()

    def tell(self, text: str) -> None:
        """Something has happened; it is read for a while in place of the hint."""
        self._told = text
        self._telling.start()
        self._show_hint()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    @Slot()
    def _end_telling(self) -> None:
        self._told = ""
        self._show_hint()

    def _show_hint(self) -> None:
        self._hint.setText(self._tip or self._told or self._hint_text)

    def set_progress(self, fraction: float, text: str, seconds_left: float | None) -> None:
        """Something is under way."""
        self._text.setText(progress_line(text, seconds_left))
        self._text.updateGeometry()
        self._bar.setValue(round(fraction * _STEPS))
        self._progress.show()

    def clear_progress(self) -> None:
        """Nothing is under way any more."""
        self._progress.hide()

    def set_devices(self, devices: list[DeviceInfo], current_id: str) -> None:
        """Offers these devices; one of them is in use."""
        self._devices.clear()
        group = QActionGroup(self._devices)
        for device in devices:
            action = QAction(translated(device.name), group, checkable=True, checked=device.id == current_id)
            action.setData(device.id)
            action.triggered.connect(self._on_device)
            if device.id == current_id:
                self._device.setText(translated(device.name))
        self._devices.addActions(group.actions())
        self._devices.addSeparator()
        fastest = self._devices.addAction(self.tr("Choose the fastest"))
        fastest.setData("auto")
        fastest.triggered.connect(self._on_device)
        self._device.setEnabled(True)

    def set_photo(self, width: int, height: int, bits: int, channels: int) -> None:
        """Shows size, depth and colours of the photo; a width of 0 stands for none."""
        self._zoom.setEnabled(width > 0)
        self._zooms.setEnabled(width > 0)
        for part in self._about_photo:
            part.setVisible(width > 0)
        self.set_position(None)
        if not width:
            self._photo.clear()
            self._position.setMinimumWidth(0)
            return
        depth = self.tr("{bits}-bit").format(bits=bits)
        colours = {1: self.tr("Grey"), 2: self.tr("Grey + alpha"), 3: "RGB", 4: self.tr("RGB + alpha")}[channels]
        self._photo.setText(f"{width} × {height} · {depth} · {colours}")
        # Wide enough for every position, so that nothing beside it moves with the cursor.
        widest = self._position.fontMetrics().horizontalAdvance(f"{width}, {height} ")
        self._position.setMinimumWidth(widest)

    def set_position(self, position: tuple[int, int] | None) -> None:
        """The pixel of the photo that the cursor is on."""
        self._position.setText("" if position is None else f"{position[0]}, {position[1]}")

    def set_zoom(self, zoom: float) -> None:
        """How large the photo is shown."""
        self._zoom_shown = zoom
        if not (self._zoom.hasFocus() and self._zoom.isModified()):
            self._show_zoom()

    @Slot()
    def _show_zoom(self) -> None:
        self._zoom.setText(_percent(self._zoom_shown))

    @Slot()
    def _on_zoom_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._choose_zoom(action.data())

    @Slot()
    def _on_zoom_typed(self) -> None:
        try:
            percent = float(self._zoom.text().rstrip("% ").replace(",", "."))
        except ValueError:
            percent = 0
        if 0 < percent < math.inf:
            self._choose_zoom(percent / 100)
        else:
            self._show_zoom()

    def _choose_zoom(self, zoom: float | None) -> None:
        self.zoom_chosen.emit(zoom)
        self._show_zoom()
        self._zoom.clearFocus()  # so that the tools' keys work again

    @Slot()
    def _on_device(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.device_chosen.emit(action.data())


def _percent(zoom: float) -> str:
    percent = zoom * 100
    return f"{percent:.0f} %" if percent >= 10 or percent == round(percent) else f"{percent:.1f} %"


def _separator() -> QFrame:
    return QFrame(frameShape=QFrame.Shape.VLine, frameShadow=QFrame.Shadow.Sunken)
