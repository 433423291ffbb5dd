"""A contact sheet of the synthetic damage, for the eye."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from training.damage.ageing import age
from training.damage.holes import CLASSES, draw_hole
from training.damage.overlay import paint_damage

Image = npt.NDArray[np.uint8]

_GAP = 4
_LABEL = 96
_GREY = 128


def contact_sheet(photos: Sequence[Image], rng: np.random.Generator, size: int = 256) -> Image:
    """A row for each class with a hole and the damage painted on each photo in turn; the last row shows ageing.

    Args:
        photos: one or more HxWx3 uint8 RGB photos of any size; their central squares are shown.
        rng: where the damage comes from.
        size: side of each picture on the sheet in pixels.

    Returns:
        HxWx3 uint8, RGB.
    """
    squares = [_square(photo, size) for photo in photos]
    rows = []
    for kind in CLASSES:
        pictures = []
        for square in squares:
            hole = draw_hole(kind, size, size, rng)
            pictures += [np.repeat(hole[..., None], 3, axis=2), paint_damage(square, hole, kind, rng)]
        rows.append(_row(kind, pictures, size))
    rows.append(_row("ageing", [picture for square in squares for picture in (square, age(square, rng))], size))
    return np.concatenate(rows)


def _square(photo: Image, size: int) -> Image:
    """The central square of the photo, resized."""
    height, width = photo.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    way = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    return np.asarray(
        cv2.resize(photo[top : top + side, left : left + side], (size, size), interpolation=way), np.uint8
    )


def _row(label: str, pictures: Sequence[Image], size: int) -> Image:
    head = np.full((size, _LABEL, 3), _GREY, np.uint8)
    cv2.putText(head, label, (8, size // 2), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 1, cv2.LINE_AA)
    border = ((0, _GAP), (0, _GAP), (0, 0))
    return np.concatenate([np.pad(part, border, constant_values=_GREY) for part in (head, *pictures)], axis=1)
