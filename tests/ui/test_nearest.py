"""The training picture nearest to a generated one: asked for, looked for by a script in training's place, and shown."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.cards import ModelCard
from cnnstudio.jobs import Latent
from cnnstudio.runtime import nearest_run
from cnnstudio.runtime.nearest_run import VERDICTS, Likeness
from cnnstudio.runtime.training_run import training_command
from cnnstudio.ui import nearest
from cnnstudio.ui.dialogs.nearest import NearestDialog, TrainingFolderDialog
from cnnstudio.ui.generation import Picture, Recipe
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.nearest import Nearest, NearestSearch, middle_square
from cnnstudio.ui.panels.generate import GeneratePanel
from cnnstudio.ui.panels.nearest import NearestBox
from cnnstudio.ui.settings import Settings
from tests.runtime.recorder import PATIENCE_MS

CARD = ModelCard("dcgan", "DCGAN", "Makes small pictures.", "generate", "dcgan", {}, "1", "MIT", {}, {}, {}, "0")
PICTURE = Picture(np.full((8, 8, 3), 90, np.uint8), Latent(5), Recipe(CARD))
GOES_ON = "import time; time.sleep(600)"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary files go; none may stay."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.glob("cnnstudio-*")) == []  # torch makes a folder of its own


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos ä"
    folder.mkdir()
    Image.fromarray(np.full((30, 50, 3), (200, 90, 20), np.uint8)).save(folder / "a.png")
    return folder


def played(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """A script in the command's place; it finds its folder in ``folder`` and the training pictures in ``among``."""
    start = "import json, pathlib, sys\nfolder, among = pathlib.Path(sys.argv[-1]), pathlib.Path(sys.argv[4])\n"
    monkeypatch.setattr(nearest_run, "training_command", lambda words: [sys.executable, "-c", start + code, *words])


def answering(name: str = "a.png") -> str:
    """Code that finds that file."""
    answer = {"nearest": "", "distance": 4.0, "times": 0.25, "verdict": "copy"}
    return (
        "assert (folder / 'made.png').stat().st_size\n"
        f"answer = {answer!r} | {{'nearest': str(among / {name!r})}}\n"
        "row = json.dumps({'kind': 'nearest', 'done': 1, 'of': 123})\n"
        "(folder / 'events.jsonl').write_text(row + '\\n')\n"
        "(folder / 'nearest.json').write_text(json.dumps([answer]))\n"
    )


@pytest.fixture
def search(lanes: Lanes) -> Iterator[NearestSearch]:
    search = NearestSearch(lanes)
    yield search
    search.end()


# --- the search ---


def test_the_nearest_is_found_and_read(
    search: NearestSearch, photos: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(monkeypatch, answering())
    told: list[tuple[int, int]] = []
    search.progressed.connect(lambda done, of: told.append((done, of)))
    with qtbot.waitSignal(search.found, timeout=PATIENCE_MS) as found:
        search.find(PICTURE, photos)
        assert search.busy
    (what,) = found.args
    assert what.made is PICTURE
    assert what.likeness == Likeness(photos / "a.png", 4.0, 0.25, "copy")
    assert what.pixels.shape == (30, 30, 3)
    assert tuple(what.pixels[0, 0]) == (200, 90, 20)
    assert told == [(1, 123)]
    assert not search.busy


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("sys.exit('There is no folder or file “x”.')", "The folder “{folder}” is not there any more."),
        ("sys.exit('No images were found in x.')", "There are no pictures in the folder “{folder}”."),
        ("sys.exit('None of the 3 training pictures can be read.')",
         "None of the pictures in the folder “{folder}” can be read."),
        ("sys.exit('cnnstudio: Training needs more packages than repairing: pip …')",
         "Comparing needs packages that are not there: pip install 'cnnstudio[train]' adds them."),
        ("sys.exit('There is not enough space on the disk to save “nearest.json”.')",
         "There is not enough space on the disk to save “nearest.json”."),
        ("sys.exit('Something went wrong inside CNN Studio (X); details are in y.')",
         "Something went wrong while the pictures were compared."),
        ("import os; os.kill(os.getpid(), 9)",
         "The comparison ended unexpectedly; perhaps memory or room on the disk ran out."),
        (answering("gone.png"), "“gone.png” does not exist."),
    ],
    ids=["no folder", "no pictures", "unreadable", "no packages", "disk full", "defect", "killed", "gone meanwhile"],
)  # fmt: skip
def test_a_failure_is_one_sentence(
    code: str, sentence: str, search: NearestSearch, photos: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(monkeypatch, code)
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    with qtbot.waitSignal(search.failed, timeout=PATIENCE_MS) as failed:
        search.find(PICTURE, photos)
    assert failed.args[0].message == sentence.format(folder=photos)
    assert not search.busy


def test_no_room_for_the_picture(
    search: NearestSearch, photos: Path, temporary: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> list[Path]:
        raise nearest.UnwritableTarget(f"There is not enough space on the disk to save “{path.name}”.")

    monkeypatch.setattr(nearest, "write_picture", refuse)
    with qtbot.waitSignal(search.failed, timeout=PATIENCE_MS) as failed:
        search.find(PICTURE, photos)
    assert failed.args[0].message == "There is not enough space on the disk to save “made.png”."
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "gone"))
    with qtbot.waitSignal(search.failed, timeout=PATIENCE_MS) as failed:
        search.find(PICTURE, photos)
    assert failed.args[0].message == f"The folder “{temporary / 'gone'}” cannot be written."
    assert not search.busy


@pytest.mark.parametrize("when", ["before it is written", "while it runs", "while the answer is read"])
def test_one_that_is_given_up_says_nothing(
    when: str, search: NearestSearch, photos: Path, temporary: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    search.found.connect(told.append)
    search.failed.connect(told.append)
    played(monkeypatch, answering() if when == "while the answer is read" else GOES_ON)
    search.find(PICTURE, photos)
    assert search._run is not None
    search._run.found.connect(search.cancel)
    if when == "while it runs":
        qtbot.waitUntil(lambda: search._errand is None, timeout=PATIENCE_MS)
        assert search._run._process.waitForStarted()
    elif when == "while the answer is read":
        qtbot.waitUntil(lambda: not search.busy, timeout=PATIENCE_MS)
    search.cancel()
    assert not search.busy
    qtbot.waitUntil(lambda: not list(temporary.glob("cnnstudio-*")), timeout=PATIENCE_MS)
    assert told == []


def test_another_takes_its_place(
    search: NearestSearch, photos: Path, temporary: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(monkeypatch, GOES_ON)
    search.find(PICTURE, photos)
    qtbot.waitUntil(lambda: search._errand is None, timeout=PATIENCE_MS)
    played(monkeypatch, answering())
    other = replace(PICTURE, latent=Latent(6))
    with qtbot.waitSignal(search.found, timeout=PATIENCE_MS) as found:
        search.find(other, photos)
    assert found.args[0].made is other
    qtbot.waitUntil(lambda: not list(temporary.glob("cnnstudio-*")), timeout=PATIENCE_MS)


def test_no_process_outlives_the_window(
    search: NearestSearch, photos: Path, temporary: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(monkeypatch, GOES_ON)
    search.find(PICTURE, photos)
    qtbot.waitUntil(lambda: search._errand is None, timeout=PATIENCE_MS)
    assert search._run is not None
    process = search._run._process
    assert process.waitForStarted()
    search.end()
    assert process.processId() == 0
    assert not search.busy


def test_the_real_command_answers(
    search: NearestSearch, photos: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    made = cv2.resize(np.random.default_rng(0).integers(0, 256, (6, 6, 3), np.uint8), (64, 64))
    Image.fromarray(made).save(photos / "b.png")
    with qtbot.waitSignal(search.found, timeout=10 * PATIENCE_MS) as found:
        search.find(replace(PICTURE, pixels=made), photos)
    assert found.args[0].likeness.file == photos / "b.png"
    assert found.args[0].likeness.verdict == "unknown"
    assert nearest_run.training_command is training_command


def test_the_middle_square() -> None:
    pixels = np.arange(2 * 5).reshape(2, 5, 1)
    assert middle_square(pixels)[..., 0].tolist() == [[1, 2], [6, 7]]
    assert middle_square(pixels.transpose(1, 0, 2))[..., 0].tolist() == [[1, 6], [2, 7]]


# --- the dialogs ---


def button(dialog: TrainingFolderDialog | NearestDialog, name: str) -> QPushButton:
    return next(one for one in dialog.findChildren(QPushButton) if one.text().replace("&", "") == name)


@pytest.fixture
def ask(qtbot: QtBot) -> Callable[[str], TrainingFolderDialog]:
    def make(folder: str) -> TrainingFolderDialog:
        dialog = TrainingFolderDialog("Flowers <b>", folder)
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.open()
        return dialog

    return make


def test_a_folder_is_asked_for_and_remembered_ones_need_one_key(
    ask: Callable[[str], TrainingFolderDialog], photos: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = ask("")
    compare = button(dialog, "Compare")
    assert not compare.isEnabled()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    button(dialog, "Choose…").click()
    assert not compare.isEnabled()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(photos))
    button(dialog, "Choose…").click()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        compare.click()
    assert chosen.args == [photos]
    again = ask(str(photos))
    with qtbot.waitSignal(again.chosen) as chosen:
        qtbot.keyClick(again, Qt.Key.Key_Return)
    assert chosen.args == [photos]
    assert not again.isVisible()


@pytest.mark.parametrize("wrong", ["gone", "file", "x" * 5000, "nul\0l"])
def test_a_folder_that_is_none(
    wrong: str, ask: Callable[[str], TrainingFolderDialog], tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "file").touch()
    dialog = ask(str(tmp_path / wrong))
    told: list[object] = []
    dialog.chosen.connect(told.append)
    button(dialog, "Compare").click()
    assert dialog.isVisible()
    assert dialog.problem == "There is no such folder."
    dialog.findChild(QLineEdit).setText(str(tmp_path))
    assert dialog.problem == ""
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert told == []


def likeness(verdict: str) -> Likeness:
    times = {"copy": 0.21, "near": 0.65, "new": 1.03, "unknown": None}[verdict]
    return Likeness(Path("/photos/1.png"), 10 * (times or 1), times, verdict)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_window_says_what_the_command_says(verdict: str, qtbot: QtBot) -> None:
    pytest.importorskip("torch")
    from training.nearest import Neighbour

    one = likeness(verdict)
    said = Neighbour(Path("made.png"), one.file, one.distance, 10.0 if one.times else 0.0)
    assert said.verdict == verdict
    dialog = NearestDialog(Nearest(PICTURE, np.zeros((9, 9, 3), np.uint8), one))
    qtbot.addWidget(dialog)
    assert dialog.text == said.sentence


@pytest.mark.parametrize("opens", [True, False])
def test_the_folder_is_opened_or_named(opens: bool, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        QDesktopServices,
        "openUrl",
        lambda url: asked.append(url.toLocalFile()) or opens,  # type: ignore[func-returns-value]
    )
    dialog = NearestDialog(Nearest(PICTURE, np.zeros((9, 9, 4), np.uint16), likeness("new")))
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    button(dialog, "Open its folder").click()
    assert asked == ["/photos"]
    assert dialog._problem.isVisible() is not opens
    assert ("/photos" in dialog._problem.text()) is not opens
    dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close).click()
    assert not dialog.isVisible()


# --- in the panel ---


@pytest.fixture
def box(lanes: Lanes, settings: Settings, qtbot: QtBot) -> Iterator[NearestBox]:
    box = NearestBox(lanes, settings)
    qtbot.addWidget(box)
    box.show_picture(PICTURE)
    with qtbot.waitExposed(box):
        box.show()
    yield box
    box._search.end()


def answer(box: NearestBox, folder: Path) -> str:
    """Presses the button and answers with a folder; returns what stood in the field."""
    box._button.click()
    dialog = box.findChild(TrainingFolderDialog)
    assert dialog is not None
    field = dialog.findChild(QLineEdit)
    before = field.text()
    field.setText(str(folder))
    button(dialog, "Compare").click()
    QCoreApplication.sendPostedEvents(None, 52)  # DeferredDelete
    return before


def test_from_the_button_to_the_answer(
    box: NearestBox, settings: Settings, photos: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(monkeypatch, answering())
    box._button.setFocus()
    assert answer(box, photos) == ""
    assert box.busy
    assert box._action.is_busy
    qtbot.waitUntil(lambda: box.findChild(NearestDialog) is not None, timeout=PATIENCE_MS)
    assert not box.busy
    assert box._busy.text.text() == "Compared with 1 of 123 training pictures"
    dialog = box.findChild(NearestDialog)
    assert not dialog.isModal()
    dialog.close()
    assert answer(box, photos) == str(photos)
    box.cancel()
    box.show_picture(replace(PICTURE, recipe=Recipe(replace(CARD, id="flowers"))))
    assert answer(box, photos) == ""  # another network was trained on other pictures
    box.cancel()
    assert settings.store.value("generate/training-pictures/dcgan") == str(photos)


def test_a_failure_becomes_a_notice_and_the_button_comes_back(
    box: NearestBox, photos: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(monkeypatch, "sys.exit('No images were found in x.')")
    with qtbot.waitSignal(box.noticed, timeout=PATIENCE_MS) as told:
        answer(box, photos)
    assert told.args[:2] == [f"There are no pictures in the folder “{photos}”.", "error"]
    assert not box._action.is_busy
    assert box._button.isEnabled()


def test_it_stays_until_it_is_given_up(
    box: NearestBox, photos: Path, qtbot: QtBot, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(monkeypatch, GOES_ON)
    answer(box, photos)
    box.show_picture(None)
    assert box.isVisible()
    assert not box._button.isEnabled()
    box._busy.cancel.click()
    assert not box.busy
    assert not box.isVisible()
    qtbot.waitUntil(lambda: not list(temporary.glob("cnnstudio-*")), timeout=PATIENCE_MS)


def test_esc_in_the_panel_gives_it_up(
    lanes: Lanes, settings: Settings, tmp_path: Path, photos: Path, qtbot: QtBot, temporary: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    played(monkeypatch, GOES_ON)
    panel = GeneratePanel(lanes, [CARD], tmp_path / "favourites.json", lambda: "auto", settings)
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    assert not panel._nearest.isVisible()
    panel._show_large(PICTURE)
    assert panel._nearest.isVisible()
    panel._on_glimpsed(PICTURE.pixels)
    assert not panel._nearest._button.isEnabled()
    panel._show_large(PICTURE)
    box = panel._nearest
    box._button.click()
    dialog = panel.findChild(TrainingFolderDialog)
    dialog.findChild(QLineEdit).setText(str(photos))
    button(dialog, "Compare").click()
    assert box.busy
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert not box.busy
    qtbot.waitUntil(lambda: not list(temporary.glob("cnnstudio-*")), timeout=PATIENCE_MS)
