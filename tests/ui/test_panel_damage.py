"""The panel of found damage: its list by mouse and keys, its sliders, its colours."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox, QSlider
from pytestqt.qtbot import QtBot

from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import DAMAGE
from cnnstudio.ui import damage_kinds
from cnnstudio.ui.damage_kinds import COLOURS, overlay_colours, overlay_value
from cnnstudio.ui.finding import Found
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels import found_list
from cnnstudio.ui.panels.damage import DamagePanel
from cnnstudio.ui.panels.found_list import FoundList
from tests.ui.damaged import PALE, SCRATCH, SPECK, STAIN, damaged, make_found, number_at
from tests.ui.hand import LEFT, NO_KEY, SHIFT


@pytest.fixture
def found(lanes: Lanes) -> Found:
    return make_found(lanes)


@pytest.fixture
def panel(found: Found, show_inside: Callable[..., None]) -> DamagePanel:
    panel = DamagePanel()
    show_inside(panel, 320, 460)
    panel.set_found(found)
    return panel


@pytest.fixture
def regions(panel: DamagePanel) -> FoundList:
    """The list, with the keyboard."""
    panel._list.setFocus()
    return panel._list


def dropped(found: Found) -> set[Rect]:
    return {region.bounds for region in found.regions if region.number in found.dropped}


def words(regions: FoundList, row: int) -> list[str]:
    model = regions.model()
    return [model.index(row, column).data() for column in range(model.columnCount())]


# --- the list ---


def test_the_largest_is_first(regions: FoundList):
    assert [words(regions, row) for row in range(3)] == [
        ["Stain", "3000", "99 %"], ["Scratch", "600", "99 %"], ["Spot", "36", "99 %"],
    ]  # fmt: skip


def test_where_nothing_is_found_one_button_looks_more_closely(
    lanes: Lanes, show_inside: Callable[..., None], qtbot: QtBot
):
    pixels = np.zeros((300, 400, 3), np.uint8)
    pixels[40:43, 50:250] = 250, 153, 0  # a scratch that is 60 % sure
    found = make_found(lanes, pixels)
    panel = DamagePanel()
    show_inside(panel, 320, 460)
    panel.set_found(found)
    assert panel._closer.isVisible()
    for sensitivity in (75, 100):
        assert panel._summary.text() == "Nothing is surely damaged. A higher sensitivity looks more closely."
        panel._closer.setFocus()
        qtbot.keyClick(panel._closer, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: found._sifting is None)
        assert {found.sensitivity(kind) for kind in DAMAGE} == {sensitivity}
        assert {row.slider.value for row in panel._kinds} == {sensitivity}
    assert [region.kind for region in found.regions] == ["scratch"]
    assert not panel._closer.isVisible()
    assert panel._list.hasFocus()  # and not what would discard it


def test_where_not_even_the_closest_look_finds_anything_the_brush_is_named(
    lanes: Lanes, show_inside: Callable[..., None], qtbot: QtBot
):
    found = make_found(lanes, np.zeros((300, 400, 3), np.uint8))
    panel = DamagePanel()
    show_inside(panel, 320, 460)
    panel.set_found(found)
    for _ in range(2):
        panel._closer.click()
        qtbot.waitUntil(lambda: found._sifting is None)
    assert panel._summary.text().endswith("Paint over what you see (B).")
    assert not panel._closer.isVisible()


def test_selecting_shows_on_the_photo(panel: DamagePanel, regions: FoundList, qtbot: QtBot):
    with qtbot.waitSignal(panel.show_requested) as told:
        regions.selectRow(1)
    assert told.args == [SCRATCH]
    with qtbot.waitSignal(panel.show_requested) as told:
        qtbot.keyClick(regions, Qt.Key.Key_Down)
    assert told.args == [SPECK]
    with qtbot.waitSignal(panel.show_requested) as told:
        qtbot.keyClick(regions, Qt.Key.Key_Return)
    assert told.args == [SPECK]


def test_space_drops_and_keeps(regions: FoundList, found: Found, qtbot: QtBot):
    qtbot.keyClick(regions, Qt.Key.Key_Space)  # nothing is selected yet, and nobody chooses blindly
    assert dropped(found) == set()
    assert regions.region is found.regions[0]
    qtbot.keyClick(regions, Qt.Key.Key_Down, SHIFT)
    qtbot.keyClick(regions, Qt.Key.Key_Space)
    assert dropped(found) == {STAIN, SCRATCH}
    qtbot.keyClick(regions, Qt.Key.Key_Space)
    assert dropped(found) == set()


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_delete_goes_on_to_the_next(regions: FoundList, found: Found, key: Qt.Key, qtbot: QtBot):
    regions.selectRow(0)
    for wanted in ({STAIN}, {STAIN, SCRATCH}, {STAIN, SCRATCH, SPECK}, {STAIN, SCRATCH, SPECK}):
        qtbot.keyClick(regions, key)
        assert dropped(found) == wanted
    assert regions.currentIndex().row() == 2


def test_a_tick_by_mouse(regions: FoundList, found: Found):
    place = regions.visualRect(regions.model().index(1, 0))
    QTest.mouseClick(regions.viewport(), LEFT, NO_KEY, QPoint(place.left() + 10, place.center().y()))
    assert dropped(found) == {SCRATCH}


def test_what_is_dropped_elsewhere_is_unticked(regions: FoundList, found: Found):
    found.keep([number_at(found, SPECK)], False)
    index = regions.model().index(2, 0)
    assert Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Unchecked
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "Dropped: stays as it is"


def test_the_selected_one_is_known_again_among_others(
    panel: DamagePanel, regions: FoundList, found: Found, qtbot: QtBot
):
    regions.selectRow(2)
    with qtbot.assertNotEmitted(panel.show_requested):
        found.set_sensitivity("spot", 90)
        qtbot.waitUntil(lambda: found._sifting is None)
        assert [region.bounds for region in found.regions] == [STAIN, SCRATCH, PALE, SPECK]
        assert regions.region is not None
        assert regions.region.bounds == SPECK
        found.show_kind("spot", False)
        qtbot.waitUntil(lambda: found._sifting is None)
        assert regions.region is None
        found.show_kind("spot", True)
        qtbot.waitUntil(lambda: found._sifting is None)
        assert regions.region.bounds == SPECK


def test_thousands_of_specks_cost_no_more_than_what_is_seen(
    panel: DamagePanel, lanes: Lanes, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    pixels = damaged(1200, 900)
    pixels[300::8, ::8] = pixels[300::8, 1::8] = pixels[301::8, ::8] = 252, 253, 0
    many = make_found(lanes, pixels)
    assert len(many.regions) > 10_000
    asked: list[str] = []
    monkeypatch.setattr(found_list, "kind_name", lambda kind: (asked.append(kind), kind)[1])
    panel.set_found(many)
    panel._list.selectRow(5_000)
    panel._list.repaint()
    many.keep([region.number for region in many.regions], False)
    panel._list.repaint()
    assert asked
    assert len(asked) < 200
    assert panel._summary.text() == f"Places to repair: 0 of {len(many.regions)}"


# --- sliders and buttons ---


def test_sensitivity_is_dragged_and_typed(panel: DamagePanel, found: Found, qtbot: QtBot):
    row = next(row for row in panel._kinds if row.kind == "spot")
    assert row.count.text() == "1"
    slider = row.slider.findChild(QSlider)
    slider.setSliderDown(True)
    slider.setSliderPosition(90)
    qtbot.waitUntil(lambda: row.count.text() == "2")
    slider.setSliderDown(False)
    field = row.slider.findChild(QDoubleSpinBox)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "50")
    with qtbot.waitSignal(row.slider.settled):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: row.count.text() == "1")
    assert found.sensitivity("spot") == 50


def test_a_kind_is_left_out(panel: DamagePanel, found: Found, qtbot: QtBot):
    row = next(row for row in panel._kinds if row.kind == "scratch")
    row.check.setFocus()
    qtbot.keyClick(row.check, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(found.regions) == 2)
    assert not row.slider.isEnabled()
    assert panel._summary.text() == "Places to repair: 2 of 2"
    for other in panel._kinds:
        other.check.setChecked(False)
    qtbot.waitUntil(lambda: not found.regions)
    assert panel._summary.text() == "None of these kinds of damage was found."
    assert not panel._repair.isEnabled()


def test_buttons_ask(panel: DamagePanel, found: Found, qtbot: QtBot):
    for button, signal in (
        (panel._repair, panel.repair_requested), (panel._mark, panel.mark_requested),
        (panel._discard, panel.discard_requested), (panel._eye, panel.visible_requested),
    ):  # fmt: skip
        with qtbot.waitSignal(signal):
            button.click()
    found.keep([region.number for region in found.regions], False)
    assert not panel._repair.isEnabled()
    assert not panel._mark.isEnabled()
    assert panel._discard.isEnabled()


def test_the_keyboard_stays_in_the_panel(panel: DamagePanel, found: Found, qtbot: QtBot):
    panel.set_idle(True, "")
    panel._find.setFocus()
    with qtbot.waitSignal(panel.find_requested):
        qtbot.keyClick(panel._find, Qt.Key.Key_Return)
    panel.set_looking()
    assert panel._busy.cancel.hasFocus()
    panel.set_progress(0.5, "Looking for damage", 3.2)
    assert panel._busy.text.text() == "Looking for damage · about 4 s left"
    with qtbot.waitSignal(panel.cancel_requested):
        qtbot.keyClick(panel._busy.cancel, Qt.Key.Key_Escape)
    panel.set_found(found)
    assert panel._list.hasFocus()
    panel.set_idle(False, "Open a photo first.")
    assert not panel._find.isEnabled()
    assert panel._hint.text() == "Open a photo first."


# --- colours ---

_SEEN_BY = {
    "most people": np.eye(3),
    "protanopes": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopes": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopes": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""Machado, Oliveira and Fernandes (2009), severity 1, over linear RGB."""
_XYZ = np.array([[0.41246, 0.35758, 0.18044], [0.21267, 0.71515, 0.07218], [0.01933, 0.11919, 0.95030]])


def lab(linear: np.ndarray) -> np.ndarray:
    relative = _XYZ @ linear / [0.95047, 1.0, 1.08883]
    x, y, z = np.where(relative > 0.008856, np.cbrt(relative), 7.787 * relative + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eyes", _SEEN_BY)
def test_colour_blind_eyes_tell_the_kinds_apart(eyes: str):
    assert set(COLOURS) == set(DAMAGE)
    seen = []
    for name in COLOURS.values():
        rgb = np.array(QColor(name).getRgbF()[:3])
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        seen.append(lab(np.clip(np.array(_SEEN_BY[eyes]) @ linear, 0, 1)))
    closest = min(np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2))
    assert closest > 15  # 2.3 is just seen where two lie side by side


def test_each_state_of_each_kind_has_a_value_and_a_colour():
    states = list(itertools.product((False, True), repeat=2))
    values = [1 + kind + overlay_value(*state) for state in states for kind in range(len(DAMAGE))]
    assert sorted(values) == list(range(1, len(overlay_colours())))
    alpha = [colour >> 24 for colour in overlay_colours()]
    assert alpha[0] == 0
    opacity = {state: alpha[1 + overlay_value(*state)] for state in states}
    assert opacity[True, True] > opacity[True, False] > opacity[False, False] == 0
    assert opacity[True, True] > opacity[False, True] > 60


def test_every_kind_has_words(qapp: object):
    for words_of in (damage_kinds.kind_name, damage_kinds.kind_names, damage_kinds.kind_meaning):
        assert len({words_of(kind) for kind in DAMAGE}) == len(DAMAGE)
