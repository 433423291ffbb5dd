"""The lane of the engine: one thread that holds the loaded models for as long as the window lives."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import numpy as np
from PySide6.QtCore import QObject

from cnnstudio.cards import ModelCard
from cnnstudio.errors import NotEnoughMemory
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import (
    CallJob,
    DetectJob,
    DeviceInfo,
    FindJob,
    GenerateJob,
    Job,
    MeasureJob,
    Prepared,
    PrepareJob,
    Progress,
    RepairJob,
    Restored,
    RestoreJob,
    RestorePreviewJob,
    RestoreResult,
    SelfCheckJob,
)
from cnnstudio.runtime.memory import give_back
from cnnstudio.runtime.preload import import_torch
from cnnstudio.runtime.runner import JobRunner

if TYPE_CHECKING:
    from cnnstudio.engine.repair import Repairer

_KEPT_MODELS = 3
_PREVIEW_SIDE = 256
"""Previews are cut into tiles of this side, in pixels of the photo; with larger ones a dusty scan has half of itself in
them, with smaller ones a large hole has more of them than the window shows at once."""

_WITH_TORCH = (
    RepairJob, SelfCheckJob, DetectJob, GenerateJob, FindJob, PrepareJob, MeasureJob, RestoreJob, RestorePreviewJob,
)  # fmt: skip

_M = TypeVar("_M", covariant=True)


class _Loadable(Protocol[_M]):
    """A kind of model: :class:`Repairer`, :class:`Detector`, :class:`PictureMaker`."""

    def load(self, card: ModelCard, device: str) -> _M: ...


class EngineLane(JobRunner):
    """Runs what needs torch in the order it came, and imports torch with the first of it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(EngineJobs(), "engine", parent)


class EngineJobs:
    """Does the engine's jobs, and keeps the models they used. Lives on one thread.

    Args:
        kept: how many models; the one not used for longest goes first.
    """

    def __init__(self, kept: int = _KEPT_MODELS) -> None:
        self._kept = kept
        self._models: dict[tuple[object, str, str], Any] = {}  # the last used at the end

    def __call__(self, job: Job, progress: Progress) -> object:
        """Does one job.

        Raises:
            CnnStudioError: it cannot be done.
            Cancelled: ``progress`` was cancelled.
            TypeError: this lane does not do such jobs.
        """
        if isinstance(job, _WITH_TORCH):
            import_torch()
        match job:
            case RepairJob():
                progress.set(0.0, "Preparing…")
                repairer = self._repairer(job.card, job.device)
                progress.check_cancelled()
                mask = np.asarray(job.mask)
                seen = progress.previewing(_trimming(progress, mask))
                try:
                    return repairer.repair(job.pixels, mask, job.options, seen)
                finally:
                    give_back()
            case SelfCheckJob():
                from cnnstudio.engine.self_check import self_check

                repairer = self._repairer(job.card, job.device)
                progress.check_cancelled()
                try:
                    return self_check(
                        repairer, job.pixels, np.asarray(job.mask), job.options, progress, np.asarray(job.damage)
                    )
                finally:
                    give_back()
            case GenerateJob():
                from cnnstudio.engine.generate import PictureMaker

                progress.set(0.0, "Preparing…")
                maker = self._model(PictureMaker, job.card, job.device)
                progress.check_cancelled()
                return maker.make(job.latents, job.truncation, progress)
            case FindJob():
                from cnnstudio.engine.generate import PictureMaker
                from cnnstudio.engine.similar import find

                progress.set(0.0, "Preparing…")
                maker = self._model(PictureMaker, job.card, job.device)
                progress.check_cancelled()
                return find(maker, job.pixels, job.seed, progress)
            case DetectJob():
                from cnnstudio.engine.detect import Detector

                progress.set(0.0, "Preparing…")
                detector = self._model(Detector, job.card, job.device)
                progress.check_cancelled()
                try:
                    return detector.detect(job.pixels, progress)
                finally:
                    give_back()
            case MeasureJob():
                from cnnstudio.engine.restore import measured

                progress.set(0.0, "Measuring…")
                return measured(job.options, job.pixels, job.encoding)
            case RestoreJob() | RestorePreviewJob():
                return self._restore(job, progress)
            case PrepareJob():
                return self._prepare(job, progress)
            case CallJob():
                return job.function(progress)
            case _:
                raise TypeError(f"the engine has no {type(job).__name__}")

    def _restore(self, job: RestoreJob | RestorePreviewJob, progress: Progress) -> object:
        from cnnstudio.engine.restore import Restorer
        from cnnstudio.imaging import tone
        from cnnstudio.imaging.layers import Patches

        progress.set(0.0, "Preparing…")
        started, notes, options = time.perf_counter(), list[str](), job.options
        wanted = job.card and options.needs_network
        if isinstance(job, RestorePreviewJob) and wanted and options.tone:
            seen = np.asarray(job.pixels[job.part.slices])
            progress.preview(job.part, tone.apply(seen, options.tone))
        restorer = self._model(Restorer, job.card, job.device) if job.card and wanted else Restorer.load(None, "cpu")
        progress.check_cancelled()
        try:
            if isinstance(job, RestorePreviewJob):
                pieces = []
                for rect, band in restorer.bands(job.pixels, options, progress, job.part, notes):
                    progress.preview(rect, band)
                    pieces.append((rect, band))
                return pieces
            patches = Patches.covering(restorer.bands(job.pixels, options, progress, notes=notes), job.store)
            result = RestoreResult(options, time.perf_counter() - started, restorer.device.name, notes)
            return Restored(patches, result)
        finally:
            give_back()

    def _prepare(self, job: PrepareJob, progress: Progress) -> Prepared:
        from cnnstudio.engine import devices

        found = [devices.choose(name) for name in devices.available()]
        chosen = devices.choose(job.device)
        progress.check_cancelled()
        if job.card:
            self._repairer(job.card, job.device)
        return Prepared(DeviceInfo(chosen.torch, chosen.name), [DeviceInfo(d.torch, d.name) for d in found])

    def _repairer(self, card: ModelCard, device: str) -> Repairer:
        from cnnstudio.engine.repair import Repairer

        return self._model(Repairer, card, device)

    def _model(self, kind: _Loadable[_M], card: ModelCard, device: str) -> _M:
        from cnnstudio.engine import devices

        place = devices.choose(device)
        key = kind, card.sha256, place.torch
        model = cast(_M, self._models.pop(key, None) or self._loaded(kind, card, place.torch))
        self._models[key] = model
        while len(self._models) > self._kept:
            self._models.pop(next(iter(self._models)))
        return model

    def _loaded(self, kind: _Loadable[_M], card: ModelCard, device: str) -> _M:
        """Loads a model, if need be in place of the others."""
        from cnnstudio.engine import devices

        for last_try in (False, True):
            try:
                return kind.load(card, device)
            except (RuntimeError, MemoryError) as error:
                if not devices.out_of_memory(error):
                    raise
                cause = repr(error)
            if last_try or not self._models:
                break
            self._models.clear()
            devices.release_memory(devices.choose(device))
        raise NotEnoughMemory(f"There is not enough memory to load the model “{card.name}”.", cause)


def _trimming(progress: Progress, mask: np.ndarray) -> Callable[[Rect, np.ndarray], None]:
    """Passes on of each preview only what lies close around the hole, as pieces.

    A scratch that crosses a large scan has previews of half the scan, and the window keeps them all.
    """
    import cv2

    from cnnstudio.imaging.mask import hole

    def show(rect: Rect, pixels: np.ndarray) -> None:
        tiles = rect.aligned(_PREVIEW_SIDE)
        for y in range(tiles.y, tiles.y1, _PREVIEW_SIDE):
            for x in range(tiles.x, tiles.x1, _PREVIEW_SIDE):
                part = Rect(x, y, _PREVIEW_SIDE, _PREVIEW_SIDE) & rect
                left, top, w, h = cv2.boundingRect(hole(mask[part.slices]).view(np.uint8))
                if w:
                    piece = Rect(part.x + left, part.y + top, w, h)
                    progress.preview(piece, pixels[piece.shifted(-rect.x, -rect.y).slices].copy())

    return show
