"""Repairs photos: plans from the mask, runs windows through a network, and hands back the repaired pieces.

>>> repairer = Repairer.load(find_card("pyramid"))
>>> for rect, pixels in repairer.repair(photo.pixels, mask).pieces:
...     photo.pixels[rect.slices] = pixels
"""

from __future__ import annotations

import copy
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from cnnstudio.cards import ModelCard
from cnnstudio.engine import devices, regions
from cnnstudio.engine.composite import APRON, add_grain, match_surroundings
from cnnstudio.engine.devices import Device
from cnnstudio.engine.fillers import Filler, Job, filler_for
from cnnstudio.engine.levels import DamagedPhoto, Patch, Repaired
from cnnstudio.engine.regions import Step, Window
from cnnstudio.engine.tensors import colour_channels, to_floats, to_network, to_pixels, to_unit
from cnnstudio.engine.texture import REACHES, borrow_texture
from cnnstudio.engine.weights import load_network
from cnnstudio.errors import BadInput, BadMask, BadModel, NotEnoughMemory
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.photo import Pixels
from cnnstudio.jobs import Progress, RepairOptions, RepairResult
from cnnstudio.networks.prior import multigrid, reduce_valid, relax

# What a pixel of a window needs while it goes through a network, all copies counted.
_BYTES_PER_PIXEL = 1024
# Several windows together are no larger than this on a CPU, which gains nothing by it, so that a cancel is soon seen.
_CPU_BATCH_PIXELS = 1 << 17
_CPU_SIDE = 512
# Overlap of neighbouring windows beyond the boxes they repair; what is left of the margin is pure context.
_RAMP = 12
# Previews are for looking at: none larger than a screen's worth.
_PREVIEW_PIXELS = 4 << 20

# Side of the part of the photo that one window of a coarse level may be reduced from.
_READ_SIDE = 2048

# Texture is added in windows of its own: large ones, since the fewer seams the better.
_TEXTURE_SIDE = 640
# It is looked for farther and farther away until less than this share of what is seen is hole.
_ENOUGH_KNOWN = 0.6

_SMALLER = "Memory was short: repaired in smaller tiles."
_MOVED = "The graphics card had too little memory: repaired on the CPU."
_FAILED = "The network failed in some places: they were filled smoothly instead."


class Repairer:
    """A repair model on a device.

    Args:
        filler: with its network, already on ``device``.
        device: where it computes.
        bf16: whether photos of 8 bits may be computed in bf16.
    """

    def __init__(self, filler: Filler, device: Device, bf16: bool = False) -> None:
        self.filler, self.device, self.bf16 = filler, device, bf16

    @classmethod
    def load(cls, card: ModelCard, device: str = "auto") -> Repairer:
        """Loads a model.

        Args:
            device: see :func:`cnnstudio.engine.devices.choose`.

        Raises:
            BadModel: the model is damaged, unknown, or does not repair.
            BadInput: there is no such device.
        """
        if card.task != "repair":
            raise BadModel(f"The model “{card.id}” does not repair photos.", f"task {card.task!r}")
        place = devices.choose(device)
        filler = filler_for(load_network(card, place))
        return cls(filler, place, bf16_pays(filler, place))

    def repair(
        self,
        pixels: Pixels,
        mask: np.ndarray,
        options: RepairOptions | None = None,
        progress: Progress | None = None,
    ) -> RepairResult:
        """Repairs the hole of a photo.

        Args:
            pixels: HxWxC ``uint8`` or ``uint16``, C from 1 to 4; anything with ``shape``, ``dtype`` and cutting by two
                slices. It is only read near the hole.
            mask: HxW ``uint8``; what is 128 or more is repaired.
            progress: reports by work done, shows coarse levels, and is asked at every batch whether to stop.

        Returns:
            Pieces which together cover the hole; outside it, and in alpha, they equal the photo bit by bit.

        Raises:
            BadMask: the mask is empty, covers everything, or has another size.
            BadInput: the photo is not of a kind that can be repaired.
            NotEnoughMemory: not even the smallest tiles fit into memory.
            Cancelled: the cancel flag was seen.
        """
        started = time.perf_counter()
        options, progress = options or RepairOptions(), progress or Progress()
        _check(pixels, mask)
        progress.check_cancelled()
        with torch.inference_mode():
            run = _Run(self, pixels, mask, options, progress)
            run.repair()
            pieces = run.pieces()
        return RepairResult(pieces, time.perf_counter() - started, run.device.name, list(run.notes))


def bf16_pays(filler: Filler, device: Device, side: int = 128) -> bool:
    """Tries whether bf16 is faster on this device than fp32 and says the same to within half an 8-bit step."""
    if not devices.bf16_in_hardware(device):
        return False
    x = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(0)).mul_(2).sub_(1)
    hole = torch.zeros(2, 1, side, side)
    hole[..., side // 4 : side // 2, side // 4 : side // 2] = 1
    job = Job(x.to(device.torch), hole.to(device.torch))

    def timed(bf16: bool) -> tuple[float, Tensor]:
        best = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            result = filler.fill(job, bf16)[0].cpu()  # the copy waits for the device
            best = min(best, time.perf_counter() - start)
        return best, result

    with torch.inference_mode():
        (slow, exact), (fast, rounded) = timed(False), timed(True)
    return bool((exact - rounded).abs().mean() * (x.numel() / (3 * hole.sum())) < 1 / 255) and fast < 0.9 * slow


def _check(pixels: Pixels, mask: np.ndarray) -> None:
    if len(pixels.shape) != 3 or not 1 <= pixels.shape[2] <= 4 or pixels.dtype not in (np.uint8, np.uint16):
        raise BadInput("This kind of photo cannot be repaired.", f"{pixels.shape} {pixels.dtype}")
    if mask.ndim != 2 or mask.dtype != np.uint8:
        raise BadMask("This is not a mask.", f"{mask.shape} {mask.dtype}")
    if mask.shape != pixels.shape[:2]:
        sizes = "{1} × {0}".format(*mask.shape), "{1} × {0}".format(*pixels.shape[:2])
        raise BadMask("The mask is {} pixels, but the photo is {}.".format(*sizes))


class _Run:
    """One repair under way. Plans do not change: where memory runs out, the step is done again in smaller tiles."""

    def __init__(
        self, repairer: Repairer, pixels: Pixels, mask: np.ndarray, options: RepairOptions, progress: Progress
    ) -> None:
        self.filler, self.device = repairer.filler, repairer.device
        self.bf16 = repairer.bf16 and pixels.dtype == np.uint8
        self.pixels, self.mask, self.options, self.progress = pixels, mask, options, progress
        self.plan = regions.plan(mask, chain=self.filler.pyramid)
        self.photo = DamagedPhoto(pixels, mask, self.plan)
        self.batch_pixels = _batch_pixels(options.memory_budget or self.device.memory_budget)
        self.notes: dict[str, None] = {}  # a set that keeps its order
        self._work_done = 0
        self._to_texture = self._wide_windows() if options.texture > 0 else []
        self._work = sum(w.rect.area for step in self.plan.steps for w in self._windows(step))
        self._work += sum(w.rect.area for w in self._to_texture)
        self._finest = Repaired(self.plan.size_at(0))
        self._textured = Repaired(self.plan.size_at(0))
        self._cores: list[Rect] = []

    def repair(self) -> None:
        """Runs all steps."""
        above = Repaired(self.plan.size_at(self.plan.top))
        for step in self.plan.steps:
            level = self._finest if step.level == 0 else Repaired(self.plan.size_at(step.level))
            windows, patches = self._step(step, above)
            for patch in patches:
                level.add(patch)
            if step.level == 0:
                self._cores += [w.core for w in windows]
            elif self.progress.wants_preview:
                self._preview(step.level, level, windows)
            above = level
        # Last: only now no hole is left open that would darken what lies beside it.
        for window in self._to_texture:
            self._add_texture(window.core)
            self._work_done += window.rect.area
            self.progress.set(self._work_done / self._work, "Adding texture")

    def pieces(self) -> list[tuple[Rect, np.ndarray]]:
        """The finished pixels of each rectangle, in the photo's dtype."""
        return [(core, self._piece(core)) for core in self._cores]

    def _wide_windows(self) -> list[Window]:
        """Windows over all that is deep: what is shallow is too thin for texture."""
        deep = [step for step in self.plan.steps if step.level == 0 and step.owner == regions.DEEP]
        return [window for step in deep for window in regions.windows(self.plan, step, _TEXTURE_SIDE)]

    def _add_texture(self, core: Rect) -> None:
        """Gives the wide holes in ``core`` the texture around them. Neighbours overlap, so that no seam shows."""
        rect = core.grown(_RAMP).clipped(self.plan.width, self.plan.height)
        seen, hole = self._with_surroundings(rect)
        photo = to_network(np.asarray(self.pixels[seen.slices])[None])[0]
        filled = torch.where(hole > 0, self._finest.read(seen)[0], photo)
        textured = self._borrowed(filled, hole, (self.options.seed, core.x, core.y))
        if textured is not None:
            patch = textured[:, *rect.shifted(-seen.x, -seen.y).slices].clone()
            weight = torch.outer(_ramp(rect.y, rect.y1, core.y, core.y1), _ramp(rect.x, rect.x1, core.x, core.x1))
            self._textured.add(Patch(rect, patch, weight * torch.from_numpy(self.plan.owned(rect, regions.DEEP))))

    def _borrowed(self, filled: Tensor, hole: Tensor, seed: tuple[int, ...]) -> Tensor | None:
        """:func:`borrow_texture` on the device; on the CPU where memory runs out there."""
        while True:
            device = self.device.torch
            try:
                textured = borrow_texture(
                    filled.to(device), hole.to(device), self.options.texture, seed, self.progress.check_cancelled
                )
                return None if textured is None else textured.cpu()
            except (RuntimeError, MemoryError) as error:
                if not devices.out_of_memory(error):
                    raise
                cause = repr(error)
            devices.release_memory(self.device)
            self._to_cpu(cause)

    def _with_surroundings(self, rect: Rect) -> tuple[Rect, Tensor]:
        """A larger rectangle, in which enough is known to borrow from, and its hole, (1, h, w)."""
        for reach in REACHES:
            seen = rect.grown(reach).clipped(self.plan.width, self.plan.height)
            hole = self.mask[seen.slices] >= 128
            if hole.mean() < _ENOUGH_KNOWN:
                break
        return seen, torch.from_numpy(hole.astype(np.float32))[None]

    def _step(self, step: Step, above: Repaired) -> tuple[list[Window], list[Patch]]:
        while True:
            windows, done_before = self._windows(step), self._work_done
            try:
                return windows, [p for batch in self._batches(windows) for p in self._batch(step, batch, above)]
            except (RuntimeError, MemoryError) as error:
                if not devices.out_of_memory(error):
                    raise
                cause = repr(error)
            # Only here, with the error and the tensors its traceback holds gone, is there memory to give back.
            self._work_done = done_before
            self._shrink(cause)

    def _windows(self, step: Step) -> list[Window]:
        side = min(int(self.batch_pixels**0.5), self.filler.max_side)
        if self.device.kind == "cpu":
            side = min(side, _CPU_SIDE)
        if 0 < step.level < regions.BLOCK_LEVELS:
            # These are reduced from the photo's own pixels, many for each of theirs.
            side = min(side, _READ_SIDE >> step.level)
        return regions.windows(self.plan, step, side)

    def _batches(self, windows: list[Window]) -> Iterator[list[Window]]:
        by_size: dict[tuple[int, int], list[Window]] = defaultdict(list)
        for window in windows:
            by_size[window.rect.h, window.rect.w].append(window)
        together = min(self.batch_pixels, _CPU_BATCH_PIXELS) if self.device.kind == "cpu" else self.batch_pixels
        for (h, w), same in by_size.items():
            most = max(1, together // (h * w))
            yield from (same[i : i + most] for i in range(0, len(same), most))

    def _batch(self, step: Step, batch: list[Window], above: Repaired) -> list[Patch]:
        self.progress.check_cancelled()
        x, hole = (t.to(self.device.torch) for t in self.photo.windows(step.level, [w.rect for w in batch]))
        deep = step.owner == regions.DEEP
        start = self._filled_above(x, hole, above, batch) if deep else None
        filled, prior = self._fill(Job(x, hole, step.level, step.levels, start, deep, self.options.variant))
        if step.level == 0:
            filled = match_surroundings(filled, prior, hole, self.options.feather, self.options.match_colour)
        patches = [self._patch(step, window, one) for window, one in zip(batch, filled.cpu(), strict=True)]
        self._work_done += sum(w.rect.area for w in batch)
        text = "Repairing details" if step.level == 0 else "Repairing large shapes"
        self.progress.set(self._work_done / self._work, text)
        return patches

    def _filled_above(self, x: Tensor, hole: Tensor, above: Repaired, batch: list[Window]) -> Tensor:
        """(N, 3, H/2, W/2): the level above the windows, its hole filled with what has been repaired there."""
        x, hole = reduce_valid(x, hole)
        read = [above.read(Rect(r.x // 2, r.y // 2, r.w // 2, r.h // 2)) for r in (w.rect for w in batch)]
        filled = torch.stack([r[0] for r in read]).to(x.device)
        there = torch.stack([r[1] for r in read]).to(x.device)
        x = torch.where((hole > 0) & there, filled, x)
        # Shallow regions near by are not repaired at this level: as surroundings, the prior is good enough.
        missing = hole * ~there
        rows = missing.flatten(1).any(1)
        if rows.any():
            x[rows] = multigrid(x[rows], missing[rows])
        return x

    def _fill(self, job: Job) -> tuple[Tensor, Tensor]:
        """(filled, prior), done again in fp32, and at last replaced by the prior, where the network fails."""
        filled, prior = self.filler.fill(job, self.bf16)
        for last in (False, True) if self.bf16 else (True,):
            bad = _failed(filled, prior, job.hole)
            if not bad.any():
                break
            above = None if job.above is None else job.above[bad]
            rows = replace(job, x=job.x[bad], hole=job.hole[bad], above=above)
            if last:
                filled[bad] = prior[bad] = _prior(rows)
                self.notes[_FAILED] = None
            else:
                filled[bad], prior[bad] = self.filler.fill(rows, bf16=False)
        return filled, prior

    def _patch(self, step: Step, window: Window, filled: Tensor) -> Patch:
        width, height = self.plan.size_at(step.level)
        core, seen = window.core, window.rect
        rect = (core.grown(_RAMP) & seen).clipped(width, height)
        weight = torch.outer(_ramp(rect.y, rect.y1, core.y, core.y1), _ramp(rect.x, rect.x1, core.x, core.x1))
        if step.level == 0:
            weight *= torch.from_numpy(self.plan.owned(rect, step.owner))
        return Patch(rect, filled[:, *rect.shifted(-seen.x, -seen.y).slices].clone(), weight)

    def _piece(self, core: Rect) -> np.ndarray:
        self.progress.check_cancelled()
        grain = self.options.grain > 0
        rect = core.grown(APRON).clipped(self.plan.width, self.plan.height) if grain else core
        photo = np.asarray(self.pixels[rect.slices])
        hole = self.mask[rect.slices] >= 128
        colours = colour_channels(photo.shape[2])
        fill = self._finest.read(rect)[0]
        if self._textured:
            textured, there = self._textured.read(rect)
            fill = torch.where(there, textured, fill)
        filled = to_floats(fill, photo.shape[2])
        if grain:
            filled = np.where(hole[..., None], filled, to_unit(photo))
            filled = add_grain(filled, hole, rect, self.options.grain, self.options.seed)
        inside = core.shifted(-rect.x, -rect.y).slices
        piece, hole = photo[inside].copy(), hole[inside]
        piece[..., :colours][hole] = to_pixels(filled[inside][hole], piece.dtype)
        return piece

    def _preview(self, level: int, repaired: Repaired, windows: list[Window]) -> None:
        for core in (w.core for w in windows):
            rect = _scaled(core, level).clipped(self.plan.width, self.plan.height)
            if rect.area > _PREVIEW_PIXELS:
                continue
            coarse = repaired.read(core)[0][None]
            filled = F.interpolate(coarse, scale_factor=1 << level, mode="bilinear", align_corners=False)[0]
            piece = np.asarray(self.pixels[rect.slices]).copy()
            hole = self.mask[rect.slices] >= 128
            floats = to_floats(filled[:, : rect.h, : rect.w], piece.shape[2])
            piece[..., : colour_channels(piece.shape[2])][hole] = to_pixels(floats[hole], piece.dtype)
            self.progress.preview(rect, piece)

    def _shrink(self, cause: str) -> None:
        """Makes do with a quarter of the memory, then with the CPU."""
        devices.release_memory(self.device)
        if self.batch_pixels > regions.SMALLEST_SIDE**2:
            self.batch_pixels = max(self.batch_pixels // 4, regions.SMALLEST_SIDE**2)
            self.notes[_SMALLER] = None
        else:
            self._to_cpu(cause)

    def _to_cpu(self, cause: str) -> None:
        """Goes on without the graphics card."""
        if self.device.kind == "cpu":
            raise NotEnoughMemory("There is not enough memory for this repair. Closing other programs may help.", cause)
        self.device = devices.choose("cpu")
        self.filler = filler_for(copy.deepcopy(self.filler.network).to("cpu"))
        self.batch_pixels, self.bf16 = _batch_pixels(self.device.memory_budget), False
        self.notes.pop(_SMALLER, None)
        self.notes[_MOVED] = None


def _batch_pixels(memory: int) -> int:
    return max(memory // _BYTES_PER_PIXEL, regions.SMALLEST_SIDE**2)


def _failed(filled: Tensor, prior: Tensor, hole: Tensor) -> Tensor:
    """(N,) bool: which fills are not numbers, or black where what surrounds the hole is not.

    The prior tells what surrounds it: the mean of a whole window would call a dark corner of a bright photo a failure.
    """
    finite = filled.isfinite().flatten(1).all(1)
    light = (prior * hole).sum((1, 2, 3)) / (3 * hole.sum((1, 2, 3))).clamp(min=1) > -0.9
    black = torch.where(hole > 0, filled, -1.0).flatten(1).amax(1) < -0.99
    return ~finite | (black & light & hole.flatten(1).any(1))


def _prior(job: Job) -> Tensor:
    return multigrid(job.x, job.hole) if job.above is None else relax(job.x, job.hole, job.above)


def _ramp(start: int, stop: int, low: int, high: int) -> Tensor:
    """Weights of start..stop: 1 in low..high, falling to almost 0 at _RAMP pixels from it."""
    at = torch.arange(start, stop)
    beyond = torch.maximum(low - at, at - (high - 1)).clamp(min=0)
    return 1 - beyond / (_RAMP + 1)


def _scaled(rect: Rect, level: int) -> Rect:
    return Rect(rect.x << level, rect.y << level, rect.w << level, rect.h << level)
