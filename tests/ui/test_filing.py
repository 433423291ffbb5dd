"""The File menu: what is asked, and what comes of the answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from cnnstudio.imaging import selection
from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import View
from cnnstudio.imaging.photo import Photo
from cnnstudio.ui.bridge import image_pixels
from cnnstudio.ui.dialogs.export import ExportDialog
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.main_window import MainWindow

Choose = Callable[[str, Path | None], list[str]]


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Choose:
    """Answers a file dialog: ``choose("getOpenFileName", path)``; None gives up. Returns what was suggested to it."""

    def answer(method: str, path: Path | None) -> list[str]:
        offered: list[str] = []

        def ask(_: object, __: str, where: str, *___: object) -> object:
            offered.append(where)
            text = str(path) if path else ""
            match method:
                case "getOpenFileNames":
                    return [text] if text else [], ""
                case "getExistingDirectory":
                    return text
            return text, ""

        monkeypatch.setattr(QFileDialog, method, ask)
        return offered

    return answer


@pytest.fixture
def opened(window: MainWindow, photo: Path, qtbot: QtBot) -> Editor:
    window.workspace.open([photo])
    qtbot.waitUntil(lambda: window.canvas.editor is not None)
    assert window.canvas.editor
    return window.canvas.editor


def repaired(window: MainWindow, editor: Editor, qtbot: QtBot) -> np.ndarray:
    editor.apply(selection.rectangle(editor.document.mask, Rect(20, 20, 30, 10)))
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: bool(editor.document.layers))
    return np.asarray(editor.document.view)


def press(monkeypatch: pytest.MonkeyPatch, words: str) -> list[str]:
    """Answers the next question by the button with these words; returns what is asked."""
    asked: list[str] = []

    def answered(box: QMessageBox) -> int:
        asked.append(box.text())
        button = next(one for one in box.buttons() if one.text().replace("&", "") == words)
        monkeypatch.setattr(QMessageBox, "clickedButton", lambda _: button)
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answered)
    return asked


def test_opening_a_file_remembers_its_folder(window: MainWindow, photo: Path, qtbot: QtBot, choose: Choose):
    choose("getOpenFileNames", photo)
    window.commands["open"].trigger()
    qtbot.waitUntil(lambda: window.canvas.editor is not None)
    offered = choose("getOpenFileNames", None)
    window.commands["open"].trigger()
    assert offered == [str(photo.parent)]
    assert len(window.workspace.photos) == 1


def test_opening_a_folder(window: MainWindow, photo: Path, qtbot: QtBot, choose: Choose):
    write_photo(photo.with_name("another.png"), Photo(np.zeros((20, 20, 3), np.uint8)))
    choose("getExistingDirectory", photo.parent)
    window.commands["open-folder"].trigger()
    qtbot.waitUntil(lambda: window.canvas.editor is not None)
    assert [one.name for one in window.workspace.photos] == ["another.png", photo.name]


def test_the_sample_comes_marked_and_belongs_to_no_file(window: MainWindow, qtbot: QtBot):
    window.commands["sample"].trigger()
    qtbot.waitUntil(lambda: window.canvas.editor is not None and window.canvas.editor.has_mask)
    assert window.canvas.editor.path is None


def test_saving_over_the_original_is_asked_once(
    window: MainWindow, opened: Editor, photo: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    before, expected = photo.read_bytes(), repaired(window, opened, qtbot)
    asked = press(monkeypatch, "Cancel")
    window.commands["save"].trigger()
    assert asked == [f"Replace the original “{photo.name}”?"]
    assert photo.read_bytes() == before
    press(monkeypatch, "Replace")
    window.commands["save"].trigger()
    qtbot.waitUntil(lambda: not window.isWindowModified())
    assert np.array_equal(read_photo(photo).pixels, expected)
    opened.undo()
    asked = press(monkeypatch, "Replace")
    with qtbot.waitSignal(window.workspace.saved):
        window.commands["save"].trigger()
    assert not asked


def test_saving_beside_the_original_goes_through_save_as(
    window: MainWindow, opened: Editor, photo: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    before, expected = photo.read_bytes(), repaired(window, opened, qtbot)
    monkeypatch.setattr(ExportDialog, "exec", lambda _: 1)
    press(monkeypatch, "Save as…")
    with qtbot.waitSignal(window.workspace.saved) as saved:
        window.commands["save"].trigger()
    assert saved.args[1] == photo.with_name(f"{photo.stem}-repaired.png")
    assert np.array_equal(read_photo(saved.args[1]).pixels, expected)
    assert photo.read_bytes() == before


def test_a_session_is_saved_and_opened_again(
    window: MainWindow, opened: Editor, tmp_path: Path, qtbot: QtBot, choose: Choose
):
    expected = repaired(window, opened, qtbot)
    offered = choose("getSaveFileName", tmp_path / "work")
    window.commands["save-session"].trigger()
    assert offered[0].endswith(".cnnsession")
    qtbot.waitUntil(lambda: any("session has been saved" in text for text in window.notices.texts))
    window.notices.clear()
    window.commands["close"].trigger()  # nothing is asked: the work is in the session
    assert window.canvas.editor is None
    choose("getOpenFileName", tmp_path / "work.cnnsession")
    window.commands["open-session"].trigger()
    qtbot.waitUntil(lambda: window.canvas.editor is not None)
    assert np.array_equal(np.asarray(window.canvas.editor.document.view), expected)


def test_a_mask_goes_out_and_comes_back(
    window: MainWindow, opened: Editor, tmp_path: Path, qtbot: QtBot, choose: Choose
):
    opened.apply(selection.rectangle(opened.document.mask, Rect(20, 20, 30, 10)))
    marked = np.asarray(opened.document.mask).copy()
    choose("getSaveFileName", tmp_path / "mask")
    window.commands["export-mask"].trigger()
    qtbot.waitUntil(lambda: bool(window.notices.texts))
    assert window.notices.texts == ["The mask has been saved as “mask.png”."]
    window.notices.clear()
    window.commands["clear"].trigger()
    qtbot.waitUntil(lambda: not opened.has_mask)
    choose("getOpenFileName", tmp_path / "mask.png")
    window.commands["import-mask"].trigger()
    qtbot.waitUntil(lambda: opened.has_mask)
    assert np.array_equal(np.asarray(opened.document.mask), marked)


def test_a_mask_that_does_not_fit_says_so(
    window: MainWindow, opened: Editor, tmp_path: Path, qtbot: QtBot, choose: Choose
):
    write_photo(tmp_path / "small.png", Photo(np.full((20, 20, 1), 255, np.uint8)))
    choose("getOpenFileName", tmp_path / "small.png")
    window.commands["import-mask"].trigger()
    qtbot.waitUntil(lambda: bool(window.notices.texts))
    assert window.notices.texts[0].startswith("The mask “small.png” has 20 × 20 pixels")
    window.notices.clear()


def test_the_repaired_photo_is_copied(window: MainWindow, opened: Editor, qtbot: QtBot):
    expected = repaired(window, opened, qtbot)
    QGuiApplication.clipboard().clear()
    window.commands["copy"].trigger()
    qtbot.waitUntil(lambda: not QGuiApplication.clipboard().image().isNull())
    assert np.array_equal(image_pixels(QGuiApplication.clipboard().image())[..., :3], expected)


@pytest.mark.parametrize("command", ["copy", "changes"])
def test_too_little_memory_is_told(
    window: MainWindow, opened: Editor, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, command: str,
    caplog: pytest.LogCaptureFixture,
):  # fmt: skip
    def fail(_: View) -> None:
        raise MemoryError

    for work in ("to_array", "changes"):
        monkeypatch.setattr(View, work, fail)
    window.commands[command].trigger()
    qtbot.waitUntil(lambda: bool(window.notices.texts))
    assert window.notices.texts == ["There is not enough memory for this."]
    window.notices.clear()
    caplog.clear()


def test_a_disk_that_fails_is_told_and_nothing_is_lost(
    window: MainWindow, opened: Editor, tmp_path: Path, qtbot: QtBot
):
    repaired(window, opened, qtbot)
    assert window.workspace.current
    window.workspace.save(window.workspace.current, tmp_path / "no such folder" / "a.png")
    qtbot.waitUntil(lambda: bool(window.notices.texts))
    assert "no such folder" in window.notices.texts[0]
    assert window.isWindowModified()
    window.notices.clear()
