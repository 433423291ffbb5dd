"""Errands hear of their own job alone."""

from __future__ import annotations

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from cnnstudio.errors import BadInput
from cnnstudio.jobs import CallJob, Progress
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes


def test_each_hears_its_own_end(lanes: Lanes, qtbot: QtBot):
    owner = QObject()
    results: list[object] = []
    errands = [Errand(lanes.work, CallJob(function=lambda _, n=n: n), owner) for n in range(3)]
    for errand in errands:
        errand.finished.connect(results.append)
    with qtbot.waitSignals([errand.ended for errand in errands]):
        pass
    assert results == [0, 1, 2]
    assert all(errand.is_over for errand in errands)
    qtbot.waitUntil(lambda: not owner.children())


def test_failure_and_cancelling(lanes: Lanes, qtbot: QtBot):
    owner = QObject()

    def fail(_: Progress) -> None:
        raise BadInput("That cannot be.")

    errand = Errand(lanes.work, CallJob(function=fail), owner)
    with qtbot.waitSignal(errand.failed) as told:
        pass
    assert told.args[0].message == "That cannot be."
    errand = Errand(lanes.work, CallJob(function=fail), owner)
    with qtbot.waitSignal(errand.cancelled):
        assert errand.cancel()
