"""Training in a process of its own, and what it writes into its run folder.

The process outlives the window: it is asked to stop by a file, and what it has to tell it writes into files.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnnstudio.errors import BadInput, UnwritableTarget
from cnnstudio.paths import own_command

GRACE_SECONDS = 30.0
"""How long a run may take to save itself once it was asked to stop."""

_POLL_MS = 500
_Version = tuple[int, int]  # bytes, time of the last change
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class RunEnd:
    """How a training process ended.

    Attributes:
        reason: ``"finished"`` by itself, ``"stopped"`` when asked, ``"killed"`` because it did not stop in time (what
            it did since its last checkpoint is lost), or ``"failed"``.
        message: one plain sentence on why it failed; else empty.
        detail: the end of what it printed, for the log and behind “Details”.
    """

    reason: Literal["finished", "stopped", "killed", "failed"]
    message: str = ""
    detail: str = ""


def training_command(arguments: Sequence[str]) -> list[str]:
    """The command line that trains, from a checkout, an installation or a bundle alike.

    Args:
        arguments: of ``cnnstudio train``.
    """
    return [*own_command(), "train", *arguments]


def child_environment() -> dict[str, str]:
    """Our environment, by which a child finds the modules of a checkout and writes UTF-8."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8:replace"}
    # Only for a checkout: an installation's folder in front of the path could hide the standard library.
    if (_PACKAGE_ROOT / "pyproject.toml").is_file():
        others = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join([str(_PACKAGE_ROOT), *([others] if others else [])])
    return environment


class EventTail:
    """Reads what was added to a file of JSON lines since the last look.

    A run that is resumed rewrites its file without the rows after the checkpoint; the tail notices this and begins
    anew.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._last = b""  # the last line read, which must still stand before the offset

    def read_new(self) -> tuple[bool, list[dict[str, Any]]]:
        """Returns whether all rows read before are void, and the rows that are new. A half-written line waits."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset - len(self._last))
                rewritten = file.read(len(self._last)) != self._last
                if rewritten:
                    file.seek(0)
                    self._offset, self._last = 0, b""
                added = file.read()
        except FileNotFoundError:
            return False, []
        whole = added[: added.rfind(b"\n") + 1]
        if whole:
            self._offset += len(whole)
            self._last = whole.splitlines(keepends=True)[-1]
        rows = []
        for line in whole.splitlines():
            with contextlib.suppress(ValueError):  # the line that a kill cut short
                rows.append(json.loads(line))
        return rewritten, rows


class TrainingRun(QObject):
    """A training process and its run folder. Belongs to the GUI thread.

    Signals:
        restarted: the rows told so far are void: the run was resumed from an earlier step.
        rows_added: (list of dict) new lines of ``events.jsonl``: ``kind``, ``step``, ``time`` and figures.
        sample_added: (Path) a new picture of samples, completely written.
        ended: (:class:`RunEnd`) once, the last signal.

    Args:
        folder: of the run.
        grace: seconds between :meth:`stop` and killing.
        poll_ms: how often the folder is looked at.
    """

    restarted = Signal()
    rows_added = Signal(list)
    sample_added = Signal(object)
    ended = Signal(object)

    def __init__(
        self, folder: Path, *, grace: float = GRACE_SECONDS, poll_ms: int = _POLL_MS, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.folder = folder
        self._grace = grace
        self._process: subprocess.Popen[bytes] | None = None
        self._events = EventTail(folder / "events.jsonl")
        self._seen: dict[Path, _Version] = {}  # samples, when last looked at
        self._told: dict[Path, _Version] = {}
        self._stop_at: float | None = None
        self._killed = False
        self._timer = QTimer(self, interval=poll_ms)
        self._timer.timeout.connect(self._look)

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def start(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Starts the process; what it prints goes to ``output.log`` in the run folder.

        Args:
            command: as :func:`training_command` makes it; the run folder it names must be this one.
            environment: of the process; None is :func:`child_environment`.

        Raises:
            UnwritableTarget: the folder cannot be made or written.
            BadInput: the process cannot be started.
            RuntimeError: it runs already.
        """
        if self._process:
            raise RuntimeError("the run has been started")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            output = self._output.open("wb")
        except OSError as error:
            raise UnwritableTarget(f"The folder “{self.folder}” cannot be written.", repr(error)) from error
        self._told = self._find_samples()
        self._stop_at, self._killed = None, False
        with output:
            try:
                self._process = subprocess.Popen(
                    list(command), env=dict(environment or child_environment()),
                    stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                    # A group of its own: a Ctrl-C meant for the window does not reach it, and its helpers die with it.
                    start_new_session=True,
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )  # fmt: skip
            except OSError as error:
                raise BadInput("Training could not be started.", repr(error)) from error
        self._timer.start()

    def stop(self) -> None:
        """Asks the process to save its state and end; kills it if it has not after the time of grace."""
        if self._process and self._stop_at is None:
            self._stop_at = time.monotonic() + self._grace
            self._ask_to_stop()

    @property
    def _output(self) -> Path:
        return self.folder / "output.log"

    @property
    def _stop_file(self) -> Path:
        return self.folder / "stop"

    @Slot()
    def _look(self) -> None:
        assert self._process is not None
        code = self._process.poll()  # before the files, so that nothing it wrote is missed
        self._tell_rows()
        self._tell_samples(all_whole=code is not None)
        if code is not None:
            self._end(code)
        elif self._stop_at is not None:
            if time.monotonic() >= self._stop_at:
                if not self._killed:
                    self._kill()
            else:
                # Again and again: a run that is only just starting removes the file of the last time.
                self._ask_to_stop()

    def _tell_rows(self) -> None:
        restarted, rows = self._events.read_new()
        if restarted:
            self.restarted.emit()
        if rows:
            self.rows_added.emit(rows)

    def _tell_samples(self, all_whole: bool) -> None:
        before, self._seen = self._seen, self._find_samples()
        for path, version in self._seen.items():
            # A picture is taken to be whole once it has stopped changing.
            if self._told.get(path) != version and (all_whole or before.get(path) == version):
                self._told[path] = version
                self.sample_added.emit(path)

    def _find_samples(self) -> dict[Path, _Version]:
        found = {}
        for path in sorted((self.folder / "samples").glob("*.png")):
            status = path.stat()
            found[path] = status.st_size, status.st_mtime_ns
        return found

    def _ask_to_stop(self) -> None:
        with contextlib.suppress(OSError):  # then it is killed
            self._stop_file.touch()

    def _kill(self) -> None:
        assert self._process is not None
        self._killed = True
        if sys.platform == "win32":
            self._process.kill()
        else:
            os.killpg(self._process.pid, signal.SIGKILL)

    def _end(self, code: int) -> None:
        self._process = None
        self._timer.stop()
        with contextlib.suppress(OSError):
            self._stop_file.unlink(missing_ok=True)
        self.ended.emit(self._how_it_ended(code))

    def _how_it_ended(self, code: int) -> RunEnd:
        try:
            lines = self._output.read_text("utf-8", "replace").splitlines()
        except OSError:
            lines = []
        detail = "\n".join(lines[-100:])
        if self._killed:
            return RunEnd("killed", detail=detail)
        if code == 0:
            return RunEnd("finished" if self._stop_at is None else "stopped", detail=detail)
        # A command's last line is its sentence for people, then perhaps “(detail)”. One that was killed has none.
        sentences = [line for line in lines if line.strip() and not line.startswith("(")]
        if code < 0 or not sentences:
            message = "Training ended unexpectedly; perhaps memory ran out."
        else:
            message = sentences[-1].removeprefix("cnnstudio: ")
        return RunEnd("failed", message, f"exit code {code}\n{detail}")
