"""The panel that makes pictures, with a generator that paints the seed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.cards import ModelCard
from cnnstudio.errors import BadModel
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import FindJob, Found, Generated, GenerateJob, Job, Latent, Progress, Way
from cnnstudio.ui.favourites import Favourite
from cnnstudio.ui.generation import Generation, Picture, Recipe
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels.favourite_strip import FavouriteStrip
from cnnstudio.ui.panels.generate import GeneratePanel
from cnnstudio.ui.panels.number_slider import NumberSlider
from cnnstudio.ui.settings import Settings
from tests.ui.conftest import immediate_lanes

CARD = ModelCard("dcgan", "DCGAN", "Makes small pictures.", "generate", "dcgan", {}, "1", "MIT", {}, {}, {}, "0")
OTHER = replace(CARD, id="flowers", name="Flowers")


def painted(latent: Latent, truncation: float) -> np.ndarray:
    """(seed, 100 * share, 100 * truncation) everywhere."""
    share, origin = 0.0, latent.origin
    while isinstance(origin, Way):
        share, origin = origin.share, origin.start.origin
    origin = round(origin[0]) if isinstance(origin, tuple) else origin
    return np.full((8, 8, 3), (origin % 256, round(100 * share), round(100 * truncation)), np.uint8)


class Engine:
    """Makes such pictures.

    Attributes:
        jobs: what it was asked.
        failure: raised instead of making any.
        before: called before each picture, with its number.
    """

    def __init__(self) -> None:
        self.jobs: list[GenerateJob] = []
        self.failure: Exception | None = None
        self.before = lambda number: None

    def __call__(self, job: Job, progress: Progress) -> object:
        if self.failure:
            raise self.failure
        if isinstance(job, FindJob):
            return self._found(job, progress)
        assert isinstance(job, GenerateJob)
        self.jobs.append(job)
        pictures = []
        for number, latent in enumerate(job.latents):
            self.before(number)
            progress.check_cancelled()
            pictures.append(painted(latent, job.truncation))
            progress.preview(Rect(8 * number, 0, 8, 8), pictures[-1])
            progress.set((number + 1) / len(job.latents), "Making pictures")
        return Generated(pictures, job.latents, 0.1, "CPU")

    def _found(self, job: FindJob, progress: Progress) -> Found:
        """A picture as red as the first pixel."""
        picture = np.zeros((8, 8, 3), np.uint8)
        picture[..., 0] = job.pixels[0, 0, 0]
        progress.preview(Rect(0, 0, 8, 8), picture)
        self.before(-1)
        progress.check_cancelled()
        return Found(Latent((float(job.pixels[0, 0, 0]), 0.5)), picture, 12.34, 60.0, 0.1, "CPU")


def _settings(folder: Path) -> Settings:
    return Settings(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def lanes(qapp: object, engine: Engine) -> Iterator[Lanes]:
    lanes = immediate_lanes(engine)
    yield lanes
    lanes.close()


@pytest.fixture
def frame(qtbot: QtBot, lanes: Lanes, tmp_path: Path) -> QScrollArea:
    """What the panel is in, as in the window."""
    frame = QScrollArea(widgetResizable=True)
    qtbot.addWidget(frame)
    panel = GeneratePanel(
        lanes, [CARD, OTHER], tmp_path / "user" / "favourites.json", lambda: "auto", _settings(tmp_path)
    )
    panel.folder = tmp_path
    frame.setWidget(panel)
    frame.resize(320, 900)
    with qtbot.waitExposed(frame):
        frame.show()
    return frame


@pytest.fixture
def panel(frame: QScrollArea) -> GeneratePanel:
    panel = frame.widget()
    assert isinstance(panel, GeneratePanel)
    return panel


def make(panel: GeneratePanel, qtbot: QtBot, seed: int = 5, count: int = 4) -> list[Picture]:
    panel._seed.setValue(seed)
    panel._count.setValue(count)
    panel._generate.click()
    return settled(panel, qtbot)


def settled(panel: GeneratePanel, qtbot: QtBot) -> list[Picture]:
    qtbot.waitUntil(lambda: not panel._generation.busy)
    pictures = [p for p in panel._generation.pictures if p]
    assert len(pictures) == len(panel._generation.pictures)
    return pictures


def drag(number: NumberSlider, value: float) -> None:
    """Moves a slider as the mouse does, and lets go."""
    slider = number._slider
    slider.setSliderDown(True)
    slider.setValue(round(value))
    slider.setSliderDown(False)


def show_large(panel: GeneratePanel, number: int) -> Picture:
    panel._grid.setCurrentRow(number)
    assert panel._large is not None
    return panel._large


# --- making ---


def test_pictures_come_and_the_first_is_shown_large(panel: GeneratePanel, qtbot: QtBot) -> None:
    assert not panel._grid.isVisible()
    assert "press Generate" in panel._hint.text()
    pictures = make(panel, qtbot)
    assert [p.latent.origin for p in pictures] == [5, 6, 7, 8]
    assert panel._grid.count() == 4
    assert panel._grid.isVisible()
    assert [panel._grid.item(i).toolTip() for i in range(4)] == [f"Seed {5 + i}" for i in range(4)]
    assert panel._large is pictures[0]
    assert panel._large_box._caption.text() == "Seed 5 · 8\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}8"
    assert not panel._hint.isVisible()
    centre = panel._large_box._view.grab().toImage().pixelColor(panel._large_box._view.rect().center())
    assert (centre.red(), centre.green(), centre.blue()) == (5, 0, 100)


def test_the_dice_makes_others(panel: GeneratePanel, qtbot: QtBot) -> None:
    before = panel._seed.value()
    panel._dice.click()
    pictures = settled(panel, qtbot)
    assert panel._seed.value() != before
    assert pictures[0].latent.origin == panel._seed.value()


def test_they_are_seen_as_they_come(panel: GeneratePanel, qtbot: QtBot, engine: Engine) -> None:
    arrived: list[int] = []
    panel._generation.arrived.connect(arrived.append)
    make(panel, qtbot, count=3)
    assert sorted(arrived) == [0, 1, 2]
    assert not panel._action.is_busy


def test_moving_variety_makes_the_same_seeds_anew(panel: GeneratePanel, qtbot: QtBot, engine: Engine) -> None:
    make(panel, qtbot)
    show_large(panel, 2)
    restarts: list[None] = []
    panel._generation.restarted.connect(lambda: restarts.append(None))
    for value in (90, 70, 40):
        panel._variety._slider.setSliderDown(True)
        panel._variety._slider.setValue(value)
    drag(panel._variety, 40)
    pictures = settled(panel, qtbot)
    assert not restarts  # the grid keeps its place
    assert {p.pixels[0, 0, 2] for p in pictures} == {40}
    assert panel._large is pictures[2]
    assert len(engine.jobs) < 4  # those that waited were replaced
    assert engine.jobs[-1].truncation == 0.4


def test_nothing_is_made_unasked(panel: GeneratePanel, engine: Engine) -> None:
    drag(panel._variety, 50)
    panel._seed.setValue(9)
    assert not panel._generation.busy
    assert engine.jobs == []


def test_variety_never_reaches_zero(panel: GeneratePanel, qtbot: QtBot, engine: Engine) -> None:
    drag(panel._variety, 0)
    make(panel, qtbot)
    assert engine.jobs[-1].truncation == 0.01


def test_another_seed_gives_up_what_is_under_way(panel: GeneratePanel, qtbot: QtBot, engine: Engine) -> None:
    def change_mind(number: int) -> None:
        if number == 1 and len(engine.jobs) == 1:
            panel._seed.setValue(100)

    engine.before = change_mind
    pictures = make(panel, qtbot)
    assert [p.latent.origin for p in pictures] == [100, 101, 102, 103]
    assert len(engine.jobs) == 2


@pytest.mark.parametrize("key", [None, Qt.Key.Key_Escape])
def test_cancel_keeps_what_is_there(panel: GeneratePanel, qtbot: QtBot, engine: Engine, key: Qt.Key | None) -> None:
    make(panel, qtbot)

    def give_up(number: int) -> None:
        if number == 2:
            assert panel._action.is_busy
            if key:
                qtbot.keyClick(panel._grid, key)
            else:
                panel._busy.cancel.click()

    engine.before = give_up
    drag(panel._variety, 50)
    qtbot.waitUntil(lambda: len(engine.jobs) == 2 and not panel._generation.busy)
    assert len([p for p in panel._generation.pictures if p]) == 4
    assert not panel._action.is_busy


def test_a_failure_is_told(panel: GeneratePanel, qtbot: QtBot, engine: Engine) -> None:
    engine.failure = BadModel("The weights are damaged.", "why")
    with qtbot.waitSignal(panel.noticed) as told:
        panel._generate.click()
    assert told.args[:2] == ["The weights are damaged.", "error"]
    assert panel._hint.text() == "The weights are damaged."
    qtbot.waitUntil(lambda: not panel._generation.busy)
    engine.failure = None
    make(panel, qtbot)
    assert panel._hint.text() == ""


def test_another_model_begins_anew(panel: GeneratePanel, qtbot: QtBot, engine: Engine) -> None:
    make(panel, qtbot)
    panel._way._pick_a.click()
    panel._model.setCurrentIndex(1)
    assert panel.model_id == "flowers"
    assert panel._grid.count() == 0
    assert not panel._around.isVisible()
    make(panel, qtbot)
    assert engine.jobs[-1].card is OTHER


def test_without_models(qtbot: QtBot, lanes: Lanes, tmp_path: Path) -> None:
    panel = GeneratePanel(lanes, [], tmp_path / "favourites.json", lambda: "auto", _settings(tmp_path))
    qtbot.addWidget(panel)
    assert "no model" in panel._hint.text()
    assert not panel._generate.isEnabled()
    panel.generate()
    assert not panel._generation.busy
    panel.set_cards([OTHER])
    assert panel._generate.isEnabled()
    panel.model_id = "missing"
    assert panel.model_id == "flowers"


# --- around one ---


def shown(panel: GeneratePanel, qtbot: QtBot, latent: Latent) -> None:
    qtbot.waitUntil(lambda: panel._large is not None and panel._large.latent == latent)


def test_sliders_move_the_picture_live(panel: GeneratePanel, qtbot: QtBot, engine: Engine) -> None:
    assert not panel._sliders.isVisible()
    make(panel, qtbot)
    show_large(panel, 1)
    done, second = len(engine.jobs), panel._sliders._sliders[1]
    for value in (5, 10, 15):
        second._slider.setSliderDown(True)
        second._slider.setValue(value)
    drag(second, -15)
    shown(panel, qtbot, Latent(6, (0.0, -1.5)))
    assert len(engine.jobs) - done < 4  # the newest is what counts
    assert panel._large_box._caption.text() == "Seed 6, moved · 8\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}8"
    drag(panel._sliders._sliders[0], 30)
    shown(panel, qtbot, Latent(6, (3.0, -1.5)))
    qtbot.mouseDClick(second._slider, Qt.MouseButton.LeftButton)
    shown(panel, qtbot, Latent(6, (3.0,)))
    assert second.value == 0
    drag(panel._variety, 60)
    settled(panel, qtbot)
    qtbot.waitUntil(lambda: panel._large is not None and panel._large.recipe.truncation == 0.6)
    assert panel._large is not None
    assert panel._large.latent == Latent(6, (3.0,))
    panel._sliders._reset.click()
    shown(panel, qtbot, Latent(6))
    assert not panel._sliders._reset.isEnabled()


def test_sliders_belong_to_the_picture_shown(panel: GeneratePanel, qtbot: QtBot) -> None:
    make(panel, qtbot)
    drag(panel._sliders._sliders[0], 20)
    shown(panel, qtbot, Latent(5, (2.0,)))
    panel._way._pick_a.click()
    assert show_large(panel, 2).latent == Latent(7)
    assert panel._sliders._sliders[0].value == 0
    panel._way._pick_b.click()
    drag(panel._way._share, 40)
    way = Latent(Way(Latent(5, (2.0,)), Latent(7), 0.4))
    shown(panel, qtbot, way)
    drag(panel._sliders._sliders[2], -10)
    shown(panel, qtbot, way.moved((0, 0, -1.0)))
    drag(panel._way._share, 50)
    shown(panel, qtbot, Latent(Way(Latent(5, (2.0,)), Latent(7), 0.5), (0, 0, -1.0)))


def test_what_comes_too_late_is_not_shown(panel: GeneratePanel, qtbot: QtBot, engine: Engine) -> None:
    make(panel, qtbot)
    drag(panel._sliders._sliders[0], 20)
    engine.before = lambda _: panel._grid.setCurrentRow(3)
    with qtbot.waitSignal(panel._generation.made):
        pass
    assert panel._large is not None
    assert panel._large.latent == Latent(8)


# --- one like another ---


def test_a_picture_like_a_file_is_found_and_can_be_moved(
    frame: QScrollArea, panel: GeneratePanel, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame.resize(320, 420)
    Image.new("RGB", (900, 600), (77, 1, 2)).save(tmp_path / "red.png")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "red.png"), ""))
    glimpses: list[object] = []
    panel._generation.glimpsed.connect(glimpses.append)
    with qtbot.waitSignal(panel._generation.found):
        panel._similar.menu().actions()[0].trigger()
    found = Latent((77.0, 0.5))
    assert panel._large is not None
    assert panel._large.latent == found
    assert len(glimpses) == 1
    assert "12.3 of 255" in panel._hint.text()
    qtbot.waitUntil(lambda: not panel._generation.busy)
    assert panel._large_box._caption.text().startswith("Found picture · ")
    qtbot.waitUntil(lambda: panel._large_box.visibleRegion().boundingRect() == panel._large_box.rect())
    drag(panel._sliders._sliders[0], 20)
    shown(panel, qtbot, found.moved((2.0,)))
    panel._way._pick_a.click()
    make(panel, qtbot)
    assert "A: Found picture, moved" in panel._way._ends.text()


def test_a_search_is_given_up(panel: GeneratePanel, qtbot: QtBot, engine: Engine) -> None:
    make(panel, qtbot)
    acting_on_what_is_seen = panel._large_box._star, panel._buttons._save, panel._buttons._patch

    def give_up(number: int) -> None:
        if number < 0:
            assert panel._large_box._caption.text() == "Looking…"
            assert not any(button.isEnabled() for button in acting_on_what_is_seen)
            panel._busy.cancel.click()

    engine.before = give_up
    panel.find_similar(np.full((4, 4, 3), 9, np.uint8))
    assert panel._generation.busy
    qtbot.waitUntil(lambda: not panel._generation.busy)
    assert panel._large is panel._generation.pictures[0]
    assert panel._large_box._caption.text().startswith("Seed 5")
    assert all(button.isEnabled() for button in acting_on_what_is_seen)


def test_a_search_that_cannot_be_made_is_told(
    panel: GeneratePanel, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "none.png"), ""))
    with qtbot.waitSignal(panel.noticed) as told:
        panel._similar.menu().actions()[0].trigger()
    assert told.args[:2] == ["“none.png” does not exist.", "error"]
    engine.failure = BadModel("The weights are damaged.", "why")
    with qtbot.waitSignal(panel.noticed) as told:
        panel.find_similar(np.zeros((4, 4, 3), np.uint8))
    assert told.args[0] == "The weights are damaged."
    assert not panel._large_box.isVisible()
    with qtbot.waitSignal(panel.marked_wanted):
        panel._similar.menu().actions()[1].trigger()


# --- favourites ---


def test_keys_of_the_photo_are_the_grid_s_where_it_has_the_keyboard(
    frame: QScrollArea, panel: GeneratePanel, qtbot: QtBot
) -> None:
    pressed: list[str] = []
    for key in ("A", "B", "S", "Delete"):
        action = QAction(frame)
        action.setShortcut(key)
        action.triggered.connect(partial(pressed.append, key))
        frame.addAction(action)
    make(panel, qtbot)
    frame.activateWindow()
    panel._grid.setFocus()
    for key in (Qt.Key.Key_A, Qt.Key.Key_B, Qt.Key.Key_S):
        qtbot.keyClick(panel._grid, key)
    assert panel._way._ends.text() == "A: Seed 5\nB: Seed 5"
    qtbot.waitUntil(panel._large_box._star.isChecked)
    assert pressed == []
    qtbot.keyClick(panel._large_box._star, Qt.Key.Key_B)
    assert pressed == ["B"]


def test_favourites_outlive_the_window(panel: GeneratePanel, qtbot: QtBot, lanes: Lanes, tmp_path: Path) -> None:
    assert not panel._strip.isVisible()
    make(panel, qtbot)
    drag(panel._sliders._sliders[0], 20)
    shown(panel, qtbot, Latent(5, (2.0,)))
    panel._large_box._star.click()
    qtbot.waitUntil(panel._strip.isVisible)
    show_large(panel, 2)
    assert not panel._large_box._star.isChecked()
    qtbot.keyClick(panel._grid, Qt.Key.Key_S)
    qtbot.waitUntil(panel._large_box._star.isChecked)
    assert [one.latent for one in panel._favourites.all] == [Latent(7), Latent(5, (2.0,))]

    later = GeneratePanel(
        lanes, [OTHER, CARD], tmp_path / "user" / "favourites.json", lambda: "auto", _settings(tmp_path)
    )
    qtbot.addWidget(later)
    later.show()
    qtbot.waitUntil(lambda: len(later._strip._made) == 2)
    later._strip._grid.setCurrentRow(1)
    assert later._large is not None
    assert later._large.latent == Latent(5, (2.0,))
    assert later._sliders._sliders[0].value == 2
    assert later._large_box._star.isChecked()
    qtbot.keyClick(later._strip._grid, Qt.Key.Key_B)
    assert "B: Seed 5, moved" in later._way._ends.text()
    later._large_box._star.click()
    qtbot.waitUntil(lambda: later._strip._grid.count() == 1)
    assert not later._large_box._star.isChecked()
    later._strip._grid.setCurrentRow(0)
    qtbot.keyClick(later._strip._grid, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not later._strip.isVisible())


def test_favourites_are_never_a_window_of_their_own(
    lanes: Lanes, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[bool] = []
    monkeypatch.setattr(FavouriteStrip, "showEvent", lambda strip, _: shown.append(strip.isWindow()))
    file = tmp_path / "favourites.json"
    file.write_text(json.dumps([Favourite("dcgan", "0", 1.0, Latent(3)).as_json()]))
    panel = GeneratePanel(lanes, [CARD], file, lambda: "auto", _settings(tmp_path))
    qtbot.addWidget(panel)
    assert shown == []
    panel.show()
    assert shown == [False]


def test_a_favourite_outlives_its_model(panel: GeneratePanel, qtbot: QtBot) -> None:
    make(panel, qtbot)
    panel._large_box._star.click()
    qtbot.waitUntil(lambda: len(panel._strip._made) == 1)
    stranger = replace(Favourite.of(show_large(panel, 1)), model="roses", sha256="f")
    panel._favourites.add(stranger)
    qtbot.waitUntil(lambda: panel._strip._grid.count() == 2)
    assert "The model “roses”" in panel._strip._grid.item(0).toolTip()
    panel._strip._grid.setCurrentRow(0)
    assert (
        panel._hint.text()
        == "The model “roses” that made this favourite is not here. It is kept until the model is back."
    )
    assert panel._large is panel._generation.pictures[1]
    panel.set_cards([replace(CARD, id="roses", sha256="f")])
    qtbot.waitUntil(lambda: len(panel._strip._made) == 2)
    panel._strip._grid.setCurrentRow(-1)
    panel._strip._grid.setCurrentRow(0)
    assert panel._large is not None
    assert panel._large.recipe.card.id == "roses"


def test_a_favourite_that_cannot_be_made_says_why(panel: GeneratePanel, qtbot: QtBot, engine: Engine) -> None:
    make(panel, qtbot)
    engine.failure = BadModel("The weights are damaged.", "why")
    panel._large_box._star.click()
    qtbot.waitUntil(lambda: len(panel._strip._made) == 1)
    panel._strip._grid.setCurrentRow(0)
    assert panel._hint.text() == "The weights are damaged."


# --- between two ---


def picked(panel: GeneratePanel, qtbot: QtBot) -> None:
    make(panel, qtbot)
    show_large(panel, 1)
    panel._way._pick_a.click()
    assert "Seed 6" in panel._way._ends.text()
    assert not panel._way._share.isEnabled()
    panel._grid.setFocus()
    show_large(panel, 3)
    qtbot.keyClick(panel._grid, Qt.Key.Key_B)
    assert panel._way._ends.text() == "A: Seed 6\nB: Seed 8"


def test_the_way_between_two_is_followed_live(panel: GeneratePanel, qtbot: QtBot, engine: Engine) -> None:
    picked(panel, qtbot)
    done = len(engine.jobs)
    for value in (10, 20, 30):
        panel._way._share._slider.setSliderDown(True)
        panel._way._share._slider.setValue(value)
    drag(panel._way._share, 30)
    qtbot.waitUntil(lambda: panel._large is not None and panel._large.latent == Latent(Way(Latent(6), Latent(8), 0.3)))
    assert len(engine.jobs) - done < 3
    assert panel._large_box._caption.text() == "Seed 6 → Seed 8: 30 % · 8\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}8"
    drag(panel._variety, 60)  # a way is made as the other pictures are
    settled(panel, qtbot)
    qtbot.waitUntil(lambda: panel._large is not None and panel._large.recipe.truncation == 0.6)
    assert panel._large is not None
    assert panel._large.latent == Latent(Way(Latent(6), Latent(8), 0.3))
    assert show_large(panel, 0).latent == Latent(5)


def test_a_way_becomes_a_gif(
    panel: GeneratePanel, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picked(panel, qtbot)
    panel._way._frames.setValue(5)
    offered: list[str] = []

    def choose(_parent: object, _title: str, name: str, _kinds: str) -> tuple[str, str]:
        offered.append(name)
        return str(tmp_path / "way"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    with qtbot.waitSignal(panel.noticed) as told:
        panel._way._film.click()
    assert told.args == ["Saved “way.gif”.", "info", ""]
    assert offered == [str(tmp_path / "dcgan-6-to-8.gif")]
    with Image.open(tmp_path / "way.gif") as gif:
        assert gif.n_frames == 5


def test_a_way_becomes_numbered_files_beside_what_is_made_meanwhile(
    panel: GeneratePanel, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picked(panel, qtbot)
    panel._way._frames.setValue(3)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "frames"))
    with qtbot.waitSignal(panel.noticed) as told:
        panel._way._files.click()
        panel._dice.click()
    assert told.args[0] == "Saved 3 pictures in “frames”."
    shares = [np.asarray(Image.open(tmp_path / "frames" / f"dcgan-6-to-8-00{i}.png"))[0, 0, 1] for i in (1, 2, 3)]
    assert shares == [0, 50, 100]
    settled(panel, qtbot)


def test_an_end_may_lie_anywhere(panel: GeneratePanel, qtbot: QtBot, engine: Engine) -> None:
    picked(panel, qtbot)
    drag(panel._way._share, 50)
    middle = Latent(Way(Latent(6), Latent(8), 0.5))
    qtbot.waitUntil(lambda: panel._large is not None and panel._large.latent == middle)
    panel._way._pick_b.click()
    assert panel._way._ends.text() == "A: Seed 6\nB: Seed 6 → Seed 8: 50 %"
    drag(panel._way._share, 20)
    onward = Latent(Way(Latent(6), middle, 0.2))
    qtbot.waitUntil(lambda: panel._large is not None and panel._large.latent == onward)


# --- handing on ---


def test_one_is_saved(panel: GeneratePanel, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(panel, qtbot)
    show_large(panel, 2)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda _p, _t, name, _k: (name, ""))
    with qtbot.waitSignal(panel.noticed):
        panel._buttons._save.click()
    with Image.open(tmp_path / "dcgan-7.png") as saved:
        assert np.asarray(saved)[0, 0].tolist() == [7, 0, 100]
        assert b"trainedAlgorithmicMedia" in saved.info["xmp"]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    panel._buttons._save.click()


def test_all_are_saved_but_over_nothing(
    panel: GeneratePanel, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(panel, qtbot)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    with qtbot.waitSignal(panel.noticed) as told:
        panel._buttons._save_all.click()
    assert told.args[1] == "info"
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"dcgan-{seed}.png" for seed in (5, 6, 7, 8)]
    with qtbot.waitSignal(panel.noticed) as told:
        panel._buttons._save_all.click()
    assert told.args[:2] == ["“dcgan-5.png” already exists and was left as it is.", "error"]


def test_one_becomes_a_patch(panel: GeneratePanel, qtbot: QtBot) -> None:
    make(panel, qtbot)
    show_large(panel, 3)
    with qtbot.waitSignal(panel.patch_requested) as asked:
        panel._buttons._patch.click()
    pixels, name, seed, model = asked.args
    assert (pixels.shape, pixels.dtype) == ((8, 8, 3), np.uint8)
    assert (name, seed, model) == ("Picture: Seed 8", 8, "dcgan")


def test_grey_pictures_become_rgb_patches_and_names_tell_how_they_were_made() -> None:
    grey = Picture(np.full((4, 4, 1), 9, np.uint8), Latent(Way(Latent(3), Latent(7), 0.25)), Recipe(CARD, 0.8))
    assert grey.rgb.shape == (4, 4, 3)
    assert grey.stem == "dcgan-3-to-7-at25-t80"
    assert Picture(grey.pixels, Latent(3), Recipe(CARD)).stem == "dcgan-3"


def test_every_control_has_a_name_and_takes_the_keyboard(panel: GeneratePanel, qtbot: QtBot) -> None:
    picked(panel, qtbot)
    drag(panel._sliders._sliders[0], 5)
    panel._large_box._star.click()
    qtbot.waitUntil(panel._strip.isVisible)
    reached: set[QWidget] = set()
    widget: QWidget = panel
    while widget not in reached:
        reached.add(widget)
        widget = widget.nextInFocusChain()
    way, buttons = panel._way, panel._buttons
    controls = (
        *(slider._slider for slider in panel._sliders._sliders), panel._sliders._reset, panel._around.tabBar(),
        panel._model, panel._seed, panel._dice, panel._count, panel._variety._slider, panel._generate, panel._grid,
        panel._similar, panel._strip._grid, panel._strip._remove, panel._large_box._star, buttons._save,
        buttons._save_all, buttons._patch, way._pick_a, way._pick_b, way._share._slider, way._frames, way._film,
        way._files, panel._nearest._button,
    )  # fmt: skip
    for control in controls:
        assert control.accessibleName() or control is panel._around.tabBar()
        assert control in reached
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
    # A slider shows the tooltip of what it is part of.
    tipped = [control for control in controls if control is not panel._around.tabBar()]
    assert all(control.toolTip() or control.parentWidget().toolTip() for control in tipped)


def test_closing_with_work_under_way(qtbot: QtBot, lanes: Lanes) -> None:
    generation = Generation(lanes)
    generation.ask(Recipe(CARD), 1, 3)
    generation.clear()
    assert not generation.busy
    assert generation.pictures == []
