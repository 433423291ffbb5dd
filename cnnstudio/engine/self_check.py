"""Tells how far a repair can be trusted: the same shapes are hidden nearby, where the truth is known, and repaired.

>>> check = self_check(repairer, repaired, mask)
>>> check.verdict, check.error
('good', 3.1)

What is hidden lies close to the damage, in surroundings as light and as lively as its own, so it is about as hard to
repair. The largest holes are tried and a sample of the others; long thin ones, which fit nowhere as a whole, by pieces.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from cnnstudio.engine.repair import Repairer
from cnnstudio.engine.tensors import colour_channels
from cnnstudio.errors import BadMask
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.mask import hole
from cnnstudio.imaging.parts import Part, parts
from cnnstudio.imaging.photo import Pixels
from cnnstudio.jobs import Progress, RepairOptions, SelfCheck

MOST_PSNR = 99.0
"""In dB; of a repair without any error it would have no end."""

_REGIONS = 8
_PLACES, _PIECES = 3, 6  # for each region; where it is tried by pieces, so many of them
_ENOUGH = 1 << 15  # hidden pixels; beyond it only a first place for the largest region
_LARGEST = 1 << 20  # a hole of more pixels is tried nowhere
_PIECE = 256  # side of what is tried of a long thin region
_THIN = 32  # half the width, in pixels, of what can be tried by pieces
_DRAWS = 96
_NEAREST, _REACH = 8, 96  # pixels to the nearest and, beyond three times its size, to the farthest place
_GUARD = 3  # pixels around a hidden shape that must be known
_RING = 8  # pixels around it that are compared
_CLEAR = 24  # pixels between places, so that none is repaired from another's hole
_MOST_DAMAGE = 0.25  # of a place's surroundings
_LIKE = math.log(3)  # how much livelier or calmer they may be
_LIGHTER = 64.0  # grey levels that count as much as a factor of e in liveliness
_CALM = 2.0  # grey levels of deviation below which nothing is lively


@dataclass(frozen=True)
class _Shape:
    """A hole to be hidden elsewhere.

    Attributes:
        rect: where it is.
        inside: ``rect``'s pixels, bool.
    """

    rect: Rect
    inside: np.ndarray


def self_check(
    repairer: Repairer,
    pixels: Pixels,
    mask: np.ndarray,
    options: RepairOptions | None = None,
    progress: Progress | None = None,
    damage: np.ndarray | None = None,
) -> SelfCheck:
    """Repairs hidden undamaged pixels as the hole was repaired, and compares.

    Args:
        repairer: that made the repair.
        pixels: HxWxC ``uint8`` or ``uint16``, as :meth:`Repairer.repair` takes them: the photo with the repair.
        mask: HxW ``uint8``; what is 128 or more was repaired.
        options: of the repair; its seed also chooses the places.
        progress: is asked at every place that is looked at, and at every batch, whether to stop.
        damage: HxW ``uint8``; what is 128 or more is not to be taken for the truth. Where ``mask`` is, need not be
            in it.

    Returns:
        without figures where no undamaged place is like the damaged one.

    Raises:
        BadMask: the mask is empty.
        NotEnoughMemory, BadInput, Cancelled: as :meth:`Repairer.repair`.
    """
    options, progress = options or RepairOptions(), progress or Progress()
    found = parts(mask)
    if not found:
        raise BadMask("The mask is empty: there is nothing to repair.")
    places = _places(pixels, mask, damage, found, options.seed, progress)
    if not places:
        return SelfCheck(None, None)
    hidden = np.zeros(mask.shape, np.uint8)
    for place in places:
        hidden[place.rect.slices][place.inside] = 255
    result = repairer.repair(pixels, hidden, options, progress)
    errors = [_errors(pixels, place, result.pieces) for place in places]
    wrong = np.concatenate(errors)
    mean, square = float(np.abs(wrong).mean()), float(np.square(wrong).mean())
    psnr = min(10 * math.log10(255**2 / square), MOST_PSNR) if square else MOST_PSNR
    return SelfCheck(round(mean, 3), round(psnr, 2), sum(len(e) for e in errors), len(places))


def _errors(pixels: Pixels, place: _Shape, pieces: list[tuple[Rect, np.ndarray]]) -> np.ndarray:
    """(n, C): by how many grey levels each hidden pixel's colours came out wrong."""
    truth = np.asarray(pixels[place.rect.slices])
    made = truth.copy()
    for rect, piece in pieces:
        common = rect & place.rect
        if common:
            inside = common.shifted(-place.rect.x, -place.rect.y).slices
            made[inside] = piece[common.shifted(-rect.x, -rect.y).slices]
    colours = colour_channels(truth.shape[2])
    now, then = (a[place.inside][:, :colours].astype(np.float32) for a in (made, truth))
    return np.asarray((now - then) * np.float32(255 / np.iinfo(truth.dtype).max))


def _places(
    pixels: Pixels, mask: np.ndarray, damage: np.ndarray | None, found: list[Part], seed: int, progress: Progress
) -> list[_Shape]:
    """Where what is hidden: a few places for each of a few regions, apart from each other."""
    rng = np.random.default_rng(seed & 0xFFFFFFFF)
    places: list[_Shape] = []
    hidden = 0
    for part in _sample(found, rng):
        for shape in _shapes(mask, part, rng):
            if places and hidden + np.count_nonzero(shape.inside) > _ENOUGH:
                continue
            place = _place(pixels, mask, damage, shape, [p.rect for p in places], rng, progress)
            if place:
                places.append(place)
                hidden += int(np.count_nonzero(place.inside))
    return places


def _sample(found: list[Part], rng: np.random.Generator) -> list[Part]:
    """The two largest parts and, of the others, some of every size."""
    largest, others = found[:2], found[2:]
    count = min(_REGIONS - len(largest), len(others))
    return largest + [others[int(rng.integers(i * len(others) // count, (i + 1) * len(others) // count))]
                      for i in range(count)]  # fmt: skip


def _shapes(mask: np.ndarray, part: Part, rng: np.random.Generator) -> Iterator[_Shape]:
    """A part as often as it is to be tried: whole, or pieces of it where it is long and thin."""
    inside = hole(mask[part.rect.slices])
    if max(part.rect.w, part.rect.h) <= _PIECE:
        yield from [_Shape(part.rect, inside)] * _PLACES
        return
    rows = np.flatnonzero(inside.any(1))
    for _ in range(_PIECES):
        y = int(rng.choice(rows))
        x = int(rng.choice(np.flatnonzero(inside[y])))
        rect = Rect(part.rect.x + x - _PIECE // 2, part.rect.y + y - _PIECE // 2, _PIECE, _PIECE) & part.rect
        piece = inside[rect.shifted(-part.rect.x, -part.rect.y).slices]
        if cv2.distanceTransform(piece.view(np.uint8), cv2.DIST_L2, 3).max() <= _THIN:
            left, top, w, h = cv2.boundingRect(piece.view(np.uint8))
            tight = Rect(left, top, w, h)
            yield _Shape(tight.shifted(rect.x, rect.y), piece[tight.slices])
        elif part.pixels <= _LARGEST:
            yield _Shape(part.rect, inside)


def _place(
    pixels: Pixels,
    mask: np.ndarray,
    damage: np.ndarray | None,
    shape: _Shape,
    taken: list[Rect],
    rng: np.random.Generator,
    progress: Progress,
) -> _Shape | None:
    """The place nearby whose surroundings are most like the hole's; None where none will do."""
    height, width = mask.shape
    grown = shape.rect.grown(_RING)
    padded = np.pad(shape.inside, _RING).view(np.uint8)
    guarded = cv2.dilate(padded, np.ones((2 * _GUARD + 1,) * 2, np.uint8)) > 0
    # Not right at the shape, or what is repaired would be seen in the detail of what surrounds it.
    ring = (cv2.dilate(padded, np.ones((2 * _RING + 1,) * 2, np.uint8)) > 0) & ~guarded
    looks = _surroundings(pixels, mask, damage, grown, ring)
    if looks is None:
        return None
    best: _Shape | None = None
    likeness = math.inf
    for rect, flips in _draws(shape.rect, width, height, rng):
        progress.check_cancelled()  # of a large hole all draws take a second, and a repair may be waiting
        if not Rect(0, 0, width, height).contains(rect) or any(rect.grown(_CLEAR) & other for other in taken):
            continue
        around = rect.grown(_RING)
        seen = around.clipped(width, height)
        wrong = _untrue(mask, damage, seen)
        within = seen.shifted(-around.x, -around.y).slices
        if (wrong & np.flip(guarded, flips)[within]).any() or wrong.mean() > _MOST_DAMAGE:
            continue
        there = _surroundings(pixels, mask, damage, around, np.flip(ring, flips))
        if there is None:
            continue
        livelier = abs(math.log(there[1] / looks[1]))
        unlike = livelier + abs(there[0] - looks[0]) / _LIGHTER
        if livelier <= _LIKE and unlike < likeness:
            best, likeness = _Shape(rect, np.flip(shape.inside, flips)), unlike
    return best


def _draws(rect: Rect, width: int, height: int, rng: np.random.Generator) -> Iterator[tuple[Rect, tuple[int, ...]]]:
    """Places to try, and along which axes the shape is mirrored there.

    What touches an edge of the photo is harder to repair, so it stays at that edge, or goes mirrored to the opposite.
    """
    reach = 3 * max(rect.w, rect.h) + _REACH
    at_side, at_end = rect.x == 0 or rect.x1 == width, rect.y == 0 or rect.y1 == height
    for _ in range(_DRAWS):
        way, far = rng.uniform(0, 2 * np.pi), rng.uniform(_NEAREST, reach)
        flip_x, flip_y = at_side and rng.random() < 0.5, at_end and rng.random() < 0.5
        dx = width - rect.x1 - rect.x if flip_x else 0 if at_side else round(far * math.cos(way))
        dy = height - rect.y1 - rect.y if flip_y else 0 if at_end else round(far * math.sin(way))
        yield rect.shifted(dx, dy), (0,) * flip_y + (1,) * flip_x


def _surroundings(
    pixels: Pixels, mask: np.ndarray, damage: np.ndarray | None, rect: Rect, ring: np.ndarray
) -> tuple[float, float] | None:
    """(mean, liveliness) in grey levels of what is known on a ring; None where next to nothing is.

    Liveliness is the deviation from a 5-pixel mean, so a slope of light alone is not lively.
    """
    seen = rect.clipped(mask.shape[1], mask.shape[0])
    ring = ring[seen.shifted(-rect.x, -rect.y).slices] & ~_untrue(mask, damage, seen)
    if np.count_nonzero(ring) < 8:
        return None
    part = np.asarray(pixels[seen.slices])
    grey = part[..., : colour_channels(part.shape[2])].mean(2, dtype=np.float32) * (255 / np.iinfo(part.dtype).max)
    detail = (grey - cv2.blur(grey, (5, 5)))[ring]
    return float(grey[ring].mean()), float(detail.std()) + _CALM


def _untrue(mask: np.ndarray, damage: np.ndarray | None, rect: Rect) -> np.ndarray:
    wrong = hole(mask[rect.slices])
    return wrong if damage is None else wrong | hole(damage[rect.slices])
