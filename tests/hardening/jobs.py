"""Whatever the program writes, each as a job that can be broken off anywhere, with what must hold afterwards."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms
from PySide6.QtCore import QSettings

from cnnstudio import cards, logs
from cnnstudio.cards import ModelCard, file_sha256
from cnnstudio.cli import main as command_line
from cnnstudio.cli import repair
from cnnstudio.cli.failures import Exit, exit_code
from cnnstudio.errors import CnnStudioError
from cnnstudio.imaging import selection, session
from cnnstudio.imaging.codecs import read_photo, write_photo
from cnnstudio.imaging.document import Document
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.layers import Patches
from cnnstudio.imaging.metadata import Metadata
from cnnstudio.imaging.openraster import write_ora
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.tiles import TileGrid
from cnnstudio.jobs import Progress
from cnnstudio.ui import saving, workspace
from cnnstudio.ui.settings import Settings
from tests.benchmarks.bench_kill import digest
from tests.cli.fakes import FakeRepairer
from tests.hardening.calls import forked

WIDTH, HEIGHT = 160, 120
AREA = Rect(40, 30, 24, 16)
"""What is repaired."""
WHITE = 255
FILLER = "filler"
"""A folder that fills the disk, where that is tried; who can wait for space again, deletes it."""
DID = "did\n"
"""What a job says once a step is safe."""


class Loss(Exception):
    """Something is gone, or half there."""


@dataclass(frozen=True)
class Job:
    """Something that the program writes.

    Attributes:
        prepare: lays out the folder as it is before; what must outlive the job is put into the folder ``given`` beside.
        run: writes, and returns the exit code.
        check: looks at the folder, wherever the job was broken off. It is told what the job had said, and whether it
            had ended well. Raises :class:`Loss`.
        again: what a person does then; by default the same once more. It must end well.
        codes: exit codes where the disk is full. That nobody is told need not be a loss: then they have none of the
            command line's.
    """

    name: str
    prepare: Callable[[Path], object]
    run: Callable[[Path], int]
    check: Callable[[Path, str, bool], None]
    again: Callable[[Path], int] | None = None
    codes: tuple[int, ...] = (Exit.UNWRITABLE,)


def attempt(work: Callable[[Path], int], folder: Path) -> int:
    """Does a job's work as the program does: an error is a sentence and an exit code."""
    try:
        return work(folder)
    except CnnStudioError as error:
        print(f"cnnstudio: {error.message}", file=sys.stderr)
        return exit_code(error)


def lay_out(job: Job, folder: Path) -> None:
    """Makes the folder what it is before the job."""

    def prepare() -> None:
        job.prepare(folder)

    ended = forked(prepare)
    assert ended.code == 0, ended.said


def expect(holds: bool, otherwise: str) -> None:
    """Raises :class:`Loss` where something does not hold."""
    if not holds:
        raise Loss(otherwise)


def given(folder: Path, name: str) -> Path:
    """A file of what was there before the job."""
    (folder.parent / "given").mkdir(exist_ok=True)
    return folder.parent / "given" / name


def is_as_given(folder: Path, name: str) -> bool:
    """Whether a file is, byte for byte, what it was before the job."""
    return (folder / name).read_bytes() == given(folder, name).read_bytes()


def give_photo(folder: Path, name: str) -> Path:
    """A photo file with metadata, among what is given."""
    noise = np.random.default_rng(0).integers(30, 220, (HEIGHT // 2, WIDTH // 2, 3), dtype=np.uint8)
    pixels = np.ascontiguousarray(noise.repeat(2, 0).repeat(2, 1))
    described = Image.Exif()
    described[0x010F] = "A camera"
    metadata = Metadata(
        exif=described.tobytes().removeprefix(b"Exif\0\0"),
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        dpi=(300.0, 300.0),
    )
    write_photo(given(folder, name), Photo(pixels, metadata))
    return given(folder, name)


def put_photo(folder: Path, name: str) -> None:
    """The same in the folder itself as well; ``name`` may begin with a subfolder."""
    (folder / name).parent.mkdir(exist_ok=True)
    shutil.copyfile(give_photo(folder, Path(name).name), folder / name)


def check_photo(path: Path, original: Path, *, recorded: bool = True) -> None:
    """A repaired photo is whole, with its metadata."""
    photo, before = read_photo(path), read_photo(original)
    wanted = before.pixels.copy()
    wanted[AREA.slices] = WHITE
    wrong = np.abs(photo.pixels.astype(int) - wanted)
    allowed = 12 if path.suffix in (".jpg", ".webp") else 0
    expect(max(wrong.mean(), wrong[AREA.slices].mean()) <= allowed, f"{path.name} has other pixels")
    for name in ("exif", "icc_profile"):
        expect(getattr(photo.metadata, name) == getattr(before.metadata, name), f"{path.name} has lost its {name}")
    expect(not recorded or b"TrainedAlgorithmicMedia" in (photo.metadata.xmp or b""), f"{path.name} has no record")


def check_names(folder: Path, names: Sequence[str]) -> None:
    """Beside these files there is nothing but what is recognisably left over."""
    others = {path.name for path in folder.iterdir() if not is_leftover(path)} - set(names)
    expect(not others, f"{', '.join(sorted(others))} in {folder.name}")


def is_leftover(path: Path) -> bool:
    """Whether a file or folder is one that was never finished."""
    return path.name.startswith(".cnnstudio-") and path.suffix == ".part"


def repaired(photo: Photo) -> saving.Snapshot:
    """The photo with a white repair."""
    document = Document(photo)
    fill = np.full((AREA.h, AREA.w, 3), WHITE, np.uint8)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[AREA.slices] = 255
    document.add_repair(Patches.build([(AREA, fill)], TileGrid(mask)), "Repair", model="pyramid")
    return saving.Snapshot.of(document)


# ---- photos and layers


def _save(name: str, to: str, folder: Path) -> int:
    snapshot = repaired(read_photo(given(folder, name)))
    saving.write(folder / to, snapshot, saving.SaveOptions(), overwrite=True, progress=Progress())
    return 0


def _check_saved_over(name: str, folder: Path, said: str, done: bool) -> None:
    check_names(folder, [name])
    path, original = folder / name, given(folder, name)
    if path.read_bytes() != original.read_bytes():
        check_photo(path, original)
    else:
        expect(not done, f"{name} is the old one")


def _check_saved_new(folder: Path, said: str, done: bool) -> None:
    check_names(folder, ["photo.jpg", "new.jpg"])
    expect(is_as_given(folder, "photo.jpg"), "the original is another")
    if (folder / "new.jpg").exists():
        check_photo(folder / "new.jpg", given(folder, "photo.jpg"))
    else:
        expect(not done, "new.jpg is missing")


def _put_layers(folder: Path) -> None:
    give_photo(folder, "photo.png")
    old = given(folder, "old.ora")
    write_ora(old, read_photo(given(folder, "photo.png")), [], TileGrid.empty((HEIGHT, WIDTH)))
    shutil.copyfile(old, folder / "photo.ora")


def _check_layers(folder: Path, said: str, done: bool) -> None:
    check_names(folder, ["photo.ora"])
    if (folder / "photo.ora").read_bytes() == given(folder, "old.ora").read_bytes():
        expect(not done, "photo.ora is the old one")
        return
    with zipfile.ZipFile(folder / "photo.ora") as archive:
        expect(archive.testzip() is None, "photo.ora is damaged")
        expect("stack.xml" in archive.namelist() and "data/repair001.png" in archive.namelist(), "photo.ora is half")


# ---- sessions


def step(document: Document, number: int) -> None:
    at = Rect(10 * number, 8 * number, 30, 20)
    if number % 2 == 0:
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        mask[at.slices] = 255
        document.apply(selection.combine(document.mask, TileGrid(mask), "replace"))
    else:
        used = document.mask.snapshot()
        fill = np.random.default_rng(number).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
        patches = Patches.build([(Rect(0, 0, WIDTH, HEIGHT), fill)], used)
        document.add_repair(patches, f"Repair {number}", used=used)


def states_of(photo: Photo, steps: int) -> list[str]:
    """What the document is after each step, none first."""
    document = Document(photo)
    states = [digest(document)]
    for number in range(steps):
        step(document, number)
        states.append(digest(document))
    return states


_OLD_STEPS = 2


def _put_session(folder: Path) -> None:
    put_photo(folder, "photo.png")
    photo = read_photo(folder / "photo.png")
    live, document = session.create_session(folder / "sessions", photo, folder / "photo.png"), Document(photo)
    document.on_step = live.record
    for number in range(_OLD_STEPS):
        step(document, number)
    live.save_as(folder / "work.cnnsession", photo)
    shutil.copyfile(folder / "work.cnnsession", given(folder, "work.cnnsession"))
    live.close()


def _go_on(live: session.Session, document: Document) -> None:
    document.on_step = live.record
    if len(document.history.labels) == _OLD_STEPS:
        step(document, _OLD_STEPS)
    os.write(1, DID.encode())


def _save_session(folder: Path) -> int:
    """Opens what a crash has left, goes on, and saves the session over an older one."""
    found = session.recoverable(folder / "sessions")
    live, document = session.open_session(found[0].folder)
    try:
        _go_on(live, document)
        live.save_as(folder / "work.cnnsession", document.photo, overwrite=True)
    finally:
        live.close()
    return 0


def _state_of(place: Path, photo: Photo) -> int:
    """How many steps a session holds."""
    live, document = session.open_session(place)
    state = digest(document)  # of pixels that may still be on the disk
    live.close()
    states = states_of(photo, _OLD_STEPS + 1)
    expect(state in states, f"{place.name} is in a state that never was")
    return states.index(state)


def _check_session(folder: Path, said: str, done: bool) -> None:
    check_names(folder, ["photo.png", "sessions", "work.cnnsession"])
    expect(is_as_given(folder, "photo.png"), "the original is another")
    photo = read_photo(folder / "photo.png")
    found = session.recoverable(folder / "sessions")
    expect(len(found) == 1, f"{len(found)} sessions")
    expect(_state_of(found[0].folder, photo) >= _OLD_STEPS + said.count(DID), "a step that was safe is lost")
    if not is_as_given(folder, "work.cnnsession"):
        with zipfile.ZipFile(folder / "work.cnnsession") as archive:
            expect(archive.testzip() is None, "work.cnnsession is damaged")
        unpacked = session.unpack_session(folder / "work.cnnsession", folder.parent / "unpacked")
        expect(_state_of(unpacked, photo) == _OLD_STEPS + 1, "work.cnnsession lacks a step")
    else:
        expect(not done, "work.cnnsession is the old one")


def _put_session_file(folder: Path) -> None:
    _put_session(folder)
    shutil.rmtree(folder / "sessions")
    (folder / "photo.png").unlink()


def _open_session_file(folder: Path) -> int:
    begun = workspace._unpacked(folder / "work.cnnsession", folder / "sessions", Progress())
    assert begun.session
    try:
        _go_on(begun.session, begun.document)
    finally:
        begun.session.close()
    return 0


def _check_session_file(folder: Path, said: str, done: bool) -> None:
    check_names(folder, ["work.cnnsession", "sessions"])
    expect(
        is_as_given(folder, "work.cnnsession"),
        "work.cnnsession is another",
    )
    photo = read_photo(given(folder, "photo.png"))
    places = [place for place in folder.glob("sessions/*") if not is_leftover(place)]
    steps = [_state_of(place, photo) for place in places]
    expect(said.count(DID) == 0 or _OLD_STEPS + 1 in steps, "a step that was safe is lost")


def _begin_session(folder: Path) -> int:
    """As for a photo that was pasted: the session has its only copy."""
    photo = read_photo(given(folder, "photo.png"))
    live, document = session.create_session(folder / "sessions", photo), Document(photo)
    document.on_step = live.record
    try:
        for number in range(_OLD_STEPS):
            step(document, number)
            os.write(1, DID.encode())
    finally:
        live.close()
    return 0


def _begin_session_anew(folder: Path) -> int:
    """After all that was left has been thrown away."""
    for one in session.recoverable(folder / "sessions"):
        session.open_session(one.folder)[0].discard()
    workspace._sweep(folder / "sessions", set())
    return _begin_session(folder)


def _check_begun(folder: Path, said: str, done: bool) -> None:
    photo = read_photo(given(folder, "photo.png"))
    steps = [_state_of(one.folder, photo) for one in session.recoverable(folder / "sessions")]
    expect(max(steps, default=0) >= min(said.count(DID), _OLD_STEPS), "a step that was safe is lost")


# ---- the command line


def _put_models(folder: Path) -> None:
    weights = given(folder, "pyramid.safetensors")
    weights.write_bytes(b"weights" * 100)
    card = ModelCard("pyramid", "Test", "", "repair", "pyramid", {}, "1", "MIT", {}, {}, {}, file_sha256(weights))
    card.write(weights)


def _command(folder: Path, *arguments: str) -> int:
    os.environ["XDG_DATA_HOME"] = str(folder / "user")  # with the log
    repair.load_repairer = lambda _card, _device: FakeRepairer()  # type: ignore[assignment, return-value]
    cards.model_dirs = lambda: [folder.parent / "given"]
    return command_line.main(["repair", *arguments, "--quiet"])


def _put_mask(path: Path) -> None:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[AREA.slices] = 255
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(mask).save(path)


_SCANS = ("a.jpg", "b.tif")


def _put_scans(folder: Path) -> None:
    _put_models(folder)
    for name in _SCANS:
        put_photo(folder, f"scans/{name}")
    _put_mask(folder / "mask.png")
    shutil.copyfile(folder / "mask.png", given(folder, "mask.png"))


def _repair_folder(target: str, *more: str, folder: Path) -> int:
    return _command(folder, f"{folder}/scans", "--mask", f"{folder}/mask.png", "-o", f"{folder}/{target}", *more)


def _check_folder(target: str, folder: Path, said: str, done: bool) -> None:
    expect(is_as_given(folder, "mask.png"), "the mask is another")
    for name in _SCANS:
        original, result = given(folder, name), folder / target / name
        if target != "scans":
            expect((folder / "scans" / name).read_bytes() == original.read_bytes(), f"the original {name} is another")
        if result.exists() and result.read_bytes() != original.read_bytes():
            check_photo(result, original)
        else:
            expect(not done and (target != "scans" or result.exists()), f"{name} is missing")
    if (folder / target).is_dir():
        check_names(folder / target, [*_SCANS, "report.json", "report.csv", "report.jsonl"])
    report = folder / target / "report.json"
    if report.exists():
        json.loads(report.read_text("utf-8"))
    else:
        expect(not done, "report.json is missing")


def _put_one(folder: Path) -> None:
    _put_models(folder)
    put_photo(folder, "photo.jpg")
    _put_mask(folder / "mask.png")


def _repair_one(folder: Path) -> int:
    if (folder / "evidence").exists():
        shutil.rmtree(folder / "evidence")  # as whoever begins anew must
    return _command(
        folder, f"{folder}/photo.jpg", "--mask", f"{folder}/mask.png", "-o", f"{folder}/new.jpg",
        "--compare", f"{folder}/both.png", "--evidence", f"{folder}/evidence", "--overwrite",
    )  # fmt: skip


def _check_one(folder: Path, said: str, done: bool) -> None:
    check_names(folder, ["photo.jpg", "mask.png", "new.jpg", "both.png", "evidence", "user"])
    expect(is_as_given(folder, "photo.jpg"), "the original is another")
    for name in ("new.jpg", "both.png", "evidence"):
        expect((folder / name).exists() or not done, f"{name} is missing")
    if (folder / "new.jpg").exists():
        check_photo(folder / "new.jpg", given(folder, "photo.jpg"))
    if (folder / "both.png").exists():
        read_photo(folder / "both.png")
    if (folder / "evidence").exists():
        recipe = json.loads((folder / "evidence" / "recipe.json").read_text("utf-8"))
        for name, facts in recipe["files"].items():
            expect(file_sha256(folder / "evidence" / name) == facts["sha256"], f"{name} of the evidence is damaged")


# ---- what the program keeps for itself


def _put_settings(folder: Path) -> None:
    store = QSettings(str(folder / "studio.ini"), QSettings.Format.IniFormat)
    for number in range(300):
        store.setValue(f"kept/{number}", f"value {number}")
    store.setValue("look/theme", "light")
    store.sync()


def _change_settings(folder: Path) -> int:
    settings = Settings(QSettings(str(folder / "studio.ini"), QSettings.Format.IniFormat))
    settings.theme = "dark"
    settings.recent_files = [f"/photos/{number}.jpg" for number in range(12)]
    settings.store.sync()
    return int(settings.store.status() is not QSettings.Status.NoError)


def _check_settings(folder: Path, said: str, done: bool) -> None:
    store = QSettings(str(folder / "studio.ini"), QSettings.Format.IniFormat)
    kept = [store.value(f"kept/{number}") for number in range(300)]
    expect(kept == [f"value {number}" for number in range(300)], "settings are lost")
    now = store.value("look/theme"), len(store.value("files/recent") or [])
    # Qt syncs what they are, and not their name: they may be the old ones for a moment longer.
    expect(now in [("dark", 12), ("light", 0)], f"settings are half: {now}")


_LOG_LINES = 30


def _write_log(folder: Path) -> int:
    os.environ["XDG_DATA_HOME"] = str(folder)
    logs._LOG_BYTES = 1000
    watch = logs.CrashWatch()
    watch.begin()
    handler = logs.file_handler("cnnstudio.log")
    for number in range(_LOG_LINES):
        handler.handle(logging.LogRecord("test", logging.INFO, "", 0, f"line {number} of {_LOG_LINES}", None, None))
    handler.close()
    watch.note("a note\n")
    watch.end()
    return 0


def _check_log(folder: Path, said: str, done: bool) -> None:
    allowed = {"cnnstudio.log", "cnnstudio.log.1", "cnnstudio.log.2"}
    others = {path.name for path in folder.glob("cnnstudio/logs/*")} - allowed
    expect(all(name.startswith(("running-", "crash-")) for name in others), f"{others} among the logs")
    size = sum(path.stat().st_size for path in folder.glob("cnnstudio/logs/*"))
    expect(size < 4000, f"the logs have grown to {size} bytes")


def jobs() -> list[Job]:
    """All but those of the window and of training, which need more to be imported."""

    def over(name: str) -> Job:
        check = partial(_check_saved_over, name)
        return Job(f"save over a {name[6:]}", lambda folder: put_photo(folder, name), partial(_save, name, name), check)

    import_module("cnnstudio.cli.folder")  # the command does so late, and then each process would
    resumed = partial(_repair_folder, "out", "--resume")
    some = (Exit.SOME_FAILED, Exit.UNWRITABLE)
    in_place = partial(_repair_folder, "scans", "--overwrite", "--resume")
    return [
        *(over(f"photo.{kind}") for kind in ("jpg", "tif", "png", "webp")),
        Job("save as a new file", lambda folder: put_photo(folder, "photo.jpg"),
            partial(_save, "photo.jpg", "new.jpg"), _check_saved_new),
        Job("save layers over an .ora", _put_layers, partial(_save, "photo.png", "photo.ora"), _check_layers),
        Job("save a session over an older one", _put_session, _save_session, _check_session),
        Job("begin a session", lambda folder: give_photo(folder, "photo.png"), _begin_session, _check_begun,
            _begin_session_anew),
        Job("open a session file, go on", _put_session_file, _open_session_file, _check_session_file),
        Job("repair a folder", _put_scans, lambda folder: resumed(folder=folder), partial(_check_folder, "out"),
            codes=some),
        Job("repair a folder in its place", _put_scans, lambda folder: in_place(folder=folder),
            partial(_check_folder, "scans"), codes=some),
        Job("repair one, with evidence", _put_one, _repair_one, _check_one),
        Job("settings", _put_settings, _change_settings, _check_settings, codes=(1,)),
        Job("logs", lambda _: None, _write_log, _check_log, codes=()),
    ]  # fmt: skip
