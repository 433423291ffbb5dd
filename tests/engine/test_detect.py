"""Looking for damage: tiles, sizes, kinds of photo, cancelling, memory."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnstudio.engine import detect
from cnnstudio.engine.detect import Detector
from cnnstudio.errors import BadInput, BadModel, Cancelled, NotEnoughMemory
from cnnstudio.imaging.findings import find
from cnnstudio.jobs import DAMAGE, Progress
from cnnstudio.networks.damage import DamageFinder
from tests.engine.fakes import CPU
from tests.engine.test_weights import card_of

pytestmark = pytest.mark.usefixtures("one_thread")

KWARGS = {"widths": [16, 24], "depths": [1, 1], "context": 8}


def network() -> DamageFinder:
    """A real but tiny network whose random maps are full of contrast."""
    torch.manual_seed(0)
    net = DamageFinder(widths=(16, 24), depths=(1, 1), context=8).eval().requires_grad_(False)
    nn.init.normal_(net.decode.weight, std=0.5)
    return net


class BrightFinder(DamageFinder):
    """Takes what is bright for spots, and all else for sound."""

    def __init__(self) -> None:
        super().__init__(widths=(16,), depths=(1,), context=8)
        self.sizes: list[tuple[int, ...]] = []

    def forward(self, x: Tensor, whole: Tensor, where: Tensor) -> Tensor:
        self.sizes.append(tuple(x.shape[-2:]))
        logits = torch.full((len(x), len(DAMAGE), *x.shape[-2:]), -20.0)
        logits[:, DAMAGE.index("spot")] = 20 * x.mean(1)
        return logits


def photo(height: int = 90, width: int = 130, channels: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels)).astype(np.uint8)


def dark(height: int = 60, width: int = 80, channels: int = 3) -> np.ndarray:
    return np.full((height, width, channels), 30, np.uint8)


def test_tiles_make_the_same_maps_as_the_whole() -> None:
    detector, pixels = Detector(network(), CPU), photo(150, 280)
    whole = detector.detect(pixels).planes
    detector._side = 320
    tiled = detector.detect(pixels).planes
    assert whole.std() > 5
    assert np.abs(whole.astype(int) - tiled).max() <= 1


@pytest.mark.parametrize("size", [(90, 130), (1, 1), (3, 200), (64, 64)])
def test_maps_have_the_photos_size(size: tuple[int, int]) -> None:
    maps = Detector(network(), CPU).detect(photo(*size))
    assert maps.planes.shape == (len(DAMAGE), *size)
    assert maps.planes.dtype == np.uint8
    assert (maps.height, maps.width, maps.factor) == (*size, 1)
    assert maps.device == "CPU"


def test_what_is_found_lies_where_it_is() -> None:
    pixels = dark()
    pixels[20:24, 50:58] = 250
    (region,) = find(Detector(BrightFinder(), CPU).detect(pixels)).regions
    assert (region.kind, region.bounds.slices) == ("spot", np.s_[20:24, 50:58])
    assert not find(Detector(BrightFinder(), CPU).detect(dark())).mask().any()


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_grey_colour_alpha_and_16_bits_look_alike(channels: int, dtype: type) -> None:
    pixels = dark(channels=3)
    pixels[20:24, 50:58] = 250
    wanted = Detector(BrightFinder(), CPU).detect(pixels).planes
    same = np.ascontiguousarray(pixels[..., :1].repeat(channels, 2)).astype(dtype)
    if dtype is np.uint16:
        same *= 257
    if channels in (2, 4):
        same[..., -1] = 7  # alpha is not looked at
    assert np.array_equal(Detector(BrightFinder(), CPU).detect(same).planes, wanted)


def test_large_photos_are_looked_at_reduced_band_by_band(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detect, "_PIXELS", 1000)
    monkeypatch.setattr(detect, "_BAND", 500)
    pixels = dark(91, 101)
    pixels[30:42, 60:72] = 250
    maps = Detector(BrightFinder(), CPU).detect(pixels)
    assert (maps.factor, maps.planes.shape) == (3, (len(DAMAGE), 31, 34))
    found = find(maps)
    assert found.mask(grown=0).shape == (91, 101)
    assert (found.mask(grown=0)[30:42, 60:72] == 255).all()


def test_progress_grows_to_one_and_cancel_stops() -> None:
    told: list[tuple[float, str]] = []
    cancel = threading.Event()
    detector = Detector(BrightFinder(), CPU)
    detector._side = 320
    detector.detect(dark(200, 400), Progress(lambda f, text: told.append((f, text)), cancel=cancel))
    assert [f for f, _ in told] == sorted(f for f, _ in told)
    assert told[-1] == (1.0, "Looking for damage")
    assert len(told) == 8
    with pytest.raises(Cancelled):
        detector.detect(dark(200, 400), Progress(lambda f, text: cancel.set(), cancel=cancel))


def test_short_memory_makes_smaller_tiles_and_then_a_sentence() -> None:
    class Greedy(BrightFinder):
        most = 400 * 400

        def forward(self, x: Tensor, whole: Tensor, where: Tensor) -> Tensor:
            if x[0, 0].numel() > self.most:
                raise torch.OutOfMemoryError("out of memory")
            return super().forward(x, whole, where)

    net = Greedy()
    maps = Detector(net, CPU).detect(dark(600, 600))
    assert maps.planes.shape[1:] == (600, 600)
    assert max(h * w for h, w in net.sizes) <= net.most
    net.most = 100
    with pytest.raises(NotEnoughMemory, match="not enough memory"):
        Detector(net, CPU).detect(dark(600, 600))


def test_what_is_not_a_number_is_not_damage() -> None:
    class Broken(BrightFinder):
        def forward(self, x: Tensor, whole: Tensor, where: Tensor) -> Tensor:
            return super().forward(x, whole, where) * torch.nan

    assert not find(Detector(Broken(), CPU).detect(photo()), 100).regions


@pytest.mark.parametrize(
    "bad", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 5), np.uint8), np.zeros((4, 4, 3), np.float32)]
)
def test_what_is_no_photo_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(BadInput, match="cannot be searched"):
        Detector(network(), CPU).detect(bad)


def test_a_saved_model_detects_and_others_are_refused(tmp_path: Path) -> None:
    card = card_of(tmp_path, "damage", "detect", **KWARGS)
    assert not find(Detector.load(card, "cpu").detect(photo())).regions  # untrained, it finds nothing
    with pytest.raises(BadModel, match="does not look for damage"):
        Detector.load(card_of(tmp_path, "dcgan", "generate", width=8), "cpu")
    with pytest.raises(BadModel, match="does not look for damage"):
        Detector.load(card_of(tmp_path, "dcgan", "detect", width=8), "cpu")
