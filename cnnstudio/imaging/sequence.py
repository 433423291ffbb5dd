"""Pictures that were made together: as one moving GIF, or as files of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cnnstudio.errors import UnwritableTarget
from cnnstudio.imaging.safe_file import replacing


def write_gif(path: Path, pictures: Sequence[np.ndarray], frame_ms: int = 50, *, overwrite: bool = False) -> None:
    """Writes a GIF that plays for ever, whole or not at all.

    Args:
        pictures: at least one; HxWxC ``uint8`` of one size, C = 1 or 3.
        frame_ms: how long each is seen; the format rounds it to hundredths of a second.

    Raises:
        UnwritableTarget: as :func:`cnnstudio.imaging.safe_file.replacing` has it.
    """
    from PIL import Image

    # Each frame gets the palette that suits it best; one for all would show as bands.
    frames = [Image.fromarray(p[..., 0] if p.shape[2] == 1 else p).quantize(256) for p in pictures]
    with replacing(path, overwrite=overwrite) as file:
        frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=frame_ms, loop=0)


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


def write_pictures(paths: Sequence[Path], pictures: Sequence[np.ndarray], *, overwrite: bool = False) -> None:
    """Writes each picture, HxWxC ``uint8``, into the file of its own; folders are made where they are missing.

    Raises:
        UnwritableTarget: one of them exists (then none is written), or the system refuses.
    """
    from cnnstudio.imaging.codecs import write_photo
    from cnnstudio.imaging.photo import Photo

    if not overwrite:
        check_targets(paths)
    for path, picture in zip(paths, pictures, strict=True):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            sentence = f"The folder “{path.parent}” cannot be made: {error.strerror}."
            raise UnwritableTarget(sentence, repr(error)) from error
        write_photo(path, Photo(picture), overwrite=overwrite)
