"""The list of repairs: every change is one undoable edit, and the selection stays with its repair."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLineEdit, QMenu, QSlider
from pytestqt.qtbot import QtBot

from cnnstudio.imaging import selection
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.tone import Tone
from cnnstudio.jobs import Origin, RestoreOptions
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels.layer_model import thumbnail
from cnnstudio.ui.panels.repairs import RepairsPanel

PLACES = (Rect(10, 10, 40, 20), Rect(300, 200, 10, 60), Rect(100, 300, 30, 30))


def lay(editor: Editor, place: Rect, name: str) -> str:
    """Adds a repair of the colour (200, 0, 0); returns its id."""
    editor.apply(selection.rectangle(editor.document.mask, place))
    used = editor.document.mask.snapshot()
    pixels = np.zeros((place.h, place.w, 3), np.uint8)
    pixels[..., 0] = 200
    patches = Patches.build([(place, pixels)], used)
    editor.applied(editor.document.add_repair(patches, name, model="pyramid", used=used))
    return editor.document.layers[-1].id


@pytest.fixture
def panel(qtbot: QtBot, lanes: Lanes, editor: Editor, show_inside: Callable[..., None]) -> RepairsPanel:
    for number, place in enumerate(PLACES, 1):
        lay(editor, place, f"Repair {number}")
    panel = RepairsPanel(lanes)
    qtbot.addWidget(panel)
    panel.set_editor(editor)
    show_inside(panel, 280, 320)
    qtbot.waitUntil(lambda: len(panel._model._thumbnails) == len(PLACES))
    return panel


def names(panel: RepairsPanel) -> list[str]:
    model = panel._list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def layer(editor: Editor, name: str):
    return next(layer for layer in editor.document.layers if layer.name == name)


def click(panel: RepairsPanel, qtbot: QtBot, at: QPoint) -> None:
    qtbot.mouseClick(panel._list.viewport(), Qt.MouseButton.LeftButton, pos=at)


def middle(panel: RepairsPanel, row: int) -> QPoint:
    return panel._list.visualRect(panel._list.model().index(row, 0)).center()


def test_the_uppermost_first(panel: RepairsPanel, editor: Editor):
    assert names(panel) == ["Repair 3", "Repair 2", "Repair 1"]
    assert panel.selected_id == editor.document.layers[-1].id


def test_empty(qtbot: QtBot, lanes: Lanes, editor: Editor):
    panel = RepairsPanel(lanes)
    qtbot.addWidget(panel)
    panel.set_editor(editor)
    assert panel._pages.currentIndex() == 0
    id = lay(editor, PLACES[0], "Repair 1")
    assert panel._pages.currentIndex() == 1
    assert panel.selected_id == id
    editor.undo()
    assert panel._pages.currentIndex() == 0
    assert panel.selected_id == ""
    panel.set_editor(None)
    qtbot.waitUntil(lambda: not panel._model._asked)


def test_the_eye_hides_and_shows(panel: RepairsPanel, editor: Editor, qtbot: QtBot):
    asked: list[Rect] = []
    panel.show_requested.connect(asked.append)
    steps = len(editor.document.history.labels)
    click(panel, qtbot, panel._list.eye_at(1))
    assert not layer(editor, "Repair 2").visible
    assert asked == []
    assert "hidden" in panel._list.model().index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    click(panel, qtbot, panel._list.eye_at(1))
    assert layer(editor, "Repair 2").visible
    assert panel.selected_id == layer(editor, "Repair 3").id
    qtbot.keyClick(panel._list, Qt.Key.Key_Space)
    assert not layer(editor, "Repair 3").visible
    panel._visible.trigger()
    assert layer(editor, "Repair 3").visible
    assert editor.document.history.labels[steps:] == ["Hide repair", "Show repair"] * 2
    editor.undo()
    assert not layer(editor, "Repair 3").visible


def test_a_click_shows_it_on_the_photo(panel: RepairsPanel, qtbot: QtBot):
    with qtbot.waitSignal(panel.show_requested) as told:
        click(panel, qtbot, middle(panel, 1))
    assert told.args == [PLACES[1]]
    with qtbot.waitSignal(panel.show_requested) as told:
        qtbot.keyClick(panel._list, Qt.Key.Key_Return)
    assert told.args == [PLACES[1]]


def test_renaming(panel: RepairsPanel, editor: Editor, qtbot: QtBot):
    panel._list.setFocus()
    qtbot.keyClick(panel._list, Qt.Key.Key_F2)
    field = panel._list.findChild(QLineEdit)
    field.selectAll()
    qtbot.keyClicks(field, "Coat")
    # What happens meanwhile does not take the name out of one's hands.
    editor.applied(editor.document.set_opacity(layer(editor, "Repair 1").id, 0.5))
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: editor.document.layers[-1].name == "Coat")
    assert names(panel)[0] == "Coat"
    panel._model.setData(panel._model.index(0), "  ")
    assert names(panel)[0] == "Coat"


def test_moving_keeps_the_selection(panel: RepairsPanel, editor: Editor, qtbot: QtBot):
    id = panel.selected_id
    assert not panel._up.isEnabled()
    panel._list.setFocus()
    qtbot.keyClick(panel._list, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert names(panel) == ["Repair 2", "Repair 3", "Repair 1"]
    assert panel.selected_id == id
    panel._down.trigger()
    assert names(panel) == ["Repair 2", "Repair 1", "Repair 3"]
    assert not panel._down.isEnabled()
    panel._up.trigger()
    editor.undo()
    assert panel.selected_id == id
    lay(editor, Rect(400, 10, 30, 30), "Repair 4")
    assert panel.selected_id == layer(editor, "Repair 4").id
    qtbot.waitUntil(lambda: not panel._model._asked)


def test_deleting_selects_the_neighbour(panel: RepairsPanel, editor: Editor, qtbot: QtBot):
    panel.select(layer(editor, "Repair 2").id)
    panel._list.setFocus()
    with qtbot.waitSignal(panel.selection_changed):
        qtbot.keyClick(panel._list, Qt.Key.Key_Delete)
    assert names(panel) == ["Repair 3", "Repair 1"]
    assert panel.selected_id == layer(editor, "Repair 1").id
    editor.undo()
    assert names(panel) == ["Repair 3", "Repair 2", "Repair 1"]
    assert panel.selected_id == layer(editor, "Repair 2").id
    qtbot.waitUntil(lambda: not panel._model._asked)


def red(editor: Editor, place: Rect) -> float:
    return float(np.asarray(editor.pyramid.source)[place.y, place.x, 0])


def test_opacity_is_seen_while_it_moves_and_is_one_step(panel: RepairsPanel, editor: Editor):
    place, steps = PLACES[2], len(editor.document.history.labels)
    below = float(editor.document.photo.pixels[place.y, place.x, 0])
    slider = panel._opacity.findChild(QSlider)
    slider.setSliderDown(True)
    for percent in (80, 50, 0):
        slider.setSliderPosition(percent)
        assert red(editor, place) == pytest.approx(below + (200 - below) * percent / 100, abs=1)
        assert layer(editor, "Repair 3").opacity == 1
    slider.setSliderPosition(50)
    slider.setSliderDown(False)
    assert layer(editor, "Repair 3").opacity == 0.5
    assert editor.document.history.labels[steps:] == ["Opacity"]
    slider.setSliderDown(True)
    slider.setSliderPosition(10)
    slider.setSliderPosition(50)
    slider.setSliderDown(False)
    assert editor.document.history.labels[steps:] == ["Opacity"]
    editor.undo()
    assert panel._opacity.value == 100
    assert red(editor, place) == 200


@pytest.mark.parametrize("way", ["another layer", "another photo", "hide"])
def test_opacity_set_by_keys_counts_before_anything_else(
    panel: RepairsPanel, editor: Editor, make_editor: Callable[..., Editor], qtbot: QtBot, way: str
):
    qtbot.keyClick(panel._opacity.findChild(QSlider), Qt.Key.Key_Left)
    assert layer(editor, "Repair 3").opacity == 1
    match way:
        case "another layer":
            click(panel, qtbot, middle(panel, 2))
            assert panel.selected_id == layer(editor, "Repair 1").id
            assert panel._opacity.value == 100
        case "another photo":
            panel.set_editor(make_editor())
        case "hide":
            panel._visible.trigger()
            assert not layer(editor, "Repair 3").visible
    assert layer(editor, "Repair 3").opacity == pytest.approx(0.95)
    assert layer(editor, "Repair 1").opacity == 1


def test_undo_takes_back_what_is_only_being_tried(panel: RepairsPanel, editor: Editor, qtbot: QtBot):
    editor.applied(editor.document.rename(layer(editor, "Repair 2").id, "Other"))
    level = editor.pyramid.levels - 1
    key = editor.pyramid.keys(level)[0]
    before = editor.pyramid.tile(level, key).copy()
    slider = panel._opacity.findChild(QSlider)
    slider.setSliderDown(True)
    slider.setSliderPosition(0)
    assert not np.array_equal(editor.pyramid.tile(level, key), before)
    editor.undo()
    assert names(panel)[1] == "Repair 2"
    assert np.array_equal(editor.pyramid.tile(level, key), before)
    assert panel._opacity.value == 100
    slider.setSliderDown(False)
    assert layer(editor, "Repair 3").opacity == 1


def test_made_anew(panel: RepairsPanel, editor: Editor, qtbot: QtBot):
    panel.set_cards([SimpleNamespace(id="pyramid", name="Pyramid"), SimpleNamespace(id="irn", name="Other")])
    asked: list[tuple[str, str]] = []
    panel.redo_requested.connect(lambda id, mode: asked.append((id, mode)))
    for action in panel._anew_menu.actions():
        action.trigger()
    id = panel.selected_id
    assert asked == [(id, "seed"), (id, "pyramid"), (id, "irn")]
    assert panel._model.about(layer(editor, "Repair 3")) == "Pyramid"


def test_a_restoration_is_made_anew_with_other_numbers_and_no_other_model(
    panel: RepairsPanel, editor: Editor, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    opened: list[set[str]] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _: opened.append({action.text() for action in menu.actions()}))
    panel.set_cards([SimpleNamespace(id="pyramid", name="Pyramid")])
    repair = panel.selected_id
    whole = Patches.covering([(editor.bounds, np.full((editor.height, editor.width, 3), 90, np.uint8))])
    origin = Origin("", "", "", RestoreOptions(0, 0, 0, 0, Tone(fading=20)), "CPU")
    editor.applied(editor.document.add_repair(whole, "Restoration", origin=origin))
    assert panel._model.about(layer(editor, "Restoration")) == "fading 20"
    assert panel._model.badge(layer(editor, "Restoration")) == ""
    assert (panel._anew.text(), panel._anew_button.menu()) == ("Restore anew…", None)
    panel._open_menu(middle(panel, 0))
    assert "Restore anew…" in opened[0]
    assert not {"With another seed", "With “Pyramid”"} & opened[0]
    with qtbot.waitSignal(panel.redo_requested) as asked:
        panel._anew_button.click()
    assert asked.args[0] == layer(editor, "Restoration").id
    panel.select(repair)
    assert (panel._anew.text(), panel._anew_button.menu()) == ("Repair anew", panel._anew_menu)
    panel._open_menu(middle(panel, 1))
    assert {"With another seed", "With “Pyramid”"} < opened[1]


def test_the_menu(panel: RepairsPanel, monkeypatch: pytest.MonkeyPatch):
    opened: list[set[str]] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _: opened.append({action.text() for action in menu.actions()}))
    panel._open_menu(QPoint(5, 10_000))
    assert opened == []
    panel._open_menu(middle(panel, 0))
    assert {"Show on the photo", "Rename", "Delete", "With another seed"} <= opened[0]


def test_thumbnails_are_made_once(panel: RepairsPanel, editor: Editor, qtbot: QtBot):
    image: QImage = panel._list.model().index(0, 0).data(Qt.ItemDataRole.DecorationRole)
    assert image.width() <= 96
    assert image.pixelColor(image.width() // 2, image.height() // 2).getRgb()[:3] == (200, 0, 0)
    editor.applied(editor.document.set_visible(panel.selected_id, False))
    assert not panel._model._asked
    patches = Patches.build([(PLACES[2], np.full((30, 30, 3), 90, np.uint8))],
                            layer(editor, "Repair 3").patches.mask(400, 600))  # fmt: skip
    editor.applied(editor.document.redo_repair(panel.selected_id, patches, model="irn", seed=1))
    assert panel._model._asked
    qtbot.waitUntil(lambda: not panel._model._asked)
    image = panel._list.model().index(0, 0).data(Qt.ItemDataRole.DecorationRole)
    assert image.pixelColor(image.width() // 2, image.height() // 2).red() == 90


@pytest.mark.parametrize("place", [Rect(0, 0, 3000, 2000), Rect(0, 0, 1, 1), Rect(10, 1900, 2900, 3)])
def test_thumbnail_of_any_size(make_editor: Callable[..., Editor], place: Rect):
    editor = make_editor(width=3000, height=2000, channels=1)
    editor.apply(selection.rectangle(editor.document.mask, place))
    pixels = np.full((place.h, place.w, 1), 255, np.uint8)
    patches = Patches.build([(place, pixels)], editor.document.mask)
    editor.applied(editor.document.add_repair(patches, "Repair"))
    small = thumbnail(editor.pyramid, editor.document.view, patches, 96)
    assert small.ndim == 3
    assert max(small.shape) <= 96
    assert min(small.shape[:2]) >= 64
    assert small.max() > 140


def test_it_paints(panel: RepairsPanel, editor: Editor):
    editor.applied(editor.document.set_visible(panel.selected_id, False))
    assert not panel.grab().isNull()
