"""What is there is seen at every level, and stays right after changes."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.errors import Cancelled
from cnnstudio.imaging.encode import to_8bit
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.pyramid import Pyramid
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import Progress


def level_of(pyramid: Pyramid, level: int) -> np.ndarray:
    rows: dict[int, list[np.ndarray]] = {}
    for key in pyramid.keys(level):
        rows.setdefault(key[0], []).append(pyramid.tile(level, key))
    whole = np.concatenate([np.concatenate(row, axis=1) for row in rows.values()])
    assert whole.shape[1::-1] == pyramid.size(level)
    return whole


def halved(pixels: np.ndarray, reduce: str) -> np.ndarray:
    """The plain model: edges repeated to an even size, then 2 x 2 blocks."""
    pads = [(0, n % 2) for n in pixels.shape[:2]] + [(0, 0)] * (pixels.ndim - 2)
    pixels = np.pad(pixels, pads, mode="edge").astype(np.float64)
    blocks = np.stack([pixels[::2, ::2], pixels[1::2, ::2], pixels[::2, 1::2], pixels[1::2, 1::2]])
    return blocks.max(0) if reduce == "max" else blocks.mean(0)


@pytest.mark.parametrize("shape", [(1, 1, 3), (256, 256, 1), (257, 300, 3), (700, 1030, 4), (513, 20, 2)])
def test_levels_of_a_photo_are_means(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    pyramid = Pyramid(TileGrid(pixels))
    assert np.array_equal(level_of(pyramid, 0), pixels)
    for level in range(1, pyramid.levels):
        expected = halved(level_of(pyramid, level - 1), "mean")
        assert np.abs(level_of(pyramid, level) - expected).max() <= 0.5
    assert max(pyramid.size(pyramid.levels - 1)) <= 256
    assert pyramid.levels == 1 or max(pyramid.size(pyramid.levels - 2)) > 256


def test_16_bits_are_shown_in_8() -> None:
    pixels = np.random.default_rng(0).integers(0, 65536, (300, 40, 3), dtype=np.uint16)
    pyramid = Pyramid(TileGrid(pixels))
    assert np.array_equal(level_of(pyramid, 0), to_8bit(pixels))
    assert level_of(pyramid, 1).dtype == np.uint8


def test_thin_strokes_and_dust_are_still_there() -> None:
    mask = TileGrid.empty((2000, 2000))
    mask.write(Rect(1001, 3, 1, 1500), np.full((1500, 1), 255, np.uint8))
    pyramid = Pyramid(mask.snapshot(), "max")
    coarsest = level_of(pyramid, pyramid.levels - 1)
    assert pyramid.levels == 4
    assert (coarsest == 255).sum() == 188  # one pixel wide, 1503 / 8 long
    photo = np.full((2000, 2000, 1), 200, np.uint8)
    photo[800:808, 800:808] = 0
    pyramid = Pyramid(TileGrid(photo))
    assert (level_of(pyramid, 3) == 0).sum() == 1


@pytest.mark.parametrize(
    ("zoom", "level"), [(32, 0), (1, 0), (0.51, 0), (0.5, 1), (0.26, 1), (0.25, 2), (0.1, 3), (1e-6, 4)]
)
def test_level_for_a_zoom(zoom: float, level: int) -> None:
    assert Pyramid(TileGrid.empty((4096, 10))).level_for(zoom) == level


@settings(max_examples=20, deadline=None)
@given(st.data(), st.sampled_from(["mean", "max"]))
def test_updated_levels_equal_fresh_ones(data: st.DataObject, reduce: str) -> None:
    grid = TileGrid.empty((700, 1100), fill=3)
    pyramid = Pyramid(grid.snapshot(), reduce)
    for _ in range(3):
        if data.draw(st.booleans()):
            pyramid.build()
        x, y = data.draw(st.integers(0, 1099)), data.draw(st.integers(0, 699))
        rect = Rect(x, y, data.draw(st.integers(1, 1100 - x)), data.draw(st.integers(1, 700 - y)))
        grid.write(rect, np.full((rect.h, rect.w), data.draw(st.integers(0, 255)), np.uint8))
        pyramid.update(rect, grid.snapshot())
    fresh = Pyramid(TileGrid(grid.to_array()), reduce)
    for level in range(pyramid.levels):
        assert np.array_equal(level_of(pyramid, level), level_of(fresh, level))


def test_only_what_changed_is_made_again() -> None:
    grid = TileGrid(np.zeros((1024, 1024, 1), np.uint8))
    pyramid = Pyramid(grid.snapshot())
    assert pyramid.ready(0, (3, 3))
    assert not pyramid.ready(1, (0, 0))
    pyramid.build()
    kept = pyramid.tile(1, (1, 1))
    pyramid.update(Rect(10, 10, 5, 5), grid.snapshot())
    assert not pyramid.ready(1, (0, 0))
    assert not pyramid.ready(2, (0, 0))
    assert pyramid.tile(1, (1, 1)) is kept


def test_building_can_be_cancelled_and_goes_on_later() -> None:
    pyramid = Pyramid(TileGrid(np.zeros((1024, 1024, 1), np.uint8)))
    flag = threading.Event()
    with pytest.raises(Cancelled):
        pyramid.build(Progress(on_progress=lambda *_: flag.set(), cancel=flag))
    assert sum(pyramid.ready(1, key) for key in pyramid.keys(1)) == 1
    seen: list[float] = []
    pyramid.build(Progress(on_progress=lambda fraction, _: seen.append(fraction)))
    assert seen == sorted(seen)
    assert seen[-1] == 1
    assert all(pyramid.ready(level, key) for level in range(pyramid.levels) for key in pyramid.keys(level))


def test_painting_while_the_pyramid_is_built_leaves_nothing_stale() -> None:
    grid = TileGrid.empty((2048, 2048, 1))
    pyramid = Pyramid(TileGrid(np.zeros((2048, 2048, 1), np.uint8)))
    builder = threading.Thread(target=pyramid.build)
    builder.start()
    for i in range(40):
        rect = Rect(i * 50, i * 50, 40, 40)
        grid.write(rect, np.full((40, 40, 1), i + 1, np.uint8))
        pyramid.update(rect, grid.snapshot())
    builder.join()
    fresh = Pyramid(grid)
    for level in range(pyramid.levels):
        assert np.array_equal(level_of(pyramid, level), level_of(fresh, level))


def test_fork_shares_what_is_made_and_goes_its_own_way():
    photo = np.random.default_rng(0).integers(0, 255, (600, 700, 3), np.uint8)
    first = Pyramid(TileGrid(photo))
    first.build()
    other = photo.copy()
    other[10:20, 10:20] = 255
    fork = first.forked(Rect(10, 10, 10, 10), TileGrid(other))
    assert fork.ready(1, (1, 1))
    assert fork.tile(1, (1, 1)) is first.tile(1, (1, 1))
    assert (fork.tile(1, (0, 0))[5:10, 5:10] == 255).all()
    assert first.ready(1, (0, 0))
    assert not (first.tile(1, (0, 0))[5:10, 5:10] == 255).all()
