"""Arrays to QImages and back: the one place where either is turned into the other.

A QImage made here has its own pixels; an array made here is a copy. Either may be used in any thread.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage, qRgba

_Format = QImage.Format
_GREY = {_Format.Format_Grayscale8, _Format.Format_Grayscale16}
_DEEP = {
    _Format.Format_Grayscale16, _Format.Format_RGBX64, _Format.Format_RGBA64, _Format.Format_RGBA64_Premultiplied,
    _Format.Format_BGR30, _Format.Format_A2BGR30_Premultiplied, _Format.Format_RGB30,
    _Format.Format_A2RGB30_Premultiplied, _Format.Format_RGBX16FPx4, _Format.Format_RGBA16FPx4,
    _Format.Format_RGBA16FPx4_Premultiplied, _Format.Format_RGBX32FPx4, _Format.Format_RGBA32FPx4,
    _Format.Format_RGBA32FPx4_Premultiplied,
}  # fmt: skip


def photo_image(pixels: np.ndarray) -> QImage:
    """A photo, or a tile of one, as an image.

    Args:
        pixels: HxWxC, ``uint8`` or ``uint16``: grey, grey and alpha, RGB, or RGB and (straight) alpha.

    Returns:
        ``RGB32``, which QPainter draws many times faster than three bytes a pixel; ``ARGB32`` where there is alpha.
    """
    import cv2

    if pixels.dtype != np.uint8:
        from cnnstudio.imaging.encode import to_8bit

        pixels = to_8bit(pixels)
    height, width, channels = pixels.shape
    four: np.ndarray
    if channels == 2:
        four = np.empty((height, width, 4), np.uint8)
        four[..., :3], four[..., 3] = pixels[..., :1], pixels[..., 1]
    else:
        how = {1: cv2.COLOR_GRAY2BGRA, 3: cv2.COLOR_RGB2BGRA, 4: cv2.COLOR_RGBA2BGRA}
        four = cv2.cvtColor(pixels, how[channels])
    kind = _Format.Format_RGB32 if channels in (1, 3) else _Format.Format_ARGB32
    return QImage(four.data, width, height, four.strides[0], kind)


def tile_image(pixels: np.ndarray) -> QImage:
    """As :func:`photo_image`, but to be drawn only: alpha is multiplied in, which loses colours where it is low."""
    image = photo_image(pixels)
    if image.hasAlphaChannel():
        image.convertTo(_Format.Format_ARGB32_Premultiplied)
    return image


def mask_colours(colour: QColor, opacity: float) -> list[int]:
    """The colour of each of a mask's 256 values: the more it is marked, the more opaque."""
    red, green, blue = colour.red(), colour.green(), colour.blue()
    return [qRgba(red, green, blue, round(value * opacity)) for value in range(256)]


def heat_colours(opacity: float) -> list[int]:
    """The colour of each value of a heat map: none for 0, then from blue by grey to yellow.

    All eyes can tell these apart, and they grow lighter on the way, so that they can be told apart in grey too.
    """
    stops = np.array([(0x2D, 0x5F, 0xD0), (0x9A, 0x9A, 0x9A), (0xFF, 0xE1, 0x35)], float)
    alpha = round(255 * opacity)
    colours = [qRgba(0, 0, 0, 0)]
    for value in range(255):
        at = 2 * value / 254
        low = min(int(at), 1)
        red, green, blue = (round(n) for n in stops[low] + (stops[low + 1] - stops[low]) * (at - low))
        colours.append(qRgba(red, green, blue, alpha))
    return colours


def mask_image(values: np.ndarray, colours: list[int]) -> QImage:
    """A tile of a mask, HxW ``uint8``, in colours; a null image where nothing is marked."""
    if not values.any():
        return QImage()
    values = np.ascontiguousarray(values)
    height, width = values.shape
    image = QImage(values.data, width, height, values.strides[0], _Format.Format_Indexed8)
    image.setColorTable(colours)
    # Looking the colours up once costs as much as drawing the tile once; drawing it is five times faster then.
    return image.convertToFormat(_Format.Format_ARGB32_Premultiplied)


def image_pixels(image: QImage) -> np.ndarray:
    """An image of any format as HxWxC: grey, RGB, or RGB and straight alpha.

    Returns:
        ``uint16`` where the image has more than 8 bits, else ``uint8``.
    """
    deep, kind, has_palette = image.format() in _DEEP, image.format(), image.colorCount() > 0
    if kind in _GREY:
        channels, stored = 1, 1
        wanted = _Format.Format_Grayscale16 if deep else _Format.Format_Grayscale8
    else:
        channels, stored = 4 if image.hasAlphaChannel() else 3, 4
        wanted = _Format.Format_RGBA64 if deep else _Format.Format_RGBA8888
    image = image.convertToFormat(wanted)
    dtype = np.dtype(np.uint16 if deep else np.uint8)
    rows = np.frombuffer(image.constBits(), dtype).reshape(image.height(), -1)  # wider than the image, by its stride
    pixels = rows[:, : image.width() * stored].reshape(image.height(), image.width(), stored)
    if has_palette and channels == 4 and (pixels[..., 3] == 255).all():
        channels = 3  # only colours that no pixel uses are transparent
    return pixels[..., :channels].copy()
