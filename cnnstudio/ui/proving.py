"""“Export evidence”: a folder that shows what a photo was, what was repaired in it, and how."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from cnnstudio.jobs import CallJob, Progress
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.panels.status import StatusLine
from cnnstudio.ui.saving import Snapshot, evidence_of
from cnnstudio.ui.sentences import translated
from cnnstudio.ui.settings import Settings
from cnnstudio.ui.workspace import OpenPhoto, Workspace


class Proving(QObject):
    """Lives as long as the window.

    Signals:
        failed: (:class:`JobFailure`) there is no evidence.

    Args:
        window: over which its dialog opens.
    """

    failed = Signal(object)

    def __init__(
        self, workspace: Workspace, status: StatusLine, settings: Settings, lanes: Lanes, window: QWidget
    ) -> None:
        super().__init__(window)
        self._workspace, self._status, self._settings, self._lanes = workspace, status, settings, lanes
        self._window = window
        self._errand: Errand | None = None
        status.cancel_requested.connect(self.cancel)

    @Slot()
    def ask(self) -> None:
        """Asks where to, and exports the evidence of the photo shown."""
        photo = self._workspace.current
        if photo is None or photo.editor is None or self._errand:
            return
        folder = Path(self._settings.last_folder or Path.home())
        suggestion = _free(folder, self.tr("{name}-evidence").format(name=Path(photo.name).stem))
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Export evidence: name of the new folder"), str(suggestion)
        )
        if name:
            self._settings.last_folder = str(Path(name).parent)
            self.export(photo, Path(name))

    def export(self, photo: OpenPhoto, folder: Path) -> None:
        """Exports the evidence of a photo into a new folder."""
        editor = photo.editor
        if editor is None:
            return
        snapshot, live, name = Snapshot.of(editor.document), editor.session, photo.name

        def run(progress: Progress) -> Path:
            from cnnstudio.imaging.evidence import write_evidence

            progress.set(0.0, "Writing the evidence")
            write_evidence(folder, evidence_of(snapshot, live.original() if live else None, name), progress)
            return folder

        self._errand = errand = Errand(self._lanes.files, CallJob(function=run), self)
        errand.progressed.connect(self._on_progressed)
        errand.finished.connect(self._on_finished)
        errand.failed.connect(self.failed)
        errand.ended.connect(self._on_ended)

    @Slot()
    def cancel(self) -> bool:
        """Gives it up; returns whether anything was being exported."""
        return self._errand is not None and self._errand.cancel()

    @Slot(float, str)
    def _on_progressed(self, fraction: float, text: str) -> None:
        self._status.set_progress(fraction, translated(text), None)

    @Slot(object)
    def _on_finished(self, folder: Path) -> None:
        self._status.tell(self.tr("The evidence is in “{folder}”.").format(folder=folder))

    @Slot()
    def _on_ended(self) -> None:
        self._errand = None
        self._status.clear_progress()


def _free(folder: Path, name: str) -> Path:
    """A name in a folder that nothing has yet."""
    number, path = 1, folder / name
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}"
    return path
