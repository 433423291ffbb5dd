"""The open photos side by side, to go from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.ui.bridge import photo_image
from cnnstudio.ui.icons import icon

if TYPE_CHECKING:
    from cnnstudio.ui.editor import Editor
    from cnnstudio.ui.workspace import OpenPhoto, Workspace

_THUMBNAIL = QSize(104, 64)
_PAD = 5
_CLOSE = 16
_DOT = 8
_TURN_MS = 60
_TURN = 24  # degrees that the wheel of a photo being read goes on each time
_MODIFIED = QColor(0xE8, 0x9A, 0x1C)

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_PHOTO = _Role.UserRole


class _Photos(QAbstractListModel):
    """The workspace's photos in its order."""

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.photos: list[OpenPhoto] = []
        self._rows: dict[OpenPhoto, int] = {}
        self._editors: dict[OpenPhoto, Editor] = {}
        self._whose: dict[QObject, OpenPhoto] = {}  # of photos and editors, whichever tells of a change
        self._images: dict[OpenPhoto, tuple[np.ndarray, QImage]] = {}

    def refresh(self) -> None:
        """Takes over the photos as they are now."""
        self.beginResetModel()
        photos = self._workspace.photos
        for photo in self._rows.keys() - set(photos):
            photo.changed.disconnect(self._on_changed)
            del self._whose[photo]
            self._images.pop(photo, None)
            if editor := self._editors.pop(photo, None):
                editor.history_changed.disconnect(self._on_changed)
                del self._whose[editor]
        new = [photo for photo in photos if photo not in self._rows]
        self.photos = list(photos)
        self._rows = {photo: row for row, photo in enumerate(photos)}
        self.endResetModel()
        for photo in new:
            photo.changed.connect(self._on_changed)
            self._whose[photo] = photo
            self._listen_to_editor(photo)

    @Slot()
    def _on_changed(self) -> None:
        photo = self._whose.get(self.sender())
        if photo in self._rows:
            self._listen_to_editor(photo)
            index = self.index(self._rows[photo])
            self.dataChanged.emit(index, index)

    def _listen_to_editor(self, photo: OpenPhoto) -> None:
        if photo.editor is not None and photo not in self._editors:
            self._editors[photo] = photo.editor
            self._whose[photo.editor] = photo
            photo.editor.history_changed.connect(self._on_changed)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.photos)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        photo = self.photos[index.row()]
        match role:
            case _Role.DisplayRole:
                return photo.name
            case _Role.DecorationRole:
                return self._image(photo)
            case _Role.ToolTipRole:
                lines = [str(photo.path or photo.name), self._remark(photo)]
                return "\n".join(line for line in lines if line)
            case _Role.AccessibleTextRole:
                return ", ".join(part for part in (photo.name, self._remark(photo)) if part)
            case _ if role == _PHOTO:
                return photo
        return None

    def is_modified(self, photo: OpenPhoto) -> bool:
        """Whether it has repairs that are not saved."""
        return photo.editor is not None and photo.editor.modified

    def is_being_read(self, photo: OpenPhoto) -> bool:
        """Whether the person waits for it; other photos are read once they are chosen."""
        return photo.state == "loading" and photo is self._workspace.current

    def _remark(self, photo: OpenPhoto) -> str:
        if photo.state == "failed":
            return photo.error
        if self.is_being_read(photo):
            return self.tr("Being opened…")
        return self.tr("Has repairs that are not saved") if self.is_modified(photo) else ""

    def _image(self, photo: OpenPhoto) -> QImage | None:
        if photo.thumbnail is None:
            return None
        held = self._images.get(photo)
        if held is None or held[0] is not photo.thumbnail:
            held = self._images[photo] = photo.thumbnail, photo_image(photo.thumbnail)
        return held[1]


class _Cell(QStyledItemDelegate):
    """Draws a photo of the strip.

    Attributes:
        angle: of the wheel that turns while a photo is being read, degrees.
        pointed_at: the row under the cursor, or -1.
    """

    close_clicked = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.angle = 0
        self.pointed_at = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802
        return QSize(_THUMBNAIL.width() + 2 * _PAD, _THUMBNAIL.height() + option.fontMetrics.height() + 3 * _PAD)

    def close(self, cell: QRect) -> QRect:
        """Where the button that closes a photo is."""
        return QRect(cell.right() - _PAD - _CLOSE, cell.top() + _PAD, _CLOSE, _CLOSE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        photo: OpenPhoto = index.data(_PHOTO)
        model = index.model()
        assert isinstance(model, _Photos)
        shown = QStyleOptionViewItem(option)
        style, cell, palette = option.widget.style(), option.rect, option.palette
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, shown, painter, option.widget)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        place = QRect(cell.left() + _PAD, cell.top() + _PAD, _THUMBNAIL.width(), _THUMBNAIL.height())
        ink = palette.color(QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text)
        self._paint_picture(painter, place, index.data(_Role.DecorationRole), photo, ink)
        if model.is_being_read(photo):
            self._paint_wheel(painter, place)
        line = QRect(place.left(), place.bottom() + _PAD, place.width(), option.fontMetrics.height())
        painter.setPen(ink)
        if model.is_modified(photo):
            painter.save()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_MODIFIED)
            painter.drawEllipse(QRect(line.left(), line.center().y() - _DOT // 2 + 1, _DOT, _DOT))
            painter.restore()
            line.adjust(_DOT + 4, 0, 0, 0)
        name = option.fontMetrics.elidedText(photo.name, Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter if line.left() == place.left() else
                         Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)  # fmt: skip
        if index.row() == self.pointed_at:
            button = self.close(cell)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.window())
            painter.drawRoundedRect(button, 3, 3)
            icon("close").paint(painter, button.adjusted(1, 1, -1, -1))
        painter.restore()
        if option.state & QStyle.StateFlag.State_HasFocus:
            style.drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, shown, painter, option.widget)

    def _paint_picture(
        self, painter: QPainter, place: QRect, image: QImage | None, photo: OpenPhoto, ink: QColor
    ) -> None:
        center = Qt.AlignmentFlag.AlignCenter
        if photo.state == "failed":
            mark = QStyle.alignedRect(Qt.LayoutDirection.LeftToRight, center, QSize(28, 28), place)
            icon("warning").paint(painter, mark)
        elif image is None:
            painter.setPen(ink)
            painter.drawText(place, center, "…")
        else:
            size = image.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QStyle.alignedRect(Qt.LayoutDirection.LeftToRight, center, size, place), image)

    def _paint_wheel(self, painter: QPainter, place: QRect) -> None:
        wheel = QRectF(0, 0, 26, 26)
        wheel.moveCenter(QRectF(place).center())
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 130))
        painter.drawEllipse(wheel.adjusted(-5, -5, 5, 5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(255, 255, 255), 3))
        painter.drawArc(wheel, -self.angle * 16, 100 * 16)
        painter.restore()

    def editorEvent(  # noqa: N802
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        on_button = self.close(option.rect).contains(event.position().toPoint())
        closes = event.button() == Qt.MouseButton.MiddleButton or (
            on_button and event.button() == Qt.MouseButton.LeftButton
        )
        if closes and event.type() == QEvent.Type.MouseButtonRelease:
            self.close_clicked.emit(index.data(_PHOTO))
        return closes


class _Strip(QListView):
    close_asked = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._cell = _Cell(self)
        self._cell.close_clicked.connect(self.close_asked)
        self.setItemDelegate(self._cell)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.entered.connect(self._on_entered)
        self._turning = QTimer(self, interval=_TURN_MS)
        self._turning.timeout.connect(self._turn)

    def dataChanged(self, first: _Index, last: _Index, roles: Any = ()) -> None:  # noqa: N802
        """Paints anew what is seen of the photos; a list would lay all of them out, though all are of one size."""
        QAbstractItemView.dataChanged(self, first, last, roles)

    def close_at(self, row: int) -> QRect:
        """Where a photo's close button is, in the viewport."""
        return self._cell.close(self.visualRect(self.model().index(row, 0)))

    def turn(self, on: bool) -> None:
        """Whether a wheel is to be seen turning."""
        if on and self.isVisible():
            if not self._turning.isActive():
                self._turning.start()
        else:
            self._turning.stop()

    @Slot()
    def _turn(self) -> None:
        self._cell.angle = (self._cell.angle + _TURN) % 360
        self.viewport().update()

    def sizeHint(self) -> QSize:  # noqa: N802
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        cell = self._cell.sizeHint(option, QModelIndex())
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self)
        return QSize(3 * cell.width(), cell.height() + bar + 2 * self.frameWidth())

    @Slot(QModelIndex)
    def _on_entered(self, index: QModelIndex) -> None:
        self._point_at(index.row())

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Leave:
            self._point_at(-1)
        return super().viewportEvent(event)

    def _point_at(self, row: int) -> None:
        self._cell.pointed_at = row
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Delete and self.currentIndex().isValid():
            self.close_asked.emit(self.currentIndex().data(_PHOTO))
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: Any) -> None:  # noqa: N802
        """An upright wheel moves the strip along too."""
        delta = event.angleDelta()
        if delta.y() and not delta.x():
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - delta.y())
            event.accept()
        else:
            super().wheelEvent(event)


class Filmstrip(QWidget):
    """The strip; folds while there is no more than one photo.

    Signals:
        chosen: (OpenPhoto) the person wants to see that photo.
        close_requested: (OpenPhoto).
        folded: (bool) it takes no room now, or does again.
    """

    chosen = Signal(object)
    close_requested = Signal(object)
    folded = Signal(bool)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._following = False
        self._model = _Photos(workspace, self)
        self._list = _Strip(self)
        self._list.setModel(self._model)
        self._list.setAccessibleName(self.tr("Open photos"))
        self._list.selectionModel().currentChanged.connect(self._on_current)
        self._list.close_asked.connect(self.close_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._list)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self._list)
        workspace.added.connect(self._on_added)
        workspace.removed.connect(self._refresh)
        workspace.current_changed.connect(self._follow)
        self._model.dataChanged.connect(self._turn)
        self._refresh()

    @Slot()
    def _on_added(self) -> None:
        # Of a folder's photos, many are there by the time the first of them is told of.
        if self._model.photos != self._workspace.photos:
            self._refresh()

    @Slot()
    def _refresh(self) -> None:
        self._following = True
        self._model.refresh()
        self._following = False
        self._follow()
        if self.is_folded != self._list.isHidden():
            self._list.setHidden(self.is_folded)
            self.folded.emit(self.is_folded)

    @property
    def is_folded(self) -> bool:
        return len(self._model.photos) <= 1

    @Slot()
    def _follow(self) -> None:
        """Points out the workspace's current photo."""
        current = self._workspace.current
        if current in self._model.photos:
            self._following = True
            index = self._model.index(self._model.photos.index(current))
            self._list.setCurrentIndex(index)
            self._list.scrollTo(index)
            self._following = False
        self._turn()

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, current: QModelIndex, _: QModelIndex) -> None:
        if current.isValid() and not self._following:
            self.chosen.emit(current.data(_PHOTO))

    @Slot()
    def _turn(self) -> None:
        current = self._workspace.current
        self._list.turn(current is not None and self._model.is_being_read(current))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._turn()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        self._list.turn(False)
        super().hideEvent(event)
