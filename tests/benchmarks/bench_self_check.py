"""Whether the self-check tells the truth: ``python -m tests.benchmarks.bench_self_check [--photos N]``.

Photographs that no training saw are damaged, repaired, and checked; the damage hid what was there, so the error that
the check foretells can be compared with the one that the repair really has. Prints both for each class of damage,
their correlation, and how often the check's badge is the one that the real error would have given.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from pathlib import Path

import numpy as np

from cnnstudio.cards import find_card
from cnnstudio.engine.repair import Repairer
from cnnstudio.engine.self_check import self_check
from cnnstudio.imaging.codecs import read_photo
from cnnstudio.jobs import SelfCheck
from training.damage import CLASSES, draw_hole

PHOTOS = Path(__file__).resolve().parents[1] / "photos"
_BADGES = ("good", "fair", "guess")


def measure(repairer: Repairer, photo: np.ndarray, mask: np.ndarray) -> tuple[float, SelfCheck, float, float]:
    """(real error in grey levels, the check, seconds of the repair, seconds of the check)."""
    damaged = photo.copy()
    damaged[mask > 0] = 255
    result = repairer.repair(damaged, mask)
    for rect, piece in result.pieces:
        damaged[rect.slices] = piece
    hole = mask > 0
    real = float(np.abs(damaged[hole].astype(np.float32) - photo[hole]).mean())
    start = time.perf_counter()
    check = self_check(repairer, damaged, mask)
    return real, check, result.seconds, time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="pyramid")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--photos", type=int, default=28)
    args = parser.parse_args()
    repairer = Repairer.load(find_card(args.model), args.device)
    files = sorted(PHOTOS.glob("*.webp"))[: args.photos]
    pairs: list[tuple[float, SelfCheck]] = []
    print("| damage | real error | foretold | repair | check |\n|---|---|---|---|---|", flush=True)
    for kind in CLASSES:
        rows = []
        for number, file in enumerate(files):
            photo = read_photo(file).pixels
            mask = draw_hole(kind, *photo.shape[:2], np.random.default_rng((number, len(pairs))))
            if mask.any():
                rows.append(measure(repairer, photo, np.asarray(mask > 0).view(np.uint8) * np.uint8(255)))
        pairs += [(real, check) for real, check, *_ in rows]
        foretold = [check.error for _, check, *_ in rows if check.error is not None]
        columns = [statistics.mean(real for real, *_ in rows), statistics.mean(foretold)]
        seconds = [statistics.median(row[i] for row in rows) for i in (2, 3)]
        print(f"| {kind} | {columns[0]:.1f} | {columns[1]:.1f} | {seconds[0]:.2f} s | {seconds[1]:.2f} s |", flush=True)
    known = np.log([(real + 0.5, check.error + 0.5) for real, check in pairs if check.error is not None])
    print(f"\nCorrelation of the logarithms of {len(known)} of {len(pairs)}: {np.corrcoef(known.T)[0, 1]:.2f}")
    badges = Counter((SelfCheck(real, None).verdict, check.verdict) for real, check in pairs)
    print(f"The right badge: {sum(badges[b, b] for b in _BADGES)} of {len(pairs)}")
    for right in _BADGES:
        print(f"{right}: " + ", ".join(f"{badges[right, said]} called {said}" for said in _BADGES))


if __name__ == "__main__":
    main()
