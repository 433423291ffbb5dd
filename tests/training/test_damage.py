"""Synthetic damage: shapes, sizes and shares of holes, what is painted, and ageing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training import damage
from training.damage import ageing, holes, marks
from training.damage.overlay import HALO

kinds = pytest.mark.parametrize("kind", damage.CLASSES)


def photo(height: int = 96, width: int = 128) -> np.ndarray:
    """A smooth coloured picture with some texture."""
    y, x = np.mgrid[:height, :width]
    channels = [120 + 60 * np.sin(x / 9 + c) * np.cos(y / 13) for c in range(3)]
    return np.stack(channels, axis=-1).astype(np.uint8)


def share(hole: np.ndarray) -> float:
    return float((hole > 0).mean())


def widths(hole: np.ndarray) -> np.ndarray:
    """Widths of the strokes in pixels: twice the distance to the border, less one, along the ridge."""
    depth = cv2.distanceTransform(np.pad(hole, 1), cv2.DIST_L2, 5)
    ridge = (depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8))) & (depth > 0)
    return 2 * depth[ridge] - 1


def one_mark(kind: str, seed: int, scale: float = 1.0, size: int = 256) -> np.ndarray:
    mask = np.zeros((size, size), np.uint8)
    holes._KINDS[kind].draw(mask, np.random.default_rng(seed), scale, 1)
    return mask


# Holes ---------------------------------------------------------------------------------------------------------------


@kinds
@settings(max_examples=25, deadline=None)
@given(height=st.integers(16, 200), width=st.integers(16, 200), scale=st.floats(0.5, 3), seed=st.integers(0, 2**32))
def test_a_hole_is_a_mask_never_empty_and_never_most_of_the_picture(
    kind: str, height: int, width: int, scale: float, seed: int
) -> None:
    hole = damage.draw_hole(kind, height, width, np.random.default_rng(seed), scale)
    assert hole.shape == (height, width)
    assert hole.dtype == np.uint8
    assert set(np.unique(hole)) == {0, 255}
    assert share(hole) <= damage.LARGEST_SHARE


@kinds
@settings(max_examples=15, deadline=None)
@given(height=st.integers(64, 160), width=st.integers(64, 160), seed=st.integers(0, 2**32))
def test_a_dense_hole_covers_the_wanted_share(kind: str, height: int, width: int, seed: int) -> None:
    hole = damage.draw_dense_hole(kind, height, width, np.random.default_rng(seed))
    assert hole.shape == (height, width)
    assert set(np.unique(hole)) == {0, 255}
    assert 0.15 <= share(hole) <= 0.35


@kinds
def test_a_narrow_range_of_shares_is_met_too(kind: str) -> None:
    hole = damage.draw_dense_hole(kind, 96, 96, np.random.default_rng(3), coverage=(0.05, 0.06))
    assert 0.05 <= share(hole) <= 0.06


@kinds
def test_the_same_seed_draws_the_same_hole_and_another_seed_another(kind: str) -> None:
    first, again, other = (damage.draw_hole(kind, 128, 96, np.random.default_rng(seed)) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    first, again, other = (damage.draw_dense_hole(kind, 96, 96, np.random.default_rng(seed)) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_unknown_kinds_and_impossible_shares_are_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="no such kind"):
        damage.draw_hole("moth", 64, 64, rng)
    with pytest.raises(ValueError, match="no such kind"):
        damage.draw_dense_hole("moth", 64, 64, rng)
    with pytest.raises(ValueError, match="no such kind"):
        damage.paint_damage(photo(), np.zeros((96, 128), np.uint8), "moth", rng)
    for coverage in ((0.3, 0.3), (0.4, 0.2), (-0.1, 0.2), (0.5, 1.1)):
        with pytest.raises(ValueError, match="share"):
            damage.draw_dense_hole("dust", 64, 64, rng, coverage=coverage)


def test_a_ribbon_is_as_wide_as_asked() -> None:
    path = np.stack([np.linspace(10, 90, 9), np.full(9, 32.0)], axis=1)
    for width in (1, 2, 3, 4, 5, 8, 15):
        # Even widths lie between two rows of pixels.
        shifted = path + np.array([0, 0.5 * (width % 2 == 0)])
        mask = np.zeros((64, 100), np.uint8)
        marks.ribbons(mask, shifted, width / 2, width / 2, [(0, 9)])
        assert (mask[:, 50] > 0).sum() == width


def test_scratches_are_one_to_four_pixels_wide() -> None:
    found = np.concatenate([widths(one_mark("scratch", seed)) for seed in range(60)])
    # A tight curl may lie against itself, so a few ridges are wider than the line.
    assert np.mean(found <= 4.5) > 0.99
    assert found.min() >= 0.9
    assert (found > 2.5).any()


def test_specks_are_one_to_six_pixels_across() -> None:
    mask = np.zeros((2000, 2000), np.uint8)
    marks.specks(mask, np.random.default_rng(0), 1.0, 2000)
    number, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    across = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    assert number > 1800
    assert across.min() == 1
    # Lint is longer, and two specks may touch.
    assert np.mean(across <= 7) > 0.98
    assert (across >= 5).any()


def test_creases_are_five_to_fifteen_pixels_wide() -> None:
    for seed in range(40):
        mask = np.zeros((256, 256), np.uint8)
        rng = np.random.default_rng(seed)
        marks.ragged_ribbon(mask, marks.jagged(np.array([20.0, 40.0]), np.array([230.0, 200.0]), 0.05, rng), 12.5, rng)
        assert widths(mask).max() <= 15
        mask[:] = 0
        marks.ragged_ribbon(mask, marks.jagged(np.array([20.0, 40.0]), np.array([230.0, 200.0]), 0.05, rng), 6, rng)
        assert np.median(widths(mask)) >= 4.5
    typical = [np.median(widths(one_mark("crease", seed))) for seed in range(40)]
    assert min(typical) >= 4
    assert max(typical) <= 15


def test_blotches_are_twenty_to_a_hundred_and_twenty_pixels_across() -> None:
    across = []
    for seed in range(60):
        mask = np.zeros((600, 600), np.uint8)
        marks.blotch(mask, np.random.default_rng(seed), 1.0)
        rows, columns = np.nonzero(mask)
        across.append(max(np.ptp(rows), np.ptp(columns)) + 1)
    assert min(across) >= 10
    assert max(across) <= 165
    assert 45 <= np.median(across) <= 95


def test_corners_are_torn_off_the_border() -> None:
    for seed in range(40):
        mask = one_mark("corner", seed)
        number, parts = cv2.connectedComponents(mask)
        border = np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]])
        touching = np.isin(parts, np.unique(border[border > 0]))
        # Crumbs beside the ragged border may lie free.
        assert (touching & (mask > 0)).sum() > 0.98 * (mask > 0).sum()
        assert number > 1


def test_missing_pieces_are_large() -> None:
    shares = [share(damage.draw_hole("hole", 256, 256, np.random.default_rng(seed))) for seed in range(40)]
    assert np.mean(shares) > 0.12
    assert max(shares) > 0.3


# Missing pieces ("hole") are left out: they are measured against the picture.
@pytest.mark.parametrize("kind", [kind for kind in damage.CLASSES if kind != "hole"])
def test_scale_makes_marks_larger(kind: str) -> None:
    small, large = (
        np.mean([(one_mark(kind, seed, scale, 512) > 0).sum() for seed in range(30)]) for scale in (1.0, 2.0)
    )
    assert large > 1.5 * small


def test_small_marks_keep_their_density_on_larger_pictures() -> None:
    shares = [
        np.mean([share(damage.draw_hole("dust", size, size, np.random.default_rng(seed))) for seed in range(20)])
        for size in (96, 256, 512)
    ]
    assert max(shares) < 2 * min(shares)


def test_a_bank_holds_what_the_mix_says() -> None:
    rng = np.random.default_rng(0)
    bank = damage.hole_bank(40, 64, rng, {"dust": 1.0, "hole": 0.0, "crease": 3.0})
    assert bank.shape == (40, 64, 64)
    assert bank.dtype == np.uint8
    assert all(0.15 <= share(hole) <= 0.35 for hole in bank)
    # Dust falls into many parts, creases into few.
    dusty = sum(cv2.connectedComponents(hole)[0] > 40 for hole in bank)
    assert 3 <= dusty <= 18
    again = damage.hole_bank(40, 64, np.random.default_rng(0), {"dust": 1.0, "hole": 0.0, "crease": 3.0})
    np.testing.assert_array_equal(bank, again)


def test_a_bank_may_hold_sparse_holes() -> None:
    bank = damage.hole_bank(30, 64, np.random.default_rng(1), {"scratch": 1.0}, dense=0.0)
    assert all(0 < share(hole) < 0.15 for hole in bank)
    bank = damage.hole_bank(60, 64, np.random.default_rng(1), {"scratch": 1.0}, dense=0.5)
    assert 15 <= sum(share(hole) >= 0.15 for hole in bank) <= 45


# What damage looks like ----------------------------------------------------------------------------------------------


@kinds
def test_paint_stays_near_the_hole_and_leaves_the_photo_alone(kind: str) -> None:
    image = photo()
    before = image.copy()
    hole = damage.draw_hole(kind, *image.shape[:2], np.random.default_rng(2))
    painted = damage.paint_damage(image, hole, kind, np.random.default_rng(3))
    np.testing.assert_array_equal(image, before)
    assert painted.shape == image.shape
    assert painted.dtype == np.uint8
    far = cv2.dilate(hole, np.ones((2 * HALO + 1, 2 * HALO + 1), np.uint8)) == 0
    np.testing.assert_array_equal(painted[far], image[far])
    changed = np.abs(painted.astype(int) - image).max(axis=2) > 8
    assert changed[hole > 0].mean() > 0.5
    again = damage.paint_damage(image, hole, kind, np.random.default_rng(3))
    np.testing.assert_array_equal(painted, again)


@kinds
def test_an_empty_hole_paints_nothing(kind: str) -> None:
    image = photo(40, 40)
    painted = damage.paint_damage(image, np.zeros((40, 40), np.uint8), kind, np.random.default_rng(0))
    np.testing.assert_array_equal(painted, image)


def test_ink_darkens_a_white_sheet() -> None:
    white = np.full((96, 96, 3), 255, np.uint8)
    hole = damage.draw_hole("stamp", 96, 96, np.random.default_rng(5))
    painted = damage.paint_damage(white, hole, "stamp", np.random.default_rng(5))
    assert painted[hole > 0].mean() < 200


# Ageing --------------------------------------------------------------------------------------------------------------


def test_no_ageing_changes_nothing() -> None:
    image = photo()
    np.testing.assert_array_equal(damage.apply_ageing(image, damage.Ageing()), image)
    aged = damage.age(image, np.random.default_rng(0), strength=0.0)
    np.testing.assert_array_equal(aged, image)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), strength=st.floats(0, 1.5))
def test_what_was_drawn_is_what_was_done(seed: int, strength: float) -> None:
    image = photo(40, 56)
    drawn = damage.draw_ageing(np.random.default_rng(seed), strength)
    aged = damage.age(image, np.random.default_rng(seed), strength)
    assert aged.shape == image.shape
    assert aged.dtype == np.uint8
    np.testing.assert_array_equal(aged, damage.apply_ageing(image, drawn))


def test_a_field_of_the_ageing_can_be_set() -> None:
    rng = np.random.default_rng(4)
    still = {"blur": 0.0, "grain": 0.0, "fading": 0.0, "vignette": 0.0, "jpeg_quality": 100}
    aged = damage.age(np.full((4, 4, 3), 200, np.uint8), rng, yellowing=0.5, **still)
    # Half of the blue and an eighth of the green are gone: 200, 175, 100.
    np.testing.assert_array_equal(aged[0, 0], [200, 175, 100])


def test_fading_lifts_black_to_a_warm_grey() -> None:
    np.testing.assert_array_equal(ageing.fade(np.zeros((1, 1, 3), np.uint8), 0.5)[0, 0], [98, 93, 85])


def test_a_vignette_darkens_the_corners_and_a_negative_one_pales_them() -> None:
    image = np.full((5, 5, 3), 100, np.uint8)
    dark, pale = ageing.vignette(image, 0.4), ageing.vignette(image, -0.4)
    assert dark[2, 2, 0] == pale[2, 2, 0] == 100
    assert dark[0, 0, 0] == 60
    assert pale[0, 0, 0] == 162
    assert dark[0, 2, 0] == 80


def test_grain_has_the_stated_deviation_at_medium_grey() -> None:
    image = np.full((128, 128, 3), 128, np.uint8)
    grainy = ageing.grain(image, 10.0, 1.0, np.random.default_rng(0)).astype(float)
    assert grainy.std() == pytest.approx(10, abs=0.3)
    assert grainy.mean() == pytest.approx(128, abs=0.5)
    np.testing.assert_array_equal(grainy[..., 0], grainy[..., 2])


def test_blur_and_jpeg_lose_detail_but_not_the_picture() -> None:
    image = (np.random.default_rng(0).integers(0, 2, (32, 32, 1)) * np.array([200, 100, 50])).astype(np.uint8)
    assert ageing.blur(image, 1.0).std() < 0.7 * image.std()
    compressed = ageing.jpeg(image, 40).astype(int)
    assert 0 < np.abs(compressed - image).mean() < 40
    # Red stays red: the channels are not swapped on the way.
    assert compressed[..., 0].mean() > compressed[..., 2].mean() + 30


# The sheet -----------------------------------------------------------------------------------------------------------


def test_the_sheet_has_a_row_for_each_class_and_one_for_ageing() -> None:
    photos = [photo(70, 90), photo(120, 60)]
    sheet = damage.contact_sheet(photos, np.random.default_rng(0), size=64)
    assert sheet.dtype == np.uint8
    assert sheet.shape[2] == 3
    assert sheet.shape[0] == (len(damage.CLASSES) + 1) * (64 + 4)
    assert sheet.shape[1] > 4 * 64
    again = damage.contact_sheet(photos, np.random.default_rng(0), size=64)
    np.testing.assert_array_equal(sheet, again)
