"""How well noise and JPEG are taken out of photographs that no training saw, ours beside OpenCV's filters.

From every photograph seeded crops are cut and given white noise or saved as JPEG. Ours is told how strong that was and
nothing else. Each filter is given its best: of a grid of settings the one that does best in the case on these very
crops, for each measure anew. The photographs themselves, which are sound, are restored as people restore them, with
the strengths left to be measured: next to nothing may change.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from rich.console import Console
from rich.progress import track

from cnnstudio.cards import ModelCard, card_named
from cnnstudio.engine import devices
from cnnstudio.engine.restore import Restorer
from cnnstudio.engine.weights import load_network
from cnnstudio.errors import BadModel
from cnnstudio.imaging.codecs import write_photo
from cnnstudio.imaging.photo import Photo
from cnnstudio.imaging.tone import Tone
from cnnstudio.jobs import RestoreOptions
from cnnstudio.networks.restore import PhotoRestorer
from training import metrics
from training.degrade import Degradation, degrade
from training.evaluate import CROP, PHOTOS, load_photos, markdown
from training.features import Features

CASES = {
    **{f"noise {sigma}": Degradation(noise=sigma) for sigma in (10, 25, 50)},
    **{f"JPEG {quality}": Degradation(quality=quality) for quality in (10, 30, 50)},
}
METRICS = {
    "psnr": ("PSNR, dB (higher is better)", "{:.2f}"),
    "ssim": ("SSIM (higher is better)", "{:.3f}"),
    "perceptual": ("Perceptual distance x 1000 (lower is better)", "{:.2f}"),
}
_EVERYWHERE = np.full((CROP, CROP), 255, np.uint8)
_SHOWN, _ZOOM = 96, 3  # pixels of each crop in the sheet, and how large

Filter = Callable[[np.ndarray], np.ndarray]
"""HxWx3 uint8 RGB to the same, cleaner."""


@dataclass(frozen=True)
class Peer:
    """A filter to compare with.

    Attributes:
        name: shown in tables.
        settings: the filter by what it is set to.
    """

    name: str
    settings: Mapping[str, Filter]


def _non_local_means(h: float) -> Filter:
    # It takes BGR, and a strength for the light and one for the colours.
    return lambda pixels: cv2.fastNlMeansDenoisingColored(pixels[..., ::-1], None, h, h, 7, 21)[..., ::-1]


def _bilateral(colour: float, space: float) -> Filter:
    return lambda pixels: cv2.bilateralFilter(pixels, 0, colour, space)


def _median(side: int) -> Filter:
    return lambda pixels: cv2.medianBlur(pixels, side)


PEERS = (
    Peer("OpenCV non-local means", {f"h {h:g}": _non_local_means(h) for h in (2, 3, 4.5, 7, 10, 15, 22, 33, 50)}),
    Peer(
        "OpenCV bilateral",
        {
            f"colour {colour}, space {space:g}": _bilateral(colour, space)
            for colour in (8, 15, 30, 60, 100, 160, 250, 400)
            for space in (1, 2, 4)
        },
    ),
    Peer("OpenCV median", {f"{side} pixels": _median(side) for side in (3, 5)}),
)


@dataclass(frozen=True)
class Crop:
    """A square of a photo, and what became of it in each case, all 256x256x3 uint8."""

    photo: str
    truth: np.ndarray
    degraded: Mapping[str, np.ndarray]


def draw_crops(photos: Mapping[str, np.ndarray], count: int, seed: int) -> list[Crop]:
    """``count`` squares of each photo, seeded by its name and their number alone."""
    crops = []
    for photo, pixels in photos.items():
        for number in range(count):
            rng = np.random.default_rng([seed, number, *photo.encode()])
            y, x = (int(rng.integers(side - CROP + 1)) for side in pixels.shape[:2])
            truth = np.ascontiguousarray(pixels[y : y + CROP, x : x + CROP])
            crops.append(Crop(photo, truth, {name: degrade(truth, how, rng) for name, how in CASES.items()}))
    return crops


def load_restorer(model: str) -> tuple[PhotoRestorer, ModelCard]:
    """The network of a model's id or of its card, a ``.json`` file.

    Raises:
        BadModel: no such model, or it restores nothing.
    """
    card = card_named(model)
    network = load_network(card, devices.choose("cpu"))
    if not isinstance(network, PhotoRestorer):
        raise BadModel(f"The model “{card.id}” does not restore photos.", card.arch)
    return network, card


@torch.inference_mode()
def restore(network: PhotoRestorer, pixels: np.ndarray, strengths: Sequence[float]) -> np.ndarray:
    """An HxWx3 uint8 picture without what it is said to have, by the network alone and whole."""
    x = torch.tensor(pixels).permute(2, 0, 1)[None].float() / 127.5 - 1
    out = network(x.contiguous(memory_format=torch.channels_last), *(torch.tensor([s]) for s in strengths))
    levels: np.ndarray = ((out[0].permute(1, 2, 0) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy()
    return levels


def score(features: Features, pixels: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """How close a crop is to the truth, by the keys of :data:`METRICS`."""
    return {
        "psnr": metrics.psnr(pixels, truth, _EVERYWHERE),
        "ssim": metrics.ssim(pixels, truth, _EVERYWHERE),
        "perceptual": 1000 * metrics.perceptual(features, pixels, truth),
    }


def _mean(features: Features, run: Filter, crops: Sequence[Crop], case: str) -> dict[str, float]:
    rows = [score(features, np.ascontiguousarray(run(crop.degraded[case])), crop.truth) for crop in crops]
    return {metric: statistics.fmean(row[metric] for row in rows) for metric in METRICS}


def evaluate(
    network: PhotoRestorer, crops: Sequence[Crop], peers: Sequence[Peer] = PEERS
) -> tuple[dict[str, dict[str, dict[str, float]]], dict[str, dict[str, dict[str, str]]]]:
    """Means over the crops.

    Returns:
        Figures by metric, method ("as it came", "ours", the names of the peers) and case; and the settings with which
        the peers reached theirs, by metric, peer and case.
    """
    features = Features()
    names = ["as it came", *(peer.name for peer in peers), "ours"]
    figures: dict[str, dict[str, dict[str, float]]] = {metric: {name: {} for name in names} for metric in METRICS}
    best: dict[str, dict[str, dict[str, str]]] = {metric: {peer.name: {} for peer in peers} for metric in METRICS}
    for case, how in track(CASES.items(), "Measuring", console=Console(stderr=True)):
        told = how.strengths
        for name, run in (("as it came", lambda x: x), ("ours", lambda x: restore(network, x, told))):  # noqa: B023
            for metric, value in _mean(features, run, crops, case).items():
                figures[metric][name][case] = value
        for peer in peers:
            tried = {setting: _mean(features, run, crops, case) for setting, run in peer.settings.items()}
            for metric in METRICS:
                choose = min if metric == "perceptual" else max
                setting = choose(tried, key=lambda s: tried[s][metric])
                figures[metric][peer.name][case] = tried[setting][metric]
                best[metric][peer.name][case] = setting
    return figures, best


def clean_changes(card: ModelCard, photos: Mapping[str, np.ndarray]) -> dict[str, float]:
    """By how many grey levels each photo is changed, the mean over its pixels, if all but its light is measured."""
    restorer = Restorer.load(card, "cpu")
    changes = {}
    for name, pixels in track(photos.items(), "Restoring sound photos", console=Console(stderr=True)):
        restored, _ = restorer.restore(pixels, RestoreOptions(tone=Tone()))
        changes[name] = float(np.abs(restored.astype(np.int16) - pixels).mean())
    return changes


def draw_sheet(
    network: PhotoRestorer, crops: Sequence[Crop], best: Mapping[str, Mapping[str, str]], peers: Sequence[Peer] = PEERS
) -> Image.Image:
    """A picture to judge by eye: of each case three crops at 300 %, as each method leaves them.

    Args:
        best: the settings of the peers, by peer and case.
    """
    titles = ["as it came", *(peer.name for peer in peers), "ours", "truth"]
    side, gap, head = _SHOWN * _ZOOM, 6, 24
    rows = [(case, crops[(5 * number + 11 * i) % len(crops)]) for number, case in enumerate(CASES) for i in range(3)]
    sheet = Image.new("RGB", (len(titles) * (side + gap), head + len(rows) * (side + gap)), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for column, title in enumerate(titles):
        draw.text((column * (side + gap) + 4, 4), title, "black", font)
    start = (CROP - _SHOWN) // 2
    for line, (case, crop) in enumerate(rows):
        degraded = crop.degraded[case]
        filtered = [np.asarray(peer.settings[best[peer.name][case]](degraded)) for peer in peers]
        pictures = [degraded, *filtered, restore(network, degraded, CASES[case].strengths), crop.truth]
        for column, picture in enumerate(pictures):
            part = np.ascontiguousarray(picture[start : start + _SHOWN, start : start + _SHOWN])
            large = Image.fromarray(part).resize((side, side), Image.Resampling.NEAREST)
            sheet.paste(large, (column * (side + gap), head + line * (side + gap)))
        draw.text((4, head + line * (side + gap) + 4), case, "magenta", font)
    return sheet


def add_evaluation(commands: Any) -> None:
    """Adds ``evaluate-restore`` to the subparsers."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "evaluate-restore", help="measure the photo restorer against OpenCV's filters"
    )
    parser.add_argument("--model", default="restore", help="its id, or its card, a .json file beside its weights")
    parser.add_argument("--photos", type=Path, default=PHOTOS, metavar="FOLDER", help="photos kept out of training")
    parser.add_argument("--crops", type=int, default=1, metavar="N", help="crops of each photo")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--sheet", type=Path, metavar="FILE.png", help="write a picture to judge by eye there")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """The command: prints the tables, writes what was asked for."""
    network, card = load_restorer(args.model)
    photos = load_photos(args.photos)
    crops = draw_crops(photos, args.crops, args.seed)
    figures, best = evaluate(network, crops)
    print(f"{len(photos)} photos, {args.crops} crop(s) of {CROP} x {CROP} each, seed {args.seed}.\n")
    print(markdown(figures, {name: name for name in figures["psnr"]}, METRICS))
    changes = clean_changes(card, photos)
    untouched = sum(change == 0 for change in changes.values())
    print(
        f"Sound photos change by {statistics.fmean(changes.values()):.3f} grey levels, {untouched} of them not at all."
    )
    if args.json:
        content = {
            "model": {"id": card.id, "version": card.version, "sha256": card.sha256},
            "seed": args.seed, "crops": args.crops, "crop_size": CROP, "photos": list(photos),
            "versions": {"python": platform.python_version(), "torch": torch.__version__, "opencv": cv2.__version__},
            "figures": figures, "settings": best, "sound_photos_change": changes,
        }  # fmt: skip
        args.json.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    if args.sheet:
        sheet = draw_sheet(network, crops, best["psnr"])
        write_photo(args.sheet, Photo(np.asarray(sheet)), overwrite=True)
    return 0
