"""The map of confidence: made of the candidates at hand or of others made for it, and given up at any time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from cnnstudio.imaging import selection
from cnnstudio.imaging.confidence import MOST
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.jobs import Job, Progress, RepairJob, RepairResult
from cnnstudio.ui.bridge import heat_colours
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.main_window import MainWindow
from tests.ui import conftest

HOLE = Rect(40, 50, 30, 20)


class Engine:
    """The fake one, whose repairs also differ by the variant: by 10 grey levels of blue for each."""

    def __init__(self) -> None:
        self.jobs: list[RepairJob] = []

    def __call__(self, job: Job, progress: Progress) -> object:
        result = conftest.fake_engine(job, progress)
        if isinstance(job, RepairJob):
            assert isinstance(result, RepairResult)
            self.jobs.append(job)
            for _, pixels in result.pieces:
                pixels[..., 2] = 100 + 10 * job.options.variant
        return result


@pytest.fixture
def engine(lanes: object, monkeypatch: pytest.MonkeyPatch) -> Engine:
    engine = Engine()
    monkeypatch.setattr(lanes.engine._worker, "_execute", engine)  # type: ignore[attr-defined]
    return engine


@pytest.fixture
def editor(engine: Engine, window: MainWindow, photo: Path, qtbot: QtBot) -> Editor:
    window.workspace.open([photo])
    qtbot.waitUntil(lambda: window._editor is not None)
    assert window._editor
    return window._editor


def repair(window: MainWindow, editor: Editor, qtbot: QtBot, rect: Rect = HOLE) -> None:
    count = len(editor.document.layers)
    editor.apply(selection.rectangle(editor.document.mask, rect))
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: len(editor.document.layers) > count and not window.checking.busy)


def shown(window: MainWindow) -> np.ndarray:
    assert window.confidence.map is not None
    return np.asarray(window.confidence.map)


def level(deviation: float) -> int:
    return 1 + round((deviation / MOST) ** 0.5 * 254)


def test_other_ways_are_tried_and_compared(window: MainWindow, editor: Editor, engine: Engine, qtbot: QtBot):
    repair(window, editor, qtbot)
    engine.jobs.clear()
    window.commands["confidence"].trigger()
    assert window.canvas.compare == "confidence"
    qtbot.waitUntil(lambda: window.confidence.map is not None)
    origin = editor.document.layers[0].origin
    assert origin
    assert [job.options.variant for job in engine.jobs] == [1, 3, 6]
    assert {job.options.seed for job in engine.jobs} == {origin.options.seed}
    # Blue is 100, 110, 130 and 160, the other colours agree.
    deviation = float(np.std([100, 110, 130, 160])) / 3**0.5
    assert (shown(window)[HOLE.slices] == level(deviation)).all()
    assert np.count_nonzero(shown(window)) == HOLE.area
    assert f"by {deviation:.1f} of 255" in window.status.hint
    assert window.canvas._painter.heat is not None
    # Nothing is tried twice.
    window.commands["confidence"].trigger()
    assert window.canvas.compare == "none"
    window.commands["confidence"].trigger()
    qtbot.waitUntil(lambda: "Confidence" in window.status.hint)
    assert len(engine.jobs) == 3


def test_candidates_at_hand_are_compared_without_making_more(
    window: MainWindow, editor: Editor, engine: Engine, qtbot: QtBot
):
    window.repair_panel.candidates = 4
    editor.apply(selection.rectangle(editor.document.mask, HOLE))
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: window.desk.offer is not None)
    window.desk.choose(2)
    qtbot.waitUntil(lambda: not window.checking.busy)
    engine.jobs.clear()
    window.commands["confidence"].trigger()
    qtbot.waitUntil(lambda: window.confidence.map is not None)
    assert engine.jobs == []
    # Seeds and variants are 0 to 3: red is the seed, blue goes by tens.
    deviation = ((np.var([0, 1, 2, 3]) + np.var([100, 110, 120, 130])) / 3) ** 0.5
    assert (shown(window)[HOLE.slices] == level(float(deviation))).all()


def test_candidates_chosen_while_looking_need_no_others(
    window: MainWindow, editor: Editor, engine: Engine, qtbot: QtBot
):
    window.repair_panel.candidates = 3
    editor.apply(selection.rectangle(editor.document.mask, HOLE))
    window.commands["repair"].trigger()
    qtbot.waitUntil(lambda: window.desk.offer is not None)
    window.commands["confidence"].trigger()
    engine.jobs.clear()
    window.desk.choose(0)
    qtbot.waitUntil(lambda: window.confidence.map is not None and window.confidence._trial is None)
    qtbot.wait(50)
    assert engine.jobs == []
    deviation = ((np.var([0, 1, 2]) + np.var([100, 110, 120])) / 3) ** 0.5
    assert (shown(window)[HOLE.slices] == level(float(deviation))).all()


def test_what_nobody_can_make_again_is_said(window: MainWindow, editor: Editor, engine: Engine, qtbot: QtBot):
    window.commands["confidence"].trigger()
    assert "no repair here" in window.status.hint
    everywhere = selection.rectangle(editor.document.mask, HOLE)
    editor.apply(everywhere)
    pixels = np.zeros((HOLE.h, HOLE.w, 3), np.uint8)
    used = editor.document.mask.snapshot()
    editor.applied(editor.document.add_repair(Patches.build([(HOLE, pixels)], used), "By hand", used=used))
    assert "no repair here" in window.status.hint
    assert engine.jobs == []


def test_esc_gives_up_trying_and_then_the_view(window: MainWindow, editor: Editor, engine: Engine, qtbot: QtBot):
    repair(window, editor, qtbot)
    engine.jobs.clear()
    window.commands["confidence"].trigger()
    window.commands["cancel"].trigger()
    assert window.canvas.compare == "confidence"
    assert window.confidence._trial is None
    qtbot.wait(50)
    assert len(engine.jobs) <= 1
    assert window.confidence.map is None
    window.commands["cancel"].trigger()
    assert window.canvas.compare == "none"
    window.commands["confidence"].trigger()
    qtbot.waitUntil(lambda: window.confidence.map is not None)


def test_a_repair_that_is_hidden_is_not_in_the_map(window: MainWindow, editor: Editor, engine: Engine, qtbot: QtBot):
    other = Rect(200, 100, 10, 10)
    repair(window, editor, qtbot)
    repair(window, editor, qtbot, other)
    window.commands["confidence"].trigger()
    qtbot.waitUntil(lambda: window.confidence.map is not None and np.count_nonzero(shown(window)) == HOLE.area + 100)
    editor.applied(editor.document.set_visible(editor.document.layers[0].id, False))
    qtbot.waitUntil(lambda: np.count_nonzero(shown(window)) == 100)
    editor.undo()
    qtbot.waitUntil(lambda: np.count_nonzero(shown(window)) == HOLE.area + 100)


def test_a_map_that_comes_too_late_is_not_shown(window: MainWindow, editor: Editor, engine: Engine, qtbot: QtBot):
    repair(window, editor, qtbot)
    repair(window, editor, qtbot, Rect(200, 100, 10, 10))
    window.commands["confidence"].trigger()
    qtbot.waitUntil(lambda: window.confidence.map is not None and np.count_nonzero(shown(window)) == HOLE.area + 100)
    for layer in editor.document.layers:  # the map of the second alone is being made while that is hidden, too
        editor.applied(editor.document.set_visible(layer.id, False))
    with qtbot.waitSignal(window._lanes.work.finished):
        assert window.confidence.map is None
    assert window.confidence.map is None
    assert "no repair here" in window.status.hint


def test_heat_is_told_apart_by_lightness_too():
    colours = heat_colours(1.0)
    assert colours[0] == 0

    def light(argb: int) -> float:
        return 0.2126 * (argb >> 16 & 255) + 0.7152 * (argb >> 8 & 255) + 0.0722 * (argb & 255)

    lights = [light(colour) for colour in colours[1::16]]
    assert lights == sorted(lights)
    assert lights[-1] - lights[0] > 100


def test_the_map_is_seen_on_the_photo(window: MainWindow, editor: Editor, engine: Engine, qtbot: QtBot):
    repair(window, editor, qtbot)
    window.commands["confidence"].trigger()
    qtbot.waitUntil(lambda: window.confidence.map is not None and window.canvas.is_settled)
    image = window.canvas.grab().toImage()
    ratio = window.canvas.devicePixelRatioF()

    def colour(x: float, y: float) -> tuple[int, int, int]:
        place = window.canvas.to_widget(QPointF(x, y)) * ratio
        seen = image.pixelColor(int(place.x()), int(place.y()))
        return seen.red(), seen.green(), seen.blue()

    inside, outside = colour(HOLE.x + 15, HOLE.y + 10), colour(300, 200)
    assert max(abs(a - b) for a, b in zip(inside, outside, strict=True)) > 30
