"""The directories of tags that EXIF blocks and TIFF files share, carried between the two without touching a value.

An EXIF block is a small TIFF file without pixels: a header, a main directory (maker, model, date, …) and directories
hanging from it (Exif, GPS, Interoperability). Values are kept as the bytes they are, in the byte order they came in.
See the TIFF 6.0 specification, section 2, and EXIF 2.32, section 4.6.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal, TypeAlias

ORIENTATION, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 274, 282, 283, 296
EXIF, GPS, INTEROPERABILITY = 34665, 34853, 40965
XMP, IPTC, PHOTOSHOP, ICC_PROFILE, DNG_VERSION = 700, 33723, 34377, 34675, 50706
STRUCTURE = frozenset(
    {254, 255, 256, 257, 258, 259, 262, 263, 266, 273, 277, 278, 279, 280, 281, 284, 288, 289, 290, 291, 292, 293, 297}
    | {301, 317, 320, 321, 322, 323, 324, 325, 326, 327, 328, 330, 332, 334, 336, 338, 339, 340, 341, 342, 347, 532}
    | {*range(512, 522), XMP, IPTC, PHOTOSHOP, ICC_PROFILE, 32995, 32996, 32997, 32998}
)
"""Tags of a TIFF page that tell how its pixels are stored, or have a field of their own in ``Metadata``."""

_THUMBNAIL_OFFSET, _THUMBNAIL_LENGTH = 513, 514

_KIND, _OLD_KIND = 254, 255
_SUB_DIRECTORIES = (EXIF, GPS, INTEROPERABILITY)
_DEEPEST = 2  # Interoperability hangs from Exif, and nothing hangs deeper
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_LONG, _LONG8 = 4, 16
_MOST_DPI = 5e7
_SHARED = 1 << 16
"""Bytes that tags may share: some programs write equal values once."""

Reader: TypeAlias = Callable[[int, int], bytes]
"""Gives up to ``n`` bytes from ``offset``."""


@dataclass(frozen=True)
class Layout:
    """How directories are laid out: ``order`` is ``"<"`` or ``">"``; ``big`` for BigTIFF's 64-bit offsets."""

    order: Literal["<", ">"] = "<"
    big: bool = False

    @property
    def pointer(self) -> str:
        return self.order + ("Q" if self.big else "I")

    @property
    def pointer_size(self) -> int:
        return 8 if self.big else 4

    @property
    def count(self) -> str:
        return self.order + ("Q" if self.big else "H")

    @property
    def header(self) -> bytes:
        """What stands before the pointer to the main directory."""
        mark = b"II" if self.order == "<" else b"MM"
        return mark + (struct.pack(self.order + "HHH", 43, 8, 0) if self.big else struct.pack(self.order + "H", 42))


@dataclass(frozen=True)
class Entry:
    """A tag's value: its TIFF type, how many, and the bytes as stored, or a directory of its own."""

    kind: int
    count: int
    value: bytes | Directory


Directory: TypeAlias = dict[int, Entry]


@dataclass(frozen=True)
class _Slot:
    """Where an entry stands: its tag, type and count, and the position of its value."""

    tag: int
    kind: int
    count: int
    position: int

    @property
    def size(self) -> int:
        return self.count * _SIZES[self.kind]


def limited(read: Reader, length: int) -> Reader:
    """A reader that soon gives up where the same bytes are read over and over.

    A few kilobytes of tags that all claim the same value, or directories that hang from each other, would else come to
    gigabytes, and to hours. In a sound file each value has bytes of its own.

    Args:
        length: of the data in bytes.
    """
    left = length + _SHARED

    def reading(offset: int, size: int) -> bytes:
        nonlocal left
        data = read(offset, size)
        left -= len(data)
        if left < 0:
            raise ValueError("its tags claim more bytes than there are")
        return data

    return reading


def read_header(read: Reader) -> tuple[Layout, int]:
    """The layout and the offset of the main directory.

    Raises:
        ValueError: this is not a TIFF structure.
    """
    head = read(0, 16)
    if head[:2] not in (b"II", b"MM") or len(head) < 8:
        raise ValueError("not a TIFF structure")
    order: Literal["<", ">"] = "<" if head[:2] == b"II" else ">"
    magic = struct.unpack_from(order + "H", head, 2)[0]
    if magic not in (42, 43) or (magic == 43 and len(head) < 16):
        raise ValueError("not a TIFF structure")
    layout = Layout(order, magic == 43)
    return layout, struct.unpack_from(layout.pointer, head, 8 if layout.big else 4)[0]


def read_directory(read: Reader, layout: Layout, offset: int, depth: int = 0) -> Directory:
    """A directory with those hanging from it; entries that point outside the data are left out.

    Raises:
        ValueError: there is no directory at ``offset``.
    """
    directory: Directory = {}
    for slot in _slots(read, layout, offset):
        if slot.size and not read(slot.position + slot.size - 1, 1):  # of all that it claims, only the last byte
            continue
        value = read(slot.position, slot.size)
        if slot.tag not in _SUB_DIRECTORIES:
            directory[slot.tag] = Entry(slot.kind, slot.count, value)
        elif depth < _DEEPEST:
            try:
                child = read_directory(read, layout, _number(value, slot.kind, layout), depth + 1)
            except ValueError:
                continue
            directory[slot.tag] = Entry(_LONG, 1, child)
    return directory


def count_pages(read: Reader, layout: Layout, offset: int) -> int:
    """How many directories that follow each other from ``offset`` on are pages of their own, not a smaller version."""
    pages, seen = 0, set[int]()
    while offset and offset not in seen:
        seen.add(offset)
        try:
            # They come in order, and of thousands of pages nothing else need be read.
            slots = takewhile(lambda slot: slot.tag <= _OLD_KIND, _slots(read, layout, offset))
            kinds = {s.tag: _number(read(s.position, s.size), s.kind, layout) for s in slots}
            offset = _link(read, layout, offset)[1]
        except ValueError:
            break
        pages += not (kinds.get(_KIND, 0) & 1 or kinds.get(_OLD_KIND) == 2)
    return pages


def build_directory(directory: Directory, layout: Layout, offset: int) -> bytes:
    """The bytes of a directory that will stand at ``offset``, its values and sub-directories behind it."""
    inline = layout.pointer_size
    start = offset + struct.calcsize(layout.count) + len(directory) * (4 + 2 * inline) + inline
    table = struct.pack(layout.count, len(directory))
    tail = b""
    for tag, entry in sorted(directory.items()):
        kind, here = entry.kind, start + len(tail)
        if isinstance(entry.value, dict):
            kind = _LONG8 if layout.big else _LONG
            value = struct.pack(layout.pointer, here)
            tail += build_directory(entry.value, layout, here)
        elif len(entry.value) <= inline:
            value = entry.value.ljust(inline, b"\0")
        else:
            value = struct.pack(layout.pointer, here)
            tail += entry.value
        tail += b"\0" * (len(tail) & 1)  # offsets are even
        table += struct.pack(layout.order + "HH", tag, kind) + struct.pack(layout.pointer, entry.count) + value
    return table + struct.pack(layout.pointer, 0) + tail


def parse(block: bytes) -> tuple[Layout, Directory]:
    """Reads an EXIF block.

    Raises:
        ValueError: the block is damaged.
    """
    read = _reader(block)
    layout, offset = read_header(read)
    return layout, read_directory(read, layout, offset)


def build(directory: Directory, layout: Layout) -> bytes:
    """The EXIF block of a directory."""
    layout = Layout(layout.order)
    return layout.header + struct.pack(layout.pointer, 8) + build_directory(directory, layout, 8)


def made_upright(block: bytes) -> tuple[int, bytes]:
    """The orientation (1 to 8; 1 where there is none), and the block with its orientation set to 1.

    Every other byte stays, so that maker notes with offsets of their own stay readable. A damaged block is returned
    as it is.
    """
    read = _reader(block)
    try:
        layout, offset = read_header(read)
        slot = next((s for s in _slots(read, layout, offset) if s.tag == ORIENTATION and s.kind in (1, 3, 4)), None)
    except ValueError:
        return 1, block
    if slot is None or slot.count < 1:
        return 1, block
    size = _SIZES[slot.kind]
    value = _number(read(slot.position, size).ljust(size, b"\0"), slot.kind, layout)
    one = (1).to_bytes(size, "little" if layout.order == "<" else "big")
    return (value if 1 <= value <= 8 else 1), block[: slot.position] + one + block[slot.position + size :]


def without_thumbnail(block: bytes) -> bytes:
    """The block without its embedded small picture, which would go on showing the photo before its repair.

    Every other byte stays where it is. A damaged block is returned as it is.
    """
    read = _reader(block)
    try:
        layout, offset = read_header(read)
        link, second = _link(read, layout, offset)
        if not second:
            return block
        thumbnail = read_directory(read, layout, second)
        end = _end(read, layout, offset)
    except ValueError:
        return block
    out = bytearray(block)
    out[link : link + layout.pointer_size] = bytes(layout.pointer_size)
    if {_THUMBNAIL_OFFSET, _THUMBNAIL_LENGTH} <= thumbnail.keys():
        start, length = (number(thumbnail, t, layout) for t in (_THUMBNAIL_OFFSET, _THUMBNAIL_LENGTH))
        picture = slice(int(start or 0), int(start or 0) + int(length or 0))
        out[picture] = bytes(len(out[picture]))
        end = max(end, 0 if picture.start >= second else picture.stop)
    return bytes(out[:second] if second >= end else out)


def number(directory: Directory, tag: int, layout: Layout) -> float | None:
    """The first number of a tag (a rational is divided); None where there is none."""
    entry = directory.get(tag)
    if entry is None or isinstance(entry.value, dict) or entry.count < 1:
        return None
    if entry.kind == 5:
        numerator, denominator = struct.unpack_from(layout.order + "II", entry.value)
        return float(numerator) / denominator if denominator else None
    return float(_number(entry.value, entry.kind, layout)) if entry.kind in (1, 3, 4, 16) else None


def resolution(directory: Directory, layout: Layout) -> tuple[float, float] | None:
    """Dots per inch (across, down) as the directory tells them, or None."""
    x, y = number(directory, X_RESOLUTION, layout), number(directory, Y_RESOLUTION, layout)
    unit = number(directory, RESOLUTION_UNIT, layout)
    if not x or not y or unit == 1:
        return None
    scale = 2.54 if unit == 3 else 1.0
    return plausible_dpi(x * scale, y * scale)


def plausible_dpi(x: float, y: float) -> tuple[float, float] | None:
    """Dots per inch, or None where no format could hold so many."""
    return (x, y) if max(x, y) <= _MOST_DPI else None


def _reader(block: bytes) -> Reader:
    return limited(lambda offset, n: block[offset : offset + n], len(block))


def _link(read: Reader, layout: Layout, offset: int) -> tuple[int, int]:
    """Where the pointer to the next directory stands, behind the entries of the one at ``offset``, and that pointer."""
    try:
        count = struct.unpack(layout.count, read(offset, struct.calcsize(layout.count)))[0]
        link = offset + struct.calcsize(layout.count) + count * (4 + 2 * layout.pointer_size)
        return link, struct.unpack(layout.pointer, read(link, layout.pointer_size))[0]
    except struct.error as error:
        raise ValueError("no directory") from error


def _slots(read: Reader, layout: Layout, offset: int) -> Iterator[_Slot]:
    """The entries of a directory; of several with the same tag the first."""
    seen = set[int]()
    pointer = layout.pointer_size
    head = read(offset, struct.calcsize(layout.count))
    if len(head) < struct.calcsize(layout.count):
        raise ValueError("no directory")
    count = min(struct.unpack(layout.count, head)[0], 65535)
    size = 4 + 2 * pointer
    first = offset + len(head)
    table = read(first, count * size)
    for i in range(len(table) // size):
        tag, kind = struct.unpack_from(layout.order + "HH", table, i * size)
        n = struct.unpack_from(layout.pointer, table, i * size + 4)[0]
        if kind not in _SIZES or tag in seen:
            continue
        seen.add(tag)
        position = first + i * size + 4 + pointer
        if n * _SIZES[kind] > pointer:
            position = struct.unpack_from(layout.pointer, table, i * size + 4 + pointer)[0]
        yield _Slot(tag, kind, n, position)


def _end(read: Reader, layout: Layout, offset: int, depth: int = 0) -> int:
    """Where the last byte of a directory, its values and sub-directories ends."""
    end = offset
    for slot in _slots(read, layout, offset):
        end = max(end, slot.position + slot.size)
        if slot.tag in _SUB_DIRECTORIES and depth < _DEEPEST:
            child = _number(read(slot.position, slot.size), slot.kind, layout)
            end = max(end, _end(read, layout, child, depth + 1))
    return end


def _number(value: bytes, kind: int, layout: Layout) -> int:
    """The first of some unsigned integers."""
    size = _SIZES[kind]
    return int.from_bytes(value[:size], "little" if layout.order == "<" else "big")
