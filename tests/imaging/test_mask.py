"""Masks are read from any picture, and refused with a reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnstudio.errors import BadMask, UnreadablePhoto, UnwritableTarget
from cnnstudio.imaging.codecs import write_photo
from cnnstudio.imaging.mask import hole, read_mask, write_mask
from cnnstudio.imaging.photo import Photo

MASK = np.zeros((20, 30), np.uint8)
MASK[5:9, 10:22] = 255
MASK[15, 3] = 128
MASK[16, 3] = 127


def test_the_hole_begins_at_128() -> None:
    assert hole(np.array([[0, 127, 128, 255]], np.uint8)).tolist() == [[False, False, True, True]]


def test_a_mask_survives_saving(tmp_path: Path) -> None:
    write_mask(tmp_path / "m.png", MASK)
    assert np.array_equal(read_mask(tmp_path / "m.png", 30, 20), MASK)
    with pytest.raises(UnwritableTarget):
        write_mask(tmp_path / "m.png", MASK)
    write_mask(tmp_path / "m.png", 255 - MASK, overwrite=True)
    assert np.array_equal(read_mask(tmp_path / "m.png", 30, 20), 255 - MASK)


@pytest.mark.parametrize("name", ["m.png", "m.tif", "m.bmp"])
@pytest.mark.parametrize("channels", [1, 3])
def test_grey_and_colour_masks(tmp_path: Path, name: str, channels: int) -> None:
    write_photo(tmp_path / name, Photo(np.repeat(MASK[..., None], channels, axis=2)))
    assert np.array_equal(read_mask(tmp_path / name, 30, 20), MASK)


def test_deep_bilevel_palette_and_jpeg_masks(tmp_path: Path) -> None:
    write_photo(tmp_path / "16.png", Photo(MASK[..., None].astype(np.uint16) * 257))
    assert np.array_equal(read_mask(tmp_path / "16.png", 30, 20), MASK)
    for name in ("1.png", "1.tif", "1.bmp"):
        Image.fromarray(MASK >= 128).save(tmp_path / name)
        assert np.array_equal(read_mask(tmp_path / name, 30, 20), (MASK >= 128) * 255)
    Image.fromarray(MASK).quantize(4).save(tmp_path / "p.png")
    assert np.array_equal(hole(read_mask(tmp_path / "p.png", 30, 20))[:12], hole(MASK)[:12])
    Image.fromarray(np.where(np.arange(30) > 15, 255, 0).astype(np.uint8)[None].repeat(20, 0)).save(tmp_path / "m.jpg")
    assert hole(read_mask(tmp_path / "m.jpg", 30, 20)).sum() == 20 * 14


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 0, 0), (255, 255, 255)])
def test_strokes_on_a_transparent_layer_count_by_their_opacity(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    layer = np.zeros((20, 30, 4), np.uint8)
    layer[..., :3] = colour
    layer[..., 3] = MASK
    write_photo(tmp_path / "a.png", Photo(layer))
    assert np.array_equal(read_mask(tmp_path / "a.png", 30, 20), MASK)
    layer[MASK == 0] = 0  # a program that leaves black where nothing was painted
    write_photo(tmp_path / "b.png", Photo(layer))
    assert np.array_equal(read_mask(tmp_path / "b.png", 30, 20), MASK)
    write_photo(tmp_path / "c.png", Photo(layer[..., [0, 3]]))
    assert np.array_equal(read_mask(tmp_path / "c.png", 30, 20), MASK)


def test_an_opaque_mask_counts_by_its_colour(tmp_path: Path) -> None:
    layer = np.full((20, 30, 4), 255, np.uint8)
    layer[..., :3] = MASK[..., None]
    write_photo(tmp_path / "a.png", Photo(layer))
    assert np.array_equal(read_mask(tmp_path / "a.png", 30, 20), MASK)
    layer[6, 12, 3] = 0  # a white spot that nobody sees repairs nothing
    write_photo(tmp_path / "b.png", Photo(layer))
    expected = MASK.copy()
    expected[6, 12] = 0
    assert np.array_equal(read_mask(tmp_path / "b.png", 30, 20), expected)


def test_masks_that_do_not_fit(tmp_path: Path) -> None:
    write_mask(tmp_path / "m.png", MASK)
    with pytest.raises(BadMask, match=r"“m\.png” has 30 × 20 pixels, but the photo has 60 × 40\."):
        read_mask(tmp_path / "m.png", 60, 40)
    with pytest.raises(BadMask, match="upright"):
        read_mask(tmp_path / "m.png", 20, 30)


def test_masks_that_mark_nothing(tmp_path: Path) -> None:
    write_mask(tmp_path / "m.png", np.full((20, 30), 127, np.uint8))
    with pytest.raises(BadMask, match="nothing"):
        read_mask(tmp_path / "m.png", 30, 20)
    write_photo(tmp_path / "t.png", Photo(np.zeros((20, 30, 4), np.uint8)))
    with pytest.raises(BadMask, match="nothing"):
        read_mask(tmp_path / "t.png", 30, 20)
    (tmp_path / "x.png").write_text("no picture")
    with pytest.raises(UnreadablePhoto):
        read_mask(tmp_path / "x.png", 30, 20)
