"""A photograph in memory: its pixels as the file has them, and everything else the file carried."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from cnnstudio.imaging.metadata import Metadata


class Pixels(Protocol):
    """HxWxC pixels that can be cut by two slices: an array, or something that has only parts of itself at a time."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def dtype(self) -> np.dtype: ...

    def __getitem__(self, index: tuple[slice, slice], /) -> np.ndarray: ...


@dataclass(frozen=True)
class Photo:
    """A photograph, upright (EXIF orientation already applied).

    Attributes:
        pixels: HxWxC, ``uint8`` or ``uint16`` as the file has it; C is 1 (grey), 2 (grey, alpha), 3 (RGB)
            or 4 (RGB, alpha); alpha is straight, not premultiplied. Read-only by convention.
        metadata: profile, EXIF, XMP, resolution, and how the file was encoded.
    """

    pixels: np.ndarray
    metadata: Metadata = field(default_factory=Metadata)

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])
