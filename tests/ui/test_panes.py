"""How the canvas is divided, and that panes share what looks the same."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPixmap
from pytestqt.qtbot import QtBot

from cnnstudio.imaging import selection
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.ui.bridge import image_pixels
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panes import GAP, Pane, PanePainter, grid, rough_pixels
from cnnstudio.ui.tile_cache import TileCache
from cnnstudio.ui.view import Viewport

SIZE = QSize(800, 600)


@pytest.mark.parametrize("count", range(1, 10))
@pytest.mark.parametrize("aspect", [None, 0.4, 1.5, 6.0])
def test_frames_are_equal_apart_and_inside(count: int, aspect: float | None):
    frames = grid(SIZE, count, aspect)
    assert len(frames) == count
    assert len({frame.size().toTuple() for frame in frames}) == 1
    assert all(QRect(0, 0, 800, 600).contains(frame) for frame in frames)
    for one, other in itertools.combinations(frames, 2):
        assert not one.adjusted(0, 0, GAP - 1, GAP - 1).intersects(other)


def test_frames_are_laid_out_for_what_they_show():
    tops = {aspect: len({frame.top() for frame in grid(SIZE, 2, aspect)}) for aspect in (0.5, 6.0)}
    assert tops == {0.5: 1, 6.0: 2}  # upright photos beside, wide ones above each other
    assert len({frame.top() for frame in grid(SIZE, 2, None)}) == 1


def test_a_tiny_widget_has_frames_too():
    assert all(frame.isValid() for frame in grid(QSize(1, 1), 9, 1.5))


def test_a_rough_picture_is_small_and_of_all_the_photo(editor: Editor):
    assert rough_pixels(editor.original).shape == (400, 600, 3)  # as small as it is
    from cnnstudio.imaging.pyramid import Pyramid
    from cnnstudio.imaging.tiles import TileGrid

    ramp = np.broadcast_to(np.linspace(0, 255, 9000).astype(np.uint8)[None, :, None], (3000, 9000, 3))
    rough = rough_pixels(Pyramid(TileGrid(ramp)))
    assert max(rough.shape) <= 1300
    assert rough.shape[1] / rough.shape[0] == pytest.approx(3, rel=0.01)
    assert rough[0, 0, 0] < 3
    assert rough[0, -1, 0] > 252


def drawn(painter: PanePainter, cache: TileCache, pane: Pane, view: Viewport, qtbot: QtBot) -> np.ndarray:
    pixmap = QPixmap(SIZE)
    for _ in range(2):
        pixmap.fill(painter.surround)
        with QPainter(pixmap) as on:
            cache.begin()
            painter.draw(on, pane, view, pixmap.rect())
            cache.end()
        qtbot.waitUntil(lambda: not cache.is_waiting)
    return image_pixels(pixmap.toImage())[..., :3]


def test_two_states_share_the_tiles_that_look_alike(editor: Editor, lanes: Lanes, qtbot: QtBot):
    mask = editor.document.mask
    editor.apply(selection.rectangle(mask, Rect(10, 10, 20, 20)))
    used = mask.snapshot()
    patches = Patches.build([(Rect(10, 10, 20, 20), np.zeros((20, 20, 3), np.uint8))], used)
    editor.applied(editor.document.add_repair(patches, "Repair 1", used=used))
    cache = TileCache(lanes.tiles)
    painter = PanePainter(cache)
    painter.set_photo(editor.pyramid)
    whole = QRect(0, 0, 800, 600)
    view = Viewport((600, 400), (800, 600)).fit().zoomed(1.0)
    after = drawn(painter, cache, Pane(whole, whole, editor.pyramid), view, qtbot)
    bytes_of_one = cache.nbytes
    before = drawn(painter, cache, Pane(whole, whole, editor.original), view, qtbot)
    assert cache.nbytes - bytes_of_one == 256 * 256 * 4  # the one tile that differs
    differing = np.argwhere((after != before).any(2))
    assert differing.min(0).tolist() == [110, 110]
    assert differing.max(0).tolist() == [129, 129]


def test_only_what_is_asked_for_is_drawn(editor: Editor, lanes: Lanes, qtbot: QtBot):
    cache = TileCache(lanes.tiles)
    painter = PanePainter(cache)
    painter.set_photo(editor.pyramid)
    view = Viewport((600, 400), (800, 600)).fit().zoomed(1.0)
    whole, clip = QRect(0, 0, 800, 600), QRect(0, 0, 300, 600)
    shown = drawn(painter, cache, Pane(whole, clip, editor.pyramid), view, qtbot)
    assert np.array_equal(shown[100:500, 100:300], editor.document.photo.pixels[:, :200])
    assert (shown[:, 300:] == 80).all()
    assert (shown[:100] == 80).all()
