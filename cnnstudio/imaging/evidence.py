"""A repair with all that proves it, in one folder: what the photo was, what was marked, what came of it, and how.

The folder holds the original, ``mask.png``, ``result.png``, ``changes.png``, and the recipe twice: ``recipe.txt`` for
people, ``recipe.json`` for programs, with the SHA-256 of every other file, so that whoever gets the folder can tell
that nothing in it was exchanged.
"""

from __future__ import annotations

import contextlib
import errno
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from cnnstudio.cards import file_sha256
from cnnstudio.errors import UnwritableTarget
from cnnstudio.imaging.codecs import write_photo
from cnnstudio.imaging.encode import Picture
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.photo import Photo, Pixels
from cnnstudio.imaging.provenance import PROGRAM, Repair, now, record
from cnnstudio.imaging.safe_file import appearing
from cnnstudio.imaging.tiles import Tiled
from cnnstudio.jobs import Progress

MASK, RESULT, CHANGES, RECIPE, READABLE = "mask.png", "result.png", "changes.png", "recipe.json", "recipe.txt"
_ABOUT = {
    "original": "the photo as it was opened",
    MASK: "white where the photo was repaired",
    RESULT: "the photo with its repairs, every pixel exact",
    CHANGES: "white where a pixel of the result differs from the original",
    READABLE: "this recipe for people",
}


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is exported.

    Attributes:
        photo: as it was opened; its metadata goes with the result.
        original: its file, which is copied as it is; None where there is none, and its pixels are written instead.
        name: what the photo is called.
        result: HxWxC: with its repairs.
        mask: HxW ``uint8``: 255 where it was repaired.
        repairs: what is known of each.
        details: further fields of each repair for the recipe, as of JSON: options, device, the self-check.
    """

    photo: Photo
    original: Path | None
    name: str
    result: Pixels
    mask: np.ndarray | Tiled
    repairs: Sequence[Repair]
    details: Sequence[dict[str, Any]] = field(default_factory=tuple)


def write_evidence(folder: Path, evidence: Evidence, progress: Progress | None = None) -> None:
    """Writes the folder, whole or not at all.

    Args:
        folder: must not exist, or be empty.
        progress: is asked before each file whether to stop.

    Raises:
        UnwritableTarget: the folder exists, or the disk does not take it.
        Cancelled: the cancel flag was seen.
    """
    progress = progress or Progress()
    with _told(folder), appearing(folder) as place:
        metadata, notes = record(evidence.photo.metadata, evidence.repairs)
        original = f"original{evidence.original.suffix.lower() if evidence.original else '.tif'}"
        steps: tuple[tuple[str, Callable[[Path], object]], ...] = (
            (original, lambda path: _write_original(path, evidence)),
            (MASK, lambda path: _write_plane(path, evidence.mask)),
            (RESULT, lambda path: write_photo(path, Picture(evidence.result, _for_png(metadata)))),
            (CHANGES, lambda path: _write_plane(path, _changes(evidence))),
        )
        files = {}
        for number, (name, write) in enumerate(steps):
            progress.check_cancelled()
            progress.set(number / len(steps), "Writing the evidence")
            write(place / name)
            files[name] = _facts(place / name)
        recipe = _recipe(evidence, notes)
        (place / READABLE).write_text(_readable(recipe, files), "utf-8")
        files[READABLE] = _facts(place / READABLE)
        described = {name: {"what": _ABOUT.get(name, _ABOUT["original"]), **facts} for name, facts in files.items()}
        text = json.dumps(recipe | {"files": described}, indent=2, ensure_ascii=False)
        (place / RECIPE).write_text(text + "\n", "utf-8", errors="backslashreplace")
        progress.check_cancelled()
    progress.set(1.0)


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Says of the folder what an error says of some file in it."""
    try:
        yield
    except UnwritableTarget as error:
        if not isinstance(error.__cause__, OSError):
            raise
        # It speaks of a file whose place nobody knows.
        raise UnwritableTarget(_sentence(folder, error.__cause__), error.detail) from error
    except OSError as error:
        raise UnwritableTarget(_sentence(folder, error), repr(error)) from error


def _sentence(folder: Path, error: OSError) -> str:
    match error.errno:
        case errno.EEXIST | errno.ENOTEMPTY:
            return f"“{folder.name}” exists already; choose a new folder for the evidence."
        case errno.ENOSPC | errno.EDQUOT:
            return "There is not enough space on the disk for the evidence."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"You are not permitted to make a folder in “{folder.parent}”."
        case errno.ENOENT | errno.ENOTDIR:
            return f"The folder “{folder.parent}” does not exist."
        case _:
            return "The evidence could not be written."


def _write_original(path: Path, evidence: Evidence) -> None:
    if evidence.original:
        shutil.copyfile(evidence.original, path)
    else:
        write_photo(path, evidence.photo)


def _write_plane(path: Path, plane: np.ndarray | Tiled) -> None:
    write_photo(path, Photo(np.asarray(plane)[..., None]))


def _changes(evidence: Evidence) -> np.ndarray:
    before, after = evidence.photo.pixels, evidence.result
    different = np.empty(before.shape[:2], np.uint8)
    for top in range(0, len(before), 256):
        rows = slice(top, top + 256)
        now = np.asarray(after[rows, slice(0, before.shape[1])])
        different[rows] = (before[rows] != now).any(2) * np.uint8(255)
    return different


def _for_png(metadata: Metadata) -> Metadata:
    return replace(metadata, format="PNG", jpeg=None)


def _facts(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": file_sha256(path)}


def _recipe(evidence: Evidence, notes: Sequence[str]) -> dict[str, Any]:
    height, width, channels = evidence.photo.pixels.shape
    repairs = []
    for number, repair in enumerate(evidence.repairs):
        more = evidence.details[number] if number < len(evidence.details) else {}
        regions = [[part.rect.x, part.rect.y, part.rect.w, part.rect.h] for part in repair.regions]
        model = {"id": repair.model, "version": repair.version, "sha256": repair.sha256}
        repairs.append(
            {
                "name": repair.name,
                "model": model if repair.model else None,
                "seed": repair.seed,
                "when": repair.when or None,
                "opacity": repair.opacity,
                "made_up": repair.made_up,
                "pixels": repair.pixels,
                "regions": regions,
                **more,
            }
        )
    bits = evidence.photo.pixels.dtype.itemsize * 8
    return {
        "program": PROGRAM,
        "written": now(),
        "photo": {"name": evidence.name, "width": width, "height": height, "channels": channels, "bits": bits},
        "repairs": repairs,
        "notes": list(notes),
    }


def _readable(recipe: dict[str, Any], files: dict[str, dict[str, Any]]) -> str:
    photo = recipe["photo"]
    lines = [
        f"How “{photo['name']}” was repaired",
        "",
        f"Written by {recipe['program']} on {recipe['written']}",
        f"Size of the photo: {photo['width']} x {photo['height']} pixels, {photo['bits']} bits per channel",
        "",
    ]
    for repair in recipe["repairs"]:
        lines += [f"{repair['name']}", *(f"  {line}" for line in _about(repair)), ""]
    lines += [*recipe["notes"], ""] if recipe["notes"] else []
    lines += ["Files in this folder", ""]
    for name, facts in files.items():
        lines += [f"{name}: {_ABOUT.get(name, _ABOUT['original'])}", f"  SHA-256 {facts['sha256']}"]
    lines += ["", f"{RECIPE}: this recipe for programs, with the SHA-256 of this file as well"]
    return "\n".join(lines) + "\n"


def _about(repair: dict[str, Any]) -> Iterator[str]:
    model = repair["model"]
    made = "filled in" if repair["made_up"] else "corrected"
    count = len(repair["regions"])
    where = f"{count} {'region' if count == 1 else 'regions'}"
    yield f"{repair['pixels']} pixels in {where}, {made}, {repair['opacity']:.0%} opaque"
    if model:
        yield f"Model {model['id']}, version {model['version'] or 'not known'}, seed {repair['seed']}"
        yield f"Model's SHA-256 {model['sha256'] or 'not known'}"
    else:
        yield "Made without a model"
    if repair["when"]:
        yield f"Made on {repair['when']}" + (f" on {repair['device']}" if repair.get("device") else "")
    if repair.get("options"):
        chosen = (f"{name} {value}" for name, value in repair["options"].items() if value is not None)
        yield "Options: " + ", ".join(chosen)
    check = repair.get("check")
    if check and check["error"] is not None:
        wrong = f"wrong by {check['error']:.1f} of 255 grey levels on average (PSNR {check['psnr']:.1f} dB)"
        yield f"Tried in {check['places']} undamaged places nearby: {wrong}: {check['verdict']}"
    elif check:
        yield "No undamaged place like it was found nearby to try it on: a guess"
    yield "Regions (x, y, width, height): " + "; ".join(" ".join(map(str, region)) for region in repair["regions"])
