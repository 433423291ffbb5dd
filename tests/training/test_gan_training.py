"""Training of the DCGAN: who learns from what, and that it learns and resumes."""

from pathlib import Path

import pytest
import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

from cnnstudio.errors import BadInput
from training import losses
from training.gan import GanConfig, GanRecipe
from training.loop import RunSpec, State, run

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


def _spec(folder: Path, **changes: object) -> RunSpec:
    given: dict[str, object] = {
        "steps": 4, "log_every": 1, "measure_every": 4, "warmup": 1, "decay": 0.0, "average": 0.5,
        "accelerator": "cpu", "devices": "1", "precision": "32-true",
    }  # fmt: skip
    return RunSpec(folder, **(given | changes))  # type: ignore[arg-type]


def _built(recipe: GanRecipe) -> tuple[Fabric, State]:
    torch.manual_seed(0)
    fabric = Fabric(accelerator="cpu", devices=1)
    return fabric, recipe.build(torch.device("cpu"))


def _copies(network: nn.Module) -> list[Tensor]:
    return [p.detach().clone() for p in network.parameters()]


def test_a_step_moves_each_network_down_its_own_loss(monkeypatch: pytest.MonkeyPatch) -> None:
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
    figures = recipe.step(fabric, state, torch.Generator().manual_seed(1), 0)
    assert all(not torch.equal(a, b) for a, b in zip(before[0], generator.parameters(), strict=True))
    assert all(not torch.equal(a, b) for a, b in zip(before[1], discriminator.parameters(), strict=True))
    # the generator's step leaves the discriminator alone
    assert all(torch.equal(a, b) for a, b in zip(at_generator_step[0], discriminator.parameters(), strict=True))
    assert all(p.requires_grad for p in discriminator.parameters())
    assert float(figures["loss_d"]) == pytest.approx(-float(figures["value"]))
    assert int(figures["samples"]) == 16


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
    recipe.step(fabric, state, torch.Generator().manual_seed(1), 0)
    assert seen == [["discriminator"], ["generator"]]


def test_a_batch_is_scaled_to_the_range_of_the_generator() -> None:
    recipe = _recipe()
    batch = recipe._draw(torch.Generator().manual_seed(0))
    assert batch.shape == (16, 3, 32, 32)
    assert batch[:, 0].unique().tolist() == pytest.approx([230 / 127.5 - 1])
    assert batch[:, 1].unique().tolist() == pytest.approx([-1, 200 / 127.5 - 1])


def test_samples_are_always_of_the_same_latents() -> None:
    recipe = _recipe()
    _, state = _built(recipe)
    generator = state.networks["generator"].eval()
    grid = recipe.samples(generator)
    assert grid.shape == (256, 256, 3)
    assert (grid == recipe.samples(generator)).all()
    first = ((generator(recipe._fixed[:1]) + 1) * 127.5).detach().round().byte()[0].permute(1, 2, 0).numpy()
    assert (grid[:32, :32] == first).all()


def test_an_epoch_draws_as_many_pictures_as_there_are() -> None:
    assert _recipe().steps_per_epoch == 3  # 40 pictures, 16 a step


def test_an_unknown_game_is_refused() -> None:
    with pytest.raises(BadInput, match="no adversarial loss"):
        _recipe(GanConfig(adversarial="chess"))


@pytest.mark.parametrize("name", list(losses.ADVERSARIAL))
def test_its_colours_near_the_photographs_by_every_game(tmp_path: Path, name: str) -> None:
    recipe = _recipe(GanConfig(latent=8, width=8, batch=16, measured=4, rate=2e-3, adversarial=name))
    outcome = run(recipe, _spec(tmp_path / name, steps=40, measure_every=40), say=lambda _: None)
    wanted = _pictures().float().mean((0, 2, 3))  # red; a new generator makes grey
    colour = recipe._generate(outcome.network, 64).float().mean((0, 2, 3))
    assert (colour - wanted).norm() < 0.95 * (torch.full((3,), 127.5) - wanted).norm()


def test_it_stops_at_a_measured_target(tmp_path: Path) -> None:
    spec = _spec(tmp_path / "run", measure_every=2, target=("frechet", 1e9), larger=False)
    outcome = run(_recipe(), spec, say=lambda _: None)
    assert (outcome.reason, outcome.step) == ("target", 2)


def test_a_killed_run_resumes_to_the_same_weights(tmp_path: Path) -> None:
    whole = run(_recipe(), _spec(tmp_path / "whole"), say=lambda _: None)

    def kill(line: str) -> None:
        if line.startswith("step 3"):
            raise KeyboardInterrupt

    cut = _spec(tmp_path / "cut", save_minutes=0.0)
    with pytest.raises(KeyboardInterrupt):
        run(_recipe(), cut, say=kill)
    resumed = run(_recipe(), cut, resume=True, say=lambda _: None)
    assert resumed.step == whole.step == 4
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, resumed.network.state_dict()[name]), name
    assert resumed.figures == whole.figures
