"""Colour, edge and grain."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from cnnstudio.engine.composite import add_grain, match_surroundings
from cnnstudio.imaging.geometry import Rect


def disc(size: int = 128, radius: int = 40) -> Tensor:
    mask = cv2.circle(np.zeros((size, size), np.uint8), (size // 2, size // 2), radius, 1, -1)
    return torch.from_numpy(mask).float()[None, None]


def texture(size: int = 128) -> Tensor:
    noise = torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(3))
    return torch.nn.functional.avg_pool2d(noise, 3, 1, 1) * 0.3


def test_a_cast_is_taken_away_near_the_edge() -> None:
    hole, prior = disc(), torch.zeros(1, 3, 128, 128)
    matched = match_surroundings(hole * 0.2, prior, hole, feather=0)
    near = hole[0, 0].bool() & ~disc(radius=28)[0, 0].bool()
    assert matched[0, :, near].abs().mean() < 0.03
    assert matched[0, :, near].abs().max() < 0.1


def test_detail_is_left_alone() -> None:
    hole, detail = disc(), texture()
    matched = match_surroundings(hole * detail, torch.zeros(1, 3, 128, 128), hole, feather=0)
    lost = (matched - hole * detail).square().sum() / (hole * detail).square().sum()
    assert lost < 0.005


def test_thin_damage_is_not_faded() -> None:
    hole = torch.zeros(1, 1, 64, 64)
    hole[..., 30:33, :] = 1
    filled = hole * texture(64)
    assert torch.equal(match_surroundings(filled, torch.zeros_like(filled), hole, 2, match_colour=False), filled)


def test_wide_holes_fade_into_the_prior_by_thirds() -> None:
    hole = torch.zeros(1, 1, 128, 128)
    hole[..., 32:] = 1
    filled = hole.expand(1, 3, 128, 128)
    row = match_surroundings(filled, torch.zeros_like(filled), hole, 2, match_colour=False)[0, 0, 64]
    assert row[30:37].tolist() == pytest.approx([0, 0, 1 / 3, 2 / 3, 1, 1, 1])


def test_switched_off_nothing_changes() -> None:
    hole, filled = disc(), disc() * texture()
    assert match_surroundings(filled, torch.zeros_like(filled), hole, 0, match_colour=False) is filled


@pytest.mark.parametrize("match_colour", [True, False])
def test_nothing_changes_outside_the_hole(match_colour: bool) -> None:
    hole, photo = disc(), texture()
    filled = torch.where(hole > 0, photo + 0.5, photo)
    matched = match_surroundings(filled, photo, hole, 3, match_colour)
    assert torch.equal(torch.where(hole > 0, 0.0, matched), torch.where(hole > 0, 0.0, photo))


# --- grain ---

SIZE, HOLE = 96, np.s_[36:60, 36:60]


def grainy(deviation: float, blur: float = 0.0, colour: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """A grey slope with grain and a smooth hole in it: (photo, hole)."""
    noise = np.random.default_rng(1).standard_normal((SIZE, SIZE, 3 if colour else 1)).astype(np.float32)
    if blur:
        noise = cv2.GaussianBlur(noise, (5, 5), blur).reshape(noise.shape)
        noise /= noise.std()
    smooth = np.linspace(0.3, 0.6, SIZE, dtype=np.float32)[:, None, None] * np.ones((SIZE, SIZE, 3), np.float32)
    photo = smooth + deviation * noise
    hole = np.zeros((SIZE, SIZE), bool)
    hole[HOLE] = True
    photo[hole] = smooth[hole]
    return photo.astype(np.float32), hole


def detail(photo: np.ndarray, where: np.ndarray) -> float:
    grey = photo.mean(2)
    return float((grey - cv2.GaussianBlur(grey, (5, 5), 1.0))[where].std())


@pytest.mark.parametrize("blur", [0.0, 0.6])
def test_grain_is_matched(blur: float) -> None:
    photo, hole = grainy(0.04, blur)
    out = add_grain(photo, hole, Rect(0, 0, SIZE, SIZE), 1.0, 0)
    ring = cv2.dilate(hole.astype(np.uint8), np.ones((7, 7))) == 0
    assert detail(out, hole) == pytest.approx(detail(photo, ring), rel=0.2)
    assert np.array_equal(out[~hole], photo[~hole])


def test_grey_grain_stays_grey_and_coloured_grain_coloured() -> None:
    for colour in (False, True):
        photo, hole = grainy(0.04, colour=colour)
        added = (add_grain(photo, hole, Rect(0, 0, SIZE, SIZE), 1.0, 0) - photo)[hole]
        correlation = np.corrcoef(added.T)[0, 1]
        assert correlation > 0.99 if not colour else abs(correlation) < 0.2


def test_a_clean_photo_gets_no_grain() -> None:
    photo, hole = grainy(0.0)
    eight_bits = np.rint(photo * 255).astype(np.float32) / 255
    assert np.array_equal(add_grain(eight_bits, hole, Rect(0, 0, SIZE, SIZE), 1.0, 0), eight_bits)


def test_texture_is_not_taken_for_grain() -> None:
    photo, hole = grainy(0.1, blur=0.0)
    rough = cv2.GaussianBlur(photo, (0, 0), 2.0) * 3 - 1
    rough[hole] = 0.4
    assert np.array_equal(add_grain(rough, hole, Rect(0, 0, SIZE, SIZE), 1.0, 0), rough)


def test_a_fill_with_grain_of_its_own_gets_little() -> None:
    photo, hole = grainy(0.04)
    photo[hole] += 0.04 * np.random.default_rng(5).standard_normal((int(hole.sum()), 1)).astype(np.float32)
    out = add_grain(photo, hole, Rect(0, 0, SIZE, SIZE), 1.0, 0)
    assert (out - photo)[hole].std() < 0.02


def test_grain_belongs_to_the_seed_and_the_place() -> None:
    photo, hole = grainy(0.04)
    here = Rect(0, 0, SIZE, SIZE)
    first = add_grain(photo, hole, here, 1.0, 7)
    assert np.array_equal(first, add_grain(photo, hole, here, 1.0, 7))
    assert not np.array_equal(first, add_grain(photo, hole, here, 1.0, 8))
    assert not np.array_equal(first, add_grain(photo, hole, here.shifted(96, 0), 1.0, 7))


def test_strength_scales_the_grain() -> None:
    photo, hole = grainy(0.04)
    here = Rect(0, 0, SIZE, SIZE)
    full, half = (add_grain(photo, hole, here, s, 0) - photo for s in (1.0, 0.5))
    assert np.allclose(half, full / 2, atol=1e-6)
