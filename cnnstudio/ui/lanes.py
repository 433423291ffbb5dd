"""The threads that work for the window."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from PySide6.QtCore import QObject

from cnnstudio.jobs import CallJob, Job, Progress
from cnnstudio.runtime.engine_lane import EngineLane
from cnnstudio.runtime.io_lane import IoLane, run_io_job
from cnnstudio.runtime.memory import keep_together
from cnnstudio.runtime.runner import JobRunner

_SWITCH_SECONDS = 0.0005
"""How long a thread keeps Python's lock while another waits for it. Painting lets go of it at every call into Qt, and
at Python's own 5 ms, beside a busy engine, a picture of forty tiles takes a fifth of a second."""


@dataclass(frozen=True)
class Lanes:
    """One of each for the whole window.

    Attributes:
        engine: repairs and generation: what needs torch.
        files: opening and saving.
        journal: what sessions write down, strictly in the order it happened.
        work: short computations that would still make the window stutter: similar colours, change maps, layers.
        tiles: what the canvas draws from, for it alone, so that nothing makes it wait.
    """

    engine: JobRunner
    files: JobRunner
    journal: JobRunner
    work: JobRunner
    tiles: JobRunner

    @classmethod
    def start(cls, parent: QObject | None = None) -> Lanes:
        """Starts them all; :meth:`close` must be called before the program ends."""
        sys.setswitchinterval(_SWITCH_SECONDS)
        keep_together()
        return cls(
            EngineLane(parent),
            IoLane(parent),
            JobRunner(run_io_job, "journal", parent),
            JobRunner(run_call, "work", parent),
            JobRunner(run_call, "tiles", parent),
        )

    def all(self) -> tuple[JobRunner, ...]:
        return self.engine, self.files, self.journal, self.work, self.tiles

    def close(self) -> None:
        """Ends them; saves and what sessions have yet to write down are finished first."""
        for lane in self.all():
            lane.close(0)  # all are asked before any is waited for
        for lane in self.all():
            lane.close()


def run_call(job: Job, progress: Progress) -> object:
    """Does a :class:`cnnstudio.jobs.CallJob`, with nothing imported for other jobs.

    Raises:
        TypeError: it is another job.
    """
    if not isinstance(job, CallJob):
        raise TypeError(f"this lane has no {type(job).__name__}")
    return job.function(progress)
