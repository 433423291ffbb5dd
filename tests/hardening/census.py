"""What a process that shows a window holds at a moment: memory, handles, threads, objects, files. Linux only."""

from __future__ import annotations

import ctypes
import gc
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from cnnstudio.runtime.memory import give_back

_KIB = 1024.0


@dataclass(frozen=True)
class Census:
    """Taken after garbage was collected and the C library has given back what it keeps for later.

    Attributes:
        own: MiB of memory that this process has written into and shares with nobody. Of the libraries' files more or
            less is its alone, as other programs that use them come and go: they are left out.
        rss: MiB of memory with what it shares with others.
        allocated: MiB that are in use by the count of the C library; what is mapped by others is not in it.
        descriptors: open files, sockets, pipes.
        threads: of the system.
        qobjects: Qt's objects that Python knows of.
        children: Qt's objects in the window, known to Python or not.
        widgets: of the application.
        files: below the folders of data and of temporary files.
        objects: Python's objects by type.
    """

    own: float
    rss: float
    allocated: float
    descriptors: int
    threads: int
    qobjects: int
    children: int
    widgets: int
    files: int
    objects: dict[str, int] = field(repr=False)


def take(window: QObject, *folders: Path) -> Census:
    """Looks around.

    Args:
        window: whose objects are counted.
        folders: whose files are.
    """
    gc.collect()
    give_back()
    memory, children = _memory(), len(window.findChildren(QObject))  # by which Python comes to know of them
    return Census(
        own=(memory["Private_Dirty"] + memory["Swap"]) / _KIB,
        rss=memory["Rss"] / _KIB,
        allocated=_allocated() / _KIB**2,
        descriptors=_count("fd") - 1,  # the one that counts them
        threads=_count("task"),
        qobjects=sum(isinstance(one, QObject) for one in shiboken6.getAllValidWrappers()),
        children=children,
        widgets=len(QApplication.allWidgets()),
        files=sum(len(names) for folder in folders for _, _, names in os.walk(folder)),
        objects=dict(Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.get_objects())),
    )


def _memory() -> dict[str, int]:
    """What the system counts of this process's memory, in KiB."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(rest.split()[0]) for name, rest in (line.split(":") for line in lines)}


def _count(what: str) -> int:
    return sum(1 for _ in Path("/proc/self", what).iterdir())


class _Mallinfo(ctypes.Structure):
    """What ``mallinfo2`` of glibc returns."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks",
                     "keepcost")
    )  # fmt: skip


def _allocated() -> int:
    """Bytes in use, in all arenas and in maps of their own."""
    mallinfo = ctypes.CDLL(None).mallinfo2
    mallinfo.restype = _Mallinfo
    info = mallinfo()
    return int(info.uordblks + info.hblkhd)
