"""The doctor: what it says of a sound installation, of damaged models, closed folders and a repair gone wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnnstudio.__main__ import main
from cnnstudio.cli import doctor
from cnnstudio.cli.doctor import Check
from cnnstudio.engine.repair import Repairer
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import RepairResult
from cnnstudio.ui import probe

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this person's folder is; and no other process is started for the window."""
    monkeypatch.setattr(doctor, "user_data_dir", lambda: tmp_path / "data")
    monkeypatch.setattr(doctor, "log_folder", lambda: tmp_path / "data" / "logs")
    monkeypatch.setattr(doctor, "crash_reports", list)
    monkeypatch.setattr(doctor, "_window", lambda: Check("window", "ok", "not asked"))
    return tmp_path


class Painter(Repairer):
    """Repairs by a rule in place of a network."""

    def __init__(self, rect: Rect, value: int) -> None:
        self._rect, self._value = rect, value

    def repair(self, pixels: np.ndarray, mask: np.ndarray) -> RepairResult:  # type: ignore[override]
        piece = np.full((self._rect.h, self._rect.w, 3), self._value, np.uint8)
        return RepairResult(pieces=((self._rect, piece),), seconds=0.0, device="a test")


def of(name: str, checks: list[Check]) -> Check:
    return next(check for check in checks if check.name == name)


def test_a_sound_installation_has_nothing_bad(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    checks = [Check(**row) for row in json.loads(capsys.readouterr().out)]
    assert {check.state for check in checks} <= {"ok", "note"}
    assert of("model pyramid", checks).said.startswith("whole")
    assert "torch 2" in of("libraries", checks).said
    assert of("self-repair", checks).state == "ok"
    missed = float(of("self-repair", checks).said.split()[2])
    assert missed < 1, "the network misses a smooth gradient by more than it should"


def test_a_damaged_model_is_bad_and_named(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights = models / "pyramid.safetensors"
    weights.write_bytes(weights.read_bytes() + b"!")
    assert main(["doctor", "--json"]) == 1
    checks = [Check(**row) for row in json.loads(capsys.readouterr().out)]
    assert of("model pyramid", checks).state == "bad"
    assert "damaged" in of("model pyramid", checks).said
    assert of("model dcgan", checks).state == "ok"
    assert of("self-repair", checks).state == "bad"


def test_no_models_at_all_is_bad(models: Path) -> None:
    for file in models.iterdir():
        file.unlink()
    assert [check.state for check in doctor._models()] == ["bad"]


def test_a_folder_that_cannot_be_made_is_bad(home: Path) -> None:
    (home / "data").write_text("a file in the way")
    assert [check.state for check in doctor._folders()] == ["bad", "bad", "ok"]


def test_little_disk_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _path: type("Usage", (), {"free": 1e9})())
    assert doctor._disk().state == "note"


@pytest.mark.parametrize(
    ("rect", "value", "said"),
    [(Rect(0, 50, 8, 8), 7, "not marked"), (Rect(0, 0, 1, 1), 255, "missed by")],
    ids=["beside the mask", "nothing repaired"],
)
def test_a_repair_gone_wrong_is_seen(rect: Rect, value: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Repairer, "load", lambda _card: Painter(rect, value))
    check = doctor._repair_something()
    assert check.state == "bad"
    assert said in check.said


def test_a_defect_is_told_and_does_not_end_the_report() -> None:
    def fails() -> Check:
        raise RuntimeError("no kernel")

    assert doctor._tried("self-repair", fails) == Check("self-repair", "bad", "failed: RuntimeError: no kernel")


def test_the_report_goes_into_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: iter([Check("window", "bad", "no screen"), Check("a", "ok", "b")]))
    target = tmp_path / "report.txt"
    assert main(["doctor", "-o", str(target)]) == 1
    assert target.read_text("utf-8").splitlines() == ["bad   window         no screen", "ok    a              b"]
    assert main(["doctor", "-o", str(tmp_path / "nowhere" / "report.txt")]) == 5


def test_the_window_is_asked_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    check = doctor._window()
    assert check.state == "ok"
    assert "offscreen" in check.said


def test_a_qt_that_ends_the_process_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("QT_QPA_PLATFORM", "there-is-none")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("DISPLAY", ":0")
    check = doctor._window()
    assert check.state == "bad"
    assert check.said == "cannot be opened: Qt does not start; “cnnstudio doctor --debug” says why"
    assert "there-is-none" in check.detail


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a display")
@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("qt.qpa.xcb: could not connect to display", "there is no display"),
        ("ModuleNotFoundError: No module named 'PySide6'", "its packages are not installed"),
    ],
)
def test_a_window_that_is_not_wanted_here_is_a_note(said: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert doctor._no_window(said) == Check("window", "note", f"cannot be opened: {sentence}", said)


def test_a_program_that_does_not_start_once_more_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(doctor, "own_command", lambda: ["/nowhere/cnnstudio"])
    check = doctor._window()
    assert check.state == "bad"
    assert "/nowhere/cnnstudio" in check.detail


def test_what_libraries_say_is_quoted_where_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: iter([Check("window", "bad", "no screen", "at length\nand more")]))
    target = tmp_path / "report.txt"
    for more, quoted in (([], False), (["--debug"], True), (["--json"], True)):
        assert main(["doctor", *more]) == 1
        assert ("at length" in capsys.readouterr().out) is quoted
        assert main(["doctor", *more, "-o", str(target)]) == 1
        assert ("at length" in target.read_text("utf-8")) is quoted


def test_the_probe_says_what_qt_is(capsys: pytest.CaptureFixture[str]) -> None:
    code = f"import sys; from {probe.__name__} import probe; sys.exit(probe())"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["svg"] is True
    assert told["platform"] == "offscreen"
    assert told["screens"]
