"""The training picture most like one that was made."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from training.__main__ import main
from training.nearest import SIDE

pytestmark = pytest.mark.usefixtures("one_thread")


def _picture(seed: int, side: int = 96) -> np.ndarray:
    """A soft picture of its own."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    return cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed in range(4):
        Image.fromarray(_picture(seed, 120)).save(folder / f"{seed}.png")
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


def test_a_copy_is_traced_to_its_original(tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(_picture(2, 64)).save(tmp_path / "copy.jpg", quality=90)
    Image.fromarray(_picture(9, 64)).save(tmp_path / "new.png")
    made = [str(tmp_path / name) for name in ("copy.jpg", "new.png")]
    assert main(["nearest", *made, "--among", str(photos), "-o", str(tmp_path / "pairs.png"), "--json"]) == 0
    said = capsys.readouterr()
    copy, new = json.loads(said.out)
    assert (copy["picture"], copy["nearest"]) == (made[0], str(photos / "2.png"))
    assert copy["distance"] < new["distance"]
    assert "skipped broken.png" in said.err
    with Image.open(tmp_path / "pairs.png") as pairs:
        assert pairs.size == (2 * SIDE, 2 * SIDE)
        sheet = np.asarray(pairs).astype(int)
    assert np.abs(sheet[:SIDE, :SIDE] - sheet[SIDE:, :SIDE]).mean() < 8


def test_what_cannot_be_read_is_told(tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nearest", str(photos / "broken.png"), "--among", str(photos)]) == 1
    assert "A picture that was made cannot be read.\n(broken.png: " in capsys.readouterr().err
    assert main(["nearest", str(photos / "1.png"), "--among", str(photos / "broken.png")]) == 1
    assert "None of the 1 training pictures can be read." in capsys.readouterr().err
    nowhere = str(tmp_path / "nowhere" / "pairs.png")
    assert main(["nearest", str(photos / "1.png"), "--among", str(photos), "-o", nowhere]) == 1
    assert "does not exist" in capsys.readouterr().err
