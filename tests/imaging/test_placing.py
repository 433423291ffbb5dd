"""A picture placed in a photo's mask."""

from __future__ import annotations

import numpy as np
import pytest

from cnnstudio.errors import BadMask
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Layer, Patches, View
from cnnstudio.imaging.placing import SOFT_EDGE, marked_part, place_in_mask
from cnnstudio.imaging.tiles import TileGrid


def photo(height: int = 400, width: int = 600, channels: int = 3, dtype: type = np.uint8) -> np.ndarray:
    noise = np.random.default_rng(0).integers(60, 200, (height, width, channels))
    return (noise * (np.iinfo(dtype).max // 255)).astype(dtype)


def marked(rect: Rect, shape: tuple[int, int] = (400, 600), value: int = 255) -> TileGrid:
    mask = TileGrid.empty(shape)
    mask.write(rect, np.full((rect.h, rect.w), value, np.uint8))
    return mask


def placed(pixels: np.ndarray, patches: Patches) -> np.ndarray:
    return View(pixels).with_layers((Layer("a", "", patches),)).to_array()


def plain(colour: tuple[int, ...], size: int = 32) -> np.ndarray:
    return np.full((size, size, len(colour)), colour, np.uint8)


def test_it_shows_through_the_mask_alone() -> None:
    pixels, rect = photo(), Rect(200, 230, 150, 90)
    out = placed(pixels, place_in_mask(plain((10, 20, 30)), marked(rect), View(pixels)))
    outside = np.ones(pixels.shape[:2], bool)
    outside[rect.slices] = False
    assert np.array_equal(out[outside], pixels[outside])
    assert (out[rect.grown(-SOFT_EDGE - 1).slices] == (10, 20, 30)).all()
    edge, inside = out[275, 200].astype(int), np.array([10, 20, 30])
    assert 0 < np.abs(edge - pixels[275, 200]).sum() < np.abs(inside - pixels[275, 200]).sum()


def test_the_photos_own_edge_is_not_softened() -> None:
    pixels, rect = photo(), Rect(0, 0, 80, 400)
    out = placed(pixels, place_in_mask(plain((10, 20, 30)), marked(rect), View(pixels)))
    assert (out[:, :70] == (10, 20, 30)).all()
    whole = placed(pixels, place_in_mask(plain((10, 20, 30)), marked(Rect(0, 0, 600, 400)), View(pixels)))
    assert (whole == (10, 20, 30)).all()


def test_soft_masks_stay_as_soft_as_they_are() -> None:
    pixels = np.zeros((100, 100, 3), np.uint8)
    ramp = np.broadcast_to(np.clip(np.arange(100) * 5, 0, 255).astype(np.uint8), (100, 100)).copy()
    mask = TileGrid.empty((100, 100))
    mask.write(Rect(0, 0, 100, 100), ramp)
    out = placed(pixels, place_in_mask(plain((255, 255, 255)), mask, View(pixels)))
    assert np.abs(out[..., 0].astype(int) - ramp).max() <= 1


@pytest.mark.parametrize("size", [16, 64, 900])
@pytest.mark.parametrize("rect", [Rect(200, 150, 200, 100), Rect(230, 40, 60, 300), Rect(300, 300, 40, 40)])
def test_it_covers_what_is_marked_and_keeps_its_proportions(size: int, rect: Rect) -> None:
    pixels = photo()
    ys, xs = (np.arange(size) + 0.5) / size, (np.arange(size) + 0.5) / size
    picture = np.zeros((size, size, 3), np.uint8)
    picture[..., 0], picture[..., 1] = np.rint(xs[None] * 255), np.rint(ys[:, None] * 255)
    out = placed(pixels, place_in_mask(picture, marked(rect), View(pixels)))
    side = max(rect.w, rect.h)
    for x, y in ((rect.x + 6, rect.y + 6), (rect.x + rect.w // 2, rect.y + rect.h // 2), (rect.x1 - 7, rect.y1 - 7)):
        u = 0.5 + (x + 0.5 - rect.x - rect.w / 2) / side
        v = 0.5 + (y + 0.5 - rect.y - rect.h / 2) / side
        assert out[y, x, :2] == pytest.approx([255 * u, 255 * v], abs=255 / side + 3)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("colour", [(200,), (200, 100, 50)])
def test_every_kind_of_photo(dtype: type, channels: int, colour: tuple[int, ...]) -> None:
    pixels, rect = photo(120, 140, channels, dtype), Rect(30, 30, 50, 40)
    out = placed(pixels, place_in_mask(plain(colour), marked(rect, (120, 140)), View(pixels)))
    assert (out.dtype, out.shape) == (pixels.dtype, pixels.shape)
    scale = np.iinfo(dtype).max // 255
    middle = out[50, 50].astype(int) / scale
    grey = 200 if len(colour) == 1 else round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)
    expected = [grey] if channels < 3 else list(colour if len(colour) == 3 else colour * 3)
    assert middle[: len(expected)].tolist() == pytest.approx(expected, abs=1)
    if channels in (2, 4):
        assert np.array_equal(out[..., -1], pixels[..., -1])


def test_nothing_marked() -> None:
    pixels = photo()
    with pytest.raises(BadMask, match="Nothing is marked"):
        place_in_mask(plain((1, 2, 3)), TileGrid.empty((400, 600)), View(pixels))


def test_marks_far_apart_touch_nothing_between_them() -> None:
    pixels, mask = photo(1000, 1200), TileGrid.empty((1000, 1200))
    for rect in (Rect(10, 10, 30, 30), Rect(1100, 900, 40, 40)):
        mask.write(rect, np.full((rect.h, rect.w), 255, np.uint8))
    patches = place_in_mask(plain((1, 2, 3)), mask, View(pixels))
    assert sorted(patches.tiles) == [(0, 0), (3, 4)]
    assert np.array_equal(placed(pixels, patches)[400:800], pixels[400:800])


@pytest.mark.parametrize(("channels", "dtype"), [(1, np.uint8), (3, np.uint16), (4, np.uint8)])
def test_what_is_marked_as_a_picture(channels: int, dtype: type) -> None:
    pixels = photo(channels=channels, dtype=dtype)
    part = marked_part(marked(Rect(100, 50, 120, 60)), View(pixels))
    assert np.array_equal(part, pixels[50:110, 130:190])
    small = marked_part(marked(Rect(0, 0, 600, 400)), View(pixels), 100)
    assert (small.shape, small.dtype) == ((100, 100, channels), dtype)
    assert small.mean() == pytest.approx(pixels[:, 100:500].mean(), rel=0.01)


def test_nothing_marked_is_no_picture() -> None:
    with pytest.raises(BadMask, match="Nothing is marked yet"):
        marked_part(TileGrid.empty((400, 600)), View(photo()))
