"""Where a photo is seen: the mathematics of zooming and panning, in device pixels. No Qt.

The zoom is device pixels per photo pixel: at 1 ("100 %") every photo pixel is one pixel of the screen, whatever the
screen's scale. The photo's corner always lies on a whole device pixel, so that nothing is blurred at 100 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from cnnstudio.imaging.geometry import Rect

MAX_ZOOM = 32.0
_EDGE = 1e-6
_SMALLEST = 0.25
"""The least zoom, of the one that fits the photo (or of 1, whichever is less)."""


@dataclass(frozen=True)
class Viewport:
    """A pane and the part of a photo it shows.

    A photo that is smaller than the pane stays in its middle; a larger one can be moved until its edge is in the
    middle: it can never be lost.

    Attributes:
        photo: (width, height) in photo pixels.
        pane: (width, height) in device pixels.
        zoom: device pixels per photo pixel.
        x, y: the photo position in the pane's middle.
        margin: device pixels left free on each side when the photo is fitted.
        fitted: whether it is kept fitted when the pane is resized.
        covered: device pixels at the pane's top under which nothing is put. The photo does not move when this changes:
            it counts the next time that it is fitted, or put into the middle; and then too it moves only if it must.
    """

    photo: tuple[int, int]
    pane: tuple[int, int]
    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    margin: int = 0
    fitted: bool = False
    covered: int = 0

    @property
    def fit_zoom(self) -> float:
        """The zoom at which the whole photo is seen."""
        (width, height), above = self.pane, max(self.margin, self.covered)
        room = max(width - 2 * self.margin, 1), max(height - above - self.margin, 1)
        return min(MAX_ZOOM, *(n / size for n, size in zip(room, self.photo, strict=True)))

    @property
    def min_zoom(self) -> float:
        return _SMALLEST * min(self.fit_zoom, 1.0)

    @property
    def origin(self) -> tuple[int, int]:
        """Where in the pane the photo's top left corner is."""
        left, top = self._corner
        return math.floor(left + 0.5), math.floor(top + 0.5)

    @property
    def visible(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the part of the photo that is seen."""
        left, top = self.to_photo(0, 0)
        right, bottom = self.to_photo(*self.pane)
        width, height = self.photo
        return max(left, 0.0), max(top, 0.0), min(right, float(width)), min(bottom, float(height))

    def to_photo(self, x: float, y: float) -> tuple[float, float]:
        """From a position in the pane; may lie outside the photo."""
        left, top = self.origin
        return (x - left) / self.zoom, (y - top) / self.zoom

    def to_pane(self, x: float, y: float) -> tuple[float, float]:
        """From a position in the photo; may lie outside the pane."""
        left, top = self.origin
        return left + x * self.zoom, top + y * self.zoom

    def fit(self) -> Viewport:
        """The whole photo."""
        width, height = self.photo
        zoom = self.fit_zoom
        return replace(self, zoom=zoom, x=width / 2, y=height / 2 - self._lowered(height * zoom) / zoom, fitted=True)

    def resized(self, pane: tuple[int, int], margin: int) -> Viewport:
        """In a pane of another size: fitted again, or around the same middle; the same in one of the same size."""
        if (pane, margin) == (self.pane, self.margin):
            return self
        other = replace(self, pane=pane, margin=margin)
        return other.fit() if self.fitted else other.zoomed(self.zoom)

    def zoomed(self, zoom: float, at: tuple[float, float] | None = None) -> Viewport:
        """Another zoom, as far as there is; what lies at ``at`` in the pane (its middle) stays there."""
        zoom = min(max(zoom, self.min_zoom), MAX_ZOOM)
        dx, dy = (0.0, 0.0) if at is None else (at[0] - self.pane[0] / 2, at[1] - self.pane[1] / 2)
        shift = 1 / self.zoom - 1 / zoom
        return replace(self, zoom=zoom, x=self.x + dx * shift, y=self.y + dy * shift, fitted=False)._kept()

    def panned(self, dx: float, dy: float) -> Viewport:
        """The photo moved by so many device pixels to the right and down; by whole ones, it moves by exactly these."""
        x, y = (
            (pane / 2 - (whole + by + _off_edge(corner - whole))) / self.zoom
            for pane, corner, whole, by in zip(self.pane, self._corner, self.origin, (dx, dy), strict=True)
        )
        return self.centred(x, y)

    def centred(self, x: float, y: float) -> Viewport:
        """A photo position in the middle of the pane, as far as that can be."""
        return replace(self, x=x, y=y)._kept()

    def showing(self, rect: Rect) -> Viewport:
        """A part of the photo in the middle, with as much around it again, at most at 100 % if it is not yet closer."""
        closest = max(1.0, self.zoom)
        zoom = min(closest, *(n / (2 * max(side, 1)) for n, side in zip(self.pane, (rect.w, rect.h), strict=True)))
        return self.zoomed(zoom).centred(rect.x + rect.w / 2, rect.y + rect.h / 2)

    @property
    def _corner(self) -> tuple[float, float]:
        """Where the photo's corner would be if it could lie between device pixels."""
        return self.pane[0] / 2 - self.x * self.zoom, self.pane[1] / 2 - self.y * self.zoom

    def _kept(self) -> Viewport:
        x, y = (self._clamped(axis, value) for axis, value in enumerate((self.x, self.y)))
        return replace(self, x=x, y=y)

    def _lowered(self, height: float) -> float:
        """By how many device pixels a photo so high lies beneath the pane's middle, so that nothing covers it."""
        return max(self.covered - (self.pane[1] - height) / 2, 0.0)

    def _clamped(self, axis: int, centre: float) -> float:
        covered = self.covered if axis == 1 else 0
        size, pane = self.photo[axis] * self.zoom, max(self.pane[axis] - covered, 1)
        excess = size - pane
        if excess <= 0:
            return self.photo[axis] / 2 - (self._lowered(size) / self.zoom if axis == 1 else 0.0)
        # How far beyond its edge one can go grows with the photo, so that nothing jumps while zooming.
        least = (pane / 2 - min(excess, pane / 2)) / self.zoom
        lower = covered / 2 / self.zoom  # by so much the middle of what is not covered lies lower
        return min(max(centre + lower, least), self.photo[axis] - least) - lower


def _off_edge(part: float) -> float:
    """A part of a pixel, of -0.5 to 0.5, kept so far from both ends that rounding errors cannot carry it over."""
    return min(max(part, _EDGE - 0.5), 0.5 - _EDGE)
