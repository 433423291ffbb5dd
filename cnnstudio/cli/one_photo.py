"""Repairs one photo: read it and its mask (or find the damage), repair, write, and tell what changed."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from cnnstudio.cards import ModelCard
from cnnstudio.cli.report import FileReport
from cnnstudio.errors import BadInput, BadMask, UnreadablePhoto, UnwritableTarget
from cnnstudio.imaging.codecs import FORMATS, losses_of_repair, read_photo, write_photo
from cnnstudio.imaging.evidence import Evidence, write_evidence
from cnnstudio.imaging.mask import hole, read_mask
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.parts import parts
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.provenance import FORMATS as RECORDING
from cnnstudio.imaging.provenance import Repair, now, record
from cnnstudio.imaging.safe_file import make_folder
from cnnstudio.jobs import Progress, RepairOptions, RepairResult, SelfCheck

if TYPE_CHECKING:
    from cnnstudio.cli.detect import Finder
    from cnnstudio.engine.repair import Repairer

#: Longest side, in pixels, of each half of a before/after picture: it is for looking, not for keeping.
COMPARE_SIDE = 2000


@dataclass(frozen=True)
class Task:
    """One photo's way.

    Attributes:
        photo: file to read.
        mask: file to read, or None where damage is to be found.
        output: file to write, in the format its name says.
        compare: file for a before/after picture, or None.
        quality: of lossy formats, 1 to 100; None keeps the photo's own.
        overwrite: whether ``output`` and ``compare`` may replace a file.
        check: whether to find out how far the repair can be trusted.
        record: whether the result is to say that it was repaired.
        evidence: folder for all that proves the repair, or None.
    """

    photo: Path
    mask: Path | None
    output: Path
    compare: Path | None = None
    quality: int | None = None
    overwrite: bool = False
    check: bool = False
    record: bool = True
    evidence: Path | None = None


def result_name(photo: Path) -> str:
    """What a photo's result is called in another folder: the same, or with ``.png`` behind a format only read."""
    return f"{photo.name}.png" if FORMATS.get(photo.suffix.lower()) == "HEIF" else photo.name


def real(path: Path) -> Path:
    """Where a path leads to. One that leads back to itself stays as it is, for whoever opens it to tell."""
    return Path(os.path.realpath(path))


def check(task: Task) -> None:
    """Finds before any work what would make it useless: files that are missing, or targets that are taken.

    Raises:
        UnreadablePhoto, BadMask: the photo or the mask is not there.
        UnwritableTarget: a target exists, or is the photo or the mask.
        BadInput: both targets are one file.
    """
    if not task.photo.is_file():
        raise UnreadablePhoto(f"There is no photo “{task.photo}”.")
    if task.mask and not task.mask.is_file():
        raise BadMask(f"There is no mask “{task.mask}”.")
    if task.compare and real(task.compare) == real(task.output):
        raise BadInput("The result and the before/after picture need different names.")
    if task.evidence and task.evidence.exists():
        raise UnwritableTarget(f"“{task.evidence}” exists already: choose a new folder for the evidence.")
    for target in filter(None, (task.output, task.compare)):
        if not target.exists():
            continue
        if target.is_dir():
            raise UnwritableTarget(f"“{target}” is a folder.")
        if task.mask and target.samefile(task.mask):
            raise UnwritableTarget(f"“{target}” is the mask: choose another name.")
        if target.samefile(task.photo) and (target == task.compare or not task.overwrite):
            raise UnwritableTarget(f"“{target}” is the photo itself: choose another name or add --overwrite.")
        if not task.overwrite:
            raise UnwritableTarget(f"“{target}” exists already: choose another name or add --overwrite.")


def repair_photo(
    task: Task,
    card: ModelCard,
    repairer: Callable[[], Repairer],
    options: RepairOptions,
    progress: Progress,
    finder: Finder | None = None,
) -> FileReport:
    """Walks one task.

    Args:
        task: what to read and write.
        card: of the model.
        repairer: gives the loaded model; called once the photo and its mask are read, so that a file that
            cannot be read is told at once.
        options: how to repair.
        progress: told from 0 to 1; asked about cancelling.
        finder: finds the damage where the task has no mask. Where it finds none, nothing is written.

    Raises:
        CnnStudioError: it cannot be done; nothing has been written then.
        Cancelled: ``progress`` was cancelled; nothing has been written then.
    """
    check(task)
    progress.set(0.0, "reading")
    photo = read_photo(task.photo)
    work, looked = progress, 0.0
    if task.mask:
        mask = _read_mask(task.mask, photo)
    else:
        assert finder is not None
        findings, looked, device = finder.find(photo.pixels, progress.part(0.05, 0.25))
        if not findings.regions:
            said = [*photo.metadata.notes]
            return FileReport(str(task.photo), "", "", "clean", round(looked, 3), device, notes=said)
        mask, work = findings.mask(), progress.part(0.3, 0.7)
    notes = losses_of_repair(photo, task.output, quality=task.quality)
    progress.check_cancelled()
    work.set(0.05, "loading the model")
    model = repairer()
    progress.check_cancelled()
    result = model.repair(photo.pixels, mask, options, work.part(0.1, 0.5 if task.check else 0.8))
    notes = [*photo.metadata.notes, *result.notes, *notes]
    pixels, changed = _with_pieces(photo.pixels, result)
    trust = _self_check(model, pixels, mask, options, work.part(0.6, 0.3)) if task.check else None
    if trust:
        notes.append(_sentence(trust))
    progress.check_cancelled()
    progress.set(0.9, "writing")
    make_folder(task.output.parent)
    repair = Repair("Repair", tuple(parts(mask)), card.id, card.version, card.sha256, seed=options.seed, when=now())
    metadata, said = _recorded(task, photo.metadata, repair)
    notes += said
    repaired = replace(photo, pixels=pixels, metadata=metadata)
    checked = {"verdict": trust.verdict, **asdict(trust)} if trust else None
    area = photo.width * photo.height
    with contextlib.ExitStack() as undo:
        if task.evidence:
            make_folder(task.evidence.parent)
            details: dict[str, Any] = {"options": asdict(options), "device": result.device, "check": checked}
            where = hole(mask).view(np.uint8) * np.uint8(255)
            evidence = Evidence(photo, task.photo, task.photo.name, pixels, where, [repair], [details])
            write_evidence(task.evidence, evidence, progress.part(0.9, 0.05))
            undo.callback(shutil.rmtree, task.evidence, ignore_errors=True)
        if task.compare:
            make_folder(task.compare.parent)
            is_new = not task.compare.exists()
            # Its colours need the profile; date, place and the like belong to the photo alone.
            picture = Photo(side_by_side(photo.pixels, pixels), Metadata(icc_profile=photo.metadata.icc_profile))
            write_photo(task.compare, picture, overwrite=task.overwrite)
            if is_new:
                undo.callback(task.compare.unlink, missing_ok=True)
        # A photo of hundreds of megabytes need not stay in memory while its successor is encoded.
        photo = repaired
        write_photo(task.output, repaired, quality=task.quality, overwrite=task.overwrite)
        undo.pop_all()
    return FileReport(
        str(task.photo),
        str(task.mask or ""),
        str(task.output),
        "repaired",
        seconds=round(looked + result.seconds, 3),
        device=result.device,
        pixels_changed=changed,
        share=changed / area,
        check=checked,
        notes=notes,
    )


def _self_check(
    model: Repairer, pixels: np.ndarray, mask: np.ndarray, options: RepairOptions, progress: Progress
) -> SelfCheck:
    from cnnstudio.engine.self_check import self_check

    return self_check(model, pixels, mask, options, progress)


def _sentence(check: SelfCheck) -> str:
    if check.error is None:
        return "Self-check: guess. No undamaged place like this one was found nearby to try the repair on."
    return (
        f"Self-check: {check.verdict}. The same shapes, hidden in {check.places} undamaged places nearby and repaired "
        f"alike, came out wrong by {check.error:.1f} of 255 grey levels on average (PSNR {check.psnr:.1f} dB)."
    )


def _recorded(task: Task, metadata: Metadata, repair: Repair) -> tuple[Metadata, list[str]]:
    """The metadata with the record of the repair, where that is wanted, and sentences on what stands in its way."""
    if not task.record:
        return metadata, []
    if FORMATS.get(task.output.suffix.lower()) not in RECORDING:
        return metadata, ["This format cannot hold the record of the repair; JPEG, PNG, TIFF and WebP can."]
    return record(metadata, [repair])


def _read_mask(file: Path, photo: Photo) -> np.ndarray:
    try:
        return read_mask(file, photo.width, photo.height)
    except UnreadablePhoto as error:
        raise BadMask(f"The mask cannot be read: {error.message}", error.detail) from error


def _with_pieces(pixels: np.ndarray, result: RepairResult) -> tuple[np.ndarray, int]:
    """The pixels with the repaired pieces in place, and how many of them differ from before."""
    repaired = pixels.copy()
    changed = 0
    for rect, piece in result.pieces:
        under = repaired[rect.slices]
        changed += int(np.count_nonzero((under != piece).any(axis=2)))
        under[...] = piece
    return repaired, changed


def side_by_side(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Both photos, shrunk to :data:`COMPARE_SIDE` where larger, left and right of a grey bar.

    Args:
        before, after: HxWxC, of the same shape and dtype.
    """
    scale = min(1.0, COMPARE_SIDE / max(before.shape[:2]))
    size = (max(1, round(before.shape[1] * scale)), max(1, round(before.shape[0] * scale)))
    # OpenCV drops the channel axis of a grey picture.
    halves = [
        cv2.resize(half, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1) if scale < 1 else half
        for half in (before, after)
    ]
    bar = np.full((size[1], max(2, size[0] // 50), before.shape[2]), np.iinfo(before.dtype).max // 2, before.dtype)
    if before.shape[2] in (2, 4):
        bar[..., -1] = np.iinfo(before.dtype).max
    return np.concatenate([halves[0], bar, halves[1]], axis=1)
