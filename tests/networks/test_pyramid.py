"""The pyramid repairer: it starts as its prior, changes holes only, and learns."""

import pytest
import torch

from cnnstudio.networks.blocks import BLOCKS
from cnnstudio.networks.prior import multigrid
from cnnstudio.networks.pyramid import SHALLOW, PyramidRepairer

SMALL = {"widths": (16, 24), "depths": (1, 1), "blocks": ("res", "res"), "trained_levels": 2}


def _batch(n=2, height=40, width=56):
    torch.manual_seed(0)
    hole = torch.zeros(n, 1, height, width)
    hole[..., 10:22, 12:30] = 1
    return torch.rand(n, 3, height, width) * 2 - 1, hole


@pytest.mark.parametrize("size", [(40, 56), (37, 51), (8, 8), (1, 1)])
def test_untrained_it_is_the_prior_at_any_size(size):
    x = torch.rand(1, 3, *size) * 2 - 1
    hole = (torch.rand(1, 1, *size) < 0.5).float()
    hole[..., 0, 0] = 0
    net = PyramidRepairer(**SMALL)
    assert torch.equal(net.repair(x, hole, 3), multigrid(x, hole, 3))


def test_outside_the_hole_the_photo_is_untouched_and_below_it_is_not_seen():
    x, hole = _batch()
    net = PyramidRepairer(**SMALL)
    torch.nn.init.normal_(net.decode.weight, std=0.1)
    out = net.repair(x, hole, 3)
    assert torch.equal(torch.where(hole > 0, x, out), x)
    assert not torch.equal(out, multigrid(x, hole, 3))
    torch.testing.assert_close(net.repair(x * (1 - hole), hole, 3), out)


def test_levels_come_coarsest_first_and_untrained_levels_are_the_prior_alone():
    x, hole = _batch()
    net = PyramidRepairer(**SMALL)
    torch.nn.init.normal_(net.decode.weight, std=0.1)
    levels = net.levels(x, hole, 3)
    assert [tuple(f.shape[-2:]) for f in levels] == [(5, 7), (10, 14), (20, 28), (40, 56)]
    assert torch.equal(levels[1], multigrid(*_reduced(x, hole, 2), 1))
    assert not levels[1].requires_grad
    assert levels[2].requires_grad


def _reduced(x, hole, times):
    from cnnstudio.networks.prior import pyramid_of

    return pyramid_of(x, hole, times)[-1]


def test_a_level_learns_from_its_own_loss_alone():
    x, hole = _batch()
    net = PyramidRepairer(**SMALL)
    torch.nn.init.normal_(net.decode.weight, std=0.1)
    first, second = net.levels(x, hole, 1)
    second.sum().backward()
    assert all(p.grad is not None for p in net.parameters())
    assert first.grad_fn is not None


def test_specialists_are_two_networks_and_the_depth_of_the_hole_chooses():
    x, hole = _batch()
    net = PyramidRepairer(**SMALL, specialists=True)
    torch.nn.init.constant_(net.decode.bias, 0.1)
    torch.nn.init.constant_(net.deep.decode.bias, -0.1)
    prior = multigrid(x, hole, 1)
    inside = hole.expand_as(x) > 0
    assert (net(x, hole, prior) > prior)[inside].all()
    assert (net(x, hole, prior, deep=True) < prior)[inside].all()
    for levels, deep in ((SHALLOW, False), (SHALLOW + 1, True)):
        assert torch.equal(net.repair(x, hole, levels), net.repair(x, hole, levels, deep=deep))
        assert not torch.equal(net.repair(x, hole, levels), net.repair(x, hole, levels, deep=not deep))
    alone = PyramidRepairer(**SMALL)
    torch.nn.init.constant_(alone.decode.bias, 0.1)
    assert torch.equal(alone(x, hole, prior, deep=True), alone(x, hole, prior))


@pytest.mark.parametrize("kind", sorted(BLOCKS))
def test_every_block_starts_as_the_identity_and_learns(kind):
    block = BLOCKS[kind](16)
    x = torch.randn(2, 16, 8, 10)
    torch.testing.assert_close(block(x), x)
    (block(x) - 1).square().mean().backward()
    assert any(p.grad.abs().sum() > 0 for p in block.parameters() if p.grad is not None)


def test_a_few_steps_beat_the_prior_on_a_pattern_no_smooth_prior_knows():
    """Stripes: the prior can only blur them over the hole."""
    torch.manual_seed(0)
    net = PyramidRepairer(**SMALL)
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    stripes = torch.sign(torch.sin(torch.arange(32) * 1.1)).view(1, 1, 1, 32).expand(4, 3, 32, 32)
    hole = torch.zeros(4, 1, 32, 32)
    for i in range(4):
        hole[i, :, 6 + i : 12 + i, 5 : 25 - i] = 1

    def error() -> torch.Tensor:
        return ((net.repair(stripes, hole, 2) - stripes).square() * hole).sum() / hole.sum()

    before = float(error().detach())
    for _ in range(60):
        optimiser.zero_grad()
        error().backward()
        optimiser.step()
    assert float(error().detach()) < before / 2
