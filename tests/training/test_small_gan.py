"""Training of the small-data GAN: augmentation, reconstruction, and that it learns; see also test_gan_steps."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from cnnstudio.networks.gan_small import quarter_of
from tests.training.gans import built, discs, seeded, spec_of
from training import losses
from training.features import Features
from training.loop import run
from training.small_gan import recipe as module
from training.small_gan.augment import augment, blank, move, recolour
from training.small_gan.recipe import SmallGanConfig, SmallGanRecipe, reconstruction_loss

TINY = SmallGanConfig(side=32, latent=8, width=8, critic=8, batch=8, measured=16)


def _recipe() -> SmallGanRecipe:
    return SmallGanRecipe(TINY, discs(), discs(4, seed=1), seed=3)


# --- augmentation


def test_augmentation_is_the_same_for_the_same_generator() -> None:
    pictures = torch.rand(6, 3, 16, 16) * 2 - 1
    first = augment(pictures, seeded(1))
    assert first.shape == pictures.shape
    assert torch.equal(first, augment(pictures, seeded(1)))
    assert not torch.equal(first, augment(pictures, seeded(2)))
    alike = augment(pictures[:1].expand(6, -1, -1, -1), seeded(1))
    assert not torch.equal(alike[0], alike[1])  # each picture by itself


def test_augmentation_is_differentiable() -> None:
    pictures = (torch.rand(2, 3, 8, 8, dtype=torch.float64) * 2 - 1).requires_grad_(True)
    assert torch.autograd.gradcheck(lambda x: augment(x, seeded(4)), (pictures,))
    augment(pictures, seeded(4)).sum().backward()
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


def test_both_kinds_are_augmented_and_judged_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe, seen = _recipe(), []
    fabric, state = built(recipe)

    def spy(pictures: Tensor, generator: torch.Generator) -> Tensor:
        seen.append(pictures.requires_grad)
        return augment(pictures, generator)

    monkeypatch.setattr(module, "augment", spy)
    recipe.step(fabric, state, seeded(1), 0)
    assert seen == [False, True]


# --- measuring and running


def test_what_is_measured_has_the_statistics_of_its_own_layers() -> None:
    recipe = _recipe()
    network = recipe.build(torch.device("cpu")).networks["generator"].eval()
    for layer in network.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            assert layer.running_mean is not None
            layer.running_mean.fill_(5.0)  # as if those of another network
    recipe.measure(network)
    assert not network.training
    with torch.no_grad():
        drawn = network(recipe._fixed)
        by_the_batch = network.train()(recipe._fixed)
    torch.testing.assert_close(drawn, by_the_batch, atol=0.05, rtol=0)


def test_samples_are_shown_above_their_nearest_training_picture() -> None:
    recipe = _recipe()
    _, state = built(recipe)
    generator = state.networks["generator"].eval()
    remembered, sheet = recipe.remembered(generator)
    assert sheet.shape == (64, 256, 3)
    assert (sheet[:32, :32] == recipe.samples(generator)[:32, :32]).all()
    nearest = recipe._pictures[remembered.which[0]].permute(1, 2, 0).numpy()
    assert (sheet[32:, :32] == nearest).all()


def test_it_nears_a_toy_domain(tmp_path: Path) -> None:
    config = SmallGanConfig(side=32, latent=8, width=8, critic=8, batch=8, measured=32, rate=4e-3)
    recipe = SmallGanRecipe(config, discs(32), discs(8, seed=1), seed=3)
    outcome = run(recipe, spec_of(tmp_path / "run", steps=100, measure_every=100, average=0.95), say=lambda _: None)
    assert outcome.figures["frechet"] < 0.9 * outcome.figures["frechet_at_start"]
    assert {"kernel", "nearest", "nearest_unseen", "novelty"} <= set(outcome.figures)
