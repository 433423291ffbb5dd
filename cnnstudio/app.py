"""The window's composition root: makes the application, settings, lanes and window, and ends them in order."""

from __future__ import annotations

import gc
import logging
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from cnnstudio import __version__
from cnnstudio.logs import CrashWatch, file_handler
from cnnstudio.paths import user_data_dir
from cnnstudio.ui import icons, theme
from cnnstudio.ui.i18n import install_language
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.settings import Settings

WARM_UP_MS = 300
"""After the first paint the engine is made ready, so that the first repair need not wait for it."""


class DefectReporter(QObject):
    """Receives what nobody caught, from any thread: it goes to the log, and one sentence to the window.

    Signals:
        happened: (traceback); emitted from whatever thread the defect is in.

    Args:
        crashes: told too, should the program not live on.
    """

    happened = Signal(str)

    def __init__(self, crashes: CrashWatch) -> None:
        super().__init__()
        self._crashes = crashes

    def install(self) -> None:
        """Takes the place of :data:`sys.excepthook` and of :data:`threading.excepthook`."""
        sys.excepthook = self._report
        threading.excepthook = self._report_thread

    def _report_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._report(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QGuiApplication.quit()
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        logging.getLogger(__name__).error("%s", text)
        self._crashes.note(text)
        self.happened.emit(text)


def start_collecting() -> None:
    """Begins to look for garbage, and never among what there is by now, which stays until the end."""
    gc.freeze()
    gc.enable()


def run(photos: Sequence[Path] = ()) -> int:
    """Opens the window with these photos and returns the exit code once it is closed."""
    # 125 % and 150 % are real scales: rounding them would blur the photo.
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("CNN Studio")
    app.setApplicationVersion(__version__)
    app.setOrganizationName("cnnstudio")
    app.setDesktopFileName("cnnstudio")
    logging.basicConfig(level=logging.INFO, handlers=[file_handler("studio.log")])
    logging.getLogger(__name__).info("CNN Studio %s begins", __version__)
    crashes = CrashWatch()
    report = crashes.begin()
    defects = DefectReporter(crashes)
    defects.install()
    settings = Settings()
    install_language(app, settings.language)
    theme.apply_theme(app, settings.theme)
    app.setWindowIcon(icons.icon("app"))
    lanes = Lanes.start()
    window = MainWindow(settings, lanes, user_data_dir() / "sessions")
    defects.happened.connect(window.report_defect)
    window.show()
    window.first_painted.connect(start_collecting)
    window.first_painted.connect(lambda: QTimer.singleShot(WARM_UP_MS, window, window.warm_up))
    window.open_at_start(photos)
    if report:
        window.tell_of_crash(report)
    try:
        return app.exec()
    finally:
        gc.enable()  # also where nothing was ever painted
        window.put_away()
        lanes.close()
        logging.getLogger(__name__).info("CNN Studio ends")
        crashes.end()
