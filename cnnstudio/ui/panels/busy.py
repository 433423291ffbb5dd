"""What a panel shows while something is under way."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from cnnstudio.ui.panels.elided_label import ElidedLabel
from cnnstudio.ui.panels.parts import press_button
from cnnstudio.ui.panels.time_left import progress_line

_STEPS = 1000  # of the progress bar


class Busy(QWidget):
    """What is being done and how far it has come, and the button that gives it up.

    Args:
        name: of the bar, for assistive tools.
        tip: of the button.

    Attributes:
        text, bar, cancel: its parts.
    """

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ElidedLabel()
        self.bar = QProgressBar(maximum=_STEPS, textVisible=False)
        self.bar.setAccessibleName(name)
        self.cancel = press_button(self.tr("Cancel"), tip, "cancel")
        row = QHBoxLayout()
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text)
        column.addLayout(row)

    def set_progress(self, fraction: float, text: str, seconds_left: float | None) -> None:
        """How far it has come, 0 to 1, and how long it will still take, where that can be told."""
        self.text.setText(progress_line(text, seconds_left))
        self.bar.setValue(round(fraction * _STEPS))


class Action(QStackedWidget):
    """Buttons that begin something; in their place, while it is under way, a :class:`Busy`.

    Args:
        idle: with the buttons.
        first: of them, the one that begins it.
        busy: shown meanwhile.
    """

    def __init__(self, idle: QWidget, first: QPushButton, busy: Busy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first, self._busy = first, busy
        for page in (idle, busy):
            self.addWidget(page)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def is_busy(self) -> bool:
        return self.currentWidget() is self._busy

    def set_busy(self, busy: bool, *others: QWidget) -> None:
        """Turns to what is the case; the keyboard follows from the buttons, or from the ``others``."""
        if busy == self.is_busy:
            return
        had_focus = any(part.hasFocus() for part in (self._first, self._busy.cancel, *others))
        self.setCurrentIndex(int(busy))
        if had_focus:
            (self._busy.cancel if busy else self._first).setFocus()
