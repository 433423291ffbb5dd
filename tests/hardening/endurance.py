"""Whether a long day's work leaves anything behind: photos are opened, marked, repaired, undone, redone, saved, closed.

    python -m tests.hardening.endurance
    python -m tests.hardening.endurance --rounds 200 --report report.json

The real window with the shipped models is driven by mouse and commands through rounds over photos of many sizes and
formats. Every round opens one, paints over a part of it, repairs it, undoes and redoes that, saves it by the dialog and
closes it; many do one thing more besides (see :data:`EXTRAS`). Every 40 rounds, with no photo open, what the process
holds is counted. The report is written also where a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import mean

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QMessageBox, QPushButton

from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.tone import Tone
from cnnstudio.jobs import RestoreOptions
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.generation import Generation
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.panels.picture_grid import PictureGrid
from cnnstudio.ui.workspace import OpenPhoto
from tests.benchmarks.bench_window import Driven, load
from tests.hardening.census import Census, take

_PATIENCE = 120.0
"""Seconds after which something is taken for hanging."""
_NAP = 0.004
"""Seconds between two looks whether something has come: while it is waited for, others are to have the processor."""
_GROWTH = 0.03
"""By which the memory of the last rounds may exceed that of the first."""
_SHARE = 4
"""The first and the last of so many equal parts of the run are compared: of 2 000 rounds, 500."""

_MEASURED = ("own", "rss", "allocated")
COUNTED = ("descriptors", "threads", "qobjects", "children", "widgets", "files")
"""Of which there may not be more."""

_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton

PHOTOS = (
    # What is seen, the file's name, width and height, channels, bits
    ("astronaut", "small.png", (200, 260), 3, 8),
    ("castle", "colour.jpg", (640, 480), 3, 8),
    ("cameraman", "grey.jpg", (512, 512), 1, 8),
    ("beach", "deep.tif", (800, 600), 3, 16),
    ("cat", "lossless.webp", (400, 300), 3, 8),
    ("coffee", "see-through.png", (480, 360), 4, 8),
    ("dune", "deep-grey.png", (600, 400), 1, 16),
    ("forest", "two-megapixels.jpg", (1632, 1224), 3, 8),
    ("bee", "plain.bmp", (320, 240), 3, 8),
    ("bridge", "upright.tif", (300, 900), 3, 8),
    ("rocket", "wide.jpg", (1200, 400), 3, 8),
    ("stairs", "grey.tif", (700, 500), 1, 8),
    ("raccoon", "deep-see-through.tif", (350, 350), 4, 16),
)


def make_photos(folder: Path, photos: Sequence[tuple[str, str, tuple[int, int], int, int]] = PHOTOS) -> list[Path]:
    """Writes photos of many sizes and formats into a new folder."""
    folder.mkdir()
    paths = []
    for source, name, (width, height), channels, bits in photos:
        whole = read_photo(Path(__file__).parents[1] / "photos" / f"{source}.webp").pixels
        tiled = np.pad(whole, ((0, height), (0, width), (0, 0)), "symmetric")[:height, :width]
        grey = tiled.mean(2, keepdims=True).astype(np.uint8)
        colour = tiled if tiled.shape[2] == 3 else np.repeat(grey, 3, 2)
        pixels = grey if channels == 1 else colour
        if channels == 4:
            pixels = np.dstack([colour, np.broadcast_to(np.linspace(60, 255, width, dtype=np.uint8), (height, width))])
        if bits == 16:
            pixels = pixels.astype(np.uint16) * np.uint16(257)
        paths.append(folder / name)
        write_photo(paths[-1], Photo(np.ascontiguousarray(pixels)))
    return paths


class Person:
    """Works in a window, one photo after the other.

    Args:
        window: as the person sees it, with its lanes.
        photos: to work on; alone in their folder, into which all else goes, too.

    Attributes:
        alive: the photos and editors of rounds that are over but that somebody still holds.
    """

    def __init__(self, window: MainWindow, lanes: Lanes, photos: list[Path]) -> None:
        self._window, self._lanes = window, lanes
        self._photos, self._folder = photos, photos[0].parent
        self._random = np.random.default_rng(0)
        self._gone: list[weakref.ref[QObject]] = []
        self._window.resize(1100, 750)  # less to draw than on a large screen, so that there is time for more rounds
        self._window.tool_settings.brush_size = 14
        self._window.warm_up()
        self._idle()

    @property
    def alive(self) -> list[QObject]:
        held = [one for ref in self._gone if (one := ref()) is not None]
        self._gone = [weakref.ref(one) for one in held]
        return held

    def round(self, number: int) -> None:
        """One photo, from opening to closing."""
        extra = EXTRAS.get(number % TURN)
        photo = self.open(self._photos[number % len(self._photos)])
        self.paint()
        self.repair()
        self.command("undo", "redo")
        if extra:
            extra(self)
        for unsaved in self._window.workspace.unsaved():
            self._window.workspace.set_current(unsaved)
            self.save()
        self.close()
        del photo
        for path in self._folder.iterdir():
            if path not in self._photos:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    # ---- what every round has

    @property
    def editor(self) -> Editor:
        """Of the photo that is shown."""
        editor = self._window.canvas.editor
        assert editor is not None
        return editor

    def open(self, path: Path) -> OpenPhoto:
        """Opens a photo and waits until it is drawn."""
        workspace, canvas = self._window.workspace, self._window.canvas
        workspace.open([path])
        self.until(lambda: canvas.editor is not None and canvas.is_settled)
        photo = workspace.current
        assert photo is not None
        self._gone += [weakref.ref(photo), weakref.ref(self.editor)]
        return photo

    def paint(self) -> None:
        """A short stroke of the brush, at a place that is another each time."""
        self._window.commands["brush"].trigger()
        editor = self.editor
        length = min(40.0, editor.width / 4, editor.height / 4)
        x, y = self._random.uniform(0, (editor.width - length, editor.height - length))
        self.drag(*((x + step * length, y + step**2 * length) for step in np.linspace(0, 1, 5)))
        assert editor.has_mask

    def repair(self) -> None:
        """Repairs what is marked, and waits for it."""
        self.command("repair")
        self.until(lambda: not self._window.desk.busy)

    def save(self) -> None:
        """Accepts what the dialog proposes for the photo shown."""
        self.answer(QDialog, lambda dialog: dialog.findChild(QDialogButtonBox).buttons()[0].click())
        editor = self.editor
        self.command("export")
        self.until(lambda: not editor.modified)

    def close(self) -> None:
        """Closes all photos; nothing may be unsaved."""
        while self._window.workspace.photos:
            self.command("close")
        self._idle()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    # ---- how

    def command(self, *names: str) -> None:
        for name in names:
            assert self._window.commands[name].isEnabled(), name
            self._window.commands[name].trigger()
            QApplication.processEvents()

    def drag(self, *points: tuple[float, float]) -> None:
        """Draws with the mouse, along positions of the photo."""
        kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * (len(points) - 2)]
        for kind, point in zip([*kinds, QEvent.Type.MouseButtonRelease], points, strict=True):
            canvas = self._window.canvas
            place = canvas.to_widget(QPointF(*point))
            moves, lets_go = kind == QEvent.Type.MouseMove, kind == QEvent.Type.MouseButtonRelease
            event = QMouseEvent(
                kind, place, canvas.mapToGlobal(place), _NONE if moves else _LEFT, _NONE if lets_go else _LEFT,
                Qt.KeyboardModifier.NoModifier,
            )  # fmt: skip
            QApplication.sendEvent(canvas, event)
            QApplication.processEvents()

    def answer(self, kind: type[QDialog], how: Callable[[QDialog], object]) -> None:
        """Answers the dialog that the next command opens."""

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, kind), dialog
            how(dialog)

        QTimer.singleShot(0, self._window, look)

    def until(self, condition: Callable[[], object]) -> None:
        """Lets the window work until something holds.

        Raises:
            TimeoutError: it never did.
        """
        end = time.monotonic() + _PATIENCE
        while not condition():
            QApplication.processEvents()
            if time.monotonic() > end:
                raise TimeoutError(condition)
            time.sleep(_NAP)

    def _idle(self) -> None:
        self.until(lambda: not any(lane._sent or lane._waiting for lane in self._lanes.all()))
        QApplication.processEvents()

    # ---- what only some rounds have

    def find(self) -> None:
        window, editor = self._window, self.editor
        self.command("find")
        self.until(lambda: not window.finding.desk.is_looking(editor))
        found = window.finding.desk.of(editor)
        assert found is not None
        if found.kept_count:
            self.command("mark-found")
            self.until(lambda: found.is_marked)
            self.command("undo")

    def restore(self) -> None:
        window = self._window
        self.command("restore")
        window.restore_panel.set_options(RestoreOptions(10.0, 0.0, tone=Tone(20.0)))
        window.restore_panel.options_changed.emit()
        self.until(lambda: self.editor.trial)
        window.restore_panel.apply_requested.emit()
        self.until(lambda: self.editor.document.layers[-1].restored)

    def choose(self) -> None:
        window = self._window
        window.repair_panel.candidates = 2
        self.paint()
        self.command("repair")
        self.until(lambda: window.desk.offer and window.canvas.is_settled)
        window.desk.choose(1)
        window.repair_panel.candidates = 1

    def check(self) -> None:
        checking = self._window.checking
        self.until(lambda: not checking.busy)

    def prove(self) -> None:
        photo = self._window.workspace.current
        assert photo
        self._window.proving.export(photo, self._folder / "evidence")
        self.until((self._folder / "evidence").exists)
        self._idle()

    def generate(self) -> None:
        panel, layers = self._window.generate_panel, len(self.editor.document.layers)
        generation, grid = panel.findChild(Generation), panel.findChild(PictureGrid)
        self.paint()
        panel.roll()
        self.until(lambda: generation.pictures and all(generation.pictures) and not generation.busy)
        grid.setCurrentRow(0)
        next(one for one in panel.findChildren(QPushButton) if one.accessibleName() == "Use as patch").click()
        self.until(lambda: len(self.editor.document.layers) > layers)

    def compare(self) -> None:
        window = self._window
        for name in ("split", "side", "changes", "confidence"):
            self.command(name)
            self.until(lambda: window.canvas.is_settled)
        self.until(lambda: window.confidence.map is not None and window.canvas.is_settled)
        self.command("cancel", "original", "original")

    def open_several(self) -> None:
        window = self._window
        others = [self._photos[at] for at in (0, 4, 8)]
        before = len(window.workspace.photos)
        window.workspace.open(others)
        self.until(lambda: len(window.workspace.photos) > before)
        for _ in range(4):
            self.command("next")
            self.until(lambda: window.canvas.editor is not None and window.canvas.is_settled)
            self._gone.append(weakref.ref(self.editor))

    def keep_session(self) -> None:
        workspace = self._window.workspace
        photo = workspace.current
        assert photo
        path = self._folder / "work.cnnsession"
        workspace.save_session_file(photo, path)
        self.until(path.exists)
        self._idle()
        self.close()
        self.open(path)

    def cancel(self) -> None:
        self.paint()
        self.command("repair")
        then = time.monotonic() + self._random.uniform(0, 0.15)
        self.until(lambda: time.monotonic() > then)
        self.command("cancel")

    def look_around(self) -> None:
        for name in ("preferences", "shortcuts", "about"):
            self.command(name)
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, QDialog)
            QApplication.processEvents()
            dialog.reject()
            del dialog
            QApplication.processEvents()
        self.command("panels", "panels")

    def lose(self) -> None:
        def throw_away(box: QDialog) -> None:
            assert isinstance(box, QMessageBox)
            button = next(one for one in box.buttons() if box.buttonRole(one) == box.ButtonRole.DestructiveRole)
            button.click()

        self.answer(QMessageBox, throw_away)
        self.command("close")
        self.open(self._photos[4])

    def change_layer(self) -> None:
        editor = self.editor
        document = editor.document
        layer = document.layers[-1].id
        self.command("again")
        self.until(lambda: not self._window.desk.busy)
        editor.applied(document.set_opacity(layer, 0.5))
        editor.applied(document.set_visible(layer, False))
        QApplication.processEvents()
        self.command("undo", "undo")

    def take_tools(self) -> None:
        width, height = self.editor.width, self.editor.height
        for name in ("line", "lasso", "rectangle", "wand", "eraser"):
            self.command(name)
            self.drag((width * 0.3, height * 0.3), (width * 0.4, height * 0.35), (width * 0.35, height * 0.4))
            self._idle()
        self.command("grow", "invert", "clear")
        self._idle()

    def copy(self) -> None:
        workspace = self._window.workspace
        self.command("copy")
        self._idle()
        self.command("paste")
        self.until(lambda: len(workspace.photos) > 1 and self._window.canvas.editor)
        self._idle()
        self._gone.append(weakref.ref(self.editor))


TURN = 40
"""Rounds after which everything has been done that is done."""
EXTRAS: dict[int, Callable[[Person], None]] = {
    1: Person.find,
    3: Person.restore,
    5: Person.choose,
    6: Person.lose,
    7: Person.check,
    8: Person.change_layer,
    9: Person.prove,
    10: Person.copy,
    11: Person.generate,
    12: Person.look_around,
    13: Person.compare,
    14: Person.take_tools,
    15: Person.open_several,
    17: Person.keep_session,
    19: Person.cancel,
}


@dataclass
class Report:
    """What a run came to.

    Attributes:
        rounds: that were counted, after the warm-up.
        warm_up: rounds before them.
        seconds: that the counted rounds took.
        load: of the machine, at the end.
        held: closed photos and editors that were still there, at most.
        censuses: each with the number of rounds done.
    """

    rounds: int
    warm_up: int
    seconds: float = 0.0
    load: str = ""
    held: int = 0
    censuses: list[tuple[int, Census]] = field(default_factory=list)

    def verdicts(self) -> Iterator[tuple[str, bool]]:
        """A sentence for each bar, and whether it is met."""
        part = self.rounds // _SHARE
        first = [census for done, census in self.censuses if done <= part]
        last = [census for done, census in self.censuses if done > self.rounds - part]
        before, after = (mean(census.own for census in some) for some in (first, last))
        growth = after / before - 1
        yield (
            f"memory of its own: {before:.1f} MiB on average of the first {part} rounds, {after:.1f} of the last "
            f"{part}: {growth:+.2%}, at most {_GROWTH:+.0%} allowed",
            growth <= _GROWTH,
        )
        for name in COUNTED:
            most, now = (max(getattr(census, name) for census in some) for some in (first, last))
            yield f"{name}: at most {most} in the first {part} rounds, {now} in the last {part}", now <= most
        yield f"closed photos and editors that were still there: {self.held}", self.held == 0

    def grown(self, most: int = 8) -> list[tuple[str, int, int]]:
        """Types of Python's objects of which there are more than at first: (name, first, last)."""
        first, last = (Counter(self.censuses[at][1].objects) for at in (0, -1))
        return [(name, first[name], last[name]) for name, _ in (last - first).most_common(most)]

    def write(self, path: Path) -> None:
        """As JSON."""
        verdicts = [{"sentence": sentence, "met": is_met} for sentence, is_met in self.verdicts()]
        path.write_text(json.dumps({"verdicts": verdicts, **asdict(self)}, indent=1))


def run(report: Report, every: int, folder: Path) -> None:
    """Works through all rounds, and takes a census after every few of them."""
    temporary = folder / "temporary"  # so that what is left there is seen
    temporary.mkdir()
    tempfile.tempdir = str(temporary)
    with Driven(folder / "user") as driven:
        person = Person(driven.window, driven.lanes, make_photos(folder / "photos"))
        for number in range(report.warm_up):
            person.round(number)
        begin = time.monotonic()
        print(" ".join(f"{name:>11}" for name in ("rounds", "seconds", *_MEASURED, *COUNTED, "held")))
        for done in range(1, report.rounds + 1):
            person.round(report.warm_up + done - 1)
            if done % every == 0:
                driven.window.notices.clear()  # they come and go by the clock
                census, held = take(driven.window, folder / "user", temporary), len(person.alive)
                report.censuses.append((done, census))
                report.held = max(report.held, held)
                report.seconds = time.monotonic() - begin
                figures = [done, report.seconds, *(getattr(census, name) for name in (*_MEASURED, *COUNTED)), held]
                print(" ".join(f"{figure:11.{isinstance(figure, float):d}f}" for figure in figures), flush=True)
        report.load = load()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--warm-up", type=int, default=100, help="rounds before the first that counts")
    parser.add_argument("--every", type=int, default=TURN, help="rounds from one census to the next")
    parser.add_argument("--report", type=Path, help="JSON file to write")
    options = parser.parse_args()
    report = Report(options.rounds, options.warm_up)
    with tempfile.TemporaryDirectory() as name:
        run(report, options.every, Path(name))
    if options.report:
        report.write(options.report)
    print(f"{report.rounds} rounds after {report.warm_up} to warm up, in {report.seconds:.0f} s; load {report.load}")
    for name, first, last in report.grown():
        print(f"  {name}: {first} at first, {last} at last")
    verdicts = list(report.verdicts())
    for sentence, is_met in verdicts:
        print(f"{'met   ' if is_met else 'MISSED'} {sentence}")
    sys.exit(0 if all(is_met for _, is_met in verdicts) else 1)


if __name__ == "__main__":
    main()
