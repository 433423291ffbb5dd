"""The spread of candidates: by hand, zero where they agree, and the same for any depth and number of channels."""

from __future__ import annotations

import numpy as np
import pytest

from cnnstudio.imaging.confidence import MOST, Spread, spread, together
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.tiles import TileGrid

H, W = 300, 520
HOLE = Rect(240, 100, 40, 30)  # across two tiles


def patches(pixels: np.ndarray, hole: Rect = HOLE) -> Patches:
    mask = TileGrid.empty((H, W))
    mask.write(hole, np.full((hole.h, hole.w), 255, np.uint8))
    return Patches.build([(hole, pixels)], mask)


def plain(*levels: int, dtype: type = np.uint8, scale: int = 1, hole: Rect = HOLE) -> Patches:
    return patches((np.ones((hole.h, hole.w, len(levels))) * levels * scale).astype(dtype), hole)


def test_identical_candidates_have_no_spread() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (HOLE.h, HOLE.w, 3)).astype(np.uint8)
    found = spread([patches(pixels)] * 5, H, W)
    assert found.mean == 0
    grid = np.asarray(found.grid)
    assert (grid[HOLE.slices] == 1).all()
    grid = grid.copy()
    grid[HOLE.slices] = 0
    assert not grid.any()


def test_one_candidate_has_none_either() -> None:
    assert spread([plain(7, 8, 9)], H, W).mean == 0


@pytest.mark.parametrize(("dtype", "scale"), [(np.uint8, 1), (np.uint16, 257)])
def test_by_hand(dtype: type, scale: int) -> None:
    # One channel is 100 and 116, so 8 from its mean; the others agree: the root of (64 + 0 + 0) / 3.
    found = spread([plain(100, 50, 50, dtype=dtype, scale=scale), plain(116, 50, 50, dtype=dtype, scale=scale)], H, W)
    expected = (64 / 3) ** 0.5
    assert found.mean == pytest.approx(expected)
    assert found.pixels == HOLE.area
    assert (np.asarray(found.grid)[HOLE.slices] == 1 + round((expected / MOST) ** 0.5 * 254)).all()


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_it_is_the_standard_deviation_of_the_colours(channels: int) -> None:
    rng = np.random.default_rng(1)
    made = rng.integers(90, 120, (4, HOLE.h, HOLE.w, channels)).astype(np.uint8)
    found = spread([patches(one) for one in made], H, W)
    colours = made[..., : 1 if channels < 3 else 3]
    expected = np.sqrt(colours.astype(float).var(0).mean(2))
    assert found.mean == pytest.approx(expected.mean())
    assert np.array_equal(
        np.asarray(found.grid)[HOLE.slices], 1 + np.rint(np.sqrt(np.minimum(expected / MOST, 1)) * 254)
    )


def test_beyond_measure_it_is_the_greatest() -> None:
    found = spread([plain(0, 0, 0), plain(255, 255, 255)], H, W)
    assert (np.asarray(found.grid)[HOLE.slices] == 255).all()
    assert found.mean == pytest.approx(127.5)


def test_only_what_all_candidates_repaired_counts() -> None:
    other = Rect(250, 100, 40, 30)
    found = spread([plain(10), plain(10, hole=other)], H, W)
    assert found.pixels == (HOLE & other).area


def test_several_repairs_make_one_map() -> None:
    upper = Rect(250, 110, 10, 10)
    lower_spread = spread([plain(0), plain(16)], H, W)
    upper_spread = spread([plain(5, hole=upper)] * 2, H, W)
    both = together([lower_spread, upper_spread], H, W)
    grid = np.asarray(both.grid)
    assert (grid[upper.slices] == 1).all()
    assert grid[HOLE.y, HOLE.x] == np.asarray(lower_spread.grid)[HOLE.y, HOLE.x] > 1
    assert both.mean == pytest.approx(8 * HOLE.area / (HOLE.area + upper.area))
    nothing = together([], H, W)
    assert (nothing.mean, nothing.pixels) == (0, 0)
    assert isinstance(nothing, Spread)
