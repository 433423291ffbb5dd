"""What the window's tests share: lanes without threads, a photo with grain, and that nothing is left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.imaging.codecs import write_photo
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.photo import Photo
from cnnstudio.jobs import (
    CallJob,
    DeviceInfo,
    Job,
    Prepared,
    PrepareJob,
    Progress,
    RepairJob,
    RepairResult,
    SelfCheck,
    SelfCheckJob,
)
from cnnstudio.runtime.io_lane import run_io_job
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.lanes import Lanes, run_call
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.settings import Settings
from tests.fakes import ImmediateRunner
from tests.runtime.conftest import _nothing_leaks as _nothing_leaks


def fake_engine(job: Job, progress: Progress) -> object:
    """Repairs by painting the hole in the colour (seed, 100, 200), with one preview of grey; checks find them good."""
    match job:
        case RepairJob():
            mask, pixels = np.asarray(job.mask) >= 128, np.asarray(job.pixels).copy()
            from cnnstudio.imaging.geometry import Rect

            rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
            rect = Rect.from_edges(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
            progress.set(0.5, "Repairing details")
            progress.preview(rect, np.full_like(pixels[rect.slices], 128))
            progress.check_cancelled()
            scale = np.iinfo(pixels.dtype).max // 255
            pixels[mask, :3] = np.array([job.options.seed % 256, 100, 200][: min(pixels.shape[2], 3)]) * scale
            return RepairResult([(rect, pixels[rect.slices])], 0.1, "CPU")
        case SelfCheckJob():
            progress.check_cancelled()
            return SelfCheck(3.25, 35.5, int(np.count_nonzero(np.asarray(job.mask))), 2)
        case PrepareJob():
            cpu = DeviceInfo("cpu", "CPU")
            return Prepared(cpu, [cpu])
        case CallJob():
            return job.function(progress)
        case _:
            raise TypeError(type(job).__name__)


def immediate_lanes(engine: Callable[[Job, Progress], object]) -> Lanes:
    """Lanes without threads: all work is done in the event loop's next turn; whoever asks for them closes them."""
    return Lanes(
        ImmediateRunner(engine, "engine"),
        ImmediateRunner(run_io_job, "files"),
        ImmediateRunner(run_io_job, "journal"),
        ImmediateRunner(run_call, "work"),
        ImmediateRunner(run_call, "tiles"),
    )


@pytest.fixture
def lanes(qapp: object) -> Iterator[Lanes]:
    """On this thread, with an engine that paints."""
    lanes = immediate_lanes(fake_engine)
    yield lanes
    lanes.close()


@pytest.fixture
def show_inside(qtbot: QtBot) -> Iterator[Callable[[QWidget, int, int], None]]:
    """Shows a widget of a given size in a frame, as in the window: ``show_inside(panel, 280, 400)``."""
    frames = []

    def show(widget: QWidget, width: int, height: int) -> None:
        frame = QWidget()
        frames.append(frame)
        qtbot.addWidget(frame)
        frame.resize(width, height)
        widget.setParent(frame)
        widget.resize(width, height)
        with qtbot.waitExposed(frame):
            frame.show()
        frame.activateWindow()

    yield show
    frames.clear()


@pytest.fixture
def make_editor(qapp: object) -> Callable[..., Editor]:
    """Makes an editor of a noisy photo: ``make_editor(width=600, height=400, channels=3, dtype=np.uint8)``."""

    def make(
        width: int = 600, height: int = 400, channels: int = 3, dtype: type[np.unsignedinteger] = np.uint8
    ) -> Editor:
        noise = np.random.default_rng(0).integers(60, 200, (height, width, channels))
        pixels = (noise * (np.iinfo(dtype).max // 255)).astype(dtype)
        return Editor(Document(Photo(pixels)), name="photo.png")

    return make


@pytest.fixture
def editor(make_editor: Callable[..., Editor]) -> Editor:
    return make_editor()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def window(lanes: Lanes, settings: Settings, tmp_path: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(settings, lanes, tmp_path / "sessions")
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    end(window)


def end(window: MainWindow) -> None:
    """What the program does when its window has been closed."""
    window.put_away()
    window.hide()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A file: 400 x 300 pixels of noise."""
    pixels = np.random.default_rng(0).integers(60, 200, (300, 400, 3)).astype(np.uint8)
    path = tmp_path / "old photo ä.png"
    write_photo(path, Photo(pixels))
    return path
