"""“Copy report”: what ``cnnstudio doctor`` finds, on the clipboard, for whoever helps."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal, Slot
from PySide6.QtGui import QGuiApplication

from cnnstudio.paths import own_command
from cnnstudio.runtime.training_run import child_environment


class ReportCopier(QObject):
    """Has the report made by a process of its own, so that it can tell even of what does not work in this one.

    Signals:
        told: a sentence on how it stands.
        failed: (sentence, detail) there is no report.
    """

    told = Signal(str)
    failed = Signal(str, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @Slot()
    def copy(self) -> None:
        """Begins; asked again meanwhile, it goes on."""
        if self._process:
            return
        self._folder = tempfile.TemporaryDirectory(prefix="cnnstudio-", ignore_cleanup_errors=True)
        environment = QProcessEnvironment()
        for name, value in child_environment().items():
            environment.insert(name, value)
        program, *arguments = own_command()
        self._process = QProcess(self)
        self._process.setProcessEnvironment(environment)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)
        # Into a file: a program of Windows' desktop has no output that could be read.
        self._process.start(program, [*arguments, "doctor", "--debug", "--output", str(self._file)])
        self.told.emit(self.tr("Looking at everything for the report …"))

    def end(self) -> None:
        """To be called before the window goes: nobody waits for the report any more."""
        if self._process:
            self._process.finished.disconnect(self._on_finished)
            self._process.errorOccurred.disconnect(self._on_error)
            self._process.kill()
            self._process.waitForFinished()
            self._forget()

    @property
    def _file(self) -> Path:
        assert self._folder is not None
        return Path(self._folder.name) / "report.txt"

    @Slot()
    def _on_finished(self) -> None:
        try:
            text = self._file.read_text("utf-8")
        except OSError as error:
            assert self._process is not None
            said = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
            self._forget()
            self.failed.emit(self.tr("The report could not be made."), f"{error!r}\n{said}")
            return
        self._forget()
        QGuiApplication.clipboard().setText(text)
        self.told.emit(self.tr("The report is on the clipboard. It names folders, and nothing that is in your photos."))

    @Slot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:  # after any other one it finishes
            self._forget()
            self.failed.emit(self.tr("The report could not be made."), own_command()[0])

    def _forget(self) -> None:
        if self._process:
            self._process.deleteLater()
            self._process = None
        if self._folder:
            self._folder.cleanup()
            self._folder = None
