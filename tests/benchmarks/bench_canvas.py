"""How soon the canvas answers on a 100-megapixel photo: ``python -m tests.benchmarks.bench_canvas``.

Every figure is the time from an event of the mouse or pen to the end of the repaint it causes, with the real tools and
lanes at work. The bar is a 99th percentile under 16 ms while painting; the largest and softest brush, which covers a
sixth of the photo's height, is measured beside it, but not held to it.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Callable, Iterator

import numpy as np

BAR_MS = 16.0

Took = tuple[float, float]
"""Milliseconds until the repaint's end, and how many of them the window's thread was at work. On a machine that is busy
with other things the first is longer."""


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", default="offscreen", help="of Qt: offscreen, xcb, wayland …")
    parser.add_argument("--size", default="1600x1000", help="of the canvas")
    parser.add_argument("--photo", default="12000x8400")
    parser.add_argument("--events", type=int, default=400, help="of each kind")
    parser.add_argument("--brush", type=float, default=60, help="diameter on the screen")
    parser.add_argument("--deep", action="store_true", help="16 bits a channel")
    return parser.parse_args()


def main() -> None:
    options = parse()
    os.environ["QT_QPA_PLATFORM"] = options.platform
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QInputDevice, QMouseEvent, QPaintEvent, QPointingDevice, QTabletEvent
    from PySide6.QtWidgets import QApplication

    from cnnstudio.imaging.document import Document
    from cnnstudio.imaging.photo import Photo
    from cnnstudio.ui.canvas import Canvas
    from cnnstudio.ui.editor import Editor
    from cnnstudio.ui.lanes import Lanes
    from cnnstudio.ui.tools import ToolSettings, make_tools

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

    def timed(step: Callable[[], object]) -> Took:
        before, start, own = canvas.paints, time.perf_counter(), time.thread_time()
        step()
        while canvas.paints == before:
            application.processEvents()
            if time.perf_counter() - start > 5:
                raise TimeoutError("nothing was painted")
        return (time.perf_counter() - start) * 1e3, (time.thread_time() - own) * 1e3

    settings = ToolSettings()
    tools = make_tools(settings, lanes)
    left, none, no_key = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    device = QPointingDevice(
        "pen", 1, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure, 1, 3,
    )  # fmt: skip

    def mouse(kind: str, x: float, y: float, held: Qt.MouseButton = none) -> None:
        at = QPointF(x, y)
        button = none if kind == "Move" else left
        kinds = {"Press": QEvent.Type.MouseButtonPress, "Move": QEvent.Type.MouseMove,
                 "Release": QEvent.Type.MouseButtonRelease}  # fmt: skip
        application.sendEvent(canvas, QMouseEvent(kinds[kind], at, at, button, held, no_key))

    def pen(kind: str, x: float, y: float, held: Qt.MouseButton = none) -> None:
        at, button = QPointF(x, y), none if kind == "Move" else left
        pressure = 0.55 + 0.45 * math.sin(x / 90)
        event = QTabletEvent(
            QEvent.Type[f"Tablet{kind}"], device, at, at, pressure, 0, 0, 0, 0, 0, no_key, button, held
        )
        application.sendEvent(canvas, event)

    def paint(what: str, use: Callable[..., None] = mouse, has_bar: bool = True) -> None:
        times = []
        for stroke in np.array_split(np.arange(options.events), max(1, options.events // 100)):
            points = list(curve(len(stroke), options.size, int(stroke[0])))
            times.append(timed(lambda at=points[0]: use("Press", *at, left)))
            times += [timed(lambda at=at: use("Move", *at, left)) for at in points[1:]]
            use("Release", *points[-1])
            application.processEvents()
        if not report(what, times) and has_bar:
            missed.append(what)
        settle()

    print("| what | events | p50 | p99 | worst | p99 of the thread's own time |\n|---|---|---|---|---|---|", flush=True)
    print(f"| open to first picture | 1 | {timed(lambda: canvas.set_editor(editor))[0]:.1f} ms | | | |")
    print(f"| … to the last sharp tile | 1 | {settle() * 1e3:.0f} ms | | | |")
    missed: list[str] = []
    for tool in tools.values():
        tool.attach(canvas, editor)
    canvas.set_tool(tools["brush"])
    zooms = {"fit": None, "25 %": 0.25, "100 %": 1.0}
    for name, zoom in zooms.items():
        canvas.fit() if zoom is None else canvas.zoom_to(zoom)
        settle()
        settings.brush_size = options.brush / canvas.zoom
        paint(f"painting at {name}")
        if name == "fit":
            paint("the same with a pen, pressing more and less", pen)
    canvas.fit()
    settle()
    settings.brush_size, settings.brush_hardness = 1000, 0.0
    paint("painting at fit, the largest and softest brush", has_bar=False)
    paint("the same with a pen, pressing more and less", pen, has_bar=False)
    canvas.zoom_to(0.25)
    settle()
    report(
        "moving the brush's outline",
        [timed(lambda p=p: mouse("Move", *p)) for p in curve(options.events, options.size, 0)],
    )
    canvas.set_tool(None)
    for name, zoom in {"25 %": 0.25, "30 %": 0.3, "100 %": 1.0}.items():
        if zoom * height < canvas.height() + 400:
            continue  # there is nowhere to go
        canvas.zoom_to(zoom)
        settle()
        pans = [
            timed(lambda i=i: canvas.pan_by(9 * math.cos(i / 40), 7 * math.cos(i / 30))) for i in range(options.events)
        ]
        report(f"panning at {name}", pans)
    canvas.fit()
    settle()
    steps = [1.06] * 80 + [1 / 1.06] * 80
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


def report(what: str, times: list[Took]) -> bool:
    """Prints a row; returns whether the bar is met."""
    whole, own = zip(*times, strict=True)
    half, most = np.percentile(whole, (50, 99))
    row = [f"{value:.1f} ms" for value in (half, most, max(whole), np.percentile(own, 99))]
    print(f"| {what} | {len(times)} | {' | '.join(row)} |", flush=True)
    return bool(most < BAR_MS)


if __name__ == "__main__":
    main()
