"""Generated pictures that the person wants to find again, in a file of their own: not as pixels, but as what they were
made from."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.errors import UnwritableTarget
from cnnstudio.imaging.safe_file import replacing
from cnnstudio.jobs import CallJob, Latent, Progress
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.generation import Picture
from cnnstudio.ui.lanes import Lanes


@dataclass(frozen=True)
class Favourite:
    """How to make a picture again.

    Attributes:
        model: id of the model, to be told where it is gone; those of one model are equal under any id.
        sha256: of its weights: with others the same latent is another picture.
        truncation: with which it was made.
        latent: from what.
    """

    model: str = field(compare=False)
    sha256: str
    truncation: float
    latent: Latent

    @classmethod
    def of(cls, picture: Picture) -> Favourite:
        """How a picture is made again."""
        card = picture.recipe.card
        return cls(card.id, card.sha256, picture.recipe.truncation, picture.latent)

    def as_json(self) -> dict[str, Any]:
        """All of it, for the file."""
        told = {"model": self.model, "sha256": self.sha256, "truncation": self.truncation}
        return told | {"latent": self.latent.as_json()}

    @classmethod
    def from_json(cls, told: Any) -> Favourite:
        """What :meth:`as_json` told.

        Raises:
            ValueError: it is something else.
        """
        try:
            truncation = float(told["truncation"])
            if not 0 < truncation <= 1:
                raise ValueError(f"no truncation: {truncation}")
            return cls(str(told["model"]), str(told["sha256"]), truncation, Latent.from_json(told["latent"]))
        except (KeyError, OverflowError, TypeError) as error:
            raise ValueError(f"no favourite: {error!r}") from error


class Favourites(QObject):
    """The favourites of a file, the newest first. Lives on the GUI thread.

    Every change reads the file again, so that two windows lose nothing of each other's; what a newer version of this
    program has put there stays; a file that cannot be read at all is put aside and never written over.

    Signals:
        changed: :attr:`all` is another.
        failed: (:class:`cnnstudio.jobs.JobFailure`) the file could not be written.

    Args:
        file: JSON; need not exist.
        lanes: on the files' one it is written.

    Attributes:
        all: the favourites.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, file: Path, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file, self._lanes = file, lanes
        self.all: tuple[Favourite, ...] = ()
        with contextlib.suppress(OSError, ValueError):
            self.all = _known(_read(file))

    def add(self, favourite: Favourite) -> None:
        """Puts one first; one that is there already stays where it is."""

        def change(entries: list[Any]) -> list[Any]:
            return entries if favourite in _known(entries) else [favourite.as_json(), *entries]

        self._change(change)

    def remove(self, favourite: Favourite) -> None:
        """Forgets one."""
        self._change(lambda entries: [entry for entry in entries if _known([entry]) != (favourite,)])

    def _change(self, change: Callable[[list[Any]], list[Any]]) -> None:
        file = self._file

        def write(_: Progress) -> tuple[Favourite, ...]:
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                try:
                    before = _read(file)
                except ValueError:
                    file.replace(file.with_suffix(".damaged"))
                    before = []
            except OSError as error:
                raise UnwritableTarget("The favourites could not be saved.", repr(error)) from error
            entries = change(before)
            with replacing(file, overwrite=True) as out:
                out.write(json.dumps(entries, indent=1).encode())
            return _known(entries)

        errand = Errand(self._lanes.files, CallJob(write, must_finish=True), self)
        errand.finished.connect(self._on_changed)
        errand.failed.connect(self.failed)

    @Slot(object)
    def _on_changed(self, favourites: tuple[Favourite, ...]) -> None:
        self.all = favourites
        self.changed.emit()


def _read(file: Path) -> list[Any]:
    """The entries of the file; none where there is no file.

    Raises:
        ValueError: it is no list in JSON.
    """
    try:
        entries = json.loads(file.read_bytes())
    except FileNotFoundError:
        return []
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(entries, list):
        raise ValueError("no list")
    return entries


def _known(entries: list[Any]) -> tuple[Favourite, ...]:
    """Those that this version understands."""
    known = []
    for entry in entries:
        with contextlib.suppress(ValueError):
            known.append(Favourite.from_json(entry))
    return tuple(known)
