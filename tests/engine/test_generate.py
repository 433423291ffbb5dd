"""Pictures from seeds."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from cnnstudio.engine.generate import BATCH, Generator, PictureMaker, main_directions, place, slerp
from cnnstudio.errors import BadInput, BadModel, Cancelled, NotEnoughMemory
from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import DIRECTIONS, Latent, Progress, latents_between, latents_from
from cnnstudio.networks.gan_small import Generator as SmallGenerator
from tests.engine.fakes import CPU, small_generator
from tests.engine.test_weights import card_of


def maker(channels: int = 3) -> PictureMaker:
    return PictureMaker(small_generator(channels), CPU)


def test_a_saved_model_makes_pictures(tmp_path: Path) -> None:
    made = PictureMaker.load(card_of(tmp_path, "dcgan", "generate", width=8), "cpu").make(latents_from(3, 2))
    assert [p.shape for p in made.pictures] == [(32, 32, 3)] * 2
    assert {p.dtype for p in made.pictures} == {np.dtype(np.uint8)}
    assert made.latents == (Latent(3), Latent(4))
    assert made.device.startswith("CPU")


def test_the_small_gan_makes_pictures_by_the_same_door(tmp_path: Path) -> None:
    loaded = PictureMaker.load(card_of(tmp_path, "gan_small", "generate", side=128, latent=8, width=8), "cpu")
    assert loaded.make([Latent(5)]).pictures[0].shape == (128, 128, 3)
    torch.manual_seed(0)
    network = SmallGenerator(32, latent=8, width=8).requires_grad_(False)
    for _ in range(100):  # its normalisation learns how large values are: without it all pictures would be grey
        network(torch.randn(16, 8, 1, 1))
    small = PictureMaker(network.eval(), CPU)
    many = np.stack(small.make(latents_from(3, BATCH + 2)).pictures)
    assert np.array_equal(small.make([Latent(5)]).pictures[0], many[2])
    near = np.stack(small.make(latents_from(3, BATCH + 2), truncation=0.1).pictures)
    assert np.ptp(many, axis=0).mean() > 2 * np.ptp(near, axis=0).mean()


def test_models_that_make_no_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match="does not make pictures"):
        PictureMaker.load(card_of(tmp_path, "irn", "repair", width=8))
    with pytest.raises(BadModel, match="does not make pictures"):
        PictureMaker.load(card_of(tmp_path, "irn", "generate", width=8))


def test_a_seed_is_a_picture_in_any_company_and_any_run() -> None:
    many = maker().make(latents_from(0, 2 * BATCH + 3)).pictures
    for seed in (0, 5, 2 * BATCH + 2):
        alone = maker().make([Latent(seed)]).pictures[0]
        assert np.array_equal(alone, many[seed])
    assert len({p.tobytes() for p in many}) == len(many)
    assert np.ptp(np.stack(many)) > 100


def test_a_seed_stands_for_the_same_latent_for_ever() -> None:
    assert place(Latent(7), torch.zeros(0, 20))[:3].tolist() == pytest.approx([-0.8201, 0.3956, 0.8989], abs=1e-4)


def test_truncation_draws_pictures_to_the_average_one() -> None:
    average = maker().network(torch.zeros(1, 20, 1, 1))[0].permute(1, 2, 0).numpy() * 127.5 + 127.5
    far = [
        np.abs(np.stack(maker().make(latents_from(0, 8), truncation).pictures) - average).mean()
        for truncation in (1.0, 0.5, 0.01)
    ]
    assert far[0] > far[1] > far[2]
    assert far[2] < 1


@pytest.mark.parametrize("truncation", [0.0, -1.0, 1.1, float("nan")])
def test_a_truncation_out_of_range(truncation: float) -> None:
    with pytest.raises(BadInput):
        maker().make([Latent(0)], truncation)


def test_grey_generators_make_grey_pictures() -> None:
    assert maker(channels=1).make([Latent(0)]).pictures[0].shape == (32, 32, 1)


def test_the_way_between_two_pictures_begins_and_ends_with_them() -> None:
    way = maker().make(latents_between(Latent(3), Latent(8), 5)).pictures
    assert np.array_equal(way[0], maker().make([Latent(3)]).pictures[0])
    assert np.array_equal(way[-1], maker().make([Latent(8)]).pictures[0])
    steps = [np.abs(a.astype(int) - b).mean() for a, b in itertools.pairwise(way)]
    assert min(steps) > 0.2 * max(steps)


@pytest.mark.parametrize("network", [small_generator(), SmallGenerator(32, latent=8, width=8).eval()])
def test_main_directions_are_those_along_which_pictures_change_most(network: Generator) -> None:
    directions = main_directions(network)
    assert torch.allclose(directions @ directions.T, torch.eye(network.latent), atol=1e-5)
    assert torch.equal(directions, main_directions(network))
    first = network.first_layer(torch.zeros(1, network.latent, 1, 1))
    reach = [(network.first_layer(d[None, :, None, None]) - first).norm().item() for d in directions]
    assert reach == sorted(reach, reverse=True)


def test_moves_add_up_and_nothing_else_changes() -> None:
    directions = maker().directions
    assert directions.shape == (DIRECTIONS, 20)
    start = place(Latent(3), directions)
    moved = place(Latent(3, (0.0, 2.0, -1.0)), directions)
    assert torch.allclose(moved - start, 2 * directions[1] - directions[2], atol=1e-6)
    found = Latent(tuple(start.tolist()))
    assert torch.equal(place(found, directions), start)
    assert np.array_equal(maker().make([found]).pictures[0], maker().make([Latent(3)]).pictures[0])
    assert not np.array_equal(maker().make([found.moved([3.0])]).pictures[0], maker().make([found]).pictures[0])


@pytest.mark.parametrize("latent", [Latent((1.0,) * 19), Latent(()), Latent(3, (1.0,) * (DIRECTIONS + 1))])
def test_latents_of_other_models_are_refused(latent: Latent) -> None:
    with pytest.raises(BadInput, match="belongs to another model"):
        maker().make([latent])


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([3.0, 0, 0], [0, 1.0, 0]),
        ([1.0, 2, 3], [2.0, 4, 6]),
        ([1.0, 0, 0], [-1.0, 1e-3, 0]),
        ([1.0, 1, 0], [1.0, 1, 0]),
    ],
)
def test_slerp_keeps_its_length_and_its_pace(a: list[float], b: list[float]) -> None:
    start, end = torch.tensor(a), torch.tensor(b)
    points = [slerp(start, end, i / 8) for i in range(9)]
    assert torch.allclose(points[0], start, atol=1e-5)
    assert torch.allclose(points[-1], end, atol=1e-5)
    for i, point in enumerate(points):
        assert point.norm().item() == pytest.approx(torch.lerp(start.norm(), end.norm(), i / 8).item(), rel=1e-3)

    def angle(p: Tensor, q: Tensor) -> float:
        return torch.arccos((p @ q / (p.norm() * q.norm())).clamp(-1, 1)).item()

    turns = [angle(p, q) for p, q in itertools.pairwise(points)]
    assert max(turns) - min(turns) < 5e-3


def test_pictures_are_shown_as_they_come() -> None:
    seen: list[tuple[Rect, np.ndarray]] = []
    told: list[float] = []
    progress = Progress(lambda fraction, _: told.append(fraction), lambda rect, pixels: seen.append((rect, pixels)))
    made = maker().make(latents_from(0, BATCH + 1), progress=progress)
    assert [rect.x // rect.w for rect, _ in seen] == list(range(BATCH + 1))
    assert all(np.array_equal(pixels, picture) for (_, pixels), picture in zip(seen, made.pictures, strict=True))
    assert told == [BATCH / (BATCH + 1), 1]


def test_cancelling_is_seen_at_every_batch() -> None:
    cancel, seen = threading.Event(), list[Rect]()

    def look(rect: Rect, _: np.ndarray) -> None:
        seen.append(rect)
        cancel.set()

    with pytest.raises(Cancelled):
        maker().make(latents_from(0, 100), progress=Progress(None, look, cancel))
    assert len(seen) == BATCH


def test_short_memory_makes_batches_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    scarce, most = maker(), 1
    forward = scarce.network.forward

    def limited(z: Tensor) -> Tensor:
        if len(z) > most:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(z)

    monkeypatch.setattr(scarce.network, "forward", limited)
    made = scarce.make(latents_from(0, 3))
    expected = maker().make(latents_from(0, 3))
    assert np.abs(np.stack(made.pictures).astype(int) - np.stack(expected.pictures)).max() <= 1
    most = 0
    with pytest.raises(NotEnoughMemory, match="not enough memory"):
        scarce.make(latents_from(0, 3))


def test_other_errors_are_not_taken_for_short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = maker()

    def fail(z: Tensor) -> Tensor:
        raise RuntimeError("broken")

    monkeypatch.setattr(broken.network, "forward", fail)
    with pytest.raises(RuntimeError, match="broken"):
        broken.make([Latent(0)])
    assert broken._batch == BATCH
