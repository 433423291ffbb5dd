"""The program as a person uses it: started from the command line, driven by mouse and keyboard alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from cnnstudio.imaging.codecs import read_photo
from tests.ui.screen import Screen, until, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = np.array([255, 0, 255], np.uint8)
"""A colour that nothing else on the screen has."""
ROW, LEFT, RIGHT = 150, 100, 460
HALF = 2
BRUSH = 24
"""Diameter of the brush that is in hand at the first start."""
ALL = (2 * HALF + 1) * (RIGHT - LEFT)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with Screen(tmp_path / "screen") as screen:
        yield screen


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A photograph with a scratch, camera data, a colour profile and a resolution."""
    with Image.open(ROOT / "resources" / "samples" / "sample.jpg") as sample:
        pixels = np.asarray(sample)[:400, :560].copy()
    pixels[ROW - HALF : ROW + HALF + 1, LEFT:RIGHT] = SCRATCH
    exif = Image.Exif()
    exif[0x010F] = "An old camera"
    exif[0x9003] = "1984:01:20 12:00:00"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = tmp_path / "old.png"
    Image.fromarray(pixels).save(path, exif=exif, icc_profile=profile, dpi=(300, 300))
    return path


@contextmanager
def started(screen: Screen, user: Path, *arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    """The program with these arguments, of a user who has never used it; nothing may have gone wrong at its end."""
    environment = {
        **os.environ, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb", "LC_ALL": "C.UTF-8", "LANGUAGE": "en",
        "XDG_DATA_HOME": str(user / "data"), "XDG_CONFIG_HOME": str(user / "config"), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [sys.executable, "-P", "-m", "cnnstudio", *map(str, arguments)]
    program = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    try:
        yield program
    finally:
        program.kill()
        errors = (program.communicate()[1] or b"").decode()
    assert "Traceback" not in errors
    log = user / "data" / "cnnstudio" / "logs" / "studio.log"
    assert not log.exists() or " ERROR " not in log.read_text("utf-8")


def scratched(screen: Screen) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the pixels on the screen that have the scratch's colour."""
    return np.nonzero((screen.pixels() == SCRATCH).all(2))


def count(screen: Screen) -> int:
    return len(scratched(screen)[0])


def is_modified(screen: Screen) -> bool:
    return any("*" in title for title in screen.titles())


def see_photo(screen: Screen) -> None:
    """Waits until the photo is seen, and gives its window the keyboard."""
    screen.focus(screen.window("old.png"))
    screen.move(640, 5)  # the brush's circle would lie over the scratch
    until(lambda: count(screen) > 100, "the photo was never seen")


def quit_program(screen: Screen, program: subprocess.Popen[bytes]) -> None:
    screen.focus(screen.window("CNN Studio"))
    screen.key("ctrl+q")
    assert program.wait(60) == 0


def test_a_whole_repair_by_mouse_and_keyboard(screen: Screen, old: Path, tmp_path: Path) -> None:
    original = old.read_bytes()
    target = tmp_path / "new.png"
    with started(screen, tmp_path, old) as program:
        see_photo(screen)
        screen.key("ctrl+1")
        until(lambda: count(screen) == ALL, lambda: f"100 % shows {count(screen)} pixels of {ALL}")
        rows, columns = scratched(screen)
        y, x0, x1 = rows.mean(), columns.min(), columns.max()

        screen.key("b")
        screen.drag((x0 - 4, y), ((x0 + x1) / 2, y), (x1 + 4, y))
        until(lambda: count(screen) == 0, "what is marked is not tinted")
        screen.key("Return")
        until(lambda: is_modified(screen), "the repair never ended")
        assert count(screen) == 0

        with screen.held("backslash"):
            until(lambda: count(screen) > ALL / 2, "the original is not seen while its key is held")
        until(lambda: count(screen) == 0, "the original stays")

        screen.key("ctrl+alt+1")
        until(lambda: 0 < count(screen) < ALL, "the split view does not show the scratch on one side")
        before, columns = count(screen), scratched(screen)[1]
        line, above = columns.max() + 2, y - ROW / 2
        screen.drag((line, above), ((columns.min() + line) / 2, above))
        until(lambda: 0 < count(screen) < 0.6 * before, "the line of the split view is not dragged")
        screen.key("Escape")
        until(lambda: count(screen) == 0, "Esc does not end the split view")

        screen.key("ctrl+z")
        until(lambda: not is_modified(screen), "undo does not take the repair back")
        screen.key("ctrl+z")
        until(lambda: count(screen) > ALL / 2, "undo does not take the brush's stroke back")
        screen.key("ctrl+shift+z", "ctrl+y")
        until(lambda: is_modified(screen) and count(screen) == 0, "redo does not repair again")

        screen.key("ctrl+shift+s")
        screen.focus(screen.window("Save as"))
        screen.key("ctrl+a")
        screen.type(target.name)
        screen.key("Return")
        until(target.exists, lambda: f"nothing was saved; windows: {screen.titles()}")
        until(lambda: not is_modified(screen), "the title still says that it is not saved")
        quit_program(screen, program)

    assert old.read_bytes() == original
    before_pixels, after_pixels = read_photo(old).pixels, read_photo(target).pixels
    assert after_pixels.dtype == before_pixels.dtype
    changed = (before_pixels != after_pixels).any(2)
    assert changed[ROW - HALF : ROW + HALF + 1, LEFT:RIGHT].all(), "the scratch is not repaired"
    assert not (after_pixels == SCRATCH).all(2).any()
    around = np.abs(after_pixels[ROW - HALF : ROW + HALF + 1, LEFT:RIGHT].astype(int) - SCRATCH).sum(2)
    assert around.min() > 100, "something of the scratch still shows"
    # The brush reached half its width from the line it was drawn along, and no pixel beyond that is another.
    reach = BRUSH // 2 + 2
    marked = np.zeros_like(changed)
    marked[ROW - reach : ROW + reach + 1, LEFT - 4 - reach : RIGHT + 4 + reach] = True
    assert not (changed & ~marked).any()
    with Image.open(old) as was, Image.open(target) as now:
        assert now.getexif()[0x010F] == "An old camera"
        assert dict(was.getexif()) == dict(now.getexif())
        assert was.info["icc_profile"] == now.info["icc_profile"]
        assert was.info["dpi"] == now.info["dpi"]


def test_closing_with_unsaved_work_asks_once_and_can_be_kept(screen: Screen, old: Path, tmp_path: Path) -> None:
    with started(screen, tmp_path, old) as program:
        see_photo(screen)
        screen.key("ctrl+shift+r")  # repair on release
        rows, columns = scratched(screen)
        screen.key("s")  # the scratch line: click, click
        screen.click(columns.min(), rows.mean())
        screen.click(columns.max(), rows.mean())
        until(lambda: is_modified(screen), "the line was not repaired once it was drawn")
        windows = len(screen.titles())
        screen.key("ctrl+q")
        until(lambda: len(screen.titles()) > windows, "nothing was asked")
        question = next(window for window, title in screen.windows() if "old.png" not in title)
        screen.focus(question)
        screen.key("Escape")
        until(lambda: len(screen.titles()) == windows, "the question stays")
        assert program.poll() is None
        screen.focus(screen.window("old.png"))
        screen.key("ctrl+q")
        until(lambda: len(screen.titles()) > windows, "nothing was asked the second time")
        screen.focus(next(window for window, title in screen.windows() if "old.png" not in title))
        screen.key("alt+c")  # close without saving
        assert program.wait(60) == 0
    assert not list((tmp_path / "data" / "cnnstudio" / "sessions").glob("*/journal")), "given up work is offered again"


def test_work_comes_back_after_the_program_was_killed(screen: Screen, old: Path, tmp_path: Path) -> None:
    with started(screen, tmp_path, old) as program:
        see_photo(screen)
        screen.key("ctrl+1")
        until(lambda: count(screen) == ALL, "100 % does not show every pixel")
        rows, columns = scratched(screen)
        screen.key("s")
        screen.click(columns.min(), rows.mean())
        screen.click(columns.max(), rows.mean())
        until(lambda: count(screen) == 0, "what is marked is not tinted")
        screen.key("Return")
        until(lambda: is_modified(screen), "the repair never ended")
        until((tmp_path / "data" / "cnnstudio" / "sessions").exists, "no session is written")
        screen.key("ctrl+i")  # a step after the repair, so that the repair must have been written down when it is
        journals = list((tmp_path / "data" / "cnnstudio" / "sessions").glob("*/journal"))
        until(lambda: journals[0].read_bytes().count(b'"kind":"edit"') >= 3, "the steps are not written down")
        program.kill()
        program.wait()
    with started(screen, tmp_path) as program:
        screen.focus(screen.window("Unsaved work"))
        screen.key("Return")  # open all
        screen.focus(screen.window("old.png"))
        until(lambda: is_modified(screen), "the repair did not come back")
        screen.key("h")  # the inverted mask tints the photo
        screen.key("ctrl+1")
        screen.move(640, 5)
        assert count(screen) == 0
        screen.key("ctrl+z", "ctrl+z")
        until(lambda: not is_modified(screen), "the repair cannot be undone any more")
        until(lambda: count(screen) == ALL, "the scratch does not come back")


def test_the_program_ends_at_once_while_a_repair_runs(screen: Screen, old: Path, tmp_path: Path) -> None:
    with started(screen, tmp_path, old) as program:
        see_photo(screen)
        screen.key("r")
        rows, columns = scratched(screen)
        screen.drag((columns.min() - 30, rows.mean() - 60), (columns.max() + 30, rows.mean() + 200))
        until(lambda: count(screen) == 0, "what is marked is not tinted")
        screen.key("Return", "ctrl+q")
        assert program.wait(60) == 0
