"""What damage looks like: a photograph painted with the scratches, tears, stains and ink that a hole stands for.

Each kind has its own look, drawn from what scanners see: dust and scratches are white where the emulsion is gone and
dark where dirt sits in it; tears show the fibres of the paper and catch the light of the lamp on one side; stains
multiply and have a tide line; missing pieces show the scanner's lid behind a torn edge; ink multiplies.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from training.damage.marks import Mask

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

HALO = 4
"""Pixels farther than this from the hole are left as they are."""

_PAPER = np.array([(250, 247, 240), (243, 236, 220), (232, 222, 200)], np.float32)
_DIRT = np.array([(14, 13, 13), (34, 28, 24), (62, 52, 44)], np.float32)
_BEHIND = np.array([(252, 252, 252), (238, 238, 236), (18, 18, 20), (66, 52, 42), (120, 112, 100)], np.float32)
_INK = np.array([(72, 40, 130), (30, 50, 140), (170, 30, 40), (35, 32, 40)], np.float32)
_PEN = np.array([(28, 40, 110), (25, 25, 30), (60, 60, 66), (150, 30, 40), (244, 242, 236)], np.float32)
_STAIN = np.array([(0.80, 0.66, 0.42), (0.88, 0.78, 0.55), (0.62, 0.48, 0.34), (0.72, 0.74, 0.66)], np.float32)

_MOULD = np.array((0.30, 0.28, 0.25), np.float32)


def paint_damage(image: Image, hole: Mask, kind: str, rng: np.random.Generator) -> Image:
    """A photograph as it looks with this damage on it.

    Args:
        image: HxWx3 uint8, RGB; not changed.
        hole: HxW uint8, 255 where the damage lies.
        kind: one of `training.damage.CLASSES`.
        rng: where colours and textures come from; the same state paints the same damage.

    Returns:
        HxWx3 uint8, equal to ``image`` farther than `HALO` pixels from the hole.
    """
    if kind not in _LOOKS:
        raise ValueError(f"no such kind of damage: {kind}")
    painted = _LOOKS[kind](image.astype(np.float32), hole, rng)
    near = cv2.dilate(hole, np.ones((2 * HALO + 1, 2 * HALO + 1), np.uint8)) >= 128
    result = image.copy()
    result[near] = np.clip(np.rint(painted[near]), 0, 255).astype(np.uint8)
    return result


def _soft(hole: Mask, sigma: float = 0.6) -> Floats:
    """HxW opacity of the hole, 0 to 1, with a soft edge; thin lines stay nearly opaque."""
    blurred = cv2.GaussianBlur(hole.astype(np.float32) / 255, (0, 0), sigma)
    return np.asarray(np.minimum(blurred * 1.5, 1.0), np.float32)


def _noise(shape: tuple[int, ...], cell: float, rng: np.random.Generator) -> Floats:
    """HxW smooth noise of about unit deviation, with features about ``cell`` pixels across."""
    height, width = shape[:2]
    coarse = rng.standard_normal((int(height / cell) + 2, int(width / cell) + 2), np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _fibres(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """HxWx1 texture of torn paper in grey values around 0."""
    return (5 * _noise(shape, 1.5, rng) + 4 * _noise(shape, 5, rng))[..., None]


def _pick(colours: Floats, rng: np.random.Generator) -> Floats:
    return np.asarray(colours[int(rng.integers(0, len(colours)))])


def _over(image: Floats, colour: Floats, opacity: Floats) -> Floats:
    """``colour`` (of an image, or of one) laid over the image with an HxW opacity."""
    return image + (colour - image) * opacity[..., None]


def _multiply(image: Floats, colour: Floats, opacity: Floats) -> Floats:
    """Transparent ``colour`` (0 to 1) over the image, as ink and water colour it."""
    return image * (1 + (colour - 1) * opacity[..., None])


def _each_part(hole: Mask, values: Callable[[int], Floats]) -> Floats:
    """HxW(xC) map of a value for each connected part of the hole; ``values`` makes a given number of them."""
    number, parts = cv2.connectedComponents(cv2.dilate(hole, np.ones((5, 5), np.uint8)))
    return np.asarray(values(number)[parts])


def _worn(image: Floats, hole: Mask, rng: np.random.Generator, light: float, opacity: tuple[float, float]) -> Floats:
    """Scratches and specks: most alike on one photo, a few of another colour, each with its own opacity."""
    is_light = rng.random() < light

    def colours(number: int) -> Floats:
        grey = rng.uniform(215, 255, (number, 1)) if is_light else rng.uniform(15, 75, (number, 1))
        other = rng.random((number, 1)) < 0.15
        grey = np.where(other, 255 - grey, grey)
        tint = rng.normal(0, 6, (number, 3)) * (rng.random((number, 1)) < 0.3)
        return np.asarray(grey + tint + (3, 0, -8), np.float32)

    def opacities(number: int) -> Floats:
        return rng.uniform(*opacity, number).astype(np.float32)

    strength = _each_part(hole, opacities) * np.clip(1 + 0.15 * _noise(hole.shape, 12, rng), 0, 1)
    return _over(image, _each_part(hole, colours), _soft(hole) * strength)


def _look_scratch(image: Floats, hole: Mask, rng: np.random.Generator) -> Floats:
    return _worn(image, hole, rng, 0.75, (0.6, 1.0))


def _look_dust(image: Floats, hole: Mask, rng: np.random.Generator) -> Floats:
    # Dust lies above the paper: it throws a faint shadow to one side.
    shift = np.array([[1, 0, rng.choice([-1, 1])], [0, 1, 1]], np.float32)
    shadow = np.asarray(cv2.warpAffine(_soft(hole, 0.9), shift, hole.shape[::-1]))
    image = image * (1 - rng.uniform(0.1, 0.3) * shadow[..., None])
    return _worn(image, hole, rng, 0.65, (0.55, 1.0))


def _look_crease(image: Floats, hole: Mask, rng: np.random.Generator) -> Floats:
    depth = cv2.distanceTransform(hole, cv2.DIST_L2, 3)
    # Dirt settles in an old fold, and a cracked glass plate prints black.
    paper = _pick(_DIRT if rng.random() < 0.3 else _PAPER, rng) + _fibres(hole.shape, rng)
    # Bare along the middle; towards the border flakes of the picture hold on, dulled by cracks.
    middle = depth / max(float(depth.max()), 1.0)
    flakes = 0.5 * _noise(hole.shape, 2.5, rng) + 0.4 * _noise(hole.shape, 9, rng)
    bare = np.clip(0.5 + rng.uniform(1.5, 3) * (middle - rng.uniform(0.2, 0.5) + 0.5 * flakes), 0.12, 1.0)
    painted = _over(image, paper, _soft(hole) * bare)
    # The lamp shines along the relief: one flank light, the other dark.
    relief = cv2.GaussianBlur(hole.astype(np.float32) / 255, (0, 0), 1.2)
    angle = rng.uniform(0, 2 * np.pi)
    slope = np.cos(angle) * cv2.Sobel(relief, cv2.CV_32F, 1, 0) + np.sin(angle) * cv2.Sobel(relief, cv2.CV_32F, 0, 1)
    return np.asarray(painted + slope[..., None] * rng.uniform(8, 25), np.float32)


def _look_blotch(image: Floats, hole: Mask, rng: np.random.Generator) -> Floats:
    depth = cv2.distanceTransform(hole, cv2.DIST_L2, 3)
    cloud = np.clip(0.75 + 0.18 * _noise(hole.shape, 24, rng) + 0.06 * _noise(hole.shape, 6, rng), 0.3, 1.2)
    tide = np.exp(-depth / rng.uniform(1.5, 4)) * (depth > 0)
    inside = _soft(hole, 1.0)
    if rng.random() < 0.25:  # bleached, or the emulsion is swollen and pale
        pale = _pick(_PAPER, rng)
        painted = _over(image, pale, inside * np.clip(cloud * rng.uniform(0.5, 0.9), 0, 1))
        return _multiply(painted, _pick(_STAIN, rng), inside * tide * 0.6)
    stain = _pick(_STAIN, rng)
    painted = _multiply(image, stain, inside * cloud * rng.uniform(0.8, 1.5))
    if rng.random() < 0.3:  # mould
        spots = np.clip(_noise(hole.shape, 4, rng) - 1.0, 0, 1)
        painted = _multiply(painted, _MOULD, inside * spots)
    return _multiply(painted, stain, inside * tide * rng.uniform(0.4, 1.0))


def _look_missing(image: Floats, hole: Mask, rng: np.random.Generator) -> Floats:
    depth = cv2.distanceTransform(hole, cv2.DIST_L2, 3)
    behind = _pick(_BEHIND, rng) + 1.5 * _noise(hole.shape, 1.5, rng)[..., None]
    # The layers of the paper tear apart: a rim of bare fibres of uneven width, then its shadow on what lies behind.
    rim = np.clip(rng.uniform(1.5, 4.5) + 1.5 * _noise(hole.shape, 7, rng), 0.5, None)
    shadow = np.clip(1 - (depth - rim) / 4, 0, 1) * rng.uniform(0.15, 0.4)
    behind = behind * (1 - shadow)[..., None]
    paper = _pick(_PAPER, rng) + _fibres(hole.shape, rng)
    bare = np.clip(rim - depth + 0.5, 0, 1)[..., None]
    return _over(image, behind + (paper - behind) * bare, _soft(hole))


def _look_stamp(image: Floats, hole: Mask, rng: np.random.Generator) -> Floats:
    # A rubber stamp prints unevenly: mottled, and weaker to one side. Its ink covers a little, so it shows on black.
    mottled = np.clip(0.85 + 0.25 * _noise(hole.shape, 3, rng) + 0.25 * _noise(hole.shape, 60, rng), 0.25, 1.0)
    ink, inked = _pick(_INK, rng), _soft(hole) * mottled
    return _over(_multiply(image, ink / np.float32(255), inked), ink, inked * rng.uniform(0.2, 0.7))


def _look_writing(image: Floats, hole: Mask, rng: np.random.Generator) -> Floats:
    pressure = np.clip(0.9 + 0.12 * _noise(hole.shape, 10, rng), 0.55, 1.0)
    return _over(image, _pick(_PEN, rng), _soft(hole) * pressure * rng.uniform(0.8, 1.0))


_LOOKS: dict[str, Callable[[Floats, Mask, np.random.Generator], Floats]] = {
    "scratch": _look_scratch,
    "dust": _look_dust,
    "crease": _look_crease,
    "blotch": _look_blotch,
    "corner": _look_missing,
    "hole": _look_missing,
    "stamp": _look_stamp,
    "writing": _look_writing,
}
