"""Which of the pictures a generator was trained on is most like one that it has made: ``cnnstudio train nearest``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cnnstudio.errors import BadInput
from cnnstudio.imaging.codecs import write_photo
from cnnstudio.imaging.photo import Photo
from training.arrays import square
from training.data import find_images, read_rgb
from training.features import Features
from training.gan_steps import embedded, tiled
from training.small_gan.memory import nearest

SIDE = 128
"""Pixels at which pictures are compared and shown."""


@dataclass(frozen=True)
class Neighbour:
    """The training picture most like one that was made.

    Attributes:
        picture: that was made.
        file: the training picture.
        distance: between their features, as the memorisation check measures it: 0 for a copy.
    """

    picture: Path
    file: Path
    distance: float


def neighbours(pictures: Sequence[Path], among: Sequence[Path]) -> tuple[list[Neighbour], np.ndarray]:
    """Compares each picture with each training picture; those of the latter that cannot be read do not count.

    Returns:
        One for each picture, and a sheet with the pictures in a row and their neighbours below: HxWx3 ``uint8``.

    Raises:
        BadInput: a picture, or all the training pictures, cannot be read.
    """
    made, unreadable = _read(pictures)
    if unreadable:
        raise BadInput("A picture that was made cannot be read.", unreadable[0])
    known, unreadable = _read(among)
    if not known:
        raise BadInput(f"None of the {len(among)} training pictures can be read.")
    for reason in unreadable:
        print(f"skipped {reason}", file=sys.stderr)
    features, cpu = Features(), torch.device("cpu")
    one, all_of_them = _stacked(made), _stacked(known)
    with torch.no_grad():
        distances, rows = nearest(embedded(features, one, cpu), embedded(features, all_of_them, cpu))
    files = list(known)
    found = [
        Neighbour(picture, files[int(row)], float(distance))
        for picture, row, distance in zip(made, rows, distances, strict=True)
    ]
    return found, tiled(torch.cat([one, all_of_them[rows]]), len(one))


def _read(files: Sequence[Path]) -> tuple[dict[Path, np.ndarray], list[str]]:
    """The middle squares of those that can be read, and why the others cannot."""
    read, unreadable = {}, []
    for file in files:
        try:
            read[file] = square(read_rgb(file), SIDE)
        except OSError as error:
            unreadable.append(str(error))
    return read, unreadable


def _stacked(pictures: dict[Path, np.ndarray]) -> Tensor:
    """(N, 3, SIDE, SIDE) ``uint8``."""
    return torch.from_numpy(np.stack(list(pictures.values()))).permute(0, 3, 1, 2).contiguous()


def add_nearest(commands: Any) -> None:
    """Adds ``nearest`` to the subparsers."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "nearest", help="find the training pictures most like those that a GAN has made"
    )
    parser.add_argument("pictures", nargs="+", type=Path, metavar="PICTURE", help="that a GAN has made")
    parser.add_argument(
        "--among", nargs="+", type=Path, required=True, metavar="PHOTOS", help="folders or files it was trained on"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE.png", help="show each above its neighbour there")
    parser.add_argument("--json", action="store_true", help="print them as JSON")
    parser.set_defaults(run=_nearest)


def _nearest(args: argparse.Namespace) -> int:
    found, sheet = neighbours(list(dict.fromkeys(args.pictures)), find_images(args.among))
    if args.output:
        write_photo(args.output, Photo(sheet), overwrite=True)
    if args.json:
        told = [{"picture": str(n.picture), "nearest": str(n.file), "distance": round(n.distance, 4)} for n in found]
        print(json.dumps(told, indent=2))
    else:
        for neighbour in found:
            print(f"{neighbour.picture}: {neighbour.file}, at a distance of {neighbour.distance:.2f}")
    return 0
