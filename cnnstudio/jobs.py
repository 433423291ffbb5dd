"""What a job is asked, how it reports, and what it returns: plain data, standard library only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnnstudio.errors import Cancelled

if TYPE_CHECKING:
    import numpy as np

    from cnnstudio.imaging.geometry import Rect


class Progress:
    """How a job reports and learns that it was cancelled.

    Args:
        on_progress: called with (fraction in [0, 1], text).
        on_preview: called with (rect, HxWxC array in the photo's dtype) while a repair is under way.
        cancel: set from any thread to stop the job at its next look.
    """

    def __init__(
        self,
        on_progress: Callable[[float, str], None] | None = None,
        on_preview: Callable[[Rect, np.ndarray], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> None:
        self._on_progress = on_progress
        self._on_preview = on_preview
        self._cancel = cancel or threading.Event()

    def set(self, fraction: float, text: str = "") -> None:
        """Reports ``fraction`` (clamped to [0, 1]) of this part done."""
        if self._on_progress:
            self._on_progress(min(max(fraction, 0.0), 1.0), text)

    def preview(self, rect: Rect, pixels: np.ndarray) -> None:
        """Shows an unfinished result; the receiver must not write into ``pixels``."""
        if self._on_preview:
            self._on_preview(rect, pixels)

    @property
    def wants_preview(self) -> bool:
        """False where nobody looks, so that previews need not be computed."""
        return self._on_preview is not None

    def check_cancelled(self) -> None:
        """Raises :class:`Cancelled` once the cancel flag is set."""
        if self._cancel.is_set():
            raise Cancelled

    def part(self, offset: float, length: float) -> Progress:
        """A progress whose 0..1 is ``offset .. offset + length`` of this one; same cancel flag."""
        return Progress(lambda f, text: self.set(offset + length * f, text), self._on_preview, self._cancel)


@dataclass(frozen=True)
class RepairOptions:
    """How to repair.

    Attributes:
        seed: seeds the grain; the same seed gives the same pixels on the same device.
        feather: width in pixels of the blend inside the hole's edge; 0 pastes hard.
        grain: strength of the grain match, 0 (none) to 1 (as measured on the ring around the hole).
        match_colour: whether a fill's colour is matched to the ring around its hole.
        memory_budget: bytes that one batch through the network may use; None asks the device.
    """

    seed: int = 0
    feather: float = 2.0
    grain: float = 1.0
    match_colour: bool = True
    memory_budget: int | None = None


@dataclass(frozen=True)
class RepairResult:
    """The repaired pieces of a photo.

    Attributes:
        pieces: (rectangle, HxWxC array in the photo's dtype); outside the mask equal to the photo.
        seconds: wall time of the repair.
        device: the device that did it, as shown to people ("CPU", "NVIDIA …").
        notes: plain sentences worth showing ("Memory was short: repaired in smaller tiles.").
    """

    pieces: list[tuple[Rect, np.ndarray]]
    seconds: float
    device: str
    notes: list[str] = field(default_factory=list)
