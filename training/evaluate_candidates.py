"""How much the candidates of one hole differ, and what there is to choose: ``python -m training evaluate-candidates``.

In a crop of every photograph a quarter is missing. It is repaired several times, as the window offers it when more than
one repair is asked for, and once by the network alone.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track

from cnnstudio.cards import card_named
from cnnstudio.engine.repair import Repairer
from cnnstudio.errors import BadInput
from cnnstudio.jobs import VARIANTS, Progress, RepairOptions
from training import metrics
from training.damage import draw_dense_hole
from training.evaluate import CROP, PHOTOS, Case, load_photos
from training.features import Features

_MISSING = (0.23, 0.27)
"""Share of a crop that is missing: from, to."""


@dataclass(frozen=True)
class Choice:
    """Perceptual distances x 1000 of the repairs of one hole.

    Attributes:
        alone: of the network's own fill, without texture and grain, to the truth.
        first, best, mean: of the candidates to the truth.
        apart: between the candidates, the mean over all pairs.
    """

    alone: float
    first: float
    best: float
    mean: float
    apart: float


def draw_holes(photos: dict[str, np.ndarray], seed: int) -> list[Case]:
    """A hole of about a quarter of a crop of each photo; each is seeded by the photo's name alone."""
    cases = []
    for name, pixels in photos.items():
        rng = np.random.default_rng([seed, *name.encode()])
        y, x = (int(rng.integers(side - CROP + 1)) for side in pixels.shape[:2])
        truth = np.ascontiguousarray(pixels[y : y + CROP, x : x + CROP])
        cases.append(Case(name, "hole", 0, x, y, truth, draw_dense_hole("hole", CROP, CROP, rng, _MISSING)))
    return cases


def choose(repairer: Repairer, features: Features, case: Case, candidates: int) -> Choice:
    """Repairs a hole ``candidates`` times, at least twice."""

    def repaired(options: RepairOptions) -> np.ndarray:
        pixels = case.damaged
        for rect, piece in repairer.repair(case.damaged, case.mask, options, Progress()).pieces:
            pixels[rect.slices] = piece
        return pixels

    alone = metrics.perceptual(features, repaired(RepairOptions(texture=0, grain=0)), case.truth)
    offered = [repaired(RepairOptions(seed=seed, variant=seed % VARIANTS)) for seed in range(candidates)]
    to_truth = [metrics.perceptual(features, one, case.truth) for one in offered]
    apart = fmean(metrics.perceptual(features, *pair) for pair in combinations(offered, 2))
    return Choice(1000 * alone, 1000 * to_truth[0], 1000 * min(to_truth), 1000 * fmean(to_truth), 1000 * apart)


def table(choices: Sequence[Choice]) -> str:
    """In Markdown, the means over all holes."""
    alone, first, best, middle, apart = (fmean(column) for column in zip(*map(_row, choices), strict=True))
    return "\n".join([
        "| | perceptual distance x 1000 |", "|---|---|", f"| the network alone | {alone:.1f} |",
        f"| the first candidate | {first:.1f} |", f"| the mean candidate | {middle:.1f} |",
        f"| the best candidate | {best:.1f} |", f"| between two candidates | {apart:.1f} |", "",
        f"Two candidates are {apart / middle:.2f} times as far apart as they are from the truth.",
    ])  # fmt: skip


def _row(choice: Choice) -> tuple[float, ...]:
    return choice.alone, choice.first, choice.best, choice.mean, choice.apart


def add_evaluation(commands: Any) -> None:
    """Adds ``evaluate-candidates`` to the subparsers."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "evaluate-candidates", help="measure how much several repairs of one hole differ, and how good the best is"
    )
    parser.add_argument("--model", default="pyramid", help="id of a repair model, or its card, a .json file")
    parser.add_argument("--photos", type=Path, default=PHOTOS, metavar="FOLDER", help="photos kept out of training")
    parser.add_argument("--candidates", type=int, default=4, metavar="N", help="repairs of each hole, 2 or more")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures of every hole there")
    parser.set_defaults(run=_evaluate)


def _evaluate(args: argparse.Namespace) -> int:
    if args.candidates < 2:
        raise BadInput("There must be two candidates at least, or there is nothing to compare.")
    card = card_named(args.model)
    repairer, features = Repairer.load(card, device="cpu"), Features()
    cases = draw_holes(load_photos(args.photos), args.seed)
    console = Console(stderr=True)
    choices = [choose(repairer, features, case, args.candidates) for case in track(cases, card.id, console=console)]
    missing = fmean(float((case.mask >= 128).mean()) for case in cases)
    print(f"{len(cases)} holes of {missing:.0%} of a crop of {CROP} x {CROP}, {args.candidates} candidates each.\n")
    print(table(choices))
    if args.json:
        rows = {case.photo: asdict(choice) for case, choice in zip(cases, choices, strict=True)}
        args.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0
