"""Pictures on their way from the engine's generators, and into files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.cards import ModelCard
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import (
    CallJob,
    DraftJob,
    FindJob,
    Found,
    Generated,
    GenerateJob,
    JobFailure,
    Latent,
    Progress,
    latents_from,
)
from cnnstudio.ui.errand import Errand
from cnnstudio.ui.lanes import Lanes

if TYPE_CHECKING:
    from cnnstudio.imaging.metadata import Metadata


_LOOKED_FOR = 512
"""Pixels on the long side of a file's picture when one like it is looked for: no generator here makes larger ones."""


@dataclass(frozen=True)
class Recipe:
    """How pictures are made.

    Attributes:
        card: the model.
        truncation: how far they may be from the average one, above 0, at most 1.
        device: ``"auto"`` or the id of a device.
    """

    card: ModelCard
    truncation: float = 1.0
    device: str = "auto"


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture that has been made.

    Attributes:
        pixels: HxWxC ``uint8``, C = 1 or 3.
        latent: from what.
        recipe: how.
    """

    pixels: np.ndarray
    latent: Latent
    recipe: Recipe

    @property
    def stem(self) -> str:
        """A file name that tells what it was made from; the file's record tells all."""
        parts = [self.recipe.card.id, self.latent.stem]
        if self.recipe.truncation < 1:
            parts.append(f"t{round(100 * self.recipe.truncation)}")
        return "-".join(parts)

    @property
    def rgb(self) -> np.ndarray:
        """HxWx3, also of a grey one."""
        return np.repeat(self.pixels, 3, 2) if self.pixels.shape[2] == 1 else self.pixels


class Generation(QObject):
    """Asks the engine for pictures, the newest request first, and writes them. Lives on the GUI thread.

    Signals:
        restarted: other pictures were asked for: :attr:`pictures` begins anew.
        arrived: (number) that picture is there, or is another.
        made: (:class:`Picture`) the one that was asked for by itself.
        glimpsed: (HxWxC ``uint8``) the nearest picture so far, while one like another is looked for.
        found: (:class:`Picture`, error in grey levels) that one.
        busy_changed: pictures are being made, or no longer.
        progressed: (fraction in [0, 1], text).
        saved: (list of Path) files were written.
        failed: (:class:`JobFailure`).

    Attributes:
        pictures: those asked for last; None for each that is yet to come.
    """

    restarted = Signal()
    arrived = Signal(int)
    made = Signal(object)
    glimpsed = Signal(object)
    found = Signal(object, float)
    busy_changed = Signal()
    progressed = Signal(float, str)
    saved = Signal(object)
    failed = Signal(object)

    def __init__(self, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = lanes
        self.pictures: list[Picture | None] = []
        self._asked: tuple[ModelCard, int, int] | None = None
        self._errands: list[Errand] = []

    @property
    def busy(self) -> bool:
        """Whether pictures for :attr:`pictures` or for a file are being made, or one is looked for."""
        return bool(self._errands)

    def ask(self, recipe: Recipe, seed: int, count: int) -> None:
        """Asks for ``count`` pictures from ``seed`` on.

        Where only the recipe is another, as while a slider moves, what is under way goes on and is shown, and the
        pictures are replaced one by one; else it is given up.
        """
        asked = recipe.card, seed, count
        if asked != self._asked:
            self._give_up([errand for errand in self._errands if errand.job.slot])
            self._asked, self.pictures = asked, [None] * count
            self.restarted.emit()
        errand = self._send(GenerateJob(recipe.card, latents_from(seed, count), recipe.truncation, recipe.device))
        errand.previewed.connect(self._on_previewed)
        errand.finished.connect(self._on_finished)

    def ask_one(self, recipe: Recipe, latent: Latent) -> None:
        """Asks for one picture, in place of the one that was asked for before and has not begun."""
        # In a slot of its own, or it would push aside the pictures that wait.
        job = GenerateJob(recipe.card, (latent,), recipe.truncation, recipe.device, slot="generate-one")
        errand = Errand(self._lanes.engine, job, self)
        errand.finished.connect(self._on_made)
        errand.failed.connect(self.failed)

    def find(self, recipe: Recipe, pixels: np.ndarray) -> None:
        """Looks for the picture most like ``pixels``, HxWxC, in place of one that was looked for before."""
        self._give_up([errand for errand in self._errands if isinstance(errand.job, FindJob)])
        errand = self._send(FindJob(recipe.card, pixels, device=recipe.device))
        errand.previewed.connect(self._on_glimpsed)
        errand.finished.connect(self._on_found)

    def find_file(self, recipe: Recipe, path: Path) -> None:
        """The same for a file's picture."""
        errand = Errand(self._lanes.files, DraftJob(path, _LOOKED_FOR), self)
        errand.finished.connect(partial(self.find, recipe))
        errand.failed.connect(self.failed)

    def export(
        self, recipe: Recipe, latents: tuple[Latent, ...], write: Callable[[Sequence[Picture]], list[Path]]
    ) -> None:
        """Makes pictures and writes them.

        Args:
            write: called on the files' thread; returns what it has written.
        """

        def save(made: Generated) -> None:
            pictures = [Picture(*one, recipe) for one in zip(made.pictures, made.latents, strict=True)]
            self.save(lambda: write(pictures))

        job = GenerateJob(recipe.card, latents, recipe.truncation, recipe.device, slot=None)
        self._send(job).finished.connect(save)

    def save(self, write: Callable[[], list[Path]]) -> None:
        """Calls ``write`` on the files' thread; it returns what it has written."""

        def run(_: Progress) -> list[Path]:
            return write()

        errand = Errand(self._lanes.files, CallJob(run, must_finish=True), self)
        errand.finished.connect(self.saved)
        errand.failed.connect(self.failed)

    def clear(self) -> None:
        """Gives up all that is under way and drops the pictures."""
        self.cancel()
        self._asked, self.pictures = None, []
        self.restarted.emit()

    def cancel(self) -> None:
        """Gives up what is under way; the pictures that are there stay."""
        self._give_up(list(self._errands))

    def _give_up(self, errands: list[Errand]) -> None:
        for errand in errands:
            errand.cancel()
            self._forget(errand)

    def _send(self, job: GenerateJob | FindJob) -> Errand:
        errand = Errand(self._lanes.engine, job, self)
        errand.progressed.connect(self._on_progressed)
        errand.failed.connect(self._on_failed)
        errand.ended.connect(self._on_ended)
        self._errands.append(errand)
        self.busy_changed.emit()
        return errand

    def _forget(self, errand: Errand) -> None:
        if errand in self._errands:
            self._errands.remove(errand)
            self.busy_changed.emit()

    def _sender(self) -> Errand:
        errand = self.sender()
        assert isinstance(errand, Errand)
        return errand

    def _put(self, number: int, pixels: np.ndarray, job: GenerateJob) -> None:
        before = self.pictures[number]
        if before is None or before.pixels is not pixels:
            self.pictures[number] = Picture(pixels, job.latents[number], _recipe_of(job))
            self.arrived.emit(number)

    @Slot(object, object)
    def _on_previewed(self, rect: Rect, pixels: np.ndarray) -> None:
        errand = self._sender()
        if errand in self._errands and isinstance(errand.job, GenerateJob):
            self._put(rect.x // rect.w, pixels, errand.job)

    @Slot(object)
    def _on_finished(self, made: Generated) -> None:
        errand = self._sender()
        if errand in self._errands and isinstance(errand.job, GenerateJob):
            for number, pixels in enumerate(made.pictures):
                self._put(number, pixels, errand.job)

    @Slot(object, object)
    def _on_glimpsed(self, _: Rect, pixels: np.ndarray) -> None:
        if self._sender() in self._errands:
            self.glimpsed.emit(pixels)

    @Slot(object)
    def _on_found(self, found: Found) -> None:
        errand = self._sender()
        if errand in self._errands and isinstance(errand.job, FindJob):
            recipe = Recipe(errand.job.card, device=errand.job.device)
            self.found.emit(Picture(found.picture, found.latent, recipe), found.error)

    @Slot(object)
    def _on_made(self, made: Generated) -> None:
        job = self._sender().job
        assert isinstance(job, GenerateJob)
        self.made.emit(Picture(made.pictures[0], job.latents[0], _recipe_of(job)))

    @Slot(float, str)
    def _on_progressed(self, fraction: float, text: str) -> None:
        if self._sender() in self._errands:
            self.progressed.emit(fraction, text)

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        if self._sender() in self._errands:
            self.failed.emit(failure)

    @Slot()
    def _on_ended(self) -> None:
        self._forget(self._sender())


def _recipe_of(job: GenerateJob) -> Recipe:
    return Recipe(job.card, job.truncation, job.device)


def write_picture(path: Path, picture: Picture, *, overwrite: bool) -> list[Path]:
    """Into one file; for :meth:`Generation.save`."""
    return _write([path], [picture], overwrite=overwrite)


def write_all(folder: Path, pictures: Sequence[Picture]) -> list[Path]:
    """Each into a file of its own; for :meth:`Generation.save`."""
    return _write([folder / f"{picture.stem}.png" for picture in pictures], pictures)


def write_way(folder: Path, stem: str, pictures: Sequence[Picture]) -> list[Path]:
    """As numbered PNG files; for :meth:`Generation.export`."""
    from cnnstudio.imaging.sequence import numbered

    return _write(numbered(folder, stem, len(pictures)), pictures)


def write_film(path: Path, pictures: Sequence[Picture], *, overwrite: bool) -> list[Path]:
    """As one that moves; for :meth:`Generation.export`."""
    from cnnstudio.imaging.sequence import write_moving

    frames = [picture.pixels for picture in pictures]
    write_moving(path, frames, metadata=_record(pictures), overwrite=overwrite)
    return [path]


def _write(paths: list[Path], pictures: Sequence[Picture], *, overwrite: bool = False) -> list[Path]:
    from cnnstudio.imaging.sequence import write_pictures

    records = [_record([picture]) for picture in pictures]
    write_pictures(paths, [picture.pixels for picture in pictures], records, overwrite=overwrite)
    return paths


def _record(pictures: Sequence[Picture]) -> Metadata:
    """What their file tells of how they were made; all of one recipe."""
    from cnnstudio.imaging.provenance import of_generated

    recipe = pictures[0].recipe
    return of_generated(recipe.card, [picture.latent for picture in pictures], recipe.truncation)
