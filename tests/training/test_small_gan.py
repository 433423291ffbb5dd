"""Training of the small-data GAN: augmentation, reconstruction, and that it learns; see also test_gan_steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor

from cnnstudio.errors import BadInput
from cnnstudio.networks.gan_small import Generator, quarter_of
from tests.training.gans import built, discs, seeded, spec_of
from training import losses
from training.features import Features
from training.loop import run
from training.small_gan import recipe as module
from training.small_gan.augment import augment, blank, move, recolour
from training.small_gan.projected import ProjectedDiscriminator, Projection
from training.small_gan.recipe import HEAD_START, SmallGanConfig, SmallGanRecipe, reconstruction_loss

TINY = SmallGanConfig(side=32, latent=8, width=8, discriminator="redrawing", critic=8, batch=8, measured=16)


def _recipe(**changes: object) -> SmallGanRecipe:
    return SmallGanRecipe(replace(TINY, **changes), discs(), discs(4, seed=1), seed=3)  # type: ignore[arg-type]


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


def test_what_is_fine_tuned_begins_as_it_was_and_waits_for_its_judge(tmp_path: Path) -> None:
    torch.manual_seed(7)
    before = Generator(32, 8, 8)
    save_file(before.state_dict(), tmp_path / "begun.safetensors")
    recipe = _recipe(init=str(tmp_path / "begun.safetensors"))
    fabric, state = built(recipe)
    generator, judge = state.networks["generator"], state.networks["discriminator"]
    at_first = [p.detach().clone() for p in judge.parameters()]
    figures = recipe.step(fabric, state, seeded(1), HEAD_START - 1)
    assert "loss_g" not in figures
    assert all(torch.equal(a, b) for a, b in zip(before.parameters(), generator.parameters(), strict=True))
    assert any(not torch.equal(a, b) for a, b in zip(at_first, judge.parameters(), strict=True))
    assert "loss_g" in recipe.step(fabric, state, seeded(1), HEAD_START)
    assert any(not torch.equal(a, b) for a, b in zip(before.parameters(), generator.parameters(), strict=True))


def test_a_discriminator_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadInput, match="“blind”"):
        _recipe(discriminator="blind")


# --- looking through another network


def test_a_projection_never_changes_and_passes_the_gradient_on() -> None:
    look = Projection(width=8)
    pictures = (torch.rand(2, 3, 32, 32) * 2 - 1).requires_grad_()
    seen = look(pictures)
    assert torch.equal(seen[0], pictures)
    assert [tuple(x.shape) for x in seen[1:]] == [(2, 8, 48, 48), (2, 16, 24, 24), (2, 32, 12, 12), (2, 64, 6, 6)]
    assert not any(p.requires_grad for p in look.parameters())
    # The mixing carries what is coarse to what is fine: every scale hangs on every pixel.
    seen[1][..., :2, :2].sum().backward()
    assert pictures.grad is not None
    assert pictures.grad[..., 16:, 16:].abs().sum() > 0
    again = Projection(width=8)(pictures)
    assert all(torch.equal(a, b) for a, b in zip(seen, again, strict=True))
    other = Projection(width=8, seed=1)(pictures)
    assert not any(torch.allclose(a, b) for a, b in zip(seen[1:], other[1:], strict=True))


def test_every_scale_has_a_judge_with_as_many_votes() -> None:
    channels = (8, 16, 32, 64)
    judges = ProjectedDiscriminator(channels, width=16).eval()
    sizes = zip((3, *channels), (64, 48, 24, 12, 6), strict=True)
    seen = [torch.randn(3, c, side, side) for c, side in sizes]
    logits = judges.logits(seen)
    assert logits.shape == (3, 5 * 9)
    torch.testing.assert_close(judges(seen), torch.sigmoid(logits))
    changed = [x.clone() for x in seen]
    changed[2] += torch.randn_like(changed[2])
    same = (judges.logits(changed) == judges.logits(seen)).all(0)
    assert same.view(5, 9).all(1).tolist() == [True, True, False, True, True]


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


@pytest.mark.parametrize(("discriminator", "steps"), [("redrawing", 100), ("projected", 30)])
def test_it_nears_a_toy_domain(tmp_path: Path, discriminator: str, steps: int) -> None:
    config = replace(TINY, discriminator=discriminator, measured=32, rate=4e-3)
    recipe = SmallGanRecipe(config, discs(32), discs(8, seed=1), seed=3)
    spec = spec_of(tmp_path / "run", steps=steps, measure_every=steps, average=0.95)
    outcome = run(recipe, spec, say=lambda _: None)
    assert outcome.figures["frechet"] < 0.9 * outcome.figures["frechet_at_start"]
    assert {"kernel", "nearest", "nearest_unseen", "novelty"} <= set(outcome.figures)
