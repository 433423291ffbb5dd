"""The repairs of a photo as a list for Qt: what stands in each row, and the thumbnails that come by and by."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QImage

from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Layer, Patches, View
from cnnstudio.imaging.pyramid import Pyramid
from cnnstudio.imaging.tiles import TILE
from cnnstudio.jobs import CallJob, Progress, SelfCheck
from cnnstudio.ui.bridge import photo_image
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels.restore import summary

THUMBNAIL = 48
"""Side of a row's picture in logical pixels."""

_SURROUNDINGS = 1.3  # times the repair's own size that its thumbnail shows, so that the place can be recognised
_SMALLEST = 64  # photo pixels that a thumbnail shows at least

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
LAYER: int = _Role.UserRole
ABOUT: int = _Role.UserRole + 1
BADGE: int = _Role.UserRole + 2
"""What a row has besides the roles of Qt: the layer itself, what made it, and how far it can be trusted in a word."""


class LayerModel(QAbstractListModel):
    """The layers of an editor, the uppermost in row 0. Names and eyes are edited in place."""

    def __init__(self, lanes: Lanes, parent: QObject) -> None:
        super().__init__(parent)
        self._lanes = lanes
        self.editor: Editor | None = None
        self.layers: list[Layer] = []
        self.models: dict[str, str] = {}
        # By patches, which are others after a repair was made anew; held, so that no two have the same id().
        self._thumbnails: dict[int, tuple[Patches, QImage]] = {}
        self._asked: set[int] = set()

    def show(self, editor: Editor | None) -> None:
        """Takes over an editor's layers as they are now."""
        if editor is not self.editor:
            self._thumbnails.clear()
            self._asked.clear()
        self.editor = editor
        layers = list(reversed(editor.document.layers)) if editor else []
        if [layer.id for layer in layers] == [layer.id for layer in self.layers]:
            # A name that is being typed outlives what happens to other layers.
            before, self.layers = self.layers, layers
            for row, (then, now) in enumerate(zip(before, layers, strict=True)):
                if now is not then:
                    self.dataChanged.emit(self.index(row), self.index(row))
        else:
            self.beginResetModel()
            self.layers = layers
            self.endResetModel()
        live = {id(layer.patches) for layer in layers}
        self._thumbnails = {key: value for key, value in self._thumbnails.items() if key in live}
        for layer in layers:
            self._ask_for_thumbnail(layer)

    def row_of(self, id: str) -> int:
        """Of a layer; -1 where it is not there."""
        return next((row for row, layer in enumerate(self.layers) if layer.id == id), -1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.layers)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        layer = self.layers[index.row()]
        match role:
            case _Role.DisplayRole | _Role.EditRole:
                return layer.name
            case _Role.CheckStateRole:
                state = Qt.CheckState.Checked if layer.visible else Qt.CheckState.Unchecked
                return state.value  # Qt itself takes Python's enumeration for 0
            case _Role.DecorationRole:
                held = self._thumbnails.get(id(layer.patches))
                return held[1] if held else None
            case _Role.ToolTipRole:
                tip = self.tr("{name}\nClick to show it, double-click or F2 to rename it").format(name=layer.name)
                # As a rich text its lines are broken; a plain one would be wider than many a screen.
                return _paragraphs(f"{tip}\n{self.trust(layer.check)}") if layer.check else tip
            case _Role.AccessibleTextRole:
                return ", ".join(filter(None, (layer.name, self.about(layer), self.badge(layer))))
            case _Role.AccessibleDescriptionRole:
                return self.trust(layer.check) if layer.check else ""
            case _ if role == LAYER:
                return layer
            case _ if role == ABOUT:
                return self.about(layer)
            case _ if role == BADGE:
                return self.badge(layer)
        return None

    def about(self, layer: Layer) -> str:
        """What made a layer and how much of it shows."""
        parts = [] if layer.visible else [self.tr("hidden")]
        if layer.opacity < 1:
            parts.append(f"{round(layer.opacity * 100)} %")
        if layer.restored is not None:
            parts.append(summary(layer.restored))
        else:
            parts.append(self.models.get(layer.model, layer.model) or self.tr("placed by hand"))
        return " · ".join(parts)

    def badge(self, layer: Layer) -> str:
        """How far a layer can be trusted, in a word; empty where that has not been found out."""
        if layer.check is None:
            return ""
        words = {"good": self.tr("Good"), "fair": self.tr("Fair"), "guess": self.tr("Guess")}
        return words[layer.check.verdict]

    def trust(self, check: SelfCheck) -> str:
        """What a badge means, with its figures."""
        match check.verdict:
            case "good":
                meaning = self.tr("Good: repairs like this one come very close to the truth nearby.")
            case "fair":
                meaning = self.tr("Fair: repairs like this one come near the truth nearby, but not in every detail.")
            case _ if check.error is None:
                return self.tr("Guess: no undamaged place like this one was found nearby, so it could not be tried.")
            case _:
                meaning = self.tr("Guess: this looks likely, but what was there may have looked quite different.")
        figures = self.tr(
            "Tried in {places} undamaged places nearby, hidden and repaired in the same way: wrong by {error} of 255 "
            "grey levels on average (PSNR {psnr} dB)."
        )
        return f"{meaning}\n" + figures.format(
            places=check.places, error=f"{check.error:.1f}", psnr=f"{check.psnr:.1f}"
        )

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:  # noqa: N802
        if self.editor is None:
            return False
        document, layer = self.editor.document, self.layers[index.row()]
        self.editor.end_stroke()
        if role == _Role.CheckStateRole:
            return self.editor.applied(document.set_visible(layer.id, Qt.CheckState(value) == Qt.CheckState.Checked))
        name = str(value).strip()
        return role == _Role.EditRole and bool(name) and self.editor.applied(document.rename(layer.id, name))

    def _ask_for_thumbnail(self, layer: Layer) -> None:
        key = id(layer.patches)
        if self.editor is None or key in self._thumbnails or key in self._asked:
            return
        self._asked.add(key)
        document, pyramid = self.editor.document, self.editor.pyramid
        shown = replace(layer, visible=True, opacity=1.0)
        view = document.view.with_layers((*document.below(layer.id).layers, shown))

        def make(_: Progress) -> tuple[Patches, np.ndarray]:
            return layer.patches, thumbnail(pyramid, view, layer.patches)

        errand = Errand(self._lanes.work, CallJob(function=make, rank=1), self)
        errand.finished.connect(self._on_thumbnail)

    @Slot(object)
    def _on_thumbnail(self, made: tuple[Patches, np.ndarray]) -> None:
        patches, pixels = made
        self._asked.discard(id(patches))
        for row, layer in enumerate(self.layers):
            if layer.patches is patches:
                self._thumbnails[id(patches)] = patches, photo_image(pixels)
                self.dataChanged.emit(self.index(row), self.index(row), [_Role.DecorationRole])


def _paragraphs(text: str) -> str:
    """Lines of plain text as rich text."""
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())


def thumbnail(pyramid: Pyramid, view: View, patches: Patches, side: int = 2 * THUMBNAIL) -> np.ndarray:
    """A square of a photo around a repair, HxWxC ``uint8``, at most ``side`` pixels wide.

    Args:
        pyramid: of the photo, whose finished tiles save the work of a large one.
        view: the photo with the repair.
    """
    import cv2

    bounds = patches.bounds
    width, height = view.shape[1], view.shape[0]
    around = max(round(max(bounds.w, bounds.h) * _SURROUNDINGS), _SMALLEST)
    w, h = min(around, width), min(around, height)
    x = min(max(bounds.x + (bounds.w - w) // 2, 0), width - w)
    y = min(max(bounds.y + (bounds.h - h) // 2, 0), height - h)
    fork = pyramid.forked(bounds, view)
    level = fork.level_for(min(1.0, side / max(w, h)))
    area = Rect(x >> level, y >> level, max(w >> level, 1), max(h >> level, 1))
    pixels = np.empty((area.h, area.w, view.shape[2]), np.uint8)
    for row, column in fork.keys(level, area):
        tile = fork.tile(level, (row, column))
        place = Rect(column * TILE, row * TILE, tile.shape[1], tile.shape[0])
        part = place & area
        pixels[part.shifted(-area.x, -area.y).slices] = tile[part.shifted(-place.x, -place.y).slices]
    scale = min(1.0, side / max(area.w, area.h))
    if scale < 1:
        size = max(1, round(area.w * scale)), max(1, round(area.h * scale))
        return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1).astype(np.uint8)
    return pixels
