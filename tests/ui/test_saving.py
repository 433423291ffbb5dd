"""A photo as it looks is saved with as many bits as were asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from cnnstudio.imaging.codecs import read_photo
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.provenance import FILLED_IN, UNREADABLE
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import Progress
from cnnstudio.ui.saving import SaveOptions, Snapshot, write


@pytest.mark.parametrize("suffix", [".tif", ".png"])
@pytest.mark.parametrize(("dtype", "bits"), [(np.uint8, 16), (np.uint16, 8), (np.uint8, 8), (np.uint16, None)])
def test_bits_that_were_asked_for_are_saved(tmp_path: Path, suffix: str, dtype: type, bits: int | None):
    top = np.iinfo(dtype).max
    pixels = np.random.default_rng(0).integers(0, top, (300, 40, 3), dtype=dtype, endpoint=True)
    path = tmp_path / f"a{suffix}"
    snapshot = Snapshot.of(Document(Photo(pixels)))
    write(path, snapshot, SaveOptions(bits=bits), overwrite=False, progress=Progress())
    saved = read_photo(path).pixels
    assert saved.dtype == (dtype if bits is None else np.uint8 if bits == 8 else np.uint16)
    assert np.array_equal(saved, np.rint(pixels / (top / np.iinfo(saved.dtype).max)))


def repaired() -> Snapshot:
    document = Document(Photo(np.full((60, 80, 3), 100, np.uint8)))
    everywhere = TileGrid(np.full((60, 80), 255, np.uint8))
    pieces = [(Rect(10, 20, 30, 5), np.zeros((5, 30, 3), np.uint8))]
    document.add_repair(Patches.build(pieces, everywhere), "Repair 1", model="pyramid", seed=3)
    return Snapshot.of(document)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
@pytest.mark.parametrize("metadata", ["all", "none"])
def test_a_repaired_photo_says_so(tmp_path: Path, suffix: str, metadata: Literal["all", "none"]):
    snapshot, options = repaired(), SaveOptions(metadata=metadata)
    for name, record in (("said", True), ("silent", False)):
        path = tmp_path / f"{name}{suffix}"
        assert write(path, snapshot, options, overwrite=False, progress=Progress(), record=record) == []
    said, silent = (read_photo(tmp_path / f"{name}{suffix}") for name in ("said", "silent"))
    assert silent.metadata.xmp is None
    assert FILLED_IN.encode() in (said.metadata.xmp or b"")
    assert b"10 20 30 5" in (said.metadata.xmp or b"")
    assert np.array_equal(said.pixels, silent.pixels)
    untouched = Snapshot.of(Document(Photo(np.full((60, 80, 3), 100, np.uint8))))
    write(tmp_path / f"untouched{suffix}", untouched, options, overwrite=False, progress=Progress())
    assert read_photo(tmp_path / f"untouched{suffix}").metadata.xmp is None


def test_xmp_that_cannot_be_read_is_said_and_saved_over(tmp_path: Path):
    snapshot = repaired()
    snapshot = replace(snapshot, photo=replace(snapshot.photo, metadata=Metadata(xmp=b"<!DOCTYPE a>")))
    assert write(tmp_path / "a.png", snapshot, SaveOptions(), overwrite=False, progress=Progress()) == [UNREADABLE]
    assert FILLED_IN.encode() in (read_photo(tmp_path / "a.png").metadata.xmp or b"")
