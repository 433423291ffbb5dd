"""No test of this room may leave a thread or a timer behind."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThread, QTimer
from pytestqt.qtbot import QtBot

from cnnstudio.jobs import Job, Progress
from cnnstudio.runtime.runner import JobRunner
from tests.runtime.recorder import Recorder, call


@pytest.fixture(autouse=True)
def _nothing_leaks(monkeypatch: pytest.MonkeyPatch, qapp: object) -> Iterator[None]:
    """Fails a test that ends with a running thread (after ending it) or a ticking timer."""
    started: dict[type, list[weakref.ref[QObject]]] = {QThread: [], QTimer: []}

    def watch(kind: type) -> None:
        start = kind.start

        def remember(self: QObject, *args: object) -> None:
            started[kind].append(weakref.ref(self))
            start(self, *args)

        monkeypatch.setattr(kind, "start", remember)

    watch(QThread)
    watch(QTimer)
    yield
    threads, timers = ([o for ref in refs if (o := ref()) is not None] for refs in started.values())
    left = [thread.objectName() for thread in threads if not thread.isFinished()]
    for thread in threads:
        thread.quit()
        thread.wait()
    assert not left, f"threads left running: {left}"
    ticking = [t for t in timers if shiboken6.isValid(t) and t.isActive()]
    assert not ticking, f"timers left ticking: {ticking}"


@pytest.fixture
def new_runner() -> Iterator[Callable[..., JobRunner]]:
    """Makes lanes, and closes them."""
    runners: list[JobRunner] = []

    def make(execute: Callable[[Job, Progress], object] = call, kind: type[JobRunner] = JobRunner) -> JobRunner:
        runners.append(kind(execute, "test"))
        return runners[-1]

    yield make
    for runner in runners:
        assert runner.close(20)


@pytest.fixture
def runner(new_runner: Callable[..., JobRunner]) -> JobRunner:
    return new_runner()


@pytest.fixture
def record(runner: JobRunner, qtbot: QtBot) -> Recorder:
    return Recorder(runner, qtbot)
