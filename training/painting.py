"""Squares of photos with painted damage, a mark at every pixel: what the finder is trained on and measured by.

A part of the squares stays clean: a photo's own hairs, wires, branches and grain are what must not be marked. Stamps
and writing are not painted: they cannot be told from what stands on shop signs, and are not looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from cnnstudio.errors import BadInput
from cnnstudio.jobs import DAMAGE
from training import damage
from training.data import read_rgb

if TYPE_CHECKING:
    from training.detect import DetectConfig

KINDS = {"blotch": "stain", "crease": "crease", "scratch": "scratch", "corner": "missing", "hole": "missing",
         "dust": "spot"}  # fmt: skip
"""What each kind of painted damage is found as, in the order of painting: dust lies on top."""

IGNORED = 1 << len(DAMAGE)
"""The bit of a mark that says that there is damage which cannot be seen."""

_SEEN = 6  # grey values by which damage must differ from the photo to be asked for
_SCALES = (0.35, 1.0)


@dataclass(frozen=True)
class Bank:
    """Painted squares.

    Attributes:
        pixels: (B, S, S, 3) uint8, RGB.
        marks: (B, S, S) uint8: bit i where the damage is :data:`DAMAGE` i; the next bit where damage cannot be seen.
    """

    pixels: np.ndarray
    marks: np.ndarray

    def truth(self, number: int) -> np.ndarray:
        """SxSx5 bool: the damage of one square by class."""
        return np.asarray(self.marks[number][..., None] >> np.arange(len(DAMAGE)) & 1, bool)


def paint(
    square: np.ndarray, kinds: Sequence[str], rng: np.random.Generator, aged: bool = False, grey: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Damages a clean picture.

    Args:
        square: HxWx3 uint8, RGB; not changed.
        kinds: of :data:`KINDS`.
        aged: whether what years do to a whole photo is done to it as well.
        grey: whether it loses its colours first.

    Returns:
        HxWx3 uint8, and its marks, as :class:`Bank` has them.
    """
    pixels = square
    if grey:
        pixels = np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    before = aged and rng.random() < 0.7  # else the damage has aged with the photo, or the scanner was at fault
    if before:
        pixels = damage.age(pixels, rng, rng.uniform(0.3, 1.0))
    height, width = pixels.shape[:2]
    marks = np.zeros((height, width), np.uint8)
    for kind in sorted(kinds, key=list(KINDS).index):
        scale = float(np.exp(rng.uniform(np.log(0.7), np.log(1.7))))
        if kind == "crease" and rng.random() < 0.5:
            hole = _cracks(height, width, rng, scale)
        elif kind in ("scratch", "dust") and rng.random() < 0.4:
            hole = damage.draw_dense_hole(kind, height, width, rng, (0.01, 0.1), scale)
        else:
            hole = damage.draw_hole(kind, height, width, rng, scale)
        if kind == "dust" and rng.random() < 0.5:  # most photos have a few specks and not hundreds
            number, parts = cv2.connectedComponents(hole)
            kept = rng.random(number) < rng.uniform(0.02, 0.5)
            hole = np.where(kept[parts], hole, 0).astype(np.uint8)
        painted = damage.paint_damage(pixels, hole, kind, rng)
        seen = (np.abs(painted.astype(np.int16) - pixels).max(2) >= _SEEN).astype(np.uint8)
        seen = cv2.dilate(seen, np.ones((3, 3), np.uint8)) > 0
        inside = hole > 0
        if KINDS[kind] == "missing":
            marks[inside] = 0
        marks[inside & seen] |= 1 << DAMAGE.index(KINDS[kind])
        marks[inside & ~seen] |= IGNORED
        pixels = painted
    if aged and not before:
        pixels = damage.age(pixels, rng, rng.uniform(0.3, 1.0), blur=0.0)
    return pixels, marks


def _cracks(height: int, width: int, rng: np.random.Generator, scale: float) -> np.ndarray:
    """Creases as they are on a print that was folded often, or scanned small: several, thin ones."""
    hole = np.zeros((height, width), np.uint8)
    for _ in range(int(rng.integers(2, 7))):
        hole |= damage.draw_hole("crease", height, width, rng, scale * float(rng.uniform(0.15, 0.5)))
    return hole


def draw_bank(
    files: Sequence[Path], count: int, config: DetectConfig, seed: int, only: Sequence[str] | None = None
) -> Bank:
    """Cuts squares at random scales from photos and paints them.

    Args:
        files: photos; each gives about as many squares as any other, those that cannot be used give none.
        count: how many squares.
        only: kinds of damage, all of them on every square (none: clean squares); None draws them as ``config`` says.

    Raises:
        BadInput: no photo can be used.
    """
    left = [files[int(i)] for i in np.random.default_rng(seed).permutation(len(files))]
    bank: list[tuple[np.ndarray, np.ndarray]] = []
    turn = 0
    with _painters(config.painters) as pool:
        while len(bank) < count:
            if not left:
                raise BadInput(f"None of the photos could be used: squares of {config.side} pixels are cut from them.")
            turn += 1
            each = -(-(count - len(bank)) // len(left))
            chosen = left[: -(-(count - len(bank)) // each)]
            chances = [[seed, turn, i] for i in range(len(chosen))]
            painted = pool.map(_paint_from, chosen, repeat(each), chances, repeat(config), repeat(only), chunksize=8)
            useless = set()
            for file, squares in zip(chosen, painted, strict=True):
                bank += squares
                if not squares:
                    useless.add(file)
            left = [file for file in left if file not in useless]
    pixels, marks = zip(*bank[:count], strict=True)
    return Bank(np.stack(pixels), np.stack(marks))


def _painters(number: int) -> Executor:
    return ProcessPoolExecutor(number, mp_context=get_context("spawn")) if number else ThreadPoolExecutor(2)


def _paint_from(
    file: Path, wanted: int, chance: Sequence[int], config: DetectConfig, only: Sequence[str] | None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Squares of one photo; none where it cannot be used."""
    rng, kinds = np.random.default_rng(chance), list(config.mix)
    weights = np.array([config.mix[kind] for kind in kinds])
    try:
        photo = read_rgb(file)
    except OSError:
        return []
    squares = []
    for _ in range(wanted if min(photo.shape[:2]) >= config.side else 0):
        square = _cut(photo, config.side, rng)
        chosen: Sequence[str] = only if only is not None else ()
        if only is None and rng.random() >= config.clean:
            number = min(int(rng.choice([1, 2, 3], p=[0.25, 0.4, 0.35])), len(kinds))
            chosen = rng.choice(kinds, number, replace=False, p=weights / weights.sum()).tolist()
        aged, grey = (rng.random(2) < (config.aged, config.grey)).tolist()
        squares.append(paint(square, chosen, rng, aged, grey))
    return squares


def _cut(photo: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """A square of a photo that was scaled down at random, mirrored at random."""
    height, width = photo.shape[:2]
    low = max(_SCALES[0], side / min(height, width))
    part = round(side / float(rng.uniform(low, max(low, _SCALES[1]))))
    part = min(part, height, width)
    y, x = int(rng.integers(height - part + 1)), int(rng.integers(width - part + 1))
    square = photo[y : y + part, x : x + part]
    if part > side:
        square = np.asarray(cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA))
    return np.ascontiguousarray(square[:, ::-1] if rng.random() < 0.5 else square)


def measured_banks(files: Sequence[Path], config: DetectConfig, seed: int) -> dict[str, Bank]:
    """The same squares at every measurement: for each class ones that have it alone, and clean ones."""
    count, banks = config.measured, {}
    for number, name in enumerate(DAMAGE):
        kinds = [kind for kind in KINDS if KINDS[kind] == name]
        each = -(-count // len(kinds))
        parts = [draw_bank(files, each, config, seed + 1000 * (number + 1) + i, [k]) for i, k in enumerate(kinds)]
        all_of = joined(parts)
        banks[name] = Bank(all_of.pixels[:count], all_of.marks[:count])
    banks["clean"] = draw_bank(files, config.measured, config, seed + 999, ())
    return banks


def joined(banks: Sequence[Bank]) -> Bank:
    """All their squares in one bank."""
    return Bank(np.concatenate([b.pixels for b in banks]), np.concatenate([b.marks for b in banks]))
