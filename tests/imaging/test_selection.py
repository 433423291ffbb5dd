"""Shapes, the wand and whole-mask changes, against plain models on whole arrays."""

from __future__ import annotations

import threading

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.errors import Cancelled
from cnnstudio.imaging import selection
from cnnstudio.imaging.brush import _distance
from cnnstudio.imaging.edits import Edit
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import Progress

H, W = 300, 560


def after(mask: TileGrid, edit: Edit | None) -> np.ndarray:
    """The whole mask with the edit applied; the mask stays as it is."""
    if edit is None:
        return mask.to_array()
    changed = mask.snapshot()
    changed.swap(edit.tiles)  # type: ignore[arg-type]
    ys, xs = np.nonzero(changed.to_array() != mask.to_array())
    assert edit.dirty == Rect.from_edges(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
    assert all(tile is None or tile.any() for tile in edit.tiles.values())  # type: ignore[union-attr]
    return changed.to_array()


def blobs(seed: int) -> TileGrid:
    """A mask with soft and hard spots."""
    rng = np.random.default_rng(seed)
    array = np.zeros((H, W), np.uint8)
    for _ in range(rng.integers(1, 5)):
        centre, radius = (int(rng.integers(W)), int(rng.integers(H))), int(rng.integers(1, 60))
        cv2.circle(array, centre, radius, int(rng.integers(100, 256)), -1)
    mask = TileGrid.empty((H, W))
    mask.write(mask.bounds, array)
    return mask


RECT = Rect(200, 100, 100, 200)


@pytest.mark.parametrize("mode", ["add", "subtract", "replace"])
def test_a_rectangle_in_every_mode(mode: selection.Mode) -> None:
    mask = blobs(0)
    array = mask.to_array()
    full = np.zeros_like(array)
    full[RECT.slices] = 255
    expected = {"add": np.maximum(array, full), "subtract": np.minimum(array, 255 - full), "replace": full}[mode]
    assert np.array_equal(after(mask, selection.rectangle(mask, RECT, mode)), expected)


def test_a_rectangle_is_clipped_and_may_be_nothing() -> None:
    mask = TileGrid.empty((H, W))
    assert after(mask, selection.rectangle(mask, Rect(-50, -50, 60, 70))).sum() == 10 * 20 * 255
    assert selection.rectangle(mask, Rect(W, 0, 10, 10)) is None
    assert selection.rectangle(mask, RECT, "subtract") is None
    mask = blobs(0)
    assert not after(mask, selection.rectangle(mask, Rect(W, 0, 10, 10), "replace")).any()


def test_a_polygon_fills_its_inside() -> None:
    mask = TileGrid.empty((H, W))
    triangle = [(100.0, 50.0), (500.0, 50.0), (100.0, 250.0)]
    array = after(mask, selection.polygon(mask, triangle))
    ys, xs = np.mgrid[:H, :W] + 0.5
    inside = np.minimum(np.minimum(xs - 100, ys - 50), (100 + 400 - xs - 2 * (ys - 50)) / np.sqrt(5))
    assert set(np.unique(array)) == {0, 255}
    assert array[inside > 0.5].all()
    assert not array[inside < -1.5].any()
    assert selection.polygon(mask, triangle[:2]) is None
    assert selection.polygon(mask, [(-9, -9), (-9, -1), (-1, -9)]) is None


def test_a_lasso_may_leave_the_photo_and_cross_itself() -> None:
    mask = TileGrid.empty((H, W))
    array = after(mask, selection.polygon(mask, [(-300, -300), (900, -300), (900, 900), (-300, 900)], label="Lasso"))
    assert (array == 255).all()
    eight = selection.polygon(mask, [(100, 100), (300, 200), (300, 100), (100, 200)])
    array = after(mask, eight)
    assert array[150, 110]
    assert array[150, 290]
    assert not array[110, 200]


def sixteenths(low: int, high: int) -> st.SearchStrategy[float]:
    """Positions as fine as polygons are drawn."""
    return st.integers(16 * low, 16 * high).map(lambda n: n / 16)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(sixteenths(-400, 1000), sixteenths(-300, 900)), min_size=3, max_size=12))
def test_any_polygon_is_what_an_odd_number_of_edges_surrounds(corners: list[tuple[float, float]]) -> None:
    mask = TileGrid.empty((580, 700))
    array = after(mask, selection.polygon(mask, corners))
    ys, xs = np.mgrid[:580, :700] + 0.5
    inside = np.zeros(mask.shape, bool)
    edges = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    for (x0, y0), (x1, y1) in edges:
        if y0 != y1:
            inside ^= ((y0 <= ys) != (y1 <= ys)) & (x0 + (x1 - x0) * ((ys - y0) / (y1 - y0)) > xs)
    # OpenCV rounds corners to pixels, and lines anew where they enter a tile: pixels of the outline may differ.
    ys, xs = (places + 0.5 for places in np.nonzero((array == 255) != inside))
    assert (np.min([_distance(xs, ys, *edge) for edge in edges], axis=0) < 2.5).all()


def test_shapes_from_elsewhere_can_be_combined() -> None:
    mask = blobs(1)
    shape = np.random.default_rng(0).integers(0, 256, (H, W), dtype=np.uint8)
    for mode, expected in (
        ("add", np.maximum(mask.to_array(), shape)),
        ("subtract", np.minimum(mask.to_array(), 255 - shape)),
        ("replace", shape),
    ):
        assert np.array_equal(after(mask, selection.combine(mask, TileGrid(shape), mode)), expected)
    assert shape.flags.writeable


def flooded(photo: np.ndarray, x: int, y: int, tolerance: int) -> np.ndarray:
    colours = photo[..., : 1 if photo.shape[2] < 3 else 3].astype(int)
    alike = (np.abs(colours - colours[y, x]).max(2) <= tolerance).astype(np.uint8)
    labels = cv2.connectedComponents(alike, connectivity=4)[1]
    return np.where(labels == labels[y, x], 255, 0)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 1000), st.integers(0, W - 1), st.integers(0, H - 1), st.integers(0, 80), st.sampled_from([1, 3, 4])
)
def test_the_wand_finds_what_a_flood_finds(seed: int, x: int, y: int, tolerance: int, channels: int) -> None:
    coarse = np.random.default_rng(seed).integers(0, 256, (20, 30, channels), dtype=np.uint8)
    photo = cv2.resize(coarse, (W, H), interpolation=cv2.INTER_LINEAR).reshape(H, W, channels)
    expected = flooded(photo, x, y, tolerance)
    assert np.array_equal(selection.similar(TileGrid(photo), x, y, tolerance).to_array(), expected)
    deep = photo.astype(np.uint16) * 257
    assert np.array_equal(selection.similar(TileGrid(deep), x, y, tolerance).to_array(), expected)


def test_the_wand_follows_a_winding_way_back_into_tiles() -> None:
    photo = np.zeros((600, 600, 1), np.uint8)
    for i in range(0, 600, 4):  # a serpent through all tiles, again and again
        photo[i : i + 2] = 255
        photo[i : i + 4, (0 if i % 8 else 598) :][:, :2] = 255
    assert np.array_equal(selection.similar(TileGrid(photo), 300, 0, 10).to_array(), flooded(photo, 300, 0, 10))


def test_the_wand_makes_an_edit_and_can_be_cancelled() -> None:
    mask = blobs(2)
    photo = TileGrid(np.zeros((H, W, 3), np.uint8))
    assert (after(mask, selection.wand(mask, photo, 3, 3, 0)) == 255).all()
    assert not after(mask, selection.wand(mask, photo, 3, 3, 0, "subtract")).any()
    assert selection.wand(mask, photo, W, 0, 10) is None
    flag = threading.Event()
    flag.set()
    with pytest.raises(Cancelled):
        selection.similar(photo, 3, 3, 0, Progress(cancel=flag))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("by", [1, 2.5, 17])
def test_growing_and_shrinking_by_true_distance(seed: int, by: float) -> None:
    mask = blobs(seed)
    holes = mask.to_array() >= 128
    if not holes.any():
        return
    away = cv2.distanceTransform((~holes).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    assert np.array_equal(after(mask, selection.grow(mask, by)) == 255, away <= by)
    deep = cv2.distanceTransform(holes.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    assert np.array_equal(after(mask, selection.shrink(mask, by)) == 255, deep > by)


def test_a_spot_grows_to_a_disc_and_shrinks_away() -> None:
    mask = TileGrid.empty((H, W))
    mask.write(Rect(256, 256, 1, 1), np.full((1, 1), 255, np.uint8))
    grown = after(mask, selection.grow(mask, 2))
    assert (grown == 255).sum() == 13  # all pixels within 2 of one
    assert not after(mask, selection.shrink(mask, 1)).any()
    assert selection.grow(TileGrid.empty((H, W)), 5) is None
    full = TileGrid.empty((H, W))
    full.write(full.bounds, np.full((H, W), 255, np.uint8))
    assert selection.shrink(full, 50) is None


@pytest.mark.parametrize("sigma", [0.8, 5, 40])
def test_feathering_shows_no_tiles(sigma: float) -> None:
    mask = blobs(3)
    apron = max(1, int(np.ceil(3 * sigma)))
    side = 2 * apron + 1
    expected = cv2.GaussianBlur(mask.to_array(), (side, side), sigma, borderType=cv2.BORDER_REFLECT)
    assert np.array_equal(after(mask, selection.feather(mask, sigma)), expected)


def test_inverting_twice_is_nothing_and_clearing_is_all() -> None:
    mask = blobs(4)
    once = selection.invert(mask)
    assert np.array_equal(after(mask, once), 255 - mask.to_array())
    inverted = mask.snapshot()
    assert once is not None
    inverted.swap(once.tiles)  # type: ignore[arg-type]
    assert np.array_equal(after(inverted, selection.invert(inverted)), mask.to_array())
    assert not after(mask, selection.clear(mask)).any()
    assert selection.clear(TileGrid.empty((H, W))) is None


def test_a_full_mask_of_a_large_photo_takes_one_tile_of_memory() -> None:
    mask = TileGrid.empty((2048, 2048))
    edit = selection.invert(mask)
    assert edit is not None
    assert len({id(tile) for tile in edit.tiles.values()}) == 1
    mask.swap(edit.tiles)  # type: ignore[arg-type]
    again = selection.invert(mask)
    assert again is not None
    assert set(again.tiles.values()) == {None}
