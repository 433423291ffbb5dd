"""How the DCGAN is trained: a step of the discriminator, then one of the generator, on the same generated pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

from cnnstudio.networks.dcgan import Discriminator, Generator
from training import losses
from training.features import Features, frechet_distance, kernel_distance
from training.gan_steps import BETAS, drawn, embedded, made, teach_discriminator, teach_generator, tiled
from training.loop import Figures, State

SIDE = 32
_SHOWN = 8  # rows and columns of the sample grid


@dataclass(frozen=True)
class GanConfig:
    """What is trained, on what.

    Attributes:
        latent: channels of the latent.
        width: channels of the generator before its last layer, and of the discriminator after its first.
        batch: pictures a step, on each device.
        rate: learning rate of Adam, of both networks.
        adversarial: name of the adversarial loss.
        measured: pictures generated for a measurement.
    """

    latent: int = 100
    width: int = 64
    batch: int = 128
    rate: float = 2e-4
    adversarial: str = "non_saturating"
    measured: int = 1000

    @property
    def architecture(self) -> dict[str, object]:
        """Arguments of :class:`Generator`, as the model card keeps them."""
        return {"latent": self.latent, "width": self.width}


class GanRecipe:
    """Trains :class:`Generator` against :class:`Discriminator`; see :class:`training.loop.Recipe`.

    Args:
        pictures: (N, 3, 32, 32) ``uint8`` to train on.
        kept_out: (M, 3, 32, 32) ``uint8`` that training never sees, M at least 2.
        seed: of the latents that are measured and shown.
    """

    def __init__(self, config: GanConfig, pictures: Tensor, kept_out: Tensor, seed: int = 0) -> None:
        self.config = config
        self._pictures = pictures
        self._kept_out = kept_out
        self._game = losses.adversarial(config.adversarial)
        generator = torch.Generator().manual_seed(seed)
        self._fixed = torch.randn((max(config.measured, _SHOWN**2), config.latent, 1, 1), generator=generator)
        # Files sorted by name come sorted by subject: those that are measured against are drawn from all.
        self._compared = torch.randperm(len(pictures), generator=generator)[: config.measured]
        self._device = torch.device("cpu")

    @property
    def steps_per_epoch(self) -> int:
        """Steps in which as many pictures are drawn as there are."""
        return -(-len(self._pictures) // self.config.batch)

    def build(self, device: torch.device) -> State:
        config = self.config
        self._device = device
        self._pictures, self._fixed = self._pictures.to(device), self._fixed.to(device)
        generator = Generator(config.latent, config.width).to(device)
        discriminator = Discriminator(config.width).to(device)
        self._features = Features().to(device)
        self._real = embedded(self._features, self._pictures[self._compared.to(device)], device)
        self._unseen = embedded(self._features, self._kept_out, device)
        self._start: Figures = {}
        self._start = {f"{name}_at_start": value for name, value in self.measure(generator.eval()).items()}
        networks = {"generator": generator.train(), "discriminator": discriminator}
        optimisers = {name: torch.optim.Adam(n.parameters(), config.rate, BETAS) for name, n in networks.items()}
        return State(dict(networks), dict(optimisers), averaged="generator", methods=(("discriminator", "logits"),))

    def step(self, fabric: Fabric, state: State, generator: torch.Generator, number: int) -> dict[str, Tensor]:
        makes, judges = state.networks["generator"], cast(Discriminator, state.networks["discriminator"])
        real = drawn(self._pictures, self.config.batch, generator)
        fake = makes(torch.randn((len(real), self.config.latent, 1, 1), device=real.device, generator=generator))

        # Real and generated pictures are normalised each by themselves, and the generator learns nothing here.
        of_real, of_fake = judges.logits(real), judges.logits(fake.detach())
        loss_d = self._game.discriminator(of_real, of_fake)
        teach_discriminator(fabric, state, loss_d)
        loss_g = teach_generator(fabric, state, self._game, fake)
        return {
            "loss_d": loss_d.detach(),
            "loss_g": loss_g,
            "value": losses.gan_value(of_real, of_fake).detach(),
            "samples": torch.tensor(len(real) * fabric.world_size),
        }

    def measure(self, network: nn.Module) -> Figures:
        """Distances to photographs, lower is better, now and at the start.

        ``frechet``: Fréchet distance to as many photographs of the training set, if there are so many; ``kernel``:
        kernel distance, times 1000, to all that were kept out.
        """
        fake = embedded(self._features, made(network, self._fixed[: self.config.measured]), self._device)
        near, unseen = frechet_distance(fake, self._real), kernel_distance(fake, self._unseen)
        return {"frechet": near, "kernel": 1000 * unseen, **self._start}

    def samples(self, network: nn.Module) -> np.ndarray:
        """A grid of pictures, always of the same latents."""
        return tiled(made(network, self._fixed[: _SHOWN**2]), _SHOWN)
