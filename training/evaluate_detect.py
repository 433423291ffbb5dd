"""Measures a finder of damage against classical filters, and calibrates it on photos that it was not trained on."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from cnnstudio.cards import read_card, verify
from cnnstudio.errors import BadModel
from cnnstudio.imaging.findings import DamageMaps, Findings, find
from cnnstudio.imaging.monochrome import is_monochrome
from cnnstudio.jobs import DAMAGE
from cnnstudio.networks.damage import DamageFinder
from cnnstudio.networks.registry import build
from training.data import find_images, read_rgb, split
from training.detect import TOLERANCE, DetectConfig, f1, look, probabilities
from training.export import write_model
from training.options import add_without
from training.painting import Bank, measured_banks


def baseline(bank: Bank, index: int) -> tuple[float, str]:
    """The best that classical filters can do for a class, and which they are.

    What is brighter (white top-hat) or darker (black-hat) than its surroundings, or either, is marked; size and
    threshold are those that do best on this very bank, which is more than the network is given.
    """
    best, name = -1.0, ""
    for size in (5, 9, 15, 31, 61):
        for sign, threshold, marked in _filtered(bank, size):
            score = f1(marked, bank, index)
            if score > best:
                best, name = score, f"{sign}, {size} pixels, over {threshold}"
    return best, name


def _filtered(bank: Bank, size: int) -> Iterator[tuple[str, int, list[np.ndarray]]]:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    greys = [cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) for pixels in bank.pixels]
    bright = [cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, disc) for grey in greys]
    dark = [cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, disc) for grey in greys]
    either = [np.maximum(a, b) for a, b in zip(bright, dark, strict=True)]
    for sign, strengths in (("top-hat", bright), ("black-hat", dark), ("either", either)):
        for threshold in (8, 12, 18, 26, 36, 48, 64, 84, 108):
            yield sign, threshold, [strength > threshold for strength in strengths]


def compare(network: nn.Module, banks: Mapping[str, Bank], device: torch.device) -> dict[str, dict[str, float | str]]:
    """F1 of what is found at sensitivity 50 and of :func:`baseline` by class, and what is found in clean squares.

    Args:
        banks: as :func:`measured_banks` makes them.

    Returns:
        By class ``network``, ``baseline`` and ``filter``; of "clean" the shares of pixels and of squares marked.
    """
    table: dict[str, dict[str, float | str]] = {}
    for name, bank in banks.items():
        looks = zip(probabilities(network, bank, device), bank.pixels, strict=True)
        found = [find(maps_of(likely, pixels)) for likely, pixels in looks]
        if name in DAMAGE:
            index = DAMAGE.index(name)
            score, best = baseline(bank, index)
            table[name] = {"network": f1([_of_kind(one, name) for one in found], bank, index)}
            table[name] |= {"baseline": score, "filter": best}
        else:
            marked = [(one.labels > 0).mean() for one in found]
            squares = float(np.mean([share > 0 for share in marked]))
            table[name] = {"network": float(np.mean(marked)), "squares": squares}
    return table


def marked_wholly(network: nn.Module, photos: Sequence[np.ndarray], device: torch.device) -> list[float]:
    """Of each whole photo the share of its pixels that are found at sensitivity 50, 0 to 1.

    Args:
        photos: HxWx3 uint8, without damage.
    """
    found = (find(maps_of(look(network, photo, device), photo)) for photo in photos)
    return [float((one.labels > 0).mean()) for one in found]


def figures_of(table: Mapping[str, Mapping[str, float | str]], shares: Sequence[float]) -> dict[str, float]:
    """What a model card says of a finder: F1 by class and their mean, and of clean squares and whole sound photos the
    share of pixels that are marked and the share of pictures that are left untouched.

    Args:
        table: of :func:`compare`, with all classes and "clean".
        shares: of :func:`marked_wholly`.
    """
    figures = {f"{name}_f1": float(table[name]["network"]) for name in DAMAGE}
    figures["f1"] = float(np.mean(list(figures.values())))
    clean = table["clean"]
    figures |= {"clean_marked": float(clean["network"]), "clean_untouched": 1 - float(clean["squares"])}
    figures |= {"sound_marked": float(np.mean(shares)), "sound_untouched": shares.count(0) / len(shares)}
    return {name: round(figure, 4) for name, figure in figures.items()}


def maps_of(likely: np.ndarray, pixels: np.ndarray) -> DamageMaps:
    """What :func:`look` saw in ``pixels``, as the engine hands it on."""
    planes = np.rint(255 * likely.transpose(2, 0, 1)).astype(np.uint8)
    return DamageMaps(planes, likely.shape[1], likely.shape[0], monochrome=is_monochrome(pixels))


def _of_kind(found: Findings, kind: str) -> np.ndarray:
    """HxW bool: the regions of one kind."""
    return np.isin(found.labels, [region.number for region in found.regions if region.kind == kind])


# Calibrating ---------------------------------------------------------------------------------------------------------

_LOGITS = np.arange(-3.0, 6.01, 0.25)
# Share of sound photos in which a class may still be found: more of what is small and easily overlooked.
_STRAY = {"scratch": 0.04, "crease": 0.0, "spot": 0.04, "stain": 0.0, "missing": 0.0}
_REACHED = 0.95
# A finder that errs so much that less would be needed is left to err; none is made to look surer than it is.
_LEAST_SCALE, _MOST_SCALE = 0.3, 1.0


def calibrate(
    network: DamageFinder, banks: Mapping[str, Bank], sound: Sequence[np.ndarray], device: torch.device
) -> dict[str, tuple[float, float]]:
    """Moves and scales the logits of each class, so that 0.5 and what makes a whole photo count mean something.

    A probability of 0.5 becomes the one at which F1 over the squares of the class and the clean ones is best, and
    0.95 the one that sound photos hardly ever reach. The network is changed.

    Args:
        sound: whole photos without damage, HxWx3 uint8.

    Returns:
        By class (scale, shift) of its logits.
    """
    sure = math.log(_REACHED / (1 - _REACHED))
    highest = np.array([_logit(look(network, photo, device)).max((0, 1)) for photo in sound])
    clean = [_logit(p) for p in probabilities(network, banks["clean"], device)]
    done = {}
    for index, name in enumerate(DAMAGE):
        bank = banks[name]
        both = Bank(
            np.concatenate([bank.pixels, banks["clean"].pixels]), np.concatenate([bank.marks, banks["clean"].marks])
        )
        seen = [_logit(p)[..., index] for p in probabilities(network, bank, device)] + [p[..., index] for p in clean]
        scores = [f1([one >= level for one in seen], both, index) for level in _LOGITS]
        middle = float(_LOGITS[int(np.argmax(scores))])
        stray = float(np.quantile(highest[:, index], 1 - _STRAY[name]))
        scale = float(np.clip(sure / max(stray - middle, 1e-6), _LEAST_SCALE, _MOST_SCALE))
        done[name] = scale, -scale * middle
    rescale(network, list(done.values()))
    return done


def rescale(network: DamageFinder, by: Sequence[tuple[float, float]]) -> None:
    """Makes each class's logits ``scale`` * logit + ``shift`` from now on, in the last layer."""
    scale, shift = (torch.tensor(values).repeat_interleave(4) for values in zip(*by, strict=True))
    assert network.decode.bias is not None
    with torch.no_grad():
        network.decode.weight.mul_(scale.view(-1, 1, 1, 1))
        network.decode.bias.mul_(scale).add_(shift)


def _logit(likely: np.ndarray) -> np.ndarray:
    bounded = np.clip(likely, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(bounded / (1 - bounded)))


def add_evaluation(commands: Any) -> None:
    """Adds ``evaluate-detect`` to the subparsers."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "evaluate-detect", help="measure a finder of damage against classical filters"
    )
    parser.add_argument(
        "--calibrate",
        action="store_true",
        help="first let 0.5 mean the best F1, and write the model so, with its new figures",
    )
    parser.add_argument("model", type=Path, metavar="CARD", help="its card, a .json file beside its weights")
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTOS", help="folders or files of clean photos")
    parser.add_argument(
        "--validation", type=float, default=1.0, metavar="SHARE",
        help="of training photos, the share that was kept out of training (default: none of the photos was trained on)",
    )  # fmt: skip
    add_without(parser)
    parser.add_argument("--measured", type=int, default=60, metavar="N", help="squares of each class")
    parser.add_argument("--side", type=int, default=DetectConfig.side, help="of the squares in pixels")
    parser.add_argument("--seed", type=int, default=0, help="the training's, which tells what was kept out")
    parser.set_defaults(run=_evaluate)


def _evaluate(args: argparse.Namespace) -> int:
    card = read_card(args.model)
    verify(card)
    network = build(card.arch, **card.kwargs).eval()
    if not isinstance(network, DamageFinder):
        raise BadModel(f"The model “{card.id}” does not look for damage.", card.arch)
    network.load_state_dict(load_file(card.path))
    _, files = split(find_images(args.photos, args.without), args.validation, args.seed)
    photos = [read_rgb(file) for file in files]
    if args.calibrate:
        banks = measured_banks(files, DetectConfig(measured=args.measured, side=args.side), args.seed + 33_000)
        done = calibrate(network, banks, photos, torch.device("cpu"))
        for name, (scale, shift) in done.items():
            print(f"{name}: logits times {scale:.2f}, plus {shift:.2f}")
        card = replace(card, training={**card.training, "calibrated": done})
    # Other squares than those that were looked at while it was trained or calibrated.
    banks = measured_banks(files, DetectConfig(measured=args.measured, side=args.side), args.seed + 77_000)
    print(
        f"F1 ({TOLERANCE} pixels off count as right), {args.measured} squares of each class from {len(files)} photos.\n"
    )
    print("| class | network | filters | the best filter |\n|---|---|---|---|")
    table = compare(network, banks, torch.device("cpu"))
    for name, row in table.items():
        if name in DAMAGE:
            print(f"| {name} | {row['network']:.3f} | {row['baseline']:.3f} | {row['filter']} |")
        else:
            print(f"| {name} | {row['network']:.3%} of the pixels, {row['squares']:.0%} of the squares marked | | |")
    shares = marked_wholly(network, photos, torch.device("cpu"))
    print(f"\nThe {len(shares)} photos whole: {np.mean(shares):.3%} of the pixels marked, {shares.count(0)} untouched.")
    if args.calibrate:
        write_model(replace(card, figures=figures_of(table, shares)), network)
    return 0
