"""A lane: a queue of jobs and the one thread that works it off."""

from __future__ import annotations

import itertools
from bisect import insort
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QObject, Qt, QThread, QTimer, Signal, Slot

from cnnstudio.jobs import Job, JobFailure
from cnnstudio.runtime.estimate import Estimate
from cnnstudio.runtime.worker import Execute, Task, Worker

NEWS_INTERVAL_MS = 100
"""Progress and previews are shown at most this often."""

_ids = itertools.count(1)


@dataclass(frozen=True)
class JobHandle:
    """A submitted job.

    Attributes:
        id: in every signal about it; unique among all lanes.
    """

    id: int
    _runner: JobRunner

    def cancel(self) -> bool:
        """See :meth:`JobRunner.cancel`."""
        return self._runner.cancel(self.id)


class JobRunner(QObject):
    """Runs jobs on its own thread, one at a time. Belongs to the GUI thread, as do all its signals.

    :meth:`close` must be called before it goes.

    Signals:
        started: (id).
        progressed: (id, fraction in [0, 1], text).
        previewed: (id, Rect, array); nobody may write into the array.
        finished: (id, result), failed: (id, :class:`JobFailure`), cancelled: (id): exactly one of them ends each job,
            never before ``submit`` or ``cancel`` has returned, and no other signal of the job follows.
        queue_changed: another job runs, or others wait.

    Args:
        execute: does the jobs; called on the lane's thread.
        name: of the thread.
    """

    started = Signal(int)
    progressed = Signal(int, float, str)
    previewed = Signal(int, object, object)
    finished = Signal(int, object)
    failed = Signal(int, object)
    cancelled = Signal(int)
    queue_changed = Signal()

    _run = Signal(object)
    _stop = Signal()
    _dropped = Signal(int)

    def __init__(self, execute: Execute, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Task] = []
        # What the worker has: one task, or when closing also those that must still finish.
        self._sent: dict[int, Task] = {}
        self._estimate = Estimate()
        self._closing = False
        self._pace = QTimer(self, singleShot=True, interval=NEWS_INTERVAL_MS)
        self._pace.timeout.connect(self._tell_news)
        # Neither has a Qt parent: Python alone owns them, and drops them after the thread has ended.
        self._thread = QThread()
        self._thread.setObjectName(name)
        self._worker = Worker(execute)
        queued = Qt.ConnectionType.QueuedConnection
        self._worker.started.connect(self._on_started, queued)
        self._worker.reported.connect(self._on_reported, queued)
        self._worker.finished.connect(self._on_finished, queued)
        self._worker.failed.connect(self._on_failed, queued)
        self._worker.cancelled.connect(self._on_cancelled, queued)
        self._run.connect(self._worker.run, queued)
        self._stop.connect(self._worker.stop, queued)
        self._dropped.connect(self.cancelled, queued)
        self._start_thread()

    def submit(self, job: Job) -> JobHandle:
        """Queues a job.

        Raises:
            RuntimeError: the lane is closed.
        """
        if self._closing:
            raise RuntimeError("the lane is closed")
        task = Task(next(_ids), job)
        rival = next((t for t in self._waiting if job.slot is not None and t.job.slot == job.slot), None)
        if rival:
            # In its place, or a slider that keeps moving would never get its turn.
            self._waiting[self._waiting.index(rival)] = task
            self._drop(rival)
        else:
            insort(self._waiting, task, key=_rank)
        self._send_next()
        self.queue_changed.emit()
        return JobHandle(task.id, self)

    def cancel(self, id: int) -> bool:
        """Cancels a job.

        The window is told at once; the thread comes free when the job next looks at its flag.

        Returns:
            Whether it will end as cancelled: not if it has ended, or runs and must finish.
        """
        task = self._sent.get(id)
        if task is None:
            task = next((t for t in self._waiting if t.id == id), None)
            if task is None:
                return False
            self._waiting.remove(task)
        elif task.ended or task.job.must_finish:
            return False
        self._drop(task)
        self.queue_changed.emit()
        return True

    def cancel_all(self) -> None:
        """Cancels all jobs but those that must finish."""
        for task in [*self._waiting, *self._sent.values()]:
            if not task.job.must_finish:
                self.cancel(task.id)

    @property
    def running(self) -> int | None:
        """The job that runs. A cancelled one no longer does, even if its thread has not yet noticed."""
        task = next(iter(self._sent.values()), None)
        return None if task is None or task.ended else task.id

    @property
    def waiting(self) -> tuple[int, ...]:
        """The jobs that wait, in the order they will run."""
        return tuple(t.id for t in self._waiting)

    @property
    def seconds_left(self) -> float | None:
        """How long the running job will still take; None where that cannot be told yet."""
        return None if self.running is None else self._estimate.seconds_left

    def close(self, timeout: float | None = None) -> bool:
        """Cancels what can be cancelled, does the rest, and ends the thread. The window stands still meanwhile.

        Args:
            timeout: seconds to wait at most; None waits until the thread has ended.

        Returns:
            Whether the thread has ended. If not, it still ends by itself: ask again.
        """
        if not self._closing:
            self._closing = True
            self.cancel_all()
            for task in self._waiting:
                self._send(task)
            self._waiting.clear()
            self._stop.emit()
        ended = self._wait_for_thread(timeout)
        if ended:
            self._deliver()
            self._pace.stop()
        return ended

    def _start_thread(self) -> None:
        self._worker.moveToThread(self._thread)
        self._thread.start()

    def _wait_for_thread(self, timeout: float | None) -> bool:
        forever = QDeadlineTimer(QDeadlineTimer.ForeverConstant.Forever)
        return self._thread.wait(forever if timeout is None else QDeadlineTimer(round(timeout * 1000)))

    def _deliver(self) -> None:
        """Tells the window what is still in the post, since no event loop may run any more."""
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)

    def _send_next(self) -> None:
        if self._waiting and not self._sent:
            self._send(self._waiting.pop(0))

    def _send(self, task: Task) -> None:
        self._sent[task.id] = task
        self._run.emit(task)

    def _drop(self, task: Task) -> None:
        task.ended = True
        task.cancel.set()
        self._dropped.emit(task.id)

    def _release(self, id: int) -> bool:
        """The worker is done with a task. Returns whether the window is still to be told."""
        task = self._sent.pop(id)
        self._send_next()
        self.queue_changed.emit()
        to_be_told, task.ended = not task.ended, True
        return to_be_told

    @Slot(int)
    def _on_started(self, id: int) -> None:
        self._estimate = Estimate()
        if not self._sent[id].ended:
            self.started.emit(id)

    @Slot(int)
    def _on_reported(self, id: int) -> None:
        if not self._pace.isActive():
            self._tell_news()

    @Slot(int, object)
    def _on_finished(self, id: int, result: object) -> None:
        if self._release(id):
            self.finished.emit(id, result)

    @Slot(int, object)
    def _on_failed(self, id: int, failure: JobFailure) -> None:
        if self._release(id):
            self.failed.emit(id, failure)

    @Slot(int)
    def _on_cancelled(self, id: int) -> None:
        if self._release(id):
            self.cancelled.emit(id)

    @Slot()
    def _tell_news(self) -> None:
        """Emits the running job's news, if there are any, and then none for a while."""
        task = next(iter(self._sent.values()), None)
        if task is None or task.ended:
            return
        progress, previews = task.news.take()
        if progress is None and not previews:
            return
        self._pace.start()
        if progress:
            self._estimate.update(progress[0])
            self.progressed.emit(task.id, *progress)
        for rect, pixels in previews:
            if not task.ended:  # a slot may have cancelled it
                self.previewed.emit(task.id, rect, pixels)


def _rank(task: Task) -> int:
    return task.job.rank
