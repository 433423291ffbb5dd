"""OpenRaster files hold what the specification asks for, and look like the photo."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import ImageCms

from cnnstudio.errors import UnwritableTarget
from cnnstudio.imaging import selection
from cnnstudio.imaging.codecs import read_photo
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.encode import to_8bit
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.openraster import losses, write_ora
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.tiles import TileGrid

H, W = 300, 420
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def document(channels: int = 3, dtype: type[np.unsignedinteger] = np.uint8) -> Document:
    top = np.iinfo(dtype).max
    pixels = np.random.default_rng(0).integers(0, top + 1, (H, W, channels), dtype=dtype)
    if channels in (2, 4):
        pixels[..., -1] = top
    done = Document(Photo(pixels, Metadata("TIFF", icc_profile=PROFILE, dpi=(300.0, 300.0), exif=b"MM\0*\0\0\0\x08")))
    for number, rect in enumerate((Rect(10, 20, 30, 40), Rect(200, 230, 150, 50)), 1):
        done.apply(selection.rectangle(done.mask, rect))
        used = done.mask.snapshot()
        colour = np.full((rect.h, rect.w, channels), top // (number + 1), dtype)
        if channels in (2, 4):
            colour[..., -1] = top
        done.add_repair(Patches.build([(rect, colour)], used), f"Repair <{number}> & “é”\0", used=used)
    done.set_opacity(done.layers[1].id, 0.5)
    done.apply(selection.rectangle(done.mask, Rect(100, 100, 20, 10)))
    return done


def write(path: Path, done: Document, **options: bool) -> zipfile.ZipFile:
    write_ora(path, done.photo, done.layers, done.mask.snapshot(), **options)
    return zipfile.ZipFile(path)


def picture(archive: zipfile.ZipFile, name: str, tmp_path: Path) -> Photo:
    file = tmp_path / "member.png"
    file.write_bytes(archive.read(name))
    return read_photo(file)


def layers_of(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    return [layer.attrib for layer in ElementTree.fromstring(archive.read("stack.xml")).iterfind("stack/layer")]


def composed(archive: zipfile.ZipFile, tmp_path: Path) -> np.ndarray:
    """What a program that follows the specification shows, 0 to 1."""
    out = np.zeros((H, W, 3))
    for layer in reversed(layers_of(archive)):
        if layer["visibility"] == "hidden":
            continue
        pixels = picture(archive, layer["src"], tmp_path).pixels
        pixels = pixels / np.iinfo(pixels.dtype).max
        height, width, channels = pixels.shape
        alpha = (pixels[..., 3:] if channels == 4 else 1) * float(layer["opacity"])
        part = out[int(layer["y"]) :, int(layer["x"]) :][:height, :width]
        part[:] = part * (1 - alpha) + pixels[..., :3] * alpha
    return out


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_the_layers_show_what_the_photo_shows(tmp_path: Path, channels: int, dtype: type[np.unsignedinteger]):
    done = document(channels, dtype)
    with write(tmp_path / "Übung 照片.ora", done) as archive:
        shown = done.view.to_array()[..., : 3 if channels > 2 else 1] / np.iinfo(dtype).max
        assert np.abs(composed(archive, tmp_path) - shown).max() < 0.005
        merged = picture(archive, "mergedimage.png", tmp_path).pixels
        assert merged.dtype == np.uint8
        flat = to_8bit(done.view.to_array())[..., : shown.shape[2]]
        assert np.array_equal(merged[..., :3], np.broadcast_to(flat, (H, W, 3)))
        original = picture(archive, "data/original.png", tmp_path)
        assert original.pixels.dtype == dtype
        assert np.array_equal(original.pixels[..., : shown.shape[2]], done.photo.pixels[..., : shown.shape[2]])
        assert original.metadata.icc_profile == PROFILE
        assert original.metadata.dpi == (300, 300)


def test_the_file_is_laid_out_as_specified(tmp_path: Path):
    done = document()
    done.set_visible(done.layers[0].id, False)
    with write(tmp_path / "a.ora", done) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
        assert archive.read("mimetype") == b"image/openraster"
        image = ElementTree.parse(io.BytesIO(archive.read("stack.xml"))).getroot()
        assert image.attrib == {"version": "0.0.5", "w": "420", "h": "300", "xres": "300", "yres": "300"}
        layers = layers_of(archive)
        assert [layer["name"] for layer in layers] == ["Mask", "Repair <2> & “é”", "Repair <1> & “é”", "Original"]
        assert [layer["visibility"] for layer in layers] == ["hidden", "visible", "hidden", "visible"]
        assert [(layer["x"], layer["y"]) for layer in layers] == [("0", "0"), ("200", "230"), ("10", "20"), ("0", "0")]
        assert float(layers[1]["opacity"]) == 0.5
        assert picture(archive, layers[2]["src"], tmp_path).pixels.shape == (40, 30, 4)
        assert max(picture(archive, "Thumbnails/thumbnail.png", tmp_path).pixels.shape) == 256
        mask = picture(archive, layers[0]["src"], tmp_path).pixels
        assert np.array_equal(mask[..., 3], np.asarray(done.mask))


def test_a_photo_without_any_work_is_a_photo_and_an_empty_mask(tmp_path: Path):
    plain = Photo(np.zeros((3, 2, 1), np.uint8))
    write_ora(tmp_path / "a.ora", plain, (), TileGrid.empty((3, 2)))
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        assert [layer["name"] for layer in layers_of(archive)] == ["Mask", "Original"]
        assert not picture(archive, "data/mask.png", tmp_path).pixels[..., 3].any()


def test_an_existing_file_is_left_alone_unless_it_may_be_replaced(tmp_path: Path):
    done, path = document(), tmp_path / "a.ora"
    path.write_bytes(b"mine")
    with pytest.raises(UnwritableTarget, match="already exists"):
        write(path, done)
    assert path.read_bytes() == b"mine"
    write(path, done, overwrite=True).close()
    assert [file.name for file in tmp_path.iterdir()] == ["a.ora"]


def test_what_is_lost_is_said(tmp_path: Path):
    photo = document().photo
    assert losses(photo) == ["OpenRaster cannot hold the camera data (EXIF)."]
    grey = bytearray(PROFILE)
    grey[16:20] = b"GRAY"
    photo = replace(photo, metadata=Metadata(icc_profile=bytes(grey)))
    assert losses(photo) == ["OpenRaster cannot hold the colour profile."]
    write_ora(tmp_path / "a.ora", photo, (), TileGrid.empty((H, W)))
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        profile = picture(archive, "data/original.png", tmp_path).metadata.icc_profile
    # Krita asks for the profile of each layer that has none.
    assert profile is not None
    assert profile[16:20] == b"RGB "
