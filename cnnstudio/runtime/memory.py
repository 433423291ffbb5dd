"""Giving memory back to the system, and keeping it together, so that there is some to give back."""

from __future__ import annotations

import contextlib
import ctypes
import sys

_ARENA_MAX = -8
"""What ``mallopt`` is to set."""
_ARENAS = 2


def give_back() -> None:
    """Has the C library let go of memory that nobody uses any more.

    After a repair glibc keeps a few hundred megabytes of it, in pieces between others. Elsewhere nothing is done.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)


def keep_together() -> None:
    """Has all threads begun from now on take their memory from two arenas; to be called before there are many.

    Else glibc gives each its own: what is free in one is of no use to the others, and little of it can be given back,
    since a photo opened by one thread is let go by another. Elsewhere nothing is done.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_ARENA_MAX, _ARENAS)
