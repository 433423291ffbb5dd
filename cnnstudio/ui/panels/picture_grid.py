"""Small pictures in rows, of which one is chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPalette, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from cnnstudio.ui.bridge import photo_image

_CELL = 56  # logical pixels of a picture's side
_GAP = 6
_BADGE = 14  # logical pixels of its letters

_Index = QModelIndex | QPersistentModelIndex


class _Picture(QStyledItemDelegate):
    """Draws the picture alone: of a name that it has not, Qt would mark the place."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        place = QRect(0, 0, _CELL, _CELL)
        place.moveCenter(option.rect.center())
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        picture: QIcon = index.data(Qt.ItemDataRole.DecorationRole)
        picture.paint(painter, place, mode=QIcon.Mode.Selected if is_chosen else QIcon.Mode.Normal)


class PictureGrid(QListWidget):
    """A grid of pictures, some of which may be yet to come.

    Signals:
        picked: (0 or 1) the person pressed A or B to mark the chosen picture.
        starred: the person pressed S to make it a favourite.
        delete_pressed: the person pressed Delete.

    Args:
        rows: that are seen without scrolling.
    """

    picked = Signal(int)
    starred = Signal()
    delete_pressed = Signal()

    def __init__(self, rows: int = 4, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(_CELL, _CELL))
        self.setGridSize(QSize(_CELL + _GAP, _CELL + _GAP))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_Picture(self))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def restart(self, count: int) -> None:
        """Begins anew with ``count`` pictures, none of them there yet."""
        self.clear()
        for number in range(count):
            item = QListWidgetItem()
            item.setFlags(Qt.ItemFlag.NoItemFlags)  # nothing to choose yet
            self.addItem(item)
            self._draw(number, None, "")
        self._fit()

    def show_picture(self, number: int, pixels: np.ndarray, name: str, badge: str = "") -> None:
        """A picture is there, or is another.

        Args:
            pixels: HxWxC ``uint8``.
            name: for the tooltip and assistive tools.
            badge: letters over its corner.
        """
        item = self.item(number)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        item.setToolTip(name)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name} ({badge})" if badge else name)
        self._draw(number, pixels, badge)

    def event(self, event: QEvent) -> bool:
        # These keys are shortcuts around the grid: tools of the photo.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._meant(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        # A list takes letters for the beginning of an item's text; these have none.
        tell = self._meant(event) if event.type() == QEvent.Type.KeyPress else None
        if tell:
            tell()
        else:
            super().keyPressEvent(event)

    def _meant(self, event: QKeyEvent) -> Callable[[], None] | None:
        """What a key does; None for those that are the list's own."""
        if event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return None
        match event.key():
            case Qt.Key.Key_A:
                return partial(self.picked.emit, 0)
            case Qt.Key.Key_B:
                return partial(self.picked.emit, 1)
            case Qt.Key.Key_S:
                return self.starred.emit
            case Qt.Key.Key_Delete:
                return self.delete_pressed.emit
        return None

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as its rows, so that few pictures need no scroll bar in a panel that may have one itself."""
        cell, frame = _CELL + _GAP, 2 * self.frameWidth()
        columns = max((self.width() - frame) // cell, 1)
        rows = -(-self.count() // columns)
        self.setFixedHeight(min(max(rows, 1), self._rows) * cell + frame + _GAP)

    def _draw(self, number: int, pixels: np.ndarray | None, badge: str) -> None:
        ratio = self.devicePixelRatioF()
        side = round(_CELL * ratio)
        plain = QPixmap(side, side)
        plain.fill(self.palette().color(QPalette.ColorRole.Midlight))
        painter = QPainter(plain)
        if pixels is not None:
            image = photo_image(pixels).scaled(
                side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            painter.drawImage((side - image.width()) // 2, (side - image.height()) // 2, image)
        if badge:
            font = painter.font()
            font.setPixelSize(round(_BADGE * ratio))
            font.setBold(True)
            painter.setFont(font)
            box = painter.fontMetrics().boundingRect(badge).adjusted(0, 0, round(_BADGE * ratio / 2), 0)
            box.moveTopLeft(plain.rect().topLeft())
            painter.fillRect(box, self.palette().color(QPalette.ColorRole.Highlight))
            painter.setPen(self.palette().color(QPalette.ColorRole.HighlightedText))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, badge)
        painter.end()
        # A frame shows which one is chosen: Qt would tint it, and colours are what one looks at.
        framed = QPixmap(plain)
        painter = QPainter(framed)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 6 * ratio))
        painter.drawRect(framed.rect())
        painter.end()
        icon = QIcon()
        for pixmap, mode in ((plain, QIcon.Mode.Normal), (framed, QIcon.Mode.Selected)):
            pixmap.setDevicePixelRatio(ratio)
            icon.addPixmap(pixmap, mode)
        self.item(number).setIcon(icon)
