"""Fading and casts are measured, taken back, and left alone where there are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.imaging.codecs import read_photo
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.imaging.tone import Tone, apply, curve, estimate
from training.damage.ageing import fade, yellow

PHOTOS = [read_photo(path).pixels for path in sorted((Path(__file__).parents[1] / "photos").glob("*.webp"))]

tones = st.builds(
    Tone,
    fading=st.floats(0, 80),
    yellowing=st.floats(-70, 70),
    tint=st.floats(-70, 70),
    brightness=st.floats(-100, 100),
)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """Mean absolute difference in grey levels."""
    return float(np.abs(a.astype(int) - b).mean())


def test_a_good_photo_needs_nothing() -> None:
    changes = [difference(apply(photo, estimate(photo)), photo) for photo in PHOTOS]
    assert len(changes) == 28
    assert sum(change > 0 for change in changes) <= 1  # a portrait without anything dark in it
    assert max(changes) < 7


@pytest.mark.parametrize(
    ("fading", "yellowing", "left"), [(0.0, 0.4, 0.75), (0.25, 0.2, 0.5), (0.4, 0.1, 0.4), (0.4, 0.4, 0.4)]
)
def test_what_has_faded_and_yellowed_comes_back_closer_to_the_original(
    fading: float, yellowing: float, left: float
) -> None:
    before, after = [], []
    for photo in PHOTOS:
        old = yellow(fade(photo, fading), yellowing)
        before.append(difference(old, photo))
        after.append(difference(apply(old, estimate(old)), photo))
    assert np.mean(after) < left * np.mean(before)
    assert sum(a > b + 1 for a, b in zip(after, before, strict=True)) <= 1


def test_what_is_measured_is_near_what_was_done_and_never_more() -> None:
    found = [estimate(yellow(fade(photo, 0.3), 0.3)) for photo in PHOTOS]
    assert 20 <= np.median([tone.fading for tone in found]) <= 31
    assert 25 <= np.median([tone.yellowing for tone in found]) <= 33
    assert np.median([abs(tone.tint) for tone in found]) <= 3


def test_magenta_green_and_blue_casts_have_their_signs() -> None:
    photo = fade(PHOTOS[0], 0.3)  # grey, three channels
    lost_green, lost_red, lost_both = photo.copy(), photo.copy(), photo.copy()
    lost_green[..., 1] = photo[..., 1] * 0.75
    lost_red[..., 0] = photo[..., 0] * 0.7
    lost_both[..., ::2] = photo[..., ::2] * 0.75
    assert estimate(lost_green).tint > 15
    assert estimate(lost_red).yellowing < -15
    assert estimate(lost_both).tint < -15


def test_grey_photos_fade_and_have_no_cast() -> None:
    grey = PHOTOS[0][..., :1]
    assert estimate(grey).is_neutral
    faded = fade(PHOTOS[0], 0.3)[..., :1]
    tone = estimate(faded)
    assert 20 <= tone.fading <= 35
    assert (tone.yellowing, tone.tint) == (0, 0)
    assert np.array_equal(apply(grey, Tone(yellowing=50, tint=-30)), grey)


def test_a_mount_and_what_is_transparent_are_not_looked_at() -> None:
    old = yellow(fade(PHOTOS[1], 0.3), 0.3)
    height = len(old)
    mounted = old.copy()
    for side in (slice(0, height // 40), slice(-height // 40, None)):
        mounted[side] = 0
    assert abs(estimate(mounted).fading - estimate(old).fading) <= 3
    clear = np.dstack([old, np.full(old.shape[:2], 255, np.uint8)])
    clear[: height // 3] = 0
    assert abs(estimate(clear).fading - estimate(old[height // 3 :]).fading) <= 3


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 500, 1), (3, 3, 4), (600, 2, 3), (2, 3000, 3)])
def test_photos_of_any_size_are_measured(shape: tuple[int, int, int]) -> None:
    assert isinstance(estimate(np.full(shape, 90, np.uint8)), Tone)
    assert estimate(np.zeros(shape, np.uint16)).is_neutral


@settings(max_examples=30, deadline=None)
@given(tones, st.sampled_from([np.uint8, np.uint16]))
def test_curves_rise_and_stay_in_range(tone: Tone, dtype: type) -> None:
    values = curve(tone, 3, np.dtype(dtype))
    assert values.shape == (np.iinfo(dtype).max + 1, 3)
    assert (np.diff(values.astype(int), axis=0) >= 0).all()


def test_each_pixel_is_looked_up_exactly_and_alpha_stays() -> None:
    rng = np.random.default_rng(0)
    tone = Tone(20, 30, -10, 25)
    for dtype, channels in ((np.uint8, 4), (np.uint16, 4), (np.uint16, 2), (np.uint8, 1)):
        pixels = rng.integers(0, np.iinfo(dtype).max + 1, (30, 40, channels)).astype(dtype)
        out = apply(pixels, tone)
        values = curve(tone, channels, pixels.dtype)
        assert out.dtype == dtype
        for channel in range(values.shape[1]):
            assert np.array_equal(out[..., channel], values[pixels[..., channel], channel])
        assert np.array_equal(out[..., values.shape[1] :], pixels[..., values.shape[1] :])
        assert np.array_equal(apply(pixels[7:19, 5:], tone), out[7:19, 5:])


def test_sixteen_bits_keep_their_steps() -> None:
    fine = curve(Tone(fading=30), 1, np.dtype(np.uint16))[:, 0].astype(int)
    inside = (fine > 0) & (fine < 65535)
    steps = np.diff(fine[inside])
    assert steps.max() <= 2  # a value left out at most, where contrast is given back
    coarse = curve(Tone(fading=30), 1, np.dtype(np.uint8))[:, 0]
    assert np.abs(fine[::257] / 257 - coarse).max() <= 0.51


def test_a_neutral_tone_gives_the_same_array() -> None:
    assert apply(PHOTOS[0], Tone()) is PHOTOS[0]
    assert Tone(20, 10, -4, 6).scaled(0).is_neutral
    assert Tone(20, 10, -4, 6).scaled(0.5) == Tone(10, 5, -2, 3)


def test_a_tiled_photo_is_measured_as_an_array_is() -> None:
    old = yellow(fade(PHOTOS[2], 0.3), 0.3)
    assert estimate(TileGrid(old)) == estimate(old)


@pytest.mark.parametrize(
    "wrong", [{"fading": -1}, {"fading": 90}, {"yellowing": 80}, {"tint": -71}, {"brightness": 101}]
)
def test_tones_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="no such tone"):
        Tone(**wrong)
