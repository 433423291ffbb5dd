"""How the window feels: time to the first paint, the GUI thread's gaps during a repair, and how fast a cancel is.

    python -m tests.benchmarks.bench_window
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

_FIRST_PAINT = """
import sys, time
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


def first_paint(rounds: int) -> list[float]:
    """Seconds from the start of the process to the first paint, after one start that warms the disk's cache."""
    seconds = []
    for _ in range(rounds + 1):
        command = [sys.executable, "-c", _FIRST_PAINT, str(time.time())]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
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

    def take(self) -> np.ndarray:
        """Milliseconds since the last call."""
        found, self.found = np.array(self.found or [0.0]) * 1000, []
        return found


def describe(name: str, milliseconds: np.ndarray) -> None:
    p50, p99 = np.percentile(milliseconds, [50, 99])
    print(f"{name:32} p50 {p50:6.1f}  p99 {p99:6.1f}  worst {milliseconds.max():6.1f} ms  ({len(milliseconds)})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="starts of the program")
    parser.add_argument("--cancels", type=int, default=200)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as user:
        os.environ["XDG_DATA_HOME"] = os.environ["XDG_CONFIG_HOME"] = user
        describe("first paint", np.array(first_paint(options.rounds)) * 1000)
        in_window(options.cancels)


def in_window(cancels: int) -> None:
    """What is measured inside a running window."""
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from cnnstudio.imaging import selection
    from cnnstudio.imaging.geometry import Rect
    from cnnstudio.imaging.photo import Photo
    from cnnstudio.paths import user_data_dir
    from cnnstudio.ui.lanes import Lanes
    from cnnstudio.ui.main_window import MainWindow
    from cnnstudio.ui.settings import Settings

    app = QApplication(["bench"])
    ini = QSettings(str(Path(os.environ["XDG_CONFIG_HOME"]) / "bench.ini"), QSettings.Format.IniFormat)
    lanes = Lanes.start()
    window = MainWindow(Settings(ini), lanes, user_data_dir() / "sessions")
    window.resize(1600, 1000)
    window.show()

    def until(condition: Callable[[], object]) -> None:
        while not condition():
            app.processEvents()
            time.sleep(0.0005)

    def settle() -> None:
        """Waits until no thread has anything left to do, and nothing is left to be drawn."""
        until(lambda: not any(lane._sent or lane._waiting for lane in lanes.all()))
        until(lambda end=time.perf_counter() + 0.1: time.perf_counter() > end)

    gaps = Gaps()
    try:
        noise = np.random.default_rng(0).integers(40, 220, (3000, 4000, 3)).astype(np.uint8)
        until(lambda: window._painted)
        settle()
        gaps.take()
        window.warm_up()
        settle()
        describe("gaps while torch is loaded", gaps.take())

        window.workspace.open_photo_in_memory(Photo(noise), "noise")
        until(lambda: window.canvas.editor)
        editor = window.canvas.editor
        settle()
        describe("gaps while a photo is opened", gaps.take())

        def mark() -> None:
            for x in range(200, 3800, 300):
                editor.apply(selection.rectangle(editor.document.mask, Rect(x, 400, 120, 1600)))
                settle()

        mark()
        describe("gaps while the mask changes", gaps.take())
        window.repairing.repair()
        until(lambda: not window.desk.busy)
        settle()
        describe("gaps during a repair", gaps.take())

        mark()
        before, threads, waits = len(editor.document.history.labels), threading.active_count(), []
        moments = np.random.default_rng(1).uniform(0, 0.4, cancels)
        for moment in moments:
            window.repairing.repair()
            begin = time.perf_counter()
            until(lambda begin=begin, moment=moment: time.perf_counter() - begin > moment)
            begin = time.perf_counter()
            window.repairing.cancel()
            assert not window.desk.busy
            assert not editor.previews
            until(lambda: not lanes.engine._sent)  # the thread has noticed as well
            waits.append(time.perf_counter() - begin)
        describe("cancel until the engine is idle", np.array(waits) * 1000)
        gc.collect()
        assert len(editor.document.history.labels) == before
        print(f"threads: {threads} before {cancels} cancelled repairs, {threading.active_count()} after")
    finally:
        window.put_away()
        lanes.close()
        window.hide()


if __name__ == "__main__":
    main()
