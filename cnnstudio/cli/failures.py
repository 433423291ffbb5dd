"""Errors as a person and a script see them: one sentence, one exit code, and the details in a log file."""

from __future__ import annotations

import logging
from enum import IntEnum
from pathlib import Path

from cnnstudio import __version__
from cnnstudio.errors import (
    BadInput,
    BadMask,
    BadModel,
    Cancelled,
    CnnStudioError,
    NotEnoughMemory,
    UnreadablePhoto,
    UnwritableTarget,
)
from cnnstudio.logs import file_handler, log_folder


class Exit(IntEnum):
    """Exit codes of every command."""

    OK = 0
    SOME_FAILED = 1
    USAGE = 2
    UNREADABLE = 3
    BAD_MASK = 4
    UNWRITABLE = 5
    MODEL = 6
    MEMORY = 7
    DEFECT = 70
    INTERRUPTED = 130
    CLOSED_PIPE = 141


EXIT_CODES = """\
exit codes:
  0    all is well
  1    some photos of a folder, or some of doctor's checks, failed; the report says which and why
  2    an option or a command cannot be used as given
  3    a photo cannot be read: missing, not an image, truncated, too large
  4    a mask is missing, empty, of another size, or not a mask
  5    the result cannot be written: it exists already, no permission, disk full
  6    a model is missing or damaged
  7    not enough memory
  70   a defect in CNN Studio; the log has the details
  130  stopped by Ctrl-C
"""

_CODES: dict[type[BaseException], Exit] = {
    BadInput: Exit.USAGE,
    UnreadablePhoto: Exit.UNREADABLE,
    BadMask: Exit.BAD_MASK,
    UnwritableTarget: Exit.UNWRITABLE,
    BadModel: Exit.MODEL,
    NotEnoughMemory: Exit.MEMORY,
    MemoryError: Exit.MEMORY,
    Cancelled: Exit.INTERRUPTED,
    KeyboardInterrupt: Exit.INTERRUPTED,
    # Whoever writes wraps its errors as UnwritableTarget, so what is left over came from reading.
    OSError: Exit.UNREADABLE,
}


def log_file() -> Path:
    """Where details of errors go."""
    return log_folder() / "cnnstudio.log"


def exit_code(error: BaseException) -> Exit:
    """The exit code that says what kind of error this is."""
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), Exit.DEFECT)


def sentence(error: BaseException) -> str:
    """The error in one plain sentence."""
    match error:
        case CnnStudioError():
            return error.message
        case Cancelled() | KeyboardInterrupt():
            return "Stopped."
        case MemoryError():
            return "There is not enough memory for this."
        case OSError(strerror=str(reason), filename=str(name)):
            return f"“{name}”: {reason}."
        case _:
            return f"Something went wrong inside CNN Studio ({type(error).__name__}); details are in {log_file()}."


def log(error: BaseException) -> None:
    """Writes the error with its detail and traceback to the log; a log that cannot be written stops nobody."""
    detail = getattr(error, "detail", "")
    record = logging.LogRecord(
        "cnnstudio", logging.ERROR, __file__, 0, f"CNN Studio {__version__}: {error!r} {detail}", None,
        (type(error), error, error.__traceback__),
    )  # fmt: skip
    handler = file_handler(log_file().name)
    try:
        handler.handle(record)
    finally:
        handler.close()
