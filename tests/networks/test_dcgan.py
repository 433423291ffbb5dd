"""The DCGAN: shapes, ranges, sizes worked out by hand, and who gets gradients."""

import json

import pytest
import torch
from torch import Tensor, nn

from cnnstudio.networks.dcgan import Discriminator, Generator


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def _parameters(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def test_the_generator_has_the_layers_and_size_of_its_table() -> None:
    generator = Generator()
    layers = [m for m in generator.modules() if isinstance(m, nn.ConvTranspose2d)]
    assert [(m.in_channels, m.out_channels, m.kernel_size, m.stride, m.padding) for m in layers] == [
        (100, 256, (4, 4), (1, 1), (0, 0)),
        (256, 128, (4, 4), (2, 2), (1, 1)),
        (128, 64, (4, 4), (2, 2), (1, 1)),
        (64, 3, (4, 4), (2, 2), (1, 1)),
    ]
    # 16 taps for every pair of channels, and a scale and a shift for each normalised one
    assert _parameters(generator) == 16 * (100 * 256 + 256 * 128 + 128 * 64 + 64 * 3) + 2 * (256 + 128 + 64)


def test_the_discriminator_has_the_layers_and_size_of_its_table() -> None:
    discriminator = Discriminator()
    layers = [m for m in discriminator.modules() if isinstance(m, nn.Conv2d)]
    assert [(m.in_channels, m.out_channels, m.kernel_size, m.stride, m.padding) for m in layers] == [
        (3, 64, (4, 4), (2, 2), (1, 1)),
        (64, 128, (4, 4), (2, 2), (1, 1)),
        (128, 256, (4, 4), (2, 2), (1, 1)),
        (256, 1, (4, 4), (1, 1), (0, 0)),
    ]
    assert _parameters(discriminator) == 16 * (3 * 64 + 64 * 128 + 128 * 256 + 256) + 2 * (64 + 128 + 256)
    slopes = {m.negative_slope for m in discriminator.modules() if isinstance(m, nn.LeakyReLU)}
    assert slopes == {0.2}


def test_latents_become_pictures_and_pictures_probabilities() -> None:
    generator, discriminator = Generator(), Discriminator()
    pictures = generator(100 * torch.randn(5, 100, 1, 1))
    assert pictures.shape == (5, 3, 32, 32)
    assert pictures.abs().max() <= 1
    logits, probabilities = discriminator.eval().logits(pictures), discriminator(pictures)
    assert logits.shape == probabilities.shape == (5, 1, 1, 1)
    torch.testing.assert_close(probabilities, 1 / (1 + torch.exp(-logits)))


def test_weights_start_as_the_paper_says() -> None:
    for network in (Generator(), Discriminator()):
        for module in network.modules():
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
                assert module.bias is None
                assert float(module.weight.detach().mean()) == pytest.approx(0, abs=1.5e-3)
                assert float(module.weight.detach().std()) == pytest.approx(0.02, rel=0.06)
            elif isinstance(module, nn.BatchNorm2d):
                assert float(module.weight.detach().mean()) == pytest.approx(1, abs=0.01)
                assert float(module.weight.detach().std()) == pytest.approx(0.02, rel=0.4)
                assert not module.bias.any()


@pytest.mark.parametrize(
    ("build", "kwargs", "given", "expected"),
    [
        (Generator, {"latent": 7, "width": 4, "channels": 1}, (2, 7, 1, 1), (2, 1, 32, 32)),
        (Discriminator, {"width": 4, "channels": 1}, (2, 1, 32, 32), (2, 1, 1, 1)),
    ],
)
def test_options_survive_json_and_weights_load_strictly(
    build: type[nn.Module], kwargs: dict[str, int], given: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    first, second = (build(**json.loads(json.dumps(kwargs))).eval() for _ in range(2))
    x = torch.randn(given)
    assert first(x).shape == expected
    second.load_state_dict(first.state_dict(), strict=True)
    torch.testing.assert_close(second(x), first(x), rtol=0, atol=0)


def test_evaluation_changes_no_statistics_and_takes_each_latent_by_itself() -> None:
    generator = Generator(width=4)
    generator(torch.randn(8, 100, 1, 1))
    generator.eval()
    before = {name: value.clone() for name, value in generator.state_dict().items()}
    z = torch.randn(3, 100, 1, 1)
    together = generator(z)
    torch.testing.assert_close(together[:1], generator(z[:1]), rtol=1e-5, atol=1e-6)
    for name, value in generator.state_dict().items():
        assert torch.equal(value, before[name]), name


def _gradients(module: nn.Module) -> list[Tensor]:
    return [p.grad for p in module.parameters() if p.grad is not None]


def test_a_detached_fake_gives_the_generator_no_gradient() -> None:
    generator, discriminator = Generator(width=4), Discriminator(width=4)
    fake = generator(torch.randn(4, 100, 1, 1))
    discriminator.logits(fake.detach()).sum().backward()
    assert not _gradients(generator)
    assert len(_gradients(discriminator)) == len(list(discriminator.parameters()))
    discriminator.logits(fake).sum().backward()
    assert len(_gradients(generator)) == len(list(generator.parameters()))
