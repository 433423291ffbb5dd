"""The program as a person uses it: started from the command line, driven by mouse and keyboard alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.photo import Photo
from tests.ui.screen import Screen, is_possible, until

pytestmark = pytest.mark.skipif(not is_possible(), reason="needs Xvfb and xdotool")

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = np.array([255, 0, 255], np.uint8)
ROW = 150
HALF = 2


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with Screen(tmp_path / "screen") as screen:
        yield screen


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A photograph with a scratch of a colour that nothing else on the screen has."""
    source = read_photo(ROOT / "resources" / "samples" / "sample.jpg")
    pixels = source.pixels[:400, :560].copy()
    pixels[ROW - HALF : ROW + HALF + 1, 100:460] = SCRATCH
    path = tmp_path / "old.png"
    write_photo(path, Photo(pixels, source.metadata))
    return path


def start(screen: Screen, user: Path, *arguments: object) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb", "LC_ALL": "C.UTF-8",
        "XDG_DATA_HOME": str(user / "data"), "XDG_CONFIG_HOME": str(user / "config"), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [sys.executable, "-P", "-m", "cnnstudio", *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)


def scratched(screen: Screen) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the pixels on the screen that have the scratch's colour."""
    return np.nonzero((screen.pixels() == SCRATCH).all(2))


def test_a_whole_repair_by_mouse_and_keyboard(screen: Screen, old: Path, tmp_path: Path) -> None:
    original = old.read_bytes()
    program = start(screen, tmp_path, old)
    try:
        window = screen.window("old.png")
        screen.focus(window)
        until(lambda: len(scratched(screen)[0]) > 100, "the photo was never seen")
        screen.key("ctrl+1")
        until(lambda: len(scratched(screen)[0]) == (2 * HALF + 1) * 360, "100 % does not show every pixel once")
        rows, columns = scratched(screen)
        y, x0, x1 = rows.mean(), columns.min(), columns.max()

        screen.key("b")
        screen.drag((x0 - 4, y), ((x0 + x1) / 2, y), (x1 + 4, y))
        until(lambda: len(scratched(screen)[0]) == 0, "what is marked is not tinted")
        marked = screen.pixels()
        screen.key("Return")
        until(lambda: "*" in "".join(screen.titles()), "the repair never ended")
        until(lambda: not np.array_equal(screen.pixels(), marked), "the repair is not seen")

        screen.xdotool("keydown", "backslash")
        until(lambda: len(scratched(screen)[0]) > 1000, "the original is not seen while its key is held")
        screen.xdotool("keyup", "backslash")
        until(lambda: len(scratched(screen)[0]) == 0, "the original stays")
        screen.key("ctrl+z", "ctrl+z")
        until(lambda: len(scratched(screen)[0]) > 1000, "undo does not bring the scratch back")
        screen.key("ctrl+shift+z", "ctrl+y")
        until(lambda: len(scratched(screen)[0]) == 0, "redo does not repair again")

        screen.key("ctrl+shift+s")
        dialog = screen.window("Save")
        screen.focus(dialog)
        target = tmp_path / "new.png"
        screen.key("ctrl+a")
        screen.type(str(target))
        screen.key("Return")
        until(target.exists, f"nothing was saved; windows: {screen.titles()}")
        until(lambda: "*" not in "".join(screen.titles()), "the title still says that it is not saved")
        screen.focus(screen.window("CNN Studio"))
        screen.key("ctrl+q")
        assert program.wait(30) == 0
    finally:
        program.kill()
        errors = program.communicate()[1].decode()
    assert "Traceback" not in errors

    assert old.read_bytes() == original
    before, after = read_photo(old), read_photo(target)
    changed = (before.pixels != after.pixels).any(2)
    assert changed[ROW - HALF : ROW + HALF + 1, 100:460].all()
    assert not (after.pixels == SCRATCH).all(2).any()
    assert not changed[: ROW - 40].any()
    assert not changed[ROW + 40 :].any()
    assert before.metadata.exif == after.metadata.exif
    assert before.metadata.icc_profile == after.metadata.icc_profile
    assert before.metadata.dpi == after.metadata.dpi
