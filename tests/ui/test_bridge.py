"""Arrays become images and images arrays without a changed pixel."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from cnnstudio.ui.bridge import image_pixels, mask_colours, mask_image, photo_image, tile_image

Format = QImage.Format


def noise(height: int, width: int, channels: int, dtype: type = np.uint8) -> np.ndarray:
    return np.random.default_rng(3).integers(0, np.iinfo(dtype).max, (height, width, channels), dtype, endpoint=True)


@pytest.mark.parametrize("width", [1, 7, 256])
@pytest.mark.parametrize(("channels", "shown"), [(1, 3), (2, 4), (3, 3), (4, 4)])
def test_there_and_back(channels: int, shown: int, width: int):
    pixels = noise(5, width, channels)
    back = image_pixels(photo_image(pixels))
    assert back.shape == (5, width, shown)
    colours, alpha = (back[..., :3], back[..., 3:]) if shown == 4 else (back, None)
    assert np.array_equal(colours, np.broadcast_to(pixels[..., : 3 if channels > 2 else 1], colours.shape))
    if alpha is not None:
        assert np.array_equal(alpha, pixels[..., -1:])


def test_an_image_outlives_the_array_it_is_made_of():
    big = noise(300, 300, 3)
    image = photo_image(big[10:266, 20:276])
    expected = big[10:266, 20:276].copy()
    big[:] = 0
    del big
    gc.collect()
    assert np.array_equal(image_pixels(image), expected)


def test_a_tile_that_cannot_be_written_or_lies_in_a_photo():
    pixels = noise(64, 64, 1)
    pixels.flags.writeable = False
    assert np.array_equal(image_pixels(photo_image(pixels[3:40, 5:30]))[..., :1], pixels[3:40, 5:30])


def test_sixteen_bits_are_shown_in_eight():
    pixels = noise(4, 9, 3, np.uint16)
    assert np.abs(image_pixels(photo_image(pixels)).astype(int) - pixels / 257).max() <= 0.5


def test_tiles_are_of_the_formats_that_are_drawn_fast():
    assert tile_image(noise(2, 2, 3)).format() == tile_image(noise(2, 2, 1)).format() == Format.Format_RGB32
    assert tile_image(noise(2, 2, 4)).format() == Format.Format_ARGB32_Premultiplied


def test_a_mask_has_the_colour_and_grows_opaque():
    values = np.array([[0, 51, 255]], np.uint8)
    image = mask_image(values, mask_colours(QColor(10, 200, 30), 0.5))
    drawn = [image.pixelColor(x, 0) for x in range(3)]
    assert [c.alpha() for c in drawn] == [0, 26, 128]
    assert (drawn[2].red(), drawn[2].green(), drawn[2].blue()) == (10, 199, 30) or drawn[2].green() == 200


def test_an_empty_mask_is_no_image():
    assert mask_image(np.broadcast_to(np.uint8(0), (256, 256)), [0] * 256).isNull()


@pytest.mark.parametrize(
    ("kind", "dtype", "channels"),
    [
        (Format.Format_RGB32, np.uint8, 3), (Format.Format_RGB888, np.uint8, 3), (Format.Format_BGR888, np.uint8, 3),
        (Format.Format_ARGB32, np.uint8, 4), (Format.Format_RGBA8888, np.uint8, 4),
        (Format.Format_Indexed8, np.uint8, 3), (Format.Format_Grayscale8, np.uint8, 1),
        (Format.Format_Grayscale16, np.uint16, 1), (Format.Format_RGBX64, np.uint16, 3),
        (Format.Format_RGBA64, np.uint16, 4),
    ],
)  # fmt: skip
def test_images_of_any_format(kind: Format, dtype: type, channels: int):
    # 7 pixels: rows of three bytes a pixel are padded.
    image = QImage(7, 3, Format.Format_RGBA64)
    image.fill(QColor(255, 0, 51))
    pixels = image_pixels(image.convertToFormat(kind))
    assert pixels.dtype == dtype
    assert pixels.shape == (3, 7, channels)
    if channels > 1:
        scale = np.iinfo(dtype).max // 255
        assert (pixels == np.array([255, 0, 51, 255], np.uint16)[:channels] * scale).all()


def test_a_palette_has_alpha_only_where_a_pixel_uses_it():
    image = QImage(3, 2, Format.Format_Indexed8)
    image.setColorTable([0xFF102030, 0x80102030])
    image.fill(0)
    assert image_pixels(image).shape == (2, 3, 3)
    image.setPixel(1, 1, 1)
    pixels = image_pixels(image)
    assert pixels.shape == (2, 3, 4)
    assert pixels[1, 1].tolist() == [0x10, 0x20, 0x30, 0x80]
