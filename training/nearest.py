"""Which of the pictures a generator was trained on is most like one that it has made: ``cnnstudio train nearest``."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from cnnstudio.errors import BadInput, CnnStudioError, UnwritableTarget
from cnnstudio.imaging.codecs import write_photo
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.safe_file import replacing
from training.arrays import square
from training.data import find_images, read_rgb
from training.features import Features
from training.gan_steps import embedded, tiled
from training.small_gan.memory import CLEAN, nearest

SIDE = 128
"""Pixels at which pictures are compared and shown."""
COPY = 0.5
"""Of what is usual among the training pictures, the distance below which a picture is taken for a copy of one. Of 300
photographs, 1 % are nearer than 0.54 to another one."""
FEWEST = 8
"""Training pictures without which nothing is usual among them."""

_AT_ONCE = 32
_SAMPLE = 256  # training pictures from which it is told what is usual

Verdict = Literal["copy", "near", "new", "unknown"]


@dataclass(frozen=True)
class Neighbour:
    """The training picture most like one that was made.

    Attributes:
        picture: that was made.
        file: the training picture.
        distance: between their features, as the memorisation check measures it: 0 for a copy.
        usual: median distance of a training picture to the one nearest to it; 0 where that cannot be told.
    """

    picture: Path
    file: Path
    distance: float
    usual: float = 0.0

    @property
    def times(self) -> float | None:
        """``distance / usual``; None where nothing is usual."""
        return self.distance / self.usual if self.usual else None

    @property
    def verdict(self) -> Verdict:
        """Whether the one is a copy of the other, may be, or is not."""
        if self.times is None:
            return "unknown"
        return "copy" if self.times < COPY else "near" if self.times < CLEAN else "new"

    @property
    def sentence(self) -> str:
        """What it means. The window says it in the same words (:mod:`cnnstudio.ui.dialogs.nearest`)."""
        if self.times is None:
            return "There are too few training pictures to tell whether that is near: look at both."
        apart = f"the two are {self.times:.2f} times as far apart as training pictures usually are from each other."
        words = {"copy": "Most likely a copy", "near": "Perhaps a copy, so look at both", "new": "No copy"}
        return f"{words[self.verdict]}: {apart}"

    def as_json(self) -> dict[str, Any]:
        """All of it, for ``--json`` and for the window."""
        return {
            "picture": str(self.picture), "nearest": str(self.file), "distance": round(self.distance, 4),
            "times": None if self.times is None else round(self.times, 4),
            "verdict": self.verdict, "sentence": self.sentence,
        }  # fmt: skip


def neighbours(
    pictures: Sequence[Path], among: Sequence[Path], tell: Callable[[int], None] = lambda done: None
) -> tuple[list[Neighbour], np.ndarray]:
    """Compares each picture with each training picture; those of the latter that cannot be read do not count.

    Args:
        tell: called with how many training pictures have been looked at.

    Returns:
        One for each picture, and a sheet with the pictures in a row and their neighbours below: HxWx3 ``uint8``.

    Raises:
        BadInput: a picture, or all the training pictures, cannot be read.
    """
    made, unreadable = _read(pictures)
    if unreadable:
        raise BadInput("A picture that was made cannot be read.", unreadable[0])
    features, cpu = Features(), torch.device("cpu")
    one = _stacked(made)
    files: list[Path] = []
    parts: list[Tensor] = []  # of the training pictures their embeddings alone: there may be many
    with torch.no_grad():
        for start in range(0, len(among), _AT_ONCE):
            tell(start)
            known, unreadable = _read(among[start : start + _AT_ONCE])
            for reason in unreadable:
                print(f"skipped {reason}", file=sys.stderr)
            if known:
                files += known
                parts.append(embedded(features, _stacked(known), cpu))
        if not files:
            raise BadInput(f"None of the {len(among)} training pictures can be read.")
        embeddings = torch.cat(parts)
        distances, rows = nearest(embedded(features, one, cpu), embeddings)
        usual = usual_distance(embeddings)
    tell(len(among))
    found = [
        Neighbour(picture, files[int(row)], float(distance), usual)
        for picture, row, distance in zip(made, rows, distances, strict=True)
    ]
    below = torch.cat([_stacked(_read([neighbour.file])[0]) for neighbour in found])
    return found, tiled(torch.cat([one, below]), len(one))


def usual_distance(embeddings: Tensor) -> float:
    """The median distance of one of (N, D) embeddings to the nearest other one; 0 for fewer than :data:`FEWEST`."""
    count = len(embeddings)
    if count < FEWEST:
        return 0.0
    rows = torch.linspace(0, count - 1, min(count, _SAMPLE)).round().long()
    distances = torch.cdist(embeddings[rows].float(), embeddings.float())
    distances[torch.arange(len(rows)), rows] = torch.inf  # each to itself
    return float(distances.min(1).values.median())


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
    parser.add_argument(
        "--run-folder", type=Path, metavar="FOLDER",
        help="write there how far it is (events.jsonl), and at the end what --json prints (nearest.json)",
    )  # fmt: skip
    parser.set_defaults(run=_nearest)


def _nearest(args: argparse.Namespace) -> int:
    tell = _teller(args.run_folder)
    try:
        return _find(args, tell)
    except CnnStudioError as error:
        # Whoever reads the folder need not hear what is printed: a program of Windows' desktop prints nothing.
        tell({"kind": "failed", "message": error.message})
        raise


def _find(args: argparse.Namespace, tell: Callable[[dict[str, Any]], None]) -> int:
    among = find_images(args.among)

    def tell_done(done: int) -> None:
        tell({"kind": "nearest", "done": done, "of": len(among)})

    found, sheet = neighbours(list(dict.fromkeys(args.pictures)), among, tell_done)
    if args.output:
        write_photo(args.output, Photo(sheet), overwrite=True)
    told = json.dumps([neighbour.as_json() for neighbour in found], indent=2)
    if args.run_folder:
        with replacing(args.run_folder / "nearest.json", overwrite=True) as file:
            file.write(told.encode())
    if args.json:
        print(told)
    else:
        for neighbour in found:
            print(f"{neighbour.picture}: {neighbour.file}, at a distance of {neighbour.distance:.2f}")
            print(f"  {neighbour.sentence}")
    return 0


def _teller(folder: Path | None) -> Callable[[dict[str, Any]], None]:
    """A function that adds a row to the events of a run folder, if there is one.

    Raises:
        UnwritableTarget: the folder cannot be made or written.
    """
    if folder is None:
        return lambda row: None
    events = folder / "events.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        events.write_bytes(b"")
    except OSError as error:
        raise UnwritableTarget(f"The folder “{folder}” cannot be written.", repr(error)) from error

    def tell(row: dict[str, Any]) -> None:
        with contextlib.suppress(OSError), events.open("a", encoding="utf-8") as file:  # the answer is what matters
            file.write(json.dumps(row) + "\n")

    return tell
