"""Writes down what a lane tells the window."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from cnnstudio.jobs import CallJob, Job, Progress
from cnnstudio.runtime.runner import JobRunner

ENDS = ("finished", "failed", "cancelled")
PATIENCE_MS = 20_000


def call(job: Job, progress: Progress) -> object:
    """Does the jobs of these tests."""
    assert isinstance(job, CallJob)
    return job.function(progress)


def returns(result: object, **options: Any) -> CallJob:
    """A job that ends at once."""
    return CallJob(lambda _progress: result, **options)


class Recorder(QObject):
    """Every signal of a lane, in order, as (name, id, …), and the threads on which they came."""

    def __init__(self, runner: JobRunner, qtbot: QtBot) -> None:
        super().__init__()
        self._qtbot = qtbot
        self.heard: list[tuple[Any, ...]] = []
        self.threads: set[QThread] = set()
        runner.started.connect(self._on_started)
        runner.progressed.connect(self._on_progressed)
        runner.previewed.connect(self._on_previewed)
        runner.finished.connect(self._on_finished)
        runner.failed.connect(self._on_failed)
        runner.cancelled.connect(self._on_cancelled)

    @Slot(int)
    def _on_started(self, id: int) -> None:
        self._add("started", id)

    @Slot(int, float, str)
    def _on_progressed(self, id: int, fraction: float, text: str) -> None:
        self._add("progressed", id, fraction, text)

    @Slot(int, object, object)
    def _on_previewed(self, id: int, rect: object, pixels: object) -> None:
        self._add("previewed", id, rect, pixels)

    @Slot(int, object)
    def _on_finished(self, id: int, result: object) -> None:
        self._add("finished", id, result)

    @Slot(int, object)
    def _on_failed(self, id: int, failure: object) -> None:
        self._add("failed", id, failure)

    @Slot(int)
    def _on_cancelled(self, id: int) -> None:
        self._add("cancelled", id)

    def _add(self, *event: Any) -> None:
        self.heard.append(event)
        self.threads.add(QThread.currentThread())

    def of(self, *names: str) -> list[tuple[Any, ...]]:
        return [event for event in self.heard if event[0] in names]

    def names(self, id: int) -> list[str]:
        return [event[0] for event in self.heard if event[1] == id]

    def ends(self, id: int) -> list[str]:
        return [name for name in self.names(id) if name in ENDS]

    def wait_until(self, condition: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    def wait_for_end(self, *ids: int) -> None:
        self.wait_until(lambda: all(self.ends(id) for id in ids))


class Gate:
    """A job that runs until it is let through or cancelled."""

    def __init__(self, result: object = None, looks_at_cancel: bool = True) -> None:
        self._result, self._looks = result, looks_at_cancel
        self.entered, self.open = threading.Event(), threading.Event()

    def __call__(self, progress: Progress) -> object:
        self.entered.set()
        while not self.open.wait(0.001):
            if self._looks:
                progress.check_cancelled()
        return self._result
