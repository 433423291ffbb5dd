"""How near the pictures of generators come to photographs: ``python -m training evaluate-gan PHOTOS``.

Generators of different sizes are compared at one size, to which their pictures are scaled.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
import torch.nn.functional as F
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn

from cnnstudio.cards import ModelCard, card_named
from cnnstudio.engine.generate import PictureMaker
from cnnstudio.errors import BadInput
from training.arrays import Pictures, load_pictures
from training.features import Features, frechet_distance, kernel_distance
from training.gan_steps import embedded, made
from training.small_gan import memory

_AT_ONCE = 256  # pictures that are in memory at a time
_CPU = torch.device("cpu")


@dataclass(frozen=True)
class Nearness:
    """Of a generator's pictures, in the embedding of :mod:`training.features`.

    Attributes:
        frechet: Fréchet distance to as many training pictures.
        kernel: squared kernel distance, times 1000, to pictures that were kept out of training.
        novelty: how much farther a picture is from the training picture nearest to it than pictures kept out are.
    """

    frechet: float
    kernel: float
    novelty: float


@dataclass(frozen=True)
class Yardstick:
    """What is compared with.

    Attributes:
        features: the network that looks.
        side: of the pictures in pixels.
        train: (M, D) embeddings of what the generators learnt from, M at least 2.
        kept_out: (K, D) of pictures that they never saw, K at least 2.
    """

    features: Features
    side: int
    train: Tensor
    kept_out: Tensor


def yardstick(photos: Pictures, side: int) -> Yardstick:
    """Looks at all photographs."""
    features = Features()
    train, kept_out = (embedded(features, part, _CPU) for part in (photos.train, photos.kept_out))
    return Yardstick(features, side, train, kept_out)


def measure(network: nn.Module, count: int, against: Yardstick, seed: int = 0) -> Nearness:
    """Makes ``count`` pictures, scales them (bicubic) and compares them.

    Args:
        network: (N, latent, 1, 1) to (N, 3, S, S) in [-1, 1]; has ``latent``.
    """
    latent = cast(int, network.latent)
    latents = torch.randn((count, latent, 1, 1), generator=torch.Generator().manual_seed(seed))
    size, parts = (against.side, against.side), []
    for some in track(torch.split(latents, _AT_ONCE), "Making pictures", console=Console(stderr=True)):
        pictures = made(network, some)
        if pictures.shape[-2:] != size:
            scaled = F.interpolate(pictures.float(), size, mode="bicubic", antialias=True)
            pictures = scaled.round().clamp(0, 255).byte()
        parts.append(embedded(against.features, pictures, _CPU))
    fake = torch.cat(parts)
    order = torch.randperm(len(against.train), generator=torch.Generator().manual_seed(seed))
    return Nearness(
        frechet_distance(fake, against.train[order[:count]]),
        1000 * kernel_distance(fake, against.kept_out),
        memory.check(fake, against.train, against.kept_out).novelty,
    )


def table(rows: Sequence[tuple[ModelCard, Nearness]]) -> str:
    """In Markdown; shares are of the first model's Fréchet distance."""
    lines = ["| | Fréchet | kernel x 1000 | novelty | share of the first |", "|---|---|---|---|---|"]
    for card, near in rows:
        share = near.frechet / max(rows[0][1].frechet, 1e-9)
        lines.append(f"| {card.id} | {near.frechet:.1f} | {near.kernel:.1f} | {near.novelty:.2f} | {share:.0%} |")
    return "\n".join(lines)


def add_evaluation(commands: Any) -> None:
    """Adds ``evaluate-gan`` to the subparsers."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "evaluate-gan", help="measure how near the pictures of generators come to photographs"
    )
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTOS", help="what they were trained on")
    parser.add_argument(
        "--models",
        nargs="+",
        default=["dcgan", "flowers"],
        metavar="MODEL",
        help="ids, or cards, which are .json files (default: dcgan flowers)",
    )
    parser.add_argument("--count", type=int, default=5000, metavar="N", help="pictures of each (default: %(default)s)")
    parser.add_argument("--side", type=int, default=128, help="size at which they are compared (default: %(default)s)")
    parser.add_argument("--validation", type=float, default=0.1, help="share of the photos kept out of training")
    parser.add_argument("--seed", type=int, default=0, help="of the latents, and the training's")
    parser.set_defaults(run=_evaluate)


def _evaluate(args: argparse.Namespace) -> int:
    if args.count < 2:
        raise BadInput("Two pictures at least are needed to measure how they are spread.")
    cards = [card_named(name) for name in args.models]
    networks = [PictureMaker.load(card, "cpu").network for card in cards]
    against = yardstick(load_pictures(args.photos, args.side, args.validation, args.seed), args.side)
    rows = [
        (card, measure(network, args.count, against, args.seed)) for card, network in zip(cards, networks, strict=True)
    ]
    print(
        f"{args.count} pictures of each at {args.side} pixels, {len(against.train)} training pictures, "
        f"{len(against.kept_out)} kept out.\n"
    )
    print(table(rows))
    return 0
