"""Strokes paint what their circle covers, and are one edit each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.imaging.brush import Brush, Stroke, line
from cnnstudio.imaging.edits import Edit
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.mask import hole
from cnnstudio.imaging.tiles import TileGrid

H, W = 300, 560


def painted(mask: TileGrid, brush: Brush, *points: tuple[float, ...]) -> Edit | None:
    stroke = Stroke(mask, brush)
    for point in points:
        stroke.to(*point)
    edit = stroke.commit()
    if edit is not None:
        mask.swap(edit.tiles)  # type: ignore[arg-type]
    return edit


def distances(x: float, y: float) -> np.ndarray:
    ys, xs = np.mgrid[:H, :W] + 0.5
    return np.hypot(xs - x, ys - y)


@pytest.mark.parametrize("hardness", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("size", [3.0, 20.0, 100.0])
def test_a_dab_makes_a_round_hole_of_the_brush_s_size(size: float, hardness: float) -> None:
    mask = TileGrid.empty((H, W))
    painted(mask, Brush(size, hardness), (250, 150))
    away = distances(250, 150)
    array = mask.to_array()
    assert np.array_equal(hole(array), away <= size / 2)
    ramp = max(1, size * (1 - hardness))
    assert (array[away <= size / 2 - ramp / 2] == 255).all()
    assert (array[away >= size / 2 + ramp / 2] == 0).all()


def test_one_pixel_is_one_pixel() -> None:
    mask = TileGrid.empty((H, W))
    painted(mask, Brush(1), (10.5, 20.5))
    assert np.argwhere(hole(mask.to_array())).tolist() == [[20, 10]]


@given(st.floats(0, W), st.floats(0, H), st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_even_the_smallest_dab_hits_something(x: float, y: float, pressure: float) -> None:
    mask = TileGrid.empty((H + 1, W + 1))
    painted(mask, Brush(1), (x, y, pressure))
    assert hole(mask.to_array()).any()


def test_a_stroke_covers_the_way_between_events_and_only_that() -> None:
    mask = TileGrid.empty((H, W))
    edit = painted(mask, Brush(12), (20, 30), (500, 200), (500, 290))
    array = mask.to_array()
    ys, xs = np.mgrid[:H, :W] + 0.5
    along = np.clip(((xs - 20) * 480 + (ys - 30) * 170) / (480**2 + 170**2), 0, 1)
    first = np.hypot(xs - 20 - 480 * along, ys - 30 - 170 * along)
    second = np.hypot(xs - 500, ys - np.clip(ys, 200, 290))
    away = np.minimum(first, second)
    assert hole(array)[away < 5.7].all()
    assert not hole(array)[away > 6.3].any()
    ys, xs = np.nonzero(array)
    assert edit is not None
    assert edit.dirty == Rect.from_edges(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)


def test_pressure_thins_a_stroke_gradually() -> None:
    mask = TileGrid.empty((H, W))
    painted(mask, Brush(40), (50, 150, 1.0), (450, 150, 0.2))
    widths = hole(mask.to_array()).sum(0)
    assert widths[50] == pytest.approx(40, abs=1)
    assert widths[250] == pytest.approx(24, abs=2)
    assert widths[449] == pytest.approx(8, abs=2)


def test_a_stroke_may_leave_the_photo_and_come_back() -> None:
    mask = TileGrid.empty((H, W))
    painted(mask, Brush(50), (-10, -10), (-400, -400), (-400, H + 400), (W + 10, H + 10))
    corners = (distances(-10, -10) <= 25) | (distances(W + 10, H + 10) <= 25)
    assert np.array_equal(hole(mask.to_array()) & (distances(0, 0) < 100), corners & (distances(0, 0) < 100))
    assert hole(mask.to_array())[H - 10 :, W - 20 :].any()
    assert painted(mask, Brush(5), (-100, 50), (-50, 900)) is None


def test_a_stroke_shows_at_once_and_ends_in_one_edit_that_is_not_yet_applied() -> None:
    mask = TileGrid.empty((H, W))
    empty = mask.snapshot()
    stroke = Stroke(mask, Brush(20))
    dirty = stroke.to(256, 100) | stroke.to(256, 200)
    assert mask.changed_since(empty) == [(0, 0), (0, 1)]
    snapshot = mask.snapshot()
    edit = stroke.commit("Dust")
    assert edit is not None
    assert edit.label == "Dust"
    assert dirty.contains(edit.dirty)
    assert mask.changed_since(empty) == []
    assert snapshot[100:200, 256:257].all()
    before = mask.swap(edit.tiles)  # type: ignore[arg-type]
    assert np.array_equal(mask.to_array(), snapshot.to_array())
    mask.swap(before)
    assert mask.occupied() == []


def test_an_aborted_stroke_leaves_nothing() -> None:
    mask = TileGrid.empty((H, W))
    painted(mask, Brush(30), (100, 100))
    before = mask.snapshot()
    stroke = Stroke(mask, Brush(20))
    dirty = stroke.to(90, 90) | stroke.to(300, 290)
    assert stroke.abort() == dirty
    assert mask.changed_since(before) == []


def test_erasing_takes_away_and_gives_memory_back() -> None:
    mask = TileGrid.empty((H, W))
    painted(mask, Brush(30), (100, 100))
    painted(mask, Brush(10, erase=True), (100, 100))
    away = distances(100, 100)
    assert np.array_equal(hole(mask.to_array()), (away <= 15) & (away > 5))
    edit = painted(mask, Brush(60, erase=True), (100, 100))
    assert edit is not None
    assert edit.label == "Eraser"
    assert mask.occupied() == []
    assert painted(mask, Brush(60, erase=True), (100, 100)) is None


@pytest.mark.parametrize("hardness", [0.0, 0.6, 1.0])
def test_an_eraser_of_the_same_kind_leaves_nothing_of_a_stroke(hardness: float) -> None:
    mask = TileGrid.empty((H, W))
    way = [(100, 100), (130, 110), (300, 250, 0.6)]
    painted(mask, Brush(30, hardness), *way)
    assert mask.occupied()
    painted(mask, Brush(30, hardness, erase=True), *way)
    assert mask.occupied() == []


def test_an_eraser_s_soft_edge_stays_soft_however_many_dabs_overlap() -> None:
    mask = TileGrid.empty((H, W))
    mask.write(mask.bounds, np.full((H, W), 255, np.uint8))
    painted(mask, Brush(40, 0.2, erase=True), (100, 100), (300, 100), (100, 100))
    levels = mask.to_array()[60:101, 200].astype(int)
    assert levels[0] == 255
    assert levels[-1] == 0
    assert np.abs(np.diff(levels)).max() < 20


def test_painting_what_is_painted_is_no_edit() -> None:
    mask = TileGrid.empty((H, W))
    painted(mask, Brush(30), (100, 100))
    assert painted(mask, Brush(20), (100, 100)) is None
    assert Stroke(mask, Brush(20)).commit() is None


def test_a_stroke_on_a_huge_mask_touches_few_tiles() -> None:
    mask = TileGrid.empty((50_000, 50_000))
    edit = painted(mask, Brush(60), (40_000, 40_000), (40_100, 40_000))
    assert edit is not None
    assert edit.nbytes <= 4 * 256 * 256


@pytest.mark.parametrize("width", [1.5, 3, 10])
@pytest.mark.parametrize("end", [(520.0, 280.0), (40.5, 250.25), (30.0, 20.0)])
def test_a_line_is_as_wide_as_asked(width: float, end: tuple[float, float]) -> None:
    mask = TileGrid.empty((H, W))
    edit = line(mask, (30.0, 20.0), end, width)
    assert edit is not None
    mask.swap(edit.tiles)  # type: ignore[arg-type]
    ys, xs = np.mgrid[:H, :W] + 0.5
    dx, dy = end[0] - 30, end[1] - 20
    along = np.clip(((xs - 30) * dx + (ys - 20) * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
    away = np.hypot(xs - 30 - along * dx, ys - 20 - along * dy)
    assert hole(mask.to_array())[away < width / 2 - 0.01].all()
    assert not hole(mask.to_array())[away > width / 2 + 0.01].any()
    undo = line(mask, (30.0, 20.0), end, width + 3, erase=True)
    assert undo is not None
    mask.swap(undo.tiles)  # type: ignore[arg-type]
    assert mask.occupied() == []


def test_a_line_outside_the_photo_is_nothing() -> None:
    assert line(TileGrid.empty((H, W)), (-50, -50), (-10, 900), 5) is None
