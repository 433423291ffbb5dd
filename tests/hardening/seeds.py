"""Small sound files of every kind that the program reads: what the fuzzer begins with."""

from __future__ import annotations

import io
import json
import struct
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pillow_heif
import safetensors.torch
import tifffile
import torch
from PIL import ExifTags, Image, ImageCms

from cnnstudio.cards import ModelCard
from cnnstudio.cli.journal import Entry
from cnnstudio.imaging import selection
from cnnstudio.imaging.brush import Brush, Stroke
from cnnstudio.imaging.codecs import write_photo
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.encode import Picture
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.provenance import Repair, record
from cnnstudio.imaging.session import create_session
from cnnstudio.jobs import Origin, RepairOptions, RestoreOptions, SelfCheck
from cnnstudio.networks.registry import build

WIDTH, HEIGHT = 56, 40
"""Pixels of the photos and masks that are drawn here."""

SMALL = {"widths": [8, 16], "depths": [1, 1], "blocks": ["res", "res"], "trained_levels": 2}
"""Options of a small pyramid network."""


@dataclass(frozen=True)
class Seed:
    """A sound file.

    Attributes:
        kind: what it is to the program: ``"photo"``, ``"mask"``, ``"session"``, ``"card"``, ``"weights"``,
            ``"journal"`` or ``"settings"``.
        name: with the suffix that tells its format.
        data: all of it.
    """

    kind: str
    name: str
    data: bytes


def all_seeds() -> list[Seed]:
    """The same every time, but for the times and identities in sessions."""
    return [*_photos(), *_masks(), *_sessions(), *_models(), *_words()]


# --- photos -----------------------------------------------------------------------------------------------------------

_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/>'
    b"</rdf:RDF></x:xmpmeta>"
)
_IPTC = b"8BIM\x04\x04\0\0\0\0\0\x10\x1c\x02\x78\x00\x0bGrandmother"


def smooth(channels: int = 3) -> np.ndarray:
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    waves = [120 + 90 * np.sin(x / 17 + c / 2) * np.cos(y / 13) for c in range(channels)]
    return np.rint(np.stack(waves, axis=-1)).astype(np.uint8)


def exif_block() -> bytes:
    """A camera's, on its side, with a place."""
    tags = Image.Exif()
    tags[ExifTags.Base.Make], tags[ExifTags.Base.Orientation] = "Kamera", 6
    tags[ExifTags.Base.XResolution], tags[ExifTags.Base.YResolution] = 300.0, 240.0
    tags.get_ifd(ExifTags.IFD.Exif).update({ExifTags.Base.FNumber: 2.8, ExifTags.Base.ISOSpeedRatings: 400})
    tags.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (53.0, 52.0, 7.5)})
    return tags.tobytes().removeprefix(b"Exif\0\0")


def _full() -> Metadata:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return Metadata(
        exif=exif_block(), icc_profile=profile, xmp=_XMP, photoshop=_IPTC, dpi=(300.0, 240.0), comment=b"hi"
    )


def _pillow(format: str, image: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (image or Image.fromarray(smooth())).save(out, format, **options)  # type: ignore[arg-type]
    return out.getvalue()


def _tiff(pixels: np.ndarray, pages: int = 1, **options: object) -> bytes:
    out = io.BytesIO()
    big, order = bool(options.pop("bigtiff", False)), str(options.pop("byteorder", "<"))
    with tifffile.TiffWriter(out, bigtiff=big, byteorder=order) as writer:  # type: ignore[arg-type]
        for _ in range(pages):
            writer.write(pixels, metadata=None, **options)
    return out.getvalue()


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _interlaced_png() -> bytes:
    """Grey, 8 bits, in the seven passes of Adam7."""
    pixels, raw = smooth(1)[..., 0], b""
    for y, x, dy, dx in (
        (0, 0, 8, 8),
        (0, 4, 8, 8),
        (4, 0, 8, 4),
        (0, 2, 4, 4),
        (2, 0, 4, 2),
        (0, 1, 2, 2),
        (1, 0, 2, 1),
    ):
        raw += b"".join(b"\0" + row.tobytes() for row in pixels[y::dy, x::dx])
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 1)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def _run_length_bmp() -> bytes:
    """Of 256 colours, each row two runs."""
    rows = b"".join(bytes([WIDTH // 2, y, WIDTH // 2, 255 - y, 0, 0]) for y in range(HEIGHT)) + b"\0\1"
    palette = b"".join(bytes([i, i, i, 0]) for i in range(256))
    info = struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, 8, 1, len(rows), 3000, 3000, 256, 0)
    start = 14 + len(info) + len(palette)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + info + palette + rows


def _saved(name: str, pixels: np.ndarray, **metadata: object) -> bytes:
    """As the program itself saves it, with a record of a repair."""
    carried, _ = record(_full(), [Repair("Nose", (), "pyramid", "2", "0" * 64, 7)])
    with tempfile.TemporaryDirectory() as folder:
        write_photo(Path(folder, name), Picture(pixels, carried))
        return Path(folder, name).read_bytes()


def _photos() -> Iterator[Seed]:
    rgb, grey, alpha = Image.fromarray(smooth()), Image.fromarray(smooth(1)[..., 0]), Image.fromarray(smooth(4), "RGBA")
    deep = smooth(3).astype(np.uint16) * 257
    exif = b"Exif\0\0" + exif_block()
    heif = pillow_heif.from_pillow(rgb)
    heic, heic10 = io.BytesIO(), io.BytesIO()
    heif.save(heic, quality=80, exif=exif, xmp=_XMP)
    pillow_heif.from_bytes("RGB;16", (WIDTH, HEIGHT), deep.tobytes()).save(heic10, quality=80)
    files = {
        "saved.jpg": _saved("a.jpg", smooth()),
        "baseline.jpg": _pillow("JPEG", exif=exif, restart_marker_blocks=2),
        "progressive.jpg": _pillow("JPEG", progressive=True, quality=90),
        "grey.jpg": _pillow("JPEG", grey, exif=exif),
        "cmyk.jpg": _pillow("JPEG", rgb.convert("CMYK"), icc_profile=_full().icc_profile),
        "two.jpg": _pillow("MPO", rgb, save_all=True, append_images=[grey.convert("RGB")]),
        "saved.png": _saved("a.png", smooth()),
        "deep.png": _saved("a.png", np.dstack([deep, deep[..., :1]])),
        "palette.png": _pillow("PNG", rgb.quantize(16), transparency=3),
        "bilevel.png": _pillow("PNG", grey.convert("1")),
        "interlaced.png": _interlaced_png(),
        "greyalpha.png": _pillow("PNG", Image.fromarray(smooth(2), "LA")),
        "saved.tif": _saved("a.tif", deep),
        "plain.tif": _tiff(smooth(), photometric="rgb", rowsperstrip=8),
        "lzw.tif": _tiff(smooth(), photometric="rgb", compression="lzw", predictor=True, rowsperstrip=16),
        "tiles.tif": _tiff(deep, photometric="rgb", compression="adobe_deflate", tile=(16, 16)),
        "big.tif": _tiff(smooth(1)[..., 0], bigtiff=True, compression="packbits"),
        "order.tif": _tiff(smooth(4), photometric="rgb", byteorder=">", extrasamples=["assocalpha"]),
        "pages.tif": _tiff(smooth(1)[..., 0], pages=3, compression="zstd"),
        "planes.tif": _tiff(np.moveaxis(deep, 2, 0), photometric="rgb", planarconfig="separate"),
        "inks.tif": _tiff(smooth(4), photometric="separated", compression="lzw"),
        "jpeg.tif": _tiff(smooth(), photometric="ycbcr", compression="jpeg", rowsperstrip=16),
        "float.tif": _tiff((smooth(1)[..., 0] / 255).astype(np.float32)),
        "bits.tif": _pillow("TIFF", grey.convert("1")),
        "palette.tif": _pillow("TIFF", rgb.quantize(16)),
        "lossy.webp": _pillow("WEBP", exif=exif_block(), xmp=_XMP, icc_profile=_full().icc_profile),
        "lossless.webp": _pillow("WEBP", alpha, lossless=True, exact=True),
        "animated.webp": _pillow("WEBP", rgb, save_all=True, append_images=[grey.convert("RGB")], duration=50),
        "plain.bmp": _pillow("BMP"),
        "palette.bmp": _pillow("BMP", rgb.quantize(16)),
        "bilevel.bmp": _pillow("BMP", grey.convert("1")),
        "runs.bmp": _run_length_bmp(),
        "photo.heic": heic.getvalue(),
        "deep.heic": heic10.getvalue(),
    }
    return (Seed("photo", name, data) for name, data in files.items())


def _masks() -> Iterator[Seed]:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[12:20, 10:44] = 255
    painted = np.dstack([np.full_like(mask, 200)] * 3 + [mask])
    yield Seed("mask", "mask.png", _pillow("PNG", Image.fromarray(mask)))
    yield Seed("mask", "painted.png", _pillow("PNG", Image.fromarray(painted, "RGBA")))
    yield Seed("mask", "bilevel.bmp", _pillow("BMP", Image.fromarray(mask).convert("1")))
    yield Seed("mask", "mask.tif", _tiff(mask, compression="lzw"))


# --- sessions ---------------------------------------------------------------------------------------------------------


def _worked_on(document: Document) -> None:
    """A bit of everything that a journal can hold."""

    def paint(x: float, y: float) -> None:
        stroke = Stroke(document.mask, Brush(12))
        stroke.to(x, y)
        stroke.to(x + 9, y + 3)
        document.apply(stroke.commit())

    def repair(seed: int) -> None:
        used, pixels = document.mask.snapshot(), document.photo.pixels
        noise = np.random.default_rng(seed).integers(0, 255, pixels.shape).astype(pixels.dtype)
        patches = Patches.build([(Rect(0, 0, WIDTH, HEIGHT), noise)], used)
        origin = Origin("2", "0" * 64, "2026-01-01T00:00:00Z", RepairOptions(seed=seed), "CPU")
        document.add_repair(patches, f"Repair {seed}", model="pyramid", seed=seed, used=used, origin=origin)

    paint(10, 10)
    repair(1)
    document.set_check(document.layers[0].patches, SelfCheck(3.0, 30.0, 12, 2))
    paint(30, 25)
    document.apply(selection.grow(document.mask, 2))
    document.undo()
    document.mark_saved()
    repair(2)
    document.set_opacity(document.layers[0].id, 0.5)
    bands = [(Rect(0, 0, WIDTH, HEIGHT), document.photo.pixels)]
    restored = Origin("1", "0" * 64, "2026-01-01T00:00:00Z", RestoreOptions(denoise=20.0), "CPU")
    document.add_repair(Patches.covering(bands), "Restored", model="restore", origin=restored)
    paint(40, 8)
    document.undo()


def _sessions() -> Iterator[Seed]:
    for name, pixels in (("grey", smooth(1)), ("deep", np.dstack([smooth(), smooth(1)]).astype(np.uint16) * 257)):
        with tempfile.TemporaryDirectory() as temporary:
            folder, photo = Path(temporary), Photo(pixels)
            write_photo(folder / "photo.png", photo)
            session = create_session(folder / "sessions", photo, folder / "photo.png", {"name": "photo.png"})
            document = Document(photo, session.store)
            document.on_step = session.record
            _worked_on(document)
            session.save_settings({"path": "/photos/photo.png", "name": "photo.png", "options": {"quality": 90}})
            session.save_as(folder / "saved", photo)
            session.discard()
            yield Seed("session", f"{name}.cnnsession", (folder / "saved").read_bytes())


# --- models, and what is written in words -----------------------------------------------------------------------------


def small_weights(arch: str = "pyramid", **kwargs: object) -> bytes:
    """Random weights of a network, as a safetensors file."""
    torch.manual_seed(0)
    return safetensors.torch.save(build(arch, **(kwargs or SMALL)).state_dict())


def _models() -> Iterator[Seed]:
    card = ModelCard(
        "small", "Small", "A trial.", "repair", "pyramid", SMALL, "1", "MIT", {"photos": 3}, {"seed": 0},
        {"psnr": [30.5, None]}, "0" * 64,
    )  # fmt: skip
    content = {name: value for name, value in asdict(card).items() if name != "path"}
    yield Seed("card", "card.json", json.dumps(content, indent=2).encode())
    yield Seed("weights", "small.safetensors", small_weights())


def _words() -> Iterator[Seed]:
    entries = [
        Entry("a.png", "/photos/a.png", "begun", "1" * 64),
        Entry("a.png", "/photos/a.png", "repaired", "1" * 64, "2" * 64),
        Entry("b/c.jpg", "/photos/b/c.jpg", "clean", "3" * 64),
    ]
    yield Seed("journal", "report.jsonl", b"".join(b"\n" + json.dumps(asdict(e)).encode() + b"\n" for e in entries))
    settings = (
        '[files]\nfolder=/photos\nrecent=/photos/a.png, "/photos/b, c.png"\n\n[look]\nlanguage=en\n'
        "mask-colour=#ff3b6b\nmask-opacity=0.5\ntheme=dark\n\n[repair]\ncandidates=3\nfeather=2.5\non-release=true\n"
        "model=pyramid\n\n[tools]\nbrush-size=24\npressure-size=false\ntolerance=30\n\n"
        "[window]\ngeometry=@ByteArray(\\x1\\xd9\\xd0\\xcb\\0\\x3)\nstate=@ByteArray(\\0\\0\\0\\xff)\n"
    )
    yield Seed("settings", "studio.ini", settings.encode())
