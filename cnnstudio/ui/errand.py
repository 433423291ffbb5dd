"""A submitted job with signals of its own, so that whoever asked need not tell its answers from others'."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.jobs import Job, JobFailure
from cnnstudio.runtime.runner import JobRunner


class Errand(QObject):
    """One job on its way. Ends with exactly one of ``finished``, ``failed``, ``cancelled``, and is then deleted.

    No signal comes before the constructor has returned: connect right after it.

    Signals:
        started: it runs.
        progressed: (fraction in [0, 1], text).
        previewed: (Rect, array), as :class:`JobRunner` has it.
        finished: (result), failed: (:class:`JobFailure`), cancelled: how it ended.
        ended: after any of these three.

    Args:
        lane: where it is done.
        job: what.
        parent: with it the errand goes; a job that is under way then goes on, heard by nobody.
    """

    started = Signal()
    progressed = Signal(float, str)
    previewed = Signal(object, object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    ended = Signal()

    def __init__(self, lane: JobRunner, job: Job, parent: QObject) -> None:
        super().__init__(parent)
        self.lane, self.job = lane, job
        self.is_over = False
        lane.started.connect(self._on_started)
        lane.progressed.connect(self._on_progressed)
        lane.previewed.connect(self._on_previewed)
        lane.finished.connect(self._on_finished)
        lane.failed.connect(self._on_failed)
        lane.cancelled.connect(self._on_cancelled)
        self._handle = lane.submit(job)

    @property
    def id(self) -> int:
        """The job's id in its lane."""
        return self._handle.id

    def cancel(self) -> bool:
        """See :meth:`JobRunner.cancel`."""
        return self._handle.cancel()

    @Slot(int)
    def _on_started(self, id: int) -> None:
        if id == self.id:
            self.started.emit()

    @Slot(int, float, str)
    def _on_progressed(self, id: int, fraction: float, text: str) -> None:
        if id == self.id:
            self.progressed.emit(fraction, text)

    @Slot(int, object, object)
    def _on_previewed(self, id: int, rect: object, pixels: object) -> None:
        if id == self.id:
            self.previewed.emit(rect, pixels)

    @Slot(int, object)
    def _on_finished(self, id: int, result: object) -> None:
        if id == self.id:
            self._end()
            self.finished.emit(result)
            self.ended.emit()

    @Slot(int, object)
    def _on_failed(self, id: int, failure: JobFailure) -> None:
        if id == self.id:
            self._end()
            self.failed.emit(failure)
            self.ended.emit()

    @Slot(int)
    def _on_cancelled(self, id: int) -> None:
        if id == self.id:
            self._end()
            self.cancelled.emit()
            self.ended.emit()

    def _end(self) -> None:
        self.is_over = True
        self.lane.disconnect(self)
        self.deleteLater()
