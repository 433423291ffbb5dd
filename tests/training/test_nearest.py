"""The training picture most like one that was made."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from training.__main__ import main
from training.nearest import FEWEST, SIDE, Neighbour, neighbours, usual_distance

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


def test_how_far_it_is_and_the_answer_come_into_a_run_folder(
    tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in range(4, FEWEST):
        Image.fromarray(_picture(seed, 120)).save(photos / f"{seed}.png")
    Image.fromarray(_picture(2, 64)).save(tmp_path / "made.png")
    folder = tmp_path / "run é"
    command = ["nearest", str(tmp_path / "made.png"), "--among", str(photos), "--run-folder", str(folder)]
    assert main(command) == 0
    said = capsys.readouterr().out
    rows = [json.loads(line) for line in (folder / "events.jsonl").read_text("utf-8").splitlines()]
    assert [(row["done"], row["of"]) for row in rows] == [(0, FEWEST + 1), (FEWEST + 1, FEWEST + 1)]
    (told,) = json.loads((folder / "nearest.json").read_text("utf-8"))
    assert told["nearest"] == str(photos / "2.png")
    assert told["verdict"] == "copy"
    assert f"{photos / '2.png'}, at a distance of " in said
    assert said.endswith(f"\n  {told['sentence']}\n")
    assert main([*command[:3], str(tmp_path / "gone"), *command[4:]]) == 1
    (row,) = [json.loads(line) for line in (folder / "events.jsonl").read_text("utf-8").splitlines()]
    assert row == {"kind": "failed", "message": f"There is no folder or file “{tmp_path / 'gone'}”."}
    (tmp_path / "file").touch()
    assert main([*command[:-1], str(tmp_path / "file")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_the_nearest_of_many_is_found_in_any_part_of_them(tmp_path: Path) -> None:
    files = [tmp_path / f"{seed:03}.png" for seed in range(70)]
    for seed, file in enumerate(files):
        Image.fromarray(_picture(seed, 48)).save(file)
    told: list[int] = []
    found, sheet = neighbours([files[68], files[3]], files, told.append)
    assert [neighbour.file for neighbour in found] == [files[68], files[3]]
    assert [neighbour.verdict for neighbour in found] == ["copy", "copy"]
    assert told == [0, 32, 64, 70]
    assert sheet.shape == (2 * SIDE, 2 * SIDE, 3)


@pytest.mark.parametrize(
    ("distance", "usual", "verdict", "sentence"),
    [
        (0.0, 10.0, "copy", "Most likely a copy: the two are 0.00 times as far apart"),
        (4.9, 10.0, "copy", "Most likely a copy: the two are 0.49 times as far apart"),
        (5.0, 10.0, "near", "Perhaps a copy, so look at both: the two are 0.50 times as far apart"),
        (8.0, 10.0, "new", "No copy: the two are 0.80 times as far apart"),
        (8.0, 0.0, "unknown", "There are too few training pictures to tell"),
    ],
)
def test_what_a_distance_means(distance: float, usual: float, verdict: str, sentence: str) -> None:
    neighbour = Neighbour(Path("made.png"), Path("photo.png"), distance, usual)
    assert neighbour.verdict == verdict
    assert neighbour.sentence.startswith(sentence)


def test_what_is_usual_among_the_training_pictures() -> None:
    line = torch.arange(12.0)[:, None] * 3
    assert usual_distance(line) == 3
    assert usual_distance(line[: FEWEST - 1]) == 0
