"""The restorer: any size, bounded by what it is told, and the photo itself where it is told of nothing."""

import pytest
import torch

from cnnstudio.networks.registry import build
from cnnstudio.networks.restore import MOST_BLUR, MOST_NOISE, PhotoRestorer, blocks_of_quality, bound

SMALL = {"widths": (16, 24), "depths": (1, 1)}


def _network():
    """With weights so large that it would move every pixel as far as it may."""
    torch.manual_seed(0)
    net = PhotoRestorer(**SMALL).eval()
    torch.nn.init.normal_(net.decode.weight, std=1.0)
    torch.nn.init.normal_(net.told[2].weight, std=0.1)
    return net


def _strengths(*rows):
    return tuple(torch.tensor(values) for values in zip(*rows, strict=True))


@pytest.mark.parametrize("size", [(40, 56), (37, 51), (4, 4), (1, 1)])
def test_any_size(size):
    x = torch.rand(2, 3, *size) * 2 - 1
    out = _network()(x, *_strengths((10.0, 0.5, 0.0), (0.0, 1.0, 2.0)))
    assert out.shape == x.shape
    assert out.dtype == torch.float32


def test_no_pixel_moves_further_than_the_bound():
    torch.manual_seed(1)
    x = torch.rand(5, 3, 24, 24) * 2 - 1
    told = _strengths((5.0, 0.0, 0.0), (0.0, 0.5, 0.0), (0.0, 0.0, 1.0), (0.5, 0.01, 0.1), (MOST_NOISE, 1.0, MOST_BLUR))
    moved = 127.5 * (_network()(x, *told) - x).abs().amax((1, 2, 3))
    limit = bound(*told)
    assert limit.tolist() == pytest.approx([20, 24, 32, 5.68, 412])
    assert (moved <= limit + 1e-3).all()
    assert (moved > 0.9 * limit).all()  # so the bound is what held it


def test_told_of_nothing_it_is_the_photo_to_the_bit():
    x = torch.rand(2, 3, 23, 17) * 2 - 1
    nothing = torch.zeros(2)
    assert torch.equal(_network()(x, nothing, nothing), x)
    assert torch.equal(_network()(x, nothing, nothing, nothing), x)


def test_untrained_it_changes_nothing():
    x = torch.rand(1, 3, 16, 16) * 2 - 1
    assert torch.equal(PhotoRestorer(**SMALL)(x, *_strengths((25.0, 1.0, 1.0))), x)


def test_each_photo_of_a_batch_goes_by_its_own_strengths():
    net = _network()
    x = torch.rand(1, 3, 16, 16) * 2 - 1
    weak, strong = (5.0, 0.1, 0.0), (50.0, 1.0, 1.0)
    both = net(x.expand(2, -1, -1, -1), *_strengths(weak, strong))
    for row, told in zip(both, (weak, strong), strict=True):
        torch.testing.assert_close(row[None], net(x, *_strengths(told)), atol=1e-4, rtol=0)
    assert not torch.allclose(both[0], both[1], atol=0.1)


def test_a_size_that_does_not_fit_is_as_if_its_edge_went_on():
    net = _network()
    told = _strengths((20.0, 0.3, 0.5))
    x = torch.rand(1, 3, 19, 22) * 2 - 1
    padded = torch.nn.functional.pad(x, (0, 2, 0, 1), mode="replicate")
    torch.testing.assert_close(net(x, *told), net(padded, *told)[..., :19, :22])


def test_a_shift_by_whole_cells_shifts_the_result():
    """Tiles laid on multiples of the cell see what the whole photo would show them, away from their edges."""
    net = _network()
    told = _strengths((20.0, 0.3, 0.0))
    x = torch.rand(1, 3, 96, 96) * 2 - 1
    tile = net(x[..., net.size_multiple :, net.size_multiple :], *told)
    whole = net(x, *told)[..., net.size_multiple :, net.size_multiple :]
    torch.testing.assert_close(tile[..., 40:-1, 40:-1], whole[..., 40:-1, 40:-1], atol=1e-4, rtol=0)


def test_quality_as_damage():
    by_quality = [blocks_of_quality(q) for q in (1, 10, 30, 50, 80, 90, 100)]
    assert by_quality == pytest.approx([1, 1, 1 / 3**0.5, 0.2**0.5, 0.08**0.5, 0.2, 0])
    assert blocks_of_quality(0) == 1
    assert blocks_of_quality(120) == 0


def test_the_shipped_size_is_small_and_the_registry_knows_it():
    net = build("restorer")
    assert isinstance(net, PhotoRestorer)
    assert sum(p.numel() for p in net.parameters()) < 2_000_000
