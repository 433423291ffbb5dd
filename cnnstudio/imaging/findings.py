"""Damage that was found: how likely each pixel is damaged, and the regions that follow from it.

The network runs once and makes :class:`DamageMaps`; how sensitive the eye is to be is decided afterwards, by
:func:`find`, in milliseconds. A large photo is looked at reduced, so that maps are ``factor`` times smaller than it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import DAMAGE

FLOOR = 0.55
"""At no sensitivity is anything found of which not one pixel is as likely damaged as this, 0 to 1."""
SURE, SURE_MONOCHROME = 0.982, 0.83
"""At sensitivity 50 damage of a kind is found only where the photo's likeliest pixel of that kind and its likeliest of
any kind are as likely as this, 0 to 1, in the mean of their logits. Sound photos have many places that look somewhat
like damage and hardly one that surely does; in a damaged photo the sure ones speak for the others. Less is asked of a
photo without colours: most of those are old prints, and damaged more often than not."""
GROWN = 2
"""Photo pixels by which a mask is wider than what was found: the soft edge of damage is to be repaired with it."""

_SMALLEST = 2  # map pixels of a region; fewer are noise
_SPAN = 0.9  # how far sensitivity moves the threshold either way, in logits
_SURER, _LESS_SURE = 2.0, 5.0  # how far less and more sensitivity moves SURE, in logits
_AREAS = "stain", "missing"
_SOLID = 0.5  # share of an area that must be as likely as FLOOR
_MINOR = 0.15  # kinds with less than this share of a connected part are told as the kind of the rest


@dataclass(frozen=True, eq=False)
class DamageMaps:
    """How likely each pixel of a photo is damaged.

    Attributes:
        planes: (K, h, w) ``uint8``, K as in :data:`cnnstudio.jobs.DAMAGE`: 0 (sound) to 255 (damaged).
        width, height: of the photo.
        factor: photo pixels along a map pixel's side; the last map row and column may reach over the photo's edge.
        seconds: wall time it took.
        device: that did it, as shown to people.
        looked_at: the maps of the photo as it was looked at, where these are what a repair has left of them.
        monochrome: whether the photo has no colours of its own (:func:`cnnstudio.imaging.monochrome.is_monochrome`).
    """

    planes: np.ndarray
    width: int
    height: int
    factor: int = 1
    seconds: float = 0.0
    device: str = ""
    looked_at: DamageMaps | None = None
    monochrome: bool = False

    @cached_property
    def peaks(self) -> np.ndarray:
        """(K,) ``uint8``: of each kind of damage how likely its surest pixel is, 0 to 255."""
        if self.looked_at is not None:
            return self.looked_at.peaks
        kind, value = self.likeliest
        peaks = np.zeros(len(self.planes), np.uint8)
        for number in range(len(peaks)):
            peaks[number] = value.max(where=kind == number, initial=0)
        return peaks

    @cached_property
    def likeliest(self) -> tuple[np.ndarray, np.ndarray]:
        """(h, w) ``uint8``: the likeliest kind of damage of each pixel, and how likely it is, 0 to 255.

        Stains and missing pieces are areas, and seen as such: a blot of which only a bit is likely is none.
        """
        kind, value = np.zeros(self.planes.shape[1:], np.uint8), self.planes[0].copy()
        for number in range(1, len(self.planes)):
            kind[self.planes[number] > value] = number
            np.maximum(value, self.planes[number], out=value)
        for name in _AREAS:
            # As wide as it may ever be seen, so that no rim of it is left at a high sensitivity.
            blots = (kind == DAMAGE.index(name)) & (value >= math.ceil(255 * threshold(100)))
            count, parts = cv2.connectedComponents(blots.view(np.uint8), connectivity=8, ltype=cv2.CV_32S)
            if count == 1:
                continue
            part = np.asarray(parts)
            all_of, likely = (np.bincount(part[value >= least], minlength=count) for least in (128, 255 * FLOOR))
            doubtful = (likely == 0) | (likely < _SOLID * all_of)
            doubtful[0] = False
            value[doubtful[part]] = 0
        return kind, value


@dataclass(frozen=True)
class Region:
    """One piece of damage.

    Attributes:
        number: its value in :attr:`Findings.labels`; from 1.
        kind: of :data:`cnnstudio.jobs.DAMAGE`.
        confidence: how likely its surest pixel is damaged, 0 to 1.
        bounds: in photo pixels.
        area: in photo pixels, about.
    """

    number: int
    kind: str
    confidence: float
    bounds: Rect
    area: int


@dataclass(frozen=True, eq=False)
class Findings:
    """The damage of a photo at some sensitivity.

    Attributes:
        regions: largest first.
        labels: (h, w) ``int32``, each map pixel's region, 0 where there is none.
        width, height, factor: as in :class:`DamageMaps`.
    """

    regions: list[Region]
    labels: np.ndarray
    width: int
    height: int
    factor: int = 1

    def mask(self, without: Collection[int] = (), grown: int = GROWN) -> np.ndarray:
        """What is to be repaired.

        Args:
            without: numbers of regions that are left out.
            grown: photo pixels by which the mask is wider than the regions.

        Returns:
            HxW ``uint8`` of the photo's size, 0 or 255 (255 = repair).
        """
        kept = np.full(len(self.regions) + 1, 255, np.uint8)
        kept[[0, *without]] = 0
        mask = kept[self.labels]
        if self.factor > 1:
            size = (mask.shape[1] * self.factor, mask.shape[0] * self.factor)
            mask = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), np.uint8)
        mask = mask[: self.height, : self.width]
        if grown and mask.any():
            round_tip = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grown + 1, 2 * grown + 1))
            mask = np.asarray(cv2.dilate(mask, round_tip), np.uint8)
        return np.ascontiguousarray(mask)


def threshold(sensitivity: float) -> float:
    """The least probability that counts, 0 to 1: a half at sensitivity 50, 0.71 at 0, 0.29 at 100."""
    return 1 / (1 + math.exp((sensitivity - 50) / 50 * _SPAN))


def _enough(sensitivity: float, monochrome: bool) -> float:
    """The logit that is sure enough."""
    more, sure = (sensitivity - 50) / 50, SURE_MONOCHROME if monochrome else SURE
    return math.log(sure / (1 - sure)) - more * (_LESS_SURE if more > 0 else _SURER)


def _logit(value: int) -> float:
    """Of a probability as maps have it, 0 to 255."""
    return math.log((value + 0.5) / (255.5 - value))


def find(
    maps: DamageMaps, sensitivity: float | Mapping[str, float] = 50.0, kinds: Collection[str] = DAMAGE
) -> Findings:
    """Regions of damage: connected parts of what is likely enough.

    More sensitivity never takes away what less of it finds. Nothing is found that does not reach :data:`FLOOR`, and
    nothing of a kind of which too little is sure (:data:`SURE`, moved by the sensitivity).

    Args:
        sensitivity: 0 to 100, for all kinds or by kind (50 where a kind is not named).
        kinds: what to look for; a pixel is of its likeliest kind alone.
    """
    kind, value = maps.likeliest
    by_kind = dict.fromkeys(DAMAGE, 50.0) | (
        dict(sensitivity) if isinstance(sensitivity, Mapping) else dict.fromkeys(DAMAGE, sensitivity)
    )
    peaks = {k: _logit(peak) for k, peak in zip(DAMAGE, maps.peaks.tolist(), strict=True) if k in kinds}
    surest = max(peaks.values(), default=-math.inf)
    counts = {k for k, peak in peaks.items() if (peak + surest) / 2 >= _enough(by_kind[k], maps.monochrome)}
    least = [math.ceil(255 * threshold(by_kind[k])) if k in counts else 256 for k in DAMAGE]
    likely = value >= np.array(least, np.int16)[kind]
    labels = np.zeros(likely.shape, np.int32)
    at = np.flatnonzero(likely)
    _, parts = cv2.connectedComponents(likely.view(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    part, kind_there, value_there = np.asarray(parts).ravel()[at], kind.ravel()[at], value.ravel()[at]
    count = int(part.max(initial=0)) + 1
    peak = np.zeros(count, np.uint8)
    np.maximum.at(peak, part, value_there)
    sizes = np.bincount(part * len(DAMAGE) + kind_there, minlength=count * len(DAMAGE)).reshape(count, len(DAMAGE))
    total = sizes.sum(1, keepdims=True)
    real = ((peak >= math.ceil(255 * FLOOR)) & (total[:, 0] >= _SMALLEST))[part]
    at, part, kind_there, value_there = at[real], part[real], kind_there[real], value_there[real]
    minor = sizes < _MINOR * total
    stray = np.flatnonzero(minor[part, kind_there])
    if stray.size:
        y, x = np.divmod(at[stray], likely.shape[1])
        kind_there[stray] = np.where(minor[part[stray]].T, -1, maps.planes[:, y, x].astype(np.int16)).argmax(0)

    regions: list[Region] = []
    bounds = Rect(0, 0, maps.width, maps.height)
    for number, name in enumerate(DAMAGE):
        there = at[kind_there == number]
        if not there.size:
            continue
        plane = np.zeros(likely.shape, np.uint8)
        plane.ravel()[there] = 1
        found, parts, stats, _ = cv2.connectedComponentsWithStats(plane, connectivity=8, ltype=cv2.CV_32S)
        part = np.asarray(parts).ravel()[there]
        labels.ravel()[there] = part + len(regions)
        best = np.zeros(found, np.uint8)
        np.maximum.at(best, part, value_there[kind_there == number])
        f = maps.factor
        for i in range(1, found):
            x, y, w, h, area = (int(v) for v in stats[i])
            box = Rect(x * f, y * f, w * f, h * f) & bounds
            regions.append(Region(len(regions) + 1, name, float(best[i]) / 255, box, area * f * f))
    regions.sort(key=lambda region: -region.area)
    return Findings(regions, labels, maps.width, maps.height, maps.factor)
