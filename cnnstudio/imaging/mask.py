"""Masks: which pixels of a photo are to be repaired. HxW ``uint8``, 255 = repair, a hole where the value is >= 128."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from cnnstudio.errors import BadMask
from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.encode import to_8bit
from cnnstudio.imaging.photo import Photo

HOLE_THRESHOLD = 128


def hole(mask: np.ndarray) -> np.ndarray:
    """HxW ``bool``: True where the mask asks for repair."""
    return mask >= HOLE_THRESHOLD


def read_mask(path: Path, width: int, height: int) -> np.ndarray:
    """Reads a mask for a photo of ``width`` x ``height`` pixels (upright).

    Any readable picture will do. Light is repaired: grey is taken as it is, colours by their luminance. Where
    everything visible has one colour and only the transparency varies (strokes painted on a transparent layer), the
    opaque is repaired, whatever its colour.

    Returns:
        HxW ``uint8``, 0 to 255.

    Raises:
        UnreadablePhoto: the file is no picture.
        BadMask: it is of another size than the photo, or marks nothing.
    """
    pixels = read_photo(path).pixels
    _check_size(path, pixels.shape[1], pixels.shape[0], width, height)
    mask = _levels(to_8bit(pixels))
    if not (mask >= HOLE_THRESHOLD).any():
        raise BadMask(f"The mask “{path.name}” marks nothing to repair: paint what is damaged in white on black.")
    return mask


def write_mask(path: Path, mask: np.ndarray, *, overwrite: bool = False) -> None:
    """Saves a mask (HxW ``uint8``) as a grey PNG, whatever the extension.

    Raises:
        UnwritableTarget: as :func:`cnnstudio.imaging.codecs.write_photo`.
    """
    write_photo(path, Photo(mask[..., None]), format="PNG", overwrite=overwrite)


def _check_size(path: Path, mask_width: int, mask_height: int, width: int, height: int) -> None:
    if (mask_width, mask_height) == (width, height):
        return
    sizes = f"The mask “{path.name}” has {mask_width} × {mask_height} pixels, but the photo has {width} × {height}"
    if (mask_width, mask_height) == (height, width):
        raise BadMask(f"{sizes}: it was made before the photo was turned upright, so turn the mask in the same way.")
    raise BadMask(f"{sizes}.")


def _levels(pixels: np.ndarray) -> np.ndarray:
    channels = pixels.shape[2]
    colour = pixels[..., : channels - 1] if channels in (2, 4) else pixels
    grey = cv2.cvtColor(np.ascontiguousarray(colour), cv2.COLOR_RGB2GRAY) if colour.shape[2] == 3 else colour[..., 0]
    if channels in (1, 3):
        return np.ascontiguousarray(grey)
    alpha = pixels[..., -1]
    visible = colour[alpha > 0]
    if alpha.min() < alpha.max() and (visible == visible[:1]).all():
        return np.ascontiguousarray(alpha)
    # Otherwise the mask is what one would see on black.
    return np.rint(grey * (alpha / np.float32(255))).astype(np.uint8)
