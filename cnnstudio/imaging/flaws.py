"""How noisy a photo is, and how coarsely JPEG has stored it: measured on its pixels, 0 where it is clean.

Both look at some windows spread over the photo, so a large scan takes no longer than a small one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnnstudio.imaging.encode import DEFAULT_QUALITY
from cnnstudio.imaging.metadata import JpegEncoding, Metadata
from cnnstudio.imaging.photo import Pixels

CLEAN_NOISE = 2.5
"""Grey levels of 255: less noise than this is left alone. Good photos have it, and fine detail looks like it."""
CLEAN_QUALITY = 85.0
"""Quality of a JPEG, as libjpeg counts it, from which on its marks are left alone."""

_WINDOW, _ACROSS = 256, 6  # pixels a side (a multiple of 8), and how many at most in a row and in a column
_BLOCK = 16  # side of the blocks of which the flattest tell the noise
_FLATTEST = 10  # per cent of the blocks
_FEWEST_BLOCKS = 8
_COARSE, _CLEAN_COARSE, _EVEN = 0.75, 3.0, 0.76
_MARGINS = 80.0, 40.0, 16.0  # grey levels of 255: what lies nearer to black or white is not looked at

# The luminance table of ISO/IEC 10918-1, annex K: what libjpeg scales by the quality.
_STANDARD = np.array([
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
], np.float64).reshape(8, 8)  # fmt: skip
# The waves whose steps are looked for: (row, column) of the table, the slowest first.
_WAVES = ((0, 1), (1, 0), (1, 1), (2, 0), (0, 2), (1, 2), (2, 1), (2, 2), (3, 0), (0, 3))
_STEPS = np.arange(3, 121)
_MOST_BLOCKS = 8192


def noise_of(pixels: Pixels) -> float:
    """The deviation of a photo's noise in grey levels of 255; 0 where it is less than :data:`CLEAN_NOISE`.

    A filter that flat and evenly sloping parts do not pass (Immerkaer, "Fast noise variance estimation", 1996) leaves
    noise and edges; the median of its absolute values in small blocks leaves out most edges, and the flattest tenth of
    all blocks the rest. Of colours the root mean square.

    Args:
        pixels: HxWxC ``uint8`` or ``uint16``, C from 1 to 4; anything with ``shape``, ``dtype`` and cutting by two
            slices. Alpha is not looked at.
    """
    windows = list(_windows(pixels))
    colours = windows[0].shape[2]
    fine, _ = _flattest([_deviations(window) for window in windows], colours)
    coarse, evenness = _flattest([_deviations(_halved(window)) for window in windows], colours)
    # Of white noise half is left in a photo of half the size, of coarse grain more. Fine detail looks like grain there,
    # but not in all flat parts alike.
    if coarse > _COARSE * fine and coarse >= _CLEAN_COARSE and evenness >= _EVEN:
        return 2 * coarse
    return fine if fine >= CLEAN_NOISE else 0.0


def quality_of(pixels: Pixels, encoding: JpegEncoding | None = None) -> float:
    """The quality at which a photo was once stored as JPEG, 1 to 100 as libjpeg counts it; 100 where none shows.

    JPEG rounds the waves of each block of 8 x 8 pixels to multiples of a step. Decoded, and stored in any other way,
    their heights still lie near these multiples: the step is that around which they crowd most. So nothing is found in
    a photo that never was a JPEG, or was scaled since; what is found at 85 and above counts as 100.

    Args:
        pixels: as in :func:`noise_of`.
        encoding: of the file the pixels come from. The coarser of what it says and what the pixels say counts.
    """
    quality = min(quality_told(encoding), _quality(_scale_seen(pixels)))
    return quality if quality < CLEAN_QUALITY else 100.0


def quality_told(encoding: JpegEncoding | None) -> float:
    """The quality that a JPEG's own tables tell, 1 to 100; 100 for what is no JPEG."""
    if encoding is None or not encoding.tables:
        return 100.0
    table = np.array(encoding.tables[0], np.float64).reshape(8, 8)
    return _quality(float(np.median([100 * table[wave] / _STANDARD[wave] for wave in _WAVES])))


def saved_finely(metadata: Metadata) -> Metadata:
    """The metadata of a photo whose blocks have been taken out: a JPEG's own tables would bring them back."""
    return replace(metadata, jpeg=None) if quality_told(metadata.jpeg) < DEFAULT_QUALITY else metadata


_HIGH_PASS = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
_MEDIAN_OF_NORMAL = 0.6745  # of the absolute values, deviation 1
_FLATTEST_OF_NOISE = {1: 0.865, 3: 0.93}  # by colours: the tenth percentile of the blocks of pure noise, deviation 1


def _windows(pixels: Pixels) -> Iterator[np.ndarray]:
    """Parts of a photo at multiples of 8, hxwx(1 or 3) ``float32`` in grey levels of 255."""
    height, width, channels = pixels.shape
    scale = np.float32(255 / np.iinfo(pixels.dtype).max)
    for y in _starts(height):
        for x in _starts(width):
            part = np.asarray(pixels[y : y + _WINDOW, x : x + _WINDOW])
            yield part[..., : 1 if channels < 3 else 3].astype(np.float32) * scale


def _starts(size: int) -> list[int]:
    count = min(_ACROSS, max(1, size // _WINDOW))
    return sorted({round(start) // 8 * 8 for start in np.linspace(0, max(0, size - _WINDOW), count)})


def _halved(window: np.ndarray) -> np.ndarray:
    """Each pixel the mean of four."""
    height, width, colours = window.shape
    return np.asarray(
        window[: height // 2 * 2, : width // 2 * 2].reshape(height // 2, 2, width // 2, 2, colours).mean((1, 3))
    )


def _deviations(window: np.ndarray) -> np.ndarray:
    """(blocks, 2): how much each block of a window deviates from the slope it lies on, and how light it is."""
    height, width = window.shape[:2]
    rows, columns = max(0, height - 2) // _BLOCK, max(0, width - 2) // _BLOCK
    if not rows * columns:
        return np.zeros((0, 2), np.float32)
    passed = cv2.filter2D(window, -1, _HIGH_PASS).reshape(window.shape)[1:-1, 1:-1]
    deviation = np.median(np.abs(_in_blocks(passed, rows, columns)), axis=1) / _MEDIAN_OF_NORMAL
    light = _in_blocks(window[1:-1, 1:-1], rows, columns).mean((1, 2))
    return np.stack([np.sqrt(np.square(deviation).mean(1)), light], 1)


def _flattest(windows: list[np.ndarray], colours: int) -> tuple[float, float]:
    """(the noise of the flattest blocks, of those that black and white do not cut off; how alike these are, 0 to 1)."""
    deviations, light = np.concatenate(windows).T
    noise = evenness = 0.0
    for margin in _MARGINS:
        inside = deviations[(light > margin) & (light < 255 - margin)]
        # The weaker the noise, the nearer to black and white it may be.
        if len(inside) >= _FEWEST_BLOCKS and 2 * noise <= margin:
            low, flat, high = np.percentile(inside, [5, _FLATTEST, 20]).tolist()
            noise, evenness = flat / _FLATTEST_OF_NOISE[colours], low / max(high, 1e-6)
    return noise, evenness


def _in_blocks(pixels: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """(blocks, pixels of a block, C)."""
    cut = pixels[: rows * _BLOCK, : columns * _BLOCK]
    blocks = cut.reshape(rows, _BLOCK, columns, _BLOCK, -1).swapaxes(1, 2)
    return np.asarray(blocks.reshape(rows * columns, _BLOCK * _BLOCK, -1))


def _quality(scale: float) -> float:
    """libjpeg's quality whose tables are ``scale`` per cent of the standard's."""
    if scale <= 0:
        return 100.0
    return max(1.0, 5000 / scale if scale > 100 else (200 - scale) / 2)


def _scale_seen(pixels: Pixels) -> float:
    """How coarse the steps in the pixels are, in per cent of the standard table; 0 where there are none."""
    lumas = [_luma(window) for window in _windows(pixels) if min(window.shape[:2]) >= 24]
    if not lumas:
        return 0.0
    down, across = _phase([luma.T for luma in lumas]), _phase(lumas)
    heights = np.concatenate([_waves(luma[down:, across:]) for luma in lumas])
    heights = heights[:: max(1, len(heights) // _MOST_BLOCKS)]
    scales = []
    for number, wave in enumerate(_WAVES):
        step = _step(heights[:, number])
        if step:
            scales.append(100 * step / _STANDARD[wave])
    return float(np.median(scales)) if len(scales) >= 3 else 0.0


def _luma(window: np.ndarray) -> np.ndarray:
    """As JPEG has it."""
    if window.shape[2] == 1:
        return np.asarray(window[..., 0])
    return np.asarray(window @ np.array([0.299, 0.587, 0.114], np.float32))


def _phase(lumas: list[np.ndarray]) -> int:
    """The column, 0 to 7, at which the blocks begin: where steps from one column to the next are largest."""
    total, count = np.zeros(8), np.zeros(8)
    for luma in lumas:
        # Steps that the slopes on either side do not explain.
        slopes = np.diff(luma, axis=1)
        odd = np.abs(slopes[:, 1:-1] - (slopes[:, :-2] + slopes[:, 2:]) / 2).clip(max=20).mean(0)
        places = (np.arange(len(odd)) + 2) % 8
        total += np.bincount(places, odd, 8)
        count += np.bincount(places, minlength=8)
    return int(np.argmax(total / np.maximum(count, 1)))


def _waves(luma: np.ndarray) -> np.ndarray:
    """(blocks, waves): how high each of :data:`_WAVES` is in each block."""
    blocks = sliding_window_view(luma, (8, 8))[::8, ::8].reshape(-1, 64)
    return np.asarray(blocks @ _BASIS)


def _basis() -> np.ndarray:
    """(64, waves): the discrete cosine transform's, orthonormal."""
    n = np.arange(8)
    rows = np.cos((2 * n[None] + 1) * n[:, None] * np.pi / 16) * np.where(n == 0, np.sqrt(1 / 8), 0.5)[:, None]
    return np.stack([np.outer(rows[v], rows[u]).ravel() for v, u in _WAVES], 1).astype(np.float32)


_BASIS = _basis()


def _step(heights: np.ndarray) -> int:
    """The step around whose multiples heights crowd; 0 where they do not."""
    best, found = 0.6, 0
    for step in _STEPS.tolist():
        far = heights[np.abs(heights) > 0.6 * step]
        if len(far) < 48:
            break
        crowded = float(np.cos(far * (2 * np.pi / step)).mean())
        if crowded > best:
            best, found = crowded, step
    return found
