"""How long repairs take, and how much memory: ``python -m tests.benchmarks.bench_engine [--model ID] [--device D]``.

Without ``--model`` the default architecture with random weights is measured, which costs the same as a trained one.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys

import cv2
import numpy as np
import torch

from cnnstudio.cards import find_card
from cnnstudio.engine import devices
from cnnstudio.engine.fillers import filler_for
from cnnstudio.engine.repair import Repairer, bf16_pays
from cnnstudio.jobs import RepairOptions
from cnnstudio.networks.registry import build


def random_repairer(device: str) -> Repairer:
    place = devices.choose(device)
    network = build("pyramid").eval().requires_grad_(False).to(place.torch).to(memory_format=torch.channels_last)
    filler = filler_for(network)
    return Repairer(filler, place, bf16_pays(filler, place))


def photo_of(megapixels: float) -> np.ndarray:
    height = round((megapixels * 1e6 * 2 / 3) ** 0.5)
    tile = np.random.default_rng(0).integers(60, 200, (512, 512, 3), np.uint8)
    tile = cv2.GaussianBlur(tile, (0, 0), 3)
    width = height * 3 // 2
    return np.tile(tile, (-(-height // 512), -(-width // 512), 1))[:height, :width]


def specks(shape: tuple[int, ...], count: int) -> np.ndarray:
    mask, rng = np.zeros(shape[:2], np.uint8), np.random.default_rng(1)
    for _ in range(count):
        x, y = rng.integers(0, shape[1]), rng.integers(0, shape[0])
        cv2.circle(mask, (int(x), int(y)), int(rng.integers(1, 5)), 255, -1)
    return mask


def scratch(shape: tuple[int, ...], length: int = 1400, width: int = 3) -> np.ndarray:
    """A slanted scratch of the same pixels on every photo, from the middle."""
    mask = np.zeros(shape[:2], np.uint8)
    x, y = (shape[1] - length) // 2, shape[0] // 2
    return cv2.line(mask, (x, y - 200), (x + length, y + 200), 255, width)


def full(shape: tuple[int, ...], share: float) -> np.ndarray:
    mask = np.zeros(shape[:2], np.uint8)
    radius = int((share * mask.size / np.pi) ** 0.5)
    return cv2.circle(mask, (shape[1] // 2, shape[0] // 2), radius, 255, -1)


def region_512() -> tuple[np.ndarray, np.ndarray]:
    """Damage all over 512 x 512: scratches, a crease and a blotch."""
    photo = photo_of(0.4)[:512, :512].copy()
    mask = scratch(photo.shape, 500) | full(photo.shape, 0.05)
    return photo, cv2.line(mask, (30, 480), (480, 30), 255, 10)


CASES = {
    "512 x 512 region": region_512,
    "scratch on 2 MP": lambda: (p := photo_of(2), scratch(p.shape)),
    "scratch on 100 MP": lambda: (p := photo_of(100), scratch(p.shape)),
    "500 specks on 12 MP": lambda: (p := photo_of(12), specks(p.shape, 500)),
    "1000 specks on 12 MP": lambda: (p := photo_of(12), specks(p.shape, 1000)),
    "hole of 1 MP on 12 MP": lambda: (p := photo_of(12), full(p.shape, 1 / 12)),
}


def peak_memory() -> float:
    """MB of the process at its largest; not a number where the system does not tell."""
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if platform.system() == "Darwin" else 1 << 10)


def run(name: str, args: argparse.Namespace) -> None:
    repairer = Repairer.load(find_card(args.model), args.device) if args.model else random_repairer(args.device)
    photo, mask = CASES[name]()
    repairer.repair(*region_512())  # warm
    seconds = []
    for _ in range(args.repeats):
        result = repairer.repair(photo, mask, RepairOptions())
        seconds.append(result.seconds)
    print(
        f"| {name} | {min(seconds):.2f} s | {len(result.pieces)} | {peak_memory():.0f} MB"
        f" | {photo.nbytes / (1 << 20):.0f} MB | {result.device}{', bf16' if repairer.bf16 else ''} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--case", choices=CASES)
    args = parser.parse_args()
    if args.case:
        run(args.case, args)
        return
    print("| case | best time | pieces | peak memory | photo | device |\n|---|---|---|---|---|---|", flush=True)
    for name in CASES:
        # A process of its own for each, or the peak memory of one would be that of all.
        subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.bench_engine", *sys.argv[1:], "--case", name], check=True
        )


if __name__ == "__main__":
    main()
