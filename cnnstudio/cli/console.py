"""What a command shows while it works and when it ends. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text


def say(text: str) -> None:
    """Prints a line on stderr."""
    print(text, file=sys.stderr, flush=True)


def print_json(content: Any) -> None:
    """Prints ``content`` on stdout as ASCII JSON, so that no terminal encoding can spoil it."""
    print(json.dumps(content, indent=2))


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> None:
    """Prints a table on stdout; the columns named in ``right`` hold numbers."""
    table = Table(box=None, pad_edge=False)
    for name in header:
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 250
    # Drawn into a string: rich would end the process by itself where stdout is a closed pipe.
    page = io.StringIO()
    Console(file=page, width=width, color_system=None, emoji=False).print(table)
    print("\n".join(line.rstrip() for line in page.getvalue().splitlines()))


class Bars:
    """Progress bars: one for the file at work, and one for all files where there are several."""

    def __init__(self, progress: Progress, files: int) -> None:
        self._progress = progress
        self._all = progress.add_task("all files", total=files, doing="") if files > 1 else None
        self._file = progress.add_task("", total=1.0, doing="")

    def begin(self, name: str) -> None:
        """A file's turn begins."""
        self._progress.reset(self._file, description=name, total=1.0, doing="")

    def update(self, fraction: float, text: str) -> None:
        """``fraction`` in [0, 1] of the file is done; ``text`` says what is going on."""
        self._progress.update(self._file, completed=fraction, doing=text)

    def end(self) -> None:
        """The file's turn is over."""
        self._progress.update(self._file, completed=1.0, doing="")
        if self._all is not None:
            self._progress.advance(self._all)


@contextmanager
def bars(files: int, *, shown: bool) -> Iterator[Bars]:
    """Progress bars on stderr while the block runs; nothing at all where not ``shown`` or stderr is no terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[doing]}", markup=False),
    )
    disabled = not shown or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=disabled) as progress:
        yield Bars(progress, files)


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets, so that work stops at the next safe place; the second one stops at once."""
    cancel = threading.Event()

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()
        # Not print(): the interrupted code may be inside a print on the same stream.
        os.write(2, b"\nStopping at the next safe place. Ctrl-C again stops at once.\n")

    previous = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, previous)
