"""How the small-data GAN is trained: hinge losses on augmented pictures, and one of two discriminators.

Either it looks through an ImageNet network (:mod:`training.small_gan.projected`), or it begins with nothing and is kept
from learning the pictures by heart by having to draw again what it saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
import torch.nn.functional as F
from lightning.fabric import Fabric
from torch import Tensor, nn
from torch.optim.swa_utils import update_bn

from cnnstudio.errors import BadInput
from cnnstudio.networks.gan_small import Discriminator, Generator, quarter_of
from training import losses
from training.features import SMALLEST, Features, frechet_distance, kernel_distance, perceptual_distance
from training.gan_steps import BETAS, drawn, embedded, made, teach_discriminator, teach_generator, tiled
from training.loop import Figures, State
from training.small_gan import memory
from training.small_gan.augment import augment
from training.small_gan.projected import ProjectedDiscriminator, Projection
from training.start import begin_as

_GRID = 6  # rows and columns of the sample grid
_PAIRS = 8  # samples shown with their nearest training picture
DISCRIMINATORS = ("projected", "redrawing")
HEAD_START = 200  # steps in which only the discriminator of a generator that is fine-tuned learns
_COUNTED, _AT_ONCE = 1024, 64  # latents that statistics are taken of, and so many in a pass


@dataclass(frozen=True)
class SmallGanConfig:
    """What is trained, on what.

    Attributes:
        side: of the pictures in pixels: 128 or 256; 32 and 64 for trials.
        latent: channels of the latent.
        width: channels of the generator at 64 pixels.
        discriminator: "projected", which looks through an ImageNet network, or "redrawing", which begins with nothing
            and must be able to draw again what it saw.
        critic: channels of the discriminator: "redrawing" has so many after its first layer, "projected" four times as
            many after its last.
        batch: pictures a step, on each device.
        rate: learning rate of Adam, of both networks.
        adversarial: name of the adversarial loss.
        reconstruction: weight in its loss of what the discriminator draws again, if it does.
        measured: pictures generated for a measurement.
        init: model to start from, for fine-tuning: its id, or its weights (safetensors); the discriminator then has a
            head start.
    """

    side: int = 128
    latent: int = 256
    width: int = 64
    discriminator: str = "projected"
    critic: int = 48
    batch: int = 8
    rate: float = 2e-4
    adversarial: str = "hinge"
    reconstruction: float = 1.0
    measured: int = 1000
    init: str | None = None

    @property
    def architecture(self) -> dict[str, object]:
        """Arguments of :class:`Generator`, as the model card keeps them."""
        return {"side": self.side, "latent": self.latent, "width": self.width}


class SmallGanRecipe:
    """Trains :class:`Generator` against the discriminator that is asked for; see :class:`training.loop.Recipe`.

    Args:
        pictures: (N, 3, side, side) ``uint8`` to train on.
        kept_out: (M, 3, side, side) ``uint8`` that training never sees, M at least 2.
        seed: of the latents that are measured and shown.

    Raises:
        BadInput: there is no such discriminator, or no such adversarial loss.
    """

    def __init__(self, config: SmallGanConfig, pictures: Tensor, kept_out: Tensor, seed: int = 0) -> None:
        if config.discriminator not in DISCRIMINATORS:
            raise BadInput(f"There is no discriminator “{config.discriminator}”: {' or '.join(DISCRIMINATORS)}.")
        self.config = config
        self._pictures, self._kept_out = pictures, kept_out
        self._game = losses.adversarial(config.adversarial)
        generator = torch.Generator().manual_seed(seed)
        self._fixed = torch.randn((max(config.measured, _GRID**2), config.latent, 1, 1), generator=generator)
        # Files sorted by name come sorted by subject: those that are measured against are drawn from all.
        self._compared = torch.randperm(len(pictures), generator=generator)[: config.measured]
        self._projection: Projection | None = None
        self._device = torch.device("cpu")

    def build(self, device: torch.device) -> State:
        config = self.config
        self._device = device
        self._pictures, self._fixed = self._pictures.to(device), self._fixed.to(device)
        generator = Generator(config.side, config.latent, config.width).to(device)
        if config.init:
            begin_as(generator, config.init)
        discriminator, methods = self._discriminator(device)
        for network in (generator, discriminator):
            network.to(memory_format=torch.channels_last)
        self._features = Features().to(device)
        self._train = embedded(self._features, self._pictures, device)
        self._unseen = embedded(self._features, self._kept_out, device)
        self._start: Figures = {}
        start = self.measure(generator.eval())
        self._start = {f"{name}_at_start": start[name] for name in ("frechet", "kernel")}
        networks = {"generator": generator.train(), "discriminator": discriminator}
        optimisers = {name: torch.optim.Adam(n.parameters(), config.rate, BETAS) for name, n in networks.items()}
        return State(
            dict(networks), dict(optimisers), averaged="generator", methods=tuple(("discriminator", m) for m in methods)
        )

    def _discriminator(self, device: torch.device) -> tuple[nn.Module, tuple[str, ...]]:
        """The one that is asked for, and which of its methods a step calls."""
        if self.config.discriminator == "projected":
            self._projection = Projection().to(device)
            judges = ProjectedDiscriminator(self._projection.channels, 4 * self.config.critic)
            return judges.to(device), ("logits",)
        return Discriminator(self.config.side, self.config.critic).to(device), ("logits", "examine")

    def step(self, fabric: Fabric, state: State, generator: torch.Generator, number: int) -> dict[str, Tensor]:
        config, makes, judges = self.config, state.networks["generator"], cast(Any, state.networks["discriminator"])
        led = config.init is None or number >= HEAD_START  # else the generator would be taught by a novice
        real = augment(drawn(self._pictures, config.batch, generator), generator)
        z = torch.randn((len(real), config.latent, 1, 1), device=real.device, generator=generator)
        with torch.set_grad_enabled(led):
            fake: Tensor | list[Tensor] = augment(makes(z, noise=generator), generator)
            if self._projection:
                fake = self._projection(fake)

        figures: dict[str, Tensor] = {}
        if self._projection:
            with torch.no_grad():
                seen = self._projection(real)
            of_real, of_fake = judges.logits(seen), judges.logits([x.detach() for x in fake])
            judged = figures["loss_d"] = self._game.discriminator(of_real, of_fake)
        else:
            quarter = number % 4
            of_real, whole, part = judges.examine(real, quarter)
            of_fake = judges.logits(cast(Tensor, fake).detach())
            figures["redrawn"] = reconstruction_loss(self._features, real, whole, part, quarter)
            figures["loss_d"] = self._game.discriminator(of_real, of_fake)
            judged = figures["loss_d"] + config.reconstruction * figures["redrawn"]
        teach_discriminator(fabric, state, judged)
        if led:
            figures["loss_g"] = teach_generator(fabric, state, self._game, fake)
        # How far the two kinds are told apart: 0 for not at all.
        figures["apart"] = of_real.float().mean() - of_fake.float().mean()
        figures["samples"] = torch.tensor(len(real) * fabric.world_size)
        return {name: value.detach() for name, value in figures.items()}

    def measure(self, network: nn.Module) -> Figures:
        """Distances in the embedding of EfficientNet-Lite0; see :mod:`training.features`.

        ``frechet`` and ``kernel`` (times 1000), lower is better: to as many photographs of the training set, and to all
        that were kept out. ``nearest``: median distance of a sample to the training picture most like it;
        ``nearest_unseen``: the same of pictures kept out; ``novelty``: their ratio, at least 0.8 where nothing was
        learnt by heart (:mod:`training.small_gan.memory`).

        Before, the network's batch normalisation is given the statistics of its own layers: those that were averaged
        with its weights are other networks' (Izmailov et al., "Averaging weights leads to wider optima and better
        generalization", 2018).
        """
        update_bn(torch.split(self._fixed[-_COUNTED:], _AT_ONCE), network)
        fake = embedded(self._features, made(network, self._fixed[: self.config.measured]), self._device)
        remembered = memory.check(fake, self._train, self._unseen)
        return {
            "frechet": frechet_distance(fake, self._train[self._compared]),
            "kernel": 1000 * kernel_distance(fake, self._unseen),
            "nearest": remembered.samples,
            "nearest_unseen": remembered.unseen,
            "novelty": remembered.novelty,
            **self._start,
        }

    def samples(self, network: nn.Module) -> np.ndarray:
        """A grid of pictures, always of the same latents."""
        return tiled(made(network, self._fixed[: _GRID**2]), _GRID)

    def remembered(self, network: nn.Module) -> tuple[memory.Memory, np.ndarray]:
        """The memorisation check; and samples in a row, below each the training picture most like it."""
        pictures = made(network, self._fixed[: self.config.measured])
        found = memory.check(embedded(self._features, pictures, self._device), self._train, self._unseen)
        twins = self._pictures[found.which[:_PAIRS].to(self._device)].cpu()
        return found, tiled(torch.cat([pictures[: len(twins)], twins]), len(twins))


def reconstruction_loss(features: Features, real: Tensor, whole: Tensor, part: Tensor, quarter: int) -> Tensor:
    """Perceptual distance between what a discriminator saw and what it draws of it.

    Args:
        real: (N, 3, S, S) in [-1, 1]: what it saw.
        whole, part, quarter: as :meth:`Discriminator.examine` gives and takes them.

    Returns:
        A scalar: the mean distance of the whole picture and of the quarter, added; 0 if both are drawn right.
    """
    real = real.clamp(-1, 1)
    pairs = ((whole, F.avg_pool2d(real, 2)), (part, quarter_of(real, quarter)))
    with torch.autocast(real.device.type, enabled=False):
        distances = [perceptual_distance(features, _seen(drawn), _seen(truth)).mean() for drawn, truth in pairs]
    return distances[0] + distances[1]


def _seen(pictures: Tensor) -> Tensor:
    """Large enough for the measuring network."""
    if pictures.shape[-1] >= SMALLEST:
        return pictures.float()
    return F.interpolate(pictures.float(), (SMALLEST, SMALLEST), mode="bilinear", align_corners=False)
