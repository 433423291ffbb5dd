"""What the program writes down about itself: a log that turns over, and what is known of a crash.

Both stay in the user's own folder. They may name files, and hold nothing of any picture.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import logging.handlers
import os
import platform
import sys
import time
from pathlib import Path
from typing import TextIO

from cnnstudio import __version__
from cnnstudio.paths import user_data_dir

_LOG_BYTES = 1 << 20
_OLD_LOGS = 2
_KEPT_CRASHES = 10
_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def log_folder() -> Path:
    """Where logs and crash reports are (made by whoever writes there)."""
    return user_data_dir() / "logs"


class _LogFile(logging.handlers.RotatingFileHandler):
    """A log on a disk that is full loses lines, and stops nobody."""

    def handleError(self, _record: logging.LogRecord) -> None:  # noqa: N802 - as logging has it
        pass

    def close(self) -> None:
        with contextlib.suppress(OSError):
            super().close()


def file_handler(name: str) -> logging.Handler:
    """What writes into a log file of :func:`log_folder`, kept small; into nothing where that cannot be written."""
    try:
        log_folder().mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = _LogFile(
            log_folder() / name, maxBytes=_LOG_BYTES, backupCount=_OLD_LOGS, encoding="utf-8"
        )
    except OSError:
        return logging.NullHandler()  # a program without a log is better than none
    handler.setFormatter(logging.Formatter(_FORMAT))
    return handler


class CrashWatch:
    """Keeps a file open while the program runs, into which even its last breath goes; a clean end removes it.

    Python's fault handler writes there what every thread was doing when the process was ended by a fault of native
    code, where nothing of ours could run any more. What nobody caught is added by :meth:`note`.
    """

    def __init__(self) -> None:
        self._file: TextIO | None = None

    def begin(self) -> Path | None:
        """Begins to watch.

        Returns:
            The report that an earlier run left when it crashed, told once; None where there is none.
        """
        with contextlib.suppress(OSError):
            log_folder().mkdir(parents=True, exist_ok=True)
            left = _left_by_crash()
            path = log_folder() / f"running-{os.getpid()}.txt"
            self._file = path.open("w", encoding="utf-8", errors="replace")
            _lock(self._file)
            self._file.write(_header())
            self._file.flush()
            faulthandler.enable(self._file)
            return left
        return None

    def note(self, text: str) -> None:
        """Adds something that the report of a crash shall say."""
        if self._file:
            with contextlib.suppress(OSError):
                self._file.write(text)
                self._file.flush()

    def end(self) -> None:
        """The program ends as it should: there is nothing to report."""
        if self._file is None:
            return
        # Without a console there is nothing else that a fault at the very end could be written to.
        faulthandler.disable()
        path, file = Path(self._file.name), self._file
        self._file = None
        with contextlib.suppress(OSError):
            file.close()  # on a disk that is full it still has to say so
        with contextlib.suppress(OSError):
            path.unlink()


def crash_reports() -> list[Path]:
    """All reports of crashes, the newest first."""
    return sorted(log_folder().glob("crash-*.txt"), reverse=True)


def _header() -> str:
    started = time.strftime("%Y-%m-%d %H:%M:%S")
    return f"CNN Studio {__version__}, Python {platform.python_version()}, {platform.platform()}\nstarted {started}\n"


def _left_by_crash() -> Path | None:
    """Turns what crashed runs left into reports; forgets runs that were ended from outside and had nothing to tell."""
    newest = None
    for path in sorted(log_folder().glob("running-*.txt"), key=lambda path: path.stat().st_mtime):
        with contextlib.suppress(OSError):
            if _is_held(path):
                continue
            if path.read_text("utf-8", "replace").count("\n") <= _header().count("\n"):
                path.unlink()
                continue
            when = time.strftime("%Y-%m-%d-%H%M%S", time.localtime(path.stat().st_mtime))
            newest = path.replace(path.with_name(f"crash-{when}.txt"))
    for old in crash_reports()[_KEPT_CRASHES:]:
        with contextlib.suppress(OSError):
            old.unlink()
    return newest


def _lock(file: TextIO) -> None:
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_held(path: Path) -> bool:
    """Whether the program that writes this file still runs."""
    if sys.platform == "win32":
        try:
            path.rename(path)  # refused while another has it open
        except OSError:
            return True
        return False
    import fcntl

    with path.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        return False
