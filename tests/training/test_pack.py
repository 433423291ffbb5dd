"""Packs stay under their size and hold a fair sample that trains like the folder."""

import json
import tarfile

import numpy as np
import pytest
from PIL import Image

from cnnstudio.errors import BadInput
from training.data import find_images, load_photos
from training.pack import pack


def _photos(folder, count):
    rng = np.random.default_rng(0)
    folder.mkdir()
    for i in range(count):
        Image.fromarray(rng.integers(0, 256, (200, 300, 3), dtype=np.uint8)).save(folder / f"{i:02d}.png")


def test_a_pack_keeps_its_budget_and_names_what_it_left(tmp_path):
    _photos(tmp_path / "photos", 12)
    (tmp_path / "photos" / "bad.png").write_bytes(b"no")
    target = tmp_path / "pack.tar"
    manifest = pack(find_images([tmp_path / "photos"]), target, 0.25, side=120)
    assert target.stat().st_size <= 0.25e6
    assert 2 <= manifest["photos"] <= 12
    assert manifest["of"] == 13
    with tarfile.open(target) as archive:
        archive.extractall(tmp_path / "out", filter="data")
    assert json.loads((tmp_path / "out" / "manifest.json").read_text()) == manifest
    store = load_photos(find_images([tmp_path / "out"]), 32, (1.0,))
    assert len(store) == manifest["photos"]
    assert int(store.width.max()) == 120


def test_photos_keep_their_names_so_the_same_are_kept_out(tmp_path):
    for folder in ("a", "b"):
        _photos(tmp_path / folder, 3)
    pack(find_images([tmp_path / "a", tmp_path / "b"]), tmp_path / "pack.tar", 10)
    with tarfile.open(tmp_path / "pack.tar") as archive:
        names = set(archive.getnames()) - {"manifest.json"}
    assert len(names) == 6
    assert {"00.webp", "01.webp", "02.webp"} < names


def test_a_pack_too_small_for_one_photo_is_refused(tmp_path):
    _photos(tmp_path / "photos", 1)
    with pytest.raises(BadInput, match="Not one of 1"):
        pack(find_images([tmp_path / "photos"]), tmp_path / "pack.tar", 0.07, side=2000)
    assert not (tmp_path / "pack.tar").exists()
