"""What training minimises: reconstruction losses by name, and the adversarial game.

Arguments common to the reconstruction losses: ``pred`` and ``target`` are (N, C, H, W) in [-1, 1]; ``hole`` is
(N, 1, H, W) of 0 and 1 and only what lies in it counts, or None, and the whole picture counts. Each returns a scalar,
0 for equal pictures, computed in float32 under autocast too.

Adversarial losses take logits of any shape: positive says "real".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor
from torchmetrics.functional.image import (
    multiscale_structural_similarity_index_measure,
    structural_similarity_index_measure,
)

from cnnstudio.errors import BadInput
from training.features import Features, perceptual_distance

Loss = Callable[[Tensor, Tensor, Tensor | None], Tensor]

_RANGE = 2.0  # of pixel values in [-1, 1]
_SCALES = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
_WINDOW = 11


def hole_mean(values: Tensor, hole: Tensor | None) -> Tensor:
    """The mean of (N, C, H, W) ``values`` over the batch's hole pixels; 0 where there is no hole at all."""
    if hole is None:
        return values.mean()
    weight = hole.to(values.dtype)
    return (values * weight).sum() / (weight.sum() * values.shape[1]).clamp(min=1)


def composite(pred: Tensor, target: Tensor, hole: Tensor | None) -> Tensor:
    """``pred`` in the hole and ``target`` around it: what the repaired photo will be."""
    return pred if hole is None else torch.where(hole > 0, pred, target)


def mse(pred: Tensor, target: Tensor, hole: Tensor | None = None) -> Tensor:
    """Mean squared error."""
    return hole_mean((pred.float() - target.float()).square(), hole)


def l1(pred: Tensor, target: Tensor, hole: Tensor | None = None) -> Tensor:
    """Mean absolute error."""
    return hole_mean((pred.float() - target.float()).abs(), hole)


def charbonnier(pred: Tensor, target: Tensor, hole: Tensor | None = None, epsilon: float = 1e-3) -> Tensor:
    """√(d² + ε²) - ε, a differentiable absolute error: Charbonnier et al., "Two deterministic half-quadratic
    regularization algorithms for computed imaging" (1994)."""
    difference = pred.float() - target.float()
    return hole_mean((difference.square() + epsilon**2).sqrt() - epsilon, hole)


def psnr(pred: Tensor, target: Tensor, hole: Tensor | None = None, floor: float = 1e-4) -> Tensor:
    """log10 of each picture's mean squared error, averaged over the pictures.

    A tenth of the negative PSNR in dB, up to a constant that makes it 0 for equal pictures: an easy picture counts as
    much as a textured one. As a training loss: Chen et al., "HINet: half instance normalization network for image
    restoration" (2021). ``floor`` keeps pictures that are already right from ruling the rest. A picture whose hole is
    smaller than a twentieth of it counts in proportion: the logarithm of the error of a few pixels is mostly noise.
    """
    squared = (pred.float() - target.float()).square()
    weight = torch.ones_like(squared[:, :1]) if hole is None else hole.float()
    count = weight.sum((1, 2, 3))
    error = (squared * weight).sum((1, 2, 3)) / (count * squared.shape[1]).clamp(min=1)
    share = (20 * count / weight[0].numel()).clamp(max=1)
    return (torch.log10(error / floor + 1) * share).sum() / share.sum().clamp(min=1e-3)


def ssim(pred: Tensor, target: Tensor, hole: Tensor | None = None) -> Tensor:
    """1 - SSIM, averaged over the windows centred in the hole.

    Wang et al., "Image quality assessment: from error visibility to structural similarity" (2004).
    """
    with torch.autocast(pred.device.type, enabled=False):
        full = composite(pred.float(), target.float(), hole)
        _, similarity = structural_similarity_index_measure(
            full, target.float(), data_range=_RANGE, return_full_image=True
        )
        return hole_mean(1 - similarity, hole)


def ms_ssim(pred: Tensor, target: Tensor, hole: Tensor | None = None) -> Tensor:
    """1 - MS-SSIM of the whole repaired picture: its coarse scales reach beyond any hole, so it is not averaged there.

    Wang, Simoncelli, Bovik, "Multiscale structural similarity for image quality assessment" (2003), with as many of
    its five scales as the picture is large enough for, their exponents made to sum to 1 again. Each scale's similarity
    s enters as (s + 1) / 2, which keeps the powers differentiable where s is not positive.
    """
    side = min(pred.shape[-2:])
    # The window must fit at the coarsest scale; the library asks for (n - 1)² windows besides.
    scales = max((n for n in range(1, 6) if side // max(2 ** (n - 1), (n - 1) ** 2) >= _WINDOW), default=1)
    betas = tuple(beta / sum(_SCALES[:scales]) for beta in _SCALES[:scales])
    with torch.autocast(pred.device.type, enabled=False):
        full = composite(pred.float(), target.float(), hole)
        similarity = multiscale_structural_similarity_index_measure(
            full, target.float(), kernel_size=_WINDOW, data_range=_RANGE, betas=betas, normalize="simple"
        )
        return 1 - similarity


def perceptual(features: Features) -> Loss:
    """The perceptual distance of the repaired picture, averaged over the batch, as a loss."""

    def loss(pred: Tensor, target: Tensor, hole: Tensor | None = None) -> Tensor:
        return perceptual_distance(features, composite(pred.float(), target.float(), hole), target).mean()

    return loss


_RECONSTRUCTION: dict[str, Loss] = {
    "mse": mse,
    "l1": l1,
    "charbonnier": charbonnier,
    "psnr": psnr,
    "ssim": ssim,
    "ms_ssim": ms_ssim,
}
RECONSTRUCTION = (*_RECONSTRUCTION, "perceptual")
"""The names of the reconstruction losses."""


class Objective:
    """A weighted sum of reconstruction losses.

    Args:
        weights: factor by name of the loss.
        device: where the perceptual network is put, if it is asked for.

    Raises:
        BadInput: no loss, or one of an unknown name.
    """

    def __init__(self, weights: Mapping[str, float], device: torch.device | str = "cpu") -> None:
        unknown = [name for name in weights if name not in RECONSTRUCTION]
        if unknown or not weights:
            raise BadInput(
                f"There is no loss “{unknown[0]}”. There are: {', '.join(RECONSTRUCTION)}."
                if unknown
                else f"At least one loss must be chosen from: {', '.join(RECONSTRUCTION)}."
            )
        self._terms: list[tuple[str, float, Loss]] = [
            (name, weight, perceptual(Features().to(device)) if name == "perceptual" else _RECONSTRUCTION[name])
            for name, weight in weights.items()
        ]

    def __call__(
        self, pred: Tensor, target: Tensor, hole: Tensor | None = None, without: Collection[str] = ()
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """The weighted sum, to step on, and each term by name, unweighted and detached, to log.

        Terms named in ``without`` are left out this time.
        """
        terms = [(name, weight, loss(pred, target, hole)) for name, weight, loss in self._terms if name not in without]
        total = sum((weight * value for _, weight, value in terms), start=torch.zeros((), device=pred.device))
        return total, {name: value.detach() for name, _, value in terms}


def gan_value(real: Tensor, fake: Tensor) -> Tensor:
    """V(D, G) = E[log D(x)] + E[log(1 - D(G(z)))], which D ascends and G descends; at most 0.

    Goodfellow et al., "Generative adversarial nets" (2014), with D = sigmoid(logit).
    """
    return F.logsigmoid(real.float()).mean() + F.logsigmoid(-fake.float()).mean()


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """-V(D, G): the binary cross-entropy of both kinds. ``fake`` comes from detached pictures."""
    return -gan_value(real, fake)


def saturating_loss(fake: Tensor) -> Tensor:
    """E[log(1 - D(G(z)))], G's part of V(D, G); its gradient fades where D is sure of itself."""
    return F.logsigmoid(-fake.float()).mean()


def non_saturating_loss(fake: Tensor) -> Tensor:
    """-E[log D(G(z))]: the same fixed point, a strong gradient where D is sure of itself."""
    return -F.logsigmoid(fake.float()).mean()


def hinge_discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """E[max(0, 1 - D(x))] + E[max(0, 1 + D(G(z)))]: Lim, Ye, "Geometric GAN" (2017)."""
    return F.relu(1 - real.float()).mean() + F.relu(1 + fake.float()).mean()


def hinge_generator_loss(fake: Tensor) -> Tensor:
    """-E[D(G(z))]."""
    return -fake.float().mean()


@dataclass(frozen=True)
class Adversarial:
    """The two sides of a game.

    Attributes:
        discriminator: (logits of real pictures, logits of generated ones) to D's loss.
        generator: logits of generated pictures to G's loss.
    """

    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]


ADVERSARIAL = {
    "non_saturating": Adversarial(discriminator_loss, non_saturating_loss),
    "saturating": Adversarial(discriminator_loss, saturating_loss),
    "hinge": Adversarial(hinge_discriminator_loss, hinge_generator_loss),
}


def adversarial(name: str) -> Adversarial:
    """An adversarial game by name.

    Raises:
        BadInput: no such game.
    """
    if name not in ADVERSARIAL:
        raise BadInput(f"There is no adversarial loss “{name}”. There are: {', '.join(ADVERSARIAL)}.")
    return ADVERSARIAL[name]


def r1_penalty(critic: Callable[[Tensor], Tensor], real: Tensor) -> Tensor:
    """E[|∇D(x)|²] over real pictures; weight it by γ / 2.

    Mescheder, Geiger, Nowozin, "Which training methods for GANs do actually converge?" (2018). In float32: squares of
    small gradients vanish in less.

    Args:
        critic: pictures to logits, each picture by itself (batch normalisation in training mode mixes them).
        real: (N, C, H, W) in [-1, 1].
    """
    pictures = real.detach().float().requires_grad_(True)
    with torch.autocast(real.device.type, enabled=False):
        (gradient,) = torch.autograd.grad(critic(pictures).sum(), pictures, create_graph=True)
    return gradient.square().flatten(1).sum(1).mean()
