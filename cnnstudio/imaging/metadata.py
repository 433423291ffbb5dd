"""What a photo's file carried beside its pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnnstudio.imaging import exif, xmp

_GPS = "{http://ns.adobe.com/exif/1.0/}GPS"


@dataclass(frozen=True)
class JpegEncoding:
    """How a JPEG was encoded, so that it can be saved alike.

    Attributes:
        tables: one to four quantisation tables of 64 values each, row by row.
        subsampling: of the colours: 0 is 4:4:4, 1 is 4:2:2, 2 is 4:2:0.
        progressive: whether the file was progressive.
    """

    tables: tuple[tuple[int, ...], ...]
    subsampling: int
    progressive: bool


@dataclass(frozen=True)
class Metadata:
    """What the file carried beside its pixels; None or empty where it had none.

    Attributes:
        format: ``"JPEG"``, ``"PNG"``, ``"TIFF"``, ``"WEBP"``, ``"BMP"`` or ``"HEIF"``; None for a photo from no file.
        exif: the EXIF block, beginning with its TIFF header (without ``Exif\\0\\0``). Its orientation is 1, since
            pixels in memory are upright, and it has no thumbnail, which would show the photo before its repair.
        icc_profile: the colour profile.
        xmp: the XMP packet; an orientation in it is 1 too.
        xmp_extension: further XMP segments of a JPEG, as stored.
        photoshop: Photoshop's image resource blocks (``8BIM…``), the home of IPTC captions.
        comment: a JPEG's comment.
        dpi: dots per inch, across and down.
        bits: bits per channel in the file.
        jpeg: how a JPEG was encoded.
        webp_lossless: whether a WebP was lossless.
        tiff_compression: TIFF's number of the compression.
        png_chunks: further chunks of a PNG worth keeping (text, gamma, primaries): (name, data).
        notes: plain sentences on what had to be converted or left out when the file was read.
    """

    format: str | None = None
    exif: bytes | None = None
    icc_profile: bytes | None = None
    xmp: bytes | None = None
    xmp_extension: tuple[bytes, ...] = ()
    photoshop: bytes | None = None
    comment: bytes | None = None
    dpi: tuple[float, float] | None = None
    bits: int = 8
    jpeg: JpegEncoding | None = None
    webp_lossless: bool = False
    tiff_compression: int | None = None
    png_chunks: tuple[tuple[bytes, bytes], ...] = ()
    notes: tuple[str, ...] = ()


def without_location(metadata: Metadata) -> Metadata:
    """The same without the place where the photo was taken: GPS tags in EXIF and XMP.

    What cannot be read is left out as a whole, and so is extended XMP: they may hold anything.
    """
    block = metadata.exif
    if block is not None:
        try:
            layout, directory = exif.parse(block)
        except ValueError:
            block = None  # a block that nobody can read may hold anything
        else:
            if exif.GPS in directory:
                block = exif.build({tag: entry for tag, entry in directory.items() if tag != exif.GPS}, layout)
    packet = metadata.xmp and _without_gps(metadata.xmp)
    return replace(metadata, exif=block, xmp=packet, xmp_extension=())


def _without_gps(packet: bytes) -> bytes | None:
    """An XMP packet without the place, as it was where it has none; None where it cannot be read."""
    try:
        parsed = xmp.parse(packet)
    except ValueError:
        return None
    is_changed = False
    for element in parsed.root.iter():
        for name in [name for name in element.attrib if name.startswith(_GPS)]:
            del element.attrib[name]
            is_changed = True
        kept = [child for child in element if not str(child.tag).startswith(_GPS)]
        if len(kept) < len(element):
            element[:] = kept
            is_changed = True
    return parsed.to_bytes() if is_changed else packet


def without_personal(metadata: Metadata) -> Metadata:
    """The same with nothing but what is needed to show the photo as it is: profile, resolution, encoding."""
    chunks = tuple((name, data) for name, data in metadata.png_chunks if name not in (b"tEXt", b"zTXt", b"iTXt"))
    return replace(metadata, exif=None, xmp=None, xmp_extension=(), photoshop=None, comment=None, png_chunks=chunks)
