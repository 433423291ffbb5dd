"""The strip of open photos follows the workspace and asks for what the person wants."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QObject, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.panels import filmstrip as module
from cnnstudio.ui.panels.filmstrip import Filmstrip


class FakePhoto(QObject):
    changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.path = name, Path("/photos") / name
        self.state, self.error = "ready", ""
        self.thumbnail: np.ndarray | None = np.full((40, 160, 3), 90, np.uint8)
        self.editor: Editor | None = None


class FakeWorkspace(QObject):
    added = Signal(object)
    removed = Signal(object)
    current_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.photos: list[FakePhoto] = []
        self.current: FakePhoto | None = None

    def add(self, name: str) -> FakePhoto:
        photo = FakePhoto(name)
        self.photos.append(photo)
        self.added.emit(photo)
        return photo

    def set_current(self, photo: FakePhoto | None) -> None:
        self.current = photo
        self.current_changed.emit(photo)

    def remove(self, photo: FakePhoto) -> None:
        self.photos.remove(photo)
        if photo is self.current:
            self.set_current(self.photos[0] if self.photos else None)
        self.removed.emit(photo)


@pytest.fixture
def workspace(qapp: object) -> FakeWorkspace:
    return FakeWorkspace()


@pytest.fixture
def strip(workspace: FakeWorkspace, show_inside: Callable[..., None]) -> Filmstrip:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        workspace.add(name)
    workspace.set_current(workspace.photos[0])
    strip = Filmstrip(workspace)
    show_inside(strip, 500, 110)
    return strip


def place(strip: Filmstrip, row: int) -> QPoint:
    return strip._list.visualRect(strip._list.model().index(row, 0)).center()


def told(strip: Filmstrip, row: int, role: Qt.ItemDataRole) -> str:
    return str(strip._list.model().index(row, 0).data(role))


def test_it_folds(workspace: FakeWorkspace, show_inside: Callable[..., None]):
    strip = Filmstrip(workspace)
    show_inside(strip, 500, 110)
    assert not strip._list.isVisible()
    first = workspace.add("a.jpg")
    assert strip.is_folded
    folded: list[bool] = []
    strip.folded.connect(folded.append)
    workspace.add("b.jpg")
    assert strip._list.isVisible()
    workspace.add("c.jpg")
    workspace.remove(first)
    workspace.remove(workspace.photos[0])
    assert not strip._list.isVisible()
    assert folded == [False, True]


def test_choosing(strip: Filmstrip, workspace: FakeWorkspace, qtbot: QtBot):
    view = strip._list
    chosen: list[FakePhoto] = []
    strip.chosen.connect(chosen.append)
    strip.chosen.connect(workspace.set_current)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place(strip, 2))
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert [photo.name for photo in chosen] == ["c.jpg", "b.jpg"]
    workspace.set_current(workspace.photos[0])
    assert view.currentIndex().row() == 0
    workspace.add("d.jpg")
    assert view.currentIndex().row() == 0
    assert len(chosen) == 2


def test_closing(strip: Filmstrip, workspace: FakeWorkspace, qtbot: QtBot):
    view = strip._list
    closed: list[str] = []
    strip.close_requested.connect(lambda photo: closed.append(photo.name))
    chosen: list[FakePhoto] = []
    strip.chosen.connect(chosen.append)
    qtbot.mouseMove(view.viewport(), place(strip, 1))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.close_at(1).center())
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.MiddleButton, pos=place(strip, 2))
    assert closed == ["b.jpg", "c.jpg"]
    assert chosen == []
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert closed[2:] == ["a.jpg"]
    workspace.remove(workspace.photos[0])
    assert view.currentIndex().row() == 0
    assert chosen == []


def test_what_each_is(strip: Filmstrip, workspace: FakeWorkspace, editor: Editor):
    tip, spoken = Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole
    photo = workspace.photos[0]
    assert told(strip, 0, spoken) == "a.jpg"
    photo.editor = editor
    photo.changed.emit()
    patches = Patches.build([(Rect(0, 0, 5, 5), np.zeros((5, 5, 3), np.uint8))], editor.document.mask, soft=True)
    editor.applied(editor.document.add_repair(patches, "Repair 1"))
    assert told(strip, 0, spoken) == "a.jpg, Has repairs that are not saved"
    editor.mark_saved()
    assert told(strip, 0, spoken) == "a.jpg"
    failed = workspace.photos[1]
    failed.state, failed.error = "failed", "“b.jpg” is damaged."
    failed.changed.emit()
    assert told(strip, 1, tip).endswith("\n“b.jpg” is damaged.")
    workspace.photos[2].thumbnail = None
    assert not strip.grab().isNull()


def test_a_wheel_turns_while_one_waits(strip: Filmstrip, workspace: FakeWorkspace, qtbot: QtBot):
    photo, timer = workspace.photos[0], strip._list.findChild(QTimer)
    workspace.photos[1].state = "loading"  # nobody waits for that one
    workspace.photos[1].changed.emit()
    assert not timer.isActive()
    photo.state = "loading"
    photo.changed.emit()
    assert timer.isActive()
    assert told(strip, 0, Qt.ItemDataRole.AccessibleTextRole) == "a.jpg, Being opened…"
    angle = strip._list._cell.angle
    qtbot.waitUntil(lambda: strip._list._cell.angle != angle)
    assert not strip.grab().isNull()
    strip.hide()
    assert not timer.isActive()
    strip.show()
    assert timer.isActive()
    photo.state = "ready"
    photo.changed.emit()
    assert not timer.isActive()


def test_an_upright_wheel_scrolls(strip: Filmstrip, workspace: FakeWorkspace):
    for number in range(10):
        workspace.add(f"{number}.jpg")
    bar = strip._list.horizontalScrollBar()
    assert bar.value() == 0
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(strip._list.viewport(), event)
    assert bar.value() > 0


def test_of_many_only_the_one_that_changed_is_told_and_drawn(
    workspace: FakeWorkspace, show_inside: Callable[..., None], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    drawn: list[int] = []
    paint = module._Cell.paint

    def counted(cell: module._Cell, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        drawn.append(index.row())
        paint(cell, painter, option, index)

    monkeypatch.setattr(module._Cell, "paint", counted)
    for number in range(40):
        workspace.add(f"{number}.jpg")
    strip = Filmstrip(workspace)
    show_inside(strip, 500, 110)
    qtbot.waitUntil(lambda: 3 in drawn)
    QApplication.processEvents()
    told: list[tuple[int, int]] = []
    strip._model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    drawn.clear()
    workspace.photos[30].changed.emit()
    workspace.photos[2].thumbnail = np.zeros((40, 60, 3), np.uint8)
    workspace.photos[2].changed.emit()
    qtbot.waitUntil(lambda: 2 in drawn)
    assert set(drawn) == {2}
    assert told == [(30, 30), (2, 2)]
    workspace.remove(workspace.photos[0])
    told.clear()
    workspace.photos[2].changed.emit()
    assert told == [(2, 2)]
