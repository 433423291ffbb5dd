"""Between two repairers: the weighted mean of their weights.

A network that was fine-tuned is better at what it saw and a little worse at all else. The mean of its weights and of
those it began with keeps most of either: Wortsman et al., "Robust fine-tuning of zero-shot models" (2022). That holds
for networks of which one came from the other, not for any two.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file

from cnnstudio.cards import card_named, verify
from cnnstudio.errors import BadInput
from cnnstudio.imaging.safe_file import make_folder
from cnnstudio.networks.pyramid import PyramidRepairer
from training.data import find_images, load_photos, manifest_hash, split
from training.export import write_model
from training.repair import MEASURED_SIDE, RepairConfig, RepairRecipe, for_both
from training.start import Weights


def mean_of(first: Weights, second: Weights, share: float) -> Weights:
    """``share`` of the first model's weights and the rest of the second's; a second without specialists serves both.

    Raises:
        BadInput: the two are built otherwise.
    """
    if any(name.startswith("deep.") for name in first):
        second = for_both(second)
    if {k: v.shape for k, v in first.items()} != {k: v.shape for k, v in second.items()}:
        raise BadInput("These two models are built otherwise: there is no mean of them.")
    return {name: second[name].lerp(value, share) for name, value in first.items()}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of :func:`run`."""
    parser.add_argument("model", help="a repairer that was fine-tuned: its id or its weights (.safetensors)")
    parser.add_argument("other", help="the one it began as")
    parser.add_argument(
        "--share", type=float, default=0.7, help="of the first in the mean, 0 to 1 (default: %(default)s)"
    )
    parser.add_argument(
        "--photos", nargs="+", type=Path, required=True,
        help="those it was trained on, for figures measured on the ones kept out",
    )  # fmt: skip
    parser.add_argument("--validation", type=float, default=0.04, help="share of the photos kept out")
    parser.add_argument("--seed", type=int, default=0, help="of the training")
    parser.add_argument(
        "--export", type=Path, metavar="FOLDER", required=True, help="write the model and its card there"
    )


def run(args: argparse.Namespace) -> int:
    """The command ``mix``: writes the mean, under the first model's id, and says how well it repairs.

    Raises:
        BadInput: the share is none, a model is no repairer, or the two are built otherwise.
    """
    if not 0 <= args.share <= 1:
        raise BadInput(f"A share lies between 0 and 1; {args.share} does not.")
    cards = [card_named(model) for model in (args.model, args.other)]
    for card in cards:
        verify(card)
        if card.arch != "pyramid":
            raise BadInput(f"The model “{card.id}” is none that can be mixed.")
    network = PyramidRepairer(**cards[0].kwargs)
    network.load_state_dict(mean_of(load_file(cards[0].path), load_file(cards[1].path), args.share))
    files = find_images(args.photos)
    _, kept_out = split(files, args.validation, args.seed)
    photos = load_photos(kept_out, MEASURED_SIDE)
    recipe = RepairRecipe(replace(RepairConfig(**cards[0].kwargs), bank=1), photos, photos, args.seed)
    recipe.build(torch.device("cpu"))
    figures = recipe.measure(network.eval())
    training = {
        "command": "python -m training " + shlex.join(sys.argv[1:]), "share": args.share,
        "mean_of": [card.training for card in cards],
    }  # fmt: skip
    data = {"photos": len(files) - len(kept_out), "kept_out": len(kept_out), "manifest": manifest_hash(files)}
    make_folder(args.export)
    made = replace(
        cards[0], path=args.export / f"{cards[0].id}.safetensors", data=data, training=training,
        figures={name: round(value, 4) for name, value in figures.items()},
    )  # fmt: skip
    print(f"gain {figures['gain']:.3f} dB, perceptual {figures['perceptual']:.4f}: {write_model(made, network).path}")
    return 0
