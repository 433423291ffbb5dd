"""The list in which the repairs of a photo stand, the uppermost first: eye, picture, name, and what made each."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QIcon, QImage, QKeyEvent, QMouseEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from cnnstudio.imaging.layers import Layer
from cnnstudio.ui.icons import icon
from cnnstudio.ui.panels.layer_model import ABOUT, BADGE, LAYER, THUMBNAIL

GAP = 6
"""Between the parts of a row, logical pixels."""

_EYE = 20

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole

_BADGES = {"good": QColor("#56b4e9"), "fair": QColor("#e69f00"), "guess": QColor("#d55e00")}
"""Colours that all eyes can tell apart (Okabe and Ito, 2008), with black words on them."""


class _Row(QStyledItemDelegate):
    """Draws eye, thumbnail, name and what made it; a click on the eye hides and shows."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802
        lines = 2 * option.fontMetrics.height() + GAP
        return QSize(_EYE + THUMBNAIL + 60, max(THUMBNAIL, lines) + GAP)

    def eye(self, row: QRect) -> QRect:
        """Where the eye is in a row."""
        return QRect(row.left(), row.top(), _EYE + 2 * GAP, row.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        layer: Layer = index.data(LAYER)
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
        place = QRect(eye.right() + 1, rect.top() + (rect.height() - THUMBNAIL) // 2, THUMBNAIL, THUMBNAIL)
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
            (about, index.data(ABOUT), roles.HighlightedText if selected else roles.PlaceholderText),
        ):
            painter.setPen(option.palette.color(role))
            text = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()
        if option.state & QStyle.StateFlag.State_HasFocus:
            style.drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, shown, painter, option.widget)

    def _paint_badge(self, painter: QPainter, option: QStyleOptionViewItem, line: QRect, index: _Index) -> None:
        """At the end of the line of the name, which it makes shorter."""
        layer, word = index.data(LAYER), index.data(BADGE)
        if not word:
            return
        width = option.fontMetrics.horizontalAdvance(word) + 2 * GAP
        place = QRect(line.right() - width + 1, line.top(), width, line.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_BADGES[layer.check.verdict])
        painter.drawRoundedRect(place, GAP / 2, GAP / 2)
        painter.setPen(Qt.GlobalColor.black)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, word)
        line.setRight(place.left() - GAP)

    def lines(self, option: QStyleOptionViewItem) -> tuple[QRect, QRect]:
        """Where the name and the line below it are."""
        height = option.fontMetrics.height()
        rest = option.rect.adjusted(_EYE + 3 * GAP + THUMBNAIL, 0, -GAP, 0)
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


class LayerList(QListView):
    """The rows, whose eyes can be clicked and whose names can be typed.

    Signals:
        asked: a row was clicked, or Enter pressed on it.
    """

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
