"""Repairs a folder of photos: finds each one's mask, and never lets one bad file stop the rest."""

from __future__ import annotations

import contextlib
import os
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstudio.cards import ModelCard, file_sha256
from cnnstudio.cli.journal import Entry, Journal, work_key
from cnnstudio.cli.one_photo import Task, check, real, repair_photo, result_name
from cnnstudio.cli.report import FileReport
from cnnstudio.cli.walk import Update, each
from cnnstudio.errors import BadMask, CnnStudioError, UnreadablePhoto, UnwritableTarget
from cnnstudio.imaging.codecs import FORMATS
from cnnstudio.jobs import Progress, RepairOptions

if TYPE_CHECKING:
    from cnnstudio.cli.detect import Finder
    from cnnstudio.engine.repair import Repairer

MASK_ENDINGS = ("-mask", "_mask", ".mask")


def find_photos(folder: Path, masks: Path | None, *, recursive: bool, leave_out: Iterable[Path] = ()) -> list[Path]:
    """The photos of a folder, by name, as paths inside it.

    Hidden files are left out, and so are the files and folders in ``leave_out`` (results and masks that lie inside
    ``folder``) and, where ``masks`` is the same folder or None, the masks beside their photos.

    Raises:
        UnreadablePhoto: there are none, or the folder cannot be read.
    """
    kept_out = {real(path) for path in leave_out} - {real(folder)}
    masks_beside = masks is None or real(masks) == real(folder)
    found: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=_refuse):
        here = Path(place)
        folders[:] = [n for n in folders if recursive and n[0] != "." and real(here / n) not in kept_out]
        pictures = [n for n in names if n[0] != "." and Path(n).suffix.lower() in FORMATS]
        pictures = [n for n in pictures if real(here) / n not in kept_out]
        known = {key for n in pictures for key in (_plain(n), _plain(Path(n).stem))}
        found += [here.relative_to(folder) / n for n in pictures if not (masks_beside and _is_mask_of(n, known))]
    if not found:
        hint = "" if recursive else " (--recursive looks into its subfolders)"
        raise UnreadablePhoto(f"There are no photos in the folder “{folder}”{hint}.")
    return sorted(found)


class Masks:
    """Finds the mask of each photo by name.

    ``photo.jpg`` is matched by ``photo`` or ``photo.jpg``, alone or with ``-mask``, ``_mask`` or ``.mask`` behind
    it, in any readable format, upper or lower case, in the same subfolder.

    Args:
        masks: a folder laid out as the photos' folder is, or one mask file for all photos.
        photos: the photos' folder; in it, a photo's own name does not make a file its mask.
    """

    def __init__(self, masks: Path, photos: Path) -> None:
        self._masks = masks
        self._one_for_all = masks.is_file()
        self._beside = real(masks) == real(photos)
        self._folders: dict[Path, dict[str, list[Path]]] = {}

    def of(self, photo: Path) -> Path:
        """The mask of a photo, which is given as its path inside the photos' folder.

        Raises:
            BadMask: there is none, or more than one.
        """
        if self._one_for_all:
            return self._masks
        by_stem = self._by_stem(photo.parent)
        bare = [] if self._beside else [""]
        # a.jpg and a.png may both be photos, so the mask that names the extension too goes before.
        for name in (photo.name, photo.stem):
            matches = [m for ending in (*MASK_ENDINGS, *bare) for m in by_stem.get(_plain(name + ending), [])]
            same = [m for m in matches if _plain(m.name) == _plain(photo.name)]
            matches = same or matches
            if len(matches) > 1:
                raise BadMask(f"“{photo}” has more than one mask: {', '.join(m.name for m in matches)}.")
            if matches:
                return matches[0]
        raise BadMask(f"“{photo}” has no mask in “{self._masks}”.")

    def _by_stem(self, subfolder: Path) -> dict[str, list[Path]]:
        if subfolder not in self._folders:
            files: dict[str, list[Path]] = {}
            place = self._masks / subfolder
            for file in sorted(place.iterdir()) if place.is_dir() else []:
                if file.suffix.lower() in FORMATS and not file.name.startswith("."):
                    files.setdefault(_plain(file.stem), []).append(file)
            self._folders[subfolder] = files
        return self._folders[subfolder]


@dataclass(frozen=True)
class FolderTask:
    """A folder's way.

    Attributes:
        source, masks, target: folders to read and write; ``masks`` may be one file, or None: damage is to be found.
        photos: paths inside ``source``.
        quality, overwrite: as in :class:`Task`, for every photo.
        resume: whether photos that an earlier run finished are skipped.
        check, record: as in :class:`Task`.
    """

    source: Path
    masks: Path | None
    target: Path
    photos: list[Path]
    quality: int | None = None
    overwrite: bool = False
    resume: bool = False
    check: bool = False
    record: bool = True


def check_folder(source: Path, masks: Path | None, target: Path, *, overwrite: bool) -> None:
    """Refuses folders that would lose something.

    Raises:
        BadMask: there are no such masks.
        UnwritableTarget: results would replace the masks, or the photos without ``overwrite``.
    """
    if masks and not masks.exists():
        raise BadMask(f"There is no folder of masks “{masks}”.")
    if target.is_file():
        raise UnwritableTarget(f"“{target}” is a file: the results of a folder need a folder.")
    if real(target) == real(source) and not overwrite:
        raise UnwritableTarget(
            f"The results would replace the photos in “{source}”: choose another folder or add --overwrite."
        )
    if masks and real(target) == real(masks) != real(source):
        raise UnwritableTarget(f"The results would replace the masks in “{masks}”: choose another folder.")


def repair_folder(
    folder: FolderTask,
    card: ModelCard,
    options: RepairOptions,
    repairer: Repairer,
    finder: Finder | None = None,
    *,
    shown: bool,
) -> list[FileReport]:
    """Walks every photo; one that fails is reported and the rest go on.

    Args:
        finder: finds the damage where ``folder`` has no masks.
        shown: whether there are progress bars.

    Returns:
        a report for each photo, in order; fewer than there are photos where the run was interrupted.

    Raises:
        UnwritableTarget: the journal of an earlier run cannot be read.
    """
    masks = Masks(folder.masks, folder.source) if folder.masks else None
    journal = Journal(folder.target / "report.jsonl")

    def repair(photo: Path, update: Update, cancel: threading.Event) -> FileReport:
        progress = Progress(update, cancel=cancel)
        progress.check_cancelled()
        return _repair_one(folder, photo, masks, journal, card, options, repairer, progress, finder)

    def failed(photo: Path, error: str) -> FileReport:
        return FileReport(str(folder.source / photo), "", "", "failed", error=error)

    return each(folder.photos, repair, failed, shown=shown)


def _repair_one(
    folder: FolderTask,
    photo: Path,
    masks: Masks | None,
    journal: Journal,
    card: ModelCard,
    options: RepairOptions,
    repairer: Repairer,
    progress: Progress,
    finder: Finder | None,
) -> FileReport:
    source = folder.source / photo
    target = folder.target / photo.parent / result_name(photo)
    mask = masks.of(photo) if masks else None
    task = Task(source, mask, target, None, folder.quality, folder.overwrite, folder.check, folder.record)
    entry = Entry(photo.as_posix(), str(real(source)), "begun", work_key(task, card, options, finder))
    if folder.resume:
        if journal.is_finished(entry, task):
            return FileReport(str(source), str(task.mask or ""), str(task.output), "skipped")
        if journal.is_clean(entry):
            return FileReport(str(source), "", "", "clean")
        task = replace(task, overwrite=task.overwrite or journal.may_replace(entry, task))
    check(task)
    journal.add(entry)
    try:
        report = repair_photo(task, card, lambda: repairer, options, progress, finder)
    except BaseException:
        with contextlib.suppress(CnnStudioError):
            journal.add(replace(entry, state="failed"))
        raise
    if report.outcome == "clean":
        journal.add(replace(entry, state="clean"))
    else:
        journal.add(replace(entry, state="repaired", result=file_sha256(task.output)))
    return report


def _plain(name: str) -> str:
    """The name as it is compared: one system's upper case or split accents are another's lower case or whole ones."""
    return unicodedata.normalize("NFC", name).casefold()


def _is_mask_of(name: str, known: set[str]) -> bool:
    stem = _plain(Path(name).stem)
    return any(stem.endswith(ending) and stem.removesuffix(ending) in known for ending in MASK_ENDINGS)


def _refuse(error: OSError) -> None:
    raise UnreadablePhoto(f"The folder “{error.filename}” cannot be read: {error.strerror}.", repr(error)) from error
