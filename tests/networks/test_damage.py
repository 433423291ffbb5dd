"""The finder of damage: any size, with the whole photo as context."""

import pytest
import torch

from cnnstudio.jobs import DAMAGE
from cnnstudio.networks.damage import VIEW, DamageFinder, view_of
from cnnstudio.networks.registry import build

SMALL = {"widths": (16, 24), "depths": (1, 1), "context": 8}
ALL = torch.tensor([[0.0, 0.0, 1.0, 1.0]])


def _network():
    torch.manual_seed(0)
    net = DamageFinder(**SMALL).eval()
    torch.nn.init.normal_(net.decode.weight, std=0.1)
    return net


@pytest.mark.parametrize("size", [(40, 56), (37, 51), (4, 4), (1, 1)])
def test_a_plane_for_each_kind_at_any_size(size):
    x = torch.rand(2, 3, *size) * 2 - 1
    assert _network()(x, view_of(x), ALL.expand(2, 4)).shape == (2, len(DAMAGE), *size)


def test_it_is_small_and_the_registry_knows_it():
    net = build("damage")
    assert isinstance(net, DamageFinder)
    assert sum(p.numel() for p in net.parameters()) < 2_000_000


def test_untrained_it_finds_hardly_anything():
    x = torch.rand(1, 3, 32, 32) * 2 - 1
    assert DamageFinder(**SMALL)(x, view_of(x), ALL).sigmoid().max().item() < 0.1


def test_the_view_is_the_photo_reduced():
    x = torch.arange(4.0).view(1, 1, 2, 2).repeat_interleave(VIEW, 2).repeat_interleave(VIEW, 3).expand(1, 3, -1, -1)
    view = view_of(x)
    assert view.shape == (1, 3, VIEW, VIEW)
    assert view[0, 0, [0, 0, -1, -1], [0, -1, 0, -1]].tolist() == [0, 1, 2, 3]


def test_a_tile_sees_the_part_of_the_whole_it_lies_in():
    net = _network()
    whole = torch.rand(1, 3, VIEW, VIEW)
    other = whole.clone()
    other[..., VIEW // 2 :] = -1
    x = torch.zeros(1, 3, 16, 16)
    left, right = torch.tensor([[0.0, 0.0, 0.1, 1.0]]), torch.tensor([[0.9, 0.0, 1.0, 1.0]])
    assert torch.allclose(net(x, whole, left), net(x, other, left))
    assert not torch.allclose(net(x, whole, right), net(x, other, right))


def test_padding_to_a_whole_size_does_not_shift_the_context():
    net = _network()
    whole = torch.rand(1, 3, VIEW, VIEW)
    grid = net._around(whole, ALL, (4, 4), (16, 16), (1, 3, 16, 16))
    padded = net._around(whole, torch.tensor([[0.0, 0.0, 1.0, 0.75]]), (4, 4), (16, 16), (1, 3, 12, 16))
    torch.testing.assert_close(grid, padded)
