"""A tiled array is the array it stands for, whatever is shared underneath."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.tiles import TILE, TileGrid, keys_of, rect_of

H, W = 300, 530
PHOTO = np.random.default_rng(0).integers(0, 65535, (H, W, 3), dtype=np.uint16)

rects = st.tuples(st.integers(0, W), st.integers(0, W), st.integers(0, H), st.integers(0, H)).map(
    lambda e: Rect.from_edges(min(e[:2]), min(e[2:]), max(e[:2]), max(e[2:]))
)


def test_tiles_lie_side_by_side() -> None:
    grid = TileGrid(PHOTO)
    assert grid.keys() == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert grid.tile_rect((1, 2)) == Rect(512, 256, 18, 44)
    assert grid.keys(Rect(255, 255, 2, 1)) == [(0, 0), (0, 1)]
    assert grid.keys(Rect(600, 0, 5, 5)) == []
    assert keys_of(rect_of((7, 9))) == [(7, 9)]
    assert sum(grid.tile_rect(key).area for key in grid.keys()) == W * H  # noqa: SIM118 - not a dictionary


def test_wrapping_copies_nothing_and_protects() -> None:
    grid = TileGrid(PHOTO)
    assert (grid.shape, grid.dtype) == (PHOTO.shape, PHOTO.dtype)
    assert np.shares_memory(grid.tile((1, 2)), PHOTO)
    assert np.shares_memory(grid.to_array(), PHOTO)
    for array in (grid.tile((0, 0)), grid.to_array()):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1
    cut = grid[:5, :5]
    cut[:] = 0  # the caller's own
    assert np.array_equal(grid[:5, :5], PHOTO[:5, :5])


def test_an_empty_grid_costs_nothing() -> None:
    mask = TileGrid.empty((100_000, 100_000))
    assert mask.background.base is not None
    assert mask.is_plain
    assert mask.occupied() == []
    assert not mask[5000:5010, 99_990:].any()
    assert TileGrid.empty((4, 4), np.uint16, 9)[1:2, 1:3].tolist() == [[9, 9]]


def test_cutting_follows_slices() -> None:
    grid = TileGrid(PHOTO)
    grid.write(Rect(250, 250, 20, 20), np.full((20, 20, 3), 7, np.uint16))
    whole = grid.to_array()
    for index in (np.s_[:, :], np.s_[240:280, 240:280], np.s_[-50:, -10:], np.s_[5:5, 3:9], np.s_[200:999, 200:999]):
        assert np.array_equal(grid[index], whole[index])
    with pytest.raises(IndexError):
        grid[::2, :]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(rects, st.integers(0, 65535)), max_size=6), rects)
def test_writing_matches_an_array(writes: list[tuple[Rect, int]], cut: Rect) -> None:
    grid, model = TileGrid(PHOTO), PHOTO.copy()
    history = []
    for rect, value in writes:
        history.append((grid.snapshot(), model.copy()))
        pixels = np.full((rect.h, rect.w, 3), value, np.uint16)
        before = grid.snapshot()
        old = grid.write(rect, pixels)
        model[rect.slices] = value
        assert grid.changed_since(before) == grid.keys(rect)
        redo = grid.swap(old)
        assert np.array_equal(grid.to_array(), history[-1][1])
        grid.swap(redo)
    assert np.array_equal(grid.to_array(), model)
    assert np.array_equal(grid[cut.slices], model[cut.slices])
    for snapshot, then in history:
        assert np.array_equal(snapshot.to_array(), then)


def test_what_does_not_fit_changes_nothing() -> None:
    mask = TileGrid.empty((H, W))
    before = mask.snapshot()
    fits = np.full((TILE, TILE), 255, np.uint8)
    for tiles in ({(0, 0): fits, (1, 2): fits}, {(0, 0): fits.astype(np.uint16)}, {(2, 0): None}):
        with pytest.raises(ValueError, match="no tile"):
            mask.swap(tiles)
    for rect, pixels in ((Rect(520, 0, 20, 1), np.zeros((1, 20), np.uint8)), (Rect(0, 0, 2, 2), fits)):
        with pytest.raises(ValueError, match="cannot be written"):
            mask.write(rect, pixels)
    assert mask.changed_since(before) == []


def test_numpy_makes_an_array_of_it():
    grid = TileGrid.empty((300, 20))
    grid.write(Rect(0, 0, 2, 2), np.full((2, 2), 255, np.uint8))
    array = np.asarray(grid)
    assert array.shape == (300, 20)
    assert array.sum() == 4 * 255
