"""A photo in the window, from the moment it is asked for, and the search for photos in what was dropped."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal

from cnnstudio.imaging.codecs import FORMATS
from cnnstudio.imaging.encode import to_8bit
from cnnstudio.jobs import Progress
from cnnstudio.ui.editor import Editor
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.saving import SaveOptions, identity

SESSION_SUFFIX = ".cnnsession"
THUMBNAIL_SIDE = 160


class OpenPhoto(QObject):
    """A photo in the filmstrip. Only the workspace writes into it.

    Signals:
        changed: one of the attributes is another.

    Attributes:
        state: ``"loading"`` also while nobody has looked at it yet: a photo is read in full once it is current.
        path: its file; None for one that came from no file.
        name: shown for it.
        thumbnail: HxWxC ``uint8``, its long side :data:`THUMBNAIL_SIDE`; None until there is one.
        draft: HxWxC ``uint8``, shown until the photo is ready; None where there is none.
        editor: once it is ready.
        error: why it failed, in a sentence.
        replaces_own_file: whether saving to :attr:`path` needs no further question.
        options: how it was saved last, and is to be saved next unless the person says otherwise.
    """

    changed = Signal()

    def __init__(self, path: Path | None, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state: Literal["loading", "ready", "failed"] = "loading"
        self.path, self.name = path, name
        self.thumbnail: np.ndarray | None = None
        self.draft: np.ndarray | None = None
        self.editor: Editor | None = None
        self.error = ""
        self.replaces_own_file = False
        self.options = SaveOptions()
        # What only the workspace looks at: who the file is, what is on its way, and what has been kept elsewhere.
        self.identity = ""
        self.loading: Errand | None = None
        self.saves = 0
        self.kept_revision: int | None = None
        self.autosave_warned = False


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes:
        files: (path, identity), in the order they are to be opened.
        empty: folders that hold no photo.
    """

    files: list[tuple[Path, str]] = field(default_factory=list)
    empty: list[Path] = field(default_factory=list)


def find_photos(paths: Iterable[Path], progress: Progress) -> Found:
    """Files as they are given, and what lies in folders and their folders: sorted, photos only, nothing hidden."""
    found = Found()
    known: set[str] = set()
    for path in paths:
        before = len(known)
        is_folder = path.is_dir()
        for file in _photos_in(path, progress) if is_folder else (path,):
            who = identity(file)
            if who not in known:
                known.add(who)
                found.files.append((file, who))
        if is_folder and len(known) == before:
            found.empty.append(path)
    return found


def thumbnail_of(pixels: np.ndarray) -> np.ndarray:
    """HxWxC ``uint8`` of HxWxC, in any depth."""
    height, width, channels = pixels.shape
    scale = min(1.0, THUMBNAIL_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], channels)
    return to_8bit(small)


def _photos_in(folder: Path, progress: Progress) -> Iterator[Path]:
    for at, folders, files in os.walk(folder):
        progress.check_cancelled()
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in FORMATS:
                yield Path(at, name)
