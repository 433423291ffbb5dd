"""What the restorer learns to undo: each part does what its figures say."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from cnnstudio.networks.restore import MOST_BLUR, MOST_NOISE, bound
from training.degrade import LOSSLESS, Degradation, degrade, draw_degradation, jpeg

GREY = np.full((96, 96, 3), 128, np.uint8)


def _picture(side=96):
    """Smooth, with an edge."""
    y, x = np.mgrid[:side, :side]
    ramp = np.stack([60 + x, 200 - y, 90 + (x + y) // 2], 2)
    ramp[side // 3 : side // 2, side // 4 : side // 2] = (220, 40, 60)
    return ramp.astype(np.uint8)


def _left(how, picture=GREY, seed=0):
    return degrade(picture, how, np.random.default_rng(seed)).astype(float) - picture


def test_nothing_changes_nothing_and_the_same_chance_does_the_same():
    picture = _picture()
    assert np.array_equal(degrade(picture, Degradation(), np.random.default_rng(0)), picture)
    assert Degradation().strengths == (0, 0, 0)
    before = picture.copy()
    how = Degradation(noise=20, quality=30, quality_before=60, blur=1)
    one, again, other = (degrade(picture, how, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    assert np.array_equal(picture, before)


@pytest.mark.parametrize("coarse", [0.0, 0.8])
@pytest.mark.parametrize("colour", [0.0, 0.3, 1.0])
def test_noise_has_its_deviation_whatever_its_grain_and_colour(coarse, colour):
    left = _left(Degradation(noise=15, coarse=coarse, colour=colour))
    assert left.std() == pytest.approx(15, rel=0.03)
    assert abs(left.mean()) < 1.5
    between_channels = np.corrcoef(left[..., 0].ravel(), left[..., 1].ravel())[0, 1]
    assert between_channels == pytest.approx(1 - colour, abs=0.12)
    beside = np.corrcoef(left[:, 1:, 0].ravel(), left[:, :-1, 0].ravel())[0, 1]
    assert beside > 0.4 if coarse else abs(beside) < 0.1


def test_photons_are_loudest_in_the_light_and_film_in_the_middle():
    picture = np.repeat(np.array([40, 128, 215], np.uint8), 32)[None, :, None].repeat(96, 0).repeat(3, 2)
    dark, middle, light = np.split(_left(Degradation(noise=10, light="photons"), picture), 3, 1)
    assert dark.std() < 0.8 * middle.std() < 0.8 * light.std()
    dark, middle, light = np.split(_left(Degradation(noise=10, light="film"), picture), 3, 1)
    assert middle.std() > 1.2 * dark.std()
    assert middle.std() > 1.2 * light.std()
    dark, middle, light = np.split(_left(Degradation(noise=10), picture), 3, 1)
    assert dark.std() == pytest.approx(light.std(), rel=0.1)


def test_jpeg_hurts_more_at_lower_quality_and_more_so_with_halved_colours():
    picture = _picture()

    def error(quality, subsampled=True):
        return np.square(jpeg(picture, quality, subsampled).astype(float) - picture).mean()

    errors = [error(quality) for quality in (LOSSLESS, 90, 50, 10)]
    assert errors[0] == 0
    assert errors == sorted(errors)
    assert error(90, subsampled=False) < error(90)


def test_an_earlier_jpeg_leaves_its_blocks_elsewhere():
    """Saved twice on the same grid at the same quality a JPEG hardly changes: its blocks are where they were."""
    rng = np.random.default_rng(0)
    picture = cv2.GaussianBlur(rng.integers(0, 256, (96, 96, 3)).astype(np.uint8), (0, 0), 1.5)
    once = jpeg(picture, 20, False)
    same = np.square(jpeg(once, 20, False).astype(float) - once).mean()
    twice = degrade(picture, Degradation(quality=20, quality_before=20, subsampled=False), rng)
    assert np.square(twice.astype(float) - once).mean() > 5 * same


def test_blur_spreads_an_edge_by_its_deviation():
    edge = np.where(np.arange(96) < 48, 50, 200).astype(np.uint8)[None, :, None].repeat(96, 0).repeat(3, 2)
    slope = np.diff(degrade(edge, Degradation(blur=1.5), np.random.default_rng(0))[48, :, 0].astype(float)) / 150
    at = np.arange(95) + 0.5
    centre = (at * slope).sum()
    assert np.sqrt((np.square(at - centre) * slope).sum()) == pytest.approx(1.5, rel=0.05)


def test_the_stronger_of_two_jpegs_is_told():
    one = Degradation(noise=5, quality=80, quality_before=30, blur=0.5)
    assert one.strengths == (5, pytest.approx(1 / 3**0.5), 0.5)
    assert replace(one, told=(1, 0.5, 0)).strengths == (1, 0.5, 0)


def test_what_is_drawn_is_everything_there_is_within_what_can_be_told():
    rng = np.random.default_rng(0)
    drawn = [draw_degradation(rng) for _ in range(2000)]
    told = np.array([one.strengths for one in drawn])
    assert (told >= 0).all()
    assert (told.max(0) <= (MOST_NOISE, 1, MOST_BLUR)).all()
    sound = [one for one in drawn if not one.noise and not one.blur and one.quality == LOSSLESS]
    assert 0.05 < len(sound) / len(drawn) < 0.15
    told_for_nothing = [one for one in sound if any(one.strengths)]
    assert 0.1 < len(told_for_nothing) / len(sound) < 0.7
    assert all(bound(*one.strengths) <= 40 for one in sound)
    noisy = np.array([one.noise for one in drawn if one.noise])
    assert 0.4 < len(noisy) / len(drawn) < 0.75
    assert 60 < noisy.max() <= 70
    assert np.median(noisy) < 30
    assert {one.light for one in drawn} == {"even", "photons", "film"}
    assert {one.subsampled for one in drawn} == {True, False}
    qualities = {one.quality for one in drawn}
    assert min(qualities) <= 12
    assert max(qualities - {LOSSLESS}) >= 92
    exact = sum(one.told is None for one in drawn) / len(drawn)
    assert exact == pytest.approx(0.5, abs=0.05)
