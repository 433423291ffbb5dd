"""How long generated pictures take: ``python -m tests.benchmarks.bench_generate``.

On two CPU cores 64 pictures of 128 pixels are to be there in less than 3 s once the model is loaded, and the one that a
slider moves in less than a fifth of a second. The generator for 128 pixels has random weights, which cost the same.
"""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Callable

import torch

from cnnstudio.cards import find_card
from cnnstudio.engine import devices
from cnnstudio.engine.generate import Generator, PictureMaker
from cnnstudio.engine.similar import find
from cnnstudio.errors import BadModel
from cnnstudio.jobs import Latent, latents_from
from cnnstudio.networks import dcgan, gan_small

MANY_SECONDS, ONE_SECONDS = 3.0, 0.2
MANY = 64
_ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--find", action="store_true", help="also look for a picture that was generated")
    options = parser.parse_args()
    place = devices.choose(options.device)
    threads = f"{torch.get_num_threads()} threads, " if place.kind == "cpu" else ""
    print(f"{place.name}, {threads}{platform.system()}; the best of {_ROUNDS} rounds, and the median")
    random = gan_small.Generator(128).eval().requires_grad_(False)
    for name, maker in (("DCGAN, 32 pixels", _small(options.device)), ("small GAN, 128 pixels", _on(place, random))):
        maker.make(latents_from(0, 1))  # warm
        _time(f"{name}: {MANY} pictures", lambda maker=maker: maker.make(latents_from(1, MANY)), MANY_SECONDS)
        moved = Latent(1, (1.0, -2.0))
        _time(f"{name}: one, moved", lambda maker=maker, moved=moved: maker.make([moved]), ONE_SECONDS)
        if options.find:
            wanted = maker.make([Latent(100)]).pictures[0]
            found = find(maker, wanted)
            print(f"{name}: found again in {found.seconds:.1f} s, wrong by {found.error:.2f} of 255 grey levels")


def _small(device: str) -> PictureMaker:
    try:
        return PictureMaker.load(find_card("dcgan"), device)
    except BadModel:
        return _on(devices.choose(device), dcgan.Generator().eval().requires_grad_(False))


def _on(place: devices.Device, network: Generator) -> PictureMaker:
    return PictureMaker(network.to(place.torch).to(memory_format=torch.channels_last), place)


def _time(name: str, work: Callable[[], object], most: float) -> None:
    taken = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    best, median = min(taken), sorted(taken)[_ROUNDS // 2]
    kept = "kept" if best < most else "MISSED"
    print(f"{name:36} {best:7.3f} s, median {median:7.3f} s (bar {most:g} s: {kept})", flush=True)


if __name__ == "__main__":
    main()
