"""The label of a field in a form."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget


def label_of(field: QWidget, text: str) -> QLabel:
    """A label that leads to a field: by its underlined letter, and with the field's tooltip."""
    label = QLabel(text)
    label.setBuddy(field)
    label.setToolTip(field.toolTip())
    label.setMinimumWidth(label.sizeHint().width() + 4)  # an underlined letter may cost more than it says
    return label
