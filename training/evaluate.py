"""How well holes are repaired on photographs that no training saw, ours beside the classical tools.

From every photograph seeded crops are cut and a seeded hole of each class of damage is made in them; every method gets
the crop, mid-grey in its hole, and the mask. What it changes outside the hole is put back, so that only the repair
counts. Results of the classical tools, which are slow and never change, can be kept in a cache.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from rich.console import Console
from rich.progress import track

from cnnstudio.cards import ModelCard, card_named, list_cards
from cnnstudio.engine import devices
from cnnstudio.engine.repair import Repairer
from cnnstudio.engine.weights import load_network
from cnnstudio.errors import BadInput
from cnnstudio.imaging.codecs import write_photo
from cnnstudio.imaging.photo import Photo
from cnnstudio.jobs import Progress, RepairOptions
from cnnstudio.networks.prior import levels_needed, multigrid
from cnnstudio.networks.pyramid import PyramidRepairer
from training import metrics
from training.damage import CLASSES, draw_hole
from training.data import find_images, read_rgb
from training.features import Features
from training.peers import PEERS, Repair

CROP = 256
PHOTOS = Path(__file__).resolve().parents[1] / "tests" / "photos"
METRICS = {
    "psnr": ("PSNR over the hole, dB (higher is better)", "{:.2f}"),
    "ssim": ("SSIM over the hole (higher is better)", "{:.3f}"),
    "perceptual": ("Perceptual distance of the crop, x 1000 (lower is better)", "{:.2f}"),
    "seconds": ("Seconds a crop, median (lower is better)", "{:.3f}"),
}
_LOWER_IS_BETTER = {"perceptual", "seconds"}
_NEAR = 8  # bits of 64 in which the hashes of the same picture, scaled and encoded again, may differ
_MID_GREY = 127
_MARK = (255, 0, 160)  # a hole, in the sheet


@dataclass(frozen=True)
class Method:
    """Something that repairs.

    Attributes:
        id: as asked for on the command line.
        name: shown in tables.
        version: of the package, or the hash of the weights.
        repair: see :data:`training.peers.Repair`.
        cached: whether its results may be taken from the cache.
    """

    id: str
    name: str
    version: str
    repair: Repair
    cached: bool = False


@dataclass(frozen=True)
class Case:
    """One hole in one crop.

    Attributes:
        photo: file name.
        kind: class of damage.
        crop: number of the crop of this photo and class.
        x, y: where in the photo the crop was cut.
        truth: 256x256x3 uint8.
        mask: 256x256 uint8, 255 in the hole.
    """

    photo: str
    kind: str
    crop: int
    x: int
    y: int
    truth: np.ndarray
    mask: np.ndarray

    @property
    def hash(self) -> str:
        """The same for the same pixels and hole."""
        return hashlib.sha256(self.truth.tobytes() + self.mask.tobytes()).hexdigest()[:32]

    @property
    def damaged(self) -> np.ndarray:
        """The crop with mid-grey in its hole."""
        pixels = self.truth.copy()
        pixels[self.mask >= 128] = _MID_GREY
        return pixels


@dataclass(frozen=True)
class Score:
    """What one method did in one case; the field names are the keys of :data:`METRICS`."""

    psnr: float
    ssim: float
    perceptual: float
    seconds: float


def load_photos(folder: Path) -> dict[str, np.ndarray]:
    """The photos of a folder by file name, HxWx3 uint8; those smaller than a crop are left out.

    Raises:
        BadInput: no folder, no image, or none large enough.
    """
    photos = {file.name: read_rgb(file) for file in find_images([folder])}
    large = {name: pixels for name, pixels in photos.items() if min(pixels.shape[:2]) >= CROP}
    if not large:
        raise BadInput(f"No photo in “{folder}” is at least {CROP} pixels wide and high.")
    return large


def draw_cases(photos: dict[str, np.ndarray], classes: Sequence[str], crops: int, seed: int) -> list[Case]:
    """``crops`` holes of each class in each photo.

    Each is seeded by the photo's name, the class and its number alone, so adding photos or classes changes no other.
    """
    cases = []
    for kind in classes:
        for photo, pixels in photos.items():
            for crop in range(crops):
                rng = np.random.default_rng([seed, crop, *f"{photo}:{kind}".encode()])
                y, x = (int(rng.integers(side - CROP + 1)) for side in pixels.shape[:2])
                truth = np.ascontiguousarray(pixels[y : y + CROP, x : x + CROP])
                cases.append(Case(photo, kind, crop, x, y, truth, draw_hole(kind, CROP, CROP, rng)))
    return cases


def near_duplicates(photos: dict[str, np.ndarray], folder: Path) -> list[tuple[str, Path, int]]:
    """Pictures of ``folder`` that look like one of ``photos``, or like its mirror image.

    They are compared by a 64-bit hash of the signs of low DCT frequencies (OpenCV's pHash).

    Returns:
        (photo, file, bits that differ, 0 to 8), the likest first.
    """

    def bits(pixels: np.ndarray) -> np.ndarray:
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        return np.unpackbits(cv2.img_hash.pHash(grey)[0])

    names = list(photos)
    upright = np.array([bits(photos[name]) for name in names])
    mirrored = np.array([bits(np.ascontiguousarray(photos[name][:, ::-1])) for name in names])
    found = []
    for file in track(find_images([folder]), "Comparing", console=Console(stderr=True)):
        other = bits(read_rgb(file))
        distance = np.minimum((upright != other).sum(1), (mirrored != other).sum(1))
        found += [(names[i], file, int(distance[i])) for i in np.flatnonzero(distance <= _NEAR)]
    return sorted(found, key=lambda row: row[2])


def _prior(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return _to_pixels(multigrid(*_to_tensors(pixels, mask)))


def _to_tensors(pixels: np.ndarray, mask: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """1x3xHxW in [-1, 1], and the hole, 1x1xHxW of 0 and 1."""
    x = torch.from_numpy(pixels.astype(np.float32) / 127.5 - 1).permute(2, 0, 1)[None]
    return x, torch.from_numpy((mask >= 128).astype(np.float32))[None, None]


def _to_pixels(x: torch.Tensor) -> np.ndarray:
    levels: np.ndarray = ((x[0].float().permute(1, 2, 0) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy()
    return levels


def _network(card: ModelCard) -> Repair:
    """The network alone, on the whole crop: no tiles, no feather, no colour or grain match."""
    network = load_network(card, devices.choose("cpu"))

    @torch.inference_mode()
    def repair(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
        x, hole = _to_tensors(pixels, mask)
        if isinstance(network, PyramidRepairer):
            return _to_pixels(network.repair(x, hole, levels_needed(hole)))
        return _to_pixels(network(x, hole))

    return repair


def _engine(card: ModelCard) -> Repair:
    """The repair as people get it, with the options as they come."""
    repairer = Repairer.load(card, device="cpu")

    def repair(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
        repaired = pixels.copy()
        for rect, piece in repairer.repair(pixels, mask, RepairOptions(), Progress()).pieces:
            repaired[rect.slices] = piece
        return repaired

    return repair


def find_method(name: str) -> Method:
    """The method of a name: a peer's id, ``prior``, a model's id or weights file, or ``raw:`` and a model.

    Raises:
        BadInput: a peer that is not installed.
        BadModel: no such model.
    """
    for peer in PEERS:
        if peer.id == name:
            if not peer.installed:
                raise BadInput(f"{peer.name} is not installed: pip install {peer.package}.")
            return Method(peer.id, peer.name, peer.version, peer.repair, cached=True)
    if name == "prior":
        return Method("prior", "multigrid prior (untrained)", "", _prior)
    raw, model = name.startswith("raw:"), name.removeprefix("raw:")
    card = card_named(model)
    label = f"{card.id} (network alone)" if raw else card.id
    return Method(name, label, card.sha256, _network(card) if raw else _engine(card))


def default_methods() -> list[str]:
    """The shipped repair networks, the prior, and every fast peer that is installed."""
    models = [card.id for card in list_cards() if card.task == "repair"]
    return [*models, "prior", *(peer.id for peer in PEERS if peer.by_default and peer.installed)]


def repair_case(method: Method, case: Case, cache: Path | None) -> tuple[np.ndarray, float]:
    """The repaired crop, equal to the truth outside the hole, and the seconds it took (when it was computed).

    The cache holds the hole's pixels alone, by method, version, and hash of crop and hole.
    """
    hole = case.mask >= 128
    kept = cache / f"{method.id}-{method.version}" / f"{case.hash}.npz" if cache and method.cached else None
    repaired = case.truth.copy()
    if kept and kept.is_file():
        with np.load(kept) as stored:
            repaired[hole] = stored["pixels"]
            return repaired, float(stored["seconds"])
    damaged = case.damaged
    start = time.perf_counter()
    result = method.repair(damaged, case.mask)
    seconds = time.perf_counter() - start
    repaired[hole] = result[hole]
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(".part")  # so that a kill leaves no half of a result
        with part.open("wb") as file:
            np.savez_compressed(file, pixels=repaired[hole], seconds=seconds)
        part.replace(kept)
    return repaired, seconds


def evaluate(methods: Sequence[Method], cases: Sequence[Case], cache: Path | None = None) -> dict[str, list[Score]]:
    """The scores of every method by its id, in the order of ``cases``."""
    features = Features()
    scores: dict[str, list[Score]] = {}
    for method in methods:
        scores[method.id] = []
        for case in track(cases, method.name, console=Console(stderr=True)):
            repaired, seconds = repair_case(method, case, cache)
            scores[method.id].append(
                Score(
                    metrics.psnr(repaired, case.truth, case.mask),
                    metrics.ssim(repaired, case.truth, case.mask),
                    1000 * metrics.perceptual(features, repaired, case.truth),
                    seconds,
                )
            )
    return scores


def summarise(cases: Sequence[Case], scores: dict[str, list[Score]]) -> dict[str, dict[str, dict[str, float]]]:
    """Figures by metric, method and class: means over the cases, of the seconds the median."""
    kinds = list(dict.fromkeys(case.kind for case in cases))
    figures: dict[str, dict[str, dict[str, float]]] = {}
    for metric in METRICS:
        middle = statistics.median if metric == "seconds" else statistics.fmean
        figures[metric] = {
            method: {
                kind: middle(getattr(s, metric) for s, case in zip(rows, cases, strict=True) if case.kind == kind)
                for kind in kinds
            }
            for method, rows in scores.items()
        }
    return figures


def markdown(
    figures: dict[str, dict[str, dict[str, float]]],
    names: dict[str, str],
    metrics: Mapping[str, tuple[str, str]] = METRICS,
) -> str:
    """A table for each metric, a row for each method; the best of each class in bold, the last column the mean."""
    lines = []
    for metric, (title, pattern) in metrics.items():
        rows = {
            method: [*by_kind.values(), statistics.fmean(by_kind.values())]
            for method, by_kind in figures[metric].items()
        }
        best = [(min if metric in _LOWER_IS_BETTER else max)(column) for column in zip(*rows.values(), strict=True)]
        kinds = [*next(iter(figures[metric].values())), "mean"]
        lines += [f"**{title}**", "", f"| | {' | '.join(kinds)} |", f"|---|{'---|' * len(kinds)}"]
        for method, row in rows.items():
            cells = [
                f"**{pattern.format(value)}**" if value == top else pattern.format(value)
                for value, top in zip(row, best, strict=True)
            ]
            lines.append(f"| {names[method]} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def draw_sheet(methods: Sequence[Method], cases: Sequence[Case], rows: int, cache: Path | None) -> Image.Image:
    """A picture to judge by eye: of each class ``rows`` cases, damaged, as each method repaired them, the truth."""
    titles = ["damaged", *(method.name for method in methods), "truth"]
    kinds = list(dict.fromkeys(case.kind for case in cases))
    chosen = []
    for number, kind in enumerate(kinds):
        of_kind = [case for case in cases if case.kind == kind]
        # Another photo in each class.
        chosen += [of_kind[(number * rows + i) * 5 % len(of_kind)] for i in range(rows)]
    gap, head = 6, 24
    sheet = Image.new("RGB", (len(titles) * (CROP + gap), head + len(chosen) * (CROP + gap)), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(14)
    for column, title in enumerate(titles):
        draw.text((column * (CROP + gap) + 4, 4), title, "black", font)
    for line, case in enumerate(chosen):
        marked = case.truth.copy()
        marked[case.mask >= 128] = _MARK
        pictures = [marked, *(repair_case(method, case, cache)[0] for method in methods), case.truth]
        for column, picture in enumerate(pictures):
            sheet.paste(Image.fromarray(picture), (column * (CROP + gap), head + line * (CROP + gap)))
    return sheet


def report(
    args: argparse.Namespace,
    photos: dict[str, np.ndarray],
    methods: Sequence[Method],
    cases: Sequence[Case],
    scores: dict[str, list[Score]],
) -> dict[str, Any]:
    """Everything that was measured and how, ready for JSON."""
    return {
        "seed": args.seed,
        "crops": args.crops,
        "crop_size": CROP,
        "platform": platform.platform(),
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "opencv": cv2.__version__},
        "photos": {name: hashlib.sha256(pixels.tobytes()).hexdigest() for name, pixels in photos.items()},
        "methods": {m.id: {"name": m.name, "version": m.version} for m in methods},
        "figures": summarise(cases, scores),
        "cases": [
            {
                "photo": case.photo,
                "class": case.kind,
                "crop": case.crop,
                "x": case.x,
                "y": case.y,
                "hole": float((case.mask >= 128).mean()),
                "hash": case.hash,
                "scores": {method: asdict(rows[number]) for method, rows in scores.items()},
            }
            for number, case in enumerate(cases)
        ],
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of :func:`run`."""
    peers = ", ".join(peer.id for peer in PEERS)
    parser.add_argument(
        "--methods", nargs="+", metavar="METHOD",
        help=f"{peers}, prior, a model by id or .safetensors file, or raw:MODEL for its network alone "
        "(default: the shipped repair models, the prior and all fast peers installed)",
    )  # fmt: skip
    parser.add_argument("--classes", nargs="+", choices=CLASSES, default=list(CLASSES), help="kinds of damage")
    parser.add_argument("--photos", type=Path, default=PHOTOS, metavar="FOLDER", help="photos kept out of training")
    parser.add_argument("--crops", type=int, default=1, metavar="N", help="crops of each photo for each class")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--sheet", type=Path, metavar="FILE.png", help="write a picture of repairs there")
    parser.add_argument("--sheet-rows", type=int, default=2, metavar="N", help="rows of the sheet for each class")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep the peers' results there")
    parser.add_argument(
        "--against", type=Path, metavar="FOLDER",
        help="instead: list the photos that are also in FOLDER, such as the training photos; exit 1 if there are any",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """The command ``evaluate``: prints the tables, writes what was asked for.

    Returns:
        The exit code: 1 if ``--against`` found a photo that training may have seen, else 0.
    """
    photos = load_photos(args.photos)
    if args.against:
        found = near_duplicates(photos, args.against)
        for photo, file, distance in found:
            print(f"{photo} is like {file} ({distance} of 64 bits differ)")
        print(f"{len(photos)} photos, {len({row[0] for row in found})} also in {args.against}.")
        return 1 if found else 0
    for peer in PEERS:
        if not peer.installed:
            print(f"{peer.name} is not installed: left out.", file=sys.stderr)
    methods = [find_method(name) for name in dict.fromkeys(args.methods or default_methods())]
    cases = draw_cases(photos, args.classes, args.crops, args.seed)
    scores = evaluate(methods, cases, args.cache)
    print(f"{len(photos)} photos, {args.crops} crop(s) of {CROP} x {CROP} each for every class, seed {args.seed}.\n")
    print(markdown(summarise(cases, scores), {m.id: m.name for m in methods}))
    if args.json:
        content = report(args, photos, methods, cases, scores)
        args.json.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if args.sheet:
        sheet = draw_sheet(methods, cases, args.sheet_rows, args.cache)
        write_photo(args.sheet, Photo(np.asarray(sheet)), overwrite=True)
    return 0
