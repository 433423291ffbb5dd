"""The file of favourites."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.jobs import Latent, Way
from cnnstudio.ui.favourites import Favourite, Favourites
from cnnstudio.ui.lanes import Lanes

ONE = Favourite("dcgan", "ab", 0.8, Latent(7, (1.5,)))
TWO = Favourite("roses", "cd", 1.0, Latent(Way(Latent(3), Latent((0.5, -1.0)), 0.25)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "user" / "favourites.json"


def after(favourites: Favourites, qtbot: QtBot, change: Callable[[Favourite], None], one: Favourite) -> None:
    with qtbot.waitSignal(favourites.changed):
        change(one)


def test_favourites_are_found_again_the_newest_first(lanes: Lanes, qtbot: QtBot, file: Path) -> None:
    favourites = Favourites(file, lanes)
    assert favourites.all == ()
    for one in (ONE, TWO, ONE):
        after(favourites, qtbot, favourites.add, one)
    assert favourites.all == Favourites(file, lanes).all == (TWO, ONE)
    assert Favourites(file, lanes).all[0].model == "roses"
    after(favourites, qtbot, favourites.remove, TWO)
    assert Favourites(file, lanes).all == (ONE,)


def test_two_windows_lose_nothing_of_each_other(lanes: Lanes, qtbot: QtBot, file: Path) -> None:
    here, there = Favourites(file, lanes), Favourites(file, lanes)
    after(here, qtbot, here.add, ONE)
    after(there, qtbot, there.add, TWO)
    assert there.all == (TWO, ONE)


def test_what_a_newer_version_has_put_there_stays(lanes: Lanes, qtbot: QtBot, file: Path) -> None:
    numbers = (3, 10**400)
    strange = [{"model": "x", "mood": "blue"}, 7, *(ONE.as_json() | {"truncation": number} for number in numbers)]
    file.parent.mkdir()
    file.write_text(json.dumps([strange[0], ONE.as_json(), *strange[1:]]))
    favourites = Favourites(file, lanes)
    assert favourites.all == (ONE,)
    after(favourites, qtbot, favourites.remove, ONE)
    assert json.loads(file.read_text()) == strange


@pytest.mark.parametrize("content", [b"", b"[", b"{}", b"\xff\xfe", b"[" * 100_000], ids=range(5))
def test_a_damaged_file_is_put_aside(lanes: Lanes, qtbot: QtBot, file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    favourites = Favourites(file, lanes)
    assert favourites.all == ()
    after(favourites, qtbot, favourites.add, ONE)
    assert Favourites(file, lanes).all == (ONE,)
    assert file.with_suffix(".damaged").read_bytes() == content


def test_a_file_that_cannot_be_written_is_told(lanes: Lanes, qtbot: QtBot, file: Path) -> None:
    file.mkdir(parents=True)
    favourites = Favourites(file, lanes)
    with qtbot.waitSignal(favourites.failed) as told:
        favourites.add(ONE)
    assert told.args is not None
    assert told.args[0].message == "The favourites could not be saved."
