"""How a photo is saved: what may be chosen, what would be lost, and the writing itself, which runs in a job."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from cnnstudio.imaging import codecs, openraster, provenance
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.encode import ENCODERS, Picture, to_8bit
from cnnstudio.imaging.evidence import Evidence
from cnnstudio.imaging.flaws import saved_finely
from cnnstudio.imaging.layers import Layer, View, covered
from cnnstudio.imaging.metadata import Metadata, without_location, without_personal
from cnnstudio.imaging.photo import Photo, Pixels
from cnnstudio.imaging.session import Session
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import Progress

LAYERS = "ORA"
"""The format that keeps photo, repairs and mask apart: OpenRaster."""
DEEP_FORMATS = ("PNG", "TIFF", LAYERS)
"""Formats with 16 bits per channel."""

_EIGHT_TO_SIXTEEN = 257


@dataclass(frozen=True)
class SaveOptions:
    """What to save a photo as.

    Attributes:
        format: ``"JPEG"``, ``"PNG"``, ``"TIFF"``, ``"WEBP"``, ``"BMP"`` or :data:`LAYERS`; None asks the extension.
        quality: 1 to 100 for JPEG and WebP; None as :func:`cnnstudio.imaging.codecs.write_photo` has it.
        bits: 8 or 16 per channel; None keeps the photo's own where the format can.
        metadata: keep all of it, all but where the photo was taken, or only what is needed to show it.
    """

    format: str | None = None
    quality: int | None = None
    bits: Literal[8, 16] | None = None
    metadata: Literal["all", "no-location", "none"] = "all"


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A document as it is at one moment, to be saved in another thread."""

    photo: Photo
    layers: tuple[Layer, ...]
    view: View
    mask: TileGrid

    @classmethod
    def of(cls, document: Document) -> Snapshot:
        return cls(document.photo, document.layers, document.view, document.mask.snapshot())


def format_of(path: Path, options: SaveOptions | None = None) -> str | None:
    """The format that a photo saved there has; None where that is unknown or cannot be written."""
    suffix = path.suffix.lower()
    kind = options.format if options and options.format else codecs.FORMATS.get(suffix)
    if kind is None and suffix == openraster.SUFFIX:
        return LAYERS
    return kind if kind == LAYERS or kind in ENCODERS else None


def losses(photo: Photo, path: Path, options: SaveOptions) -> list[str]:
    """What saving would lose, in plain sentences; quick for a photo of any size.

    Raises:
        UnwritableTarget: the format is unknown or cannot be written.
    """
    depth = photo.pixels.dtype.itemsize * 8
    bits = options.bits or depth
    # Of the pixels only shape and depth matter.
    pixels = np.broadcast_to(np.zeros((), np.uint16 if bits == 16 else np.uint8), photo.pixels.shape)
    like = Photo(pixels, _chosen(photo.metadata, options))
    lost = []
    if bits < depth:
        lost.append("8 bits per channel are saved: the photo's 16 bits are rounded.")
    if format_of(path, options) == LAYERS:
        return lost + openraster.losses(like)
    return lost + codecs.losses_of_repair(like, path, options.format, options.quality)


def write(
    path: Path,
    snapshot: Snapshot,
    options: SaveOptions,
    *,
    overwrite: bool,
    progress: Progress,
    sessions: Iterable[tuple[Session, Photo]] = (),
    record: bool = True,
) -> list[str]:
    """Saves a photo, whole or not at all.

    Args:
        sessions: those that are open, each with its photo; those that need the file at ``path`` take a copy first.
        record: whether the file is to say that and where the photo was repaired; formats that cannot, do not.

    Returns:
        plain sentences on what went another way.

    Raises:
        UnwritableTarget: existing file, no permission, full disk, unknown format.
    """
    for session, photo in sessions:
        if overwrite and session.source is not None and is_same_file(session.source, path):
            session.keep_photo(photo)
    if format_of(path, options) == LAYERS:
        _write_layers(path, snapshot, options, overwrite, progress)
        return []
    pixels: Pixels = snapshot.view
    if options.bits and options.bits != pixels.dtype.itemsize * 8:
        pixels = _Deep(pixels, options.bits)
    metadata, notes = _chosen(snapshot.photo.metadata, options), list[str]()
    if any(layer.restored is not None for layer in snapshot.view.layers):
        metadata = saved_finely(metadata)
    if record and keeps_record(path, options):
        metadata, notes = provenance.record(metadata, repairs_of(snapshot))
    picture = Picture(pixels, metadata)
    codecs.write_photo(path, picture, format=options.format, quality=options.quality, overwrite=overwrite)
    return notes


def keeps_record(path: Path, options: SaveOptions) -> bool:
    """Whether a file of that format can say that it was repaired."""
    return format_of(path, options) in provenance.FORMATS


def repairs_of(snapshot: Snapshot) -> list[provenance.Repair]:
    """What there is to tell of a photo's repairs; looks at all their pixels."""
    return provenance.of_layers(snapshot.layers, snapshot.photo.height, snapshot.photo.width)


def evidence_of(snapshot: Snapshot, original: Path | None, name: str) -> Evidence:
    """All that proves a photo's repairs; looks at all their pixels.

    Args:
        original: the photo's file, unchanged since it was opened; None where there is none.
    """
    photo = snapshot.photo
    shown = [layer for layer in snapshot.view.layers if layer.patches.count]
    # A restoration of the whole photo would hide where the repairs are.
    repairs = [layer for layer in shown if layer.restored is None] or shown
    mask = covered(TileGrid.empty((photo.height, photo.width)), repairs)
    details = [_details(layer) for layer in shown]
    return Evidence(photo, original, name, snapshot.view, mask, repairs_of(snapshot), details)


def _details(layer: Layer) -> dict[str, Any]:
    origin, check = layer.origin, layer.check
    return {
        "options": origin and asdict(origin.options),
        "device": origin and origin.device,
        "check": check and {"verdict": check.verdict, **asdict(check)},
    }


def is_same_file(a: Path, b: Path) -> bool:
    """Whether two paths lead to one file that exists."""
    try:
        return a.samefile(b)
    except OSError:
        return False


def identity(path: Path) -> str:
    """Equal for all paths that lead to the same place."""
    return os.path.normcase(os.path.realpath(path))


def _write_layers(path: Path, snapshot: Snapshot, options: SaveOptions, overwrite: bool, progress: Progress) -> None:
    photo = replace(snapshot.photo, metadata=_chosen(snapshot.photo.metadata, options))
    openraster.write_ora(path, photo, snapshot.layers, snapshot.mask, overwrite=overwrite, progress=progress)


def _chosen(metadata: Metadata, options: SaveOptions) -> Metadata:
    match options.metadata:
        case "no-location":
            return without_location(metadata)
        case "none":
            return without_personal(metadata)
        case _:
            return metadata


class _Deep:
    """The same pixels with as many bits per channel as are wanted, made as they are asked for."""

    def __init__(self, pixels: Pixels, bits: Literal[8, 16]) -> None:
        self._pixels = pixels
        self.shape = pixels.shape
        self.dtype = np.dtype(np.uint8 if bits == 8 else np.uint16)

    def __getitem__(self, index: tuple[slice, slice], /) -> np.ndarray:
        pixels = self._pixels[index]
        return to_8bit(pixels) if self.dtype == np.uint8 else pixels.astype(np.uint16) * np.uint16(_EIGHT_TO_SIXTEEN)
