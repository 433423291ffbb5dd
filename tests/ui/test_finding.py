"""Damage is found, chosen from, marked and repaired; the photo stays in the person's hand meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.cards import ModelCard
from cnnstudio.errors import BadModel
from cnnstudio.imaging import selection
from cnnstudio.imaging.codecs import write_photo
from cnnstudio.imaging.findings import GROWN
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.photo import Photo
from cnnstudio.jobs import DetectJob, Job, Progress
from cnnstudio.runtime.runner import JobRunner
from cnnstudio.ui import main_window
from cnnstudio.ui.bridge import image_pixels
from cnnstudio.ui.damage_kinds import COLOURS
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.finding import FindDesk, Found
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.main_window import MainWindow
from tests.ui.conftest import immediate_lanes
from tests.ui.damaged import (
    CARD,
    PALE,
    SCRATCH,
    SPECK,
    STAIN,
    damaged,
    make_damaged_editor,
    make_found,
    number_at,
    seeing_engine,
)
from tests.ui.hand import LEFT, NO_KEY, SHIFT


class Engine:
    """Sees what is damaged.

    Attributes:
        looks: how often it has.
        before: called before it does.
    """

    def __init__(self) -> None:
        self.looks = 0
        self.before: Callable[[Progress], None] = lambda progress: None

    def __call__(self, job: Job, progress: Progress) -> object:
        if isinstance(job, DetectJob):
            self.looks += 1
            self.before(progress)
        return seeing_engine(job, progress)


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def lanes(qapp: object, engine: Engine) -> Iterator[Lanes]:
    lanes = immediate_lanes(engine)
    yield lanes
    lanes.close()


@pytest.fixture
def editor(qapp: object) -> Editor:
    return make_damaged_editor()


@pytest.fixture
def desk(lanes: Lanes) -> FindDesk:
    return FindDesk(lanes)


def looked(desk: FindDesk, editor: Editor, qtbot: QtBot) -> Found:
    with qtbot.waitSignal(desk.found):
        desk.look(editor, CARD)
    found = desk.of(editor)
    assert found
    return found


def settled(found: Found, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: found._sifting is None)


def kept(found: Found) -> set[Rect]:
    return {region.bounds for region in found.regions if region.number not in found.dropped}


# --- the desk ---


def test_a_photo_is_looked_at_once(desk: FindDesk, editor: Editor, engine: Engine, qtbot: QtBot):
    changes: list[tuple[bool, bool]] = []
    desk.changed.connect(lambda one: changes.append((desk.is_looking(one), desk.of(one) is not None)))
    with qtbot.waitSignal(desk.found):
        desk.look(editor, CARD)
        desk.look(editor, CARD)
    found = desk.of(editor)
    assert found
    assert [region.bounds for region in found.regions] == [STAIN, SCRATCH, SPECK]
    assert [found.count(kind) for kind in ("scratch", "crease", "spot", "stain")] == [1, 0, 1, 1]
    assert changes == [(True, False), (False, True)]
    assert engine.looks == 1
    desk.discard(editor)
    assert desk.of(editor) is None


def test_what_goes_wrong_is_told_and_can_be_tried_again(desk: FindDesk, editor: Editor, engine: Engine, qtbot: QtBot):
    def fail(_: Progress) -> None:
        raise BadModel("The weights of the model “damage” are damaged.")

    engine.before = fail
    with qtbot.waitSignal(desk.failed) as told:
        desk.look(editor, CARD)
    assert told.args[0].message == "The weights of the model “damage” are damaged."
    assert not desk.is_looking(editor)
    engine.before = lambda progress: None
    assert looked(desk, editor, qtbot).regions


def test_giving_up_leaves_nothing_and_painting_goes_on(editor: Editor, lanes: Lanes, qtbot: QtBot):
    entered = threading.Event()

    def stand(job: Job, progress: Progress) -> object:
        entered.set()
        while True:
            progress.check_cancelled()
            threading.Event().wait(0.001)

    lane = JobRunner(stand, "engine")
    try:
        desk = FindDesk(Lanes(lane, lanes.files, lanes.journal, lanes.work, lanes.tiles))
        for _ in range(5):
            entered.clear()
            desk.look(editor, CARD)
            qtbot.waitUntil(entered.is_set)
            editor.apply(selection.rectangle(editor.document.mask, Rect(0, 0, 9, 9), "add"))
            editor.undo()
            assert desk.cancel(editor)
            assert not desk.is_looking(editor)
        assert not desk.cancel(editor)
        desk.look(editor, CARD)
        desk.forget(editor)
        assert not desk.is_looking(editor)
        assert desk.of(editor) is None
    finally:
        lane.close()


# --- choosing ---


def test_sensitivity_finds_more_and_less_without_looking_again(
    desk: FindDesk, editor: Editor, engine: Engine, qtbot: QtBot
):
    found = looked(desk, editor, qtbot)
    changes: list[int] = []
    found.changed.connect(lambda: changes.append(len(found.regions)))
    for value in (60, 70, 80):
        found.set_sensitivity("spot", value)
    settled(found, qtbot)
    assert kept(found) == {STAIN, SCRATCH, SPECK, PALE}
    assert changes == [4]  # those that waited were replaced
    found.set_sensitivity("scratch", 100)
    found.set_sensitivity("spot", 50)
    settled(found, qtbot)
    assert kept(found) == {STAIN, SCRATCH, SPECK}
    assert engine.looks == 1


def test_a_kind_that_does_not_count_is_not_there(lanes: Lanes, qtbot: QtBot):
    found = make_found(lanes)
    found.show_kind("stain", False)
    settled(found, qtbot)
    assert kept(found) == {SCRATCH, SPECK}
    assert not found.make_mask()()[STAIN.slices].any()
    found.show_kind("stain", True)
    settled(found, qtbot)
    assert kept(found) == {STAIN, SCRATCH, SPECK}


def test_what_is_dropped_is_not_in_the_mask_and_stays_dropped(lanes: Lanes, qtbot: QtBot):
    found = make_found(lanes)
    with qtbot.waitSignal(found.kept_changed) as told:
        found.keep([number_at(found, STAIN), 0, 99], False)
    assert told.args == [STAIN]
    mask = found.make_mask()()
    assert not mask[STAIN.slices].any()
    assert mask[SCRATCH.grown(GROWN - 1).slices].all()
    assert found.kept_bounds == SCRATCH | SPECK
    found.set_sensitivity("stain", 90)
    settled(found, qtbot)
    assert kept(found) == {SCRATCH, SPECK}
    found.keep([number_at(found, STAIN)], True)
    found.set_sensitivity("stain", 40)
    settled(found, qtbot)
    assert kept(found) == {STAIN, SCRATCH, SPECK}
    with qtbot.assertNotEmitted(found.kept_changed):
        found.keep([number_at(found, STAIN)], True)


def test_what_is_dropped_while_other_regions_are_on_their_way_is_not_forgotten(lanes: Lanes, qtbot: QtBot):
    found = make_found(lanes)
    found.set_sensitivity("spot", 80)
    found.keep([number_at(found, SCRATCH)], False)
    settled(found, qtbot)
    assert kept(found) == {STAIN, SPECK, PALE}


def test_regions_are_picked_by_frame_and_by_reach(lanes: Lanes):
    found = make_found(lanes)
    number = number_at(found, SPECK)
    assert found.regions_in(SPECK) == [number]
    assert found.regions_in(SPECK.grown(-1)) == []
    assert set(found.regions_in(Rect(0, 0, 400, 300))) == {region.number for region in found.regions}
    near = found.region_at(SPECK.x - 3.0, SPECK.y + 1.0, 3.0)
    assert near
    assert near.number == number
    assert found.region_at(SPECK.x - 3.1, SPECK.y + 1.0, 3.0) is None


# --- in the window ---


@pytest.fixture
def finders() -> list[ModelCard]:
    """The models that find damage."""
    return [CARD]


@pytest.fixture
def _models(finders: list[ModelCard], monkeypatch: pytest.MonkeyPatch) -> None:
    """These, and the models that come with the program and do something else."""
    others = [card for card in main_window.list_cards() if card.task != "detect"]
    monkeypatch.setattr(main_window, "list_cards", lambda: [*others, *finders])


@pytest.fixture
def window(_models: None, window: MainWindow) -> MainWindow:
    return window


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "damaged.png"
    write_photo(path, Photo(damaged()))
    return path


def opened(window: MainWindow, photo: Path, qtbot: QtBot) -> Editor:
    window.workspace.open([photo])
    qtbot.waitUntil(lambda: window.canvas.editor is not None and window.canvas.editor.path == photo)
    editor = window.canvas.editor
    assert editor is not None
    return editor


def found_in(window: MainWindow, photo: Path, qtbot: QtBot) -> tuple[Editor, Found]:
    """Opens a photo and finds its damage by key."""
    editor = opened(window, photo, qtbot)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: window.finding.desk.of(editor) is not None)
    found = window.finding.desk.of(editor)
    assert found
    return editor, found


def place_of(window: MainWindow, rect: Rect) -> QPoint:
    return window.canvas.to_widget(QPointF(rect.x + rect.w / 2, rect.y + rect.h / 2)).toPoint()


def click(window: MainWindow, rect: Rect) -> None:
    QTest.mouseClick(window.canvas, LEFT, NO_KEY, place_of(window, rect))


def shown(window: MainWindow, rect: Rect, qtbot: QtBot) -> np.ndarray:
    """The colour on the canvas in the middle of a part of the photo."""
    qtbot.waitUntil(lambda: window.canvas.is_settled)
    place = place_of(window, rect)
    return image_pixels(window.canvas.grab().toImage())[place.y(), place.x(), :3].astype(int)


def steps(editor: Editor) -> list[str]:
    history = editor.document.history
    return history.labels[: history.position]


def test_one_key_finds_and_shows_and_takes_the_tool_that_picks(window: MainWindow, photo: Path, qtbot: QtBot):
    editor = opened(window, photo, qtbot)
    assert not window.commands["pick"].isEnabled()
    before = shown(window, SCRATCH, qtbot)
    _, found = found_in(window, photo, qtbot)
    assert window.damage_panel.isVisible()
    assert window.canvas.tool is window.tools["pick"]
    assert window.status.hint == "Places with damage: 3. Click one to drop it; Enter repairs the rest."
    assert not editor.has_mask
    colour = [int(COLOURS["scratch"][i : i + 2], 16) for i in (1, 3, 5)]
    over = shown(window, SCRATCH, qtbot)
    assert np.abs(over - colour).sum() < np.abs(before - colour).sum() / 2
    editor.apply(selection.rectangle(editor.document.mask, SCRATCH))  # not even what is marked hides it
    assert np.abs(shown(window, SCRATCH, qtbot) - colour).sum() < np.abs(before - colour).sum() / 2
    editor.undo()
    found.keep([number_at(found, SCRATCH)], False)
    faint = shown(window, SCRATCH, qtbot)
    assert np.abs(faint - colour).sum() > np.abs(over - colour).sum()


def test_a_click_drops_and_keeps_again_also_by_keyboard(window: MainWindow, photo: Path, qtbot: QtBot):
    _, found = found_in(window, photo, qtbot)
    tool = window.tools["pick"]
    QTest.mouseMove(window.canvas, place_of(window, STAIN))
    assert tool.words == "Stain, 99 % sure"  # type: ignore[attr-defined]
    click(window, STAIN)
    assert kept(found) == {SCRATCH, SPECK}
    assert tool.words == "Stain, 99 % sure: dropped"  # type: ignore[attr-defined]
    assert window.damage_panel._summary.text() == "Places to repair: 2 of 3"
    row = window.damage_panel._list.region
    assert row
    assert row.bounds == STAIN
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_M)
    assert kept(found) == {STAIN, SCRATCH, SPECK}
    click(window, Rect(10, 10, 2, 2))
    assert kept(found) == {STAIN, SCRATCH, SPECK}


def test_a_frame_drops_all_in_it_and_keeps_it_with_shift(window: MainWindow, photo: Path, qtbot: QtBot):
    _, found = found_in(window, photo, qtbot)
    for held, wanted in ((NO_KEY, {STAIN}), (SHIFT, {STAIN, SCRATCH, SPECK})):
        start, end = place_of(window, Rect(20, 20, 2, 2)), place_of(window, Rect(280, 180, 2, 2))
        QTest.mousePress(window.canvas, LEFT, held, start)
        QTest.mouseMove(window.canvas, (start + end) / 2)
        QTest.mouseMove(window.canvas, end)
        QTest.mouseRelease(window.canvas, LEFT, held, end)
        assert kept(found) == wanted
    QTest.mousePress(window.canvas, LEFT, NO_KEY, start)
    QTest.mouseMove(window.canvas, end)
    window.give_up()
    QTest.mouseRelease(window.canvas, LEFT, NO_KEY, end)
    assert kept(found) == {STAIN, SCRATCH, SPECK}


def test_marking_is_one_step_and_gives_the_brush_back(window: MainWindow, photo: Path, qtbot: QtBot):
    editor = opened(window, photo, qtbot)
    window.choose_tool("eraser")
    _, found = found_in(window, photo, qtbot)
    found.keep([number_at(found, STAIN)], False)
    wanted = found.make_mask()()
    QTest.keyClick(window.canvas, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: editor.has_mask)
    assert np.array_equal(np.asarray(editor.document.mask), wanted)
    assert steps(editor) == ["Found damage"]
    assert window.canvas.tool is window.tools["eraser"]
    assert not found.visible
    assert not window.commands["mark-found"].isEnabled()
    editor.undo()
    assert not editor.has_mask
    assert found.visible
    assert not found.is_marked
    assert window.commands["mark-found"].isEnabled()


def test_what_was_found_is_repaired_and_nothing_else(window: MainWindow, photo: Path, qtbot: QtBot):
    editor, found = found_in(window, photo, qtbot)
    found.keep([number_at(found, STAIN)], False)
    mask = found.make_mask()() > 0
    window.commands["repair-found"].trigger()
    qtbot.waitUntil(lambda: bool(editor.document.layers))
    changed = (np.asarray(editor.document.view) != editor.document.photo.pixels).any(2)
    assert np.array_equal(changed, mask)
    assert window.finding.desk.of(editor) is None
    assert window.canvas.tool is window.tools["brush"]
    assert window.damage_panel._find.isVisible()
    assert not window.commands["discard-found"].isEnabled()
    editor.undo()
    editor.undo()
    assert not editor.has_mask


@pytest.mark.parametrize("way", ["at once", "from the list", "marked first"])
def test_enter_repairs_what_was_found(window: MainWindow, photo: Path, qtbot: QtBot, way: str):
    editor, found = found_in(window, photo, qtbot)
    mask = found.make_mask()() > 0
    if way != "at once":
        window.damage_panel._list.setFocus()
    if way == "marked first":
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: found.is_marked)
        assert window.focusWidget() is window.canvas
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(editor.document.layers))
    changed = (np.asarray(editor.document.view) != editor.document.photo.pixels).any(2)
    assert np.array_equal(changed, mask)


def test_what_the_eraser_took_away_is_not_marked_again_by_the_repair(window: MainWindow, photo: Path, qtbot: QtBot):
    editor, _ = found_in(window, photo, qtbot)
    window.damage_panel._mark.click()
    qtbot.waitUntil(lambda: editor.has_mask)
    editor.apply(selection.rectangle(editor.document.mask, STAIN.grown(5), "subtract"))
    assert window.damage_panel._repair.text() == "Repair what is marked"
    window.damage_panel._repair.click()
    qtbot.waitUntil(lambda: bool(editor.document.layers))
    changed = (np.asarray(editor.document.view) != editor.document.photo.pixels).any(2)
    assert changed[SCRATCH.slices].all()
    assert not changed[STAIN.slices].any()
    assert window.finding.desk.of(editor) is None


def test_what_is_repaired_by_hand_is_no_longer_among_what_was_found(window: MainWindow, photo: Path, qtbot: QtBot):
    editor, found = found_in(window, photo, qtbot)
    for number, (rect, left) in enumerate(((SCRATCH, {STAIN, SPECK}), (SPECK | STAIN, set[Rect]())), 1):
        editor.apply(selection.rectangle(editor.document.mask, rect))
        window.commands["repair"].trigger()
        qtbot.waitUntil(lambda number=number: len(editor.document.layers) == number and found._sifting is None)
        assert kept(found) == left
    assert window.finding.desk.of(editor) is None
    assert window.canvas.tool is window.tools["brush"]


def test_each_photo_keeps_its_own(window: MainWindow, photo: Path, tmp_path: Path, qtbot: QtBot):
    editor, found = found_in(window, photo, qtbot)
    found.keep([number_at(found, STAIN)], False)
    other = tmp_path / "clean.png"
    write_photo(other, Photo(np.full((200, 300, 3), 90, np.uint8)))
    opened(window, other, qtbot)
    assert window.damage_panel._find.isVisible()
    assert window.canvas.tool is window.tools["brush"]
    assert not window.commands["repair-found"].isEnabled()
    window.workspace.set_current(window.workspace.photos[0])
    assert window.damage_panel._list.isVisible()
    assert kept(found) == {SCRATCH, SPECK}
    window.commands["close"].trigger()
    assert window.finding.desk.of(editor) is None


def test_a_photo_looked_at_in_the_background_is_not_taken_for_the_one_shown(
    window: MainWindow, photo: Path, tmp_path: Path, engine: Engine, qtbot: QtBot
):
    editor = opened(window, photo, qtbot)
    other = tmp_path / "clean.png"
    write_photo(other, Photo(np.full((200, 300, 3), 90, np.uint8)))
    clean = opened(window, other, qtbot)
    window.workspace.set_current(window.workspace.photos[0])
    engine.before = lambda progress: window.workspace.set_current(window.workspace.photos[1])
    window.commands["find"].trigger()
    qtbot.waitUntil(lambda: window.finding.desk.of(editor) is not None)
    assert window.canvas.editor is clean
    assert window.damage_panel._find.isVisible()
    assert window.canvas.tool is window.tools["brush"]


def test_nothing_found_is_said_calmly(window: MainWindow, tmp_path: Path, qtbot: QtBot):
    clean = tmp_path / "clean.png"
    write_photo(clean, Photo(np.full((200, 300, 3), 90, np.uint8)))
    found_in(window, clean, qtbot)
    assert window.status.hint == "Nothing is surely damaged."
    assert window.damage_panel._summary.text().startswith("Nothing is surely damaged.")
    assert not window.damage_panel._list.isVisible()
    assert not window.commands["repair-found"].isEnabled()
    assert window.canvas.tool is window.tools["brush"]
    assert not window.notices.texts
    window.damage_panel._discard.click()
    assert window.damage_panel._find.isVisible()


def test_what_a_closer_look_finds_is_picked_from_at_once(window: MainWindow, tmp_path: Path, qtbot: QtBot):
    faint = np.zeros((300, 400, 3), np.uint8)
    faint[SCRATCH.slices] = 250, 153, 0  # 60 % sure
    path = tmp_path / "faint.png"
    write_photo(path, Photo(faint))
    _, found = found_in(window, path, qtbot)
    assert window.canvas.tool is window.tools["brush"]
    for tool in ("brush", "pick"):
        window.damage_panel._closer.click()
        settled(found, qtbot)
        assert window.canvas.tool is window.tools[tool]
    assert window.status.hint == "Places with damage: 1. Click one to drop it; Enter repairs the rest."
    window.choose_tool("brush")
    found.set_sensitivity("scratch", 90)  # there was something before: whoever took the brush keeps it
    settled(found, qtbot)
    assert window.canvas.tool is window.tools["brush"]


def test_each_photo_has_its_own_progress(window: MainWindow, photo: Path, tmp_path: Path, engine: Engine, qtbot: QtBot):
    other = tmp_path / "clean.png"
    write_photo(other, Photo(np.full((200, 300, 3), 90, np.uint8)))
    clean, editor = opened(window, other, qtbot), opened(window, photo, qtbot)
    told: list[str] = []

    def switch(_: Progress) -> None:
        engine.before = lambda _: None
        window.finding.desk.progressed.emit(editor, 0.25, "Looking for damage")
        told.append(window.damage_panel._busy.text.text())
        window.workspace.set_current(window.workspace.photos[0])
        window.commands["find"].trigger()  # waits for its turn
        told.append(window.damage_panel._busy.text.text())
        window.workspace.set_current(window.workspace.photos[1])
        told.append(window.damage_panel._busy.text.text())

    engine.before = switch
    window.commands["find"].trigger()
    qtbot.waitUntil(lambda: window.finding.desk.of(clean) is not None)
    assert [line.split(" · ")[0] for line in told] == ["Looking for damage", "Waiting…", "Looking for damage"]


@pytest.mark.parametrize("finders", [[replace(CARD, id="cracks"), CARD]])
def test_the_finder_that_comes_with_the_program_is_the_one_that_looks(window: MainWindow):
    assert [card.id for card in window.finding._cards] == ["damage", "cracks"]


@pytest.mark.parametrize("finders", [[]])
def test_without_a_model_it_says_what_is_missing(window: MainWindow, photo: Path, qtbot: QtBot):
    editor = opened(window, photo, qtbot)
    window.commands["find"].trigger()
    assert window.damage_panel.isVisible()
    assert not window.damage_panel._find.isEnabled()
    assert "no model here that finds damage" in window.damage_panel._hint.text()
    assert not window.finding.desk.is_looking(editor)


def test_escape_looks_no_further(window: MainWindow, photo: Path, engine: Engine, qtbot: QtBot):
    editor = opened(window, photo, qtbot)
    engine.before = lambda progress: window.give_up()
    window.commands["find"].trigger()
    assert window.damage_panel._busy.cancel.isVisible()
    qtbot.waitUntil(lambda: not window.finding.desk.is_looking(editor))
    assert engine.looks == 1
    assert window.finding.desk.of(editor) is None
    assert window.damage_panel._find.isVisible()
    assert not window.notices.texts


def test_whoever_marks_meanwhile_keeps_the_brush(window: MainWindow, photo: Path, engine: Engine, qtbot: QtBot):
    editor = opened(window, photo, qtbot)

    def paint(_: Progress) -> None:
        QTest.mousePress(window.canvas, LEFT, NO_KEY, place_of(window, Rect(20, 280, 4, 4)))

    engine.before = paint
    window.commands["find"].trigger()
    qtbot.waitUntil(lambda: window.finding.desk.of(editor) is not None)
    assert window.canvas.tool is window.tools["brush"]
    assert window.status.hint == "Places with damage: 3. Press D to pick from them."
    assert editor.is_painting
    QTest.mouseRelease(window.canvas, LEFT, NO_KEY, place_of(window, Rect(20, 280, 4, 4)))
    assert editor.has_mask
    window.commands["find"].trigger()  # shows what is there instead of looking again
    assert window.canvas.tool is window.tools["pick"]
    assert engine.looks == 1


def test_hidden_damage_is_not_seen_and_not_picked(window: MainWindow, photo: Path, qtbot: QtBot):
    _, found = found_in(window, photo, qtbot)
    seen = shown(window, SCRATCH, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_H, SHIFT)
    hidden = shown(window, SCRATCH, qtbot)
    assert np.abs(seen - hidden).sum() > 60
    assert window.canvas.tool is window.tools["brush"]
    assert not window.commands["found-visible"].isChecked()
    QTest.keyClick(window.canvas, Qt.Key.Key_D)
    assert found.visible
    assert window.canvas.tool is window.tools["pick"]
    assert np.abs(shown(window, SCRATCH, qtbot) - seen).sum() == 0
    window.damage_panel._eye.click()
    assert not found.visible
    found.keep([number_at(found, SPECK)], False)  # nobody chooses blindly
    assert window.commands["found-visible"].isChecked()


def test_the_tool_that_picks_is_not_in_hand_at_the_next_start(window: MainWindow, photo: Path, qtbot: QtBot):
    found_in(window, photo, qtbot)
    assert window.canvas.tool is window.tools["pick"]
    assert window._settings.tool == "brush"


def test_a_selected_region_is_gone_to_and_framed(window: MainWindow, photo: Path, qtbot: QtBot):
    found_in(window, photo, qtbot)
    window.canvas.zoom_to(8.0)
    window.canvas.center_on(390, 290)
    qtbot.waitUntil(lambda: window.canvas.is_settled)
    window.damage_panel._list.selectRow(2)
    seen = window.canvas.visible_rect()
    assert seen.contains(QPointF(SPECK.x, SPECK.y))
    assert seen.contains(QPointF(SPECK.x1, SPECK.y1))
    assert window.canvas._framed == SPECK
    qtbot.waitUntil(lambda: window.canvas.is_settled)
    QApplication.processEvents()
    corner = window.canvas.to_widget(QPointF(SPECK.x, SPECK.y)).toPoint() - QPoint(5, 5)
    pixels = image_pixels(window.canvas.grab().toImage())[..., :3]
    line = pixels[corner.y() - 1 : corner.y() + 2, corner.x() + 20].astype(int)
    assert line.min(1).max() > 200  # the frame's light line
    window.commands["discard-found"].trigger()
    assert window.canvas._framed is None
