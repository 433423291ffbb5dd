"""The panel of the repairs of a photo: shown or hidden, blended, named, moved, made anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from cnnstudio.cards import ModelCard
from cnnstudio.imaging.edits import Edit
from cnnstudio.imaging.layers import Layer
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.icons import icon
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels.layer_list import GAP, LayerList
from cnnstudio.ui.panels.layer_model import THUMBNAIL, LayerModel
from cnnstudio.ui.panels.number_slider import NumberSlider
from cnnstudio.ui.sentences import translated
from cnnstudio.ui.tool_buttons import connect_once


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
        self._model = LayerModel(lanes, self)
        self._list = LayerList(self)
        self._list.setModel(self._model)
        self._list.setAccessibleName(self.tr("Repairs"))
        self._list.setMinimumHeight(2 * (THUMBNAIL + GAP))
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
        blend.setContentsMargins(GAP, 0, GAP, 0)
        buttons.setContentsMargins(GAP, 0, GAP, GAP)
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
        connect_once(button)
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
