"""Tiles are made in time, made anew where they change, and forgotten when there are too many."""

from __future__ import annotations

import weakref

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.pyramid import Pyramid
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.ui import tile_cache
from cnnstudio.ui.bridge import image_pixels, tile_image
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.tile_cache import TileCache


@pytest.fixture
def grid() -> TileGrid:
    pixels = np.random.default_rng(0).integers(0, 255, (1100, 1300, 3), np.uint8)
    return TileGrid(pixels)


@pytest.fixture
def cache(lanes: Lanes) -> TileCache:
    return TileCache(lanes.tiles)


@pytest.fixture
def no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made while drawing."""
    monkeypatch.setattr(tile_cache, "FRAME_SECONDS", -1.0)


def frame(cache: TileCache, pyramid: Pyramid, level: int) -> dict[tuple[int, int], QImage | None]:
    cache.begin()
    images = {key: cache.image(pyramid, level, key, tile_image) for key in pyramid.keys(level)}
    cache.end()
    return images


def settled(cache: TileCache, pyramid: Pyramid, level: int, qtbot: QtBot) -> dict[tuple[int, int], QImage | None]:
    frame(cache, pyramid, level)
    qtbot.waitUntil(lambda: not cache.is_waiting)
    return frame(cache, pyramid, level)


@pytest.mark.usefixtures("no_time")
def test_tiles_come_from_the_lane_and_are_told(cache: TileCache, grid: TileGrid, qtbot: QtBot):
    pyramid = Pyramid(grid.snapshot())
    assert set(frame(cache, pyramid, 1).values()) == {None}
    with qtbot.waitSignal(cache.made) as told:
        pass
    assert told.args[0][0][:2] == (pyramid, 1)
    qtbot.waitUntil(lambda: not cache.is_waiting)
    for key, image in frame(cache, pyramid, 1).items():
        assert image is not None
        assert np.array_equal(image_pixels(image), pyramid.tile(1, key))


def test_what_is_cheap_is_there_at_once(cache: TileCache, grid: TileGrid, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tile_cache, "FRAME_SECONDS", 60.0)
    pyramid = Pyramid(grid.snapshot())
    assert None not in frame(cache, pyramid, 0).values()
    assert not cache.is_waiting
    # Twenty tiles would have to be made for the topmost one.
    assert set(frame(cache, pyramid, 3).values()) == {None}
    pyramid.build()
    assert None not in frame(cache, pyramid, 3).values()


def test_what_an_earlier_frame_did_without_is_told_though_a_later_one_made_it(
    cache: TileCache, grid: TileGrid, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    pyramid = Pyramid(grid.snapshot())
    monkeypatch.setattr(tile_cache, "FRAME_SECONDS", -1.0)
    assert set(frame(cache, pyramid, 0).values()) == {None}
    monkeypatch.setattr(tile_cache, "FRAME_SECONDS", 60.0)
    # A frame that draws only a sliver of one tile: the rest of it is still to be drawn.
    with qtbot.waitSignal(cache.made) as told:
        cache.begin()
        assert cache.image(pyramid, 0, (1, 1), tile_image) is not None
        cache.end()
    assert told.args[0] == [(pyramid, 0, (1, 1))]
    with qtbot.assertNotEmitted(cache.made):
        cache.begin()
        cache.image(pyramid, 0, (1, 1), tile_image)
        cache.end()
    qtbot.waitUntil(lambda: not cache.is_waiting)


def test_a_coarser_tile_stands_in(cache: TileCache, grid: TileGrid, qtbot: QtBot):
    pyramid = Pyramid(grid.snapshot())
    assert cache.coarser(pyramid, 0, (2, 3)) is None
    settled(cache, pyramid, 2, qtbot)
    found = cache.coarser(pyramid, 0, (2, 3))
    assert found is not None
    image, part = found
    assert image == frame(cache, pyramid, 2)[0, 0]
    assert part.getRect() == (192, 128, 64, 64)


@pytest.mark.usefixtures("no_time")
def test_a_changed_tile_is_drawn_as_it_was_until_it_is_made_anew(cache: TileCache, grid: TileGrid, qtbot: QtBot):
    pyramid = Pyramid(grid.snapshot())
    before = settled(cache, pyramid, 1, qtbot)
    area = Rect(600, 10, 20, 20)
    grid.write(area, np.zeros((20, 20, 3), np.uint8))
    pyramid.update(area, grid.snapshot())
    cache.invalidate(pyramid, area)
    assert frame(cache, pyramid, 1) == before
    qtbot.waitUntil(lambda: not cache.is_waiting)
    after = frame(cache, pyramid, 1)
    assert [key for key in after if after[key] != before[key]] == [(0, 1)]
    assert np.array_equal(image_pixels(after[0, 1]), pyramid.tile(1, (0, 1)))


@pytest.mark.usefixtures("no_time")
def test_a_change_while_a_tile_is_made_is_not_missed(cache: TileCache, grid: TileGrid, qtbot: QtBot):
    pyramid = Pyramid(grid.snapshot())
    area = Rect(0, 0, 30, 30)
    meddled = False

    def meddle(pixels: np.ndarray) -> QImage:
        nonlocal meddled
        image = tile_image(pixels)
        if not meddled:  # the lane has read the pixels: now they change
            meddled = True
            grid.write(area, np.zeros((30, 30, 3), np.uint8))
            pyramid.update(area, grid.snapshot())
            cache.invalidate(pyramid, area)
        return image

    def image() -> QImage | None:
        cache.begin()
        found = cache.image(pyramid, 0, (0, 0), meddle)
        cache.end()
        return found

    assert image() is None
    qtbot.waitUntil(lambda: not cache.is_waiting)
    assert meddled
    assert not image_pixels(image())[:30, :30].any()


@pytest.mark.usefixtures("no_time")
def test_what_is_no_longer_seen_is_not_made(cache: TileCache, grid: TileGrid, qtbot: QtBot):
    pyramid = Pyramid(grid.snapshot())
    frame(cache, pyramid, 1)
    cache.only_want(lambda place: place[2] == (1, 1))
    qtbot.waitUntil(lambda: not cache.is_waiting)
    images = frame(cache, pyramid, 1)
    assert [key for key in images if images[key] is not None] == [(1, 1)]


@pytest.mark.usefixtures("no_time")
@pytest.mark.parametrize("way", ["clear", "forget"])
def test_what_comes_too_late_is_dropped(cache: TileCache, grid: TileGrid, way: str, lanes: Lanes, qtbot: QtBot):
    pyramid = Pyramid(grid.snapshot())
    frame(cache, pyramid, 1)
    cache.clear() if way == "clear" else cache.forget(pyramid)
    qtbot.waitUntil(lambda: lanes.tiles.running is None)
    assert cache.nbytes == 0
    assert not cache.is_waiting


@pytest.mark.usefixtures("no_time")
def test_of_a_closed_photo_nothing_is_kept(cache: TileCache, grid: TileGrid, lanes: Lanes, qtbot: QtBot):
    pyramid = Pyramid(grid.snapshot())
    frame(cache, pyramid, 1)
    cache.invalidate(pyramid, Rect(0, 0, 10, 10))  # it changed while tiles were being made
    cache.clear()
    qtbot.waitUntil(lambda: not lanes.tiles._sent)
    held = weakref.ref(pyramid)
    del pyramid
    assert held() is None


def test_the_budget_is_kept_but_never_at_the_frames_cost(lanes: Lanes, grid: TileGrid, qtbot: QtBot):
    cache = TileCache(lanes.tiles, budget=1 << 20)
    pyramid = Pyramid(grid.snapshot())
    images = settled(cache, pyramid, 0, qtbot)
    assert None not in images.values()
    assert cache.nbytes > 1 << 20
    settled(cache, pyramid, 2, qtbot)
    assert cache.nbytes <= 1 << 20
    assert None not in frame(cache, pyramid, 2).values()


def test_a_failure_is_not_tried_for_ever(lanes: Lanes, grid: TileGrid, qtbot: QtBot, caplog: pytest.LogCaptureFixture):
    def broken(_: np.ndarray) -> QImage:
        raise MemoryError

    cache = TileCache(lanes.tiles)
    pyramid = Pyramid(grid.snapshot())
    cache.begin()
    cache.want(pyramid, 1, (0, 0), broken)
    cache.end()
    qtbot.waitUntil(lambda: not cache.is_waiting)
    assert lanes.tiles.running is None
    caplog.clear()
