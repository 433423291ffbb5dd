"""The record of a repair: read back by other readers, beside all that was there, whatever the photo's XMP is like."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from cnnstudio.cards import ModelCard
from cnnstudio.imaging import xmp
from cnnstudio.imaging.codecs import losses, read_photo, write_photo
from cnnstudio.imaging.encode import MAX_JPEG_XMP
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Layer, Patches
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.parts import Part
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.provenance import (
    ENHANCED,
    FILLED_IN,
    MADE_UP,
    PROGRAM,
    STUDIO,
    TOO_LARGE,
    UNREADABLE,
    Repair,
    of_generated,
    of_layers,
    record,
)
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import Latent, Origin, RepairOptions, RestoreOptions, Way

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
MEDIA = "{http://ns.adobe.com/xap/1.0/mm/}"
EVENT = "{http://ns.adobe.com/xap/1.0/sType/ResourceEvent#}"
REPAIR = Repair(
    "Repair 1 – Nase",
    (Part(Rect(10, 20, 30, 40), 700), Part(Rect(1, 2, 3, 4), 12)),
    "pyramid",
    "4",
    "ab" * 32,
    7,
    "2026-03-01T12:00:00Z",
)
OTHER = replace(REPAIR, name="Repair 2", regions=REPAIR.regions[:1], seed=8)
CAMERA = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Old Program 1.0">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="uuid:1" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" xmpMM:DocumentID="xmp.did:42"
    Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/negativeFilm">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Großmutter &amp; 祖母 &lt;1931&gt;</rdf:li></rdf:Alt></dc:title>
   <xmpMM:History><rdf:Seq><rdf:li stEvt:action="created" stEvt:softwareAgent="Scanner"/></rdf:Seq></xmpMM:History>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""".encode()


def pixels() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (40, 60, 3)).astype(np.uint8)


def packet_of(path: Path) -> bytes:
    """The XMP packet as somebody else finds it in the file."""
    data = path.read_bytes()
    match path.suffix:
        case ".jpg":
            at = data.index(b"http://ns.adobe.com/xap/1.0/\0")
            (length,) = struct.unpack(">H", data[at - 2 : at])
            assert data[at - 4 : at - 2] == b"\xff\xe1"
            return data[at + 29 : at - 2 + length]
        case ".png":
            at = data.index(b"iTXtXML:com.adobe.xmp\0\0\0\0\0")
            (length,) = struct.unpack(">I", data[at - 4 : at])
            assert struct.unpack(">I", data[at + 4 + length : at + 8 + length])[0] == zlib.crc32(
                data[at : at + 4 + length]
            )
            return data[at + 26 : at + 4 + length]
        case ".tif":
            with Image.open(path) as image:
                assert isinstance(image, TiffImagePlugin.TiffImageFile)
                return bytes(image.tag_v2[700])
        case _:
            at = data.index(b"XMP ")
            (length,) = struct.unpack("<I", data[at + 4 : at + 8])
            return data[at + 8 : at + 8 + length]


def tree_of(packet: bytes) -> ElementTree.Element:
    rdf = ElementTree.fromstring(packet.decode()).find(f"{RDF}RDF")
    assert rdf is not None
    return rdf


def source_types(rdf: ElementTree.Element) -> list[str]:
    found = [e.text or "" for e in rdf.iter(f"{IPTC}DigitalSourceType")]
    return found + [v for d in rdf for n, v in d.attrib.items() if n == f"{IPTC}DigitalSourceType"]


def entries(rdf: ElementTree.Element) -> list[ElementTree.Element]:
    (history,) = rdf.iter(f"{MEDIA}History")
    return list(history.findall(f"{RDF}Seq/{RDF}li"))


def field(entry: ElementTree.Element, name: str) -> str:
    return entry.findtext(name) or ""


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
@pytest.mark.parametrize("before", [None, CAMERA])
def test_every_format_holds_the_record(suffix: str, before: bytes | None, tmp_path: Path) -> None:
    metadata, notes = record(Metadata(xmp=before, dpi=(300.0, 300.0)), [REPAIR, OTHER])
    assert notes == []
    path = tmp_path / f"a{suffix}"
    write_photo(path, Photo(pixels(), metadata))
    rdf = tree_of(packet_of(path))
    assert source_types(rdf) == [FILLED_IN]
    first, second = entries(rdf)[-2:]
    assert field(first, f"{EVENT}action") == "edited"
    assert field(first, f"{EVENT}when") == "2026-03-01T12:00:00Z"
    assert field(first, f"{EVENT}softwareAgent") == PROGRAM
    said = field(first, f"{EVENT}parameters")
    for part in ("Repair 1 – Nase", "pyramid", "version 4", "ab" * 32, "seed 7", "712 pixels in 2 regions", "10 20 30"):
        assert part in said
    assert [field(first, f"{{{STUDIO}}}{n}") for n in ("model", "version", "sha256", "seed", "pixels")] == [
        "pyramid", "4", "ab" * 32, "7", "712",
    ]  # fmt: skip
    listed = [e.text for e in first.findall(f"{{{STUDIO}}}regions/{RDF}Seq/{RDF}li")]
    assert listed == ["10 20 30 40", "1 2 3 4"]
    assert field(second, f"{{{STUDIO}}}seed") == "8"
    assert read_photo(path).metadata.xmp == metadata.xmp
    with Image.open(path) as image:
        assert image.info["xmp"] == metadata.xmp


def test_all_that_was_there_stays() -> None:
    metadata, _ = record(Metadata(xmp=CAMERA), [REPAIR])
    rdf = tree_of(metadata.xmp or b"")
    (description,) = rdf
    assert description.attrib[f"{RDF}about"] == "uuid:1"
    assert description.attrib[f"{MEDIA}DocumentID"] == "xmp.did:42"
    (title,) = rdf.iter("{http://purl.org/dc/elements/1.1/}title")
    assert (title[0][0].text, title[0][0].attrib) == (
        "Großmutter & 祖母 <1931>",
        {"{http://www.w3.org/XML/1998/namespace}lang": "x-default"},
    )
    scanned, ours = entries(rdf)
    assert scanned.attrib == {f"{EVENT}action": "created", f"{EVENT}softwareAgent": "Scanner"}
    assert "negativeFilm" in field(ours, f"{EVENT}parameters")
    for prefix in (b"dc:title", b"xmpMM:DocumentID", b"x:xmptk", b"Iptc4xmpExt:DigitalSourceType", b"stEvt:action"):
        assert prefix in (metadata.xmp or b"")


def test_pixels_and_all_other_metadata_stay(tmp_path: Path) -> None:
    full = Metadata(xmp=CAMERA, dpi=(300.0, 240.0), comment=b"hi", icc_profile=b"p" * 200, photoshop=b"8BIM")
    recorded, _ = record(full, [REPAIR])
    assert replace(recorded, xmp=None) == replace(full, xmp=None)
    for suffix in (".jpg", ".png", ".tif"):
        for name, metadata in (("plain", full), ("recorded", recorded)):
            write_photo(tmp_path / f"{name}{suffix}", Photo(pixels(), replace(metadata, icc_profile=None)))
        plain, with_record = (read_photo(tmp_path / f"{name}{suffix}") for name in ("plain", "recorded"))
        assert np.array_equal(plain.pixels, with_record.pixels)
        assert replace(plain.metadata, xmp=None) == replace(with_record.metadata, xmp=None)


def test_without_a_repair_there_is_no_record() -> None:
    metadata = Metadata(xmp=CAMERA)
    assert record(metadata, []) == (metadata, [])


def test_repairing_again_adds_to_the_history() -> None:
    once, _ = record(Metadata(), [REPAIR])
    twice, _ = record(once, [OTHER])
    rdf = tree_of(twice.xmp or b"")
    assert source_types(rdf) == [FILLED_IN]
    assert [field(e, f"{{{STUDIO}}}seed") for e in entries(rdf)] == ["7", "8"]
    assert "was" not in field(entries(rdf)[1], f"{EVENT}parameters")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
def test_saving_again_without_a_repair_leaves_the_record_as_it_is(suffix: str, tmp_path: Path) -> None:
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    write_photo(first, Photo(pixels(), record(Metadata(xmp=CAMERA), [REPAIR])[0]))
    photo = read_photo(first)
    write_photo(second, replace(photo, metadata=record(photo.metadata, [])[0]))
    assert packet_of(second) == packet_of(first)


def test_what_was_made_up_stays_so_called_and_corrections_are_no_fill() -> None:
    corrected = replace(REPAIR, made_up=False)
    metadata, _ = record(Metadata(), [corrected])
    assert source_types(tree_of(metadata.xmp or b"")) == [ENHANCED]
    assert source_types(tree_of(record(metadata, [REPAIR])[0].xmp or b"")) == [FILLED_IN]
    filled, _ = record(Metadata(), [REPAIR, corrected])
    assert source_types(tree_of(record(filled, [corrected])[0].xmp or b"")) == [FILLED_IN]
    generated = CAMERA.replace(b"negativeFilm", b"trainedAlgorithmicMedia")
    (kind,) = source_types(tree_of(record(Metadata(xmp=generated), [REPAIR])[0].xmp or b""))
    assert kind.endswith("/trainedAlgorithmicMedia")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_xmp_in_every_encoding_it_may_have_is_kept(encoding: str) -> None:
    metadata, notes = record(Metadata(xmp=CAMERA.decode().encode(encoding)), [REPAIR])
    assert notes == []
    assert "Großmutter &amp; 祖母".encode() in (metadata.xmp or b"")
    assert len(entries(tree_of(metadata.xmp or b""))) == 2


OURS = ("History", "DigitalSourceType")
BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description>&d;&d;&d;</rdf:Description></rdf:RDF></x:xmpmeta>"""
HOSTILE = {
    "bomb": BOMB,
    "bomb in UTF-16": BOMB.replace(b'<?xml version="1.0"?>', b"").decode().encode("utf-16"),
    "outer file": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + CAMERA[CAMERA.index(b"<x:") :],
    "cut off": CAMERA[:400],
    "noise": bytes(range(256)) * 4,
    "nothing in it": b"<a/>",
    "undeclared prefix": b"<x:xmpmeta><rdf:RDF/></x:xmpmeta>",
    "very deep": b"<a>" * 50_000 + b"</a>" * 50_000,
    "unknown encoding": b'<?xml version="1.0" encoding="klingon"?><a/>',
    "null bytes": b"\0" * 100,
    "too large": b"<a>" + b" " * (17 << 20) + b"</a>",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_xmp_never_stops_the_record(kind: str, tmp_path: Path) -> None:
    metadata, notes = record(Metadata(xmp=HOSTILE[kind], comment=b"hi"), [REPAIR])
    assert notes == [UNREADABLE]
    assert metadata.comment == b"hi"
    write_photo(tmp_path / "a.jpg", Photo(pixels(), metadata))
    rdf = tree_of(packet_of(tmp_path / "a.jpg"))
    assert source_types(rdf) == [FILLED_IN]
    assert len(entries(rdf)) == 1


@pytest.mark.parametrize(
    "inside",
    [
        b'<rdf:Description xmlns:m="http://ns.adobe.com/xap/1.0/mm/" m:History="odd"/>',
        b'<rdf:Description><m:History xmlns:m="http://ns.adobe.com/xap/1.0/mm/">text</m:History></rdf:Description>',
        b'<rdf:Description xmlns="urn:default"><a b="1"/></rdf:Description>',
        b'<rdf:Description><a xmlns="urn:1"/><p:a xmlns:p="urn:2"/><p:b xmlns:p="urn:3"/></rdf:Description>',
        b'<rdf:Description><i:DigitalSourceType xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        b'rdf:resource="http://cv.iptc.org/newscodes/digitalsourcetype/print"/></rdf:Description>',
        b'<rdf:Description xmlns:ns6="urn:1"><ns6:a/><ns6:b xmlns:ns6="urn:2"/><ns6:c xmlns:ns6="urn:3"/>'
        b"</rdf:Description>",
        b"<rdf:Description><c>1&#13;2</c></rdf:Description>",
        b"",
    ],
)
def test_odd_but_sound_xmp_is_taken(inside: bytes) -> None:
    odd = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' + inside + b"</rdf:RDF>\0\0"
    metadata, notes = record(Metadata(xmp=odd), [REPAIR])
    assert notes == []
    root = ElementTree.fromstring((metadata.xmp or b"").decode())
    assert source_types(root) == [FILLED_IN]
    before, after = (
        {(e.tag, (e.text or "").strip()) for e in tree.iter() if str(e.tag).rpartition("}")[2] not in OURS}
        for tree in (ElementTree.fromstring(odd.rstrip(b"\0")), root)
    )
    assert before <= after
    again, _ = record(metadata, [OTHER])
    assert len(list(ElementTree.fromstring((again.xmp or b"").decode()).iter(f"{EVENT}action"))) == 2


def test_many_regions_are_counted_and_the_largest_listed() -> None:
    many = replace(REPAIR, regions=tuple(Part(Rect(i, i, 5, 5), 25) for i in range(5000)))
    metadata, _ = record(Metadata(), [many])
    assert len(metadata.xmp or b"") < 10_000
    (entry,) = entries(tree_of(metadata.xmp or b""))
    assert field(entry, f"{{{STUDIO}}}regionCount") == "5000"
    assert "and 4950 smaller" in field(entry, f"{EVENT}parameters")


def test_letters_that_xml_does_not_know_are_left_out() -> None:
    metadata, _ = record(Metadata(), [replace(REPAIR, name="a\0\x07\ud800<b>&")])
    assert "a<b>&" in field(entries(tree_of(metadata.xmp or b""))[0], f"{EVENT}parameters")


# ---- XMP too large for a segment of a JPEG


def large(size: int) -> bytes:
    title = b'<rdf:li xml:lang="x-default">'
    return CAMERA.replace(title, title + b"y" * size)


def test_large_xmp_goes_into_a_jpeg_as_extended(tmp_path: Path) -> None:
    metadata, notes = record(Metadata(xmp=large(150_000)), [REPAIR])
    photo = Photo(pixels(), metadata)
    assert notes == []
    assert losses(photo, tmp_path / "a.jpg") == ["JPEG stores every pixel approximately, not exactly."]
    write_photo(tmp_path / "a.jpg", photo)
    main = packet_of(tmp_path / "a.jpg")
    assert len(main) <= MAX_JPEG_XMP
    rdf = tree_of(main)
    assert source_types(rdf) == [FILLED_IN]
    assert len(entries(rdf)) == 2
    segments = read_photo(tmp_path / "a.jpg").metadata.xmp_extension
    assert len(segments) == 3
    identity = rdf[0].attrib["{http://ns.adobe.com/xmp/note/}HasExtendedXMP"]
    whole, total = b"", 0
    for segment in segments:
        head, rest = segment[:35], segment[35:]
        assert head == b"http://ns.adobe.com/xmp/extension/\0"
        assert rest[:32] == identity.encode()
        total, at = struct.unpack(">II", rest[32:40])
        assert at == len(whole)
        whole += rest[40:]
    assert len(whole) == total
    assert hashlib.md5(whole).hexdigest().upper() == identity
    (title,) = tree_of(whole).iter("{http://purl.org/dc/elements/1.1/}title")
    assert len(title[0][0].text or "") > 150_000


def test_of_many_small_properties_no_more_are_moved_than_must_be(tmp_path: Path) -> None:
    many = "".join(f"<a:p{i}>{'ä' * 20}</a:p{i}>" for i in range(20_000)).encode()
    packet = CAMERA.replace(b"</rdf:Description>", many + b"</rdf:Description>")
    packet = packet.replace(b'xmlns:dc="', b'xmlns:a="urn:a" xmlns:dc="')
    small, segments = xmp.split(packet, MAX_JPEG_XMP) or (b"", ())
    assert MAX_JPEG_XMP - 300 < len(small) <= MAX_JPEG_XMP
    moved = b"".join(segment[len(xmp.EXTENSION) + 40 :] for segment in segments)
    found = [e.tag for part in (small, moved) for e in tree_of(part).iter() if str(e.tag).startswith("{urn:a}")]
    assert sorted(found) == sorted(f"{{urn:a}}p{i}" for i in range(20_000))


def test_a_jpeg_with_extended_xmp_keeps_it_with_the_record(tmp_path: Path) -> None:
    write_photo(tmp_path / "a.jpg", Photo(pixels(), Metadata(xmp=large(150_000))))
    first = read_photo(tmp_path / "a.jpg")
    metadata, notes = record(first.metadata, [REPAIR])
    assert notes == []
    write_photo(tmp_path / "b.jpg", replace(first, metadata=metadata))
    second = read_photo(tmp_path / "b.jpg").metadata
    assert second.xmp_extension == first.metadata.xmp_extension
    assert source_types(tree_of(second.xmp or b"")) == [FILLED_IN]
    assert b"HasExtendedXMP" in (second.xmp or b"")


def test_where_there_is_no_room_the_regions_go_first_and_then_it_is_said() -> None:
    many = replace(REPAIR, regions=tuple(Part(Rect(100 + i, 100 + i, 55, 55), 25) for i in range(50)))
    part = xmp.EXTENSION + b"A" * 40
    tight, _ = record(Metadata(xmp=large(62_000), xmp_extension=(part,)), [many])
    assert len(tight.xmp or b"") <= MAX_JPEG_XMP
    assert source_types(tree_of(tight.xmp or b"")) == [FILLED_IN]
    full = Metadata(xmp=large(64_000), xmp_extension=(part,))
    assert record(full, [many]) == (full, [TOO_LARGE])


# ---- layers


def test_only_layers_that_show_are_recorded() -> None:
    mask = TileGrid(np.full((60, 300), 255, np.uint8))

    def layer(name: str, rect: Rect, **fields: Any) -> Layer:
        patches = Patches.build([(rect, np.zeros((rect.h, rect.w, 3), np.uint8))], mask)
        return Layer(name, name, patches, **fields)

    origin = Origin("4", "cd" * 32, "2026-01-02T03:04:05Z", RepairOptions(seed=3), "CPU")
    layers = [
        layer("a", Rect(10, 10, 20, 20), model="pyramid", seed=3, origin=origin, opacity=0.5),
        layer("b", Rect(240, 10, 30, 20), model="restore", origin=replace(origin, options=RestoreOptions())),
        layer("c", Rect(240, 10, 30, 20), origin=replace(origin, options=RestoreOptions())),
        layer("hidden", Rect(0, 0, 5, 5), visible=False),
        layer("clear", Rect(0, 0, 5, 5), opacity=0.0),
    ]
    first, second, third = of_layers(layers, 60, 300)
    assert first == Repair(
        "a", (Part(Rect(10, 10, 20, 20), 400),), "pyramid", "4", "cd" * 32, 3, "2026-01-02T03:04:05Z", 0.5
    )
    assert "50% opaque" in first.sentence()
    assert second.regions == (Part(Rect(240, 10, 30, 20), 600),)
    assert not second.made_up
    assert "Corrected by the model “restore”" in second.sentence()
    assert "Corrected by curves" in third.sentence()
    assert (
        of_layers([layer("d", Rect(0, 0, 9, 9))], 60, 300)[0].sentence().startswith("d: Filled in by hand, 81 pixels")
    )


def test_the_record_of_a_picture_made_from_nothing_tells_how_to_make_it_again(tmp_path: Path) -> None:
    card = ModelCard("gan", "GAN", "", "generate", "dcgan", {}, "3", "MIT", {}, {}, {}, "ab" * 32)
    latent = Latent(Way(Latent(3), Latent((0.5, -1.0)), 0.25), (0.0, 1.5))
    metadata = of_generated(card, [latent], 0.8)
    assert metadata == of_generated(card, [latent], 0.8)
    for name in ("a.png", "a.jpg", "a.tif", "a.webp"):
        write_photo(tmp_path / name, Photo(np.zeros((8, 8, 3), np.uint8), metadata))
        packet = read_photo(tmp_path / name).metadata.xmp
        assert packet is not None
        root = ElementTree.fromstring(packet.decode("utf-8"))
        assert [e.text for e in root.iter(f"{IPTC}DigitalSourceType")] == [MADE_UP]
        told = {e.tag: e.text for e in next(root.iter(f"{RDF}li"))}
        assert [Latent.from_json(one) for one in json.loads(told[f"{{{STUDIO}}}latents"] or "")] == [latent]
        assert told[f"{{{STUDIO}}}truncation"] == "0.8"
        assert told[f"{{{STUDIO}}}sha256"] == card.sha256
        assert told[f"{EVENT}action"] == "created"


def test_a_sheet_of_thousands_says_that_it_is_made_up_in_a_jpeg_too(tmp_path: Path) -> None:
    card = ModelCard("gan", "GAN", "", "generate", "dcgan", {}, "3", "MIT", {}, {}, {}, "ab" * 32)
    write_photo(
        tmp_path / "sheet.jpg",
        Photo(np.zeros((8, 8, 3), np.uint8), of_generated(card, list(map(Latent, range(5000))), 1)),
    )
    packet = read_photo(tmp_path / "sheet.jpg").metadata.xmp
    assert packet is not None
    root = ElementTree.fromstring(packet.decode("utf-8"))
    assert [e.text for e in root.iter(f"{IPTC}DigitalSourceType")] == [MADE_UP]
    first, number, last = json.loads(next(root.iter(f"{{{STUDIO}}}latents")).text or "")
    assert (Latent.from_json(first), number, Latent.from_json(last)) == (Latent(0), "5000 in all", Latent(4999))
