"""What is said of a folder before training, and whether samples are copies."""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from cnnstudio.cards import read_card
from cnnstudio.errors import BadInput
from cnnstudio.networks.registry import build
from training import commands
from training.__main__ import main
from training.data import read_rgb
from training.loop import RunSpec
from training.options import from_options
from training.small_gan import memory
from training.small_gan.folder import ALIKE, Checked, expectation, look, phash, twins
from training.small_gan.recipe import SmallGanConfig

RECIPES = Path(commands.__file__).with_name("recipes")


def _picture(seed: int, side: int = 96) -> np.ndarray:
    """A soft picture of its own."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    return cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)


def _saved(folder: Path, name: str, picture: np.ndarray, **options: int) -> Path:
    file = folder / name
    Image.fromarray(picture).save(file, **options)
    return file


def test_a_hash_withstands_what_leaves_a_picture_the_same() -> None:
    picture = _picture(1)
    _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 40])
    for same in (
        cv2.resize(picture, (50, 50), interpolation=cv2.INTER_AREA),
        cv2.imdecode(packed, cv2.IMREAD_COLOR),
        (picture * 0.8 + 20).astype(np.uint8),
    ):
        assert (phash(same) != phash(picture)).sum() <= ALIKE
    assert (phash(_picture(2)) != phash(picture)).sum() > 15
    assert phash(picture).shape == (63,)


def test_twins_are_found_by_their_first() -> None:
    rng = np.random.default_rng(0)
    hashes = rng.random((2100, 63)) < 0.5  # more than are compared at once
    hashes[2050] = hashes[3]
    hashes[7] = hashes[3]
    hashes[7, :ALIKE] ^= True
    hashes[9] = hashes[8]
    hashes[9, : ALIKE + 1] ^= True
    first = twins(hashes)
    assert {row: f for row, f in enumerate(first) if f != row} == {7: 3, 2050: 3}


def test_a_folder_is_looked_at_before_training(tmp_path: Path) -> None:
    good = [_saved(tmp_path, f"{i}.png", _picture(i)) for i in range(3)]
    soft = _saved(tmp_path, "soft.png", _picture(5, 40))
    again = _saved(tmp_path, "z-again.jpg", cv2.resize(_picture(1), (80, 80)), quality=80)
    tiny = _saved(tmp_path, "tiny.png", _picture(4, 20))
    broken = tmp_path / "broken.png"
    broken.write_bytes(good[0].read_bytes()[:60])
    found = look([broken, *good, soft, tiny, again], side=64)
    assert found.usable == (*good, soft)
    assert found.tiny == (tiny,)
    assert found.enlarged == 1
    assert found.duplicates == ((again, good[1]),)
    assert len(found.unreadable) == 1
    lines = "\n".join(found.lines)
    for told in (
        "broken.png",
        "tiny.png: it is too small",
        "z-again.jpg: it is the same as 1.png",
        "1 of them",
        "4 pictures are very few",
    ):
        assert told in lines


def test_not_every_one_of_many_is_named() -> None:
    found = Checked((), tiny=tuple(Path(f"{i}.png") for i in range(300)))
    assert len(found.lines) == 12
    assert found.lines[10] == "… and 290 more for the same reason"


def test_a_folder_of_nothing_usable(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="None of the 1 files"):
        look([_saved(tmp_path, "tiny.png", _picture(4, 20))], side=64)


def test_more_pictures_promise_more() -> None:
    told = [expectation(count) for count in (49, 50, 199, 200, 999, 1000, 4999, 5000)]
    assert all(
        text.startswith(f"{n} pictures are ")
        for text, n in zip(told, (49, 50, 199, 200, 999, 1000, 4999, 5000), strict=True)
    )
    assert [text.split()[3].rstrip(":,") for text in told] == [
        "very",
        "few",
        "few",
        "enough",
        "enough",
        "a",
        "a",
        "plenty",
    ]


def test_copies_are_told_from_new_pictures() -> None:
    generator = torch.Generator().manual_seed(0)
    train, unseen, new = (torch.randn((n, 16), generator=generator) for n in (200, 40, 60))
    fresh = memory.check(new, train, unseen)
    assert fresh.novelty == pytest.approx(1, abs=0.15)
    assert "they are no copies" in fresh.sentence
    copies = memory.check(train[5:45] + 0.01, train, unseen)
    assert copies.which.tolist() == list(range(5, 45))
    assert copies.samples == pytest.approx(0.04, rel=1e-2)  # 0.01 in each of 16 dimensions
    assert copies.novelty < 0.1
    assert "near copies" in copies.sentence


def test_the_nearest_is_found_by_hand_worked_distances() -> None:
    distance, which = memory.nearest(torch.tensor([[0.0, 0], [3, 4]]), torch.tensor([[3.0, 0], [0, 1], [6, 8]]))
    assert which.tolist() == [1, 0]
    assert distance.tolist() == pytest.approx([1, 4])


def test_one_command_trains_on_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photos, run = tmp_path / "photos", tmp_path / "run"
    photos.mkdir()
    for i in range(12):
        _saved(photos, f"{i}.png", _picture(i, 48))
    _saved(photos, "z.jpg", _picture(3, 48))
    code = main([
        "gan-small", str(photos), "--run-folder", str(run), "--export", str(tmp_path), "--side", "32", "--width", "8",
        "--critic", "8", "--latent", "8", "--batch", "4", "--steps", "2", "--measured", "8", "--validation", "0.3",
        "--accelerator", "cpu", "--precision", "32-true",
    ])  # fmt: skip
    assert code == 0
    told = capsys.readouterr().err
    for said in (
        "z.jpg: it is the same as 3.png",
        "12 pictures are very few",
        "finished at step 2",
        "training pictures",
    ):
        assert said in told
    assert read_rgb(run / "nearest.png").shape == (64, 8 * 32, 3)
    card = read_card(tmp_path / "gan_small.json")
    assert (card.task, card.arch, card.data["left_out"]) == ("generate", "gan_small", 1)
    assert card.kwargs == {"side": 32, "latent": 8, "width": 8}
    assert {"frechet", "kernel", "novelty"} <= set(card.figures)
    assert not [word for word in card.figures if "fid" in word.lower()]
    build(card.arch, **card.kwargs).load_state_dict(load_file(card.path))


@pytest.mark.parametrize("name", ["gan-small-home", "gan-small-h100"])
def test_less_is_better_and_pictures_are_large_in_the_recipes(name: str) -> None:
    args = argparse.Namespace(config=RECIPES / f"{name}.json")
    spec, config = from_options(RunSpec, args, folder=Path()), from_options(SmallGanConfig, args)
    assert not spec.larger  # of all its figures but novelty less is better
    assert config.side >= 128
