"""The evidence is complete, its hashes are right, and a failure leaves nothing of it."""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnstudio.errors import Cancelled, UnwritableTarget
from cnnstudio.imaging import evidence as module
from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.evidence import Evidence, write_evidence
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.parts import Part
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.provenance import FILLED_IN, Repair
from cnnstudio.jobs import Progress

HOLE = Rect(10, 20, 30, 5)
REPAIR = Repair("Repair 1", (Part(HOLE, 150),), "pyramid", "4", "ab" * 32, 7, "2026-03-01T12:00:00Z")
DETAILS = {
    "options": {"texture": 0.6},
    "device": "CPU",
    "check": {"error": 3.25, "psnr": 35.5, "places": 2, "pixels": 300, "verdict": "good"},
}


def made(dtype: type = np.uint8, original: Path | None = None) -> Evidence:
    pixels = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (60, 80, 3)).astype(dtype)
    result, mask = pixels.copy(), np.zeros((60, 80), np.uint8)
    result[HOLE.slices] = 0
    mask[HOLE.slices] = 255
    return Evidence(Photo(pixels, Metadata(dpi=(300.0, 300.0))), original, "a.jpg", result, mask, [REPAIR], [DETAILS])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_folder_is_complete_and_exact(dtype: type, tmp_path: Path) -> None:
    evidence = made(dtype)
    write_evidence(tmp_path / "proof", evidence)
    folder = tmp_path / "proof"
    assert names(folder) == ["changes.png", "mask.png", "original.tif", "recipe.json", "recipe.txt", "result.png"]
    assert np.array_equal(read_photo(folder / "original.tif").pixels, evidence.photo.pixels)
    result = read_photo(folder / "result.png")
    assert np.array_equal(result.pixels, evidence.result)
    assert FILLED_IN.encode() in (result.metadata.xmp or b"")
    assert result.metadata.dpi == (300.0, 300.0)
    assert np.array_equal(read_photo(folder / "mask.png").pixels[..., 0], evidence.mask)
    different = (evidence.photo.pixels != evidence.result).any(2) * np.uint8(255)
    assert np.array_equal(read_photo(folder / "changes.png").pixels[..., 0], different)
    assert [path.name for path in tmp_path.iterdir()] == ["proof"]


def test_the_recipe_says_all_and_its_hashes_are_right(tmp_path: Path) -> None:
    write_evidence(tmp_path / "proof", made())
    recipe: dict[str, Any] = json.loads((tmp_path / "proof/recipe.json").read_text("utf-8"))
    files = recipe["files"]
    assert sorted(files) == [name for name in names(tmp_path / "proof") if name != "recipe.json"]
    for name, facts in files.items():
        data = (tmp_path / "proof" / name).read_bytes()
        assert (facts["bytes"], facts["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    (repair,) = recipe["repairs"]
    assert repair["model"] == {"id": "pyramid", "version": "4", "sha256": "ab" * 32}
    assert (repair["seed"], repair["pixels"], repair["regions"]) == (7, 150, [[10, 20, 30, 5]])
    assert (repair["options"], repair["device"], repair["check"]) == (
        DETAILS["options"],
        "CPU",
        DETAILS["check"],
    )
    assert recipe["photo"] == {"name": "a.jpg", "width": 80, "height": 60, "channels": 3, "bits": 8}
    text = (tmp_path / "proof/recipe.txt").read_text("utf-8")
    for said in (
        "a.jpg",
        "150 pixels in 1 region, filled in, 100% opaque",
        "10 20 30 5",
        "pyramid",
        "seed 7",
        "wrong by 3.2 of 255",
        "good",
        files["result.png"]["sha256"],
    ):
        assert said in text


def test_the_original_file_is_copied_as_it_is(tmp_path: Path) -> None:
    evidence = made()
    write_photo(tmp_path / "Old.JPG", evidence.photo)
    write_evidence(tmp_path / "proof", replace(evidence, original=tmp_path / "Old.JPG"))
    assert (tmp_path / "proof/original.jpg").read_bytes() == (tmp_path / "Old.JPG").read_bytes()


def test_an_empty_folder_will_do_but_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "proof").mkdir()
    write_evidence(tmp_path / "proof", made())
    before = (tmp_path / "proof/recipe.json").read_bytes()
    with pytest.raises(UnwritableTarget, match="exists already"):
        write_evidence(tmp_path / "proof", made())
    assert (tmp_path / "proof/recipe.json").read_bytes() == before
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(UnwritableTarget, match="exists already"):
        write_evidence(tmp_path / "file", made())
    with pytest.raises(UnwritableTarget, match="does not exist"):
        write_evidence(tmp_path / "nowhere" / "proof", made())
    assert names(tmp_path) == ["file", "proof"]


@pytest.mark.parametrize("failing", ["mask.png", "result.png", "changes.png"])
def test_a_full_disk_leaves_nothing(failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = write_photo

    def full(path: Path, *arguments: Any, **options: Any) -> None:
        if path.name == failing:
            cause = OSError(errno.ENOSPC, "No space left on device")
            raise UnwritableTarget("There is not enough space on the disk to save “x”.") from cause
        real(path, *arguments, **options)

    monkeypatch.setattr(module, "write_photo", full)
    with pytest.raises(UnwritableTarget, match="space on the disk for the evidence"):
        write_evidence(tmp_path / "proof", made())
    assert names(tmp_path) == []


def test_an_original_that_cannot_be_copied_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(UnwritableTarget, match="could not be written"):
        write_evidence(tmp_path / "proof", replace(made(), original=tmp_path / "a.jpg"))
    assert names(tmp_path) == []


def test_giving_up_leaves_nothing(tmp_path: Path) -> None:
    cancel = threading.Event()
    steps: list[float] = []

    def on_progress(fraction: float, _: str) -> None:
        steps.append(fraction)
        if len(steps) == 3:
            cancel.set()

    with pytest.raises(Cancelled):
        write_evidence(tmp_path / "proof", made(), Progress(on_progress, cancel=cancel))
    assert names(tmp_path) == []
