"""Differentiable augmentation: real and generated pictures are changed alike at random before they are judged.

Zhao, Liu, Lin, Zhu, Han, "Differentiable augmentation for data-efficient GAN training" (2020). The discriminator sees
no picture twice, so that it cannot learn a small set by heart; and since gradients pass through the changes to the
generator, it learns to make pictures as they are and not as they were changed.
"""

from __future__ import annotations

import torch
from torch import Tensor

SHIFT = 1 / 8
"""The farthest a picture is moved, as a share of its side."""
HOLE = 1 / 2
"""Side of the square that is blanked, as a share of the picture's."""


def augment(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Changes colours, moves, and blanks a square; each picture by itself, all of it differentiable.

    Args:
        pictures: (N, 3, H, W) in [-1, 1].
        generator: on the pictures' device; the only source of chance.

    Returns:
        The same shape; contrast and brightness may leave [-1, 1], what is empty is 0.
    """
    draws = torch.rand((7, len(pictures), 1, 1, 1), device=pictures.device, generator=generator)
    pictures = recolour(pictures, draws[0] - 0.5, 2 * draws[1], draws[2] + 0.5)
    return blank(move(pictures, draws[3], draws[4]), draws[5], draws[6])


def recolour(pictures: Tensor, brightness: Tensor, saturation: Tensor, contrast: Tensor) -> Tensor:
    """Adds ``brightness``, then scales colours around their grey, then all values around the picture's mean.

    Args:
        pictures: (N, 3, H, W).
        brightness, saturation, contrast: (N, 1, 1, 1); 0, 1 and 1 change nothing.
    """
    pictures = pictures + brightness
    grey = pictures.mean(1, keepdim=True)
    pictures = grey + (pictures - grey) * saturation
    mean = pictures.mean((1, 2, 3), keepdim=True)
    return mean + (pictures - mean) * contrast


def move(pictures: Tensor, down: Tensor, right: Tensor) -> Tensor:
    """Moves each picture by whole pixels, up to :data:`SHIFT` of its size either way; what comes in is 0.

    Args:
        pictures: (N, C, H, W).
        down, right: (N, 1, 1, 1) in [0, 1): 0 is farthest up or left, 0.5 stays.
    """
    count, _, height, width = pictures.shape
    rows, row_known = _sources(height, down.view(count, 1))
    columns, column_known = _sources(width, right.view(count, 1))
    known = row_known[:, None, :, None] & column_known[:, None, None, :]
    which = torch.arange(count, device=pictures.device).view(-1, 1, 1)
    moved = pictures.permute(0, 2, 3, 1)[which, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
    return moved * known


def _sources(size: int, share: Tensor) -> tuple[Tensor, Tensor]:
    """(N, size) of where each row comes from, and whether that lies in the picture."""
    most = round(size * SHIFT)
    shift = (share * (2 * most + 1)).long() - most
    source = torch.arange(size, device=share.device) - shift
    return source.clamp(0, size - 1), (source >= 0) & (source < size)


def blank(pictures: Tensor, top: Tensor, left: Tensor) -> Tensor:
    """Sets a square of :data:`HOLE` of the side to 0; its middle may lie anywhere, so it may hang over the edge.

    Args:
        pictures: (N, C, H, W).
        top, left: (N, 1, 1, 1) in [0, 1): where the middle of the square is.
    """
    height, width = pictures.shape[-2:]

    def covered(size: int, middle: Tensor) -> Tensor:
        along = torch.arange(size, device=pictures.device)
        start = (middle.flatten() * size).long() - round(size * HOLE) // 2
        offset = along - start[:, None]
        return (offset >= 0) & (offset < round(size * HOLE))

    hole = covered(height, top)[:, None, :, None] & covered(width, left)[:, None, None, :]
    return pictures * ~hole
