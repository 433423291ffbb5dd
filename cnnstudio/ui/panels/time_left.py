"""How long something still takes, in words."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication


def time_left(seconds: float) -> str:
    """“about 4 s left”; of long times only the minutes, since the seconds would be guessed."""
    if seconds < 90:
        return QCoreApplication.translate("TimeLeft", "about {n} s left").format(n=max(1, math.ceil(seconds)))
    return QCoreApplication.translate("TimeLeft", "about {n} min left").format(n=round(seconds / 60))


def progress_line(text: str, seconds: float | None) -> str:
    """What is being done and how long it still takes, in one line."""
    text = text or QCoreApplication.translate("TimeLeft", "Repairing")
    return text if seconds is None else f"{text} · {time_left(seconds)}"
