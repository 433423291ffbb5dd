"""What the program writes down about itself: the log that turns over, and reports of crashes."""

from __future__ import annotations

import errno
import io
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cnnstudio import logs
from cnnstudio.logs import CrashWatch, crash_reports, file_handler

ROOT = Path(__file__).resolve().parents[1]
HEADER_LINES = 2


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(logs, "user_data_dir", lambda: tmp_path)
    return tmp_path / "logs"


def run(code: str, home: Path) -> int:
    """A process that watches and then does something; returns how it ended."""
    begin = "from cnnstudio.logs import CrashWatch; watch = CrashWatch(); watch.begin()\n"
    done = subprocess.run(
        [sys.executable, "-c", begin + code], capture_output=True, check=False,
        env={**os.environ, "XDG_DATA_HOME": str(home), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return done.returncode


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of processes and of this one alike."""
    monkeypatch.setattr(logs, "user_data_dir", lambda: tmp_path / "cnnstudio")
    return tmp_path


def test_the_log_turns_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_LOG_BYTES", 1000)
    handler = file_handler("studio.log")
    for number in range(100):
        handler.handle(logging.LogRecord("test", logging.INFO, "", 0, f"line {number}", None, None))
    handler.close()
    files = sorted(path.name for path in folder.iterdir())
    assert files == ["studio.log", "studio.log.1", "studio.log.2"]
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 3000
    assert "line 99" in (folder / "studio.log").read_text("utf-8")


def test_a_log_that_cannot_be_written_stops_nobody(folder: Path) -> None:
    folder.write_text("a file in the way")
    assert isinstance(file_handler("studio.log"), logging.NullHandler)
    watch = CrashWatch()
    assert watch.begin() is None
    watch.note("nothing")
    watch.end()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk here that is always full")
def test_a_log_on_a_full_disk_stops_nobody(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder.mkdir()
    (folder / "studio.log").symlink_to("/dev/full")
    handler = file_handler("studio.log")
    handler.handle(logging.LogRecord("test", logging.ERROR, "", 0, "no room for this", None, None))
    handler.close()
    assert capsys.readouterr().err == ""


def test_a_program_whose_disk_is_full_at_its_end_ends_well(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = CrashWatch()
    watch.begin()
    (running,) = folder.iterdir()

    class Full(io.StringIO):
        name = str(running)

        def close(self) -> None:
            super().close()
            raise OSError(errno.ENOSPC, "No space left on device")

    assert watch._file
    watch._file.close()
    monkeypatch.setattr(watch, "_file", Full())
    watch.end()
    assert not running.exists()


def test_a_clean_end_leaves_nothing(home: Path) -> None:
    assert run("watch.end()", home) == 0
    assert not list(logs.log_folder().iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_a_fault_of_native_code_is_told_once_with_what_was_going_on(home: Path) -> None:
    code = "import ctypes\ndef the_culprit(): ctypes.string_at(0)\nthe_culprit()"
    assert run(code, home) == -signal.SIGSEGV
    watch = CrashWatch()
    report = watch.begin()
    watch.end()
    assert report is not None
    assert report.name.startswith("crash-")
    text = report.read_text("utf-8")
    assert text.startswith("CNN Studio ")
    assert "Segmentation fault" in text
    assert "the_culprit" in text
    assert crash_reports() == [report]
    again = CrashWatch()
    assert again.begin() is None
    again.end()


def test_what_nobody_caught_is_in_the_report(home: Path) -> None:
    assert run("import os\nwatch.note('Traceback: it broke\\n')\nos._exit(3)", home) == 3
    watch = CrashWatch()
    report = watch.begin()
    watch.end()
    assert report is not None
    assert "it broke" in report.read_text("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_being_ended_from_outside_is_no_crash(home: Path) -> None:
    assert run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", home) == -signal.SIGKILL
    watch = CrashWatch()
    assert watch.begin() is None
    watch.end()
    assert not list(logs.log_folder().iterdir())


def test_a_program_that_still_runs_is_left_alone(folder: Path) -> None:
    first = CrashWatch()
    first.begin()
    first.note("something odd\n")
    running = next(folder.glob("running-*"))
    other = running.rename(folder / "running-1.txt")
    second = CrashWatch()
    assert second.begin() is None
    assert other.exists()
    second.end()
    other.rename(running)
    first.end()
    assert not list(folder.iterdir())


def test_only_the_newest_reports_are_kept(folder: Path) -> None:
    folder.mkdir(parents=True)
    for day in range(1, 16):
        (folder / f"crash-2026-01-{day:02}-120000.txt").write_text("old")
    watch = CrashWatch()
    watch.begin()
    watch.end()
    assert [path.name[14:16] for path in crash_reports()] == [f"{day:02}" for day in range(15, 5, -1)]
