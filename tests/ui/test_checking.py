"""Repairs are checked behind the person's back: a badge appears, and nobody waits for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSlider
from pytestqt.qtbot import QtBot

from cnnstudio.cards import ModelCard
from cnnstudio.errors import NotEnoughMemory
from cnnstudio.imaging import selection
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import CallJob, Job, Origin, Progress, RestoreOptions, SelfCheck, SelfCheckJob
from cnnstudio.runtime.runner import JobRunner
from cnnstudio.ui.checking import Checking
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels.repairs import RepairsPanel
from cnnstudio.ui.repairing import RepairDesk, RepairSettings
from tests.ui.conftest import fake_engine

HOLE, OTHER = Rect(40, 50, 30, 20), Rect(200, 100, 10, 10)
CHECK = SelfCheck(3.25, 35.5, 600, 2)


@pytest.fixture
def card() -> ModelCard:
    return ModelCard("fake", "Fake", "", "repair", "none", {}, "1", "", {}, {}, {}, "ab" * 32, Path())


class Engine:
    """The fake one, which remembers its checks and may hold them up or fail them."""

    def __init__(self) -> None:
        self.checks: list[SelfCheckJob] = []
        self.held = threading.Event()
        self.hold = self.fail = False

    def __call__(self, job: Job, progress: Progress) -> object:
        if isinstance(job, SelfCheckJob):
            self.checks.append(job)
            if self.fail:
                raise NotEnoughMemory("There is not enough memory for this repair.")
            self.held.set()
            while self.hold:
                progress.check_cancelled()
                threading.Event().wait(0.001)
        return fake_engine(job, progress)


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def desk(lanes: Lanes, engine: Engine) -> Iterator[RepairDesk]:
    lane = JobRunner(engine, "engine")
    yield RepairDesk(Lanes(lane, lanes.files, lanes.journal, lanes.work, lanes.tiles))
    engine.hold = False
    lane.close()


@pytest.fixture
def checking(desk: RepairDesk) -> Checking:
    return Checking(desk, desk._lanes, desk)


def repair(editor: Editor, desk: RepairDesk, card: ModelCard, rect: Rect = HOLE, **settings: int) -> None:
    editor.apply(selection.rectangle(editor.document.mask, rect))
    assert desk.repair(editor, RepairSettings(card, **settings))


def test_a_repair_gets_its_badge(
    editor: Editor, desk: RepairDesk, checking: Checking, card: ModelCard, engine: Engine, qtbot: QtBot
):
    repair(editor, desk, card, seed=9)
    qtbot.waitUntil(lambda: bool(editor.document.layers) and not checking.busy)
    (layer,) = editor.document.layers
    assert layer.check == CHECK
    assert layer.origin is not None
    assert (layer.origin.version, layer.origin.sha256, layer.origin.options.seed) == ("1", "ab" * 32, 9)
    (job,) = engine.checks
    assert job.options == layer.origin.options
    assert np.count_nonzero(np.asarray(job.mask)) == HOLE.area
    assert (np.asarray(job.pixels[HOLE.slices]) == (9, 100, 200)).all()
    editor.undo()
    editor.redo()
    assert editor.document.layers[0].check == CHECK


def test_other_repairs_and_marked_damage_are_not_the_truth(
    editor: Editor, desk: RepairDesk, checking: Checking, card: ModelCard, engine: Engine, qtbot: QtBot
):
    repair(editor, desk, card)
    qtbot.waitUntil(lambda: len(engine.checks) == 1 and not checking.busy)
    repair(editor, desk, card, OTHER)
    left = Rect(300, 300, 20, 5)
    editor.apply(selection.rectangle(editor.document.mask, left, "add"))
    qtbot.waitUntil(lambda: len(engine.checks) == 2 and not checking.busy)
    damage = np.asarray(engine.checks[1].damage)
    assert (damage[HOLE.slices] == 255).all()
    assert (damage[left.slices] == 255).all()
    assert np.count_nonzero(damage) == HOLE.area + left.area


def test_a_restoration_of_the_whole_photo_leaves_it_checkable(
    editor: Editor, desk: RepairDesk, checking: Checking, card: ModelCard, engine: Engine, qtbot: QtBot
):
    everywhere = TileGrid(np.full((editor.height, editor.width), 255, np.uint8))
    patches = Patches.build([(editor.bounds, editor.document.photo.pixels)], everywhere)
    origin = Origin("1", "", "2026-03-01T12:00:00Z", RestoreOptions(), "CPU")
    editor.applied(editor.document.add_repair(patches, "Restoration", origin=origin))
    repair(editor, desk, card)
    qtbot.waitUntil(lambda: len(engine.checks) == 1 and not checking.busy)
    assert not np.asarray(engine.checks[0].damage).any()


def test_a_check_gives_way_to_a_repair_and_to_all_other_work(
    editor: Editor, desk: RepairDesk, checking: Checking, card: ModelCard, engine: Engine, qtbot: QtBot
):
    engine.hold = True
    repair(editor, desk, card)
    qtbot.waitUntil(engine.held.is_set)
    repair(editor, desk, card, OTHER)
    qtbot.waitUntil(lambda: len(editor.document.layers) == 2)  # while the check would still be held up
    assert all(layer.check is None for layer in editor.document.layers)
    qtbot.waitUntil(lambda: len(engine.checks) == 2)
    done = threading.Event()
    desk._lanes.engine.submit(CallJob(function=lambda _: done.set()))
    qtbot.waitUntil(done.is_set)
    engine.hold = False
    qtbot.waitUntil(lambda: not checking.busy)
    assert all(layer.check for layer in editor.document.layers)


def test_what_is_gone_is_not_checked(
    editor: Editor, desk: RepairDesk, checking: Checking, card: ModelCard, engine: Engine, qtbot: QtBot
):
    engine.hold = True
    repair(editor, desk, card)
    qtbot.waitUntil(engine.held.is_set)
    checking.forget(editor)
    assert not checking.busy
    engine.hold = False
    desk.made.disconnect(checking._on_made)
    repair(editor, desk, card, OTHER)
    qtbot.waitUntil(lambda: not desk.busy)
    assert len(engine.checks) == 1
    assert all(layer.check is None for layer in editor.document.layers)


def test_a_check_that_fails_bothers_nobody(
    editor: Editor, desk: RepairDesk, checking: Checking, card: ModelCard, engine: Engine, qtbot: QtBot
):
    engine.fail = True
    told: list[object] = []
    desk.failed.connect(told.append)
    repair(editor, desk, card)
    qtbot.waitUntil(lambda: len(engine.checks) == 1 and not checking.busy)
    assert told == []
    assert editor.document.layers[0].check is None
    engine.fail = False
    repair(editor, desk, card, OTHER)
    qtbot.waitUntil(lambda: len(engine.checks) == 2 and not checking.busy)
    assert editor.document.layers[1].check is not None


@pytest.mark.parametrize(
    ("check", "word", "figure"),
    [
        (CHECK, "Good", "wrong by 3.2 of 255"),
        (SelfCheck(9.0, 25.0, 100, 3), "Fair", "PSNR 25.0 dB"),
        (SelfCheck(30.0, 15.0, 100, 3), "Guess", "in 3 undamaged places"),
        (SelfCheck(None, None), "Guess", "could not be tried"),
    ],
)
def test_the_badge_says_it_plainly(
    check: SelfCheck, word: str, figure: str, editor: Editor, desk: RepairDesk, card: ModelCard, qtbot: QtBot
):
    panel = RepairsPanel(desk._lanes)
    qtbot.addWidget(panel)
    panel.resize(300, 200)
    panel.show()
    panel.set_editor(editor)
    repair(editor, desk, card)
    qtbot.waitUntil(lambda: not desk.busy)
    index = panel._list.model().index(0, 0)
    before = panel._list.viewport().grab().toImage()
    assert word not in index.data(Qt.ItemDataRole.AccessibleTextRole)
    editor.set_check(editor.document.layers[0].patches, check)
    index = panel._list.model().index(0, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole).endswith(word)
    assert figure in index.data(Qt.ItemDataRole.ToolTipRole)
    assert figure in index.data(Qt.ItemDataRole.AccessibleDescriptionRole)
    assert panel._list.viewport().grab().toImage() != before
    qtbot.waitUntil(lambda: not panel._model._asked)


def test_a_badge_does_not_take_the_slider_out_of_the_hand(
    editor: Editor, desk: RepairDesk, card: ModelCard, qtbot: QtBot
):
    panel = RepairsPanel(desk._lanes)
    qtbot.addWidget(panel)
    panel.set_editor(editor)
    repair(editor, desk, card)
    qtbot.waitUntil(lambda: not desk.busy)
    slider = panel._opacity.findChild(QSlider)
    slider.setSliderDown(True)
    slider.setValue(40)
    assert panel._opacity.is_moving
    editor.set_check(editor.document.layers[0].patches, CHECK)
    assert panel._opacity.is_moving
    assert panel._list.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole).endswith("Good")
    slider.setSliderDown(False)
    qtbot.waitUntil(lambda: editor.document.layers[0].opacity == 0.4)
    assert editor.document.layers[0].check == CHECK
    qtbot.waitUntil(lambda: not panel._model._asked)
