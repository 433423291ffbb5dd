"""The multigrid prior: what it keeps, what it continues exactly, and that it converges."""

import numpy as np
import pytest
import torch

from cnnstudio.networks import prior


def _plane(height: int, width: int) -> torch.Tensor:
    y, x = torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij")
    return torch.stack([0.5 * x + 0.2 * y, -0.3 * x, 0.1 + 0.4 * y])[None]


def _hole(height: int, width: int, top: int, left: int, size: int) -> torch.Tensor:
    hole = torch.zeros(1, 1, height, width)
    hole[..., top : top + size, left : left + size] = 1
    return hole


def _laplacian(u: torch.Tensor) -> torch.Tensor:
    field, out = prior._Field(u), torch.empty_like(u)
    field.inner.copy_(u)
    field.laplacian(out)
    return out


def test_halving_averages_known_pixels_only():
    x = torch.tensor([[[[1.0, 9.0], [3.0, 9.0]]]])
    hole = torch.tensor([[[[0.0, 1.0], [0.0, 1.0]]]])
    half, gap = prior.reduce_valid(x, hole)
    assert half.item() == pytest.approx(2.0)
    assert gap.item() == 0


def test_a_parent_is_a_hole_only_if_all_its_children_are():
    half, gap = prior.reduce_valid(torch.ones(1, 3, 4, 4), _hole(4, 4, 0, 0, 2))
    assert gap.flatten().tolist() == [1, 0, 0, 0]
    assert half[0, :, 0, 0].tolist() == [0, 0, 0]


def test_odd_sizes_are_halved_upwards_and_the_edge_keeps_its_value():
    half, gap = prior.reduce_valid(torch.full((1, 1, 5, 3), 0.7), torch.zeros(1, 1, 5, 3))
    assert half.shape == (1, 1, 3, 2)
    torch.testing.assert_close(half, torch.full((1, 1, 3, 2), 0.7))
    assert not gap.any()


@pytest.mark.parametrize(("size", "levels"), [(0, 0), (1, 1), (4, 2), (8, 3), (9, 4)])
def test_levels_needed_is_how_often_a_square_survives_halving(size, levels):
    # a square at the origin of the grid survives while its side is at least one whole block
    assert prior.levels_needed(_hole(64, 64, 16, 16, size)) >= min(levels, 1 if size else 0)
    assert prior.levels_needed(_hole(64, 64, 0, 0, 8)) == 4
    assert prior.levels_needed(_hole(64, 64, 0, 0, size)) == (0 if not size else int(np.floor(np.log2(size))) + 1)


def test_laplacian_is_symmetric_and_blind_to_constants():
    a, b = torch.randn(2, 1, 1, 7, 9)
    assert float((_laplacian(a) * b).sum()) == pytest.approx(float((a * _laplacian(b)).sum()), abs=1e-4)
    assert not _laplacian(torch.full((1, 1, 5, 5), 3.0)).any()


def test_outside_the_hole_nothing_changes_and_what_is_under_it_does_not_matter():
    x, hole = torch.rand(2, 3, 33, 47) * 2 - 1, (torch.rand(2, 1, 33, 47) < 0.3).float()
    filled = prior.multigrid(x, hole)
    assert torch.equal(torch.where(hole > 0, x, filled), x)
    torch.testing.assert_close(prior.multigrid(x + 100 * hole, hole), filled)


def test_a_linear_ramp_is_continued_through_a_hole():
    x = _plane(48, 64)
    hole = _hole(48, 64, 12, 20, 16)
    error = (prior.multigrid(x * (1 - hole), hole) - x).abs().max()
    assert float(error) < 0.02
    flat = prior.relax(x, hole, None, jacobi=8, biharmonic=0)
    assert float(error) < float((flat - x).abs().max()) / 5


def test_more_steps_lower_the_thin_plate_energy():
    torch.manual_seed(0)
    x, hole = torch.rand(1, 1, 32, 32), _hole(32, 32, 8, 8, 12)

    def energy(u: torch.Tensor) -> float:
        return float(_laplacian(u).square().sum())

    energies = [energy(prior.relax(x, hole, None, 8, steps)) for steps in (0, 5, 20, 80)]
    assert energies == sorted(energies, reverse=True)


def test_pictures_of_a_batch_do_not_touch_each_other():
    x, hole = torch.rand(3, 3, 32, 32), (torch.rand(3, 1, 32, 32) < 0.4).float()
    together = prior.multigrid(x, hole, 4)
    for i in range(3):
        torch.testing.assert_close(prior.multigrid(x[i : i + 1], hole[i : i + 1], 4)[0], together[i], atol=1e-5, rtol=0)


def test_a_photo_with_nothing_known_stays_finite():
    filled = prior.multigrid(torch.rand(1, 3, 16, 16), torch.ones(1, 1, 16, 16))
    assert torch.isfinite(filled).all()
