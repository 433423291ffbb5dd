"""The entry: ``cnnstudio`` and ``python -m cnnstudio``. Imports nothing heavy: each command fetches what it needs.

Without arguments, or with photos, it opens the window; with a command, it does that.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cnnstudio.cli.main import COMMANDS
from cnnstudio.cli.main import main as command_line


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line ``argv`` (default: the process's own) and returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _ensure_streams()
    if arguments == ["doctor", "--window"]:
        from cnnstudio.ui.probe import probe

        return probe()
    if not wants_window(arguments):
        return command_line(arguments)
    gc.disable()  # a sixth of the time to the first picture; see app.start_collecting
    try:
        from cnnstudio import app
    except ImportError as error:
        if error.name is None or error.name.split(".")[0] not in ("PySide6", "shiboken6", "qimage2ndarray"):
            raise
        gc.enable()
        print(
            "cnnstudio: The window needs more packages: pip install 'cnnstudio[studio]'. "
            "“cnnstudio --help” lists what goes without.",
            file=sys.stderr,
        )
        return 2
    return app.run([Path(argument) for argument in arguments])


def _ensure_streams() -> None:
    """A program of Windows' desktop has no streams, and libraries that print would stumble over that."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115


def wants_window(arguments: Sequence[str]) -> bool:
    """Whether these arguments are photos (or none), and not a command, a misspelt one, or an option."""
    if not arguments:
        return True
    first = Path(arguments[0])
    return arguments[0] not in COMMANDS and not arguments[0].startswith("-") and bool(first.suffix or first.exists())


if __name__ == "__main__":
    sys.exit(main())
