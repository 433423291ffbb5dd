"""The lane of files: photos are opened and saved one at a time, beside whatever the engine does."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from cnnstudio.jobs import CallJob, DraftJob, Job, LoadJob, Progress, SaveJob
from cnnstudio.runtime.runner import JobRunner


class IoLane(JobRunner):
    """Saves first, then opens, then makes drafts. A save that has begun is never broken off, and closing waits for
    those that have not."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(run_io_job, "files", parent)


def run_io_job(job: Job, progress: Progress) -> object:
    """Does one job.

    Raises:
        CnnStudioError: the file cannot be read or written.
        Cancelled: ``progress`` was cancelled.
        TypeError: this lane does not do such jobs.
    """
    # The decoders take half a second to import, which the window's first picture need not wait for.
    from cnnstudio.imaging.codecs import FORMATS, read_draft, read_photo, write_photo
    from cnnstudio.imaging.geometry import Rect
    from cnnstudio.imaging.photo import Photo

    match job:
        case LoadJob():
            if FORMATS.get(job.path.suffix.lower()) == "JPEG":
                draft = read_draft(job.path, job.draft_side)
                progress.preview(Rect(0, 0, draft.shape[1], draft.shape[0]), draft)
                progress.check_cancelled()
            return read_photo(job.path)
        case DraftJob():
            return read_draft(job.path, job.side)
        case SaveJob():
            photo = Photo(np.asarray(job.pixels), job.metadata)
            write_photo(job.path, photo, format=job.format, quality=job.quality, overwrite=job.overwrite)
            return job.path
        case CallJob():
            return job.function(progress)
        case _:
            raise TypeError(f"the file lane has no {type(job).__name__}")
