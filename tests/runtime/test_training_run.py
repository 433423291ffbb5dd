"""Training processes, played by small scripts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from cnnstudio import __version__
from cnnstudio.errors import BadInput, UnwritableTarget
from cnnstudio.runtime.training_run import EventTail, RunEnd, TrainingRun, child_environment, training_command
from tests.runtime.recorder import PATIENCE_MS


def row(step: int, **figures: float) -> str:
    return json.dumps({"kind": "train", "step": step, **figures}) + "\n"


def steps(rows: list[dict[str, Any]]) -> list[int]:
    return [r["step"] for r in rows]


class Listener(QObject):
    """What a run tells."""

    def __init__(self, run: TrainingRun, qtbot: QtBot) -> None:
        super().__init__()
        self._qtbot = qtbot
        self.rows: list[dict[str, Any]] = []
        self.samples: list[Path] = []
        self.ends: list[RunEnd] = []
        self.restarts = 0
        run.rows_added.connect(self._on_rows)
        run.sample_added.connect(self._on_sample)
        run.ended.connect(self._on_end)
        run.restarted.connect(self._on_restart)

    @Slot(list)
    def _on_rows(self, rows: list[dict[str, Any]]) -> None:
        self.rows += rows

    @Slot(object)
    def _on_sample(self, path: Path) -> None:
        self.samples.append(path)

    @Slot(object)
    def _on_end(self, end: RunEnd) -> None:
        self.ends.append(end)

    @Slot()
    def _on_restart(self) -> None:
        self.restarts += 1

    def wait_until(self, condition: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    def end(self) -> RunEnd:
        self.wait_until(lambda: self.ends)
        (end,) = self.ends
        return end


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run 1 é"


@pytest.fixture
def run(folder: Path, qtbot: QtBot) -> Iterator[TrainingRun]:
    run = TrainingRun(folder, poll_ms=5)
    yield run
    if run.is_running:
        run._kill()
        with qtbot.waitSignal(run.ended, timeout=PATIENCE_MS):
            pass


@pytest.fixture
def heard(run: TrainingRun, qtbot: QtBot) -> Listener:
    return Listener(run, qtbot)


def script(code: str, folder: Path) -> list[str]:
    """Python code that finds its run folder in ``folder``."""
    return [sys.executable, "-c", f"import os, sys, time, pathlib\nfolder = pathlib.Path({str(folder)!r})\n{code}"]


UNTIL_STOPPED = "while not (folder / 'stop').exists(): time.sleep(0.005)\n"


def test_rows_and_samples_come_as_they_are_written(run: TrainingRun, heard: Listener, folder: Path) -> None:
    code = (
        "events = open(folder / 'events.jsonl', 'w', buffering=1)\n"
        f"events.write({row(1)!r}); events.write({row(2)!r}[:5])\n"
        f"{UNTIL_STOPPED}"
        f"events.write({row(2)!r}[5:]); events.close()\n"
        "(folder / 'samples').mkdir()\n"
        "(folder / 'samples' / '2.png').write_bytes(b'x')\n"
    )
    run.start(script(code, folder))
    assert run.is_running
    heard.wait_until(lambda: heard.rows)
    assert steps(heard.rows) == [1]
    run.stop()
    assert heard.end() == RunEnd("stopped")
    assert steps(heard.rows) == [1, 2]
    assert heard.samples == [folder / "samples" / "2.png"]
    assert not run.is_running
    assert not (folder / "stop").exists()


def test_a_run_that_ends_by_itself(run: TrainingRun, heard: Listener, folder: Path) -> None:
    run.start(script("print('finished at step 3')", folder))
    assert heard.end() == RunEnd("finished", detail="finished at step 3")


def test_a_sample_is_told_once_it_is_whole(run: TrainingRun, heard: Listener, folder: Path) -> None:
    (folder / "samples").mkdir(parents=True)
    (folder / "samples" / "old.png").write_bytes(b"old")
    code = (
        "(folder / 'samples' / 'new.png').write_bytes(b'new')\n"
        f"{UNTIL_STOPPED}"
        "(folder / 'samples' / 'old.png').write_bytes(b'newer')\n"
    )
    run.start(script(code, folder))
    heard.wait_until(lambda: heard.samples)
    assert [path.name for path in heard.samples] == ["new.png"]
    run.stop()
    heard.end()
    assert [path.name for path in heard.samples] == ["new.png", "old.png"]


def test_the_sentence_of_a_failure(run: TrainingRun, heard: Listener, folder: Path) -> None:
    run.start(script("print('loading'); print('There are no photos.'); print('(in x)'); sys.exit(1)", folder))
    assert heard.end() == RunEnd("failed", "There are no photos.", "exit code 1\nloading\nThere are no photos.\n(in x)")


def test_the_command_lines_prefix_is_left_out(run: TrainingRun, heard: Listener, folder: Path) -> None:
    run.start(script("print('cnnstudio: Torch is missing.'); sys.exit(2)", folder))
    assert heard.end().message == "Torch is missing."


def test_a_crash(run: TrainingRun, heard: Listener, folder: Path) -> None:
    run.start(script("print('step 1', flush=True); os.abort()", folder))
    end = heard.end()
    assert (end.reason, end.message) == ("failed", "Training ended unexpectedly; perhaps memory ran out.")
    assert "step 1" in end.detail


def test_a_run_that_does_not_stop_is_killed_with_its_helpers(folder: Path, qtbot: QtBot) -> None:
    run = TrainingRun(folder, grace=0.2, poll_ms=5)
    heard = Listener(run, qtbot)
    code = (
        "import subprocess\n"
        "helper = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "(folder / 'pid').write_text(str(helper.pid))\n"
        "time.sleep(600)\n"
    )
    run.start(script(code, folder))
    heard.wait_until((folder / "pid").exists)
    heard.wait_until((folder / "pid").read_text)
    run.stop()
    run.stop()
    assert heard.end().reason == "killed"

    def helper_is_gone() -> bool:
        try:
            os.kill(int((folder / "pid").read_text()), 0)
        except ProcessLookupError:
            return True
        status = Path("/proc", (folder / "pid").read_text(), "stat")
        return status.exists() and status.read_text().split()[2] == "Z"  # nobody may be there to reap it

    heard.wait_until(helper_is_gone)


def test_a_stop_is_heard_by_a_run_that_first_clears_the_stop_file(
    run: TrainingRun, heard: Listener, folder: Path
) -> None:
    code = f"(folder / 'importing').touch()\n{UNTIL_STOPPED}(folder / 'stop').unlink()\n{UNTIL_STOPPED}"
    run.start(script(code, folder))
    heard.wait_until((folder / "importing").exists)
    run.stop()
    assert heard.end().reason == "stopped"


def test_a_resumed_run_takes_back_rows(run: TrainingRun, heard: Listener, folder: Path) -> None:
    folder.mkdir()
    (folder / "events.jsonl").write_text(row(1) + row(2) + row(3))
    code = f"{UNTIL_STOPPED}(folder / 'events.jsonl').write_text({(row(1) + row(2, loss=0.5))!r})\n"
    run.start(script(code, folder))
    heard.wait_until(lambda: heard.rows)
    assert steps(heard.rows) == [1, 2, 3]
    heard.rows.clear()
    run.stop()
    heard.end()
    assert heard.restarts >= 1
    assert steps(heard.rows)[-2:] == [1, 2]


def test_a_run_can_be_started_again(run: TrainingRun, heard: Listener, folder: Path) -> None:
    for _ in range(2):
        run.start(script(UNTIL_STOPPED, folder))
        with pytest.raises(RuntimeError):
            run.start(script("", folder))
        run.stop()
        assert heard.end().reason == "stopped"
        heard.ends.clear()


def test_what_cannot_be_started(run: TrainingRun, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="could not be started"):
        run.start([str(tmp_path / "no such program")])
    assert not run.is_running
    (tmp_path / "file").touch()
    with pytest.raises(UnwritableTarget, match="cannot be written"):
        TrainingRun(tmp_path / "file" / "run").start(["x"])


def test_a_tail_reads_each_row_once(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    tail = EventTail(path)
    assert tail.read_new() == (False, [])
    path.write_text(row(1) + row(2)[:4])
    assert [steps(rows) for _, rows in (tail.read_new(), tail.read_new())] == [[1], []]
    with path.open("a") as file:
        file.write(row(2)[4:] + "cut short by a ki\n" + row(3))
    new = tail.read_new()
    assert (new[0], steps(new[1])) == (False, [2, 3])


@pytest.mark.parametrize("rewritten", [row(1), row(1) + row(2, loss=0.5) + row(3) + row(4), ""])
def test_a_tail_notices_that_the_file_was_rewritten(tmp_path: Path, rewritten: str) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(row(1) + row(2) + row(3))
    tail = EventTail(path)
    tail.read_new()
    path.write_text(rewritten)
    restarted, rows = tail.read_new()
    assert restarted
    assert steps(rows) == [json.loads(line)["step"] for line in rewritten.splitlines()]
    assert tail.read_new() == (False, [])


def test_children_run_this_program_wherever_they_are_started(tmp_path: Path) -> None:
    for name in ("cnnstudio", "training"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__main__.py").write_text("print('a stranger')")
    command = training_command(["--help"])
    assert command[:4] == [sys.executable, "-P", "-m", "cnnstudio"]
    assert command[4:] == ["train", "--help"]
    done = subprocess.run(
        [*command[:4], "--version"], cwd=tmp_path, env=child_environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout == f"CNN Studio {__version__}\n"


def test_a_bundle_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert training_command(["gan", "photos"]) == [sys.executable, "train", "gan", "photos"]
