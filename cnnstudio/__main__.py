"""The entry: ``cnnstudio`` and ``python -m cnnstudio``. Imports nothing heavy: each command fetches what it needs."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cnnstudio.cli.main import main as command_line


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line ``argv`` (default: the process's own) and returns its exit code."""
    return command_line(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
