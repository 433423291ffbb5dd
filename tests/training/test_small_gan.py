"""Training of the small-data GAN: augmentation, reconstruction, who learns from what, that it learns and resumes."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from lightning.fabric import Fabric
from torch import Tensor, nn

from cnnstudio.errors import BadInput
from cnnstudio.networks.gan_small import quarter_of
from training import losses
from training.features import Features
from training.loop import RunSpec, State, run
from training.small_gan import recipe as module
from training.small_gan.augment import augment, blank, move, recolour
from training.small_gan.recipe import SmallGanConfig, SmallGanRecipe, reconstruction_loss

TINY = SmallGanConfig(side=32, latent=8, width=8, critic=8, batch=8, measured=16)


def _discs(count: int = 16, seed: int = 0) -> Tensor:
    """Coloured discs of several sizes on a dark ground: (count, 3, 32, 32) uint8."""
    generator = torch.Generator().manual_seed(seed)
    radius = torch.rand((count, 1, 1, 1), generator=generator) * 6 + 6
    colour = torch.rand((count, 3, 1, 1), generator=generator) * 155 + 100
    along = torch.arange(32) - 15.5
    inside = (along.square() + along.square()[:, None]).sqrt() < radius
    return torch.where(inside, colour, torch.tensor(30.0)).to(torch.uint8)


def _recipe(config: SmallGanConfig = TINY) -> SmallGanRecipe:
    return SmallGanRecipe(config, _discs(), _discs(4, seed=1), seed=3)


def _spec(folder: Path, **changes: object) -> RunSpec:
    given: dict[str, object] = {
        "steps": 3, "log_every": 1, "measure_every": 3, "warmup": 1, "decay": 0.0, "average": 0.5, "larger": False,
        "accelerator": "cpu", "devices": "1", "precision": "32-true",
    }  # fmt: skip
    return RunSpec(folder, **(given | changes))  # type: ignore[arg-type]


def _built(recipe: SmallGanRecipe) -> tuple[Fabric, State]:
    torch.manual_seed(0)
    fabric = Fabric(accelerator="cpu", devices=1)
    return fabric, recipe.build(torch.device("cpu"))


def _copies(network: nn.Module) -> list[Tensor]:
    return [p.detach().clone() for p in network.parameters()]


def _seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


# --- augmentation


def test_augmentation_is_the_same_for_the_same_generator() -> None:
    pictures = torch.rand(6, 3, 16, 16) * 2 - 1
    first = augment(pictures, _seeded(1))
    assert first.shape == pictures.shape
    assert torch.equal(first, augment(pictures, _seeded(1)))
    assert not torch.equal(first, augment(pictures, _seeded(2)))
    alike = augment(pictures[:1].expand(6, -1, -1, -1), _seeded(1))
    assert not torch.equal(alike[0], alike[1])  # each picture by itself


def test_augmentation_is_differentiable() -> None:
    pictures = (torch.rand(2, 3, 8, 8, dtype=torch.float64) * 2 - 1).requires_grad_(True)
    assert torch.autograd.gradcheck(lambda x: augment(x, _seeded(4)), (pictures,))
    augment(pictures, _seeded(4)).sum().backward()
    assert pictures.grad is not None
    assert all(part.abs().sum() > 0 for part in pictures.grad)


def test_colours_change_by_hand_worked_values() -> None:
    picture = torch.tensor([0.2, 0.5, -0.1]).view(1, 3, 1, 1).repeat(1, 1, 1, 2)
    picture[..., 1] = 0
    one, none = torch.ones(1, 1, 1, 1), torch.zeros(1, 1, 1, 1)
    torch.testing.assert_close(recolour(picture, none, one, one), picture)
    torch.testing.assert_close(recolour(picture, none + 0.3, one, one), picture + 0.3)
    grey = torch.tensor([0.2, 0.0]).expand(1, 3, 1, 2)
    torch.testing.assert_close(recolour(picture, none, none, one), grey)
    # around the picture's mean, 0.1
    torch.testing.assert_close(recolour(picture, none, one, one * 0.5), 0.1 + (picture - 0.1) / 2)


def test_pictures_move_and_what_comes_in_is_empty() -> None:
    picture = torch.arange(1.0, 257).view(1, 1, 16, 16)
    share = torch.zeros(1, 1, 1, 1)
    torch.testing.assert_close(move(picture, share + 0.5, share + 0.5), picture)
    moved = move(picture, share, share + 0.999)  # up by 2, right by 2
    assert torch.equal(moved[..., :14, 2:], picture[..., 2:, :14])
    assert not moved[..., 14:, :].any()
    assert not moved[..., :2].any()


def test_a_square_is_blanked_wherever_its_middle_is() -> None:
    picture = torch.ones(3, 1, 8, 8)
    middle = torch.tensor([0.5, 0.0, 0.999]).view(3, 1, 1, 1)
    blanked = blank(picture, middle, middle)
    assert [int((b == 0).sum()) for b in blanked] == [16, 4, 9]
    assert not blanked[0, :, 2:6, 2:6].any()
    assert not blanked[1, :, :2, :2].any()
    assert not blanked[2, :, 5:, 5:].any()


# --- losses


def test_the_game_is_the_hinge_of_hand_worked_values() -> None:
    game = losses.adversarial(SmallGanConfig().adversarial)
    real, fake = torch.tensor([2.0, 0.5]), torch.tensor([-3.0, 1.0])
    assert float(game.discriminator(real, fake)) == pytest.approx(0.25 + 1.0)
    assert float(game.generator(fake)) == pytest.approx(1.0)


def test_what_is_drawn_right_costs_nothing() -> None:
    features = Features()
    real = F.interpolate(torch.rand(2, 3, 8, 8) * 2 - 1, (64, 64), mode="bilinear")
    whole, part = F.avg_pool2d(real, 2), quarter_of(real, 3)
    assert float(reconstruction_loss(features, real, whole, part, 3)) == pytest.approx(0, abs=1e-6)
    assert float(reconstruction_loss(features, real, whole, part, 1)) > 0.05
    of_whole = float(reconstruction_loss(features, real, -whole, part, 3))
    of_part = float(reconstruction_loss(features, real, whole, -part, 3))
    both = float(reconstruction_loss(features, real, -whole, -part, 3))
    assert both == pytest.approx(of_whole + of_part, rel=1e-4)


# --- a step


def test_a_step_moves_each_network_by_its_own_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = _recipe()
    fabric, state = _built(recipe)
    generator, discriminator = state.networks["generator"], state.networks["discriminator"]
    before = _copies(generator), _copies(discriminator)
    at_generator_step: list[list[Tensor]] = []
    original = state.optimisers["generator"].step

    def spy() -> None:
        at_generator_step.append(_copies(discriminator))
        original()

    monkeypatch.setattr(state.optimisers["generator"], "step", spy)
    figures = recipe.step(fabric, state, _seeded(1), 0)
    assert all(not torch.equal(a, b) for a, b in zip(before[0], generator.parameters(), strict=True))
    moved = zip(before[1], discriminator.named_parameters(), strict=True)
    # Where all patches lie between the hinges, real and generated ones pull the last bias equally both ways.
    assert [name for a, (name, b) in moved if torch.equal(a, b)] in ([], [f"judge.{len(discriminator.judge) - 1}.bias"])
    # the generator's step leaves the discriminator alone
    assert all(torch.equal(a, b) for a, b in zip(at_generator_step[0], discriminator.parameters(), strict=True))
    assert all(p.requires_grad for p in discriminator.parameters())
    assert int(figures["samples"]) == 8


def test_the_discriminators_step_gives_the_generator_no_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = _recipe()
    fabric, state = _built(recipe)
    backward, seen = fabric.backward, []

    def spy(loss: Tensor) -> None:
        backward(loss)
        seen.append([name for name, net in state.networks.items() if any(p.grad is not None for p in net.parameters())])
        for network in state.networks.values():
            network.zero_grad()

    monkeypatch.setattr(fabric, "backward", spy)
    recipe.step(fabric, state, _seeded(1), 0)
    assert seen == [["discriminator"], ["generator"]]


def test_both_kinds_are_augmented_and_judged_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe, seen = _recipe(), []
    fabric, state = _built(recipe)

    def spy(pictures: Tensor, generator: torch.Generator) -> Tensor:
        seen.append(pictures.requires_grad)
        return augment(pictures, generator)

    monkeypatch.setattr(module, "augment", spy)
    recipe.step(fabric, state, _seeded(1), 0)
    assert seen == [False, True]


def test_an_unknown_game_is_refused() -> None:
    with pytest.raises(BadInput, match="no adversarial loss"):
        _recipe(SmallGanConfig(adversarial="chess"))


# --- measuring and running


def test_samples_are_always_of_the_same_latents() -> None:
    recipe = _recipe()
    _, state = _built(recipe)
    generator = state.networks["generator"].eval()
    grid = recipe.samples(generator)
    assert grid.shape == (192, 192, 3)
    assert (grid == recipe.samples(generator)).all()
    with torch.no_grad():
        first = ((generator(recipe._fixed[:32]) + 1) * 127.5).round().byte()[0].permute(1, 2, 0).numpy()
    assert (grid[:32, :32] == first).all()
    remembered, sheet = recipe.remembered(generator)
    assert sheet.shape == (64, 256, 3)
    assert (sheet[:32, :32] == first).all()
    nearest = recipe._pictures[remembered.which[0]].permute(1, 2, 0).numpy()
    assert (sheet[32:, :32] == nearest).all()


def test_it_nears_a_toy_domain(tmp_path: Path) -> None:
    config = SmallGanConfig(side=32, latent=8, width=8, critic=8, batch=8, measured=32, rate=2e-3)
    recipe = SmallGanRecipe(config, _discs(32), _discs(8, seed=1), seed=3)
    outcome = run(recipe, _spec(tmp_path / "run", steps=180, measure_every=180, average=0.9), say=lambda _: None)
    assert outcome.figures["frechet"] < 0.9 * outcome.figures["frechet_at_start"]
    assert {"kernel", "nearest", "nearest_unseen", "novelty"} <= set(outcome.figures)


def test_a_killed_run_resumes_to_the_same_weights(tmp_path: Path) -> None:
    whole = run(_recipe(), _spec(tmp_path / "whole"), say=lambda _: None)

    def kill(line: str) -> None:
        if line.startswith("step 2"):
            raise KeyboardInterrupt

    cut = _spec(tmp_path / "cut", save_minutes=0.0)
    with pytest.raises(KeyboardInterrupt):
        run(_recipe(), cut, say=kill)
    resumed = run(_recipe(), cut, resume=True, say=lambda _: None)
    assert resumed.step == whole.step == 3
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, resumed.network.state_dict()[name]), name
    assert resumed.figures == whole.figures
