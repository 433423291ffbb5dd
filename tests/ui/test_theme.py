"""The look: what it must not do to widgets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.ui import theme

_ROLES = QPalette.ColorRole


@pytest.fixture(params=["dark", "light"])
def name(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    """A look, in use."""
    theme.follow(request.param)
    yield request.param
    theme.follow("system")


def brightness(palette: QPalette, role: QPalette.ColorRole) -> float:
    """Relative luminance, as WCAG has it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in palette.color(role).getRgbF()[:3]  # type: ignore[index]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        (_ROLES.WindowText, _ROLES.Window), (_ROLES.Text, _ROLES.Base), (_ROLES.Text, _ROLES.AlternateBase),
        (_ROLES.ButtonText, _ROLES.Button), (_ROLES.ToolTipText, _ROLES.ToolTipBase),
        (_ROLES.HighlightedText, _ROLES.Highlight), (_ROLES.HighlightedText, _ROLES.Accent),
        (_ROLES.PlaceholderText, _ROLES.Window), (_ROLES.PlaceholderText, _ROLES.Base), (_ROLES.Link, _ROLES.Base),
        (_ROLES.LinkVisited, _ROLES.Base),
    ],
)  # fmt: skip
def test_words_can_be_read(name: str, ink: QPalette.ColorRole, paper: QPalette.ColorRole):
    palette = theme.palette(name)
    darker, lighter = sorted(brightness(palette, role) for role in (ink, paper))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5  # WCAG 2.2, AA


def test_no_button_of_a_question_is_cut_off(name: str, qtbot: QtBot):
    box = QMessageBox()
    qtbot.addWidget(box)
    box.setText("?")
    for words in ("Save…", "A long answer to a short question", "No"):
        box.addButton(words, QMessageBox.ButtonRole.AcceptRole)
    with qtbot.waitExposed(box):
        box.show()
    for button in box.findChildren(QPushButton):
        assert button.width() >= button.sizeHint().width()


def test_pictures_of_the_style_are_there(name: str):
    """A style names its pictures; Qt only warns where there is none, and warnings fail tests."""
    for widget in (QCheckBox("Repair on release", checked=True), QComboBox()):
        assert not widget.grab().isNull()
