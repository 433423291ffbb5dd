"""Half-open integer rectangles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Rect:
    """Pixels ``x .. x+w`` by ``y .. y+h``, the far edges excluded. Empty where ``w`` or ``h`` is 0."""

    x: int
    y: int
    w: int
    h: int

    def __post_init__(self) -> None:
        if self.w < 0 or self.h < 0:
            raise ValueError(f"a rectangle cannot have a negative size: {self.w} x {self.h}")

    @classmethod
    def from_edges(cls, x0: int, y0: int, x1: int, y1: int) -> Rect:
        """The rectangle between edges; empty (not an error) where they cross."""
        return cls(x0, y0, max(0, x1 - x0), max(0, y1 - y0))

    @property
    def x1(self) -> int:
        return self.x + self.w

    @property
    def y1(self) -> int:
        return self.y + self.h

    @property
    def area(self) -> int:
        return self.w * self.h

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of this rectangle in an array of HxW…"""
        return slice(self.y, self.y1), slice(self.x, self.x1)

    def __bool__(self) -> bool:
        return self.area > 0

    def shifted(self, dx: int, dy: int) -> Rect:
        return Rect(self.x + dx, self.y + dy, self.w, self.h)

    def grown(self, by: int) -> Rect:
        """``by`` pixels more (or fewer) on each side."""
        return Rect.from_edges(self.x - by, self.y - by, self.x1 + by, self.y1 + by)

    def clipped(self, width: int, height: int) -> Rect:
        """The part inside a ``width`` x ``height`` photo."""
        return self & Rect(0, 0, width, height)

    def __and__(self, other: Rect) -> Rect:
        return Rect.from_edges(
            max(self.x, other.x), max(self.y, other.y), min(self.x1, other.x1), min(self.y1, other.y1)
        )

    def __or__(self, other: Rect) -> Rect:
        """The smallest rectangle that holds both; an empty one adds nothing."""
        if not self:
            return other
        if not other:
            return self
        return Rect.from_edges(
            min(self.x, other.x), min(self.y, other.y), max(self.x1, other.x1), max(self.y1, other.y1)
        )

    def contains(self, other: Rect) -> bool:
        return not other or (self.x <= other.x and self.y <= other.y and self.x1 >= other.x1 and self.y1 >= other.y1)

    def aligned(self, to: int) -> Rect:
        """Grown outward so that every edge is a multiple of ``to``."""
        return Rect.from_edges(self.x // to * to, self.y // to * to, -(-self.x1 // to) * to, -(-self.y1 // to) * to)
