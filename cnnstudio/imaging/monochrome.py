"""Whether a photo has colours of its own."""

from __future__ import annotations

import cv2
import numpy as np

_SIDE = 64
_LEVELS = 10  # of brightness
_MOST_COLOUR = 3.0  # what is left of colours once the tone of each level of brightness is taken away, CIELAB units
_BLUEST = -2.0  # b* of the mean: prints turn brown, not blue


def is_monochrome(pixels: np.ndarray) -> bool:
    """Whether a photo is grey, or toned as a whole, in the brown of old prints.

    A toned print has one colour at each level of brightness. What is blue as a whole is more likely to be sky or water
    in full colour.

    Args:
        pixels: HxWxC ``uint8``, C = 1 or 3.
    """
    if pixels.ndim < 3 or pixels.shape[2] == 1:
        return True
    small = cv2.resize(pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    light, *colours = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).reshape(-1, 3).T
    level = np.clip(light * _LEVELS / 100, 0, _LEVELS - 1).astype(np.intp)
    count = np.maximum(np.bincount(level, minlength=_LEVELS), 1)
    left = [axis - (np.bincount(level, axis, _LEVELS) / count)[level] for axis in colours]
    return bool(np.sqrt(np.square(left).sum(0).mean()) < _MOST_COLOUR and colours[1].mean() > _BLUEST)
