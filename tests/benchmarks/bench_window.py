"""How the window feels: time to the first paint, and the GUI thread's gaps while others work for it.

python -m tests.benchmarks.bench_window
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cnnstudio.imaging import selection
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.photo import Photo

if TYPE_CHECKING:
    from cnnstudio.ui.editor import Editor

_FIRST_PAINT = """
import gc, sys, time
gc.disable()  # as cnnstudio.__main__ does
from cnnstudio import app
from cnnstudio.ui.main_window import MainWindow
begin = float(sys.argv[1])
show = MainWindow.show
def shown(window):
    def told():
        print(time.time() - begin, "torch" in sys.modules, flush=True)
        app.QApplication.quit()
    window.first_painted.connect(told)
    show(window)
MainWindow.show = shown
app.run([])
"""


def first_paint(rounds: int, user: Path) -> list[float]:
    """Seconds from the start of the process to the first paint, after one start that warms the disk's cache."""
    seconds = []
    environment = {**os.environ, "XDG_DATA_HOME": str(user), "XDG_CONFIG_HOME": str(user)}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    for _ in range(rounds + 1):
        command = [sys.executable, "-c", _FIRST_PAINT, str(time.time())]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        out = done.stdout.split()
        assert out[1] == "False", "torch was imported before the first paint"
        seconds.append(float(out[0]))
    return seconds[1:]


class Gaps:
    """How long the GUI thread does not come to its events: the distances of a 2 ms timer's ticks."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self.found: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(interval=2)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.found.append(now - self._last)
        self._last = now

    def stop(self) -> None:
        self._timer.stop()

    def take(self) -> np.ndarray:
        """Milliseconds since the last call."""
        found, self.found = np.array(self.found or [0.0]) * 1000, []
        return found


def load() -> str:
    """What else the machine has to do: figures are worth what it leaves over."""
    if not hasattr(os, "getloadavg"):
        return "unknown"
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def describe(name: str, milliseconds: np.ndarray) -> None:
    p50, p99 = np.percentile(milliseconds, [50, 99])
    print(f"{name:32} p50 {p50:6.1f}  p99 {p99:6.1f}  worst {milliseconds.max():6.1f} ms  ({len(milliseconds)})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="starts of the program")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        describe("first paint", np.array(first_paint(options.rounds, Path(name, "first"))) * 1000)
        with Driven(Path(name)) as driven:
            gaps_in_window(driven)
    print(f"load of the machine: {load()}")


def _tell(_: object, __: object, message: str) -> None:
    if "propagateSizeHints" not in message:  # what there is no screen for need not be said each time
        print(message, file=sys.stderr)


class Driven:
    """A window of its own settings, driven from here; a context manager. What it remembers goes below a folder.

    Attributes:
        window: the :class:`MainWindow`, once painted.
        lanes: its threads.
    """

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        os.environ["XDG_DATA_HOME"] = os.environ["XDG_CONFIG_HOME"] = str(folder)
        from PySide6.QtCore import QSettings, qInstallMessageHandler
        from PySide6.QtWidgets import QApplication

        from cnnstudio.ui.lanes import Lanes
        from cnnstudio.ui.main_window import MainWindow
        from cnnstudio.ui.settings import Settings

        qInstallMessageHandler(_tell)
        self.app = QApplication.instance() or QApplication(["bench"])
        self.lanes = Lanes.start()
        ini = QSettings(str(folder / "bench.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(Settings(ini), self.lanes, folder / "sessions")
        self.window.resize(1600, 1000)
        self.window.show()
        self.until(lambda: self.window._painted)
        self.settle()

    def __enter__(self) -> Driven:
        return self

    def __exit__(self, *_: object) -> None:
        self.window.put_away()
        self.lanes.close()
        self.window.hide()

    @property
    def editor(self) -> Editor:
        """Of the photo that is shown."""
        editor = self.window.canvas.editor
        assert editor
        return editor

    def open(self, photo: Photo) -> None:
        """Opens a photo that comes from no file, and waits until it is there."""
        self.window.workspace.open_photo_in_memory(photo, "photo")
        self.until(lambda: self.window.canvas.editor)
        self.settle()

    def until(self, condition: Callable[[], object]) -> None:
        while not condition():
            self.app.processEvents()
            time.sleep(0.0005)

    def wait(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        self.until(lambda: time.perf_counter() > end)

    def settle(self) -> None:
        """Waits until no thread has anything left to do, and nothing is left to be drawn."""
        self.until(lambda: not any(lane._sent or lane._waiting for lane in self.lanes.all()))
        self.wait(0.1)


def gaps_in_window(driven: Driven) -> None:
    """Prints how long the GUI thread stands still while its helpers work."""
    noise = np.random.default_rng(0).integers(40, 220, (3000, 4000, 3)).astype(np.uint8)
    gaps = Gaps()
    driven.window.warm_up()
    driven.settle()
    describe("gaps while torch is loaded", gaps.take())

    driven.open(Photo(noise))
    describe("gaps while a photo is opened", gaps.take())

    editor = driven.editor
    for x in range(200, 3800, 300):
        editor.apply(selection.rectangle(editor.document.mask, Rect(x, 400, 120, 1600)))
        driven.settle()
    describe("gaps while the mask changes", gaps.take())

    driven.window.repairing.repair()
    driven.until(lambda: not driven.window.desk.busy)
    driven.settle()
    describe("gaps during a repair", gaps.take())

    driven.window.commands["undo"].trigger()
    driven.settle()
    describe("gaps while it is undone", gaps.take())
    gaps.stop()


if __name__ == "__main__":
    main()
