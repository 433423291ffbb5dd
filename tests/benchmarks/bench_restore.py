"""How long restoring a photo, and looking for its damage, take: ``python -m tests.benchmarks.bench_restore``.

On 12 megapixels and two CPU cores restoring is to take less than 25 s and looking less than 6 s. Where the restorer's
model is not there, its architecture with random weights is measured, which costs the same.
"""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Callable

import numpy as np
import torch

from cnnstudio.cards import find_card
from cnnstudio.engine import devices
from cnnstudio.engine.detect import Detector
from cnnstudio.engine.restore import Restorer, measured
from cnnstudio.errors import BadModel
from cnnstudio.imaging import tone
from cnnstudio.imaging.tone import Tone
from cnnstudio.jobs import RestoreOptions
from cnnstudio.networks.registry import build
from cnnstudio.networks.restore import PhotoRestorer
from tests.benchmarks.bench_engine import photo_of

RESTORE_SECONDS, DETECT_SECONDS = 25.0, 6.0
MEGAPIXELS = 12.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--megapixels", type=float, default=MEGAPIXELS)
    options = parser.parse_args()
    photo = photo_of(options.megapixels)
    noise = np.random.default_rng(0).normal(0, 10, photo.shape).astype(np.float32)
    photo = np.clip(np.rint(photo + noise), 0, 255).astype(np.uint8)
    del noise
    restorer = _restorer(options.device)
    threads = f"{torch.get_num_threads()} threads, " if restorer.device.kind == "cpu" else ""
    print(f"{restorer.device.name}, {threads}{platform.system()}, {photo.shape[1]} x {photo.shape[0]} pixels")
    all_of_it = RestoreOptions(13, 40, 0, 20, Tone(fading=20, yellowing=15))
    share = options.megapixels / MEGAPIXELS
    _time("measuring what is wrong", lambda: measured(RestoreOptions(), photo))
    assert all_of_it.tone is not None
    curves = all_of_it.tone
    _time("the tone alone", lambda: tone.apply(photo, curves))
    _time("restoring", lambda: restorer.restore(photo, all_of_it), RESTORE_SECONDS * share)
    try:
        detector = Detector.load(find_card("damage"), options.device)
    except BadModel as error:
        print(f"Looking for damage is not measured: {error.message}")
    else:
        _time("looking for damage", lambda: detector.detect(photo), DETECT_SECONDS * share)


def _restorer(device: str) -> Restorer:
    try:
        return Restorer.load(find_card("restore"), device)
    except BadModel:
        place = devices.choose(device)
        network = build("restorer").eval().requires_grad_(False).to(place.torch).to(memory_format=torch.channels_last)
        assert isinstance(network, PhotoRestorer)
        return Restorer(network, place)


def _time(name: str, work: Callable[[], object], most: float | None = None) -> None:
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    bar = "" if most is None else f" (bar {most:g} s: {'kept' if seconds < most else 'MISSED'})"
    print(f"{name:28} {seconds:7.2f} s{bar}", flush=True)


if __name__ == "__main__":
    main()
