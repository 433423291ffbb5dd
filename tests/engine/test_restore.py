"""Restoring whole photos: strengths, tiles, kinds of photo, the bound, cancelling, memory."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnstudio.engine import devices, restore
from cnnstudio.engine.devices import Device
from cnnstudio.engine.restore import Restorer, measured
from cnnstudio.errors import BadInput, BadModel, Cancelled, NotEnoughMemory
from cnnstudio.imaging.codecs import read_photo
from cnnstudio.imaging.geometry import Rect
from cnnstudio.imaging.metadata import JpegEncoding
from cnnstudio.imaging.tone import Tone, apply
from cnnstudio.jobs import Progress, RestoreOptions
from cnnstudio.networks.restore import PhotoRestorer
from tests.engine.fakes import CPU, FakeGpu
from tests.engine.test_weights import card_of

pytestmark = pytest.mark.usefixtures("one_thread")

STRONG = RestoreOptions(30, 20, 0, 0, Tone())


def network(std: float = 0.3) -> PhotoRestorer:
    """A real but tiny network whose random changes are far from 0, and that sees less than a tile's margin."""
    torch.manual_seed(0)
    net = PhotoRestorer(widths=(8, 16), depths=(1, 1)).eval().requires_grad_(False)
    nn.init.normal_(net.decode.weight, std=std)
    return net


class Darkener(PhotoRestorer):
    """Takes from each pixel a tenth of the bound, and remembers what it was told."""

    def __init__(self) -> None:
        super().__init__(widths=(8,), depths=(1,))
        self.asked: list[tuple[float, ...]] = []
        self.sizes: list[tuple[int, ...]] = []

    def forward(self, x: Tensor, noise: Tensor, blocks: Tensor, blur: Tensor | None = None) -> Tensor:
        assert blur is not None
        self.asked.append((float(noise), float(blocks), float(blur)))
        self.sizes.append(tuple(x.shape[-2:]))
        return x - 0.1 * restore.bound(noise, blocks, blur).view(-1, 1, 1, 1) / 127.5


def photo(height: int = 90, width: int = 130, channels: int = 3, dtype: type = np.uint8, seed: int = 0) -> np.ndarray:
    most = np.iinfo(dtype).max
    return np.random.default_rng(seed).integers(0, most + 1, (height, width, channels)).astype(dtype)


@cache
def rocket() -> np.ndarray:
    return read_photo(Path(__file__).parents[1] / "photos" / "rocket.webp").pixels


def test_a_clean_photo_comes_back_bit_by_bit_and_no_network_is_asked() -> None:
    net = Darkener()
    out, result = Restorer(net, CPU).restore(rocket(), RestoreOptions())
    assert np.array_equal(out, rocket())
    assert out is not rocket()
    assert net.asked == []
    assert result.options == RestoreOptions(0, 0, 0, 0, Tone())
    assert result.options.changes_nothing


def test_what_is_left_open_is_measured_and_the_rest_kept() -> None:
    rng = np.random.default_rng(0)
    noisy = np.clip(np.rint(rocket() + rng.normal(0, 15, rocket().shape)), 0, 255).astype(np.uint8)
    found = measured(RestoreOptions(sharpen=7), noisy)
    assert found.denoise == pytest.approx(20, abs=2)
    assert (found.deblock, found.sharpen, found.tone) == (0, 7, Tone())
    tables = ((16 * 5,) * 64,)
    assert measured(RestoreOptions(), noisy, JpegEncoding(tables, 0, False)).deblock == 100
    given = RestoreOptions(0, 3, 0, 5, Tone(10))
    assert measured(given, noisy) == given
    assert given.needs_network
    assert not RestoreOptions(0, 0, 0, 50, Tone(10)).needs_network


def test_the_network_is_told_in_its_own_units() -> None:
    net = Darkener()
    pixels = np.full((40, 50, 3), 200, np.uint8)
    out, _ = Restorer(net, CPU).restore(pixels, RestoreOptions(20, 50, 25, 0, Tone()))
    assert net.asked == [pytest.approx((15, 0.5, 0.5))]
    assert np.array_equal(out, np.full_like(pixels, 200 - 10))  # a tenth of 4 * 15 + 48 * 0.5 + 32 * 0.5


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_tiles_make_the_same_as_the_whole(channels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = photo(330, 520, channels)
    options = RestoreOptions(30, 20, 10, 40, Tone(10, 20, 5, 10))
    whole, _ = Restorer(network(), CPU).restore(pixels, options)
    assert np.abs(whole[..., :1].astype(int) - pixels[..., :1]).mean() > 3
    restorer = Restorer(network(), CPU)
    restorer._core = 128
    sizes: list[Rect] = []
    tiles = np.empty_like(pixels)
    for rect, band in restorer.bands(pixels, options):
        sizes.append(rect)
        tiles[rect.slices] = band
    assert sizes == [Rect(0, 0, 520, 128), Rect(0, 128, 520, 128), Rect(0, 256, 520, 74)]
    assert np.abs(tiles.astype(int) - whole).max() <= 1
    part = Rect(133, 57, 201, 140)
    seen = np.concatenate([band for _, band in restorer.bands(pixels, options, within=part)])
    assert np.abs(seen.astype(int) - whole[part.slices]).max() <= 1


def test_eight_bits_are_computed_in_bf16_where_that_is_wanted_and_sixteen_never() -> None:
    def away(dtype: type) -> float:
        pixels = photo(64, 96, 3, dtype)
        exact, _ = Restorer(network(), CPU).restore(pixels, STRONG)
        rounded, _ = Restorer(network(), CPU, bf16=True).restore(pixels, STRONG)
        return float(np.abs(exact.astype(int) - rounded).mean())

    assert 0 < away(np.uint8) <= 2
    assert away(np.uint16) == 0


def test_no_pixel_moves_farther_than_the_bound() -> None:
    wild = network(std=50)
    for dtype in (np.uint8, np.uint16):
        pixels = photo(64, 64, 3, dtype)
        out, _ = Restorer(wild, CPU).restore(pixels, RestoreOptions(8, 5, 10, 0, Tone()))
        levels = np.iinfo(dtype).max / 255
        moved = np.abs(out.astype(int) - pixels).max() / levels
        assert 10 < moved <= 4 * 6 + 48 * 0.05 + 32 * 0.2 + 0.5


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_sixteen_bits_are_never_brought_to_eight_and_alpha_stays(channels: int) -> None:
    coarse = photo(60, 70, channels)
    fine = coarse.astype(np.uint16) * 257 + np.random.default_rng(3).integers(-128, 128, coarse.shape)
    fine = np.clip(fine, 0, 65535).astype(np.uint16)
    for options in (STRONG, RestoreOptions(0, 0, 0, 0, Tone(20, 10)), RestoreOptions(10, 0, 0, 30, Tone(20, 10))):
        out, _ = Restorer(network(), CPU).restore(fine, options)
        assert out.dtype == np.uint16
        assert len(np.unique(out)) > 3000
        if channels in (2, 4):
            assert np.array_equal(out[..., -1], fine[..., -1])
    told_of_nothing, _ = Restorer(network(), CPU).restore(fine, RestoreOptions(0, 0, 0, 0, Tone()))
    assert np.array_equal(told_of_nothing, fine)


def test_a_change_of_nothing_keeps_sixteen_bits_exactly() -> None:
    fine = photo(60, 70, 3, np.uint16)
    untrained = PhotoRestorer(widths=(8, 16), depths=(1, 1)).eval()
    out, _ = Restorer(untrained, CPU).restore(fine, STRONG)
    assert np.array_equal(out, fine)


def test_grey_stays_grey() -> None:
    grey = photo(50, 60, 1) // 8 + 110
    out, _ = Restorer(network(), CPU).restore(grey, STRONG)
    assert out.shape == grey.shape
    as_rgb, _ = Restorer(network(), CPU).restore(np.repeat(grey, 3, 2), STRONG)
    assert np.abs(as_rgb.astype(int).mean(2) - out[..., 0]).max() <= 1


def test_curves_alone_are_exact_and_come_after_the_network() -> None:
    pixels, tone = photo(), Tone(20, 15, -5, 10)
    out, _ = Restorer(None, CPU).restore(pixels, RestoreOptions(0, 0, 0, 0, tone))
    assert np.array_equal(out, apply(pixels, tone))
    both, _ = Restorer(network(), CPU).restore(pixels, RestoreOptions(30, 20, 0, 0, tone))
    first, _ = Restorer(network(), CPU).restore(pixels, STRONG)
    then = apply(first, tone)
    assert np.abs(both.astype(int) - then).max() <= 3  # whose whole steps the curves have widened


def test_curves_after_the_network_leave_no_gaps_between_greys() -> None:
    ramp = np.repeat(np.linspace(60, 200, 400)[None, :, None], 40, 0)
    noisy = np.clip(np.rint(ramp + np.random.default_rng(0).normal(0, 0.4, ramp.shape)), 0, 255).astype(np.uint8)

    class Smoother(Darkener):
        def forward(self, x: Tensor, noise: Tensor, blocks: Tensor, blur: Tensor | None = None) -> Tensor:
            return nn.functional.avg_pool2d(x, (31, 1), 1, (15, 0), count_include_pad=False)

    out, _ = Restorer(Smoother(), CPU).restore(noisy, RestoreOptions(5, 0, 0, 0, Tone(fading=30)))
    assert len(np.unique(out)) > 1.2 * len(np.unique(apply(noisy, Tone(fading=30))))


def test_grain_is_kept_as_asked_but_not_its_colours() -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 10, (60, 60, 3))
    pixels = np.clip(np.rint(128 + noise), 0, 255).astype(np.uint8)

    class Flattener(Darkener):
        def forward(self, x: Tensor, noise: Tensor, blocks: Tensor, blur: Tensor | None = None) -> Tensor:
            return torch.full_like(x, 128 / 127.5 - 1)

    def left(keep: float, deblock: float = 0) -> np.ndarray:
        out, _ = Restorer(Flattener(), CPU).restore(pixels, RestoreOptions(13, deblock, 0, keep, Tone()))
        return out.astype(int) - 128

    luma = (pixels - 128.0) @ np.array([0.299, 0.587, 0.114])
    assert not left(0).any()
    for keep in (50, 100):
        assert np.abs(left(keep) - luma[..., None] * keep / 100).max() <= 0.51
    assert np.ptp(left(100), axis=2).max() == 0
    # What was taken for the marks of JPEG does not come back as grain.
    assert np.abs(left(100, 100)).mean() < 0.6 * np.abs(left(100)).mean()


def test_what_is_not_a_number_changes_nothing() -> None:
    class Broken(Darkener):
        def forward(self, x: Tensor, noise: Tensor, blocks: Tensor, blur: Tensor | None = None) -> Tensor:
            return torch.full_like(x, torch.nan)

    pixels = photo()
    out, _ = Restorer(Broken(), CPU).restore(pixels, STRONG)
    assert np.array_equal(out, pixels)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (3, 2), (17, 9)])
def test_small_photos(size: tuple[int, int]) -> None:
    pixels = photo(*size)
    out, _ = Restorer(network(), CPU).restore(pixels, RestoreOptions(30, 20, 10, 40, Tone(10)))
    assert out.shape == pixels.shape
    out, result = Restorer(network(), CPU).restore(pixels, RestoreOptions())
    assert result.options.denoise == 0


def test_progress_rises_to_the_end_and_cancel_is_seen_at_each_tile() -> None:
    told: list[float] = []
    cancel = threading.Event()
    restorer = Restorer(network(), CPU)
    restorer._core = 64
    restorer.restore(photo(200, 200), STRONG, Progress(lambda share, _text: told.append(share)))
    assert told == sorted(told)
    assert len(told) == 16
    assert told[-1] == pytest.approx(1)

    def stop(share: float, _text: str) -> None:
        told.append(share)
        if len(told) == 3:
            cancel.set()

    told.clear()
    with pytest.raises(Cancelled):
        restorer.restore(photo(200, 200), STRONG, Progress(stop, cancel=cancel))
    assert len(told) == 3


class Hungry(Darkener):
    """Runs out of memory on tiles of more than so many pixels, or for so many calls."""

    def __init__(self, most: float = float("inf"), failures: int = 0) -> None:
        super().__init__()
        self.most, self.failures = most, failures

    def forward(self, x: Tensor, noise: Tensor, blocks: Tensor, blur: Tensor | None = None) -> Tensor:
        self.failures -= 1
        if x.shape[-1] * x.shape[-2] > self.most or self.failures >= 0:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return super().forward(x, noise, blocks, blur)


def test_where_memory_runs_out_tiles_become_smaller() -> None:
    net = Hungry(most=400 * 400)
    pixels = photo(700, 300)
    out, result = Restorer(net, CPU).restore(pixels, STRONG)
    assert result.notes == ["Memory was short: restored in smaller tiles."]
    assert max(h * w for h, w in net.sizes) <= 400 * 400
    plain, _ = Restorer(Darkener(), CPU).restore(pixels, STRONG)
    assert np.array_equal(out, plain)


def test_where_even_small_tiles_do_not_fit_the_cpu_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = FakeGpu("cpu", "A card", 4 << 30)
    restorer = Restorer(Hungry(failures=4), gpu)
    _, result = restorer.restore(photo(100, 100), STRONG)
    assert result.device == devices.choose("cpu").name
    assert result.notes[-1] == "The graphics card had too little memory: restored on the CPU."
    with pytest.raises(NotEnoughMemory):
        Restorer(Hungry(most=0), CPU).restore(photo(), STRONG)


def test_defects_are_not_taken_for_want_of_memory() -> None:
    class Defective(Darkener):
        def forward(self, x: Tensor, noise: Tensor, blocks: Tensor, blur: Tensor | None = None) -> Tensor:
            raise RuntimeError("a defect")

    with pytest.raises(RuntimeError, match="a defect"):
        Restorer(Defective(), CPU).restore(photo(), STRONG)


def test_large_devices_get_large_tiles_of_the_photos_own() -> None:
    assert Restorer(None, CPU)._core == 768
    assert Restorer(None, Device("cuda", "A card", 4 << 30))._core == 2048
    assert Restorer(None, Device("cuda", "A small card", 1 << 20))._core == 256


def test_without_a_network_there_are_curves_only() -> None:
    with pytest.raises(BadModel, match="is not there"):
        Restorer(None, CPU).restore(photo(), STRONG)


@pytest.mark.parametrize("pixels", [np.zeros((4, 5), np.uint8), np.zeros((4, 5, 5), np.uint8), np.zeros((4, 5, 3))])
def test_what_is_no_photo_is_refused(pixels: np.ndarray) -> None:
    with pytest.raises(BadInput):
        Restorer(network(), CPU).restore(pixels, STRONG)


def test_models_are_loaded_by_their_cards(tmp_path: Path) -> None:
    card = card_of(tmp_path, "restorer", "restore", widths=[8, 16], depths=[1, 1])
    pixels = photo()
    restorer = Restorer.load(card, "cpu")
    assert restorer.network is not None
    assert not restorer.network.training
    out, result = restorer.restore(pixels, STRONG)
    assert np.array_equal(out, pixels)  # untrained, it changes nothing
    assert result.device.startswith("CPU")
    with pytest.raises(BadModel, match="does not restore"):
        Restorer.load(card_of(tmp_path, "restorer", "repair", widths=[8, 16], depths=[1, 1]), "cpu")
    assert Restorer.load(None, "cpu").network is None
    with pytest.raises(BadInput):
        Restorer.load(None, "abacus")
