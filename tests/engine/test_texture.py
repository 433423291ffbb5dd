"""Texture borrowed for wide holes: where it goes, that it is the photo's own, and what it leaves alone."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
import torch

from cnnstudio.engine import texture
from cnnstudio.engine.texture import FADE, SPARED, borrow_texture
from cnnstudio.errors import Cancelled


def cloth(height: int = 160, width: int = 200) -> torch.Tensor:
    """(3, H, W) in [-1, 1]: a weave that repeats and a little noise."""
    y, x = np.mgrid[:height, :width]
    weave = 0.5 * np.sign(np.sin(x * 2 * np.pi / 16)) * np.sign(np.sin(y * 2 * np.pi / 12))
    noise = np.random.default_rng(0).normal(0, 0.03, (3, height, width))
    return torch.from_numpy((weave + noise).clip(-1, 1).astype(np.float32))


def hole(height: int = 160, width: int = 200, radius: int = 30) -> torch.Tensor:
    mask = cv2.circle(np.zeros((height, width), np.uint8), (width // 2, height // 2), radius, 1, -1)
    return torch.from_numpy(mask.astype(np.float32))[None]


def filled_smoothly(photo: torch.Tensor, missing: torch.Tensor) -> torch.Tensor:
    return torch.where(missing > 0, photo.mean((1, 2), keepdim=True), photo)


def deep_inside(missing: torch.Tensor) -> torch.Tensor:
    depth = cv2.distanceTransform(missing[0].numpy().astype(np.uint8), cv2.DIST_L2, 3)
    return torch.from_numpy(depth > SPARED + FADE - 5)


def test_a_faint_fill_gets_the_contrast_of_its_surroundings_in_step_with_them():
    photo, missing = cloth(), hole()
    faint = torch.where(missing > 0, 0.3 * photo, photo)
    textured = borrow_texture(faint, missing, 1.0)
    assert textured is not None
    inside = deep_inside(missing)
    assert float(textured[:, inside].std()) > 0.8 * float(photo.std())
    error, before = ((made - photo)[:, inside].square().mean() for made in (textured, faint))
    # Out of step, the same contrast would be four times as far from the truth as the faint fill.
    assert float(error) < 0.9 * float(before)


def test_outside_the_hole_and_near_its_edge_nothing_changes():
    photo, missing = cloth(), hole()
    smooth = filled_smoothly(photo, missing)
    textured = borrow_texture(smooth, missing, 1.0)
    assert textured is not None
    depth = cv2.distanceTransform(missing[0].numpy().astype(np.uint8), cv2.DIST_L2, 3)
    assert torch.equal(textured[:, depth <= SPARED], smooth[:, depth <= SPARED])


def test_strength_is_the_share_of_the_texture():
    photo, missing = cloth(), hole()
    smooth = filled_smoothly(photo, missing)
    whole, half = (borrow_texture(smooth, missing, strength) for strength in (1.0, 0.5))
    assert whole is not None
    assert half is not None
    torch.testing.assert_close(half - smooth, (whole - smooth) / 2, atol=1e-5, rtol=0)


def test_what_lies_under_another_hole_is_never_borrowed():
    photo, missing = cloth(), hole()
    other = torch.zeros_like(missing)
    other[:, 10:40, 10:190] = 1
    # An impossible colour where pixels are missing: it would show.
    poisoned = torch.where((other - missing).clamp(min=0) > 0, 5.0, filled_smoothly(photo, missing))
    textured = borrow_texture(poisoned, torch.maximum(missing, other), 1.0)
    assert textured is not None
    assert float(textured[:, deep_inside(missing)].max()) <= 1.0


def test_the_same_seed_gives_the_same_pixels():
    smooth, missing = filled_smoothly(cloth(), hole()), hole()
    first, again, other = (borrow_texture(smooth, missing, 1.0, seed) for seed in ((1, 2), (1, 2), (3, 2)))
    assert first is not None
    assert again is not None
    assert other is not None
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("radius", [0, 1])
def test_thin_damage_is_left_alone(radius):
    photo, missing = cloth(), hole(radius=radius)
    assert borrow_texture(photo, missing, 1.0) is None


def test_where_too_little_is_known_nothing_is_made_up():
    photo = cloth(64, 64)
    missing = torch.ones(1, 64, 64)
    missing[:, :6] = 0
    assert borrow_texture(photo, missing, 1.0) is None


def test_a_photo_without_any_texture_stays_as_it_is():
    photo, missing = torch.full((3, 160, 200), 0.25), hole()
    textured = borrow_texture(photo, missing, 1.0)
    assert textured is not None
    torch.testing.assert_close(textured, photo, atol=1e-5, rtol=0)


def test_it_can_be_cancelled():
    def cancelled() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        borrow_texture(cloth(), hole(), 1.0, check_cancelled=cancelled)


def test_patches_are_as_far_apart_as_their_lowest_frequencies():
    picture = torch.rand(3, 20, 24, generator=torch.Generator().manual_seed(0))
    picture = torch.nn.functional.avg_pool2d(picture[None], 7, stride=1)[0]  # little but low frequencies
    looks = texture._looks(picture).view(14, 18, -1)
    first, second = (picture[:, y - 3 : y + 4, x - 3 : x + 4] for y, x in ((5, 6), (8, 11)))
    apart = float((looks[5, 6] - looks[8, 11]).square().sum())
    assert 0.6 < apart / float((first - second).square().sum()) <= 1


def test_no_size_of_a_picture_is_kept_in_memory(capfd: pytest.CaptureFixture[str]):
    def told_by(make: Callable[[], object]) -> str:
        with torch.backends.mkldnn.verbose(torch.backends.mkldnn.VERBOSE_ON_CREATION), torch.inference_mode():
            make()
        return capfd.readouterr().out

    assert "onednn_verbose" in told_by(lambda: torch.nn.Conv2d(8, 8, 3)(torch.zeros(2, 8, 201, 203)))
    assert "onednn_verbose" not in told_by(lambda: texture._looks(torch.zeros(3, 201, 203)))
