"""Runs jobs on the thread it lives on, and turns whatever happens into one signal."""

from __future__ import annotations

import itertools
import logging
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal, Slot

from cnnstudio.errors import Cancelled, CnnStudioError, NotEnoughMemory
from cnnstudio.jobs import Job, JobFailure, Progress

if TYPE_CHECKING:
    import numpy as np

    from cnnstudio.imaging.geometry import Rect

MOST_PREVIEWS = 50
"""Previews that the window is shown at a time: of a dusty photo there may be thousands."""

Execute = Callable[[Job, Progress], object]
"""Does a job: called on the lane's thread, returns the result or raises."""

_log = logging.getLogger(__name__)


class Mailbox:
    """The news of a running job that the window has not looked at yet: the newest of each kind and place.

    The worker's thread puts, the GUI thread takes and so sets the pace: however fast a job reports and however slow
    the window is, nothing piles up.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._progress: tuple[float, str] | None = None
        self._previews: dict[Rect, np.ndarray] = {}

    def put_progress(self, fraction: float, text: str) -> bool:
        """Returns whether the box was empty."""
        with self._lock:
            was_empty = not self._previews and self._progress is None
            self._progress = fraction, text
        return was_empty

    def put_preview(self, rect: Rect, pixels: np.ndarray) -> bool:
        """Replaces the previews that this one hides. Returns whether the box was empty."""
        with self._lock:
            was_empty = not self._previews and self._progress is None
            self._previews = {r: p for r, p in self._previews.items() if not rect.contains(r)}
            self._previews[rect] = pixels
        return was_empty

    def take(self, most: int = MOST_PREVIEWS) -> tuple[tuple[float, str] | None, list[tuple[Rect, np.ndarray]]]:
        """Takes out the progress (None: no news), and the ``most`` oldest previews, the oldest first."""
        with self._lock:
            progress, previews = self._progress, list(itertools.islice(self._previews.items(), most))
            self._progress = None
            for rect, _ in previews:
                del self._previews[rect]
        return progress, previews


@dataclass(eq=False)
class Task:
    """A job on its way through a lane.

    Attributes:
        id: unique among all lanes.
        job: what to do.
        cancel: set on the GUI thread, looked at by the job.
        news: what the job reports.
        ended: whether the window has been, or is about to be, told how it ended; belongs to the GUI thread.
    """

    id: int
    job: Job
    cancel: threading.Event = field(default_factory=threading.Event)
    news: Mailbox = field(default_factory=Mailbox)
    ended: bool = False


class Worker(QObject):
    """Runs tasks one after the other.

    Signals:
        started: (id) a task's job begins.
        reported: (id) its mailbox is no longer empty.
        finished: (id, result), failed: (id, JobFailure), cancelled: (id): exactly one of them ends each task.
    """

    started = Signal(int)
    reported = Signal(int)
    finished = Signal(int, object)
    failed = Signal(int, object)
    cancelled = Signal(int)

    def __init__(self, execute: Execute) -> None:
        super().__init__()
        self._execute = execute

    @Slot(object)
    def run(self, task: Task) -> None:
        """Runs one task to its end; lets no exception out."""
        if task.cancel.is_set():
            self.cancelled.emit(task.id)
            return
        self.started.emit(task.id)
        result: object = None
        failure: JobFailure | None = None
        try:
            result = self._execute(task.job, self._progress_of(task))
        except Cancelled:
            self.cancelled.emit(task.id)
            return
        except BaseException as error:  # whatever escaped here would leave the window waiting for ever
            failure = failure_of(error)
        # Only now are the error and the arrays held by its traceback gone.
        if failure:
            _log.error("%s (%s)\n%s", failure.message, failure.kind, failure.detail)
            self.failed.emit(task.id, failure)
        else:
            self.finished.emit(task.id, result)

    @Slot()
    def stop(self) -> None:
        """Ends the thread; as a queued call it comes after every task handed over before."""
        QThread.currentThread().quit()

    def _progress_of(self, task: Task) -> Progress:
        def on_progress(fraction: float, text: str) -> None:
            if task.news.put_progress(fraction, text):
                self.reported.emit(task.id)

        def on_preview(rect: Rect, pixels: np.ndarray) -> None:
            if task.news.put_preview(rect, pixels):
                self.reported.emit(task.id)

        return Progress(on_progress, on_preview, task.cancel)


def failure_of(error: BaseException) -> JobFailure:
    """An error as the window shows it."""
    detail = "".join(traceback.format_exception(error))
    match error:
        case CnnStudioError():
            return JobFailure(error.message, f"{error.detail}\n{detail}".lstrip(), type(error).__name__)
        case MemoryError():
            return JobFailure("There is not enough memory for this.", detail, NotEnoughMemory.__name__)
        case _:
            return JobFailure("Something went wrong inside CNN Studio. Your photo was not changed.", detail)
