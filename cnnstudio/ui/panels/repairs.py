"""The repairs of a photo as a list, the uppermost first: shown or hidden, blended, named, moved, made anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QColor, QIcon, QImage, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.cards import ModelCard
from cnnstudio.imaging.edits import Edit
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Layer, Patches, View
from cnnstudio.imaging.pyramid import Pyramid
from cnnstudio.imaging.tiles import TILE
from cnnstudio.jobs import CallJob, Progress, SelfCheck
from cnnstudio.ui.bridge import photo_image
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.icons import icon
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels.number_slider import NumberSlider
from cnnstudio.ui.panels.restore import summary
from cnnstudio.ui.sentences import translated

_THUMBNAIL = 48
_SURROUNDINGS = 1.3  # times the repair's own size that its thumbnail shows, so that the place can be recognised
_SMALLEST = 64  # photo pixels that a thumbnail shows at least
_EYE = 20
_GAP = 6

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_LAYER: int = _Role.UserRole
_ABOUT: int = _Role.UserRole + 1
_BADGE: int = _Role.UserRole + 2

_BADGES = {"good": QColor("#56b4e9"), "fair": QColor("#e69f00"), "guess": QColor("#d55e00")}
"""Colours that all eyes can tell apart (Okabe and Ito, 2008), with black words on them."""


class _Layers(QAbstractListModel):
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
            case _ if role == _LAYER:
                return layer
            case _ if role == _ABOUT:
                return self.about(layer)
            case _ if role == _BADGE:
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


def thumbnail(pyramid: Pyramid, view: View, patches: Patches, side: int = 2 * _THUMBNAIL) -> np.ndarray:
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


class _Row(QStyledItemDelegate):
    """Draws eye, thumbnail, name and what made it; a click on the eye hides and shows."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802
        lines = 2 * option.fontMetrics.height() + _GAP
        return QSize(_EYE + _THUMBNAIL + 60, max(_THUMBNAIL, lines) + _GAP)

    def eye(self, row: QRect) -> QRect:
        """Where the eye is in a row."""
        return QRect(row.left(), row.top(), _EYE + 2 * _GAP, row.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        layer: Layer = index.data(_LAYER)
        shown = QStyleOptionViewItem(option)
        style = option.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, shown, painter, option.widget)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        rect, eye = option.rect, self.eye(option.rect)
        mark = QRect(0, 0, _EYE, _EYE)
        mark.moveCenter(eye.center())
        mode = QIcon.Mode.Selected if selected else QIcon.Mode.Normal
        icon("eye" if layer.visible else "eye-off").paint(painter, mark, mode=mode)
        place = QRect(eye.right() + 1, rect.top() + (rect.height() - _THUMBNAIL) // 2, _THUMBNAIL, _THUMBNAIL)
        image: QImage | None = index.data(_Role.DecorationRole)
        if not layer.visible:
            painter.setOpacity(0.4)
        if image is None:
            painter.fillRect(place, option.palette.mid())
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            size = image.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QStyle.alignedRect(Qt.LayoutDirection.LeftToRight, Qt.AlignmentFlag.AlignCenter, size,
                                                 place), image)  # fmt: skip
        painter.setOpacity(1)
        roles = QPalette.ColorRole
        name, about = self.lines(option)
        self._paint_badge(painter, option, name, index)
        for box, text, role in (
            (name, layer.name, roles.HighlightedText if selected else roles.Text),
            (about, index.data(_ABOUT), roles.HighlightedText if selected else roles.PlaceholderText),
        ):
            painter.setPen(option.palette.color(role))
            text = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()
        if option.state & QStyle.StateFlag.State_HasFocus:
            style.drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, shown, painter, option.widget)

    def _paint_badge(self, painter: QPainter, option: QStyleOptionViewItem, line: QRect, index: _Index) -> None:
        """At the end of the line of the name, which it makes shorter."""
        layer, word = index.data(_LAYER), index.data(_BADGE)
        if not word:
            return
        width = option.fontMetrics.horizontalAdvance(word) + 2 * _GAP
        place = QRect(line.right() - width + 1, line.top(), width, line.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_BADGES[layer.check.verdict])
        painter.drawRoundedRect(place, _GAP / 2, _GAP / 2)
        painter.setPen(Qt.GlobalColor.black)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, word)
        line.setRight(place.left() - _GAP)

    def lines(self, option: QStyleOptionViewItem) -> tuple[QRect, QRect]:
        """Where the name and the line below it are."""
        height = option.fontMetrics.height()
        rest = option.rect.adjusted(_EYE + 3 * _GAP + _THUMBNAIL, 0, -_GAP, 0)
        top = rest.top() + (rest.height() - 2 * height) // 2
        return QRect(rest.left(), top, rest.width(), height), QRect(rest.left(), top + height, rest.width(), height)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:  # noqa: N802
        name, _ = self.lines(option)
        height = max(name.height(), editor.sizeHint().height())
        editor.setGeometry(name.left() - 4, name.center().y() - height // 2, name.width() + 4, height)

    def editorEvent(  # noqa: N802
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        if isinstance(event, QMouseEvent):
            if not self.eye(option.rect).contains(event.position().toPoint()):
                return False
            if event.type() == QEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton:
                hidden = Qt.CheckState(index.data(_Role.CheckStateRole)) == Qt.CheckState.Unchecked
                state = Qt.CheckState.Checked if hidden else Qt.CheckState.Unchecked
                model.setData(index, state, _Role.CheckStateRole)
            return True
        return super().editorEvent(event, model, option, index)  # Space


class _List(QListView):
    """Tells of clicks and Enter on a row, less those on the eye."""

    asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._row = _Row(self)
        self.setItemDelegate(self._row)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def eye_at(self, row: int) -> QPoint:
        """The middle of a row's eye, in the viewport."""
        return self._row.eye(self.visualRect(self.model().index(row, 0))).center()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseReleaseEvent(event)
        point = event.position().toPoint()
        index = self.indexAt(point)
        on_eye = self._row.eye(self.visualRect(index)).contains(point)
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and not on_eye:
            self.asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        editing = self.state() == QAbstractItemView.State.EditingState
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not editing:
            self.asked.emit()
        else:
            super().keyPressEvent(event)


class RepairsPanel(QWidget):
    """The list of repairs and what can be done with the selected one.

    Signals:
        redo_requested: (layer id, ``"seed"`` or the id of a model) it is to be made anew.
        show_requested: (Rect) the person wants to see that part of the photo.
        selection_changed: :attr:`selected_id` is another.
    """

    redo_requested = Signal(str, str)
    show_requested = Signal(object)
    selection_changed = Signal()

    def __init__(self, lanes: Lanes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor: Editor | None = None
        self._known: set[str] = set()
        self._selected = ""
        self._model = _Layers(lanes, self)
        self._list = _List(self)
        self._list.setModel(self._model)
        self._list.setAccessibleName(self.tr("Repairs"))
        self._list.setMinimumHeight(2 * (_THUMBNAIL + _GAP))
        self._list.selectionModel().currentChanged.connect(self._on_current)
        self._list.asked.connect(self._show_on_canvas)
        self._list.customContextMenuRequested.connect(self._open_menu)
        self._make_actions()

        self._opacity = NumberSlider(self.tr("Opacity of the repair"), 100, 5, "%")
        self._opacity.setToolTip(self.tr("How much of the selected repair shows"))
        self._opacity.moved.connect(self._preview_opacity)
        self._opacity.settled.connect(self._set_opacity)
        label = QLabel(self.tr("&Opacity"))
        label.setBuddy(self._opacity)
        blend = QHBoxLayout()
        blend.addWidget(label)
        blend.addWidget(self._opacity, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        blend.setContentsMargins(_GAP, 0, _GAP, 0)
        buttons.setContentsMargins(_GAP, 0, _GAP, _GAP)
        for action in (self._anew, self._up, self._down, self._visible, self._delete):
            buttons.addWidget(self._button(action))
            if action is self._anew:
                buttons.addStretch(1)
        full = QWidget()
        layout = QVBoxLayout(full)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._list, 1)
        layout.addLayout(blend)
        layout.addLayout(buttons)
        empty = QLabel(self.tr("Repairs appear here."), alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        empty.setMargin(12)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(empty)
        self._pages.addWidget(full)
        self.setFocusProxy(self._list)
        self._refresh()

    def _make_actions(self) -> None:
        self._anew = self._action("refresh", "", "", self._another_seed)
        self._up = self._action("up", self.tr("Move up"), "Ctrl+Up", self._move_up)
        self._down = self._action("down", self.tr("Move down"), "Ctrl+Down", self._move_down)
        self._visible = self._action("eye", self.tr("Hide or show"), "", self._toggle)
        self._visible.setToolTip(self.tr("Hide or show the selected repair (Space)"))
        self._rename = self._action("", self.tr("Rename"), "", self._edit_name)
        self._rename.setToolTip(self.tr("Rename the selected repair (F2)"))
        self._delete = self._action("delete", self.tr("Delete"), "Del", self._remove)
        self._anew_menu = QMenu(self)
        self.set_cards([])
        self._show = QAction(self.tr("Show on the photo"), self)
        self._show.triggered.connect(self._show_on_canvas)

    def _action(self, image: str, text: str, keys: str, do: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        if image:
            action.setIcon(icon(image))
            action.setIconVisibleInMenu(False)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setToolTip(f"{text} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})")
            self._list.addAction(action)
        action.triggered.connect(do)
        return action

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setDefaultAction(action)
        button.setAccessibleName(action.text())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if action is self._anew:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            self._anew_button = button
        return button

    def set_cards(self, cards: list[ModelCard]) -> None:
        """The models with which a repair can be made anew."""
        self._model.models = {card.id: translated(card.name) for card in cards}
        self._anew_menu.clear()
        seed = self._anew_menu.addAction(icon("dice"), self.tr("With another seed"))
        seed.triggered.connect(self._another_seed)
        self._anew_menu.addSeparator()
        for card in cards:
            action = self._anew_menu.addAction(self.tr("With “{model}”").format(model=translated(card.name)))
            action.setData(card.id)
            action.triggered.connect(self._another_model)

    def set_editor(self, editor: Editor | None) -> None:
        """Shows the repairs of another photo; None shows none."""
        if self._editor:
            self._settle_opacity(self.selected_id)
            self._editor.layers_changed.disconnect(self._refresh)
            self._editor.trust_changed.disconnect(self._show_trust)
        self._editor = editor
        self._known = {layer.id for layer in editor.document.layers} if editor else set()
        if editor:
            editor.layers_changed.connect(self._refresh)
            editor.trust_changed.connect(self._show_trust)
        self._refresh()

    @property
    def selected_id(self) -> str:
        """Of the selected repair; empty where none is."""
        layer = self._layer
        return layer.id if layer else ""

    def select(self, id: str) -> None:
        """Selects a repair of the photo, if it is there."""
        row = self._model.row_of(id)
        if row >= 0:
            self._list.setCurrentIndex(self._model.index(row))

    @property
    def _layer(self) -> Layer | None:
        row = self._list.currentIndex().row()
        return self._model.layers[row] if 0 <= row < len(self._model.layers) else None

    @Slot()
    def _refresh(self) -> None:
        wanted, row = self._selected, self._list.currentIndex().row()
        self._opacity.value = self._opacity.value  # the document has the last word
        self._model.show(self._editor)
        layers = self._model.layers
        new = [layer.id for layer in layers if layer.id not in self._known]
        self._known = {layer.id for layer in layers}
        if len(new) == 1:
            wanted = new[0]  # what was just repaired is what one wants to look at, blend or make anew
        if layers:
            found = self._model.row_of(wanted)
            # Where the selected one has been deleted its neighbour is next.
            self._list.setCurrentIndex(self._model.index(found if found >= 0 else min(max(row, 0), len(layers) - 1)))
        elif self._selected:
            self._selected = ""
            self.selection_changed.emit()
        self._pages.setCurrentIndex(1 if layers else 0)
        self._show_selected()

    @Slot()
    def _show_trust(self) -> None:
        """Nothing else is different: what the person is just doing goes on."""
        self._model.show(self._editor)

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, current: QModelIndex, _: QModelIndex) -> None:
        if not current.isValid():
            return  # for a moment, while the list is refreshed
        before, self._selected = self._selected, self.selected_id
        self._settle_opacity(before)
        self._show_selected()
        if self._selected != before:
            self.selection_changed.emit()

    def _show_selected(self) -> None:
        layer, layers = self._layer, self._model.layers
        row = layers.index(layer) if layer else -1
        for action in (self._anew, self._visible, self._rename, self._delete):
            action.setEnabled(layer is not None)
        self._show_anew(layer is not None and layer.restored is not None)
        self._up.setEnabled(row > 0)
        self._down.setEnabled(0 <= row < len(layers) - 1)
        self._opacity.setEnabled(layer is not None)
        if layer:
            self._visible.setIcon(icon("eye" if layer.visible else "eye-off"))
            self._opacity.value = layer.opacity * 100

    def _show_anew(self, is_restoration: bool) -> None:
        """A restoration has no seed and no other model to choose from: it is made anew with other numbers."""
        action, button, modes = self._anew, self._anew_button, QToolButton.ToolButtonPopupMode
        if is_restoration:
            action.setText(self.tr("Restore anew…"))
            action.setToolTip(self.tr("Set other numbers in the Restore panel (Ctrl+R)"))
        else:
            action.setText(self.tr("Repair anew"))
            action.setToolTip(self.tr("Make the selected repair anew (Ctrl+R)"))
        button.setAccessibleName(action.text())
        button.setMenu(None if is_restoration else self._anew_menu)  # type: ignore[arg-type]
        button.setPopupMode(modes.DelayedPopup if is_restoration else modes.MenuButtonPopup)

    def _apply(self, change: Callable[[str], Edit | None]) -> None:
        """Makes a change of the document to the selected layer."""
        self._settle_opacity(self.selected_id)
        if self._editor and self._layer:
            self._editor.end_stroke()
            self._editor.applied(change(self._layer.id))

    @Slot(float)
    def _preview_opacity(self, percent: float) -> None:
        layer = self._layer
        if self._editor and layer:
            self._editor.show_layers(
                tuple(
                    replace(other, opacity=percent / 100) if other is layer else other
                    for other in self._editor.document.layers
                )
            )

    @Slot(float)
    def _set_opacity(self, percent: float, id: str | None = None) -> None:
        id = self.selected_id if id is None else id
        if self._editor and id in self._known:
            self._editor.end_stroke()
            if not self._editor.applied(self._editor.document.set_opacity(id, percent / 100)):
                self._editor.show_layers(None)

    def _settle_opacity(self, id: str) -> None:
        """Before something else is done: what was set for a layer counts."""
        if self._opacity.is_moving:
            percent = self._opacity.value
            self._opacity.value = percent
            self._set_opacity(percent, id)

    @Slot()
    def _toggle(self) -> None:
        if self._editor and self._layer:
            visible, document = not self._layer.visible, self._editor.document
            self._apply(lambda id: document.set_visible(id, visible))

    @Slot()
    def _edit_name(self) -> None:
        self._list.setFocus()
        self._list.edit(self._list.currentIndex())

    @Slot()
    def _remove(self) -> None:
        if self._editor:
            self._apply(self._editor.document.delete)

    @Slot()
    def _move_up(self) -> None:
        self._move(1)

    @Slot()
    def _move_down(self) -> None:
        self._move(-1)

    def _move(self, by: int) -> None:
        editor, layer = self._editor, self._layer
        if editor and layer:
            to = editor.document.layers.index(layer) + by
            if 0 <= to < len(editor.document.layers):
                self._apply(lambda id: editor.document.move(id, to))

    @Slot()
    def _another_seed(self) -> None:
        if self._layer:
            self.redo_requested.emit(self._layer.id, "seed")

    @Slot()
    def _another_model(self) -> None:
        action = self.sender()
        if self._layer and isinstance(action, QAction):
            self.redo_requested.emit(self._layer.id, action.data())

    @Slot()
    def _show_on_canvas(self) -> None:
        if self._layer:
            self.show_requested.emit(self._layer.patches.bounds)

    @Slot(QPoint)
    def _open_menu(self, point: QPoint) -> None:
        if self._list.indexAt(point).isValid():
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction(self._show)
            menu.addActions([self._visible, self._rename])
            menu.addSeparator()
            menu.addActions(self._anew_menu.actions() if self._anew_button.menu() else [self._anew])
            menu.addSeparator()
            menu.addActions([self._up, self._down, self._delete])
            menu.popup(self._list.viewport().mapToGlobal(point))
