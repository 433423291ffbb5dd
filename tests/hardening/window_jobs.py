"""Editing in the window, as a job: a journal is written as it goes on, and the photo is saved over twice."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from PySide6.QtWidgets import QApplication

from cnnstudio.imaging import session
from cnnstudio.imaging.codecs import read_photo
from cnnstudio.imaging.document import Document
from cnnstudio.ui.workspace import Workspace
from tests.benchmarks.bench_kill import digest
from tests.hardening.jobs import DID, FILLER, Job, check_names, expect, given, put_photo, states_of, step
from tests.ui.conftest import fake_engine, immediate_lanes

_STEPS, _SAVED_AFTER = 4, (2, 4)
_SAVED = "saved\n"


def _edit(folder: Path) -> int:
    """Opens the photo, or what a crash has left of the work on it; goes on to the end, and is killed by the end."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    logging.disable()  # what goes into the log's file otherwise
    app = QApplication([])
    remembered = SimpleNamespace(recent_files=[], last_folder="", record_repairs=True)
    workspace = Workspace(immediate_lanes(fake_engine), remembered, folder / "sessions")  # type: ignore[arg-type]
    notices: list[tuple[str, str]] = []
    workspace.noticed.connect(lambda text, kind, _: notices.append((kind, text)))
    errors = 0

    def settled(doing: Callable[[], object]) -> None:
        doing()
        for _ in range(30):
            app.processEvents()

    left = workspace.recoverable()
    settled(lambda: workspace.recover(left) if left else workspace.open([folder / "photo.png"]))
    opened = workspace.current
    if opened is None or opened.editor is None:
        print(notices, file=sys.stderr)
        return 70
    editor = opened.editor
    done = len(editor.document.history.labels)
    for number in range(min(done, _STEPS - 1), _STEPS):
        if number == _STEPS - 1:
            shutil.rmtree(folder / FILLER, ignore_errors=True)  # from now on the disk has space again
        if number >= done:
            settled(lambda number=number: step(editor.document, number))  # type: ignore[misc]
        if editor.session and not editor.session._steps:
            os.write(1, DID.encode())
        elif not any(kind == "warning" for kind, _ in notices):
            print("It has not been said that the work is not safe.", file=sys.stderr)
            return 70
        if number + 1 in _SAVED_AFTER:
            settled(lambda: workspace.save(opened, folder / "photo.png", overwrite=True))
            before, errors = errors, sum(kind == "error" for kind, _ in notices)
            if errors == before:
                os.write(1, _SAVED.encode())
            elif not editor.modified:
                print("The photo is taken to be saved, and is not.", file=sys.stderr)
                return 70
    return 0


def _check(folder: Path, said: str, done: bool) -> None:
    check_names(folder, ["photo.png", "sessions", FILLER])
    original = read_photo(given(folder, "photo.png"))
    photo, document = read_photo(folder / "photo.png"), Document(original)
    looks = [original.pixels]
    for number in range(_STEPS):
        step(document, number)
        looks.append(document.view.to_array())
    may_be = [0, *_SAVED_AFTER][said.count(_SAVED) :] if not done else [_STEPS]
    expect(any((photo.pixels == looks[count]).all() for count in may_be), f"photo.png is not as after {may_be} steps")
    states = states_of(original, _STEPS)
    kept = 0
    for one in session.recoverable(folder / "sessions"):
        live, document = session.open_session(one.folder)
        state = digest(document)  # of pixels that may still be on the disk
        live.close()
        expect(state in states, "the session is in a state that never was")
        kept = max(kept, states.index(state))
    expect(kept >= said.count(DID), "a step that was safe is lost")


def jobs() -> list[Job]:
    """The one there is."""
    return [Job("edit in the window", lambda folder: put_photo(folder, "photo.png"), _edit, _check)]
