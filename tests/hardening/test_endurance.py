"""Some rounds of the long run, with an engine that paints: threads, handles, widgets and photos grow no more."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnstudio.runtime.io_lane import IoLane
from cnnstudio.runtime.runner import JobRunner
from cnnstudio.ui.lanes import Lanes, run_call
from cnnstudio.ui.main_window import MainWindow
from tests.hardening import census
from tests.hardening.endurance import COUNTED, EXTRAS, PHOTOS, TURN, Person, make_photos
from tests.ui.conftest import end, fake_engine, settings  # noqa: F401

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds")


@pytest.fixture
def lanes(qapp: object) -> Iterator[Lanes]:
    """The real ones, but for what the engine does."""
    names = ("journal", "work", "tiles")
    lanes = Lanes(JobRunner(fake_engine, "engine"), IoLane(), *(JobRunner(run_call, name) for name in names))
    yield lanes
    lanes.close()


@pytest.fixture
def window(lanes: Lanes, settings, tmp_path: Path) -> Iterator[MainWindow]:  # noqa: F811
    window = MainWindow(settings, lanes, tmp_path / "sessions")
    window.show()
    yield window
    end(window)


def test_rounds_leave_nothing_behind(window: MainWindow, lanes: Lanes, tmp_path: Path):
    person = Person(window, lanes, make_photos(tmp_path / "photos", PHOTOS[:2]))
    plain = [number for number in range(TURN) if number not in EXTRAS]
    for number in plain[:2]:
        person.round(number)
    before = census.take(window, tmp_path / "sessions")
    for number in plain[2:4]:
        person.round(number)
    after = census.take(window, tmp_path / "sessions")
    assert person.alive == []
    for name in COUNTED:
        assert getattr(after, name) <= getattr(before, name), name
