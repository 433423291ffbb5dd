"""Ageing that touches the whole photograph: fading, yellowing, uneven light, grain, blur and the marks of JPEG.

`draw_ageing` decides what happens to a photograph and `apply_ageing` does it, so that whoever needs to know what was
done (a test, a network that undoes it) has it in an `Ageing`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Ageing:
    """What happens to a photograph; the values here change nothing."""

    blur: float = 0.0
    """Deviation of the Gaussian blur in pixels."""
    grain: float = 0.0
    """Deviation of the grain in grey values, at medium grey."""
    grain_size: float = 1.0
    """Pixels across a grain."""
    grain_seed: int = 0
    fading: float = 0.0
    """Share of the contrast lost, 0 to 1."""
    yellowing: float = 0.0
    """Share of the blue light lost, 0 to 1; green loses a quarter of that."""
    vignette: float = 0.0
    """Share of the light lost in the corners, 0 to 1; negative where the edges have paled."""
    jpeg_quality: int = 100
    """1 to 99; 100 stands for no compression at all."""


def age(image: Image, rng: np.random.Generator, strength: float = 1.0, **fixed: Any) -> Image:
    """A photograph as it looks after decades.

    Args:
        image: HxWx3 uint8, RGB; not changed.
        rng: where all chance comes from.
        strength: 0 (nothing happens) to about 1.5 (hardly a photo any more).
        fixed: fields of `Ageing` to set instead of drawing them, such as ``grain=0.0``.

    Returns:
        HxWx3 uint8.
    """
    return apply_ageing(image, replace(draw_ageing(rng, strength), **fixed))


def draw_ageing(rng: np.random.Generator, strength: float = 1.0) -> Ageing:
    """What may have happened to a photograph; about every third kind of ageing is left out."""
    present = rng.random(6) < 0.7
    blur, grain, fading, yellowing, vignette, loss = rng.uniform(0.15, 1.0, 6) * present * strength
    return Ageing(
        blur=1.2 * blur,
        grain=12 * grain,
        grain_size=float(rng.uniform(1.0, 2.0)),
        grain_seed=int(rng.integers(0, 2**31)),
        fading=min(1.0, 0.45 * fading),
        yellowing=min(1.0, 0.4 * yellowing),
        vignette=float(rng.choice([-0.6, 1.0])) * min(1.0, 0.45 * vignette),
        jpeg_quality=int(max(20, 100 - 60 * loss)),
    )


def apply_ageing(image: Image, ageing: Ageing) -> Image:
    """Everything in ``ageing`` in the order of a photo's life: camera, film, print, decades, scanner."""
    image = blur(image, ageing.blur)
    image = grain(image, ageing.grain, ageing.grain_size, np.random.default_rng(ageing.grain_seed))
    image = fade(image, ageing.fading)
    image = yellow(image, ageing.yellowing)
    image = vignette(image, ageing.vignette)
    return jpeg(image, ageing.jpeg_quality)


def blur(image: Image, sigma: float) -> Image:
    """Soft focus: a Gaussian of that deviation in pixels."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8) if sigma > 0 else image.copy()


def grain(image: Image, amount: float, size: float, rng: np.random.Generator) -> Image:
    """Grain of the film: the same in all channels, strongest in the middle greys, about ``size`` pixels across."""
    height, width = image.shape[:2]
    cells = rng.standard_normal((int(np.ceil(height / size)), int(np.ceil(width / size))), np.float32)
    noise = np.asarray(cv2.resize(cells, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)[..., None]
    noise /= max(float(noise.std()), 1e-6)
    level = image.astype(np.float32) / np.float32(255)
    return _rounded(level * 255 + np.float32(amount) * noise * np.sqrt(np.maximum(4 * level * (1 - level), 0.04)))


def fade(image: Image, amount: float) -> Image:
    """Contrast lost: blacks rise to a warm grey, and a little, whites sink."""
    pale = np.array([196.0, 186.0, 170.0], np.float32)
    return _rounded(image * (1 - amount) + pale * amount)


def yellow(image: Image, amount: float) -> Image:
    """Paper turned yellow: it swallows ``amount`` of the blue light and a quarter as much of the green."""
    return _rounded(image * np.array([1.0, 1.0 - amount / 4, 1.0 - amount], np.float32))


def vignette(image: Image, amount: float) -> Image:
    """Light lost towards the corners (or, where negative, paled there); the centre stays as it is."""
    height, width = image.shape[:2]
    y, x = np.linspace(-1, 1, height, dtype=np.float32)[:, None], np.linspace(-1, 1, width, dtype=np.float32)[None]
    away = ((x**2 + y**2) / 2)[..., None] * np.float32(abs(amount))
    values = image.astype(np.float32)
    return _rounded(values - values * away if amount >= 0 else values + (255 - values) * away)


def jpeg(image: Image, quality: int) -> Image:
    """Saved as JPEG at this quality and read again; 100 leaves the image as it is."""
    if quality >= 100:
        return image.copy()
    _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])


def _rounded(values: npt.ArrayLike) -> Image:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)
