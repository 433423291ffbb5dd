"""Evidence is exported from the window: complete, beside other work, and nothing is left of what was given up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from cnnstudio.cards import file_sha256
from cnnstudio.imaging import selection
from cnnstudio.imaging.codecs import read_photo
from cnnstudio.imaging.geometry import Rect
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.main_window import MainWindow

HOLE = Rect(40, 50, 30, 20)


@pytest.fixture
def repaired(window: MainWindow, photo: Path, qtbot: QtBot) -> Editor:
    """A photo in the window, with one repair that has been checked."""
    window.workspace.open([photo])
    qtbot.waitUntil(lambda: window._editor is not None)
    editor = window._editor
    assert editor
    assert not window.commands["evidence"].isEnabled()
    editor.apply(selection.rectangle(editor.document.mask, HOLE))
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: bool(editor.document.layers) and editor.document.layers[0].check is not None)
    return editor


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path | None], list[str]]:
    """What the person answers to where the evidence is to go; returns what was suggested."""

    def set_answer(path: Path | None) -> list[str]:
        asked: list[str] = []

        def ask(_parent: object, _title: str, suggestion: str, *_: object) -> tuple[str, str]:
            asked.append(suggestion)
            return str(path or ""), ""

        monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
        return asked

    return set_answer


def test_the_folder_holds_everything(
    window: MainWindow, repaired: Editor, photo: Path, answer: Callable[..., list[str]], tmp_path: Path, qtbot: QtBot
):
    (tmp_path / "old photo ä-evidence").mkdir()
    window._settings.last_folder = str(tmp_path)
    asked = answer(tmp_path / "proof")
    window.commands["evidence"].trigger()
    assert asked == [str(tmp_path / "old photo ä-evidence-2")]
    qtbot.waitUntil(lambda: str(tmp_path / "proof") in window.status.hint)
    proof = tmp_path / "proof"
    recipe = json.loads((proof / "recipe.json").read_text("utf-8"))
    assert sorted(recipe["files"]) == ["changes.png", "mask.png", "original.png", "recipe.txt", "result.png"]
    for name, facts in recipe["files"].items():
        assert facts["sha256"] == file_sha256(proof / name)
    assert (proof / "original.png").read_bytes() == photo.read_bytes()
    assert np.array_equal(read_photo(proof / "result.png").pixels, np.asarray(repaired.document.view))
    mask = read_photo(proof / "mask.png").pixels[..., 0]
    assert np.count_nonzero(mask) == (mask[HOLE.slices] == 255).sum() == HOLE.area
    (repair,) = recipe["repairs"]
    assert (repair["name"], repair["regions"]) == ("Repair 1", [[40, 50, 30, 20]])
    assert repair["model"]["sha256"] == repaired.document.layers[0].origin.sha256  # type: ignore[union-attr]
    assert repair["options"]["texture"] == 0.6
    assert repair["check"]["verdict"] == "good"


def test_only_what_shows_is_evidence_and_the_original_is_what_was_opened(
    window: MainWindow, repaired: Editor, photo: Path, answer: Callable[..., list[str]], tmp_path: Path, qtbot: QtBot
):
    before = photo.read_bytes()
    window.workspace.save(window.workspace.photos[0], photo, overwrite=True)
    qtbot.waitUntil(lambda: photo.read_bytes() != before)
    answer(tmp_path / "proof")
    window.commands["evidence"].trigger()
    qtbot.waitUntil((tmp_path / "proof").exists)
    assert (tmp_path / "proof" / "original.png").read_bytes() == before
    repaired.applied(repaired.document.set_visible(repaired.document.layers[0].id, False))
    assert not window.commands["evidence"].isEnabled()


def test_a_folder_that_is_taken_is_said(
    window: MainWindow, repaired: Editor, answer: Callable[..., list[str]], tmp_path: Path, qtbot: QtBot
):
    (tmp_path / "proof").mkdir()
    (tmp_path / "proof" / "mine.txt").write_text("x")
    answer(tmp_path / "proof")
    with qtbot.waitSignal(window.proving.failed) as told:
        window.commands["evidence"].trigger()
    assert "exists already" in told.args[0].message
    assert [path.name for path in (tmp_path / "proof").iterdir()] == ["mine.txt"]


def test_esc_gives_it_up(
    window: MainWindow, repaired: Editor, answer: Callable[..., list[str]], tmp_path: Path, qtbot: QtBot
):
    answer(tmp_path / "proof")
    window.commands["evidence"].trigger()
    window.commands["cancel"].trigger()
    qtbot.waitUntil(lambda: window.proving._errand is None)
    assert not (tmp_path / "proof").exists()
    answer(None)
    window.commands["evidence"].trigger()
    assert window.proving._errand is None
