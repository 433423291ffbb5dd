"""Small things that panels are made of."""

from __future__ import annotations

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QPushButton

from cnnstudio.ui.icons import icon


def press_button(text: str, tip: str, picture: str = "") -> QPushButton:
    """A button with words, which Enter presses, outside dialogs too.

    Args:
        picture: name of its icon; none where it is empty.
    """
    button = QPushButton(text)
    if picture:
        button.setIcon(icon(picture))
    button.setAutoDefault(True)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    return button


def sentences(text: str = "", *, quiet: bool = False) -> QLabel:
    """A label of sentences, which wrap."""
    label = QLabel(text, wordWrap=True)
    if quiet:
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return label
