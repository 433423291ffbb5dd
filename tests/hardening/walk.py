"""What the program does with a file of each kind, from opening it to saving what was made of it.

A walk either goes well, or ends in an error of the program's own that has one sentence. Whatever else it raises is a
fault. No network is trained for it: the engine is the real one, its network small and new.
"""

from __future__ import annotations

import functools
import json
import shutil
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from PySide6.QtCore import QSettings

from cnnstudio import cards
from cnnstudio.cards import ModelCard, file_sha256
from cnnstudio.cli import models
from cnnstudio.cli.journal import Entry, Journal
from cnnstudio.cli.main import build_parser
from cnnstudio.cli.one_photo import Task, repair_photo
from cnnstudio.engine.devices import Device
from cnnstudio.engine.fillers import PyramidFiller
from cnnstudio.engine.repair import Repairer
from cnnstudio.errors import CnnStudioError
from cnnstudio.imaging.codecs import read_draft, read_photo
from cnnstudio.imaging.mask import read_mask
from cnnstudio.imaging.metadata import without_location, without_personal
from cnnstudio.imaging.openraster import write_ora
from cnnstudio.imaging.provenance import of_layers, record
from cnnstudio.imaging.session import recoverable
from cnnstudio.jobs import Progress, RepairOptions
from cnnstudio.networks.pyramid import PyramidRepairer
from cnnstudio.ui import workspace
from cnnstudio.ui.open_photo import thumbnail_of
from cnnstudio.ui.settings import Settings
from tests.hardening.seeds import HEIGHT, SMALL, WIDTH, small_weights

_CARD = ModelCard("small", "Small", "", "repair", "pyramid", SMALL, "1", "", {}, {}, {}, "0" * 64)
_SUFFIXES = (".png", ".tif", ".jpg", ".webp", ".bmp")


@dataclass(frozen=True)
class Walked:
    """How a walk that went well, or was refused, ended.

    Attributes:
        sentence: why it was refused; empty where it went well.
        pixels: bytes of the pixels of the photo that was opened, 0 for none.
    """

    sentence: str = ""
    pixels: int = 0


def walk(kind: str, file: Path, folder: Path) -> Walked:
    """Goes the way of a file of that kind.

    Args:
        kind: as :class:`tests.hardening.seeds.Seed` has it.
        folder: an empty one, for whatever is written.

    Raises:
        AssertionError: what was saved cannot be opened, or the refusal is no sentence.
        BaseException: whatever the program lets through, a fault each.
    """
    try:
        return Walked(pixels=_WALKS[kind](file, folder))
    except CnnStudioError as error:
        said = error.message
        assert said.endswith("."), said
        assert "\n" not in said, said
        return Walked(said)


@dataclass(frozen=True)
class _Middle:
    """Stands in for the finder of damage: a few pixels in the middle are damaged."""

    regions: tuple[int, ...]
    shape: tuple[int, ...]

    @staticmethod
    def find(pixels: np.ndarray, progress: Progress) -> tuple[_Middle, float, str]:
        return _Middle((1,), pixels.shape), 0.0, "CPU"

    def mask(self) -> np.ndarray:
        height, width = self.shape[:2]
        mask = np.zeros((height, width), np.uint8)
        mask[height // 2 : height // 2 + 3, width // 2 : width // 2 + 5] = 255
        return mask


@functools.cache
def _repairer() -> Repairer:
    torch.manual_seed(0)
    network = PyramidRepairer(widths=(8, 16), depths=(1, 1), blocks=("res", "res")).eval().requires_grad_(False)
    return Repairer(PyramidFiller(network), Device("cpu", "CPU", 256 << 20))


def _photo(file: Path, folder: Path) -> int:
    draft = read_draft(file, 48)
    assert max(draft.shape) <= 48
    assert draft.dtype == np.uint8
    thumbnail_of(draft)
    # Mostly saved as it was, but every format is to be had of every other.
    number = zlib.crc32(file.read_bytes()) % 12
    suffix = _SUFFIXES[number] if number < len(_SUFFIXES) else file.suffix
    saved = folder / f"saved{'.png' if suffix == '.heic' else suffix}"
    evidence = folder / "evidence" if number == 11 else None
    task = Task(file, None, saved, evidence=evidence)
    repair_photo(task, _CARD, _repairer, RepairOptions(), Progress(), _Middle)  # type: ignore[arg-type]
    before, after = read_photo(file), read_photo(saved)
    assert after.pixels.shape[:2] == before.pixels.shape[:2]
    if suffix in (".png", ".tif"):
        outside = _Middle((), before.pixels.shape).mask() == 0
        assert np.array_equal(after.pixels[outside], before.pixels[outside])
    for metadata in (before.metadata, after.metadata):
        without_location(metadata), without_personal(metadata)
    return before.pixels.nbytes


def _mask(file: Path, folder: Path) -> int:
    return read_mask(file, WIDTH, HEIGHT).nbytes


def _session(file: Path, folder: Path) -> int:
    root = folder / "sessions"
    begun = workspace._unpacked(file, root, Progress())
    document, live = begun.document, begun.session
    assert live is not None
    try:
        document.on_step = live.record
        document.view.to_array(), document.mask.to_array()
        metadata, _ = record(document.photo.metadata, of_layers(document.layers, *document.photo.pixels.shape[:2]))
        photo = replace(document.photo, metadata=metadata)
        write_ora(folder / "layers.ora", photo, document.layers, document.mask)
        while document.undo():
            document.view.to_array()
        while document.redo():
            document.view.to_array()
        live.save_settings({**live.settings, "name": "again"})
        live.save_as(folder / "again.cnnsession", document.photo)
    finally:
        live.close()
    recoverable(root)
    workspace._unpacked(folder / "again.cnnsession", root, Progress()).session.close()  # type: ignore[union-attr]
    shutil.rmtree(root)
    return document.photo.pixels.nbytes


def _model(folder: Path, card: bytes, weights: bytes) -> int:
    """A model beside a sound one, which it must not hide."""
    for name in ("sound", "spoilt"):
        (folder / f"{name}.safetensors").write_bytes(small_weights() if name == "sound" else weights)
    sound = replace(_CARD, id="sound", sha256=file_sha256(folder / "sound.safetensors"))
    sound.write(folder / "sound.safetensors")
    (folder / "spoilt.json").write_bytes(card)
    with mock.patch.object(cards, "model_dirs", return_value=[folder]):
        models.run(build_parser().parse_args(["models", "--verify"]))
        models.run(build_parser().parse_args(["models", "--json"]))
        assert cards.find_card("sound") == sound
    repairer = Repairer.load(cards.read_card(folder / "spoilt.json"), "cpu")
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[10:14, 10:20] = 255
    repairer.repair(np.full((HEIGHT, WIDTH, 3), 90, np.uint8), mask)
    return 0


def _card(file: Path, folder: Path) -> int:
    weights = small_weights()
    whole = folder / "weights"
    whole.write_bytes(weights)
    # The hash is one of the things that may be spoilt; the seed's own stands for the right one.
    return _model(folder, file.read_bytes().replace(b"0" * 64, file_sha256(whole).encode()), weights)


def _weights(file: Path, folder: Path) -> int:
    card = {**_CARD.__dict__, "id": "spoilt", "sha256": file_sha256(file)}
    del card["path"]
    return _model(folder, json.dumps(card).encode(), file.read_bytes())


def _journal(file: Path, folder: Path) -> int:
    task = Task(file, None, folder / "none.png")
    journal = Journal(file)
    for name in ("a.png", "b/c.jpg"):
        entry = Entry(name, f"/photos/{name}", "begun", "1" * 64)
        journal.is_finished(entry, task), journal.is_clean(entry), journal.may_replace(entry, task)
    journal.add(Entry("d.png", "/photos/d.png", "failed", "4" * 64))
    Journal(file)
    return 0


def _settings(file: Path, folder: Path) -> int:
    settings = Settings(QSettings(str(file), QSettings.Format.IniFormat))
    for name in vars(Settings):
        if not name.startswith("_"):
            getattr(settings, name)
    return 0


_WALKS: dict[str, Callable[[Path, Path], int]] = {
    "photo": _photo,
    "mask": _mask,
    "session": _session,
    "card": _card,
    "weights": _weights,
    "journal": _journal,
    "settings": _settings,
}
