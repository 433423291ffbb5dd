"""Makes pictures with a generator: latents from seeds, pictures from latents.

>>> maker = PictureMaker.load(find_card("dcgan"))
>>> pictures = maker.make(latents_from(seed=7, count=16), truncation=0.8).pictures

A seed's latent is drawn on the CPU, whatever the device, and by itself, however many are asked for; and batches are
always of one size, since convolutions round differently in another. So on one device a seed always makes the same
picture bit by bit, and on another the same but for rounding.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from cnnstudio.cards import ModelCard
from cnnstudio.engine import devices
from cnnstudio.engine.devices import Device
from cnnstudio.engine.tensors import to_floats, to_pixels
from cnnstudio.engine.weights import load_network
from cnnstudio.errors import BadInput, BadModel, NotEnoughMemory
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import DIRECTIONS, Generated, Latent, Progress, Way
from cnnstudio.networks import dcgan, gan_small

Generator = dcgan.Generator | gan_small.Generator
"""The networks that make pictures: (N, ``latent``, 1, 1) of normal distribution to pictures in [-1, 1]."""

BATCH = 4
"""Pictures that go through the network together: few, so that the first is soon there and Cancel is soon seen."""


class PictureMaker:
    """A generator on a device.

    Args:
        network: already on ``device``.
        device: where it computes.
    """

    def __init__(self, network: Generator, device: Device) -> None:
        self.network, self.device = network, device
        self._batch = BATCH

    @classmethod
    def load(cls, card: ModelCard, device: str = "auto") -> PictureMaker:
        """Loads a model.

        Args:
            device: see :func:`cnnstudio.engine.devices.choose`.

        Raises:
            BadModel: the model is damaged, unknown, or does not make pictures.
            BadInput: there is no such device.
        """
        place = devices.choose(device)
        network = load_network(card, place) if card.task == "generate" else None
        if not isinstance(network, Generator):
            raise BadModel(f"The model “{card.id}” does not make pictures.", f"{card.task} {card.arch}")
        return cls(network, place)

    def make(self, latents: Sequence[Latent], truncation: float = 1.0, progress: Progress | None = None) -> Generated:
        """Makes a picture of each latent.

        Args:
            truncation: above 0, at most 1; latents are scaled by it towards 0, where the average picture is.
            progress: is shown each picture, as :class:`cnnstudio.jobs.GenerateJob` says, and asked at every batch
                whether to stop.

        Raises:
            BadInput: there is no latent, one belongs to another model, or the truncation is out of range.
            NotEnoughMemory: not even one picture at a time fits into memory.
            Cancelled: the cancel flag was seen.
        """
        if not latents or not 0 < truncation <= 1:
            raise BadInput("Truncation must be above 0 and at most 1.", f"{len(latents)} latents, {truncation}")
        started, progress = time.perf_counter(), progress or Progress()
        pictures: list[np.ndarray] = []
        while len(pictures) < len(latents):
            progress.check_cancelled()
            for picture in self._made(latents[len(pictures) : len(pictures) + self._batch], truncation):
                height, width = picture.shape[:2]
                progress.preview(Rect(len(pictures) * width, 0, width, height), picture)
                pictures.append(picture)
            progress.set(len(pictures) / len(latents), "Making pictures")
        return Generated(pictures, tuple(latents), time.perf_counter() - started, self.device.name)

    @cached_property
    def directions(self) -> Tensor:
        """(:data:`cnnstudio.jobs.DIRECTIONS`, latent), on the CPU: see :func:`main_directions`."""
        return main_directions(self.network)[:DIRECTIONS].cpu()

    def _made(self, latents: Sequence[Latent], truncation: float) -> list[np.ndarray]:
        """Pictures of the first latents: of all, unless memory is short."""
        while True:
            try:
                return self._batched(latents[: self._batch], truncation)
            except (RuntimeError, MemoryError) as error:
                if not devices.out_of_memory(error):
                    raise
                cause = repr(error)
            devices.release_memory(self.device)
            if self._batch == 1:
                raise NotEnoughMemory("There is not enough memory to make this picture.", cause)
            self._batch = max(1, self._batch // 2)

    def _batched(self, latents: Sequence[Latent], truncation: float) -> list[np.ndarray]:
        z = torch.zeros(self._batch, self.network.latent, 1, 1)
        for row, latent in zip(z, latents, strict=False):
            row[:, 0, 0] = place(latent, self.directions) * truncation
        with torch.inference_mode():
            out = self.network(z.to(self.device.torch)).float().cpu()
        return [as_picture(one) for one in out[: len(latents)]]


def as_picture(made: Tensor) -> np.ndarray:
    """(C, H, W) in [-1, 1] to HxWxC ``uint8``."""
    return to_pixels(to_floats(made, len(made)), np.dtype(np.uint8))


def main_directions(network: Generator) -> Tensor:
    """(latent, latent), the rows of length 1: along the first one pictures change most, along the last least.

    They are those along which the values of the generator's first layer move farthest, so they need no samples and no
    training (Shen, Zhou 2021, "Closed-form factorization of latent semantics in GANs").
    """
    basis = torch.eye(network.latent, device=next(network.parameters()).device)[..., None, None]
    with torch.no_grad():
        reach = network.first_layer(basis) - network.first_layer(torch.zeros_like(basis[:1]))
    reach = reach.flatten(1).cpu().double()
    directions = torch.linalg.eigh(reach @ reach.T).eigenvectors.flip(1).T
    largest = directions.gather(1, directions.abs().argmax(1, keepdim=True))
    signed: Tensor = directions * largest.sign()  # either sign is a solution: the same one everywhere
    return signed.float()


def place(latent: Latent, directions: Tensor) -> Tensor:
    """(dimensions,) of normal distribution: what a latent stands for.

    Args:
        directions: (any number, dimensions): those that moves go along.

    Raises:
        BadInput: the latent is of another space.
    """
    number, dimensions = directions.shape
    match latent.origin:
        case Way(start, end, share):
            a, b = place(start, directions), place(end, directions)
            z = a if share == 0 else slerp(a, b, share)
        case tuple(vector):
            z = torch.tensor(vector)
        case seed:
            z = torch.randn(dimensions, generator=torch.Generator().manual_seed(seed))
    if len(z) != dimensions or len(latent.moves) > number:
        raise BadInput("This picture belongs to another model.", f"{len(z)} numbers, {len(latent.moves)} moves")
    if not latent.moves:
        return z
    return z + torch.tensor(latent.moves) @ directions[: len(latent.moves)]


def slerp(a: Tensor, b: Tensor, share: float) -> Tensor:
    """From one vector to another along the great circle, their lengths passing into each other evenly.

    The straight way would pass close to 0, where no latent the generator was trained with lies (White 2016,
    "Sampling generative networks").
    """
    if share == 1:
        return b
    start, end = a.double(), b.double()
    length_a, length_b = start.norm(), end.norm()
    angle = torch.arccos((start @ end / (length_a * length_b)).clamp(-1, 1))
    if angle.sin() < 1e-6:  # the same or opposite directions: there is no one circle
        return torch.lerp(a, b, share)
    direction = ((1 - share) * angle).sin() / length_a * start + (share * angle).sin() / length_b * end
    point: Tensor = direction * (torch.lerp(length_a, length_b, share) / angle.sin())
    return point.to(a.dtype)
