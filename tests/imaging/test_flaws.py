"""Noise and the marks of JPEG are measured, and clean photos have none."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from cnnstudio.imaging.codecs import read_photo
from cnnstudio.imaging.flaws import noise_of, quality_of
from cnnstudio.imaging.metadata import JpegEncoding
from cnnstudio.imaging.tiles import TileGrid


@cache
def photos() -> list[np.ndarray]:
    return [read_photo(path).pixels for path in sorted((Path(__file__).parents[1] / "photos").glob("*.webp"))]


def noisy(photo: np.ndarray, sigma: float, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, sigma, photo.shape)
    return np.clip(np.rint(photo + noise), 0, 255).astype(np.uint8)


def jpeg(photo: np.ndarray, quality: int) -> np.ndarray:
    _, data = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), np.uint8).reshape(photo.shape)


def test_clean_photos_have_neither() -> None:
    assert len(photos()) == 28
    assert [(noise_of(photo), quality_of(photo)) for photo in photos()] == [(0, 100)] * 28


@pytest.mark.parametrize(("sigma", "low", "high"), [(5, 4, 8), (10, 8.5, 11.5), (25, 21, 27), (50, 39, 51)])
def test_noise_is_measured(sigma: float, low: float, high: float) -> None:
    found = [noise_of(noisy(photo, sigma)) for photo in photos()[::4]]
    assert low <= min(found)
    assert max(found) <= high


def test_coarse_grain_is_told_from_fine_detail() -> None:
    rng = np.random.default_rng(0)
    found = []
    for photo in photos()[::4]:
        grain = cv2.GaussianBlur(rng.standard_normal(photo.shape[:2], np.float32), (0, 0), 0.8)
        grain *= 10 / grain.std()
        found.append(noise_of(np.clip(np.rint(photo + grain[..., None]), 0, 255).astype(np.uint8)))
    assert 7 <= np.median(found) <= 13
    assert sum(noise > 0 for noise in found) >= 5


def test_dark_and_bright_parts_that_cut_noise_off_do_not_hide_it() -> None:
    photo = np.full((400, 400, 1), 128, np.uint8)
    photo[:200] = 3
    assert noise_of(noisy(photo, 40)) == pytest.approx(40, rel=0.1)


@pytest.mark.parametrize("quality", [10, 30, 50, 80])
def test_the_quality_of_a_jpeg_is_measured_on_its_pixels(quality: int) -> None:
    found = [quality_of(jpeg(photo, quality)) for photo in photos()[::4]]
    assert min(found) >= quality - 2
    assert max(found) <= quality + 3


def test_a_good_jpeg_counts_as_clean() -> None:
    assert {quality_of(jpeg(photo, 90)) for photo in photos()[::4]} == {100}
    assert max(noise_of(jpeg(photo, 30)) for photo in photos()[::4]) == 0


def test_marks_outlive_cropping_and_a_better_jpeg_but_not_scaling() -> None:
    photo = jpeg(photos()[1], 30)
    assert quality_of(photo[3:, 5:]) == pytest.approx(30, abs=2)
    assert quality_of(jpeg(photo, 95)) == pytest.approx(30, abs=2)
    assert quality_of(np.asarray(cv2.resize(photo, None, fx=0.7, fy=0.7), np.uint8)) == 100


def test_the_coarser_of_file_and_pixels_counts() -> None:
    rows = np.array(cv2_table(40)).reshape(8, 8)
    encoding = JpegEncoding((tuple(int(v) for v in rows.ravel()),), 0, False)
    assert quality_of(photos()[1], encoding) == pytest.approx(40, abs=1)
    assert quality_of(jpeg(photos()[1], 20), encoding) == pytest.approx(20, abs=2)
    fine = JpegEncoding(((1,) * 64,), 0, False)
    assert quality_of(photos()[1], fine) == 100
    assert quality_of(photos()[1], JpegEncoding((), 0, False)) == 100


def cv2_table(quality: int) -> list[int]:
    """The luminance table that libjpeg writes, read back from a file."""
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("L", (8, 8)).save(file, "JPEG", quality=quality)
    return list(Image.open(file).quantization[0])  # type: ignore[attr-defined]


def test_grey_deep_and_tiled_photos_are_measured_alike() -> None:
    photo = noisy(photos()[6][..., :1], 20)
    eight = noise_of(photo)
    assert eight == pytest.approx(20, rel=0.1)
    assert noise_of(photo.astype(np.uint16) * 257) == pytest.approx(eight, rel=0.01)
    assert noise_of(TileGrid(photo)) == eight
    alpha = np.random.default_rng(1).integers(0, 256, photo.shape, np.uint8)
    assert noise_of(np.dstack([photo, alpha])) == eight
    stored = jpeg(photos()[1], 30)
    assert quality_of(stored.astype(np.uint16) * 257) == quality_of(stored)


@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 300, 1), (17, 17, 4), (30, 9, 2), (50, 50, 3)])
def test_small_and_plain_photos_have_neither(shape: tuple[int, int, int]) -> None:
    for value in (0, 120, 255):
        plain = np.full(shape, value, np.uint8)
        assert (noise_of(plain), quality_of(plain)) == (0, 100)
