"""The names of steps in the person's language; documents and session files keep the English ones."""

from __future__ import annotations

import re

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

_LABELS = {
    QT_TRANSLATE_NOOP("Steps", "Brush"),
    QT_TRANSLATE_NOOP("Steps", "Eraser"),
    QT_TRANSLATE_NOOP("Steps", "Selection"),
    QT_TRANSLATE_NOOP("Steps", "Rectangle"),
    QT_TRANSLATE_NOOP("Steps", "Lasso"),
    QT_TRANSLATE_NOOP("Steps", "Polygon"),
    QT_TRANSLATE_NOOP("Steps", "Line"),
    QT_TRANSLATE_NOOP("Steps", "Erased line"),
    QT_TRANSLATE_NOOP("Steps", "Magic wand"),
    QT_TRANSLATE_NOOP("Steps", "Grow"),
    QT_TRANSLATE_NOOP("Steps", "Shrink"),
    QT_TRANSLATE_NOOP("Steps", "Feather"),
    QT_TRANSLATE_NOOP("Steps", "Invert"),
    QT_TRANSLATE_NOOP("Steps", "Clear"),
    QT_TRANSLATE_NOOP("Steps", "Mark all"),
    QT_TRANSLATE_NOOP("Steps", "Import mask"),
    QT_TRANSLATE_NOOP("Steps", "Found damage"),
    QT_TRANSLATE_NOOP("Steps", "Restoration"),
    QT_TRANSLATE_NOOP("Steps", "Repair anew"),
    QT_TRANSLATE_NOOP("Steps", "Show repair"),
    QT_TRANSLATE_NOOP("Steps", "Hide repair"),
    QT_TRANSLATE_NOOP("Steps", "Opacity"),
    QT_TRANSLATE_NOOP("Steps", "Rename repair"),
    QT_TRANSLATE_NOOP("Steps", "Delete repair"),
    QT_TRANSLATE_NOOP("Steps", "Move repair"),
}
_NUMBERED = re.compile(r"Repair (\d+)")


def step_label(label: str) -> str:
    """A step's label as shown to people; a repair that was given a name keeps it."""
    if label in _LABELS:
        return QCoreApplication.translate("Steps", label)
    if number := _NUMBERED.fullmatch(label):
        return QCoreApplication.translate("Steps", "Repair {number}").format(number=number[1])
    return label
