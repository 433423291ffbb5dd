"""A 100-megapixel scan of 16 bits in the window: seconds and memory of opening, marking, repairing, undoing, saving.

    python -m tests.benchmarks.bench_large

The peak is the one the system keeps of the process (``VmHWM``), the window and torch counted. It is to stay below
three times the photo's own size plus 1.5 GB.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from cnnstudio.imaging.brush import Brush
from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.photo import Photo
from tests.benchmarks.bench_cancel import status
from tests.benchmarks.bench_window import Driven, load

W, H = 12000, 8400
_COMPRESSIONS = {"none": 1, "lzw": 5, "deflate": 8}


def make(path: Path, compression: str) -> None:
    """Writes a scan: soft shapes, the grain of film, and the tags of a scanner."""
    rng = np.random.default_rng(0)
    rows, columns = np.linspace(0, 9, H)[:, None], np.linspace(0, 12, W)[None]
    pixels = np.empty((H, W, 3), np.uint16)
    grain = rng.normal(0, 900, (512, W)).astype(np.float32)
    for top in range(0, H, 512):
        part = slice(top, min(top + 512, H))
        for channel in range(3):
            shapes = 30000 + 12000 * np.sin(rows[part] * (channel + 1)) * np.cos(columns)
            pixels[part, :, channel] = shapes + np.roll(grain[: part.stop - top], 97 * channel + top, 1)
    metadata = Metadata("TIFF", dpi=(1200.0, 1200.0), bits=16, tiff_compression=_COMPRESSIONS[compression])
    write_photo(path, Photo(pixels, metadata))


class Steps:
    """Prints what each step takes."""

    def __init__(self) -> None:
        self._last = time.perf_counter()

    def done(self, name: str) -> None:
        now = time.perf_counter()
        rss, peak = status("VmRSS") >> 10, status("VmHWM") >> 10
        print(f"{name:24} {now - self._last:6.1f} s   now {rss:5} MiB   peak so far {peak:5} MiB", flush=True)
        self._last = time.perf_counter()


def measure(photo: Path, saved: Path, specks: int) -> None:
    """Goes the whole way in a window; nothing of the photo has been in this process before."""
    steps = Steps()
    with tempfile.TemporaryDirectory() as name, Driven(Path(name)) as driven:
        window, workspace = driven.window, driven.window.workspace
        steps.done("start the window")
        workspace.open([photo])
        driven.until(lambda: window.canvas.editor)
        steps.done("open")
        driven.settle()
        steps.done("draw all of it")
        editor = driven.editor
        for x in range(500, W - 1000, 1500):
            editor.begin_stroke(Brush(30))
            for step in range(60):
                editor.stroke_to(x + 12 * step, 1000 + 100 * step)
                driven.app.processEvents()
            editor.end_stroke()
        editor.begin_stroke(Brush(300))
        editor.stroke_to(W / 2, H / 2)
        editor.stroke_to(W / 2 + 300, H / 2 + 100)
        editor.end_stroke()
        rng = np.random.default_rng(0)
        for x, y in zip(rng.integers(0, W, specks), rng.integers(0, H, specks), strict=True):
            editor.begin_stroke(Brush(30))
            editor.stroke_to(int(x), int(y))
            editor.end_stroke()
        driven.settle()
        steps.done(f"mark scratches, {specks} specks" if specks else "mark eight scratches")
        window.repairing.repair()
        driven.until(lambda: not window.desk.busy)
        driven.settle()
        assert editor.document.layers, "the repair failed"
        steps.done("repair")
        window.commands["undo"].trigger()
        driven.settle()
        assert not editor.document.layers
        steps.done("undo")
        window.commands["redo"].trigger()
        driven.settle()
        steps.done("redo")
        done: list[None] = []
        workspace.save(driven.window.workspace.photos[0], saved, on_done=lambda: done.append(None))
        driven.until(lambda: done)
        driven.settle()
        steps.done("save")
        print(f"load of the machine: {load()}")
        peak, size = status("VmHWM") * 1024 / 1e9, W * H * 6 / 1e9
        allowed = 3 * size + 1.5
        print(f"peak {peak:.2f} GB for a photo of {size:.2f} GB; allowed are {allowed:.2f} GB")
    sys.exit(0 if peak < allowed else 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compression", choices=_COMPRESSIONS, default="none", help="of the TIFF file")
    parser.add_argument("--specks", type=int, default=0, help="to be marked as well, all over the photo")
    parser.add_argument("--measure", type=Path, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(*options.measure, options.specks)
        return
    with tempfile.TemporaryDirectory() as name:
        photo, saved = Path(name, "scan.tif"), Path(name, "repaired.tif")
        make(photo, options.compression)
        print(f"{W} × {H}, 16 bits, {photo.stat().st_size / 1e6:.0f} MB on the disk ({options.compression})")
        command = [sys.executable, "-m", "tests.benchmarks.bench_large", "--measure", str(photo), str(saved)]
        command += ["--specks", str(options.specks)]
        code = subprocess.run(command, check=False).returncode
        before, after = read_photo(photo), read_photo(saved)
        assert after.metadata.dpi == before.metadata.dpi
        changed = sum(int((a != b).any(-1).sum()) for a, b in zip(before.pixels, after.pixels, strict=True))
        print(f"{changed} pixels are different in the saved file, of {W * H}")
    sys.exit(code)


if __name__ == "__main__":
    main()
