"""Photo and mask files, and a repairer without a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import Progress, RepairOptions, RepairResult

HOLE = Rect(10, 5, 4, 3)


def write_photo_file(path: Path, size: tuple[int, int] = (40, 30), value: int = 90) -> Path:
    """A plain grey-brown photo of width x height ``size``, in the format of the path's suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (value, value, value // 2)).save(path)
    return path


def write_mask_file(path: Path, size: tuple[int, int] = (40, 30), hole: Rect | None = HOLE) -> Path:
    """A mask with one rectangular hole, or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mask = np.zeros((size[1], size[0]), np.uint8)
    if hole:
        mask[hole.slices] = 255
    Image.fromarray(mask).save(path)
    return path


@dataclass
class FakeRepairer:
    """Fills the hole with white, in one piece as large as the photo.

    Attributes:
        calls: the options of every repair.
        failures: raised one after the other, None where a repair goes well.
        during: called in the middle of every repair.
    """

    calls: list[RepairOptions] = field(default_factory=list)
    failures: list[BaseException | None] = field(default_factory=list)
    during: Callable[[], None] | None = None

    def repair(self, pixels: np.ndarray, mask: np.ndarray, options: RepairOptions, progress: Progress) -> RepairResult:
        self.calls.append(options)
        failure = self.failures.pop(0) if self.failures else None
        if failure:
            raise failure
        if self.during:
            self.during()
        progress.check_cancelled()
        progress.set(0.5, "filling")
        piece = pixels.copy()
        piece[mask >= 128] = np.iinfo(pixels.dtype).max
        return RepairResult([(Rect(0, 0, pixels.shape[1], pixels.shape[0]), piece)], 0.25, "Fake", ["A note."])
