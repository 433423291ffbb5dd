"""A photo as it looks is saved with as many bits as were asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnnstudio.imaging.codecs import read_photo
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.photo import Photo
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
