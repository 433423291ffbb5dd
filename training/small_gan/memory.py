"""Did the generator learn, or learn by heart? Each sample is compared with the training picture most like it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

CLEAN = 0.8
"""The least novelty that is taken for learning."""
_ROWS = 512


def nearest(pictures: Tensor, among: Tensor) -> tuple[Tensor, Tensor]:
    """The most similar one ``among`` others for each picture.

    Args:
        pictures: (N, D) embeddings, as :meth:`training.features.Features.embed` makes them.
        among: (M, D) embeddings.

    Returns:
        (N,) Euclidean distances and (N,) rows of ``among``.
    """
    parts = [torch.cdist(part, among).min(1) for part in torch.split(pictures.float(), _ROWS)]
    return torch.cat([p.values for p in parts]), torch.cat([p.indices for p in parts])


@dataclass(frozen=True)
class Memory:
    """How near samples are to what was learnt from.

    Attributes:
        samples: median distance of a sample to the training picture nearest to it.
        unseen: the same of pictures that were kept out of training: how near two pictures of this kind are by nature.
        which: (N,) the training picture nearest to each sample.
    """

    samples: float
    unseen: float
    which: Tensor

    @property
    def novelty(self) -> float:
        """``samples / unseen``: about 1 or more for new pictures, near 0 for copies."""
        return self.samples / max(self.unseen, 1e-6)

    @property
    def sentence(self) -> str:
        """What it means."""
        compared = f"Samples are {self.novelty:.2f} times as far from the training pictures as unseen pictures are"
        if self.novelty >= CLEAN:
            return f"{compared}: they are no copies."
        return f"{compared} (below {CLEAN}): many are near copies. More pictures, or a shorter run, would help."


def check(samples: Tensor, train: Tensor, kept_out: Tensor) -> Memory:
    """Compares embeddings, (N, D) of samples, (M, D) of training pictures and (K, D) of pictures never seen."""
    near, which = nearest(samples, train)
    return Memory(float(near.median()), float(nearest(kept_out, train)[0].median()), which)
