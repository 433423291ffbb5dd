"""Muon: orthogonal updates for matrices, Adam for the rest, and a state that resumes exactly."""

import copy

import pytest
import torch
from torch import nn

from training.muon import Muon, orthogonalise


@pytest.mark.parametrize("shape", [(16, 40), (40, 16), (24, 24)])
def test_singular_values_end_near_one(shape):
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonalise(torch.randn(shape)))
    assert float(values.min()) > 0.4
    assert float(values.max()) < 1.4


def test_matrices_move_by_the_rate_whatever_the_gradient_and_the_rest_like_adam():
    conv = nn.Conv2d(16, 16, 3)
    before = [p.detach().clone() for p in conv.parameters()]
    optimiser = Muon(conv.parameters(), rate=0.1, small_rate=0.01)
    for p in conv.parameters():
        p.grad = torch.randn_like(p) * 1e3
    optimiser.step()
    moved = (conv.weight.detach() - before[0]).reshape(16, -1)
    assert float(torch.linalg.svdvals(moved).max()) == pytest.approx(0.1, rel=0.5)
    # Adam's first step is the rate times the gradient's sign
    torch.testing.assert_close(conv.bias.detach(), before[1] - 0.01 * conv.bias.grad.sign(), atol=1e-4, rtol=0)


def test_depthwise_kernels_and_thin_layers_go_to_adam():
    net = nn.Sequential(nn.Conv2d(32, 32, 7, groups=32), nn.Conv2d(32, 3, 3), nn.Conv2d(32, 64, 1))
    groups = Muon(net.parameters()).param_groups
    assert [len(g["params"]) for g in groups] == [1, 5]


def test_training_goes_on_from_a_saved_state_bit_for_bit():
    def steps(net, optimiser, count, first):
        for i in range(first, first + count):
            x = torch.randn(4, 16, 8, 8, generator=torch.Generator().manual_seed(i))
            optimiser.zero_grad()
            net(x).square().mean().backward()
            optimiser.step()

    torch.manual_seed(0)
    net = nn.Conv2d(16, 16, 3)
    start = {k: v.clone() for k, v in net.state_dict().items()}
    optimiser = Muon(net.parameters())
    steps(net, optimiser, 2, 0)
    middle, state = copy.deepcopy(net.state_dict()), copy.deepcopy(optimiser.state_dict())
    other = nn.Conv2d(16, 16, 3)
    other.load_state_dict(middle)
    resumed = Muon(other.parameters())
    resumed.load_state_dict(state)
    steps(other, resumed, 2, 2)
    steps(net, optimiser, 2, 2)
    assert not torch.equal(net.weight, start["weight"])
    assert torch.equal(net.weight, other.weight)
    assert torch.equal(net.bias, other.bias)
