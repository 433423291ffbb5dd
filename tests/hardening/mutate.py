"""Spoils files: at random, and as somebody would who knows the format.

Whatever a checksum or a length protects is spoilt with the checksum or length made right again, so that the fault gets
past the first door.
"""

from __future__ import annotations

import io
import json
import random
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import PurePath

import imagecodecs

from tests.hardening.seeds import Seed, png_chunk

Rng = random.Random
_Spoil = Callable[[bytes, Rng], bytes]

_NUMBERS = (
    0,
    1,
    2,
    3,
    127,
    128,
    255,
    256,
    32767,
    32768,
    65535,
    65536,
    10**6,
    2**24,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63,
)
_LARGEST = 2 << 20
"""Bytes of a mutant: what grows beyond that is cut off."""
_BOMB = 24 << 20
"""Bytes that a small mutant unpacks to."""


def mutant(seed: Seed, others: Sequence[Seed], rng: Rng) -> bytes:
    """A seed, spoilt one to three times.

    What is too broken by now to be spoilt with understanding is spoilt at random.

    Args:
        others: whose pieces may be put in.
    """
    data = seed.data
    informed = _FORMATS.get(PurePath(seed.name).suffix)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        if informed and rng.random() < 0.6:
            try:
                data = informed(data, rng)[:_LARGEST]
                continue
            except Exception:
                if data is seed.data:
                    raise  # whoever does not understand a sound file would spoil none, and nobody would notice
        data = spliced(data, rng.choice(others).data, rng) if rng.random() < 0.1 else spoilt(data, rng)
    return data[:_LARGEST]


# --- any bytes --------------------------------------------------------------------------------------------------------


def spoilt(data: bytes, rng: Rng) -> bytes:
    """Bytes damaged somewhere, as by a bad disk, a broken copy or a hand."""
    out, size = bytearray(data), len(data)
    if not size:
        return rng.randbytes(rng.randrange(64))
    start = rng.randrange(min(size, 200) if rng.random() < 0.5 else size)  # headers are worth more than their share
    length = min(size - start, int(2 ** rng.uniform(0, 12)))
    match rng.randrange(10):
        case 0:
            del out[start:]
        case 1:
            for _ in range(rng.randint(1, 20)):
                out[rng.randrange(size)] ^= 1 << rng.randrange(8)
        case 2:
            out[start] = rng.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF, rng.randrange(256)))
        case 3:
            width = rng.choice((1, 2, 4, 8))
            value = rng.choice(_NUMBERS) % (1 << 8 * width)
            out[start : start + width] = value.to_bytes(width, rng.choice(("little", "big")))
        case 4:
            out[start : start + length] = bytes(length)
        case 5:
            del out[start : start + length]
        case 6:
            out[start:start] = out[start : start + length] * rng.choice((1, 1, 2, 50))
        case 7:
            out[start:start] = rng.randbytes(length)
        case 8:
            target = rng.randrange(size)
            out[target : target + length] = out[start : start + length]
        case _:
            out += rng.choice((rng.randbytes(length), bytes(length), data))
    return bytes(out)


def spliced(data: bytes, other: bytes, rng: Rng) -> bytes:
    """The beginning of one file and the end of another, or a piece of the other inside."""
    start = rng.randrange(len(data) + 1)
    if rng.random() < 0.5:
        return data[:start] + other[rng.randrange(len(other) + 1) :]
    piece = other[rng.randrange(len(other) + 1) :][: int(2 ** rng.uniform(0, 12))]
    return data[:start] + piece + data[start + rng.choice((0, len(piece))) :]


def _shuffled(parts: list[bytes], rng: Rng) -> list[bytes]:
    """One part of a file twice, or often, or gone, or elsewhere."""
    index = rng.randrange(len(parts))
    match rng.randrange(4):
        case 0:
            parts[index:index] = [parts[index]] * rng.choice((1, 1, 5, 300))
        case 1:
            del parts[index]
        case 2:
            parts.insert(rng.randrange(len(parts)), parts.pop(index))
        case _:
            rng.shuffle(parts)
    return parts


# --- metadata ---------------------------------------------------------------------------------------------------------


def _exif(rng: Rng) -> bytes:
    """An EXIF block that asks too much: directories in directories, the same bytes over and over, loops."""
    count = rng.choice((3, 200, 4000))
    tag = rng.choice((34665, 34853, 40965, 700, None))
    entries = [
        struct.pack("<HHII", tag or 1000 + i, 4 if tag else 7, 1 if tag else rng.choice((12 * count, 40)), 8)
        for i in range(count)
    ]
    return b"II*\0\x08\0\0\0" + struct.pack("<H", count) + b"".join(entries) + struct.pack("<I", rng.choice((0, 8)))


def _xmp(rng: Rng) -> bytes:
    """An XMP packet that asks too much, or is none."""
    rdf = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"%s>%s</rdf:RDF>'
    count = rng.choice((10, 1000, 9000))
    match rng.randrange(6):
        case 0:
            return rdf % (b"", b"<a>" * count + b"</a>" * count)
        case 1:
            return rdf % (b"", b"<a/>" * count)
        case 2:
            return rdf % (b"".join(b' a%d=""' % i for i in range(count)), b"")
        case 3:
            entities = b'<!ENTITY a "aaaaaaaaaa">' + b"".join(
                b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
            )
            return b"<!DOCTYPE x [" + entities + b"]>" + rdf % (b"", b"<a>&j;</a>")
        case 4:
            return rng.choice((b"\xff\xfe", b"\xfe\xff", b"\0\0")) + rng.randbytes(count)
        case _:
            return b'<x tiff:Orientation="8" ' + rng.randbytes(40)


def _blob(rng: Rng) -> bytes:
    """What stands where a profile, a comment or captions belong."""
    return rng.choice((b"", rng.randbytes(rng.randrange(3000)), bytes(200), b"8BIM\x04\x04\xff", b"acsp" * 40))


# --- PNG --------------------------------------------------------------------------------------------------------------


def _png(data: bytes, rng: Rng) -> bytes:
    chunks, position = [], 8
    while position + 12 <= len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        chunks.append(data[position : position + 12 + size])
        position += 12 + size
    index = 0 if rng.random() < 0.4 else rng.randrange(len(chunks))
    name, body = chunks[index][4:8], chunks[index][8:-4]
    match rng.randrange(7):
        case 0 | 1:
            if name == b"IDAT" and rng.random() < 0.8:
                body = zlib.compress(spoilt(zlib.decompress(body), rng))
            else:
                body = spoilt(body, rng)
            chunks[index] = png_chunk(name, body)
        case 2:
            header = bytearray(chunks[0][8:-4])
            where = rng.choice((0, 4))
            header[where : where + 4] = struct.pack(">I", rng.choice(_NUMBERS) % 2**32)
            header[rng.randrange(8, 13)] = rng.choice((0, 1, 2, 3, 4, 6, 7, 8, 16, 255))
            chunks[0] = png_chunk(b"IHDR", bytes(header))
        case 3:
            chunks[1:1] = [_png_metadata(rng)] * rng.choice((1, 1, 3, 40))
        case 4:
            size = struct.pack(">I", rng.choice(_NUMBERS) % 2**32)
            chunks[index] = size + chunks[index][4:]
        case _:
            chunks = _shuffled(chunks, rng)
    return data[:8] + b"".join(chunks)


@cache
def _zipped_bomb(pattern: bytes) -> bytes:
    return zlib.compress(pattern * (_BOMB // 2), 9)


def _png_metadata(rng: Rng) -> bytes:
    bomb = _zipped_bomb(rng.choice((b"\0\0", b"a ")))
    text = rng.choice((b"Comment", b"Raw profile type exif", b"XML:com.adobe.xmp", b"Raw profile type icc", b"k" * 90))
    match rng.randrange(8):
        case 0:
            return png_chunk(b"iCCP", b"p\0\0" + rng.choice((bomb, zlib.compress(_blob(rng)), _blob(rng))))
        case 1:
            return png_chunk(b"zTXt", text + b"\0\0" + bomb)
        case 2:
            return png_chunk(b"iTXt", text + b"\0\1\0\0\0" + bomb)
        case 3:
            return png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + _xmp(rng))
        case 4:
            return png_chunk(b"tEXt", text + b"\0exif\n 8\n" + _exif(rng).hex().encode())
        case 5:
            return png_chunk(b"pHYs", struct.pack(">IIB", rng.choice(_NUMBERS) % 2**32, 1, rng.randrange(3)))
        case 6:
            name = rng.choice(
                (b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sBIT", b"bKGD", b"hIST", b"acTL", b"fcTL", b"oFFs")
            )
            return png_chunk(name, _blob(rng))
        case _:
            return png_chunk(b"eXIf", _exif(rng))


# --- JPEG -------------------------------------------------------------------------------------------------------------


def _jpeg(data: bytes, rng: Rng) -> bytes:
    segments, position = [], 2
    while data[position : position + 1] == b"\xff" and data[position + 1] != 0xDA:
        size = int.from_bytes(data[position + 2 : position + 4], "big")
        segments.append(data[position : position + 2 + size])
        position += 2 + size
    scans = data[position:]
    index = rng.randrange(len(segments))
    marker, body = segments[index][:2], segments[index][4:]
    match rng.randrange(8):
        case 0 | 1:
            segments[index] = _segment(marker, spoilt(body, rng))
        case 2:
            frame = next(i for i, s in enumerate(segments) if s[1] in (0xC0, 0xC1, 0xC2))
            body = bytearray(segments[frame][4:])
            where = rng.choice((1, 3))
            body[where : where + 2] = struct.pack(">H", rng.choice((0, 1, 8, 60000, 65500, 65535)))
            if rng.random() < 0.3:
                body[rng.choice((0, 5, 7, 8))] = rng.choice((0, 1, 2, 4, 8, 12, 0x11, 0x22, 0x44, 0xFF))
            marker = b"\xff" + rng.choice((segments[frame][1:2],) * 4 + (b"\xc1", b"\xc2", b"\xc3", b"\xc9", b"\xca"))
            segments[frame] = _segment(marker, bytes(body))
        case 3:
            segments[0:0] = [_jpeg_metadata(rng)] * rng.choice((1, 1, 2, 20))
        case 4:
            segments[index] = marker + struct.pack(">H", rng.choice((0, 1, 2, 3, 65535))) + body
        case 5:
            return data[:position] + scans.removesuffix(b"\xff\xd9") * rng.choice((2, 5, 200)) + b"\xff\xd9"
        case 6:
            return data[:position] + spoilt(scans, rng)
        case _:
            segments = _shuffled(segments, rng)
    return data[:2] + b"".join(segments) + scans


def _segment(marker: bytes, body: bytes) -> bytes:
    body = body[:65533]
    return marker + struct.pack(">H", len(body) + 2) + body


def _jpeg_metadata(rng: Rng) -> bytes:
    match rng.randrange(8):
        case 0 | 1:
            return _segment(b"\xff\xe1", b"Exif\0\0" + _exif(rng))
        case 2:
            return _segment(b"\xff\xe1", b"http://ns.adobe.com/xap/1.0/\0" + _xmp(rng))
        case 3:
            place = struct.pack(">II", rng.choice(_NUMBERS) % 2**32, rng.choice(_NUMBERS) % 2**32)
            return _segment(b"\xff\xe1", b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + place + _xmp(rng))
        case 4:
            return _segment(b"\xff\xe2", b"ICC_PROFILE\0" + bytes([rng.randrange(4), rng.randrange(4)]) + _blob(rng))
        case 5:
            return _segment(b"\xff\xe2", b"MPF\0" + rng.choice((_exif(rng), _blob(rng))))
        case 6:
            return _segment(b"\xff\xed", b"Photoshop 3.0\0" + rng.choice((b"8BIM" * 9, _blob(rng))))
        case _:
            return _segment(
                rng.choice((b"\xff\xee", b"\xff\xfe", b"\xff\xe0")), rng.choice((b"Adobe\0", b"JFIF\0")) + _blob(rng)
            )


# --- TIFF -------------------------------------------------------------------------------------------------------------


def _tiff(data: bytes, rng: Rng) -> bytes:
    out = bytearray(data)
    order: str = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    pointer, count_kind, entry = ("Q", "Q", 20) if big else ("I", "H", 12)
    first: int = struct.unpack_from(order + pointer, data, 8 if big else 4)[0]
    count: int = struct.unpack_from(order + count_kind, data, first)[0]
    at = first + struct.calcsize(count_kind) + entry * rng.randrange(count)
    value_at, width = at + 4 + struct.calcsize(pointer), struct.calcsize(pointer)
    number = rng.choice(_NUMBERS) % (1 << 8 * width)
    match rng.randrange(8):
        case 0 | 1 | 2:
            struct.pack_into(order + rng.choice((pointer, "H")), out, value_at, number % 2**16)
            if rng.random() < 0.3:
                struct.pack_into(order + pointer, out, value_at, number)
        case 3:
            struct.pack_into(order + pointer, out, at + 4, number)
        case 4:
            struct.pack_into(order + "H", out, at + 2, rng.randrange(20))
        case 5:
            tags = (254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 317, 322, 323, 324, 325, 330, 338)
            struct.pack_into(order + "H", out, at, rng.choice((*tags, 339, 347, 700, 32997, 34665, 34675, 50706)))
        case 6:
            link = first + struct.calcsize(count_kind) + entry * count
            struct.pack_into(order + pointer, out, link, rng.choice((first, len(data), number)))
        case _:
            return _tiff_of_many(data, order, rng) if not big else spoilt(data, rng)
    return bytes(out)


def _tiff_of_many(data: bytes, order: str, rng: Rng) -> bytes:
    """With thousands of entries in its directory, or thousands of directories, all about the same bytes."""
    first: int = struct.unpack_from(order + "I", data, 4)[0]
    count: int = struct.unpack_from(order + "H", data, first)[0]
    entries, many = data[first + 2 : first + 2 + 12 * count], rng.choice((500, 5000))
    end = len(data) + (len(data) & 1)
    head = data[:4] + struct.pack(order + "I", end) + data[8:].ljust(end - 8, b"\0")
    if rng.random() < 0.5:
        tag = rng.choice((34665, 34853, None))
        more = [struct.pack(order + "HHII", tag or 40000 + i, 4 if tag else 7, 1 if tag else end, end if tag else 0)
                for i in range(many)]  # fmt: skip
        return head + struct.pack(order + "H", count + many) + entries + b"".join(more) + bytes(4)
    size = 2 + 12 * count + 4
    directories = [
        struct.pack(order + "H", count) + entries + struct.pack(order + "I", (end + (i + 1) * size) * (i + 1 < many))
        for i in range(many)
    ]
    return head + b"".join(directories)


# --- WebP, HEIC, BMP --------------------------------------------------------------------------------------------------


def _webp(data: bytes, rng: Rng) -> bytes:
    chunks, position = [], 12
    while position + 8 <= len(data):
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        chunks.append(data[position : position + 8 + size + (size & 1)])
        position += 8 + size + (size & 1)
    index = rng.randrange(len(chunks))
    name, body = chunks[index][:4], chunks[index][8:]
    match rng.randrange(5):
        case 0 | 1:
            chunks[index] = _riff(name, spoilt(body, rng))
        case 2:
            chunks.append(_riff(*rng.choice(((b"EXIF", _exif(rng)), (b"XMP ", _xmp(rng)), (b"ICCP", _blob(rng))))))
        case 3:
            chunks[index] = name + struct.pack("<I", rng.choice(_NUMBERS) % 2**32) + body
        case _:
            chunks = _shuffled(chunks, rng)
    inside = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


def _riff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) & 1)


def _heic(data: bytes, rng: Rng) -> bytes:
    """Boxes: whole ones dealt with as such, or a field of one changed that may be a size, a count or an offset."""
    boxes, position = [], 0
    while position + 8 <= len(data):
        size = int.from_bytes(data[position : position + 4], "big") or len(data) - position
        if size < 8:
            raise ValueError("no box")
        boxes.append(data[position : position + size])
        position += size
    if rng.random() < 0.2:
        return b"".join(_shuffled(boxes, rng))
    index = min(1, len(boxes) - 1) if rng.random() < 0.7 else rng.randrange(len(boxes))
    box = bytearray(boxes[index])
    where, width = rng.randrange(len(box)), rng.choice((1, 2, 4))
    names = [i for i in range(4, len(box) - 4) if box[i : i + 4].isalpha() and box[i : i + 4].islower()]
    if names and rng.random() < 0.5:
        where = rng.choice(names) + rng.choice((-4, 4, 8, 10, 12, 16))  # the size before a name, the fields behind it
    box[where : where + width] = (rng.choice(_NUMBERS) % (1 << 8 * width)).to_bytes(width, "big")
    boxes[index] = bytes(box)
    return b"".join(boxes)


def _bmp(data: bytes, rng: Rng) -> bytes:
    out = bytearray(data)
    where, width = rng.choice(
        ((10, 4), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2), (30, 4), (34, 4), (38, 4), (46, 4))
    )
    number = rng.choice((*_NUMBERS, 4, 8, 16, 24, 32, 2**32 - 40))
    out[where : where + width] = (number % (1 << 8 * width)).to_bytes(width, "little")
    return bytes(out)


# --- sessions ---------------------------------------------------------------------------------------------------------


def _session(data: bytes, rng: Rng) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = [(name, archive.read(name)) for name in archive.namelist()]
    method, index = zipfile.ZIP_STORED, rng.randrange(len(files))
    if rng.random() < 0.6:
        index = next(i for i, (name, _) in enumerate(files) if name == "journal")
    name, body = files[index]
    match rng.randrange(8):
        case 0 | 1 | 2 if name == "journal":
            files[index] = name, _journal(body, rng)
        case 3 if name == "journal":
            files = _with_other_pixels(files, rng)
        case 4:
            del files[index]
        case 5:
            strange = ("../journal", "/journal", "photo.x/../../y", "photo.a", "photo.png", "journal", "lock", "data")
            files.append((rng.choice(strange), rng.choice((b"", body))))
        case 6:
            method = zipfile.ZIP_DEFLATED
            files[index] = name, rng.choice((body, bytes(_BOMB), body + bytes(_BOMB)))
        case _:
            files[index] = name, spoilt(body, rng)
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore", category=UserWarning), zipfile.ZipFile(out, "w", method) as archive:
        for name, body in files:
            archive.writestr(zipfile.ZipInfo(name), body, method)
    return out.getvalue()


def _journal(journal: bytes, rng: Rng) -> bytes:
    """With a record that is not what it should be, its checksum right."""
    lines = journal.splitlines(keepends=True)
    index = rng.randrange(len(lines))
    if rng.random() < 0.3:
        return b"".join(_shuffled(lines, rng))
    payload = spoilt_json(lines[index].partition(b" ")[2].rstrip(b"\n"), rng).replace(b"\n", b" ")
    lines[index] = b"%08x %s\n" % (zlib.crc32(payload), payload)
    return b"".join(lines)


def _with_other_pixels(files: list[tuple[str, bytes]], rng: Rng) -> list[tuple[str, bytes]]:
    """With an array in the store that is not what it should be, and the journal pointing to it."""
    content = dict(files)
    journal, store = content["journal"], content["data"]
    record = json.loads(rng.choice([line for line in journal.splitlines() if b'"edit"' in line]).partition(b" ")[2])
    refs = [ref for *_, ref in record["tiles"] if ref] + [ref for x in record["layers"] or () for ref in x["patches"]]
    old = rng.choice(refs)
    npy: bytes = imagecodecs.zstd_decode(store[old[0] : old[0] + old[1]])
    npy = npy[:128] + spoilt(npy[128:], rng) if rng.random() < 0.5 else spoilt(npy, rng)
    if rng.random() < 0.1:
        npy += bytes(_BOMB)
    array = imagecodecs.zstd_encode(npy)
    new = [len(store), len(array), zlib.crc32(array)]
    before, after = (json.dumps(ref, separators=(",", ":")).encode() for ref in (old, new))
    lines = [line.partition(b" ")[2].replace(before, after) for line in journal.splitlines()]
    content["journal"] = b"".join(b"%08x %s\n" % (zlib.crc32(line), line) for line in lines)
    content["data"] = store + array
    return list(content.items())


# --- words ------------------------------------------------------------------------------------------------------------

_VALUES = (
    None, True, False, 0, 1, -1, 255, 10**6, 10**9, 10**30, -(10**30), 0.5, -0.5, 1e308, float("nan"), float("inf"), "",
    "x", "../../x", "/dev/zero", "\0", "\ud800", "é" * 3000, [], {}, [[]], [0], {"a": 1}, [None] * 3,
)  # fmt: skip


def spoilt_json(text: bytes, rng: Rng) -> bytes:
    """JSON with one of its values replaced by another, a name gone or changed, or nested beyond all measure."""
    if rng.random() < 0.05:
        return b"[" * 60000 + text
    root = json.loads(text)
    holders = [(holder, key) for holder in _containers(root) for key in _keys(holder)]
    if not holders:
        return json.dumps(rng.choice(_VALUES)).encode()
    holder, key = rng.choice(holders)
    match rng.randrange(6):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[rng.choice(("x", "path", "kind", f"{key}2"))] = holder.pop(key)
        case 2:
            holder[key] = [holder[key]] * rng.choice((1, 3, 2000))
        case 3 if isinstance(holder[key], int | float):
            holder[key] += rng.choice((-1, 1, 7, 256, 10**6))
        case _:
            holder[key] = rng.choice(_VALUES)
    return json.dumps(root).encode()


def _containers(value: object) -> list[list | dict]:
    if not isinstance(value, list | dict):
        return []
    inside = value.values() if isinstance(value, dict) else value
    return [value, *(found for one in inside for found in _containers(one))]


def _keys(holder: list | dict) -> list:
    return list(holder) if isinstance(holder, dict) else list(range(len(holder)))


def _lines(data: bytes, rng: Rng) -> bytes:
    lines = data.splitlines(keepends=True)
    index = rng.choice([i for i, line in enumerate(lines) if line.strip()])
    if rng.random() < 0.3:
        return b"".join(_shuffled(lines, rng))
    lines[index] = spoilt_json(lines[index], rng) + b"\n"
    return b"".join(lines)


def _safetensors(data: bytes, rng: Rng) -> bytes:
    size = int.from_bytes(data[:8], "little")
    header, body = data[8 : 8 + size], data[8 + size :]
    if rng.random() < 0.3:
        body = spoilt(body, rng)
    else:
        header = spoilt_json(header, rng)
    return struct.pack("<Q", len(header) if rng.random() < 0.9 else rng.choice(_NUMBERS)) + header + body


_FORMATS: dict[str, _Spoil] = {
    ".png": _png, ".jpg": _jpeg, ".tif": _tiff, ".webp": _webp, ".heic": _heic, ".bmp": _bmp, ".cnnsession": _session,
    ".json": spoilt_json, ".jsonl": _lines, ".safetensors": _safetensors,
}  # fmt: skip
