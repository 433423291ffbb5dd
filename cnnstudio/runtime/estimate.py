"""How long a job will still take."""

from __future__ import annotations

import time
from collections.abc import Callable

_SECONDS_TO_JUDGE = 0.5
_SHARE_TO_JUDGE = 0.01


class Estimate:
    """Seconds left, from the job's speed so far.

    Args:
        clock: gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._origin: tuple[float, float] | None = None
        self._latest = 0.0, 0.0
        self._end: float | None = None

    def update(self, fraction: float) -> None:
        """Takes in that ``fraction`` of the job is done."""
        now = self._clock()
        # What comes before the first progress is preparation and says nothing of the speed; where a job falls back,
        # it begins again under other conditions.
        if self._origin is None or fraction <= 0 or fraction < self._latest[1]:
            self._origin, self._end = (now, fraction), None
        self._latest = now, fraction
        seconds, share = now - self._origin[0], fraction - self._origin[1]
        if seconds >= _SECONDS_TO_JUDGE and share >= _SHARE_TO_JUDGE:
            self._end = now + (1 - fraction) * seconds / share

    @property
    def seconds_left(self) -> float | None:
        """Counts down between the updates too; None while there is too little to judge by."""
        return None if self._end is None else max(self._end - self._clock(), 0.0)
