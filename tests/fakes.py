"""Stand-ins that several rooms' tests share."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent

from cnnstudio.runtime.runner import JobRunner


class ImmediateRunner(JobRunner):
    """A lane without a thread: a job runs in the event loop's next turn, on the GUI thread, in one go.

    All else is the real lane's: the queue, slots, cancelling, and that no signal comes before ``submit`` has returned.
    """

    def _start_thread(self) -> None:
        self._stop.disconnect(self._worker.stop)  # it would end the GUI thread

    def _wait_for_thread(self, timeout: float | None) -> bool:
        while self._sent:
            QCoreApplication.sendPostedEvents(self._worker, QEvent.Type.MetaCall.value)
            self._deliver()
        return True
