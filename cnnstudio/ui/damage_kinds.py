"""What the kinds of damage are called and which colours they have, in the list and over the photo."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPen, QPixmap, qRgba

from cnnstudio.jobs import DAMAGE

COLOURS = {"scratch": "#56b4e9", "crease": "#f0e442", "spot": "#d55e00", "stain": "#009e73", "missing": "#cc79a7"}
"""By Okabe and Ito (2008), to be told apart by colour-blind eyes too, and none like the mask."""
_LOOKS = {(False, False): 0.0, (False, True): 0.4, (True, False): 0.3, (True, True): 0.8}
"""Opacity over the photo by (kept, at the edge). One must see whether it is damage; what is dropped is outlined only.
Where a photo is reduced the last of these wins, so that nothing that is kept is lost."""
_ROUND = 0.25  # of a chip's side


def kind_name(kind: str) -> str:
    """Of one region."""
    return {
        "scratch": QCoreApplication.translate("DamageKinds", "Scratch"),
        "crease": QCoreApplication.translate("DamageKinds", "Crease"),
        "spot": QCoreApplication.translate("DamageKinds", "Spot"),
        "stain": QCoreApplication.translate("DamageKinds", "Stain"),
        "missing": QCoreApplication.translate("DamageKinds", "Missing part"),
    }[kind]


def kind_names(kind: str) -> str:
    """Of all of its kind."""
    return {
        "scratch": QCoreApplication.translate("DamageKinds", "Scratches"),
        "crease": QCoreApplication.translate("DamageKinds", "Creases"),
        "spot": QCoreApplication.translate("DamageKinds", "Spots"),
        "stain": QCoreApplication.translate("DamageKinds", "Stains"),
        "missing": QCoreApplication.translate("DamageKinds", "Missing parts"),
    }[kind]


def kind_meaning(kind: str) -> str:
    """What belongs to it."""
    return {
        "scratch": QCoreApplication.translate("DamageKinds", "Scratches, hairs and fibres"),
        "crease": QCoreApplication.translate("DamageKinds", "Creases and tears"),
        "spot": QCoreApplication.translate("DamageKinds", "Dust and specks"),
        "stain": QCoreApplication.translate("DamageKinds", "Stains and blotches"),
        "missing": QCoreApplication.translate("DamageKinds", "Torn corners and holes"),
    }[kind]


def sensitivity_of(kind: str) -> str:
    """What a slider for it is called."""
    return QCoreApplication.translate("DamageKinds", "Sensitivity: {kinds}").format(kinds=kind_names(kind))


def chip(kind: str, side: int, ratio: float) -> QIcon:
    """A square of a kind's colour, ``side`` logical pixels, outlined so that it is seen on any ground."""
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rim = QGuiApplication.palette().color(QPalette.ColorRole.Text)
    rim.setAlphaF(0.6)
    painter.setPen(QPen(rim, 1))
    painter.setBrush(QColor(COLOURS[kind]))
    painter.drawRoundedRect(QRectF(1, 1, side - 2, side - 2), side * _ROUND, side * _ROUND)
    painter.end()
    made = QIcon(picture)
    made.addPixmap(picture, QIcon.Mode.Selected)  # or it would be tinted where it is selected
    made.addPixmap(picture, QIcon.Mode.Disabled)
    return made


def overlay_value(kept: bool, at_edge: bool) -> int:
    """By how much the value of such a pixel is more than its kind's number, which begins at 1."""
    return len(DAMAGE) * list(_LOOKS).index((kept, at_edge))


def overlay_colours() -> list[int]:
    """The colour of each value over the photo; see :func:`overlay_value`. 0 is sound."""
    colours = [qRgba(0, 0, 0, 0)]
    for opacity in _LOOKS.values():
        for kind in DAMAGE:
            colour = QColor(COLOURS[kind])
            colours.append(qRgba(colour.red(), colour.green(), colour.blue(), round(255 * opacity)))
    return colours
