"""Looks for damage: a photo goes in, and how likely each of its pixels is damaged comes out.

>>> detector = Detector.load(find_card("damage"))
>>> mask = find(detector.detect(photo.pixels), sensitivity=50).mask()
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import cv2
import numpy as np
import torch

from cnnstudio.cards import ModelCard
from cnnstudio.engine import devices
from cnnstudio.engine.devices import Device
from cnnstudio.engine.tensors import colour_channels, cut, to_network
from cnnstudio.engine.weights import load_network
from cnnstudio.errors import BadInput, BadModel, NotEnoughMemory
from cnnstudio.imaging.encode import to_8bit
from cnnstudio.imaging.findings import DamageMaps
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.monochrome import is_monochrome
from cnnstudio.imaging.photo import Pixels
from cnnstudio.jobs import DAMAGE, Progress
from cnnstudio.networks.damage import VIEW, DamageFinder

# Photos are reduced by a whole factor to about this size: damage grows with the resolution of a scan.
_PIXELS = 4 << 20
# What the network sees around the part of a tile that is kept; what lies farther away changes next to nothing.
_MARGIN = 96
_SIDE = 960
_SMALLEST_SIDE = 320
# What a pixel of a tile needs on its way through the network.
_BYTES_PER_PIXEL = 320
_BAND = 1 << 22  # photo pixels that are reduced at a time


class Detector:
    """A finder of damage on a device.

    Args:
        network: already on ``device``.
        device: where it computes.
    """

    def __init__(self, network: DamageFinder, device: Device) -> None:
        self.network, self.device = network, device
        self._side = min(_SIDE, max(_SMALLEST_SIDE, int((device.memory_budget / _BYTES_PER_PIXEL) ** 0.5) // 16 * 16))

    @classmethod
    def load(cls, card: ModelCard, device: str = "auto") -> Detector:
        """Loads a model.

        Args:
            device: see :func:`cnnstudio.engine.devices.choose`.

        Raises:
            BadModel: the model is damaged, unknown, or does not look for damage.
            BadInput: there is no such device.
        """
        place = devices.choose(device)
        network = load_network(card, place) if card.task == "detect" else None
        if not isinstance(network, DamageFinder):
            raise BadModel(f"The model “{card.id}” does not look for damage.", f"{card.task} {card.arch}")
        return cls(network, place)

    def detect(self, pixels: Pixels, progress: Progress | None = None) -> DamageMaps:
        """Looks at a photo once; :func:`cnnstudio.imaging.findings.find` makes regions and masks of what it saw.

        Args:
            pixels: HxWxC ``uint8`` or ``uint16``, C from 1 to 4; anything with ``shape``, ``dtype`` and cutting by two
                slices. Alpha is not looked at.
            progress: is asked at every tile whether to stop.

        Raises:
            BadInput: the photo is not of a kind that can be looked at.
            NotEnoughMemory: not even the smallest tiles fit into memory.
            Cancelled: the cancel flag was seen.
        """
        started, progress = time.perf_counter(), progress or Progress()
        if len(pixels.shape) != 3 or not 1 <= pixels.shape[2] <= 4 or pixels.dtype not in (np.uint8, np.uint16):
            raise BadInput("This kind of photo cannot be searched for damage.", f"{pixels.shape} {pixels.dtype}")
        height, width = pixels.shape[:2]
        factor = max(1, round((height * width / _PIXELS) ** 0.5))
        small = _reduced(pixels, factor, progress)
        planes = np.zeros((len(DAMAGE), *small.shape[:2]), np.uint8)
        while True:
            try:
                self._look(small, planes, progress)
                break
            except (RuntimeError, MemoryError) as error:
                if not devices.out_of_memory(error):
                    raise
                cause = repr(error)
            # Only here, with the error and the tensors its traceback holds gone, is there memory to give back.
            devices.release_memory(self.device)
            if self._side <= _SMALLEST_SIDE:
                raise NotEnoughMemory("There is not enough memory for this.", cause)
            self._side = max(_SMALLEST_SIDE, self._side // 32 * 16)
        seconds, monochrome = time.perf_counter() - started, is_monochrome(small)
        return DamageMaps(planes, width, height, factor, seconds, self.device.name, monochrome=monochrome)

    @torch.inference_mode()
    def _look(self, small: np.ndarray, planes: np.ndarray, progress: Progress) -> None:
        """Fills ``planes`` tile by tile."""
        height, width = small.shape[:2]
        view = np.asarray(cv2.resize(small, (VIEW, VIEW), interpolation=cv2.INTER_AREA)).reshape(VIEW, VIEW, -1)
        whole = to_network(view[None]).to(self.device.torch)
        tiles = list(_tiles(width, height, self._side - 2 * _MARGIN))
        for number, core in enumerate(tiles):
            progress.check_cancelled()
            seen = core.grown(_MARGIN)
            x = to_network(cut(small, seen)[None]).to(self.device.torch, memory_format=torch.channels_last)
            where = torch.tensor([[seen.x / width, seen.y / height, seen.x1 / width, seen.y1 / height]])
            likely = self.network(x, whole, where.to(self.device.torch))[0].sigmoid()
            inside = core.clipped(width, height)
            kept = likely[:, *inside.shifted(-seen.x, -seen.y).slices]
            # What is not a number is not damage.
            planes[:, *inside.slices] = kept.nan_to_num(0.0).mul(255).round().to(torch.uint8).cpu().numpy()
            progress.set((number + 1) / len(tiles), "Looking for damage")


def _reduced(pixels: Pixels, factor: int, progress: Progress) -> np.ndarray:
    """The photo in 8 bits without alpha, each pixel the mean of ``factor`` x ``factor``: hxwxC, C = 1 or 3."""
    height, width, channels = pixels.shape
    colours = colour_channels(channels)
    small = np.empty((-(-height // factor), -(-width // factor), colours), np.uint8)
    rows = max(1, _BAND // (width * factor))
    for top in range(0, len(small), rows):
        progress.check_cancelled()
        part = small[top : top + rows]
        ys = slice(top * factor, min(height, (top + rows) * factor))
        band = to_8bit(np.asarray(pixels[ys, slice(0, width)])[..., :colours])
        over = len(part) * factor - len(band), small.shape[1] * factor - width
        band = np.pad(band, ((0, over[0]), (0, over[1]), (0, 0)), mode="edge")
        part[...] = cv2.resize(band, part.shape[1::-1], interpolation=cv2.INTER_AREA).reshape(part.shape)
    return small


def _tiles(width: int, height: int, most: int) -> Iterator[Rect]:
    """Equal tiles, their sides multiples of 16 and at most ``most``, that cover the photo and may reach beyond it."""
    across, down = -(-width // most), -(-height // most)
    w, h = -(-width // (16 * across)) * 16, -(-height // (16 * down)) * 16
    for y in range(0, height, h):
        for x in range(0, width, w):
            yield Rect(x, y, w, h)
