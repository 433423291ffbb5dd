"""Sessions: a document's whole work on disk as it goes on, so that it survives whatever happens to the program.

A session is a folder:

- ``journal``: a line for every step, only appended to: a CRC-32, a space, and JSON. The first line says which photo it
  is; the others, replayed, bring back mask, layers and history. What follows the first line that is not whole is left
  out, so a program killed while it was writing loses that one step.
- ``data``: the pixels that the journal refers to, see :class:`Store`. They are on the disk before the line that needs
  them is written.
- ``photo.*``: a copy of the photo, where the original is no file or is about to be overwritten.
- ``lock``: held while a program has the session open; the system lets go of it however that program ends.

A session file is such a folder as an uncompressed ZIP.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import threading
import time
import weakref
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import filelock
import numpy as np

from cnnstudio.cards import file_sha256
from cnnstudio.errors import UnreadablePhoto, UnwritableTarget
from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.edits import Edit, History, Step
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Layer, Patches
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.safe_file import appearing, make_folder, replacing, sync_folder
from cnnstudio.imaging.store import Ref, Store
from cnnstudio.imaging.tiles import TileKey
from cnnstudio.imaging.tone import Tone
from cnnstudio.jobs import Origin, RepairOptions, RestoreOptions, SelfCheck

_VERSION = 1
_JOURNAL, _DATA, _LOCK, _PHOTO = "journal", "data", "lock", "photo"
# What records raise that are whole but not ours: a session file may come from anywhere.
_NONSENSE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_Json = dict[str, Any]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Recoverable:
    """A session that nobody has open and that holds work.

    Attributes:
        folder: for :func:`open_session`.
        source: the photo's file; None for one that came from no file.
        steps: edits made.
        changed: when the last step was written, in seconds since 1970.
    """

    folder: Path
    source: Path | None
    steps: int
    changed: float


class Session:
    """An open session. :func:`create_session` and :func:`open_session` make it.

    Its methods may be called from any thread; they wait for the disk. Steps must be recorded in the order in which they
    happened.

    Attributes:
        folder: its folder.
        source: the photo's file; None for one that came from no file.
        settings: whatever the window wants to find again, as of JSON.
        store: where its pixels are; the document may spill into it as well.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source: Path | None = None
        self.settings: _Json = {}
        self._sha256 = ""
        self._mutex = threading.Lock()
        self._steps: list[Step] = []
        self._patches: weakref.WeakKeyDictionary[Patches, tuple[Ref, ...]] = weakref.WeakKeyDictionary()
        self._file_lock = filelock.FileLock(folder / _LOCK, thread_local=False)
        try:
            self._file_lock.acquire(timeout=0)
        except filelock.Timeout:
            raise UnreadablePhoto("This session is already open.") from None
        try:
            self.store = Store(folder / _DATA)
            self._journal = (folder / _JOURNAL).open("a+b", buffering=0)
        except BaseException:
            self._file_lock.release()
            raise

    def record(self, step: Step) -> None:
        """Writes a step down; when it returns, the step is on the disk.

        Raises:
            UnwritableTarget: the disk does not take it. The step is kept and written before the next one.
        """
        with self._mutex, _writing():
            self._steps.append(step)
            while self._steps:
                self._append(self._step(self._steps[0]))
                del self._steps[0]

    def save_settings(self, settings: _Json) -> None:
        """Replaces the settings.

        Raises:
            UnwritableTarget: the disk does not take them.
        """
        with self._mutex, _writing():
            self._append({"kind": "settings", "settings": settings})
            self.settings = settings

    def keep_photo(self, photo: Photo) -> None:
        """Puts a copy of the photo into the session; to be called before the photo's own file is overwritten.

        Raises:
            UnwritableTarget: the disk does not take it.
        """
        with self._mutex, _writing():
            if _kept_photo(self.folder, self._sha256) is not None:
                return
            if self.source is not None and _is_file(self.source, self._sha256):
                kept = self.folder / f"{_PHOTO}{self.source.suffix or '.file'}"
                with replacing(kept, overwrite=True) as target, self.source.open("rb") as file:
                    shutil.copyfileobj(file, target)
            else:
                kept = self.folder / f"{_PHOTO}.tif"
                write_photo(kept, photo, overwrite=True)
                sha256 = file_sha256(kept)
                self._append({"kind": "photo", "sha256": sha256})
                self._sha256 = sha256

    def original(self) -> Path | None:
        """The file that holds the photo as it was opened; None where it has been changed or deleted since."""
        with self._mutex:
            kept = _kept_photo(self.folder, self._sha256)
            if kept is None and self.source is not None and _is_file(self.source, self._sha256):
                return self.source
            return kept

    def save_as(self, path: Path, photo: Photo, *, overwrite: bool = False) -> None:
        """Writes a session file that holds all there is, the photo as well.

        Raises:
            UnwritableTarget: as :func:`cnnstudio.imaging.codecs.write_photo`.
        """
        self.keep_photo(photo)
        kept = _kept_photo(self.folder, self._sha256)
        assert kept is not None
        with self._mutex, replacing(path, overwrite=overwrite) as file, zipfile.ZipFile(file, "w") as archive:
            for name in (_JOURNAL, _DATA, kept.name):
                archive.write(self.folder / name, name)

    def close(self) -> None:
        """Lets go of the session; its folder stays."""
        self._journal.close()
        self.store.close()
        self._file_lock.release()

    def discard(self) -> None:
        """Closes the session and deletes it."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _append(self, record: _Json) -> None:
        os.fsync(self.store.fileno())
        rest = memoryview(_line(record))
        end = self._journal.seek(0, os.SEEK_END)
        try:
            while rest:
                rest = rest[self._journal.write(rest) :]
            os.fsync(self._journal.fileno())
        except OSError:
            self._journal.truncate(end)  # nothing may stand after half a line
            raise

    def _step(self, step: Step) -> _Json:
        record: _Json = {"kind": step.kind}
        if step.edit is not None:
            edit = step.edit
            record |= {"label": edit.label, "dirty": [edit.dirty.x, edit.dirty.y, edit.dirty.w, edit.dirty.h]}
            record["tiles"] = [[*key, self._put(tile)] for key, tile in edit.tiles.items()]
            record["layers"] = None if edit.layers is None else [self._layer(layer) for layer in edit.layers]
        if step.checked is not None:
            patches, check = step.checked
            record |= {"patches": self._patch_refs(patches), "check": asdict(check)}
        return record

    def _put(self, tile: np.ndarray | Ref | None) -> Ref | None:
        return self.store.put(tile) if isinstance(tile, np.ndarray) else tile

    def _layer(self, layer: Layer) -> _Json:
        known = {name: getattr(layer, name) for name in ("id", "name", "visible", "opacity", "model", "seed")}
        if layer.origin is not None:
            known["origin"] = asdict(layer.origin)
        return known | {"patches": self._patch_refs(layer.patches)}

    def _patch_refs(self, patches: Patches) -> tuple[Ref, ...]:
        refs = self._patches.get(patches)
        if refs is None:
            refs = self._patches[patches] = patches.put(self.store)
        return refs


def create_session(
    root: Path, photo: Photo, source: Path | None = None, settings: Mapping[str, Any] | None = None
) -> Session:
    """Begins a session in a new folder below ``root``.

    Args:
        source: the file that ``photo`` was read from; without one, the session takes a copy of the photo.

    Raises:
        UnwritableTarget: the disk does not take it.
    """
    folder = root / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(4)}"
    with _writing():
        make_folder(folder)
        session = Session(folder)
        try:
            kept = folder / f"{_PHOTO}.tif"
            if source is None:
                write_photo(kept, photo)
            session.source = None if source is None else source.absolute()
            session.settings = dict(settings or {})
            session._sha256 = file_sha256(source or kept)
            session._append(
                {
                    "kind": "session",
                    "version": _VERSION,
                    "source": source and str(session.source),
                    "sha256": session._sha256,
                    "shape": photo.pixels.shape,
                    "dtype": photo.pixels.dtype.name,
                    "settings": session.settings,
                }
            )
            sync_folder(folder)
        except BaseException:
            session.discard()
            raise
    return session


def open_session(folder: Path, source: Path | None = None, *, foreign: bool = False) -> tuple[Session, Document]:
    """Opens a session where it was left: mask, layers, history.

    Args:
        source: where the photo is now, if it has been moved.
        foreign: it may come from another computer: the photo it holds itself is the only one, and the paths it names
            are forgotten without a look at them, which could reach into a network.

    Raises:
        UnreadablePhoto: it is no session, damaged from its start, open elsewhere, or its photo is gone or has changed.
        UnwritableTarget: the disk does not take what an open session needs.
    """
    if not (folder / _JOURNAL).is_file():
        raise UnreadablePhoto(f"“{folder.name}” is no session.")
    with _writing():
        session = Session(folder)
    try:
        records = _records((folder / _JOURNAL).read_bytes())
        replay = _Replay(session.store, _header(folder, records))
        good = 0
        for record, end in records:
            if not replay.play(record):
                break
            good = end
        if foreign:
            replay.source, replay.settings = None, {k: v for k, v in replay.settings.items() if k != "path"}
        session.source, session.settings, session._sha256 = replay.source, replay.settings, replay.sha256
        photo = _photo_of(folder, replay, source)
        document = Document(photo, session.store)
        tiles = {key: session.store.get(ref) for key, ref in replay.tiles.items()}
        document.restore(tiles, replay.layers, replay.history, replay.saved, replay.checks)
        # Only now, with everything read well, is it right to cut off what could not be.
        session._journal.truncate(good)
        if source is not None or foreign:
            session.source = source and source.absolute()
            with _writing():
                session._append({"kind": "moved", "source": session.source and str(session.source)})
        if foreign:
            session.save_settings(session.settings)
    except (*_NONSENSE, OSError) as error:
        session.close()
        raise UnreadablePhoto(f"The session “{folder.name}” is damaged and cannot be opened.", repr(error)) from error
    except BaseException:
        session.close()
        raise
    return session, document


def unpack_session(path: Path, root: Path) -> Path:
    """Unpacks a session file into a new folder below ``root``, for :func:`open_session`.

    Raises:
        UnreadablePhoto: the file is no session.
        UnwritableTarget: the disk does not take it.
    """
    folder = root / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(4)}"
    try:
        with zipfile.ZipFile(path) as archive:
            # By these names only, whatever else an archive may hold.
            names = [name for name in archive.namelist() if re.fullmatch(rf"{_JOURNAL}|{_DATA}|{_PHOTO}\.\w+", name)]
            if _JOURNAL not in names:
                raise zipfile.BadZipFile("no journal")
            parts = [archive.getinfo(name) for name in names]
            # As it is written, so that a small file cannot fill the disk.
            if any(part.compress_type != zipfile.ZIP_STORED for part in parts):
                raise zipfile.BadZipFile("compressed")
            if sum(part.file_size for part in parts) > path.stat().st_size:
                raise zipfile.BadZipFile("parts that share their bytes")
            if any(part.header_offset < 0 for part in parts):
                raise zipfile.BadZipFile("cut off at the beginning")
            with _writing():
                make_folder(root)
                with appearing(folder) as place:
                    for name in names:
                        archive.extract(name, place)
    except UnwritableTarget:
        raise
    except Exception as error:  # zipfile raises errors of every kind on damaged bytes
        raise UnreadablePhoto(f"“{path.name}” is no session file, or is damaged.", repr(error)) from error
    return folder


def recoverable(root: Path) -> list[Recoverable]:
    """The sessions below ``root`` that were left open by a program that ended, and hold work; the latest first."""
    found = []
    for journal in root.glob(f"[!.]*/{_JOURNAL}"):  # a folder with a dot is being unpacked, or never was to its end
        try:
            records = _records(journal.read_bytes())
            with filelock.FileLock(journal.parent / _LOCK, timeout=0):
                steps = sum(record.get("kind") == "edit" for record, _ in records)
                if steps:
                    source = _header(journal.parent, records).get("source")
                    changed = journal.stat().st_mtime
                    found.append(Recoverable(journal.parent, source and Path(source), steps, changed))
        except (*_NONSENSE, filelock.Timeout, OSError, UnreadablePhoto):
            continue
    return sorted(found, key=lambda session: -session.changed)


class _Replay:
    """What a journal's records come to. Pixels stay on the disk."""

    def __init__(self, store: Store, header: _Json) -> None:
        self._store = store
        self._patches: dict[tuple[Ref, ...], Patches] = {}
        self.source = header["source"] and Path(header["source"])
        self.sha256: str = header["sha256"]
        self.shape, self.dtype = tuple(header["shape"]), header["dtype"]
        self.settings = _as(dict, header["settings"])
        self.tiles: dict[TileKey, Ref] = {}
        self.layers: tuple[Layer, ...] = ()
        self.saved: tuple[Layer, ...] = ()
        self.checks: dict[Patches, SelfCheck] = {}
        self.history = History(store)

    def play(self, record: _Json) -> bool:
        """Takes a record in; False where pixels that it needs are not whole on the disk."""
        match record["kind"]:
            case "edit":
                if not all(map(self._store.holds, _refs(record))):
                    return False
                self.history.push(self._swap(self._edit(record)))
            case "undo":
                self.history.undo(self._swap)
            case "redo":
                self.history.redo(self._swap)
            case "saved":
                self.saved = self.layers
            case "check":
                patches = self._patches.get(_patch_refs(record["patches"]))
                if patches is not None:
                    self.checks[patches] = _known(SelfCheck, record["check"])
            case "settings":
                self.settings = _as(dict, record["settings"])
            case "photo":
                self.sha256 = record["sha256"]
            case "moved":
                self.source = record["source"] and Path(record["source"])
        return True

    def _edit(self, record: _Json) -> Edit:
        tiles = {
            (_as(int, row), _as(int, column)): None if ref is None else Ref(*ref)
            for row, column, ref in record["tiles"]
        }
        layers = None if record["layers"] is None else tuple(self._layer(fields) for fields in record["layers"])
        dirty = Rect(*(_as(int, edge) for edge in record["dirty"])).clipped(self.shape[1], self.shape[0])
        return Edit(_as(str, record["label"]), dirty, tiles, layers)

    def _layer(self, known: _Json) -> Layer:
        origin = known.get("origin")
        if origin is not None:
            origin = _known(Origin, {**origin, "options": _options(origin["options"])})
        layer = _known(Layer, {**known, "patches": self._patches_at(known["patches"]), "origin": origin})
        if not 0 <= layer.opacity <= 1:
            raise ValueError(f"{layer.opacity} opaque")
        return layer

    def _patches_at(self, stored: list[list[int]]) -> Patches:
        refs = _patch_refs(stored)
        if refs not in self._patches:
            patches = Patches.stored(self._store, refs, (self.shape[2], np.dtype(self.dtype)))
            if not Rect(0, 0, self.shape[1], self.shape[0]).contains(patches.bounds):
                raise ValueError(f"a layer at {patches.bounds} of {self.shape}")
            self._patches[refs] = patches
        return self._patches[refs]

    def _swap(self, edit: Edit) -> Edit:
        before = {key: self.tiles.pop(key, None) for key in edit.tiles}
        self.tiles.update({key: tile for key, tile in edit.tiles.items() if isinstance(tile, Ref)})
        layers = self.layers
        if edit.layers is not None:
            self.layers = edit.layers
        return Edit(edit.label, edit.dirty, before, None if edit.layers is None else layers)


def _known(kind: type[_T], stored: _Json) -> _T:
    """A data class of what was stored, less what only a newer version of the program knows."""
    types = get_type_hints(kind, localns={"Tone": Tone})
    return kind(**{name: _as(types[name], value) for name, value in stored.items() if name in types})


def _as(kind: Any, value: Any) -> Any:
    """The value, which must be of that type; a whole number will do for one that need not be.

    Raises:
        TypeError, ValueError: it is not.
    """
    if not isinstance(value, kind) and not (isinstance(value, int) and isinstance(0.0, kind)):
        raise TypeError(f"{value!r:.40} is no {kind}")
    if isinstance(value, str):
        value.encode()  # half a letter cannot be shown
    return value


def _options(stored: _Json) -> RepairOptions | RestoreOptions:
    if "denoise" not in stored:
        return _known(RepairOptions, stored)
    tone = stored["tone"]
    return _known(RestoreOptions, {**stored, "tone": None if tone is None else _known(Tone, tone)})


def _patch_refs(stored: list[list[int]]) -> tuple[Ref, ...]:
    return tuple(Ref(*ref) for ref in stored)


def _refs(record: _Json) -> list[Ref]:
    tiles = [Ref(*ref) for *_, ref in record["tiles"] if ref is not None]
    return tiles + [Ref(*ref) for layer in record["layers"] or () for ref in layer["patches"]]


def _line(record: _Json) -> bytes:
    payload = json.dumps(record, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(payload), payload)


def _records(journal: bytes) -> list[tuple[_Json, int]]:
    """The records up to the first that is not whole, each with the place where it ends."""
    records, end = [], 0
    for line in journal.splitlines(keepends=True):
        checksum, _, payload = line.partition(b" ")
        if not line.endswith(b"\n") or checksum != b"%08x" % zlib.crc32(payload[:-1]):
            break
        end += len(line)
        records.append((json.loads(payload), end))
    return records


def _header(folder: Path, records: list[tuple[_Json, int]]) -> _Json:
    header = records[0][0] if records else {}
    if header.get("kind") != "session":
        raise UnreadablePhoto(f"The session “{folder.name}” is damaged from its start.")
    if header["version"] > _VERSION:
        raise UnreadablePhoto(f"The session “{folder.name}” was made by a newer version of CNN Studio.")
    return header


def _photo_of(folder: Path, replay: _Replay, moved_to: Path | None) -> Photo:
    for path in (moved_to, _kept_photo(folder, replay.sha256), replay.source):
        if path is not None and _is_file(path, replay.sha256):
            photo = read_photo(path)
            if (photo.pixels.shape, photo.pixels.dtype.name) != (replay.shape, replay.dtype):
                raise ValueError(f"{photo.pixels.shape} {photo.pixels.dtype} instead of {replay.shape} {replay.dtype}")
            return photo
    name = f"The photo “{replay.source.name}”" if replay.source else "The photo"
    raise UnreadablePhoto(f"{name} of this session has been moved, deleted or changed.", str(replay.source))


def _kept_photo(folder: Path, sha256: str) -> Path | None:
    return next((path for path in folder.glob(f"{_PHOTO}.*") if _is_file(path, sha256)), None)


def _is_file(path: Path, sha256: str) -> bool:
    try:
        return file_sha256(path) == sha256
    except OSError:
        return False


@contextlib.contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"The session could not be saved: {error.strerror or 'the disk refuses'}."
        raise UnwritableTarget(message, repr(error)) from error
