"""“Copy report” brings the doctor's words to the clipboard, and says so when there are none; a crash is told of."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cnnstudio.ui import main_window, report
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.report import ReportCopier

_WRITES = "import sys, pathlib; pathlib.Path(sys.argv[-1]).write_text('ok  all is well: ä', 'utf-8')"


def doctored(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Something quicker in the doctor's place; it is called with the same arguments."""
    monkeypatch.setattr(report, "own_command", lambda: [sys.executable, "-c", code])


@pytest.fixture
def copier(window: MainWindow) -> ReportCopier:
    return window.report_copier


def test_the_report_comes_to_the_clipboard(
    window: MainWindow, copier: ReportCopier, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctored(monkeypatch, _WRITES)
    told: list[str] = []
    copier.told.connect(told.append)
    window.commands["report"].trigger()
    window.commands["report"].trigger()  # asked again meanwhile, it is made once
    qtbot.waitUntil(lambda: len(told) == 2, timeout=30_000)
    assert QGuiApplication.clipboard().text() == "ok  all is well: ä"
    assert "clipboard" in told[1]


@pytest.mark.parametrize(
    "code", ["import sys; sys.exit('it broke')", "import os; os.abort()"], ids=["fails", "crashes"]
)
def test_a_report_that_is_not_made_is_told(
    window: MainWindow, copier: ReportCopier, code: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctored(monkeypatch, code)
    QGuiApplication.clipboard().setText("before")
    with qtbot.waitSignal(copier.failed, timeout=30_000) as failed:
        window.commands["report"].trigger()
    assert failed.args[0] == "The report could not be made."
    assert QGuiApplication.clipboard().text() == "before"
    assert any("could not be made" in label.text() for label in window.notices.findChildren(QLabel))


def test_a_program_that_cannot_be_started_is_told(
    copier: ReportCopier, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "own_command", lambda: ["/nowhere/cnnstudio"])
    with qtbot.waitSignal(copier.failed, timeout=30_000) as failed:
        copier.copy()
    assert failed.args[1] == "/nowhere/cnnstudio"


def test_closing_meanwhile_ends_the_process(copier: ReportCopier, monkeypatch: pytest.MonkeyPatch) -> None:
    doctored(monkeypatch, "import time; time.sleep(600)")
    copier.copy()
    process = copier._process
    assert process is not None
    assert process.waitForStarted()
    copier.end()
    assert process.processId() == 0
    copier.end()


@pytest.mark.parametrize("opens", [True, False])
def test_the_log_folder_is_made_and_opened_or_named(
    opens: bool, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data" / "logs"
    asked: list[str] = []
    monkeypatch.setattr(main_window, "log_folder", lambda: folder)
    monkeypatch.setattr(
        QDesktopServices,
        "openUrl",
        lambda url: asked.append(url.toLocalFile()) or opens,  # type: ignore[func-returns-value]
    )
    window.commands["logs"].trigger()
    assert folder.is_dir()
    assert asked == [str(folder)]
    told = [label.text() for label in window.notices.findChildren(QLabel) if str(folder) in label.text()]
    assert bool(told) is not opens


def test_a_crash_of_the_last_time_is_told_with_its_place(window: MainWindow) -> None:
    window.tell_of_crash(Path("/home/someone/crash-2026-01-02.txt"))
    said = [label.text() for label in window.notices.findChildren(QLabel)]
    assert any("ended unexpectedly" in text and "crash-2026-01-02.txt" in text for text in said)
