"""Finding, splitting, decoding and cutting training photos."""

import numpy as np
import pytest
import torch
from PIL import Image

from cnnstudio.errors import BadInput
from training import data


def _image(path, height, width, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return pixels


def test_images_are_found_recursively_and_other_files_are_not(tmp_path):
    _image(tmp_path / "b.png", 8, 8)
    _image(tmp_path / "sub" / "älbum" / "a.JPG", 8, 8)
    (tmp_path / "notes.txt").write_text("no")
    assert [p.name for p in data.find_images([tmp_path])] == ["b.png", "a.JPG"]
    with pytest.raises(BadInput, match="no folder or file"):
        data.find_images([tmp_path / "missing"])
    with pytest.raises(BadInput, match="No images"):
        data.find_images([tmp_path / "notes.txt"]) and data.find_images([_empty(tmp_path)])


def test_photos_on_the_list_are_left_out(tmp_path):
    for name in ("old/a.png", "old/b.png", "new/a.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (8, 8)).save(tmp_path / name)
    listed = tmp_path / "damaged.txt"
    listed.write_text("old/a.png\nnew/gone.png\n", "utf-8")
    assert [f"{p.parent.name}/{p.name}" for p in data.find_images([tmp_path], listed)] == ["new/a.png", "old/b.png"]
    with pytest.raises(BadInput, match="could not be read"):
        data.find_images([tmp_path], tmp_path / "no list")


def _empty(tmp_path):
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def test_a_photo_stays_on_its_side_of_the_split_when_others_come(tmp_path):
    files = [tmp_path / f"{i}.png" for i in range(200)]
    train, kept_out = data.split(files, 0.1, 7)
    assert 8 <= len(kept_out) <= 35
    assert sorted(train + kept_out) == sorted(files)
    more_train, more_kept = data.split([*files, tmp_path / "new.png"], 0.1, 7)
    assert set(train) <= set(more_train)
    assert set(kept_out) <= set(more_kept)
    assert data.split(files, 0.1, 8)[1] != kept_out


def test_bad_files_are_reported_and_skipped(tmp_path):
    _image(tmp_path / "good.png", 40, 50)
    _image(tmp_path / "tiny.png", 10, 50)
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing")
    store = data.load_photos(data.find_images([tmp_path]), 32, (1.0, 0.5))
    assert len(store) == 1
    assert sorted(reason.split(":")[0] for reason in store.skipped) == ["broken.jpg", "tiny.png"]
    with pytest.raises(BadInput, match="None of the images"):
        data.load_photos([tmp_path / "broken.jpg"], 32)


def test_crops_are_pieces_of_the_photos_mirrored_and_turned(tmp_path):
    pixels = _image(tmp_path / "a.png", 20, 30)
    store = data.load_photos([tmp_path / "a.png"], 8, (1.0,))
    crops = store.crops(40, 8, torch.Generator().manual_seed(0))
    assert crops.shape == (40, 3, 8, 8)
    assert crops.dtype == torch.uint8
    pieces = set()
    for y in range(13):
        for x in range(23):
            piece = pixels[y : y + 8, x : x + 8]
            for turn in range(4):
                turned = np.rot90(piece, turn)
                pieces |= {np.ascontiguousarray(turned).tobytes(), np.ascontiguousarray(turned[:, ::-1]).tobytes()}
    found = [np.ascontiguousarray(c.permute(1, 2, 0).numpy()).tobytes() for c in crops]
    assert all(f in pieces for f in found)
    assert len(set(found)) > 30
    again = store.crops(40, 8, torch.Generator().manual_seed(0))
    assert torch.equal(crops, again)


def test_scales_of_a_photo_keep_its_mean(tmp_path):
    Image.fromarray(np.full((64, 96, 3), 77, np.uint8)).save(tmp_path / "a.png")
    store = data.load_photos([tmp_path / "a.png"], 16, (1.0, 0.5, 0.25, 0.1))
    assert list(zip(store.height.tolist(), store.width.tolist(), strict=True)) == [(64, 96), (32, 48), (16, 24)]
    assert set(store.crops(9, 16, torch.Generator()).unique().tolist()) == {77}


def test_holes_are_drawn_dense_and_cut_to_size():
    bank = data.draw_holes(12, 64, 3, {"scratch": 1.0}, 1.0)
    holes = bank.crops(8, 48, torch.Generator().manual_seed(1))
    assert holes.shape == (8, 1, 48, 48)
    assert set(holes.unique().tolist()) == {0.0, 1.0}
    assert 0.1 < float(holes.mean()) < 0.45
