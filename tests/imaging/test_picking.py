"""Dropping regions of damage, finding them again at another sensitivity, and pointing at them."""

from __future__ import annotations

import numpy as np
import pytest

from cnnstudio.imaging.findings import DamageMaps, Findings, Region, find
from cnnstudio.imaging.found_tiles import FoundPyramid, FoundTiles
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.picking import (
    dropped_pixels,
    dropped_regions,
    outline,
    region_at,
    surest_position,
    without_repaired,
)
from cnnstudio.imaging.pyramid import Pyramid
from cnnstudio.imaging.tiles import TileGrid, keys_of, rect_of
from cnnstudio.jobs import DAMAGE

SCRATCH, _, SPOT, STAIN, _ = range(5)


DAMAGED = DamageMaps(255 * np.eye(len(DAMAGE), dtype=np.uint8)[:, None], len(DAMAGE), 1)
"""Of a photo that surely has damage of every kind, somewhere."""


def maps(height: int = 40, width: int = 60, factor: int = 1) -> DamageMaps:
    planes = np.zeros((len(DAMAGE), height, width), np.uint8)
    return DamageMaps(planes, width * factor, height * factor, factor, looked_at=DAMAGED)


def two_spots(bridge: int = 0, factor: int = 1, right: int = 240) -> DamageMaps:
    """Two spots, sure at their cores, with pale rims, and perhaps something as pale between them."""
    seen = maps(factor=factor)
    spots = seen.planes[SPOT]
    spots[10:13, 8:22] = bridge
    for x, sure in ((10, 230), (20, right)):
        spots[9:14, x - 3 : x + 4] = np.maximum(spots[9:14, x - 3 : x + 4], 80)
        spots[10:13, x - 1 : x + 2] = sure
    return seen


def at(found: Findings, x: float, y: float) -> Region:
    number = region_at(found, x, y)
    return next(region for region in found.regions if region.number == number)


def dropped_after(seen: DamageMaps, x: float, y: float, *sensitivities: float) -> list[set[int]]:
    """Drops the region at a position, at sensitivity 50; returns the columns of what is dropped at others."""
    found = find(seen)
    pixels = dropped_pixels(found, [region_at(found, x, y)])
    columns = []
    for sensitivity in sensitivities:
        found = find(seen, sensitivity)
        dropped = dropped_regions(found, seen.likeliest[1], pixels)
        pixels = dropped_pixels(found, dropped, pixels)
        columns.append({region.bounds.x for region in found.regions if region.number in dropped})
    return columns


def test_what_is_dropped_stays_dropped_as_it_grows_and_shrinks() -> None:
    assert dropped_after(two_spots(), 10.5, 11.5, 50, 100, 0, 100) == [{9}, {7}, {9}, {7}]


@pytest.mark.parametrize(("right", "dropped"), [(220, {7}), (230, set()), (240, set())])
def test_where_two_become_one_the_surest_pixel_decides_and_a_tie_keeps(right: int, dropped: set[int]) -> None:
    assert dropped_after(two_spots(bridge=80, right=right), 10.5, 11.5, 100) == [dropped]


def test_what_falls_apart_is_dropped_in_all_its_parts() -> None:
    seen = two_spots(bridge=140)
    assert len(find(seen, 50).regions) == 1
    assert dropped_after(seen, 15.5, 11.5, 0) == [{9, 19}]


def test_what_is_not_found_for_a_while_is_remembered() -> None:
    seen = two_spots()
    found = find(seen)
    pixels = dropped_pixels(found, [region_at(found, 10.5, 11.5)])
    none = find(seen, kinds=["scratch"])
    assert none.regions == []
    pixels = dropped_pixels(none, [], pixels)
    assert dropped_regions(found, seen.likeliest[1], pixels) == {region_at(found, 10.5, 11.5)}
    kept = dropped_pixels(found, [], pixels)  # kept again by the person
    assert dropped_regions(found, seen.likeliest[1], kept) == frozenset()


@pytest.mark.parametrize("factor", [1, 3])
def test_the_nearest_region_within_reach_is_pointed_at(factor: int) -> None:
    found = find(two_spots(factor=factor))
    left, right = at(found, 10.5 * factor, 11.5 * factor), at(found, 20.5 * factor, 11.5 * factor)
    assert (left.bounds.x, right.bounds.x) == (9 * factor, 19 * factor)
    between = 14.9 * factor  # the spots cover 9 to 12 and 19 to 22
    assert region_at(found, between, 11 * factor) == 0
    assert region_at(found, between, 11 * factor, 2.8 * factor) == 0
    assert region_at(found, between, 11 * factor, 3 * factor) == left.number
    assert region_at(found, 16.2 * factor, 11 * factor, 9 * factor) == right.number
    for outside in ((-5, 3), (1e6, 1e6), (10.5 * factor, -1)):
        assert region_at(found, *outside, 2) == 0


def test_a_region_is_shown_at_its_surest_pixel_and_outlined_close() -> None:
    seen = two_spots(factor=3)
    seen.planes[SPOT, 12, 11] = 255
    found = find(seen)
    left = at(found, 31, 34)
    assert surest_position(found, seen.likeliest[1], left) == (11.5 * 3, 12.5 * 3)
    (line,) = outline(found, left)
    assert line.min(0).tolist() == [8.5 * 3, 9.5 * 3]
    assert line.max(0).tolist() == [12.5 * 3, 13.5 * 3]


@pytest.mark.parametrize(("size", "factor"), [((300, 700), 1), ((101, 173), 5), ((128, 128), 2), ((1, 1), 7)])
def test_tiles_show_the_value_of_each_region(size: tuple[int, int], factor: int) -> None:
    rng = np.random.default_rng(3)
    height, width = size
    seen = DamageMaps(
        np.where(rng.random((len(DAMAGE), height, width)) > 0.97, 255, 0).astype(np.uint8),
        max(1, width * factor - factor // 2), max(1, height * factor - factor // 2), factor,
    )  # fmt: skip
    seen.planes[:, :, width // 2 :] = 0
    found = find(seen)
    values = np.arange(len(found.regions) + 1, dtype=np.uint32).astype(np.uint8)
    tiles = FoundTiles(found, np.stack([values, values]))
    wanted = values[found.labels].repeat(factor, 0).repeat(factor, 1)[: found.height, : found.width]
    assert np.array_equal(np.asarray(tiles), wanted)
    for key in keys_of(tiles.bounds):
        assert (tiles.own(key) is not None) == (key in tiles.occupied())
    others = tiles.with_values(255 - np.stack([values, values]))
    assert others.occupied() == tiles.occupied()
    if others.occupied():
        assert np.array_equal(others.tile(others.occupied()[0]), (255 - wanted)[others.tile_rect((0, 0)).slices])


def test_what_is_wide_has_an_edge_and_what_is_thin_is_all_edge() -> None:
    seen = maps()
    seen.planes[STAIN, 10:20, 10:30] = 255
    seen.planes[SCRATCH, 30:34, 5:55] = 255
    found = find(seen)
    picture = np.asarray(FoundTiles(found, np.array([[0, 1, 1], [0, 9, 9]], np.uint8)))
    wanted = np.zeros((40, 60), np.uint8)
    wanted[10:20, 10:30] = 9
    wanted[12:18, 12:28] = 1
    wanted[30:34, 5:55] = 9
    assert np.array_equal(picture, wanted)


def test_a_reduced_picture_loses_no_speck_and_leaves_empty_tiles_alone() -> None:
    seen = maps(400, 600, factor=4)
    seen.planes[SPOT, 11:13, 21:23] = 255
    found = find(seen)
    tiles = FoundTiles(found, np.array([[0, 3], [0, 7]], np.uint8))
    assert tiles.occupied() == [(0, 0)]
    pyramid = FoundPyramid(tiles)
    top = pyramid.levels - 1
    small = pyramid.tile(top, (0, 0))
    rows, columns = np.nonzero(small)
    assert (rows.min(), columns.min()) == ((11 * 4) >> top, (21 * 4) >> top)
    assert set(np.unique(small)) == {0, 7}
    assert not pyramid.tile(0, (1, 3)).any()


@pytest.mark.parametrize("factor", [1, 2, 3, 5])
def test_the_levels_are_those_of_any_other_picture(factor: int) -> None:
    rng = np.random.default_rng(5)
    planes = np.where(rng.random((len(DAMAGE), 260, 170)) > 0.985, 255, 0).astype(np.uint8)
    seen = DamageMaps(planes, 170 * factor - factor // 2, 260 * factor - factor // 2, factor)
    found = find(seen)
    values = np.tile(np.minimum(np.arange(len(found.regions) + 1), 255).astype(np.uint8), (2, 1))
    tiles = FoundTiles(found, values)
    pyramid, usual = FoundPyramid(tiles), Pyramid(tiles, "max")
    assert pyramid.levels == usual.levels
    for level in range(pyramid.levels):
        assert np.array_equal(whole(pyramid, level), whole(usual, level))


def whole(pyramid: Pyramid, level: int) -> np.ndarray:
    width, height = pyramid.size(level)
    picture = np.zeros((height, width), np.uint8)
    for key in pyramid.keys(level):
        picture[rect_of(key).clipped(width, height).slices] = pyramid.tile(level, key)
    return picture


@pytest.mark.parametrize("factor", [1, 3])
def test_what_was_repaired_is_no_damage(factor: int) -> None:
    seen = maps(factor=factor)
    seen.planes[SPOT, 4:8, 4:8] = 255
    seen.planes[SCRATCH, 20:22, 5:55] = 255
    seen.planes[STAIN, 30:38, 5:15] = 255
    repaired = TileGrid.empty((seen.height, seen.width))
    for rect, value in ((Rect(3, 3, 5, 5), 255), (Rect(30, 19, 10, 4), 255), (Rect(5, 30, 10, 8), 127)):
        big = Rect(rect.x * factor, rect.y * factor, rect.w * factor, rect.h * factor)
        repaired.write(big, np.full((big.h, big.w), value, np.uint8))
    found = find(seen)
    left = find(without_repaired(seen, found, repaired))
    assert {(region.kind, region.bounds.x // factor, region.bounds.w // factor) for region in left.regions} == {
        ("scratch", 5, 25), ("scratch", 40, 15), ("stain", 5, 10),
    }  # fmt: skip
    assert len(found.regions) == 3
    assert find(seen).regions == found.regions  # what was seen stays as it is


def test_bounds_at_the_photos_edge() -> None:
    seen = DamageMaps(np.zeros((len(DAMAGE), 5, 5), np.uint8), 13, 14, 3)
    seen.planes[STAIN, 3:, 3:] = 255
    found = find(seen)
    (stain,) = found.regions
    assert stain.bounds == Rect(9, 9, 4, 5)
    assert surest_position(found, seen.likeliest[1], stain) == (10.5, 10.5)
    assert region_at(found, 12.9, 13.9) == stain.number
