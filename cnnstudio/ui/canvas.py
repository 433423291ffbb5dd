"""The canvas: the photo under the hand. Zooms, pans, compares, and hands all else to the tool."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QCursor,
    QEnterEvent,
    QEventPoint,
    QFocusEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPainterPath,
    QPointingDevice,
    QTabletEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from cnnstudio.imaging.pyramid import Pyramid
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.photo_view import PhotoView
from cnnstudio.ui.pointer import Pointer
from cnnstudio.ui.tools.base import outline

if TYPE_CHECKING:
    from cnnstudio.ui.editor import Editor
    from cnnstudio.ui.tools import Tool

NOTCH = 120
"""Of a wheel, in the units of its events."""

ZOOM_PER_NOTCH = 2**0.25
_ARROW_STEP = 64
_KEY_STEP = 16
_CROSS = (4, 14)
"""From where to where the arms of the keyboard's pointer reach."""
_SPLIT_STEP = 0.02
_GAP = 4.5
"""Between a framed part of the photo and its frame."""
_ARROWS = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}

_MakePointer = Callable[[QPointF, Qt.MouseButton], Pointer]
"""Makes what a tool is given, from a position in the widget and the button that is meant."""


class Canvas(PhotoView):
    """Space or the middle button moves the photo, the wheel and pinching zoom, the line of the split view is dragged.

    Signals:
        hovered: (photo position of the cursor, or None where there is no photo beneath it).
        candidate_clicked: (index of the candidate).
        marking: the tool in hand begins to mark.

    Args:
        lanes: on whose ``tiles`` what is seen is prepared.
    """

    hovered = Signal(object)
    candidate_clicked = Signal(int)
    marking = Signal()

    def __init__(self, lanes: Lanes, parent: QWidget | None = None) -> None:
        super().__init__(lanes, parent)
        self.setObjectName("canvas")
        self.setAccessibleName(self.tr("Photo"))
        self.setAccessibleDescription(
            self.tr(
                "The photo to repair. The arrow keys move it, plus and minus zoom. Paint over what is damaged: "
                "with Shift the arrow keys move the pointer, and M is its button."
            )
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMinimumSize(120, 90)
        self._tool: Tool | None = None
        self._drag = ""  # "tool", "pan", "split", "choose": what the held button does
        self._button = Qt.MouseButton.NoButton
        self._start = self._last = QPointF()
        self._cursor_at: QPointF | None = None
        self._is_space_held = False
        self._pen_is_down = False
        self._pinch: tuple[QPointF, float] | None = None  # the middle of two fingers, and how far they are apart
        self._painted_area: QRect | None = None  # where the tool has drawn
        self._is_by_keys = False  # whether the keyboard has moved the pointer last
        self._is_key_down = False
        self._swallow_enter = False
        self.view_changed.connect(self._hover)

    @property
    def tool(self) -> Tool | None:
        """What the pointer is given to."""
        return self._tool

    def set_tool(self, tool: Tool | None) -> None:
        if tool is self._tool:
            return
        if self._tool:
            self._tool.changed.disconnect(self._on_tool_changed)
            # What it has begun could no longer be seen or given up.
            self._tool.cancel()
            if self._drag == "tool":
                self._let_go()
            self._tool.leave()
        self._tool = tool
        if tool:
            tool.changed.connect(self._on_tool_changed)
        self._hover()
        self._on_tool_changed()

    def set_editor(self, editor: Editor | None) -> None:
        self._let_go()
        super().set_editor(editor)
        self._show_cursor()

    def show_candidates(self, pyramids: list[tuple[str, Pyramid]]) -> None:
        self._give_up_drag()
        super().show_candidates(pyramids)
        self._show_cursor()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zooms around a position in the widget; None: the cursor where it is over the photo, else the middle."""
        super().zoom_by(factor, at or self._cursor_at)

    # ---- pointer: mouse and pen alike

    def _press(self, at: QPointF, pointer: _MakePointer, button: Qt.MouseButton) -> None:
        if self._drag or self.editor is None:
            return
        self._pane = self._pane_at(at) or self._pane
        self._start = self._last = at
        self._drag = self._drag_for(at, button)
        if self._drag:
            self._button = button
            self._show_cursor()
        if self._drag == "tool" and self._tool:
            if button == Qt.MouseButton.LeftButton and self._tool.marks:
                self.marking.emit()
            self._tool.press(pointer(at, button))

    def _drag_for(self, at: QPointF, button: Qt.MouseButton) -> str:
        left = button == Qt.MouseButton.LeftButton
        if button == Qt.MouseButton.MiddleButton or (left and self._is_space_held):
            return "pan"
        if self._candidates:
            return "choose" if left else ""
        if left and self._pans:
            return "pan"
        if left and self._is_on_split(at):
            return "split"
        return "tool"

    def _move(self, at: QPointF, pointer: _MakePointer) -> None:
        self._cursor_at = at
        self._tell_hovered(at)
        if self._drag == "choose" and (at - self._start).manhattanLength() >= QApplication.startDragDistance():
            self._drag = "pan"
            self._show_cursor()
        if self._drag == "pan":
            step = (at - self._last) * self.devicePixelRatioF()
            self._last = at
            self.pan_by(step.x(), step.y())
        elif self._drag == "split":
            self._move_split(at.x() / max(self.width(), 1))
        elif self._drag == "tool" and self._tool:
            self._tool.move(pointer(at, self._button))
        elif not self._drag:
            pane = self._pane_at(at)
            if pane and pane is not self._pane:
                self._pane = pane
                self.update()
            if self._candidates:
                self.highlight_candidate(self._panes.index(pane) if pane else -1)
            elif self._tool and self.editor:
                self._tool.move(pointer(at, Qt.MouseButton.NoButton))
            self._show_cursor()

    @Slot()
    def _hover(self) -> None:
        """Tells the tool where the pointer is, though it has not moved: the photo has, or the tool is another."""
        if self._tool and self.editor and self._cursor_at and not self._drag and not self._candidates:
            held, button = QApplication.keyboardModifiers(), Qt.MouseButton.NoButton
            self._tool.move(Pointer(self.to_photo(self._cursor_at), modifiers=held, button=button))

    def _release(self, at: QPointF, pointer: _MakePointer, button: Qt.MouseButton) -> None:
        if not self._drag or button != self._button:
            return
        drag = self._drag
        self._let_go()
        if drag == "tool" and self._tool:
            self._tool.release(pointer(at, button))
        elif drag == "choose":
            pane = self._pane_at(at)
            if pane:
                self.candidate_clicked.emit(self._panes.index(pane))
        self._show_cursor()

    def _let_go(self) -> None:
        self._drag, self._button = "", Qt.MouseButton.NoButton
        self._pen_is_down = False

    def _give_up_drag(self) -> None:
        """Ends what the button does as if it had never been pressed."""
        if self._drag == "tool" and self._tool:
            self._tool.cancel()
        self._let_go()

    @property
    def _pans(self) -> bool:
        """Whether the left button moves the photo."""
        return self._is_space_held or self._is_original_shown or self._tool is None or self._tool.name == "hand"

    def _tell_hovered(self, at: QPointF) -> None:
        inside = None
        if self.editor:
            position = self.to_photo(at)
            if 0 <= position.x() < self.editor.width and 0 <= position.y() < self.editor.height:
                inside = position
        self.hovered.emit(inside)

    # ---- events

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not self._is_of_pen(event):
            self._press(self._place(event), self._mouse(event), event.button())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not self._is_of_pen(event):
            self._put_keys_away()
            self._move(self._place(event), self._mouse(event))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not self._is_of_pen(event):
            self._release(self._place(event), self._mouse(event), event.button())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not self._is_of_pen(event):
            self._press(self._place(event), self._mouse(event), event.button())
            if self._drag == "tool" and self._tool:
                self._tool.double_click(self._mouse(event)(self._place(event), event.button()))
        event.accept()

    def tabletEvent(self, event: QTabletEvent) -> None:  # noqa: N802
        # Accepted in any case, or Qt makes mouse events of them and every stroke is painted twice.
        at, pointer = event.position(), self._pen(event)
        self._put_keys_away()
        match event.type():
            case QEvent.Type.TabletPress:
                self._pen_is_down = True
                self._press(at, pointer, event.button())
            case QEvent.Type.TabletMove:
                self._move(at, pointer)
            case QEvent.Type.TabletRelease:
                self._release(at, pointer, event.button())
                self._pen_is_down = False
        event.accept()

    def _place(self, event: QMouseEvent) -> QPointF:
        """Where a mouse points: to the middle of a device pixel where the system tells no more than which one it is."""
        at, ratio = event.position(), self.devicePixelRatioF()
        if (at.x() * ratio).is_integer() and (at.y() * ratio).is_integer():
            at += QPointF(0.5, 0.5) / ratio
        return at

    def _mouse(self, event: QMouseEvent) -> _MakePointer:
        return lambda at, button: Pointer(self.to_photo(at), 1.0, False, event.modifiers(), button)

    def _pen(self, event: QTabletEvent) -> _MakePointer:
        eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
        pressure = min(max(event.pressure(), 0.0), 1.0)
        return lambda at, button: Pointer(self.to_photo(at), pressure, eraser, event.modifiers(), button)

    def _is_of_pen(self, event: QMouseEvent) -> bool:
        """Whether a mouse event repeats what the tablet has said already."""
        return self._pen_is_down or event.device().type() == QInputDevice.DeviceType.Stylus

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        notches = event.angleDelta().y() / NOTCH
        if notches:
            self._pane = self._pane_at(event.position()) or self._pane
            self.zoom_by(ZOOM_PER_NOTCH**notches, event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.NativeGesture if isinstance(event, QNativeGestureEvent):
                if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                    self.zoom_by(1 + event.value(), event.position())
                    return True
            case _ if isinstance(event, QTouchEvent) and event.device().type() == QInputDevice.DeviceType.TouchScreen:
                self._touch(event)
                event.accept()
                return True
            case QEvent.Type.ShortcutOverride if isinstance(event, QKeyEvent):
                # Enter is also the key of “Repair”: while a shape is being drawn it ends that instead.
                if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._tool and self._tool.finish():
                    self._swallow_enter = True
                    event.accept()
                    return True
        return super().event(event)

    def _touch(self, event: QTouchEvent) -> None:
        """One finger is the left button; two move and zoom, and what the first had begun is given up."""
        self._put_keys_away()
        down = [point for point in event.points() if point.state() != QEventPoint.State.Released]
        if event.type() == QEvent.Type.TouchCancel:
            self._give_up_drag()
        elif len(down) > 1:
            if self._pinch is None:
                self._give_up_drag()
            first, second = (point.position() for point in down[:2])
            middle, apart = (first + second) / 2, max(QLineF(first, second).length(), 1.0)
            if self._pinch:
                step = (middle - self._pinch[0]) * self.devicePixelRatioF()
                self.pan_by(step.x(), step.y())
                self.zoom_by(apart / self._pinch[1], middle)
            self._pinch = middle, apart
        elif self._pinch is None and event.points() and not self._pen_is_down:
            at = event.points()[0].position()

            def finger(at: QPointF, button: Qt.MouseButton) -> Pointer:
                return Pointer(self.to_photo(at), modifiers=event.modifiers(), button=button)

            if event.type() == QEvent.Type.TouchBegin:
                self._press(at, finger, Qt.MouseButton.LeftButton)
            elif event.type() == QEvent.Type.TouchUpdate:
                self._move(at, finger)
            else:
                self._release(at, finger, Qt.MouseButton.LeftButton)
        if event.type() in (QEvent.Type.TouchEnd, QEvent.Type.TouchCancel):
            self._pinch = None
            self._forget_pointer()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = event.key()
        alt, shift, control = (
            event.modifiers() & key
            for key in (
                Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
            )
        )  # fmt: skip
        if key == Qt.Key.Key_Space and self.editor:
            if not event.isAutoRepeat():
                self._is_space_held = True
                self._show_cursor()
        elif key in _ARROWS and self.editor:
            across, down = _ARROWS[Qt.Key(key)]
            if alt and self._is_split:
                self._move_split(self._split - across * _SPLIT_STEP)
            elif shift:
                step = 1 / self.devicePixelRatioF() if control else _KEY_STEP
                self._move_by_keys(QPointF(-across * step, -down * step))
            else:
                step = _ARROW_STEP * self.devicePixelRatioF()
                self.pan_by(across * step, down * step)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._swallow_enter:
            self._swallow_enter = False
        elif key == Qt.Key.Key_M and self.editor and not (alt or control):
            if not event.isAutoRepeat():
                self._move_by_keys(QPointF())
                self._is_key_down = True
                self._press(self._pointer_at, self._keys, Qt.MouseButton.LeftButton)
        elif not self._tool_takes(key):
            super().keyPressEvent(event)

    @property
    def _pointer_at(self) -> QPointF:
        ratio = self.devicePixelRatioF()
        middle = (math.floor(n * ratio / 2) + 0.5 for n in (self.width(), self.height()))
        return self._cursor_at or QPointF(*middle) / ratio

    def _keys(self, at: QPointF, button: Qt.MouseButton) -> Pointer:
        return Pointer(self.to_photo(at), button=button)

    def _move_by_keys(self, by: QPointF) -> None:
        """Moves the pointer by so much of the widget; at its edge, the photo comes to meet it."""
        self._is_by_keys = True
        at = self._pointer_at + by
        inside = QPointF(min(max(at.x(), 0.0), self.width() - 1.0), min(max(at.y(), 0.0), self.height() - 1.0))
        beyond = (inside - at) * self.devicePixelRatioF()
        if not beyond.isNull():
            self.pan_by(beyond.x(), beyond.y())
        self._move(inside, self._keys)
        self.update()

    def _put_keys_away(self) -> None:
        """Something else moves the pointer."""
        if self._is_by_keys:
            self._is_by_keys = False
            self.update()

    def _release_key(self) -> None:
        if self._is_key_down:
            self._is_key_down = False
            self._release(self._pointer_at, self._keys, Qt.MouseButton.LeftButton)

    def _tool_takes(self, key: int) -> bool:
        """Whether a key takes back something of what the tool has begun."""
        if self._tool is None:
            return False
        if key == Qt.Key.Key_Backspace:
            return self._tool.remove_last()
        return key == Qt.Key.Key_Escape and self._tool.cancel()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._is_space_held = False
                self._show_cursor()
        elif event.key() == Qt.Key.Key_M:
            if not event.isAutoRepeat():
                self._release_key()
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._is_space_held = False
        self._release_key()
        if self._is_by_keys:
            self._put_keys_away()
            self._forget_pointer()
        self._show_cursor()
        super().focusOutEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        self._cursor_at = event.position()
        self._hover()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        if not self._is_by_keys:
            self._forget_pointer()
        super().leaveEvent(event)

    def _forget_pointer(self) -> None:
        self._cursor_at = None
        self.hovered.emit(None)
        self.highlight_candidate(-1)
        if self._tool:
            self._tool.leave()

    # ---- the tool's looks

    @Slot()
    def _on_tool_changed(self) -> None:
        self._show_cursor()
        area = self._tool_area()
        if area is None or self._painted_area is None:
            self.update()
        else:
            self.update(self._painted_area)
            self.update(area)

    def _tool_area(self) -> QRect | None:
        """Where the tool draws; None: maybe everywhere."""
        if self._tool is None or len({pane.frame.topLeft().toTuple() for pane in self._panes}) != 1:
            return None
        return self._tool.painted_area(self)

    def _show_cursor(self) -> None:
        cursor: QCursor | Qt.CursorShape = Qt.CursorShape.ArrowCursor
        if self._drag == "pan":
            cursor = Qt.CursorShape.ClosedHandCursor
        elif self.editor is None:
            pass
        elif self._candidates and not self._is_space_held:
            cursor = Qt.CursorShape.PointingHandCursor
        elif self._pans:
            cursor = Qt.CursorShape.OpenHandCursor
        elif self._drag == "split" or (not self._drag and self._cursor_at and self._is_on_split(self._cursor_at)):
            cursor = Qt.CursorShape.SplitHCursor
        elif self._tool:
            cursor = self._tool.cursor()
        cursor = QCursor(cursor)
        if cursor.shape() != self.cursor().shape() or cursor.shape() == Qt.CursorShape.BitmapCursor:
            self.setCursor(cursor)

    def _paint_over(self, painter: QPainter) -> None:
        if self._tool and self._panes and not self._candidates and not self._is_original_shown:
            pane = self._pane
            frames = []
            for other in self._panes:
                if other.frame not in frames:
                    # Beside each other, both show where the pointer is.
                    frames.append(other.frame)
                    self._pane = other
                    painter.save()
                    painter.setClipRect(self._logical(other.frame))
                    self._tool.paint(painter, self)
                    painter.restore()
            self._pane = pane
        self._painted_area = self._tool_area()
        super()._paint_over(painter)
        self._paint_frame(painter)
        if self._is_by_keys and self.editor:
            cross, at = QPainterPath(), self._pointer_at
            for across, down in _ARROWS.values():
                start, end = (QPointF(across * reach, down * reach) for reach in _CROSS)
                cross.moveTo(at + start)
                cross.lineTo(at + end)
            outline(painter, cross)

    def _paint_frame(self, painter: QPainter) -> None:
        """Around the part of the photo that is framed, wherever the photo is marked."""
        if self._framed is None or self._view is None:
            return
        for pane in self._panes:
            if pane.marked:
                left, top = self._view.to_pane(self._framed.x, self._framed.y)
                right, bottom = self._view.to_pane(self._framed.x1, self._framed.y1)
                box = QRectF(QPointF(left, top), QPointF(right, bottom)).toAlignedRect()
                path = QPainterPath()
                path.addRect(self._logical(box.translated(pane.frame.topLeft())).adjusted(-_GAP, -_GAP, _GAP, _GAP))
                painter.save()
                painter.setClipRect(self._logical(pane.clip))
                outline(painter, path)
                painter.restore()
