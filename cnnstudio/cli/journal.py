"""The journal of a folder's repair: what an interrupted run has finished, so that ``--resume`` need not redo it.

One JSON object a line, appended as work goes on. A line that a killed process left unfinished is not read.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cnnstudio.cards import ModelCard, file_sha256
from cnnstudio.cli.one_photo import Task
from cnnstudio.errors import UnwritableTarget
from cnnstudio.imaging.safe_file import make_folder, sync_folder
from cnnstudio.jobs import RepairOptions

if TYPE_CHECKING:
    from cnnstudio.cli.detect import Finder


@dataclass(frozen=True)
class Entry:
    """One line.

    Attributes:
        photo: path inside the folder, with forward slashes.
        source: where the photo was.
        state: ``"begun"``: the target may be written from now on; ``"repaired"``: it is written and whole;
            ``"failed"`` and ``"clean"``: it was not written.
        key: of the photo, mask, model and options, see :func:`work_key`.
        result: SHA-256 of the written file; empty where there is none.
    """

    photo: str
    source: str
    state: Literal["begun", "repaired", "clean", "failed"]
    key: str
    result: str = ""


def work_key(task: Task, card: ModelCard, options: RepairOptions, finder: Finder | None = None) -> str:
    """SHA-256 of all that a result depends on: photo, mask (or what finds it), model and options."""
    mask = file_sha256(task.mask) if task.mask else finder and finder.key
    parts = [file_sha256(task.photo), mask, card.sha256, asdict(options), task.quality, task.record]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Journal:
    """The journal file of an output folder.

    Args:
        file: need not exist.

    Raises:
        UnwritableTarget: the file exists and cannot be read.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._last: dict[str, Entry] = {}
        try:
            lines = file.read_text("utf-8").splitlines() if file.exists() else []
        except (OSError, UnicodeDecodeError) as error:
            raise UnwritableTarget(f"The journal “{file}” cannot be read.", repr(error)) from error
        for line in lines:
            try:
                entry = Entry(**json.loads(line))
            except (ValueError, TypeError, RecursionError):
                continue
            if all(isinstance(value, str) for value in asdict(entry).values()):
                self._last[entry.photo] = entry

    def is_finished(self, work: Entry, task: Task) -> bool:
        """Whether the target is the whole result of the same work."""
        last = self._last.get(work.photo)
        if last is None or not _is_result(last, task):
            return False
        # A photo repaired in its place is its own result: that changed its key, and it is finished all the same.
        return last.key == work.key or task.output.samefile(task.photo)

    def is_clean(self, work: Entry) -> bool:
        """Whether the same work has found no damage."""
        last = self._last.get(work.photo)
        return last is not None and last.state == "clean" and last.key == work.key

    def may_replace(self, work: Entry, task: Task) -> bool:
        """Whether the target is an earlier result of the same photo, and nobody has changed it since."""
        last = self._last.get(work.photo)
        if last is None or last.source != work.source:
            return False
        return last.state == "begun" or _is_result(last, task)

    def add(self, entry: Entry) -> None:
        """Appends a line.

        Raises:
            UnwritableTarget: it cannot be written.
        """
        # The leading line break ends whatever a killed process left behind.
        line = "\n" + json.dumps(asdict(entry)) + "\n"
        make_folder(self._file.parent)
        try:
            is_new = not self._file.exists()
            with self._file.open("a", encoding="utf-8") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())  # before a target is written that only this line tells from a stranger's
            if is_new:
                sync_folder(self._file.parent)
        except OSError as error:
            message = f"The journal “{self._file}” cannot be written: {error.strerror}."
            raise UnwritableTarget(message, repr(error)) from error
        self._last[entry.photo] = entry


def _is_result(entry: Entry, task: Task) -> bool:
    return entry.state == "repaired" and task.output.is_file() and file_sha256(task.output) == entry.result
