"""A screen in memory, and a mouse and a keyboard to use a program on it, as a person would."""

from __future__ import annotations

import itertools
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

PATIENCE = 90.0
"""Seconds to wait for anything at most: test machines may be busy."""


def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Waits for something.

    Raises:
        TimeoutError: it did not come.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


def is_possible() -> bool:
    """Whether this machine has what it takes."""
    return bool(shutil.which("Xvfb") and shutil.which("xdotool"))


class Screen:
    """An Xvfb server; a context manager.

    Args:
        folder: for its picture in memory.
    """

    def __init__(self, folder: Path, width: int = 1280, height: int = 800) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        reading, writing = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-fbdir", str(folder),
             "-nolisten", "tcp"],
            pass_fds=[writing], stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(writing)
        with os.fdopen(reading) as pipe:
            self.display = f":{pipe.readline().strip()}"
        self._picture = folder / "Xvfb_screen0"

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait()

    def pixels(self) -> np.ndarray:
        """What is seen now, HxWx3 ``uint8``."""
        data = self._picture.read_bytes()
        header = struct.unpack(">25I", data[:100])
        start, width, height, stride, colours = header[0], header[4], header[5], header[12], header[19]
        rows = np.frombuffer(data, np.uint8, height * stride, start + colours * 12).reshape(height, stride)
        return rows[:, : width * 4].reshape(height, width, 4)[..., 2::-1].copy()

    def xdotool(self, *arguments: object) -> str:
        """Runs xdotool and returns what it prints; empty where it fails, as when no window is found."""
        environment = {**os.environ, "DISPLAY": self.display}
        command = ["xdotool", *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout.strip()

    def window(self, title: str) -> str:
        """Waits for a window whose title matches and returns its number."""
        found: list[str] = []

        def look() -> bool:
            found[:] = self.xdotool("search", "--onlyvisible", "--name", title).split()
            return bool(found)

        until(look, f"no window “{title}”; there are: {self.titles()}")
        return found[-1]

    def titles(self) -> list[str]:
        """Of all windows that are seen."""
        numbers = self.xdotool("search", "--onlyvisible", "--name", "").split()
        return [name for name in (self.xdotool("getwindowname", number) for number in numbers) if name]

    def focus(self, window: str) -> None:
        """There is no window manager to give a new window the keyboard."""
        self.xdotool("windowfocus", "--sync", window)

    def key(self, *keys: str) -> None:
        self.xdotool("key", "--delay", 30, *keys)

    def type(self, text: str) -> None:
        self.xdotool("type", "--delay", 15, text)

    def drag(self, *points: tuple[float, float]) -> None:
        """Presses the button at the first point, moves through the others, and lets go."""
        x, y = points[0]
        self.xdotool("mousemove", round(x), round(y))
        self.xdotool("mousedown", 1)
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            for step in range(1, 9):
                self.xdotool("mousemove", round(x0 + (x1 - x0) * step / 8), round(y0 + (y1 - y0) * step / 8))
        self.xdotool("mouseup", 1)

    def click(self, x: float, y: float) -> None:
        self.xdotool("mousemove", round(x), round(y))
        self.xdotool("click", 1)
