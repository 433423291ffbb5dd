"""A slider with a field beside it in which the number can be typed."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

_REST_MS = 500
"""Keys and wheel have no release: the value rests when it has not moved for so long."""


class _EnterIsMine(QObject):
    """Lets Enter end the typing of a number, or press a button, also where it is a shortcut for something else."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            event.accept()
            return True
        return super().eventFilter(watched, event)


def keep_enter(widget: QWidget) -> None:
    """Leaves Enter to a widget where it is a shortcut around it."""
    widget.installEventFilter(_EnterIsMine(widget))


def prepare_number_field(field: QAbstractSpinBox, name: str) -> None:
    """Makes a field tell only whole numbers typed, ended by Enter, and its name to assistive tools."""
    field.setKeyboardTracking(False)  # “40” is not 4 on its way
    field.setAccessibleName(name)
    field.lineEdit().setAccessibleName(name)
    keep_enter(field)


class NumberSlider(QWidget):
    """A number in a range. Where that has two sides, a double click on the slider goes back to 0.

    Signals:
        moved: (value) the person changed it, maybe still on the way.
        settled: (value) the person has let go of it; follows one or more ``moved``.

    Args:
        name: what the number is, for assistive tools.
        maximum: of the range.
        step: of an arrow key.
        suffix: shown after the number ("%", "px").
        decimals: shown.
        minimum: of the range.
    """

    moved = Signal(float)
    settled = Signal(float)

    def __init__(
        self,
        name: str,
        maximum: float,
        step: float,
        suffix: str,
        decimals: int = 0,
        parent: QWidget | None = None,
        *,
        minimum: float = 0,
    ) -> None:
        super().__init__(parent)
        self._fine = 10**decimals
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(round(minimum * self._fine), round(maximum * self._fine))
        self._slider.setSingleStep(round(step * self._fine))
        self._slider.setPageStep((self._slider.maximum() - self._slider.minimum()) // 10)
        if minimum < 0:  # where nothing is changed is to be seen
            self._slider.setTickPosition(QSlider.TickPosition.TicksBelow)
            self._slider.setTickInterval(round(maximum * self._fine))
        self._field = QDoubleSpinBox()
        self._field.setRange(minimum, maximum)
        self._field.setDecimals(decimals)
        self._field.setSingleStep(step)
        self._field.setSuffix(f" {suffix}")
        prepare_number_field(self._field, name)
        self._field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._field.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)  # the slider is there for that
        self._slider.setAccessibleName(name)
        for part in (self._slider, self._field):
            part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            part.installEventFilter(self)
        self._slider.valueChanged.connect(self._on_slider)
        self._slider.sliderReleased.connect(self._settle)
        self._field.valueChanged.connect(self._on_field)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._settle)
        self._moving = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._field)
        self.setFocusProxy(self._slider)

    @property
    def field(self) -> QDoubleSpinBox:
        """In which the number is typed."""
        return self._field

    @property
    def value(self) -> float:
        return self._field.value()

    @value.setter
    def value(self, value: float) -> None:
        """Shows a value without a signal; what the person was about to set is forgotten."""
        with QSignalBlocker(self._slider), QSignalBlocker(self._field):
            self._field.setValue(value)
            self._slider.setValue(round(self._field.value() * self._fine))
        self._rest.stop()
        self._moving = False

    @property
    def is_moving(self) -> bool:
        """Whether ``settled`` is yet to come."""
        return self._moving

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        # Whoever scrolls past does not mean to change a number.
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        if event.type() == QEvent.Type.MouseButtonDblClick and watched is self._slider and self._slider.minimum() < 0:
            self._slider.setValue(0)
            return True
        if event.type() == QEvent.Type.FocusOut:
            self._settle()
        return super().eventFilter(watched, event)

    @Slot(int)
    def _on_slider(self, value: int) -> None:
        with QSignalBlocker(self._field):
            self._field.setValue(value / self._fine)
        self._move()

    @Slot(float)
    def _on_field(self, value: float) -> None:
        with QSignalBlocker(self._slider):
            self._slider.setValue(round(value * self._fine))
        self._move()

    def _move(self) -> None:
        self._moving = True
        self.moved.emit(self.value)
        if not self._slider.isSliderDown():
            self._rest.start()

    @Slot()
    def _settle(self) -> None:
        self._rest.stop()
        if self._moving:
            self._moving = False
            self.settled.emit(self.value)


def align(sliders: Iterable[NumberSlider]) -> None:
    """Gives sliders that stand above each other equally wide fields, so that they are equally long."""
    fields = [slider.field for slider in sliders]
    width = max(field.sizeHint().width() for field in fields)
    for field in fields:
        field.setFixedWidth(width)
