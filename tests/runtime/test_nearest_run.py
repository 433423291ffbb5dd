"""The search for the nearest training picture, played by small scripts."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from cnnstudio.errors import UnwritableTarget
from cnnstudio.runtime import nearest_run
from cnnstudio.runtime.nearest_run import Likeness, NearestRun
from tests.runtime.recorder import PATIENCE_MS

ANSWER = {"picture": "made.png", "nearest": "/photos/ä.png", "distance": 3.5, "times": 0.25, "verdict": "copy"}
GOES_ON = "import time; time.sleep(600)"


class Listener(QObject):
    """What a search tells."""

    def __init__(self, run: NearestRun) -> None:
        super().__init__()
        self.progress: list[tuple[int, int]] = []
        self.ends: list[object] = []
        run.progressed.connect(self._on_progressed)
        run.found.connect(self._on_found)
        run.failed.connect(self._on_failed)

    @Slot(int, int)
    def _on_progressed(self, done: int, of: int) -> None:
        self.progress.append((done, of))

    @Slot(object)
    def _on_found(self, likeness: Likeness) -> None:
        self.ends.append(likeness)

    @Slot(str, str)
    def _on_failed(self, message: str, detail: str) -> None:
        self.ends.append((message, detail))


def played(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """A script in the command's place; it finds the arguments in ``sys.argv`` and its folder in ``folder``."""
    start = "import json, pathlib, sys\nfolder = pathlib.Path(sys.argv[-1])\n"
    monkeypatch.setattr(nearest_run, "training_command", lambda words: [sys.executable, "-c", start + code, *words])


@pytest.fixture
def run(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NearestRun:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return NearestRun()


@pytest.fixture
def heard(run: NearestRun) -> Listener:
    return Listener(run)


def end(heard: Listener, qtbot: QtBot, tmp_path: Path) -> Any:
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=PATIENCE_MS)
    assert list(tmp_path.glob("cnnstudio-*")) == []  # nothing stays
    (ended,) = heard.ends
    return ended


def test_the_answer_and_how_far_it_is(
    run: NearestRun, heard: Listener, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"kind": "nearest", "done": done, "of": 40} for done in (0, 32, 40)]
    played(
        monkeypatch,
        f"rows, answer = {rows!r}, [{ANSWER!r}]\n"
        "(folder / 'events.jsonl').write_text(''.join(json.dumps(row) + '\\n' for row in rows))\n"
        "assert sys.argv[1:3] == ['nearest', str(folder / 'made.png')], sys.argv\n"
        "assert sys.argv[3:5] == ['--among', 'somewhere'], sys.argv\n"
        "(folder / 'nearest.json').write_text(json.dumps(answer))\n",
    )
    assert run.picture.parent.parent == tmp_path
    run.start(Path("somewhere"))
    assert end(heard, qtbot, tmp_path) == Likeness(Path("/photos/ä.png"), 3.5, 0.25, "copy")
    assert heard.progress == [(0, 40), (32, 40), (40, 40)]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("print('skipped x\\ncnnstudio: It broke.\\n(why)', file=sys.stderr); sys.exit(1)", "It broke."),
        (
            "row = json.dumps({'kind': 'failed', 'message': 'Told in the folder.'})\n"
            "(folder / 'events.jsonl').write_text(row + '\\n'); sys.exit(1)",
            "Told in the folder.",
        ),
        ("import os; print('Not this.', file=sys.stderr, flush=True); os.kill(os.getpid(), 9)", ""),
        ("", ""),
        ("(folder / 'nearest.json').write_text('[]')", ""),
        ("(folder / 'nearest.json').write_text('no JSON')", ""),
    ],
    ids=["said", "told in the folder", "killed", "no answer", "empty answer", "damaged answer"],
)
def test_a_failure(
    code: str, message: str, run: NearestRun, heard: Listener, qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    played(monkeypatch, code)
    run.start(tmp_path)
    told, detail = end(heard, qtbot, tmp_path)
    assert told == message
    assert "exit code" in detail


def test_what_cannot_be_started(
    run: NearestRun, heard: Listener, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest_run, "training_command", lambda words: ["/nowhere/cnnstudio"])
    run.start(tmp_path)
    told, detail = end(heard, qtbot, tmp_path)
    assert told == ""
    assert "/nowhere/cnnstudio" in detail


def test_one_that_is_given_up_says_nothing_and_leaves_nothing(
    run: NearestRun, heard: Listener, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(monkeypatch, GOES_ON)
    run.start(tmp_path)
    process = run._process
    assert process.waitForStarted()
    with qtbot.waitSignal(run.destroyed, timeout=PATIENCE_MS):
        run.give_up()
    assert list(tmp_path.glob("cnnstudio-*")) == []
    assert heard.ends == []


@pytest.mark.parametrize("started", [True, False])
def test_ending_waits(
    started: bool, run: NearestRun, heard: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(monkeypatch, GOES_ON)
    if started:
        run.start(tmp_path)
        assert run._process.waitForStarted()
    run.end()
    assert run._process.processId() == 0
    assert list(tmp_path.glob("cnnstudio-*")) == []
    assert heard.ends == []


def test_no_room_for_temporary_files(qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(UnwritableTarget, match="cannot be written"):
        NearestRun()


@pytest.mark.parametrize(
    "change",
    [{"verdict": "odd"}, {"times": None}, {"times": "many"}, {"distance": None}, {"nearest": 3}],
    ids=lambda change: str(change),
)
def test_an_answer_that_is_none(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no likeness|no verdict|could not convert"):
        Likeness.from_json(json.loads(json.dumps([ANSWER | change])))
    assert Likeness.from_json([ANSWER | {"times": None, "verdict": "unknown"}]).times is None
