"""Pictures that move, as a sheet, and as files of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from cnnstudio.errors import UnwritableTarget
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.sequence import MOVING, numbered, sheet, write_moving, write_pictures


def pictures(count: int, channels: int = 3) -> list[np.ndarray]:
    return [np.full((12, 16, channels), 20 * i, np.uint8) for i in range(count)]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("ending", MOVING)
def test_a_moving_picture_plays_every_one_for_ever(tmp_path: Path, channels: int, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    write_moving(path, pictures(5, channels), 80, metadata=Metadata(xmp=b"<x/>"))
    with Image.open(path) as film:
        assert (film.n_frames, film.size, film.info["loop"]) == (5, (16, 12), 0)
        shown = []
        for frame in ImageSequence.Iterator(film):
            frame.load()
            assert frame.info["duration"] == 80
            shown.append(np.asarray(frame.convert("RGB"))[0, 0].tolist())
        assert ending == ".gif" or film.info["xmp"] == b"<x/>"
    assert shown == [[20 * i] * 3 for i in range(5)]


def test_other_endings_cannot_move(tmp_path: Path) -> None:
    with pytest.raises(UnwritableTarget, match="format that can move"):
        write_moving(tmp_path / "a.jpg", pictures(2))


def test_a_moving_picture_is_overwritten_only_where_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    path.write_bytes(b"dear to me")
    with pytest.raises(UnwritableTarget, match="already exists"):
        write_moving(path, pictures(2))
    assert path.read_bytes() == b"dear to me"
    write_moving(path, pictures(2), overwrite=True)
    assert path.read_bytes()[:3] == b"GIF"


@pytest.mark.parametrize(("count", "rows", "columns"), [(1, 1, 1), (3, 2, 2), (4, 2, 2), (5, 2, 3), (64, 8, 8)])
def test_a_sheet_is_nearly_square(count: int, rows: int, columns: int) -> None:
    made = [np.full((12, 16, 3), i, np.uint8) for i in range(count)]
    out = sheet(made, gap=1)
    assert out.shape == (13 * rows - 1, 17 * columns - 1, 3)
    for number in range(count):
        row, column = divmod(number, columns)
        assert (out[13 * row : 13 * row + 12, 17 * column : 17 * column + 16] == number).all()
    assert np.count_nonzero(out == 255) == out.size - count * 12 * 16 * 3


def test_numbered_files_sort_as_they_play(tmp_path: Path) -> None:
    assert [p.name for p in numbered(tmp_path, "way", 2)] == ["way-001.png", "way-002.png"]
    names = [p.name for p in numbered(tmp_path, "way", 1200)]
    assert names == sorted(names)


def test_files_of_their_own(tmp_path: Path) -> None:
    paths = numbered(tmp_path / "new" / "folder", "p", 3)
    write_pictures(paths, pictures(3))
    assert [np.asarray(Image.open(p))[0, 0, 0] for p in paths] == [0, 20, 40]


def test_one_file_in_the_way_and_none_is_written(tmp_path: Path) -> None:
    paths = numbered(tmp_path, "p", 3)
    paths[2].write_bytes(b"dear to me")
    with pytest.raises(UnwritableTarget, match=r"“p-003\.png” already exists"):
        write_pictures(paths, pictures(3))
    assert [p.name for p in tmp_path.iterdir()] == ["p-003.png"]
    write_pictures(paths, pictures(3), overwrite=True)
    assert np.asarray(Image.open(paths[2]))[0, 0, 0] == 40


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnwritableTarget, match="cannot be made"):
        write_pictures(numbered(tmp_path / "file" / "below", "p", 1), pictures(1))
