"""Training of the DCGAN: what it logs, when it stops, and that it learns; see also test_gan_steps."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.training.gans import built, seeded, spec_of
from training import losses
from training.gan import GanConfig, GanRecipe
from training.gan_steps import made
from training.loop import run

TINY = GanConfig(latent=8, width=4, batch=16, measured=4)


def _pictures(count: int = 40, seed: int = 0) -> Tensor:
    """Bright discs of several sizes on red: (count, 3, 32, 32) uint8."""
    generator = torch.Generator().manual_seed(seed)
    radius = torch.rand((count, 1, 1), generator=generator) * 8 + 5
    along = torch.arange(32) - 15.5
    disc = (along.square() + along.square()[:, None]).sqrt() < radius
    return torch.stack((torch.full_like(disc, 230, dtype=torch.uint8), disc * 200, disc * 200), 1).to(torch.uint8)


def _recipe(config: GanConfig = TINY) -> GanRecipe:
    return GanRecipe(config, _pictures(), _pictures(4, seed=1), seed=3)


def test_the_articles_value_is_logged() -> None:
    recipe = _recipe()
    figures = recipe.step(*built(recipe), seeded(1), 0)
    assert float(figures["loss_d"]) == pytest.approx(-float(figures["value"]))


def test_an_epoch_draws_as_many_pictures_as_there_are() -> None:
    assert _recipe().steps_per_epoch == 3  # 40 pictures, 16 a step


@pytest.mark.parametrize("name", list(losses.ADVERSARIAL))
def test_its_colours_near_the_photographs_by_every_game(tmp_path: Path, name: str) -> None:
    recipe = _recipe(GanConfig(latent=8, width=8, batch=16, measured=4, rate=2e-3, adversarial=name))
    outcome = run(recipe, spec_of(tmp_path / name, steps=40, measure_every=40), say=lambda _: None)
    wanted = _pictures().float().mean((0, 2, 3))  # red; a new generator makes grey
    colour = made(outcome.network, recipe._fixed).float().mean((0, 2, 3))
    assert (colour - wanted).norm() < 0.95 * (torch.full((3,), 127.5) - wanted).norm()


def test_it_stops_at_a_measured_target(tmp_path: Path) -> None:
    spec = spec_of(tmp_path / "run", measure_every=2, target=("frechet", 1e9), larger=False)
    outcome = run(_recipe(), spec, say=lambda _: None)
    assert (outcome.reason, outcome.step) == ("target", 2)
