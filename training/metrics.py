"""How close a repair comes to the truth, over the hole, one number a repair.

Arguments common to all: ``result`` and ``truth`` are HxWx3 uint8, equal outside the hole; ``mask`` is HxW uint8, 255 in
the hole, which is not empty.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torchmetrics.functional.image import structural_similarity_index_measure

from training.features import Features, perceptual_distance

ROUNDING_ERROR = 1 / 12
"""The mean squared error of rounding to whole levels: the least error that 8 bits can show. It bounds the PSNR at
58.9 dB, so that one perfect repair of a flat sky does not make a mean infinite."""


def psnr(result: np.ndarray, truth: np.ndarray, mask: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB (peak 255), from the mean squared error of the hole's pixels."""
    hole = mask >= 128
    difference = result[hole].astype(np.float64) - truth[hole]
    error = max(float(np.square(difference).mean()), ROUNDING_ERROR)
    return float(10 * np.log10(255**2 / error))


def ssim(result: np.ndarray, truth: np.ndarray, mask: np.ndarray) -> float:
    """Structural similarity, averaged over the windows centred in the hole; at most 1.

    Wang et al., "Image quality assessment: from error visibility to structural similarity" (2004), with its Gaussian
    window of 11 pixels.
    """
    _, similarity = structural_similarity_index_measure(
        _tensor(result), _tensor(truth), data_range=2.0, return_full_image=True
    )
    hole = torch.from_numpy(mask >= 128)
    return float(similarity[0, :, hole].mean())


@torch.inference_mode()
def perceptual(features: Features, result: np.ndarray, truth: np.ndarray) -> float:
    """:func:`training.features.perceptual_distance` of the whole crop; 0 for equal pictures."""
    return float(perceptual_distance(features, _tensor(result), _tensor(truth)))


def _tensor(pixels: np.ndarray) -> Tensor:
    """1x3xHxW in [-1, 1]."""
    return torch.from_numpy(pixels.astype(np.float32) / 127.5 - 1).permute(2, 0, 1)[None]
