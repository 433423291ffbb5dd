"""The editor keeps what is shown in step with the document."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.imaging import selection
from cnnstudio.imaging.brush import Brush
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.ui.editor import Editor


def shown(editor: Editor) -> np.ndarray:
    return np.asarray(editor.pyramid.source)


def mask(editor: Editor) -> np.ndarray:
    return np.asarray(editor.mask_pyramid.source)


def test_a_stroke_is_seen_while_it_is_painted_and_is_one_step(editor: Editor, qtbot: QtBot):
    editor.begin_stroke(Brush(20))
    with qtbot.waitSignal(editor.mask_changed) as told:
        editor.stroke_to(50, 60)
    assert told.args[0].contains(Rect(45, 55, 10, 10))
    editor.stroke_to(90, 60)
    assert editor.is_painting
    assert mask(editor)[60, 50] == mask(editor)[60, 90] == 255
    assert editor.document.history.labels == []
    editor.end_stroke()
    assert editor.document.history.labels == ["Brush"]
    editor.undo()
    assert not mask(editor).any()
    assert not editor.has_mask
    editor.redo()
    assert mask(editor)[60, 70] == 255
    assert editor.has_mask


def test_the_faint_rest_of_a_soft_edge_is_no_mask(editor: Editor):
    faint = TileGrid.empty((400, 600))
    faint.write(Rect(10, 10, 5, 5), np.full((5, 5), 127, np.uint8))
    editor.apply(selection.combine(editor.document.mask, faint))
    assert mask(editor).any()
    assert not editor.has_mask


@pytest.mark.parametrize("way", ["abort_stroke", "undo"])
def test_a_stroke_given_up_leaves_nothing(editor: Editor, way: str):
    editor.begin_stroke(Brush(20))
    editor.stroke_to(50, 60)
    getattr(editor, way)()
    assert not mask(editor).any()
    assert not editor.is_painting
    assert editor.document.history.labels == []


def test_layers_show_and_hide(editor: Editor, qtbot: QtBot):
    editor.apply(selection.rectangle(editor.document.mask, Rect(10, 10, 20, 20)))
    used = editor.document.mask.snapshot()
    pixels = np.zeros((20, 20, 3), np.uint8)
    patches = Patches.build([(Rect(10, 10, 20, 20), pixels)], used)
    with qtbot.waitSignals([editor.photo_changed, editor.mask_changed, editor.layers_changed, editor.history_changed]):
        editor.applied(editor.document.add_repair(patches, "Repair 1", used=used))
    assert not shown(editor)[10:30, 10:30].any()
    assert not editor.has_mask
    assert editor.modified
    editor.show_layers(())
    assert shown(editor)[10:30, 10:30].all()
    assert editor.document.layers
    editor.show_layers(None)
    assert not shown(editor)[10:30, 10:30].any()
    assert np.array_equal(np.asarray(editor.original.source), editor.document.photo.pixels)


def test_previews_come_and_go(editor: Editor, qtbot: QtBot):
    with qtbot.waitSignal(editor.preview_changed):
        editor.show_preview(Rect(0, 0, 10, 10), np.zeros((10, 10, 3), np.uint8))
    editor.show_preview(Rect(0, 0, 20, 20), np.zeros((20, 20, 3), np.uint8))
    assert [rect for rect, _ in editor.previews] == [Rect(0, 0, 20, 20)]
    with qtbot.waitSignal(editor.preview_changed) as told:
        editor.clear_previews()
    assert told.args[0] == Rect(0, 0, 20, 20)
    assert editor.previews == []


def test_go_to_any_step(editor: Editor):
    for x in (50, 100, 150):
        editor.begin_stroke(Brush(10))
        editor.stroke_to(x, 50)
        editor.end_stroke()
    editor.go_to(1)
    assert mask(editor)[50, 50] == 255
    assert not mask(editor)[50, 100]
    editor.go_to(99)
    assert mask(editor)[50, 150] == 255
    editor.go_to(0)
    assert not mask(editor).any()
