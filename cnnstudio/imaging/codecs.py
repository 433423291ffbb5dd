"""Opening and saving photos.

A photo is read as the file has it (8 or 16 bits, grey or colour, with or without alpha), turned upright, with all the
file carried beside its pixels; saving puts all of that back, whole or not at all.
"""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np

from cnnstudio.errors import CnnStudioError, UnreadablePhoto, UnwritableTarget
from cnnstudio.imaging import png
from cnnstudio.imaging.decode import DECODERS, Source, decode_jpeg_draft, sniff
from cnnstudio.imaging.encode import ENCODERS, MAX_JPEG_EXIF, Picture, jpeg_xmp, to_8bit
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.safe_file import replacing

MAX_PIXELS = 1_000_000_000
"""Photos with more pixels are refused before any memory is taken for them."""

FORMATS = {
    ".jpg": "JPEG", ".jpeg": "JPEG", ".jpe": "JPEG", ".jfif": "JPEG",
    ".png": "PNG",
    ".tif": "TIFF", ".tiff": "TIFF",
    ".webp": "WEBP",
    ".bmp": "BMP", ".dib": "BMP",
    ".heic": "HEIF", ".heif": "HEIF", ".hif": "HEIF",
}  # fmt: skip
"""Format by file name extension. HEIF can only be read."""

_NAMES = {"JPEG": "JPEG", "PNG": "PNG", "TIFF": "TIFF", "WEBP": "WebP", "BMP": "BMP", "HEIF": "HEIC"}
_LONGEST_SIDE = {"JPEG": 65500, "WEBP": 16383, "PNG": 2**31 - 1, "TIFF": 2**31 - 1, "BMP": 2**31 - 1}
_CARRIED = {
    "JPEG": {"exif", "icc_profile", "xmp", "photoshop", "comment", "dpi"},
    "PNG": {"exif", "icc_profile", "xmp", "dpi"},
    "TIFF": {"exif", "icc_profile", "xmp", "photoshop", "dpi"},
    "WEBP": {"exif", "icc_profile", "xmp"},
    "BMP": {"dpi"},
}
_THINGS = {
    "exif": "the camera data (EXIF)",
    "icc_profile": "the colour profile",
    "xmp": "the XMP data",
    "photoshop": "the captions (IPTC)",
    "comment": "the comment",
    "dpi": "the resolution",
}


def read_photo(path: Path, max_pixels: int = MAX_PIXELS) -> Photo:
    """Reads a photo; its format is told by the content, not the name.

    Args:
        path: a JPEG, PNG, TIFF, WebP, BMP or HEIC file.
        max_pixels: a file that claims more is refused while only its header has been read.

    Raises:
        UnreadablePhoto: the file is missing, not permitted, no photo, damaged, too large, or of a kind not supported.
    """
    try:
        with _opened(path) as file:
            head = file.read(16)
            if not head:
                raise UnreadablePhoto(f"“{path.name}” is empty.")
            kind = sniff(head)
            if kind is None:
                raise UnreadablePhoto(
                    f"“{path.name}” is not a photo that can be opened here (JPEG, PNG, TIFF, WebP, BMP, HEIC)."
                )
            return DECODERS[kind](Source(path.name, file, max_pixels))
    except CnnStudioError:
        raise
    except OSError as error:
        raise UnreadablePhoto(_reading_sentence(path, error), repr(error)) from error
    except MemoryError as error:
        raise UnreadablePhoto(f"There is not enough memory to open “{path.name}”.", repr(error)) from error
    except Exception as error:  # decoders raise errors of every kind on damaged bytes
        raise UnreadablePhoto(_damaged(path), repr(error)) from error


def read_draft(path: Path, long_side: int, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """A quick small version to show first: HxWxC ``uint8``, upright, its long side at most ``long_side``.

    A JPEG is decoded at a fraction of its size, several times as fast as in full; other formats are read and shrunk.

    Raises:
        UnreadablePhoto: as :func:`read_photo`.
    """
    draft = _jpeg_draft(path, long_side, max_pixels)
    pixels = to_8bit(read_photo(path, max_pixels).pixels) if draft is None else draft
    height, width, channels = pixels.shape
    scale = long_side / max(height, width)
    if scale >= 1:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], channels)


def write_photo(
    path: Path,
    photo: Photo | Picture,
    *,
    format: str | None = None,
    quality: int | None = None,
    overwrite: bool = False,
) -> None:
    """Saves a photo with its metadata, atomically: after any failure the old file stands as it was.

    PNG and TIFF keep 16 bits and transparency, WebP transparency; :func:`losses` tells beforehand what is lost.

    Args:
        path: where to; its extension tells the format unless ``format`` does.
        photo: pixels HxWxC, ``uint8`` or ``uint16``, C from 1 to 4.
        format: ``"JPEG"``, ``"PNG"``, ``"TIFF"``, ``"WEBP"`` or ``"BMP"``.
        quality: 1 to 100 for JPEG and WebP; None keeps a JPEG's own tables (and a WebP lossless) where the photo
            came from one, else takes 95.
        overwrite: whether an existing file may be replaced; it keeps its permissions.

    Raises:
        UnwritableTarget: unknown extension, existing file, no permission, full disk, or too large for the format.
    """
    kind = _format_for(path, format)
    longest = _LONGEST_SIDE[kind]
    if max(photo.pixels.shape[:2]) > longest:
        raise UnwritableTarget(
            f"The photo is too large for {_NAMES[kind]}, which ends at {longest} pixels a side; choose TIFF or PNG."
        )
    with replacing(path, overwrite=overwrite) as file:
        ENCODERS[kind](file, photo, quality)


def losses(photo: Photo, path: Path, format: str | None = None) -> list[str]:
    """What saving ``photo`` at ``path`` would lose, in plain sentences; empty where nothing is lost.

    Raises:
        UnwritableTarget: the format is unknown or cannot be written.
    """
    kind = _format_for(path, format)
    name, metadata = _NAMES[kind], photo.metadata
    lost = []
    if photo.pixels.dtype == np.uint16 and kind not in ("PNG", "TIFF"):
        lost.append(f"{name} holds 8 bits per channel: the photo's 16 bits are rounded.")
    if photo.pixels.shape[2] in (2, 4) and kind in ("JPEG", "BMP"):
        lost.append(f"{name} knows no transparency: transparent parts become white.")
    if kind in ("JPEG", "WEBP") and metadata.format != kind and not metadata.webp_lossless:
        lost.append(f"{name} stores every pixel approximately, not exactly.")
    for field, thing in _THINGS.items():
        if getattr(metadata, field) and field not in _CARRIED[kind]:
            lost.append(f"{name} cannot hold {thing}.")
    if kind == "JPEG":
        if len(metadata.exif or b"") > MAX_JPEG_EXIF:
            lost.append("The camera data (EXIF) is too large for JPEG.")
        if metadata.xmp and jpeg_xmp(metadata)[0] is None:
            lost.append("The XMP data is too large for JPEG.")
    elif metadata.xmp_extension:
        lost.append(f"{name} cannot hold the extended XMP data.")
    if kind != "PNG" and (keywords := png.text_keywords(metadata)):
        lost.append(f"{name} cannot hold the PNG's text notes ({', '.join(keywords)}).")
    return lost


def losses_of_repair(photo: Photo, path: Path, format: str | None = None, quality: int | None = None) -> list[str]:
    """As :func:`losses`, of a photo that is repaired and saved with that quality: what its other pixels lose as well.

    Raises:
        UnwritableTarget: as :func:`losses`.
    """
    kind = _format_for(path, format)
    if quality is not None or not keeps_own_encoding(photo.metadata, kind):
        # Encoded anew, whatever the file's own encoding was.
        like = replace(photo, metadata=replace(photo.metadata, format=None, webp_lossless=False))
        return losses(like, path, format)
    # With the same tables, but from whole levels: of photographs 0.2 to 44 % of the pixels come back otherwise, most of
    # them by 1 or 2 levels, the worst by 23; with colours at half the resolution more than at the full one.
    again = "JPEG is encoded again: pixels outside the repairs may change slightly. PNG and TIFF keep all exactly."
    return [again] * (kind == "JPEG") + losses(photo, path, format)


def keeps_own_encoding(metadata: Metadata, format: str) -> bool:
    """Whether a photo can be saved in a format just as its own file was encoded."""
    return (format == "JPEG" and metadata.jpeg is not None) or (format == "WEBP" and metadata.webp_lossless)


def _format_for(path: Path, format: str | None) -> str:
    kind = format or FORMATS.get(path.suffix.lower())
    if kind in ENCODERS:
        return kind
    if kind == "HEIF":
        raise UnwritableTarget("HEIC photos can be opened but not saved; choose JPEG, PNG, TIFF or WebP.")
    raise UnwritableTarget(
        f"“{path.name}” does not end in a format that can be saved: .jpg, .png, .tif, .webp or .bmp."
    )


def _jpeg_draft(path: Path, long_side: int, max_pixels: int) -> np.ndarray | None:
    """A JPEG at a fraction of its size; None for other formats, and for what :func:`read_photo` will report."""
    try:
        with _opened(path) as file:
            if sniff(file.read(16)) != "JPEG":
                return None
            return decode_jpeg_draft(Source(path.name, file, max_pixels), long_side)
    except CnnStudioError:
        raise
    except Exception:
        return None


def _opened(path: Path) -> BinaryIO:
    """An open file. What is none is refused before it is opened, since a pipe may keep one waiting for ever."""
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # opening a folder tells what it is
        raise UnreadablePhoto(f"“{path.name}” is a device or a pipe, not a photo.")
    return path.open("rb")


def _damaged(path: Path) -> str:
    return f"“{path.name}” is damaged or incomplete and cannot be opened."


def _reading_sentence(path: Path, error: OSError) -> str:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return f"“{path.name}” does not exist."
        case IsADirectoryError():
            return f"“{path.name}” is a folder, not a photo."
        case PermissionError():
            return f"You are not permitted to open “{path.name}”."
        case _ if error.errno is None:
            return _damaged(path)  # a decoder's own error, not the system's
        case _:
            return f"“{path.name}” could not be read from the disk."
