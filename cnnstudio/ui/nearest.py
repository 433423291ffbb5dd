"""Looks for the training picture most like a generated one, among those that the person has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.errors import UnwritableTarget
from cnnstudio.jobs import CallJob, DraftJob, JobFailure, Progress
from cnnstudio.runtime.nearest_run import Likeness, NearestRun
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.generation import Picture, write_picture
from cnnstudio.ui.lanes import Lanes

_SHOWN = 512
"""Pixels on the long side of the training picture that is shown."""


@dataclass(frozen=True, eq=False)
class Nearest:
    """What was found.

    Attributes:
        made: the generated picture.
        pixels: the middle square of the training picture, which is what a network is trained on: HxWxC.
        likeness: which file that is, and how like.
    """

    made: Picture
    pixels: np.ndarray
    likeness: Likeness


class NearestSearch(QObject):
    """One search at a time, in a process of its own. Lives on the GUI thread.

    Signals:
        busy_changed: one began or ended.
        progressed: (training pictures looked at, of how many).
        found: (:class:`Nearest`).
        failed: (:class:`JobFailure`), its sentence in the window's language where it is one of ours.

    Args:
        lanes: on the files' one pictures are written and read.
    """

    busy_changed = Signal()
    progressed = Signal(int, int)
    found = Signal(object)
    failed = Signal(object)

    def __init__(self, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = lanes
        self._run: NearestRun | None = None  # from the first moment until it has answered
        self._errand: Errand | None = None  # before it, what is written for it; after it, what is read
        self._made: Picture | None = None
        self._among = Path()
        self._likeness: Likeness | None = None

    @property
    def busy(self) -> bool:
        return self._run is not None or self._errand is not None

    def find(self, made: Picture, among: Path) -> None:
        """Looks for the picture of a folder that is most like ``made``, in place of a search that is under way."""
        self.cancel()
        try:
            run = NearestRun(self)
        except UnwritableTarget as error:
            self.failed.emit(JobFailure(error.message, error.detail, type(error).__name__))
            return
        run.progressed.connect(self.progressed)
        run.found.connect(self._on_answer)
        run.failed.connect(self._on_run_failed)
        self._run, self._made, self._among = run, made, among

        def write(_: Progress) -> list[Path]:
            return write_picture(run.picture, made, overwrite=True)

        self._errand = Errand(self._lanes.files, CallJob(write), self)
        self._errand.finished.connect(self._on_written)
        self._errand.failed.connect(self._on_errand_failed)
        self.busy_changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Gives up what is under way, without a word."""
        if not self.busy:
            return
        run, errand = self._run, self._errand
        self._run = self._errand = None
        if errand:
            errand.cancel()
        if run and errand:
            errand.ended.connect(run.give_up)  # it may be writing into its folder just now
        elif run:
            run.give_up()
        self.busy_changed.emit()

    @Slot()
    def end(self) -> None:
        """To be called before the window goes: no process outlives it."""
        if self._run:
            self._run.end()
        self._run = self._errand = None

    @Slot(object)
    def _on_written(self, _: object) -> None:
        if self.sender() is self._errand and self._run:
            self._errand = None
            self._run.start(self._among)

    @Slot(object)
    def _on_answer(self, likeness: Likeness) -> None:
        if self.sender() is not self._run:
            return
        self._run, self._likeness = None, likeness
        self._errand = Errand(self._lanes.files, DraftJob(likeness.file, _SHOWN), self)
        self._errand.finished.connect(self._on_read)
        self._errand.failed.connect(self._on_errand_failed)

    @Slot(object)
    def _on_read(self, pixels: np.ndarray) -> None:
        if self.sender() is self._errand and self._made and self._likeness:
            self._stop()
            self.found.emit(Nearest(self._made, middle_square(pixels), self._likeness))

    @Slot(object)
    def _on_errand_failed(self, failure: JobFailure) -> None:
        if self.sender() is self._errand:
            self._stop()
            self.failed.emit(failure)

    @Slot(str, str)
    def _on_run_failed(self, message: str, detail: str) -> None:
        if self.sender() is self._run:
            self._run = None
            self._stop()
            self.failed.emit(JobFailure(self._in_language(message), detail, "BadInput"))

    def _stop(self) -> None:
        """Nothing is under way any more."""
        if self._run:
            self._run.give_up()
        self._run = self._errand = None
        self.busy_changed.emit()

    def _in_language(self, message: str) -> str:
        """What the command says, in the window's words."""
        said = {
            "": self.tr("The comparison ended unexpectedly; perhaps memory or room on the disk ran out."),
            "There is no folder or file": self.tr("The folder “{folder}” is not there any more."),
            "No images were found": self.tr("There are no pictures in the folder “{folder}”."),
            "None of the": self.tr("None of the pictures in the folder “{folder}” can be read."),
            "Training needs more packages": self.tr(
                "Comparing needs packages that are not there: pip install 'cnnstudio[train]' adds them."
            ),
            "Something went wrong": self.tr("Something went wrong while the pictures were compared."),
        }
        for beginning, sentence in said.items():
            if message.startswith(beginning) and bool(beginning) == bool(message):
                return sentence.format(folder=self._among)
        return message


def middle_square(pixels: np.ndarray) -> np.ndarray:
    """The middle of HxWxC, as large as its shorter side."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return np.ascontiguousarray(pixels[top : top + side, left : left + side])
