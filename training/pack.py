"""Packs photos for a machine elsewhere: one archive under a size, nothing in it but pictures and their list."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from cnnstudio.errors import BadInput
from training.data import manifest_hash, read_rgb


def pack(
    files: Sequence[Path], target: Path, megabytes: float, side: int = 640, quality: int = 80
) -> dict[str, object]:
    """Writes photos as WebP of at most ``side`` pixels into a tar file.

    The files are taken in an order that hops through the list, so that a pack too small for all holds a fair sample.

    Args:
        megabytes: most the archive may take (10^6 bytes).

    Returns:
        The manifest that lies in the archive as ``manifest.json``.

    Raises:
        BadInput: not even one photo fits.
    """
    budget = int(megabytes * 1e6) - 64 * 1024
    names: list[str] = []
    skipped: list[str] = []
    order = np.random.default_rng(0).permutation(len(files))
    used = 0
    with tarfile.open(target, "w") as archive:
        for place in order:
            file = files[int(place)]
            try:
                picture = read_rgb(file)
            except OSError as error:
                skipped.append(str(error))
                continue
            scale = min(1.0, side / max(picture.shape[:2]))
            if scale < 1:
                size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
                picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            encoded = io.BytesIO()
            Image.fromarray(picture).save(encoded, "WEBP", quality=quality)
            # a tar member is a 512-byte header and its content, padded to 512
            needed = 512 + -(-encoded.tell() // 512) * 512 + len(file.stem) + 32
            if used + needed > budget:
                break
            used += needed
            # Under their own names the same photos are kept out of training there as here.
            name = f"{file.stem}.webp"
            if name in names:
                name = f"{len(names):05d}-{name}"
            _add(archive, name, encoded.getvalue())
            names.append(name)
        manifest: dict[str, object] = {
            "photos": len(names), "of": len(files), "side": side, "quality": quality,
            "sources": manifest_hash(files), "skipped": skipped,
        }  # fmt: skip
        _add(archive, "manifest.json", json.dumps(manifest).encode())
    if not names:
        target.unlink()
        raise BadInput(f"Not one of {len(files)} photos fits into {megabytes:g} MB.")
    return manifest


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))
