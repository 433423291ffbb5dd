"""How the small-data GAN is trained: hinge losses on augmented pictures, and a discriminator that draws what it saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from lightning.fabric import Fabric
from torch import Tensor, nn

from cnnstudio.networks.gan_small import Discriminator, Generator, quarter_of
from training import losses
from training.features import SMALLEST, Features, frechet_distance, kernel_distance, perceptual_distance
from training.loop import Figures, State
from training.small_gan import memory
from training.small_gan.augment import augment

_BETAS = (0.5, 0.999)
_GRID = 6  # rows and columns of the sample grid
_PAIRS = 8  # samples shown with their nearest training picture
_AT_ONCE = 32  # pictures a pass outside training


@dataclass(frozen=True)
class SmallGanConfig:
    """What is trained, on what.

    Attributes:
        side: of the pictures in pixels: 128 or 256; 32 and 64 for trials.
        latent: channels of the latent.
        width: channels of the generator at 64 pixels.
        critic: channels of the discriminator after its first layer.
        batch: pictures a step, on each device.
        rate: learning rate of Adam, of both networks.
        adversarial: name of the adversarial loss.
        reconstruction: weight of the discriminator's reconstructions in its loss.
        measured: pictures generated for a measurement.
    """

    side: int = 128
    latent: int = 256
    width: int = 64
    critic: int = 48
    batch: int = 8
    rate: float = 2e-4
    adversarial: str = "hinge"
    reconstruction: float = 1.0
    measured: int = 1000

    @property
    def architecture(self) -> dict[str, object]:
        """Arguments of :class:`Generator`, as the model card keeps them."""
        return {"side": self.side, "latent": self.latent, "width": self.width}


class SmallGanRecipe:
    """Trains :class:`Generator` against :class:`Discriminator`; see :class:`training.loop.Recipe`.

    Args:
        pictures: (N, 3, side, side) ``uint8`` to train on.
        kept_out: (M, 3, side, side) ``uint8`` that training never sees, M at least 2.
        seed: of the latents that are measured and shown.
    """

    def __init__(self, config: SmallGanConfig, pictures: Tensor, kept_out: Tensor, seed: int = 0) -> None:
        self.config = config
        self._pictures, self._kept_out = pictures, kept_out
        self._game = losses.adversarial(config.adversarial)
        generator = torch.Generator().manual_seed(seed)
        self._fixed = torch.randn((max(config.measured, _GRID**2), config.latent, 1, 1), generator=generator)
        # Files sorted by name come sorted by subject: those that are measured against are drawn from all.
        self._compared = torch.randperm(len(pictures), generator=generator)[: config.measured]
        self._device = torch.device("cpu")

    def build(self, device: torch.device) -> State:
        config = self.config
        self._device = device
        self._pictures, self._fixed = self._pictures.to(device), self._fixed.to(device)
        generator = Generator(config.side, config.latent, config.width).to(device)
        discriminator = Discriminator(config.side, config.critic).to(device)
        for network in (generator, discriminator):
            network.to(memory_format=torch.channels_last)
        self._features = Features().to(device)
        self._train = self._embed(self._pictures)
        self._unseen = self._embed(self._kept_out)
        self._start: Figures = {}
        start = self.measure(generator.eval())
        self._start = {f"{name}_at_start": start[name] for name in ("frechet", "kernel")}
        networks = {"generator": generator.train(), "discriminator": discriminator}
        optimisers = {name: torch.optim.Adam(n.parameters(), config.rate, _BETAS) for name, n in networks.items()}
        methods = (("discriminator", "logits"), ("discriminator", "examine"))
        return State(dict(networks), dict(optimisers), averaged="generator", methods=methods)

    def step(self, fabric: Fabric, state: State, generator: torch.Generator, number: int) -> dict[str, Tensor]:
        makes, judges = state.networks["generator"], cast(Discriminator, state.networks["discriminator"])
        real = augment(self._draw(generator), generator)
        z = torch.randn((len(real), self.config.latent, 1, 1), device=real.device, generator=generator)
        fake = augment(makes(z, noise=generator), generator)

        quarter = number % 4
        of_real, whole, part = judges.examine(real, quarter)
        of_fake = judges.logits(fake.detach())
        redrawn = reconstruction_loss(self._features, real, whole, part, quarter)
        loss_d = self._game.discriminator(of_real, of_fake)
        state.optimisers["discriminator"].zero_grad()
        fabric.backward(loss_d + self.config.reconstruction * redrawn)
        state.optimisers["discriminator"].step()

        judges.requires_grad_(False)
        loss_g = self._game.generator(judges.logits(fake))
        judges.requires_grad_(True)
        state.optimisers["generator"].zero_grad()
        fabric.backward(loss_g)
        state.optimisers["generator"].step()
        return {
            "loss_d": loss_d.detach(),
            "loss_g": loss_g.detach(),
            "redrawn": redrawn.detach(),
            # How far the two kinds are told apart: 0 for not at all.
            "apart": of_real.detach().float().mean() - of_fake.detach().float().mean(),
            "samples": torch.tensor(len(real) * fabric.world_size),
        }

    def _draw(self, generator: torch.Generator) -> Tensor:
        """A batch of photographs in [-1, 1], mirrored or not at random."""
        count, device = self.config.batch, self._device
        which = torch.randint(len(self._pictures), (count,), device=device, generator=generator)
        mirrored = torch.rand((count, 1, 1, 1), device=device, generator=generator) < 0.5
        pictures = self._pictures[which]
        return _scaled(torch.where(mirrored, pictures.flip(3), pictures))

    @torch.no_grad()
    def _embed(self, pictures: Tensor) -> Tensor:
        """Embeddings of ``uint8`` pictures, on the CPU."""
        parts = [self._features.embed(_scaled(part.to(self._device))) for part in torch.split(pictures, _AT_ONCE)]
        return torch.cat([part.cpu() for part in parts])

    @torch.no_grad()
    def _generate(self, network: nn.Module, count: int) -> Tensor:
        """``count`` pictures of the fixed latents, rounded to ``uint8`` as a file would be, on the CPU."""
        parts = [(network(z).float() + 1) * 127.5 for z in torch.split(self._fixed[:count], _AT_ONCE)]
        return torch.cat([part.round().byte().cpu() for part in parts])

    def measure(self, network: nn.Module) -> Figures:
        """Distances in the embedding of EfficientNet-Lite0; see :mod:`training.features`.

        ``frechet`` and ``kernel`` (times 1000), lower is better: to as many photographs of the training set, and to all
        that were kept out. ``nearest``: median distance of a sample to the training picture most like it;
        ``nearest_unseen``: the same of pictures kept out; ``novelty``: their ratio, at least 0.8 where nothing was
        learnt by heart (:mod:`training.small_gan.memory`).
        """
        fake = self._embed(self._generate(network, self.config.measured))
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
        return _tiled(self._generate(network, _GRID**2), _GRID)

    def remembered(self, network: nn.Module) -> tuple[memory.Memory, np.ndarray]:
        """The memorisation check; and samples in a row, below each the training picture most like it."""
        pictures = self._generate(network, self.config.measured)
        found = memory.check(self._embed(pictures), self._train, self._unseen)
        twins = self._pictures[found.which[:_PAIRS].to(self._device)].cpu()
        return found, _tiled(torch.cat([pictures[: len(twins)], twins]), len(twins))


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


def _scaled(pictures: Tensor) -> Tensor:
    return pictures.float() / 127.5 - 1


def _tiled(pictures: Tensor, columns: int) -> np.ndarray:
    """(rows * columns, 3, S, S) ``uint8`` as one picture, row by row."""
    channels, side = pictures.shape[1:3]
    rows = pictures.view(-1, columns, channels, side, side).permute(0, 3, 1, 4, 2)
    return rows.reshape(-1, columns * side, channels).numpy()
