"""The overview: the whole photo small, and which part of it the canvas shows."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnstudio.imaging.tiles import TILE
from cnnstudio.jobs import CallJob, Progress
from cnnstudio.ui.bridge import photo_image
from cnnstudio.ui.canvas import NOTCH, ZOOM_PER_NOTCH, Canvas
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes

_REST_MS = 150
"""The overview is made anew once the photo has not changed for so long."""
_BEHIND = QColor(178, 178, 178)
_ARROWS = {
    Qt.Key.Key_Left: (-0.25, 0.0),
    Qt.Key.Key_Right: (0.25, 0.0),
    Qt.Key.Key_Up: (0.0, -0.25),
    Qt.Key.Key_Down: (0.0, 0.25),
}


class Navigator(QWidget):
    """A click or drag moves the canvas there; the arrow keys move it by a quarter of what it shows."""

    def __init__(self, lanes: Lanes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lanes = lanes
        self._editor: Editor | None = None
        self._canvas: Canvas | None = None
        self._image: QImage | None = None
        self._held = QPointF()
        self.setAccessibleName(self.tr("Overview"))
        self.setToolTip(self.tr("Click or drag to move to another part of the photo; the wheel zooms"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(80, 60)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._make)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(240, 180)

    def set_canvas(self, canvas: Canvas) -> None:
        """The canvas to be moved."""
        self._canvas = canvas
        canvas.view_changed.connect(self.update)

    def set_editor(self, editor: Editor | None) -> None:
        """Another photo is shown."""
        if self._editor:
            self._editor.photo_changed.disconnect(self._on_photo_changed)
        self._editor, self._image = editor, None
        if editor:
            editor.photo_changed.connect(self._on_photo_changed)
            self._make()
        self.update()

    @Slot(object)
    def _on_photo_changed(self, _: object) -> None:
        if self.isVisible():
            self._rest.start()

    @Slot()
    def _make(self) -> None:
        editor = self._editor
        if editor is None or not self.isVisible():
            return
        pyramid = editor.pyramid
        scale = self._fitted().width() * self.devicePixelRatioF() / editor.width
        level = pyramid.level_for(max(min(scale, 1.0), 1e-6))

        def make(progress: Progress) -> tuple[Editor, QImage]:
            width, height = pyramid.size(level)
            image = QImage(width, height, QImage.Format.Format_RGB32)
            image.fill(_BEHIND)  # seen where the photo is transparent
            painter = QPainter(image)
            for key in pyramid.keys(level):
                progress.check_cancelled()
                tile = pyramid.tile(level, key)
                painter.drawImage(key[1] * TILE, key[0] * TILE, photo_image(tile))
            painter.end()
            return editor, image

        errand = Errand(self._lanes.work, CallJob(function=make, slot="navigator"), self)
        errand.finished.connect(self._on_made)

    @Slot(object)
    def _on_made(self, made: tuple[Editor, QImage]) -> None:
        if made[0] is self._editor:
            self._image = made[1]
            self.update()

    def _fitted(self) -> QRectF:
        """Where the overview is, in the widget."""
        editor = self._editor
        if editor is None:
            return QRectF()
        scale = min((self.width() - 8) / editor.width, (self.height() - 8) / editor.height)
        width, height = editor.width * scale, editor.height * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def _frame(self) -> QRectF:
        """Where in the widget the part is that the canvas shows."""
        area = self._fitted()
        if self._editor is None or self._canvas is None or area.isEmpty():
            return QRectF()
        scale, seen = area.width() / self._editor.width, self._canvas.visible_rect()
        return QRectF(
            area.x() + seen.x() * scale, area.y() + seen.y() * scale, seen.width() * scale, seen.height() * scale
        ) & area  # fmt: skip

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        area = self._fitted()
        if self._editor is None or self._canvas is None or area.isEmpty():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._image is not None:
            painter.drawImage(area, self._image)
        else:
            painter.fillRect(area, self.palette().color(QPalette.ColorRole.Mid))
        frame = self._frame()
        for colour, width in ((QColor(0, 0, 0, 160), 4), (self.palette().color(QPalette.ColorRole.Accent), 2)):
            painter.setPen(QPen(colour, width))
            painter.drawRect(frame)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Text), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._rest.start()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._rest.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._rest.stop()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() != Qt.MouseButton.LeftButton:
            return
        frame, at = self._frame(), event.position()
        # Taken hold of, the frame moves along; beside it, its middle comes here.
        self._held = frame.center() - at if frame.contains(at) else QPointF()
        self._go_to(at + self._held)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_to(event.position() + self._held)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if self._canvas:
            self._canvas.zoom_to(self._canvas.zoom * ZOOM_PER_NOTCH ** (event.angleDelta().y() / NOTCH))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is None or self._canvas is None:
            super().keyPressEvent(event)
            return
        seen = self._canvas.visible_rect()
        middle = seen.center()
        self._canvas.center_on(middle.x() + step[0] * seen.width(), middle.y() + step[1] * seen.height())

    def _go_to(self, at: QPointF) -> None:
        area = self._fitted()
        if self._editor and self._canvas and not area.isEmpty():
            scale = self._editor.width / area.width()
            self._canvas.center_on((at.x() - area.x()) * scale, (at.y() - area.y()) * scale)
