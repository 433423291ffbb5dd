"""Restores whole photos: noise, JPEG blocks and mild blur by a network, fading and casts by curves.

>>> options = measured(RestoreOptions(), photo.pixels, photo.metadata.jpeg)
>>> restorer = Restorer.load(find_card("restore"))
>>> pixels, result = restorer.restore(photo.pixels, options)

The network adds a change to the photo that is bounded by what it is told, see :func:`cnnstudio.networks.restore.bound`;
told of nothing it is not asked at all. The curves come after it, and find the finer steps that it has made: where they
give contrast back, no gaps between the greys of a photo of 8 bits are seen.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch

from cnnstudio.cards import ModelCard
from cnnstudio.engine import devices
from cnnstudio.engine.devices import Device
from cnnstudio.engine.tensors import colour_channels, cut, to_network
from cnnstudio.engine.weights import load_network
from cnnstudio.errors import BadInput, BadModel, NotEnoughMemory
from cnnstudio.imaging import flaws, tone
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.metadata import JpegEncoding
from cnnstudio.imaging.photo import Pixels
from cnnstudio.imaging.tiles import TILE
from cnnstudio.imaging.tone import Tone
from cnnstudio.jobs import Progress, RestoreOptions, RestoreResult
from cnnstudio.networks.restore import MOST_BLUR, MOST_NOISE, PhotoRestorer, blocks_of_quality, bound

# What the network sees around the part of a tile that is kept; what lies farther away changes next to nothing.
_MARGIN = 32
# Tiles are made of the photo's own, so that each row of them is finished at once. More at a time saves no time on a CPU
# and would make Cancel wait.
_CPU_CORE = 3 * TILE
_MOST_CORE = 8 * TILE
# What a pixel of a tile needs on its way through the network.
_BYTES_PER_PIXEL = 320
_LUMA = (0.299, 0.587, 0.114)

_SMALLER = "Memory was short: restored in smaller tiles."
_MOVED = "The graphics card had too little memory: restored on the CPU."


def measured(options: RestoreOptions, pixels: Pixels, encoding: JpegEncoding | None = None) -> RestoreOptions:
    """The options with what is None in them measured on a photo; a clean photo gets 0 everywhere.

    Args:
        pixels: HxWxC ``uint8`` or ``uint16``, C from 1 to 4.
        encoding: of the JPEG that the pixels come from.
    """
    denoise, deblock = options.denoise, options.deblock
    if denoise is None:
        denoise = float(min(100, round(100 * flaws.noise_of(pixels) / MOST_NOISE)))
    if deblock is None:
        deblock = float(round(100 * blocks_of_quality(flaws.quality_of(pixels, encoding))))
    return replace(
        options,
        denoise=denoise,
        deblock=deblock,
        tone=tone.estimate(pixels) if options.tone is None else options.tone,
    )


class Restorer:
    """A restorer of photos on a device.

    Args:
        network: already on ``device``; None can do no more than curves.
        device: where it computes.
        bf16: whether photos of 8 bits are computed in bf16: twice as fast where the device has it, and a tenth of a
            grey level away on average.
    """

    def __init__(self, network: PhotoRestorer | None, device: Device, bf16: bool = False) -> None:
        self.network, self.device, self.bf16 = network, device, bf16
        self._core = _core_of(device)

    @classmethod
    def load(cls, card: ModelCard | None, device: str = "auto") -> Restorer:
        """Loads a model.

        Args:
            card: None for one that knows only curves.
            device: see :func:`cnnstudio.engine.devices.choose`.

        Raises:
            BadModel: the model is damaged, unknown, or does not restore photos.
            BadInput: there is no such device.
        """
        place = devices.choose(device)
        if card is None:
            return cls(None, place)
        network = load_network(card, place) if card.task == "restore" else None
        if not isinstance(network, PhotoRestorer):
            raise BadModel(f"The model “{card.id}” does not restore photos.", f"{card.task} {card.arch}")
        return cls(network, place, devices.bf16_faster(place))

    def restore(
        self, pixels: Pixels, options: RestoreOptions, progress: Progress | None = None
    ) -> tuple[np.ndarray, RestoreResult]:
        """Restores a photo.

        Args:
            pixels: HxWxC ``uint8`` or ``uint16``, C from 1 to 4; anything with ``shape``, ``dtype`` and cutting by two
                slices. Alpha stays as it is. A photo with nothing to do comes back bit by bit.
            options: what is None in them is measured.
            progress: is asked at every tile whether to stop.

        Returns:
            (HxWxC of the photo's dtype, what was done).

        Raises:
            BadInput: the photo is not of a kind that can be restored.
            BadModel: there is something to do for the network, and there is none.
            NotEnoughMemory: not even the smallest tiles fit into memory.
            Cancelled: the cancel flag was seen.
        """
        started = time.perf_counter()
        check(pixels)
        options = measured(options, pixels)
        out = np.empty(pixels.shape, pixels.dtype)
        notes: list[str] = []
        for rect, band in self.bands(pixels, options, progress, notes=notes):
            out[rect.slices] = band
        return out, RestoreResult(options, time.perf_counter() - started, self.device.name, notes)

    def bands(
        self,
        pixels: Pixels,
        options: RestoreOptions,
        progress: Progress | None = None,
        within: Rect | None = None,
        notes: list[str] | None = None,
    ) -> Iterator[tuple[Rect, np.ndarray]]:
        """Restores a photo band by band, so that never more than one of them is in memory.

        Args:
            pixels, progress: as in :meth:`restore`.
            options: with nothing left to be measured.
            within: the part of the photo that is asked for; None is all of it. It comes out as it would of the whole.
            notes: is given plain sentences worth showing.

        Yields:
            (rectangle as wide as the part, its pixels) from the top down. Where the part begins at a multiple of
            :data:`cnnstudio.imaging.tiles.TILE`, so does each of them.

        Raises:
            As :meth:`restore`.
        """
        progress = progress or Progress()
        check(pixels)
        height, width = pixels.shape[:2]
        part = Rect(0, 0, width, height) if within is None else within.clipped(width, height)
        top = part.y
        while top < part.y1:
            bottom = min(part.y1, top + self._core)
            share = Rect(part.x, top, part.w, bottom - top)
            try:
                band = self._band(pixels, share, options, progress, part)
            except (RuntimeError, MemoryError) as error:
                if not devices.out_of_memory(error):
                    raise
                cause = repr(error)
            else:
                yield share, band
                del band
                top = bottom
                continue
            # Only here, with the error and the tensors its traceback holds gone, is there memory to give back.
            note = self._shrink(cause)
            if notes is not None and note not in notes:
                notes.append(note)

    def _band(self, pixels: Pixels, band: Rect, options: RestoreOptions, progress: Progress, part: Rect) -> np.ndarray:
        """The finished pixels of one band."""
        original = np.asarray(pixels[band.slices])
        wanted = options.tone or Tone()
        if not options.needs_network:
            progress.check_cancelled()
            toned = tone.apply(original, wanted)
            progress.set((band.y1 - part.y) / part.h, "Restoring")
            return toned.copy() if toned is original else toned
        out = original.copy()
        curves = tone.curve(wanted, pixels.shape[2], np.dtype(np.uint16))
        across = -(-band.w // self._core)
        step = -(-band.w // (8 * across)) * 8
        for x in range(band.x, band.x1, step):
            progress.check_cancelled()
            tile = Rect(x, band.y, min(step, band.x1 - x), band.h)
            inside = tile.shifted(-band.x, -band.y).slices
            change = self._change(pixels, tile, options)
            out[inside] = _changed(original[inside], change, None if wanted.is_neutral else curves)
            done = (band.y - part.y) * part.w + band.h * (tile.x1 - part.x)
            progress.set(done / part.area, "Restoring")
        return out

    @torch.inference_mode()
    def _change(self, pixels: Pixels, tile: Rect, options: RestoreOptions) -> np.ndarray:
        """What to add to the colours of a tile: hxw(1 or 3) ``float32``, of full light 1."""
        network = self.network
        if network is None:
            raise BadModel("The model that takes out noise, JPEG blocks and blur is not there.")
        # At multiples of 8 everywhere, the network's own grid: any part comes out as it does of the whole.
        multiple = network.size_multiple
        seen = tile.aligned(multiple).grown(-(-_MARGIN // multiple) * multiple)
        x = to_network(cut(pixels, seen)[None]).to(self.device.torch, memory_format=torch.channels_last)
        told = (
            (options.denoise or 0.0) / 100 * MOST_NOISE,
            (options.deblock or 0.0) / 100,
            options.sharpen / 100 * MOST_BLUR,
        )
        strengths = [torch.full((1,), value, device=x.device) for value in told]
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self.bf16 and pixels.dtype == np.uint8):
            restored = network(x, *strengths)
        # What is not a number changes nothing.
        change = (restored.float() - x)[0].nan_to_num(0.0)
        kept = change[:, *tile.shifted(-seen.x, -seen.y).slices]
        if options.keep_grain and told[0]:
            noise_alone = bound(strengths[0], *(torch.zeros_like(s) for s in strengths[1:]))
            share = float(noise_alone / bound(*strengths)) * options.keep_grain / 100
            grain = sum(weight * kept[channel] for channel, weight in enumerate(_LUMA))
            kept = kept - share * grain
        if colour_channels(pixels.shape[2]) == 1:
            kept = kept.mean(0, keepdim=True)
        return np.asarray(kept.permute(1, 2, 0).mul(0.5).contiguous().cpu())

    def _shrink(self, cause: str) -> str:
        """Takes smaller tiles from now on, and at last the CPU; returns what people are told."""
        devices.release_memory(self.device)
        if self._core > TILE:
            self._core = max(TILE, self._core // (2 * TILE) * TILE)
            return _SMALLER
        if self.device.kind == "cpu" or self.network is None:
            raise NotEnoughMemory("There is not enough memory for this.", cause)
        self.device = devices.choose("cpu")
        self.bf16 = self.bf16 and devices.bf16_faster(self.device)
        self.network = self.network.to(self.device.torch)
        self._core = _core_of(self.device)
        return _MOVED


def check(pixels: Pixels) -> None:
    """Raises :class:`BadInput` where a photo is not of a kind that can be restored."""
    if len(pixels.shape) != 3 or not 1 <= pixels.shape[2] <= 4 or pixels.dtype not in (np.uint8, np.uint16):
        raise BadInput("This kind of photo cannot be restored.", f"{pixels.shape} {pixels.dtype}")


def _core_of(device: Device) -> int:
    side = int((device.memory_budget / _BYTES_PER_PIXEL) ** 0.5) - 2 * _MARGIN
    most = _CPU_CORE if device.kind == "cpu" else _MOST_CORE
    return max(TILE, min(most, side // TILE * TILE))


def _changed(original: np.ndarray, change: np.ndarray, curves: np.ndarray | None) -> np.ndarray:
    """Pixels with their colours changed, then toned.

    Args:
        curves: of 16 bits, see :func:`cnnstudio.imaging.tone.curve`; None leaves the tone.
    """
    out = original.copy()
    most, colours = np.iinfo(original.dtype).max, change.shape[2]
    light = original[..., :colours].astype(np.float32) + change * np.float32(most)
    if curves is not None:
        fine = np.rint(np.clip(light * np.float32(65535 / most), 0, 65535)).astype(np.uint16)
        light = np.stack([curves[fine[..., c], c] for c in range(colours)], -1) * np.float32(most / 65535)
    out[..., :colours] = np.clip(np.rint(light), 0, most)
    return out
