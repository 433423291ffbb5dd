"""The program opens no Internet socket: watched by the system's own tracer while it repairs, and while it is used."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.ui.screen import Screen, until, why_not

ROOT = Path(__file__).resolve().parents[1]
MARK = (255, 0, 255)
_INTERNET = re.compile(r"\bAF_INET6?\b|\bAF_PACKET\b")
_SOCKETS = "trace=socket,connect,bind,sendto,sendmsg"


def why_untraced() -> str:
    """What keeps this machine from watching a program's calls; empty where nothing does."""
    strace = shutil.which("strace")
    if not strace:
        return "there is no strace here"
    tried = subprocess.run([strace, "-f", "-o", os.devnull, sys.executable, "-c", ""], check=False, capture_output=True)
    return "" if tried.returncode == 0 else "strace is not permitted here"


UNTRACED = why_untraced()
pytestmark = pytest.mark.skipif(bool(UNTRACED), reason=UNTRACED)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Of someone who has never used the program."""
    return {
        **os.environ, "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(tmp_path / "data"), "OMP_NUM_THREADS": "1",
        "XDG_CONFIG_HOME": str(tmp_path / "config"), "LC_ALL": "C.UTF-8", "LANGUAGE": "en",
    }  # fmt: skip


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    with Image.open(ROOT / "resources" / "samples" / "sample.jpg") as sample:
        pixels = np.asarray(sample)[:300, :400].copy()
    pixels[148:153, 100:300] = MARK
    path = tmp_path / "old.png"
    Image.fromarray(pixels).save(path)
    return path


def traced(trace: Path, *command: object) -> list[str]:
    # --seccomp-bpf leaves all other calls at their speed.
    return ["strace", "-f", "--seccomp-bpf", "-qq", "-e", _SOCKETS, "-o", str(trace), *map(str, command)]


def internet(trace: Path) -> list[str]:
    """The calls of a trace that have to do with the Internet."""
    return [line for line in trace.read_text("utf-8", "replace").splitlines() if _INTERNET.search(line)]


def test_the_tracer_would_see_a_socket(tmp_path: Path) -> None:
    code = "import socket, os\nif not os.fork(): socket.socket().connect_ex(('127.0.0.1', 9))\nelse: os.wait()"
    subprocess.run(traced(tmp_path / "trace", sys.executable, "-c", code), check=True)
    found = internet(tmp_path / "trace")
    assert any("socket(" in line for line in found)
    assert any("connect(" in line for line in found)


def test_a_repair_by_command_line_opens_none(tmp_path: Path, photo: Path, environment: dict[str, str]) -> None:
    mask = tmp_path / "mask.png"
    with Image.open(photo) as picture:
        Image.fromarray(((np.asarray(picture) == MARK).all(2) * 255).astype(np.uint8)).save(mask)
    command = [sys.executable, "-P", "-m", "cnnstudio", "repair", photo, "--mask", mask, "-o", tmp_path / "new.png"]
    subprocess.run(traced(tmp_path / "trace", *command), env=environment, check=True, timeout=300)
    assert (tmp_path / "new.png").exists()
    assert (tmp_path / "trace").exists()
    assert internet(tmp_path / "trace") == []


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with Screen(tmp_path / "screen") as screen:
        yield screen


@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_the_window_opens_repairs_and_saves_without_one(
    tmp_path: Path, photo: Path, environment: dict[str, str], screen: Screen
) -> None:
    def marked() -> int:
        return int((screen.pixels() == MARK).all(2).sum())

    environment |= {"DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
    command = traced(tmp_path / "trace", sys.executable, "-P", "-m", "cnnstudio", photo)
    program = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        screen.focus(screen.window("old.png"))
        screen.move(640, 5)
        until(lambda: marked() > 100, "the photo was never seen")
        rows, columns = np.nonzero((screen.pixels() == MARK).all(2))
        screen.key("s")  # the scratch line: click, click
        screen.click(columns.min(), rows.mean())
        screen.click(columns.max(), rows.mean())
        until(lambda: marked() == 0, "what is marked is not tinted")
        screen.key("Return")
        until(lambda: any("*" in title for title in screen.titles()), "the repair never ended")
        screen.key("ctrl+shift+s")
        screen.focus(screen.window("Save as"))
        screen.key("ctrl+a")
        screen.type("new.png")
        screen.key("Return")
        until((tmp_path / "new.png").exists, "nothing was saved")
        until(lambda: not any("*" in title for title in screen.titles()), "it is not taken for saved")
        screen.focus(screen.window("CNN Studio"))
        screen.key("ctrl+q")
        assert program.wait(90) == 0
    finally:
        if program.poll() is None:
            os.killpg(program.pid, 9)
            program.wait()
    lines = (tmp_path / "trace").read_text("utf-8", "replace")
    assert "AF_UNIX" in lines, "not even the screen's own socket was seen"
    assert internet(tmp_path / "trace") == []
