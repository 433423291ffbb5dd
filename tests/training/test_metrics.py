import numpy as np
import pytest

from training import metrics
from training.features import Features


def crop_with_hole(value: int = 100) -> tuple[np.ndarray, np.ndarray]:
    truth = np.full((32, 32, 3), value, np.uint8)
    mask = np.zeros((32, 32), np.uint8)
    mask[10:14, 10:14] = 255
    return truth, mask


def test_psnr_counts_the_hole_alone() -> None:
    truth, mask = crop_with_hole()
    result = truth.copy()
    result[mask > 0] += 10
    result[0, 0] = 255  # outside: not counted
    # mean squared error 100: 10 log10(65025 / 100)
    assert metrics.psnr(result, truth, mask) == pytest.approx(28.1308, abs=1e-4)


def test_psnr_is_of_the_mean_error_of_all_channels_and_pixels() -> None:
    truth, mask = crop_with_hole()
    result = truth.copy()
    result[10:12, 10:14, 0] -= 30  # 8 of 16 pixels, 1 of 3 channels: mean squared error 900 / 6
    assert metrics.psnr(result, truth, mask) == pytest.approx(10 * np.log10(255**2 / 150))


def test_psnr_of_a_perfect_repair_is_finite_and_above_any_other() -> None:
    truth, mask = crop_with_hole()
    off_by_one = truth.copy()
    off_by_one[mask > 0] += 1
    perfect = metrics.psnr(truth, truth, mask)
    assert perfect == pytest.approx(10 * np.log10(255**2 * 12))
    assert perfect > metrics.psnr(off_by_one, truth, mask)


def test_ssim_is_one_for_equal_pictures_and_lower_for_worse_ones() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 256, (32, 32, 3), np.uint8)
    _, mask = crop_with_hole()
    flat, nearly = truth.copy(), truth.copy()
    flat[mask > 0] = 127
    nearly[mask > 0] = nearly[mask > 0] // 8 * 8
    assert metrics.ssim(truth, truth, mask) == pytest.approx(1)
    assert metrics.ssim(flat, truth, mask) < metrics.ssim(nearly, truth, mask) < 1


def test_ssim_of_two_flat_pictures_is_the_luminance_term() -> None:
    truth = np.full((64, 64, 3), 0, np.uint8)
    result = np.full((64, 64, 3), 255, np.uint8)
    mask = np.full((64, 64), 255, np.uint8)
    # In [-1, 1] the means are 1 and -1, C1 = (0.01 * 2)²: (-2 + C1) / (2 + C1), the contrast term is 1.
    assert metrics.ssim(result, truth, mask) == pytest.approx((-2 + 4e-4) / (2 + 4e-4), abs=1e-3)


def test_perceptual_distance_grows_with_the_damage() -> None:
    features = Features()
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 256, (64, 64, 3), np.uint8)
    small, large = truth.copy(), truth.copy()
    small[:8, :8] = 127
    large[:40, :40] = 127
    assert metrics.perceptual(features, truth, truth) == 0
    assert 0 < metrics.perceptual(features, small, truth) < metrics.perceptual(features, large, truth)
