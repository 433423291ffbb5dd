"""EXIF blocks are read, moved and turned upright without touching any other value."""

from __future__ import annotations

import contextlib
import struct
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.imaging import exif
from cnnstudio.imaging.exif import Entry, Layout
from cnnstudio.imaging.metadata import Metadata, without_location, without_personal

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8, 12: 8}
TAGS = st.integers(1, 65535).filter(lambda tag: tag not in (exif.EXIF, exif.GPS, exif.INTEROPERABILITY))


@st.composite
def directories(draw: st.DrawFn, depth: int = 0) -> exif.Directory:
    directory: exif.Directory = {}
    for tag in draw(st.lists(TAGS, max_size=5, unique=True)):
        kind = draw(st.sampled_from(sorted(SIZES)))
        count = draw(st.integers(1, 9))
        size = SIZES[kind] * count
        directory[tag] = Entry(kind, count, draw(st.binary(min_size=size, max_size=size)))
    for tag in [(exif.EXIF, exif.GPS), (exif.INTEROPERABILITY,), ()][depth]:
        if draw(st.booleans()):
            directory[tag] = Entry(4, 1, draw(directories(depth + 1)))
    return directory


@given(directory=directories(), order=st.sampled_from("<>"))
def test_what_is_built_is_read_again(directory: exif.Directory, order: str) -> None:
    block = exif.build(directory, Layout(order))  # type: ignore[arg-type]
    layout, back = exif.parse(block)
    assert layout.order == order
    assert back == directory
    assert exif.build(back, layout) == block


@given(
    directory=directories(), order=st.sampled_from("<>"), orientation=st.integers(1, 8), kind=st.sampled_from([3, 4])
)
def test_only_the_orientation_changes(directory: exif.Directory, order: str, orientation: int, kind: int) -> None:
    code = {3: "H", 4: "I"}[kind]
    directory[exif.ORIENTATION] = Entry(kind, 1, struct.pack(order + code, orientation))
    block = exif.build(directory, Layout(order))  # type: ignore[arg-type]
    found, upright = exif.made_upright(block)
    assert found == orientation
    _, back = exif.parse(upright)
    assert back == directory | {exif.ORIENTATION: Entry(kind, 1, struct.pack(order + code, 1))}
    assert sum(a != b for a, b in zip(block, upright, strict=True)) <= 1


def test_directories_that_hang_from_each_other_are_read_once() -> None:
    entry = struct.pack("<HHII", exif.EXIF, 4, 1, 8)
    for count in (1, 5000):  # each entry would be a directory of as many
        block = b"II*\0\x08\0\0\0" + struct.pack("<H", count) + entry * count + bytes(4)
        _, directory = exif.parse(block)
        assert [*directory] == [exif.EXIF]
        exif.without_thumbnail(block)
        exif.made_upright(block)


def test_tags_that_all_claim_the_same_bytes_are_refused() -> None:
    entries = b"".join(struct.pack("<HHII", 1000 + i, 7, 60_000, 0) for i in range(5000))
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", 5000) + entries + bytes(4)
    with pytest.raises(ValueError, match="more bytes than there are"):
        exif.parse(block)
    assert exif.made_upright(block) == (1, block)
    assert without_location(Metadata(exif=block)).exif is None


def test_tags_that_claim_more_than_there_is_cost_the_others_nothing() -> None:
    lies = [struct.pack("<HHII", 1000 + i, 7, 2**31, 100) for i in range(9)]
    entries = [struct.pack("<HHII", exif.ORIENTATION, 3, 1, 6), *lies]
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + b"".join(entries) + bytes(200_000)
    _, directory = exif.parse(block)
    assert [*directory] == [exif.ORIENTATION]
    assert exif.made_upright(block)[0] == 6


def test_a_hand_written_block() -> None:
    block = bytes.fromhex(
        "4d4d002a00000008"  # MM, 42, directory at 8
        "0002"  # two entries
        "010f0002000000070000 0026"  # Make, ASCII, 7 bytes at 38
        "01120003000000010006 0000"  # Orientation, SHORT, 6
        "00000000" + b"Kamera\0".hex()
    )
    assert exif.made_upright(block)[0] == 6
    layout, directory = exif.parse(block)
    assert directory[271].value == b"Kamera\0"
    assert exif.number(directory, exif.ORIENTATION, layout) == 6


def with_thumbnail(main: exif.Directory) -> tuple[bytes, int]:
    """A block with a second directory and a small picture behind the first, and where the second begins."""
    block = exif.build(main, Layout(">"))
    second = len(block)
    picture = b"\xff\xd8the photo before its repair\xff\xd9"
    entries = {513: Entry(4, 1, struct.pack(">I", second + 30)), 514: Entry(4, 1, struct.pack(">I", len(picture)))}
    link = 8 + 2 + 12 * len(main)
    block = block[:link] + struct.pack(">I", second) + block[link + 4 :]
    return block + exif.build_directory(entries, Layout(">"), second) + picture, second


def test_the_thumbnail_goes_and_nothing_else() -> None:
    main = {271: Entry(2, 7, b"Kamera\0"), exif.EXIF: Entry(4, 1, {37500: Entry(7, 8, b"makernot")})}
    block, second = with_thumbnail(main)
    bare = exif.without_thumbnail(block)
    assert bare == exif.build(main, Layout(">"))
    assert len(bare) == second
    assert exif.without_thumbnail(bare) == bare


def test_a_thumbnail_before_other_values_is_blanked_in_place() -> None:
    block, _ = with_thumbnail({271: Entry(2, 7, b"Kamera\0")})
    # The maker's name moves behind the picture, as some cameras write it.
    moved = block[:18] + struct.pack(">I", len(block)) + block[22:] + b"Kamera\0"
    bare = exif.without_thumbnail(moved)
    assert b"before its repair" not in bare
    assert len(bare) == len(moved)
    assert exif.parse(bare)[1] == {271: Entry(2, 7, b"Kamera\0")}


@pytest.mark.parametrize(("unit", "dpi"), [(2, (300.0, 150.0)), (3, (762.0, 381.0)), (1, None)])
def test_resolution(unit: int, dpi: tuple[float, float] | None) -> None:
    directory = {
        exif.X_RESOLUTION: Entry(5, 1, struct.pack("<II", 600, 2)),
        exif.Y_RESOLUTION: Entry(5, 1, struct.pack("<II", 150, 1)),
        exif.RESOLUTION_UNIT: Entry(3, 1, struct.pack("<H", unit)),
    }
    assert exif.resolution(directory, Layout()) == dpi


@given(data=st.binary(max_size=200), order=st.sampled_from([b"II*\0", b"MM\0*", b"II+\0", b""]))
def test_damaged_blocks_never_raise_anything_but_value_error(data: bytes, order: bytes) -> None:
    block = order + data
    assert len(exif.made_upright(block)[1]) == len(block)
    exif.without_thumbnail(block)
    with contextlib.suppress(ValueError):
        exif.parse(block)


def test_location_is_taken_out_and_the_rest_stays() -> None:
    kept = {271: Entry(2, 7, b"Kamera\0")}
    block = exif.build(kept | {exif.GPS: Entry(4, 1, {1: Entry(2, 2, b"N\0")})}, Layout())
    metadata = without_location(Metadata(exif=block, dpi=(300.0, 300.0)))
    assert metadata.exif is not None
    assert exif.parse(metadata.exif)[1] == kept
    assert metadata.dpi == (300.0, 300.0)
    assert without_location(Metadata(exif=b"damaged")).exif is None


@pytest.mark.parametrize("prefix", ["exif", "other"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_location_is_taken_out_of_xmp_whatever_it_is_called(prefix: str, encoding: str) -> None:
    def packet(at: str, inside: str) -> bytes:
        return (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'
            f' xmlns:{prefix}="http://ns.adobe.com/exif/1.0/"><rdf:Description{at} tiff:Make="K">{inside}'
            f"<{prefix}:ColorSpace>1</{prefix}:ColorSpace></rdf:Description></rdf:RDF>"
        ).encode(encoding)

    altitude = f"<{prefix}:GPSAltitude>12/1</{prefix}:GPSAltitude><{prefix}:GPSMapDatum/>"
    found = without_location(Metadata(xmp=packet(f' {prefix}:GPSLatitude="53,52N"', altitude))).xmp
    assert found is not None
    (description,) = ElementTree.fromstring(found.decode())
    assert description.attrib == {"{http://ns.adobe.com/tiff/1.0/}Make": "K"}
    assert [(e.tag, e.text) for e in description] == [("{http://ns.adobe.com/exif/1.0/}ColorSpace", "1")]
    without = packet("", "")
    assert without_location(Metadata(xmp=without)).xmp == without


def test_xmp_that_cannot_be_read_is_taken_out_with_the_location() -> None:
    assert without_location(Metadata(xmp=b'<rdf:Description exif:GPSLatitude="53,52N"/>')).xmp is None


def test_without_personal_keeps_what_the_picture_needs() -> None:
    full = Metadata(
        exif=b"e", xmp=b"x", photoshop=b"p", comment=b"c", icc_profile=b"i", dpi=(1.0, 1.0),
        png_chunks=((b"gAMA", b"1234"), (b"tEXt", b"Author\0A")),
    )  # fmt: skip
    assert without_personal(full) == Metadata(icc_profile=b"i", dpi=(1.0, 1.0), png_chunks=((b"gAMA", b"1234"),))
