"""A look at a folder of pictures before a GAN is trained on it: what is of no use, and what to expect of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from cnnstudio.errors import BadInput
from training.data import read_rgb

ALIKE = 4
"""Bits of 63 in which the hashes of two pictures may differ that are taken for the same."""
_HASHED = 32
_ROWS = 1024
_TOLD = 10

_EXPECT = (
    (50, "very few: these will be learnt by heart rather than their subject; a hundred or more of one do better"),
    (200, "few: expect pictures much like these, and look at the check for copies at the end"),
    (1000, "enough for one subject seen in much the same way, such as one kind of flower or faces from the front"),
    (5000, "a good number for one subject seen in various ways"),
)
_PLENTY = "plenty: several subjects may be among them, and training may take long to show it"


@dataclass(frozen=True)
class Checked:
    """What was found.

    Attributes:
        usable: files worth training on, in the order given.
        unreadable: files that no picture could be read from, with the reason.
        tiny: files whose short side is below half of what is to be learnt.
        enlarged: how many of the usable ones are smaller than what is to be learnt.
        duplicates: (file, the earlier file it looks the same as); only the earlier one is used.
    """

    usable: tuple[Path, ...]
    unreadable: tuple[str, ...] = ()
    tiny: tuple[Path, ...] = ()
    enlarged: int = 0
    duplicates: tuple[tuple[Path, Path], ...] = ()

    @property
    def lines(self) -> list[str]:
        """What to tell, a sentence a line: first what is left out, then what to expect."""
        lines = _first([f"left out {reason}" for reason in self.unreadable])
        lines += _first([f"left out {file.name}: it is too small" for file in self.tiny])
        lines += _first([f"left out {file.name}: it is the same as {first.name}" for file, first in self.duplicates])
        lines.append(expectation(len(self.usable)))
        if self.enlarged:
            lines.append(f"{self.enlarged} of them are smaller than what is to be made and will look soft.")
        return lines


def _first(lines: list[str]) -> list[str]:
    """Not hundreds of lines of one kind."""
    return lines if len(lines) <= _TOLD else [*lines[:_TOLD], f"… and {len(lines) - _TOLD} more for the same reason"]


def expectation(count: int) -> str:
    """One plain sentence on what so many pictures are good for."""
    text = next((text for below, text in _EXPECT if count < below), _PLENTY)
    return f"{count} pictures are {text}."


def look(files: Sequence[Path], side: int) -> Checked:
    """Reads every file once.

    Args:
        side: of the pictures that are to be made.

    Raises:
        BadInput: no file is usable.
    """
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(_glance, files))
    unreadable = tuple(f for f in found if isinstance(f, str))
    seen = [(file, *f) for file, f in zip(files, found, strict=True) if not isinstance(f, str)]
    tiny = tuple(file for file, small, _ in seen if 2 * small < side)
    seen = [one for one in seen if 2 * one[1] >= side]
    if not seen:
        raise BadInput(f"None of the {len(files)} files is a picture of at least {side // 2} pixels.")
    first = twins(np.stack([bits for *_, bits in seen]))
    usable = [one for row, one in enumerate(seen) if first[row] == row]
    return Checked(
        usable=tuple(file for file, *_ in usable), unreadable=unreadable, tiny=tiny,
        enlarged=sum(small < side for _, small, _ in usable),
        duplicates=tuple((one[0], seen[first[row]][0]) for row, one in enumerate(seen) if first[row] != row),
    )  # fmt: skip


def _glance(file: Path) -> tuple[int, np.ndarray] | str:
    """The short side and the hash, or why there is none."""
    try:
        picture = read_rgb(file)
    except OSError as error:
        return str(error)
    return min(picture.shape[:2]), phash(picture)


def phash(picture: np.ndarray) -> np.ndarray:
    """63 booleans that hardly change when a picture is scaled, compressed or brightened.

    The signs of the lowest frequencies of the grey picture, around their median, all but the mean: Zauner,
    "Implementation and benchmarking of perceptual image hash functions" (2010).

    Args:
        picture: HxWx3 ``uint8``.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_HASHED, _HASHED), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:8, :8].ravel()[1:]
    bits: np.ndarray = low > np.median(low)
    return bits


def twins(hashes: np.ndarray) -> list[int]:
    """For each row of (N, 63) booleans the first row that is alike; itself, if none before it is."""
    signs = np.where(hashes, 1, -1).astype(np.float32)
    first = list(range(len(signs)))
    for start in range(0, len(signs), _ROWS):
        part = signs[start : start + _ROWS]
        differ = (signs.shape[1] - part @ signs[: start + len(part)].T) / 2
        for row, column in zip(*np.nonzero(differ <= ALIKE), strict=True):
            this = start + int(row)
            if column < this:
                first[this] = min(first[this], int(column))
    return first
