"""The decoders, one per file format: an open file in, an upright :class:`Photo` out.

Sizes are checked against the limit while only the header has been read. Decoders raise whatever their library raises
on damaged data; :mod:`cnnstudio.imaging.codecs` turns that into a sentence.
"""

from __future__ import annotations

import contextlib
import io
import logging
import math
import os
import re
import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import cv2
import imagecodecs
import numpy as np
import tifffile
from PIL import Image, ImageCms, JpegImagePlugin

from cnnstudio.errors import UnreadablePhoto
from cnnstudio.imaging import exif, png
from cnnstudio.imaging.metadata import JpegEncoding, Metadata
from cnnstudio.imaging.photo import Photo

# Pillow's own limit is lower than a large scan; ours is checked for every format alike.
Image.MAX_IMAGE_PIXELS = None
# What is wrong with a file reaches the person as one sentence of ours.
logging.getLogger("tifffile").setLevel(logging.CRITICAL)
logging.getLogger("imagecodecs").setLevel(logging.CRITICAL)
warnings.filterwarnings("ignore", module=r"PIL\.")

_DEFLATED = 1032
"""Bytes that a deflated byte can become at most."""
_JPEG_PIXELS = 512
"""Pixels that a byte of a JPEG can become at most: each block of 8 x 8 takes a bit (but for rare arithmetic codes)."""
_BMP_PIXELS = 128
"""Pixels that a byte of a BMP can become at most: a run of 255 takes two."""
_SMALL_PIXELS = 1 << 22
"""Of so few it does not matter whether the file can hold them."""
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""By colour type."""
_STRIP_PIXELS = 1 << 20
"""Conversions go by strips of about this many pixels, so that none of them costs a second whole photo."""


@dataclass(frozen=True)
class Source:
    """An open photo file: its name for sentences, its bytes, and how many pixels it may have."""

    name: str
    file: BinaryIO
    max_pixels: int

    def refuse(self, reason: str) -> UnreadablePhoto:
        return UnreadablePhoto(f"“{self.name}” {reason}.")

    @property
    def length(self) -> int:
        """Of the file, in bytes."""
        return os.fstat(self.file.fileno()).st_size

    def check_size(self, width: int, height: int, most: int | None = None) -> None:
        """Raises :class:`UnreadablePhoto` for a photo without pixels or with too many.

        Args:
            most: pixels that a file of this length can hold.
        """
        if width < 1 or height < 1:
            raise self.refuse("has no pixels")
        if width * height > self.max_pixels:
            millions = self.max_pixels / 1e6
            raise self.refuse(f"claims {width} × {height} pixels, more than the limit of {millions:g} million")
        if most is not None and width * height > most:
            raise self.refuse(f"claims {width} × {height} pixels, more than a file of its length can hold")


def sniff(head: bytes) -> str | None:
    """The format that a file's first 16 bytes announce, or None."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(png.SIGNATURE):
        return "PNG"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head.startswith(b"BM"):
        return "BMP"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"):
        return "HEIF"
    return None


def decode_jpeg(source: Source) -> Photo:
    with Image.open(source.file, formats=["JPEG"]) as image:
        _check_jpeg(source, image)
        orientation, metadata = _jpeg_metadata(image)
        if image.mode == "CMYK":
            converted, metadata = _cmyk_to_rgb(image, metadata)
            return Photo(_pixels(converted, orientation), metadata)
        return Photo(_pixels(image, orientation), metadata)


def decode_jpeg_draft(source: Source, long_side: int) -> np.ndarray:
    """A JPEG at an eighth to all of its size, at least ``long_side`` on its long side where it has so many pixels."""
    with Image.open(source.file, formats=["JPEG"]) as image:
        _check_jpeg(source, image)
        orientation, _ = _jpeg_metadata(image)
        scale = min(1.0, long_side / max(image.size))
        image.draft(None, (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
        return _pixels(image.convert("RGB") if image.mode == "CMYK" else image, orientation)


def _check_jpeg(source: Source, image: Image.Image) -> None:
    """Refuses a size of which most would be missing: the decoder would make up the rest, however long it took."""
    source.check_size(*image.size, most=_SMALL_PIXELS + source.length * _JPEG_PIXELS)


def decode_png(source: Source) -> Photo:
    source.file.seek(0)
    data = source.file.read()
    chunks = png.read_chunks(data)
    if not chunks or chunks[0][0] != b"IHDR":
        raise ValueError("no IHDR")
    header = chunks[0][1]
    bits = header[8] * _PNG_CHANNELS[header[9]]
    width, height = struct.unpack_from(">II", header)
    source.check_size(width, height, most=source.length * _DEFLATED * 8 // bits)
    metadata = png.metadata_of(chunks)
    notes = []
    if header[9] == 3:
        notes.append(_PALETTE)
    elif metadata.bits < 8:
        notes.append(_depth_note(metadata.bits, 8))
    orientation, metadata = _upright_metadata(replace(metadata, notes=tuple(notes)))
    data = png.pixel_stream(data)
    return Photo(_turned(_with_channels(imagecodecs.png_decode(data)), orientation), metadata)


def decode_webp(source: Source) -> Photo:
    lossless = _webp_is_lossless(source.file)
    with Image.open(source.file, formats=["WEBP"]) as image:
        source.check_size(*image.size)
        info = image.info
        animated = int(getattr(image, "n_frames", 1)) > 1
        orientation, metadata = _upright_metadata(
            Metadata(
                format="WEBP",
                exif=info.get("exif"),
                icc_profile=info.get("icc_profile"),
                xmp=info.get("xmp"),
                webp_lossless=lossless,
                notes=("The file is an animation; its first picture was opened.",) if animated else (),
            )
        )
        return Photo(_pixels(image, orientation), metadata)


def decode_bmp(source: Source) -> Photo:
    with Image.open(source.file, formats=["BMP"]) as image:
        source.check_size(*image.size, most=_SMALL_PIXELS + source.length * _BMP_PIXELS)
        x, y = image.info.get("dpi", (0, 0))
        metadata = Metadata(format="BMP", dpi=png.dpi_from_metres(round(x * 39.3701), round(y * 39.3701)))
        if image.mode == "P":
            return Photo(_pixels(image.convert("RGB"), 1), replace(metadata, notes=(_PALETTE,)))
        if image.mode == "1":
            return Photo(_pixels(image.convert("L"), 1), replace(metadata, bits=1, notes=(_depth_note(1, 8),)))
        return Photo(_pixels(image, 1), metadata)


def decode_heif(source: Source) -> Photo:
    try:
        import pillow_heif
    except ImportError as error:
        raise source.refuse("is a HEIC photo; install the package pillow-heif to open it") from error
    source.file.seek(0)
    container = pillow_heif.open_heif(source.file, convert_hdr_to_8bit=False)
    image = container[container.primary_index]
    source.check_size(*image.size)
    info: dict[str, Any] = image.info
    bits = int(info.get("bit_depth", 8))
    notes = []
    if len(container) > 1:
        notes.append(f"The file holds {len(container)} pictures; the main one was opened.")
    # The decoder has turned the pixels by the container's own rotation; the EXIF tag would turn them twice.
    _, metadata = _upright_metadata(
        Metadata(
            format="HEIF",
            exif=info.get("exif"),
            icc_profile=info.get("icc_profile"),
            xmp=info.get("xmp"),
            bits=bits,
            notes=tuple(notes),
        )
    )
    pixels = _with_channels(np.asarray(image))
    if image.premultiplied_alpha:
        pixels = _straight(pixels)
    if pixels.dtype == np.uint16:
        pixels = pixels | (pixels >> bits)  # shifted up by the decoder, so that white were not quite white
    return Photo(np.ascontiguousarray(pixels), metadata)


def decode_tiff(source: Source) -> Photo:
    length = source.length

    def read(offset: int, size: int) -> bytes:
        return _at(source.file, min(offset, length), min(size, length))

    layout, first = exif.read_header(read)
    directory = exif.read_directory(exif.limited(read, length), layout, first)
    if exif.DNG_VERSION in directory:
        raise source.refuse("is a camera's raw file, which cannot be opened here")
    source.file.seek(0)
    with tifffile.TiffFile(source.file) as file:
        page = file.pages.first
        source.check_size(page.imagewidth, page.imagelength)
        _check_tiff(source, page, length)
        pages = exif.count_pages(exif.limited(read, length), layout, first)
        notes = [f"The file has {pages} pages; the first was opened."] * (pages > 1)
        orientation, metadata = _upright_metadata(_tiff_metadata(directory, layout, page, notes))
        pixels, metadata = _tiff_pixels(source, page, metadata)
    return Photo(_turned(pixels, orientation), metadata)


DECODERS: dict[str, Callable[[Source], Photo]] = {
    "JPEG": decode_jpeg,
    "PNG": decode_png,
    "TIFF": decode_tiff,
    "WEBP": decode_webp,
    "BMP": decode_bmp,
    "HEIF": decode_heif,
}


# --- orientation and arrays -------------------------------------------------------------------------------------------


def upright(stored: np.ndarray, orientation: int) -> np.ndarray:
    """A view of HxWxC pixels as EXIF ``orientation`` (1 to 8) says they are to be looked at."""
    turned = stored.swapaxes(0, 1) if orientation >= 5 else stored
    match orientation:
        case 2 | 6:
            return turned[:, ::-1]
        case 3 | 7:
            return turned[::-1, ::-1]
        case 4 | 8:
            return turned[::-1]
    return turned


def _turned(pixels: np.ndarray, orientation: int) -> np.ndarray:
    return np.ascontiguousarray(upright(pixels, orientation))


def _with_channels(pixels: np.ndarray) -> np.ndarray:
    return pixels[..., None] if pixels.ndim == 2 else pixels


def _pixels(image: Image.Image, orientation: int) -> np.ndarray:
    """An upright array of a Pillow image, filled strip by strip: Pillow's own conversion holds two more copies."""
    width, height = image.size
    image.load()
    size = (width, height) if orientation >= 5 else (height, width)
    pixels = np.empty((*size, len(image.getbands())), np.uint8)
    # Written through the inverse view, the pixels land upright without another copy.
    stored = upright(pixels, {6: 8, 8: 6}.get(orientation, orientation))
    for y, y1 in _strips(height, width):
        stored[y:y1] = _with_channels(np.asarray(image.crop((0, y, width, y1))))
    return pixels


def _strips(height: int, width: int) -> list[tuple[int, int]]:
    step = max(1, _STRIP_PIXELS // width)
    return [(y, min(y + step, height)) for y in range(0, height, step)]


def _straight(pixels: np.ndarray) -> np.ndarray:
    """Colours divided by their alpha, the last channel."""
    full = np.iinfo(pixels.dtype).max
    out = pixels.copy()
    for y, y1 in _strips(*pixels.shape[:2]):
        strip = pixels[y:y1].astype(np.float32)
        alpha = np.maximum(strip[..., -1:], 1)
        out[y:y1, :, :-1] = np.minimum(np.rint(strip[..., :-1] * (full / alpha)), full)
    return out


_PALETTE = "The file has a palette and was opened in full colour."


def _depth_note(bits: int, depth: int) -> str:
    return f"The file has {bits} bit{'s' if bits > 1 else ''} per channel and was opened with {depth}."


# --- metadata ---------------------------------------------------------------------------------------------------------


def _upright_metadata(metadata: Metadata) -> tuple[int, Metadata]:
    """The orientation of the stored pixels, and the metadata of upright ones."""
    orientation = 1
    block, packet = metadata.exif, metadata.xmp
    if block:
        orientation, block = exif.made_upright(exif.without_thumbnail(block.removeprefix(b"Exif\0\0")))
    if packet and (found := _XMP_ORIENTATION.search(packet)):
        if orientation == 1:
            orientation = int(found[2])
        packet = _XMP_ORIENTATION.sub(rb"\g<1>1", packet)
    return orientation, replace(metadata, exif=block or None, xmp=packet or None)


_XMP_ORIENTATION = re.compile(rb"""(tiff:Orientation(?:\s*=\s*["']|>\s*))([1-8])""")


def _jpeg_metadata(image: Image.Image) -> tuple[int, Metadata]:
    assert isinstance(image, JpegImagePlugin.JpegImageFile)
    info = image.info
    block: bytes | None = info.get("exif")
    dpi: tuple[float, float] | None = None
    if info.get("jfif_unit") in (1, 2) and all(info["dpi"]):
        dpi = info["dpi"][0] + 0.0, info["dpi"][1] + 0.0
    elif block:
        dpi = _exif_dpi(block.removeprefix(b"Exif\0\0"))
    segments = image.applist
    photoshop = b"".join(s[14:] for name, s in segments if name == "APP13" and s.startswith(b"Photoshop 3.0\0"))
    extension = tuple(
        s for name, s in segments if name == "APP1" and s.startswith(b"http://ns.adobe.com/xmp/extension/")
    )
    tables = tuple(tuple(table) for _, table in sorted(image.quantization.items()))
    notes = []
    if "mp" in info:
        notes.append("The file holds further pictures beside the photo; only the photo was opened.")
    metadata = Metadata(
        format="JPEG",
        exif=block,
        icc_profile=info.get("icc_profile"),
        xmp=info.get("xmp"),
        xmp_extension=extension,
        photoshop=photoshop or None,
        comment=info.get("comment"),
        dpi=dpi,
        # Pillow cannot write the rarer samplings; 4:4:4 keeps all that they keep.
        jpeg=JpegEncoding(tables, max(0, JpegImagePlugin.get_sampling(image)), "progressive" in info),
        notes=tuple(notes),
    )
    return _upright_metadata(metadata)


def _exif_dpi(block: bytes) -> tuple[float, float] | None:
    try:
        layout, directory = exif.parse(block)
    except ValueError:
        return None
    return exif.resolution(directory, layout)


def _webp_is_lossless(file: BinaryIO) -> bool:
    """Whether the first picture of a WebP is coded without loss: its chunk is VP8L."""
    position = 12
    while len(head := _at(file, position, 8)) == 8:
        if head[:4] in (b"VP8L", b"VP8 "):
            return head[:4] == b"VP8L"
        size = int.from_bytes(head[4:], "little")
        # The chunks of an animation's frame follow the frame's own header of 16 bytes.
        position += 8 + (16 if head[:4] == b"ANMF" else size + (size & 1))
    return False


def _at(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


# --- TIFF -------------------------------------------------------------------------------------------------------------

_YCBCR_TAGS = frozenset(range(529, 532))


def _tiff_metadata(
    directory: exif.Directory, layout: exif.Layout, page: tifffile.TiffPage, notes: list[str]
) -> Metadata:
    dropped = exif.STRUCTURE | (_YCBCR_TAGS if page.photometric == 6 else frozenset())
    if exif.EXIF not in directory:
        # Every TIFF has a resolution; only beside camera data is it part of the EXIF block.
        dropped |= {exif.X_RESOLUTION, exif.Y_RESOLUTION, exif.RESOLUTION_UNIT}
    described = {tag: entry for tag, entry in directory.items() if tag not in dropped}

    def blob(tag: int) -> bytes | None:
        entry = directory.get(tag)
        return entry.value if entry and isinstance(entry.value, bytes) and entry.value else None

    photoshop, iptc = blob(exif.PHOTOSHOP), blob(exif.IPTC)
    if photoshop is None and iptc is not None:
        photoshop = b"8BIM\x04\x04\0\0" + len(iptc).to_bytes(4, "big") + iptc + b"\0" * (len(iptc) & 1)
    return Metadata(
        format="TIFF",
        exif=exif.build(described, layout) if described else None,
        icc_profile=blob(exif.ICC_PROFILE),
        xmp=blob(exif.XMP),
        photoshop=photoshop,
        dpi=exif.resolution(directory, layout),
        bits=_bits_per_sample(page),
        tiff_compression=int(page.compression),
        notes=tuple(notes),
    )


def _bits_per_sample(page: tifffile.TiffPage) -> int:
    bits = page.bitspersample
    return int(bits if isinstance(bits, int) else max(bits))


def _check_tiff(source: Source, page: tifffile.TiffPage, length: int) -> None:
    """Refuses what is not a photo of 8 or 16 bits, and a file that ends before its pixels do."""
    channels = page.samplesperpixel
    if page.imagedepth > 1 or page.photometric not in _BASE_CHANNELS or channels > 8:
        raise source.refuse("is a kind of TIFF that holds no ordinary photo")
    if page.photometric == 6 and int(page.compression) != 7:
        raise source.refuse("is a TIFF in a colour encoding that cannot be opened here")
    kind, bits = page.dtype.kind if page.dtype else "?", _bits_per_sample(page)
    if not (kind == "f" or (kind in "ub" and bits <= 16)):
        raise source.refuse(f"is a TIFF with {bits} bits per channel in a form that cannot be opened here")
    # Damaged files are caught here, since strips and tiles that are absent would be read as black.
    offsets = page.tags.get(324) or page.tags.get(273)
    if offsets is None or offsets.count < math.prod(page.chunked):
        raise ValueError("strips are missing")
    if any(n == 0 or offset + n > length for offset, n in zip(page.dataoffsets, page.databytecounts, strict=True)):
        raise ValueError("pixels lie beyond the end of the file")


_BASE_CHANNELS = {0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3}
"""Channels without alpha by photometric interpretation: grey (0 has white as 0), RGB, palette, CMYK, YCbCr."""


_BUFFER = 1 << 25
"""Bytes of a TIFF read ahead of decoding."""


def _tiff_pixels(source: Source, page: tifffile.TiffPage, metadata: Metadata) -> tuple[np.ndarray, Metadata]:
    bits, photometric = metadata.bits, int(page.photometric)
    pixels = page.asarray(buffersize=_BUFFER)
    if page.planarconfig == 2 and page.samplesperpixel > 1:
        pixels = np.moveaxis(pixels, 0, -1)
    pixels = _with_channels(pixels)
    if pixels.shape != (page.imagelength, page.imagewidth, page.samplesperpixel):
        raise ValueError(f"pixels of the shape {pixels.shape}")
    notes = list(metadata.notes)

    if photometric == 3:
        notes.append(_PALETTE)
        # 16-bit colours are written as 8 bits times 256 or 257; a few programs leave them at 8 bits.
        colours = np.asarray(page.colormap, np.uint16)
        table = (colours >> 8 if colours.max() > 255 else colours).astype(np.uint8)
        pixels, bits = np.ascontiguousarray(table.T)[pixels[..., 0].astype(np.intp)], 8
    elif pixels.dtype.kind == "f":
        if not (np.isfinite(pixels).all() and pixels.min() >= 0 and pixels.max() <= 1):
            raise source.refuse("holds floating-point values outside 0 to 1, so its brightness cannot be known")
        notes.append("The file holds floating-point values and was opened with 16 bits per channel.")
        pixels = np.rint(pixels * np.float32(65535)).astype(np.uint16)
    elif bits not in (8, 16):
        depth = 8 if bits < 8 else 16
        notes.append(_depth_note(bits, depth))
        levels = np.arange(2**bits) * ((2**depth - 1) / (2**bits - 1))
        pixels = np.rint(levels).astype(f"uint{depth}")[pixels.astype(np.uint16)]
    if photometric == 0:
        pixels[..., 0] = np.invert(pixels[..., 0])

    base = 3 if photometric == 3 else _BASE_CHANNELS[photometric]
    # Some programs write more channels than they say something about.
    extra = [int(e) for e in page.extrasamples] + [0] * (pixels.shape[2] - base - len(page.extrasamples))
    if pixels.shape[2] != base + len(extra):
        raise ValueError(f"{pixels.shape[2]} channels instead of {base} and {len(extra)}")
    # One channel of unnamed meaning is taken for transparency, as most programs that write one mean it.
    alpha = next((i for i, e in enumerate(extra) if e in (1, 2)), 0 if len(extra) == 1 else None)
    kept = [*range(base)] + ([] if alpha is None else [base + alpha])
    if len(kept) < base + len(extra):
        notes.append("The file has channels beside colour and transparency; they were left out.")
        pixels = pixels[..., kept]
    if alpha is not None and extra[alpha] == 1:
        pixels = _straight(pixels)
    metadata = replace(metadata, notes=tuple(notes))
    return _tiff_cmyk_to_rgb(pixels, metadata) if photometric == 5 else (pixels, metadata)


def _tiff_cmyk_to_rgb(pixels: np.ndarray, metadata: Metadata) -> tuple[np.ndarray, Metadata]:
    if pixels.dtype == np.uint16:
        pixels = cv2.convertScaleAbs(np.ascontiguousarray(pixels), alpha=1 / 257)
    opacity = pixels[..., 4:]
    image, metadata = _cmyk_to_rgb(Image.fromarray(np.ascontiguousarray(pixels[..., :4]), "CMYK"), metadata)
    return np.concatenate([_pixels(image, 1), opacity], axis=-1), metadata


# --- CMYK -------------------------------------------------------------------------------------------------------------


def _cmyk_to_rgb(image: Image.Image, metadata: Metadata) -> tuple[Image.Image, Metadata]:
    """Printing inks as sRGB, by the embedded profile where it is sound, else by plain multiplication."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    converted = None
    if metadata.icc_profile:
        with contextlib.suppress(ImageCms.PyCMSError):
            profile = io.BytesIO(metadata.icc_profile)
            converted = ImageCms.profileToProfile(image, profile, srgb, outputMode="RGB")
    notes = (*metadata.notes, "The file is in printing inks (CMYK) and was opened in the colours of a screen (sRGB).")
    # The tables of four inks would fit three colours badly.
    metadata = replace(metadata, icc_profile=srgb.tobytes(), jpeg=None, notes=notes)
    return converted or image.convert("RGB"), metadata
