"""The open photos: opening, saving, and the sessions that keep the work on them safe."""

from __future__ import annotations

import shutil
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnnstudio.errors import CnnStudioError
from cnnstudio.imaging import selection, session
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.edits import Edit, Step
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import View
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.session import Recoverable, Session
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import CallJob, DraftJob, JobFailure, LoadJob, Progress
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes
from cnnstudio.ui.open_photo import (
    SESSION_SUFFIX as SESSION_SUFFIX,
)
from cnnstudio.ui.open_photo import THUMBNAIL_SIDE, Found, find_photos, thumbnail_of
from cnnstudio.ui.open_photo import OpenPhoto as OpenPhoto
from cnnstudio.ui.saving import LAYERS, Snapshot, format_of, identity, write
from cnnstudio.ui.saving import SaveOptions as SaveOptions

if TYPE_CHECKING:
    from cnnstudio.ui.settings import Settings

MAX_RECENTS = 12

_PORTION = 100
"""Photos added at a time."""

_LITTER_AGE = 3600.0
"""Seconds after which a session without any work is taken for one that a crash left behind."""


@dataclass(frozen=True, eq=False)
class _Begun:
    """What a job made of a photo.

    Attributes:
        session: None where the disk does not take one.
        edit: the first change, yet to be made.
        problem: why there is no session.
        origin: a photo never worked on, a session that a crash left behind, or a session file.
        path, name, options: as the session remembers them.
    """

    document: Document
    thumbnail: np.ndarray
    session: Session | None
    edit: Edit | None = None
    problem: str = ""
    origin: Literal["photo", "crash", "file"] = "photo"
    path: Path | None = None
    name: str = ""
    options: SaveOptions = field(default_factory=SaveOptions)


class Workspace(QObject):
    """The open photos, one of them current.

    Only a photo that has been current is read in full; it stays so until it is closed.

    Signals:
        added: (:class:`OpenPhoto`).
        removed: (:class:`OpenPhoto`) it has been closed.
        current_changed: (:class:`OpenPhoto` or None).
        noticed: (sentence, ``"info"``, ``"warning"`` or ``"error"``, detail) something the person should know.
        recent_changed: :attr:`recents` is another list.
        saved: (:class:`OpenPhoto`, path).
        save_failed: (:class:`OpenPhoto`, sentence); the person has been told.

    Args:
        settings: has ``recent_files`` and ``record_repairs``.
        sessions_root: folder of the sessions; it need not exist.

    Attributes:
        lanes: as given.
        photos: in the order of the filmstrip.
        current: the one that is shown.
    """

    added = Signal(object)
    removed = Signal(object)
    current_changed = Signal(object)
    noticed = Signal(str, str, str)
    recent_changed = Signal()
    saved = Signal(object, object)
    save_failed = Signal(object, str)

    def __init__(self, lanes: Lanes, settings: Settings, sessions_root: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lanes, self._settings, self._root = lanes, settings, sessions_root
        self.photos: list[OpenPhoto] = []
        self.current: OpenPhoto | None = None
        self._wanting_drafts: deque[OpenPhoto] = deque()
        self._drafting: tuple[OpenPhoto, Errand] | None = None

    # ---- opening

    def open(self, paths: Sequence[Path]) -> None:
        """Opens files, folders and session files; the first that was not open becomes current."""
        wanted = list(paths)
        errand = Errand(self.lanes.files, CallJob(function=lambda progress: find_photos(wanted, progress)), self)
        errand.finished.connect(self._on_found)
        errand.failed.connect(self._on_failed)

    def open_pixels(self, pixels: np.ndarray, name: str) -> None:
        """Opens HxWxC pixels that came from no file."""
        self.open_photo_in_memory(Photo(pixels), name)

    def open_photo_in_memory(self, photo: Photo, name: str, mask: np.ndarray | None = None) -> None:
        """Opens a photo that came from no file; with a mask (HxW ``uint8``), that is marked."""
        opened = self._add(OpenPhoto(None, name))
        self._begin(opened, photo, mask)
        self.set_current(opened)

    def set_current(self, photo: OpenPhoto | None) -> None:
        """Shows another photo, and reads it in full if it has not been."""
        if photo is self.current:
            return
        before, self.current = self.current, photo
        if before and isinstance(before.loading and before.loading.job, LoadJob):
            # Whoever leafs through many photos does not want to wait for all of them.
            before.loading.cancel()  # type: ignore[union-attr]
        self.current_changed.emit(photo)
        if photo and photo.state == "loading" and photo.loading is None:
            self._load(photo)

    def close(self, photo: OpenPhoto) -> None:
        """Closes a photo without asking, and forgets the work on it."""
        if photo not in self.photos:
            return
        index = self.photos.index(photo)
        if photo.loading:
            photo.loading.cancel()
        self._cancel_draft(photo)
        self.photos.remove(photo)
        photo.setParent(None)
        if photo is self.current:
            self.set_current(self.photos[min(index, len(self.photos) - 1)] if self.photos else None)
        self.removed.emit(photo)
        if photo.editor and photo.editor.session:
            photo.editor.document.on_step = None
            if photo.saves == 0:
                self._in_journal(photo.editor.session.discard)

    def unsaved(self) -> list[OpenPhoto]:
        """Those whose work is in no file yet."""
        return [
            photo
            for photo in self.photos
            if photo.editor and photo.editor.modified and photo.kept_revision != photo.editor.document.revision
        ]

    @property
    def recents(self) -> list[Path]:
        """The files opened or saved last that still exist, the latest first."""
        return [path for path in map(Path, self._settings.recent_files) if path.is_file()]

    # ---- saving

    def can_save_to(self, path: Path) -> bool:
        """Whether a file of that name can be written: HEIC, for one, can only be read."""
        return format_of(path) is not None

    def save(
        self,
        photo: OpenPhoto,
        path: Path,
        options: SaveOptions | None = None,
        *,
        overwrite: bool = False,
        on_done: Callable[[], object] | None = None,
    ) -> None:
        """Saves a photo as it looks now; painting may go on meanwhile.

        Args:
            options: None saves as it was saved last.
            overwrite: whether an existing file may be replaced.
            on_done: called once it has been saved.
        """
        editor, chosen = photo.editor, options or photo.options
        if editor is None:
            return
        snapshot = Snapshot.of(editor.document)
        sessions = [
            (other.editor.session, other.editor.document.photo)
            for other in self.photos
            if other.editor and other.editor.session
        ]

        record = self._settings.record_repairs

        def run(progress: Progress) -> tuple[str, list[str]]:
            notes = write(
                path, snapshot, chosen, overwrite=overwrite, progress=progress, sessions=sessions, record=record
            )
            return identity(path), notes

        photo.saves += 1
        errand = Errand(self.lanes.files, CallJob(function=run, must_finish=True), self)
        errand.ended.connect(partial(self._on_save_ended, photo))
        errand.finished.connect(partial(self._on_saved, photo, path, chosen, snapshot.view, on_done))
        errand.failed.connect(partial(self._on_save_failed, photo))

    def save_session_file(self, photo: OpenPhoto, path: Path, *, overwrite: bool = False) -> None:
        """Writes photo, mask, repairs and history into one file."""
        editor = photo.editor
        if editor is None:
            return
        live, document = editor.session, editor.document
        if live is None:
            self.noticed.emit(self.tr("The work on this photo is not being written down, so it has no session."),
                              "error", "")  # fmt: skip
            return
        revision, original = document.revision, document.photo

        def run(_: Progress) -> None:
            live.save_as(path, original, overwrite=overwrite)

        # In the journal's lane all steps up to now are written down first.
        errand = Errand(self.lanes.journal, CallJob(function=run, must_finish=True), self)
        errand.finished.connect(partial(self._on_session_saved, photo, path, revision))
        errand.failed.connect(partial(self._on_save_failed, photo))

    # ---- recovery

    def recoverable(self) -> list[Recoverable]:
        """The work that a crash left behind, the latest first. Reads the disk: to be called in a job."""
        found = session.recoverable(self._root)
        _sweep(self._root, keep={one.folder for one in found})
        return found

    def recover(self, sessions: Sequence[Recoverable]) -> None:
        """Opens sessions where they were left; one that cannot be opened says why and stays on the disk."""
        for number, one in enumerate(sessions):
            photo = self._add(OpenPhoto(one.source, one.source.name if one.source else self.tr("Pasted photo")))
            self._restore(photo, partial(_reopened, one.folder))
            if number == 0:
                self.set_current(photo)

    def discard(self, sessions: Sequence[Recoverable]) -> None:
        """Deletes sessions for good."""
        for one in sessions:
            self._in_journal(partial(_delete, one.folder))

    # ---- opening, step by step

    @Slot(object)
    def _on_found(self, found: Found) -> None:
        self._take_in(found, 0, None, None)

    def _take_in(self, found: Found, start: int, first: OpenPhoto | None, already: OpenPhoto | None) -> None:
        """Adds some of what was found, and the rest a little later: a folder may hold thousands of photos.

        Args:
            start: the number of the first file yet to be added.
            first: the first photo that was new.
            already: the first that was open before.
        """
        known = {photo.identity: photo for photo in self.photos if photo.identity}
        new: list[OpenPhoto] = []
        shown, told = first, 0
        for path, who in found.files[start : start + _PORTION]:
            same = known.get(who)
            if same and same.state == "failed":
                self.close(same)  # it may be readable by now
            elif same:
                already = already or same
                continue
            if path.suffix.lower() == SESSION_SUFFIX:
                self._add_all(new[told:])  # it comes after them
                photo = self._add_session_file(path)
                told = len(new) + 1
            else:
                photo = OpenPhoto(path, path.name)
                photo.identity = who
            new.append(photo)
        self._add_all(new[told:])
        first = first or next(iter(new), None)
        for photo in new:
            if photo is not first and photo.loading is None:
                self._draft(photo)
        if shown is None and first:
            self.set_current(first)
        start += _PORTION
        if start < len(found.files):
            QTimer.singleShot(0, self, partial(self._take_in, found, start, first, already))
            return
        if first is None and already in self.photos:
            self.set_current(already)
        for folder in found.empty:
            self.noticed.emit(self.tr("There are no photos in “{folder}”.").format(folder=folder.name), "info", "")

    def _add_session_file(self, path: Path) -> OpenPhoto:
        opened = self._add(OpenPhoto(None, path.stem))
        opened.identity = identity(path)
        self._restore(opened, partial(_unpacked, path, self._root))
        return opened

    def _add(self, photo: OpenPhoto) -> OpenPhoto:
        self._add_all([photo])
        return photo

    def _add_all(self, photos: Sequence[OpenPhoto]) -> None:
        for photo in photos:
            photo.setParent(self)
        self.photos += photos
        for photo in photos:
            self.added.emit(photo)

    def _draft(self, photo: OpenPhoto) -> None:
        self._wanting_drafts.append(photo)
        self._next_draft()

    @Slot()
    def _next_draft(self) -> None:
        """Drafts are made one by one: a folder may hold thousands of photos, and every errand hears of all jobs."""
        if self._drafting and not self._drafting[1].is_over:
            return
        self._drafting = None
        while self._wanting_drafts:
            photo = self._wanting_drafts.popleft()
            if photo in self.photos and photo.path and photo.loading is None and photo.thumbnail is None:
                errand = Errand(self.lanes.files, DraftJob(photo.path, THUMBNAIL_SIDE), self)
                self._drafting = photo, errand
                errand.finished.connect(partial(self._on_draft, photo))
                errand.failed.connect(partial(self._on_load_failed, photo))
                errand.ended.connect(self._next_draft)
                return

    def _cancel_draft(self, photo: OpenPhoto) -> None:
        if self._drafting and self._drafting[0] is photo:
            self._drafting[1].cancel()

    def _on_draft(self, photo: OpenPhoto, thumbnail: np.ndarray) -> None:
        if photo.thumbnail is None:
            photo.thumbnail = thumbnail
            photo.changed.emit()

    def _load(self, photo: OpenPhoto) -> None:
        assert photo.path
        self._cancel_draft(photo)
        photo.loading = errand = Errand(self.lanes.files, LoadJob(photo.path), self)
        errand.previewed.connect(partial(self._on_preview, photo))
        errand.finished.connect(partial(self._on_loaded, photo))
        errand.failed.connect(partial(self._on_load_failed, photo))
        errand.cancelled.connect(partial(self._on_load_cancelled, photo))

    def _on_preview(self, photo: OpenPhoto, _: Rect, pixels: np.ndarray) -> None:
        photo.draft = pixels
        self._on_draft(photo, thumbnail_of(pixels))
        photo.changed.emit()

    def _on_load_cancelled(self, photo: OpenPhoto) -> None:
        photo.loading = photo.draft = None
        if photo not in self.photos:
            return
        if photo is self.current:  # it was come back to in the meantime
            self._load(photo)
        elif photo.thumbnail is None:
            self._draft(photo)

    def _on_load_failed(self, photo: OpenPhoto, failure: JobFailure) -> None:
        photo.loading = photo.draft = None
        if photo not in self.photos or photo.state != "loading":
            return
        photo.state, photo.error = "failed", failure.message
        photo.changed.emit()
        self.noticed.emit(failure.message, "error", failure.detail)
        if photo is self.current:
            others = self.photos[self.photos.index(photo) + 1 :] + self.photos
            readable = next((other for other in others if other.state != "failed"), None)
            if readable:
                self.set_current(readable)

    def _on_loaded(self, photo: OpenPhoto, loaded: Photo) -> None:
        if photo.path:
            self._remember(photo.path)
        self._begin(photo, loaded)

    def _begin(self, photo: OpenPhoto, loaded: Photo, mask: np.ndarray | None = None) -> None:
        """Makes a document, and a session for it."""
        job = partial(_begun, self._root, loaded, photo.path, photo.name, mask)
        # It must finish, so that no session is left that nobody knows of.
        photo.loading = errand = Errand(self.lanes.journal, CallJob(function=job, must_finish=True), self)
        errand.finished.connect(partial(self._on_begun, photo))
        errand.failed.connect(partial(self._on_load_failed, photo))

    def _restore(self, photo: OpenPhoto, job: Callable[[Progress], _Begun]) -> None:
        photo.loading = errand = Errand(self.lanes.files, CallJob(function=job, rank=1, must_finish=True), self)
        errand.finished.connect(partial(self._on_begun, photo))
        errand.failed.connect(partial(self._on_load_failed, photo))

    def _on_begun(self, photo: OpenPhoto, begun: _Begun) -> None:
        live = begun.session
        if photo not in self.photos:  # closed meanwhile
            if live:
                self._in_journal(live.close if begun.origin == "crash" else live.discard)
            return
        photo.loading = photo.draft = None
        if begun.origin != "photo":
            photo.path, photo.name = begun.path, begun.name or photo.name
        if photo.path and not photo.identity:
            photo.identity = identity(photo.path)
        photo.thumbnail, photo.options = begun.thumbnail, begun.options
        if begun.origin == "crash":
            self._close_twins(photo)
        elif begun.origin == "file":
            photo.kept_revision = begun.document.revision
        photo.editor = Editor(begun.document, live, photo.path, photo.name)
        if live:
            begun.document.on_step = partial(self._record, photo, live)
        else:
            self._warn_of_autosave(photo, begun.problem)
        photo.state = "ready"
        photo.changed.emit()
        if begun.edit:
            photo.editor.apply(begun.edit)
        for note in begun.document.photo.metadata.notes if begun.origin == "photo" else ():
            self.noticed.emit(note, "info", photo.name)

    def _close_twins(self, photo: OpenPhoto) -> None:
        """Where the file has been opened as well, but not worked on, one of it is enough."""
        for twin in list(self.photos):
            untouched = twin.editor is None or not twin.editor.document.history.labels
            if twin is not photo and photo.identity and twin.identity == photo.identity and untouched:
                if twin is self.current:
                    self.set_current(photo)
                self.close(twin)

    # ---- sessions

    def _record(self, photo: OpenPhoto, live: Session, step: Step) -> None:
        job = CallJob(function=lambda _: live.record(step), must_finish=True)
        errand = Errand(self.lanes.journal, job, self)
        errand.finished.connect(partial(self._on_recorded, photo))
        errand.failed.connect(partial(self._on_not_recorded, photo))

    def _on_recorded(self, photo: OpenPhoto, _: object) -> None:
        photo.autosave_warned = False

    def _on_not_recorded(self, photo: OpenPhoto, failure: JobFailure) -> None:
        self._warn_of_autosave(photo, f"{failure.message}\n{failure.detail}")

    def _warn_of_autosave(self, photo: OpenPhoto, detail: str) -> None:
        """Once is enough: the work goes on all the same."""
        if photo.autosave_warned:
            return
        photo.autosave_warned = True
        text = self.tr("Your work on “{name}” cannot be kept safe from a crash just now. Save it soon.")
        self.noticed.emit(text.format(name=photo.name), "warning", detail)

    def _in_journal(self, function: Callable[[], object]) -> None:
        """Does something after all that the journal's lane has yet to write."""
        try:
            Errand(self.lanes.journal, CallJob(function=lambda _: function(), must_finish=True), self)
        except RuntimeError:  # the program is ending, and the lane is done with everything
            function()

    # ---- saving, step by step

    def _on_saved(
        self,
        photo: OpenPhoto,
        path: Path,
        options: SaveOptions,
        view: View,
        on_done: Callable[[], object] | None,
        written: tuple[str, list[str]],
    ) -> None:
        editor = photo.editor
        assert editor
        who, notes = written
        for note in notes:
            self.noticed.emit(note, "info", str(path))
        if photo in self.photos:
            if view.layers == editor.document.view.layers:
                editor.mark_saved()
            if format_of(path, options) != LAYERS:
                self._is_now(photo, editor, path, who, options)
        self.saved.emit(photo, path)
        if on_done:
            on_done()

    def _is_now(self, photo: OpenPhoto, editor: Editor, path: Path, who: str, options: SaveOptions) -> None:
        """What is saved next goes to the same file in the same way."""
        photo.replaces_own_file, photo.options = True, options
        self._remember(path)
        if photo.identity != who:
            photo.path, photo.name, photo.identity = path, path.name, who
            editor.path = path
            photo.changed.emit()
        if editor.session:
            self._in_journal(partial(_remember_saving, editor.session, path, options))

    def _on_save_failed(self, photo: OpenPhoto, failure: JobFailure) -> None:
        self.noticed.emit(failure.message, "error", failure.detail)
        self.save_failed.emit(photo, failure.message)

    def _on_save_ended(self, photo: OpenPhoto) -> None:
        photo.saves -= 1
        if photo not in self.photos and photo.saves == 0 and photo.editor and photo.editor.session:
            self._in_journal(photo.editor.session.discard)  # it was closed while the save needed the session

    def _on_session_saved(self, photo: OpenPhoto, path: Path, revision: int, _: object) -> None:
        photo.kept_revision = revision
        self._remember(path)
        self.noticed.emit(self.tr("The session has been saved as “{name}”.").format(name=path.name), "info", str(path))

    def _remember(self, path: Path) -> None:
        """Puts a file at the head of the recent ones."""
        latest = str(path.absolute())
        others = [name for name in self._settings.recent_files if name != latest]
        self._settings.recent_files = [latest, *others][:MAX_RECENTS]
        self.recent_changed.emit()

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        self.noticed.emit(failure.message, "error", failure.detail)


def _begun(root: Path, photo: Photo, source: Path | None, name: str, mask: np.ndarray | None, _: Progress) -> _Begun:
    live, problem = None, ""
    try:
        live = session.create_session(root, photo, source, {"name": name})
    except CnnStudioError as error:
        problem = f"{error.message}\n{error.detail}"
    document = Document(photo, live.store if live else None)
    edit = None if mask is None else selection.combine(document.mask, TileGrid(mask), "replace")
    return _Begun(document, thumbnail_of(photo.pixels), live, edit, problem)


def _reopened(folder: Path, _: Progress, foreign: bool = False) -> _Begun:
    live, document = session.open_session(folder, foreign=foreign)
    path, name, options = (live.settings.get(key) for key in ("path", "name", "options"))
    where = Path(path) if isinstance(path, str) else live.source
    if where and not where.is_file():
        where = None  # saving must ask where to
    try:
        chosen = SaveOptions(**(options or {}))
    except TypeError:  # another version's
        chosen = SaveOptions()
    called = where.name if where else name if isinstance(name, str) else ""
    thumbnail = thumbnail_of(document.photo.pixels)
    return _Begun(document, thumbnail, live, origin="crash", path=where, name=called, options=chosen)


def _unpacked(path: Path, root: Path, progress: Progress) -> _Begun:
    folder = session.unpack_session(path, root)
    try:
        begun = _reopened(folder, progress, foreign=True)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # all of it is in the file still
        raise
    # It may come from another computer, where the same path is another photo: saving asks where to.
    return replace(begun, origin="file", path=None, options=SaveOptions())


def _remember_saving(live: Session, path: Path, options: SaveOptions) -> None:
    saving = {"path": str(path.absolute()), "name": path.name, "options": asdict(options)}
    live.save_settings({**live.settings, **saving})


def _delete(folder: Path) -> None:
    Session(folder).discard()


def _sweep(root: Path, keep: set[Path]) -> None:
    """Deletes sessions in which no work has been done, left by a crash; never one that is open or just beginning."""
    for folder in root.glob(f"{'[0-9]' * 8}-{'[0-9]' * 6}-{'[0-9a-f]' * 8}/"):
        journal = folder / "journal"
        try:
            if folder in keep or time.time() - folder.stat().st_mtime < _LITTER_AGE:
                continue
            if not journal.is_file() or b'"kind":"edit"' not in journal.read_bytes():
                _delete(folder)
        except (OSError, CnnStudioError):
            continue
