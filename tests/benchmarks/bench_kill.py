"""Kills the program at random moments of a scripted editing session, and looks at what comes back.

    python -m tests.benchmarks.bench_kill --rounds 50

A child process opens a photo in a real workspace with real lanes, and paints, repairs, undoes, redoes and saves over
the photo's own file, at the pace of a hasty person. The parent replays the same script in its own memory, so it knows
what the document looked like after every step, and compares.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from cnnstudio.imaging import selection
from cnnstudio.imaging.brush import Brush
from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.session import open_session, recoverable
from cnnstudio.ui.editor import Editor

W, H = 640, 480
STEPS = 400
_PAUSE_MS = 20, 90
"""Between two steps; the events of a stroke come every few milliseconds."""
_EVENT_MS = 6


def script(editor: Editor, rng: random.Random, save: Callable[[], object]) -> Iterator[bool]:
    """The session: yields after every event, True where a step is complete."""
    for _ in range(STEPS):
        history = editor.document.history
        can_undo, can_redo = history.position > 0, history.position < len(history.labels)
        match rng.choice(["stroke"] * 5 + ["repair"] * 2 + ["undo"] * 2 + ["redo"] * 2 + ["opacity", "grow", "save"]):
            case "repair" if editor.has_mask:
                _repair(editor, rng.randrange(256))
            case "undo" if can_undo:
                editor.undo()
            case "redo" if can_redo:
                editor.redo()
            case "opacity" if editor.document.layers:
                editor.applied(editor.document.set_opacity(editor.document.layers[-1].id, rng.random()))
            case "grow" if editor.has_mask:
                editor.apply(selection.grow(editor.document.mask, 2))
            case "save":
                save()
            case _:
                yield from _stroke(editor, rng)
        yield True


def _stroke(editor: Editor, rng: random.Random) -> Iterator[bool]:
    editor.begin_stroke(Brush(rng.randint(8, 40), rng.random(), erase=rng.random() < 0.15))
    x, y = rng.uniform(0, W), rng.uniform(0, H)
    for _ in range(rng.randint(2, 8)):
        editor.stroke_to(x, y, rng.uniform(0.3, 1))
        yield False
        x, y = x + rng.uniform(-40, 40), y + rng.uniform(-40, 40)
    editor.end_stroke()


def _repair(editor: Editor, seed: int) -> None:
    used = editor.document.mask.snapshot()
    pixels = np.random.default_rng(seed).integers(0, 256, (H, W, 3), dtype=np.uint8)
    patches = Patches.build([(Rect(0, 0, W, H), pixels)], used)
    editor.applied(editor.document.add_repair(patches, f"Repair {seed}", seed=seed, used=used))


def digest(document: Document) -> str:
    """Equal for documents with the same mask, the same look and the same history."""
    state = hashlib.sha256(np.asarray(document.mask).tobytes())
    state.update(document.view.to_array().tobytes())
    state.update(repr((document.history.position, document.history.labels)).encode())
    return state.hexdigest()


def photo() -> Photo:
    noise = np.random.default_rng(0).integers(40, 220, (H, W, 3), dtype=np.uint8)
    return Photo(noise)


def expected(seed: int) -> list[str]:
    """The digest after every step of a session, the first before any."""
    document = Document(photo())
    digests = [digest(document)]
    for complete in script(Editor(document, name="photo"), random.Random(seed), lambda: None):
        if complete:
            digests.append(digest(document))
    return digests


# ---- the child


def child(folder: Path, seed: int) -> None:
    """Edits until it is killed; tells on stdout when the photo is open, and after every step."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from cnnstudio.ui.lanes import Lanes
    from cnnstudio.ui.workspace import Workspace

    app, lanes = QApplication([]), Lanes.start()
    path = folder / "photo.png"
    workspace = Workspace(lanes, SimpleNamespace(recent_files=[], last_folder=""), folder / "sessions")  # type: ignore[arg-type]
    pauses = random.Random()
    timer = QTimer(singleShot=True)

    def tell(what: str) -> None:
        os.write(1, f"{what}\n".encode())  # at once, and whole

    def begin() -> None:
        opened = workspace.current
        if opened is None or opened.editor is None:
            QTimer.singleShot(5, begin)
            return
        save = partial(workspace.save, opened, path, overwrite=True)
        events = script(opened.editor, random.Random(seed), save)

        def next_event() -> None:
            complete = next(events, None)
            if complete:
                tell("did")
            timer.start(pauses.randint(*_PAUSE_MS) if complete else _EVENT_MS)

        timer.timeout.connect(next_event)
        tell("ready")
        timer.start(0)

    workspace.open([path])
    begin()
    app.exec()


# ---- the parent


@dataclass(frozen=True)
class Round:
    """What one kill came to.

    Attributes:
        done: steps the person had seen done.
        back: steps that came back; -1 where what came back is no state the document ever had.
    """

    done: int
    back: int

    @property
    def missing(self) -> int:
        return max(self.done - self.back, 0)


def kill_once(seed: int, seconds: float, rng: random.Random) -> Round:
    truth = expected(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_photo(folder / "photo.png", photo())
        command = [sys.executable, "-m", "tests.benchmarks.bench_kill", "--child", name, "--seed", str(seed)]
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
            assert process.stdout
            first = process.stdout.readline()
            assert first == b"ready\n", first
            time.sleep(rng.uniform(0, seconds))
            os.kill(process.pid, signal.SIGKILL)
            done = process.stdout.read().count(b"did\n")
        read_photo(folder / "photo.png")  # saved whole or not at all
        found = recoverable(folder / "sessions")
        if not found:
            return Round(done, 0)
        session, document = open_session(found[0].folder)
        came_back = digest(document)
        session.close()
        # A step may have been made and written down that the child had not yet told of.
        known = truth[: done + 2]
        back = max((number for number, state in enumerate(known) if state == came_back), default=-1)
        return Round(done, back)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=3.0, help="until the kill, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.seed)
        return
    rng = random.Random(options.seed)
    rounds = []
    for number in range(options.rounds):
        rounds.append(kill_once(options.seed + number, options.seconds, rng))
        print(f"{number + 1:3}: {rounds[-1].done:3} steps done, {rounds[-1].back:3} came back", flush=True)
    print(f"\n{len(rounds)} kills after {min(r.done for r in rounds)} to {max(r.done for r in rounds)} steps")
    for missing, count in sorted(Counter(r.missing for r in rounds).items()):
        print(f"  {missing} steps missing: {count:3} times")
    broken = sum(r.back < 0 for r in rounds)
    print(f"  neither the last state nor any before: {broken} times")
    sys.exit(1 if broken or any(r.missing > 1 for r in rounds) else 0)


if __name__ == "__main__":
    main()
