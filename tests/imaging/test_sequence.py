"""Pictures as a GIF, and as files of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from cnnstudio.errors import UnwritableTarget
from cnnstudio.imaging.sequence import numbered, write_gif, write_pictures


def pictures(count: int, channels: int = 3) -> list[np.ndarray]:
    return [np.full((12, 16, channels), 20 * i, np.uint8) for i in range(count)]


@pytest.mark.parametrize("channels", [1, 3])
def test_a_gif_plays_every_picture_for_ever(tmp_path: Path, channels: int) -> None:
    write_gif(tmp_path / "a.gif", pictures(5, channels), 80)
    with Image.open(tmp_path / "a.gif") as gif:
        assert (gif.n_frames, gif.size, gif.info["loop"], gif.info["duration"]) == (5, (16, 12), 0, 80)
        shown = [np.asarray(frame.convert("RGB"))[0, 0, 0] for frame in ImageSequence.Iterator(gif)]
    assert shown == [0, 20, 40, 60, 80]


def test_a_gif_is_overwritten_only_where_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    path.write_bytes(b"dear to me")
    with pytest.raises(UnwritableTarget, match="already exists"):
        write_gif(path, pictures(2))
    assert path.read_bytes() == b"dear to me"
    write_gif(path, pictures(2), overwrite=True)
    assert path.read_bytes()[:3] == b"GIF"


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
