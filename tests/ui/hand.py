"""A canvas with a photo on it, and a hand that uses mouse, pen and keys on it, at positions of the photo."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.ui.bridge import image_pixels
from cnnstudio.ui.canvas import Canvas
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.tools import Tool, ToolSettings, make_tools

LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
NO_BUTTON, NO_KEY = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
ALT, SHIFT, CTRL = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)

Point = tuple[float, float]


class Hand:
    """Uses a canvas at 100 %. Points are photo positions."""

    def __init__(self, canvas: Canvas, editor: Editor, lanes: Lanes, qtbot: QtBot) -> None:
        self.canvas, self.editor, self._qtbot = canvas, editor, qtbot
        self.settings = ToolSettings(canvas)
        self.tools = make_tools(self.settings, lanes, canvas)
        for tool in self.tools.values():
            tool.attach(canvas, editor)
        self._pens = {
            kind: QPointingDevice(
                f"pen {number}", number, QInputDevice.DeviceType.Stylus, kind,
                QInputDevice.Capability.Position | QInputDevice.Capability.Pressure, 1, 3,
            )
            for number, kind in enumerate((QPointingDevice.PointerType.Pen, QPointingDevice.PointerType.Eraser), 90)
        }  # fmt: skip

    def take(self, name: str) -> Tool:
        self.canvas.set_tool(self.tools[name])
        return self.tools[name]

    @property
    def mask(self) -> np.ndarray:
        return np.asarray(self.editor.document.mask)

    @property
    def steps(self) -> list[str]:
        history = self.editor.document.history
        return history.labels[: history.position]

    def mouse(
        self, kind: QEvent.Type, at: Point, button: Qt.MouseButton = LEFT, held: Qt.KeyboardModifier = NO_KEY
    ) -> None:
        self.mouse_at(kind, self.canvas.to_widget(QPointF(*at)), button, held)

    def mouse_at(
        self, kind: QEvent.Type, place: QPointF, button: Qt.MouseButton = LEFT, held: Qt.KeyboardModifier = NO_KEY
    ) -> None:
        """As :meth:`mouse`, at a place of the widget."""
        everywhere = QPointF(self.canvas.mapToGlobal(place))
        moves = kind == QEvent.Type.MouseMove
        released = kind == QEvent.Type.MouseButtonRelease
        event = QMouseEvent(
            kind, place, everywhere, NO_BUTTON if moves else button, NO_BUTTON if released else button, held
        )
        QApplication.sendEvent(self.canvas, event)

    def press(self, at: Point, button: Qt.MouseButton = LEFT, held: Qt.KeyboardModifier = NO_KEY) -> None:
        self.mouse(QEvent.Type.MouseButtonPress, at, button, held)

    def move(self, at: Point, button: Qt.MouseButton = NO_BUTTON, held: Qt.KeyboardModifier = NO_KEY) -> None:
        self.mouse(QEvent.Type.MouseMove, at, button, held)

    def release(self, at: Point, button: Qt.MouseButton = LEFT, held: Qt.KeyboardModifier = NO_KEY) -> None:
        self.mouse(QEvent.Type.MouseButtonRelease, at, button, held)

    def click(self, at: Point, held: Qt.KeyboardModifier = NO_KEY) -> None:
        self.press(at, LEFT, held)
        self.release(at, LEFT, held)

    def double_click(self, at: Point) -> None:
        self.click(at)
        self.mouse(QEvent.Type.MouseButtonDblClick, at)
        self.release(at)

    def drag(self, *points: Point, button: Qt.MouseButton = LEFT, held: Qt.KeyboardModifier = NO_KEY) -> None:
        self.press(points[0], button, held)
        for point in points[1:]:
            self.move(point, button, held)
        self.release(points[-1], button, held)

    def pen(
        self, *points: tuple[float, float, float], eraser: bool = False, held: Qt.KeyboardModifier = NO_KEY
    ) -> None:
        """Draws with a pen: (x, y, pressure)."""
        kinds = [QEvent.Type.TabletPress, *[QEvent.Type.TabletMove] * (len(points) - 1), QEvent.Type.TabletRelease]
        for kind, (x, y, pressure) in zip(kinds, [*points, (*points[-1][:2], 0.0)], strict=True):
            event = self.pen_event(kind, (x, y), pressure, eraser=eraser, held=held)
            QApplication.sendEvent(self.canvas, event)
            assert event.isAccepted()  # or a mouse event would follow

    def pen_event(
        self, kind: QEvent.Type, at: Point, pressure: float, *, eraser: bool, held: Qt.KeyboardModifier = NO_KEY
    ) -> QTabletEvent:
        pen = self._pens[QPointingDevice.PointerType.Eraser if eraser else QPointingDevice.PointerType.Pen]
        place = self.canvas.to_widget(QPointF(*at))
        button = NO_BUTTON if kind == QEvent.Type.TabletMove else LEFT
        buttons = NO_BUTTON if kind == QEvent.Type.TabletRelease else LEFT
        everywhere = QPointF(self.canvas.mapToGlobal(place))
        return QTabletEvent(kind, pen, place, everywhere, pressure, 0, 0, 0, 0, 0, held, button, buttons)

    def wheel(self, at: QPointF, notches: float) -> None:
        """At a place of the widget."""
        event = QWheelEvent(
            at, QPointF(self.canvas.mapToGlobal(at)), QPoint(), QPoint(0, round(120 * notches)), NO_BUTTON, NO_KEY,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(self.canvas, event)

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = NO_KEY) -> None:
        QTest.keyClick(self.canvas, key, held)

    def seen(self) -> np.ndarray:
        """What the canvas shows, HxWx3 ``uint8``, once all is drawn."""
        self._qtbot.waitUntil(lambda: self.canvas.is_settled)
        return image_pixels(self.canvas.grab().toImage())[..., :3]

    def on_screen(self) -> np.ndarray:
        """What really stands on the screen: :meth:`seen` draws all anew, this shows what has been forgotten."""
        self._qtbot.waitUntil(lambda: self.canvas.is_settled)
        QApplication.processEvents()
        return image_pixels(self.canvas.screen().grabWindow(self.canvas.winId()).toImage())[..., :3]

    def leave(self) -> None:
        QApplication.sendEvent(self.canvas, QEvent(QEvent.Type.Leave))

    def pixel(self, x: float, y: float) -> list[int]:
        """What is seen at a photo position."""
        ratio = self.canvas.devicePixelRatioF()
        place = self.canvas.to_widget(QPointF(x, y)) * ratio
        return [int(n) for n in self.seen()[int(place.y()), int(place.x())]]


@pytest.fixture
def canvas(lanes: Lanes, editor: Editor, qtbot: QtBot) -> Iterator[Canvas]:
    """900 x 700 pixels, with the photo of 600 x 400 at 100 %."""
    canvas = Canvas(lanes)
    canvas.setGeometry(40, 40, 900, 700)  # not under the platform's pointer, which is in the screen's corner
    with qtbot.waitExposed(canvas):
        canvas.show()
    canvas.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    QApplication.processEvents()
    canvas.set_editor(editor)
    canvas.zoom_to(1.0)
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    yield canvas
    canvas.set_tool(None)
    canvas.set_editor(None)
    canvas.hide()
    canvas.deleteLater()


@pytest.fixture
def hand(canvas: Canvas, editor: Editor, lanes: Lanes, qtbot: QtBot) -> Hand:
    return Hand(canvas, editor, lanes, qtbot)
