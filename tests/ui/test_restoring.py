"""Restoring in the window: measured, seen at once, applied as a layer, and made anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.cards import ModelCard, list_cards
from cnnstudio.errors import NotEnoughMemory
from cnnstudio.imaging import selection, tone
from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.flaws import quality_told
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.pyramid import Level, Pyramid
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.imaging.tone import Tone
from cnnstudio.jobs import (
    Job,
    MeasureJob,
    Progress,
    Restored,
    RestoreJob,
    RestoreOptions,
    RestorePreviewJob,
    RestoreResult,
)
from cnnstudio.runtime.io_lane import run_io_job
from cnnstudio.ui import main_window
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes, run_call
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.panels.restore import NOTHING
from cnnstudio.ui.saving import SaveOptions, Snapshot, write
from tests.fakes import ImmediateRunner
from tests.ui.conftest import fake_engine

FADED = Tone(fading=20, yellowing=10)
CARD = ModelCard("restore", "Restorer", "", "restore", "restorer", {}, "4", "", {}, {}, {}, "abc", Path())


class Engine:
    """Restores by curves alone, and remembers what it was asked."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.failure: Exception | None = None

    def __call__(self, job: Job, progress: Progress) -> object:
        if isinstance(job, MeasureJob | RestoreJob | RestorePreviewJob):
            self.jobs.append(job)
            if self.failure:
                raise self.failure
        match job:
            case MeasureJob():
                return replace(job.options, denoise=job.options.denoise or 13.0, deblock=0.0, tone=FADED)
            case RestorePreviewJob():
                assert job.options.tone is not None
                return [(job.part, tone.apply(np.asarray(job.pixels[job.part.slices]), job.options.tone))]
            case RestoreJob():
                assert job.options.tone is not None
                progress.set(0.5, "Restoring")
                progress.check_cancelled()
                pixels = tone.apply(np.asarray(job.pixels), job.options.tone)
                whole = Rect(0, 0, pixels.shape[1], pixels.shape[0])
                patches = Patches.covering([(whole, pixels)], job.store)
                return Restored(patches, RestoreResult(job.options, 0.1, "CPU", ["A note."]))
        return fake_engine(job, progress)

    def of(self, kind: type) -> list[Job]:
        return [job for job in self.jobs if isinstance(job, kind)]


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def lanes(qapp: object, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lanes]:
    monkeypatch.setattr(
        main_window, "list_cards", lambda: [*(card for card in list_cards() if card.task != "restore"), CARD]
    )
    lanes = Lanes(
        ImmediateRunner(engine, "engine"),
        ImmediateRunner(run_io_job, "files"),
        ImmediateRunner(run_io_job, "journal"),
        ImmediateRunner(run_call, "work"),
        ImmediateRunner(run_call, "tiles"),
    )
    yield lanes
    lanes.close()


@pytest.fixture
def opened(window: MainWindow, photo: Path, qtbot: QtBot) -> Editor:
    """The window shows the panel, and a photo of 400 x 300."""
    window.workspace.open([photo])
    qtbot.waitUntil(lambda: window.canvas.editor is not None)
    window.commands["restore"].trigger()
    assert window.restore_panel.isVisible()
    assert window.canvas.editor is not None
    return window.canvas.editor


def move(window: MainWindow, options: RestoreOptions) -> None:
    """As a person does with the sliders."""
    window.restore_panel.set_options(options)
    window.restore_panel.options_changed.emit()


def applied(window: MainWindow, qtbot: QtBot) -> None:
    window.restore_panel._apply.click()
    qtbot.waitUntil(lambda: not window.restore_panel.is_busy)


TONED = RestoreOptions(0.0, 0.0, 0.0, 0.0, FADED)


def test_auto_sets_the_sliders_and_the_photo_is_seen_as_it_would_be(
    window: MainWindow, opened: Editor, engine: Engine, qtbot: QtBot
):
    window.restore_panel._auto.click()
    qtbot.waitUntil(lambda: opened.trial != [])
    assert window.restore_panel.options == RestoreOptions(13, 0, 0, 0, FADED)
    (job,) = engine.of(RestorePreviewJob)
    assert isinstance(job, RestorePreviewJob)
    assert job.card == CARD
    ((rect, pixels),) = opened.trial
    assert rect == opened.bounds  # all of it is in view, one to one
    assert np.array_equal(pixels, tone.apply(opened.document.photo.pixels, FADED))
    assert opened.document.layers == ()
    assert not opened.modified


def test_only_what_is_in_view_is_computed(window: MainWindow, opened: Editor, engine: Engine, qtbot: QtBot):
    window.canvas.zoom_to(8)
    window.canvas.center_on(200, 150)
    move(window, TONED)
    qtbot.waitUntil(lambda: opened.trial != [])
    ((rect, _),) = opened.trial
    seen = window.canvas.visible_rect()
    assert opened.bounds.contains(rect)
    assert rect.area < opened.bounds.area / 4
    assert (rect.x, rect.y) == (int(seen.left()), int(seen.top()))
    window.canvas.pan_by(300, 0)
    qtbot.waitUntil(lambda: opened.trial[:1] and opened.trial[0][0].x != rect.x)


def test_zoomed_out_coarser_pixels_are_computed_and_less_is_wrong_with_them(
    window: MainWindow, opened: Editor, engine: Engine, qtbot: QtBot
):
    window.canvas.zoom_to(0.4)
    move(window, RestoreOptions(20, 40, 0, 0, FADED))
    qtbot.waitUntil(lambda: opened.trial != [])
    job = engine.of(RestorePreviewJob)[-1]
    assert isinstance(job, RestorePreviewJob)
    assert (job.options.denoise, job.options.deblock, job.options.tone) == (10, 20, FADED)
    ((rect, pixels),) = opened.trial
    assert rect == opened.bounds
    assert pixels.shape == (150, 200, 3)


def test_no_preview_is_seen_where_none_is_wanted(window: MainWindow, opened: Editor, qtbot: QtBot):
    move(window, TONED)
    qtbot.waitUntil(lambda: opened.trial != [])
    window.restore_panel._preview.click()
    assert opened.trial == []
    window.restore_panel._preview.click()
    qtbot.waitUntil(lambda: opened.trial != [])
    move(window, NOTHING)
    assert opened.trial == []
    move(window, TONED)
    qtbot.waitUntil(lambda: opened.trial != [])
    window.docks["repair"].raise_()  # another panel comes to the front
    qtbot.waitUntil(lambda: opened.trial == [])


def test_apply_makes_a_layer_that_can_be_undone(window: MainWindow, opened: Editor, engine: Engine, qtbot: QtBot):
    move(window, TONED)
    applied(window, qtbot)
    (layer,) = opened.document.layers
    assert (layer.name, layer.model, layer.restored) == ("Restoration", "", TONED)
    expected = tone.apply(opened.document.photo.pixels, FADED)
    assert np.array_equal(opened.document.view.to_array(), expected)
    assert opened.trial == []
    (job,) = engine.of(RestoreJob)
    assert isinstance(job, RestoreJob)
    assert job.card is None  # curves need none
    opened.undo()
    assert np.array_equal(opened.document.view.to_array(), opened.document.photo.pixels)
    assert window.restore_panel.options == NOTHING
    opened.redo()
    assert window.restore_panel.options == TONED


def test_with_other_numbers_the_layer_is_made_anew_from_what_lies_beneath(
    window: MainWindow, opened: Editor, engine: Engine, qtbot: QtBot
):
    move(window, TONED)
    applied(window, qtbot)
    first = opened.document.layers[0].id
    other = RestoreOptions(13, 0, 0, 25, Tone(fading=5))
    move(window, other)
    applied(window, qtbot)
    (layer,) = opened.document.layers
    assert layer.id == first
    assert (layer.model, layer.restored) == ("restore", other)
    assert layer.origin is not None
    assert (layer.origin.version, layer.origin.sha256) == ("4", "abc")
    assert np.array_equal(opened.document.view.to_array(), tone.apply(opened.document.photo.pixels, Tone(fading=5)))
    move(window, NOTHING)
    window.restore_panel._apply.click()
    assert opened.document.layers == ()


def test_make_anew_in_the_list_of_repairs_goes_to_the_sliders(window: MainWindow, opened: Editor, qtbot: QtBot):
    move(window, TONED)
    applied(window, qtbot)
    move(window, NOTHING)
    window.docks["repair"].raise_()
    window.repairs_panel.select(opened.document.layers[0].id)
    window.commands["again"].trigger()
    assert window.restore_panel.isVisible()
    assert window.restore_panel.options == TONED
    assert not window.desk.busy


def test_auto_leaves_alone_what_it_does_not_measure(window: MainWindow, opened: Editor, qtbot: QtBot):
    move(window, RestoreOptions(0, 0, 6, 25, Tone(tint=9, brightness=-20)))
    window.restore_panel._auto.click()
    qtbot.waitUntil(lambda: window.restore_panel.options.denoise == 13)
    assert window.restore_panel.options == RestoreOptions(13, 0, 6, 25, replace(FADED, brightness=-20))


def test_a_repair_hidden_beneath_the_restoration_asks_for_it_to_be_applied_again(
    window: MainWindow, opened: Editor, qtbot: QtBot
):
    opened.apply(selection.rectangle(opened.document.mask, Rect(40, 50, 30, 20)))
    window.repairing.repair()
    qtbot.waitUntil(lambda: len(opened.document.layers) == 1)
    repair = opened.document.layers[0].id
    move(window, TONED)
    applied(window, qtbot)
    panel, before = window.restore_panel, opened.document.view.to_array()
    assert not panel._apply.isEnabled()
    with qtbot.waitSignal(window.restoring.told) as told:
        opened.applied(opened.document.set_visible(repair, False))
    assert "Apply again" in told.args[0]
    assert panel._hint.text() == told.args[0]
    assert np.array_equal(opened.document.view.to_array(), before)
    opened.undo()
    assert not panel._apply.isEnabled()
    opened.redo()
    applied(window, qtbot)
    expected = tone.apply(opened.document.photo.pixels, FADED)
    assert np.array_equal(opened.document.view.to_array(), expected)
    assert not panel._apply.isEnabled()
    assert "Apply again" not in panel._hint.text()


def test_what_lies_above_the_restoration_does_not_make_it_old(window: MainWindow, opened: Editor, qtbot: QtBot):
    move(window, TONED)
    applied(window, qtbot)
    opened.apply(selection.rectangle(opened.document.mask, Rect(40, 50, 30, 20)))
    with qtbot.assertNotEmitted(window.restoring.told):
        window.repairing.repair()
        qtbot.waitUntil(lambda: len(opened.document.layers) == 2)
    assert not window.restore_panel._apply.isEnabled()


def test_each_photo_keeps_its_sliders(window: MainWindow, opened: Editor, tmp_path: Path, qtbot: QtBot):
    move(window, TONED)
    other = tmp_path / "other.png"
    write_photo(other, Photo(np.full((50, 60, 3), 90, np.uint8)))
    window.workspace.open([other])
    qtbot.waitUntil(lambda: window.canvas.editor not in (None, opened))
    assert window.restore_panel.options == NOTHING
    assert opened.trial == []
    window.workspace.set_current(window.workspace.photos[0])
    assert window.restore_panel.options == TONED


def test_giving_up_leaves_nothing(window: MainWindow, opened: Editor, engine: Engine, qtbot: QtBot):
    move(window, TONED)
    window.restore_panel._apply.click()
    assert window.restore_panel.is_busy
    window.give_up()
    assert not window.restore_panel.is_busy
    qtbot.wait(50)
    assert opened.document.layers == ()
    assert window.restore_panel.options == TONED


def test_what_fails_is_told_in_a_sentence(window: MainWindow, opened: Editor, engine: Engine, qtbot: QtBot):
    engine.failure = NotEnoughMemory("There is not enough memory for this.")
    with qtbot.waitSignal(window.restoring.noticed) as told:
        window.restoring.measure()
    assert told.args[:2] == ["There is not enough memory for this.", "error"]
    assert not window.restore_panel.is_busy
    engine.failure = None
    move(window, TONED)
    qtbot.waitUntil(lambda: opened.trial != [])
    engine.failure = NotEnoughMemory("There is not enough memory for this.")
    with qtbot.waitSignal(window.restoring.noticed):
        window.restore_panel._apply.click()
    assert not window.restore_panel.is_busy
    assert opened.document.layers == ()


def test_a_restored_photo_can_be_repaired_above_it(window: MainWindow, opened: Editor, qtbot: QtBot):
    move(window, TONED)
    applied(window, qtbot)
    hole = Rect(40, 50, 30, 20)
    opened.apply(selection.rectangle(opened.document.mask, hole))
    assert "above it" not in window.restore_panel._hint.text()
    window.repairing.repair()
    qtbot.waitUntil(lambda: len(opened.document.layers) == 2)
    assert "the repairs above it stay" in window.restore_panel._hint.text()
    assert [layer.restored is None for layer in opened.document.layers] == [False, True]
    after, toned = opened.document.view.to_array(), tone.apply(opened.document.photo.pixels, FADED)
    changed = (after != toned).any(2)
    assert changed[hole.slices].all()
    changed[hole.slices] = False
    assert not changed.any()


def test_a_restored_jpeg_is_not_saved_as_coarsely_as_it_was(window: MainWindow, tmp_path: Path, qtbot: QtBot):
    path, again, restored = (tmp_path / f"{name}.jpg" for name in ("coarse", "again", "restored"))
    pixels = np.random.default_rng(0).integers(60, 200, (300, 400, 3)).astype(np.uint8)
    write_photo(path, Photo(pixels), quality=30)
    window.workspace.open([path])
    qtbot.waitUntil(lambda: window.canvas.editor is not None)
    window.commands["restore"].trigger()
    editor = window.canvas.editor
    assert editor is not None
    write(again, Snapshot.of(editor.document), SaveOptions(), overwrite=False, progress=Progress())
    move(window, TONED)
    applied(window, qtbot)
    write(restored, Snapshot.of(editor.document), SaveOptions(), overwrite=False, progress=Progress())
    assert quality_told(read_photo(again).metadata.jpeg) == pytest.approx(30, abs=1)
    assert quality_told(read_photo(restored).metadata.jpeg) > 90


def test_a_level_of_a_pyramid_is_cut_like_an_array():
    pixels = np.random.default_rng(0).integers(0, 256, (700, 900, 3)).astype(np.uint8)
    pyramid = Pyramid(TileGrid(pixels))
    whole = np.asarray(Level(pyramid, 1)[:, :])
    assert whole.shape == Level(pyramid, 1).shape == (350, 450, 3)
    assert np.array_equal(Level(pyramid, 1)[100:310, 40:301], whole[100:310, 40:301])
    assert np.array_equal(Level(pyramid, 0)[5:7, 250:260], pixels[5:7, 250:260])
