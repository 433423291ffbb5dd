"""OpenRaster files: the photo, each repair and the mask as layers, for GIMP, Krita and other painting programs.

An ``.ora`` is a ZIP that begins with ``mimetype``; ``stack.xml`` lists the layers from the topmost down, each a PNG
below ``data/``. ``mergedimage.png`` and ``Thumbnails/thumbnail.png`` are for programs that only show.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
from PIL import ImageCms

from cnnstudio.imaging.encode import encode_png, to_8bit
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Layer, View
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.safe_file import replacing
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import Progress

SUFFIX = ".ora"

_VERSION = "0.0.5"
_THUMBNAIL_SIDE = 256
_MASK_COLOUR = (230, 30, 60)  # seen on photographs of any kind
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_ora(
    path: Path,
    photo: Photo,
    layers: Sequence[Layer],
    mask: TileGrid,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> None:
    """Saves a photo with its repairs and mask as layers, whole or not at all.

    The photo is the lowest layer; each repair is as large as what shows of it; the mask is on top, hidden, and as large
    as the photo. Layers keep 16 bits, and the colour profile is in each of them (sRGB where the photo has none).
    Grey photos become RGB, which is all that the programs agree on.

    Args:
        layers: from the lowest to the highest.
        mask: HxW ``uint8``, a snapshot.
        overwrite: whether an existing file may be replaced.

    Raises:
        UnwritableTarget: existing file, no permission, full disk.
    """
    progress = progress or Progress()
    metadata = _carried(photo.metadata)
    attributes = {"version": _VERSION, "w": str(photo.width), "h": str(photo.height)}
    if metadata.dpi:
        attributes |= {name: str(round(dpi)) for name, dpi in zip(("xres", "yres"), metadata.dpi, strict=True)}
    image = ElementTree.Element("image", attributes)
    stack = ElementTree.SubElement(image, "stack")
    with replacing(path, overwrite=overwrite) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("mimetype", b"image/openraster")

        def put(name: str, pixels: np.ndarray) -> None:
            out = io.BytesIO()
            encode_png(out, Photo(pixels, metadata), None)
            archive.writestr(name, out.getbuffer())

        def describe(source: str, name: str, at: Rect, opacity: float, visible: bool) -> None:
            element = ElementTree.Element(
                "layer",
                {
                    "name": _NO_XML.sub("", name),
                    "src": source,
                    "x": str(at.x),
                    "y": str(at.y),
                    "opacity": f"{opacity:.4f}",
                    "visibility": "visible" if visible else "hidden",
                    "composite-op": "svg:src-over",
                },
            )
            stack.insert(0, element)

        put("data/original.png", _coloured(photo.pixels))
        describe("data/original.png", "Original", mask.bounds, 1.0, True)
        shown = [layer for layer in layers if layer.patches.bounds]
        for number, layer in enumerate(shown, 1):
            progress.set(number / (len(shown) + 2))
            source, bounds = f"data/repair{number:03}.png", layer.patches.bounds
            put(source, _repair_pixels(layer, bounds, photo.pixels))
            describe(source, layer.name, bounds, layer.opacity, layer.visible)
        put("data/mask.png", _mask_pixels(mask))
        describe("data/mask.png", "Mask", mask.bounds, 1.0, False)

        progress.set((len(shown) + 1) / (len(shown) + 2))
        merged = to_8bit(_coloured(View(photo.pixels, tuple(layers)).to_array()))
        put("mergedimage.png", merged)
        put("Thumbnails/thumbnail.png", _thumbnail(merged))
        archive.writestr("stack.xml", ElementTree.tostring(image, "utf-8", xml_declaration=True))


def losses(photo: Photo) -> list[str]:
    """What an OpenRaster file cannot hold of a photo, in plain sentences."""
    metadata = photo.metadata
    lost = []
    if metadata.exif:
        lost.append("OpenRaster cannot hold the camera data (EXIF).")
    if metadata.xmp:
        lost.append("OpenRaster cannot hold the XMP data.")
    if metadata.photoshop:
        lost.append("OpenRaster cannot hold the captions (IPTC).")
    if metadata.comment:
        lost.append("OpenRaster cannot hold the comment.")
    if metadata.icc_profile and not _is_for_rgb(metadata.icc_profile):
        lost.append("OpenRaster cannot hold the colour profile.")
    return lost


def _carried(metadata: Metadata) -> Metadata:
    """What goes into each PNG. A profile for anything but RGB would not fit the pixels.

    Without any, Krita asks for one at each layer of 16 bits, and proposes one that makes the photo far too bright.
    """
    profile = metadata.icc_profile
    return Metadata(icc_profile=profile if profile and _is_for_rgb(profile) else _srgb(), dpi=metadata.dpi)


def _is_for_rgb(profile: bytes) -> bool:
    return profile[16:20] == b"RGB "


@cache
def _srgb() -> bytes:
    """What a photo without a profile is shown as."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _coloured(pixels: np.ndarray) -> np.ndarray:
    """Grey as RGB; colours and transparency as they are."""
    match pixels.shape[2]:
        case 1:
            return pixels[..., [0, 0, 0]]
        case 2:
            return pixels[..., [0, 0, 0, 1]]
        case _:
            return pixels


def _repair_pixels(layer: Layer, bounds: Rect, photo: np.ndarray) -> np.ndarray:
    """RGBA: what shows of a layer, transparent elsewhere."""
    top = np.iinfo(photo.dtype).max
    out = np.zeros((bounds.h, bounds.w, 4), photo.dtype)
    for key in layer.patches.tiles:
        rect, alpha, colours = layer.patches.patch(key)
        part, on = out[rect.shifted(-bounds.x, -bounds.y).slices], alpha > 0
        colours = _coloured(colours[None])[0]
        opaque = alpha[on].astype(photo.dtype) * photo.dtype.type(top // 255)
        if colours.shape[1] == 4:  # the repaired pixels of a transparent photo are transparent themselves
            opaque = np.rint(opaque * (colours[:, 3] / np.float32(top))).astype(photo.dtype)
        part[on] = np.concatenate([colours[:, :3], opaque[:, None]], 1)
    return out


def _mask_pixels(mask: TileGrid) -> np.ndarray:
    """RGBA: a colour where the mask is, as much as it is."""
    out = np.zeros((*mask.shape[:2], 4), np.uint8)
    out[..., :3] = _MASK_COLOUR
    for key in mask.occupied():
        out[mask.tile_rect(key).slices][..., 3] = mask.tile(key)
    return out


def _thumbnail(pixels: np.ndarray) -> np.ndarray:
    height, width, channels = pixels.shape
    scale = min(1.0, _THUMBNAIL_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], channels)
