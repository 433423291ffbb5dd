"""Giving memory back to the system."""

from __future__ import annotations

import contextlib
import ctypes
import sys


def give_back() -> None:
    """Has the C library let go of memory that nobody uses any more.

    After a repair glibc keeps a few hundred megabytes of it, in pieces between others. Elsewhere nothing is done.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
