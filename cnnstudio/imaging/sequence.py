"""Pictures that were made together: as one that moves, as a sheet, or as files of their own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cnnstudio.errors import UnwritableTarget
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.safe_file import replacing

MOVING = (".gif", ".webp", ".apng", ".png")
"""The endings of files that can hold a moving picture."""


def write_moving(
    path: Path,
    pictures: Sequence[np.ndarray],
    frame_ms: int = 50,
    *,
    metadata: Metadata | None = None,
    overwrite: bool = False,
) -> None:
    """Writes a picture that moves and plays for ever, whole or not at all.

    GIF has 256 colours for each; WebP and PNG keep every pixel as it is.

    Args:
        path: its ending, one of :data:`MOVING`, tells the format.
        pictures: at least one; HxWxC ``uint8`` of one size, C = 1 or 3.
        frame_ms: how long each is seen; GIF rounds it to hundredths of a second.
        metadata: of it the XMP goes into the file, but not into a GIF.

    Raises:
        UnwritableTarget: another ending, or as :func:`cnnstudio.imaging.safe_file.replacing` has it.
    """
    from PIL import Image, PngImagePlugin

    packet = (metadata and metadata.xmp) or b""
    frames = [Image.fromarray(p[..., 0] if p.shape[2] == 1 else p) for p in pictures]
    options: dict[str, Any]
    match path.suffix.lower():
        case ".gif":
            # Each frame gets the palette that suits it best; one for all would show as bands.
            frames = [frame.quantize(256) for frame in frames]
            options = {"format": "GIF"}
        case ".webp":
            options = {"format": "WEBP", "lossless": True, "exact": True, "xmp": packet}
        case ".apng" | ".png":
            texts = PngImagePlugin.PngInfo()
            if packet:
                texts.add_itxt("XML:com.adobe.xmp", packet.decode())
            options = {"format": "PNG", "pnginfo": texts}
        case _:
            raise UnwritableTarget(f"“{path.name}” does not end in a format that can move: {', '.join(MOVING)}.")
    with replacing(path, overwrite=overwrite) as file:
        frames[0].save(file, save_all=True, append_images=frames[1:], duration=frame_ms, loop=0, **options)


def sheet(pictures: Sequence[np.ndarray], gap: int = 2) -> np.ndarray:
    """All pictures in one, row by row, about as many rows as columns.

    Args:
        pictures: at least one; HxWxC ``uint8`` of one size.
        gap: white pixels between two.

    Returns:
        HxWxC ``uint8``.
    """
    height, width, channels = pictures[0].shape
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    down, across = height + gap, width + gap
    out = np.full((rows * down - gap, columns * across - gap, channels), 255, np.uint8)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        out[row * down : row * down + height, column * across : column * across + width] = picture
    return out


def numbered(folder: Path, stem: str, count: int) -> list[Path]:
    """``stem-001.png`` and so on."""
    digits = max(3, len(str(count)))
    return [folder / f"{stem}-{i:0{digits}}.png" for i in range(1, count + 1)]


def check_targets(paths: Sequence[Path]) -> None:
    """Finds before any work that a file would be in the way.

    Raises:
        UnwritableTarget: one of them exists.
    """
    for path in paths:
        if path.exists():
            raise UnwritableTarget(f"“{path.name}” already exists and was left as it is.")


def write_pictures(
    paths: Sequence[Path],
    pictures: Sequence[np.ndarray],
    metadata: Sequence[Metadata] = (),
    *,
    overwrite: bool = False,
) -> None:
    """Writes each picture, HxWxC ``uint8``, into the file of its own; folders are made where they are missing.

    Args:
        metadata: what goes with each; none with any where it is empty.

    Raises:
        UnwritableTarget: one of them exists (then none is written), or the system refuses.
    """
    from cnnstudio.imaging.codecs import write_photo
    from cnnstudio.imaging.photo import Photo

    if not overwrite:
        check_targets(paths)
    for path, picture, about in zip(paths, pictures, metadata or [Metadata()] * len(paths), strict=True):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            sentence = f"The folder “{path.parent}” cannot be made: {error.strerror}."
            raise UnwritableTarget(sentence, repr(error)) from error
        write_photo(path, Photo(picture, about), overwrite=overwrite)
