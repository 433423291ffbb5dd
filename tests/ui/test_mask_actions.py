"""The mask as a whole: marked, grown, inverted, read from a file and written to one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.imaging import selection
from cnnstudio.imaging.brush import Brush
from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.photo import Photo
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.mask_actions import MaskActions
from cnnstudio.ui.panels.step_labels import _LABELS


@pytest.fixture
def actions(lanes: Lanes) -> MaskActions:
    return MaskActions(lanes)


def mask(editor: Editor) -> np.ndarray:
    return np.asarray(editor.document.mask)


def mark(editor: Editor, rect: Rect) -> None:
    editor.apply(selection.rectangle(editor.document.mask, rect))


def box(*edges: int) -> np.ndarray:
    expected = np.zeros((400, 600), np.uint8)
    expected[edges[1] : edges[3], edges[0] : edges[2]] = 255
    return expected


def done(actions: MaskActions, qtbot: QtBot, action: Callable[..., None], *arguments: object) -> None:
    with qtbot.waitSignal(actions.done):
        action(*arguments)


def test_all_none_and_the_other_way_round(actions: MaskActions, editor: Editor, qtbot: QtBot):
    done(actions, qtbot, actions.select_all, editor)
    assert (mask(editor) == 255).all()
    done(actions, qtbot, actions.clear, editor)
    assert not mask(editor).any()
    mark(editor, Rect(10, 10, 50, 40))
    done(actions, qtbot, actions.invert, editor)
    assert np.array_equal(mask(editor), 255 - box(10, 10, 60, 50))
    assert editor.document.history.labels == ["Mark all", "Clear", "Rectangle", "Invert"]
    assert set(editor.document.history.labels) <= _LABELS  # each has a name in the person's language
    for _ in range(4):
        editor.undo()
    assert not mask(editor).any()


def test_growing_shrinking_and_softening(actions: MaskActions, editor: Editor, qtbot: QtBot):
    mark(editor, Rect(100, 100, 50, 50))
    done(actions, qtbot, actions.grow, editor, 2.0)
    assert mask(editor)[125, 98:152].all()
    assert not mask(editor)[125, 97]
    done(actions, qtbot, actions.shrink, editor, 4.0)
    assert mask(editor)[125, 102:148].all()
    assert not mask(editor)[125, 101]
    done(actions, qtbot, actions.feather, editor, 2.0)
    assert 0 < mask(editor)[125, 100] < mask(editor)[125, 103] < 255
    assert set(editor.document.history.labels) <= _LABELS


@pytest.mark.parametrize("what", ["grow", "shrink", "feather"])
def test_where_nothing_is_marked_it_is_said(actions: MaskActions, editor: Editor, what: str, qtbot: QtBot):
    with qtbot.waitSignal(actions.noticed) as told:
        getattr(actions, what)(editor, 2.0)
    assert told.args[0] == "Nothing is marked yet."
    assert editor.document.history.labels == []


def test_what_is_marked_meanwhile_is_grown_too(actions: MaskActions, editor: Editor, qtbot: QtBot):
    mark(editor, Rect(100, 100, 50, 50))
    with qtbot.waitSignal(actions.done):
        actions.grow(editor, 2.0)
        mark(editor, Rect(300, 300, 20, 20))
    assert mask(editor)[310, 298]
    assert mask(editor)[125, 98]
    assert editor.document.history.labels == ["Rectangle", "Rectangle", "Grow"]


def test_a_stroke_begun_meanwhile_is_not_torn(actions: MaskActions, editor: Editor, lanes: Lanes, qtbot: QtBot):
    mark(editor, Rect(100, 100, 50, 50))
    actions.grow(editor, 2.0)
    editor.begin_stroke(Brush(20))
    editor.stroke_to(300, 300)
    qtbot.waitUntil(lambda: lanes.work.running is None and not lanes.work.waiting)
    assert editor.is_painting
    editor.stroke_to(350, 300)
    with qtbot.waitSignal(actions.done):
        editor.end_stroke()
    assert editor.document.history.labels == ["Rectangle", "Brush", "Grow"]
    assert mask(editor)[311, 325]  # of the stroke, grown as well


def test_a_stroke_ends_where_the_mask_is_changed(actions: MaskActions, editor: Editor, qtbot: QtBot):
    editor.begin_stroke(Brush(20))
    editor.stroke_to(300, 300)
    done(actions, qtbot, actions.invert, editor)
    assert editor.document.history.labels == ["Brush", "Invert"]


def test_there_and_back_through_a_file(actions: MaskActions, editor: Editor, tmp_path: Path, qtbot: QtBot):
    mark(editor, Rect(100, 100, 50, 50))
    done(actions, qtbot, actions.feather, editor, 3.0)
    before = mask(editor)
    path = tmp_path / "mask ä.png"
    path.write_bytes(b"an older one")
    with qtbot.waitSignal(actions.noticed) as told:
        actions.export_mask(editor, path)
    assert path.name in told.args[0]
    assert np.array_equal(read_photo(path).pixels[..., 0], before)
    done(actions, qtbot, actions.clear, editor)
    mark(editor, Rect(0, 0, 10, 10))
    done(actions, qtbot, actions.import_mask, editor, path)
    assert np.array_equal(mask(editor), np.maximum(before, box(0, 0, 10, 10)))
    assert editor.document.history.labels[-1] == "Import mask"
    assert set(editor.document.history.labels) <= _LABELS


def test_an_empty_mask_is_not_written(actions: MaskActions, editor: Editor, tmp_path: Path, qtbot: QtBot):
    with qtbot.waitSignal(actions.noticed):
        actions.export_mask(editor, tmp_path / "mask.png")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("why", ["other size", "no picture", "marks nothing", "not there"])
def test_why_a_mask_cannot_be_read_is_told(
    actions: MaskActions, editor: Editor, tmp_path: Path, why: str, qtbot: QtBot, caplog: pytest.LogCaptureFixture
):
    path = tmp_path / "mask.png"
    if why == "other size":
        write_photo(path, Photo(np.full((50, 60, 1), 255, np.uint8)))
    elif why == "no picture":
        path.write_bytes(b"hello")
    elif why == "marks nothing":
        write_photo(path, Photo(np.zeros((400, 600, 1), np.uint8)))
    with qtbot.waitSignal(actions.failed) as told:
        actions.import_mask(editor, path)
    assert "mask.png" in told.args[0].message
    assert editor.document.history.labels == []
    caplog.clear()


def test_a_folder_that_cannot_be_written_is_told(
    actions: MaskActions, editor: Editor, tmp_path: Path, qtbot: QtBot, caplog: pytest.LogCaptureFixture
):
    mark(editor, Rect(0, 0, 10, 10))
    with qtbot.waitSignal(actions.failed) as told:
        actions.export_mask(editor, tmp_path / "nowhere" / "mask.png")
    assert told.args[0].message
    caplog.clear()
