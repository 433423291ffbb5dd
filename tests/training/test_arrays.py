"""Pictures from NumPy files and from photographs, by hand."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from cnnstudio.errors import BadInput
from training.arrays import find_arrays, kept_out, load_pictures, read_array, store_of

LEVELS = np.random.default_rng(0).integers(0, 256, (2, 4, 6, 3), np.uint8)
LEVELS[0, 0, 0] = (0, 255, 128)


def _saved(folder: Path, values: np.ndarray, name: str = "images.npy") -> Path:
    np.save(folder / name, values)
    return folder / name


@pytest.mark.parametrize(
    "values",
    [
        LEVELS,
        LEVELS.astype(np.int64),
        LEVELS.astype(np.float32),
        LEVELS / 255,
        LEVELS.astype(np.float32) / np.float32(127.5) - 1,
        LEVELS.transpose(0, 3, 1, 2),
        (LEVELS / 255).astype(np.float32).transpose(0, 3, 1, 2),
    ],
    ids=["bytes", "integers", "floats", "fractions", "signed", "channels first", "fractions, channels first"],
)
def test_every_way_to_store_pictures_gives_the_same_levels(tmp_path: Path, values: np.ndarray) -> None:
    pictures = read_array(_saved(tmp_path, values))
    assert pictures.dtype == np.uint8
    np.testing.assert_array_equal(pictures, LEVELS)


def test_grey_pictures_get_three_equal_colours(tmp_path: Path) -> None:
    pictures = read_array(_saved(tmp_path, LEVELS[..., 0]))
    np.testing.assert_array_equal(pictures, np.repeat(LEVELS[..., :1], 3, 3))


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((2, 4, 4, 4)),
        np.zeros((4, 4)),
        np.zeros((0, 4, 4, 3)),
        np.full((1, 4, 4, 3), np.nan),
        np.full((1, 4, 4, 3), 256.0),
        np.linspace(-20, 20, 48).reshape(1, 4, 4, 3),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path: Path, values: np.ndarray) -> None:
    with pytest.raises(BadInput, match=r"images\.npy"):
        read_array(_saved(tmp_path, values))


def test_damaged_and_pickled_files_are_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.npy"
    broken.write_bytes(b"\x93NUMPY nonsense")
    pickled = _saved(tmp_path, np.array([{"a": 1}], dtype=object))
    for file in (broken, pickled, tmp_path / "missing.npy"):
        with pytest.raises(BadInput, match="not a file of numbers"):
            read_array(file)


def test_arrays_are_found_by_file_or_folder(tmp_path: Path) -> None:
    assert find_arrays([tmp_path]) is None
    clean = _saved(tmp_path, LEVELS)
    assert find_arrays([tmp_path]) == find_arrays([clean]) == (clean, None)
    corrupted = _saved(tmp_path, LEVELS, "corrupted_images.npy")
    assert find_arrays([tmp_path]) == (clean, corrupted)
    assert find_arrays([tmp_path, tmp_path]) is None


def test_rows_kept_out_stay_out_as_more_come() -> None:
    few, many = kept_out(50, 0.3, 1), kept_out(400, 0.3, 1)
    np.testing.assert_array_equal(few, many[:50])
    assert 0.2 < many.mean() < 0.4
    assert (kept_out(400, 0.3, 2) != many).any()


def test_pictures_are_middle_squares_of_arrays_and_photos_alike(tmp_path: Path) -> None:
    wide = np.zeros((20, 8, 16, 3), np.uint8)
    wide[:, :, 4:12] = 200  # the middle square
    wide[:, :, :, 2] += np.arange(20, dtype=np.uint8)[:, None, None]
    folder = tmp_path / "photos"
    folder.mkdir()
    for number, picture in enumerate(wide):
        Image.fromarray(picture).save(folder / f"{number}.png")
    (folder / "broken.png").write_bytes(b"no picture")
    from_array = load_pictures([_saved(tmp_path, wide)], 4, 0.3, 0)
    from_photos = load_pictures([folder], 4, 0.3, 0)
    for pictures in (from_array, from_photos):
        assert pictures.train.dtype == torch.uint8
        assert pictures.train.shape[1:] == pictures.kept_out.shape[1:] == (3, 4, 4)
        assert len(pictures.train) + len(pictures.kept_out) == 20
        every = torch.cat((pictures.train, pictures.kept_out))
        assert (every[:, :2] == 200).all()
        assert sorted(every[:, 2, 0, 0].tolist()) == list(range(200, 220))
    assert from_array.skipped == ()
    assert [reason.split(":")[0] for reason in from_photos.skipped] == ["broken.png"]


def test_too_few_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="2 pictures are too few"):
        load_pictures([_saved(tmp_path, LEVELS)], 4, 0.3, 0)


def test_a_store_holds_the_pictures_in_order() -> None:
    store = store_of(LEVELS)
    assert len(store) == 2
    start = int(store.offset[1])
    np.testing.assert_array_equal(store.pixels[start : start + 72].numpy().reshape(4, 6, 3), LEVELS[1])
    crops = store.crops(40, 4, torch.Generator().manual_seed(0))
    assert crops.shape == (40, 3, 4, 4)
