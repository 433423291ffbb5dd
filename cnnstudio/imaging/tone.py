"""Tone: what decades did to the light of a photo as a whole, told in a few numbers, measured, and taken back.

Paper that has yellowed swallows blue light; dyes that have faded leave blacks grey. Both act on every pixel alike, so a
curve for each channel takes them back: no network, nothing is made up, and what the curve does can be read off.

>>> tone = estimate(photo.pixels)  # Tone() where the photo needs nothing
>>> pixels = apply(photo.pixels, tone)
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

import cv2
import numpy as np

from cnnstudio.imaging.encode import to_8bit
from cnnstudio.imaging.photo import Pixels

PALE = 0.73
"""What everything fades to, of full light: neither black nor white."""
MOST_FADING = 80.0
"""Per cent of the contrast that may be given back: beyond that the steps between grey values would be seen."""
MOST_CAST = 70.0
"""Per cent of a channel's light that may be given back."""

_SIDE = 128  # a photo is measured at about this size, where specks, grain and scratches are gone
_BORDER = 0.03  # of each side, not looked at: mounts and the lids of scanners
_BAND = 1 << 22  # pixels that are looked up at a time
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)

# Blacks up to here (the darkest channel's share of full light) are those of good photos, too. Fading dims whites as
# well: where they shine, blacks may be as light as the second number says before anything is made of it.
_BLACK, _BLACK_UNDER_WHITE = 0.04, 0.08
_DIM = 0.95
_SURELY_FADED = 0.08  # so much lighter still, and nobody doubts it
# Casts that good photos of a warm evening have, too; where the blacks tell of fading, less of a cast is believed.
_CAST, _CAST_IF_FADED = 0.14, 0.02


@dataclass(frozen=True)
class Tone:
    """What has happened to a photo's light, which :func:`apply` takes back; 0 everywhere is nothing.

    Attributes:
        fading: 0 to 80, per cent of the contrast lost: blacks have become grey.
        yellowing: -70 to 70, per cent of the blue light lost (green loses a quarter as much); below 0 the photo has
            turned blue, and it is the red light.
        tint: -70 to 70, per cent of the green light lost: the photo has turned magenta; below 0 it has turned green.
        brightness: -100 to 100, how much lighter the middle greys shall be; black and white stay.
    """

    fading: float = 0.0
    yellowing: float = 0.0
    tint: float = 0.0
    brightness: float = 0.0

    def __post_init__(self) -> None:
        cast, bright = abs(self.yellowing) <= MOST_CAST and abs(self.tint) <= MOST_CAST, abs(self.brightness) <= 100
        if not (0 <= self.fading <= MOST_FADING and cast and bright):
            raise ValueError(f"no such tone: {self}")

    @property
    def is_neutral(self) -> bool:
        """Whether it changes nothing."""
        return not any(astuple(self))

    def scaled(self, share: float) -> Tone:
        """So much of it, 0 (nothing) to 1 (all)."""
        return Tone(*(value * share for value in astuple(self)))


def estimate(pixels: Pixels) -> Tone:
    """What has happened to a photo's light, as far as the photo itself proves it.

    Fading shows in the darkest pixels: if nothing is dark, black has become grey. A cast must show in several places:
    in the brightest pixels, in the pixels that are furthest on the other side (if paper has yellowed, then nothing at
    all is blue any more) and, where black has become grey, in the darkest. What only one of them says may be the
    colour of what was photographed. So a good photo gets ``Tone()`` and a doubtful one too little rather than too much.
    The brightness is left to people.

    Args:
        pixels: HxWxC ``uint8`` or ``uint16``, C from 1 to 4; anything with ``shape``, ``dtype`` and cutting by two
            slices. Transparent pixels are not looked at.
    """
    colours = _looked_at(pixels)
    if len(colours) < 16:
        return Tone()
    fading = _fading(colours)
    if colours.shape[1] == 1:
        return Tone(fading=_percent(fading, MOST_FADING))
    luma = colours @ _LUMA
    faded = min(1.0, fading * PALE / _SURELY_FADED)
    warmth = _cast(np.log((colours[:, 2] + 0.02) / (colours[:, 0] + 0.02)), luma, faded, dark=0.07)
    yellowing = 1 - np.exp(-abs(warmth))
    tone = Tone(yellowing=_percent(np.copysign(yellowing, -warmth), MOST_CAST))
    colours = colours / _gains(tone)
    greenness = _cast(_greenness(colours), luma, faded, dark=0.0)
    tint = 1 - np.exp(-abs(greenness))
    tone = replace(tone, tint=_percent(np.copysign(tint, -greenness), MOST_CAST))
    # A black that has lost its blue is darker there: how grey it has become is told without the cast.
    fading = _fading(colours / _gains(replace(tone, yellowing=0.0)))
    return replace(tone, fading=_percent(fading, MOST_FADING))


def apply(pixels: np.ndarray, tone: Tone) -> np.ndarray:
    """Pixels as they were before: HxWxC, same dtype, alpha untouched. Each pixel depends on nothing but itself.

    Returns:
        an array of its own, or ``pixels`` itself where the tone is neutral.
    """
    if tone.is_neutral:
        return pixels
    channels = pixels.shape[2]
    curves = curve(tone, channels, pixels.dtype)
    colours = curves.shape[1]
    out = np.empty_like(pixels)
    rows = max(1, _BAND // max(1, pixels.shape[1]))
    for top in range(0, len(pixels), rows):
        for channel in range(colours):
            out[top : top + rows, :, channel] = curves[pixels[top : top + rows, :, channel], channel]
    out[..., colours:] = pixels[..., colours:]
    return out


def curve(tone: Tone, channels: int, dtype: np.dtype) -> np.ndarray:
    """What becomes of each value: (256 or 65536, colour channels) of ``dtype``, rising in every column.

    Args:
        channels: of the photo, 1 to 4. Grey has no cast.
    """
    most = np.iinfo(dtype).max
    gains = np.ones(1) if channels < 3 else _gains(tone)
    light = np.linspace(0, 1, most + 1)[:, None] / gains
    fading = tone.fading / 100
    light = np.clip((light - PALE * fading) / (1 - fading), 0, 1)
    light = light ** (2 ** (-tone.brightness / 100))
    return np.asarray(np.rint(light * most), dtype)


def _gains(tone: Tone) -> np.ndarray:
    """The share of its light that each channel has left."""
    yellow, tint = tone.yellowing / 100, tone.tint / 100
    lost, lost_green, lost_others = abs(yellow), max(tint, 0), max(-tint, 0)
    red, blue = (1.0, 1 - lost) if yellow > 0 else (1 - lost, 1.0)
    return np.array([red * (1 - lost_others), (1 - lost / 4) * (1 - lost_green), blue * (1 - lost_others)])


def _looked_at(pixels: Pixels) -> np.ndarray:
    """(n, 1 or 3) ``float32`` in [0, 1]: the photo in small, without its border and what is transparent."""
    height, width, channels = pixels.shape
    x, y = int(width * _BORDER), int(height * _BORDER)
    # A band at a time: a large scan, or one seen through layers, needs no second copy.
    step = max(1, min(max(height, width) // _SIDE, height - 2 * y, width - 2 * x))
    if step == 1:
        small = to_8bit(np.asarray(pixels[y : height - y, x : width - x]))
    else:
        rows = []
        for top in range(y, height - y - step + 1, step):
            band = to_8bit(np.asarray(pixels[top : top + step, x : width - x]))
            band = band[:, : band.shape[1] // step * step]
            rows.append(
                cv2.resize(band, (band.shape[1] // step, 1), interpolation=cv2.INTER_AREA).reshape(-1, channels)
            )
        small = np.stack(rows) if rows else np.zeros((0, 1, channels), np.uint8)
    flat = small.reshape(-1, channels)
    if channels in (2, 4):
        flat = flat[flat[:, -1] >= 128]
    return flat[:, : 1 if channels < 3 else 3].astype(np.float32) / 255


def _fading(colours: np.ndarray) -> float:
    """The share of the contrast lost."""
    black, white = float(np.percentile(colours.min(1), 0.3)), float(np.percentile(colours.max(1), 99.7))
    dim = float(np.clip((1 - white) / (1 - _DIM), 0, 1))
    over = max(0.0, black - _BLACK_UNDER_WHITE - dim * (_BLACK - _BLACK_UNDER_WHITE))
    return over / PALE * min(1.0, over / _SURELY_FADED)


def _greenness(colours: np.ndarray) -> np.ndarray:
    return np.asarray(np.log((colours[:, 1] + 0.02) / (np.sqrt(colours[:, 0] * colours[:, 2]) + 0.02)))


def _cast(leaning: np.ndarray, luma: np.ndarray, faded: float, dark: float) -> float:
    """How far the colours of a photo lean to one side as a whole, as a logarithm; 0 where that is in doubt.

    Args:
        leaning: (n,) of each pixel, 0 for grey.
        luma: (n,) of each pixel.
        faded: 0 to 1, how sure it is that black has become grey: then its colour tells of the cast, too.
        dark: how far the blacks of a faded photo lean without a cast.
    """
    bright = leaning[luma >= np.percentile(luma, 98)].mean()
    seen = leaning[luma >= np.percentile(luma, 20)]
    black = leaning[luma <= np.percentile(luma, 2)].mean() + dark
    low, high = np.percentile(seen, [5, 95])
    nearest = low if low > 0 else high if high < 0 else 0.0
    # Of two that say the same the smaller counts; that two say opposite things is no cast.
    both = min(bright, nearest, key=abs) if bright * nearest > 0 else 0.0
    three = float(np.median([bright, nearest, black]))
    believed = both + faded * (three - both)
    doubt = _CAST + faded * (_CAST_IF_FADED - _CAST)
    return float(np.sign(believed) * max(0.0, abs(believed) - doubt))


def _percent(share: float, most: float) -> float:
    """As a person reads it: whole per cent, and none for one or two."""
    percent = float(np.clip(round(100 * share), -most, most))
    return percent if abs(percent) >= 3 else 0.0
