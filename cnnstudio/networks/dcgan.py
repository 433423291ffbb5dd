"""The generator and discriminator of a DCGAN for 32 x 32 pictures.

Source: Radford, Metz, Chintala, "Unsupervised representation learning with deep convolutional generative adversarial
networks" (2016), with its initialisation. With the default ``width`` the channels are 256, 128, 64 in the generator
and 64, 128, 256 in the discriminator.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def _initialise(module: nn.Module) -> None:
    """N(0, 0.02) for convolutions, N(1, 0.02) and 0 for the scale and shift of batch normalisation."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


class Generator(nn.Module):
    """Makes a picture from a latent.

    Args:
        latent: channels of the latent z.
        width: channels before the last layer; the earlier ones have two and four times as many.
        channels: of the picture.
    """

    def __init__(self, latent: int = 100, width: int = 64, channels: int = 3) -> None:
        super().__init__()
        self.latent = latent
        self.layers = nn.Sequential(
            nn.ConvTranspose2d(latent, 4 * width, 4, 1, 0, bias=False),
            nn.BatchNorm2d(4 * width),
            nn.ReLU(inplace=True),
            nn.ConvTranspose2d(4 * width, 2 * width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * width),
            nn.ReLU(inplace=True),
            nn.ConvTranspose2d(2 * width, width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.ConvTranspose2d(width, channels, 4, 2, 1, bias=False),
            nn.Tanh(),
        )
        self.apply(_initialise)

    def forward(self, z: Tensor) -> Tensor:
        """(N, latent, 1, 1), normally distributed, to (N, channels, 32, 32) in [-1, 1]."""
        picture: Tensor = self.layers(z)
        return picture

    def first_layer(self, z: Tensor) -> Tensor:
        """(N, latent, 1, 1) to (N, D, 4, 4): the values of the first layer, normalised, before anything bends them."""
        values: Tensor = self.layers[:2](z)
        return values


class Discriminator(nn.Module):
    """Tells photographs from generated pictures.

    Args:
        width: channels after the first layer; the next ones have two and four times as many.
        channels: of the picture.
    """

    def __init__(self, width: int = 64, channels: int = 3) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(2 * width, 4 * width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(4 * width),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(4 * width, 1, 4, 1, 0, bias=False),
        )
        self.apply(_initialise)

    def logits(self, picture: Tensor) -> Tensor:
        """(N, channels, 32, 32) in [-1, 1] to (N, 1, 1, 1): the log-odds of being real, which losses are made of."""
        odds: Tensor = self.layers(picture)
        return odds

    def forward(self, picture: Tensor) -> Tensor:
        """(N, channels, 32, 32) in [-1, 1] to (N, 1, 1, 1): the probability of being real."""
        return torch.sigmoid(self.logits(picture))
