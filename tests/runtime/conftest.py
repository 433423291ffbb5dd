"""No test of this room may leave a thread or a timer behind."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QThread, QTimer
from pytestqt.qtbot import QtBot

from cnnstudio.jobs import Job, Progress
from cnnstudio.runtime.runner import JobRunner
from tests.runtime.recorder import Recorder, call


@pytest.fixture(autouse=True)
def _nothing_leaks(monkeypatch: pytest.MonkeyPatch, qapp: object) -> Iterator[None]:
    """Fails a test that ends with a running thread (after ending it) or a ticking timer."""
    started: list[QThread] = []
    start = QThread.start

    def remember(thread: QThread, *args: object) -> None:
        started.append(thread)
        start(thread, *args)

    monkeypatch.setattr(QThread, "start", remember)
    yield
    left = [thread.objectName() for thread in started if not thread.isFinished()]
    for thread in started:
        thread.quit()
        thread.wait()
    ticking = [t for t in gc.get_objects() if issubclass(type(t), QTimer) and t.isActive()]
    assert not left, f"threads left running: {left}"
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
