"""The encoders, one per file format: a :class:`Picture` into an open file, with all of its metadata that fits.

A photo seen through layers is had a band at a time, so that saving a large scan takes no second copy of it.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO

import cv2
import imagecodecs
import numpy as np
import tifffile
from PIL import Image

from cnnstudio.imaging import exif, png, xmp
from cnnstudio.imaging.metadata import JpegEncoding, Metadata
from cnnstudio.imaging.photo import Photo, Pixels
from cnnstudio.imaging.tiles import TILE, Tiled

DEFAULT_QUALITY = 95
MAX_SEGMENT = 65533
"""Bytes that fit in one segment of a JPEG."""
MAX_JPEG_EXIF = MAX_SEGMENT - len(b"Exif\0\0")
MAX_JPEG_XMP = MAX_SEGMENT - len(b"http://ns.adobe.com/xap/1.0/\0")

_PNG_LEVEL = 3  # higher levels take several times as long to save a few per cent
_LOSSLESS_TIFF = {1: "none", 5: "lzw", 8: "adobe_deflate", 32773: "packbits", 32946: "adobe_deflate", 50000: "zstd"}
_TIFF_ENCODERS: dict[str, Callable[[Any], Any]] = {
    "none": np.ndarray.tobytes,
    "lzw": imagecodecs.lzw_encode,
    "adobe_deflate": imagecodecs.deflate_encode,
    "packbits": partial(imagecodecs.packbits_encode, axis=-2),
    "zstd": imagecodecs.zstd_encode,
}
_CLASSIC_TIFF = 2**32 - 2**26  # bytes of pixels, as stored, beyond which 32-bit offsets may no longer reach
_LZW_GROWTH = 1.5  # of noise at the worst: codes of 12 bits for 8
_TIFF_STRIP = 2**18  # bytes of pixels that are compressed together
_PREDICTED = ("lzw", "adobe_deflate", "zstd")
_CENTIMETRES = b"\2"  # JFIF's density unit
_BYTE, _UNDEFINED = 1, 7  # TIFF types


@dataclass(frozen=True)
class Picture:
    """What is saved where that is not a :class:`Photo`, which has all its pixels in memory.

    Attributes:
        pixels: ``uint8`` or ``uint16``, channels as a photo's.
        metadata: as a photo's.
    """

    pixels: Pixels
    metadata: Metadata = field(default_factory=Metadata)


def encode_jpeg(file: BinaryIO, photo: Photo | Picture, quality: int | None) -> None:
    metadata = photo.metadata
    options: dict[str, Any] = {"quality": DEFAULT_QUALITY if quality is None else quality, "subsampling": 0}
    if metadata.jpeg is not None:
        options |= {"subsampling": metadata.jpeg.subsampling, "progressive": metadata.jpeg.progressive}
        if quality is None:
            options["qtables"] = _tables(metadata.jpeg)
            del options["quality"]  # it would scale the tables
    if metadata.exif and len(metadata.exif) <= MAX_JPEG_EXIF:
        options["exif"] = b"Exif\0\0" + metadata.exif
    packet, extension = jpeg_xmp(metadata)
    if packet:
        options["xmp"] = packet
    if metadata.comment:
        options["comment"] = metadata.comment[:MAX_SEGMENT]
    if metadata.dpi:
        options["dpi"] = metadata.dpi
    extra = b"".join(_segment(b"\xff\xe1", part) for part in extension)
    resources = metadata.photoshop or b""
    step = MAX_SEGMENT - 14
    for start in range(0, len(resources), step):
        extra += _segment(b"\xff\xed", b"Photoshop 3.0\0" + resources[start : start + step])
    out = _saved(photo.pixels, _flat, "JPEG", metadata, extra=extra, **options)
    if metadata.dpi and not all(d.is_integer() for d in metadata.dpi):
        _set_density_per_centimetre(out, metadata.dpi)
    file.write(out)


def jpeg_xmp(metadata: Metadata) -> tuple[bytes | None, tuple[bytes, ...]]:
    """The XMP packet as JPEG can hold it, and its further segments; None for the packet where it cannot."""
    packet, extension = metadata.xmp, metadata.xmp_extension
    if packet is None or len(packet) <= MAX_JPEG_XMP:
        return packet, extension
    # What has been split once cannot be split again without its other half.
    return (None, extension) if extension else (xmp.split(packet, MAX_JPEG_XMP) or (None, ()))


def encode_png(file: BinaryIO, photo: Photo | Picture, quality: int | None) -> None:
    stream = memoryview(imagecodecs.png_encode(_plain(_whole(photo.pixels)), level=_PNG_LEVEL))
    file.write(stream[: png.HEADER_END])
    file.write(png.build_chunks(photo.metadata))
    file.write(stream[png.HEADER_END :])


def encode_tiff(file: BinaryIO, photo: Photo | Picture, quality: int | None) -> None:
    pixels, metadata = photo.pixels, photo.metadata
    described: exif.Directory = {}
    layout = exif.Layout()
    if metadata.exif:
        try:
            layout, described = exif.parse(metadata.exif)
        except ValueError:
            described = {}
    options: dict[str, Any] = {}
    if metadata.dpi:
        options = {"resolution": metadata.dpi, "resolutionunit": "inch"}
    compression = _LOSSLESS_TIFF.get(metadata.tiff_compression or 8, "adobe_deflate")
    width, channels = pixels.shape[1:]
    row = width * channels * pixels.dtype.itemsize
    rows = None if compression == "none" else max(_TIFF_STRIP // row, 1)
    big = row * pixels.shape[0] * (_LZW_GROWTH if compression == "lzw" else 1) > _CLASSIC_TIFF
    dtype = pixels.dtype.newbyteorder(layout.order)
    with tifffile.TiffWriter(file, bigtiff=big, byteorder=layout.order) as writer:
        writer.write(
            _tiff_strips(pixels, dtype, compression, rows),
            shape=pixels.shape if channels > 1 else pixels.shape[:2],
            dtype=dtype,
            rowsperstrip=rows,
            photometric="rgb" if pixels.shape[2] >= 3 else "minisblack",
            planarconfig="contig" if pixels.shape[2] > 1 else None,
            extrasamples=["unassalpha"] if pixels.shape[2] in (2, 4) else None,
            compression=compression,
            predictor=compression in _PREDICTED,
            metadata=None,
            software=False,
            **options,
        )
    _extend_directory(file, exif.Layout(layout.order, big), described, metadata)


def encode_webp(file: BinaryIO, photo: Photo | Picture, quality: int | None) -> None:
    metadata = photo.metadata
    options: dict[str, Any] = {"quality": DEFAULT_QUALITY if quality is None else quality}
    if metadata.webp_lossless and quality is None:
        options = {"lossless": True, "exact": True}
    if metadata.exif:
        options["exif"] = metadata.exif
    if metadata.xmp:
        options["xmp"] = metadata.xmp
    file.write(_saved(photo.pixels, _coloured, "WEBP", metadata, **options))


def encode_bmp(file: BinaryIO, photo: Photo | Picture, quality: int | None) -> None:
    # Left to itself Pillow would claim 96 dots per inch.
    file.write(_saved(photo.pixels, _flat, "BMP", Metadata(), dpi=photo.metadata.dpi or (0, 0)))


ENCODERS: dict[str, Callable[[BinaryIO, Photo | Picture, int | None], None]] = {
    "JPEG": encode_jpeg,
    "PNG": encode_png,
    "TIFF": encode_tiff,
    "WEBP": encode_webp,
    "BMP": encode_bmp,
}


# --- pixels -----------------------------------------------------------------------------------------------------------


def to_8bit(pixels: np.ndarray) -> np.ndarray:
    """HxWxC as ``uint8``: 16-bit values are divided by 257 and rounded, so that 65535 becomes 255."""
    if pixels.dtype == np.uint8:
        return pixels
    return cv2.convertScaleAbs(np.ascontiguousarray(pixels), alpha=1 / 257).reshape(pixels.shape)


def _flat(pixels: np.ndarray) -> np.ndarray:
    """8-bit grey or RGB, what was transparent laid on white."""
    pixels = to_8bit(pixels)
    if pixels.shape[2] in (1, 3):
        return pixels
    alpha = pixels[..., -1:].astype(np.uint16)
    return ((pixels[..., :-1] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


def _coloured(pixels: np.ndarray) -> np.ndarray:
    """8-bit grey, RGB or RGBA."""
    pixels = to_8bit(pixels)
    return pixels[..., [0, 0, 0, 1]] if pixels.shape[2] == 2 else pixels


def _plain(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)


def _bands(height: int, step: int = TILE) -> Iterator[slice]:
    """The rows of a picture, some at a time: of a row of tiles each is looked at once."""
    for top in range(0, height, step):
        yield slice(top, min(top + step, height))


def _whole(pixels: Pixels) -> np.ndarray:
    """All of a picture, not copied where it is in memory already."""
    if isinstance(pixels, np.ndarray):
        return pixels
    if isinstance(pixels, Tiled):
        return pixels.to_array()
    out = np.empty(pixels.shape, pixels.dtype)
    for rows in _bands(pixels.shape[0]):
        out[rows] = pixels[rows, :]
    return out


def _saved(
    pixels: Pixels, convert: Callable[[np.ndarray], np.ndarray], format: str, metadata: Metadata, **options: Any
) -> memoryview:
    """The file as Pillow encodes it in memory: written from there, a full disk is reported as such.

    Args:
        convert: makes some rows what the format holds.
    """
    if metadata.icc_profile:
        options["icc_profile"] = metadata.icc_profile
    out = io.BytesIO()
    _image(pixels, convert).save(out, format, **options)
    return out.getbuffer()


def _image(pixels: Pixels, convert: Callable[[np.ndarray], np.ndarray]) -> Image.Image:
    height, width = pixels.shape[:2]
    image = None
    for rows in _bands(height):
        band = Image.fromarray(_plain(convert(pixels[rows, :])))
        if image is None:
            image = Image.new(band.mode, (width, height))
        image.paste(band, (0, rows.start))
    assert image is not None
    return image


# --- JPEG -------------------------------------------------------------------------------------------------------------


def _tables(encoding: JpegEncoding) -> list[list[int]]:
    return [list(table) for table in encoding.tables]


def _segment(marker: bytes, data: bytes) -> bytes:
    return marker + struct.pack(">H", len(data) + 2) + data


def _set_density_per_centimetre(jpeg: memoryview, dpi: tuple[float, float]) -> None:
    """Rewrites the JFIF header's density where whole dots per centimetre say it better than whole dots per inch."""
    density = [round(d / 2.54) for d in dpi]
    if all(abs(n * 2.54 - d) < 1e-6 for n, d in zip(density, dpi, strict=True)) and bytes(jpeg[6:11]) == b"JFIF\0":
        jpeg[13:18] = _CENTIMETRES + struct.pack(">HH", *density)


# --- TIFF -------------------------------------------------------------------------------------------------------------


def _tiff_strips(pixels: Pixels, dtype: np.dtype, compression: str, rows: int | None) -> Iterator[bytes]:
    """The strips of a TIFF, encoded as tifffile would encode those of an array.

    Args:
        dtype: the pixels' own, in the file's byte order.
        rows: of a strip; None makes a single one, handed over in pieces.
    """
    encode = _TIFF_ENCODERS[compression]

    def encoded(strip: np.ndarray) -> Any:  # imagecodecs may be told to give something else than bytes
        strip = np.ascontiguousarray(strip, dtype)
        return encode(imagecodecs.delta_encode(strip, axis=-2) if compression in _PREDICTED else strip)

    step = TILE if rows is None else max(TILE // rows, 1) * rows
    with ThreadPoolExecutor(tifffile.TIFF.MAXWORKERS) as pool:
        for band in _bands(pixels.shape[0], step):
            part = pixels[band, :]
            height = part.shape[0]
            yield from pool.map(encoded, [part[inside] for inside in _bands(height, rows or height)])


def _extend_directory(file: BinaryIO, layout: exif.Layout, described: exif.Directory, metadata: Metadata) -> None:
    """Appends a directory with all tags, which takes the place of the one that holds only the pixels' structure."""

    def read(offset: int, size: int) -> bytes:
        file.seek(offset)
        return file.read(size)

    _, first = exif.read_header(read)
    structure = exif.read_directory(read, layout, first)
    density = (exif.X_RESOLUTION, exif.Y_RESOLUTION, exif.RESOLUTION_UNIT)
    if metadata.dpi is None or exif.resolution(described, layout) == metadata.dpi:
        for tag in density:
            structure.pop(tag, None)
    directory = {tag: entry for tag, entry in described.items() if tag not in exif.STRUCTURE} | structure
    blocks = {
        exif.XMP: metadata.xmp,
        exif.PHOTOSHOP: metadata.photoshop,
        exif.IPTC: caption_data(metadata.photoshop or b""),
        exif.ICC_PROFILE: metadata.icc_profile,
    }
    for tag, value in blocks.items():
        if value:
            directory[tag] = exif.Entry(_BYTE if tag == exif.XMP else _UNDEFINED, len(value), value)
    end = file.seek(0, io.SEEK_END)
    end += file.write(b"\0" * (end & 1))
    file.write(exif.build_directory(directory, layout, end))
    file.seek(8 if layout.big else 4)
    file.write(struct.pack(layout.pointer, end))
    file.seek(0, io.SEEK_END)


def caption_data(photoshop: bytes) -> bytes | None:
    """The IPTC record in Photoshop's resource blocks: block 0x0404."""
    position = 0
    while photoshop[position : position + 4] == b"8BIM" and position + 12 <= len(photoshop):
        kind, name_length = struct.unpack_from(">HB", photoshop, position + 4)
        position += 6 + 1 + name_length
        position += position & 1
        size = int.from_bytes(photoshop[position : position + 4], "big")
        data = photoshop[position + 4 : position + 4 + size]
        if kind == 0x0404:
            return data
        position += 4 + size + (size & 1)
    return None
