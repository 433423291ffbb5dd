"""Repairs come back as layers, in order, and leave nothing when they are given up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.cards import ModelCard
from cnnstudio.errors import NotEnoughMemory
from cnnstudio.imaging import selection
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import Job, Progress
from cnnstudio.runtime.runner import JobRunner
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes, run_call
from cnnstudio.ui.repairing import RepairDesk, RepairSettings

HOLE = Rect(40, 50, 30, 20)


@pytest.fixture
def card() -> ModelCard:
    return ModelCard("fake", "Fake", "", "repair", "none", {}, "1", "", {}, {}, {}, "0", Path())


@pytest.fixture
def desk(lanes: Lanes) -> RepairDesk:
    return RepairDesk(lanes)


def mark(editor: Editor, rect: Rect = HOLE) -> None:
    editor.apply(selection.rectangle(editor.document.mask, rect))


def done(desk: RepairDesk, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not desk.busy)


def test_what_is_marked_becomes_a_layer_and_nothing_else_changes(
    editor: Editor, desk: RepairDesk, card: ModelCard, qtbot: QtBot
):
    mark(editor)
    before = editor.document.photo.pixels
    assert desk.repair(editor, RepairSettings(card, seed=3))
    assert desk.busy
    done(desk, qtbot)
    after = np.asarray(editor.document.view)
    assert (after[HOLE.slices] == (3, 100, 200)).all()
    changed = (after != before).any(2)
    changed[HOLE.slices] = False
    assert not changed.any()
    layer = editor.document.layers[0]
    assert (layer.name, layer.model, layer.seed) == ("Repair 1", "fake", 3)
    assert not editor.has_mask
    assert editor.previews == []
    editor.undo()
    assert editor.has_mask
    assert np.array_equal(np.asarray(editor.document.view), before)


def test_nothing_marked_is_said(editor: Editor, desk: RepairDesk, card: ModelCard, qtbot: QtBot):
    with qtbot.waitSignal(desk.refused) as told:
        assert not desk.repair(editor, RepairSettings(card))
    assert told.args == ["Nothing is marked yet. Paint over the damage first."]
    assert not desk.busy


def test_what_is_being_repaired_is_left_out_of_the_next(
    editor: Editor, desk: RepairDesk, card: ModelCard, qtbot: QtBot
):
    mark(editor)
    assert desk.repair(editor, RepairSettings(card, seed=1))
    with qtbot.waitSignal(desk.refused):
        assert not desk.repair(editor, RepairSettings(card, seed=2))
    other = Rect(300, 300, 10, 10)
    mark(editor, other)
    assert desk.repair(editor, RepairSettings(card, seed=2))
    assert desk.queued == 1
    done(desk, qtbot)
    after = np.asarray(editor.document.view)
    assert (after[HOLE.slices][..., 0] == 1).all()
    assert (after[other.slices][..., 0] == 2).all()
    assert [layer.name for layer in editor.document.layers] == ["Repair 1", "Repair 2"]


def test_candidates_are_offered_and_one_is_chosen(editor: Editor, desk: RepairDesk, card: ModelCard, qtbot: QtBot):
    mark(editor)
    desk.repair(editor, RepairSettings(card, candidates=3, seed=5))
    done(desk, qtbot)
    assert editor.document.layers == ()
    assert desk.offer is not None
    assert [one.seed for one in desk.offer.candidates] == [5, 6, 7]
    shown = np.asarray(desk.offer.candidates[1].view)
    assert (shown[HOLE.slices][..., 0] == 6).all()
    desk.choose(9)
    assert desk.offer is not None
    desk.choose(1)
    assert desk.offer is None
    assert editor.document.layers[0].seed == 6
    assert np.array_equal(np.asarray(editor.document.view), shown)


def test_candidates_declined_leave_the_mask(editor: Editor, desk: RepairDesk, card: ModelCard, qtbot: QtBot):
    mark(editor)
    desk.repair(editor, RepairSettings(card, candidates=2))
    done(desk, qtbot)
    assert desk.dismiss()
    assert editor.has_mask
    assert not editor.modified
    assert not desk.dismiss()


def test_redo_puts_other_pixels_into_the_same_layer(editor: Editor, desk: RepairDesk, card: ModelCard, qtbot: QtBot):
    mark(editor)
    desk.repair(editor, RepairSettings(card, seed=1))
    done(desk, qtbot)
    layer = editor.document.layers[0]
    desk.redo(editor, layer.id, RepairSettings(card, seed=9, candidates=4))
    done(desk, qtbot)
    anew = editor.document.layers[0]
    assert (anew.id, anew.seed) == (layer.id, 9)
    assert (np.asarray(editor.document.view)[HOLE.slices][..., 0] == 9).all()
    assert len(editor.document.layers) == 1


def test_closing_a_photo_forgets_its_repairs(editor: Editor, desk: RepairDesk, card: ModelCard, qtbot: QtBot):
    mark(editor)
    desk.repair(editor, RepairSettings(card))
    desk.forget(editor)
    assert not desk.busy
    assert editor.document.layers == ()


class Gate:
    """An engine that stands in the middle of a repair until it is cancelled or told to fail."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.fail = False

    def __call__(self, job: Job, progress: Progress) -> object:
        progress.preview(Rect(0, 0, 4, 4), np.zeros((4, 4, 3), np.uint8))
        self.entered.set()
        if self.fail:
            raise NotEnoughMemory("There is not enough memory for this repair.")
        while True:
            progress.check_cancelled()
            threading.Event().wait(0.001)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def real(gate: Gate, lanes: Lanes, qapp: object) -> Iterator[RepairDesk]:
    engine = JobRunner(gate, "engine")
    work = JobRunner(run_call, "work")
    yield RepairDesk(Lanes(engine, lanes.files, lanes.journal, work, lanes.tiles))
    engine.close()
    work.close()


def test_cancelling_leaves_the_document_as_it_was(
    editor: Editor, real: RepairDesk, gate: Gate, card: ModelCard, qtbot: QtBot
):
    mark(editor)
    steps = list(editor.document.history.labels)
    for _ in range(20):
        gate.entered.clear()
        assert real.repair(editor, RepairSettings(card))
        qtbot.waitUntil(gate.entered.is_set)
        assert real.cancel()
        assert not real.busy
        assert editor.previews == []
    assert not real.cancel()
    assert editor.document.history.labels == steps
    assert editor.has_mask


def test_failure_is_told_and_the_next_repair_goes_on(
    editor: Editor, real: RepairDesk, gate: Gate, card: ModelCard, qtbot: QtBot
):
    mark(editor)
    gate.fail = True
    with qtbot.waitSignal(real.failed) as told:
        real.repair(editor, RepairSettings(card))
    assert told.args[0].message == "There is not enough memory for this repair."
    assert not real.busy
    assert editor.has_mask
    assert editor.previews == []
