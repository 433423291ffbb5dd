"""How far something has come, shown again and again: the time that is left grows less between two news, too."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from cnnstudio.ui.sentences import translated

_EVERY_MS = 500


class Countdown(QObject):
    """Lives as long as who shows it.

    Args:
        show: is given the last news: a fraction in [0, 1], and what is going on, in the window's language.
    """

    def __init__(self, show: Callable[[float, str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._show = show
        self._news: tuple[float, str] | None = None
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._show_news)

    @Slot(float, str)
    def tell(self, fraction: float, text: str) -> None:
        """There are news; they are shown at once."""
        self._news = fraction, translated(text)
        self._show_news()

    def go_on(self, going: bool) -> None:
        """Shows the news from now on, or forgets them since nothing is under way."""
        if not going:
            self._news = None
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _show_news(self) -> None:
        if self._news:
            self._show(*self._news)
