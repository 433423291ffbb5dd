"""Has other programs of this computer open files and folders."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

_PATH = "LD_LIBRARY_PATH"


def open_outside(address: QUrl) -> bool:
    """Opens a local file or folder with the program that this computer has for it; returns whether there is one."""
    with _libraries_of_the_system():
        return QDesktopServices.openUrl(address)


@contextmanager
def _libraries_of_the_system() -> Iterator[None]:
    """A bundle looks for libraries in its own folder first, and another program would load ours in place of its own."""
    bundled = os.environ.get(_PATH) if getattr(sys, "frozen", False) else None
    if bundled is None:
        yield
        return
    del os.environ[_PATH]
    if (before := os.environ.get(f"{_PATH}_ORIG")) is not None:
        os.environ[_PATH] = before
    try:
        yield
    finally:
        os.environ[_PATH] = bundled
