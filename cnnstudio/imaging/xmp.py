"""XMP packets: read without trusting them, changed, and written again with all they held.

A packet comes from a file that anybody may have made, so it is parsed without document types or entities, and within
limits. See the XMP specification (ISO 16684-1), and its part 3 for what is too large for one segment of a JPEG.
"""

from __future__ import annotations

import hashlib
import re
import struct
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from xml.etree.ElementTree import Element, ParseError, SubElement, TreeBuilder, XMLParser
from xml.sax.saxutils import escape, quoteattr

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
META = "adobe:ns:meta/"
DESCRIPTION, ABOUT = f"{{{RDF}}}Description", f"{{{RDF}}}about"
_RESOURCE = f"{{{RDF}}}resource"

EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
"""What a JPEG's segment of extended XMP begins with."""

_NOTE = "http://ns.adobe.com/xmp/note/"
_XML = "http://www.w3.org/XML/1998/namespace"
_MOST_BYTES, _MOST_DEPTH, _MOST_ELEMENTS = 16 << 20, 64, 200_000
_CHUNK = 65_400  # bytes of extended XMP in a segment
_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_END = '\n<?xpacket end="w"?>'
_KEPT_BREAKS = {"\r": "&#13;"}  # which readers would take for a line feed
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass
class Packet:
    """The tree of a packet; names are ``{namespace}local``, as everywhere in ElementTree.

    Attributes:
        root: ``x:xmpmeta`` or ``rdf:RDF`` itself.
        rdf: the ``rdf:RDF`` in it.
        prefixes: the name of each namespace.
    """

    root: Element
    rdf: Element
    prefixes: dict[str, str] = field(default_factory=dict)

    @property
    def descriptions(self) -> list[Element]:
        """The elements whose children and attributes are the packet's properties; the first is made if need be."""
        found = self.rdf.findall(DESCRIPTION)
        return found or [SubElement(self.rdf, DESCRIPTION, {ABOUT: ""})]

    def find(self, name: str) -> Element | None:
        """A property that is an element."""
        return next((p for description in self.descriptions for p in description.findall(name)), None)

    def take(self, name: str) -> str:
        """Takes a simple property out, however often it is there; returns its value, empty where there is none."""
        value = ""
        for description in self.descriptions:
            value = description.attrib.pop(name, value)
            for found in description.findall(name):
                value = (found.text or "").strip() or found.get(_RESOURCE, value)
                description.remove(found)
        return value

    def to_bytes(self) -> bytes:
        """As it stands in a file."""
        return f"{_BEGIN}{self._xml()}{_END}".encode()

    def _xml(self) -> str:
        names = self._names()
        out: list[str] = []
        declared = "".join(f" xmlns:{name}={quoteattr(uri)}" for uri, name in names.items() if uri != _XML)
        _write(self.root, names, declared, out)
        return "".join(out)

    def _names(self) -> dict[str, str]:
        """The prefix of each namespace in use, no two the same, whatever the file called them."""
        used = {_namespace(name) for e in self.root.iter() for name in (str(e.tag), *e.attrib)}
        names, taken = {_XML: "xml"}, {"xml"}
        numbered = (f"ns{number}" for number in count(1))
        for uri in sorted(used - {"", _XML}):
            wanted = self.prefixes.get(uri, "")
            if not re.fullmatch(r"[A-Za-z_][\w.-]*", wanted) or wanted.lower() == "xml" or wanted in taken:
                wanted = next(name for name in numbered if name not in taken)
            names[uri] = wanted
            taken.add(wanted)
        return names


class _Builder(TreeBuilder):
    """Builds the tree within limits, refuses document types (and so entities), and remembers the prefixes."""

    def __init__(self) -> None:
        super().__init__()
        self.prefixes: dict[str, str] = {}
        self._depth = self._elements = 0

    def doctype(self, *_: object) -> None:
        raise ValueError("a document type")

    def start_ns(self, prefix: str, uri: str) -> None:
        self.prefixes.setdefault(uri, prefix)

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth, self._elements = self._depth + 1, self._elements + 1
        if self._depth > _MOST_DEPTH or self._elements > _MOST_ELEMENTS:
            raise ValueError("too deep or too long")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def new_packet() -> Packet:
    """An empty one."""
    root = Element(f"{{{META}}}xmpmeta")
    rdf = SubElement(root, f"{{{RDF}}}RDF")
    return Packet(root, rdf, {META: "x", RDF: "rdf"})


def parse(packet: bytes) -> Packet:
    """Reads a packet.

    Raises:
        ValueError: it is not XMP, declares a document type, or is beyond all measure.
    """
    if len(packet) > _MOST_BYTES:
        raise ValueError("too large")
    if packet[:2] not in (BOM_UTF16_LE, BOM_UTF16_BE) and b"\0" not in packet[:2]:
        packet = packet.strip(b"\0 \t\r\n")  # in UTF-16 they would be halves of letters
    builder = _Builder()
    parser = XMLParser(target=builder)
    try:
        parser.feed(packet)
        root = parser.close()
    except (ParseError, LookupError) as error:
        raise ValueError(f"no XML: {error}") from error
    rdf = root if root.tag == f"{{{RDF}}}RDF" else root.find(f"{{{RDF}}}RDF")
    if rdf is None:
        raise ValueError("no RDF")
    return Packet(root, rdf, builder.prefixes)


def text(value: str) -> str:
    """What of a text XML can hold."""
    return _NO_XML.sub("", value)


def split(packet: bytes, most: int) -> tuple[bytes, tuple[bytes, ...]] | None:
    """A packet that is too large for a segment of a JPEG, in several: its largest properties go into the others.

    Args:
        most: bytes of a packet that fit.

    Returns:
        (the packet, further segments' contents); None where that cannot be done.
    """
    try:
        main, rest = parse(packet), new_packet()
    except ValueError:
        return None
    rest.prefixes |= main.prefixes
    about = main.descriptions[0].get(ABOUT, "")
    moved = SubElement(rest.rdf, DESCRIPTION, {ABOUT: about})
    noted, note = main.descriptions[0], f"{{{_NOTE}}}HasExtendedXMP"
    main.prefixes.setdefault(_NOTE, "xmpNote")
    main.take(note)
    noted.set(note, "0" * 32)
    excess, gone = len(main.to_bytes()) - most, set[Element]()
    for size, description, what in sorted(_properties(main), key=lambda one: -one[0]):
        if excess <= 0:
            break
        excess -= size
        if isinstance(what, str):
            moved.set(what, description.attrib.pop(what))
        else:
            gone.add(what)
            moved.append(what)
    # All at once: to take each out by itself would take minutes where they are many.
    for description in main.descriptions:
        description[:] = [element for element in description if element not in gone]
    extended = rest._xml().encode()
    identity = hashlib.md5(extended, usedforsecurity=False).hexdigest().upper()
    noted.set(note, identity)
    small = main.to_bytes()
    if len(small) > most:
        return None
    head = EXTENSION + identity.encode()
    return small, tuple(
        head + struct.pack(">II", len(extended), at) + extended[at : at + _CHUNK]
        for at in range(0, len(extended), _CHUNK)
    )


def _properties(packet: Packet) -> Iterator[tuple[int, Element, Element | str]]:
    """(bytes, description, element or name of the attribute) of each property that may be moved."""
    names = packet._names()
    for description in packet.descriptions:
        for name, value in description.attrib.items():
            if _namespace(name) not in (RDF, _XML, _NOTE):
                yield len(_attribute(name, value, names).encode()), description, name
        for element in description:
            out: list[str] = []
            _write(element, names, "", out)
            yield len("".join(out).encode()), description, element


def _namespace(name: str) -> str:
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def _write(element: Element, names: dict[str, str], declared: str, out: list[str]) -> None:
    tag = _short(str(element.tag), names)
    attributes = "".join(_attribute(name, value, names) for name, value in element.attrib.items())
    out.append(f"<{tag}{declared}{attributes}")
    if len(element) or element.text:
        out.append(">" + escape(text(element.text or ""), _KEPT_BREAKS))
        for child in element:
            _write(child, names, "", out)
        out.append(f"</{tag}>")
    else:
        out.append("/>")
    out.append(escape(text(element.tail or ""), _KEPT_BREAKS))


def _attribute(name: str, value: str, names: dict[str, str]) -> str:
    return f" {_short(name, names)}={quoteattr(text(value))}"


def _short(name: str, names: dict[str, str]) -> str:
    uri, _, local = name[1:].rpartition("}") if name.startswith("{") else ("", "", name)
    return f"{names[uri]}:{local}" if uri else local
