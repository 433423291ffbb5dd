"""The window's composition root: makes the application, settings, lanes and window, and ends them in order."""

from __future__ import annotations

import gc
import logging
import logging.handlers
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from cnnstudio import __version__
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
    """

    happened = Signal(str)

    def install(self) -> None:
        """Takes the place of :data:`sys.excepthook`."""
        sys.excepthook = self._report

    def _report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QGuiApplication.quit()
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        logging.getLogger(__name__).error("%s", text)
        self.happened.emit(text)


def start_collecting() -> None:
    """Begins to look for garbage, and never among what there is by now, which stays until the end."""
    gc.freeze()
    gc.enable()


def log_to_file() -> None:
    """Writes what the program has to say into a file of the user's own folder, kept small."""
    folder = user_data_dir() / "logs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            folder / "studio.log", maxBytes=1 << 20, backupCount=2, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()  # a window without a log is better than none
    logging.basicConfig(
        level=logging.INFO, handlers=[handler], format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )


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
    log_to_file()
    defects = DefectReporter()
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
    try:
        return app.exec()
    finally:
        gc.enable()  # also where nothing was ever painted
        window.put_away()
        lanes.close()
