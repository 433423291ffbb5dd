"""A photo whose damage is known by its colours, and an engine that sees it."""

from __future__ import annotations

import numpy as np

from cnnstudio.cards import ModelCard
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.findings import DamageMaps
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.photo import Photo
from cnnstudio.jobs import DAMAGE, DetectJob, Job, Progress
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.finding import Found, sift
from cnnstudio.ui.lanes import Lanes
from tests.ui.conftest import fake_engine

CARD = ModelCard("damage", "Damage finder", "A test.", "detect", "damage", {}, "1", "MIT", {}, {}, {}, "0")

SCRATCH, STAIN, SPECK, PALE = Rect(50, 40, 200, 3), Rect(300, 200, 60, 50), Rect(100, 150, 6, 6), Rect(200, 260, 9, 8)
"""Where a damaged photo is damaged: one of each, sure, and a spot that is seen at a high sensitivity only."""
_KINDS = {SCRATCH: "scratch", STAIN: "stain", SPECK: "spot", PALE: "spot"}
_FIRST = 250


def damaged(width: int = 400, height: int = 300) -> np.ndarray:
    """Noise, with damage whose kind is told by red and whose likelihood by green."""
    pixels = np.random.default_rng(0).integers(60, 200, (height, width, 3)).astype(np.uint8)
    for rect, kind in _KINDS.items():
        pixels[rect.slices] = _FIRST + DAMAGE.index(kind), 253, 0
    pixels[PALE.slices][..., 1] = 100
    pixels[PALE.y + 3, PALE.x + 4, 1] = 200  # or it would be under the floor
    return pixels


def see(pixels: np.ndarray) -> DamageMaps:
    planes = np.zeros((len(DAMAGE), *pixels.shape[:2]), np.uint8)
    for number, plane in enumerate(planes):
        mine = pixels[..., 0] == _FIRST + number
        plane[mine] = pixels[..., 1][mine]
    return DamageMaps(planes, pixels.shape[1], pixels.shape[0])


def seeing_engine(job: Job, progress: Progress) -> object:
    """Sees such damage, and does all else as :func:`fake_engine`."""
    if not isinstance(job, DetectJob):
        return fake_engine(job, progress)
    progress.set(0.5, "Looking for damage")
    progress.check_cancelled()
    return see(np.asarray(job.pixels))


def make_damaged_editor() -> Editor:
    return Editor(Document(Photo(damaged())), name="damaged.png")


def make_found(lanes: Lanes, pixels: np.ndarray | None = None) -> Found:
    maps = see(damaged() if pixels is None else pixels)
    return Found(sift(maps, {}, DAMAGE, None), lanes)


def number_at(found: Found, rect: Rect) -> int:
    """The region that is there; 0 for none."""
    region = found.region_at(rect.x + rect.w / 2, rect.y + rect.h / 2, 0.0)
    return region.number if region else 0
