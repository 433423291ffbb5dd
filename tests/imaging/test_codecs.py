"""Photos survive opening and saving: pixels, bit depth, orientation and everything beside the pixels."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms

from cnnstudio.errors import UnreadablePhoto, UnwritableTarget
from cnnstudio.imaging import encode, png
from cnnstudio.imaging.codecs import losses, losses_of_repair, read_draft, read_photo, write_photo
from cnnstudio.imaging.encode import Picture, to_8bit
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.tiles import TileGrid

SUFFIX = {"JPEG": ".jpg", "PNG": ".png", "TIFF": ".tif", "WEBP": ".webp", "BMP": ".bmp"}
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Make="K" photoshop:City="L\xc3\xbcbeck"/></x:xmpmeta>'
IPTC = b"\x1c\x02\x78\x00\x0bGrandmother"
PHOTOSHOP = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(IPTC)) + IPTC


def noise(channels: int, dtype: type = np.uint8, height: int = 23, width: int = 31, seed: int = 0) -> np.ndarray:
    top = np.iinfo(dtype).max
    return np.random.default_rng(seed).integers(0, top, (height, width, channels), dtype=dtype, endpoint=True)


def smooth(channels: int = 3, height: int = 40, width: int = 56) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    waves = [120 + 90 * np.sin(x / 17 + c / 2) * np.cos(y / 13) for c in range(channels)]
    return np.rint(np.stack(waves, axis=-1)).astype(np.uint8)


def exif_block(orientation: int | None = None) -> bytes:
    """A camera's block without the ``Exif`` prefix: maker, date, exposure, place, and the resolution of ``FULL``."""
    tags = Image.Exif()
    tags[ExifTags.Base.XResolution], tags[ExifTags.Base.YResolution] = 300.0, 240.0
    tags[ExifTags.Base.ResolutionUnit] = 2
    tags[ExifTags.Base.Make] = "Kamera"
    tags[ExifTags.Base.DateTime] = "1999:12:31 23:59:59"
    if orientation is not None:
        tags[ExifTags.Base.Orientation] = orientation
    tags.get_ifd(ExifTags.IFD.Exif).update({ExifTags.Base.FNumber: 2.8, ExifTags.Base.ISOSpeedRatings: 400})
    tags.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (53.0, 52.0, 7.5)})
    return tags.tobytes().removeprefix(b"Exif\0\0")


def exif_tags(block: bytes) -> dict[str, dict[int, object]]:
    tags = Image.Exif()
    tags.load(b"Exif\0\0" + block)
    sub = {"exif": ExifTags.IFD.Exif, "gps": ExifTags.IFD.GPSInfo}
    main = {tag: value for tag, value in tags.items() if tag not in sub.values()}
    return {"main": main} | {name: dict(tags.get_ifd(ifd)) for name, ifd in sub.items()}


FULL = Metadata(exif=exif_block(1), icc_profile=SRGB, xmp=XMP, photoshop=PHOTOSHOP, dpi=(300.0, 240.0), comment=b"hi")
CARRIED = {
    "JPEG": {"exif", "icc_profile", "xmp", "photoshop", "dpi", "comment"},
    "PNG": {"exif", "icc_profile", "xmp", "dpi"},
    "TIFF": {"exif", "icc_profile", "xmp", "photoshop", "dpi"},
    "WEBP": {"exif", "icc_profile", "xmp"},
    "BMP": {"dpi"},
}


def same_metadata(a: Metadata, b: Metadata, fields: set[str]) -> bool:
    plain = all(getattr(a, f) == getattr(b, f) for f in fields - {"exif"})
    return plain and ("exif" not in fields or exif_tags(a.exif or b"") == exif_tags(b.exif or b""))


@pytest.mark.parametrize(
    ("kind", "dtype", "channels"),
    [(kind, dtype, c) for kind in ("PNG", "TIFF") for dtype in (np.uint8, np.uint16) for c in (1, 2, 3, 4)]
    + [("BMP", np.uint8, 1), ("BMP", np.uint8, 3)],
)
def test_lossless_formats_keep_every_pixel_and_the_metadata(
    tmp_path: Path, kind: str, dtype: type, channels: int
) -> None:
    photo = Photo(noise(channels, dtype), FULL)
    path = tmp_path / f"photo{SUFFIX[kind]}"
    write_photo(path, photo)
    back = read_photo(path)
    assert back.pixels.dtype == dtype
    assert np.array_equal(back.pixels, photo.pixels)
    assert back.metadata.format == kind
    assert back.metadata.bits == np.iinfo(dtype).bits
    assert same_metadata(back.metadata, FULL, CARRIED[kind])
    assert back.pixels.flags.c_contiguous


class Cut:
    """Pixels of which only parts are to be had.

    Attributes:
        most: the rows of the largest part that has been asked for.
    """

    def __init__(self, pixels: np.ndarray) -> None:
        self._pixels, self.shape, self.dtype, self.most = pixels, pixels.shape, pixels.dtype, 0

    def __getitem__(self, index: tuple[slice, slice], /) -> np.ndarray:
        part = self._pixels[index]
        self.most = max(self.most, part.shape[0])
        return part


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("kind", SUFFIX)
def test_what_is_had_in_parts_is_saved_like_an_array(tmp_path: Path, kind: str, dtype: type, channels: int) -> None:
    changed = TileGrid(noise(channels, dtype, 700, 1100))
    changed.write(Rect(200, 240, 100, 50), noise(channels, dtype, 50, 100, seed=1))
    write_photo(tmp_path / f"a{SUFFIX[kind]}", Photo(changed.to_array(), FULL))
    expected = (tmp_path / f"a{SUFFIX[kind]}").read_bytes()
    cut = Cut(changed.to_array())
    for pixels in (changed, cut):
        write_photo(tmp_path / f"b{SUFFIX[kind]}", Picture(pixels, FULL), overwrite=True)
        assert (tmp_path / f"b{SUFFIX[kind]}").read_bytes() == expected
    assert cut.most <= 256


@pytest.mark.parametrize("size", [(700, 300), (300, 5), (3, 60000)])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("compression", "number"), [("none", 1), ("lzw", 5), ("adobe_deflate", 8), ("packbits", 32773), ("zstd", 50000)]
)
def test_strips_of_a_tiff_are_those_that_tifffile_makes_of_an_array(
    tmp_path: Path, compression: str, number: int, order: str, size: tuple[int, int]
) -> None:
    pixels = noise(3, np.uint16, *size)
    predictor = compression not in ("none", "packbits")
    theirs = tmp_path / "theirs.tif"
    write_tiff(theirs, pixels, byteorder=order, photometric="rgb", compression=compression, predictor=predictor)
    block = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IHI", 8, 0, 0)
    write_photo(tmp_path / "ours.tif", Photo(pixels, Metadata(exif=block, tiff_compression=number)))
    encoded = []
    for path in (theirs, tmp_path / "ours.tif"):
        with tifffile.TiffFile(path) as file:
            page = file.pages.first
            strips = zip(page.dataoffsets, page.databytecounts, strict=True)
            data = path.read_bytes()
            encoded.append((file.byteorder, page.rowsperstrip, [data[at : at + count] for at, count in strips]))
    assert encoded[0] == encoded[1]


@pytest.mark.parametrize("second", SUFFIX)
@pytest.mark.parametrize("first", SUFFIX)
def test_metadata_survives_from_every_format_to_every_format(tmp_path: Path, first: str, second: str) -> None:
    write_photo(tmp_path / f"a{SUFFIX[first]}", Photo(smooth(), FULL))
    write_photo(tmp_path / f"b{SUFFIX[second]}", read_photo(tmp_path / f"a{SUFFIX[first]}"))
    back = read_photo(tmp_path / f"b{SUFFIX[second]}").metadata
    assert same_metadata(back, FULL, CARRIED[first] & CARRIED[second])
    if "icc_profile" not in CARRIED[first]:
        assert back.icc_profile is None


@pytest.mark.parametrize("kind", SUFFIX)
def test_a_photo_without_metadata_gets_none(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"photo{SUFFIX[kind]}"
    write_photo(path, Photo(smooth()))
    back = read_photo(path).metadata
    assert (back.exif, back.icc_profile, back.xmp, back.photoshop, back.dpi, back.comment) == (None,) * 6
    assert back.notes == ()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_other_programs_find_the_metadata(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"photo{SUFFIX[kind]}"
    write_photo(path, Photo(smooth(), FULL))
    with Image.open(path) as image:
        tags = image.getexif()
        assert tags[ExifTags.Base.Make] == "Kamera"
        assert tags.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.FNumber] == 2.8
        assert tags.get_ifd(ExifTags.IFD.GPSInfo)[2] == (53.0, 52.0, 7.5)
        assert image.info["icc_profile"] == SRGB
        assert image.info["xmp"] == XMP
        if kind != "WEBP":
            assert image.info["dpi"] == pytest.approx((300, 240), abs=0.01)
        if kind == "JPEG":
            assert image.info["photoshop"][0x0404] == IPTC
        if kind == "TIFF":
            assert image.tag_v2[33723] == IPTC


def test_a_tiff_that_another_program_wrote(tmp_path: Path) -> None:
    tags = Image.Exif()
    tags.load(b"Exif\0\0" + exif_block(1))
    Image.fromarray(smooth()).save(tmp_path / "a.tif", exif=tags, icc_profile=SRGB)
    photo = read_photo(tmp_path / "a.tif")
    assert photo.metadata.exif is not None
    found, expected = exif_tags(photo.metadata.exif), exif_tags(exif_block(1))
    assert (found["exif"], found["gps"]) == (expected["exif"], expected["gps"])
    assert expected["main"].items() <= found["main"].items()
    assert photo.metadata.dpi == (300.0, 240.0)
    write_photo(tmp_path / "b.tif", photo)
    again = read_photo(tmp_path / "b.tif").metadata
    assert again == photo.metadata
    assert again.tiff_compression == 1


# --- orientation ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG", "WEBP"])
def test_orientation_is_applied_once(tmp_path: Path, kind: str, orientation: int) -> None:
    stored = smooth(3, 24, 40)
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    lossless = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}.get(kind, {})
    path = tmp_path / f"a{SUFFIX[kind]}"
    Image.fromarray(stored).save(path, exif=tags.tobytes(), **lossless)
    # The mapping of the EXIF specification, spelled with other functions than the code's own.
    expected = {
        1: stored,
        2: np.fliplr(stored),
        3: np.rot90(stored, 2),
        4: np.flipud(stored),
        5: np.transpose(stored, (1, 0, 2)),
        6: np.rot90(stored, -1),
        7: np.rot90(np.transpose(stored, (1, 0, 2)), 2),
        8: np.rot90(stored, 1),
    }[orientation]
    photo = read_photo(path)
    assert photo.pixels.shape == expected.shape
    assert np.abs(photo.pixels.astype(int) - expected).max() <= (4 if kind == "JPEG" else 0)
    write_photo(tmp_path / f"b{SUFFIX[kind]}", photo)
    again = read_photo(tmp_path / f"b{SUFFIX[kind]}")
    assert again.pixels.shape == photo.pixels.shape
    with Image.open(tmp_path / f"b{SUFFIX[kind]}") as image:
        assert image.getexif().get(ExifTags.Base.Orientation, 1) == 1


def test_an_orientation_in_xmp_is_applied_and_reset(tmp_path: Path) -> None:
    packet = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    Image.fromarray(smooth(3, 24, 40)).save(tmp_path / "a.jpg", xmp=packet)
    photo = read_photo(tmp_path / "a.jpg")
    assert (photo.width, photo.height) == (24, 40)
    assert photo.metadata.xmp == packet.replace(b'"6"', b'"1"')


# --- JPEG -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_is_saved_with_its_own_tables(tmp_path: Path, subsampling: int, progressive: bool) -> None:
    Image.fromarray(smooth()).save(tmp_path / "a.jpg", quality=83, subsampling=subsampling, progressive=progressive)
    write_photo(tmp_path / "b.jpg", read_photo(tmp_path / "a.jpg"))
    a, b = read_photo(tmp_path / "a.jpg"), read_photo(tmp_path / "b.jpg")
    assert a.metadata.jpeg == b.metadata.jpeg
    assert b.metadata.jpeg is not None
    assert (b.metadata.jpeg.subsampling, b.metadata.jpeg.progressive) == (subsampling, progressive)
    # The same tables on almost the same pixels give almost the same coefficients.
    assert np.abs(a.pixels.astype(int) - b.pixels).mean() < 1


def test_a_grey_jpeg_stays_grey(tmp_path: Path) -> None:
    Image.fromarray(smooth(1)[..., 0]).save(tmp_path / "a.jpg", quality=70)
    write_photo(tmp_path / "b.jpg", read_photo(tmp_path / "a.jpg"))
    assert read_photo(tmp_path / "b.jpg").pixels.shape[2] == 1
    assert read_photo(tmp_path / "b.jpg").metadata.jpeg == read_photo(tmp_path / "a.jpg").metadata.jpeg


def test_a_given_quality_wins_over_the_tables(tmp_path: Path) -> None:
    Image.fromarray(smooth()).save(tmp_path / "a.jpg", quality=95)
    write_photo(tmp_path / "b.jpg", read_photo(tmp_path / "a.jpg"), quality=40)
    Image.fromarray(smooth()).save(tmp_path / "c.jpg", quality=40)
    b, c = read_photo(tmp_path / "b.jpg").metadata.jpeg, read_photo(tmp_path / "c.jpg").metadata.jpeg
    assert b is not None
    assert c is not None
    assert b.tables == c.tables


@pytest.mark.parametrize("dots", [(118, 118), (120, 60)])
def test_dots_per_centimetre_are_kept(tmp_path: Path, dots: tuple[int, int]) -> None:
    Image.fromarray(smooth()).save(tmp_path / "a.jpg", dpi=(1, 1))
    data = bytearray((tmp_path / "a.jpg").read_bytes())
    data[13:18] = b"\2" + struct.pack(">HH", *dots)
    (tmp_path / "a.jpg").write_bytes(data)
    photo = read_photo(tmp_path / "a.jpg")
    assert photo.metadata.dpi == pytest.approx((dots[0] * 2.54, dots[1] * 2.54))
    write_photo(tmp_path / "b.jpg", photo)
    assert read_photo(tmp_path / "b.jpg").metadata.dpi == photo.metadata.dpi


def test_large_blocks_are_split_or_told_about(tmp_path: Path) -> None:
    resources = b"8BIM\x04\x04\0\0" + struct.pack(">I", 150_000) + bytes(150_000)
    profile = bytes(range(256)) * 600
    photo = Photo(smooth(), Metadata(photoshop=resources, icc_profile=profile, xmp=b"x" * 70_000))
    write_photo(tmp_path / "a.jpg", photo)
    back = read_photo(tmp_path / "a.jpg").metadata
    assert (back.photoshop, back.icc_profile, back.xmp) == (resources, profile, None)
    assert "The XMP data is too large for JPEG." in losses(photo, tmp_path / "a.jpg")


def test_extended_xmp_is_carried(tmp_path: Path) -> None:
    part = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32 + struct.pack(">II", 4, 0) + b"more"
    photo = Photo(smooth(), Metadata(xmp=XMP, xmp_extension=(part,)))
    write_photo(tmp_path / "a.jpg", photo)
    assert read_photo(tmp_path / "a.jpg").metadata.xmp_extension == (part,)


@pytest.mark.parametrize("cut_profile", [False, True])
def test_a_cmyk_jpeg_becomes_rgb(tmp_path: Path, cut_profile: bool) -> None:
    inks = np.zeros((16, 16, 4), np.uint8)
    inks[:, 8:] = (0, 255, 255, 0)  # red
    extra = {"icc_profile": b"broken"} if cut_profile else {}
    Image.fromarray(inks, "CMYK").save(tmp_path / "a.jpg", quality=100, subsampling=0, **extra)
    photo = read_photo(tmp_path / "a.jpg")
    assert np.abs(photo.pixels[4, 4].astype(int) - 255).max() < 6
    assert np.abs(photo.pixels[4, 12].astype(int) - (255, 0, 0)).max() < 6
    assert any("CMYK" in note for note in photo.metadata.notes)
    assert photo.metadata.icc_profile is not None
    write_photo(tmp_path / "b.jpg", photo)
    assert read_photo(tmp_path / "b.jpg").pixels.shape[2] == 3


# --- PNG --------------------------------------------------------------------------------------------------------------


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_with(*chunks: bytes, pixels: np.ndarray | None = None) -> bytes:
    stream = imagecodecs.png_encode(smooth() if pixels is None else pixels)
    return stream[:33] + b"".join(chunks) + stream[33:]


def test_palette_bilevel_and_transparent_pngs(tmp_path: Path) -> None:
    palette = Image.fromarray(smooth()).quantize(8)
    palette.save(tmp_path / "p.png", transparency=3)
    with Image.open(tmp_path / "p.png") as image:
        expected = np.asarray(image.convert("RGBA"))
    photo = read_photo(tmp_path / "p.png")
    assert np.array_equal(photo.pixels, expected)
    assert photo.metadata.notes

    bilevel = smooth(1)[..., 0] > 100
    Image.fromarray(bilevel).save(tmp_path / "b.png")
    photo = read_photo(tmp_path / "b.png")
    assert np.array_equal(photo.pixels[..., 0], bilevel * 255)
    assert photo.metadata.bits == 1

    Image.fromarray(noise(2), "LA").save(tmp_path / "la.png")
    assert np.array_equal(read_photo(tmp_path / "la.png").pixels, noise(2))

    Image.fromarray(noise(1, np.uint16)[..., 0]).save(tmp_path / "i16.png")
    assert np.array_equal(read_photo(tmp_path / "i16.png").pixels, noise(1, np.uint16))


def test_text_and_gamma_of_a_png_are_carried(tmp_path: Path) -> None:
    chunks = (
        (b"gAMA", struct.pack(">I", 45455)),
        (b"tEXt", b"Title\0Grandmother"),
        (b"zTXt", b"A\0\0" + zlib.compress(b"b")),
    )
    (tmp_path / "a.png").write_bytes(png_with(*(chunk(*c) for c in chunks)))
    photo = read_photo(tmp_path / "a.png")
    assert photo.metadata.png_chunks == chunks
    write_photo(tmp_path / "b.png", photo)
    assert read_photo(tmp_path / "b.png").metadata == photo.metadata
    assert losses(photo, tmp_path / "b.png") == []
    assert any("Title, A" in sentence for sentence in losses(photo, tmp_path / "b.tif"))


def test_exif_in_a_text_chunk_is_understood(tmp_path: Path) -> None:
    block = b"Exif\0\0" + exif_block(6)
    text = b"\nexif\n%8d\n" % len(block) + block.hex().encode() + b"\n"
    data = png_with(chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(text)), pixels=smooth(3, 24, 40))
    (tmp_path / "a.png").write_bytes(data)
    photo = read_photo(tmp_path / "a.png")
    assert (photo.width, photo.height) == (24, 40)
    assert photo.metadata.exif is not None
    assert exif_tags(photo.metadata.exif) == exif_tags(exif_block(1))
    assert photo.metadata.png_chunks == ()


def test_damaged_text_chunks_do_not_keep_a_png_from_opening(tmp_path: Path) -> None:
    bomb = zlib.compress(bytes(70 * 2**20), 1)
    bad = (
        chunk(b"iCCP", b"name\0\0" + bomb),
        chunk(b"iTXt", b"XML:com.adobe.xmp"),
        chunk(b"zTXt", b"Raw profile type exif"),
        chunk(b"tEXt", b"Raw profile type exif\0zz"),
        chunk(b"eXIf", b"MM"),
    )
    (tmp_path / "a.png").write_bytes(png_with(*bad))
    photo = read_photo(tmp_path / "a.png")
    assert np.array_equal(photo.pixels, smooth())
    assert (photo.metadata.icc_profile, photo.metadata.xmp) == (None, None)


# --- TIFF -------------------------------------------------------------------------------------------------------------


def write_tiff(path: Path, pixels: np.ndarray, **options: object) -> Path:
    tifffile.imwrite(path, pixels, metadata=None, **options)
    return path


@pytest.mark.parametrize("compression", ["none", "lzw", "adobe_deflate", "packbits", "zstd"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_tiff_compression_and_byte_order(tmp_path: Path, compression: str, order: str) -> None:
    pixels = noise(3, np.uint16)
    path = write_tiff(tmp_path / "a.tif", pixels, photometric="rgb", compression=compression, byteorder=order)
    photo = read_photo(path)
    assert np.array_equal(photo.pixels, pixels)
    assert photo.pixels.dtype.isnative
    write_photo(tmp_path / "b.tif", photo)
    again = read_photo(tmp_path / "b.tif")
    assert again.metadata.tiff_compression == photo.metadata.tiff_compression
    assert np.array_equal(again.pixels, pixels)


def test_a_big_endian_exif_block_stays_so_in_a_tiff(tmp_path: Path) -> None:
    big = b"MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x02\0\0\0\x07\0\0\0\x1a\0\0\0\0Kamera\0\0"
    for pixels in (noise(3), noise(3, np.uint16)):
        write_photo(tmp_path / "a.tif", Photo(pixels, Metadata(exif=big)), overwrite=True)
        back = read_photo(tmp_path / "a.tif")
        assert back.metadata.exif == big
        assert np.array_equal(back.pixels, pixels)


def test_planes_pages_and_bigtiff(tmp_path: Path) -> None:
    pixels = noise(3)
    planar = write_tiff(tmp_path / "p.tif", np.moveaxis(pixels, -1, 0), photometric="rgb", planarconfig="separate")
    assert np.array_equal(read_photo(planar).pixels, pixels)

    with tifffile.TiffWriter(tmp_path / "m.tif") as writer:
        for seed in range(3):
            writer.write(noise(3, seed=seed), photometric="rgb", metadata=None)
    photo = read_photo(tmp_path / "m.tif")
    assert np.array_equal(photo.pixels, pixels)
    assert photo.metadata.notes == ("The file has 3 pages; the first was opened.",)

    big = write_tiff(tmp_path / "b.tif", pixels, photometric="rgb", bigtiff=True, resolution=(300, 300))
    photo = read_photo(big)
    assert np.array_equal(photo.pixels, pixels)
    assert photo.metadata.dpi == (300.0, 300.0)


def test_a_huge_tiff_is_written_with_long_offsets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode, "_CLASSIC_TIFF", 100)
    write_photo(tmp_path / "a.tif", Photo(noise(3, np.uint16), FULL))
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert file.is_bigtiff
    back = read_photo(tmp_path / "a.tif")
    assert np.array_equal(back.pixels, noise(3, np.uint16))
    assert same_metadata(back.metadata, FULL, CARRIED["TIFF"])


@pytest.mark.parametrize(("number", "is_big"), [(1, False), (5, True), (8, False)])
def test_offsets_are_long_enough_for_noise_that_lzw_makes_larger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, is_big: bool
) -> None:
    pixels = noise(3, np.uint16, 200, 300)
    monkeypatch.setattr(encode, "_CLASSIC_TIFF", int(pixels.nbytes * 1.01))
    write_photo(tmp_path / "a.tif", Photo(pixels, Metadata(tiff_compression=number)))
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert file.is_bigtiff == is_big
    assert is_big == ((tmp_path / "a.tif").stat().st_size > encode._CLASSIC_TIFF)
    assert np.array_equal(read_photo(tmp_path / "a.tif").pixels, pixels)


def test_odd_tiffs_are_converted_and_noted(tmp_path: Path) -> None:
    grey = noise(1)[..., 0]
    white_is_zero = write_tiff(tmp_path / "w.tif", grey, photometric="miniswhite")
    assert np.array_equal(read_photo(white_is_zero).pixels[..., 0], 255 - grey)

    Image.fromarray(grey > 128).save(tmp_path / "fax.tif", compression="group4")
    photo = read_photo(tmp_path / "fax.tif")
    assert np.array_equal(photo.pixels[..., 0], (grey > 128) * 255)
    assert photo.metadata.notes
    write_photo(tmp_path / "fax2.tif", photo)  # group 4 holds no grey, so another compression is taken
    assert np.array_equal(read_photo(tmp_path / "fax2.tif").pixels, photo.pixels)

    palette = Image.fromarray(smooth()).quantize(8)
    palette.save(tmp_path / "p.tif")
    assert np.array_equal(read_photo(tmp_path / "p.tif").pixels, np.asarray(palette.convert("RGB")))

    ramp = np.linspace(0, 1, 24, dtype=np.float32).reshape(4, 6)
    photo = read_photo(write_tiff(tmp_path / "f.tif", ramp, photometric="minisblack"))
    assert np.array_equal(photo.pixels[..., 0], np.rint(ramp * 65535).astype(np.uint16))
    assert photo.metadata.notes

    inks = np.zeros((8, 8, 4), np.uint8)
    inks[..., 1:3] = 255
    photo = read_photo(write_tiff(tmp_path / "c.tif", inks, photometric="separated"))
    assert photo.pixels[0, 0].tolist() == [255, 0, 0]

    jpeg = write_tiff(
        tmp_path / "j.tif", smooth(3, 64, 64), photometric="rgb", compression="jpeg", compressionargs={"level": 98}
    )
    assert np.abs(read_photo(jpeg).pixels.astype(int) - smooth(3, 64, 64)).mean() < 3


@pytest.mark.parametrize("compression", ["none", "lzw", "packbits"])
def test_a_tiff_with_fewer_strips_than_its_height_needs_is_damaged(tmp_path: Path, compression: str) -> None:
    path = write_tiff(tmp_path / "a.tif", noise(3), photometric="rgb", compression=compression, rowsperstrip=23)
    data = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        entry = file.pages.first.tags[257].offset
    data[entry + 2 : entry + 12] = struct.pack("<HII", 4, 1, 2000)
    path.write_bytes(data)
    with pytest.raises(UnreadablePhoto, match="damaged"):
        read_photo(path)


def test_tiles_are_read(tmp_path: Path) -> None:
    pixels = noise(3, np.uint16, 70, 90)
    for compression in ("none", "lzw"):
        path = write_tiff(tmp_path / "a.tif", pixels, photometric="rgb", tile=(32, 32), compression=compression)
        assert np.array_equal(read_photo(path).pixels, pixels)


def test_premultiplied_alpha_is_undone(tmp_path: Path) -> None:
    pixels = np.full((4, 4, 4), (50, 100, 25, 128), np.uint8)
    photo = read_photo(write_tiff(tmp_path / "a.tif", pixels, photometric="rgb", extrasamples=["assocalpha"]))
    assert photo.pixels[0, 0].tolist() == [100, 199, 50, 128]


def test_further_channels_are_left_out_and_noted(tmp_path: Path) -> None:
    extra = ["unspecified", "unassalpha"]
    photo = read_photo(
        write_tiff(tmp_path / "a.tif", noise(5), photometric="rgb", planarconfig="contig", extrasamples=extra)
    )
    assert np.array_equal(photo.pixels, noise(5)[..., [0, 1, 2, 4]])
    assert len(photo.metadata.notes) == 1


@pytest.mark.parametrize(
    ("pixels", "options"),
    [
        (np.full((4, 4), 7.5, np.float32), {"photometric": "minisblack"}),
        (np.full((4, 4), np.nan, np.float32), {"photometric": "minisblack"}),
        (np.zeros((4, 4), np.uint32), {"photometric": "minisblack"}),
        (np.zeros((4, 4), np.int16), {"photometric": "minisblack"}),
        (np.zeros((4, 4), np.complex64), {"photometric": "minisblack"}),
        (np.zeros((4, 4, 3), np.uint8), {"photometric": "cielab"}),
        (np.zeros((4, 4, 9), np.uint8), {"photometric": "minisblack", "planarconfig": "contig"}),
    ],
)
def test_tiffs_that_are_no_photos_are_refused(tmp_path: Path, pixels: np.ndarray, options: dict[str, str]) -> None:
    with pytest.raises(UnreadablePhoto, match=r"“a\.tif”"):
        read_photo(write_tiff(tmp_path / "a.tif", pixels, **options))


# --- other formats ----------------------------------------------------------------------------------------------------


def test_webp_lossless_stays_so_and_lossy_stays_lossy(tmp_path: Path) -> None:
    pixels = noise(4)
    Image.fromarray(pixels).save(tmp_path / "a.webp", lossless=True, exact=True, exif=exif_block(1))
    photo = read_photo(tmp_path / "a.webp")
    assert photo.metadata.webp_lossless
    write_photo(tmp_path / "b.webp", photo)
    assert np.array_equal(read_photo(tmp_path / "b.webp").pixels, pixels)

    Image.fromarray(smooth()).save(tmp_path / "c.webp", quality=80)
    assert not read_photo(tmp_path / "c.webp").metadata.webp_lossless

    frames = [Image.fromarray(noise(3, seed=s)) for s in range(2)]
    frames[0].save(tmp_path / "d.webp", save_all=True, append_images=frames[1:], lossless=True)
    photo = read_photo(tmp_path / "d.webp")
    assert photo.metadata.webp_lossless
    assert photo.metadata.notes
    assert np.array_equal(photo.pixels[..., :3], noise(3))


def test_bmp_palette_and_bilevel(tmp_path: Path) -> None:
    palette = Image.fromarray(smooth()).quantize(8)
    palette.save(tmp_path / "p.bmp")
    assert np.array_equal(read_photo(tmp_path / "p.bmp").pixels, np.asarray(palette.convert("RGB")))
    Image.fromarray(smooth(1)[..., 0] > 99).save(tmp_path / "b.bmp")
    assert np.array_equal(read_photo(tmp_path / "b.bmp").pixels[..., 0], (smooth(1)[..., 0] > 99) * 255)


def test_heic_is_read_upright_in_its_own_depth(tmp_path: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    picture = pillow_heif.from_pillow(Image.fromarray(smooth(3, 48, 64)))
    picture.save(tmp_path / "a.heic", quality=95, exif=b"Exif\0\0" + exif_block(6))
    photo = read_photo(tmp_path / "a.heic")
    assert (photo.width, photo.height) == (48, 64)
    assert photo.metadata.exif is not None
    assert exif_tags(photo.metadata.exif) == exif_tags(exif_block(1))
    assert np.abs(photo.pixels.astype(int) - np.rot90(smooth(3, 48, 64), -1)).mean() < 8

    white = np.full((32, 32, 3), 65535, np.uint16)
    pillow_heif.from_bytes("RGB;16", (32, 32), white.tobytes()).save(tmp_path / "w.heic", quality=-1)
    photo = read_photo(tmp_path / "w.heic")
    assert photo.pixels.dtype == np.uint16
    assert (photo.pixels == 65535).all()


def test_heic_without_its_package_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(40))
    with pytest.raises(UnreadablePhoto, match="pillow-heif"):
        read_photo(tmp_path / "a.heic")


# --- draft ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_a_draft_is_small_upright_and_alike(tmp_path: Path, kind: str) -> None:
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = 6
    ramp = np.repeat(np.linspace(0, 255, 400).astype(np.uint8)[None], 240, 0)
    Image.fromarray(np.stack([ramp] * 3, -1)).save(tmp_path / f"a{SUFFIX[kind]}", exif=tags.tobytes())
    draft = read_draft(tmp_path / f"a{SUFFIX[kind]}", 50)
    assert draft.shape == (50, 30, 3)
    assert draft.dtype == np.uint8
    assert draft[0].mean() < 10
    assert draft[-1].mean() > 245


def test_a_draft_is_never_enlarged(tmp_path: Path) -> None:
    write_photo(tmp_path / "a.jpg", Photo(smooth(1)))
    assert read_draft(tmp_path / "a.jpg", 4000).shape == (40, 56, 1)


# --- what is lost -----------------------------------------------------------------------------------------------------


def test_sixteen_bits_are_rounded_not_cut() -> None:
    values = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1)
    assert np.array_equal(to_8bit(values), np.rint(values / 257).astype(np.uint8))


def test_transparency_becomes_white(tmp_path: Path) -> None:
    pixels = np.zeros((4, 6, 4), np.uint16)
    pixels[:, 3:, 3] = 65535
    photo = Photo(pixels)
    write_photo(tmp_path / "a.bmp", photo)
    back = read_photo(tmp_path / "a.bmp").pixels
    assert (back[:, :3] == 255).all()
    assert (back[:, 3:] == 0).all()
    assert len(losses(photo, tmp_path / "a.bmp")) == 2


def test_losses_names_what_a_format_cannot_hold(tmp_path: Path) -> None:
    photo = Photo(noise(3, np.uint16), FULL)
    assert losses(photo, tmp_path / "a.png") == ["PNG cannot hold the captions (IPTC).", "PNG cannot hold the comment."]
    assert any("16 bits" in sentence for sentence in losses(photo, tmp_path / "a.jpg"))
    assert losses(Photo(smooth(), replace(FULL, format="JPEG")), tmp_path / "a.jpeg") == []
    with pytest.raises(UnwritableTarget):
        losses(photo, tmp_path / "a.gif")


@pytest.mark.parametrize("name", ["a.gif", "a", "a.heic", "a.jpg.part"])
def test_unknown_formats_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnwritableTarget):
        write_photo(tmp_path / name, Photo(smooth()))
    assert list(tmp_path.iterdir()) == []


def test_a_photo_too_large_for_its_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnwritableTarget, match="16383"):
        write_photo(tmp_path / "a.webp", Photo(np.zeros((1, 16384, 3), np.uint8)))


# --- what cannot be read ----------------------------------------------------------------------------------------------


def png_claiming(width: int, height: int) -> bytes:
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IEND", b"")
    )


def claiming(kind: str, width: int, height: int) -> bytes:
    """A small file whose header claims a huge photo."""
    if kind == "PNG":
        return png_claiming(width, height)
    if kind == "TIFF":
        out = io.BytesIO()
        tifffile.imwrite(out, np.zeros((8, 8), np.uint8), metadata=None)
        data = bytearray(out.getvalue())
        with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
            tags = file.pages.first.tags
            for code, value in ((256, width), (257, height)):
                entry = tags[code].offset
                data[entry + 2 : entry + 12] = struct.pack("<HII", 4, 1, value)
        return bytes(data)
    out = io.BytesIO()
    Image.fromarray(smooth()).save(out, kind)
    data = bytearray(out.getvalue())
    if kind == "BMP":
        data[18:26] = struct.pack("<ii", width, height)
    else:  # JPEG: the frame header holds the size
        frame = data.index(b"\xff\xc0")
        data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "JPEG"])
def test_a_bomb_is_refused_by_its_header(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"bomb{SUFFIX[kind]}"
    path.write_bytes(claiming(kind, 65000, 60000))
    for read in (read_photo, lambda p: read_draft(p, 100)):
        with pytest.raises(UnreadablePhoto, match=r"“bomb\.\w+” claims 65000 × 60000 pixels.*1000 million"):
            read(path)


def test_the_limit_is_explicit_and_inclusive(tmp_path: Path) -> None:
    write_photo(tmp_path / "a.png", Photo(smooth(3, 10, 10)))
    assert read_photo(tmp_path / "a.png", max_pixels=100).width == 10
    with pytest.raises(UnreadablePhoto, match="limit"):
        read_photo(tmp_path / "a.png", max_pixels=99)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP"])
def test_a_size_that_the_file_cannot_hold_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"lie{SUFFIX[kind]}"
    path.write_bytes(claiming(kind, 30000, 30000))
    for read in (read_photo, lambda p: read_draft(p, 100)):
        with pytest.raises(UnreadablePhoto, match="30000 × 30000 pixels, more than a file of its length can hold"):
            read(path)


def test_pages_that_follow_each_other_for_ever_are_counted_once(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as writer:
        for number in range(3):
            writer.write(noise(1)[..., 0], metadata=None, subfiletype=int(number == 1))
    data = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        first, last = file.pages[0].offset, file.pages[2].offset
    link = last + 2 + 12 * struct.unpack_from("<H", data, last)[0]
    struct.pack_into("<I", data, link, first)
    path.write_bytes(data)
    assert read_photo(path).metadata.notes == ("The file has 2 pages; the first was opened.",)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_a_resolution_that_no_format_can_hold_is_none(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a{SUFFIX[kind]}"
    write_photo(path, Photo(smooth(), Metadata(dpi=(300.0, 300.0))))
    data = bytearray(path.read_bytes())
    if kind == "PNG":
        at = data.index(b"pHYs")
        data[at - 4 : at + 17] = chunk(b"pHYs", struct.pack(">IIB", 2**32 - 1, 2**32 - 1, 1))
    elif kind == "BMP":
        data[38:46] = b"\xff" * 8
    else:
        with tifffile.TiffFile(path) as file:
            at = file.pages.first.tags[282].valueoffset
        struct.pack_into("<II", data, at, 2**32 - 1, 1)
    path.write_bytes(data)
    photo = read_photo(path)
    assert photo.metadata.dpi is None
    for suffix in SUFFIX.values():
        write_photo(tmp_path / f"b{suffix}", photo)
        assert read_photo(tmp_path / f"b{suffix}").width == photo.width


def test_a_tiff_with_channels_that_it_says_nothing_about(tmp_path: Path) -> None:
    pixels = noise(6)
    path = write_tiff(tmp_path / "a.tif", pixels, photometric="rgb", extrasamples=["unspecified"] * 3)
    data = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        struct.pack_into("<H", data, file.pages.first.tags[338].offset, 60000)
    path.write_bytes(data)
    photo = read_photo(path)
    assert np.array_equal(photo.pixels, pixels[..., :3])
    assert "left out" in photo.metadata.notes[0]


def test_a_palette_of_two_colours(tmp_path: Path) -> None:
    Image.fromarray(noise(1)[..., 0] > 100).save(tmp_path / "a.tif")
    data = bytearray((tmp_path / "a.tif").read_bytes())
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        tags = file.pages.first.tags
        struct.pack_into("<HI", data, tags[262].offset + 2, 3, 1)
        struct.pack_into("<H", data, tags[262].offset + 8, 3)
        # The resolution's place is taken by the palette, behind the end.
        struct.pack_into("<HHII", data, tags[284].offset, 320, 3, 6, len(data))
    (tmp_path / "a.tif").write_bytes(data + struct.pack("<6H", 10 << 8, 20 << 8, 30 << 8, 40 << 8, 50 << 8, 60 << 8))
    photo = read_photo(tmp_path / "a.tif")
    assert photo.pixels.shape == (23, 31, 3)
    assert {*map(tuple, photo.pixels.reshape(-1, 3))} == {(10, 30, 50), (20, 40, 60)}


@pytest.mark.parametrize("order", [0, 65535])
def test_an_unknown_order_of_channels_is_refused(tmp_path: Path, order: int) -> None:
    path = write_tiff(tmp_path / "a.tif", noise(3), photometric="rgb")
    with tifffile.TiffFile(path, mode="r+b") as file:
        file.pages.first.tags[284].overwrite(order)
    with pytest.raises(UnreadablePhoto, match="damaged"):
        read_photo(path)


def test_zipped_chunks_of_a_png_are_not_unzipped_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = zlib.compress(bytes(1 << 20))
    chunks = [chunk(b"iCCP", b"p\0\0" + bomb), chunk(b"zTXt", b"Raw profile type exif\0\0" + bomb)] * 20
    path = tmp_path / "a.png"
    write_photo(path, Photo(smooth()))
    data = path.read_bytes()
    path.write_bytes(data[:33] + b"".join(chunks) + data[33:])
    unzipped = []
    monkeypatch.setattr(png, "_unzip", lambda data: unzipped.append(data) or b"profile")
    decode = imagecodecs.png_decode
    monkeypatch.setattr(imagecodecs, "png_decode", lambda data: unzipped.append(data) or decode(data))
    assert np.array_equal(read_photo(path).pixels, smooth())
    assert len(unzipped[-1]) == len(data)  # the decoder sees none of them
    assert len(unzipped) - 1 == 2


def test_what_libraries_think_of_a_file_is_not_printed(tmp_path: Path) -> None:
    write_photo(tmp_path / "a.png", Photo(smooth()))
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data[:33] + chunk(b"iCCP", b"p\0\0no profile") + data[33:-20] + data[-12:])
    # Pillow looks for a resolution in the EXIF block, whose tag lies beyond its end, and for pictures in MPF.
    block = b"Exif\0\0II*\0\x08\0\0\0\1\0" + struct.pack("<HHII", 282, 5, 1, 9000) + bytes(4)
    Image.fromarray(smooth()).save(tmp_path / "a.jpg", exif=block)
    data = (tmp_path / "a.jpg").read_bytes()
    segment = b"\xff\xe2" + struct.pack(">H", 16) + b"MPF\0II*\0\x08\0\0\0zz"
    (tmp_path / "a.jpg").write_bytes(data[:2] + segment + data[20:])
    code = (
        "import sys, pathlib; from cnnstudio.imaging.codecs import read_photo\n"
        "for name in sys.argv[1:]:\n"
        "    try: read_photo(pathlib.Path(name)); print('opened')\n"
        "    except Exception as error: print(error)"
    )
    names = [str(tmp_path / name) for name in ("a.png", "a.jpg")]
    done = subprocess.run([sys.executable, "-c", code, *names], capture_output=True, text=True, check=True)
    assert done.stdout == "“a.png” is damaged or incomplete and cannot be opened.\nopened\n"
    assert done.stderr == ""


def test_what_is_no_photo_gets_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("not a photo at all")
    (tmp_path / "page.gif").write_bytes(b"GIF89a" + bytes(50))
    (tmp_path / "folder.png").mkdir()
    for name in ("empty.jpg", "text.jpg", "page.gif", "folder.png", "missing.png", "text.jpg/below.png"):
        for read in (read_photo, lambda p: read_draft(p, 100)):
            with pytest.raises(UnreadablePhoto) as caught:
                read(tmp_path / name)
            assert f"“{Path(name).name}”" in caught.value.message
            assert caught.value.message.count(".") >= 1


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    write_photo(tmp_path / "a.png", Photo(smooth()))
    (tmp_path / "a.png").chmod(0)
    with pytest.raises(UnreadablePhoto, match="permitted"):
        read_photo(tmp_path / "a.png")


def whole_files() -> dict[str, bytes]:
    """One file of every kind that matters for damage."""
    files = {}

    def add(name: str, save: object, **options: object) -> None:
        out = io.BytesIO()
        Image.fromarray(smooth()).save(out, save, **options)  # type: ignore[arg-type]
        files[name] = out.getvalue()

    add("baseline.jpg", "JPEG", quality=90, exif=b"Exif\0\0" + exif_block(1), icc_profile=SRGB)
    add("progressive.jpg", "JPEG", quality=90, progressive=True)
    add("lossy.webp", "WEBP", quality=80, exif=exif_block(1))
    add("lossless.webp", "WEBP", lossless=True)
    add("plain.bmp", "BMP")
    add("plain.png", "PNG", exif=exif_block(1))
    for compression in ("none", "lzw", "adobe_deflate", "packbits", "zstd"):
        out = io.BytesIO()
        tifffile.imwrite(out, noise(3, np.uint16), photometric="rgb", compression=compression, metadata=None)
        files[f"{compression}.tif"] = out.getvalue()
    files["deep.png"] = imagecodecs.png_encode(noise(4, np.uint16))
    return files


FILES = whole_files()


def photo_or_sentence(path: Path) -> Photo | None:
    """The photo, or None where reading ended in a sentence that names the file; anything else is a failure."""
    caught = None
    try:
        return read_photo(path, max_pixels=1_000_000)
    except UnreadablePhoto as error:
        caught = error
    assert f"“{path.name}”" in caught.message
    return None


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_opens_whole_or_not_at_all(tmp_path: Path, name: str, cut: float) -> None:
    data = FILES[name]
    (tmp_path / name).write_bytes(data)
    whole = read_photo(tmp_path / name).pixels
    (tmp_path / name).write_bytes(data[: int(cut * len(data))])
    photo = photo_or_sentence(tmp_path / name)
    assert photo is None or np.array_equal(photo.pixels, whole)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
def test_a_damaged_byte_never_gives_anything_but_a_photo_or_a_sentence(
    tmp_path: Path, name: str, position: float, value: int
) -> None:
    data = bytearray(FILES[name])
    data[int(position * len(data))] = value
    (tmp_path / name).write_bytes(data)
    photo = photo_or_sentence(tmp_path / name)
    assert photo is None or (photo.pixels.ndim == 3 and photo.pixels.dtype in (np.uint8, np.uint16))


def test_losses_of_a_repair_tell_of_encoding_anew(tmp_path: Path) -> None:
    again = "JPEG is encoded again: pixels outside the repairs may change slightly. PNG and TIFF keep all exactly."
    anew = "stores every pixel approximately, not exactly."
    write_photo(tmp_path / "a.jpg", Photo(smooth()))
    jpeg = read_photo(tmp_path / "a.jpg")
    assert losses_of_repair(jpeg, tmp_path / "b.jpg") == [again]
    assert losses_of_repair(jpeg, tmp_path / "b.jpg", quality=80) == [f"JPEG {anew}"]
    assert losses_of_repair(jpeg, tmp_path / "b.png") == []
    lossy, lossless = (Photo(smooth(), Metadata("WEBP", webp_lossless=lossless)) for lossless in (False, True))
    assert losses_of_repair(lossy, tmp_path / "b.webp") == [f"WebP {anew}"]
    assert losses_of_repair(lossless, tmp_path / "b.webp") == []
    assert losses_of_repair(lossless, tmp_path / "b.webp", quality=90) == [f"WebP {anew}"]
    assert losses_of_repair(lossless, tmp_path / "b.jpg") == [f"JPEG {anew}"]
