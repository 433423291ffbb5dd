"""Looking for the training picture most like one that was made: ``cnnstudio train nearest`` in a process of its own.

It needs what training needs, and takes as long as there are pictures: neither belongs into the window's process.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal, Slot

from cnnstudio.errors import UnwritableTarget
from cnnstudio.runtime.training_run import EventTail, child_environment, training_command

VERDICTS = ("copy", "near", "new", "unknown")
"""A copy, perhaps one, none; and where there are too few training pictures to tell."""

_POLL_MS = 200


@dataclass(frozen=True)
class Likeness:
    """The training picture most like one that was made, and how like.

    Attributes:
        file: the training picture.
        distance: between what a network sees in them; 0 for a copy.
        times: the same in units of what is usual between training pictures; None where nothing is.
        verdict: one of :data:`VERDICTS`.
    """

    file: Path
    distance: float
    times: float | None
    verdict: str

    @classmethod
    def from_json(cls, told: Any) -> Likeness:
        """The first of those that the command tells.

        Raises:
            ValueError: it tells something else.
        """
        try:
            first = told[0]
            times = first["times"]
            made = cls(
                Path(first["nearest"]), float(first["distance"]), None if times is None else float(times),
                str(first["verdict"]),
            )  # fmt: skip
        except (IndexError, KeyError, TypeError) as error:
            raise ValueError(f"no likeness: {error!r}") from error
        if made.verdict not in VERDICTS or (made.times is None) != (made.verdict == "unknown"):
            raise ValueError(f"no verdict: {made.verdict}")
        return made


class NearestRun(QObject):
    """One search, and its temporary folder, of which nothing stays. Belongs to the GUI thread.

    Write the picture that was made to :attr:`picture`, then :meth:`start`. Ends with ``found`` or ``failed``, or
    without a word where it was given up, and is then deleted.

    Signals:
        progressed: (pictures looked at, of how many).
        found: (:class:`Likeness`).
        failed: (the command's own sentence, empty where it had none; detail for the log).

    Attributes:
        picture: a PNG that is yet to be written.

    Raises:
        UnwritableTarget: there is no room for temporary files.
    """

    progressed = Signal(int, int)
    found = Signal(object)
    failed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="cnnstudio-", ignore_cleanup_errors=True)
        except OSError as error:
            raise UnwritableTarget(f"The folder “{_temporary()}” cannot be written.", repr(error)) from error
        self._place = Path(self._folder.name)
        self.picture = self._place / "made.png"
        self._events = EventTail(self._place / "events.jsonl")
        self._said = ""  # by the process, as its last words in a row
        self._wanted = True
        self._process = QProcess(self)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self._look)

    def start(self, among: Path) -> None:
        """Begins to look through a folder; whether there is one is found out by the process."""
        environment = QProcessEnvironment()
        for name, value in child_environment().items():
            environment.insert(name, value)
        self._process.setProcessEnvironment(environment)
        # Into files: a program of Windows' desktop has no output that could be read.
        program, *arguments = training_command(
            ["nearest", str(self.picture), "--among", str(among), "--run-folder", str(self._place)]
        )
        self._timer.start()
        self._process.start(program, arguments)

    def give_up(self) -> None:
        """Ends it without a word. The process is killed, and what is left of it removed once it is gone."""
        self._wanted = False
        self._timer.stop()
        if self._process.state() == QProcess.ProcessState.NotRunning:
            self._forget()
        else:
            self._process.kill()

    def end(self) -> None:
        """The same, and waits for it: to be called before the window goes."""
        self.give_up()
        self._process.waitForFinished()
        self._forget()

    @Slot()
    def _look(self) -> None:
        _, rows = self._events.read_new()
        for row in rows:
            match row:
                case {"kind": "failed", "message": str(message)}:
                    self._said = message
                case {"kind": "nearest", "done": int(done), "of": int(of)}:
                    self.progressed.emit(done, of)

    @Slot(int, QProcess.ExitStatus)
    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._timer.stop()
        if not self._wanted:
            self._forget()
            return
        self._look()
        printed = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
        file = self._place / "nearest.json"
        try:
            likeness = Likeness.from_json(json.loads(file.read_bytes()))
        except (OSError, ValueError, RecursionError) as error:
            crashed = status == QProcess.ExitStatus.CrashExit
            self._fail("" if crashed else self._said or _sentence(printed), f"exit code {code}, {error!r}\n{printed}")
            return
        self._forget()
        self.found.emit(likeness)

    @Slot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:  # after any other one it finishes
            self._timer.stop()
            if self._wanted:
                self._fail("", f"{self._process.program()}: {self._process.errorString()}")
            else:
                self._forget()

    def _fail(self, message: str, detail: str) -> None:
        self._forget()
        self.failed.emit(message, detail)

    def _forget(self) -> None:
        self._folder.cleanup()
        self.deleteLater()


def _sentence(printed: str) -> str:
    """What a command says to people: its last line that is no “(detail)”."""
    lines = [line for line in printed.splitlines() if line.strip() and not line.startswith("(")]
    return lines[-1].removeprefix("cnnstudio: ") if lines else ""


def _temporary() -> str:
    """Where temporary files should have gone."""
    try:
        return tempfile.gettempdir()
    except OSError:  # there is no such folder at all
        return tempfile.gettempprefix()
