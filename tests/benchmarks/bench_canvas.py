"""How soon the canvas answers on a 100-megapixel photo: ``python -m tests.benchmarks.bench_canvas``.

Every figure is the time from an event to the end of the repaint it causes, with real lanes at work. The bar is a 99th
percentile under 16 ms while painting.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Callable, Iterator

import numpy as np

BAR_MS = 16.0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", default="offscreen", help="of Qt: offscreen, xcb, wayland …")
    parser.add_argument("--size", default="1600x1000", help="of the canvas")
    parser.add_argument("--photo", default="12000x8400")
    parser.add_argument("--events", type=int, default=400, help="of each kind")
    parser.add_argument("--brush", type=float, default=60, help="diameter in device pixels")
    parser.add_argument("--deep", action="store_true", help="16 bits a channel")
    return parser.parse_args()


def main() -> None:
    options = parse()
    os.environ["QT_QPA_PLATFORM"] = options.platform
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QApplication

    from cnnstudio.imaging.brush import Brush
    from cnnstudio.imaging.document import Document
    from cnnstudio.imaging.photo import Photo
    from cnnstudio.ui.canvas import Canvas
    from cnnstudio.ui.editor import Editor
    from cnnstudio.ui.lanes import Lanes

    application = QApplication(["bench"])
    lanes = Lanes.start()
    width, height = (int(n) for n in options.photo.split("x"))
    editor = Editor(Document(Photo(photo_of(width, height, options.deep))))

    class Counting(Canvas):
        paints = 0

        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
            super().paintEvent(event)
            self.paints += 1

    canvas = Counting(lanes)
    canvas.resize(*(int(n) for n in options.size.split("x")))
    canvas.show()
    application.processEvents()

    def settle() -> float:
        start = time.perf_counter()
        while not canvas.is_settled:
            application.processEvents()
            time.sleep(0.001)
        return time.perf_counter() - start

    def timed(step: Callable[[], object]) -> float:
        before, start = canvas.paints, time.perf_counter()
        step()
        while canvas.paints == before:
            application.processEvents()
            if time.perf_counter() - start > 5:
                raise TimeoutError("nothing was painted")
        return (time.perf_counter() - start) * 1e3

    def move(x: float, y: float) -> None:
        at = QPointF(x, y)
        none = Qt.MouseButton.NoButton
        event = QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
        application.sendEvent(canvas, event)

    print("| what | events | p50 | p99 | worst |\n|---|---|---|---|---|", flush=True)
    print(f"| open to first picture | 1 | {timed(lambda: canvas.set_editor(editor)):.1f} ms | | |")
    print(f"| … to the last sharp tile | 1 | {settle() * 1e3:.0f} ms | | |")
    missed = []
    zooms = {"fit": None, "25 %": 0.25, "100 %": 1.0}
    for name, zoom in zooms.items():
        canvas.fit() if zoom is None else canvas.zoom_to(zoom)
        settle()
        brush = Brush(options.brush / canvas.zoom)
        times = []
        for stroke in np.array_split(np.arange(options.events), max(1, options.events // 100)):
            editor.begin_stroke(brush)
            for point in curve(len(stroke), options.size, int(stroke[0])):
                position = canvas.to_photo(QPointF(*point))
                times.append(timed(lambda p=position: editor.stroke_to(p.x(), p.y())))
            editor.end_stroke()
            application.processEvents()
        if not report(f"painting at {name}", times):
            missed.append(name)
        settle()
    canvas.set_tool(outline(Brush(60)))
    canvas.zoom_to(0.25)
    settle()
    points = list(curve(options.events, options.size, 0))
    moves = [timed(lambda p=p: move(*p)) for p in points]
    report("moving the outline of a brush", moves)
    canvas.set_tool(None)
    for name, zoom in {"25 %": 0.25, "30 %": 0.3, "100 %": 1.0}.items():
        canvas.zoom_to(zoom)
        settle()
        pans = [timed(lambda i=i: canvas.pan_by(9 * math.cos(i / 40), 7)) for i in range(options.events)]
        report(f"panning at {name}", pans)
    canvas.fit()
    settle()
    steps = [1.06] * 90 + [1 / 1.06] * 90
    report("zooming in and out, first time", [timed(lambda f=f: canvas.zoom_by(f)) for f in steps])
    settle()
    report("zooming in and out, again", [timed(lambda f=f: canvas.zoom_by(f)) for f in steps])
    settle()
    canvas.set_compare("split")
    report("moving the split line", [timed(lambda i=i: canvas._move_split(i / 100)) for i in range(100)])
    canvas.hide()
    lanes.close()
    if missed:
        raise SystemExit(f"p99 over {BAR_MS:.0f} ms: {', '.join(missed)}")


def photo_of(width: int, height: int, deep: bool) -> np.ndarray:
    tile = np.random.default_rng(0).integers(60, 200, (512, 512, 3), np.uint8)
    pixels = np.tile(tile, (-(-height // 512), -(-width // 512), 1))[:height, :width]
    return pixels.astype(np.uint16) * 257 if deep else pixels


def curve(count: int, size: str, start: int) -> Iterator[tuple[float, float]]:
    """Points of a hand's sweep over the canvas, about 12 pixels apart."""
    width, height = (int(n) for n in size.split("x"))
    for i in range(start, start + count):
        yield width * (0.5 + 0.4 * math.sin(i / 50)), height * (0.5 + 0.4 * math.sin(i / 31 + 1))


def outline(brush: object):  # type: ignore[no-untyped-def]
    """A tool that only draws its circle."""
    from PySide6.QtCore import QObject, QPointF, Qt, Signal

    class Outline(QObject):
        changed = Signal()
        name = status = ""
        at = None

        def move(self, pointer) -> None:  # type: ignore[no-untyped-def]
            self.at = pointer.position
            self.changed.emit()

        def leave(self) -> None:
            pass

        def cursor(self) -> Qt.CursorShape:
            return Qt.CursorShape.BlankCursor

        def paint(self, painter, canvas) -> None:  # type: ignore[no-untyped-def]
            if self.at is not None:
                painter.setPen(Qt.GlobalColor.white)
                painter.drawEllipse(canvas.to_widget(QPointF(self.at)), 30, 30)

    return Outline()


def report(what: str, times: list[float]) -> bool:
    """Prints a row; returns whether the bar is met."""
    half, most = np.percentile(times, (50, 99))
    print(f"| {what} | {len(times)} | {half:.1f} ms | {most:.1f} ms | {max(times):.1f} ms |", flush=True)
    return bool(most < BAR_MS)


if __name__ == "__main__":
    main()
