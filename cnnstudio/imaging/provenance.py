"""The record that a photo was repaired: where, by which model, and that its pixels are partly made up; or all of them.

It goes into the photo's XMP: the IPTC digital source type (``Iptc4xmpExt:DigitalSourceType``, by which search engines
and archives know media that a trained algorithm has filled in), and for each repair an entry of ``xmpMM:History``,
which people can read, and programs by its fields. All else in the XMP stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement

from cnnstudio import __version__
from cnnstudio.cards import ModelCard
from cnnstudio.imaging import xmp
from cnnstudio.imaging.encode import MAX_JPEG_XMP
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Layer
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.parts import Part, parts
from cnnstudio.jobs import Latent

FORMATS = ("JPEG", "PNG", "TIFF", "WEBP")
"""The formats that can hold a record."""
PROGRAM = f"CNN Studio {__version__}"
STUDIO = "urn:cnnstudio:repair:1#"
"""The namespace of the fields of an entry."""

UNREADABLE = "The photo's XMP data cannot be read: the record of the repair takes its place."
TOO_LARGE = "The photo's XMP data leaves no room for the record of the repair."

_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
FILLED_IN = _SOURCE_TYPES + "compositeWithTrainedAlgorithmicMedia"
ENHANCED = _SOURCE_TYPES + "algorithmicallyEnhanced"
MADE_UP = _SOURCE_TYPES + "trainedAlgorithmicMedia"
_MORE_MADE_UP = (MADE_UP, _SOURCE_TYPES + "compositeSynthetic")
"""What a photo is called that was made up before: no repair makes it less so."""

_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_MEDIA, _EVENT = "http://ns.adobe.com/xap/1.0/mm/", "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
_PREFIXES = {_IPTC: "Iptc4xmpExt", _MEDIA: "xmpMM", _EVENT: "stEvt", STUDIO: "studio", xmp.RDF: "rdf"}
_SOURCE_TYPE, _HISTORY = f"{{{_IPTC}}}DigitalSourceType", f"{{{_MEDIA}}}History"
_SEQ, _LI, _PARSE = (f"{{{xmp.RDF}}}{name}" for name in ("Seq", "li", "parseType"))
_MOST_REGIONS = 50  # of an entry


@dataclass(frozen=True)
class Repair:
    """What is recorded of one repair.

    Attributes:
        name: as in the list of repairs.
        regions: where, the largest first.
        model: id of the model; empty for none.
        version, sha256: of the model; empty where they are not known.
        seed: with which it was made.
        when: ISO 8601, in UTC; empty takes the time of the record.
        opacity: above 0, at most 1: how much of it shows.
        made_up: False for what only corrects the pixels there are.
    """

    name: str
    regions: tuple[Part, ...]
    model: str = ""
    version: str = ""
    sha256: str = ""
    seed: int = 0
    when: str = ""
    opacity: float = 1.0
    made_up: bool = True

    @property
    def pixels(self) -> int:
        return sum(region.pixels for region in self.regions)

    def sentence(self, most: int = _MOST_REGIONS) -> str:
        """All of it for people, with at most so many regions."""
        count = len(self.regions)
        made = "Filled in" if self.made_up else "Corrected"
        by = f"by the model “{self.model}”" if self.model else "by hand" if self.made_up else "by curves"
        about = [f"version {self.version}"] if self.version else []
        about += [f"SHA-256 {self.sha256}"] if self.sha256 else []
        about += [f"seed {self.seed}"] if self.model else []
        about += [f"{self.opacity:.0%} opaque"] if self.opacity < 1 else []
        said = f"{self.name}: {made} {by}" + (f" ({', '.join(about)})" if about else "")
        said += f", {self.pixels} pixels in {count} {'region' if count == 1 else 'regions'}"
        if most:
            listed = "; ".join(_words(region.rect) for region in self.regions[:most])
            said += f" (x, y, width, height): {listed}" + (f"; and {count - most} smaller" if count > most else "")
        return said + "."


def now() -> str:
    """The time in UTC, ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def of_layers(layers: Iterable[Layer], height: int, width: int) -> list[Repair]:
    """What there is to record of the layers that show; reads their pixels.

    Args:
        height, width: of the photo.
    """
    repairs = []
    for layer in layers:
        if not (layer.visible and layer.opacity > 0 and layer.patches.count):
            continue
        origin, patches = layer.origin, layer.patches
        corrects = layer.restored is not None
        regions = [Part(patches.bounds, patches.count)] if corrects else parts(patches.mask(height, width))
        repairs.append(
            Repair(
                layer.name,
                tuple(regions),
                layer.model,
                origin.version if origin else "",
                origin.sha256 if origin else "",
                layer.seed,
                origin.when if origin else "",
                layer.opacity,
                not corrects,
            )
        )
    return repairs


def record(metadata: Metadata, repairs: Sequence[Repair]) -> tuple[Metadata, list[str]]:
    """Adds the record to a photo's metadata.

    Returns:
        (the metadata, itself where there is nothing to record; plain sentences on what could not be kept)
    """
    if not repairs:
        return metadata, []
    extension, notes = metadata.xmp_extension, list[str]()
    try:
        recorded = _recorded(metadata.xmp, repairs, _MOST_REGIONS)
    except ValueError:
        recorded, extension, notes = _recorded(None, repairs, _MOST_REGIONS), (), [UNREADABLE]
    if extension and len(recorded) > MAX_JPEG_XMP:
        # What has been split once cannot be split again without its other half.
        recorded = _recorded(metadata.xmp, repairs, 0)
        if len(recorded) > MAX_JPEG_XMP:
            return metadata, [TOO_LARGE]
    return replace(metadata, xmp=recorded, xmp_extension=extension), notes


def of_generated(card: ModelCard, latents: Sequence[Latent], truncation: float) -> Metadata:
    """The record of a picture that a generator made from nothing.

    It has no time, so that the same latent makes the same file. Where there are so many latents that a JPEG could not
    hold them, the first and the last one stand for all.

    Args:
        latents: of the picture, or of all those that a sheet or a moving picture is made of.
    """
    packet = xmp.new_packet()
    packet.prefixes |= _PREFIXES
    target = packet.descriptions[0]
    SubElement(target, _SOURCE_TYPE).text = MADE_UP
    entry = SubElement(_entries(packet, target), _LI, {_PARSE: "Resource"})
    _put(entry, _EVENT, "action", "created")
    _put(entry, _EVENT, "softwareAgent", PROGRAM)
    about = f"version {card.version}, SHA-256 {card.sha256}, truncation {truncation:g}"
    _put(entry, _EVENT, "parameters", f"made from nothing by the model “{card.id}” ({about})")
    _put(entry, STUDIO, "model", card.id)
    _put(entry, STUDIO, "version", card.version)
    _put(entry, STUDIO, "sha256", card.sha256)
    places = json.dumps([latent.as_json() for latent in latents])
    if len(places) > MAX_JPEG_XMP // 2:
        places = json.dumps([latents[0].as_json(), f"{len(latents)} in all", latents[-1].as_json()])
    _put(entry, STUDIO, "latents", places)
    _put(entry, STUDIO, "truncation", f"{truncation:g}")
    return Metadata(xmp=packet.to_bytes())


def _recorded(before: bytes | None, repairs: Sequence[Repair], most_regions: int) -> bytes:
    packet = xmp.parse(before) if before else xmp.new_packet()
    for uri, prefix in _PREFIXES.items():
        packet.prefixes.setdefault(uri, prefix)
    earlier = packet.take(_SOURCE_TYPE)
    target = packet.descriptions[0]
    kind = FILLED_IN if any(repair.made_up for repair in repairs) else ENHANCED
    if earlier in _MORE_MADE_UP or (earlier == FILLED_IN and kind == ENHANCED):
        kind = earlier
    SubElement(target, _SOURCE_TYPE).text = kind
    entries = _entries(packet, target)
    for repair in repairs:
        was = f" The digital source type was {earlier}." if earlier and earlier != kind else ""
        _add_entry(entries, repair, most_regions, was)
    return packet.to_bytes()


def _entries(packet: xmp.Packet, target: Element) -> Element:
    """The list of the history's entries."""
    history = packet.find(_HISTORY)
    if history is None:
        history = SubElement(target, _HISTORY)
    found = history.find(_SEQ)
    return SubElement(history, _SEQ) if found is None else found


def _add_entry(entries: Element, repair: Repair, most: int, more: str) -> None:
    entry = SubElement(entries, _LI, {_PARSE: "Resource"})
    _put(entry, _EVENT, "action", "edited")
    _put(entry, _EVENT, "when", repair.when or now())
    _put(entry, _EVENT, "softwareAgent", PROGRAM)
    _put(entry, _EVENT, "parameters", repair.sentence(most) + more)
    _put(entry, STUDIO, "model", repair.model)
    _put(entry, STUDIO, "version", repair.version)
    _put(entry, STUDIO, "sha256", repair.sha256)
    _put(entry, STUDIO, "seed", str(repair.seed) if repair.model else "")
    _put(entry, STUDIO, "pixels", str(repair.pixels))
    _put(entry, STUDIO, "regionCount", str(len(repair.regions)))
    if most:
        regions = SubElement(SubElement(entry, f"{{{STUDIO}}}regions"), _SEQ)
        for region in repair.regions[:most]:
            SubElement(regions, _LI).text = _words(region.rect)


def _put(entry: Element, namespace: str, name: str, value: str) -> None:
    """Adds a field; nothing where it is empty."""
    if value:
        SubElement(entry, f"{{{namespace}}}{name}").text = xmp.text(value)


def _words(rect: Rect) -> str:
    return f"{rect.x} {rect.y} {rect.w} {rect.h}"
