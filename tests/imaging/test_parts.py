"""The parts of a mask: complete, tight, and the largest first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.parts import Part, parts
from cnnstudio.imaging.tiles import TileGrid


def test_nothing_is_no_part() -> None:
    assert parts(np.full((300, 40), 127, np.uint8)) == []
    assert parts(TileGrid.empty((5000, 9000))) == []


def test_parts_are_tight_and_the_largest_is_first() -> None:
    mask = np.zeros((300, 500), np.uint8)
    mask[40:43, 10:20] = 128
    mask[200:290, 400:500] = 255
    assert parts(mask) == [Part(Rect(400, 200, 100, 90), 9000), Part(Rect(10, 40, 10, 3), 30)]


def test_what_crosses_tiles_is_one_part() -> None:
    mask = np.zeros((600, 600), np.uint8)
    mask[250:262, 100:560] = 255
    grid = TileGrid.empty((600, 600))
    grid.write(Rect(0, 0, 600, 600), mask)
    whole = [Part(Rect(100, 250, 460, 12), 12 * 460)]
    assert parts(mask) == whole
    assert parts(grid) == whole


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (259, 31)])
def test_a_full_mask_is_one_part(shape: tuple[int, int]) -> None:
    assert parts(np.full(shape, 255, np.uint8)) == [Part(Rect(0, 0, shape[1], shape[0]), shape[0] * shape[1])]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_every_hole_is_in_exactly_one_part(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    mask = np.zeros((290, 310), np.uint8)
    for _ in range(count):
        y, x = rng.integers(0, 290), rng.integers(0, 310)
        mask[y : y + rng.integers(1, 40), x : x + rng.integers(1, 40)] = 255
    found = parts(mask)
    assert sum(part.pixels for part in found) == np.count_nonzero(mask)
    left = mask.copy()
    for part in found:
        assert mask[part.rect.slices].any()
        left[part.rect.slices] = 0
    assert not left.any()
