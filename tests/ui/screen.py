"""A screen in memory, and a mouse and a keyboard to use a program on it, as a person would."""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

PATIENCE = 90.0
"""Seconds to wait for anything at most: test machines may be busy."""

_BETWEEN = 0.03
"""Seconds between two things that hands do."""
_MODIFIERS = {"ctrl": "Control_L", "shift": "Shift_L", "alt": "Alt_L"}
_NAMES = {
    "/": "slash", "\\": "backslash", ".": "period", ",": "comma", "-": "minus", "_": "underscore", " ": "space",
    "+": "plus", "=": "equal", "[": "bracketleft", "]": "bracketright", ":": "colon", "~": "asciitilde",
}  # fmt: skip


def until(condition: Callable[[], object], what: str | Callable[[], str], seconds: float = PATIENCE) -> None:
    """Waits for something.

    Args:
        what: said where it does not come; if it is called, only then.

    Raises:
        TimeoutError: it did not come.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what if isinstance(what, str) else what())
        time.sleep(0.05)


def why_not() -> str:
    """What this machine lacks for a screen in memory; empty where it lacks nothing."""
    if not shutil.which("Xvfb"):
        return "there is no Xvfb here"
    if importlib.util.find_spec("Xlib") is None:
        return "there is no python-xlib here"
    return ""


class Screen:
    """An Xvfb server; a context manager. There is no window manager on it, so windows are given the keyboard by hand.

    Args:
        folder: for its picture in memory.
    """

    def __init__(self, folder: Path, width: int = 1280, height: int = 800) -> None:
        from Xlib.display import Display

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
        self._x: Any = Display(self.display)

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, *_: object) -> None:
        self._x.close()
        self._server.terminate()
        self._server.wait()

    def pixels(self) -> np.ndarray:
        """What is seen now, HxWx3 ``uint8``."""
        data = self._picture.read_bytes()
        header = struct.unpack(">25I", data[:100])
        start, width, height, stride, colours = header[0], header[4], header[5], header[12], header[19]
        rows = np.frombuffer(data, np.uint8, height * stride, start + colours * 12).reshape(height, stride)
        return rows[:, : width * 4].reshape(height, width, 4)[..., 2::-1].copy()

    # ---- windows

    def window(self, title: str) -> Any:
        """Waits for a window in whose title the text is, and returns it."""
        found: list[Any] = []

        def look() -> bool:
            found[:] = [window for window, name in self.windows() if title in name]
            return bool(found)

        until(look, lambda: f"no window “{title}”; there are: {self.titles()}")
        return found[-1]

    def titles(self) -> list[str]:
        """Of all windows that are seen."""
        return [name for _, name in self.windows() if name]

    def focus(self, window: Any) -> None:
        """Gives a window the keyboard, as a window manager does to a new one."""
        from Xlib import X

        window.set_input_focus(X.RevertToParent, X.CurrentTime)
        window.configure(stack_mode=X.Above)
        self._x.sync()

    def windows(self) -> list[tuple[Any, str]]:
        """(window, title) of those that are seen."""
        from Xlib import X, error

        found = []
        for window in self._x.screen().root.query_tree().children:
            try:
                if window.get_attributes().map_state == X.IsViewable:
                    title = window.get_full_text_property(self._x.intern_atom("_NET_WM_NAME"))
                    found.append((window, str(title or "")))
            except (error.BadWindow, error.BadDrawable):  # gone meanwhile
                continue
        return found

    # ---- keyboard

    def key(self, *keys: str) -> None:
        """Presses keys one after the other: ``"b"``, ``"ctrl+shift+s"``, ``"Return"``."""
        for key in keys:
            *modifiers, last = key.split("+") if len(key) > 1 else [key]
            with self.held(*(_MODIFIERS[name] for name in modifiers)), self.held(last):
                pass

    @contextmanager
    def held(self, *keys: str) -> Iterator[None]:
        """Holds keys down."""
        from Xlib import X

        for key in keys:
            self._do(X.KeyPress, self._code(key)[0])
        yield
        for key in reversed(keys):
            self._do(X.KeyRelease, self._code(key)[0])

    def type(self, text: str) -> None:
        """Types letters of an English keyboard."""
        for letter in text:
            shifted = self._code(letter)[1]
            with self.held(*["Shift_L"][:shifted]), self.held(letter):
                pass

    def _code(self, key: str) -> tuple[int, bool]:
        """A key's code, and whether Shift must be held for it."""
        from Xlib import XK

        symbol = XK.string_to_keysym(_NAMES.get(key, key))
        codes = sorted(self._x.keysym_to_keycodes(symbol), key=lambda code: code[1])
        assert codes, f"the keyboard has no {key}"
        return codes[0][0], codes[0][1] == 1

    # ---- mouse

    def move(self, x: float, y: float) -> None:
        from Xlib import X

        self._do(X.MotionNotify, x=round(x), y=round(y))

    def drag(self, *points: tuple[float, float]) -> None:
        """Presses the button at the first point, moves through the others, and lets go."""
        from Xlib import X

        self.move(*points[0])
        self._do(X.ButtonPress, 1)
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            for step in range(1, 9):
                self.move(x0 + (x1 - x0) * step / 8, y0 + (y1 - y0) * step / 8)
        self._do(X.ButtonRelease, 1)

    def click(self, x: float, y: float) -> None:
        self.drag((x, y))

    def wheel(self, x: float, y: float, notches: int) -> None:
        """Turns the wheel away from the hand for positive notches."""
        from Xlib import X

        self.move(x, y)
        for _ in range(abs(notches)):
            for kind in (X.ButtonPress, X.ButtonRelease):
                self._do(kind, 4 if notches > 0 else 5)

    def _do(self, kind: int, detail: int = 0, x: int = 0, y: int = 0) -> None:
        from Xlib.ext import xtest

        xtest.fake_input(self._x, kind, detail, x=x, y=y)
        self._x.sync()
        time.sleep(_BETWEEN)
