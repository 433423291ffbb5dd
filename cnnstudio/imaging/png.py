"""The chunks of a PNG file beside its pixels: metadata that the pixel codec does not carry.

See the PNG specification, third edition, sections 5 and 11.3.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from cnnstudio.imaging import exif
from cnnstudio.imaging.metadata import Metadata

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER_END = len(SIGNATURE) + 25
"""Where the first chunk after IHDR begins."""

_XMP = b"XML:com.adobe.xmp"
_EXIF_PROFILE = b"Raw profile type exif"
_TEXT = (b"tEXt", b"zTXt", b"iTXt")
_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_KEPT = (b"cICP", b"mDCV", b"cLLI", b"sRGB", b"gAMA", b"cHRM", *_TEXT)
# A zipped profile or packet larger than this is an attack, not metadata.
_MAX_UNZIPPED = 64 * 2**20
_INCHES_PER_METRE = 39.37007874015748


def read_chunks(file: bytes) -> list[tuple[bytes, bytes]]:
    """Every sound chunk but the pixels', in order; stops quietly where the file ends too early."""
    return [
        (name, bytes(chunk[8:-4]))
        for name, chunk in _chunks(file)
        if name not in (b"IDAT", b"IEND") and zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:], "big")
    ]


def pixel_stream(file: bytes) -> bytes:
    """The file with no other chunks than those that the pixels depend on.

    The decoder would look into all of them, and unzip what may be gigabytes.
    """
    return SIGNATURE + b"".join(chunk for name, chunk in _chunks(file) if name in _PIXELS)


def metadata_of(chunks: Iterable[tuple[bytes, bytes]]) -> Metadata:
    """What the chunks say, of several that say the same the first; EXIF as stored."""
    found = Metadata(format="PNG")
    kept = []
    raw_exif = None
    unzipped = set[bytes]()
    for name, data in chunks:
        keyword = data.split(b"\0", 1)[0]
        if (only := _unzipped_as(name, keyword)) in unzipped:
            continue
        unzipped |= {only} - {b""}
        if name == b"IHDR":
            found = replace(found, bits=data[8])
        elif name == b"eXIf":
            found = replace(found, exif=data)
        elif name == b"iCCP":
            found = replace(found, icc_profile=_unzip(data[len(keyword) + 2 :]))
        elif name == b"pHYs" and len(data) == 9 and data[8] == 1:
            x, y = struct.unpack(">II", data[:8])
            found = replace(found, dpi=dpi_from_metres(x, y))
        elif name == b"iTXt" and keyword == _XMP:
            found = replace(found, xmp=_international_text(data))
        elif name in _TEXT and keyword == _EXIF_PROFILE:
            raw_exif = _raw_profile(name, data)
        elif name in _KEPT:
            kept.append((name, data))
    return replace(found, exif=found.exif or raw_exif, png_chunks=tuple(kept))


def _unzipped_as(name: bytes, keyword: bytes) -> bytes:
    """What a chunk is unzipped for, of which there is but one in a sound file; empty where it is not unzipped."""
    if name in _TEXT and keyword in (_XMP, _EXIF_PROFILE):
        return keyword
    return name if name == b"iCCP" else b""


def build_chunks(metadata: Metadata) -> bytes:
    """The chunks of a photo's metadata, to stand between IHDR and the pixels."""
    kept = metadata.png_chunks
    out = b""
    if metadata.icc_profile:
        kept = tuple(chunk for chunk in kept if chunk[0] != b"sRGB")  # the two exclude each other
        out += _chunk(b"iCCP", b"ICC Profile\0\0" + zlib.compress(metadata.icc_profile))
    out += b"".join(_chunk(name, data) for name, data in kept)
    if metadata.exif:
        out += _chunk(b"eXIf", metadata.exif)
    if metadata.xmp:
        out += _chunk(b"iTXt", _XMP + b"\0\0\0\0\0" + metadata.xmp)
    if metadata.dpi:
        out += _chunk(b"pHYs", struct.pack(">IIB", *(round(d * _INCHES_PER_METRE) for d in metadata.dpi), 1))
    return out


def _chunks(file: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """(name, the whole chunk from its length to its checksum) up to the end, or to where the file ends too early."""
    view, position = memoryview(file), len(SIGNATURE)
    while position + 12 <= len(view):
        length, name = struct.unpack_from(">I4s", view, position)
        if position + 12 + length > len(view):
            break
        yield name, view[position : position + 12 + length]
        if name == b"IEND":
            break
        position += 12 + length


def text_keywords(metadata: Metadata) -> list[str]:
    """The names of a PNG's text notes."""
    return [data.split(b"\0", 1)[0].decode("latin-1") for name, data in metadata.png_chunks if name in _TEXT]


def dpi_from_metres(x: int, y: int) -> tuple[float, float] | None:
    """Dots per inch from whole dots per metre: a whole number where that was meant (300 is stored as 11811)."""
    if x <= 0 or y <= 0:
        return None

    def dpi(metres: int) -> float:
        exact = metres / _INCHES_PER_METRE
        return float(round(exact)) if round(round(exact) * _INCHES_PER_METRE) == metres else exact

    return exif.plausible_dpi(dpi(x), dpi(y))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _unzip(data: bytes) -> bytes | None:
    unzip = zlib.decompressobj()
    try:
        out = unzip.decompress(data, _MAX_UNZIPPED)
    except zlib.error:
        return None
    return out if unzip.eof else None


def _international_text(data: bytes) -> bytes | None:
    """The text of an iTXt chunk: keyword, compression flag and method, language, translated keyword, text."""
    rest = data.partition(b"\0")[2]
    parts = rest[2:].split(b"\0", 2)
    if len(parts) < 3:
        return None
    return _unzip(parts[2]) if rest[:1] == b"\1" else parts[2]


def _raw_profile(name: bytes, data: bytes) -> bytes | None:
    """EXIF as some programs store it: a text of hexadecimal digits below its name and length."""
    rest = data.partition(b"\0")[2]
    match name:
        case b"tEXt":
            text: bytes | None = rest
        case b"zTXt":
            text = _unzip(rest[1:])
        case _:
            text = _international_text(data)
    try:
        block = bytes.fromhex((text or b"").decode("ascii").split(maxsplit=2)[2])
    except (ValueError, IndexError):
        return None
    return block.removeprefix(b"Exif\0\0") or None
