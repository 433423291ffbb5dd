"""Repairs from photo and mask to pieces."""

from __future__ import annotations

import threading
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from cnnstudio.engine.fillers import Job, PyramidFiller, turned, turned_back
from cnnstudio.engine.repair import Repairer, bf16_pays
from cnnstudio.engine.texture import borrow_texture
from cnnstudio.errors import BadInput, BadMask, Cancelled, NotEnoughMemory
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import Progress, RepairOptions
from cnnstudio.networks.prior import multigrid
from cnnstudio.networks.pyramid import PyramidRepairer
from cnnstudio.networks.registry import build
from tests.engine import fakes
from tests.engine.fakes import BARE, SMALL, BoxFiller, CountingPixels, Recorder, hole_of, pasted, repairer, slope


def specks(height: int, width: int, count: int) -> np.ndarray:
    mask = np.zeros((height, width), np.uint8)
    rng = np.random.default_rng(0)
    for x, y in rng.integers(2, (width - 4, height - 4), (count, 2)):
        mask[y : y + 3, x : x + 3] = 255
    return mask


def noise(height: int, width: int, channels: int = 3, dtype: type = np.uint8) -> np.ndarray:
    return np.random.default_rng(1).integers(0, np.iinfo(dtype).max, (height, width, channels), dtype, endpoint=True)


# --- what may change ---


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 90),
    st.integers(1, 90),
    st.integers(1, 4),
    st.sampled_from([np.uint8, np.uint16]),
    st.lists(st.tuples(*[st.integers(0, 89)] * 2, *[st.integers(1, 60)] * 2), min_size=1, max_size=4),
    st.sampled_from([BARE, RepairOptions()]),
)
def test_outside_the_hole_and_in_alpha_every_bit_is_kept(
    height: int, width: int, channels: int, dtype: type, rects: list[tuple[int, ...]], options: RepairOptions
) -> None:
    photo, mask = noise(height, width, channels, dtype), np.zeros((height, width), np.uint8)
    for rect in rects:
        hole_of(mask, Rect(*rect).clipped(width, height))
    if not mask.any() or mask.all():
        return
    before = photo.copy()
    out = pasted(photo, repairer().repair(photo, mask, options))
    assert np.array_equal(photo, before)
    assert np.array_equal(out[mask == 0], photo[mask == 0])
    if channels in (2, 4):
        assert np.array_equal(out[..., -1], photo[..., -1])


def test_values_below_128_are_not_hole() -> None:
    photo, mask = noise(64, 64), np.full((64, 64), 127, np.uint8)
    mask[30, 30] = 128
    out = pasted(photo, repairer().repair(photo, mask))
    assert (out != photo).any(2).sum() <= 1


# --- how well ---


@pytest.mark.parametrize(
    "rect",
    [
        Rect(100, 40, 3, 150),  # a scratch
        Rect(60, 60, 90, 70),  # a blotch
        Rect(0, 0, 60, 50),  # a torn corner
        Rect(180, 100, 60, 40),  # a torn edge
    ],
)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("budget", [None, SMALL])
def test_a_slope_is_continued(rect: Rect, dtype: type, budget: int | None) -> None:
    photo = slope(200, 240, dtype=dtype)
    mask = hole_of(np.zeros((200, 240), np.uint8), rect)
    damaged = photo.copy()
    damaged[mask > 0] = np.iinfo(dtype).max
    out = pasted(damaged, repairer().repair(damaged, mask, RepairOptions(memory_budget=budget)))
    error = np.abs(out.astype(int) - photo)[mask > 0] / np.iinfo(dtype).max
    assert error.max() < (0.06 if rect.x and rect.x1 < 240 else 0.2)


def test_sixteen_bits_stay_sixteen_bits() -> None:
    photo = np.full((80, 80, 3), 30000, np.uint16)
    photo[:, 40:] += 7
    mask = hole_of(np.zeros((80, 80), np.uint8), Rect(20, 30, 3, 3))
    damaged = photo.copy()
    damaged[mask > 0] = 0
    out = pasted(damaged, repairer().repair(damaged, mask))
    assert np.abs(out.astype(int) - photo).max() <= 1


def test_grey_stays_grey() -> None:
    photo = slope(90, 90, channels=1)
    mask = hole_of(np.zeros((90, 90), np.uint8), Rect(30, 30, 20, 3))
    result = repairer().repair(photo, mask)
    assert result.pieces[0][1].shape[2] == 1
    assert np.abs(pasted(photo, result).astype(int) - photo).max() <= 2


# --- windows and tiles ---


@pytest.mark.parametrize("size", [(300, 410), (131, 700)])
def test_tiles_equal_the_whole_for_a_network_that_sees_no_further_than_they_overlap(size: tuple[int, int]) -> None:
    height, width = size
    photo, mask = noise(height, width), np.zeros((height, width), np.uint8)
    hole_of(mask, Rect(40, 30, width - 90, 70))
    hole_of(mask, Rect(0, 90, 60, 41))
    for x in range(0, width - 3, 50):
        hole_of(mask, Rect(x, height - 7, 3, 5))
    whole, tiled = (
        pasted(photo, repairer(BoxFiller()).repair(photo, mask, RepairOptions(0, 0, 0, False, budget)))
        for budget in (1 << 30, SMALL)
    )
    assert np.abs(whole.astype(int) - tiled).max() <= 1


def test_a_hole_larger_than_any_window_is_repaired_like_any_other() -> None:
    photo = slope(700, 900)
    mask = hole_of(np.zeros((700, 900), np.uint8), Rect(100, 90, 640, 500))
    recorder = Recorder()
    result = repairer(recorder).repair(photo, mask, RepairOptions(grain=0, memory_budget=SMALL))
    assert all(max(job.x.shape[-2:]) <= 128 for job in recorder.jobs)
    x = torch.from_numpy(photo).permute(2, 0, 1)[None].float() / 127.5 - 1
    expected = (multigrid(x, torch.from_numpy(mask > 0)[None, None].float())[0].permute(1, 2, 0) + 1) * 127.5
    assert np.abs(pasted(photo, result) - expected.numpy()).max() < 8


def test_deep_holes_are_the_deep_specialists_at_every_level() -> None:
    photo = slope(300, 400)
    mask = hole_of(np.zeros((300, 400), np.uint8), Rect(40, 50, 60, 70))
    recorder = Recorder()
    repairer(recorder).repair(photo, mask, BARE)
    assert len({job.level for job in recorder.jobs}) > 4
    assert all(job.deep for job in recorder.jobs)
    shallow = Recorder()
    repairer(shallow).repair(photo, hole_of(np.zeros((300, 400), np.uint8), Rect(40, 50, 300, 4)), BARE)
    assert not any(job.deep for job in shallow.jobs)

    network = PyramidRepairer(widths=(8, 16), depths=(1, 1), blocks=("res", "res"), specialists=True)
    network.eval().requires_grad_(False)
    deep = network.deep
    assert deep
    deep.decode.bias[:] = 0.2
    bright = pasted(photo, repairer(PyramidFiller(network)).repair(photo, mask, BARE)).astype(int)
    plain = pasted(photo, repairer(Recorder()).repair(photo, mask, BARE))
    assert (bright - plain)[80:90, 60:70].mean() > 20


def test_no_seam_where_tiles_meet() -> None:
    photo = slope(500, 500)
    mask = hole_of(np.zeros((500, 500), np.uint8), Rect(60, 60, 380, 380))
    out = pasted(photo, repairer().repair(photo, mask, RepairOptions(grain=0, memory_budget=SMALL))).astype(int)
    assert np.abs(np.diff(out, axis=0)).max() <= 4
    assert np.abs(np.diff(out, axis=1)).max() <= 4


def test_hundreds_of_specks_are_few_calls() -> None:
    recorder = Recorder()
    photo, mask = slope(1500, 2000), specks(1500, 2000, 300)
    repairer(recorder).repair(photo, mask, RepairOptions(grain=0))
    assert sum(len(job.x) for job in recorder.jobs) <= 2 * 300
    assert len(recorder.jobs) < 40
    assert sum(job.x.shape[-1] * job.x.shape[-2] * len(job.x) for job in recorder.jobs) < 300 * 64 * 64 * 1.5


def test_a_photo_is_only_read_near_the_hole() -> None:
    photo = CountingPixels(np.zeros((5000, 8000, 3), np.uint8))
    mask = np.zeros((5000, 8000), np.uint8)
    hole_of(mask, Rect(7000, 4000, 2, 300))
    hole_of(mask, Rect(100, 100, 4, 4))
    tracemalloc.start()
    repairer().repair(photo, mask)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(photo.cuts) < 300_000
    assert peak < 30e6


def test_coarse_levels_read_bounded_parts() -> None:
    photo = CountingPixels(np.zeros((3000, 4000, 1), np.uint8))
    mask = hole_of(np.zeros((3000, 4000), np.uint8), Rect(1000, 1000, 200, 200))
    repairer().repair(photo, mask, BARE)
    assert max(photo.cuts) <= 2048 * 2048


def test_the_order_of_regions_near_each_other_does_not_matter() -> None:
    photo, mask = slope(300, 300), np.zeros((300, 300), np.uint8)
    hole_of(mask, Rect(100, 100, 80, 80))
    hole_of(mask, Rect(200, 120, 3, 3))
    hole_of(mask, Rect(60, 140, 2, 60))
    damaged = photo.copy()
    damaged[mask > 0] = 255
    out = pasted(damaged, repairer().repair(damaged, mask))
    assert np.abs(out.astype(int) - photo)[mask > 0].max() < 8


# --- small and empty ---


def test_one_pixel_of_two() -> None:
    photo = np.array([[[10, 20, 30], [0, 0, 0]]], np.uint8)
    out = pasted(photo, repairer().repair(photo, np.array([[0, 255]], np.uint8)))
    assert np.abs(out[0, 1].astype(int) - [10, 20, 30]).max() <= 1


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (np.zeros((20, 30), np.uint8), "empty"),
        (np.full((20, 30), 255, np.uint8), "covers the whole photo"),
        (np.ones((30, 20), np.uint8), "20 × 30 pixels, but the photo is 30 × 20"),
        (np.ones((20, 30, 3), np.uint8), "not a mask"),
        (np.ones((20, 30), bool), "not a mask"),
    ],
)
def test_masks_that_cannot_be_used(mask: np.ndarray, words: str) -> None:
    with pytest.raises(BadMask, match=words):
        repairer().repair(noise(20, 30), mask)


def test_a_single_pixel_has_nothing_to_be_repaired_from() -> None:
    with pytest.raises(BadMask):
        repairer().repair(noise(1, 1), np.full((1, 1), 255, np.uint8))


@pytest.mark.parametrize(
    "photo", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((4, 4, 5), np.uint8)]
)
def test_photos_that_cannot_be_used(photo: np.ndarray) -> None:
    with pytest.raises(BadInput):
        repairer().repair(photo, np.full((4, 4), 255, np.uint8))


# --- progress, previews, cancel ---


def test_progress_rises_to_one() -> None:
    seen: list[float] = []
    mask = hole_of(specks(400, 500, 20), Rect(100, 100, 150, 60))
    repairer().repair(slope(400, 500), mask, None, Progress(lambda f, _: seen.append(f)))
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1)


def test_coarse_levels_are_shown() -> None:
    shown: list[tuple[Rect, np.ndarray]] = []
    photo = slope(400, 500, dtype=np.uint16)
    mask = hole_of(np.zeros((400, 500), np.uint8), Rect(100, 100, 150, 60))
    repairer().repair(photo, mask, None, Progress(on_preview=lambda r, p: shown.append((r, p))))
    assert shown
    for rect, piece in shown:
        assert piece.shape == (rect.h, rect.w, 3)
        assert piece.dtype == np.uint16
        known = mask[rect.slices] == 0
        assert np.array_equal(piece[known], photo[rect.slices][known])
        assert np.abs(piece.astype(int) - photo[rect.slices]).max() < 0.1 * 65535


def test_cancel_is_seen_at_the_next_batch() -> None:
    cancel, recorder = threading.Event(), Recorder()
    progress = Progress(lambda f, _: cancel.set(), cancel=cancel)
    with pytest.raises(Cancelled):
        repairer(recorder).repair(slope(400, 400), specks(400, 400, 200), RepairOptions(memory_budget=SMALL), progress)
    assert len(recorder.jobs) == 1


def test_cancelled_before_it_starts() -> None:
    cancel, recorder = threading.Event(), Recorder()
    cancel.set()
    with pytest.raises(Cancelled):
        repairer(recorder).repair(slope(40, 40), specks(40, 40, 1), None, Progress(cancel=cancel))
    assert not recorder.jobs


# --- memory ---


def out_of_memory_above(pixels: int, error: Exception) -> Recorder:
    def spoil(filled: Tensor, job: Job, bf16: bool) -> Tensor:
        if len(job.x) * job.x.shape[-1] * job.x.shape[-2] > pixels:
            raise error
        return filled

    return Recorder(spoil)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"),
        MemoryError(),
    ],
)
def test_out_of_memory_means_smaller_tiles(error: Exception) -> None:
    photo, mask = slope(400, 400), hole_of(np.zeros((400, 400), np.uint8), Rect(50, 50, 250, 250))
    seen: list[float] = []
    result = repairer(out_of_memory_above(40_000, error)).repair(
        photo, mask, RepairOptions(grain=0), Progress(lambda f, _: seen.append(f))
    )
    assert result.notes == ["Memory was short: repaired in smaller tiles."]
    assert np.abs(pasted(photo, result).astype(int) - photo).max() < 10
    assert max(seen) == 1


def test_other_errors_are_not_swallowed() -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        repairer(out_of_memory_above(0, RuntimeError("a bug"))).repair(slope(40, 40), specks(40, 40, 1))


def test_a_card_without_memory_hands_over_to_the_cpu() -> None:
    photo, mask = slope(100, 100), specks(100, 100, 5)
    gpu = fakes.FakeGpu("cpu", "Fake GPU", 256 << 20)
    recorder = out_of_memory_above(0, torch.OutOfMemoryError("out of memory"))
    result = repairer(recorder, gpu).repair(photo, mask)
    assert result.notes == ["The graphics card had too little memory: repaired on the CPU."]
    assert result.device.startswith("CPU")
    assert np.abs(pasted(photo, result).astype(int) - photo).max() <= 2


def test_texture_goes_on_on_the_cpu_where_a_card_has_no_memory_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    photo, mask = noise(200, 200), hole_of(np.zeros((200, 200), np.uint8), Rect(60, 60, 70, 70))
    expected = pasted(photo, repairer().repair(photo, mask, RepairOptions(grain=0)))
    assert (expected != pasted(photo, repairer().repair(photo, mask, RepairOptions(grain=0, texture=0)))).any()
    tried: list[int] = []

    def short_at_first(*args: object) -> torch.Tensor | None:
        tried.append(len(tried))
        if len(tried) == 1:
            raise torch.OutOfMemoryError("out of memory")
        return borrow_texture(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("cnnstudio.engine.repair.borrow_texture", short_at_first)
    result = repairer(device=fakes.FakeGpu("cpu", "Fake GPU", 256 << 20)).repair(photo, mask, RepairOptions(grain=0))
    assert result.notes == ["The graphics card had too little memory: repaired on the CPU."]
    assert np.array_equal(pasted(photo, result), expected)
    tried.clear()
    with pytest.raises(NotEnoughMemory, match="not enough memory"):
        repairer().repair(photo, mask, RepairOptions(grain=0))


def test_progress_counts_texture_too() -> None:
    photo, mask = noise(200, 200), hole_of(np.zeros((200, 200), np.uint8), Rect(60, 60, 70, 70))
    seen: list[tuple[float, str]] = []
    repairer().repair(photo, mask, None, Progress(lambda *told: seen.append(told)))
    assert [fraction for fraction, _ in seen] == sorted(fraction for fraction, _ in seen)
    assert seen[-1] == (1.0, "Adding texture")
    assert seen[-2][0] < 1


def test_no_memory_at_all_is_said_in_one_sentence() -> None:
    with pytest.raises(NotEnoughMemory, match="not enough memory"):
        repairer(out_of_memory_above(0, MemoryError())).repair(slope(40, 40), specks(40, 40, 1))


# --- networks that fail ---

WRONG = [float("nan"), float("inf"), -1.0]


@pytest.mark.parametrize("value", WRONG)
def test_a_fill_that_is_no_picture_is_replaced_by_the_prior(value: float) -> None:
    photo, mask = slope(300, 300), hole_of(specks(300, 300, 5), Rect(60, 60, 70, 70))
    result = repairer(Recorder(lambda filled, job, bf16: torch.full_like(filled, value))).repair(photo, mask)
    assert result.notes == ["The network failed in some places: they were filled smoothly instead."]
    assert np.abs(pasted(photo, result).astype(int) - photo).max() < 10


@pytest.mark.parametrize("value", WRONG)
def test_a_fill_that_fails_in_bf16_is_done_again(value: float) -> None:
    photo, mask = slope(100, 100), specks(100, 100, 5)
    recorder = Recorder(lambda filled, job, bf16: torch.full_like(filled, value) if bf16 else filled)
    result = repairer(recorder, bf16=True).repair(photo, mask)
    assert result.notes == []
    assert np.abs(pasted(photo, result).astype(int) - photo).max() <= 2


def test_a_black_photo_may_be_filled_with_black() -> None:
    photo, mask = np.zeros((100, 100, 3), np.uint8), specks(100, 100, 5)
    result = repairer().repair(photo, mask)
    assert result.notes == []
    assert not pasted(photo, result).any()


def test_a_black_corner_of_a_bright_photo_may_be_filled_with_black() -> None:
    photo, mask = np.full((200, 200, 3), 230, np.uint8), np.zeros((200, 200), np.uint8)
    photo[:, :60], mask[90:110, 20:40] = 0, 255
    result = repairer(Recorder(lambda filled, job, bf16: torch.where(job.hole > 0, -1.0, filled))).repair(photo, mask)
    assert result.notes == []
    assert not pasted(photo, result)[mask > 0].any()


def test_sixteen_bits_are_never_computed_in_bf16() -> None:
    used: list[bool] = []

    def spoil(filled: Tensor, job: Job, bf16: bool) -> Tensor:
        used.append(bf16)
        return filled

    for dtype in (np.uint8, np.uint16):
        repairer(Recorder(spoil), bf16=True).repair(slope(40, 40, dtype=dtype), specks(40, 40, 1))
    assert used == [True, False]


def test_bf16_is_not_used_where_it_disagrees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnstudio.engine.devices.bf16_in_hardware", lambda device: True)
    wrong = Recorder(lambda filled, job, bf16: filled + 0.05 * bf16)
    assert not bf16_pays(wrong, fakes.CPU, side=64)
    monkeypatch.setattr("cnnstudio.engine.devices.bf16_in_hardware", lambda device: False)
    assert not bf16_pays(Recorder(), fakes.CPU, side=64)


# --- other networks, same engine ---


def test_the_article_network_repairs_through_the_same_engine() -> None:
    photo, mask = noise(300, 350), hole_of(specks(300, 350, 10), Rect(20, 20, 290, 200))
    result = fakes.single_pass(build("irn", width=8)).repair(photo, mask)
    assert np.array_equal(pasted(photo, result)[mask == 0], photo[mask == 0])
    assert result.notes == []


def test_the_same_seed_gives_the_same_pixels() -> None:
    photo, mask = noise(200, 200), hole_of(specks(200, 200, 5), Rect(60, 60, 70, 70))
    first, again, other = (
        pasted(photo, repairer().repair(photo, mask, RepairOptions(seed=seed))) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert first.shape == other.shape


# --- variants ---


def imagining() -> Repairer:
    """A network with random weights, no symmetry, and much to say."""
    network = fakes.small_network()
    torch.manual_seed(1)
    for parameter in network.parameters():
        parameter.copy_(torch.randn_like(parameter) * 0.12)
    return repairer(PyramidFiller(network))


def repaired(photo: np.ndarray, mask: np.ndarray, variant: int) -> np.ndarray:
    options = RepairOptions(texture=0, grain=0, variant=variant)
    return pasted(photo, imagining().repair(photo, mask, options)).astype(int)


def test_variants_differ_in_a_hole_and_nowhere_else() -> None:
    photo, mask = slope(160, 200), hole_of(np.zeros((160, 200), np.uint8), Rect(50, 40, 90, 70))
    results = [repaired(photo, mask, variant) for variant in range(8)]
    assert all(np.array_equal(out[mask == 0], photo[mask == 0]) for out in results)
    for i, one in enumerate(results):
        for other in results[:i]:
            assert np.abs(one - other)[mask > 0].mean() > 1


@pytest.mark.parametrize("variant", range(8))
def test_a_variant_is_what_turned_windows_would_have_got(variant: int) -> None:
    x, hole = torch.rand(1, 3, 64, 64) * 2 - 1, torch.zeros(1, 1, 64, 64)
    hole[..., 10:40, 20:50] = 1
    filler = imagining().filler
    filled, prior = filler.fill(Job(x, hole, levels=2, variant=variant), bf16=False)
    whole = [turned(plane, variant) for plane in (filled, prior, x, hole)]
    expected = filler.fill(Job(whole[2], whole[3], levels=2), bf16=False)
    assert torch.allclose(whole[0], expected[0], atol=1e-3)
    assert torch.allclose(whole[1], expected[1], atol=1e-3)
    assert torch.equal(turned_back(whole[2], variant), x)


def test_a_transposed_photo_is_repaired_as_its_transposed_variant() -> None:
    photo, mask = noise(96, 130), hole_of(np.zeros((96, 130), np.uint8), Rect(40, 20, 50, 40))
    direct = repaired(photo, mask, 4)
    transposed = repaired(photo.swapaxes(0, 1).copy(), mask.T.copy(), 0)
    assert np.abs(direct.swapaxes(0, 1) - transposed).max() <= 1
