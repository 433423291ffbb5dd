"""Grey and toned photos have no colours of their own; coloured and blue ones have."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from cnnstudio.imaging.monochrome import is_monochrome


def _toned(grey: np.ndarray, *shares: float) -> np.ndarray:
    return (grey[..., None] * np.array(shares)).round().astype(np.uint8)


@pytest.fixture(scope="module")
def grey() -> np.ndarray:
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (12, 16)).astype(np.uint8)
    return np.asarray(cv2.resize(small, (320, 240), interpolation=cv2.INTER_CUBIC))


def test_grey_is_whatever_its_number_of_channels(grey: np.ndarray) -> None:
    assert is_monochrome(grey[..., None])
    assert is_monochrome(np.repeat(grey[..., None], 3, 2))


def test_a_brown_print_is_and_a_little_noise_of_colours_changes_nothing(grey: np.ndarray) -> None:
    brown = _toned(grey, 0.95, 0.85, 0.65)
    assert is_monochrome(brown)
    noise = np.random.default_rng(1).normal(0, 8, brown.shape)
    assert is_monochrome((brown + noise).clip(0, 255).astype(np.uint8))


def test_what_is_blue_as_a_whole_is_sky(grey: np.ndarray) -> None:
    assert not is_monochrome(_toned(grey, 0.6, 0.75, 1.0))


def test_colours_are_colours_however_few(grey: np.ndarray) -> None:
    photo = np.repeat(grey[..., None], 3, 2)
    photo[60:120, 60:140] = (200, 60, 40)
    assert not is_monochrome(photo)


def test_any_size_will_do() -> None:
    for height, width in ((1, 1), (3, 500), (2000, 7)):
        assert is_monochrome(np.full((height, width, 3), 90, np.uint8))
