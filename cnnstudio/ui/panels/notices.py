"""Sentences for the person in a bar above the photo, which stays where it is; nothing waits for a click.

A notice of one line has room above a fitted photo. Of one that is seen closer, it covers the top of what is seen.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QEnterEvent,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.ui.icons import icon
from cnnstudio.ui.panels.icon_label import IconLabel

INFO_MS = 6000
"""How long an info stays."""

_MOST = 3
"""Notices shown at a time; others wait behind them."""

_DETAIL_LINES = 7
_COLOURS = {"info": QColor(0x3B, 0x82, 0xD6), "warning": QColor(0xD9, 0x8E, 0x04), "error": QColor(0xD6, 0x45, 0x45)}


@dataclass(frozen=True)
class _Notice:
    text: str
    kind: str
    detail: str


class _Bar(QFrame):
    """One notice.

    Signals:
        closed: the person closed it, or its time is over.
    """

    closed = Signal()

    def __init__(self, notice: _Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self._colour = _COLOURS[notice.kind]
        text = QLabel(notice.text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.addWidget(IconLabel(notice.kind, 1.2))
        row.addWidget(text, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 1, 4, 1)  # so low that it has room above a fitted photo
        layout.addLayout(row)
        if notice.detail:
            self._details = QToolButton(autoRaise=True)
            self._details.setText(self.tr("Details"))
            self._details.setCheckable(True)
            self._details.setToolTip(self.tr("What exactly happened, to be copied for whoever helps you"))
            detail = QPlainTextEdit(notice.detail, readOnly=True)
            detail.setAccessibleName(self.tr("Details"))
            detail.setTabChangesFocus(True)
            lines = min(_DETAIL_LINES, notice.detail.count("\n") + 2)
            detail.setFixedHeight(detail.fontMetrics().lineSpacing() * lines + 12)
            detail.hide()
            self._details.toggled.connect(detail.setVisible)
            self._details.toggled.connect(self._stay)
            row.addWidget(self._details)
            layout.addWidget(detail)
        close = QToolButton(autoRaise=True)
        close.setIcon(icon("close"))
        close.setToolTip(self.tr("Close this notice (Esc)"))
        close.setAccessibleName(self.tr("Close"))
        close.clicked.connect(self.closed)
        row.addWidget(close)
        self._timer = QTimer(self, singleShot=True, interval=INFO_MS)
        self._timer.timeout.connect(self.closed)
        self.again()

    def again(self) -> None:
        """It is said once more: its time begins anew."""
        if self.notice.kind == "info":
            self._timer.start()

    def end(self) -> None:
        """It goes, and says nothing more."""
        self._timer.stop()
        self.hide()
        self.deleteLater()

    @Slot()
    def _stay(self) -> None:
        """Whoever reads the details must not be hurried."""
        self._timer.stop()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        if self.isVisible() and not (self.notice.detail and self._details.isChecked()):
            self.again()
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # it closes the notice rather than giving up what is under way
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        window = self.palette().color(QPalette.ColorRole.Window)
        painter.fillRect(self.rect(), _mixed(window, self._colour, 0.16))
        painter.fillRect(0, 0, 4, self.height(), self._colour)


class Notices(QWidget):
    """The bar, to be laid over what may not move. Errors and warnings stay until they are closed.

    Signals:
        covers: (pixels) so high it is now; 0 while there is nothing to say.
    """

    covers = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: list[_Bar] = []
        self._waiting: list[_Notice] = []
        self._more = QLabel()
        self._more.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._more.setMargin(4)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        self._layout.addWidget(self._more)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setAutoFillBackground(True)
        self.setAccessibleName(self.tr("Notices"))
        self._more.hide()
        self.hide()

    # A bar of notices has nothing to show but notices.
    def show(self, text: str, kind: str = "info", detail: str = "") -> None:  # type: ignore[override]
        """Tells the person something.

        Args:
            text: a sentence, or few.
            kind: ``"info"``, which goes by itself, ``"warning"`` or ``"error"``.
            detail: behind “Details”.
        """
        notice = _Notice(text, kind, detail)
        for bar in self._bars:
            if (bar.notice.text, bar.notice.kind) == (text, kind):
                bar.again()
                return
        if not any((other.text, other.kind) == (text, kind) for other in self._waiting):
            self._waiting.append(notice)
            self._announce(notice)
            self._fill()

    def clear(self) -> None:
        """Closes all."""
        self._waiting.clear()
        for bar in list(self._bars):
            self._close(bar)

    @property
    def texts(self) -> list[str]:
        """What is being shown, the oldest first."""
        return [bar.notice.text for bar in self._bars]

    def _fill(self) -> None:
        while self._waiting and len(self._bars) < _MOST:
            bar = _Bar(self._waiting.pop(0), self)
            bar.closed.connect(self._on_closed)
            self._layout.insertWidget(len(self._bars), bar)
            self._bars.append(bar)
        self._more.setText(self.tr("{n} more").format(n=len(self._waiting)))
        self._more.setVisible(bool(self._waiting))
        self.setVisible(bool(self._bars))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if self.isVisible():
            self.covers.emit(self.height())

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.covers.emit(self.height())

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self.covers.emit(0)

    def _announce(self, notice: _Notice) -> None:
        event = QAccessibleAnnouncementEvent(self, notice.text)
        if notice.kind == "error":
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)

    @Slot()
    def _on_closed(self) -> None:
        bar = self.sender()
        if isinstance(bar, _Bar) and bar in self._bars:
            self._close(bar)

    def _close(self, bar: _Bar) -> None:
        self._bars.remove(bar)
        bar.end()
        self._fill()


def _mixed(base: QColor, other: QColor, share: float) -> QColor:
    return QColor.fromRgbF(
        *(a + (b - a) * share for a, b in zip(base.getRgbF()[:3], other.getRgbF()[:3], strict=True))  # type: ignore[index]
    )
