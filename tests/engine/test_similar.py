"""Looking for the latent of a picture."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from torch import Tensor

from cnnstudio.engine import similar
from cnnstudio.engine.generate import PictureMaker
from cnnstudio.engine.similar import distance, find, scales, target_of
from cnnstudio.errors import BadInput, Cancelled, NotEnoughMemory
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import Latent, Progress
from tests.engine.fakes import CPU, small_generator

pytestmark = pytest.mark.usefixtures("one_thread")


def maker(channels: int = 3) -> PictureMaker:
    return PictureMaker(small_generator(channels), CPU)


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_STEPS", "_LAST_STEPS"):
        monkeypatch.setattr(similar, name, 12)


def test_a_generated_picture_is_found_again() -> None:
    wanted = maker().make([Latent(100)]).pictures[0]
    found = find(maker(), wanted)
    assert found.error < 1 < found.began / 20
    again = maker().make([found.latent]).pictures[0]
    assert np.array_equal(again, found.picture)
    assert np.abs(again.astype(float) - wanted).mean() == pytest.approx(found.error, abs=0.01)
    assert maker().make([found.latent.moved((2.0,))]).pictures[0].shape == (32, 32, 3)


@pytest.mark.usefixtures("few_steps")
def test_the_same_seed_finds_the_same_latent() -> None:
    wanted = maker().make([Latent(3)]).pictures[0]
    one, again, other = (find(maker(), wanted, seed).latent for seed in (0, 0, 1))
    assert one == again
    assert one != other


@pytest.mark.usefixtures("few_steps")
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    "pixels",
    [
        np.full((40, 90, 3), 60, np.uint8), np.full((200, 20, 1), 900, np.uint16), np.full((9, 7, 4), 255, np.uint8),
        np.full((1, 1, 2), 3, np.uint8),
    ],
)  # fmt: skip
def test_any_picture_may_be_looked_for(pixels: np.ndarray, channels: int) -> None:
    found = find(maker(channels), pixels)
    assert found.picture.shape == (32, 32, channels)
    assert found.error < 255


def test_the_middle_square_is_looked_for() -> None:
    pixels = np.zeros((64, 128, 3), np.uint8)
    pixels[:, 32:96] = (255, 0, 127)
    target = target_of(pixels, 32, 3)
    assert target.shape == (1, 3, 32, 32)
    assert torch.allclose(target, torch.tensor([1.0, -1.0, -1 / 255])[None, :, None, None].expand(1, 3, 32, 32))
    assert target_of(pixels, 32, 1).mean().item() == pytest.approx(0, abs=0.01)
    with pytest.raises(BadInput, match="nothing to look for"):
        target_of(pixels[:0], 32, 3)


def test_the_distance_sees_shapes_and_edges() -> None:
    x = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    shuffled = x.flatten(2)[..., torch.randperm(1024, generator=torch.Generator().manual_seed(1))].view_as(x)

    def between(a: Tensor, b: Tensor) -> float:
        return float(distance(scales(a), scales(b)))

    assert between(x, x) == 0
    assert len(scales(x)) == 4
    assert between(x, x + 0.1) < between(x, shuffled)


@pytest.mark.usefixtures("few_steps")
def test_what_has_been_found_so_far_is_shown() -> None:
    seen: list[tuple[Rect, np.ndarray]] = []
    told: list[float] = []
    progress = Progress(lambda fraction, _: told.append(fraction), lambda *one: seen.append(one))
    find(maker(), np.full((32, 32, 3), 60, np.uint8), progress=progress)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)
    assert {(rect.w, rect.h, pixels.shape) for rect, pixels in seen} == {(32, 32, (32, 32, 3))}


def test_looking_can_be_given_up() -> None:
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        find(maker(), np.zeros((32, 32, 3), np.uint8), progress=Progress(lambda *_: cancel.set(), cancel=cancel))


def test_short_memory_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    scarce = maker()

    def fail(z: Tensor) -> Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(scarce.network, "forward", fail)
    with pytest.raises(NotEnoughMemory, match="not enough memory"):
        find(scarce, np.zeros((32, 32, 3), np.uint8))
