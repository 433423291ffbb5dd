"""What the trainings of all GANs share: pictures drawn and made, the two networks' steps, and embeddings to measure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

from training.features import Features
from training.loop import State
from training.losses import Adversarial

BETAS = (0.5, 0.999)
"""Of Adam, for both networks; Radford et al. (2016)."""
_AT_ONCE = 32  # pictures a pass outside training


def drawn(pictures: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """A batch of photographs, mirrored or not at random.

    Args:
        pictures: (N, 3, H, W) ``uint8``.
        generator: on their device.

    Returns:
        (count, 3, H, W) in [-1, 1].
    """
    which = torch.randint(len(pictures), (count,), device=pictures.device, generator=generator)
    mirrored = torch.rand((count, 1, 1, 1), device=pictures.device, generator=generator) < 0.5
    chosen = pictures[which]
    return _scaled(torch.where(mirrored, chosen.flip(3), chosen))


def teach_discriminator(fabric: Fabric, state: State, judged: Tensor) -> None:
    """One step of the discriminator.

    Args:
        judged: what it lowers: its loss of real pictures and of generated ones, detached.
    """
    state.optimisers["discriminator"].zero_grad()
    fabric.backward(judged)
    state.optimisers["discriminator"].step()


def teach_generator(fabric: Fabric, state: State, game: Adversarial, fake: Tensor | Sequence[Tensor]) -> Tensor:
    """One step of the generator.

    Args:
        fake: pictures generated in this step, or their features: what the discriminator judges.

    Returns:
        The generator's loss, detached.
    """
    judges = cast(Any, state.networks["discriminator"])
    judges.requires_grad_(False)
    loss = game.generator(judges.logits(fake))
    judges.requires_grad_(True)
    state.optimisers["generator"].zero_grad()
    fabric.backward(loss)
    state.optimisers["generator"].step()
    return loss.detach()


@torch.no_grad()
def made(network: nn.Module, latents: Tensor) -> Tensor:
    """Pictures of latents (N, latent, 1, 1), rounded as a file would be: (N, 3, H, W) ``uint8``, on the CPU."""
    parts = [(network(z).float() + 1) * 127.5 for z in torch.split(latents, _AT_ONCE)]
    return torch.cat([part.round().byte().cpu() for part in parts])


@torch.no_grad()
def embedded(features: Features, pictures: Tensor, device: torch.device) -> Tensor:
    """Embeddings (N, D) of (N, 3, H, W) ``uint8`` pictures, on the CPU; ``device`` is where ``features`` are."""
    parts = [features.embed(_scaled(part.to(device))) for part in torch.split(pictures, _AT_ONCE)]
    return torch.cat([part.cpu() for part in parts])


def tiled(pictures: Tensor, columns: int) -> np.ndarray:
    """(rows * columns, 3, S, S) ``uint8`` as one picture, row by row: HxWx3 ``uint8``."""
    channels, side = pictures.shape[1:3]
    rows = pictures.view(-1, columns, channels, side, side).permute(0, 3, 1, 4, 2)
    return rows.reshape(-1, columns * side, channels).numpy()


def _scaled(pictures: Tensor) -> Tensor:
    return pictures.float() / 127.5 - 1
