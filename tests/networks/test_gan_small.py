"""The small-data GAN: shapes and ranges, who gets gradients, what a seed fixes, and no checkerboard."""

import json

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnstudio.networks.gan_small import SIDES, Discriminator, Excitation, Generator, SpectralConv2d, quarter_of


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def _latents(count: int, latent: int = 16, seed: int = 1) -> Tensor:
    return torch.randn((count, latent, 1, 1), generator=torch.Generator().manual_seed(seed))


def _untouched(module: nn.Module) -> list[str]:
    """Parameters that no gradient reached."""
    return [name for name, p in module.named_parameters() if p.grad is None or not p.grad.abs().max() > 0]


@pytest.mark.parametrize("side", SIDES)
def test_latents_become_pictures_and_pictures_judgements(side: int) -> None:
    generator, discriminator = Generator(side, latent=16, width=8), Discriminator(side, width=4)
    pictures = generator(10 * _latents(2))
    assert pictures.shape == (2, 3, side, side)
    assert pictures.abs().max() <= 1
    logits, whole, part = discriminator.eval().examine(pictures, 2)
    assert logits.shape == (2, 1, 5, 5)
    assert whole.shape == part.shape == (2, 3, side // 2, side // 2)
    assert max(whole.abs().max(), part.abs().max()) <= 1
    torch.testing.assert_close(discriminator.logits(pictures), logits)
    torch.testing.assert_close(discriminator(pictures), 1 / (1 + torch.exp(-logits)))


@pytest.mark.parametrize("side", [128, 256])
def test_its_weights_stay_small(side: int) -> None:
    stored = sum(value.numel() * value.element_size() for value in Generator(side).state_dict().values())
    assert stored < 25.5e6


def test_other_sizes_are_refused() -> None:
    for build in (Generator, Discriminator):
        with pytest.raises(ValueError, match="side must be one of"):
            build(96)


def test_no_layer_up_samples_by_transposed_convolution() -> None:
    assert not [m for m in Generator().modules() if isinstance(m, nn.ConvTranspose2d)]


def _checkerboard(pictures: Tensor) -> float:
    """Power at the highest frequencies along rows and columns, over that of the frequencies just below.

    A checkerboard or a comb of two pixels is a line there; a picture without one goes on falling, or stays level.
    """
    power = torch.fft.rfft2(pictures.double().mean(1)).abs().square().mean(0)
    power = power[: power.shape[0] // 2 + 1]
    across = power[:, -1].sum() / power[:, -5:-1].sum(0).mean()
    down = power[-1].sum() / power[-5:-1].sum(1).mean()
    return float(max(across, down))


@torch.no_grad()
def test_an_untrained_generator_makes_no_checkerboard() -> None:
    pictures = Generator(64, latent=16, width=16)(_latents(64))
    assert _checkerboard(pictures) < 1.5
    # What the test would see: a transposed convolution of something as smooth.
    smooth = F.interpolate(torch.randn(64, 16, 4, 4), (32, 32), mode="bilinear")
    assert _checkerboard(nn.ConvTranspose2d(16, 3, 4, 2, 1)(smooth)) > 3


def test_gradients_reach_all_parameters() -> None:
    generator, discriminator = Generator(64, latent=16, width=8), Discriminator(64, width=8)
    pictures = generator(_latents(4), noise=torch.Generator().manual_seed(2))
    logits, whole, part = discriminator.examine(pictures, 0)
    (logits.square().mean() + whole.square().mean() + part.square().mean()).backward()
    assert _untouched(generator) == []
    assert _untouched(discriminator) == []


def test_a_latent_is_one_picture_and_noise_is_seeded() -> None:
    generator = Generator(32, latent=16, width=8).eval()
    for name, value in generator.named_parameters():
        if name.endswith("strength"):
            nn.init.constant_(value, 0.5)
    z = _latents(3)
    with torch.no_grad():
        plain, again = generator(z), generator(z)
        noisy = [generator(z, noise=torch.Generator().manual_seed(seed)) for seed in (5, 5, 6)]
        same = generator(z[:1].expand(2, -1, -1, -1), noise=torch.Generator().manual_seed(5))
    assert torch.equal(plain, again)
    torch.testing.assert_close(generator(z[:1]), plain[:1], rtol=1e-4, atol=1e-5)
    assert torch.equal(noisy[0], noisy[1])
    assert not torch.equal(noisy[0], noisy[2])
    assert not torch.equal(same[0], same[1])  # each picture has its own


def test_the_same_seed_builds_the_same_network() -> None:
    torch.manual_seed(3)
    first = Generator(32, width=8).state_dict()
    torch.manual_seed(3)
    assert all(torch.equal(value, first[name]) for name, value in Generator(32, width=8).state_dict().items())


@pytest.mark.parametrize(
    ("build", "kwargs", "given"),
    [
        (Generator, {"side": 32, "latent": 7, "width": 4, "channels": 1}, (2, 7, 1, 1)),
        (Discriminator, {"side": 32, "width": 4, "channels": 1}, (2, 1, 32, 32)),
    ],
)
def test_options_survive_json_and_weights_load_strictly(
    build: type[nn.Module], kwargs: dict[str, int], given: tuple[int, ...]
) -> None:
    first, second = (build(**json.loads(json.dumps(kwargs))).eval() for _ in range(2))
    second.load_state_dict(first.state_dict(), strict=True)
    x = torch.randn(given)
    torch.testing.assert_close(second(x), first(x), rtol=0, atol=0)


def test_excitation_weighs_each_channel_by_one_number_between_0_and_1() -> None:
    excite = Excitation(6, 5)
    fine = torch.rand(2, 5, 16, 16) + 0.5
    share = excite(torch.randn(2, 6, 8, 8), fine) / fine
    assert ((share > 0) & (share < 1)).all()
    torch.testing.assert_close(share, share.mean((2, 3), keepdim=True).expand_as(share))
    assert share.flatten().unique().numel() >= 10


def test_a_spectral_convolution_has_the_largest_singular_value_1() -> None:
    layer = SpectralConv2d(3, 8, 4, 2, 1)
    x = torch.randn(1, 3, 8, 8)
    for _ in range(60):
        layer(x)
    exact = torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2)
    assert float(layer.largest().detach()) == pytest.approx(float(exact), rel=1e-3)
    before = layer.direction.clone()
    layer.eval()(x)
    assert torch.equal(layer.direction, before)


def test_out_of_training_a_picture_is_judged_by_itself() -> None:
    discriminator = Discriminator(32, width=4).eval()  # in training, batch normalisation mixes them
    pictures = torch.rand(3, 3, 32, 32) * 2 - 1
    torch.testing.assert_close(discriminator.logits(pictures)[1:2], discriminator.logits(pictures[1:2]))


def test_quarters_make_up_the_picture() -> None:
    x = torch.arange(2 * 3 * 4 * 6.0).view(2, 3, 4, 6)
    quarters = [quarter_of(x, i) for i in range(4)]
    assert {q.shape for q in quarters} == {(2, 3, 2, 3)}
    assert torch.equal(torch.cat([torch.cat(quarters[:2], 3), torch.cat(quarters[2:], 3)], 2), x)
