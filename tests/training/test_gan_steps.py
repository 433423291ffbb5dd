"""What holds for the training of either GAN: who learns from what, fixed samples, and a run that resumes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from cnnstudio.errors import BadInput
from cnnstudio.networks.gan_small import SpectralConv2d
from tests.training.gans import built, discs, seeded, spec_of
from training.gan import GanConfig, GanRecipe
from training.gan_steps import drawn, made, tiled
from training.loop import run
from training.small_gan.recipe import SmallGanConfig, SmallGanRecipe

Make = Callable[..., GanRecipe | SmallGanRecipe]


def _dcgan(**changes: str) -> GanRecipe:
    config = GanConfig(latent=8, width=4, batch=16, measured=4, **changes)
    return GanRecipe(config, discs(40), discs(4, seed=1), seed=3)


def _small(discriminator: str, **changes: str) -> SmallGanRecipe:
    config = SmallGanConfig(
        side=32, latent=8, width=8, discriminator=discriminator, critic=8, batch=8, measured=16, **changes
    )
    return SmallGanRecipe(config, discs(), discs(4, seed=1), seed=3)


def _redrawing(**changes: str) -> SmallGanRecipe:
    return _small("redrawing", **changes)


def _projected(**changes: str) -> SmallGanRecipe:
    return _small("projected", **changes)


@pytest.fixture(params=[_dcgan, _redrawing, _projected], ids=["dcgan", "redrawing", "projected"])
def make(request: pytest.FixtureRequest) -> Make:
    made_by: Make = request.param
    return made_by


def _copies(network: nn.Module) -> list[Tensor]:
    return [p.detach().clone() for p in network.parameters()]


def _cancelled(judge: nn.Module) -> set[str]:
    """Which parameters of a discriminator one step may leave as they are.

    The hinge: where all patches lie between its ends, real and generated ones pull the last bias equally both ways.
    """
    last = (name for name, m in judge.named_modules() if isinstance(m, SpectralConv2d) and m.out_channels == 1)
    return {f"{name}.bias" for name in last}


def test_a_step_moves_each_network_by_its_own_loss(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = make()
    fabric, state = built(recipe)
    generator, discriminator = state.networks["generator"], state.networks["discriminator"]
    before = _copies(generator), _copies(discriminator)
    at_generator_step: list[list[Tensor]] = []
    original = state.optimisers["generator"].step

    def spy() -> None:
        at_generator_step.append(_copies(discriminator))
        original()

    monkeypatch.setattr(state.optimisers["generator"], "step", spy)
    figures = recipe.step(fabric, state, seeded(1), 0)
    assert all(not torch.equal(a, b) for a, b in zip(before[0], generator.parameters(), strict=True))
    moved = zip(before[1], discriminator.named_parameters(), strict=True)
    assert {name for a, (name, b) in moved if torch.equal(a, b)} <= _cancelled(discriminator)
    # the generator's step leaves the discriminator alone
    assert all(torch.equal(a, b) for a, b in zip(at_generator_step[0], discriminator.parameters(), strict=True))
    assert all(p.requires_grad for p in discriminator.parameters())
    assert int(figures["samples"]) == recipe.config.batch


def test_the_discriminators_step_gives_the_generator_no_gradient(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = make()
    fabric, state = built(recipe)
    backward, seen = fabric.backward, []

    def spy(loss: Tensor) -> None:
        backward(loss)
        seen.append([name for name, net in state.networks.items() if any(p.grad is not None for p in net.parameters())])
        for network in state.networks.values():
            network.zero_grad()

    monkeypatch.setattr(fabric, "backward", spy)
    recipe.step(fabric, state, seeded(1), 0)
    assert seen == [["discriminator"], ["generator"]]


def test_samples_are_always_of_the_same_latents(make: Make) -> None:
    recipe = make()
    _, state = built(recipe)
    generator = state.networks["generator"].eval()
    grid = recipe.samples(generator)
    assert grid.shape[0] == grid.shape[1] >= 192
    assert (grid == recipe.samples(generator)).all()
    with torch.no_grad():
        first = ((generator(recipe._fixed[:32]) + 1) * 127.5).round().byte()[0].permute(1, 2, 0).numpy()
    assert (grid[:32, :32] == first).all()


def test_an_unknown_game_is_refused(make: Make) -> None:
    with pytest.raises(BadInput, match="no adversarial loss"):
        make(adversarial="chess")


def test_a_killed_run_resumes_to_the_same_weights(make: Make, tmp_path: Path) -> None:
    whole = run(make(), spec_of(tmp_path / "whole"), say=lambda _: None)

    def kill(line: str) -> None:
        if line.startswith("step 2"):
            raise KeyboardInterrupt

    cut = spec_of(tmp_path / "cut", save_minutes=0.0)
    with pytest.raises(KeyboardInterrupt):
        run(make(), cut, say=kill)
    resumed = run(make(), cut, resume=True, say=lambda _: None)
    assert resumed.step == whole.step == 3
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, resumed.network.state_dict()[name]), name
    assert resumed.figures == whole.figures


def test_a_batch_is_mirrored_at_random_and_scaled_to_the_range_of_the_generator() -> None:
    picture = torch.tensor([[0, 51], [102, 255]], dtype=torch.uint8).expand(5, 3, 2, 2)
    batch = drawn(picture, 16, seeded(0))
    assert batch.shape == (16, 3, 2, 2)
    straight = torch.tensor([[-1.0, -0.6], [-0.2, 1.0]])
    as_it_is = [bool(torch.allclose(one, straight.expand(3, 2, 2))) for one in batch]
    mirrored = [bool(torch.allclose(one, straight.flip(1).expand(3, 2, 2))) for one in batch]
    assert all(a != b for a, b in zip(as_it_is, mirrored, strict=True))
    assert any(as_it_is)
    assert any(mirrored)


def test_pictures_are_rounded_as_a_file_would_be_and_laid_out_row_by_row() -> None:
    latents = torch.linspace(-1, 1, 40).view(40, 1, 1, 1)
    pictures = made(nn.Upsample(scale_factor=2), latents)
    assert pictures.dtype is torch.uint8
    assert pictures[[0, 39]].flatten().tolist() == [0] * 4 + [255] * 4
    sheet = tiled(pictures, 8)
    assert sheet.shape == (10, 16, 1)
    assert (sheet[2:4, 4:6] == pictures[10, 0, 0, 0].item()).all()
